//! What a customer is worth: how many purchases are still to come, and of what size.
//!
//! Knows purchase histories as repeats, recency and age in any unit of time; not what a shop, an order or a horizon's label is.
//! In reading order: [`history`] is what the models read; [`geometric`] has BG/NBD and MBG/NBD, [`pareto`] Pareto/NBD, [`spend`] the
//! gamma-gamma model of money.

#[cfg(test)]
mod cdnow;
mod error;
pub mod geometric;
pub mod history;
pub mod pareto;
pub mod spend;

pub use error::ValueError;
pub use geometric::{Dropout, Geometric};
pub use history::{Counted, History, aggregate};
pub use pareto::Pareto;
pub use spend::{GammaGamma, Spend};
