//! `patron models`

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::pipeline::PipelineFile;
use super::{Done, show};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::run::Registry;

/// The card's file in a version's folder.
const CARD: &str = "card.json";

/// Look at the trained models of a pipeline and say which one scores.
#[derive(Args, Debug)]
pub struct Models {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List the versions per stage, with their parts.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Show a version's card.
    Show {
        #[command(flatten)]
        place: Place,
        /// A stage, or STAGE/VERSION; `champion`, `challenger` and `previous` are versions too [default: the champion].
        #[arg(value_name = "STAGE[/VERSION]")]
        version: String,
    },
    /// Show the figures of two versions side by side.
    Compare {
        #[command(flatten)]
        place: Place,
        /// The stage.
        stage: String,
        /// The one version.
        #[arg(default_value = "champion")]
        one: String,
        /// The other version.
        #[arg(default_value = "challenger")]
        other: String,
    },
    /// Make a version the active one; the next run scores with it.
    Promote {
        #[command(flatten)]
        place: Place,
        /// Which one.
        #[arg(value_name = "STAGE/VERSION")]
        version: String,
    },
    /// Make the champion before this one active again.
    Rollback {
        #[command(flatten)]
        place: Place,
        /// The stage.
        stage: String,
    },
}

/// A pipeline and where its models are.
#[derive(Args, Debug)]
struct Place {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// Where models are [default: models/<pipeline>].
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
}

impl Models {
    pub(super) fn run(self) -> Done {
        match self.action {
            Action::List { place } => {
                let mut rows = Vec::new();
                for (stage, registry) in Registry::all(&place.folder()?)? {
                    rows.extend(listed(&stage, &registry)?);
                }
                show::print(&show::columns(&["stage", "version", "part", "as of", "model"], &rows))
            }
            Action::Show { place, version } => {
                let (registry, version) = place.find(&version)?;
                show::print(&show::json(&card(&registry, &version)?))
            }
            Action::Compare { place, stage, one, other } => {
                let (registry, _) = place.find(&stage)?;
                show::print(&compared(&registry, &one, &other)?)
            }
            Action::Promote { place, version } => switch(&place, &version),
            Action::Rollback { place, stage } => {
                let (registry, _) = place.find(&stage)?;
                if registry.aliases()?.previous.is_none() {
                    let message = format!("the models of `{stage}` have had one champion only");
                    return Err(Problem::new(&codes::BAD_CALL, message).boxed().into());
                }
                switch(&place, &format!("{stage}/previous"))
            }
        }
    }
}

impl Place {
    fn folder(&self) -> std::result::Result<PathBuf, super::Failure> {
        let plan = self.pipeline.compile()?;
        Ok(self.models.clone().unwrap_or_else(|| plan.default_models()))
    }

    /// The registry of a stage and the version that is named behind it.
    fn find(&self, name: &str) -> std::result::Result<(Registry, String), super::Failure> {
        let folder = self.folder()?;
        let (stage, version) = name.split_once('/').unwrap_or((name, "champion"));
        let all = Registry::all(&folder)?;
        match all.iter().find(|(known, _)| known == stage) {
            Some((_, registry)) => Ok((registry.clone(), version.to_owned())),
            None => {
                let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
                let help = if names.is_empty() {
                    "run the pipeline first".to_owned()
                } else {
                    format!("there are {}", names.join(", "))
                };
                Err(Problem::new(&codes::BAD_CALL, format!("no stage `{stage}` has models in {}", folder.display()))
                    .help(help)
                    .boxed()
                    .into())
            }
        }
    }
}

