//! A value that shows what is meant, by the line it is on.

use serde::{Deserialize, Serialize};

/// A value and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Example {
    pub line: u64,
    pub value: String,
}

impl Example {
    /// A value by its line; long ones are cut.
    pub(crate) fn new(text: &str, line: u64) -> Example {
        Example { line, value: text.chars().take(80).collect() }
    }

    /// In words; the line alone where the value is personal.
    pub(crate) fn shown(&self, personal: bool) -> String {
        match personal {
            true => format!("first: line {}", self.line),
            false => format!("first: line {}, `{}`", self.line, self.value),
        }
    }
}
