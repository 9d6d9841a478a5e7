//! What groups of customers spent by period, over all of the data.

use crate::numeric::calendar::day_of;
use crate::orders::AsOf;

/// Ten-thousandths of the currency unit.
const UNIT: f64 = 10_000.0;

/// Net spending by group and period in the currency, the oldest period first: full periods of `days` days counted back from the date, as many as the data
/// have. `groups_of` gives the groups (below `groups`) of a customer.
pub fn group_totals(known: AsOf, days: i64, groups: usize, groups_of: impl Fn(u32) -> Vec<usize>) -> Vec<Vec<f64>> {
    let until = day_of(known.as_of());
    let customers = 0..known.customers() as u32;
    let first =
        customers.clone().filter_map(|customer| known.lines(customer).time.first().map(|time| day_of(*time))).min();
    let periods = first.map_or(0, |first| usize::try_from((until - first) / days).unwrap_or(0));
    let from = until - periods as i64 * days;
    // Whole units, so that sums do not depend on the order of customers.
    let mut units = vec![vec![0_i128; periods]; groups];
    for customer in customers {
        let own = groups_of(customer);
        let mut add = |time: i64, amount: i128| {
            if let Ok(place) = usize::try_from((day_of(time) - from).div_euclid(days)) {
                own.iter().for_each(|&group| {
                    if let Some(slot) = units[group].get_mut(place) {
                        *slot += amount;
                    }
                });
            }
        };
        let (lines, returns) = (known.lines(customer), known.returns(customer));
        lines.time.iter().zip(lines.amount).for_each(|(&time, &amount)| add(time, i128::from(amount)));
        returns.time.iter().zip(returns.amount).for_each(|(&time, &amount)| add(time, -i128::from(amount)));
    }
    units.into_iter().map(|group| group.into_iter().map(|units| units as f64 / UNIT).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::spending::tests::shop;
    use super::*;
    use crate::numeric::calendar::DAY;

    #[test]
    fn groups_may_overlap_and_periods_are_full() {
        let orders = shop(3, &[(0, 1, 4), (0, 12, 6), (1, 21, 10), (1, 30, 99), (2, 15, 1)], &[(0, 22, 8)]);
        let known = AsOf::new(&orders, 30 * DAY);
        // Everybody is in the first group, customer 1 in the second too.
        let found = group_totals(known, 10, 2, |customer| if customer == 1 { vec![0, 1] } else { vec![0] });
        assert_eq!(found, [[7.0, 2.0], [0.0, 10.0]]);
        let none = group_totals(AsOf::new(&orders, 0), 10, 1, |_| vec![0]);
        assert_eq!(none, [Vec::<f64>::new()]);
    }
}
