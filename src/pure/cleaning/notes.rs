//! What a person should look at before trusting the result; no row is changed for it.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::dates::written;
use super::fate::{FATES, Fate, Group};
use super::lines::Lines;
use super::settings::CleaningSettings;
use super::spelling::Ids;
use crate::orders::NONE;

/// Examples that a note gives.
const EXAMPLES: usize = 3;

/// Something about the data that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its name in tables and reports.
    pub name: &'static str,
    /// What it says, in words that follow the count.
    pub meaning: String,
    /// How often.
    pub count: u64,
    /// The first row concerned, where there is one.
    pub first_row: Option<u32>,
    /// The fate of the rows, where it is about one.
    pub fate: Option<Fate>,
    /// Codes, order numbers or dates concerned, where they help.
    pub examples: Vec<String>,
}

/// The rows that were known at the as-of date, as row numbers, ascending.
pub struct Rows<'a> {
    /// Those with a plausible date that no later statement of their order replaces.
    pub history: &'a [u32],
    /// Those with an implausible date.
    pub implausible: &'a [u32],
    /// Those that wait for more orders to follow.
    pub waiting: &'a [u32],
}

/// All that is worth a look in the rows; duplicates do not count.
pub fn notes(lines: &Lines, fates: &[Fate], rows: &Rows, settings: &CleaningSettings, ids: &Ids) -> Vec<Note> {
    let history = rows.history;
    let mut notes = Vec::new();
    let mut add = |name, meaning: &str, count, first_row, examples: Vec<String>| {
        if count > 0 {
            notes.push(Note { name, meaning: meaning.to_owned(), count, first_row, fate: None, examples });
        }
    };
    let days_of = |rows: &[u32]| -> Vec<String> {
        let mut days: Vec<i32> = rows.iter().map(|&row| lines.day[row as usize]).collect();
        days.sort_unstable();
        days.dedup();
        days.into_iter().take(EXAMPLES).map(written).collect()
    };
    add(
        "implausible-date",
        "lines are dated where no order of this shop can be, and were set aside",
        rows.implausible.len() as u64,
        rows.implausible.first().copied(),
        days_of(rows.implausible),
    );
    add(
        "waiting",
        "lines follow a pause that this shop has not made before, and are few: they count as soon as more orders follow, or \
         with a date for `as_of`",
        rows.waiting.len() as u64,
        rows.waiting.first().copied(),
        days_of(rows.waiting),
    );
    let mut note = |name, meaning, count, first_row| add(name, meaning, count, first_row, Vec::new());
    for (name, meaning, merged) in [
        ("merged-items", "spellings of item codes brought together with another one", ids.items.merged),
        ("merged-customers", "spellings of customer ids brought together with another one", ids.customers.merged),
        ("merged-orders", "spellings of order numbers brought together with another one", ids.orders.merged),
    ] {
        note(name, meaning, u64::from(merged), None);
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

    let [times, buyers, files] = orders_with_several(lines, fates, history, ids);
    note("order-times", "orders whose rows differ in time", times.count, times.first);
    note("order-customers", "orders whose rows differ in customer", buyers.count, buyers.first);
    if lines.statement.is_none() {
        add(
            "order-sources",
            "orders come in more than one file with different lines, and all of them count; if each file states its \
             orders as a whole, write restates = \"order\" in this stage, so that the last file counts",
            files.count,
            files.first,
            files.orders.iter().map(|&order| ids.orders.names.get(order).to_owned()).collect(),
        );
    }
    notes.extend(set_aside(lines, fates, settings, ids));
    notes
}

/// What one kind of difference within orders was found in.
#[derive(Debug, Clone, Default)]
struct Several {
    count: u64,
    /// The first row that differs.
    first: Option<u32>,
    /// The first orders concerned.
    orders: Vec<u32>,
}

/// Orders with rows that differ in time, in customer, and in the file they come from.
fn orders_with_several(lines: &Lines, fates: &[Fate], history: &[u32], ids: &Ids) -> [Several; 3] {
    /// The first row of an order, and in what its rows are known to differ.
    #[derive(Clone, Copy)]
    struct Seen {
        row: u32,
        differs: [bool; 3],
    }
    let mut seen = vec![Seen { row: NONE, differs: [false; 3] }; ids.orders.names.len()];
    let mut found: [Several; 3] = std::array::from_fn(|_| Several::default());
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
            lines.source[first] != lines.source[row],
        ];
        for (which, found) in found.iter_mut().enumerate() {
            if differs[which] && !seen.differs[which] {
                seen.differs[which] = true;
                found.count += 1;
                found.first = found.first.or(Some(row as u32));
                if found.orders.len() < EXAMPLES {
                    found.orders.push(order);
                }
            }
        }
    }
    found
}

