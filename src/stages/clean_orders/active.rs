//! An as-of date that leaves almost no customer active is wrong: the date itself, or the files that should reach it.

use super::raw::Raw;
use crate::cleaning::{Cleaned, Fate};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::active_customers;
use crate::orders::NONE;
use crate::stage::Context;

/// Days before a date within which a customer with an order is active.
const ACTIVE_DAYS: i32 = 365;

/// Refuses an as-of date at which fewer customers are active than `least` of the most that ever were, 0 to 1.
pub fn hold(least: f64, cx: &Context, raw: &Raw, cleaned: &Cleaned) -> Result<()> {
    let Ok(as_of) = cx.as_of() else { return Ok(()) };
    if least <= 0.0 {
        return Ok(());
    }
    let mut orders: Vec<(u32, i32)> = Vec::new();
    for (row, &fate) in cleaned.fates.iter().enumerate() {
        let customer = cleaned.customers.get(raw.customer.1[row]);
        if fate == Fate::OrderLine && customer != NONE {
            orders.push((customer, raw.day[row]));
        }
    }
    let later = cleaned.waterfall.step(Fate::Later).rows;
    let help = "correct as_of under [run] (or --as-of), or see whether the newest files are there; if the shop really was that \
                quiet, write min_active = 0 in this stage"
        .to_owned();
    if orders.is_empty() && later > 0 && later == cleaned.waterfall.rows {
        let message = format!("the as-of date {as_of} lies before all {later} order lines, so no customer is known");
        return Problem::new(&codes::NOBODY_ACTIVE, message).help(help).err();
    }
    let active = active_customers(orders, ACTIVE_DAYS, as_of.days());
    if active.now as f64 >= least * active.most as f64 {
        return Ok(());
    }
    let message = format!(
        "as of {as_of}, {} customers have an order within {ACTIVE_DAYS} days, where {} had at best: {:.2} % of them, at least \
         {:.2} % must",
        active.now,
        active.most,
        100.0 * active.now as f64 / active.most as f64,
        100.0 * least
    );
    Problem::new(&codes::NOBODY_ACTIVE, message).help(help).err()
}
