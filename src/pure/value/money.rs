//! What is known of the value of customers' purchases.

use super::credibility::{Credibility, Own};
use super::spend::{GammaGamma, Spend};

/// What customers' purchases bring.
#[derive(Clone, Copy)]
pub enum Money<'a> {
    /// Nothing is known of it.
    Unknown,
    /// By the gamma-gamma model of purchases with money, times the share of purchases that have it.
    GammaGamma(&'a GammaGamma, &'a [Spend]),
    /// By credibility.
    Credible(&'a Credibility, &'a [Own]),
}

impl Money<'_> {
    /// The expected value of one purchase to come of a customer; NaN where nothing is known.
    pub fn each(&self, customer: usize) -> f64 {
        match self {
            Money::Unknown => f64::NAN,
            Money::GammaGamma(model, spends) => spends[customer].share * model.expected(&spends[customer]),
            Money::Credible(model, own) => model.expected(&own[customer]),
        }
    }
}
