//! What becomes of the customers who came in the same month.

use rayon::prelude::*;

use super::as_of::AsOf;
use super::months::first_month;
use super::order_totals::{OrderTotals, units};
use crate::numeric::calendar::{day_of, month_of};

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

/// The cohort triangle: every month from the first order to the as-of date, without gaps; empty without orders.
pub fn cohorts(known: AsOf) -> Vec<Cohort> {
    let Some(first) = first_month(known) else { return Vec::new() };
    let count = (month_of(day_of(known.as_of() - 1)) - first + 1) as usize;
    // cell [cohort * count + months later]: customers and ten-thousandths, whole numbers that add up in any order
    let empty = || vec![(0u64, 0i128); count * count];
    let cells = (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(4096)
        .fold(
            || (empty(), OrderTotals::default()),
            |(mut cells, mut totals), customer| {
                totals.collect(&known.lines(customer));
                let month = |time| (month_of(day_of(time)) - first) as usize;
                let mut previous = usize::MAX;
                let cohort = totals.orders().first().map_or(0, |order| month(order.time));
                for order in totals.orders() {
                    let later = month(order.time) - cohort;
                    let cell = &mut cells[cohort * count + later];
                    cell.0 += u64::from(later != previous);
                    cell.1 += order.amount;
                    previous = later;
                }
                (cells, totals)
            },
        )
        .map(|(cells, _)| cells)
        .reduce(empty, |mut one, other| {
            for (cell, more) in one.iter_mut().zip(other) {
                *cell = (cell.0 + more.0, cell.1 + more.1);
            }
            one
        });
    let cohort = |index: usize| {
        let cells = &cells[index * count..(index + 1) * count - index];
        Cohort {
            month: first + index as i64,
            size: cells[0].0,
            active: cells.iter().map(|cell| cell.0).collect(),
            revenue: cells.iter().map(|cell| units(cell.1)).collect(),
        }
    };
    (0..count).map(cohort).collect()
}

#[cfg(test)]
mod tests {
    use super::super::orders::{Lines, Orders, Returns};
    use super::*;
    use crate::numeric::calendar::{DAY, day_of_civil};

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
        assert_eq!(active, [vec![2, 0, 1], vec![0, 0], vec![1]]);
        assert_eq!(triangle[0].revenue, [2.0, 0.0, 2.0]);
        assert_eq!(triangle[0].retention(2), 0.5);
        assert!(triangle[0].retention(3).is_nan() && triangle[1].retention(0).is_nan());
    }
}
