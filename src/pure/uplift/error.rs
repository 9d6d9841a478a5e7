//! Why nothing is said about effects.

use thiserror::Error;

use crate::learning::LearningError;

/// What makes a trial unfit; each message says what to do.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum UpliftError {
    /// Nobody was left without a contact.
    #[error(
        "no row is of the control arm: without people who were left alone there is a response but no effect; keep a control group, or use a response model"
    )]
    NoControl,
    /// An arm with too few people.
    #[error(
        "arm {arm} has {customers} customers, at least {least} are needed: wait for more results, or leave the arm out"
    )]
    ArmTooSmall {
        /// 0 is control.
        arm: u32,
        /// Customers in it.
        customers: usize,
        /// How many there must be.
        least: usize,
    },
    /// The outcome is the same for everybody.
    #[error("all {rows} outcomes are {outcome}: nothing can differ between the arms; wait until outcomes have come in")]
    SameOutcome {
        /// How many rows.
        rows: usize,
        /// The one outcome.
        outcome: f64,
    },
    /// A probability that is none.
    #[error("row {row} has the probability {probability} of its arm: it must be above 0 and at most 1")]
    Probability {
        /// The row, from 0.
        row: usize,
        /// What was found.
        probability: f64,
    },
    /// An outcome that is not a number.
    #[error("row {row} has the outcome {outcome}: it must be a finite number")]
    Outcome {
        /// The row, from 0.
        row: usize,
        /// What was found.
        outcome: f64,
    },
    /// No arm beside control.
    #[error("there is no arm beside the control arm: nothing can be compared")]
    OneArm,
    /// Columns of different lengths, or a model that failed.
    #[error(transparent)]
    Learning(#[from] LearningError),
}
