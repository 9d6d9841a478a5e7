//! What a stage reads of the stages before it.

use serde::{Deserialize, Serialize};

use crate::tables::Layout;

// In the defaults of a settings struct an empty name says that the setting is required: `schema_of` and `read_as` see to it, as serde has
// no required settings beside a struct's own defaults.
/// The name of an upstream stage.
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
    /// A main table that meets the layout.
    Table(&'static Layout),
    /// A main table, whatever its columns.
    AnyTable,
    /// Another table of the stage: its suffix and layout.
    Also(&'static str, &'static Layout),
    /// Another table of the stage by suffix, as [`Need::Also`], or the main table of a stage without one.
    AlsoOrMain(&'static str, &'static Layout),
    /// A model for this task.
    Model(&'static str),
    /// Only that it ran.
    Done,
}
