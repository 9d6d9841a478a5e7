//! How sure a probability is: the interval of the response rate of persons with this score.

use crate::learning::LearningError;
use crate::learning::metrics::calibration_line;
use crate::numeric::math::{ln, logistic};
use crate::numeric::shares::{Z95, wilson};

/// Probabilities keep this distance from 0 and 1, as in the calibration line.
const NEAREST: f64 = 1e-6;

/// What the out-of-fold rows of a trial say of scores: a logistic regression of the outcome on the score's log odds, with the covariance of
/// its two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    intercept: f64,
    slope: f64,
    /// Variance of the intercept, covariance, variance of the slope; nothing where scores do not differ.
    covariance: Option<[f64; 3]>,
    /// The Wilson interval of everybody's rate.
    overall: (f64, f64),
}

impl Band {
    /// Of out-of-fold scores and outcomes.
    ///
    /// # Errors
    /// When there is no row, a score is NaN or all labels are the same.
    pub fn fit(labels: &[bool], scores: &[f64]) -> Result<Band, LearningError> {
        let (slope, intercept) = calibration_line(labels, scores)?;
        let [mut a, mut b, mut c] = [0.0; 3];
        for &score in scores {
            let z = odds(score);
            let chance = logistic(intercept + slope * z);
            let weight = chance * (1.0 - chance);
            a += weight;
            b += weight * z;
            c += weight * z * z;
        }
        let determinant = a * c - b * b;
        let covariance = (determinant > 1e-9 * a * c).then(|| [c / determinant, -b / determinant, a / determinant]);
        let positives = labels.iter().filter(|label| **label).count() as u64;
        Ok(Band { intercept, slope, covariance, overall: wilson(positives, labels.len() as u64, Z95) })
    }

    /// The 95 % interval of the response rate of persons with this score, the score inside it: delta method on log odds. It knows the
    /// chance in the trial's outcomes, not what sets apart two persons of one score.
    pub fn around(&self, score: f64) -> (f64, f64) {
        let (low, high) = match self.covariance {
            None => self.overall,
            Some([of_intercept, both, of_slope]) => {
                let z = odds(score);
                let middle = self.intercept + self.slope * z;
                let error = (of_intercept + 2.0 * both * z + of_slope * z * z).max(0.0).sqrt();
                (logistic(middle - Z95 * error), logistic(middle + Z95 * error))
            }
        };
        (low.min(score), high.max(score))
    }
}

fn odds(score: f64) -> f64 {
    let inside = score.clamp(NEAREST, 1.0 - NEAREST);
    ln(inside / (1.0 - inside))
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::numeric::random::stream;

    #[test]
    fn covers_the_true_rate_of_a_score_in_ninety_five_of_a_hundred_trials() {
        // Scores that are too bold: the true log odds are 0.7 z − 0.3.
        let truth = |score: f64| logistic(0.7 * odds(score) - 0.3);
        let at = [0.03, 0.1, 0.3];
        let mut covered = [0; 3];
        let trials = 600;
        for trial in 0..trials {
            let mut random = stream(trial, "band");
            let scores: Vec<f64> = (0..1500).map(|_| 0.02 + 0.4 * random.random::<f64>().powi(3)).collect();
            let labels: Vec<bool> = scores.iter().map(|score| random.random::<f64>() < truth(*score)).collect();
            let band = Band::fit(&labels, &scores).expect("both labels");
            for (place, score) in at.into_iter().enumerate() {
                // Without the score's own place, which the interval is widened to.
                let z = odds(score);
                let [a, b, c] = band.covariance.expect("scores differ");
                let error = (a + 2.0 * b * z + c * z * z).sqrt();
                let off = band.intercept + band.slope * z - odds(truth(score));
                covered[place] += usize::from(off.abs() <= Z95 * error);
                let (low, high) = band.around(score);
                assert!(low <= score && score <= high);
            }
        }
        for hits in covered {
            let share = hits as f64 / trials as f64;
            assert!((share - 0.95).abs() < 0.025, "{covered:?}");
        }
    }

    #[test]
    fn scores_that_do_not_differ_have_the_interval_of_the_rate() {
        let labels: Vec<bool> = (0..263).map(|row| row < 81).collect();
        let band = Band::fit(&labels, &[81.0 / 263.0; 263]).expect("both labels");
        let (low, high) = band.around(81.0 / 263.0);
        // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
    }
}
