//! A check as it stands in the settings, and in words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostics::secrets;
use crate::report::{Phrase, Text, Value};
use crate::stage::Upstream;
use crate::stage::setting::{Amount, Choice, Chosen, Number, Share};
use crate::stages::words::expect as say;

/// One check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    /// What is checked.
    pub(super) check: Chosen<Rule>,
    /// The columns it is about.
    #[serde(default)]
    pub(super) columns: Vec<String>,
    /// What happens when it does not pass.
    #[serde(default)]
    pub(super) level: Chosen<Level>,
    /// Share of rows that may fail, 0 to 1.
    #[serde(default)]
    pub(super) max_fraction: Share,
    /// Accepted values, for `accepted`.
    #[serde(default)]
    pub(super) values: Vec<String>,
    /// Least value (`range`) or least number of rows (`rows`).
    #[serde(default)]
    pub(super) min: Option<f64>,
    /// Greatest value (`range`) or greatest number of rows (`rows`).
    #[serde(default)]
    pub(super) max: Option<f64>,
    /// Greatest relative change of the number of rows since the last run, for `rows`: 0.5 lets it halve or grow by half; from 0.
    #[serde(default)]
    pub(super) max_change: Option<Amount>,
    /// The stage whose column must hold each value, for `relationship`.
    #[serde(default)]
    pub(super) to: Option<Upstream>,
    /// That column; the same name if not given.
    #[serde(default)]
    pub(super) to_column: Option<String>,
    /// An SQL condition that each row must meet, for `condition`.
    #[serde(default)]
    pub(super) condition: Option<String>,
    /// Greatest population stability index against the last run, for `drift`; from 0.
    #[serde(default = "Check::psi")]
    pub(super) max_psi: Amount,
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    NotNull,
    Unique,
    Accepted,
    Range,
    Relationship,
    Condition,
    Rows,
    Fresh,
    Drift,
}

impl Choice for Rule {
    const WHAT: &'static str = "check";

    fn rows() -> &'static [Rule] {
        &[
            Rule::NotNull,
            Rule::Unique,
            Rule::Accepted,
            Rule::Range,
            Rule::Relationship,
            Rule::Condition,
            Rule::Rows,
            Rule::Fresh,
            Rule::Drift,
        ]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Rule::NotNull => ("not-null", "the columns are never empty"),
            Rule::Unique => ("unique", "no two rows have the same values in the columns"),
            Rule::Accepted => ("accepted", "the columns hold only these values (or nothing)"),
            Rule::Range => ("range", "the columns hold only values from `min` to `max` (or nothing)"),
            Rule::Relationship => ("relationship", "each value of the column is in a column of another table"),
            Rule::Condition => ("condition", "each row meets an SQL condition"),
            Rule::Rows => ("rows", "the number of rows, by itself and against the last run"),
            Rule::Fresh => ("fresh", "the newest value of the column is not older than in the last run"),
            Rule::Drift => {
                ("drift", "the distribution of the columns against the last run (population stability index)")
            }
        }
    }
}

/// What happens when a check does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warn,
    Quarantine,
}

impl Choice for Level {
    const WHAT: &'static str = "level";

    fn rows() -> &'static [Level] {
        &[Level::Error, Level::Warn, Level::Quarantine]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Level::Error => ("error", "nothing is published"),
            Level::Warn => ("warn", "a note says so"),
            Level::Quarantine => ("quarantine", "the rows are set aside"),
        }
    }
}

impl Check {
    fn psi() -> Amount {
        Number::of(0.25)
    }

    /// What is wrong with it as a whole: the key, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        let word = self.check.word();
        let missing = match *self.check {
            Rule::Accepted if self.values.is_empty() => Some("`values`"),
            Rule::Range if self.min.is_none() && self.max.is_none() => Some("`min` or `max`"),
            Rule::Relationship if self.to.is_none() => Some("`to`"),
            Rule::Condition if self.condition.is_none() => Some("`condition`"),
            Rule::Rows if self.min.is_none() && self.max.is_none() && self.max_change.is_none() => {
                Some("`min`, `max` or `max_change`")
            }
            Rule::Condition | Rule::Rows => None,
            _ if self.columns.is_empty() => Some("`columns`"),
            _ => None,
        };
        if let Some(missing) = missing {
            return Some(("check", format!("`{word}` needs {missing}")));
        }
        let table_wide = matches!(*self.check, Rule::Rows | Rule::Fresh | Rule::Drift);
        (table_wide && *self.level == Level::Quarantine)
            .then(|| ("level", format!("`{word}` is about the whole table, so no row can be put in quarantine")))
    }

    /// In English, for messages and for the tables of checks and of rows in quarantine.
    pub(super) fn words(&self) -> String {
        secrets::hide(&self.text().english()).into_owned()
    }

    /// In words.
    pub(super) fn text(&self) -> Text {
        let about = |phrase: &Phrase| phrase.with([("columns", self.columns.as_slice().into())]);
        let number = |value: f64| Value::from(value.to_string());
        match *self.check {
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
