//! Is it more than chance? Exact and asymptotic tests of a rule's table, corrected for the number of rules tried.

use super::super::baskets::Baskets;
use super::chance::Chance;
use super::expected::{Expected, Sizes};
use super::tails::upper_tail;
use super::test::Test;
use super::{AssociationRule, Counts};
use crate::numeric::erf::erfc;
use crate::numeric::math::ln;
use rayon::prelude::*;

/// How p-values are raised because many rules were tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Correction {
    /// Not at all.
    None,
    /// Times the number of tests (C. E. Bonferroni, 1936): bounds the chance of a single false rule.
    Bonferroni,
    /// Stepwise (S. Holm, "A simple sequentially rejective multiple test procedure", 1979): as Bonferroni, never weaker.
    #[default]
    Holm,
    /// Bounds the expected share of false rules among those reported (Benjamini and Hochberg, 1995), tests independent.
    BenjaminiHochberg,
    /// The same under any dependence of the tests (Benjamini and Yekutieli, 2001).
    BenjaminiYekutieli,
}

/// One row of the table of corrections.
#[derive(Debug, Clone, Copy)]
pub struct CorrectionRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub correction: Correction,
    /// One sentence for the reference.
    pub about: &'static str,
}

static CORRECTIONS: [CorrectionRow; 5] = [
    CorrectionRow { name: "none", correction: Correction::None, about: "each rule by itself" },
    CorrectionRow {
        name: "bonferroni",
        correction: Correction::Bonferroni,
        about: "bounds the chance of one false rule; the most careful",
    },
    CorrectionRow {
        name: "holm",
        correction: Correction::Holm,
        about: "bounds the chance of one false rule, step by step; never weaker than bonferroni",
    },
    CorrectionRow {
        name: "benjamini-hochberg",
        correction: Correction::BenjaminiHochberg,
        about: "bounds the share of false rules, where tests do not depend on one another",
    },
    CorrectionRow {
        name: "benjamini-yekutieli",
        correction: Correction::BenjaminiYekutieli,
        about: "bounds the share of false rules, however tests depend on one another",
    },
];

/// The table of corrections.
pub fn corrections() -> &'static [CorrectionRow] {
    &CORRECTIONS
}

/// What a test says of a rule, before it is corrected for the number of rules.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// How likely so many baskets with both sides are if chance alone brought the sides together, 0 to 1.
    pub p_value: f64,
    /// How likely chance alone reaches the minimum count, 0 to 1.
    pub reach: f64,
    /// What the sizes of baskets left to be tested.
    pub sizes: Sizes,
}

impl Tested {
    /// What is expected beside the `both` found, where fewer than `least` would not have been looked at.
    pub(crate) fn of(expected: &Expected, both: u64, least: u64) -> Self {
        Self { p_value: expected.at_least(both), reach: expected.at_least(least), sizes: expected.sizes() }
    }

    /// The p-value among the outcomes that reach the minimum count: the others would not have been looked at. 0 to 1; 1 where
    /// both probabilities are below what a number can hold.
    pub fn given_reached(&self) -> f64 {
        if self.reach > 0.0 { (self.p_value / self.reach).min(1.0) } else { 1.0 }
    }
}

/// Each rule tested. `baskets` are those that the rules were counted on, `least` is the minimum count that they were mined with.
pub fn test_rules(rules: &[AssociationRule], baskets: &Baskets, test: Test, least: u64) -> Vec<Tested> {
    match test {
        Test::BasketSize => {
            let sides: Vec<(&[u32], &[u32])> = rules.iter().map(|rule| (&rule.left[..], &rule.right[..])).collect();
            let expected = Chance::new(baskets, test).expect(&sides, |at| rules[at].counts);
            let tested = expected.par_iter().zip(rules);
            tested.map(|(expected, rule)| Tested::of(expected, rule.counts.both, least)).collect()
        }
        test => {
            let tested = |rule: &AssociationRule| {
                let reach = reach(rule.counts, least, test);
                Tested { p_value: p_value(rule.counts, test), reach, sizes: Sizes::default() }
            };
            rules.par_iter().map(tested).collect()
        }
    }
}

