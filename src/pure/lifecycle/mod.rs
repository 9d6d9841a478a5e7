//! Where each customer is in the life of a customer, how customers move between stages, and what that is worth.
//!
//! Stages follow rules on purchase days or on the dates of contracts, evaluated at one date after the other. What was said of a date
//! depends on nothing that came later, so past stages never change when they are computed again. Knows nothing of files, names, clocks,
//! settings or models of other rooms; customers are dense ids, dates are civil seconds.
//!
//! In reading order: [`STAGES`] says what there is; [`Rules`] decide by the customer's own [`Rhythm`], [`ContractRules`] by dates;
//! [`track()`] and [`track_contracts()`] walk through the dates; [`Matrix`] counts who moved, [`changed_arrows()`] says which arrow differs
//! from the step before, [`Odds`] what comes next; [`discounted()`] and [`best_policy()`] put money on the matrix; [`hidden`] is the
//! rival of the rules.

mod change;
mod contracts;
pub mod hidden;
mod matrix;
mod money;
mod odds;
#[cfg(test)]
mod proofs;
mod rewards;
mod rhythm;
mod rules;
mod stage;
mod track;

pub use change::{Arrow, changed_arrows};
pub use contracts::ContractRules;
pub use matrix::{Bridge, Matrix, migrations, two_step_gap};
pub use money::{MoneyError, best_policy, best_within, discounted, invested};
pub use odds::{Odds, band_now};
pub use rewards::{Contact, Flow, Rewards, Valued, rewards};
pub use rhythm::{Rhythm, purchase_days};
pub use rules::{Reading, Rules, RulesError, VERSION};
pub use stage::{Change, STAGES, Stage, StageRow};
pub use track::{State, Track, track, track_contracts};
