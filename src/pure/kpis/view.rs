//! One customer in one period: what every KPI of customers is a sum of.

use super::periods::{Period, Periods};
use crate::features::OrderTotals;
use crate::numeric::calendar::{DAY, day_of};
use crate::orders::{AsOf, LinesOf, NONE, ReturnsOf};

/// What looking at customers takes beside their orders.
#[derive(Debug, Clone)]
pub struct ViewSettings {
    /// Seconds without an order after which a customer counts as defected.
    pub quiet: i64,
    /// Cost of one piece by item, in ten-thousandths of the currency unit; negative where it is not known.
    pub costs: Option<Vec<i64>>,
    /// Whether goods that came back can be sold again, so that their cost comes back too.
    pub resold: bool,
    /// Further costs of customers: customer, time in civil seconds, ten-thousandths of the currency unit; sorted.
    pub expenses: Vec<(u32, i64, i64)>,
}

impl ViewSettings {
    /// Without costs, and with so many days of silence as the limit.
    pub fn of_silence(days: i64) -> ViewSettings {
        ViewSettings { quiet: days * DAY, costs: None, resold: true, expenses: Vec::new() }
    }

    /// The expenses of a customer, oldest first.
    pub fn expenses_of(&self, customer: u32) -> &[(u32, i64, i64)] {
        let from = self.expenses.partition_point(|row| row.0 < customer);
        let until = self.expenses.partition_point(|row| row.0 <= customer);
        &self.expenses[from..until]
    }

    /// What a customer contributed and when (civil seconds): lines and returns of items with a known cost, and further costs.
    pub fn contributions(&self, known: AsOf, customer: u32) -> Vec<(i64, i64)> {
        let (lines, returns) = (known.lines(customer), known.returns(customer));
        let mut events: Vec<(i64, i64)> = Vec::new();
        for row in 0..lines.len() {
            let cost = cost_of(self, lines.item[row]);
            events.extend(cost.map(|cost| (lines.time[row], lines.amount[row] - pieces(lines.quantity[row], cost))));
        }
        for row in 0..returns.time.len() {
            let back = |cost| if self.resold { pieces(returns.quantity[row], cost) } else { 0 };
            let cost = cost_of(self, returns.item[row]);
            events.extend(cost.map(|cost| (returns.time[row], back(cost) - returns.amount[row])));
        }
        let expenses = self.expenses_of(customer).iter().filter(|row| row.1 < known.as_of());
        events.extend(expenses.map(|row| (row.1, -row.2)));
        events
    }
}

/// What one customer did in one period; counts are 0 or more, money is in ten-thousandths of the currency unit, pieces in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// Orders in the period.
    pub orders: i64,
    /// Pieces.
    pub units: i64,
    /// Money of its orders, returns not subtracted.
    pub revenue: i64,
    /// Money given back in the period.
    pub returned: i64,
    /// Money given back, whenever, for goods bought in the period.
    pub returned_of_orders: i64,
    /// Whether the first order on record falls into it.
    pub acquired: bool,
    /// Whether an order came before its start.
    pub known: bool,
    /// Orders and money of the period before; 0 where there is none.
    pub orders_before: i64,
    pub revenue_before: i64,
    /// Orders and money of the same period of the year before.
    pub orders_year: i64,
    pub revenue_year: i64,
    /// Orders within 365 days before its start, and before its end.
    pub orders_365_at_start: i64,
    pub orders_365: i64,
    /// Orders ever, and days with an order ever, by its end.
    pub orders_ever: i64,
    pub days_ever: i64,
    /// Orders within 365 days before its end that came after the customer's first.
    pub later_orders_365: i64,
    /// Whether the customer had ordered within the limit of silence at its start.
    pub active_at_start: bool,
    /// Whether an order came after the limit had been reached.
    pub returned_after_silence: bool,
    /// Whether the limit of silence was reached in it, by those who could.
    pub defected: bool,
    /// Whether those who defected in it ordered again later.
    pub came_back: bool,
    /// For those acquired in it whose first 90 days were over at the as-of date: whether a second order came within them.
    pub second_in_90: Option<bool>,
    /// The same for those acquired in the 365 days before its end.
    pub second_in_90_year: Option<bool>,
    /// Money and cost of the lines whose item has a known cost, returns subtracted.
    pub covered: i64,
    pub cost: i64,
    /// Further costs of the customer.
    pub expenses: i64,
}

