//! When a shop is busy: by weekday, month and hour, and its growth over the years.

use super::draws::Alias;
use crate::numeric::calendar::{civil_of_day, weekday};

/// Busyness of Monday to Sunday; the mean is 1.
pub const WEEKDAYS: [f64; 7] = [1.05, 1.0, 1.0, 1.15, 1.2, 0.9, 0.7];
/// Busyness of January to December for everyday customers.
pub const MONTHS: [f64; 12] = [0.85, 0.85, 0.95, 0.95, 1.0, 0.95, 0.9, 0.9, 1.0, 1.1, 1.3, 1.6];
/// Busyness of the hours from 0 to 23.
pub const HOURS: [f64; 24] = [
    0.2, 0.1, 0.0, 0.0, 0.0, 0.1, 0.4, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 4.5, 4.0, 3.5, 3.0, 3.0, 3.5, 4.5, 5.0, 3.5, 1.5,
    0.6,
];
/// Growth of the trade per year, as a share of the first year's.
pub const GROWTH: f64 = 0.12;

/// The running sum of busyness over a history. Waiting times are drawn in busy days and read back as calendar days, so
/// that every customer comes more often when the whole town does (time change of a renewal process).
#[derive(Debug)]
pub struct Clock {
    /// Busy days before each day; one entry more than there are days.
    before: Vec<f64>,
}

impl Clock {
    /// Everyday customers: weekdays, months and growth.
    pub fn everyday(start: i64, days: usize) -> Self {
        Clock::new(days, |offset| {
            let day = start + offset as i64;
            WEEKDAYS[weekday(day)] * MONTHS[civil_of_day(day).1 as usize - 1] * (1.0 + GROWTH * offset as f64 / 365.25)
        })
    }

    /// Seasonal customers: November and December up to Christmas Eve, and hardly ever else.
    pub fn seasonal(start: i64, days: usize) -> Self {
        Clock::new(days, |offset| {
            let (_, month, day_of_month) = civil_of_day(start + offset as i64);
            let festive = month == 11 || (month == 12 && day_of_month <= 24);
            WEEKDAYS[weekday(start + offset as i64)] * if festive { 6.0 } else { 0.05 }
        })
    }

    fn new(days: usize, busyness: impl Fn(usize) -> f64) -> Self {
        let mut before = Vec::with_capacity(days + 1);
        let mut sum = 0.0;
        before.push(sum);
        for offset in 0..days {
            sum += busyness(offset);
            before.push(sum);
        }
        Clock { before }
    }

    /// The day on which `busy` more busy days have passed after the end of day `from`; `None` beyond the history.
    pub fn after(&self, from: usize, busy: f64) -> Option<usize> {
        let target = self.before[from + 1] + busy;
        let day = self.before.partition_point(|&sum| sum <= target);
        (day < self.before.len()).then(|| (day - 1).max(from + 1))
    }

    /// Share of all busyness that falls into some months (1 to 12), 0 to 1; `start` is the first day since 1970-01-01.
    pub fn share_of_months(&self, start: i64, months: &[u32]) -> f64 {
        let of = |day: &usize| self.before[day + 1] - self.before[*day];
        let within = |day: &usize| months.contains(&civil_of_day(start + *day as i64).1);
        let days = 0..self.before.len() - 1;
        days.filter(within).map(|day| of(&day)).sum::<f64>() / self.before[self.before.len() - 1]
    }

    /// Share of all busyness before a day, 0 to 1.
    pub fn share_before(&self, day: usize) -> f64 {
        self.before[day] / self.before[self.before.len() - 1]
    }
}

/// The table from which hours of the day are drawn.
pub fn hours() -> Alias {
    Alias::new(&HOURS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::day_of_civil;

    #[test]
    fn waiting_ends_on_the_day_whose_busyness_covers_it() {
        let clock = Clock::new(5, |day| [1.0, 2.0, 0.0, 1.0, 1.0][day]);
        assert_eq!(clock.after(0, 0.5), Some(1));
        assert_eq!(clock.after(0, 1.9), Some(1));
        assert_eq!(clock.after(0, 2.5), Some(3));
        assert_eq!(clock.after(0, 3.5), Some(4));
        assert_eq!(clock.after(0, 4.5), None);
        assert_eq!(clock.after(4, 0.1), None);
    }

    #[test]
    fn december_is_busier_than_january() {
        let start = day_of_civil(2024, 1, 1);
        let clock = Clock::everyday(start, 366);
        let january = clock.share_before(31);
        let december = 1.0 - clock.share_before(335);
        assert!(december > 1.8 * january, "{january} {december}");
    }
}
