//! What a customer is worth: how many purchases are still to come, and of what size.
//!
//! Knows purchase histories as repeats, recency and age in any unit of time; not what a shop, an order or a horizon's label is.
//! In reading order: [`history`] is what the models read and [`outlook`] what all of them say of the time to come; [`geometric`] has
//! BG/NBD and MBG/NBD, [`regular`] the same for regular buyers, [`pareto`] Pareto/NBD, [`mixed_regularity`] Pareto/GGG, [`opportunities`]
//! BG/BB, [`covariates`] what sets customers apart from the start; [`contracts`] has sBG, [`spend`] the gamma-gamma model of money and
//! [`credibility`] what is used where that is refused. [`forecast()`] puts them together for all customers.

#[cfg(test)]
mod cdnow;
mod cells;
pub mod contracts;
pub mod covariates;
pub mod credibility;
#[cfg(test)]
mod draws;
mod error;
mod fitting;
pub mod forecast;
pub mod geometric;
pub mod history;
pub mod mixed_regularity;
mod money;
pub mod opportunities;
pub mod outlook;
pub mod pareto;
mod pareto_likelihood;
pub mod regular;
pub mod spend;
mod sums;

pub use cells::{Within, expected, within};
pub use contracts::{ShiftedBetaGeometric, Term};
pub use covariates::ByClass;
pub use credibility::{Credibility, Own};
pub use error::ValueError;
pub use forecast::{Ahead, Forecasts, forecast};
pub use geometric::{Dropout, Geometric};
pub use history::{Counted, History, aggregate};
pub use mixed_regularity::MixedRegularity;
pub use money::Money;
pub use opportunities::Opportunities;
pub use outlook::{Purchases, Record, State};
pub use pareto::Pareto;
pub use regular::{Regular, log_gaps, regularity};
pub use spend::{GammaGamma, Spend};
