//! Student's t distribution.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// The 97.5 % point of Student's t with `freedom` degrees of freedom (at least 1), for two-sided 95 % intervals.
pub fn quantile_975(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom.max(1.0)).expect("the parameters are valid").inverse_cdf(0.975)
}

#[cfg(test)]
mod tests {
    use super::quantile_975;

    #[test]
    fn matches_published_tables() {
        for (freedom, expected) in [(1.0, 12.706), (2.0, 4.303), (9.0, 2.262), (30.0, 2.042)] {
            assert!((quantile_975(freedom) - expected).abs() < 5e-4, "{freedom}");
        }
    }
}
