//! The whole way from raw rows to fates, canonical ids, matched returns and the waterfall.

use rayon::prelude::*;

use super::cleaned::Cleaned;
use super::dates::Span;
use super::descriptions;
use super::duplicates::repeated_rows;
use super::fate::Fate;
use super::lines::{CleaningError, Lines, Tables};
use super::notes::{Rows, notes};
use super::pattern::marked;
use super::placeholders;
use super::prefixes;
use super::restated;
use super::returns::match_returns;
use super::services;
use super::settings::{CleaningSettings, ZeroPrice};
use super::spelling::{Canon, Ids, Spelling};
use super::waterfall::Waterfall;
use super::words::Sense;
use crate::orders::{NONE, Names};

/// Cleans raw order lines as they were known at `as_of`: rows at or after it (seconds UTC) get [`Fate::Later`] and take
/// no part in anything else. Without a date all rows are known, but for the few that follow a pause which this shop never made: they
/// get [`Fate::Later`] too, until more orders follow.
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
    let before = |row: u32| as_of.is_none_or(|as_of| lines.time[row as usize] < as_of);
    let history: Vec<u32> = (0..lines.len() as u32).into_par_iter().filter(|&row| before(row)).collect();
    let span = Span::of(lines, &history, tables.orders, settings.implausible_dates);
    // Without a date, the last orders decide it; those that wait decide nothing yet.
    let waits = |row: u32| as_of.is_none() && span.waits(lines.day[row as usize]);
    let known = |row: u32| before(row) && !waits(row);
    let waiting: Vec<u32> = history.par_iter().copied().filter(|&row| waits(row)).collect();
    let history: Vec<u32> = without(history, &waiting);
    let (history, implausible): (Vec<u32>, Vec<u32>) =
        history.into_par_iter().partition(|&row| span.holds(lines.day[row as usize]));
    progress(0.05);

    let rule = Spelling { fold_case: settings.fold_case, whole_numbers: settings.whole_number_ids };
    let codes = Spelling { whole_numbers: false, ..rule };
    let text = Spelling { fold_case: false, whole_numbers: false };
    let canon = |names: &Names, column: &[u32], rule| Canon::of(names, &occurring(names, column, &history), rule);
    let ((orders, customers), (items, descriptions)) = rayon::join(
        || rayon::join(|| canon(tables.orders, lines.order, rule), || canon(tables.customers, lines.customer, rule)),
        || {
            rayon::join(
                || canon(tables.items, lines.item, codes),
                || canon(tables.descriptions, lines.description, text),
            )
        },
    );
    let mut ids = Ids { orders, customers, items, descriptions };
    let (nobody, of_nobody) = placeholders::found(lines, &history, &ids, settings);
    ids.customers.forget(&nobody);
    progress(0.3);

    let mut fates = vec![Fate::Later; lines.len()];
    let marks = Marks::of(settings, lines, &history, &ids);
    let replaced = restated::replaced(lines, &history, &ids.orders);
    let history: Vec<u32> = without(history, &replaced);
    let repeated = repeated_rows(lines, &history, &ids, settings.duplicates);
    progress(0.5);
    fates.par_iter_mut().enumerate().filter(|(row, _)| known(*row as u32)).for_each(|(row, fate)| {
        *fate = marks.verdict(lines, row, &ids);
    });
    for (rows, fate) in
        [(&implausible, Fate::ImplausibleDate), (&replaced, Fate::Restated), (&repeated, Fate::Duplicate)]
    {
        for &row in rows {
            fates[row as usize] = fate;
        }
    }
    let found_services = match settings.service_items {
        None => set_services_aside(lines, &mut fates, &ids),
        Some(_) => vec![false; ids.items.names.len()],
    };
    progress(0.6);
    let (matches, undone) = match_returns(lines, &mut fates, &ids, settings);
    progress(0.8);
    let (item_descriptions, (waterfall, mut notes)) = rayon::join(
        || descriptions::of_items(lines, &fates, &ids),
        || {
            rayon::join(
                || Waterfall::of(lines, &fates),
                || {
                    let rows = Rows { history: &history, implausible: &implausible, waiting: &waiting };
                    notes(lines, &fates, &rows, settings, &ids)
                },
            )
        },
    );
    notes.extend(of_nobody);
    progress(1.0);
    let Ids { orders, customers, items, descriptions } = ids;
    let mut wrong: Vec<u32> = implausible.iter().map(|&row| lines.order[row as usize]).collect();
    wrong.sort_unstable();
    wrong.dedup();
    Ok(Cleaned {
        fates,
        orders,
        customers,
        items,
        descriptions,
        item_descriptions,
        matches,
        undone,
        found_services,
        implausible_orders: wrong.len() as u64,
        waterfall,
        notes,
    })
}

/// Rows less those of `gone`; both ascending.
fn without(rows: Vec<u32>, gone: &[u32]) -> Vec<u32> {
    if gone.is_empty() { rows } else { rows.into_iter().filter(|row| gone.binary_search(row).is_err()).collect() }
}

