//! The practice of response: who answers a contact, learned from a small trial, and who is like those of a seed list.
//!
//! Plain functions on rows, labels and scores. Knows no table, file, report or clock. The trials, the calibration and the judgement are
//! those of the room [`churn`](crate::churn), which learns and judges any yes or no. In reading order: [`trial`] says which rows of a
//! mailing count, [`contest`] tries models beside the base rate and the best single `column`, [`leaks`] names a column that knows too
//! much, [`band`] says how sure a probability is, [`depth`] how many to mail, [`sizes`] how large a trial must be; [`proof`] keeps what a trial
//! showed of its model, [`learned`] whom it learned from, [`unseen`] who can judge it beside a new one; [`space`] and
//! [`nearest`] measure distances, [`alike`] compares them with a classifier on a seed list.

pub mod alike;
pub mod band;
pub mod column;
pub mod contest;
pub mod depth;
#[cfg(test)]
mod evidence;
pub mod leaks;
pub mod learned;
pub mod nearest;
pub mod proof;
pub mod sizes;
pub mod space;
pub mod trial;
pub mod unseen;

use thiserror::Error;

use crate::churn::Unjudged;
use crate::learning::LearningError;

/// What a score claims. What a contact changes cannot be claimed here: that takes persons who were not contacted, and another room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Claim {
    /// The chance to respond when contacted.
    Response,
    /// The chance to be of the seed list's kind.
    LookAlike,
}

impl Claim {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Claim::Response => "response",
            Claim::LookAlike => "look-alike",
        }
    }
}

/// Why nothing was learned; each message says what to do.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ResponseError {
    /// Too few persons of one kind for two folds.
    #[error(
        "{positives} of {rows} persons are of the kind that is looked for: two folds at least need persons of both kinds"
    )]
    TooFew {
        /// Persons.
        rows: usize,
        /// Those who responded, or are on the seed list.
        positives: usize,
    },
    /// An amount of money that cannot be.
    #[error(
        "the margin of a response is {margin} and the cost of a contact {cost}: both are finite and the cost is at least 0"
    )]
    Money {
        /// Margin of a response.
        margin: f64,
        /// Cost of a contact.
        cost: f64,
    },
    /// Rows that cannot be computed with.
    #[error(transparent)]
    Learning(#[from] LearningError),
}

impl From<Unjudged> for ResponseError {
    fn from(error: Unjudged) -> ResponseError {
        match error {
            Unjudged::TooFew { customers, left } => ResponseError::TooFew { rows: customers, positives: left },
            Unjudged::NoOrigin(error) | Unjudged::Learning(error) => ResponseError::Learning(error),
            Unjudged::OneSided => ResponseError::TooFew { rows: 0, positives: 0 },
        }
    }
}
