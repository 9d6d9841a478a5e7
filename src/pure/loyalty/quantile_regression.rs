//! Linear regression of a quantile.

use crate::numeric::linear::solve_symmetric;
use crate::numeric::quantile::quantile;

const ROUNDS: usize = 500;

/// Intercept and coefficients of the line that minimises Σ ρ(y − a − x·b), ρ(r) = share·r above 0 and (share − 1)·r below: about `share` (0 to 1, both excluded) of the rows lie
/// below it (R. Koenker, G. Bassett, "Regression quantiles", Econometrica 46, 1978). Columns are as long as `y`; nothing for fewer than
/// ten rows per coefficient or a `y` that does not vary. A ridge of a millionth keeps columns apart that depend on each other.
///
/// By majorising: each round solves a least squares problem with weights 1/(ε + |rest|) (D. Hunter, K. Lange, "Quantile regression via an MM algorithm",
/// Journal of Computational and Graphical Statistics 9, 2000), with ε falling to a millionth of the spread of `y`.
pub fn quantile_regression(columns: &[Vec<f64>], y: &[f64], share: f64) -> Option<Vec<f64>> {
    let (rows, size) = (y.len(), columns.len() + 1);
    if rows < 10 * size {
        return None;
    }
    // Mean and standard deviation: on a common scale one ridge serves all.
    let scales: Vec<(f64, f64)> = columns.iter().map(|column| scale(column)).collect();
    let x = |row: usize, column: usize| match column {
        0 => 1.0,
        _ => (columns[column - 1][row] - scales[column - 1].0) / scales[column - 1].1,
    };
    let mut sorted = y.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let spread = sorted[rows - 1] - sorted[0];
    if spread.is_nan() || spread <= 0.0 {
        return None;
    }
    let mut found = vec![0.0; size];
    found[0] = quantile(&sorted, share);
    let mut small = 1e-2 * spread;
    for _ in 0..ROUNDS {
        let (mut matrix, mut right, mut total) = (vec![0.0; size * size], vec![0.0; size], 0.0);
        for row in 0..rows {
            let fitted: f64 = (0..size).map(|column| found[column] * x(row, column)).sum();
            let weight = 1.0 / (small + (y[row] - fitted).abs());
            total += weight;
            for i in 0..size {
                let own = x(row, i);
                right[i] += own * (weight * y[row] + 2.0 * share - 1.0);
                (0..=i).for_each(|j| matrix[i * size + j] += weight * own * x(row, j));
            }
        }
        for i in 0..size {
            (i + 1..size).for_each(|j| matrix[i * size + j] = matrix[j * size + i]);
            matrix[i * size + i] += if i > 0 { 1e-6 * total } else { 0.0 };
        }
        let next = solve_symmetric(&matrix, &right)?;
        let moved = next.iter().zip(&found).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        found = next;
        if moved < 1e-9 * spread && small <= 1e-6 * spread {
            break;
        }
        small = (small * 0.8).max(1e-6 * spread);
    }
    for column in 1..size {
        let (mean, deviation) = scales[column - 1];
        found[column] /= deviation;
        found[0] -= found[column] * mean;
    }
    Some(found)
}

/// Mean and standard deviation of a column; 1 where it does not vary.
fn scale(column: &[f64]) -> (f64, f64) {
    let n = column.len() as f64;
    let mean = column.iter().sum::<f64>() / n;
    let deviation = (column.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt();
    (mean, if deviation > 1e-12 * mean.abs() { deviation } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn without_columns_it_is_the_quantile() {
        let y: Vec<f64> = (1..=11).map(f64::from).collect();
        let found = quantile_regression(&[], &y, 0.8).unwrap();
        // Σρ is least at the 9th of 11 values: 0.8·11 = 8.8.
        assert!((found[0] - 9.0).abs() < 1e-3, "{found:?}");
        assert_eq!(quantile_regression(&[], &y[..9], 0.8), None);
        let long = y.repeat(3);
        let twice = quantile_regression(&[long.clone(), long.clone()], &long, 0.5).unwrap();
        assert!(twice[0].abs() < 1e-3 && (twice[1] - 0.5).abs() < 1e-3 && (twice[2] - 0.5).abs() < 1e-3, "{twice:?}");
        assert_eq!(quantile_regression(&[], &[1.0; 20], 0.5), None);
    }

    #[test]
    fn a_planted_line_and_its_share_of_rows_are_found() {
        // y = 2 + 3x + (1 + x)·u with u even on 0..1: the 80 % line is 2.8 + 3.8x.
        let mut random = stream(4, "quantiles");
        let x: Vec<f64> = (0..4_000).map(|_| random.random_range(0.0..2.0)).collect();
        let y: Vec<f64> = x.iter().map(|x| 2.0 + 3.0 * x + (1.0 + x) * random.random_range(0.0..1.0)).collect();
        let found = quantile_regression(std::slice::from_ref(&x), &y, 0.8).unwrap();
        assert!((found[0] - 2.8).abs() < 0.06 && (found[1] - 3.8).abs() < 0.06, "{found:?}");
        let below = x.iter().zip(&y).filter(|(x, y)| **y <= found[0] + found[1] * **x).count();
        assert!((3_190..=3_210).contains(&below), "{below}");
    }
}
