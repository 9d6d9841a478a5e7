//! The elements that a customer's orders make, and the sequences of a whole shop.

use super::data::{DAY, Sequences};
use super::errors::SequenceError;
use crate::orders::{AsOf, LinesOf};

/// What makes one element of a customer's order lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elements {
    /// All lines of a civil day, at its midnight.
    #[default]
    Day,
    /// All lines of an order, at the time of its first line; orders of the same instant are one.
    Order,
}

/// One line within an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ElementLine {
    /// Time of the element, in civil seconds.
    pub time: i64,
    /// Item number.
    pub item: u32,
    /// Ten-thousandths of the currency unit; 0 where amounts were not read.
    pub amount: i64,
}

impl Elements {
    /// The lines of one customer with the times of their elements, by time and item.
    pub fn of<'a>(self, lines: LinesOf, buffer: &'a mut Vec<ElementLine>) -> &'a [ElementLine] {
        let amount = |line: usize| lines.amount.get(line).copied().unwrap_or(0);
        buffer.clear();
        let all = lines.item.iter().zip(lines.time).enumerate();
        match self {
            Elements::Day => buffer.extend(all.map(|(line, (&item, &time))| ElementLine {
                time: time - time.rem_euclid(DAY),
                item,
                amount: amount(line),
            })),
            Elements::Order => {
                let mut first: Vec<(u32, i64)> = lines.order.iter().copied().zip(lines.time.iter().copied()).collect();
                first.sort_unstable();
                first.dedup_by_key(|row| row.0);
                let of = |order: u32| first[first.partition_point(|row| row.0 < order)].1;
                buffer.extend(all.map(|(line, (&item, _))| ElementLine {
                    time: of(lines.order[line]),
                    item,
                    amount: amount(line),
                }));
            }
        }
        buffer.sort_unstable();
        buffer
    }
}

impl Sequences {
    /// The sequences of all customers as they were known at a date, over items `0..item_count`; customers who had not
    /// bought keep an empty one.
    ///
    /// # Errors
    /// When an item is not below `item_count`, or there are more than `u32::MAX` lines.
    pub fn of(known: AsOf, item_count: u32, by: Elements) -> Result<Self, SequenceError> {
        let mut sequences = Sequences::new(item_count);
        let (mut buffer, mut items) = (Vec::new(), Vec::new());
        for customer in 0..known.customers() as u32 {
            for element in by.of(known.lines(customer), &mut buffer).chunk_by(|a, b| a.time == b.time) {
                items.clear();
                items.extend(element.iter().map(|line| line.item));
                sequences.push_element(element[0].time, &items)?;
            }
            sequences.end_customer();
        }
        Ok(sequences)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{Lines, Orders, Returns};

    #[test]
    fn days_and_orders_make_elements_up_to_the_date() {
        let lines = Lines {
            customer: vec![0, 0, 0, 0, 1],
            order: vec![8, 9, 8, 9, 3],
            item: vec![2, 1, 0, 2, 1],
            time: vec![DAY + 10, DAY + 20, DAY + 30, 2 * DAY, 3 * DAY],
            amount: vec![1, 2, 4, 8, 16],
            ..Lines::default()
        };
        let orders = Orders::new(3, lines, Returns::default()).unwrap();
        let known = AsOf::new(&orders, 3 * DAY);
        let shown = |sequences: &Sequences| -> Vec<(i64, Vec<u32>)> {
            (0..sequences.elements()).map(|e| (sequences.time_of(e), sequences.items_of(e).to_vec())).collect()
        };
        let days = Sequences::of(known, 3, Elements::Day).unwrap();
        assert_eq!(shown(&days), [(DAY, vec![0, 1, 2]), (2 * DAY, vec![2])]);
        assert_eq!((days.customers(), days.elements_of(1)), (3, 2..2));
        let by_order = Sequences::of(known, 3, Elements::Order).unwrap();
        assert_eq!(shown(&by_order), [(DAY + 10, vec![0, 2]), (DAY + 20, vec![1, 2])]);
        let mut buffer = Vec::new();
        let money: Vec<i64> = Elements::Order.of(known.lines(0), &mut buffer).iter().map(|line| line.amount).collect();
        assert_eq!(money, [4, 1, 2, 8]);
        assert!(Sequences::of(known, 2, Elements::Day).is_err());
    }
}
