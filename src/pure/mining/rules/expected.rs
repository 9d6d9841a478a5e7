//! How many baskets with both sides of a rule chance gives, and how likely more or fewer are.

use super::Counts;
use super::tails::{binomial_lower_tail, binomial_tail, lower_tail, upper_tail};

/// What the sizes of baskets leave to be tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sizes {
    /// Baskets of one size differ enough, or sizes are not asked.
    #[default]
    LeaveRoom,
    /// Nearly all baskets of some size hold both sides, so that all sizes together say what is expected there.
    Pooled,
    /// Nearly all baskets of some size hold both sides and all sizes together do not expect much less: no test can tell.
    TellAll,
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
        /// What sizes left to be tested.
        sizes: Sizes,
    },
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

    /// What the sizes of baskets left to be tested.
    pub(crate) fn sizes(&self) -> Sizes {
        match *self {
            Self::Margins(_) => Sizes::default(),
            Self::Sum { sizes, .. } => sizes,
        }
    }

    /// The probability of at least `both`.
    pub(crate) fn at_least(&self, both: u64) -> f64 {
        match *self {
            Self::Margins(counts) => upper_tail(Counts { both, ..counts }),
            Self::Sum { mean, variance, most, .. } => binomial_tail(both, mean, variance, most),
        }
    }

    /// The probability of at most `both`.
    pub(crate) fn at_most(&self, both: u64) -> f64 {
        match *self {
            Self::Margins(counts) => lower_tail(Counts { both, ..counts }),
            Self::Sum { mean, variance, most, .. } => binomial_lower_tail(both, mean, variance, most),
        }
    }
}