impl View {
    /// Contribution: revenue less returns, cost of goods and further costs, over lines whose item has a known cost.
    pub fn profit(&self) -> i64 {
        self.covered - self.cost - self.expenses
    }

    /// Whether there was an order, a return or a cost.
    pub fn is_present(&self) -> bool {
        self.orders > 0 || self.returned > 0 || self.expenses != 0
    }
}

/// Days after a first order within which a second one is looked for.
pub const SECOND_WITHIN: i64 = 90;
const YEAR: i64 = 365 * DAY;

/// An order with what the views need of its lines.
#[derive(Debug, Clone, Copy)]
struct Bought {
    time: i64,
    amount: i64,
}

/// One customer's orders, ready for views of any period.
#[derive(Debug, Default)]
pub struct Customer {
    totals: OrderTotals,
    orders: Vec<Bought>,
    /// Days with an order up to and with each order.
    days: Vec<i64>,
}

impl Customer {
    /// Puts together a customer's orders.
    pub fn collect(&mut self, known: AsOf, customer: u32) {
        self.totals.collect(&known.lines(customer));
        self.orders.clear();
        self.days.clear();
        self.orders.extend(
            self.totals.orders().iter().map(|order| Bought { time: order.time, amount: clamped(order.amount) }),
        );
        let mut days = 0;
        let mut last = None;
        for order in &self.orders {
            let day = day_of(order.time);
            days += i64::from(last != Some(day));
            last = Some(day);
            self.days.push(days);
        }
    }

    /// When the first order came, in civil seconds.
    pub fn first(&self) -> Option<i64> {
        self.orders.first().map(|order| order.time)
    }

    /// Times (civil seconds) and money (ten-thousandths of the currency unit) of the orders, oldest first.
    pub fn orders(&self) -> impl Iterator<Item = (i64, i64)> {
        self.orders.iter().map(|order| (order.time, order.amount))
    }

    fn before(&self, time: i64) -> usize {
        self.orders.partition_point(|order| order.time < time)
    }

    fn between(&self, from: i64, until: i64) -> &[Bought] {
        let (from, until) = (self.before(from), self.before(until));
        &self.orders[from..until.max(from)]
    }

    /// The customer in the period `at`, by what was known at the as-of date.
    pub fn view(&self, known: AsOf, customer: u32, periods: &Periods, at: usize, settings: &ViewSettings) -> View {
        let period = &periods.list()[at];
        let now = period.end.min(known.as_of());
        let mut view = View::default();
        self.of_period(&mut view, period, now);
        let sums = |other: &Period| {
            let orders = self.between(other.start, other.end);
            (orders.len() as i64, orders.iter().map(|order| order.amount).sum::<i64>())
        };
        if let Some(before) = at.checked_sub(1) {
            (view.orders_before, view.revenue_before) = sums(&periods.list()[before]);
        }
        if let Some(year) = period.year_before {
            (view.orders_year, view.revenue_year) = sums(&periods.list()[year]);
        }
        self.of_silence(&mut view, period, now, known.as_of(), settings.quiet);
        self.of_second_order(&mut view, period, now, known.as_of());
        of_lines(&mut view, &known.lines(customer), period, now, settings);
        of_returns(&mut view, &known.returns(customer), period, now, settings);
        let expenses = settings.expenses_of(customer).iter().filter(|row| (period.start..now).contains(&row.1));
        view.expenses = expenses.map(|row| row.2).sum();
        view
    }

