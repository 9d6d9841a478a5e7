//! Order lines one order after the other: what baskets are made of.

use rayon::prelude::*;

use super::as_of::AsOf;
use super::lines::LinesOf;

/// The lines that were known at a date, of all customers and of unknown ones, put together by order: by the time of the
/// order's first line, then by order id.
///
/// It is made of an [`AsOf`] alone, so nothing on or after the date is in it. Columns that the orders were made without are
/// empty.
#[derive(Debug, Clone, Default)]
pub struct ByOrder {
    /// Civil seconds of each order's first line.
    time: Vec<i64>,
    /// Where each order's lines end.
    end: Vec<usize>,
    item: Vec<u32>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
}

impl ByOrder {
    /// Puts together the lines of each order; there are none where the orders were made without order ids.
    pub fn of(known: AsOf) -> ByOrder {
        let parts = || (0..known.customers() as u32).map(|customer| known.lines(customer)).chain([known.anonymous()]);
        let orders = parts().flat_map(|lines| lines.order.iter().max()).max().map_or(0, |&last| last as usize + 1);
        let mut first = vec![i64::MAX; orders];
        let mut place = vec![0usize; orders];
        for lines in parts() {
            for (&order, &time) in lines.order.iter().zip(lines.time) {
                first[order as usize] = first[order as usize].min(time);
                place[order as usize] += 1;
            }
        }
        let mut by_time: Vec<u32> = (0..orders as u32).filter(|&order| place[order as usize] > 0).collect();
        by_time.par_sort_by_key(|&order| first[order as usize]);
        let mut found = ByOrder::default();
        let mut end = 0;
        for &order in &by_time {
            found.time.push(first[order as usize]);
            let begin = end;
            end += place[order as usize];
            place[order as usize] = begin;
            found.end.push(end);
        }
        drop((first, by_time));
        found.item = dealt(end, &mut place.clone(), parts(), |lines| lines.item);
        found.quantity = dealt(end, &mut place.clone(), parts(), |lines| lines.quantity);
        found.amount = dealt(end, &mut place, parts(), |lines| lines.amount);
        found
    }

    /// Number of orders.
    pub fn len(&self) -> usize {
        self.end.len()
    }

    /// Whether there is no order.
    pub fn is_empty(&self) -> bool {
        self.end.is_empty()
    }

    /// When each order was placed, in civil seconds, ascending.
    pub fn times(&self) -> &[i64] {
        &self.time
    }

    /// The items of an order's lines.
    pub fn items(&self, order: usize) -> &[u32] {
        &self.item[self.lines(order)]
    }

    /// The quantities of an order's lines, in thousandths of a piece.
    pub fn quantities(&self, order: usize) -> &[i64] {
        &self.quantity[self.lines(order)]
    }

    /// The amounts of an order's lines, in ten-thousandths of the currency unit.
    pub fn amounts(&self, order: usize) -> &[i64] {
        &self.amount[self.lines(order)]
    }

    fn lines(&self, order: usize) -> std::ops::Range<usize> {
        let begin = if order == 0 { 0 } else { self.end[order - 1] };
        begin..self.end[order]
    }
}

/// A column with the lines of each order side by side; `next` has the place of each order's next line.
fn dealt<'a, T: Copy + Default + 'a>(
    rows: usize,
    next: &mut [usize],
    parts: impl Iterator<Item = LinesOf<'a>>,
    column: impl Fn(&LinesOf<'a>) -> &'a [T],
) -> Vec<T> {
    let mut dealt = Vec::new();
    for lines in parts {
        let values = column(&lines);
        if values.is_empty() {
            continue;
        }
        dealt.resize(rows, T::default());
        for (&order, &value) in lines.order.iter().zip(values) {
            let slot = &mut next[order as usize];
            dealt[*slot] = value;
            *slot += 1;
        }
    }
    dealt
}

#[cfg(test)]
mod tests {
    use super::super::lines::{Lines, Orders, Returns};
    use super::super::names::NONE;
    use super::*;

    fn orders() -> Orders {
        let lines = Lines {
            customer: vec![1, 0, 1, NONE, 0, NONE],
            order: vec![2, 0, 2, 1, 0, 3],
            item: vec![7, 5, 6, 8, 5, 9],
            category: None,
            time: vec![30, 20, 10, 20, 20, 40],
            quantity: vec![1, 2, 3, 4, 5, 6],
            amount: vec![10, 20, 30, 40, 50, 60],
        };
        Orders::new(2, lines, Returns::default()).expect("they fit")
    }

    #[test]
    fn orders_come_by_time_and_nothing_of_the_date_itself() {
        let orders = orders();
        let found = ByOrder::of(AsOf::new(&orders, 40));
        assert_eq!(found.times(), [10, 20, 20]);
        let items: Vec<&[u32]> = (0..found.len()).map(|order| found.items(order)).collect();
        assert_eq!(items, [&[6, 7][..], &[5, 5], &[8]]);
        assert_eq!((found.quantities(0), found.amounts(2)), (&[3, 1][..], &[40][..]));
        let earlier = ByOrder::of(AsOf::new(&orders, 30));
        assert_eq!((earlier.len(), earlier.items(0)), (3, &[6][..]));
        assert!(ByOrder::of(AsOf::new(&orders, 10)).is_empty());
    }
}
