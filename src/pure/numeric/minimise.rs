//! Minimising a smooth function of a few numbers.

/// The least value found and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The point.
    pub at: Vec<f64>,
    /// The function there.
    pub value: f64,
    /// The largest component of the gradient there.
    pub gradient: f64,
    /// How often the function was computed.
    pub evaluations: usize,
}

/// Minimises `function`, which returns its value and gradient, from `start` by BFGS with a backtracking line search that
/// asks for the Armijo condition (J. Nocedal, S. Wright, "Numerical Optimization", 2nd ed. 2006, algorithm 6.1; the update
/// is skipped where curvature is not positive). Stops when the gradient's largest component is at most `tolerance`, the
/// value no longer falls, or after `rounds` steps. Values that are not finite count as infinitely bad.
pub fn bfgs(
    start: &[f64],
    tolerance: f64,
    rounds: usize,
    mut function: impl FnMut(&[f64]) -> (f64, Vec<f64>),
) -> Minimum {
    let size = start.len();
    let mut at = start.to_vec();
    let (mut value, mut gradient) = function(&at);
    let mut evaluations = 1;
    let mut inverse = identity(size, 1.0);
    let mut scaled = false;
    for _ in 0..rounds {
        if largest(&gradient) <= tolerance {
            break;
        }
        let mut direction: Vec<f64> = inverse.chunks_exact(size).map(|row| -dot(row, &gradient)).collect();
        let mut slope = dot(&direction, &gradient);
        if slope.is_nan() || slope >= 0.0 {
            inverse = identity(size, 1.0);
            direction = gradient.iter().map(|g| -g).collect();
            slope = -dot(&gradient, &gradient);
        }
        // The first direction has the gradient's scale, which says nothing about the distance.
        let longest = largest(&direction);
        let mut step = if scaled { 1.0 } else { (0.5 / longest).min(1.0) };
        // A step of parameters on a log scale beyond a factor of e^4 helps no line search.
        step = step.min(4.0 / longest);
        let found = loop {
            let trial: Vec<f64> = at.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
            let (trial_value, trial_gradient) = function(&trial);
            evaluations += 1;
            if trial_value.is_finite() && trial_value <= value + 1e-4 * step * slope {
                break Some((trial, trial_value, trial_gradient));
            }
            step /= 2.0;
            if step < 1e-12 {
                break None;
            }
        };
        let Some((next, next_value, next_gradient)) = found else { break };
        let moved: Vec<f64> = next.iter().zip(&at).map(|(a, b)| a - b).collect();
        let changed: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&moved, &changed);
        let fell = value - next_value;
        (at, value, gradient) = (next, next_value, next_gradient);
        if curvature > 1e-14 {
            if !scaled {
                inverse = identity(size, curvature / dot(&changed, &changed));
                scaled = true;
            }
            update(&mut inverse, &moved, &changed, curvature);
        }
        if fell <= 1e-15 * value.abs() && largest(&gradient) <= tolerance.sqrt() {
            break;
        }
    }
    Minimum { gradient: largest(&gradient), at, value, evaluations }
}

/// H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ.
fn update(inverse: &mut [f64], moved: &[f64], changed: &[f64], curvature: f64) {
    let size = moved.len();
    let product: Vec<f64> = inverse.chunks_exact(size).map(|row| dot(row, changed)).collect();
    let factor = (1.0 + dot(changed, &product) / curvature) / curvature;
    for i in 0..size {
        for j in 0..size {
            inverse[i * size + j] +=
                factor * moved[i] * moved[j] - (product[i] * moved[j] + moved[i] * product[j]) / curvature;
        }
    }
}

fn identity(size: usize, scale: f64) -> Vec<f64> {
    (0..size * size).map(|cell| if cell % (size + 1) == 0 { scale } else { 0.0 }).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| if value.is_nan() { f64::INFINITY } else { most.max(value.abs()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_minimum_of_rosenbrocks_valley() {
        // H. Rosenbrock, The Computer Journal 3, 1960: minimum 0 at (1, 1).
        let found = bfgs(&[-1.2, 1.0], 1e-10, 500, |p| {
            let (x, y) = (p[0], p[1]);
            let value = 100.0 * (y - x * x).powi(2) + (1.0 - x).powi(2);
            (value, vec![-400.0 * x * (y - x * x) - 2.0 * (1.0 - x), 200.0 * (y - x * x)])
        });
        assert!((found.at[0] - 1.0).abs() < 1e-8 && (found.at[1] - 1.0).abs() < 1e-8, "{found:?}");
        assert!(found.evaluations < 100);
    }
}
