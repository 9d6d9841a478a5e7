//! Trials without a contact: how often a method would have called something real where nothing was.

use rand::RngExt;
use rayon::prelude::*;

use super::adjust::Adjustment;
use super::arms::{Arms, statistic};
use super::method::Method;
use crate::numeric::random::{mix, stream};
use crate::numeric::shares::{Z95, wilson};
use crate::numeric::student::student_tails;

/// What dry runs found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DryRuns {
    /// Splits compared.
    pub splits: u64,
    /// Splits of which the method said that the contact had an effect.
    pub alarms: u64,
    /// Share of false alarms, and its 95 % interval.
    pub rate: f64,
    pub low: f64,
    pub high: f64,
}

/// Splits persons who were all treated alike `splits` times at random, a `share` (0 to 1) of them control, and counts how often `method` finds a
/// difference at the two-sided level `alpha`. `values` and `covariates` are the persons' own outcome and what was known before. Nothing where an
/// arm would have fewer than two persons. The same `seed` gives the same counts at any number of threads.
pub fn dry_runs(
    values: &[f64],
    covariates: &[Vec<f64>],
    share: f64,
    method: Method,
    (splits, alpha): (u32, f64),
    seed: u64,
) -> Option<DryRuns> {
    let control = (share * values.len() as f64).round() as usize;
    if control < 2 || values.len() < control + 2 || splits == 0 {
        return None;
    }
    let nobody = Arms::new(vec![false; values.len()]);
    // Without slopes by arm, what is compared does not depend on the split.
    let shared = (method.adjustment != Adjustment::ByArm).then(|| method.prepared(values, covariates, &nobody));
    let alarm = |split: &u32| {
        let arms = split_at_random(values.len(), control, seed, *split);
        let found = match &shared {
            Some(prepared) => statistic(prepared, &arms),
            None => statistic(&method.prepared(values, covariates, &arms), &arms),
        };
        found.is_some_and(|(t, freedom)| student_tails(t, freedom) < alpha)
    };
    let (alarms, splits) = ((0..splits).into_par_iter().filter(alarm).count() as u64, u64::from(splits));
    let (low, high) = wilson(alarms, splits, Z95);
    Some(DryRuns { splits, alarms, rate: alarms as f64 / splits as f64, low, high })
}

/// Arms with so many control persons, drawn without replacement.
pub(super) fn split_at_random(persons: usize, control: usize, seed: u64, split: u32) -> Arms {
    let mut random = stream(mix(seed ^ mix(u64::from(split))), "dry runs");
    let mut order: Vec<u32> = (0..persons as u32).collect();
    let mut treated = vec![true; persons];
    for place in 0..control {
        let other = random.random_range(place..persons);
        order.swap(place, other);
        treated[order[place] as usize] = false;
    }
    Arms::new(treated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_behaved_outcomes_hold_the_promise() {
        let before: Vec<f64> = (0..400).map(|person| f64::from((person * 37) % 101)).collect();
        let values: Vec<f64> = before.iter().zip(0..).map(|(x, n)| x + f64::from((n * 59) % 97)).collect();
        for adjustment in [Adjustment::None, Adjustment::Pooled, Adjustment::ByArm] {
            let method = Method { cap: Some(0.99), adjustment };
            let found = dry_runs(&values, std::slice::from_ref(&before), 0.3, method, (2_000, 0.05), 7).unwrap();
            assert!(found.low < 0.06 && found.high > 0.04, "{adjustment:?}: {found:?}");
        }
        assert_eq!(dry_runs(&values, &[], 0.001, Method::PLAIN, (100, 0.05), 7), None);
    }
}
