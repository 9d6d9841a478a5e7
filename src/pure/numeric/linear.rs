//! Small systems of linear equations.

/// Solves A·x = b for a symmetric positive definite `matrix` of `size` × `size` numbers, row by row, by Cholesky's factors; `None`
/// where it is not positive definite to within rounding (a pivot at most 1e-11 of the largest diagonal element), as with columns that
/// depend on each other.
///
/// Source: G. Golub, C. Van Loan, "Matrix Computations", 4th ed. 2013, algorithms 4.2.1 and 3.1.1.
pub fn solve_symmetric(matrix: &[f64], right: &[f64]) -> Option<Vec<f64>> {
    let size = right.len();
    debug_assert_eq!(matrix.len(), size * size);
    let largest = (0..size).map(|i| matrix[i * size + i]).fold(0.0, f64::max);
    let mut factor = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| factor[i * size + k] * factor[j * size + k]).sum();
            let rest = matrix[i * size + j] - sum;
            if i == j {
                if rest.is_nan() || rest <= 1e-11 * largest {
                    return None;
                }
                factor[i * size + i] = rest.sqrt();
            } else {
                factor[i * size + j] = rest / factor[j * size + j];
            }
        }
    }
    let mut x = right.to_vec();
    for i in 0..size {
        let sum: f64 = (0..i).map(|k| factor[i * size + k] * x[k]).sum();
        x[i] = (x[i] - sum) / factor[i * size + i];
    }
    for i in (0..size).rev() {
        let sum: f64 = (i + 1..size).map(|k| factor[k * size + i] * x[k]).sum();
        x[i] = (x[i] - sum) / factor[i * size + i];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::solve_symmetric;
    use proptest::prelude::*;

    #[test]
    fn a_system_that_can_be_checked_by_eye() {
        // 4x + 2y = 10, 2x + 3y = 9: x = 1.5, y = 2.
        let found = solve_symmetric(&[4.0, 2.0, 2.0, 3.0], &[10.0, 9.0]).expect("positive definite");
        assert!((found[0] - 1.5).abs() < 1e-14 && (found[1] - 2.0).abs() < 1e-14, "{found:?}");
        assert_eq!(solve_symmetric(&[1.0, 1.0, 1.0, 1.0], &[1.0, 1.0]), None, "singular");
        assert_eq!(solve_symmetric(&[], &[]), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn the_solution_solves_the_system(cells in prop::collection::vec(-1.0..1.0f64, 16), right in prop::collection::vec(-5.0..5.0f64, 4)) {
            // BᵀB + I is positive definite.
            let mut matrix = vec![0.0; 16];
            for i in 0..4 {
                for j in 0..4 {
                    matrix[i * 4 + j] = f64::from(u8::from(i == j)) + (0..4).map(|k| cells[k * 4 + i] * cells[k * 4 + j]).sum::<f64>();
                }
            }
            let x = solve_symmetric(&matrix, &right).expect("positive definite");
            for i in 0..4 {
                let left: f64 = (0..4).map(|j| matrix[i * 4 + j] * x[j]).sum();
                prop_assert!((left - right[i]).abs() < 1e-10);
            }
        }
    }
}
