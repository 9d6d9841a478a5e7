//! Stability: how evenly a customer spends over the periods.

use super::estimate::{Estimate, jackknife};

/// 1 / (1 + CV²) of values that are not negative, 0 (all in one period of very many) to 1 (the same in all), with an interval by the jackknife;
/// nothing for fewer than 3 values or when all are 0. CV² is the variance (divisor n) over the squared mean, so the figure is the square of
/// the sum over n times the sum of squares, Jain's index of fairness (R. Jain, D. Chiu, W. Hawe, DEC-TR-301, 1984).
pub fn evenness(values: &[f64]) -> Option<Estimate> {
    let (sum, squares) = values.iter().fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
    if values.len() < 3 || squares <= 0.0 {
        return None;
    }
    let of = |sum: f64, squares: f64, n: f64| if squares > 0.0 { sum * sum / (n * squares) } else { 0.0 };
    let n = values.len();
    let without = |out: usize| {
        let rest = values.iter().enumerate().filter(|(place, _)| *place != out);
        let (sum, squares) = rest.fold((0.0, 0.0), |(sum, squares), (_, x)| (sum + x, squares + x * x));
        of(sum, squares, n as f64 - 1.0)
    };
    Some(Estimate::of(of(sum, squares, n as f64).min(1.0), jackknife(n, without), (0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_series() {
        assert_eq!(evenness(&[5.0, 5.0, 5.0, 5.0]), Some(Estimate { value: 1.0, low: 1.0, high: 1.0 }));
        // All in one of four periods: mean 1, variance 3.
        assert_eq!(evenness(&[4.0, 0.0, 0.0, 0.0]).unwrap().value, 0.25);
        // 2 and 6 twice: mean 4, variance 4, 1 / (1 + 1/4).
        let found = evenness(&[2.0, 6.0, 2.0, 6.0]).unwrap();
        assert!((found.value - 0.8).abs() < 1e-15 && found.low < 0.8 && found.high > 0.8, "{found:?}");
        assert_eq!((evenness(&[0.0; 9]), evenness(&[1.0, 2.0])), (None, None));
    }
}
