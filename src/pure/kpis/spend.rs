//! What customers cost to acquire, and when they have paid for it.

use std::collections::BTreeMap;

use super::definitions::kpi_of;
use super::groups::Groups;
use super::measure::{Figure, Ratio};
use super::periods::Periods;
use super::view::{Customer, ViewSettings};
use crate::numeric::calendar::DAY;
use crate::orders::AsOf;

/// Money spent on acquisition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// The group whose customers it was spent on: 0 for all, whatever the channel, and the channel's own beside it.
    pub group: usize,
    /// When, in civil seconds.
    pub time: i64,
    /// Ten-thousandths of the currency unit.
    pub amount: i128,
}

/// Days of a first year.
const YEAR: i64 = 365;

/// Spend, cost per new customer and, where costs of items are known, payback and first-year contribution to spend; of periods and groups
/// with spend. Periods that the as-of date cuts are compared with what was spent before it.
pub fn acquisition(
    known: AsOf,
    spend: &[Spend],
    periods: &Periods,
    groups: &Groups,
    settings: &ViewSettings,
) -> Vec<Figure> {
    let count = periods.list().len();
    let mut spent: BTreeMap<(usize, usize), i128> = BTreeMap::new();
    for row in spend.iter().filter(|row| row.time < known.as_of()) {
        if let Some(period) = periods.of(row.time) {
            *spent.entry((row.group, period)).or_default() += row.amount;
        }
    }
    let mut cohorts = vec![Cohort::default(); groups.len() * count];
    let mut one = Customer::default();
    for customer in 0..known.customers() as u32 {
        one.collect(known, customer);
        let Some(first) = one.first() else { continue };
        let Some(period) = periods.of(first) else { continue };
        let events = settings.costs.as_ref().map(|_| contributions(known, customer, first, settings));
        for group in groups.of_customer(customer).filter(|group| spent.contains_key(&(*group, period))) {
            cohorts[group * count + period].add(known.as_of() - first, events.as_deref());
        }
    }
    let kpi = |name: &str| kpi_of(name).expect("the name is a row of the table");
    let mut figures = Vec::new();
    for (&(group, period), &amount) in &spent {
        let cohort = &cohorts[group * count + period];
        let mut push = |name: &str, sums: &Ratio| figures.push(Figure::of(kpi(name), group, period, sums));
        push("spend", &Ratio::of(amount, 0));
        push("cac", &Ratio::of(amount, cohort.customers.into()));
        if settings.costs.is_none() || cohort.customers == 0 || amount <= 0 {
            continue;
        }
        // Of a day that not all have reached nothing is known.
        if let Some(days) = cohort.payback(amount) {
            push("payback_days", &Ratio::of(i128::from(days) * 1_000, 0));
        }
        if cohort.youngest >= YEAR * DAY {
            push("margin_365_to_cac", &cohort.first_year(amount));
        }
    }
    figures
}

/// The new customers of one period and group.
#[derive(Debug, Clone)]
struct Cohort {
    customers: u64,
    /// Seconds that the youngest has had.
    youngest: i64,
    /// Contribution by days since the first order.
    by_day: BTreeMap<i64, i128>,
    /// Contribution of each in the first year.
    first_year: Vec<i64>,
}

impl Default for Cohort {
    fn default() -> Cohort {
        Cohort { customers: 0, youngest: i64::MAX, by_day: BTreeMap::new(), first_year: Vec::new() }
    }
}

impl Cohort {
    fn add(&mut self, age: i64, events: Option<&[(i64, i64)]>) {
        self.customers += 1;
        self.youngest = self.youngest.min(age);
        let Some(events) = events else { return };
        for &(day, amount) in events {
            *self.by_day.entry(day).or_default() += i128::from(amount);
        }
        self.first_year.push(events.iter().filter(|(day, _)| *day < YEAR).map(|(_, amount)| amount).sum());
    }

    /// The first day by which contributions add up to the spend, among the days that all customers have had.
    fn payback(&self, spend: i128) -> Option<i64> {
        let mut so_far = 0;
        let seen = self.by_day.range(..self.youngest.div_euclid(DAY));
        seen.map(|(day, amount)| {
            so_far += amount;
            (*day, so_far)
        })
        .find(|(_, so_far)| *so_far >= spend)
        .map(|(day, _)| day)
    }

    /// Contributions of the first year over the spend, each customer with an equal part of it.
    fn first_year(&self, spend: i128) -> Ratio {
        let mut sums = Ratio::default();
        let count = self.first_year.len() as i128;
        for (at, &margin) in self.first_year.iter().enumerate() {
            let at = at as i128;
            let part = spend * (at + 1) / count - spend * at / count;
            sums.add(margin, i64::try_from(part).unwrap_or(i64::MAX));
        }
        sums
    }
}

/// What a customer contributed, by days since the first order.
fn contributions(known: AsOf, customer: u32, first: i64, settings: &ViewSettings) -> Vec<(i64, i64)> {
    let mut events = settings.contributions(known, customer);
    events.iter_mut().for_each(|event| event.0 = (event.0 - first).div_euclid(DAY));
    events
}

#[cfg(test)]
mod tests {
    use super::super::definitions::KPIS;
    use super::super::periods::Grain;
    use super::*;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn two_customers_pay_back_their_spend_with_the_second_order() {
        // Each piece costs 6 of its price of 10. Two new customers in January for 10; contributions on days 0, 0 and 20.
        let lines = Lines {
            customer: vec![0, 1, 0],
            order: vec![0, 1, 2],
            item: vec![0; 3],
            category: None,
            time: vec![0, 3 * DAY, 20 * DAY],
            quantity: vec![1_000; 3],
            amount: vec![100_000; 3],
        };
        let orders = Orders::new(2, lines, Returns::default()).unwrap();
        let known = AsOf::new(&orders, 400 * DAY);
        let periods = Periods::calendar(Grain::Month, 1, 0, 400 * DAY);
        let settings = ViewSettings { costs: Some(vec![60_000]), ..ViewSettings::of_silence(180) };
        let spend = [Spend { group: 0, time: 5 * DAY, amount: 100_000 }];
        let found = acquisition(known, &spend, &periods, &Groups::of(vec![]), &settings);
        let of = |name: &str| found.iter().find(|figure| KPIS[figure.kpi].name == name).map(|figure| figure.value);
        assert_eq!((of("spend"), of("cac")), (Some(10.0), Some(5.0)));
        assert_eq!((of("payback_days"), of("margin_365_to_cac")), (Some(20.0), Some(1.2)));
        // Before the second order nothing has paid back, and no year is over.
        let early = acquisition(AsOf::new(&orders, 15 * DAY), &spend, &periods, &Groups::of(vec![]), &settings);
        assert!(early.iter().all(|figure| !["payback_days", "margin_365_to_cac"].contains(&KPIS[figure.kpi].name)));
        let without = ViewSettings::of_silence(180);
        assert_eq!(acquisition(known, &spend, &periods, &Groups::of(vec![]), &without).len(), 2);
    }
}
