//! What is wrong or special in a demo shop's order lines: one row per rule, with its rate.

/// One kind of line that a cleaning stage must treat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dirt {
    Guest,
    Return,
    PartialReturn,
    UnmatchedReturn,
    WriteOff,
    Postage,
    Manual,
    Discount,
    BankCharge,
    Adjustment,
    MirroredOutlier,
    OverlapLine,
    SplitTime,
    MissingDescription,
    DescriptionBlanks,
    ItemCase,
    ItemBlank,
    CustomerBlank,
    BadDate,
    BadQuantity,
    BadPrice,
    GenuineRepeat,
}

/// What a rate counts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Order line of an ordinary sale.
    Line,
    /// Order of a customer.
    Order,
    /// Return.
    Return,
    /// The whole history: planted at fixed dates.
    Shop,
}

/// One rule.
#[derive(Debug)]
pub struct DirtRow {
    pub dirt: Dirt,
    pub name: &'static str,
    pub per: Per,
    pub rate: f64,
    /// Whether [`super::ShopSettings::dirt`] scales the rate; returns and guests are part of any shop.
    pub scaled: bool,
    pub meaning: &'static str,
}

/// All rules, in the order of [`Dirt`].
pub const DIRT: [DirtRow; 22] = [
    row(Dirt::Guest, "guest", Per::Order, 0.06, false, "line of an order without a customer"),
    row(
        Dirt::Return,
        "return",
        Per::Line,
        0.018,
        false,
        "cancellation line (order id C…) of a whole earlier line of the customer",
    ),
    row(
        Dirt::PartialReturn,
        "partial_return",
        Per::Line,
        0.004,
        false,
        "cancellation line of a part of an earlier line",
    ),
    row(
        Dirt::UnmatchedReturn,
        "unmatched_return",
        Per::Return,
        0.05,
        false,
        "cancellation line of an item that the customer never bought in this history",
    ),
    row(
        Dirt::WriteOff,
        "write_off",
        Per::Order,
        0.012,
        true,
        "stock written off: no customer, price 0, negative quantity, a note for a description",
    ),
    row(Dirt::Postage, "postage", Per::Order, 0.08, true, "service line POST"),
    row(Dirt::Manual, "manual", Per::Order, 0.003, true, "service line M, a manual charge"),
    row(Dirt::Discount, "discount", Per::Order, 0.003, true, "service line D on a C order, quantity -1"),
    row(
        Dirt::BankCharge,
        "bank_charge",
        Per::Shop,
        1.0,
        true,
        "monthly service line BANK CHARGES on a C order without a customer",
    ),
    row(Dirt::Adjustment, "adjustment", Per::Shop, 1.0, true, "bad debt (order id A…), once with a negative price"),
    row(
        Dirt::MirroredOutlier,
        "mirrored_outlier",
        Per::Shop,
        1.0,
        true,
        "line of an absurd quantity, or its cancellation twelve minutes later",
    ),
    row(
        Dirt::OverlapLine,
        "overlap_line",
        Per::Shop,
        1.0,
        true,
        "line of three days that a second extract repeats, other dirt included",
    ),
    row(
        Dirt::SplitTime,
        "split_time",
        Per::Order,
        0.002,
        true,
        "line stamped a minute after the first line of its order",
    ),
    row(Dirt::MissingDescription, "missing_description", Per::Line, 0.003, true, "empty description"),
    row(
        Dirt::DescriptionBlanks,
        "description_blanks",
        Per::Line,
        0.012,
        true,
        "description with doubled and trailing blanks",
    ),
    row(Dirt::ItemCase, "item_case", Per::Line, 0.008, true, "item id in lower case"),
    row(Dirt::ItemBlank, "item_blank", Per::Line, 0.005, true, "item id with a blank before or after it"),
    row(
        Dirt::CustomerBlank,
        "customer_blank",
        Per::Line,
        0.003,
        true,
        "customer id with a blank after it; none in an order of a guest",
    ),
    row(Dirt::BadDate, "bad_date", Per::Line, 0.0005, true, "order time that is no time"),
    row(Dirt::BadQuantity, "bad_quantity", Per::Line, 0.0005, true, "quantity that is no number"),
    row(Dirt::BadPrice, "bad_price", Per::Line, 0.0005, true, "unit price that is no number"),
    row(
        Dirt::GenuineRepeat,
        "genuine_repeat",
        Per::Line,
        0.0015,
        true,
        "line that repeats the one before it and was really bought twice",
    ),
];

const fn row(dirt: Dirt, name: &'static str, per: Per, rate: f64, scaled: bool, meaning: &'static str) -> DirtRow {
    DirtRow { dirt, name, per, rate, scaled, meaning }
}

/// The first of the rules that hit single lines; no line has two of them.
pub const FIRST_OF_LINE: usize = Dirt::MissingDescription as usize;

/// The rates of one shop.
#[derive(Debug)]
pub struct Rates {
    rates: [f64; DIRT.len()],
}

impl Rates {
    /// Rates with the scaled ones multiplied by `factor`.
    pub fn new(factor: f64) -> Self {
        Rates { rates: std::array::from_fn(|i| DIRT[i].rate * if DIRT[i].scaled { factor } else { 1.0 }) }
    }

    /// The rate of one rule; for those per shop, above 0 when planted.
    pub fn of(&self, dirt: Dirt) -> f64 {
        self.rates[dirt as usize]
    }

    /// The rule that hits a line, from a draw in [0, 1).
    pub fn of_line(&self, mut place: f64) -> Option<Dirt> {
        for (row, &rate) in DIRT.iter().zip(&self.rates).skip(FIRST_OF_LINE) {
            if place < rate {
                return Some(row.dirt);
            }
            place -= rate;
        }
        None
    }
}

/// Lines in the order file per rule.
#[derive(Debug, Clone, Default)]
pub struct Counts([u64; DIRT.len()]);

impl Counts {
    /// Counts one more line.
    pub fn add(&mut self, dirt: Dirt) {
        self.0[dirt as usize] += 1;
    }

    /// Lines under one rule.
    pub fn of(&self, dirt: Dirt) -> u64 {
        self.0[dirt as usize]
    }

    /// Counts once more what was counted since `before`.
    pub fn repeat_since(&mut self, before: &Counts) {
        for (now, then) in self.0.iter_mut().zip(before.0) {
            *now += *now - then;
        }
    }

    /// Counts `lines` more under one rule.
    pub fn add_lines(&mut self, dirt: Dirt, lines: u64) {
        self.0[dirt as usize] += lines;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_rules() {
        for (index, row) in DIRT.iter().enumerate() {
            assert_eq!(row.dirt as usize, index, "{}", row.name);
            assert_eq!(row.per == Per::Line && row.scaled, index >= FIRST_OF_LINE, "{}", row.name);
        }
    }

    #[test]
    fn a_clean_shop_has_no_dirty_line() {
        assert_eq!(Rates::new(0.0).of_line(0.0), None);
        assert_eq!(Rates::new(1.0).of_line(0.0), Some(Dirt::MissingDescription));
        assert_eq!(Rates::new(1.0).of_line(0.9), None);
    }
}
