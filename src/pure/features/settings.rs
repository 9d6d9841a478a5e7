//! What a shop may want to have otherwise.

use thiserror::Error;

/// How features are computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureSettings {
    /// Days before the as-of date that count as observed, 1 to 36,500. Customers with an order among them are the
    /// population; baskets, returns and habits are taken from them. Default 365: a whole year, so that no season is
    /// missing from anybody's habits.
    pub observed_days: i64,
    /// Which weekdays are the weekend, Monday first. Default Saturday and Sunday.
    pub weekend: [bool; 7],
    /// Hours at which night ends, and morning, afternoon and evening end: ascending, at most 24. Default 6, 12, 18, 22;
    /// hours from the last one on are night again.
    pub day_part_ends: [u8; 4],
}

/// Why settings cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// The observation window is empty or absurd.
    #[error("an observation window of {0} days cannot be used; give a whole number of days from 1 to 36,500")]
    ObservedDays(i64),
    /// The ends of the parts of the day are not in order.
    #[error("the parts of the day end at {0:?} o'clock; give ascending hours up to 24, such as [6, 12, 18, 22]")]
    DayParts([u8; 4]),
}

impl Default for FeatureSettings {
    fn default() -> FeatureSettings {
        FeatureSettings {
            observed_days: 365,
            weekend: [false, false, false, false, false, true, true],
            day_part_ends: [6, 12, 18, 22],
        }
    }
}

impl FeatureSettings {
    /// Whether these settings can be computed with.
    ///
    /// # Errors
    /// When the window is out of range or the parts of the day are not in order.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !(1..=36_500).contains(&self.observed_days) {
            return Err(SettingsError::ObservedDays(self.observed_days));
        }
        if !self.day_part_ends.is_sorted() || self.day_part_ends[3] > 24 {
            return Err(SettingsError::DayParts(self.day_part_ends));
        }
        Ok(())
    }

    /// Index into [`DAY_PARTS`](super::DAY_PARTS) of an hour from 0 to 23.
    pub(super) fn day_part(&self, hour: usize) -> usize {
        self.day_part_ends.iter().position(|&end| hour < usize::from(end)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_day() {
        let parts = [0, 5, 6, 11, 12, 18, 21, 22, 23].map(|hour| FeatureSettings::default().day_part(hour));
        assert_eq!(parts, [0, 0, 1, 1, 2, 3, 3, 0, 0]);
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        assert_eq!(FeatureSettings::default().check(), Ok(()));
        let settings = FeatureSettings { observed_days: 0, ..FeatureSettings::default() };
        assert_eq!(settings.check(), Err(SettingsError::ObservedDays(0)));
        let settings = FeatureSettings { day_part_ends: [6, 5, 18, 22], ..FeatureSettings::default() };
        assert_eq!(settings.check(), Err(SettingsError::DayParts([6, 5, 18, 22])));
    }
}
