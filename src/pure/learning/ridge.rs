//! Ridge logistic regression by Newton's method: about seven passes over the rows where a quasi-Newton search takes hundreds.
//!
//! Minimises Σ w·ln(1 + exp(−s·m)) + penalty/2·Σb², m the margin, s = ±1, the intercept free; each step solves
//! (XᵀWX + penalty·I)·d = −gradient and is halved until the objective falls (T. Hastie, R. Tibshirani, J. Friedman, "The elements of
//! statistical learning", 2nd ed., 2009, §4.4.1): by Cholesky's factors, on very many columns by conjugate gradients (J. Nocedal,
//! S. Wright, "Numerical Optimization", 2nd ed. 2006, algorithm 7.1).

use crate::numeric::math::{exp, ln, ln_1p, logistic};
use rayon::prelude::*;

/// Beyond this many dense columns the matrix of second derivatives is never made: conjugate gradients find the step.
const WIDEST: usize = 600;

/// Conjugate gradients for one step at most.
const PRODUCTS: usize = 200;

const ROUNDS: usize = 60;
/// Rows scaled and copied row by row at once: they stay in the second-level cache.
const BLOCK: usize = 256;
/// Partial sums at most: each holds a whole matrix.
const PARTS: usize = 32;

/// Intercept and coefficients of dense columns (column by column), or nothing where no step leads down.
pub(super) fn solve(
    columns: &[f64],
    labels: &[bool],
    weights: Option<&[f64]>,
    penalty: f64,
) -> Option<(f64, Vec<f64>)> {
    let rows = labels.len();
    let data = Data { columns, labels, weights, penalty, rows, width: columns.len() / rows };
    let total: f64 = (0..rows).map(|row| data.weight(row)).sum();
    let positive: f64 = (0..rows).filter(|&row| labels[row]).map(|row| data.weight(row)).sum();
    // The intercept is the last coefficient.
    let mut found = vec![0.0; data.width + 1];
    found[data.width] = ln(positive / (total - positive));
    let mut margins = data.margins(&found);
    let mut best = data.objective(&margins, &found);
    for _ in 0..ROUNDS {
        let (step, gradient) = match data.width <= WIDEST {
            true => {
                let (curvature, gradient) = data.derivatives(&margins, &found);
                (downhill(curvature, &gradient)?, gradient)
            }
            false => data.by_conjugate_gradients(&margins, &found),
        };
        let promise: f64 = step.iter().zip(&gradient).map(|(a, b)| a * b).sum();
        // Half the promise is how far the objective can still fall.
        if promise.is_nan() || promise <= 1e-10 * total {
            return promise.is_finite().then(|| result(found));
        }
        let halves = std::iter::successors(Some(1.0), |length| Some(length / 2.0)).take(30);
        let fell = halves.into_iter().find_map(|length| {
            let trial: Vec<f64> = found.iter().zip(&step).map(|(old, step)| old - length * step).collect();
            let margins = data.margins(&trial);
            let value = data.objective(&margins, &trial);
            (value < best).then_some((trial, margins, value))
        });
        match fell {
            Some((trial, trial_margins, value)) => (found, margins, best) = (trial, trial_margins, value),
            // Rounding leaves nothing to gain.
            None => return Some(result(found)),
        }
    }
    Some(result(found))
}

fn result(mut found: Vec<f64>) -> (f64, Vec<f64>) {
    let intercept = found.pop().expect("the intercept is the last");
    (intercept, found)
}

struct Data<'a> {
    columns: &'a [f64],
    labels: &'a [bool],
    weights: Option<&'a [f64]>,
    penalty: f64,
    rows: usize,
    width: usize,
}