    fn of_period(&self, view: &mut View, period: &Period, now: i64) {
        let orders = self.between(period.start, now);
        let (from, until) = (self.before(period.start), self.before(now));
        view.orders = orders.len() as i64;
        view.revenue = orders.iter().map(|order| order.amount).sum();
        view.acquired = from == 0 && until > 0;
        view.known = from > 0;
        view.orders_ever = until as i64;
        view.days_ever = until.checked_sub(1).map_or(0, |last| self.days[last]);
        view.orders_365_at_start = self.between(period.start - YEAR, period.start).len() as i64;
        view.orders_365 = self.between(now - YEAR, now).len() as i64;
        let first = self.first().unwrap_or(now);
        view.later_orders_365 = self.between((first + 1).max(now - YEAR), now).len() as i64;
    }

    fn of_silence(&self, view: &mut View, period: &Period, now: i64, as_of: i64, quiet: i64) {
        view.active_at_start = !self.between(period.start - quiet, period.start).is_empty();
        let from = self.before(period.start);
        let until = self.before(now);
        let silence_before = |order: usize| self.orders[order].time - self.orders[order - 1].time;
        view.returned_after_silence = (from.max(1)..until).any(|order| silence_before(order) > quiet);
        let can =
            view.active_at_start || view.returned_after_silence || (view.acquired && period.end - period.start > quiet);
        if !can {
            return;
        }
        // Silences that reach the limit within the period: after each order that came early enough for that.
        let (first, last) = (self.before(period.start - quiet), self.before(now - quiet));
        for order in first..last {
            let limit = self.orders[order].time + quiet;
            let next = self.orders.get(order + 1).map(|next| next.time);
            if limit < as_of && next.is_none_or(|next| next > limit) {
                view.defected = true;
                view.came_back |= next.is_some();
            }
        }
    }

    fn of_second_order(&self, view: &mut View, period: &Period, now: i64, as_of: i64) {
        let Some(first) = self.first() else { return };
        let over = first + SECOND_WITHIN * DAY;
        if over > as_of {
            return;
        }
        let came = self.orders.get(1).is_some_and(|second| second.time <= over);
        view.second_in_90 = (period.start..now).contains(&first).then_some(came);
        view.second_in_90_year = (now - YEAR..now).contains(&first).then_some(came);
    }
}

fn of_lines(view: &mut View, lines: &LinesOf, period: &Period, now: i64, settings: &ViewSettings) {
    let (from, until) =
        (lines.time.partition_point(|&t| t < period.start), lines.time.partition_point(|&time| time < now));
    for row in from..until.max(from) {
        view.units += lines.quantity[row];
        if let Some(cost) = cost_of(settings, lines.item[row]) {
            view.covered += lines.amount[row];
            view.cost += pieces(lines.quantity[row], cost);
        }
    }
}

fn of_returns(view: &mut View, returns: &ReturnsOf, period: &Period, now: i64, settings: &ViewSettings) {
    for row in 0..returns.time.len() {
        if (period.start..period.end).contains(&returns.bought[row]) {
            view.returned_of_orders += returns.amount[row];
        }
        if !(period.start..now).contains(&returns.time[row]) {
            continue;
        }
        view.returned += returns.amount[row];
        if let Some(cost) = cost_of(settings, returns.item[row]) {
            view.covered -= returns.amount[row];
            view.cost -= if settings.resold { pieces(returns.quantity[row], cost) } else { 0 };
        }
    }
}

fn cost_of(settings: &ViewSettings, item: u32) -> Option<i64> {
    let costs = settings.costs.as_ref()?;
    costs.get(item as usize).copied().filter(|cost| *cost >= 0 && item != NONE)
}

/// The cost of thousandths of a piece, to the nearest ten-thousandth.
fn pieces(thousandths: i64, cost: i64) -> i64 {
    let product = i128::from(thousandths) * i128::from(cost);
    clamped((product + product.signum() * 500) / 1_000)
}

fn clamped(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}
