//! Fitting by maximum likelihood, the same way for every model: on very many customers first to some of them, then Newton's steps on all.

use super::ValueError;
use super::history::Counted;
use crate::numeric::curvature;
use crate::numeric::linear::solve_symmetric;
use crate::numeric::math::ln;
use crate::numeric::minimise::{Minimum, bfgs};

/// Steps of a search at most.
const ROUNDS: usize = 300;
/// Newton's steps on all customers at most, before the search is done in full.
const STEPS: usize = 12;

/// With more than `many` customers: some `part` of them, every n-th in the order of the histories, so that the part is made up as the
/// whole is.
pub(super) fn systematic(counted: &[Counted], many: f64, part: f64) -> Option<Vec<Counted>> {
    let customers: f64 = counted.iter().map(|row| row.customers).sum();
    if customers <= many {
        return None;
    }
    let step = (customers / part).floor();
    let mut passed = 0.0;
    let part = counted.iter().filter_map(|row| {
        let before = (passed / step).floor();
        passed += row.customers;
        let picked = (passed / step).floor() - before;
        (picked > 0.0).then_some(Counted { customers: picked, ..*row })
    });
    Some(part.collect())
}

/// Searches end where no parameter's gradient of the log likelihood of all customers is more than this, or that of the mean not above
/// [`FINEST`].
const TOLERANCE: f64 = 1e-5;
/// The gradient of the mean that rounding lets be reached with very many customers.
const FINEST: f64 = 2e-9;
/// A search has converged where the gradient of the mean is below this, or where the log likelihood of all customers changes by less than
/// [`FLAT`] as a parameter grows by a factor of e: of few customers no more can be known.
const CONVERGED: f64 = 1e-4;
const FLAT: f64 = 0.02;
/// Logarithms of parameters beyond this are held back: without anybody who drops out, say, the likelihood has no finite maximum, but is
/// flat from some thousands on.
const FAR: f64 = 7.5;
/// How much further parameters are held back: this times the square of how far they are beyond.
const HELD: f64 = 0.01;

/// The logarithms of the parameters with the least value of the mean negative log likelihood `full` of so many customers, the best of
/// several starts (in the parameters themselves, which should be of the size of 1). `few` is the same function of a part of the customers.
///
/// # Errors
/// When the search does not converge.
pub(super) fn fit<const N: usize>(
    starts: &[[f64; N]],
    customers: f64,
    full: impl Fn(&[f64]) -> (f64, Vec<f64>),
    few: Option<impl Fn(&[f64]) -> (f64, Vec<f64>)>,
) -> Result<Vec<f64>, ValueError> {
    let tolerance = (TOLERANCE / customers).clamp(FINEST, 1e-6);
    let search = |function: &dyn Fn(&[f64]) -> (f64, Vec<f64>)| {
        let found = starts.iter().map(|start| bfgs(&start.map(ln), tolerance, ROUNDS, function));
        found.min_by(|a, b| a.value.total_cmp(&b.value)).expect("there is a start")
    };
    let full = |at: &[f64]| held(at, &full);
    let found = match few {
        None => search(&full),
        Some(few) => {
            let few = |at: &[f64]| held(at, &few);
            newton(search(&few), tolerance, &full, &few)
        }
    };
    converged(found, customers)
}

