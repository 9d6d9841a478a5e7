//! What each customer bought, day by day, as the models of value read it: a purchase is a day with orders.

use rayon::prelude::*;

use crate::numeric::calendar::{DAY, day_of};
use crate::numeric::math::ln;
use crate::orders::{After, AsOf, UNMATCHED};
use crate::series::Clock;
use crate::value::{Credibility, History, Own, Record, Spend};

/// What goods cost the shop.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    /// Margin as a share of the price, for items without a cost of their own; `None` where it is not known.
    pub margin: Option<f64>,
    /// Cost of a piece by item id, in currency units; NaN where it is not known. Empty without a table of costs.
    pub item: Vec<f64>,
}

impl Costs {
    /// Whether margins can be computed at all.
    pub fn known(&self) -> bool {
        self.margin.is_some() || self.item.iter().any(|cost| cost.is_finite())
    }

    /// The margin of a line of so much money and so many pieces; NaN where it is not known.
    fn margin(&self, item: u32, money: f64, pieces: f64) -> f64 {
        match self.item.get(item as usize).filter(|cost| cost.is_finite()) {
            Some(cost) => money - cost * pieces,
            None => self.margin.map_or(f64::NAN, |share| share * money),
        }
    }
}

/// Purchases by customer. Money is in currency units, net of returns that were known at the as-of date.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The customers' ids; all else counts customers by their place here.
    ids: Vec<u32>,
    /// `first[c]..first[c + 1]` are the purchases of customer c.
    first: Vec<u32>,
    /// Days since 1970-01-01, ascending for each customer.
    day: Vec<i32>,
    /// Revenue of the day's lines, less what came back of them.
    revenue: Vec<f64>,
    /// Margin of the same; NaN where it is not known.
    margin: Vec<f64>,
    /// By customer: revenue and margin of returns whose purchase is not known.
    unmatched: Vec<[f64; 2]>,
    /// The first day that is not seen.
    as_of: i32,
}

/// The purchases of one customer.
#[derive(Clone, Copy, Debug)]
pub struct Bought<'a> {
    /// Days since 1970-01-01, ascending.
    pub day: &'a [i32],
    /// Revenue by day.
    pub revenue: &'a [f64],
    /// Margin by day; NaN where it is not known.
    pub margin: &'a [f64],
}

impl Ledger {
    /// The purchases of some customers known at a date.
    pub fn new(known: AsOf, ids: Vec<u32>, costs: &Costs) -> Ledger {
        let parts: Vec<Ledger> = ids
            .par_chunks(1 << 12)
            .map(|ids| {
                let mut ledger = Ledger { first: vec![0], ..Ledger::default() };
                ids.iter().for_each(|&id| ledger.add(known, id, costs));
                ledger
            })
            .collect();
        let as_of = day_of(known.as_of()) as i32;
        let mut all = Ledger { ids, first: vec![0], as_of, ..Ledger::default() };
        for mut part in parts {
            let from = all.day.len() as u32;
            all.first.extend(part.first[1..].iter().map(|end| from + end));
            all.day.append(&mut part.day);
            all.revenue.append(&mut part.revenue);
            all.margin.append(&mut part.margin);
            all.unmatched.append(&mut part.unmatched);
        }
        all
    }

    fn add(&mut self, known: AsOf, customer: u32, costs: &Costs) {
        let lines = known.lines(customer);
        let from = self.day.len();
        for line in 0..lines.len() {
            let day = day_of(lines.time[line]) as i32;
            let money = lines.amount[line] as f64 / 10_000.0;
            let margin = costs.margin(lines.item[line], money, lines.quantity[line] as f64 / 1000.0);
            if self.day.len() > from && self.day[self.day.len() - 1] == day {
                *self.revenue.last_mut().expect("a day") += money;
                *self.margin.last_mut().expect("a day") += margin;
            } else {
                self.day.push(day);
                self.revenue.push(money);
                self.margin.push(margin);
            }
        }
        let mut unmatched = [0.0; 2];
        let returns = known.returns(customer);
        for back in 0..returns.time.len() {
            let money = returns.amount[back] as f64 / 10_000.0;
            let margin = costs.margin(returns.item[back], money, returns.quantity[back] as f64 / 1000.0);
            let bought = Some(returns.bought[back]).filter(|bought| *bought != UNMATCHED);
            let day = bought.and_then(|bought| self.day[from..].binary_search(&(day_of(bought) as i32)).ok());
            match day {
                Some(at) => {
                    self.revenue[from + at] -= money;
                    self.margin[from + at] -= margin;
                }
                None => unmatched = [unmatched[0] + money, unmatched[1] + margin],
            }
        }
        self.unmatched.push(unmatched);
        self.first.push(self.day.len() as u32);
    }

