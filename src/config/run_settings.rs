//! `[run]`: settings for the whole.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LanguageSetting;
use crate::tables::Date;

/// Settings for the whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunSettings {
    /// The pipeline's name; names its folders. Default: the file's name without `.toml`.
    pub name: Option<String>,
    /// The first day that is not history: `latest` (the day after the last order) or a date such as `2011-12-10`.
    /// Nothing on or after it is ever read as history.
    pub as_of: AsOfSetting,
    /// Seed of every random number.
    pub seed: u64,
    /// IANA name of the shop's time zone; days and hours are those of its wall clock.
    pub zone: String,
    /// The language of the report and of what lists and notes say in words: `en`, `zh-Hans` or `zh-Hant`. Names of tables, columns
    /// and settings and what the terminal says stay English.
    pub language: LanguageSetting,
    /// Order lines that a stage works on at a time for each thread, at least. A part ends between two customers and holds whole
    /// row groups of some 262,144 lines, so fewer change nothing; more take more memory and less time for very large shops.
    /// What is made is the same.
    pub part_rows: u32,
    /// Share, from 0 to 1, of persons whom no list contacts, so that the effect of all lists together can be measured; 0 leaves nobody out.
    #[schemars(range(min = 0, max = 1))]
    pub global_control: ControlShare,
    /// Names the group of `global_control`. It must differ from the salts of lists: the draws then do not know of each other.
    pub global_salt: String,
}

impl Default for RunSettings {
    fn default() -> RunSettings {
        RunSettings {
            name: None,
            as_of: AsOfSetting::Latest,
            seed: 7,
            zone: "UTC".to_owned(),
            language: LanguageSetting::default(),
            part_rows: 262_144,
            global_control: ControlShare(0.0),
            global_salt: "global".to_owned(),
        }
    }
}

impl RunSettings {
    /// The keys that the table may have.
    pub const KEYS: [&str; 8] =
        ["name", "as_of", "seed", "zone", "language", "part_rows", "global_control", "global_salt"];
}

/// A share of persons, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schemars(with = "f64")]
pub struct ControlShare(f64);

impl ControlShare {
    /// The share.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for ControlShare {
    type Error = String;

    fn try_from(share: f64) -> Result<ControlShare, String> {
        match (0.0..=1.0).contains(&share) {
            true => Ok(ControlShare(share)),
            false => Err(format!("{share} is not a share from 0 to 1")),
        }
    }
}

impl From<ControlShare> for f64 {
    fn from(share: ControlShare) -> f64 {
        share.0
    }
}

/// `latest` or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum AsOfSetting {
    /// The day after the last order.
    Latest,
    /// This day's midnight.
    On(Date),
}

impl TryFrom<String> for AsOfSetting {
    type Error = String;

    fn try_from(text: String) -> Result<AsOfSetting, String> {
        if text == "latest" {
            return Ok(AsOfSetting::Latest);
        }
        text.parse().map(AsOfSetting::On).map_err(|e| format!("{e}, or `latest`"))
    }
}

impl From<AsOfSetting> for String {
    fn from(setting: AsOfSetting) -> String {
        match setting {
            AsOfSetting::Latest => "latest".to_owned(),
            AsOfSetting::On(date) => date.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key that is missing here would be refused although it is in the schema, as `part_rows` once was.
    #[test]
    fn the_keys_are_those_of_the_schema() {
        let schema = schemars::schema_for!(RunSettings).to_value();
        let properties = schema["properties"].as_object().expect("properties");
        let mut keys = RunSettings::KEYS.map(str::to_owned);
        keys.sort_unstable();
        assert_eq!(
            properties.keys().cloned().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>(),
            keys
        );
    }
}
