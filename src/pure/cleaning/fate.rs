//! What can become of a raw row: one table of names and meanings.

/// What became of one raw row. Each row has exactly one fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fate {
    /// A sale to a known customer.
    OrderLine,
    /// A sale to an unknown customer.
    Anonymous,
    /// A return of all of one earlier purchase line.
    ReturnExact,
    /// A return set against earlier purchases of the item.
    ReturnByItem,
    /// A return of more than was bought.
    ReturnInPart,
    /// A return without a purchase in the data.
    ReturnUnmatched,
    /// A return by an unknown customer.
    ReturnAnonymous,
    /// A purchase cancelled within minutes, or that cancellation.
    Undone,
    /// Goods at price 0 to a known customer.
    Gift,
    /// A stock count upwards.
    StockEntry,
    /// A stock count downwards.
    WriteOff,
    /// Not goods.
    Service,
    /// Money booked without goods.
    Adjustment,
    /// An item the settings leave out.
    LeftOut,
    /// A repeat of a row that counts already.
    Duplicate,
    /// Replaced by a later file that states the order as a whole.
    Restated,
    /// Dated where no order of this shop can be.
    ImplausibleDate,
    /// Not yet known at the as-of date.
    Later,
    /// Rejected: no order number.
    NoOrder,
    /// Rejected: no item code.
    NoItem,
    /// Rejected: quantity 0.
    ZeroQuantity,
    /// Rejected: a cancelled order with a positive quantity.
    PositiveCancellation,
    /// Rejected: a negative quantity where the settings say it is no return.
    NegativeQuantity,
    /// Rejected: an amount beyond what money can be counted in.
    AmountTooLarge,
}

/// Where rows with a fate go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Sales: the history.
    Sale,
    /// Goods that came back.
    Return,
    /// True, but no sale.
    SetAside,
    /// Unusable; goes to the rejects with the fate's name as its rule.
    Rejected,
}

/// One row of the table of fates.
#[derive(Debug, Clone, Copy)]
pub struct FateRow {
    /// The fate.
    pub fate: Fate,
    /// Its name in tables, reports and SQL.
    pub name: &'static str,
    /// Where its rows go.
    pub group: Group,
    /// What it says, in words.
    pub meaning: &'static str,
}

/// All fates, in the order of a waterfall read from the bottom: sales, returns, set aside, rejected.
pub static FATES: [FateRow; 24] = [
    row(Fate::OrderLine, "order-line", Group::Sale, "sold to a known customer"),
    row(
        Fate::Anonymous,
        "anonymous",
        Group::Sale,
        "sold to an unknown customer; kept for basket rules, in no customer table",
    ),
    row(
        Fate::ReturnExact,
        "return-exact",
        Group::Return,
        "return of one earlier purchase line in full: same customer, item and quantity",
    ),
    row(
        Fate::ReturnByItem,
        "return-by-item",
        Group::Return,
        "return set against earlier purchases of the same customer and item, oldest first",
    ),
    row(
        Fate::ReturnInPart,
        "return-in-part",
        Group::Return,
        "return of more than the customer has bought of the item: the part that was bought is matched",
    ),
    row(
        Fate::ReturnUnmatched,
        "return-unmatched",
        Group::Return,
        "return by a known customer without any purchase of the item in the data",
    ),
    row(
        Fate::ReturnAnonymous,
        "return-anonymous",
        Group::Return,
        "return by an unknown customer, which cannot be matched",
    ),
    row(
        Fate::Undone,
        "undone",
        Group::SetAside,
        "large purchase and its full cancellation minutes later: a mistake at the till, not a sale and a return",
    ),
    row(Fate::Gift, "gift", Group::SetAside, "price 0 to a known customer"),
    row(Fate::StockEntry, "stock-entry", Group::SetAside, "price 0 without a customer: stock found or corrected"),
    row(
        Fate::WriteOff,
        "write-off",
        Group::SetAside,
        "negative quantity at price 0 without a customer: stock lost or damaged",
    ),
    row(Fate::Service, "service", Group::SetAside, "postage, fee, voucher, manual entry or test: not goods"),
    row(
        Fate::Adjustment,
        "adjustment",
        Group::SetAside,
        "book-keeping entry: marked order number, or a negative price",
    ),
    row(Fate::LeftOut, "left-out", Group::SetAside, "item that the settings leave out"),
    row(Fate::Duplicate, "duplicate", Group::SetAside, "repeat of a row that counts already"),
    row(Fate::Restated, "restated", Group::SetAside, "replaced by a later file that states the order as a whole"),
    row(
        Fate::ImplausibleDate,
        "implausible-date",
        Group::SetAside,
        "dated before 1970, after 2100, or far from the mass of the shop's dates",
    ),
    row(Fate::Later, "later", Group::SetAside, "at or after the as-of date: not yet known"),
    row(Fate::NoOrder, "no-order", Group::Rejected, "no order number"),
    row(Fate::NoItem, "no-item", Group::Rejected, "no item code"),
    row(Fate::ZeroQuantity, "zero-quantity", Group::Rejected, "quantity 0"),
    row(
        Fate::PositiveCancellation,
        "positive-cancellation",
        Group::Rejected,
        "cancelled order with a positive quantity",
    ),
    row(
        Fate::NegativeQuantity,
        "negative-quantity",
        Group::Rejected,
        "negative quantity, which the settings do not read as a return",
    ),
    row(
        Fate::AmountTooLarge,
        "amount-too-large",
        Group::Rejected,
        "quantity times price is beyond what money can be counted in",
    ),
];

const fn row(fate: Fate, name: &'static str, group: Group, meaning: &'static str) -> FateRow {
    FateRow { fate, name, group, meaning }
}

impl Fate {
    /// The fate's row in the table.
    pub fn row(self) -> &'static FateRow {
        &FATES[self as usize]
    }

    /// The fate's name in tables, reports and SQL.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Whether a row with this fate is a service once its item turns out to be one.
    pub(super) fn may_be_service(self) -> bool {
        matches!(self.group(), Group::Sale | Group::Return)
            || matches!(
                self,
                Fate::Gift | Fate::StockEntry | Fate::WriteOff | Fate::PositiveCancellation | Fate::NegativeQuantity
            )
    }

    /// Where rows with this fate go.
    pub fn group(self) -> Group {
        self.row().group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fate_stands_at_its_own_place_under_its_own_name() {
        for (place, row) in FATES.iter().enumerate() {
            assert_eq!(row.fate as usize, place);
            assert!(FATES[..place].iter().all(|other| other.name != row.name));
        }
    }
}
