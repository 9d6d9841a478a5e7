//! Second derivatives of a function whose gradient is known.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_derivatives_by_hand() {
        // f = 2x² + 2xy + 3y²: second derivatives 4, 2, 2, 6.
        let found = hessian(&[0.0, 0.0], 1e-3, |p| vec![4.0 * p[0] + 2.0 * p[1], 2.0 * p[0] + 6.0 * p[1]]);
        assert!(found.iter().zip([4.0, 2.0, 2.0, 6.0]).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
    }
}
