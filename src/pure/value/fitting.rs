//! Fitting by maximum likelihood, the same way for every model: on very many customers first to some of them, then Newton's steps on all.

use super::history::Counted;
use crate::numeric::curvature;
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

/// The least value of the mean negative log likelihood `full` in the logarithms of its parameters, the best of several starts (in the
/// parameters themselves). `few` is the same function of a part of the customers.
pub(super) fn fit<const N: usize>(
    starts: &[[f64; N]],
    tolerance: f64,
    full: impl Fn(&[f64]) -> (f64, Vec<f64>),
    few: Option<impl Fn(&[f64]) -> (f64, Vec<f64>)>,
) -> Minimum {
    let search = |function: &dyn Fn(&[f64]) -> (f64, Vec<f64>)| {
        let found = starts.iter().map(|start| bfgs(&start.map(ln), tolerance, ROUNDS, function));
        found.min_by(|a, b| a.value.total_cmp(&b.value)).expect("there is a start")
    };
    let Some(few) = few else { return search(&full) };
    let near = search(&few);
    // Second derivatives of the part lead all customers to their own minimum: each step leaves a few hundredths of the distance.
    let curvature = curvature::hessian(&near.at, 1e-4, |at| few(at).1);
    let (mut at, mut value, mut gradient) = {
        let (value, gradient) = full(&near.at);
        (near.at.clone(), value, gradient)
    };
    let mut evaluations = near.evaluations;
    for _ in 0..STEPS {
        let largest = gradient.iter().fold(0.0f64, |most, g| most.max(g.abs()));
        if largest <= 1e-8 {
            return Minimum { at, value, gradient: largest, evaluations };
        }
        let Some(step) = curvature::solve(&curvature, &gradient) else { break };
        let next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at - step).collect();
        let (next_value, next_gradient) = full(&next);
        evaluations += 1;
        // Near the minimum rounding decides about the value, and the gradient about the place.
        let fell = next_gradient.iter().fold(0.0f64, |most, g| most.max(g.abs())) < largest;
        if !(next_value.is_finite() && fell) {
            break;
        }
        (at, value, gradient) = (next, next_value, next_gradient);
    }
    let largest = gradient.iter().fold(0.0f64, |most, g| most.max(g.abs()));
    if largest <= 1e-6 {
        return Minimum { at, value, gradient: largest, evaluations };
    }
    bfgs(&at, tolerance.max(1e-7), 200, full)
}

/// Standard errors of the logarithms of parameters at the minimum of the mean negative log likelihood of so many customers.
pub(super) fn standard_errors(
    at: &[f64],
    customers: f64,
    gradient: impl FnMut(&[f64]) -> Vec<f64>,
) -> Option<Vec<f64>> {
    let errors = curvature::standard_errors(at, 1e-4, gradient)?;
    Some(errors.into_iter().map(|error| error / customers.sqrt()).collect())
}

/// The least value from one start, which may be anywhere on the line.
pub(super) fn search(start: &[f64], tolerance: f64, function: impl FnMut(&[f64]) -> (f64, Vec<f64>)) -> Minimum {
    bfgs(start, tolerance, ROUNDS, function)
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
