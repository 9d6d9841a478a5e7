//! Whom a contact changes: effects of arms against control, learned from trials, judged, and made money.
//!
//! Knows trials, arms with their chances, outcomes and features; not mails, offers as tables, files or clocks. In reading order:
//! [`trial`] is what is learned from, `expected` and `line` the two kinds of model, `forest` a third, [`grouped`] with [`groups`], `levels` and
//! `penalties` a fourth, [`learners`] what is made of them and [`crossed`] how, so that nobody is judged by models that saw them; [`qini`],
//! [`rate`] and [`policy`] are the measures, [`shrinking`] takes back what a choice of the highest promises too much, [`judging`] puts
//! learners beside rules, and [`verdict`] says what to do.

pub mod crossed;
mod error;
#[cfg(test)]
mod evidence;
mod expected;
mod forest;
pub mod grouped;
pub mod groups;
#[cfg(test)]
mod hillstrom;
pub mod interval;
pub mod judging;
pub mod learners;
mod levels;
mod line;
mod mixture;
pub mod money;
mod penalties;
pub mod policy;
pub mod qini;
pub mod rate;
mod robust;
mod rules;
pub mod shrinking;
mod sums;
pub mod trial;
pub mod verdict;

pub use error::UpliftError;
pub use trial::{Rows, SetAside, Trial};
