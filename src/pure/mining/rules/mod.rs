//! Association rules: what is bought when something else is.
//!
//! Rules are built from itemsets, judged by measures and tests, thinned of what a simpler rule already says, and tried on
//! later baskets. Knows nothing of names except where rules are written out.

mod chance;
mod constraints;
mod drift;
mod expected;
mod export;
mod generate;
mod hypotheses;
#[cfg(test)]
mod low_counts;
mod measures;
mod population;
mod redundancy;
mod significance;
mod sizes;
mod strata;
mod tails;
mod test;
mod validation;

pub(crate) use chance::Chance;
pub use constraints::{Aggregate, Constraints, Side, ValueConstraint};
pub use drift::{Change, Drift, compare_rules};
pub(crate) use expected::Expected;
pub use expected::Sizes;
pub use export::{ExportColumn, pmml, rules_csv, rules_fimi, rules_json, rules_spmf};
pub use generate::{
    Mined, RuleBase, RuleBaseRow, RuleError, RuleSettings, candidate_rules, mine_rules, rule_bases, rules_of_itemsets,
};
pub use hypotheses::Hypotheses;
pub use measures::{Evidence, Measure, measure, measures};
pub use redundancy::{general_confidences, productive, redundant};
pub use significance::{Correction, CorrectionRow, Tested, adjust, corrections, p_value, p_values, test_rules};
pub use test::{Test, TestRow, significance_tests};
pub use validation::{Validation, ValidationSettings, Verdict, recount, validate};

/// The counts (or weights) of baskets that decide everything about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Counts {
    /// Baskets with both sides.
    pub both: u64,
    /// Baskets with the left side.
    pub left: u64,
    /// Baskets with the right side.
    pub right: u64,
    /// All baskets.
    pub total: u64,
}

impl Counts {
    /// Share of all baskets that have both sides; not a number without baskets.
    pub fn support(self) -> f64 {
        self.both as f64 / self.total as f64
    }

    /// Share of the baskets with the left side that have the right one too.
    pub fn confidence(self) -> f64 {
        self.both as f64 / self.left as f64
    }

    /// How many times more often the sides meet than if they were bought independently.
    pub fn lift(self) -> f64 {
        self.both as f64 * self.total as f64 / (self.left as f64 * self.right as f64)
    }

    /// Share of baskets with both sides beyond what independence gives.
    pub fn leverage(self) -> f64 {
        let total = self.total as f64;
        self.both as f64 / total - self.left as f64 * self.right as f64 / (total * total)
    }
}

/// A rule: baskets with the left side tend to have the right side too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AssociationRule {
    /// Items of the antecedent, ascending; may be empty.
    pub left: Vec<u32>,
    /// Items of the consequent, ascending, at least one.
    pub right: Vec<u32>,
    /// How often.
    pub counts: Counts,
}

impl AssociationRule {
    /// All items of both sides, ascending.
    pub fn items(&self) -> Vec<u32> {
        let mut items = [&self.left[..], &self.right[..]].concat();
        items.sort_unstable();
        items
    }
}