    /// The ids of the customers, by place.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The first day that is not seen, since 1970-01-01.
    pub fn as_of(&self) -> i32 {
        self.as_of
    }

    /// The first day with a purchase.
    pub fn start(&self) -> Option<i32> {
        self.day.iter().copied().min()
    }

    /// A customer's purchases.
    pub fn of(&self, customer: u32) -> Bought<'_> {
        let range = self.first[customer as usize] as usize..self.first[customer as usize + 1] as usize;
        Bought { day: &self.day[range.clone()], revenue: &self.revenue[range.clone()], margin: &self.margin[range] }
    }

    /// Revenue and margin of a customer's returns whose purchase is not known.
    pub fn unmatched(&self, customer: u32) -> [f64; 2] {
        self.unmatched[customer as usize]
    }

    /// The places of customers who had bought by the as-of date, ascending; with `active` days, only those who bought within as many before it.
    pub fn buyers(&self, active: Option<i32>) -> Vec<u32> {
        let since = active.map_or(i32::MIN, |days| self.as_of - days);
        let bought = |customer: &u32| self.of(*customer).day.last().is_some_and(|last| *last >= since);
        (0..self.ids.len() as u32).filter(bought).collect()
    }

    /// The records of customers, in weeks of the clock's time; the as-of day itself has not passed.
    pub fn records(&self, customers: &[u32], clock: &Clock) -> Vec<Record> {
        let weeks = |from: i32, to: i32| clock.between(i64::from(from), i64::from(to)) / 7.0;
        let record = |&customer: &u32| {
            let days = self.of(customer).day;
            let (Some(&first), Some(&last)) = (days.first(), days.last()) else {
                return Record::from(History { repeats: 0, recency: 0.0, age: 0.0 });
            };
            // Whoever bought for the first time on the day before has been watched for a day.
            let history = History {
                repeats: days.len() as u32 - 1,
                recency: weeks(first, last),
                age: weeks(first, self.as_of).max(weeks(first, last)),
            };
            let log_gaps = days.windows(2).map(|pair| ln(weeks(pair[0], pair[1]))).sum();
            Record { history, log_gaps, class: 0 }
        };
        customers.par_iter().with_min_len(1 << 10).map(record).collect()
    }

    /// The same by opportunities of so many days: a record's times are whole opportunities since the one of the first purchase.
    pub fn opportunities(&self, customers: &[u32], days: i32) -> Vec<Record> {
        let record = |&customer: &u32| {
            let mut places: Vec<i32> = self.of(customer).day.iter().map(|&day| self.opportunity(day, days)).collect();
            places.dedup();
            let (Some(&first), Some(&last)) = (places.first(), places.last()) else {
                return Record::from(History { repeats: 0, recency: 0.0, age: 0.0 });
            };
            let history =
                History { repeats: places.len() as u32 - 1, recency: f64::from(first - last), age: f64::from(first) };
            Record::from(history)
        };
        customers.par_iter().with_min_len(1 << 10).map(record).collect()
    }

    /// The opportunity of a day, counted back from the as-of date, so that the last one is whole.
    fn opportunity(&self, day: i32, days: i32) -> i32 {
        (self.as_of - 1 - day) / days
    }

    /// How many of a customer's purchases from a day on count apart: those of different days, or of different opportunities of so many days.
    pub fn counted_since(&self, customer: u32, since: i32, opportunity: Option<i32>) -> usize {
        let mut places: Vec<i32> = self.of(customer).day.iter().copied().filter(|day| *day >= since).collect();
        if let Some(days) = opportunity {
            places.iter_mut().for_each(|day| *day = self.opportunity(*day, days));
            places.dedup();
        }
        places.len()
    }

    /// Each customer's purchases with money above 0 as the gamma-gamma model reads them, the first purchase counted too; and all of
    /// them, by their own mean and spread. By margin, or by revenue where `margin` is not asked for; days whose money is not known are
    /// left out. With `opportunity`, purchases within the same so many days are one. The share of purchases with money is the customer's own, drawn towards that of all as far as it is not to be believed.
    pub fn money(&self, customers: &[u32], margin: bool, opportunity: Option<i32>) -> (Vec<Spend>, Vec<Own>) {
        let one = |&customer: &u32| {
            let bought = self.of(customer);
            let all = if margin { bought.margin } else { bought.revenue };
            let place = |at: usize| opportunity.map_or(bought.day[at], |days| self.opportunity(bought.day[at], days));
            let places: Vec<usize> = (0..all.len()).collect();
            let sums = places.chunk_by(|a, b| place(*a) == place(*b)).map(|days| days.iter().map(|at| all[*at]).sum());
            let known: Vec<f64> = sums.filter(|money: &f64| !money.is_nan()).collect();
            // What differences of equal sums leave by rounding is no money.
            let positive: Vec<f64> = known.iter().copied().filter(|money| *money > 1e-6).collect();
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
            let own = mean(&known);
            let squares = known.iter().map(|money| (money - own).powi(2)).sum();
            let share = positive.len() as f64 / known.len().max(1) as f64;
            (
                Spend { repeats: positive.len() as u32, mean: mean(&positive), share },
                Own { orders: known.len() as u32, mean: own, squares },
            )
        };
        let (mut spends, owns): (Vec<Spend>, Vec<Own>) = customers.par_iter().with_min_len(1 << 10).map(one).unzip();
        // With or without money, as 1 or 0.
        let with = |(spend, own): (&Spend, &Own)| Own {
            orders: own.orders,
            mean: spend.share,
            squares: f64::from(own.orders) * spend.share * (1.0 - spend.share),
        };
        let shares: Vec<Own> = spends.iter().zip(&owns).map(with).collect();
        if let Ok(model) = Credibility::fit(&shares) {
            spends.iter_mut().zip(&shares).for_each(|(spend, own)| spend.share = model.expected(own).clamp(0.0, 1.0));
        }
        (spends, owns)
    }
}

