//! What a person should look at before trusting the result; no row is changed for it.

use rayon::prelude::*;

use super::fate::Fate;
use super::lines::{Lines, NONE};
use super::pattern::{is_usual, marked, one_letter};
use super::settings::CleaningSettings;
use super::spelling::Ids;

/// Something about the data that a person should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Its name in tables and reports.
    pub name: &'static str,
    /// What it says, in words that follow the count.
    pub meaning: &'static str,
    /// How often.
    pub count: u64,
    /// The first row concerned, where there is one.
    pub first_row: Option<u32>,
}

/// All that is worth a look in the rows of `history` (row numbers, ascending); duplicates do not count.
pub fn notes(lines: &Lines, fates: &[Fate], history: &[u32], settings: &CleaningSettings, ids: &Ids) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |name, meaning, count, first_row| {
        if count > 0 {
            notes.push(Note { name, meaning, count, first_row });
        }
    };
    for (name, meaning, merged) in [
        ("merged-items", "spellings of item codes brought together with another one", ids.items.merged),
        ("merged-customers", "spellings of customer ids brought together with another one", ids.customers.merged),
        ("merged-orders", "spellings of order numbers brought together with another one", ids.orders.merged),
    ] {
        note(name, meaning, u64::from(merged), None);
    }
    for (name, meaning, patterns) in [
        (
            "usual-cancelled",
            "order numbers, more than half, match `cancelled_orders`, which was therefore not applied",
            &settings.cancelled_orders,
        ),
        (
            "usual-adjustment",
            "order numbers, more than half, match `adjustment_orders`, which was therefore not applied",
            &settings.adjustment_orders,
        ),
    ] {
        let marked = marked(patterns, &ids.orders);
        if is_usual(&marked) {
            note(name, meaning, marked.iter().filter(|&&marked| marked).count() as u64, None);
        }
    }

    let letters = one_letter(&ids.items);
    if is_usual(&letters) {
        note(
            "usual-letters",
            "item codes, more than half, are one letter, so `service_items` was not applied to such codes",
            letters.iter().filter(|&&letter| letter).count() as u64,
            None,
        );
    }

    let rows_with = |unusual: &(dyn Fn(usize) -> bool + Sync)| {
        let rows = history.par_iter().filter(|&&row| fates[row as usize] != Fate::Duplicate && unusual(row as usize));
        rows.fold(
            || (0u64, None),
            |(count, first): (u64, Option<u32>), &row| (count + 1, Some(first.map_or(row, |first| first.min(row)))),
        )
        .reduce(|| (0, None), |a, b| (a.0 + b.0, [a.1, b.1].into_iter().flatten().min()))
    };
    let beyond = |limit: f64, unit: f64| {
        let limit = (limit * unit) as i64;
        move |value: i64| value.saturating_abs() > limit
    };
    let large = beyond(settings.note_quantity_above, 1_000.0);
    let (count, first) = rows_with(&|row| large(lines.quantity[row]));
    note("large-quantity", "rows with more pieces than `note_quantity_above`", count, first);
    let dear = beyond(settings.note_unit_price_above, 10_000.0);
    let (count, first) = rows_with(&|row| dear(lines.unit_price[row]));
    note("large-price", "rows with a unit price beyond `note_unit_price_above`", count, first);

    let [times, buyers] = orders_with_several(lines, fates, history, ids);
    note("order-times", "orders whose rows differ in time", times.0, times.1);
    note("order-customers", "orders whose rows differ in customer", buyers.0, buyers.1);
    notes
}

/// How many orders have rows that differ in time, and in customer, each with the first row that differs.
fn orders_with_several(lines: &Lines, fates: &[Fate], history: &[u32], ids: &Ids) -> [(u64, Option<u32>); 2] {
    /// The first row of an order, and whether its rows are known to differ.
    #[derive(Clone, Copy)]
    struct Seen {
        row: u32,
        differs: [bool; 2],
    }
    let mut seen = vec![Seen { row: NONE, differs: [false; 2] }; ids.orders.names.len()];
    let mut found = [(0, None); 2];
    for &row in history {
        let order = ids.orders.get(lines.order[row as usize]);
        if order == NONE || fates[row as usize] == Fate::Duplicate {
            continue;
        }
        let seen = &mut seen[order as usize];
        if seen.row == NONE {
            seen.row = row;
        }
        let (first, row) = (seen.row as usize, row as usize);
        let differs = [
            lines.time[first] != lines.time[row],
            ids.customers.get(lines.customer[first]) != ids.customers.get(lines.customer[row]),
        ];
        for which in 0..2 {
            if differs[which] && !seen.differs[which] {
                seen.differs[which] = true;
                found[which].0 += 1;
                found[which].1 = found[which].1.or(Some(row as u32));
            }
        }
    }
    found
}
