//! Does a rule hold on baskets that it was not mined from?

use super::super::baskets::Baskets;
use super::super::occurrences::Occurrences;
use super::{AssociationRule, Chance, Counts, Test};
use crate::numeric::erf::normal_quantile;
use crate::numeric::shares::wilson;
use rayon::prelude::*;

/// What a rule must show on later baskets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValidationSettings {
    /// Level of the intervals, such as 0.95.
    pub level: f64,
    /// Fewest later baskets with the left side for a verdict.
    pub min_left: u64,
    /// Lowest share of the mined confidence that the later confidence must reach, 0 to 1.
    pub kept_confidence: f64,
    /// What is taken for chance: with [`Test::BasketSize`] what is expected among baskets of the same size.
    pub test: Test,
}

impl Default for ValidationSettings {
    fn default() -> Self {
        Self { level: 0.95, min_left: 10, kept_confidence: 0.8, test: Test::default() }
    }
}

/// What later baskets say of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The sides still go together more than chance, and the confidence is about what was mined.
    Holds,
    /// They do not, or not clearly.
    Fails,
    /// Too few later baskets have the left side to tell.
    TooFew,
}

/// A rule on later baskets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Validation {
    /// The rule's counts there.
    pub counts: Counts,
    /// Confidence there; not a number when no basket has the left side.
    pub confidence: f64,
    /// Wilson's interval of the confidence.
    pub confidence_interval: (f64, f64),
    /// Support there, as a share.
    pub support: f64,
    /// Wilson's interval of the support.
    pub support_interval: (f64, f64),
    /// Rule lift there.
    pub lift: f64,
    /// The confidence interval divided by the right side's share of baskets: an interval of the rule lift with that share
    /// taken as known.
    pub lift_interval: (f64, f64),
    /// What follows.
    pub verdict: Verdict,
}

/// Tries each rule on `later` baskets, whose items bear the same numbers.
///
/// A rule holds when the lower end of its lift interval is above 1, the mined confidence, times
/// [`ValidationSettings::kept_confidence`], is not above the upper end of its confidence interval, and, where sizes of baskets
/// are allowed for, so many baskets with both sides are as unlikely by chance as a value beyond that interval.
pub fn validate(rules: &[AssociationRule], later: &Baskets, settings: ValidationSettings) -> Vec<Validation> {
    let total = later.total_weight();
    let z = normal_quantile(0.5 + settings.level / 2.0);
    let counts = recount(rules, later);
    let by_chance: Vec<f64> = match Chance::new(later, settings.test) {
        // The interval of the rule lift says so already.
        Chance::Independence => vec![0.0; rules.len()],
        by_size => {
            let sides: Vec<(&[u32], &[u32])> = rules.iter().map(|rule| (&rule.left[..], &rule.right[..])).collect();
            let expected = by_size.expect(&sides, |at| counts[at]);
            expected.iter().zip(&counts).map(|(expected, counts)| expected.at_least(counts.both)).collect()
        }
    };
    rules
        .iter()
        .zip(counts)
        .zip(by_chance)
        .map(|((rule, counts), by_chance)| {
            let confidence_interval = wilson(counts.both, counts.left, z);
            let base = counts.right as f64 / total as f64;
            let lift_interval = (confidence_interval.0 / base, confidence_interval.1 / base);
            let verdict = if counts.left < settings.min_left.max(1) {
                Verdict::TooFew
            } else if lift_interval.0 > 1.0
                && by_chance <= (1.0 - settings.level) / 2.0
                && confidence_interval.1 >= rule.counts.confidence() * settings.kept_confidence
            {
                Verdict::Holds
            } else {
                Verdict::Fails
            };
            Validation {
                counts,
                confidence: counts.confidence(),
                confidence_interval,
                support: counts.support(),
                support_interval: wilson(counts.both, total, z),
                lift: counts.lift(),
                lift_interval,
                verdict,
            }
        })
        .collect()
}

/// The counts of each rule on other baskets, whose items bear the same numbers.
pub fn recount(rules: &[AssociationRule], baskets: &Baskets) -> Vec<Counts> {
    let index = Occurrences::new(baskets);
    let total = baskets.total_weight();
    let counts = rules.par_iter().map(|rule| Counts {
        both: index.support(&rule.items()),
        left: index.support(&rule.left),
        right: index.support(&rule.right),
        total,
    });
    counts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_only_held_before_fails() {
        let rule = AssociationRule {
            left: vec![0],
            right: vec![1],
            counts: Counts { both: 80, left: 100, right: 300, total: 1000 },
        };
        let later = |with: usize| {
            let left = (0..100).map(move |at| if at < with { vec![0, 1] } else { vec![0] });
            let others = (0..900).map(move |at| if at < 300 - with { vec![1] } else { vec![] });
            Baskets::from_rows(left.chain(others))
        };
        let verdict =
            |later: &Baskets| validate(std::slice::from_ref(&rule), later, ValidationSettings::default())[0].verdict;
        assert_eq!(verdict(&later(78)), Verdict::Holds);
        assert_eq!(verdict(&later(30)), Verdict::Fails);
        assert_eq!(verdict(&later(45)), Verdict::Fails);
        assert_eq!(verdict(&Baskets::from_rows([[0, 1]])), Verdict::TooFew);
    }

    /// Two items that are each in half of the large baskets and in few small ones: they meet far more often than independence
    /// gives, and no more often than the sizes do.
    #[test]
    fn a_rule_that_sizes_explain_holds_only_where_sizes_are_not_asked() {
        let later = Baskets::from_rows((0..2_000u32).map(|at| {
            if at % 4 > 0 {
                return vec![at % 40];
            }
            // Each of twenty items is in half of the large baskets, whatever else is.
            (0..20).filter(|item| (at / 4).wrapping_mul(2_654_435_761).rotate_left(item + 7) & 1 == 0).collect()
        }));
        let counts =
            recount(&[AssociationRule { left: vec![3], right: vec![8], counts: Counts::default() }], &later)[0];
        let rule = AssociationRule { left: vec![3], right: vec![8], counts };
        let verdict = |test| {
            validate(std::slice::from_ref(&rule), &later, ValidationSettings { test, ..Default::default() })[0].verdict
        };
        assert_eq!((verdict(Test::Fisher), verdict(Test::BasketSize)), (Verdict::Holds, Verdict::Fails));
    }
}
