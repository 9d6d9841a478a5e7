//! Who bought what when: each customer's baskets in time order.

use crate::orders::AsOf;

/// What makes one basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Lines of one customer at the same instant: an order.
    Order,
    /// Lines of one customer on the same day; the basket has the time of its first line.
    Day,
}

/// Why orders cannot be purchases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("item {item} in a line, but there are only {items} items")]
pub struct PurchasesError {
    item: u32,
    items: u32,
}

/// Purchases of all customers as three levels of consecutive ranges: customer, basket, distinct items in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purchases {
    items: u32,
    baskets_from: Vec<u32>,
    times: Vec<i64>,
    items_from: Vec<u32>,
    bought: Vec<u32>,
}

impl Purchases {
    /// The baskets of all customers as they were known at a date, over items `0..items`; an item counts once per basket.
    ///
    /// # Errors
    /// When an item is not below `items`.
    pub fn of(known: AsOf, items: u32, grouping: Grouping) -> Result<Self, PurchasesError> {
        let customers = known.customers();
        let mut purchases =
            Purchases { items, baskets_from: Vec::with_capacity(customers + 1), ..Purchases::default() };
        let same = |a: &i64, b: &i64| match grouping {
            Grouping::Order => a == b,
            Grouping::Day => day(*a) == day(*b),
        };
        for customer in 0..customers as u32 {
            purchases.baskets_from.push(purchases.times.len() as u32);
            let lines = known.lines(customer);
            let mut rest = lines.item;
            for times in lines.time.chunk_by(same) {
                let (basket, after) = rest.split_at(times.len());
                rest = after;
                if let Some(&item) = basket.iter().find(|&&item| item >= items) {
                    return Err(PurchasesError { item, items });
                }
                let start = purchases.bought.len();
                purchases.times.push(times[0]);
                purchases.items_from.push(start as u32);
                purchases.bought.extend_from_slice(basket);
                purchases.bought[start..].sort_unstable();
                let mut kept = start;
                for at in start..purchases.bought.len() {
                    if kept == start || purchases.bought[kept - 1] != purchases.bought[at] {
                        purchases.bought[kept] = purchases.bought[at];
                        kept += 1;
                    }
                }
                purchases.bought.truncate(kept);
            }
        }
        purchases.baskets_from.push(purchases.times.len() as u32);
        purchases.items_from.push(purchases.bought.len() as u32);
        Ok(purchases)
    }

    /// No customer yet, over items `0..items`.
    pub fn none(items: u32) -> Self {
        Purchases { items, baskets_from: vec![0], items_from: vec![0], ..Purchases::default() }
    }

    /// Adds further customers after those that are here. Their item `i` is item `to[i]` here; `to` ascends, so that a
    /// basket stays in order.
    pub fn append(&mut self, more: &Purchases, to: &[u32]) {
        let (baskets, bought) = (self.times.len() as u32, self.bought.len() as u32);
        self.times.extend_from_slice(&more.times);
        self.bought.extend(more.bought.iter().map(|&item| to[item as usize]));
        // Where the last range ends the next begins.
        self.baskets_from.extend(more.baskets_from.iter().skip(1).map(|from| from + baskets));
        self.items_from.extend(more.items_from.iter().skip(1).map(|from| from + bought));
    }

    /// Number of customers, with or without purchases.
    pub fn customers(&self) -> u32 {
        self.baskets_from.len().saturating_sub(1) as u32
    }

    /// Number of items, bought or not.
    pub fn items(&self) -> u32 {
        self.items
    }

    /// Number of baskets of all customers.
    pub fn baskets(&self) -> usize {
        self.times.len()
    }

    /// A customer's baskets, oldest first: time and distinct items in ascending order.
    pub fn baskets_of(&self, customer: u32) -> impl DoubleEndedIterator<Item = (i64, &[u32])> + ExactSizeIterator {
        let range = self.baskets_from[customer as usize] as usize..self.baskets_from[customer as usize + 1] as usize;
        range.map(|b| (self.times[b], &self.bought[self.items_from[b] as usize..self.items_from[b + 1] as usize]))
    }

    /// In how many baskets each item lies.
    pub fn popularity(&self) -> Vec<u32> {
        let mut counts = vec![0; self.items as usize];
        for &item in &self.bought {
            counts[item as usize] += 1;
        }
        counts
    }

