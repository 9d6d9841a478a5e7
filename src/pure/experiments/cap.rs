//! Capping: no single person decides a result.

use crate::numeric::quantile::quantile;

/// The usual share of persons who stay below the cap: 99 of 100.
pub const USUAL_CAP: f64 = 0.99;

/// The largest outcome that counts. Made once, of both arms together and before arms are compared, so that it cannot be chosen by its result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cap(f64);

impl Cap {
    /// The quantile at `share` (0 to 1) of the values of all persons of both arms; no cap where there are no values, and none where more than
    /// `share` of them are 0 or less, as a cap of 0 would leave nothing to compare.
    pub fn of(values: &[f64], share: f64) -> Cap {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let cap = quantile(&sorted, share);
        Cap(if cap > 0.0 { cap } else { f64::INFINITY })
    }

    /// The largest value that counts.
    pub fn value(self) -> f64 {
        self.0
    }

    /// The values, larger ones at the cap.
    pub fn apply(self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| value.min(self.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_the_tail_alone() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        let cap = Cap::of(&values, 0.99);
        assert_eq!(cap.value(), 99.0);
        assert_eq!(cap.apply(&[-3.0, 98.5, 5_000.0]), [-3.0, 98.5, 99.0]);
    }

    #[test]
    fn rare_purchases_are_not_capped_away() {
        let mut values = vec![0.0; 1_000];
        values[7] = 80.0;
        assert_eq!(Cap::of(&values, 0.99).apply(&values), values);
        assert_eq!(Cap::of(&[], 0.99).value(), f64::INFINITY);
    }
}
