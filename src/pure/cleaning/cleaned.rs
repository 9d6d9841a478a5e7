//! What comes out: a verdict on each raw row, with what was found on the way.

use super::fate::Fate;
use super::notes::Note;
use super::returns::{Match, Undone};
use super::spelling::Canon;
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
    /// The description of each canonical item, into `descriptions.names`; [`NONE`](crate::orders::NONE) for an item without any.
    pub item_descriptions: Vec<u32>,
    /// Returns set against purchases, by the returns' rows.
    pub matches: Vec<Match>,
    /// Purchases undone within minutes, by the cancellations' rows.
    pub undone: Vec<Undone>,
    /// Which canonical items were set aside by evidence that they are no goods.
    pub found_services: Vec<bool>,
    /// Orders with a row that has an implausible date.
    pub implausible_orders: u64,
    /// Where rows, pieces and money went.
    pub waterfall: Waterfall,
    /// What a person should look at; no row was changed for it.
    pub notes: Vec<Note>,
}

impl Cleaned {
    /// What has come back of each row before `as_of` (seconds UTC; without a date, ever), thousandths of a piece. A
    /// purchase's net quantity as of the date is its quantity less this; rows of which nothing came back have 0.
    pub fn returned(&self, as_of: Option<i64>) -> Vec<i64> {
        let mut returned = vec![0; self.fates.len()];
        for found in self.matches.iter().filter(|found| as_of.is_none_or(|as_of| found.time < as_of)) {
            returned[found.purchase_row as usize] += found.quantity;
        }
        returned
    }
}