impl Data<'_> {
    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    fn margins(&self, found: &[f64]) -> Vec<f64> {
        let mut margins = vec![found[self.width]; self.rows];
        margins.par_chunks_mut(1 << 12).enumerate().for_each(|(chunk, margins)| {
            let first = chunk << 12;
            for (column, &coefficient) in found[..self.width].iter().enumerate() {
                let values = &self.columns[column * self.rows + first..][..margins.len()];
                margins.iter_mut().zip(values).for_each(|(margin, x)| *margin += coefficient * x);
            }
        });
        margins
    }

    /// A step and the gradient, from products with the matrix of second derivatives alone. The nearer the optimum, the more exact.
    fn by_conjugate_gradients(&self, margins: &[f64], found: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let chances: Vec<f64> = margins.iter().map(|&margin| logistic(margin)).collect();
        let error = |row: usize| self.weight(row) * (chances[row] - f64::from(self.labels[row]));
        let gradient = self.gathered((0..self.rows).map(error).collect(), found);
        let curvature: Vec<f64> =
            chances.iter().enumerate().map(|(row, p)| self.weight(row) * (p * (1.0 - p)).max(1e-12)).collect();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let mut step = vec![0.0; gradient.len()];
        let (mut rest, mut direction) = (gradient.clone(), gradient.clone());
        let mut length = dot(&rest, &rest);
        let enough = length * length.sqrt().min(0.01);
        for _ in 0..PRODUCTS {
            if length <= enough {
                break;
            }
            let mut moved = self.margins(&direction);
            moved.iter_mut().zip(&curvature).for_each(|(moved, curvature)| *moved *= curvature);
            let product = self.gathered(moved, &direction);
            let share = length / dot(&direction, &product);
            step.iter_mut().zip(&direction).for_each(|(step, direction)| *step += share * direction);
            rest.iter_mut().zip(&product).for_each(|(rest, product)| *rest -= share * product);
            let next = dot(&rest, &rest);
            direction.iter_mut().zip(&rest).for_each(|(old, rest)| *old = rest + next / length * *old);
            length = next;
        }
        (step, gradient)
    }

    /// Sums over the rows of `values` times each column, and of the penalty on `at`; the intercept is the last.
    fn gathered(&self, values: Vec<f64>, at: &[f64]) -> Vec<f64> {
        let mut sums: Vec<f64> = self
            .columns
            .par_chunks_exact(self.rows)
            .zip(at)
            .map(|(column, at)| column.iter().zip(&values).map(|(x, v)| x * v).sum::<f64>() + self.penalty * at)
            .collect();
        sums.push(values.iter().sum());
        sums
    }

    fn objective(&self, margins: &[f64], found: &[f64]) -> f64 {
        let loss: f64 = (0..self.rows)
            .map(|row| {
                let away = if self.labels[row] { -margins[row] } else { margins[row] };
                self.weight(row) * (away.max(0.0) + ln_1p(exp(-away.abs())))
            })
            .sum();
        loss + self.penalty / 2.0 * found[..self.width].iter().map(|b| b * b).sum::<f64>()
    }

    /// The matrix of second derivatives (upper half, row by row) and the gradient; sums are added in the order of the rows.
    fn derivatives(&self, margins: &[f64], found: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let size = self.width + 1;
        let part = self.rows.div_ceil(PARTS).next_multiple_of(BLOCK);
        let sums: Vec<(Vec<f64>, Vec<f64>)> = (0..self.rows.div_ceil(part))
            .into_par_iter()
            .map(|index| self.of_rows(index * part..(index * part + part).min(self.rows), margins))
            .collect();
        let mut sums = sums.into_iter();
        let (mut curvature, mut gradient) = sums.next().expect("there is a row");
        for (more_curvature, more_gradient) in sums {
            curvature.iter_mut().zip(more_curvature).for_each(|(sum, more)| *sum += more);
            gradient.iter_mut().zip(more_gradient).for_each(|(sum, more)| *sum += more);
        }
        for column in 0..self.width {
            curvature[column * size + column] += self.penalty;
            gradient[column] += self.penalty * found[column];
        }
        (curvature, gradient)
    }

    fn of_rows(&self, range: std::ops::Range<usize>, margins: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let size = self.width + 1;
        let (mut curvature, mut gradient) = (vec![0.0; size * size], vec![0.0; size]);
        let mut block = vec![0.0; BLOCK * size];
        let mut start = range.start;
        while start < range.end {
            let count = BLOCK.min(range.end - start);
            let mut roots = [0.0; BLOCK];
            let mut errors = [0.0; BLOCK];
            for place in 0..count {
                let row = start + place;
                let p = logistic(margins[row]);
                roots[place] = (self.weight(row) * (p * (1.0 - p)).max(1e-12)).sqrt();
                errors[place] = self.weight(row) * (p - f64::from(self.labels[row]));
            }
            for column in 0..self.width {
                let values = &self.columns[column * self.rows + start..][..count];
                let mut sum = 0.0;
                for (place, &x) in values.iter().enumerate() {
                    block[place * size + column] = roots[place] * x;
                    sum += errors[place] * x;
                }
                gradient[column] += sum;
            }
            for place in 0..count {
                block[place * size + self.width] = roots[place];
                gradient[self.width] += errors[place];
            }
            block[count * size..].fill(0.0);
            // Four rows at a time: each load of the matrix serves four products.
            for four in block.chunks_exact(4 * size) {
                let (a, rest) = four.split_at(size);
                let (b, rest) = rest.split_at(size);
                let (c, d) = rest.split_at(size);
                for i in 0..size {
                    let (ai, bi, ci, di) = (a[i], b[i], c[i], d[i]);
                    let cells = &mut curvature[i * size + i..(i + 1) * size];
                    for ((((cell, a), b), c), d) in cells.iter_mut().zip(&a[i..]).zip(&b[i..]).zip(&c[i..]).zip(&d[i..])
                    {
                        *cell += ai * a + bi * b + ci * c + di * d;
                    }
                }
            }
            start += count;
        }
        (curvature, gradient)
    }
}

