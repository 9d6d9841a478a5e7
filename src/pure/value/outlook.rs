//! What a fitted model says of the purchases to come, in one form for all models.
//!
//! A customer's history leaves a few [`State`]s in which the customer may still be there, each with its probability. What follows
//! depends on the state alone, and customers share states, so that it is computed once for each and not for every customer.

use super::history::History;
use crate::numeric::gamma::{beta_share, ln_beta};
use crate::numeric::integrate::unit_nodes;
use crate::numeric::math::{exp, ln, ln_1p};

/// One customer as the models read them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// The purchases.
    pub history: History,
    /// Sum of the logarithms of the times between purchases, in the unit of time of the history; 0 without repeats. Only models of
    /// regular buyers read it.
    pub log_gaps: f64,
    /// The number of the customer's set of covariates; 0 where a model has none.
    pub class: u32,
}

impl From<History> for Record {
    fn from(history: History) -> Record {
        Record { history, log_gaps: 0.0, class: 0 }
    }
}

/// A way of still being a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// Repeat purchases.
    pub repeats: u32,
    /// Time from the first purchase to the as-of date.
    pub age: f64,
    /// What else the model needs to know, as a number of its own.
    pub phase: u32,
}

impl State {
    /// A key by which equal states are found.
    pub fn key(&self) -> (u32, u32, u64) {
        (self.phase, self.repeats, (self.age + 0.0).to_bits())
    }
}

/// A fitted model of purchases.
pub trait Purchases: Sync {
    /// Adds the states in which the customer may still be there with their probabilities; these sum to P(alive).
    fn states(&self, record: &Record, states: &mut Vec<(f64, State)>);

    /// P(at least n purchases within `horizon`) for n = 1, 2, … of a customer in this state, until it is below [`LEAST`]; at least one.
    fn tail(&self, state: &State, horizon: f64) -> Vec<f64>;

    /// P(at least one purchase within `time`) of a customer in this state.
    fn first(&self, state: &State, time: f64) -> f64 {
        self.tail(state, time)[0]
    }

    /// The expected number of purchases within `horizon` of a customer in this state.
    fn mean(&self, state: &State, horizon: f64) -> f64;

    /// The expected number of all purchases to come of a customer in this state, each discounted by e^(−`discount`·time); `discount`
    /// is above 0.
    fn residual(&self, state: &State, discount: f64) -> f64;

    /// Whether a record's [`Record::log_gaps`] matters to the states of the customer.
    fn reads_gaps(&self) -> bool {
        false
    }

    /// P(alive): the probability that the customer has not dropped out.
    fn alive(&self, record: &Record) -> f64 {
        let mut states = Vec::new();
        self.states(record, &mut states);
        states.iter().map(|(weight, _)| weight).sum()
    }

    /// ln P(exactly `count` purchases within `horizon`).
    fn log_chance(&self, record: &Record, horizon: f64, count: u32) -> f64 {
        let mut states = Vec::new();
        self.states(record, &mut states);
        let gone = 1.0 - states.iter().map(|(weight, _)| weight).sum::<f64>();
        let within = |(weight, state): &(f64, State)| weight * chance(&self.tail(state, horizon), count);
        ln((if count == 0 { gone } else { 0.0 } + states.iter().map(within).sum::<f64>()).max(1e-12))
    }
}

/// Tails end where they are below this.
pub const LEAST: f64 = 1e-10;

/// P(exactly `count`) by the tail P(at least 1), P(at least 2), …
pub fn chance(tail: &[f64], count: u32) -> f64 {
    let at_least = |n: usize| if n == 0 { 1.0 } else { tail.get(n - 1).copied().unwrap_or(0.0) };
    (at_least(count as usize) - at_least(count as usize + 1)).max(0.0)
}

/// The fewest n with P(at most n) of at least `share`, by the tail.
pub fn most(tail: &[f64], share: f64) -> u32 {
    tail.iter().position(|&above| 1.0 - above >= share).unwrap_or(tail.len()) as u32
}

