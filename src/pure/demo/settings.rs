//! What a demo shop can be asked to be.

use crate::numeric::calendar::day_of_civil;

/// Fewest and most order lines that can be asked for.
pub const LINES: std::ops::RangeInclusive<u64> = 1_000..=100_000_000;
/// Shortest history, in days: a shorter one shows neither season nor churn.
pub const SHORTEST: i64 = 120;
/// Longest history, in days.
pub const LONGEST: i64 = 3_660;

/// Settings of a demo shop. The same settings give the same bytes on every machine.
#[derive(Debug, Clone, PartialEq)]
pub struct ShopSettings {
    /// Order lines wanted. The shop comes within a few percent of it; how near is chance, and the same for the same seed.
    pub lines: u64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// First day of the history, in days since 1970-01-01.
    pub start: i64,
    /// First day after the history, in days since 1970-01-01.
    pub end: i64,
    /// Customer accounts; `None` takes as many as the wanted lines need.
    pub customers: Option<u32>,
    /// Ordinary items on sale, planted ones not counted; `None` takes a number that suits the lines.
    pub items: Option<u32>,
    /// ISO 4217 code of the currency of all prices, told in the truth.
    pub currency: String,
    /// Factor on the rate of every kind of dirt that has a rate: 0 gives a clean file, 1 the usual mess, at most 5.
    pub dirt: f64,
    /// First day on which customers behave otherwise (see [`DRIFT`]), in days since 1970-01-01.
    pub drift: Option<i64>,
    /// Whether the shop contacts its customers: campaigns with a control group, whose planted effects bring and prevent orders.
    pub campaigns: bool,
}

/// What changes on the day of the drift, in words for the truth.
pub const DRIFT: &str = "visits half as long again apart, customers two and a half times as ready to leave, favourite \
                         categories moved on by three, and the first three affinities gone (lift 1)";

impl Default for ShopSettings {
    fn default() -> Self {
        ShopSettings {
            lines: 22_000,
            seed: 7,
            start: day_of_civil(2024, 1, 1),
            end: day_of_civil(2026, 1, 1),
            customers: None,
            items: None,
            currency: "GBP".to_owned(),
            dirt: 1.0,
            drift: None,
            campaigns: false,
        }
    }
}

/// Why a demo shop cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{0} order lines asked for; ask for 1,000 to 100,000,000")]
    Lines(u64),
    #[error("a history of {0} days asked for; ask for 120 to 3,660")]
    Span(i64),
    #[error("{0} customers asked for; ask for at least 10 and no more than there are order lines")]
    Customers(u32),
    #[error("{0} items asked for; ask for 50 to 50,000")]
    Items(u32),
    #[error("dirt factor {0}; give 0 (clean) to 5 (five times the usual)")]
    Dirt(f64),
    #[error("the drift must begin after the first day and before the end of the history")]
    Drift,
    #[error("cannot write the shop: {0}")]
    Write(#[from] std::io::Error),
}

impl ShopSettings {
    /// Says which setting is out of its range.
    pub fn check(&self) -> Result<(), DemoError> {
        if !LINES.contains(&self.lines) {
            return Err(DemoError::Lines(self.lines));
        }
        let span = self.end.saturating_sub(self.start);
        if !(SHORTEST..=LONGEST).contains(&span) {
            return Err(DemoError::Span(span));
        }
        if let Some(customers) = self.customers
            && (customers < 10 || u64::from(customers) > self.lines)
        {
            return Err(DemoError::Customers(customers));
        }
        if let Some(items) = self.items
            && !(50..=50_000).contains(&items)
        {
            return Err(DemoError::Items(items));
        }
        if !(0.0..=5.0).contains(&self.dirt) {
            return Err(DemoError::Dirt(self.dirt));
        }
        match self.drift {
            Some(day) if day <= self.start || day >= self.end => Err(DemoError::Drift),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_named() {
        let base = ShopSettings::default();
        assert!(base.check().is_ok());
        let wrong = |change: &dyn Fn(&mut ShopSettings)| {
            let mut settings = base.clone();
            change(&mut settings);
            settings.check().expect_err("out of range").to_string()
        };
        assert!(wrong(&|s| s.lines = 999).contains("999 order lines"));
        assert!(wrong(&|s| s.end = s.start + 10).contains("10 days"));
        assert!(wrong(&|s| s.customers = Some(3)).contains("3 customers"));
        assert!(wrong(&|s| s.items = Some(1)).contains("1 items"));
        assert!(wrong(&|s| s.dirt = f64::NAN).contains("NaN"));
        assert!(wrong(&|s| s.drift = Some(s.start)).contains("drift"));
    }
}
