//! Why a model of value could not be fitted.

use thiserror::Error;

/// What is wrong, and what to do.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ValueError {
    /// No customers.
    #[error("there is no customer to fit a purchase model to: widen the observation window")]
    NoCustomers,
    /// Nobody has ever come back.
    #[error("no customer has bought twice: a purchase model needs repeat purchases")]
    NoRepeats,
    /// A history that cannot be.
    #[error(
        "customer {row} has {repeats} repeats, recency {recency} and age {age}: recency must lie within 0 and the age, and be 0 exactly without repeats"
    )]
    History {
        /// Index of the history.
        row: usize,
        /// Repeat purchases.
        repeats: u32,
        /// Time from first to last purchase.
        recency: f64,
        /// Time from first purchase to the as-of date.
        age: f64,
    },
    /// The likelihood has no finite maximum that could be found.
    #[error(
        "the purchase model did not converge (largest gradient {gradient:.1e}): use a longer history or fewer extreme customers"
    )]
    NoFit {
        /// The largest component of the gradient where the search ended.
        gradient: f64,
    },
    /// Money that cannot be.
    #[error(
        "customer {row} has a mean spend of {money}: it must be positive and finite; leave returns and free orders out"
    )]
    Money {
        /// Index of the customer.
        row: usize,
        /// The mean spend.
        money: f64,
    },
    /// Contracts that say nothing of renewals.
    #[error("no contract has ended, or none was renewed: a model of renewals needs both")]
    NoEnds,
    /// A gamma-gamma model without a mean.
    #[error(
        "the gamma-gamma model has q = {q:.2}: with q at most 1 the mean spend of customers is infinite; a few extreme orders are the usual cause"
    )]
    NoMeanSpend {
        /// Its second shape.
        q: f64,
    },
    /// Money and frequency go together.
    #[error(
        "frequency and mean spend have a correlation of {correlation:.2}: the gamma-gamma model takes them for independent"
    )]
    SpendWithFrequency {
        /// Over customers with repeats.
        correlation: f64,
    },
}
