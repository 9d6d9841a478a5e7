//! The pipeline file as written: names, kinds and bodies, each with its place in the file.
//!
//! Resolves `${var:NAME}` and `${env:NAME}` after parsing. Knows nothing of stage kinds and looks nothing up: whether a
//! kind exists or a name is known is for the plan to say.

mod read;
mod run_settings;
mod substitute;

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeTable;

use crate::diagnostics::{Problem, SourceText};

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
    /// What is wrong with the file's shape.
    pub problems: Vec<Problem>,
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
