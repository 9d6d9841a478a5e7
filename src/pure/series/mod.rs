//! What a series of figures at equal distances is made of: trend, season, cycle and irregular part.
//!
//! Knows numbers in the order of time and how many of them make a year; not what they count or whose they are. [`season`] alone knows
//! months.
//! In reading order: [`shared_index()`] takes out what a whole shop shares; [`split()`] takes one short series apart; [`classical()`] and
//! [`stl()`] take long ones apart, [`Strength`] says how much of the movement is trend or season;
//! [`MonthIndex`] is the season of the months of a calendar.

#[cfg(test)]
mod air_passengers;
mod classical;
mod error;
mod index;
mod least_squares;
mod loess;
pub mod season;
mod split;
mod stl;
mod strength;

pub use classical::{Classical, Form, classical};
pub use error::SeriesError;
pub use index::shared_index;
pub use least_squares::{Line, line, shrunk};
pub use season::{Clock, MonthIndex};
pub use split::{OWN_SEASON, Split, split};
pub use stl::{Stl, StlSettings, stl};
pub use strength::Strength;
