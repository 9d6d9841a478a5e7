//! How the shop does, per calendar month.

use rayon::prelude::*;

use super::order_totals::{OrderTotals, units};
use crate::numeric::calendar::{DAY, day_of, month_of, month_start};
use crate::orders::AsOf;

/// Figures of one calendar month.
#[derive(Debug, Clone, PartialEq)]
pub struct Month {
    /// Months since January 1970.
    pub month: i64,
    /// Whether the month was over at the as-of date. The first month may still lack its beginning.
    pub over: bool,
    /// Orders that began in it.
    pub orders: u64,
    /// Customers with such an order.
    pub customers: u64,
    /// Those of them whose first order on record it was.
    pub new: u64,
    /// Those of them who had ordered in an earlier month.
    pub returning: u64,
    /// Money of its orders, returns not subtracted.
    pub revenue: f64,
    /// Value of the goods that came back in it.
    pub returned: f64,
    /// Revenue per order; NaN without orders.
    pub average_order_value: f64,
    /// Share of the customers of the month before who ordered again in this one; NaN when there were none.
    pub retention: f64,
}

/// Sums of one month: whole numbers, so that they can be added in any order.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    orders: u64,
    customers: u64,
    new: u64,
    retained: u64,
    amount: i128,
    returned: i128,
}

/// Figures of every month from the first order to the as-of date, but at most a year beyond the last order, without gaps;
/// none without orders.
pub fn months(known: AsOf) -> Vec<Month> {
    let Some((first, ordered)) = first_and_last_month(known) else { return Vec::new() };
    let last = month_of(day_of(known.as_of() - 1)).min(ordered + 12);
    let count = (last - first + 1) as usize;
    let sums = (0..known.customers() as u32)
        .into_par_iter()
        .with_min_len(1024)
        .fold(
            || (vec![Sums::default(); count], OrderTotals::default()),
            |(mut sums, mut totals), customer| {
                add_customer(known, customer, first, &mut sums, &mut totals);
                (sums, totals)
            },
        )
        .map(|(sums, _)| sums)
        .reduce(|| vec![Sums::default(); count], |one, other| one.iter().zip(&other).map(|(a, b)| a.plus(b)).collect());
    let mut before = 0;
    let month = |(month, sums): (i64, Sums)| {
        let retention = sums.retained as f64 / before as f64;
        before = sums.customers;
        Month {
            month,
            over: month_start(month + 1) * DAY <= known.as_of(),
            orders: sums.orders,
            customers: sums.customers,
            new: sums.new,
            returning: sums.customers - sums.new,
            revenue: units(sums.amount),
            returned: units(sums.returned),
            average_order_value: units(sums.amount) / sums.orders as f64,
            retention,
        }
    };
    (first..).zip(sums).map(month).collect()
}

/// Months of the earliest and the latest order line known.
fn first_and_last_month(known: AsOf) -> Option<(i64, i64)> {
    let ends = |customer| {
        let times = known.lines(customer).time;
        Some((*times.first()?, *times.last()?))
    };
    let widest = |one: (i64, i64), other: (i64, i64)| (one.0.min(other.0), one.1.max(other.1));
    let (first, last) =
        (0..known.customers() as u32).into_par_iter().with_min_len(1024).filter_map(ends).reduce_with(widest)?;
    Some((month_of(day_of(first)), month_of(day_of(last))))
}

fn add_customer(known: AsOf, customer: u32, first: i64, sums: &mut [Sums], totals: &mut OrderTotals) {
    totals.collect(&known.lines(customer));
    let mut previous: Option<usize> = None;
    for order in totals.orders() {
        let month = (month_of(day_of(order.time)) - first) as usize;
        if previous != Some(month) {
            sums[month].customers += 1;
            match previous {
                None => sums[month].new += 1,
                Some(previous) => sums[month].retained += u64::from(previous + 1 == month),
            }
            previous = Some(month);
        }
        sums[month].orders += 1;
        sums[month].amount += order.amount;
    }
    let returns = known.returns(customer);
    for (&time, &amount) in returns.time.iter().zip(returns.amount) {
        // goods may come back that were bought before the record begins
        let month = usize::try_from(month_of(day_of(time)) - first).ok();
        if let Some(sums) = month.and_then(|month| sums.get_mut(month)) {
            sums.returned += i128::from(amount);
        }
    }
}

impl Sums {
    fn plus(&self, other: &Sums) -> Sums {
        Sums {
            orders: self.orders + other.orders,
            customers: self.customers + other.customers,
            new: self.new + other.new,
            retained: self.retained + other.retained,
            amount: self.amount + other.amount,
            returned: self.returned + other.returned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::day_of_civil;
    use crate::orders::{Lines, Orders, Returns, UNMATCHED};

    #[test]
    fn figures_of_four_months() {
        let at = |month, day| day_of_civil(2024, month, day) * DAY + 3600;
        let lines = Lines {
            customer: vec![0, 0, 0, 1, 1, 2],
            order: vec![0, 0, 1, 2, 3, 4],
            item: vec![0; 6],
            category: None,
            time: vec![at(1, 5), at(1, 5), at(2, 1), at(1, 31), at(4, 1), at(2, 29)],
            quantity: vec![1000; 6],
            amount: vec![10_000, 20_000, 30_000, 40_000, 50_000, 60_000],
        };
        let returns = Returns {
            customer: vec![1],
            item: vec![0],
            time: vec![at(3, 3)],
            quantity: vec![1000],
            amount: vec![40_000],
            bought: vec![UNMATCHED],
        };
        let orders = Orders::new(4, lines, returns).unwrap();
        let months = months(AsOf::new(&orders, at(4, 10)));
        let row = |m: &Month| (m.orders, m.customers, m.new, m.returning, m.revenue, m.returned);
        let rows: Vec<_> = months.iter().map(row).collect();
        assert_eq!(rows[0], (2, 2, 2, 0, 7.0, 0.0));
        assert_eq!(rows[1], (2, 2, 1, 1, 9.0, 0.0));
        assert_eq!(rows[2], (0, 0, 0, 0, 0.0, 4.0));
        assert_eq!(rows[3], (1, 1, 0, 1, 5.0, 0.0));
        assert_eq!(months.iter().map(|m| m.over).collect::<Vec<_>>(), [true, true, true, false]);
        assert!(months[0].retention.is_nan() && months[3].retention.is_nan());
        assert_eq!((months[1].retention, months[2].retention), (0.5, 0.0));
        assert_eq!(months[0].average_order_value, 3.5);
        assert!(super::months(AsOf::new(&orders, at(1, 1))).is_empty());
    }
}
