//! What has changed between two sets of rules, such as last month's and this month's.

use super::{AssociationRule, Counts};
use crate::numeric::erf::erfc;
use rustc_hash::FxHashMap;

/// How a rule fared from one set to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Only in the later set.
    Appeared,
    /// Only in the earlier set.
    Vanished,
    /// In both, and the confidence differs more than chance at the level asked for.
    Changed {
        /// Two-sided p-value of the difference of the confidences (two-proportion z-test, pooled).
        p_value: f64,
    },
    /// In both, about the same.
    Stayed,
}

/// A rule in two sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Items of the antecedent.
    pub left: Vec<u32>,
    /// Items of the consequent.
    pub right: Vec<u32>,
    /// Counts in the earlier set.
    pub before: Option<Counts>,
    /// Counts in the later set.
    pub after: Option<Counts>,
    /// What happened.
    pub change: Change,
}

/// Compares two sets of rules over the same item numbers; ordered by right side, then left side.
///
/// `alpha` is the p-value up to which a difference of confidences counts as a change. `basket` is what a basket weighs in the
/// counts, 1 where they are numbers of baskets: weight is not evidence.
pub fn compare_rules(before: &[AssociationRule], after: &[AssociationRule], alpha: f64, basket: f64) -> Vec<Drift> {
    let index = |rules: &[AssociationRule]| -> FxHashMap<(Vec<u32>, Vec<u32>), Counts> {
        rules.iter().map(|rule| ((rule.right.clone(), rule.left.clone()), rule.counts)).collect()
    };
    let (old, new) = (index(before), index(after));
    let mut keys: Vec<&(Vec<u32>, Vec<u32>)> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .map(|key| {
            let (before, after) = (old.get(key).copied(), new.get(key).copied());
            let change = match (before, after) {
                (None, _) => Change::Appeared,
                (_, None) => Change::Vanished,
                (Some(before), Some(after)) => match difference(before, after, basket) {
                    p_value if p_value <= alpha => Change::Changed { p_value },
                    _ => Change::Stayed,
                },
            };
            Drift { left: key.1.clone(), right: key.0.clone(), before, after, change }
        })
        .collect()
}

fn difference(before: Counts, after: Counts, basket: f64) -> f64 {
    let (n, m) = (before.left as f64 / basket, after.left as f64 / basket);
    let pooled = (before.both + after.both) as f64 / (before.left + after.left) as f64;
    let spread = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    if spread == 0.0 {
        return 1.0;
    }
    erfc((before.confidence() - after.confidence()).abs() / spread / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_appeared_vanished_and_changed() {
        let rule = |left: u32, both| AssociationRule {
            left: vec![left],
            right: vec![9],
            counts: Counts { both, left: 100, right: 50, total: 1000 },
        };
        let (before, after) = ([rule(1, 60), rule(2, 60), rule(3, 60)], [rule(2, 61), rule(3, 30), rule(4, 60)]);
        let drift = compare_rules(&before, &after, 0.01, 1.0);
        assert_eq!(drift.iter().map(|drift| drift.left[0]).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(
            (drift[0].change, drift[1].change, drift[3].change),
            (Change::Vanished, Change::Stayed, Change::Appeared)
        );
        // z = 0.3 / sqrt(0.45 * 0.55 * 0.02) = 4.264, two-sided p = 2.01e-5.
        assert!(matches!(drift[2].change, Change::Changed { p_value } if (p_value - 2.01e-5).abs() < 2e-7));
        // Where a basket weighs ten, ten baskets have the left side: the difference may be chance.
        let weighed = compare_rules(&before, &after, 0.01, 10.0);
        assert_eq!(weighed[2].change, Change::Stayed);
    }
}
