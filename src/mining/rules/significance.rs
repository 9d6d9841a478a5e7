//! Is it more than chance? Exact and asymptotic tests of a rule's table, corrected for the number of rules tried.

use super::Counts;
use crate::numeric::erf::erfc;

/// How a p-value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Test {
    /// Fisher's exact test, one-sided: at least as many baskets with both sides, the margins being given
    /// (R. A. Fisher, "Statistical Methods for Research Workers", 1935).
    #[default]
    Fisher,
    /// Pearson's chi-squared test with one degree of freedom, two-sided, without continuity correction.
    ChiSquared,
}

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

/// One row of the table of tests.
#[derive(Debug, Clone, Copy)]
pub struct TestRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub test: Test,
}

/// One row of the table of corrections.
#[derive(Debug, Clone, Copy)]
pub struct CorrectionRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub correction: Correction,
}

static TESTS: [TestRow; 2] =
    [TestRow { name: "fisher", test: Test::Fisher }, TestRow { name: "chi-squared", test: Test::ChiSquared }];

static CORRECTIONS: [CorrectionRow; 5] = [
    CorrectionRow { name: "none", correction: Correction::None },
    CorrectionRow { name: "bonferroni", correction: Correction::Bonferroni },
    CorrectionRow { name: "holm", correction: Correction::Holm },
    CorrectionRow { name: "benjamini-hochberg", correction: Correction::BenjaminiHochberg },
    CorrectionRow { name: "benjamini-yekutieli", correction: Correction::BenjaminiYekutieli },
];

/// The table of tests.
pub fn significance_tests() -> &'static [TestRow] {
    &TESTS
}

/// The table of corrections.
pub fn corrections() -> &'static [CorrectionRow] {
    &CORRECTIONS
}

/// The p-value of a rule: how likely is such an association if both sides were bought independently. 0 to 1.
pub fn p_value(counts: Counts, test: Test) -> f64 {
    match test {
        Test::Fisher => upper_tail(counts),
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
        Correction::BenjaminiYekutieli => (1..=n as u64).rev().map(|i| 1.0 / i as f64).sum(),
        _ => 1.0,
    };
    let mut lowest = 1.0f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        lowest = lowest.min(p_values[at] * n / (rank + 1) as f64 * factor);
        adjusted[at] = lowest;
    }
    adjusted
}

/// P[X >= n11] where X is hypergeometric with the table's margins.
pub(crate) fn upper_tail(counts: Counts) -> f64 {
    tail(counts, counts.both, true)
}

/// P[X <= n11] where X is hypergeometric with the table's margins.
pub(crate) fn lower_tail(counts: Counts) -> f64 {
    tail(counts, counts.both, false)
}

/// The smallest x with P[X <= x] >= `share`.
pub(crate) fn quantile(counts: Counts, share: f64) -> u64 {
    let (low, high) = bounds(counts);
    let mode = mode(counts);
    // Sum upwards from where the mass begins; anything further down is below rounding.
    let mut start = mode;
    let at_mode = ln_mass(counts, mode);
    let mut mass = 1.0f64;
    while start > low {
        mass /= ratio(counts, start - 1);
        if mass < 1e-25 {
            break;
        }
        start -= 1;
    }
    let mut x = start;
    let mut mass = (ln_mass(counts, start) - at_mode).exp() * at_mode.exp();
    let mut sum = mass;
    while sum < share && x < high {
        mass *= ratio(counts, x);
        x += 1;
        sum += mass;
    }
    x
}

fn bounds(counts: Counts) -> (u64, u64) {
    ((counts.left + counts.right).saturating_sub(counts.total), counts.left.min(counts.right))
}

fn mode(counts: Counts) -> u64 {
    let exact = (u128::from(counts.left) + 1) * (u128::from(counts.right) + 1) / (u128::from(counts.total) + 2);
    let (low, high) = bounds(counts);
    (exact as u64).clamp(low, high)
}

/// P[X = x + 1] / P[X = x].
fn ratio(counts: Counts, x: u64) -> f64 {
    let Counts { left, right, total, .. } = counts;
    (left - x) as f64 * (right - x) as f64 / ((x + 1) as f64 * ((total + x + 1) - left - right) as f64)
}

fn tail(counts: Counts, from: u64, upper: bool) -> f64 {
    let (low, high) = bounds(counts);
    if low >= high {
        return 1.0;
    }
    let from = from.clamp(low, high);
    // The side away from the mode is summed, so that small tails keep their digits.
    let away = if upper { from > mode(counts) } else { from < mode(counts) };
    if !away {
        let other =
            if upper { from.checked_sub(1).filter(|&x| x >= low) } else { Some(from + 1).filter(|&x| x <= high) };
        return other.map_or(1.0, |other| 1.0 - one_side(counts, other, !upper));
    }
    one_side(counts, from, upper)
}

fn one_side(counts: Counts, from: u64, upper: bool) -> f64 {
    let (low, high) = bounds(counts);
    let mut term = 1.0f64;
    let mut sum = 1.0f64;
    let mut x = from;
    while if upper { x < high } else { x > low } {
        term *= if upper { ratio(counts, x) } else { 1.0 / ratio(counts, x - 1) };
        x = if upper { x + 1 } else { x - 1 };
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    (ln_mass(counts, from).exp() * sum).min(1.0)
}

/// ln P[X = x] = ln C(right, x) + ln C(total - right, left - x) - ln C(total, left).
fn ln_mass(counts: Counts, x: u64) -> f64 {
    let Counts { left, right, total, .. } = counts;
    ln_choose(right, x) + ln_choose(total - right, left - x) - ln_choose(total, left)
}

fn ln_choose(n: u64, k: u64) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// ln n!, exact sums below 256, above by Stirling's series (Abramowitz and Stegun 6.1.41).
fn ln_factorial(n: u64) -> f64 {
    static SMALL: std::sync::OnceLock<Vec<f64>> = std::sync::OnceLock::new();
    let small = SMALL.get_or_init(|| {
        let mut sum = 0.0;
        (0..256)
            .map(|i| {
                sum += if i > 1 { f64::from(i).ln() } else { 0.0 };
                sum
            })
            .collect()
    });
    if let Some(&value) = small.get(n as usize) {
        return value;
    }
    let x = n as f64 + 1.0;
    let half_ln_two_pi = 0.918_938_533_204_672_7;
    (x - 0.5) * x.ln() - x + half_ln_two_pi + (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / (x * x)) / (x * x)) / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_fisher_1935_lady_tasting_tea() {
        // Four of eight cups with milk first: all found 1/70, at least three 17/70.
        let cups = |both| Counts { both, left: 4, right: 4, total: 8 };
        assert!((upper_tail(cups(4)) - 1.0 / 70.0).abs() < 1e-15);
        assert!((upper_tail(cups(3)) - 17.0 / 70.0).abs() < 1e-15);
        assert!((lower_tail(cups(3)) - 69.0 / 70.0).abs() < 1e-15);
        assert_eq!((quantile(cups(0), 0.5), quantile(cups(0), 0.99), quantile(cups(0), 0.75)), (2, 4, 2));
    }

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
}
