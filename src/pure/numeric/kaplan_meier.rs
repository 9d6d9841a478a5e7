//! Time to an event when some have not had it yet: the product-limit estimator.

use super::erf::normal_quantile;
use crate::numeric::math::{exp, ln, pow};

/// The Kaplan-Meier estimate of the share still without the event after each number of days.
///
/// E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", JASA 53, 1958. Whoever is censored on
/// the day of an event counts as at risk on it.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    /// Days with events, ascending.
    pub days: Vec<u32>,
    /// Those still observed without the event before each of these days.
    pub at_risk: Vec<u64>,
    /// Events on each of these days.
    pub events: Vec<u64>,
    /// The estimated share without the event after each of these days, 0..=1.
    pub survival: Vec<f64>,
    /// Greenwood's sum, the relative variance of the survival (M. Greenwood, 1926).
    relative_variance: Vec<f64>,
}

impl KaplanMeier {
    /// The estimate from `(days, event)` pairs: days until the event, or until observation ended without it.
    pub fn new(observations: &[(u32, bool)]) -> Self {
        let longest = observations.iter().map(|&(days, _)| days as usize).max().unwrap_or(0);
        let (mut events, mut censored) = (vec![0u64; longest + 1], vec![0u64; longest + 1]);
        for &(days, event) in observations {
            if event { events[days as usize] += 1 } else { censored[days as usize] += 1 }
        }
        Self::from_daily(&events, &censored)
    }

    /// The estimate from the numbers of events and of censored observations on day 0, 1, 2, …; both equally long.
    pub fn from_daily(events: &[u64], censored: &[u64]) -> Self {
        let mut at_risk: u64 = events.iter().chain(censored).sum();
        let mut estimate = KaplanMeier {
            days: Vec::new(),
            at_risk: Vec::new(),
            events: Vec::new(),
            survival: Vec::new(),
            relative_variance: Vec::new(),
        };
        let (mut survival, mut variance) = (1.0, 0.0);
        for (day, (&had, &left)) in events.iter().zip(censored).enumerate() {
            if had > 0 {
                let (n, d) = (at_risk as f64, had as f64);
                survival *= (n - d) / n;
                variance += if at_risk > had { d / (n * (n - d)) } else { 0.0 };
                estimate.days.push(day as u32);
                estimate.at_risk.push(at_risk);
                estimate.events.push(had);
                estimate.survival.push(survival);
                estimate.relative_variance.push(variance);
            }
            at_risk -= had + left;
        }
        estimate
    }

    /// The share without the event after `day`.
    pub fn survival_at(&self, day: u32) -> f64 {
        self.row(day).map_or(1.0, |row| self.survival[row])
    }

    /// The standard error of [`KaplanMeier::survival_at`] by Greenwood's formula.
    pub fn standard_error_at(&self, day: u32) -> f64 {
        self.row(day).map_or(0.0, |row| self.survival[row] * self.relative_variance[row].sqrt())
    }

    /// A confidence interval of the survival at `day`, `level` such as 0.95, on the log(-log) scale
    /// (J. D. Kalbfleisch, R. L. Prentice, "The Statistical Analysis of Failure Time Data", 1980, section 1.3).
    pub fn interval_at(&self, day: u32, level: f64) -> (f64, f64) {
        let Some(row) = self.row(day) else { return (1.0, 1.0) };
        let survival = self.survival[row];
        if survival <= 0.0 || survival >= 1.0 {
            return (survival, survival);
        }
        let z = normal_quantile(0.5 + level / 2.0);
        let width = z * self.relative_variance[row].sqrt() / ln(survival).abs();
        (pow(survival, exp(width)), pow(survival, exp(-width)))
    }

    /// The first day by which at least `share` have had the event; `None` when fewer ever do.
    pub fn quantile(&self, share: f64) -> Option<u32> {
        let row = self.survival.iter().position(|&survival| survival <= 1.0 - share + 1e-12)?;
        Some(self.days[row])
    }

    /// Events per day at risk in each bin of `width` days up to `last` (included): the hazard, 0..=1 per day.
    pub fn hazard(&self, width: u32, last: u32) -> Vec<f64> {
        let width = width.max(1);
        let mut bins = Vec::new();
        let mut from = 0;
        while from <= last {
            let rows = (0..self.days.len()).filter(|&row| (from..from.saturating_add(width)).contains(&self.days[row]));
            // The chance of no event within the bin, spread evenly over its days.
            let stay: f64 = rows.map(|row| 1.0 - self.events[row] as f64 / self.at_risk[row] as f64).product();
            bins.push(1.0 - pow(stay, 1.0 / f64::from(width)));
            let Some(next) = from.checked_add(width) else { break };
            from = next;
        }
        bins
    }

    fn row(&self, day: u32) -> Option<usize> {
        self.days.partition_point(|&known| known <= day).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Remission times in weeks under 6-mercaptopurine (E. J. Freireich et al., Blood 21, 1963); table and standard
    /// errors as printed in D. R. Cox, D. Oakes, "Analysis of Survival Data", 1984, and D. G. Kleinbaum, M. Klein,
    /// "Survival Analysis", chapter 2.
    #[test]
    fn matches_freireich_1963_as_tabled_by_kleinbaum_klein() {
        let events = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|week| (week, true));
        let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|week| (week, false));
        let estimate = KaplanMeier::new(&[&events[..], &censored[..]].concat());
        assert_eq!(estimate.days, [6, 7, 10, 13, 16, 22, 23]);
        assert_eq!(estimate.at_risk, [21, 17, 15, 12, 11, 7, 6]);
        assert_eq!(estimate.events, [3, 1, 1, 1, 1, 1, 1]);
        let survival = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482];
        let errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346];
        for (row, &week) in estimate.days.iter().enumerate() {
            assert!((estimate.survival_at(week) - survival[row]).abs() < 5e-5, "week {week}");
            assert!((estimate.standard_error_at(week) - errors[row]).abs() < 6e-5, "week {week}");
        }
        assert_eq!((estimate.quantile(0.5), estimate.quantile(0.6), estimate.survival_at(5)), (Some(23), None, 1.0));
        let placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23].map(|week| (week, true));
        let estimate = KaplanMeier::new(&placebo);
        assert_eq!(estimate.quantile(0.5), Some(8));
        assert!((estimate.survival_at(12) - 0.1905).abs() < 5e-5);
    }

    #[test]
    fn the_interval_holds_the_estimate_and_stays_within_bounds() {
        let estimate = KaplanMeier::new(&[(1, true), (2, false), (3, true), (4, false), (5, true), (9, false)]);
        for day in 1..9 {
            let (low, high) = estimate.interval_at(day, 0.95);
            assert!(0.0 <= low && low <= estimate.survival_at(day) && estimate.survival_at(day) <= high && high <= 1.0);
        }
    }

    #[test]
    fn a_constant_hazard_is_found() {
        let mut observations = Vec::new();
        let mut left = 1u32 << 14;
        for day in 0..14 {
            left /= 2;
            observations.extend(std::iter::repeat_n((day, true), left as usize));
        }
        let hazard = KaplanMeier::new(&observations).hazard(7, 6);
        assert!((hazard[0] - 0.5).abs() < 1e-3, "{hazard:?}");
    }

    #[test]
    fn nobody_observed_gives_an_empty_estimate() {
        let estimate = KaplanMeier::new(&[]);
        assert_eq!((estimate.survival_at(10), estimate.quantile(0.5)), (1.0, None));
    }
}