/// The p-value at the minimum count; 1 for a two-sided test where chance gives that many anyway.
fn reach(counts: Counts, least: u64, test: Test) -> f64 {
    let usual = counts.left as f64 * counts.right as f64 / counts.total.max(1) as f64;
    let two_sided = test == Test::ChiSquared;
    if two_sided && least as f64 <= usual { 1.0 } else { p_value(Counts { both: least, ..counts }, test) }
}

/// The p-value of each rule: how likely is such an association if chance alone brought the sides together. 0 to 1.
/// `baskets` are those that the rules were counted on.
pub fn p_values(rules: &[AssociationRule], baskets: &Baskets, test: Test) -> Vec<f64> {
    test_rules(rules, baskets, test, 0).iter().map(|tested| tested.p_value).collect()
}

/// The p-value of a rule by its counts alone, which know nothing of sizes: [`Test::BasketSize`] is then Fisher's test.
pub fn p_value(counts: Counts, test: Test) -> f64 {
    match test {
        Test::Fisher | Test::BasketSize => upper_tail(counts),
        Test::ChiSquared => {
            let chi = super::measures::chi_squared(counts);
            if chi.is_nan() { 1.0 } else { erfc((chi / 2.0).sqrt()) }
        }
    }
}

/// P-values raised for the number of tests, `tests` of them altogether (at least as many as p-values are given), in the
/// order given. The formulas are those of R's `p.adjust`.
pub fn adjust(p_values: &[f64], correction: Correction, tests: usize) -> Vec<f64> {
    let n = tests.max(p_values.len()) as f64;
    if correction == Correction::None {
        return p_values.to_vec();
    }
    if correction == Correction::Bonferroni {
        return p_values.iter().map(|p| (p * n).min(1.0)).collect();
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]).then(a.cmp(&b)));
    let mut adjusted = vec![0.0; p_values.len()];
    if correction == Correction::Holm {
        let mut highest = 0.0f64;
        for (rank, &at) in order.iter().enumerate() {
            highest = highest.max(p_values[at] * (n - rank as f64));
            adjusted[at] = highest.min(1.0);
        }
        return adjusted;
    }
    let factor = match correction {
        Correction::BenjaminiYekutieli => harmonic(n as u64),
        _ => 1.0,
    };
    let mut lowest = 1.0f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        lowest = lowest.min(p_values[at] * n / (rank + 1) as f64 * factor);
        adjusted[at] = lowest;
    }
    adjusted
}

/// 1 + 1/2 + ... + 1/n; for large n by Euler and Maclaurin, exact to the last digits.
fn harmonic(n: u64) -> f64 {
    if n <= 1_000 {
        return (1..=n).rev().map(|i| 1.0 / i as f64).sum();
    }
    let x = n as f64;
    ln(x) + 0.577_215_664_901_532_9 + 1.0 / (2.0 * x) - 1.0 / (12.0 * x * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_r_p_adjust() {
        // p.adjust(c(.01, .02, .03, .04, .05), ...), R 4.
        let p = [0.01, 0.02, 0.03, 0.04, 0.05];
        let near = |correction, expected: [f64; 5]| {
            let found = adjust(&p, correction, 5);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        };
        near(Correction::Bonferroni, [0.05, 0.1, 0.15, 0.2, 0.25]);
        near(Correction::Holm, [0.05, 0.08, 0.09, 0.09, 0.09]);
        near(Correction::BenjaminiHochberg, [0.05; 5]);
        near(Correction::BenjaminiYekutieli, [0.114_166_666_666_666_67; 5]);
    }

    #[test]
    fn very_many_tests_are_allowed_for_at_once() {
        assert!((harmonic(1_000) - 7.485_470_860_550_345).abs() < 1e-12);
        assert!((harmonic(1_001) - 7.486_469_861_549_346).abs() < 1e-12);
        let adjusted = adjust(&[1e-30], Correction::BenjaminiYekutieli, usize::MAX);
        assert!(adjusted[0] > 1e-30 && adjusted[0] < 1e-8, "{adjusted:?}");
    }
}
