//! Who bought what on the last days, by day: an offer's window reaches back over few of them.

use super::super::bought::Bought;
use super::super::data::Sequences;
use std::ops::RangeInclusive;

/// A purchase.
pub(super) struct Row {
    day: i64,
    /// Day on which the customer bought the item again; the end of time if never.
    pub next_day: i64,
    pub customer: u32,
    pub element: u32,
}

/// Purchases of each item from a day on, by day; those of item `i` are `first_of[i]..first_of[i + 1]`.
pub(super) struct Recent {
    rows: Vec<Row>,
    first_of: Vec<usize>,
}

impl Recent {
    pub fn new(history: &Sequences, bought: &Bought, from_day: i64) -> Self {
        let mut recent = Recent { rows: Vec::new(), first_of: vec![0] };
        for item in 0..history.item_count() {
            let start = recent.rows.len();
            for of_customer in bought.by_customer(item) {
                let mut next_day = i64::MAX;
                for &(customer, element) in of_customer.iter().rev() {
                    let day = history.day_of(element as usize);
                    if day < from_day {
                        break;
                    }
                    recent.rows.push(Row { day, next_day, customer, element });
                    next_day = day;
                }
            }
            recent.rows[start..].sort_unstable_by_key(|row| (row.day, row.element));
            recent.first_of.push(recent.rows.len());
        }
        recent
    }

    /// The purchases of an item on these days.
    pub fn of(&self, item: u32, days: RangeInclusive<i64>) -> &[Row] {
        let rows = &self.rows[self.first_of[item as usize]..self.first_of[item as usize + 1]];
        let from = rows.partition_point(|row| row.day < *days.start());
        let to = rows.partition_point(|row| row.day <= *days.end());
        rows.get(from..to).unwrap_or(&[])
    }
}