/// From the minimum of a part of the customers to that of all. Second derivatives of the part lead all customers to their own minimum: each
/// step leaves a few hundredths of the distance.
fn newton(
    near: Minimum,
    tolerance: f64,
    full: &dyn Fn(&[f64]) -> (f64, Vec<f64>),
    few: &dyn Fn(&[f64]) -> (f64, Vec<f64>),
) -> Minimum {
    let most = |gradient: &[f64]| gradient.iter().fold(0.0f64, |most, g| most.max(g.abs()));
    let curvature = curvature::hessian(&near.at, 1e-4, |at| few(at).1);
    let (mut value, mut gradient) = full(&near.at);
    let (mut at, mut evaluations) = (near.at, near.evaluations + 1);
    for _ in 0..STEPS {
        let largest = most(&gradient);
        if largest <= tolerance.max(1e-8) {
            return Minimum { at, value, gradient: largest, evaluations };
        }
        let Some(step) = solve_symmetric(&curvature, &gradient) else { break };
        let next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at - step).collect();
        let (next_value, next_gradient) = full(&next);
        evaluations += 1;
        // Near the minimum rounding decides about the value, and the gradient about the place.
        if !(next_value.is_finite() && most(&next_gradient) < largest) {
            break;
        }
        (at, value, gradient) = (next, next_value, next_gradient);
    }
    let largest = most(&gradient);
    if largest <= 1e-6 {
        return Minimum { at, value, gradient: largest, evaluations };
    }
    bfgs(&at, tolerance.max(1e-7), ROUNDS, full)
}

/// Whether the logarithm of a parameter was held back.
pub(super) fn is_far(log: f64) -> bool {
    log.abs() > FAR
}

/// A function of logarithms of parameters, held back where these are [`FAR`]; infinite where they cannot be computed with.
fn held(at: &[f64], function: &dyn Fn(&[f64]) -> (f64, Vec<f64>)) -> (f64, Vec<f64>) {
    if at.iter().any(|log| log.is_nan() || log.abs() > 4.0 * FAR) {
        return (f64::INFINITY, vec![0.0; at.len()]);
    }
    let (mut value, mut gradient) = function(at);
    for (slope, log) in gradient.iter_mut().zip(at) {
        let beyond = (log.abs() - FAR).max(0.0);
        value += HELD * beyond * beyond;
        *slope += 2.0 * HELD * beyond * log.signum();
    }
    (value, gradient)
}

fn converged(found: Minimum, customers: f64) -> Result<Vec<f64>, ValueError> {
    let finite = found.value.is_finite() && found.at.iter().all(|log| log.is_finite());
    if !finite || found.gradient > CONVERGED.max(FLAT / customers) {
        return Err(ValueError::NoFit { gradient: found.gradient });
    }
    Ok(found.at)
}

/// The place of the least value of the mean negative log likelihood of so many customers from one start, which may be anywhere on the line.
///
/// # Errors
/// When the search does not converge.
pub(super) fn search(
    start: &[f64],
    customers: f64,
    function: impl FnMut(&[f64]) -> (f64, Vec<f64>),
) -> Result<Vec<f64>, ValueError> {
    let tolerance = (TOLERANCE / customers).clamp(FINEST, 1e-6);
    converged(bfgs(start, tolerance, ROUNDS, function), customers)
}

/// The gradient of `value` by central differences.
pub(super) fn slopes(at: &[f64], value: &dyn Fn(&[f64]) -> f64) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let slope = |index: usize| {
        let shifted = |by: f64| {
            let mut there = at.to_vec();
            there[index] += by;
            value(&there)
        };
        (shifted(STEP) - shifted(-STEP)) / (2.0 * STEP)
    };
    (0..at.len()).map(slope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::History;

    #[test]
    fn a_part_has_as_many_customers_of_each_kind_as_the_whole_in_proportion() {
        let row = |repeats: u32, customers: f64| Counted {
            history: History { repeats, recency: f64::from(repeats), age: 300.0 },
            customers,
        };
        let all = [row(0, 600_000.0), row(1, 300_000.0), row(2, 99_990.0), row(3, 10.0)];
        let part = systematic(&all, 1e5, 2e4).expect("many customers");
        let of =
            |repeats| part.iter().filter(|row| row.history.repeats == repeats).map(|row| row.customers).sum::<f64>();
        assert_eq!((of(0), of(1), of(2) + of(3)), (12_000.0, 6_000.0, 2_000.0));
        assert_eq!(systematic(&all[3..], 1e5, 2e4), None);
    }
}
