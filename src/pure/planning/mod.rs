//! Which customer gets which contact: the plan with the most value within budget, capacities, quotas and shares, and how good it is at most.
//!
//! Knows customers, options and limits as numbers; knows nothing of where values come from, of files, names, the clock or configuration.
//! Values and costs are whole ten-thousandths of the currency unit and prices are whole numbers of a fixed scale, so every sum is exact: the
//! bound is a proof, and neither threads nor the order of rows change a byte. Who must not be contacted, or is held back as control, is
//! no candidate.
//!
//! In reading order: [`Candidates`] become [`Choices`], the rules within a household among them; [`Limit`] says what the plan may use;
//! `best` chooses for one unit at given prices, `pass` for all; `dual` finds the prices by `simplex`, `prices` finds them for many
//! customers; `draft`, `repair` and `search` make whole contacts of it; [`plan()`] is the whole way, `infeasible` the proof that no plan
//! meets the limits. [`Plan::with_bounds`] says what other limits would bring, [`Plan::without`] why a customer got nothing.

mod best;
mod candidates;
mod draft;
mod dual;
mod infeasible;
mod limits;
mod pass;
mod plan;
mod prices;
#[cfg(test)]
mod proofs;
mod reasons;
mod repair;
mod search;
mod sensitivity;
mod simplex;

pub use candidates::{Candidates, Choices, LARGEST_COST, LARGEST_VALUE, Persons, PlanError};
pub use limits::{Limit, MILLION, MOST_LIMITS, Measure, PENALTY, Sense};
pub use plan::{CLOSED, Plan, Standing, Use, plan};
pub use reasons::Why;
pub use sensitivity::Change;
