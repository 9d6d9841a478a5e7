//! A made-up shop: a seeded, streaming generator of order histories whose truth is known, for demonstrations and tests.
//!
//! Knows nothing of files, pipelines or what will be done with the data. Read [`settings`] for what can be asked,
//! [`catalogue`] and [`customers`] for what is planted (`economy` and `voices` for costs, channels, surveys and complaints,
//! [`responses`] and `mailings` for campaigns), [`dirt`] for what is wrong with the export, [`shop`] for how a day goes by, [`truth`] for what a
//! test can check.

pub mod catalogue;
pub mod channels;
pub mod customers;
pub mod dirt;
mod draws;
mod economy;
#[cfg(test)]
mod effects;
#[cfg(test)]
mod evidence;
pub mod files;
pub mod goods;
mod ledger;
mod mailings;
mod planted;
pub mod responses;
mod seasons;
pub mod settings;
pub mod shop;
pub mod truth;
mod voices;

pub use files::{FILES, File, Piece};
pub use settings::{DemoError, ShopSettings};
pub use shop::generate;
pub use truth::Truth;
