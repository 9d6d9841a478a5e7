//! A few orders and rows for tests.

use super::ground::{DatedRow, Shop};
use super::occurrence::Occurrence;
use super::rule::Rule;
use crate::numeric::calendar::DAY;
use crate::orders::{AsOf, Lines, Orders, Returns};

/// Orders of one line each: person, item, day, pieces, price of a piece.
pub(super) fn orders(persons: usize, rows: &[(u32, u32, i64, i64, i64)]) -> Orders {
    let mut lines = Lines::default();
    for (order, &(person, item, day, pieces, price)) in rows.iter().enumerate() {
        lines.customer.push(person);
        lines.order.push(order as u32);
        lines.item.push(item);
        lines.time.push(day * DAY + 3_600);
        lines.quantity.push(pieces * 1_000);
        lines.amount.push(pieces * price * 10_000);
    }
    Orders::new(persons, lines, Returns::default()).expect("sound")
}

/// What a rule finds in orders and its table, from a night to the last one.
pub(super) fn found(rule: &Rule, orders: &Orders, table: Vec<DatedRow>, from: i64, through: i64) -> Vec<Occurrence> {
    let rules = [Rule { table: Some(0), ..rule.clone() }];
    let shop = Shop::new(AsOf::new(orders, through * DAY), vec![table], &rules, 0);
    shop.ground(&rules, from).occurrences(&rules)
}

/// The days of occurrences: cause, due, last night.
pub(super) fn days(found: &[Occurrence]) -> Vec<(i64, i64, i64)> {
    found.iter().map(|one| (one.cause, one.due, one.expires)).collect()
}
