//! What is wrong with a setting.

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

    /// What is wrong with a share, unless it is from 0 to 1.
    pub fn of_share(key: impl Into<String>, value: f64) -> Option<Finding> {
        (!(0.0..=1.0).contains(&value)).then(|| Finding::at(key, format!("{value} is not from 0 to 1")))
    }
}
