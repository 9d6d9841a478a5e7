//! What a list brought for what it cost.

use super::arms::{Arms, compare};
use crate::numeric::student::student_quantile;

/// The set of ratios that the data allow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounds {
    /// Between two ratios.
    Between(f64, f64),
    /// Any ratio: the denominator may be 0.
    Any,
}

/// The set of ratios of two means that are not refused at `z` standard errors (E. Fieller, JRSS B 16, 1954): `numerator`, `denominator` with
/// their variances and covariance. Any ratio where the denominator cannot be told from 0.
fn fieller(numerator: f64, denominator: f64, variances: [f64; 2], covariance: f64, z: f64) -> Bounds {
    let square = z * z;
    let a = denominator * denominator - square * variances[1];
    if a <= 0.0 || a.is_nan() {
        return Bounds::Any;
    }
    let b = numerator * denominator - square * covariance;
    let c = numerator * numerator - square * variances[0];
    let root = (b * b - a * c).max(0.0).sqrt();
    Bounds::Between((b - root) / a, (b + root) / a)
}

/// What a unit of money spent on contacts returned beyond itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Returned {
    /// Incremental margin less cost, over cost: 0 where the money just came back.
    pub value: f64,
    pub bounds: Bounds,
}

/// (incremental margin − cost) / cost, with Fieller's interval at `level`. `margin` and `cost` have one number per person; costs of control
/// persons do not count. Groups of different chances are compared as [`compare`] does. Nothing where no arm can be compared or nothing was spent.
pub fn returned(margin: &[f64], cost: &[f64], arms: &Arms, level: f64) -> Option<Returned> {
    let spent_on = |person: usize| if arms.treated()[person] { cost[person] } else { 0.0 };
    let cost: Vec<f64> = (0..cost.len()).map(spent_on).collect();
    let sum: Vec<f64> = margin.iter().zip(&cost).map(|(margin, cost)| margin + cost).collect();
    let [gained, spent, sum] = [margin, &cost, &sum].map(|values| compare(values, arms, level));
    let (gained, spent, sum) = (gained?, spent?, sum?);
    if spent.difference <= 0.0 || spent.difference.is_nan() {
        return None;
    }
    let variances = [gained.se * gained.se, spent.se * spent.se];
    // Var(a + b) = Var(a) + Var(b) + 2·Cov(a, b).
    let covariance = (sum.se * sum.se - variances[0] - variances[1]) / 2.0;
    let z = student_quantile(gained.freedom, level);
    let bounds = match fieller(gained.difference, spent.difference, variances, covariance, z) {
        Bounds::Between(low, high) => Bounds::Between(low - 1.0, high - 1.0),
        Bounds::Any => Bounds::Any,
    };
    Some(Returned { value: gained.difference / spent.difference - 1.0, bounds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cost_that_is_known_divides_the_interval() {
        let Bounds::Between(low, high) = fieller(6.0, 2.0, [1.0, 0.0], 0.0, 2.0) else { panic!("the cost is not 0") };
        assert!((low - 2.0).abs() < 1e-12 && (high - 4.0).abs() < 1e-12, "{low} {high}");
        assert_eq!(fieller(6.0, 1.0, [1.0, 1.0], 0.0, 2.0), Bounds::Any);
    }

    #[test]
    fn money_that_came_back_twice_returned_1() {
        let treated: Vec<bool> = (0..400).map(|person| person % 2 == 0).collect();
        let margin: Vec<f64> = (0..400).map(|p| f64::from((p / 2) % 5) + if p % 2 == 0 { 3.0 } else { 0.0 }).collect();
        let cost = vec![1.5; 400];
        let found = returned(&margin, &cost, &Arms::new(treated.clone()), 0.95).unwrap();
        let Bounds::Between(low, high) = found.bounds else { panic!("{found:?}") };
        assert!((found.value - 1.0).abs() < 1e-12 && low < 1.0 && 1.0 < high && high - low < 0.8, "{found:?}");
        assert_eq!(returned(&margin, &[0.0; 400], &Arms::new(treated), 0.95), None);
    }

    proptest! {
        /// The ends are the ratios at which the difference numerator − ratio·denominator is just `z` standard errors from 0.
        #[test]
        fn the_ends_are_just_refused(n in -9.0..9.0f64, d in 3.0..9.0f64, v in 0.1..2.0f64, w in 0.1..1.0f64, r in -0.9..0.9f64) {
            let covariance = r * (v * w).sqrt();
            if let Bounds::Between(low, high) = fieller(n, d, [v, w], covariance, 1.96) {
                for end in [low, high] {
                    let se = (v - 2.0 * end * covariance + end * end * w).sqrt();
                    prop_assert!(((n - end * d).abs() - 1.96 * se).abs() < 1e-6);
                }
                prop_assert!(low <= n / d && n / d <= high);
            }
        }
    }
}
