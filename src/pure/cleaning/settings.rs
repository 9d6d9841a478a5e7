//! What can be asked of cleaning, with the defaults that a professional would choose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How raw order lines are cleaned. Codes are given as patterns: `*` any run of characters, `?` one character, `#` one
/// digit, letter case ignored. Patterns that are given are always applied; an empty list turns the rule off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CleaningSettings {
    /// Order numbers that mark a cancellation or credit note. Not given: found by evidence, which is a beginning such as
    /// `C` of order numbers, at most half of all, whose lines are negative in 19 of 20 cases or more.
    pub cancelled_orders: Option<Vec<String>>,
    /// Whether a negative quantity outside a cancelled order is a return; if not, such a row is rejected.
    pub negative_is_return: bool,
    /// Order numbers that mark a book-keeping adjustment. Not given: none by their number; items whose code or
    /// description says so are adjustments. A negative unit price is one under any number.
    pub adjustment_orders: Option<Vec<String>>,
    /// Items that are services, fees, vouchers or tests and not goods. Not given: found by evidence, which is words of the
    /// common languages in code and description (postage, shipping, discount, gift card, fee and so on) and the sign of the
    /// amounts; the table of suggestions names them. A single letter is never evidence.
    pub service_items: Option<Vec<String>>,
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
    /// What becomes of the few orders whose dates lie far from the mass of the shop's dates.
    pub implausible_dates: ImplausibleDates,
    /// Share of rows with implausible dates, 0 to 1, above which the stage holds the run; the rows of two orders never hold it.
    pub max_implausible_share: f64,
    /// Share of lines or of money, 0 to 1, above which a note says what a rule set aside, with examples.
    pub note_set_aside_above: f64,
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

/// What becomes of orders whose dates lie far from the mass of dates. Dates before 1970 or after 2100 are set aside
/// either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImplausibleDates {
    /// They are set aside.
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

impl Default for CleaningSettings {
    fn default() -> Self {
        Self {
            cancelled_orders: None,
            negative_is_return: true,
            adjustment_orders: None,
            service_items: None,
            leave_out_items: Vec::new(),
            zero_price: ZeroPrice::SetAside,
            duplicates: Duplicates::OverlappingExtracts,
            undone_minutes: 30,
            undone_min_quantity: 1_000.0,
            fold_case: true,
            whole_number_ids: true,
            implausible_dates: ImplausibleDates::SetAside,
            max_implausible_share: 0.01,
            note_set_aside_above: 0.02,
            note_quantity_above: 10_000.0,
            note_unit_price_above: 10_000.0,
        }
    }
}
