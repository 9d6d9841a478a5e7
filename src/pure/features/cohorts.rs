//! What becomes of the customers who came in the same month.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::order_totals::{OrderTotals, units};
use crate::numeric::calendar::{day_of, month_of};
use crate::orders::AsOf;

/// The customers whose first order on record fell into one month.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// Months since January 1970.
    pub month: i64,
    /// Customers in it.
    pub size: u64,
    /// Customers with an order 0, 1, 2, … months later, up to the month of the as-of date. The first element is `size`.
    pub active: Vec<u64>,
    /// Money of their orders in those months, returns not subtracted.
    pub revenue: Vec<f64>,
}

impl Cohort {
    /// Share of the cohort with an order `months` later, 0 to 1; NaN when that is not known or nobody came.
    pub fn retention(&self, months: usize) -> f64 {
        self.active.get(months).map_or(f64::NAN, |&active| active as f64 / self.size as f64)
    }
}

/// The cohort triangle: every month in which a customer came, with what its customers did in every month up to the one of
/// the as-of date, but at most a year beyond the last order; empty without orders.
///
/// What is held while counting grows with the months in which somebody ordered, not with the time that the orders span.
pub fn cohorts(known: AsOf) -> Vec<Cohort> {
    // by cohort and month: customers and ten-thousandths, whole numbers that add up in any order
    type Cells = BTreeMap<(i64, i64), (u64, i128)>;
    let add = |cells: &mut Cells, key, (customers, amount): (u64, i128)| {
        let cell = cells.entry(key).or_default();
        *cell = (cell.0 + customers, cell.1 + amount);
    };
    let cells = (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(4096)
        .fold(
            || (Cells::new(), OrderTotals::default()),
            |(mut cells, mut totals), customer| {
                totals.collect(&known.lines(customer));
                let month = |time| month_of(day_of(time));
                let cohort = totals.orders().first().map_or(0, |order| month(order.time));
                let mut previous = None;
                for order in totals.orders() {
                    let now = month(order.time);
                    add(&mut cells, (cohort, now), (u64::from(previous != Some(now)), order.amount));
                    previous = Some(now);
                }
                (cells, totals)
            },
        )
        .map(|(cells, _)| cells)
        .reduce(Cells::new, |mut one, other| {
            other.into_iter().for_each(|(key, cell)| add(&mut one, key, cell));
            one
        });
    let Some(last) = cells.keys().map(|(_, month)| *month).max() else { return Vec::new() };
    let last = month_of(day_of(known.as_of() - 1)).min(last + 12);
    let mut cohorts: Vec<Cohort> = Vec::new();
    for ((month, now), (active, amount)) in cells {
        if cohorts.last().is_none_or(|cohort| cohort.month != month) {
            let months = (last - month + 1) as usize;
            cohorts.push(Cohort { month, size: active, active: vec![0; months], revenue: vec![0.0; months] });
        }
        let later = (now - month) as usize;
        let cohort = cohorts.last_mut().expect("just made");
        (cohort.active[later], cohort.revenue[later]) = (active, units(amount));
    }
    cohorts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::{DAY, day_of_civil};
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn a_triangle_of_three_months() {
        let at = |month, day| day_of_civil(2024, month, day) * DAY;
        let lines = Lines {
            customer: vec![0, 0, 0, 1, 2],
            order: vec![0, 1, 2, 3, 4],
            item: vec![0; 5],
            category: None,
            time: vec![at(1, 5), at(3, 1), at(3, 2), at(1, 31), at(3, 29)],
            quantity: vec![1000; 5],
            amount: vec![10_000; 5],
        };
        let orders = Orders::new(3, lines, Returns::default()).unwrap();
        let triangle = cohorts(AsOf::new(&orders, at(3, 30)));
        let active: Vec<_> = triangle.iter().map(|cohort| cohort.active.clone()).collect();
        assert_eq!(active, [vec![2, 0, 1], vec![1]]);
        assert_eq!(triangle[0].revenue, [2.0, 0.0, 2.0]);
        assert_eq!(triangle[0].retention(2), 0.5);
        assert!(triangle[0].retention(3).is_nan());
        // Nobody ordered for years: a year of it is shown.
        assert_eq!(cohorts(AsOf::new(&orders, at(3, 30) * 2))[1].active, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn a_thousand_years_of_emptiness_take_no_room() {
        let lines = Lines {
            customer: vec![0, 1, 1],
            order: vec![0, 1, 2],
            item: vec![0; 3],
            category: None,
            time: [1, 2024, 2925].map(|year| day_of_civil(year, 1, 1) * DAY).to_vec(),
            quantity: vec![1000; 3],
            amount: vec![10_000; 3],
        };
        let orders = Orders::new(2, lines, Returns::default()).unwrap();
        let triangle = cohorts(AsOf::new(&orders, day_of_civil(9999, 1, 1) * DAY));
        assert_eq!(triangle.iter().map(|cohort| cohort.active.len()).collect::<Vec<_>>(), [35_101, 10_825]);
        assert_eq!(triangle.iter().map(|cohort| cohort.active.iter().sum::<u64>()).collect::<Vec<_>>(), [1, 2]);
    }
}
