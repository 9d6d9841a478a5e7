//! Finds items that are services, fees or vouchers and not goods, and proposes those that look like it, with the evidence.
//!
//! Found are items whose code or description says so and nothing else; where the words are also those of goods, a second
//! sign is needed. Proposed are items with two signs of any kind.

use std::fmt;

use rustc_hash::FxHashSet;

use super::cleaned::Cleaned;
use super::fate::{Fate, Group};
use super::lines::Lines;
use super::spelling::{Canon, Ids};
use super::words::{Said, Sense, said};
use crate::orders::NONE;

/// One sign that an item is not goods.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// The code has fewer than half the digits of the shop's usual code.
    FewDigits {
        /// Digits of this code.
        digits: usize,
        /// Median number of digits over all codes.
        usual: usize,
    },
    /// More money went out under the item than came in: mean amount per row, ten-thousandths of the currency unit.
    NegativeMean(f64),
    /// The code or the description holds a word of services and book-keeping.
    Word(&'static [&'static str]),
    /// Nearly every row has another price: the amount was typed in by hand.
    VaryingPrice {
        /// Different unit prices.
        prices: u64,
        /// Rows.
        rows: u64,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::FewDigits { digits, usual } => write!(f, "{digits} digits in the code where {usual} are usual"),
            Self::NegativeMean(mean) => write!(f, "mean amount {:.2}", mean / 10_000.0),
            Self::Word(words) => write!(f, "described as {}", words.join(" ")),
            Self::VaryingPrice { prices, rows } => write!(f, "{prices} different prices in {rows} rows"),
        }
    }
}

/// An item that looks like a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The canonical item.
    pub item: u32,
    /// Its rows in the history.
    pub rows: u64,
    /// Their money, ten-thousandths of the currency unit.
    pub amount: i128,
    /// The signs, strongest kinds first: at least two, unless it was set aside.
    pub evidence: Vec<Evidence>,
    /// Whether its rows were set aside by this evidence.
    pub set_aside: bool,
}

/// Fewer rows than this say nothing about how much a price varies.
const ROWS_FOR_PRICES: u64 = 10;

/// What each canonical item is by evidence; `None` for goods. `fates` are those without any service, `descriptions` the
/// description of each item.
pub(super) fn found(lines: &Lines, fates: &[Fate], ids: &Ids, descriptions: &[u32]) -> Vec<Option<Sense>> {
    let (tallies, usual) = tallies(lines, fates, &ids.items, |_| true);
    let text = |item: usize| match descriptions[item] {
        NONE => None,
        description => Some(ids.descriptions.names.get(description)),
    };
    let sense = |item: usize| {
        let (code, description) = (said(ids.items.names.get(item as u32)), text(item).and_then(said));
        let signs = || !signs(&tallies[item], digits(&ids.items, item), usual).is_empty();
        let named = |said: &Said| said.alone && (!said.weak || signs());
        let by_description = description.filter(named);
        // A code may be short for goods whose description says more: FREIGHT-01, a freight train.
        let by_code = code.filter(named).filter(|_| description.is_none_or(|said| said.alone));
        let taken_off = [description, code].into_iter().flatten().find(|said| !said.weak && tallies[item].amount < 0);
        by_description.or(by_code).or(taken_off).map(|said| said.sense)
    };
    (0..tallies.len()).map(|item| if tallies[item].rows > 0 { sense(item) } else { None }).collect()
}

/// Items that carry at least two signs of a service and are not known as one, and those that were set aside by evidence;
/// those with most signs first, then those with most rows.
///
/// Only sales, gifts, returns and what was set aside as a service count as rows of an item.
pub fn suggest_services(lines: &Lines, cleaned: &Cleaned) -> Vec<Suggestion> {
    let (tallies, usual) = tallies(lines, &cleaned.fates, &cleaned.items, |item| cleaned.found_services[item]);
    let mut suggestions: Vec<Suggestion> = tallies
        .iter()
        .enumerate()
        .map(|(item, tally)| {
            let set_aside = cleaned.found_services[item];
            let mut evidence = Vec::new();
            if let Some(word) = word(cleaned, item) {
                evidence.push(Evidence::Word(word));
            }
            evidence.extend(signs(tally, digits(&cleaned.items, item), usual));
            Suggestion { item: item as u32, rows: tally.rows, amount: tally.amount, evidence, set_aside }
        })
        .filter(|s| s.rows > 0 && (s.set_aside || (s.evidence.len() >= 2 && !tallies[s.item as usize].known)))
        .collect();
    suggestions.sort_by_key(|s| (std::cmp::Reverse((s.evidence.len(), s.rows)), s.item));
    suggestions
}

#[derive(Debug, Clone, Default)]
struct Tally {
    known: bool,
    rows: u64,
    amount: i128,
    prices: FxHashSet<i64>,
}