/// What customers bought in a horizon that is over.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Days with orders.
    pub purchases: Vec<u32>,
    /// Revenue of the orders, returns within the horizon of goods bought in it subtracted.
    pub revenue: Vec<f64>,
    /// Margin of the same; NaN where it is not known.
    pub margin: Vec<f64>,
}

impl Outcome {
    /// What the customers of these ids did.
    pub fn new(after: After, customers: &[u32], costs: &Costs) -> Outcome {
        let one = |&customer: &u32| {
            let lines = after.lines(customer);
            let (mut days, mut last) = (0, i64::MIN);
            let (mut revenue, mut margin) = (0.0, 0.0);
            for line in 0..lines.len() {
                let day = day_of(lines.time[line]);
                days += u32::from(day != last);
                last = day;
                let money = lines.amount[line] as f64 / 10_000.0;
                revenue += money;
                margin += costs.margin(lines.item[line], money, lines.quantity[line] as f64 / 1000.0);
            }
            let returns = after.returns(customer);
            for back in 0..returns.time.len() {
                if returns.bought[back] != UNMATCHED && returns.bought[back] >= after.as_of() {
                    let money = returns.amount[back] as f64 / 10_000.0;
                    revenue -= money;
                    margin -= costs.margin(returns.item[back], money, returns.quantity[back] as f64 / 1000.0);
                }
            }
            (days, (revenue, margin))
        };
        let all: Vec<(u32, (f64, f64))> = customers.par_iter().with_min_len(1 << 10).map(one).collect();
        let (purchases, (revenue, margin)) = all.into_iter().unzip();
        Outcome { purchases, revenue, margin }
    }