fn listed(stage: &str, registry: &Registry) -> Result<Vec<Vec<String>>> {
    let aliases = registry.aliases()?;
    let parts = [("champion", &aliases.champion), ("challenger", &aliases.challenger), ("previous", &aliases.previous)];
    registry
        .versions()?
        .into_iter()
        .map(|version| {
            let part: Vec<&str> =
                parts.iter().filter(|(_, of)| of.as_ref() == Some(&version)).map(|(name, _)| *name).collect();
            let card = card(registry, &version)?;
            let text = |key: &str| card[key].as_str().unwrap_or_default().to_owned();
            Ok(vec![stage.to_owned(), version, part.join(", "), text("as_of"), text("model")])
        })
        .collect()
}

fn switch(place: &Place, name: &str) -> Done {
    let (registry, version) = place.find(name)?;
    let before = registry.promote(&version)?;
    let now = registry.aliases()?.champion.unwrap_or_default();
    let was = before.map(|version| format!(" instead of {version}")).unwrap_or_default();
    show::print(&format!("{now} is active{was}; the next run scores with it"))
}

fn card(registry: &Registry, version: &str) -> Result<Value> {
    let path = registry.version(version)?.join(CARD);
    let text = std::fs::read_to_string(&path).map_err(|e| io_problem("read the card", &path, &e))?;
    serde_json::from_str(&text)
        .map_err(|e| Problem::new(&codes::BAD_MODEL, format!("{} is damaged: {e}", path.display())).boxed())
}

/// The facts and the judged figures of two cards, line by line.
fn compared(registry: &Registry, one: &str, other: &str) -> Result<String> {
    let cards = [card(registry, one)?, card(registry, other)?];
    let mut lines: BTreeMap<String, [String; 2]> = BTreeMap::new();
    for (side, card) in cards.iter().enumerate() {
        for key in ["model", "as_of", "rows", "base_rate", "version"] {
            lines.entry(format!("  {key}")).or_default()[side] = shown(&card[key]);
        }
        let names = ["told", "handed_out", "model"];
        let chosen = names.iter().find_map(|name| card[*name].as_str()).unwrap_or_default();
        for (measure, value) in card["metrics"][chosen].as_object().into_iter().flatten() {
            let ends = &card["intervals"][chosen][measure];
            lines.entry(measure.clone()).or_default()[side] = match (ends[0].as_f64(), ends[1].as_f64()) {
                (Some(low), Some(high)) => format!("{} ({low:.4} to {high:.4})", shown(value)),
                _ => shown(value),
            };
        }
    }
    let rows: Vec<Vec<String>> =
        lines.into_iter().map(|(name, [one, other])| vec![name.trim_start().to_owned(), one, other]).collect();
    Ok(show::columns(&["", one, other], &rows))
}

/// A fact or a figure as people read it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_u64() => number.to_string(),
        Value::Number(number) => number.as_f64().map_or_else(String::new, |number| format!("{number:.4}")),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_versions_are_compared_by_the_figures_that_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let registry = Registry::of(folder.path(), "churn");
        let put = |version: &str, card: &str| {
            let place = registry.folder.join(version);
            std::fs::create_dir_all(&place).expect("made");
            std::fs::write(place.join(CARD), card).expect("written");
        };
        let metrics = r#""metrics": {"logistic": {"ROC AUC": 0.7}, "logistic, platt": {"ROC AUC": 0.8}, "before": {"ROC AUC": 0.6}}"#;
        let intervals = r#""intervals": {"logistic, platt": {"ROC AUC": [0.75, 0.85]}}"#;
        put("new", &format!(r#"{{"model": "logistic", "handed_out": "logistic, platt", {metrics}, {intervals}}}"#));
        put(
            "told",
            &format!(r#"{{"model": "logistic", "handed_out": "logistic, platt", "told": "before", {metrics}}}"#),
        );
        put("old", &format!(r#"{{"model": "logistic", {metrics}}}"#));
        let table = compared(&registry, "new", "old").expect("both are there");
        assert!(table.contains("0.8000 (0.7500 to 0.8500)") && table.contains("0.7000"), "{table}");
        let table = compared(&registry, "told", "old").expect("both are there");
        assert!(table.contains("0.6000") && !table.contains("0.8000"), "{table}");
    }
}
