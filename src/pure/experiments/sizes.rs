//! What a control group of a size can see, before anybody is contacted.

use super::arms::Arms;
use super::method::Method;
use crate::numeric::erf::normal_quantile;

/// The largest share of persons worth leaving alone: beyond half, more control persons see less.
const MOST: f64 = 0.5;

/// The smallest difference of means that `persons` show with a chance of `power` (above one half, below 1) at the two-sided level `alpha`, when a
/// `share` (above 0, below 1) of them is left alone and one person's outcome has the standard deviation `sd`:
/// (z_{1−α/2} + z_power)·sd·√(1/(Nf) + 1/(N(1−f))). Infinite without persons.
pub fn detectable(sd: f64, persons: f64, share: f64, alpha: f64, power: f64) -> f64 {
    let z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    z * sd * (1.0 / (persons * share) + 1.0 / (persons * (1.0 - share))).sqrt()
}

/// The smallest share to leave alone with which half of the `hoped` difference is still seen; nothing where no share of up to a half can.
/// Half, as what is hoped for is rarely what comes.
pub fn smallest_share(sd: f64, persons: f64, hoped: f64, alpha: f64, power: f64) -> Option<f64> {
    let z = normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power);
    // f(1 − f) must be at least this.
    let least = (z * sd / (hoped / 2.0)).powi(2) / persons;
    (least <= MOST * MOST).then(|| (1.0 - (1.0 - 4.0 * least).max(0.0).sqrt()) / 2.0)
}

/// What persons did in a span of the past: outcomes, and what was known of each before it, by covariate.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    pub values: Vec<f64>,
    pub before: Vec<Vec<f64>>,
}

/// How an outcome varies between persons, and its mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Typical {
    /// Standard deviation of one person's outcome, capped and adjusted as `method` does.
    pub sd: f64,
    /// Mean of one person's outcome, capped.
    pub mean: f64,
}

/// The deviation (root mean square) and mean over several spans of the past of the same persons. Nothing for fewer than two persons, or without a span.
pub fn typical(past: impl IntoIterator<Item = Past>, method: Method) -> Option<Typical> {
    let (mut spans, mut variance, mut mean) = (0.0, 0.0, 0.0);
    for span in past {
        let persons = span.values.len() as f64;
        if persons < 2.0 {
            return None;
        }
        let alike = Arms::new(vec![false; span.values.len()]);
        let prepared = method.prepared(&span.values, &span.before, &alike);
        let middle = prepared.iter().sum::<f64>() / persons;
        spans += 1.0;
        mean += middle;
        variance += prepared.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / (persons - 1.0);
    }
    (spans > 0.0).then(|| Typical { sd: (variance / spans).sqrt(), mean: mean / spans })
}

/// Persons per arm, arms of equal size, that tell the share `with` from the share `without` with a chance of `power` at the two-sided level
/// `alpha`: the formula with the pooled share under no difference (J. Fleiss, B. Levin, M. Paik, "Statistical methods for rates and
/// proportions", 2003, 4.14). Infinite for equal shares.
pub fn per_arm_of_shares(without: f64, with: f64, alpha: f64, power: f64) -> f64 {
    let middle = (without + with) / 2.0;
    let none = normal_quantile(1.0 - alpha / 2.0) * (2.0 * middle * (1.0 - middle)).sqrt();
    let some = normal_quantile(power) * (without * (1.0 - without) + with * (1.0 - with)).sqrt();
    ((none + some) / (with - without)).powi(2).ceil()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `value-uplift.md`, section 5.
    #[test]
    fn persons_per_arm() {
        for (without, with, persons) in
            [(0.1, 0.12, 3_841.0), (0.02, 0.025, 13_809.0), (0.01, 0.012, 42_693.0), (0.106, 0.151, 867.0)]
        {
            assert_eq!(per_arm_of_shares(without, with, 0.05, 0.8), persons);
        }
        assert_eq!(per_arm_of_shares(0.1, 0.1, 0.05, 0.8), f64::INFINITY);
    }

    /// `feedback.md`, section 5: visits at 10.6 %, and spending with a standard deviation of 11.6 and a mean of .65.
    #[test]
    fn lifts_that_can_be_seen() {
        let sd = (0.106 * 0.894_f64).sqrt();
        for (share, points) in
            [(0.05, [8.9, 2.8, 0.89]), (0.1, [6.4, 2.0, 0.64]), (0.2, [4.8, 1.5, 0.48]), (0.5, [3.9, 1.2, 0.39])]
        {
            for (persons, points) in [2_000.0, 20_000.0, 200_000.0].into_iter().zip(points) {
                let found = 100.0 * detectable(sd, persons, share, 0.05, 0.8);
                assert!((found / points - 1.0).abs() < 0.03, "{share} of {persons}: {found}");
            }
        }
        for (persons, of_mean) in [(2_000.0, 3.71), (20_000.0, 1.17), (200_000.0, 0.37)] {
            let found = detectable(11.6, persons, 0.1, 0.05, 0.8) / 0.65;
            assert!((found / of_mean - 1.0).abs() < 0.01, "{persons}: {found}");
        }
        assert_eq!(detectable(1.0, 0.0, 0.1, 0.05, 0.8), f64::INFINITY);
    }

    #[test]
    fn what_earlier_spending_tells_makes_the_deviation_smaller() {
        let before: Vec<f64> = (0..1_000).map(|person| f64::from(person * 37 % 101)).collect();
        let values: Vec<f64> = before.iter().zip(0..).map(|(x, n)| 2.0 * x + f64::from(n * 59 % 97)).collect();
        let past = || [Past { values: values.clone(), before: vec![before.clone()] }];
        let plain = typical(past(), Method::PLAIN).unwrap();
        let adjusted = typical(past(), Method { cap: None, ..Method::USUAL }).unwrap();
        assert!((plain.mean - adjusted.mean).abs() < 1e-9, "{plain:?} {adjusted:?}");
        // What is left is nearly uniform over 97 whole numbers: a standard deviation of 28.
        assert!((adjusted.sd - 28.0).abs() < 1.0 && plain.sd > 60.0, "{plain:?} {adjusted:?}");
        assert_eq!(typical([], Method::PLAIN), None);
        assert_eq!(typical([Past { values: vec![1.0], before: Vec::new() }], Method::PLAIN), None);
    }

    #[test]
    fn the_smallest_share_sees_half_of_what_is_hoped_for() {
        let share = smallest_share(11.6, 200_000.0, 0.5, 0.05, 0.8).unwrap();
        assert!((detectable(11.6, 200_000.0, share, 0.05, 0.8) - 0.25).abs() < 1e-9 && share < 0.5, "{share}");
        assert_eq!(smallest_share(11.6, 2_000.0, 0.5, 0.05, 0.8), None);
    }
}
