//! A figure with the range that it may lie in.

/// Standard errors of an 80 % interval to each side.
pub const Z: f64 = 1.281_551_565_544_600_5;

/// A figure of one customer with its 80 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// From a standard error, cut at the figure's own bounds.
    pub fn of(value: f64, error: f64, bounds: (f64, f64)) -> Estimate {
        Estimate { value, low: (value - Z * error).max(bounds.0), high: (value + Z * error).min(bounds.1) }
    }

    /// A share of which so many were seen of so many, with as much belief in `usual` before as `weight` cases give: the mean of the beta
    /// distribution and its points at 10 % and 90 %.
    pub fn share(seen: f64, of: f64, usual: f64, weight: f64) -> Estimate {
        let (a, b) = (seen + weight * usual, of - seen + weight * (1.0 - usual));
        let value = a / (a + b);
        if a <= 0.0 || b <= 0.0 {
            return Estimate { value, low: value, high: value };
        }
        // The mean of a skew distribution may lie outside.
        Estimate { value, low: beta_point(a, b, 0.1).min(value), high: beta_point(a, b, 0.9).max(value) }
    }
}

/// Where the distribution function of a beta distribution is `share`, by bisection to the last bits.
fn beta_point(a: f64, b: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if crate::numeric::gamma::beta_share(a, b, middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The standard error of a statistic by leaving out one of `n` cases at a time: √((n − 1)/n · Σ(θᵢ − θ̄)²) (B. Efron, "The jackknife, the bootstrap
/// and other resampling plans", 1982, 3.5). `without` computes it without a case.
pub(super) fn jackknife(n: usize, without: impl Fn(usize) -> f64) -> f64 {
    let all: Vec<f64> = (0..n).map(without).collect();
    let mean = all.iter().sum::<f64>() / n as f64;
    let apart: f64 = all.iter().map(|one| (one - mean) * (one - mean)).sum();
    ((n as f64 - 1.0) / n as f64 * apart).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_their_intervals() {
        // Beta(2, 2): F(x) = 3x² − 2x³ is 0.1 at 0.195800.
        let found = Estimate::share(1.0, 2.0, 0.5, 2.0);
        assert!((found.low - 0.195_800).abs() < 1e-6 && (found.high - 0.804_200).abs() < 1e-6, "{found:?}");
        assert_eq!(found.value, 0.5);
        assert_eq!(Estimate::share(3.0, 3.0, 1.0, 3.0), Estimate { value: 1.0, low: 1.0, high: 1.0 });
        assert_eq!(Estimate::of(0.9, 0.2, (0.0, 1.0)).high, 1.0);
    }

    #[test]
    fn the_jackknife_of_a_mean_is_its_standard_error() {
        let values = [1.0, 2.0, 4.0, 9.0];
        let error = jackknife(4, |out| (values.iter().sum::<f64>() - values[out]) / 3.0);
        // Variance 38/3 of the values, over 4.
        assert!((error - (38.0_f64 / 12.0).sqrt()).abs() < 1e-12, "{error}");
    }
}
