//! Who bought what when: each customer's baskets in time order.

use rayon::prelude::*;

/// One purchase of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub customer: u32,
    /// Civil seconds.
    pub time: i64,
    pub item: u32,
}

/// What makes one basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Lines of one customer at the same instant: an order.
    Order,
    /// Lines of one customer on the same day; the basket has the time of its first line.
    Day,
}

/// Why lines cannot be purchases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurchasesError {
    #[error("customer {customer} in a line, but there are only {customers} customers")]
    Customer { customer: u32, customers: u32 },
    #[error("item {item} in a line, but there are only {items} items")]
    Item { item: u32, items: u32 },
    #[error("more than 4,294,967,295 purchases of distinct items; recommend for a part of the customers at a time")]
    TooMany,
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
    /// Sorts lines into baskets; an item counts once per basket. Lines may come in any order.
    ///
    /// # Errors
    /// A customer or item number outside `0..customers` or `0..items`.
    pub fn new(customers: u32, items: u32, mut lines: Vec<Line>, grouping: Grouping) -> Result<Self, PurchasesError> {
        if let Some(line) = lines.iter().find(|line| line.customer >= customers) {
            return Err(PurchasesError::Customer { customer: line.customer, customers });
        }
        if let Some(line) = lines.iter().find(|line| line.item >= items) {
            return Err(PurchasesError::Item { item: line.item, items });
        }
        if lines.len() >= u32::MAX as usize {
            return Err(PurchasesError::TooMany);
        }
        if grouping == Grouping::Day {
            // The day's first instant has to be known before items are sorted within it.
            lines.par_sort_unstable();
            let mut first: Option<Line> = None;
            for line in &mut lines {
                match first {
                    Some(f) if f.customer == line.customer && day(f.time) == day(line.time) => line.time = f.time,
                    _ => first = Some(*line),
                }
            }
        }
        lines.par_sort_unstable();
        lines.dedup();
        let mut purchases = Purchases {
            items,
            baskets_from: Vec::with_capacity(customers as usize + 1),
            bought: Vec::with_capacity(lines.len()),
            ..Purchases::default()
        };
        let mut last = None;
        for line in &lines {
            while purchases.baskets_from.len() <= line.customer as usize {
                purchases.baskets_from.push(purchases.times.len() as u32);
            }
            if last != Some((line.customer, line.time)) {
                last = Some((line.customer, line.time));
                purchases.times.push(line.time);
                purchases.items_from.push(purchases.bought.len() as u32);
            }
            purchases.bought.push(line.item);
        }
        while purchases.baskets_from.len() <= customers as usize {
            purchases.baskets_from.push(purchases.times.len() as u32);
        }
        purchases.items_from.push(purchases.bought.len() as u32);
        Ok(purchases)
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
    pub fn of(&self, customer: u32) -> impl DoubleEndedIterator<Item = (i64, &[u32])> + ExactSizeIterator {
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
            let baskets = self.of(customer);
            let tested = baskets.len() >= least;
            last.push(if tested { self.of(customer).next_back().map(|(_, items)| items) } else { None });
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
        let orders = Purchases::new(4, 5, lines.clone(), Grouping::Order).expect("numbers are in range");
        let of = |purchases: &Purchases, customer| -> Vec<(i64, Vec<u32>)> {
            purchases.of(customer).map(|(time, items)| (time, items.to_vec())).collect()
        };
        assert_eq!(of(&orders, 0), [(10, vec![2]), (50, vec![1, 3])]);
        assert_eq!(of(&orders, 1), []);
        assert_eq!(of(&orders, 2), [(86_400, vec![0]), (90_000, vec![1])]);
        assert_eq!((orders.customers(), orders.baskets()), (4, 4));
        assert_eq!(orders.popularity(), [1, 2, 1, 1, 0]);
        let days = Purchases::new(4, 5, lines, Grouping::Day).expect("numbers are in range");
        assert_eq!(of(&days, 0), [(10, vec![1, 2, 3])]);
        assert_eq!(of(&days, 2), [(86_400, vec![0, 1])]);
        let (history, last) = orders.without_last(2, true);
        assert_eq!(of(&history, 0), [(10, vec![2])]);
        assert_eq!(last[0], Some(&[1, 3][..]));
        assert_eq!((last[1], last[3]), (None, None));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let refused = |l| Purchases::new(1, 1, vec![l], Grouping::Order).expect_err("out of range").to_string();
        assert!(refused(line(1, 0, 0)).contains("customer 1"));
        assert!(refused(line(0, 0, 7)).contains("item 7"));
    }
}
