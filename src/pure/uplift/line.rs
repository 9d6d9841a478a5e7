//! The effect as a linear function of features: the second stage of the X- and the DR-learner.

use crate::learning::design::Design;
use crate::learning::{LearningError, Matrix};
use crate::numeric::linear::solve_symmetric;

/// The penalty on squared coefficients of columns with spread 1, per row: the slope of a column of its own is divided by 1.2. On Hillstrom's
/// women's mail the X-learner's Qini is .0615, .0613 and .0609 at .2, .1 and .02, with a standard error of .008.
const PENALTY: f64 = 0.2;
/// Words with fewer rows share a column.
const LEVEL_ROWS: usize = 50;

/// A ridge regression.
pub(super) struct Line {
    design: Design,
    centres: Vec<f64>,
    /// By which each dense column is divided.
    spreads: Vec<f64>,
    coefficients: Vec<f64>,
    mean: f64,
}

impl Line {
    /// The line nearest to `target`, one number per row of the matrix, in squared distance; the mean is not shrunk (A. Hoerl,
    /// R. Kennard, "Ridge regression", Technometrics 12(1), 1970).
    pub(super) fn learn(matrix: &Matrix, target: &[f64]) -> Result<Line, LearningError> {
        let design = Design::learn(matrix, LEVEL_ROWS);
        let (rows, width) = (matrix.rows(), design.width());
        let dense = design.rows(matrix)?;
        let count = rows as f64;
        let mut centres = vec![0.0; width];
        for row in dense.chunks_exact(width.max(1)) {
            centres.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        centres.iter_mut().for_each(|sum| *sum /= count);
        let mean = target.iter().sum::<f64>() / count;
        let mut spreads = vec![0.0; width];
        for row in dense.chunks_exact(width.max(1)) {
            for slot in 0..width {
                let off = row[slot] - centres[slot];
                spreads[slot] += off * off / count;
            }
        }
        // A column that never changes says nothing.
        spreads.iter_mut().for_each(|square| *square = if *square > 1e-12 { square.sqrt() } else { f64::INFINITY });
        let (mut products, mut right) = (vec![0.0; width * width], vec![0.0; width]);
        let mut centred = vec![0.0; width];
        for (row, target) in dense.chunks_exact(width.max(1)).zip(target) {
            for slot in 0..width {
                centred[slot] = (row[slot] - centres[slot]) / spreads[slot];
            }
            for one in 0..width {
                right[one] += centred[one] * (target - mean);
                for other in 0..=one {
                    products[one * width + other] += centred[one] * centred[other];
                }
            }
        }
        for one in 0..width {
            for other in 0..one {
                products[other * width + one] = products[one * width + other];
            }
            products[one * width + one] += PENALTY * count;
        }
        let why = || "the features cannot be told apart".to_owned();
        let coefficients =
            solve_symmetric(&products, &right).ok_or_else(|| LearningError::NoFit { model: "ridge", why: why() })?;
        Ok(Line { design, centres, spreads, coefficients, mean })
    }

    /// The value of the line for each row.
    pub(super) fn of(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let width = self.design.width();
        if width == 0 {
            return Ok(vec![self.mean; matrix.rows()]);
        }
        let dense = self.design.rows(matrix)?;
        let value = |row: &[f64]| -> f64 {
            let scaled = |slot: usize| (row[slot] - self.centres[slot]) / self.spreads[slot];
            self.mean + (0..width).map(|slot| scaled(slot) * self.coefficients[slot]).sum::<f64>()
        };
        Ok(dense.chunks_exact(width).map(value).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Column;

    #[test]
    fn a_line_is_found_and_shrunk_by_the_penalty() {
        let x: Vec<f64> = (0..200).map(|row| f64::from(row % 5) - 2.0).collect();
        let target: Vec<f64> = x.iter().map(|x| 3.0 + 2.0 * x).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x)]).expect("one column");
        let line = Line::learn(&matrix, &target).expect("a fit");
        let found = line.of(&matrix.take(&[0, 2, 4])).expect("the same columns");
        // The slope of a column with variance 1 is divided by 1 + penalty.
        for (found, x) in found.iter().zip([-2.0, 0.0, 2.0]) {
            assert!((found - (3.0 + 2.0 * x / (1.0 + PENALTY))).abs() < 1e-9, "{found}");
        }
    }
}
