//! Proposes items that look like services, fees or vouchers and not like goods, with the evidence for each.

use std::fmt;

use rustc_hash::FxHashSet;

use super::fate::{Fate, Group};
use super::lines::{Lines, NONE};
use super::work::Cleaned;

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
    /// The description holds a word of services and book-keeping.
    Word(&'static str),
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
            Self::Word(word) => write!(f, "described as {word}"),
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
    /// At least two signs, strongest kinds first.
    pub evidence: Vec<Evidence>,
}

/// Words of services and book-keeping, as they stand in descriptions.
const WORDS: [&str; 27] = [
    "ADJUST",
    "ADJUSTMENT",
    "BANK",
    "CARRIAGE",
    "CHARGE",
    "CHARGES",
    "COMMISSION",
    "DEBT",
    "DELIVERY",
    "DEPOSIT",
    "DISCOUNT",
    "DONATION",
    "FEE",
    "FEES",
    "FREIGHT",
    "HANDLING",
    "INSURANCE",
    "MANUAL",
    "POSTAGE",
    "REFUND",
    "SAMPLE",
    "SAMPLES",
    "SHIPPING",
    "SURCHARGE",
    "TEST",
    "VOUCHER",
    "VOUCHERS",
];

/// Fewer rows than this say nothing about how much a price varies.
const ROWS_FOR_PRICES: u64 = 10;

/// Items that are not yet known as services and carry at least two signs of one; those with most signs first, then
/// those with most rows.
///
/// Only sales, gifts and returns count as rows of an item.
pub fn suggest_services(lines: &Lines, cleaned: &Cleaned) -> Vec<Suggestion> {
    let mut tallies = vec![Tally::default(); cleaned.items.names.len()];
    for (row, &fate) in cleaned.fates.iter().enumerate() {
        let item = cleaned.items.get(lines.item[row]);
        let counts = matches!(fate.group(), Group::Sale | Group::Return) || matches!(fate, Fate::Service | Fate::Gift);
        if item == NONE || !counts {
            continue;
        }
        let tally = &mut tallies[item as usize];
        tally.known |= fate == Fate::Service;
        tally.rows += 1;
        tally.amount += lines.amount(row);
        tally.prices.insert(lines.unit_price[row]);
    }
    let digits = |item: usize| cleaned.items.names.get(item as u32).bytes().filter(u8::is_ascii_digit).count();
    let mut all: Vec<usize> = (0..tallies.len()).map(digits).collect();
    all.sort_unstable();
    let usual = all.get(all.len() / 2).copied().unwrap_or(0);

    let mut suggestions: Vec<Suggestion> = tallies
        .iter()
        .enumerate()
        .filter(|(_, tally)| tally.rows > 0 && !tally.known)
        .map(|(item, tally)| {
            let mut evidence = Vec::new();
            if let Some(word) = word(cleaned, item) {
                evidence.push(Evidence::Word(word));
            }
            if tally.amount < 0 {
                evidence.push(Evidence::NegativeMean(tally.amount as f64 / tally.rows as f64));
            }
            if digits(item) * 2 < usual {
                evidence.push(Evidence::FewDigits { digits: digits(item), usual });
            }
            let prices = tally.prices.len() as u64;
            if tally.rows >= ROWS_FOR_PRICES && prices * 2 > tally.rows {
                evidence.push(Evidence::VaryingPrice { prices, rows: tally.rows });
            }
            Suggestion { item: item as u32, rows: tally.rows, amount: tally.amount, evidence }
        })
        .filter(|suggestion| suggestion.evidence.len() >= 2)
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

/// The first word of the item's description that is one of [`WORDS`].
fn word(cleaned: &Cleaned, item: usize) -> Option<&'static str> {
    let description = cleaned.item_descriptions[item];
    if description == NONE {
        return None;
    }
    let description = cleaned.descriptions.names.get(description).to_uppercase();
    let mut words = description.split(|c: char| !c.is_alphanumeric());
    words.find_map(|word| WORDS.iter().find(|known| **known == word)).copied()
}
