//! What chance alone would make of two sides of a rule, given how often each is bought.

use super::super::baskets::Baskets;
use super::significance::{binomial_lower_tail, binomial_tail, lower_tail, upper_tail};
use super::sizes::BySize;
use super::{Counts, Test};

/// What is taken for chance.
pub(crate) enum Chance<'a> {
    /// Every basket is as likely as any other to hold an item.
    Independence,
    /// Large baskets hold some of everything.
    BySize(Box<BySize<'a>>),
}

/// How many baskets with both sides chance gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Expected {
    /// A hypergeometric number with the margins of these counts.
    Margins(Counts),
    /// A sum of many small numbers, taken for binomial.
    Sum {
        /// The expected number.
        mean: f64,
        /// Its variance.
        variance: f64,
        /// The greatest that it can be.
        most: u64,
    },
}

impl<'a> Chance<'a> {
    /// What the test takes for chance in these baskets, whose weights are not looked at by size.
    pub(crate) fn new(baskets: &'a Baskets, test: Test) -> Self {
        match test {
            Test::BasketSize => Self::BySize(Box::new(BySize::new(baskets))),
            Test::Fisher | Test::ChiSquared => Self::Independence,
        }
    }

    /// What is expected of each pair of sides, whose counts are given in the same order.
    pub(crate) fn expect(&self, sides: &[(&[u32], &[u32])], counts: impl Fn(usize) -> Counts) -> Vec<Expected> {
        match self {
            Self::Independence => (0..sides.len()).map(|at| Expected::Margins(counts(at))).collect(),
            Self::BySize(by_size) => by_size.expect(sides),
        }
    }
}

impl Default for Expected {
    fn default() -> Self {
        Self::Margins(Counts::default())
    }
}

impl Expected {
    /// The expected number of baskets.
    pub(crate) fn baskets(&self) -> f64 {
        match *self {
            Self::Margins(counts) => counts.left as f64 * counts.right as f64 / counts.total.max(1) as f64,
            Self::Sum { mean, .. } => mean,
        }
    }

    /// The probability of at least `both`.
    pub(crate) fn at_least(&self, both: u64) -> f64 {
        match *self {
            Self::Margins(counts) => upper_tail(Counts { both, ..counts }),
            Self::Sum { mean, variance, most } => binomial_tail(both, mean, variance, most),
        }
    }

    /// The probability of at most `both`.
    pub(crate) fn at_most(&self, both: u64) -> f64 {
        match *self {
            Self::Margins(counts) => lower_tail(Counts { both, ..counts }),
            Self::Sum { mean, variance, most } => binomial_lower_tail(both, mean, variance, most),
        }
    }
}
