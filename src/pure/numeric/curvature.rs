//! Second derivatives at a minimum: whether it is one, and how sure its place is.

/// Second derivatives at a place, row by row: central differences of `gradient` with steps of `step`, made symmetric.
pub fn hessian(at: &[f64], step: f64, mut gradient: impl FnMut(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let size = at.len();
    let mut matrix = vec![0.0; size * size];
    for column in 0..size {
        let mut shifted = |by: f64| {
            let mut there = at.to_vec();
            there[column] += by;
            gradient(&there)
        };
        let (after, before) = (shifted(step), shifted(-step));
        for row in 0..size {
            let half = 0.25 * (after[row] - before[row]) / step;
            matrix[row * size + column] += half;
            matrix[column * size + row] += half;
        }
    }
    matrix
}

/// Standard errors of the parameters at the minimum of a negative log likelihood: the square roots of the diagonal of the inverse of
/// its [`hessian`]. Nothing where that is not positive definite: the place is no minimum, or a parameter does not matter.
pub fn standard_errors(at: &[f64], step: f64, gradient: impl FnMut(&[f64]) -> Vec<f64>) -> Option<Vec<f64>> {
    let size = at.len();
    let factor = cholesky(&hessian(at, step, gradient), size)?;
    let variances = (0..size).map(|unit| {
        let mut right = vec![0.0; size];
        right[unit] = 1.0;
        solved(&factor, &right)[unit]
    });
    Some(variances.map(f64::sqrt).collect())
}

/// The x of A·x = b for a symmetric positive definite A, row by row; nothing where it is not.
pub fn solve(matrix: &[f64], right: &[f64]) -> Option<Vec<f64>> {
    Some(solved(&cholesky(matrix, right.len())?, right))
}

/// Cholesky's lower factor (G. Golub, C. Van Loan, "Matrix Computations", 4th ed. 2013, algorithm 4.2.1).
fn cholesky(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..=row {
            let inner: f64 = (0..column).map(|k| factor[row * size + k] * factor[column * size + k]).sum();
            let rest = matrix[row * size + column] - inner;
            if row == column {
                // What is left of a diagonal by rounding alone is nothing.
                if rest.is_nan() || rest <= 1e-13 * matrix[row * size + row].abs() {
                    return None;
                }
                factor[row * size + row] = rest.sqrt();
            } else {
                factor[row * size + column] = rest / factor[column * size + column];
            }
        }
    }
    Some(factor)
}

fn solved(factor: &[f64], right: &[f64]) -> Vec<f64> {
    let size = right.len();
    let mut x = right.to_vec();
    for row in 0..size {
        let inner: f64 = (0..row).map(|k| factor[row * size + k] * x[k]).sum();
        x[row] = (x[row] - inner) / factor[row * size + row];
    }
    for row in (0..size).rev() {
        let inner: f64 = (row + 1..size).map(|k| factor[k * size + row] * x[k]).sum();
        x[row] = (x[row] - inner) / factor[row * size + row];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_errors_and_solutions_by_hand() {
        // f = 2x² + 2xy + 3y²: second derivatives 4, 2, 2, 6, whose inverse is 0.3, −0.1, −0.1, 0.2.
        let errors = standard_errors(&[0.0, 0.0], 1e-3, |p| vec![4.0 * p[0] + 2.0 * p[1], 2.0 * p[0] + 6.0 * p[1]]);
        let errors = errors.expect("positive definite");
        assert!((errors[0] - 0.3f64.sqrt()).abs() < 1e-9 && (errors[1] - 0.2f64.sqrt()).abs() < 1e-9, "{errors:?}");
        let x = solve(&[4.0, 2.0, 2.0, 6.0], &[8.0, 14.0]).expect("positive definite");
        assert!((x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12, "{x:?}");
        assert_eq!(solve(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]), None);
        assert_eq!(solve(&[1.0, 1.0, 1.0, 1.0], &[1.0, 1.0]), None);
    }
}
