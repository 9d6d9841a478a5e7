//! A number with its interval.

use super::policy::Estimate;

/// A number with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The number.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    pub(super) fn of(estimate: &Estimate, z: f64) -> Interval {
        let half = z * estimate.se();
        Interval { value: estimate.value, low: estimate.value - half, high: estimate.value + half }
    }
}
