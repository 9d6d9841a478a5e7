//! A row of the table of kinds, and how settings are read for it.

use serde::Serialize;
use serde::de::{DeserializeOwned, Error};
use serde_json::Value;
use toml::Spanned;
use toml::de::DeTable;

use super::Stage;

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
    nothing_missing::<S>(&table)?;
    let stage = S::deserialize(toml::Deserializer::from(table))?;
    let settings = serde_json::to_string(&stage).expect("settings are plain data");
    Ok(ReadStage { stage: Box::new(stage), settings })
}

/// Refuses a stage that lacks a required setting.
///
/// # Errors
/// When one is missing.
pub fn nothing_missing<S: schemars::JsonSchema>(
    table: &Spanned<DeTable<'_>>,
) -> std::result::Result<(), toml::de::Error> {
    let missing = required_of(&schema_of::<S>()).into_iter().find(|key| table.get_ref().get(key.as_str()).is_none());
    match missing {
        Some(key) => Err(toml::de::Error::custom(format!("missing field `{key}`"))),
        None => Ok(()),
    }
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
