//! A check as it stands in the settings, and in words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostics::secrets;
use crate::report::{Phrase, Text, Value};
use crate::stages::Upstream;
use crate::stages::words::expect as say;

/// One check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    /// What is checked.
    pub(super) check: Rule,
    /// The columns it is about.
    #[serde(default)]
    pub(super) columns: Vec<String>,
    /// What happens when it does not pass: `warn`, `error` (nothing is published) or `quarantine` (the rows are set aside).
    #[serde(default)]
    pub(super) level: Level,
    /// Share of rows that may fail, 0 to 1.
    #[serde(default)]
    pub(super) max_fraction: f64,
    /// Accepted values, for `accepted`.
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// Least value (`range`) or least number of rows (`rows`).
    #[serde(default)]
    pub(super) min: Option<f64>,
    /// Greatest value (`range`) or greatest number of rows (`rows`).
    #[serde(default)]
    pub(super) max: Option<f64>,
    /// Greatest relative change of the number of rows since the last run, for `rows`: 0.5 lets it halve or grow by half.
    #[serde(default)]
    pub(super) max_change: Option<f64>,
    /// The stage whose column must hold each value, for `relationship`.
    #[serde(default)]
    pub(super) to: Option<Upstream>,
    /// That column; the same name if not given.
    #[serde(default)]
    pub(super) to_column: Option<String>,
    /// An SQL condition that each row must meet, for `condition`.
    #[serde(default)]
    pub(super) condition: Option<String>,
    /// Greatest population stability index against the last run, for `drift`.
    #[serde(default = "usual_psi")]
    pub(super) max_psi: f64,
}

fn usual_psi() -> f64 {
    0.25
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rule {
    /// The columns are never empty.
    NotNull,
    /// No two rows have the same values in the columns.
    Unique,
    /// The columns hold only these values (or nothing).
    Accepted,
    /// The columns hold only values from `min` to `max` (or nothing).
    Range,
    /// Each value of the column stands in a column of another table.
    Relationship,
    /// Each row meets an SQL condition.
    Condition,
    /// The number of rows, by itself and against the last run.
    Rows,
    /// The newest value of the column is not older than in the last run.
    Fresh,
    /// The distribution of the columns against the last run (population stability index).
    Drift,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Level {
    Warn,
    #[default]
    Error,
    Quarantine,
}

impl Level {
    pub(super) fn word(self) -> &'static str {
        match self {
            Level::Warn => "warn",
            Level::Error => "error",
            Level::Quarantine => "quarantine",
        }
    }
}

impl Check {
    pub(super) fn fault(&self) -> Option<String> {
        let needs_columns = !matches!(self.check, Rule::Condition | Rule::Rows);
        if needs_columns && self.columns.is_empty() {
            return Some(format!("`{}` needs `columns`", self.words()));
        }
        if !(0.0..=1.0).contains(&self.max_fraction) {
            return Some(format!("`{}`: max_fraction must be from 0 to 1", self.words()));
        }
        let table_wide = matches!(self.check, Rule::Rows | Rule::Fresh | Rule::Drift);
        if table_wide && self.level == Level::Quarantine {
            return Some(format!("`{}` is about the whole table, so no row can be put in quarantine", self.words()));
        }
        match self.check {
            Rule::Accepted if self.values.is_empty() => Some("`accepted` needs `values`".to_owned()),
            Rule::Range if self.min.is_none() && self.max.is_none() => Some("`range` needs `min` or `max`".to_owned()),
            Rule::Relationship if self.to.is_none() => Some("`relationship` needs `to`".to_owned()),
            Rule::Condition if self.condition.is_none() => Some("`condition` needs `condition`".to_owned()),
            Rule::Rows if self.min.is_none() && self.max.is_none() && self.max_change.is_none() => {
                Some("`rows` needs `min`, `max` or `max_change`".to_owned())
            }
            _ => None,
        }
    }

    /// In English, for messages and for the tables of checks and of rows in quarantine.
    pub(super) fn words(&self) -> String {
        secrets::hide(&self.text().english()).into_owned()
    }

    /// In words.
    pub(super) fn text(&self) -> Text {
        let about = |phrase: &Phrase| phrase.with([("columns", self.columns.as_slice().into())]);
        let number = |value: f64| Value::from(value.to_string());
        match self.check {
            Rule::NotNull => about(&say::NOT_EMPTY),
            Rule::Unique => about(&say::UNIQUE),
            Rule::Accepted => say::AMONG
                .with([("columns", self.columns.as_slice().into()), ("values", self.values.as_slice().into())]),
            Rule::Range => {
                let columns = ("columns", Value::from(self.columns.as_slice()));
                match (self.min, self.max) {
                    (Some(min), Some(max)) => say::FROM_TO.with([columns, ("min", number(min)), ("max", number(max))]),
                    (Some(min), None) => say::FROM.with([columns, ("min", number(min))]),
                    (None, Some(max)) => say::TO.with([columns, ("max", number(max))]),
                    (None, None) => self.columns.join(", ").into(),
                }
            }
            Rule::Relationship => {
                let to = self.to.as_ref().map_or("", |to| to.0.as_str());
                say::FOUND_IN.with([("columns", self.columns.as_slice().into()), ("table", to.into())])
            }
            Rule::Condition => self.condition.as_deref().unwrap_or_default().into(),
            Rule::Rows => (&say::ROWS).into(),
            Rule::Fresh => about(&say::FRESH),
            Rule::Drift => about(&say::AS_BEFORE),
        }
    }
}
