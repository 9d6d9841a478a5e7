//! Tails of hypergeometric and binomial numbers, with their small digits.

use super::Counts;
use crate::numeric::math::{exp, ln, ln_1p};

/// P[X >= from] where X is binomial, or between that and Poisson's, with the mean and variance given and values up to at
/// least `most`. Sums of independent binomial and hypergeometric numbers are about so distributed.
pub(super) fn binomial_tail(from: u64, mean: f64, variance: f64, most: u64) -> f64 {
    match Binomial::new(mean, variance, most) {
        Some(binomial) if from > 0 && from as f64 > mean => binomial.sum_up(from as f64),
        Some(binomial) if from > 0 => (1.0 - binomial.sum_down(from as f64 - 1.0)).clamp(0.0, 1.0),
        _ => 1.0,
    }
}

/// P[X <= to], as [`binomial_tail`].
pub(super) fn binomial_lower_tail(to: u64, mean: f64, variance: f64, most: u64) -> f64 {
    match Binomial::new(mean, variance, most) {
        Some(binomial) if (to as f64) < mean => binomial.sum_down(to as f64),
        Some(binomial) if (to as f64) < binomial.trials => (1.0 - binomial.sum_up(to as f64 + 1.0)).clamp(0.0, 1.0),
        _ => 1.0,
    }
}

/// A binomial number, of a fractional number of trials.
struct Binomial {
    trials: f64,
    share: f64,
}

impl Binomial {
    /// None where nothing, or nothing but one value, is possible.
    fn new(mean: f64, variance: f64, most: u64) -> Option<Self> {
        if mean <= 0.0 {
            return None;
        }
        // Beyond a thousand times the mean there is no difference from Poisson's, and digits would be lost.
        let trials = if variance < mean { mean * mean / (mean - variance) } else { f64::INFINITY };
        let trials = trials.min((mean * 1e3).max(1e6)).max(most as f64);
        let share = mean / trials;
        (share < 1.0).then_some(Self { trials, share })
    }

    fn mass(&self, x: f64) -> f64 {
        let Self { trials, share } = *self;
        let ways = ln_gamma(trials + 1.0) - ln_gamma(x + 1.0) - ln_gamma(trials - x + 1.0);
        exp(ways + x * ln(share) + (trials - x) * ln_1p(-share))
    }

    /// P[X = x + 1] / P[X = x].
    fn up(&self, x: f64) -> f64 {
        (self.trials - x) / (x + 1.0) * self.share / (1.0 - self.share)
    }

    /// From `x`, above the mean, upwards: the side away from the mean is summed, so that small tails keep their digits.
    fn sum_up(&self, mut x: f64) -> f64 {
        let first = self.mass(x);
        let (mut term, mut sum) = (1.0f64, 1.0f64);
        while x + 1.0 <= self.trials && term >= sum * 1e-17 {
            term *= self.up(x);
            x += 1.0;
            sum += term;
        }
        (first * sum).min(1.0)
    }

    /// From `x`, below the mean, downwards.
    fn sum_down(&self, mut x: f64) -> f64 {
        let first = self.mass(x);
        let (mut term, mut sum) = (1.0f64, 1.0f64);
        while x > 0.0 && term >= sum * 1e-17 {
            term /= self.up(x - 1.0);
            x -= 1.0;
            sum += term;
        }
        (first * sum).min(1.0)
    }
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
    let mut mass = exp(ln_mass(counts, start) - at_mode) * exp(at_mode);
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
    (exp(ln_mass(counts, from)) * sum).min(1.0)
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
                sum += if i > 1 { ln(f64::from(i)) } else { 0.0 };
                sum
            })
            .collect()
    });
    if let Some(&value) = small.get(n as usize) {
        return value;
    }
    stirling(n as f64 + 1.0)
}

/// ln Γ(x) for x of at least 1.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < 32.0 {
        product *= x;
        x += 1.0;
    }
    stirling(x) - ln(product)
}

/// ln Γ(x) for large x.
fn stirling(x: f64) -> f64 {
    let half_ln_two_pi = 0.918_938_533_204_672_7;
    (x - 0.5) * ln(x) - x + half_ln_two_pi + (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / (x * x)) / (x * x)) / x
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
    fn binomial_tails() {
        // P[X >= 7] for 10 throws of a coin is 176/1024; P[X >= 3] is 1 - 56/1024.
        assert!((binomial_tail(7, 5.0, 2.5, 10) - 0.171_875).abs() < 1e-12);
        assert!((binomial_tail(3, 5.0, 2.5, 10) - 0.945_312_5).abs() < 1e-12);
        // Poisson with mean 2: P[X >= 6] = 0.016 563 608.
        assert!((binomial_tail(6, 2.0, 2.0, 6) - 0.016_563_608).abs() < 1e-6);
        assert_eq!((binomial_tail(0, 2.0, 1.0, 9), binomial_tail(5, 5.0, 0.0, 5)), (1.0, 1.0));
        // The lower tails: P[X <= 3] for 10 throws is 176/1024; Poisson with mean 2, P[X <= 0] = e^-2.
        assert!((binomial_lower_tail(3, 5.0, 2.5, 10) - 0.171_875).abs() < 1e-12);
        assert!((binomial_lower_tail(6, 5.0, 2.5, 10) - 0.828_125).abs() < 1e-12);
        assert!((binomial_lower_tail(0, 2.0, 2.0, 6) - exp(-2.0f64)).abs() < 1e-6);
        assert_eq!((binomial_lower_tail(10, 5.0, 2.5, 10), binomial_lower_tail(0, 0.0, 0.0, 5)), (1.0, 1.0));
    }
}
