//! The settings of a model as data: names, meanings, defaults and ranges, from which schema and reference are made.

use super::LearningError;

/// One setting of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// How users write it.
    pub name: &'static str,
    /// What it does, with its unit.
    pub meaning: &'static str,
    /// What a professional would choose.
    pub default: f64,
    /// The least allowed value.
    pub least: f64,
    /// The greatest allowed value.
    pub most: f64,
    /// Whether only whole numbers are allowed.
    pub whole: bool,
}

impl Setting {
    /// A setting that is a number.
    pub const fn number(name: &'static str, default: f64, range: [f64; 2], meaning: &'static str) -> Setting {
        Setting { name, meaning, default, least: range[0], most: range[1], whole: false }
    }

    /// A setting that is a whole number.
    pub const fn whole(name: &'static str, default: u32, range: [u32; 2], meaning: &'static str) -> Setting {
        Setting { name, meaning, default: default as f64, least: range[0] as f64, most: range[1] as f64, whole: true }
    }
}

/// A checked value for each setting of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningSettings {
    model: &'static str,
    known: &'static [Setting],
    values: Vec<f64>,
}

impl LearningSettings {
    /// The defaults of a model with these settings.
    pub(super) fn defaults(model: &'static str, known: &'static [Setting]) -> LearningSettings {
        LearningSettings { model, known, values: known.iter().map(|setting| setting.default).collect() }
    }

    /// The same settings with one changed.
    ///
    /// # Errors
    /// When there is no such setting or the value is out of its range.
    pub fn with(mut self, name: &str, value: f64) -> Result<LearningSettings, LearningError> {
        let Some(index) = self.known.iter().position(|setting| setting.name == name) else {
            let known = self.known.iter().map(|setting| setting.name).collect::<Vec<_>>().join(", ");
            return Err(LearningError::UnknownSetting { model: self.model, name: name.to_owned(), known });
        };
        let Setting { name, least, most, whole, .. } = self.known[index];
        // A NaN is in no range.
        if !(least..=most).contains(&value) || (whole && value.fract() != 0.0) {
            let kind = if whole { "a whole number" } else { "a number" };
            return Err(LearningError::SettingRange { model: self.model, name, value, kind, least, most });
        }
        self.values[index] = value;
        Ok(self)
    }

    /// The value of a setting.
    ///
    /// # Panics
    /// When the model has no such setting, which is a mistake of the learner that asks.
    pub fn get(&self, name: &str) -> f64 {
        let index = self.known.iter().position(|setting| setting.name == name);
        self.values[index.unwrap_or_else(|| panic!("{} has no setting {name}", self.model))]
    }

    /// The value of a setting that is a count.
    ///
    /// # Panics
    /// When the model has no such setting.
    pub fn count(&self, name: &str) -> usize {
        self.get(name) as usize
    }

    /// The model these are for.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// Names and values, in the order of the model's table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        self.known.iter().map(|setting| setting.name).zip(self.values.iter().copied())
    }
}
