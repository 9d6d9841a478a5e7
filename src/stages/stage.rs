//! What a stage is: settings that declare what they read and make, and the work itself.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toml::Spanned;
use toml::de::DeTable;

use super::{Context, Known};
use crate::diagnostics::{Result, did_you_mean};
use crate::tables::{ColumnType, Contract};

/// One step's settings, checked and ready to work.
pub trait Stage: Send + Sync {
    /// The upstream stages it names, and what each must have.
    fn inputs(&self) -> Vec<Input>;

    /// What it makes.
    fn output(&self) -> Output;

    /// What is wrong with the settings as they stand; touches no data.
    fn check(&self) -> Vec<Finding> {
        Vec::new()
    }

    /// What is wrong with the columns and queries in its settings, by what is known of the tables it reads; touches no data.
    fn check_columns(&self, _known: &Known) -> Vec<Finding> {
        Vec::new()
    }

    /// Patterns of the outside files it reads.
    fn files(&self) -> Vec<String> {
        Vec::new()
    }

    /// The name of the list that it publishes, if it publishes one.
    fn list(&self) -> Option<String> {
        None
    }

    /// Whether it reads every other stage of the pipeline, as a report does.
    fn reads_all(&self) -> bool {
        false
    }

    /// Whether it looks at its own artifact of the last good run, as drift checks and stable segment labels do.
    fn remembers(&self) -> bool {
        false
    }

    /// Whether it may hold the run by what the last good run had. It is then made again unless that run had the very same.
    fn compares(&self) -> bool {
        false
    }

    /// Whether its model stays in force, by the registry's word, until another one beats it.
    fn keeps_champion(&self) -> bool {
        false
    }

    /// Does the work: reads its inputs from the context and writes what it makes into it.
    fn run(&self, cx: &mut Context) -> Result<()>;
}

/// The name of an upstream stage, as a setting. In the defaults of a settings struct an empty one says that the setting is required:
/// [`schema_of`] and [`read_as`] see to it, as serde has no required settings beside a struct's own defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Upstream(pub String);

impl Upstream {
    /// As an input under the setting's key.
    pub fn input(&self, key: &'static str, need: Need) -> Input {
        Input { key, name: self.0.clone(), need }
    }
}

/// One upstream stage that a stage reads.
#[derive(Debug, Clone)]
pub struct Input {
    /// The setting that names it.
    pub key: &'static str,
    /// The upstream stage.
    pub name: String,
    /// What it must have.
    pub need: Need,
}

