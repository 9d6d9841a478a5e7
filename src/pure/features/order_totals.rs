//! The orders of one customer, put together from their lines.

use crate::orders::LinesOf;

/// One order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Order id.
    pub id: u32,
    /// Time of the first line, in civil seconds: that of the order.
    pub time: i64,
    /// Sum of the lines, in ten-thousandths of the currency unit.
    pub amount: i128,
}

/// The orders of one customer, and buffers to be used for the next one.
#[derive(Debug, Default)]
pub struct OrderTotals {
    orders: Vec<Order>,
    run_of_line: Vec<u32>,
    order_of_run: Vec<u32>,
    by_id: Vec<(u32, u32)>,
}

impl OrderTotals {
    /// Puts together the orders of a customer's lines.
    ///
    /// Lines of an order stand together unless the order carries several timestamps and another order of the customer lies
    /// between them; then its runs of lines are joined under the first.
    pub fn collect(&mut self, lines: &LinesOf) {
        self.orders.clear();
        self.run_of_line.clear();
        self.order_of_run.clear();
        let mut ascending = true;
        for ((&id, &time), &amount) in lines.order.iter().zip(lines.time).zip(lines.amount) {
            match self.orders.last_mut() {
                Some(run) if run.id == id => run.amount += i128::from(amount),
                last => {
                    ascending &= last.is_none_or(|run| run.id < id);
                    self.orders.push(Order { id, time, amount: i128::from(amount) });
                }
            }
            self.run_of_line.push(self.orders.len() as u32 - 1);
        }
        self.order_of_run.extend(0..self.orders.len() as u32);
        // Ids that only rise, the usual case, cannot come twice.
        if !ascending {
            self.join_runs();
        }
    }

    /// The orders, oldest first.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// Position among the orders of the order of a line.
    pub fn order_of(&self, line: usize) -> u32 {
        self.order_of_run[self.run_of_line[line] as usize]
    }

    fn join_runs(&mut self) {
        let OrderTotals { orders, order_of_run, by_id, .. } = self;
        by_id.clear();
        by_id.extend(orders.iter().zip(0u32..).map(|(run, index)| (run.id, index)));
        by_id.sort_unstable();
        if by_id.windows(2).all(|pair| pair[0].0 != pair[1].0) {
            return;
        }
        let mut first = by_id[0].1;
        for pair in by_id.windows(2) {
            let (run, same) = (pair[1].1, pair[0].0 == pair[1].0);
            if same {
                orders[first as usize].amount += orders[run as usize].amount;
                order_of_run[run as usize] = first;
            } else {
                first = run;
            }
        }
        let mut kept = 0;
        for run in 0..orders.len() {
            let first = order_of_run[run] as usize;
            if first == run {
                orders[kept] = orders[run];
                order_of_run[run] = kept as u32;
                kept += 1;
            } else {
                // the first run came earlier in this loop, and has its final place
                order_of_run[run] = order_of_run[first];
            }
        }
        orders.truncate(kept);
    }
}

/// Currency units of ten-thousandths.
pub(super) fn units(ten_thousandths: i128) -> f64 {
    ten_thousandths as f64 / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_an_order_that_another_one_interrupts() {
        let lines = LinesOf {
            order: &[9, 4, 9, 4, 7],
            item: &[0; 5],
            category: None,
            time: &[10, 11, 12, 13, 14],
            quantity: &[1000; 5],
            amount: &[1, 2, 4, 8, 16],
        };
        let mut totals = OrderTotals::default();
        totals.collect(&lines);
        let order = |id, time, amount| Order { id, time, amount };
        assert_eq!(totals.orders(), [order(9, 10, 5), order(4, 11, 10), order(7, 14, 16)]);
        assert_eq!([0, 1, 2, 3, 4].map(|line| totals.order_of(line)), [0, 1, 0, 1, 2]);
    }
}
