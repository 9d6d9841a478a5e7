//! What can be asked of a selection, with the defaults that a professional would choose.

use super::holdout::Holdout;

/// How a target list is chosen from scored candidates.
///
/// *Places* are the persons whom the list is about: those listed and those held back as control.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectionSettings {
    /// At most so many places.
    pub top: Option<u32>,
    /// At most this share (0 to 1) of the candidates that have a score and are not excluded, rounded down.
    pub share: Option<f64>,
    /// At most so many places within each group.
    pub per_group: Option<u32>,
    /// Candidates that score below this get no place.
    pub min_score: Option<f64>,
    /// Who is left alone, so that the list's effect can be measured.
    pub control: Holdout,
    /// Who is on no list of the shop, so that the effect of all lists together can be measured.
    pub global: Option<Holdout>,
    /// The day of the draw, counted from 1970-01-01.
    pub day: i32,
    /// At most so many currency units for all contacts together.
    pub budget: Option<f64>,
    /// At most so many contacts per person, counting earlier contacts and the lists before this one.
    pub contact_limit: Option<u32>,
}

impl Default for SelectionSettings {
    fn default() -> Self {
        Self {
            top: None,
            share: None,
            per_group: None,
            min_score: None,
            control: Holdout { share: 0.1, salt: "control".to_owned(), rotation: None },
            global: None,
            day: 0,
            budget: None,
            contact_limit: None,
        }
    }
}

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// A share that is none.
    #[error("`{setting}` is {value}, but a share lies between 0 and 1")]
    Share {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: f64,
    },
    /// A control group without a name.
    #[error("`salt` is empty: give the control group a name that stays the same from run to run")]
    Salt,
    /// Not an amount of money.
    #[error("`budget` is {0}, but a budget is 0 or more")]
    Budget(f64),
    /// Not a score.
    #[error("`min_score` is not a number")]
    MinScore,
}

impl SelectionSettings {
    /// All settings that cannot be; none when the settings can be used.
    pub fn check(&self) -> Vec<SettingError> {
        let mut errors = Vec::new();
        for (setting, value) in [("control", Some(self.control.share)), ("share", self.share)] {
            if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
                errors.push(SettingError::Share { setting, value });
            }
        }
        if self.control.salt.is_empty() && self.control.share > 0.0 {
            errors.push(SettingError::Salt);
        }
        if let Some(budget) = self.budget.filter(|budget| !(budget.is_finite() && *budget >= 0.0)) {
            errors.push(SettingError::Budget(budget));
        }
        if self.min_score.is_some_and(f64::is_nan) {
            errors.push(SettingError::MinScore);
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_told_at_once() {
        assert_eq!(SelectionSettings::default().check(), []);
        let wrong = SelectionSettings {
            control: Holdout { share: 10.0, salt: String::new(), rotation: None },
            share: Some(-0.1),
            budget: Some(f64::INFINITY),
            min_score: Some(f64::NAN),
            ..SelectionSettings::default()
        };
        assert_eq!(wrong.check().len(), 5);
    }
}
