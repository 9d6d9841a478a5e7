//! The pipeline file as written: names, kinds and bodies, each with its place in the file.
//!
//! Resolves `${var:NAME}` and `${env:NAME}` after parsing. Knows nothing of stage kinds and looks nothing up: whether a
//! kind exists or a name is known is for the plan to say.

mod language;
mod read;
mod run_settings;
mod substitute;

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeTable;

use crate::diagnostics::{Problem, SourceText};

pub use language::LanguageSetting;
pub use read::{load, parse, read_table_with};
pub use run_settings::{AsOfSetting, RunSettings};

/// A pipeline file, taken apart.
#[derive(Debug)]
pub struct Config<'a> {
    /// The file, for messages.
    pub source: &'a SourceText,
    /// `[run]`.
    pub run: RunSettings,
    /// Where `[run]`'s values stand, by key.
    pub run_spans: BTreeMap<String, Range<usize>>,
    /// `[stage.NAME]`, in file order.
    pub stages: Vec<StageEntry<'a>>,
    /// The values that hold a secret.
    pub secrets: Vec<SecretPlace>,
    /// What is wrong with the file's shape.
    pub problems: Vec<Problem>,
}

/// A value of the file that holds an `${env:NAME}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPlace {
    /// Where the value is.
    pub span: Range<usize>,
    /// NAME.
    pub name: String,
    /// Whether the value is this reference and nothing else.
    pub whole: bool,
}

impl Config<'_> {
    /// The problems, without what they say about a value that is a secret as a whole: a parser's message may hold parts of it.
    pub fn without_secrets(&self, problems: Vec<Problem>) -> Vec<Problem> {
        let whole = |problem: &Problem| {
            let at = problem.span.clone()?;
            self.secrets
                .iter()
                .find(|secret| secret.whole && secret.span.start <= at.start && at.end <= secret.span.end)
        };
        let hidden = |problem: Problem| match whole(&problem) {
            Some(SecretPlace { name, .. }) => {
                Problem::new(problem.code, format!("the value of ${{env:{name}}} does not fit here"))
                    .help("it is a secret, so neither the value nor what is wrong with it is shown".to_owned())
                    .at(problem.span.unwrap_or(0..0))
            }
            None => problem,
        };
        problems.into_iter().map(hidden).collect()
    }
}

/// One `[stage.NAME]` as written.
#[derive(Debug, Clone)]
pub struct StageEntry<'a> {
    /// NAME.
    pub name: String,
    /// Where NAME stands.
    pub name_span: Range<usize>,
    /// The value of `kind`.
    pub kind: String,
    /// Where it stands.
    pub kind_span: Range<usize>,
    /// Everything but `kind`.
    pub body: DeTable<'a>,
    /// The whole table's place.
    pub span: Range<usize>,
}
