//! A seasonal index by calendar month, and time that passes as fast as the season goes.

use crate::numeric::calendar::{month_of, month_start};

/// How busy each calendar month is: 1 is the mean of a year.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthIndex {
    /// January to December, above 0; their mean over the days of the year is 1.
    pub index: [f64; 12],
    /// Whether the month was observed; the index of one that was not is 1 before all are scaled.
    pub observed: [bool; 12],
}

/// Days of the calendar months in a mean year.
const DAYS: [f64; 12] = [31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];

impl MonthIndex {
    /// No season.
    pub fn flat() -> MonthIndex {
        MonthIndex { index: [1.0; 12], observed: [false; 12] }
    }

    /// From months with what came and what was expected of them without a season: (month counted from January 1970, came, expected).
    /// The months of several years are summed; `caution` is added to both sums, so that few observations say little.
    pub fn of_ratios(months: &[(i64, f64, f64)], caution: f64) -> MonthIndex {
        let mut sums = [(0.0, 0.0); 12];
        for &(month, came, expected) in months {
            let sum = &mut sums[month.rem_euclid(12) as usize];
            *sum = (sum.0 + came, sum.1 + expected);
        }
        let mut found = MonthIndex::flat();
        for (month, (came, expected)) in sums.into_iter().enumerate() {
            if expected > 0.0 && came + caution > 0.0 {
                found.index[month] = (came + caution) / (expected + caution);
                found.observed[month] = true;
            }
        }
        // The level of the observed months is not a season: they get the mean of 1 that the others have already.
        let days = |of: &dyn Fn(usize) -> f64| {
            (0..12).filter(|&month| found.observed[month]).map(|month| DAYS[month] * of(month)).sum::<f64>()
        };
        let mean = days(&|month| found.index[month]) / days(&|_| 1.0);
        if mean > 0.0 && mean.is_finite() {
            for month in (0..12).filter(|&month| found.observed[month]) {
                found.index[month] /= mean;
            }
        }
        found
    }

    /// This index after another one that was applied first.
    pub fn after(&self, first: &MonthIndex) -> MonthIndex {
        let mut both = self.clone();
        for month in 0..12 {
            both.index[month] *= first.index[month];
        }
        let mean = (0..12).map(|month| DAYS[month] * both.index[month]).sum::<f64>() / DAYS.iter().sum::<f64>();
        both.index.iter_mut().for_each(|index| *index /= mean);
        both
    }

    /// Whether every calendar month was observed.
    pub fn is_whole(&self) -> bool {
        self.observed.iter().all(|&observed| observed)
    }

    /// The index of a day, counted from 1970-01-01.
    pub fn of_day(&self, day: i64) -> f64 {
        self.index[month_of(day).rem_euclid(12) as usize]
    }
}

/// Seasonal time: a day counts as much as its month's index.
#[derive(Clone, Debug)]
pub struct Clock {
    index: MonthIndex,
    start: i64,
    /// Seasonal days from `start` up to each day after it.
    passed: Vec<f64>,
}

/// Differences of seasonal time are rounded to this part of a day, so that equal spans stay equal however they lie in the year.
const STEP: f64 = 0.25;

impl Clock {
    /// A clock for the days from `start` to `end` (counted from 1970-01-01), both included, and beyond at the cost of a sum by months.
    pub fn new(index: &MonthIndex, start: i64, end: i64) -> Clock {
        let mut passed = vec![0.0];
        for day in start..end {
            passed.push(passed[passed.len() - 1] + index.of_day(day));
        }
        Clock { index: index.clone(), start, passed }
    }

    /// Seasonal days between two days; never negative, and never 0 where the days differ.
    pub fn between(&self, from: i64, to: i64) -> f64 {
        if to <= from {
            return 0.0;
        }
        let days = self.since_start(to) - self.since_start(from);
        ((days / STEP).round() * STEP).max(STEP)
    }

    fn since_start(&self, day: i64) -> f64 {
        let at = day - self.start;
        if (0..self.passed.len() as i64).contains(&at) {
            return self.passed[at as usize];
        }
        if at < 0 {
            return -self.sum(day, self.start);
        }
        let last = self.passed.len() as i64 - 1;
        self.passed[last as usize] + self.sum(self.start + last, day)
    }

    /// The sum of the index over the days from `from` up to `to`, by months.
    fn sum(&self, from: i64, to: i64) -> f64 {
        let mut sum = 0.0;
        let mut day = from;
        while day < to {
            let next = month_start(month_of(day) + 1).min(to);
            sum += (next - day) as f64 * self.index.of_day(day);
            day = next;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::day_of_civil;

    #[test]
    fn an_index_has_the_mean_one_and_few_observations_say_little() {
        let december = day_of_civil(2010, 12, 1);
        let months: Vec<(i64, f64, f64)> =
            (0..12).map(|at| (month_of(december) - at, if at == 0 { 300.0 } else { 100.0 }, 200.0)).collect();
        let index = MonthIndex::of_ratios(&months, 0.0);
        let mean = (0..12).map(|month| DAYS[month] * index.index[month]).sum::<f64>() / 365.25;
        assert!((mean - 1.0).abs() < 1e-12 && index.is_whole());
        assert!((index.of_day(december) / index.of_day(december - 1) - 3.0).abs() < 1e-12);
        let cautious = MonthIndex::of_ratios(&months, 1e9);
        assert!(cautious.index.iter().all(|index| (index - 1.0).abs() < 1e-6));
        let partly = MonthIndex::of_ratios(&months[..2], 0.0);
        assert_eq!((partly.index[0], partly.observed[0], partly.observed[11]), (1.0, false, true));
        assert_eq!(MonthIndex::of_ratios(&[], 1.0), MonthIndex::flat());
    }

    #[test]
    fn a_year_of_seasonal_time_is_a_year_wherever_it_begins() {
        let mut index = MonthIndex::flat();
        (index.index[11], index.index[0]) = (1.5, 0.5);
        let (start, end) = (day_of_civil(2010, 6, 1), day_of_civil(2011, 6, 1));
        let clock = Clock::new(&index, start, end);
        assert_eq!(clock.between(start, end), 365.0);
        assert_eq!(clock.between(end + 100, end + 465), 365.0);
        assert_eq!(clock.between(start - 365, start), 365.0);
        let december = day_of_civil(2010, 12, 1);
        assert_eq!((clock.between(december, december + 10), clock.between(december, december)), (15.0, 0.0));
        assert_eq!(clock.between(december + 2, december + 1), 0.0);
    }
}
