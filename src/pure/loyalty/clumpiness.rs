//! Clumpiness: whether purchases come in clumps with long gaps between.

use std::collections::BTreeMap;

use rand::RngExt;
use rayon::prelude::*;

use super::estimate::{Estimate, jackknife};
use crate::numeric::math::ln;
use crate::numeric::random::stream;

/// Draws per critical value.
const DRAWS: usize = 2_000;

/// Clumpiness of purchases on these days (ascending, 1 to `all`): H = 1 + Σ xᵢ·ln xᵢ / ln(n + 1) over the n + 1 gaps, both ends included, as shares of
/// all + 1 days; 0 is even, 1 all in one clump. Nothing without purchases.
///
/// Source: Y. Zhang, E. Bradlow, D. Small, "New measures of clumpiness for incidence data", Journal of Applied Statistics 40, 2013; "Predicting customer
/// value using clumpiness", Marketing Science 34, 2015. It depends on recency by construction (a long silence at the end is a clump):
/// look at both. The interval is by the jackknife over purchases.
pub fn clumpiness(days: &[i32], all: i32) -> Option<Estimate> {
    if days.is_empty() {
        return None;
    }
    let value = entropy(days.iter().copied(), all);
    let error = match days.len() {
        1 => 0.0,
        n => jackknife(n, |out| {
            let rest = days.iter().enumerate().filter(|(place, _)| *place != out).map(|(_, day)| *day);
            entropy(rest, all)
        }),
    };
    Some(Estimate::of(value, error, (0.0, 1.0)))
}

fn entropy(days: impl Iterator<Item = i32>, all: i32) -> f64 {
    let (mut before, mut sum, mut gaps) = (0, 0.0, 0_u32);
    for day in days.chain([all + 1]) {
        let share = f64::from(day - before) / f64::from(all + 1);
        // x·ln x goes to 0 with x.
        sum += if share > 0.0 { share * ln(share) } else { 0.0 };
        (before, gaps) = (day, gaps + 1);
    }
    (1.0 + sum / ln(f64::from(gaps))).clamp(0.0, 1.0)
}

/// The clumpiness that purchases on random days exceed 5 times in 100, by number of days and of purchases; drawn once per pair.
pub struct Critical(BTreeMap<(i32, usize), f64>);

impl Critical {
    /// For these pairs of days and purchases.
    pub fn of(pairs: impl IntoIterator<Item = (i32, usize)>, seed: u64) -> Critical {
        let wanted: BTreeMap<(i32, usize), ()> = pairs.into_iter().map(|pair| (pair, ())).collect();
        let pairs: Vec<(i32, usize)> = wanted.into_keys().collect();
        let drawn = |&(all, purchases): &(i32, usize)| ((all, purchases), drawn(all, purchases, seed));
        Critical(pairs.par_iter().map(drawn).collect())
    }

    /// Whether a clumpiness is above that of random days; nothing for a pair that was not drawn.
    pub fn is_clumpy(&self, all: i32, purchases: usize, clumpiness: f64) -> Option<bool> {
        self.0.get(&(all, purchases)).map(|critical| clumpiness > *critical)
    }
}

/// The 95 % point of the clumpiness of so many different random days.
fn drawn(all: i32, purchases: usize, seed: u64) -> f64 {
    let mut random = stream(seed, &format!("clumpiness of {purchases} in {all} days"));
    let purchases = purchases.min(all.max(0) as usize);
    let mut found: Vec<f64> = (0..DRAWS)
        .map(|_| {
            // R. Floyd's sample without replacement (J. Bentley, "A sample of brilliance", CACM 30, 1987).
            let mut days = std::collections::BTreeSet::new();
            for top in all - purchases as i32 + 1..=all {
                let day = random.random_range(1..=top);
                if !days.insert(day) {
                    days.insert(top);
                }
            }
            entropy(days.into_iter(), all)
        })
        .collect();
    found.sort_unstable_by(f64::total_cmp);
    crate::numeric::quantile::quantile(&found, 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_figures_of_the_reference() {
        for (days, expected) in [
            (vec![4, 8, 12, 16], 0.002_696),
            (vec![3, 6, 9, 12], 0.083_484),
            (vec![10, 11, 12, 13], 0.281_808),
            (vec![1, 2, 3, 4], 0.533_397),
            (vec![17, 18, 19, 20], 0.533_397),
        ] {
            let found = clumpiness(&days, 20).unwrap();
            assert!((found.value - expected).abs() < 5e-7, "{days:?}: {found:?}");
            assert!(found.low <= found.value && found.value <= found.high);
        }
        assert_eq!(clumpiness(&[], 20), None);
        assert_eq!(clumpiness(&[10], 19), Some(Estimate { value: 0.0, low: 0.0, high: 0.0 }));
    }

    #[test]
    fn critical_values_of_random_days() {
        let expected = [((20, 4), 0.300), ((100, 5), 0.347), ((365, 10), 0.256)];
        let found = Critical::of(expected.map(|row| row.0), 7);
        for (pair, expected) in expected {
            assert!((found.0[&pair] - expected).abs() < 0.015, "{pair:?}: {} {expected}", found.0[&pair]);
            assert_eq!(found.is_clumpy(pair.0, pair.1, expected + 0.02), Some(true));
        }
        assert_eq!(found.is_clumpy(9, 9, 0.5), None);
    }
}
