//! The difference as a share of what the control persons did.

use super::arms::Comparison;

/// A relative lift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift {
    /// Mean of the contacted over mean of the control persons, less 1.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
    pub low: f64,
    pub high: f64,
}

/// The relative lift by the delta method: se² = v_t/c̄² + v_c·t̄²/c̄⁴, with the variances of the means. `z` is the standard errors on either
/// side of the interval. Nothing where the control mean is not above 0.
pub fn lift(found: &Comparison, z: f64) -> Option<Lift> {
    let (treated, control) = (found.treated, found.control);
    if control.mean <= 0.0 || control.mean.is_nan() {
        return None;
    }
    let square = control.mean * control.mean;
    let se = (treated.variance / square + control.variance * treated.mean * treated.mean / (square * square)).sqrt();
    let value = found.difference / control.mean;
    Some(Lift { value, se, low: value - z * se, high: value + z * se })
}