/// What each rule set aside or rejected, where that is more than a small share of lines or of money.
fn set_aside(lines: &Lines, fates: &[Fate], settings: &CleaningSettings, ids: &Ids) -> Vec<Note> {
    type Sums = [(u64, u128); FATES.len()];
    let sums = fates
        .par_chunks(1 << 16)
        .enumerate()
        .map(|(chunk, fates)| {
            let mut sums = Sums::default();
            for (row, &fate) in (chunk << 16..).zip(fates) {
                sums[fate as usize].0 += 1;
                sums[fate as usize].1 += lines.amount(row).unsigned_abs();
            }
            sums
        })
        .reduce(Sums::default, |mut one, other| {
            one.iter_mut().zip(other).for_each(|(sum, more)| *sum = (sum.0 + more.0, sum.1 + more.1));
            one
        });
    let known = |fate: &Fate| !matches!(fate, Fate::Later | Fate::AmountTooLarge);
    let all = FATES.iter().filter(|row| known(&row.fate)).fold((0, 0), |all, row| {
        let sum = sums[row.fate as usize];
        (all.0 + sum.0, all.1 + sum.1)
    });
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let told = |row: &&super::fate::FateRow| {
        let (rows, money) = sums[row.fate as usize];
        let beyond = share(rows as f64, all.0 as f64) > settings.note_set_aside_above
            || share(money as f64, all.1 as f64) > settings.note_set_aside_above;
        let aside = matches!(row.group, Group::SetAside | Group::Rejected);
        aside && rows > 0 && beyond && !matches!(row.fate, Fate::Later | Fate::ImplausibleDate)
    };
    let note = |row: &super::fate::FateRow| {
        let (rows, money) = sums[row.fate as usize];
        let meaning = format!(
            "lines ({:.1} % of all, {:.1} % of the money) are `{}`: {}",
            100.0 * share(rows as f64, all.0 as f64),
            100.0 * share(money as f64, all.1 as f64),
            row.name,
            row.meaning
        );
        Note {
            name: "set-aside",
            meaning,
            count: rows,
            first_row: None,
            fate: Some(row.fate),
            examples: examples(lines, fates, row.fate, ids),
        }
    };
    FATES.iter().filter(told).map(note).collect()
}

/// The codes, or the order numbers, that most rows with a fate have, with their rows.
fn examples(lines: &Lines, fates: &[Fate], fate: Fate, ids: &Ids) -> Vec<String> {
    let by_order = matches!(
        fate,
        Fate::Adjustment | Fate::PositiveCancellation | Fate::Duplicate | Fate::Restated | Fate::Undone | Fate::NoItem
    );
    let (canon, column) = if by_order { (&ids.orders, lines.order) } else { (&ids.items, lines.item) };
    let mut counts: FxHashMap<u32, u64> = FxHashMap::default();
    for (row, _) in fates.iter().enumerate().filter(|(_, own)| **own == fate) {
        *counts.entry(canon.get(column[row])).or_default() += 1;
    }
    let mut counts: Vec<(u32, u64)> = counts.into_iter().filter(|(id, _)| *id != NONE).collect();
    // Canonical numbers follow the names, so ties do not depend on the rows.
    counts.sort_unstable_by_key(|&(id, rows)| (std::cmp::Reverse(rows), id));
    counts.iter().take(EXAMPLES).map(|&(id, rows)| format!("{} {rows}", canon.names.get(id))).collect()
}
