//! What each person did: within the window after the first planned day, and before it.

use super::settings::{MeasureCampaign, Outcome};
use crate::diagnostics::Result;
use crate::numeric::calendar::DAY;
use crate::orders::AsOf;
use crate::stage::{Context, Upstream};
use crate::stages::orders::{History, Wanted, orders};
use crate::stages::persons::Places;
use crate::stages::value_customers::item_costs;

/// Days before the list's date whose purchases adjust outcomes.
const BEFORE: i64 = 365;

/// What campaigns look at.
const WANTED: Wanted = Wanted {
    orders: true,
    items: true,
    names: false,
    categories: false,
    quantities: true,
    amounts: true,
    returns: true,
    anonymous: false,
};

/// What a person, or a household, did within a span of days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::stages) struct Did {
    pub(in crate::stages) orders: f64,
    /// In the currency, returns of the same span taken off.
    pub(in crate::stages) revenue: f64,
    pub(super) margin: f64,
    /// Pieces, returns taken off.
    pub(super) units: f64,
}

impl Did {
    pub(in crate::stages) fn plus(self, other: Did) -> Did {
        Did {
            orders: self.orders + other.orders,
            revenue: self.revenue + other.revenue,
            margin: self.margin + other.margin,
            units: self.units + other.units,
        }
    }

    pub(super) fn of(&self, outcome: Outcome) -> f64 {
        match outcome {
            Outcome::Revenue => self.revenue,
            Outcome::Margin => self.margin,
            Outcome::Units => self.units,
            Outcome::Conversion => f64::from(u8::from(self.orders > 0.0)),
            Outcome::OrderValue => self.revenue / self.orders,
        }
    }
}

/// The shop's orders, ready to be asked about persons.
pub(in crate::stages) struct Shop {
    history: History,
    places: Places,
    /// Cost of a piece by item, in the currency; NaN where it is not known.
    costs: Vec<f64>,
    margin: Option<f64>,
}

impl MeasureCampaign {
    pub(super) fn shop(&self, cx: &mut Context) -> Result<Shop> {
        Shop::read(cx, &self.orders.0, self.costs.as_ref(), self.margin.map(|margin| margin.get()))
    }
}

impl Shop {
    /// The orders of a `clean-orders` stage, with costs of items and the margin as a share of the price where they are known.
    pub(in crate::stages) fn read(
        cx: &mut Context,
        stage: &str,
        costs: Option<&Upstream>,
        margin: Option<f64>,
    ) -> Result<Shop> {
        let history = orders(cx, stage, WANTED)?;
        let (names, items) = (history.customers.to_vec(), history.items.to_vec());
        let costs = match costs {
            Some(stage) => item_costs(cx, stage, &items)?,
            None => vec![f64::NAN; items.len()],
        };
        Ok(Shop { history, places: Places::of(&names), costs, margin })
    }

    /// The customers of the orders, by place.
    pub(super) fn names(&self) -> Vec<String> {
        self.history.customers.to_vec()
    }

    /// The place of a person among the customers of the orders.
    pub(in crate::stages) fn place(&self, customer: &str) -> Option<u32> {
        self.places.get(customer).map(|place| place as u32)
    }

    /// The orders before the as-of date.
    pub(in crate::stages) fn known(&self, cx: &Context) -> Result<AsOf<'_>> {
        self.history.known(cx)
    }

    /// The share of revenue whose items have a known cost, where margins are of costs alone.
    pub(super) fn cost_share(&self, known: AsOf) -> Option<f64> {
        if self.margin.is_some() || self.costs.iter().all(|cost| cost.is_nan()) {
            return None;
        }
        let (mut with, mut all) = (0_i128, 0_i128);
        for customer in 0..known.customers() as u32 {
            let lines = known.lines(customer);
            for (item, amount) in lines.item.iter().zip(lines.amount) {
                all += i128::from(*amount);
                with += if self.costs[*item as usize].is_nan() { 0 } else { i128::from(*amount) };
            }
        }
        (all > 0).then(|| with as f64 / all as f64)
    }

    /// Whether a customer had ordered before a day.
    pub(super) fn known_before(&self, known: AsOf, customer: u32, day: i32) -> bool {
        known.lines(customer).time.first().is_some_and(|first| *first < i64::from(day) * DAY)
    }

    /// What a customer did from the day `from` on, before the day `until`.
    pub(in crate::stages) fn did(&self, known: AsOf, customer: u32, from: i64, until: i64) -> Did {
        let (begin, end) = (from * DAY, until * DAY);
        let lines = known.lines_since(customer, begin);
        let mut did = Did::default();
        let mut last = None;
        let mut add = |item: u32, quantity: i64, amount: i64, sign: f64| {
            let (money, pieces) = (amount as f64 / 10_000.0, quantity as f64 / 1_000.0);
            let cost = self.costs[item as usize];
            let margin = match cost.is_nan() {
                true => money * self.margin.unwrap_or(0.0),
                false => money - cost * pieces,
            };
            did.revenue += sign * money;
            did.units += sign * pieces;
            did.margin += sign * margin;
        };
        let mut orders = 0.0;
        for row in (0..lines.len()).take_while(|row| lines.time[*row] < end) {
            add(lines.item[row], lines.quantity[row], lines.amount[row], 1.0);
            // Lines are sorted by time and order.
            orders += f64::from(u8::from(last != Some(lines.order[row])));
            last = Some(lines.order[row]);
        }
        let back = known.returns(customer);
        for row in (0..back.time.len()).filter(|row| back.bought[*row] >= begin && back.time[*row] < end) {
            add(back.item[row], back.quantity[row], back.amount[row], -1.0);
        }
        did.orders = orders;
        did
    }

    /// What a customer did in the year before a day.
    pub(in crate::stages) fn year_before(&self, known: AsOf, customer: u32, day: i64) -> Did {
        self.did(known, customer, day - BEFORE, day)
    }
}