/// P(the n-th purchase comes within `time` to a customer who never leaves) for n = 1, 2, …, where the customer's own rate of events
/// follows a gamma distribution with `shape` and `rate`, every `every`-th event is a purchase, and `before` events have passed since the
/// last one.
pub(super) fn purchases_within(shape: f64, rate: f64, every: u32, before: u32, time: f64) -> Vec<f64> {
    let share = time / (rate + time);
    let none = -shape * ln_1p(time / rate);
    let mut tail = Vec::new();
    let (mut chance, mut below, mut event) = (exp(none), 0.0, 0u32);
    for purchase in 1..100_000u32 {
        let needed = purchase * every - before;
        let reached = if none > -600.0 {
            while event < needed {
                below += chance;
                chance *= (shape + f64::from(event)) / f64::from(event + 1) * share;
                event += 1;
            }
            1.0 - below
        } else {
            // The chance of no event is too small to be written: the same tail as a share of the beta distribution.
            beta_share(f64::from(needed), shape, share)
        };
        tail.push(reached.clamp(0.0, 1.0));
        // 1 − `below` keeps an error of rounding.
        if reached <= 1e-12 {
            break;
        }
    }
    tail
}

/// P(staying through n − 1 chances to leave) for n = 1, 2, … where the chance follows a beta distribution (a, b).
pub(super) fn staying(a: f64, b: f64) -> impl Iterator<Item = f64> {
    let mut stay = 1.0;
    (0..).map(move |chances| {
        let now = stay;
        stay *= (b + f64::from(chances)) / (a + b + f64::from(chances));
        now
    })
}

/// Nodes x, 1 − x and weights of the mean of a smooth function over a beta distribution (a, b). Where that is narrow they stand on the
/// logit of x, half a standard deviation apart, which integrates it to machine precision (L. Trefethen, J. Weideman, "The exponentially
/// convergent trapezoidal rule", SIAM Review 56(3), 2014); where it is wide, as those of an integral with infinite ends. With tiny shapes
/// much of the distribution lies nearer to an end than any node: that part stands at 0 and at 1 themselves.
pub(super) fn beta_nodes(a: f64, b: f64) -> Vec<(f64, f64, f64)> {
    const SIDE: i32 = 18;
    let spread = 1.0 / a + 1.0 / b;
    let density =
        |(x, rest, weight): (f64, f64, f64)| (x, rest, weight * exp(a * ln(x) + b * ln(rest) - ln_beta(a, b)));
    if spread > 0.25 {
        let mut nodes: Vec<_> = unit_nodes().map(|(x, rest, weight)| density((x, rest, weight / (x * rest)))).collect();
        let missing = 1.0 - nodes.iter().map(|node| node.2).sum::<f64>();
        if missing > 1e-9 {
            // Shared between the two ends so that the mean is right.
            let mean: f64 = nodes.iter().map(|node| node.2 * node.0).sum();
            let high = (a / (a + b) - mean).clamp(0.0, missing);
            nodes.extend([(0.0, 1.0, missing - high), (1.0, 0.0, high)]);
        }
        return nodes;
    }
    let (middle, step) = (ln(a / b), 0.5 * spread.sqrt());
    (-SIDE..=SIDE)
        .map(|place| {
            let logit = middle + step * f64::from(place);
            density((1.0 / (1.0 + exp(-logit)), 1.0 / (1.0 + exp(logit)), step))
        })
        .collect()
}

/// Ends a tail where it is below [`LEAST`], but keeps one.
pub(super) fn cut(mut tail: Vec<f64>) -> Vec<f64> {
    let kept = tail.iter().position(|&reached| reached < LEAST).unwrap_or(tail.len()).max(1);
    tail.truncate(kept);
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_hold_all_of_the_distribution() {
        for (a, b) in [(1e-6, 3.0), (1e-3, 20.0), (0.8, 2.4), (4.0, 1e-3), (1e-3, 2e-3), (300.0, 900.0), (2e-3, 1e-5)] {
            let nodes = beta_nodes(a, b);
            let all: f64 = nodes.iter().map(|node| node.2).sum();
            let mean: f64 = nodes.iter().map(|node| node.2 * node.0).sum();
            assert!((all - 1.0).abs() < 1e-6, "{a} {b}: {all}");
            assert!((mean - a / (a + b)).abs() < 1e-3 * (a / (a + b)), "{a} {b}: {mean}");
        }
    }
}
