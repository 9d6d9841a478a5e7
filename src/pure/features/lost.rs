//! Those who left: when, with what value, after which last order, how long they had stayed, and how many came back.
//!
//! A customer is lost when `quiet_days` pass after an order without another; the day of loss is the day the span is over.

use std::collections::BTreeMap;

use crate::numeric::calendar::{DAY, day_of, month_of};
use crate::numeric::kaplan_meier::KaplanMeier;
use crate::orders::{AsOf, NONE};

/// Losses of one calendar month.
#[derive(Debug, Clone, PartialEq)]
pub struct LostMonth {
    /// Months since January 1970.
    pub month: i64,
    /// Customers lost in it.
    pub lost: u64,
    /// Ten-thousandths that they had spent in the 365 days up to the order before.
    pub value: i128,
    /// Those of them who have ordered again since.
    pub came_back: u64,
}

/// Losses by month, the earliest first; months without a loss are left out.
pub fn lost_months(known: AsOf, quiet_days: i64) -> Vec<LostMonth> {
    let today = day_of(known.as_of() - 1) + 1;
    let mut months: BTreeMap<i64, LostMonth> = BTreeMap::new();
    for customer in 0..known.customers() as u32 {
        let lines = known.lines(customer);
        for (place, &time) in lines.time.iter().enumerate() {
            let day = day_of(time);
            let next = lines.time.get(place + 1).map(|&time| day_of(time));
            if next.unwrap_or(today) - day < quiet_days.max(1) {
                continue;
            }
            let since = time - 365 * DAY;
            let from = lines.time.partition_point(|&earlier| earlier <= since);
            let value: i128 = lines.amount[from..=place].iter().map(|&amount| i128::from(amount)).sum();
            let month = month_of(day + quiet_days);
            let sums = months.entry(month).or_insert(LostMonth { month, lost: 0, value: 0, came_back: 0 });
            sums.lost += 1;
            sums.value += value;
            sums.came_back += u64::from(next.is_some());
        }
    }
    months.into_values().collect()
}

/// How long the customers of one quarter stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Stay {
    /// Quarters since January 1970.
    pub quarter: i64,
    /// Customers whose first order fell into it.
    pub customers: u64,
    /// Those of them who were lost at some time.
    pub lost: u64,
    /// Days from the first order to the first loss; who was never lost counts as watched until now. Coming back afterwards changes
    /// nothing, nor does the last order: how long someone stayed must not depend on what came later.
    pub curve: KaplanMeier,
}

/// Survival of the customers of each quarter, the earliest first.
pub fn stays(known: AsOf, quiet_days: i64) -> Vec<Stay> {
    let today = day_of(known.as_of() - 1) + 1;
    let mut quarters: BTreeMap<i64, Vec<(u32, bool)>> = BTreeMap::new();
    for customer in 0..known.customers() as u32 {
        let times = known.lines(customer).time;
        let Some(&first) = times.first() else { continue };
        let first = day_of(first);
        let next = times.iter().skip(1).map(|&time| day_of(time)).chain([today]);
        let silence =
            times.iter().map(|&time| day_of(time)).zip(next).find(|(day, next)| next - day >= quiet_days.max(1));
        let days = silence.map_or(today, |(day, _)| day + quiet_days) - first;
        quarters.entry(month_of(first).div_euclid(3)).or_default().push((days.max(0) as u32, silence.is_some()));
    }
    quarters
        .into_iter()
        .map(|(quarter, seen)| Stay {
            quarter,
            customers: seen.len() as u64,
            lost: seen.iter().filter(|(_, lost)| *lost).count() as u64,
            curve: KaplanMeier::new(&seen),
        })
        .collect()
}

/// Whether each customer is lost now; nothing for those who had not ordered by the date.
pub fn lost_now(known: AsOf, quiet_days: i64) -> Vec<Option<bool>> {
    let today = day_of(known.as_of() - 1) + 1;
    let lost = |&last: &i64| today - day_of(last) >= quiet_days;
    (0..known.customers() as u32).map(|customer| known.lines(customer).time.last().map(lost)).collect()
}

/// An item of last orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LastItem {
    /// Item id.
    pub item: u32,
    /// Lost customers whose last order had it.
    pub lost: u64,
    /// Other customers whose last order had it.
    pub others: u64,
}

/// How often each item was in the last order of lost customers and of the others, by item id; `lost` as [`lost_now`] gives it.
pub fn last_items(known: AsOf, lost: &[Option<bool>]) -> Vec<LastItem> {
    let mut counts: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for (customer, lost) in lost.iter().enumerate() {
        let Some(lost) = *lost else { continue };
        let lines = known.lines(customer as u32);
        let order = lines.order.last();
        let mut items: Vec<u32> = lines
            .order
            .iter()
            .zip(lines.item)
            .filter(|(of, item)| Some(*of) == order && **item != NONE)
            .map(|(_, &item)| item)
            .collect();
        items.sort_unstable();
        items.dedup();
        for item in items {
            let count = counts.entry(item).or_default();
            if lost { count.0 += 1 } else { count.1 += 1 }
        }
    }
    counts.into_iter().map(|(item, (lost, others))| LastItem { item, lost, others }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn losses_by_hand() {
        // Customer 0 orders on days 0, 10, 80; customer 1 on day 5 only; customer 2 on day 95. Seen up to day 99, lost after 30.
        let days = [0, 10, 80, 5, 95];
        let lines = Lines {
            customer: vec![0, 0, 0, 1, 2],
            order: vec![0, 1, 2, 3, 4],
            item: vec![7, 7, 8, 7, 8],
            category: None,
            time: days.iter().map(|day| day * DAY).collect(),
            quantity: vec![1000; 5],
            amount: vec![10_000; 5],
        };
        let orders = Orders::new(3, lines, Returns::default()).expect("consistent");
        let known = AsOf::new(&orders, 100 * DAY);
        // Days 40 (customer 0, who came back) and 35 (customer 1) lie in February 1970.
        let month = LostMonth { month: 1, lost: 2, value: 30_000, came_back: 1 };
        assert_eq!(lost_months(known, 30), [month]);
        assert_eq!(lost_now(known, 30), [Some(false), Some(true), Some(false)]);
        let stays = stays(known, 30);
        // Customer 1 is lost 30 days after the first order, customer 0 after 40, before coming back; customer 2 came 5 days ago.
        assert_eq!((stays.len(), stays[0].customers, stays[0].lost, stays[1].lost), (2, 2, 2, 0));
        assert_eq!([29, 30, 39, 40].map(|day| stays[0].curve.survival_at(day)), [1.0, 0.5, 0.5, 0.0]);
        let items = last_items(known, &lost_now(known, 30));
        assert_eq!(items, [LastItem { item: 7, lost: 1, others: 0 }, LastItem { item: 8, lost: 0, others: 2 }]);
    }
}