/// What a stage asks of an upstream stage.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// A main table that meets the contract.
    Table(&'static Contract),
    /// A main table, whatever its columns.
    AnyTable,
    /// Another table of the stage: its suffix and contract.
    Also(&'static str, &'static Contract),
    /// Another table of the stage by suffix, as [`Need::Also`], or the main table of a stage without one.
    AlsoOrMain(&'static str, &'static Contract),
    /// A model for this task.
    Model(&'static str),
    /// Only that it ran.
    Done,
}

/// What a stage makes.
#[derive(Debug, Clone)]
pub struct Output {
    /// Under the stage's own name.
    pub main: Shape,
    /// Further tables, `NAME_suffix`.
    pub also: Vec<(&'static str, &'static Contract)>,
}

impl Output {
    /// One table of this contract.
    pub fn table(contract: &'static Contract) -> Output {
        Output { main: Shape::Table(contract), also: Vec::new() }
    }

    /// The same, with a further table.
    pub fn and(mut self, suffix: &'static str, contract: &'static Contract) -> Output {
        self.also.push((suffix, contract));
        self
    }
}

/// The form of a stage's main product.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A table of a fixed contract.
    Table(&'static Contract),
    /// A table of a contract with the further columns that the settings give it; `None` for a type known only when it runs.
    Extended(&'static Contract, Vec<(String, Option<ColumnType>)>),
    /// A table whose columns the settings declare; `None` for a type known only when it runs. `true`: there may be more.
    Declared(Vec<(String, Option<ColumnType>)>, bool),
    /// A table with the columns of the upstream stage of this name.
    LikeInput(String),
    /// A model for a task.
    Model(&'static str),
    /// Files only.
    Files,
}

/// Something wrong with a setting, placed by its key.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The setting; dotted for a key inside a table (`columns.customer`).
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Finding {
    /// A finding at a key.
    pub fn at(key: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { key: key.into(), message: message.into(), help: None }
    }

    /// With advice.
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// What is wrong with a name, unless it is one of `names`.
    pub fn of_name(key: impl Into<String>, name: &str, names: &[&str]) -> Option<Finding> {
        if names.contains(&name) {
            return None;
        }
        let help = match did_you_mean(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", names.join(", ")),
        };
        Some(Finding::at(key, format!("there is no `{name}`")).help(help))
    }

    /// What is wrong with a share, unless it is from 0 to 1.
    pub fn of_share(key: impl Into<String>, value: f64) -> Option<Finding> {
        (!(0.0..=1.0).contains(&value)).then(|| Finding::at(key, format!("{value} is not from 0 to 1")))
    }
}

/// A row of the table of kinds.
pub struct Kind {
    /// A verb.
    pub name: &'static str,
    /// Grows when the same settings and data give other bytes, so that old artifacts are not taken for new ones.
    pub version: u32,
    /// What it does, one sentence.
    pub meaning: &'static str,
    /// `[stage.…]` tables that parse, check and run together; the last one is of this kind.
    pub example: &'static [&'static str],
    /// Reads the settings of a stage.
    pub read: fn(Spanned<DeTable<'_>>) -> std::result::Result<ReadStage, toml::de::Error>,
    /// JSON schema of the settings.
    pub schema: fn() -> schemars::Schema,
}

impl Kind {
    /// The whole example, as it would stand in a pipeline file.
    pub fn whole_example(&self) -> String {
        self.example.concat()
    }
}

/// A stage with its settings in one fixed form, for the fingerprint.
pub struct ReadStage {
    /// The stage.
    pub stage: Box<dyn Stage>,
    /// Its settings with all defaults, as JSON.
    pub settings: String,
}

/// [`Kind::read`] for a settings struct.
pub fn read_as<S: Stage + DeserializeOwned + Serialize + schemars::JsonSchema + 'static>(
    table: Spanned<DeTable<'_>>,
) -> std::result::Result<ReadStage, toml::de::Error> {
    let missing = required_of(&schema_of::<S>()).into_iter().find(|key| table.get_ref().get(key.as_str()).is_none());
    if let Some(key) = missing {
        return Err(toml::de::Error::custom(format!("missing field `{key}`")));
    }
    let stage = S::deserialize(toml::Deserializer::from(table))?;
    let settings = serde_json::to_string(&stage).expect("settings are plain data");
    Ok(ReadStage { stage: Box::new(stage), settings })
}

/// [`Kind::schema`] for a settings struct.
pub fn schema_of<S: schemars::JsonSchema>() -> schemars::Schema {
    let mut schema = schemars::schema_for!(S);
    let mut required = required_of(&schema);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (key, property) in properties {
            let is_unnamed = property["$ref"] == "#/$defs/Upstream" && property["default"] == "";
            if let Some(property) = property.as_object_mut().filter(|_| is_unnamed) {
                property.remove("default");
                required.push(key.clone());
            }
        }
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema
}

fn required_of(schema: &schemars::Schema) -> Vec<String> {
    let keys = schema.get("required").and_then(Value::as_array);
    keys.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The keys that a schema has.
pub fn keys_of(schema: &schemars::Schema) -> Vec<String> {
    schema
        .get("properties")
        .and_then(|p| p.as_object())
        .map(|properties| properties.keys().cloned().collect())
        .unwrap_or_default()
}

/// A metric of a step, by name.
pub type Metrics = BTreeMap<String, f64>;