/// The solution of (upper half of a symmetric matrix)·x = right side by Cholesky's factors; nothing where it is not positive.
fn downhill(mut matrix: Vec<f64>, right: &[f64]) -> Option<Vec<f64>> {
    let size = right.len();
    for pivot in 0..size {
        let root = matrix[pivot * size + pivot].sqrt();
        if root.is_nan() || root <= 1e-150 {
            return None;
        }
        let (head, tail) = matrix.split_at_mut((pivot + 1) * size);
        let first = &mut head[pivot * size + pivot..];
        first.iter_mut().for_each(|cell| *cell /= root);
        for (below, &factor) in first[1..].iter().enumerate() {
            let row = pivot + 1 + below;
            let cells = &mut tail[below * size + row..(below + 1) * size];
            cells.iter_mut().zip(&first[1 + below..]).for_each(|(cell, upper)| *cell -= factor * upper);
        }
    }
    let mut x = right.to_vec();
    for row in 0..size {
        x[row] /= matrix[row * size + row];
        let value = x[row];
        (row + 1..size).for_each(|below| x[below] -= matrix[row * size + below] * value);
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| matrix[row * size + column] * x[column]).sum();
        x[row] = (x[row] - known) / matrix[row * size + row];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conjugate_gradients_step_as_the_factors_do() {
        let (rows, width) = (300, 7);
        let columns: Vec<f64> = (0..rows * width).map(|i| ((i * i * 31 + i * 7) % 101) as f64 / 50.0 - 1.0).collect();
        let labels: Vec<bool> = (0..rows).map(|row| columns[row] + columns[rows + row] > 0.3).collect();
        let weights: Vec<f64> = (0..rows).map(|row| 1.0 + (row % 3) as f64).collect();
        let data = Data { columns: &columns, labels: &labels, weights: Some(&weights), penalty: 0.5, rows, width };
        let (intercept, coefficients) = solve(&columns, &labels, Some(&weights), 0.5).expect("smooth");
        let found = [coefficients, vec![intercept]].concat();
        // Away from the optimum both lead down; at it the gradient that they share is nothing.
        let away: Vec<f64> = found.iter().map(|b| b + 0.01).collect();
        let (curvature, gradient) = data.derivatives(&data.margins(&away), &away);
        let (step, same) = data.by_conjugate_gradients(&data.margins(&away), &away);
        assert!(gradient.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-9));
        let lack = |step: &[f64]| {
            let product = (0..=width).map(|i| {
                let cell = |j: usize| curvature[i.min(j) * (width + 1) + i.max(j)];
                (0..=width).map(|j| cell(j) * step[j]).sum::<f64>()
            });
            product.zip(&gradient).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
        };
        let size = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        let exact = downhill(curvature.clone(), &gradient).expect("positive");
        assert!(lack(&exact) < 1e-9 * size && lack(&step) < 0.101 * size, "{step:?} {exact:?}");
        let (_, gone) = data.by_conjugate_gradients(&data.margins(&found), &found);
        assert!(gone.iter().all(|slope| slope.abs() < 1e-3), "{gone:?}");
    }

    #[test]
    fn more_columns_than_the_factors_take_have_the_optimum_of_descent() {
        let (rows, width) = (120, WIDEST + 1);
        let columns: Vec<f64> = (0..rows * width).map(|i| f64::from((i * 7919 + i / 13) % 17 == 0)).collect();
        let labels: Vec<bool> = (0..rows).map(|row| (row * 31) % 7 < 3).collect();
        let (intercept, coefficients) = solve(&columns, &labels, None, 2.0).expect("smooth");
        let problem = super::super::elastic_net::Problem {
            columns: &columns,
            labels: &labels,
            weights: None,
            penalty: 2.0,
            l1_share: 0.0,
        };
        let (other_intercept, others) = super::super::elastic_net::solve(&problem);
        assert!((intercept - other_intercept).abs() < 1e-3, "{intercept} {other_intercept}");
        assert!(coefficients.iter().zip(&others).all(|(a, b)| (a - b).abs() < 1e-3));
    }

    #[test]
    fn solves_a_small_system() {
        // [[4, 2], [2, 3]]·x = [8, 7] has x = [1.25, 1.5].
        let x = downhill(vec![4.0, 2.0, 0.0, 3.0], &[8.0, 7.0]).expect("positive");
        assert!((x[0] - 1.25).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
        assert_eq!(downhill(vec![0.0], &[1.0]), None);
    }
}
