//! Hidden states of customers beside the stages by rules: a hidden Markov model of who buys when.
//!
//! A customer is in one of a few states that nobody sees; each period the state decides whether and on how many days the customer
//! buys, with the shop's season, and may change for the next (O. Netzer, J. Lattin, V. Srinivasan, "A hidden Markov model of customer
//! relationship dynamics", Marketing Science 27, 2008, with season as the covariate and without their hierarchy of customers).
//!
//! In reading order: [`Chain`] does the arithmetic of chains; [`Sequences`] holds what customers did; [`Hidden`] is fitted to it;
//! [`judge()`] says whether it predicts the next period better than the rules. What a customer's state is at a date comes from the past alone
//! (filtered): smoothed states know the future.

mod chain;
mod fit;
mod judge;
mod rates;
mod sequences;

pub use chain::{Chain, Passed, Start};
pub use fit::{Hidden, HiddenError};
pub use judge::{Verdict, judge};
pub use rates::{Rates, Tally};
pub use sequences::{LEVELS, Sequence, Sequences};
