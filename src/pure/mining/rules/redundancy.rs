//! Which rules say nothing that a simpler rule does not say.

use super::super::baskets::Baskets;
use super::super::occurrences::Occurrences;
use super::tails::upper_tail;
use super::sizes::BySize;
use super::{Counts, Rule, Test};
use crate::numeric::erf::normal_quantile;
use crate::numeric::math::{exp, ln};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// For each rule the highest confidence of the more general rules among `rules`: the same right side and a proper subset
/// on the left. Not a number where there is none.
pub fn general_confidences(rules: &[Rule]) -> Vec<f64> {
    best_general(rules, &|rule| rule.counts.confidence())
}

/// For each rule whether a more general rule has at least its confidence; see [`general_confidences`] (Bayardo, Agrawal and Gunopulos,
/// "Constraint-based rule mining in large, dense databases", 2000).
pub fn redundant(rules: &[Rule], general: &[f64]) -> Vec<bool> {
    rules.iter().zip(general).map(|(rule, general)| *general >= rule.counts.confidence()).collect()
}

/// For each rule whether its odds ratio is not clearly above that of a more general rule among `rules`: its interval at
/// `level` (such as 0.95) begins at or below the end of the other's.
pub fn redundant_by_interval(rules: &[Rule], level: f64) -> Vec<bool> {
    let z = normal_quantile(0.5 + level / 2.0);
    let upper = best_general(rules, &|rule| odds_interval(rule.counts, z).1);
    rules.iter().zip(upper).map(|(rule, upper)| odds_interval(rule.counts, z).0 <= upper).collect()
}

/// For each rule whether no other rule among `rules` has all of its items and more.
pub fn maximal_rules(rules: &[Rule]) -> Vec<bool> {
    let sets: Vec<Vec<u32>> = rules.iter().map(Rule::items).collect();
    let mut distinct: Vec<&Vec<u32>> = sets.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let index = Occurrences::new(&Baskets::from_rows(distinct));
    sets.iter().map(|set| index.support(set) == 1).collect()
}

/// For each rule whether every item on the left does its share: leaving any one of them out, the rest of the left side and
/// the right side being given, the item and the right side still go together more than chance at `alpha` (Webb,
/// "Discovering significant patterns", 2007, productive rules): by Fisher's exact test, or among baskets of the same size.
pub fn productive(rules: &[Rule], baskets: &Baskets, alpha: f64, test: Test) -> Vec<bool> {
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

/// The greatest `value` of the more general rules of each rule; not a number where there is none.
fn best_general(rules: &[Rule], value: &dyn Fn(&Rule) -> f64) -> Vec<f64> {
    let known: FxHashMap<(&[u32], &[u32]), f64> =
        rules.iter().map(|rule| ((&rule.right[..], &rule.left[..]), value(rule))).collect();
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
                        best = best.max(value(other));
                    }
                }
            }
            best
        })
        .collect()
}

/// Interval of the odds ratio on the log scale (Woolf, "On estimating the relation between blood group and disease", 1955),
/// with half a basket added to each cell so that empty ones have an interval too (Haldane 1956).
fn odds_interval(counts: Counts, z: f64) -> (f64, f64) {
    let cell = |baskets: u64| baskets as f64 + 0.5;
    let n11 = cell(counts.both);
    let n10 = cell(counts.left - counts.both);
    let n01 = cell(counts.right - counts.both);
    let n00 = cell(counts.total + counts.both - counts.left - counts.right);
    let middle = ln(n11 * n00 / (n10 * n01));
    let margin = z * (1.0 / n11 + 1.0 / n10 + 1.0 / n01 + 1.0 / n00).sqrt();
    (exp(middle - margin), exp(middle + margin))
}
