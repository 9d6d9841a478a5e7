//! Numbers that the pure rooms share: random streams, special functions, order statistics, fixed-order sums.
//!
//! Knows nothing of customers, orders, files or tables. Every function cites the formula it implements.

pub mod calendar;
pub mod chi_square;
pub mod curvature;
pub mod erf;
mod exponential;
pub mod gamma;
pub mod hypergeometric;
pub mod incidence;
pub mod integrate;
pub mod kaplan_meier;
pub mod linear;
pub mod math;
pub mod minimise;
pub mod quantile;
pub mod random;
pub mod shares;
pub mod student;
