//! The whole way from raw rows to fates, canonical ids, matched returns and the waterfall.

use rayon::prelude::*;

use super::descriptions;
use super::duplicates::repeated_rows;
use super::fate::Fate;
use super::lines::{CleaningError, Lines, NONE, Tables};
use super::names::Names;
use super::pattern::{Pattern, any_matches};
use super::returns::{Match, Undone, match_returns};
use super::settings::{CleaningSettings, ZeroPrice};
use super::spelling::{Canon, Spelling};
use super::waterfall::Waterfall;

/// Cleaned order lines: a verdict on each raw row. The rows themselves stay with the caller.
#[derive(Debug, Clone)]
pub struct Cleaned {
    /// The fate of each row.
    pub fates: Vec<Fate>,
    /// Canonical order numbers.
    pub orders: Canon,
    /// Canonical customer ids.
    pub customers: Canon,
    /// Canonical item codes.
    pub items: Canon,
    /// Descriptions without stray blanks.
    pub descriptions: Canon,
    /// The description of each canonical item, into `descriptions.names`; [`NONE`] for an item without any.
    pub item_descriptions: Vec<u32>,
    /// Returns set against purchases, by the returns' rows.
    pub matches: Vec<Match>,
    /// Purchases undone within minutes, by the cancellations' rows.
    pub undone: Vec<Undone>,
    /// Where rows, pieces and money went.
    pub waterfall: Waterfall,
    /// What a person should look at; no row was changed for it.
    pub notes: Vec<Note>,
}

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

