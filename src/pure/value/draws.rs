//! Customers drawn from the models, for tests: what is fitted and forecast must come back to where it came from.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::numeric::math::{cos, ln, pow};

/// G. Marsaglia, W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000; shapes below 1 by a power of a uniform
/// number.
pub(super) fn gamma(random: &mut ChaCha8Rng, shape: f64) -> f64 {
    let boost = if shape < 1.0 { pow(1.0 - random.random::<f64>(), 1.0 / shape) } else { 1.0 };
    let d = if shape < 1.0 { shape + 2.0 / 3.0 } else { shape - 1.0 / 3.0 };
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let (one, two): (f64, f64) = (random.random(), random.random());
        let normal = (-2.0 * ln(1.0 - one)).sqrt() * cos(std::f64::consts::TAU * two);
        let v = (1.0 + c * normal).powi(3);
        if v > 0.0 && ln(1.0 - random.random::<f64>()) < 0.5 * normal * normal + d - d * v + d * ln(v) {
            return boost * d * v;
        }
    }
}

/// A draw from an exponential distribution of mean 1.
pub(super) fn wait(random: &mut ChaCha8Rng) -> f64 {
    -ln(1.0 - random.random::<f64>())
}