    /// Days with orders within opportunities of so many days count as one.
    pub fn of_opportunities(after: After, customers: &[u32], days: i64) -> Vec<u32> {
        let one = |&customer: &u32| {
            let place = |time: &i64| (time - after.as_of()).div_euclid(days * DAY);
            let mut places: Vec<i64> = after.lines(customer).time.iter().map(place).collect();
            places.dedup();
            places.len() as u32
        };
        customers.par_iter().with_min_len(1 << 10).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{Lines, Orders, Returns};
    use crate::value::{GammaGamma, Money};

    #[test]
    fn orders_that_came_back_lower_the_money_of_orders_to_come() {
        // 200 customers with ten days each, some of more money than others; of every second customer four days come back.
        let (mut lines, mut returns) = (Lines::default(), Returns::default());
        let mut left = 0.0;
        for at in 0..2000u32 {
            let (customer, nth) = (at / 10, at % 10);
            let (time, money) = (i64::from(nth) * 7 * DAY + 43_200, (10 + nth * 3 % 20) * (1 + customer % 7));
            lines.customer.push(customer);
            lines.order.push(at);
            lines.item.push(0);
            lines.time.push(time);
            lines.quantity.push(1000);
            lines.amount.push(i64::from(money) * 10_000);
            if customer % 2 == 0 && nth < 4 {
                returns.customer.push(customer);
                returns.item.push(0);
                returns.time.push(time + DAY);
                returns.bought.push(time);
                returns.quantity.push(1000);
                returns.amount.push(i64::from(money) * 10_000);
            } else {
                left += f64::from(money);
            }
        }
        let orders = Orders::new(200, lines, returns).expect("sound");
        let costs = Costs { margin: Some(1.0), item: Vec::new() };
        let ledger = Ledger::new(AsOf::new(&orders, 100 * DAY), (0..200).collect(), &costs);
        let (spends, own) = ledger.money(&(0..200).collect::<Vec<u32>>(), true, None);
        assert!((0.6..0.8).contains(&spends[0].share) && (0.8..=1.0).contains(&spends[1].share), "{:?}", &spends[..2]);
        assert!((own[0].mean * 10.0 - ledger.of(0).margin.iter().sum::<f64>()).abs() < 1e-9);
        let model = GammaGamma::fit(&spends).expect("converges");
        let money = Money::GammaGamma(&model, &spends);
        let each = (0..200).map(|customer| money.each(customer)).sum::<f64>() / 200.0;
        assert!((each / (left / 2000.0) - 1.0).abs() < 0.03, "{each} {}", left / 2000.0);
    }

    #[test]
    fn days_whose_margin_is_not_known_are_left_out() {
        let mut lines = Lines::default();
        for (at, item) in [0, 1, 0].into_iter().enumerate() {
            lines.customer.push(0);
            lines.order.push(at as u32);
            lines.item.push(item);
            lines.time.push(at as i64 * DAY);
            lines.quantity.push(1000);
            lines.amount.push(100_000);
        }
        let orders = Orders::new(1, lines, Returns::default()).expect("sound");
        let costs = Costs { margin: None, item: vec![4.0, f64::NAN] };
        let ledger = Ledger::new(AsOf::new(&orders, 9 * DAY), vec![0], &costs);
        let (spends, own) = ledger.money(&[0], true, None);
        assert_eq!(spends, [Spend { repeats: 2, mean: 6.0, share: 1.0 }]);
        assert_eq!(own, [Own { orders: 2, mean: 6.0, squares: 0.0 }]);
        // Three days, which are two opportunities of two days and one of nine.
        let costs = Costs { margin: None, item: vec![4.0, 5.0] };
        let ledger = Ledger::new(AsOf::new(&orders, 9 * DAY), vec![0], &costs);
        let by = |opportunity| ledger.money(&[0], true, opportunity).0[0];
        assert_eq!((by(None).repeats, by(Some(2)).repeats, by(Some(9)).repeats), (3, 2, 1));
        assert!((by(Some(9)).mean - 17.0).abs() < 1e-9, "6 + 5 + 6");
        assert_eq!((ledger.counted_since(0, 0, None), ledger.counted_since(0, 1, Some(9))), (3, 1));
    }
}
