//! A band that holds at every look, however many there are.

use crate::numeric::math::ln;

/// Half the width, in standard deviations of one person's outcome, of the band around a mean that holds at all times together with a chance of
/// 1 − `alpha` (above 0, below 1), after `persons` persons; narrowest, against its number of persons, near `best` persons. Both are above 0.
///
/// I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, Annals of Statistics 52, 2024, theorem 2.2, with its choice of ρ.
pub fn sequence_margin(persons: f64, best: f64, alpha: f64) -> f64 {
    let square = rho_square(best, alpha);
    let grown = persons * square + 1.0;
    (2.0 * grown / (persons * persons * square) * ln(grown.sqrt() / alpha)).sqrt()
}

/// ρ² = (−2 ln α + ln(1 − 2 ln α)) / t*.
fn rho_square(best: f64, alpha: f64) -> f64 {
    let log = ln(alpha);
    (-2.0 * log + ln(1.0 - 2.0 * log)) / best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::shares::Z95;

    /// `feedback.md`, section 4.
    #[test]
    fn margins_as_published() {
        for (best, square, margin) in [
            (1_000.0, 0.007_936_15, 0.095_981_7),
            (5_000.0, 0.001_587_23, 0.042_924_3),
            (20_000.0, 0.000_396_808, 0.021_462_2),
        ] {
            assert!((rho_square(best, 0.05) / square - 1.0).abs() < 2e-6);
            assert!((sequence_margin(best, best, 0.05) - margin).abs() < 6e-8, "{best}");
        }
        let ratio = |times: f64| sequence_margin(5_000.0 * times, 5_000.0, 0.05) / (Z95 / (5_000.0 * times).sqrt());
        assert!((ratio(1.0) - 1.548_604).abs() < 5e-7, "{}", ratio(1.0));
        for (times, wider) in [(0.5, 1.57), (2.0, 1.56), (10.0, 1.65), (0.1, 1.97)] {
            assert!((ratio(times) - wider).abs() < 6e-3, "{times}: {}", ratio(times));
        }
    }
}
