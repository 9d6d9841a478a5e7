//! What to offer to whom: two products that are judged apart. *Repurchase* offers what a customer buys again;
//! *cross-sell* offers what they have never bought.
//!
//! Knows nothing of item names, prices, consent or channels: customers and items are dense numbers, times are civil
//! seconds. Every ranker is one row of [`rankers::RANKERS`]; [`mod@backtest`] says which is worth using on the data at hand,
//! beside popularity; [`offers`] makes the offers with the figures that a reason in words needs.

pub mod backtest;
#[cfg(test)]
mod evidence;
mod inverse;
pub mod offers;
pub mod ownership;
pub mod purchases;
pub mod rankers;
pub mod rules;
pub mod weights;

pub use backtest::{Backtest, Score, backtest};
pub use offers::{Because, Offer, OfferSettings, Recommender, recommend};
pub use purchases::{Grouping, Purchases, PurchasesError};
pub use rankers::{Product, RANKERS, Ranker};
pub use rules::OfferRule;
