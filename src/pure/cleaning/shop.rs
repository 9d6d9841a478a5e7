//! Order lines for tests: written by hand, or read from the public retail sets.

use super::lines::{Lines, Tables};
use super::settings::CleaningSettings;
use crate::orders::{NONE, Names};
use crate::real_data::shared;

/// Owned columns and their names.
#[derive(Debug, Clone, Default)]
pub struct Shop {
    pub orders: Names,
    pub customers: Names,
    pub items: Names,
    pub descriptions: Names,
    pub order: Vec<u32>,
    pub customer: Vec<u32>,
    pub item: Vec<u32>,
    pub description: Vec<u32>,
    pub time: Vec<i64>,
    pub day: Vec<i32>,
    pub quantity: Vec<i64>,
    pub unit_price: Vec<i64>,
    pub source: Vec<u32>,
    /// Empty where orders are not stated as a whole.
    pub statement: Vec<u32>,
}

impl Shop {
    /// Adds a row of source 0; a blank text is a missing one; quantity in pieces, price in ten-thousandths.
    pub fn row(
        &mut self,
        order: &str,
        customer: &str,
        item: &str,
        time: i64,
        pieces: i64,
        unit_price: i64,
    ) -> &mut Self {
        let id = |names: &mut Names, text: &str| if text.is_empty() { NONE } else { names.intern(text) };
        self.order.push(id(&mut self.orders, order));
        self.customer.push(id(&mut self.customers, customer));
        self.item.push(id(&mut self.items, item));
        self.description.push(NONE);
        self.time.push(time);
        self.day.push(time.div_euclid(86_400) as i32);
        self.quantity.push(pieces * 1_000);
        self.unit_price.push(unit_price);
        self.source.push(0);
        self
    }

    pub fn describe(&mut self, text: &str) -> &mut Self {
        *self.description.last_mut().expect("a row to describe") = self.descriptions.intern(text);
        self
    }

    pub fn lines(&self) -> Lines<'_> {
        Lines {
            order: &self.order,
            customer: &self.customer,
            item: &self.item,
            description: &self.description,
            time: &self.time,
            day: &self.day,
            quantity: &self.quantity,
            unit_price: &self.unit_price,
            source: &self.source,
            statement: (!self.statement.is_empty()).then_some(self.statement.as_slice()),
        }
    }

    pub fn tables(&self) -> Tables<'_> {
        Tables {
            orders: &self.orders,
            customers: &self.customers,
            items: &self.items,
            descriptions: &self.descriptions,
        }
    }

    /// Reads one of the UCI retail files, or says that it is not there.
    pub fn read(file: &str) -> Option<Self> {
        let bytes = std::fs::File::open(shared(&format!("data/{file}"))?).expect("a file");
        let mut reader = csv::Reader::from_reader(flate2::read::GzDecoder::new(bytes));
        let mut shop = Self::default();
        for record in reader.records() {
            let record = record.expect("a record");
            shop.row(&record[0], &record[6], &record[1], seconds(&record[4]), 0, decimal(&record[5]));
            *shop.quantity.last_mut().expect("the row") = record[3].parse::<i64>().expect("whole pieces") * 1_000;
            if !record[2].is_empty() {
                shop.describe(&record[2]);
            }
        }
        Some(shop)
    }
}

/// The settings with the codes of the UCI Online Retail sets, as `pipelines/online-retail.toml` gives them.
pub fn online_retail() -> CleaningSettings {
    let list = |codes: &[&str]| Some(codes.iter().map(|code| (*code).to_owned()).collect());
    CleaningSettings {
        cancelled_orders: list(&["C#*"]),
        adjustment_orders: list(&["A#*"]),
        service_items: list(&[
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
        ]),
        ..CleaningSettings::default()
    }
}

/// Seconds of `2010-12-01 08:26:00` (days from the civil date after H. Hinnant, "chrono-compatible low-level date
/// algorithms", 2013).
pub fn seconds(text: &str) -> i64 {
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().expect("digits");
    let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10));
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let of_era = year * 365 + year / 4 - year / 100 + year / 400;
    let days = of_era + (153 * month + 2) / 5 + day - 1 - 719_468;
    days * 86_400 + part(11, 13) * 3_600 + part(14, 16) * 60 + part(17, 19)
}

/// Ten-thousandths of `-11062.06`.
fn decimal(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction: i64 = format!("{fraction:0<4}").parse().expect("at most four decimals");
    sign * (whole.parse::<i64>().expect("digits") * 10_000 + fraction)
}
