//! A logistic regression on one number.

use crate::numeric::math::{exp, ln, ln_1p, logistic};

/// Slope and intercept of a logistic regression of labels on one number, by Newton's method without penalty.
///
/// Weights default to 1. Numbers that do not vary give slope 0 and the base rate's log odds.
pub(super) fn logistic_line(x: &[f64], labels: &[bool], weights: Option<&[f64]>) -> (f64, f64) {
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let total: f64 = (0..x.len()).map(weight).sum();
    let positive: f64 = (0..x.len()).filter(|&row| labels[row]).map(weight).sum();
    let flat = ln(positive / (total - positive));
    let centre = (0..x.len()).map(|row| weight(row) * x[row]).sum::<f64>() / total;
    if x.iter().all(|value| (value - centre).abs() <= 1e-12 * centre.abs().max(1e-300)) {
        return (0.0, flat);
    }
    let loss = |slope: f64, intercept: f64| -> f64 {
        (0..x.len())
            .map(|row| {
                let margin = slope * (x[row] - centre) + intercept;
                let away = if labels[row] { -margin } else { margin };
                weight(row) * (away.max(0.0) + ln_1p(exp(-away.abs())))
            })
            .sum()
    };
    let (mut slope, mut intercept) = (0.0, flat);
    let mut best = loss(slope, intercept);
    for _ in 0..100 {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for row in 0..x.len() {
            let value = x[row] - centre;
            let probability = logistic(slope * value + intercept);
            let (error, curve) =
                (weight(row) * (f64::from(labels[row]) - probability), weight(row) * probability * (1.0 - probability));
            (g0, g1) = (g0 + error, g1 + error * value);
            (h00, h01, h11) = (h00 + curve, h01 + curve * value, h11 + curve * value * value);
        }
        let determinant = h00 * h11 - h01 * h01;
        if determinant.is_nan() || determinant <= 1e-300 {
            break;
        }
        let (d0, d1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        let steps = std::iter::successors(Some(1.0), |step| Some(step / 2.0)).take_while(|step| *step > 1e-10);
        let mut tried = steps.map(|step| (step, loss(slope + step * d1, intercept + step * d0)));
        // A loss that is not a number is no fall either.
        let Some((step, value)) = tried.find(|(_, value)| *value <= best) else { break };
        (slope, intercept) = (slope + step * d1, intercept + step * d0);
        best = value;
        // Separated labels push the slope up for ever.
        if slope.abs() > 1000.0 {
            slope = slope.clamp(-1000.0, 1000.0);
            break;
        }
        if (step * d1).abs() < 1e-13 * (1.0 + slope.abs()) && (step * d0).abs() < 1e-13 * (1.0 + intercept.abs()) {
            break;
        }
    }
    (slope, intercept - slope * centre)
}
