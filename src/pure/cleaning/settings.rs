//! What can be asked of cleaning, with the defaults that a professional would choose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How raw order lines are cleaned. Codes are given as patterns: `*` any run of characters, `?` one character, `#` one
/// digit, letter case ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CleaningSettings {
    /// Order numbers that mark a cancellation or credit note. Not applied where more than half of the orders match.
    pub cancelled_orders: Vec<String>,
    /// Whether a negative quantity outside a cancelled order is a return; if not, such a row is rejected.
    pub negative_is_return: bool,
    /// Order numbers that mark a book-keeping adjustment, unless more than half match. A negative unit price is one under
    /// any number.
    pub adjustment_orders: Vec<String>,
    /// Items that are services, fees, vouchers or tests and not goods. Where most codes are one letter, such codes are goods.
    pub service_items: Vec<String>,
    /// Items to leave out, such as a shop's own word for "nothing".
    pub leave_out_items: Vec<String>,
    /// What becomes of rows with unit price 0: set aside as gifts (buyer known) and stock entries (buyer not known), or
    /// kept like any other, as for data without prices.
    pub zero_price: ZeroPrice,
    /// Which repeated rows count once.
    pub duplicates: Duplicates,
    /// A purchase is undone when all of it is cancelled within this many minutes on the same day; 0 turns the rule off.
    pub undone_minutes: u32,
    /// Undone purchases of fewer pieces than this stay purchase and return.
    pub undone_min_quantity: f64,
    /// Whether ids that differ only in letter case are one.
    pub fold_case: bool,
    /// Whether `13085.0` is read as `13085` in order numbers and customer ids: exports through a floating-point column
    /// write whole numbers so.
    pub whole_number_ids: bool,
    /// Quantities beyond this many pieces (either sign) are noted, not dropped.
    pub note_quantity_above: f64,
    /// Unit prices beyond this (either sign, in currency units) are noted, not dropped.
    pub note_unit_price_above: f64,
}

/// What becomes of rows with unit price 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ZeroPrice {
    /// Gifts, stock entries and write-offs are set aside.
    SetAside,
    /// They are order lines like any other.
    Keep,
}

/// Which repeated rows count once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Duplicates {
    /// All rows count.
    None,
    /// Equal rows within one order count once, also where the till really rang the item up twice.
    ExactInOrder,
    /// Rows of an order that two extracts share count once; repeats within one extract's order are genuine and stay.
    OverlappingExtracts,
}

/// Codes of the UCI Online Retail sets that are not goods: postage (`POST`, `DOT`, `C2`, `C3` carriage), `M` manual, `D`
/// discount, `S` samples, `B` bad debt, and the rest by name. `DCGS…` look odd and are goods.
const SERVICE_ITEMS: [&str; 16] = [
    "POST",
    "DOT",
    "C2",
    "C3",
    "M",
    "D",
    "S",
    "B",
    "BANK CHARGES",
    "AMAZONFEE",
    "ADJUST*",
    "CRUK",
    "PADS",
    "GIFT_*",
    "TEST#*",
    "SP1002",
];

impl Default for CleaningSettings {
    fn default() -> Self {
        Self {
            cancelled_orders: vec!["C#*".to_owned()],
            negative_is_return: true,
            adjustment_orders: vec!["A#*".to_owned()],
            service_items: SERVICE_ITEMS.map(str::to_owned).to_vec(),
            leave_out_items: Vec::new(),
            zero_price: ZeroPrice::SetAside,
            duplicates: Duplicates::OverlappingExtracts,
            undone_minutes: 30,
            undone_min_quantity: 1_000.0,
            fold_case: true,
            whole_number_ids: true,
            note_quantity_above: 10_000.0,
            note_unit_price_above: 10_000.0,
        }
    }
}
