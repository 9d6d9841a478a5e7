//! What time does to a shop's figures: seasons.
//!
//! Knows days, months and numbers; not customers, orders, models or files.

pub mod season;

pub use season::{Clock, MonthIndex};