/// Sets aside the rows of items that are no goods by evidence, and tells which items they are.
fn set_services_aside(lines: &Lines, fates: &mut [Fate], ids: &Ids) -> Vec<bool> {
    let descriptions = descriptions::of_items(lines, fates, ids);
    let found = services::found(lines, fates, ids, &descriptions);
    if found.iter().any(Option::is_some) {
        fates.par_iter_mut().enumerate().for_each(|(row, fate)| {
            let item = ids.items.get(lines.item[row]);
            if item != NONE
                && let Some(sense) = found[item as usize]
                && fate.may_be_service()
            {
                *fate = match sense {
                    Sense::Service => Fate::Service,
                    Sense::Adjustment => Fate::Adjustment,
                };
            }
        });
    }
    found.iter().map(Option::is_some).collect()
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
    fn of(settings: &CleaningSettings, lines: &Lines, history: &[u32], ids: &Ids) -> Self {
        let given = |patterns: &Option<Vec<String>>, canon: &Canon| marked(patterns.as_deref().unwrap_or(&[]), canon);
        Self {
            cancelled: match &settings.cancelled_orders {
                Some(patterns) => marked(patterns, &ids.orders),
                None => prefixes::cancelled(lines, history, &ids.orders),
            },
            adjusted: given(&settings.adjustment_orders, &ids.orders),
            service: given(&settings.service_items, &ids.items),
            left_out: marked(&settings.leave_out_items, &ids.items),
            zero_price_is_sale: settings.zero_price == ZeroPrice::Keep,
            negative_is_return: settings.negative_is_return,
        }
    }

    /// The fate of a row on its own; a return by a known customer is still unmatched.
    fn verdict(&self, lines: &Lines, row: usize, ids: &Ids) -> Fate {
        let (order, item) = (ids.orders.get(lines.order[row]), ids.items.get(lines.item[row]));
        let (quantity, price) = (lines.quantity[row], lines.unit_price[row]);
        let known = ids.customers.get(lines.customer[row]) != NONE;
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

#[cfg(test)]
mod tests {
    use super::super::Duplicates;
    use super::super::shop::{Shop, online_retail};
    use super::*;

    fn cleaned(shop: &Shop, settings: &CleaningSettings, as_of: Option<i64>) -> Cleaned {
        clean(&shop.lines(), &shop.tables(), settings, as_of, &|_| {}).expect("fit columns")
    }

    /// One row of each kind, among ordinary orders.
    fn every_kind() -> Shop {
        let mut shop = Shop::default();
        for order in 0..9 {
            shop.row(&(600 + order).to_string(), "x", "a", 0, 5, 10_000);
        }
        shop.row("1", "x", "a", 0, 2, 10_000)
            .row("1", "", "a", 0, 2, 10_000)
            .row("C2", "x", "a", 60, -2, 10_000)
            .row("C3", "x", "a", 120, -4, 10_000)
            .row("C3", "x", "unheard of", 120, -1, 10_000)
            .row("C3", "", "a", 120, -1, 10_000)
            .row("4", "x", "a", 180, -1, 10_000)
            .row("5", "y", "a", 0, 1, 0)
            .row("5", "", "a", 0, 1, 0)
            .row("6", "", "a", 0, -1, 0)
            .row("7", "y", "post ", 0, 1, 10_000)
            .row("A8", "y", "a", 0, 1, 10_000)
            .row("9", "y", "a", 0, 1, -10_000)
            .row("10", "y", "none", 0, 1, 10_000)
            .row("11", "y", "a", 86_400, 1, 10_000)
            .row("", "y", "a", 0, 1, 10_000)
            .row("12", "y", " ", 0, 1, 10_000)
            .row("13", "y", "a", 0, 0, 10_000)
            .row("C14", "y", "a", 0, 1, 10_000)
            .row("15", "y", "a", 0, i64::MAX / 1_000, i64::MAX);
        shop
    }

    #[test]
    fn each_kind_of_row_gets_its_fate() {
        let shop = every_kind();
        let settings = CleaningSettings { leave_out_items: vec!["NONE".to_owned()], ..online_retail() };
        let cleaned = cleaned(&shop, &settings, Some(86_400));
        let fates: Vec<&str> = cleaned.fates[9..].iter().map(|fate| fate.name()).collect();
        let expected = [
            "order-line",
            "anonymous",
            "return-exact",
            "return-by-item",
            "return-unmatched",
            "return-anonymous",
            "return-by-item",
            "gift",
            "stock-entry",
            "write-off",
            "service",
            "adjustment",
            "adjustment",
            "left-out",
            "later",
            "no-order",
            "no-item",
            "zero-quantity",
            "positive-cancellation",
            "amount-too-large",
        ];
        assert_eq!(fates, expected);
        assert!(cleaned.waterfall.adds_up());
        // The oldest line of item a gave four and one more piece, the two-piece line itself.
        let returned = cleaned.returned(None);
        assert_eq!((returned[0], returned[9]), (5_000, 2_000));
        assert_eq!(cleaned.returned(Some(120))[0], 0);
    }

    #[test]
    fn data_without_prices_or_with_another_reading_of_the_sign() {
        let shop = every_kind();
        let settings = CleaningSettings { zero_price: ZeroPrice::Keep, negative_is_return: false, ..online_retail() };
        let cleaned = cleaned(&shop, &settings, None);
        let fate = |row: usize| cleaned.fates[9 + row].name();
        assert_eq!(
            [fate(6), fate(7), fate(8), fate(9)],
            ["negative-quantity", "order-line", "anonymous", "negative-quantity"]
        );
        assert_eq!([fate(2), fate(13), fate(14)], ["return-exact", "order-line", "order-line"]);
    }

    #[test]
    fn patterns_that_are_given_are_applied_and_told() {
        let mut shop = Shop::default();
        shop.row("A1", "x", "a", 0, 1, 10_000).row("A2", "x", "b", 0, 1, 10_000).row("3", "x", "b", 0, 1, 10_000);
        assert_eq!(cleaned(&shop, &CleaningSettings::default(), None).fates, [Fate::OrderLine; 3]);
        let cleaned = cleaned(&shop, &online_retail(), None);
        assert_eq!(cleaned.fates, [Fate::Adjustment, Fate::Adjustment, Fate::Service]);
        let told: Vec<(&str, u64, &str)> =
            cleaned.notes.iter().map(|note| (note.name, note.count, note.examples[0].as_str())).collect();
        assert_eq!(told, [("set-aside", 1, "b 1"), ("set-aside", 2, "A1 1")]);
    }

    #[test]
    fn a_date_of_another_century_is_set_aside_and_told() {
        let mut shop = Shop::default();
        for order in 0..40 {
            shop.row(&format!("{}", 600 + order), "x", "a", order * 86_400, 1, 10_000);
        }
        shop.row("620", "x", "b", 100_000 * 86_400, 1, 10_000).row("621", "x", "c", -86_400 * 719_162, 1, 10_000);
        shop.row("622", "x", "c", 30_000 * 86_400, 1, 10_000);
        let cleaned = cleaned(&shop, &CleaningSettings::default(), None);
        assert_eq!(cleaned.fates[..40], [Fate::OrderLine; 40]);
        assert_eq!(cleaned.fates[40..], [Fate::ImplausibleDate; 3]);
        assert_eq!(cleaned.implausible_orders, 3);
        let note = cleaned.notes.iter().find(|note| note.name == "implausible-date").expect("a note");
        assert_eq!((note.count, note.first_row), (3, Some(40)));
        assert_eq!(note.examples, ["0001-01-01", "2052-02-20", "2243-10-17"]);
        assert!(cleaned.waterfall.adds_up());
    }

    #[test]
    fn one_late_order_moves_no_latest_date() {
        let mut shop = Shop::default();
        for order in 0..40 {
            shop.row(&format!("{}", 600 + order), "y", "a", order * 86_400, 1, 10_000);
        }
        shop.row("640", "y", "b", 240 * 86_400, 1, 10_000);
        let by = |as_of| cleaned(&shop, &CleaningSettings::default(), as_of);
        let latest = by(None);
        assert_eq!((latest.fates[39], latest.fates[40]), (Fate::OrderLine, Fate::Later));
        let note = latest.notes.iter().find(|note| note.name == "waiting").expect("a note");
        assert_eq!(
            (note.count, note.first_row, note.examples.as_slice()),
            (1, Some(40), ["1970-08-29".to_owned()].as_slice())
        );
        assert!(latest.waterfall.adds_up());
        // A date that the pipeline gives is the date, and its order counts.
        assert_eq!(by(Some(300 * 86_400)).fates[40], Fate::OrderLine);
    }

    #[test]
    fn an_item_goes_by_its_most_frequent_description() {
        let mut shop = Shop::default();
        let row = |shop: &mut Shop, item: &str, time: i64, pieces: i64, description: &str| {
            let price = if pieces < 0 { 0 } else { 10_000 };
            shop.row("1", if pieces < 0 { "" } else { "x" }, item, time, pieces, price).describe(description);
        };
        row(&mut shop, "a", 3, 1, "LATE");
        row(&mut shop, "A", 1, 1, "WHITE  HEART ");
        row(&mut shop, "a", 2, -1, "damaged");
        row(&mut shop, "a", 2, -1, "damaged");
        row(&mut shop, "b", 2, -1, "found");
        row(&mut shop, "c", 2, 1, "THRICE");
        row(&mut shop, "c", 1, 1, "ONCE");
        row(&mut shop, "c", 3, 1, "THRICE");
        let settings = CleaningSettings { duplicates: Duplicates::None, ..CleaningSettings::default() };
        let cleaned = cleaned(&shop, &settings, None);
        let texts: Vec<&str> =
            cleaned.item_descriptions.iter().map(|&text| cleaned.descriptions.names.get(text)).collect();
        assert_eq!(texts, ["WHITE HEART", "found", "THRICE"]);
    }

    #[test]
    fn nothing_in_gives_nothing_out() {
        let shop = Shop::default();
        let cleaned = cleaned(&shop, &CleaningSettings::default(), Some(0));
        assert!(cleaned.fates.is_empty() && cleaned.notes.is_empty() && cleaned.waterfall.adds_up());
    }
}
