//! What the customers of a shop are worth: the practice of value on top of the models in `value` and the learners in `learning`.
//!
//! Knows purchases by day, money and dates; not tables, files or clocks. In reading order: [`ledger`] is what was bought, [`season`] when
//! the shop is busy, [`candidates`] which models there are, [`challenger`] the learner beside them, [`judging`] how a
//! forecast is judged and [`origins`] at which dates, [`parts`] what worth consists of, [`equity`]
//! how it changes from run to run, [`promises`] what became of earlier forecasts; [`renewals`] is for
//! businesses with contracts.

pub mod candidates;
pub mod challenger;
pub mod equity;
#[cfg(test)]
mod evidence;
pub mod judging;
pub mod ledger;
pub mod origins;
pub mod parts;
pub mod promises;
pub mod renewals;
pub mod season;