    /// Parts purchases into history and each customer's last basket. Customers with fewer than `least` baskets keep
    /// none of it in the history unless `keep_others`, and have no last basket.
    pub fn without_last(&self, least: usize, keep_others: bool) -> (Purchases, Vec<Option<&[u32]>>) {
        let least = least.max(2);
        let mut history = Purchases { items: self.items, ..Purchases::default() };
        let mut last = Vec::with_capacity(self.customers() as usize);
        for customer in 0..self.customers() {
            history.baskets_from.push(history.times.len() as u32);
            let baskets = self.baskets_of(customer);
            let tested = baskets.len() >= least;
            last.push(if tested { self.baskets_of(customer).next_back().map(|(_, items)| items) } else { None });
            let kept = if tested { baskets.len() - 1 } else { baskets.len() * usize::from(keep_others) };
            for (time, items) in baskets.take(kept) {
                history.times.push(time);
                history.items_from.push(history.bought.len() as u32);
                history.bought.extend_from_slice(items);
            }
        }
        history.baskets_from.push(history.times.len() as u32);
        history.items_from.push(history.bought.len() as u32);
        (history, last)
    }
}

fn day(time: i64) -> i64 {
    time.div_euclid(86_400)
}

/// One purchase of one item, for tests.
#[cfg(test)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub customer: u32,
    /// Civil seconds.
    pub time: i64,
    pub item: u32,
}

#[cfg(test)]
impl Purchases {
    /// Purchases of lines in any order, all of which are known.
    pub(super) fn of_lines(customers: u32, items: u32, lines: &[Line], grouping: Grouping) -> Purchases {
        let lines = crate::orders::Lines {
            customer: lines.iter().map(|line| line.customer).collect(),
            time: lines.iter().map(|line| line.time).collect(),
            item: lines.iter().map(|line| line.item).collect(),
            ..Default::default()
        };
        let orders = crate::orders::Orders::new(customers as usize, lines, Default::default()).expect("they fit");
        Purchases::of(AsOf::new(&orders, i64::MAX), items, grouping).expect("numbers are in range")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(customer: u32, time: i64, item: u32) -> Line {
        Line { customer, time, item }
    }

    #[test]
    fn lines_become_baskets_in_time_order() {
        let lines = vec![
            line(2, 90_000, 1),
            line(0, 50, 3),
            line(0, 10, 2),
            line(0, 50, 1),
            line(0, 50, 3),
            line(2, 86_400, 0),
        ];
        let orders = Purchases::of_lines(4, 5, &lines, Grouping::Order);
        let of = |purchases: &Purchases, customer| -> Vec<(i64, Vec<u32>)> {
            purchases.baskets_of(customer).map(|(time, items)| (time, items.to_vec())).collect()
        };
        assert_eq!(of(&orders, 0), [(10, vec![2]), (50, vec![1, 3])]);
        assert_eq!(of(&orders, 1), []);
        assert_eq!(of(&orders, 2), [(86_400, vec![0]), (90_000, vec![1])]);
        assert_eq!((orders.customers(), orders.baskets()), (4, 4));
        assert_eq!(orders.popularity(), [1, 2, 1, 1, 0]);
        let days = Purchases::of_lines(4, 5, &lines, Grouping::Day);
        assert_eq!(of(&days, 0), [(10, vec![1, 2, 3])]);
        assert_eq!(of(&days, 2), [(86_400, vec![0, 1])]);
        let (history, last) = orders.without_last(2, true);
        assert_eq!(of(&history, 0), [(10, vec![2])]);
        assert_eq!(last[0], Some(&[1, 3][..]));
        assert_eq!((last[1], last[3]), (None, None));
    }

    #[test]
    fn customers_are_added_part_by_part() {
        let lines = [line(0, 10, 2), line(0, 20, 4), line(1, 5, 1), line(3, 7, 4), line(3, 7, 0), line(4, 1, 2)];
        let whole = Purchases::of_lines(5, 5, &lines, Grouping::Order);
        // The second part knows items 0, 2 and 4 only.
        let first = Purchases::of_lines(3, 5, &lines[..3], Grouping::Order);
        let rest = [line(0, 7, 2), line(0, 7, 0), line(1, 1, 1)];
        let second = Purchases::of_lines(2, 3, &rest, Grouping::Order);
        let mut parts = Purchases::none(5);
        parts.append(&first, &[0, 1, 2, 3, 4]);
        parts.append(&Purchases::none(1), &[3]);
        parts.append(&second, &[0, 2, 4]);
        assert_eq!(parts, whole);
    }

    #[test]
    fn nothing_from_the_date_on_is_a_purchase_and_items_must_be_in_range() {
        let lines =
            crate::orders::Lines { customer: vec![0, 0], time: vec![10, 20], item: vec![0, 7], ..Default::default() };
        let orders = crate::orders::Orders::new(1, lines, Default::default()).expect("they fit");
        let known = Purchases::of(AsOf::new(&orders, 20), 1, Grouping::Order).expect("item 7 is not known yet");
        assert_eq!(known.baskets(), 1);
        let refused = Purchases::of(AsOf::new(&orders, 21), 1, Grouping::Order).expect_err("out of range");
        assert!(refused.to_string().contains("item 7"));
    }
}
