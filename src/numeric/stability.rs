//! The population stability index: how far a distribution has moved.

use std::collections::BTreeMap;

use super::quantile::quantile;

/// Share that stands for none, so that an empty bin does not make the index infinite.
const FLOOR: f64 = 1e-4;

/// The population stability index of numbers: `now` against the `bins` quantile bins of `before`; missing values (NaN) are a
/// bin of their own. Below 0.1 nothing has moved, above 0.25 much has (the usual reading in credit scoring; N. Siddiqi,
/// *Credit Risk Scorecards*, 2006). 0 when either side is empty.
pub fn psi_of_numbers(before: &[f64], now: &[f64], bins: usize) -> f64 {
    let mut sorted: Vec<f64> = before.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut cuts: Vec<f64> = (1..bins.max(2)).map(|bin| quantile(&sorted, bin as f64 / bins.max(2) as f64)).collect();
    cuts.dedup();
    let bin = |value: &f64| if value.is_nan() { usize::MAX } else { cuts.partition_point(|cut| cut < value) };
    index(before.iter().map(bin), now.iter().map(bin))
}

/// The population stability index of words.
pub fn psi_of_words<S: AsRef<str>>(before: &[S], now: &[S]) -> f64 {
    index(before.iter().map(AsRef::as_ref), now.iter().map(AsRef::as_ref))
}

fn index<K: Ord>(before: impl Iterator<Item = K>, now: impl Iterator<Item = K>) -> f64 {
    let mut counts: BTreeMap<K, (u64, u64)> = BTreeMap::new();
    before.for_each(|key| counts.entry(key).or_default().0 += 1);
    now.for_each(|key| counts.entry(key).or_default().1 += 1);
    let (all_before, all_now) = counts.values().fold((0, 0), |(b, n), (x, y)| (b + x, n + y));
    if all_before == 0 || all_now == 0 {
        return 0.0;
    }
    let share = |count: u64, all: u64| (count as f64 / all as f64).max(FLOOR);
    counts
        .values()
        .map(|&(b, n)| {
            let (b, n) = (share(b, all_before), share(n, all_now));
            (n - b) * (n / b).ln()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_distribution_is_told_from_one_that_stayed() {
        let before: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(psi_of_numbers(&before, &before, 10), 0.0);
        let later: Vec<f64> = before.iter().map(|v| v + 300.0).collect();
        assert!(psi_of_numbers(&before, &later, 10) > 0.25);
        // Two words, from half and half to a quarter and three quarters: 2 * 0.25 * ln(...) by hand.
        let (b, n) = (["a", "a", "b", "b"], ["a", "b", "b", "b"]);
        let expected = -0.25 * 0.5_f64.ln() + 0.25 * 1.5_f64.ln();
        assert!((psi_of_words(&b, &n) - expected).abs() < 1e-12);
        assert_eq!(psi_of_words(&["a"], &[]), 0.0);
    }
}
