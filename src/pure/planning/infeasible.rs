//! The proof that no plan meets the limits.
//!
//! With all values 0, a plan that meets the limits has value 0, and every D(λ) is at least that. So one D(λ) below 0, in whole numbers, proves
//! that there is none.
//! Source: J. Farkas, "Theorie der einfachen Ungleichungen", Journal für die reine und angewandte Mathematik 124, 1902.

use super::candidates::Choices;
use super::limits::{Limit, rows};
use super::prices::solve;

/// Whether it is proven that no plan meets the limits, not even one that treats a customer in parts.
pub(super) fn impossible(choices: &Choices, limits: &[Limit]) -> bool {
    let valueless = choices.valueless();
    rows(limits, &valueless).is_ok_and(|rows| solve(&valueless, &rows).cut.dual < 0)
}
