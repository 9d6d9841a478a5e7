//! Which rules say nothing that a simpler rule does not say.

use super::super::baskets::Baskets;
use super::super::occurrences::Occurrences;
use super::sizes::BySize;
use super::tails::upper_tail;
use super::{AssociationRule, Counts, Test};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// For each rule the highest confidence of the more general rules among `rules`: the same right side and a proper subset
/// on the left. Not a number where there is none.
pub fn general_confidences(rules: &[AssociationRule]) -> Vec<f64> {
    let known: FxHashMap<(&[u32], &[u32]), f64> =
        rules.iter().map(|rule| ((&rule.right[..], &rule.left[..]), rule.counts.confidence())).collect();
    let mut by_right: FxHashMap<&[u32], Vec<u32>> = FxHashMap::default();
    for (at, rule) in rules.iter().enumerate() {
        by_right.entry(&rule.right).or_default().push(at as u32);
    }
    rules
        .iter()
        .map(|rule| {
            let mut best = f64::NAN;
            let same_right = &by_right[&rule.right[..]];
            if rule.left.len() < 24 && 1usize << rule.left.len() <= 4 * same_right.len() {
                let mut subset = Vec::with_capacity(rule.left.len());
                for chosen in 0..(1u32 << rule.left.len()) - 1 {
                    subset.clear();
                    subset.extend((0..rule.left.len()).filter(|bit| chosen >> bit & 1 == 1).map(|bit| rule.left[bit]));
                    if let Some(&other) = known.get(&(&rule.right[..], &subset[..])) {
                        best = best.max(other);
                    }
                }
            } else {
                for &at in same_right {
                    let other = &rules[at as usize];
                    if other.left.len() < rule.left.len()
                        && super::super::baskets::contains_all(&rule.left, &other.left)
                    {
                        best = best.max(other.counts.confidence());
                    }
                }
            }
            best
        })
        .collect()
}

/// For each rule whether a more general rule has at least its confidence; see [`general_confidences`] (Bayardo, Agrawal and Gunopulos,
/// "Constraint-based rule mining in large, dense databases", 2000).
pub fn redundant(rules: &[AssociationRule], general: &[f64]) -> Vec<bool> {
    rules.iter().zip(general).map(|(rule, general)| *general >= rule.counts.confidence()).collect()
}

/// For each rule whether every item on the left does its share: leaving any one of them out, the rest of the left side and
/// the right side being given, the item and the right side still go together more than chance at `alpha` (Webb,
/// "Discovering significant patterns", 2007, productive rules): by Fisher's exact test, or among baskets of the same size.
pub fn productive(rules: &[AssociationRule], baskets: &Baskets, alpha: f64, test: Test) -> Vec<bool> {
    if test == Test::BasketSize {
        return BySize::new(baskets).productive(rules, alpha);
    }
    let index = Occurrences::new(baskets);
    rules
        .par_iter()
        .map(|rule| {
            (0..rule.left.len()).all(|out| {
                let rest: Vec<u32> =
                    rule.left.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, &i)| i).collect();
                let mut with_right = [&rest[..], &rule.right[..]].concat();
                with_right.sort_unstable();
                let counts = Counts {
                    both: rule.counts.both,
                    left: rule.counts.left,
                    right: index.support(&with_right),
                    total: index.support(&rest),
                };
                upper_tail(counts) <= alpha
            })
        })
        .collect()
}