/// Cleans raw order lines as they were known at `as_of`: rows at or after it (civil seconds) get [`Fate::Later`] and take
/// no part in anything else. Without a date all rows are known.
///
/// `progress` is told the fraction done, 0 to 1. The result depends on the input alone, not on the number of threads.
///
/// # Errors
/// Columns of different lengths, numbers without a name, or more rows than `u32` can number.
pub fn clean(
    lines: &Lines,
    tables: &Tables,
    settings: &CleaningSettings,
    as_of: Option<i64>,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Cleaned, CleaningError> {
    lines.check(tables)?;
    let known = |row: u32| as_of.is_none_or(|as_of| lines.time[row as usize] < as_of);
    let history: Vec<u32> = (0..lines.len() as u32).into_par_iter().filter(|&row| known(row)).collect();
    progress(0.05);

    let ids = Spelling { fold_case: settings.fold_case, whole_numbers: settings.whole_number_ids };
    let codes = Spelling { whole_numbers: false, ..ids };
    let text = Spelling { fold_case: false, whole_numbers: false };
    let canon = |names: &Names, column: &[u32], rule| Canon::of(names, &occurring(names, column, &history), rule);
    let ((orders, customers), (items, descriptions)) = rayon::join(
        || rayon::join(|| canon(tables.orders, lines.order, ids), || canon(tables.customers, lines.customer, ids)),
        || {
            rayon::join(
                || canon(tables.items, lines.item, codes),
                || canon(tables.descriptions, lines.description, text),
            )
        },
    );
    progress(0.3);

    let mut fates = vec![Fate::Later; lines.len()];
    let marks = Marks::of(settings, &orders, &items);
    let repeated = repeated_rows(lines, &history, &orders, &customers, &items, &descriptions, settings.duplicates);
    progress(0.5);
    fates.par_iter_mut().enumerate().filter(|(row, _)| known(*row as u32)).for_each(|(row, fate)| {
        *fate = marks.verdict(
            lines,
            row,
            orders.get(lines.order[row]),
            customers.get(lines.customer[row]),
            items.get(lines.item[row]),
        );
    });
    for row in repeated {
        fates[row as usize] = Fate::Duplicate;
    }
    progress(0.6);
    let (matches, undone) = match_returns(lines, &mut fates, &customers, &items, settings);
    progress(0.8);
    let (item_descriptions, (waterfall, notes)) = rayon::join(
        || descriptions::of_items(lines, &fates, &items, &descriptions),
        || {
            rayon::join(
                || Waterfall::of(lines, &fates),
                || notes(lines, &fates, &history, settings, &marks, &orders, &customers, &items),
            )
        },
    );
    progress(1.0);
    Ok(Cleaned { fates, orders, customers, items, descriptions, item_descriptions, matches, undone, waterfall, notes })
}

/// Which raw names occur in the history.
fn occurring(names: &Names, column: &[u32], history: &[u32]) -> Vec<bool> {
    let mut occurs = vec![false; names.len()];
    for &row in history {
        let id = column[row as usize];
        if id != NONE {
            occurs[id as usize] = true;
        }
    }
    occurs
}

/// What the settings' patterns say of each order and item.
struct Marks {
    cancelled: Vec<bool>,
    adjusted: Vec<bool>,
    service: Vec<bool>,
    left_out: Vec<bool>,
    zero_price_is_sale: bool,
    negative_is_return: bool,
}

impl Marks {
    fn of(settings: &CleaningSettings, orders: &Canon, items: &Canon) -> Self {
        let marked = |patterns: &[String], canon: &Canon| -> Vec<bool> {
            let patterns: Vec<Pattern> = patterns.iter().map(|pattern| Pattern::new(pattern)).collect();
            (0..canon.names.len() as u32)
                .into_par_iter()
                .map(|id| any_matches(&patterns, canon.names.get(id)))
                .collect()
        };
        Self {
            cancelled: marked(&settings.cancelled_orders, orders),
            adjusted: marked(&settings.adjustment_orders, orders),
            service: marked(&settings.service_items, items),
            left_out: marked(&settings.leave_out_items, items),
            zero_price_is_sale: settings.zero_price == ZeroPrice::Keep,
            negative_is_return: settings.negative_is_return,
        }
    }

    /// The fate of a row on its own; a return by a known customer is still unmatched.
    fn verdict(&self, lines: &Lines, row: usize, order: u32, customer: u32, item: u32) -> Fate {
        let (quantity, price) = (lines.quantity[row], lines.unit_price[row]);
        let known = customer != NONE;
        if order == NONE {
            return Fate::NoOrder;
        }
        if item == NONE {
            return Fate::NoItem;
        }
        if self.left_out[item as usize] {
            return Fate::LeftOut;
        }
        if i64::try_from(lines.amount(row)).is_err() || quantity == i64::MIN {
            return Fate::AmountTooLarge;
        }
        if self.adjusted[order as usize] || price < 0 {
            return Fate::Adjustment;
        }
        if quantity == 0 {
            return Fate::ZeroQuantity;
        }
        if self.service[item as usize] {
            return Fate::Service;
        }
        let free = price == 0 && !self.zero_price_is_sale;
        if free && !known {
            return if quantity < 0 { Fate::WriteOff } else { Fate::StockEntry };
        }
        let cancelled = self.cancelled[order as usize];
        match (quantity < 0, cancelled) {
            (false, true) => Fate::PositiveCancellation,
            (true, false) if !self.negative_is_return => Fate::NegativeQuantity,
            (true, _) if known => Fate::ReturnUnmatched,
            (true, _) => Fate::ReturnAnonymous,
            (false, false) if free => Fate::Gift,
            (false, false) if known => Fate::OrderLine,
            (false, false) => Fate::Anonymous,
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn notes(
    lines: &Lines,
    fates: &[Fate],
    history: &[u32],
    settings: &CleaningSettings,
    marks: &Marks,
    orders: &Canon,
    customers: &Canon,
    items: &Canon,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |name, meaning, count, first_row| {
        if count > 0 {
            notes.push(Note { name, meaning, count, first_row });
        }
    };
    note("merged-items", "spellings of item codes brought together with another one", u64::from(items.merged), None);
    note(
        "merged-customers",
        "spellings of customer ids brought together with another one",
        u64::from(customers.merged),
        None,
    );
    note(
        "merged-orders",
        "spellings of order numbers brought together with another one",
        u64::from(orders.merged),
        None,
    );
    let cancelled = marks.cancelled.iter().filter(|&&cancelled| cancelled).count();
    if cancelled * 2 > orders.names.len() {
        note(
            "mostly-cancelled",
            "order numbers, more than half of them, carry the mark of a cancellation: check `cancelled_orders`",
            cancelled as u64,
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

    let [times, buyers] = orders_with_several(lines, fates, history, orders, customers);
    note("order-times", "orders whose rows differ in time", times.0, times.1);
    note("order-customers", "orders whose rows differ in customer", buyers.0, buyers.1);
    notes
}

/// How many orders have rows that differ in time, and in customer, each with the first row that differs.
fn orders_with_several(
    lines: &Lines,
    fates: &[Fate],
    history: &[u32],
    orders: &Canon,
    customers: &Canon,
) -> [(u64, Option<u32>); 2] {
    /// The first row of an order, and whether its rows are known to differ.
    #[derive(Clone, Copy)]
    struct Seen {
        row: u32,
        differs: [bool; 2],
    }
    let mut seen = vec![Seen { row: NONE, differs: [false; 2] }; orders.names.len()];
    let mut found = [(0, None); 2];
    for &row in history {
        let order = orders.get(lines.order[row as usize]);
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
            customers.get(lines.customer[first]) != customers.get(lines.customer[row]),
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
