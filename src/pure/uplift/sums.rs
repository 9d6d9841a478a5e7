//! Least squares from sums of products, so that rows are read once for all penalties and parts.

use crate::numeric::linear::solve_symmetric;

/// Sums of products that a ridge regression needs.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    size: usize,
    products: Vec<f64>,
    right: Vec<f64>,
    squares: f64,
}

impl Sums {
    /// No row.
    pub(super) fn new(size: usize) -> Sums {
        Sums { size, products: vec![0.0; size * size], right: vec![0.0; size], squares: 0.0 }
    }

    /// Adds a row: its values that are not 0, with their places, and its outcome.
    pub(super) fn add(&mut self, values: &[(usize, f64)], outcome: f64) {
        for &(one, value) in values {
            self.right[one] += value * outcome;
            let products = &mut self.products[one * self.size..][..self.size];
            values.iter().for_each(|&(other, other_value)| products[other] += value * other_value);
        }
        self.squares += outcome * outcome;
    }

    /// The sums of all parts, or of all but one.
    pub(super) fn total(parts: &[Sums], without: Option<usize>) -> Sums {
        let mut all = Sums::new(parts[0].size);
        for (_, part) in parts.iter().enumerate().filter(|(fold, _)| Some(*fold) != without) {
            all.products.iter_mut().zip(&part.products).for_each(|(sum, more)| *sum += more);
            all.right.iter_mut().zip(&part.right).for_each(|(sum, more)| *sum += more);
            all.squares += part.squares;
        }
        all
    }

    /// The coefficients b with the least sum of squared errors and bᵀ·P·b, P a symmetric matrix of penalties, row by row (A. Hoerl, R. Kennard,
    /// "Ridge regression", Technometrics 12(1), 1970, generalised).
    pub(super) fn solved(&self, penalties: &[f64]) -> Option<Vec<f64>> {
        let matrix: Vec<f64> = self.products.iter().zip(penalties).map(|(cell, penalty)| cell + penalty).collect();
        solve_symmetric(&matrix, &self.right)
    }

    /// The sum of squared errors of coefficients over the rows.
    pub(super) fn error(&self, coefficients: &[f64]) -> f64 {
        let row = |one: usize| -> f64 {
            let products = &self.products[one * self.size..][..self.size];
            let product: f64 = products.iter().zip(coefficients).map(|(cell, b)| cell * b).sum();
            coefficients[one] * (product - 2.0 * self.right[one])
        };
        self.squares + (0..self.size).map(row).sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// y = 1 + 2x at x = 0, 1, 2, 3, by hand: slope and intercept come back, the error of (1, 1) is 0 + 1 + 4 + 9.
    #[test]
    fn a_line_and_its_errors() {
        let mut parts = vec![Sums::new(2), Sums::new(2)];
        for x in 0..4 {
            parts[x % 2].add(&[(0, 1.0), (1, x as f64)], 1.0 + 2.0 * x as f64);
        }
        let all = Sums::total(&parts, None);
        let found = all.solved(&[0.0; 4]).expect("two columns");
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 2.0).abs() < 1e-12, "{found:?}");
        assert!(all.error(&found).abs() < 1e-12 && (all.error(&[1.0, 1.0]) - 14.0).abs() < 1e-12);
        // x = 1 and 3 alone, errors 1 and 9.
        assert!((Sums::total(&parts, Some(0)).error(&[1.0, 1.0]) - 10.0).abs() < 1e-12);
        // A penalty of as much as the sum of squares halves a slope through 0.
        let mut one = Sums::new(1);
        one.add(&[(0, 2.0)], 6.0);
        assert!((one.solved(&[4.0]).expect("one column")[0] - 1.5).abs() < 1e-12);
        assert_eq!(Sums::new(1).solved(&[0.0]), None);
    }
}
