//! What can be asked of cleaning, with the defaults that a professional would choose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How raw order lines are cleaned. Lists hold patterns of order numbers, item codes or customer ids: `*` stands for any characters, `?` for
/// one character, `#` for one digit; upper and lower case are the same. A list that is given replaces what would be found by evidence; an
/// empty list turns the rule off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CleaningSettings {
    /// Order numbers of cancellations and credit notes. Not given: found by evidence, which is a beginning of order numbers, such as `C`,
    /// that at most half of all orders have and whose lines are negative in at least 19 of 20 cases.
    pub cancelled_orders: Option<Vec<String>>,
    /// Whether a negative quantity outside a cancelled order is a return. If not, the row is rejected.
    pub negative_is_return: bool,
    /// Order numbers of book-keeping adjustments. Not given: no order is one by its number; items are, if their code or description
    /// says so. A line with a negative unit price is always an adjustment.
    pub adjustment_orders: Option<Vec<String>>,
    /// Items that are services, fees, vouchers or tests, and no goods. Not given: found by evidence, which is words in code and description
    /// (postage, shipping, discount, gift card, fee and so on, in the common languages) and the sign of the amounts. The table of
    /// suggestions lists them. A single letter is no evidence.
    pub service_items: Option<Vec<String>>,
    /// Customer ids that stand for nobody; their lines count as anonymous. Not given: found by evidence. Words such as `GUEST`, `n/a`,
    /// `null`, `unknown`, `0` and `-` are enough. Words that a customer may have for an id, such as `X`, `TEST` and `CASH`, count only if
    /// the id has more orders than any customer, or several orders a day on at least a quarter of its days.
    pub placeholder_customers: Option<Vec<String>>,
    /// Items to leave out, such as the shop's word for "nothing".
    pub leave_out_items: Vec<String>,
    /// What happens to rows with unit price 0: `set-aside` takes them for gifts (buyer known) and stock entries (buyer unknown);
    /// `keep` treats them like other rows, for data without prices.
    pub zero_price: ZeroPrice,
    /// Which repeated rows count once.
    pub duplicates: Duplicates,
    /// Minutes within which a purchase is undone if all of it is cancelled on the same day; 0 turns the rule off.
    pub undone_minutes: u32,
    /// Pieces from which a purchase can be undone; smaller ones stay a purchase and a return.
    pub undone_min_quantity: f64,
    /// Whether ids that differ only in upper and lower case are one id.
    pub fold_case: bool,
    /// Whether `13085.0` is `13085` in order numbers and customer ids: exports write whole numbers so if the column was a floating-point
    /// number.
    pub whole_number_ids: bool,
    /// What happens to the few orders whose dates are far from the shop's other dates.
    pub implausible_dates: ImplausibleDates,
    /// Share of rows, 0 to 1, that may have implausible dates; if there are more, the run is held. One or two orders never hold it.
    pub max_implausible_share: f64,
    /// Share of lines or of money, 0 to 1, above which a note says what a rule set aside, with examples.
    pub note_set_aside_above: f64,
    /// Pieces (of either sign) above which a note counts the rows; nothing is removed.
    pub note_quantity_above: f64,
    /// Unit price (of either sign, in the shop's currency) above which a note counts the rows; nothing is removed.
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
            placeholder_customers: None,
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