/// What is counted of each canonical item, and the usual number of digits in a code. Book-keeping entries count where
/// `booked` says so of the item.
fn tallies(lines: &Lines, fates: &[Fate], items: &Canon, booked: impl Fn(usize) -> bool) -> (Vec<Tally>, usize) {
    let mut tallies = vec![Tally::default(); items.names.len()];
    for (row, &fate) in fates.iter().enumerate() {
        let item = items.get(lines.item[row]);
        let counts = matches!(fate.group(), Group::Sale | Group::Return)
            || matches!(fate, Fate::Service | Fate::Gift)
            || (fate == Fate::Adjustment && item != NONE && booked(item as usize));
        if item == NONE || !counts {
            continue;
        }
        let tally = &mut tallies[item as usize];
        tally.known |= fate == Fate::Service;
        tally.rows += 1;
        tally.amount += lines.amount(row);
        tally.prices.insert(lines.unit_price[row]);
    }
    let mut all: Vec<usize> = (0..tallies.len()).map(|item| digits(items, item)).collect();
    all.sort_unstable();
    (tallies, all.get(all.len() / 2).copied().unwrap_or(0))
}

fn digits(items: &Canon, item: usize) -> usize {
    items.names.get(item as u32).bytes().filter(u8::is_ascii_digit).count()
}

/// The signs of a service that are no words.
fn signs(tally: &Tally, digits: usize, usual: usize) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    if tally.amount < 0 {
        evidence.push(Evidence::NegativeMean(tally.amount as f64 / tally.rows as f64));
    }
    if digits * 2 < usual {
        evidence.push(Evidence::FewDigits { digits, usual });
    }
    let prices = tally.prices.len() as u64;
    if tally.rows >= ROWS_FOR_PRICES && prices * 2 > tally.rows {
        evidence.push(Evidence::VaryingPrice { prices, rows: tally.rows });
    }
    evidence
}

/// The words of services that the item's description has, or else its code.
fn word(cleaned: &Cleaned, item: usize) -> Option<&'static [&'static str]> {
    let description = cleaned.item_descriptions[item];
    let by_description = if description == NONE {
        None
    } else {
        said(cleaned.descriptions.names.get(description)).map(|said| said.words)
    };
    by_description.or_else(|| said(cleaned.items.names.get(item as u32)).map(|said| said.words))
}

#[cfg(test)]
mod tests {
    use super::super::shop::Shop;
    use super::super::{CleaningSettings, Fate, clean, suggest_services};

    fn fates(shop: &Shop) -> Vec<&'static str> {
        let settings = CleaningSettings::default();
        let cleaned = clean(&shop.lines(), &shop.tables(), &settings, None, &|_| {}).expect("fit columns");
        cleaned.fates.iter().map(|fate| fate.name()).collect()
    }

    #[test]
    fn sizes_and_single_letters_are_goods() {
        let mut shop = Shop::default();
        for (order, item) in ["MUG-1", "TEE-S", "S", "M", "D", "B", "L", "POST", "C2"].into_iter().enumerate() {
            shop.row(&format!("{order}"), "x", item, 0, 1, 100_000);
        }
        assert_eq!(fates(&shop), ["order-line"; 9]);
    }

    #[test]
    fn services_are_found_by_their_names_and_signs() {
        let mut shop = Shop::default();
        for order in 0..20 {
            shop.row(&format!("{order}"), "x", &format!("SKU{}", 1000 + order), 0, 1, 100_000).describe("Mug");
        }
        shop.row("30", "x", "V1", 0, 1, 49_000).describe("Versandkosten");
        shop.row("30", "x", "SHIPPING", 0, 1, 49_000);
        shop.row("30", "x", "SKU2000", 0, 1, 250_000).describe("Gift card 25 EUR");
        shop.row("30", "x", "SKU2001", 0, 1, 250_000).describe("Gift card holder");
        shop.row("30", "x", "FREIGHT-01", 0, 1, 250_000).describe("Freight train");
        shop.row("30", "x", "SKU2002", 0, -1, 50_000).describe("Discount SUMMER");
        shop.row("30", "x", "M", 0, 1, 50_000).describe("Manual");
        shop.row("30", "x", "SKU2003", 0, 1, 50_000).describe("Manual");
        shop.row("30", "x", "B", 0, 1, 50_000).describe("Adjust bad debt");
        let expected = [
            "service",
            "service",
            "service",
            "order-line",
            "order-line",
            "service",
            "service",
            "order-line",
            "adjustment",
        ];
        assert_eq!(fates(&shop)[20..], expected);
        let settings = CleaningSettings::default();
        let cleaned = clean(&shop.lines(), &shop.tables(), &settings, None, &|_| {}).expect("fit columns");
        let told = suggest_services(&shop.lines(), &cleaned);
        assert_eq!(told.iter().filter(|suggestion| suggestion.set_aside).count(), 6);
        // A list in the settings is the last word.
        let own = CleaningSettings { service_items: Some(vec!["SKU1000".to_owned()]), ..settings };
        let cleaned = clean(&shop.lines(), &shop.tables(), &own, None, &|_| {}).expect("fit columns");
        assert_eq!(cleaned.fates.iter().filter(|fate| **fate == Fate::Service).count(), 1);
        assert_eq!((cleaned.fates[0], cleaned.fates[20]), (Fate::Service, Fate::OrderLine));
    }
}
