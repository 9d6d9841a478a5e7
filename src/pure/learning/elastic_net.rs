//! Logistic regression with elastic net and row weights by coordinate descent.
//!
//! Minimises Σ w·ln(1 + exp(−s·m)) + penalty·(l1·Σ|b| + (1 − l1)/2·Σb²), m the margin, s = ±1, the intercept free
//! (J. Friedman, T. Hastie, R. Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
//! J. Statistical Software 33(1), 2010): a quadratic approximation at the current margins, cyclic descent on it, then a step
//! that is halved until the objective falls. Zero coefficients are exactly 0.

use crate::numeric::math::{exp, ln, ln_1p, logistic};

/// The dense columns, one after the other, and what is asked of them.
pub(super) struct Problem<'a> {
    /// columns × rows, column by column.
    pub columns: &'a [f64],
    pub labels: &'a [bool],
    pub weights: Option<&'a [f64]>,
    pub penalty: f64,
    /// 0 is ridge, 1 is lasso.
    pub l1_share: f64,
}

/// Intercept and coefficients.
pub(super) fn solve(problem: &Problem) -> (f64, Vec<f64>) {
    let rows = problem.labels.len();
    let width = problem.columns.len() / rows;
    let weight = |row: usize| problem.weights.map_or(1.0, |weights| weights[row]);
    let total: f64 = (0..rows).map(weight).sum();
    let positive: f64 = (0..rows).filter(|&row| problem.labels[row]).map(weight).sum();
    let mut intercept = ln(positive / (total - positive));
    let mut coefficients = vec![0.0; width];
    let mut margins = vec![intercept; rows];
    let mut best = objective(problem, &margins, &coefficients);
    let (mut curvature, mut residuals) = (vec![0.0; rows], vec![0.0; rows]);
    for _ in 0..ROUNDS {
        for row in 0..rows {
            let probability = logistic(margins[row]);
            curvature[row] = (weight(row) * probability * (1.0 - probability)).max(1e-10 * weight(row));
            // The working residual times its curvature: what the next step has to explain.
            residuals[row] = weight(row) * (f64::from(problem.labels[row]) - probability);
        }
        let (new_intercept, new_coefficients) =
            descend(problem, &curvature, residuals.clone(), intercept, &coefficients);
        let mut step = 1.0;
        let (mut moved, mut fell) = (0.0f64, false);
        for _ in 0..30 {
            let try_intercept = intercept + step * (new_intercept - intercept);
            let trial: Vec<f64> =
                coefficients.iter().zip(&new_coefficients).map(|(old, new)| old + step * (new - old)).collect();
            let trial_margins = self::margins(problem, try_intercept, &trial);
            let value = objective(problem, &trial_margins, &trial);
            if value <= best {
                moved = trial.iter().zip(&coefficients).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                moved = moved.max((try_intercept - intercept).abs());
                (intercept, coefficients, margins, best, fell) = (try_intercept, trial, trial_margins, value, true);
                break;
            }
            step /= 2.0;
        }
        if !fell || moved < TOLERANCE {
            break;
        }
    }
    (intercept, coefficients)
}

const ROUNDS: usize = 50;
const SWEEPS: usize = 200;
const TOLERANCE: f64 = 1e-8;

fn descend(
    problem: &Problem,
    curvature: &[f64],
    mut residuals: Vec<f64>,
    mut intercept: f64,
    start: &[f64],
) -> (f64, Vec<f64>) {
    let rows = problem.labels.len();
    let mut coefficients = start.to_vec();
    let total: f64 = curvature.iter().sum();
    let column = |index: usize| &problem.columns[index * rows..][..rows];
    let squares: Vec<f64> = (0..coefficients.len())
        .map(|index| column(index).iter().zip(curvature).map(|(x, c)| c * x * x).sum())
        .collect();
    let (lasso, ridge) = (problem.penalty * problem.l1_share, problem.penalty * (1.0 - problem.l1_share));
    for _ in 0..SWEEPS {
        let mut moved = 0.0f64;
        for index in 0..coefficients.len() {
            if squares[index] + ridge <= 0.0 {
                continue;
            }
            let pull: f64 = column(index).iter().zip(&residuals).map(|(x, r)| x * r).sum();
            let wanted = pull + squares[index] * coefficients[index];
            let new = wanted.signum() * (wanted.abs() - lasso).max(0.0) / (squares[index] + ridge);
            let change = new - coefficients[index];
            if change != 0.0 {
                for ((residual, x), c) in residuals.iter_mut().zip(column(index)).zip(curvature) {
                    *residual -= change * c * x;
                }
                coefficients[index] = new;
                moved = moved.max(change.abs());
            }
        }
        let change = residuals.iter().sum::<f64>() / total;
        for (residual, c) in residuals.iter_mut().zip(curvature) {
            *residual -= change * c;
        }
        intercept += change;
        if moved.max(change.abs()) < TOLERANCE {
            break;
        }
    }
    (intercept, coefficients)
}

fn margins(problem: &Problem, intercept: f64, coefficients: &[f64]) -> Vec<f64> {
    let rows = problem.labels.len();
    let mut margins = vec![intercept; rows];
    for (index, &coefficient) in coefficients.iter().enumerate().filter(|(_, coefficient)| **coefficient != 0.0) {
        for (margin, x) in margins.iter_mut().zip(&problem.columns[index * rows..][..rows]) {
            *margin += coefficient * x;
        }
    }
    margins
}

fn objective(problem: &Problem, margins: &[f64], coefficients: &[f64]) -> f64 {
    let loss: f64 = margins
        .iter()
        .zip(problem.labels)
        .enumerate()
        .map(|(row, (&margin, &label))| {
            let away = if label { -margin } else { margin };
            // ln(1 + exp(away)) without overflow.
            let loss = away.max(0.0) + ln_1p(exp(-away.abs()));
            problem.weights.map_or(loss, |weights| weights[row] * loss)
        })
        .sum();
    let absolute: f64 = coefficients.iter().map(|b| b.abs()).sum();
    let square: f64 = coefficients.iter().map(|b| b * b).sum();
    loss + problem.penalty * (problem.l1_share * absolute + (1.0 - problem.l1_share) / 2.0 * square)
}
