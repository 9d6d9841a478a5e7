//! Ratios of two sums, such as money per order, when persons were drawn and not orders.

use super::arms::{Arms, Comparison, compare};

/// Compares the ratio of sums `above` / `below` (one number of either per person, `below` never negative) between the arms, by linearisation
/// (A. Deng, U. Knoblich, J. Lu, KDD 2018, section 2): a person's part is (above − ratio·below) / mean of below. Nothing where an arm has no
/// `below` at all. Groups of different chances are compared as [`compare`] does.
pub fn compare_ratios(above: &[f64], below: &[f64], arms: &Arms, level: f64) -> Option<Comparison> {
    let (tops, bottoms) = (compare(above, arms, level)?, compare(below, arms, level)?);
    let of = |top: f64, bottom: f64| (bottom > 0.0).then_some((top / bottom, bottom));
    let ratios = [of(tops.treated.mean, bottoms.treated.mean)?, of(tops.control.mean, bottoms.control.mean)?];
    let part = |person: usize| {
        let (ratio, mean) = ratios[usize::from(!arms.treated()[person])];
        ratio + (above[person] - ratio * below[person]) / mean
    };
    let parts: Vec<f64> = (0..above.len()).map(part).collect();
    compare(&parts, arms, level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn the_ratio_is_that_of_sums_and_holds_its_level() {
        let mut random = stream(7, "ratios");
        let (persons, mut alarms, runs) = (600, 0, 400);
        for _ in 0..runs {
            let treated: Vec<bool> = (0..persons).map(|_| random.random::<f64>() < 0.3).collect();
            let orders: Vec<f64> = (0..persons).map(|_| (random.random::<f64>() * 6.0).floor()).collect();
            // Who orders often spends less per order.
            let spent: Vec<f64> = orders.iter().map(|n| n * (40.0 - 4.0 * n + 9.0 * random.random::<f64>())).collect();
            let arms = Arms::new(treated.clone());
            let found = compare_ratios(&spent, &orders, &arms, 0.95).unwrap();
            let sums = |of: &[f64]| -> f64 { of.iter().zip(&treated).filter(|(_, t)| **t).map(|(v, _)| v).sum() };
            assert!((found.treated.mean - sums(&spent) / sums(&orders)).abs() < 1e-9);
            alarms += usize::from(found.p < 0.05);
        }
        let rate = alarms as f64 / f64::from(runs);
        assert!((0.02..=0.08).contains(&rate), "{rate}");
    }
}
