//! What is wrong with a setting.

use crate::diagnostics::secrets;
use crate::outside::{Gives, Outside};

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

    /// What is wrong with the addresses of sources in the list at a key, of a stage that can read what `gives` has.
    pub fn of_sources(key: &str, asked: &[Outside], gives: &[Gives]) -> Vec<Finding> {
        let at = |n: usize, fault: String| Finding::at(format!("{key}.{}", n + 1), fault);
        let fault = |(n, source): (usize, &Outside)| match source.kind() {
            (kind, _) if !gives.contains(&kind.gives) => {
                let address = secrets::hide(&source.address);
                Some(at(n, format!("`{address}` has rows with types, and this stage reads files")))
            }
            _ => source.fault().map(|fault| at(n, fault)),
        };
        asked.iter().enumerate().filter_map(fault).collect()
    }

    /// What is wrong with a share, unless it is from 0 to 1.
    pub fn of_share(key: impl Into<String>, value: f64) -> Option<Finding> {
        (!(0.0..=1.0).contains(&value)).then(|| Finding::at(key, format!("{value} is not from 0 to 1")))
    }
}
