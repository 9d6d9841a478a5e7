//! Student's t distribution.

use super::gamma::beta_share;

/// The chance that a variable of `freedom` degrees of freedom (above 0, need not be whole) is further from 0 than `t`, on either side
/// (M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 1964, 26.5.27 and 26.7.1). 1 where `t` is not a number.
pub fn student_tails(t: f64, freedom: f64) -> f64 {
    if t.is_nan() { 1.0 } else { beta_share(freedom / 2.0, 0.5, freedom / (freedom + t * t)) }
}

/// The distance from 0 that holds `share` (0 to 1) of the distribution between its two sides, by bisection.
pub fn student_quantile(freedom: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e3);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if 1.0 - student_tails(middle, freedom) < share { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_printed_table_and_the_normal_distribution() {
        // R. Fisher, F. Yates, "Statistical tables", table III, two-sided points.
        for (freedom, share, point) in [(4.0, 0.9, 2.132), (10.0, 0.9, 1.812), (1.0, 0.95, 12.706), (30.0, 0.95, 2.042)]
        {
            assert!((student_quantile(freedom, share) - point).abs() < 6e-4, "{freedom}");
            assert!((student_tails(point, freedom) - (1.0 - share)).abs() < 1e-4, "{freedom}");
        }
        assert!((student_quantile(4e7, 0.95) - crate::numeric::shares::Z95).abs() < 1e-6);
        assert_eq!((student_tails(0.0, 5.0), student_tails(f64::NAN, 5.0)), (1.0, 1.0));
    }
}
