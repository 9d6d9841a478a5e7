//! What spoils a comparison before it is read.

use super::arms::Arms;
use crate::numeric::chi_square::chi_square_tail;

/// Standardised differences beyond this are told (P. Austin, Statistics in Medicine 28, 2009).
pub const LARGE_IMBALANCE: f64 = 0.1;

/// A sample-ratio mismatch is called below this chance; the usual level of the trade, as a mismatch ends the analysis.
const BROKEN: f64 = 0.001;

/// Whether arms have the sizes that were drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleRatio {
    /// Pearson's sum of (observed − expected)² / expected.
    pub chi_square: f64,
    pub freedom: u32,
    /// The chance of a mismatch at least so large.
    pub p: f64,
}

impl SampleRatio {
    /// Whether the draw, or what came after it, must be broken.
    pub fn broken(&self) -> bool {
        self.p < BROKEN
    }
}

/// Compares persons per arm with the counts expected, arm by arm; nothing where fewer than two arms are expected to have anybody, or an arm
/// has persons although none is expected.
pub fn sample_ratio(observed: &[u64], expected: &[f64]) -> Option<SampleRatio> {
    let cells: Vec<(f64, f64)> = observed.iter().map(|count| *count as f64).zip(expected.iter().copied()).collect();
    if cells.iter().any(|(observed, expected)| *expected <= 0.0 && *observed > 0.0) {
        return None;
    }
    let drawn: Vec<(f64, f64)> = cells.into_iter().filter(|(_, expected)| *expected > 0.0).collect();
    let freedom = u32::try_from(drawn.len()).ok()?.checked_sub(1).filter(|freedom| *freedom > 0)?;
    let chi_square = drawn.iter().map(|(observed, expected)| (observed - expected).powi(2) / expected).sum();
    Some(SampleRatio { chi_square, freedom, p: chi_square_tail(chi_square, freedom) })
}

/// The persons expected in each of two arms, contacted and control: `control_chance` is each person's chance to be left alone.
pub fn expected_counts(control_chance: &[f64]) -> [f64; 2] {
    let control: f64 = control_chance.iter().sum();
    [control_chance.len() as f64 - control, control]
}

/// The difference of the arms' means in standard deviations: of √((s²_t + s²_c) / 2). Nothing without two persons in either arm; 0 where
/// nothing varies.
pub fn standardised_difference(values: &[f64], arms: &Arms) -> Option<f64> {
    let of = |treated: bool| {
        let own: Vec<f64> =
            values.iter().zip(arms.treated()).filter(|(_, arm)| **arm == treated).map(|(value, _)| *value).collect();
        let n = own.len() as f64;
        let mean = own.iter().sum::<f64>() / n;
        (n >= 2.0).then(|| (mean, own.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)))
    };
    let ((treated, a), (control, b)) = (of(true)?, of(false)?);
    let sd = ((a + b) / 2.0).sqrt();
    Some(if sd > 0.0 { (treated - control) / sd } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `feedback.md`, section 2: Hillstrom's arms.
    #[test]
    fn hillstroms_arms_are_as_drawn() {
        let third = 64_000.0 / 3.0;
        let found = sample_ratio(&[21_307, 21_387, 21_306], &[third; 3]).unwrap();
        assert!((found.chi_square - 0.2025).abs() < 5e-5 && (found.p - 0.904).abs() < 5e-4, "{found:?}");
        assert!(!found.broken());
    }

    #[test]
    fn a_control_that_lost_a_tenth_is_found() {
        // 20,000 persons at 10 %: 2,000 ± 42 control persons.
        let expected = expected_counts(&[0.1; 20_000]);
        assert!((expected[0] - 18_000.0).abs() < 1e-6 && (expected[1] - 2_000.0).abs() < 1e-6);
        assert!(sample_ratio(&[18_200, 1_800], &expected).unwrap().broken());
        assert!(!sample_ratio(&[18_050, 1_950], &expected).unwrap().broken());
        assert_eq!(sample_ratio(&[10, 5], &[15.0, 0.0]), None);
        assert_eq!(sample_ratio(&[10], &[10.0]), None);
    }

    #[test]
    fn imbalance_is_in_standard_deviations() {
        let values = [1.0, 2.0, 3.0, 2.0, 3.0, 4.0];
        let arms = Arms::new(vec![false, false, false, true, true, true]);
        assert_eq!(standardised_difference(&values, &arms), Some(1.0));
        assert_eq!(standardised_difference(&[5.0; 6], &arms), Some(0.0));
    }
}
