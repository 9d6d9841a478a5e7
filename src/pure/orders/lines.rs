//! Order lines and returns as columns, sorted by customer and time.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

use rayon::prelude::*;
use thiserror::Error;

use super::names::NONE;

/// The purchase time of a return that could not be matched to its purchase.
pub const UNMATCHED: i64 = i64::MIN;

/// Order lines, in any order: one element per line in every column. Columns other than `customer` and `time` that nobody
/// will look at may be left empty; they are then empty for every customer.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// Dense customer ids; [`NONE`] where the customer is not known.
    pub customer: Vec<u32>,
    /// Order ids.
    pub order: Vec<u32>,
    /// Item ids.
    pub item: Vec<u32>,
    /// Category ids, [`NONE`] where a line has none; `None` when the shop has no categories.
    pub category: Option<Vec<u32>>,
    /// Civil seconds.
    pub time: Vec<i64>,
    /// Thousandths of a piece.
    pub quantity: Vec<i64>,
    /// Ten-thousandths of the currency unit.
    pub amount: Vec<i64>,
}

/// Returned goods of identified customers, in any order: one element per line in every column.
#[derive(Debug, Clone, Default)]
pub struct Returns {
    /// Dense customer ids.
    pub customer: Vec<u32>,
    /// Item ids.
    pub item: Vec<u32>,
    /// When the goods came back, in civil seconds.
    pub time: Vec<i64>,
    /// Thousandths of a piece, not negative.
    pub quantity: Vec<i64>,
    /// Ten-thousandths of the currency unit, not negative.
    pub amount: Vec<i64>,
    /// When the goods had been bought, in civil seconds; [`UNMATCHED`] when not known.
    pub bought: Vec<i64>,
}

/// Times further from 1970 than this are refused: about 12,700 years, so that sums of times and windows cannot overflow.
pub(super) const FURTHEST: i64 = 400_000_000_000;

/// Why columns do not make orders.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum OrdersError {
    /// Columns of one table differ in length.
    #[error("column {column} has {found} rows where customer has {expected}; give every column one value per row")]
    Uneven { column: &'static str, found: usize, expected: usize },
    /// A customer id is not below the number of customers.
    #[error("row {row} of {table} has customer {customer}, but there are {customers} customers; number them from 0")]
    Customer { table: &'static str, row: usize, customer: u32, customers: usize },
    /// A return has a negative amount or quantity.
    #[error("row {row} of the returns has a negative {column}; what came back is counted as a positive number")]
    NegativeReturn { column: &'static str, row: usize },
    /// A time is not one that a shop can have.
    #[error("row {row} of {table} has a time of {time} s since 1970, more than 12,000 years away; check its unit")]
    Time { table: &'static str, row: usize, time: i64 },
    /// More rows than a 32-bit row number can address.
    #[error(
        "{rows} rows are more than the 4,294,967,295 that one table of orders can hold; split the run by customers"
    )]
    TooMany { rows: usize },
}

/// All order lines and returns, sorted by customer, then time, then order; further columns break ties, so that the
/// order in which rows came does not matter. Lines of customers who are not known come last.
///
/// Features never see this type: they take [`AsOf`](super::AsOf), labels take [`After`](super::After). 10 million
/// lines take 360 MB (36 bytes a line), with categories 400 MB, and while they are sorted about 120 MB more beside
/// the columns given.
#[derive(Clone)]
pub struct Orders {
    /// `line_start[c]..line_start[c + 1]` are the lines of customer `c`; the last range is of customers who are not known.
    line_start: Vec<u32>,
    order: Vec<u32>,
    item: Vec<u32>,
    category: Option<Vec<u32>>,
    time: Vec<i64>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
    return_start: Vec<u32>,
    return_item: Vec<u32>,
    return_time: Vec<i64>,
    return_quantity: Vec<i64>,
    return_amount: Vec<i64>,
    return_bought: Vec<i64>,
}

/// Some lines of one customer, oldest first: slices of equal length.
#[derive(Debug, Clone, Copy)]
pub struct LinesOf<'a> {
    /// Order ids.
    pub order: &'a [u32],
    /// Item ids.
    pub item: &'a [u32],
    /// Category ids, [`NONE`] where a line has none.
    pub category: Option<&'a [u32]>,
    /// Civil seconds, ascending.
    pub time: &'a [i64],
    /// Thousandths of a piece.
    pub quantity: &'a [i64],
    /// Ten-thousandths of the currency unit.
    pub amount: &'a [i64],
}

/// Some returns of one customer, oldest first: slices of equal length.
#[derive(Debug, Clone, Copy)]
pub struct ReturnsOf<'a> {
    /// Item ids.
    pub item: &'a [u32],
    /// Civil seconds, ascending.
    pub time: &'a [i64],
    /// Thousandths of a piece, not negative.
    pub quantity: &'a [i64],
    /// Ten-thousandths of the currency unit, not negative.
    pub amount: &'a [i64],
    /// When bought, in civil seconds, never after `time`; [`UNMATCHED`] when not known.
    pub bought: &'a [i64],
}

impl Orders {
    /// Sorts lines and returns of the customers `0..customers`, in parallel and in place of the columns given.
    ///
    /// Customers without any line are allowed (prospects). A return that claims to be older than its purchase keeps its
    /// own time and counts as unmatched.
    ///
    /// # Errors
    /// When columns differ in length, a customer id or a time is out of range, or a return is negative.
    pub fn new(customers: usize, lines: Lines, returns: Returns) -> Result<Orders, OrdersError> {
        check_lines(customers, &lines)?;
        check_returns(customers, &returns)?;

        let (line_start, mut rows) = by_customer(customers, &lines.customer);
        let category = |row: usize| lines.category.as_ref().map(|column| column[row]);
        sort_within(&line_start, &mut rows, |a, b| {
            // later columns are only looked at when the former ones tie: each look is likely to miss the cache
            let time_and_order =
                lines.time[a].cmp(&lines.time[b]).then_with(|| lines.order.get(a).cmp(&lines.order.get(b)));
            time_and_order
                .then_with(|| lines.item.get(a).cmp(&lines.item.get(b)))
                .then_with(|| lines.quantity.get(a).cmp(&lines.quantity.get(b)))
                .then_with(|| lines.amount.get(a).cmp(&lines.amount.get(b)))
                .then_with(|| category(a).cmp(&category(b)))
        });
        let Lines { customer, order, item, category, time, quantity, amount } = lines;
        drop(customer);
        let (order, item, time) = (gather(order, &rows), gather(item, &rows), gather(time, &rows));
        let category = category.map(|column| gather(column, &rows));
        let (quantity, amount) = (gather(quantity, &rows), gather(amount, &rows));

        let (return_start, mut rows) = by_customer(customers, &returns.customer);
        sort_within(&return_start, &mut rows, |a, b| {
            let time_and_item =
                returns.time[a].cmp(&returns.time[b]).then_with(|| returns.item[a].cmp(&returns.item[b]));
            time_and_item
                .then_with(|| returns.quantity[a].cmp(&returns.quantity[b]))
                .then_with(|| returns.amount[a].cmp(&returns.amount[b]))
                .then_with(|| returns.bought[a].cmp(&returns.bought[b]))
        });
        let Returns { item: return_item, time: return_time, quantity: given, amount: value, mut bought, .. } = returns;
        for (bought, &time) in bought.iter_mut().zip(&return_time) {
            if *bought > time {
                *bought = UNMATCHED;
            }
        }
        Ok(Orders {
            line_start,
            order,
            item,
            category,
            time,
            quantity,
            amount,
            return_start,
            return_item: gather(return_item, &rows),
            return_time: gather(return_time, &rows),
            return_quantity: gather(given, &rows),
            return_amount: gather(value, &rows),
            return_bought: gather(bought, &rows),
        })
    }

    /// Number of customers, with those who never bought.
    pub fn customers(&self) -> usize {
        self.line_start.len() - 2
    }

    /// Number of order lines.
    pub fn lines(&self) -> usize {
        self.time.len()
    }

    /// Earliest and latest time of any line, in civil seconds; `None` without lines.
    pub fn span(&self) -> Option<(i64, i64)> {
        let first = self.time.par_iter().copied().min()?;
        let last = self.time.par_iter().copied().max()?;
        Some((first, last))
    }

    /// Lines of `customer` with `from <= time < until`. Not public: see [`AsOf`](super::AsOf).
    pub(super) fn lines_between(&self, customer: u32, from: i64, until: i64) -> LinesOf<'_> {
        let known = (customer as usize) < self.customers();
        self.lines_in(if known { between(&self.line_start, &self.time, customer, from, until) } else { 0..0 })
    }

    /// Lines of customers who are not known, with `from <= time < until`. Not public: see [`AsOf`](super::AsOf).
    pub(super) fn anonymous_between(&self, from: i64, until: i64) -> LinesOf<'_> {
        self.lines_in(between(&self.line_start, &self.time, self.customers() as u32, from, until))
    }

    fn lines_in(&self, range: Range<usize>) -> LinesOf<'_> {
        LinesOf {
            order: part(&self.order, &range),
            item: part(&self.item, &range),
            category: self.category.as_ref().map(|column| part(column, &range)),
            time: &self.time[range.clone()],
            quantity: part(&self.quantity, &range),
            amount: part(&self.amount, &range),
        }
    }

    /// Returns of `customer` with `from <= time < until`. Not public: see [`AsOf`](super::AsOf).
    pub(super) fn returns_between(&self, customer: u32, from: i64, until: i64) -> ReturnsOf<'_> {
        let range = between(&self.return_start, &self.return_time, customer, from, until);
        ReturnsOf {
            item: &self.return_item[range.clone()],
            time: &self.return_time[range.clone()],
            quantity: &self.return_quantity[range.clone()],
            amount: &self.return_amount[range.clone()],
            bought: &self.return_bought[range],
        }
    }
}

impl fmt::Debug for Orders {
    /// Counts only: the columns would fill the terminal for minutes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Orders")
            .field("customers", &self.customers())
            .field("lines", &self.lines())
            .field("returns", &self.return_time.len())
            .finish()
    }
}

impl LinesOf<'_> {
    /// Number of lines.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// How many orders the lines are of.
    pub fn orders(&self) -> usize {
        let mut orders = self.order.to_vec();
        orders.sort_unstable();
        orders.dedup();
        orders.len()
    }
}

fn between(start: &[u32], time: &[i64], customer: u32, from: i64, until: i64) -> Range<usize> {
    let customer = customer as usize;
    if customer + 1 >= start.len() {
        return 0..0;
    }
    let base = start[customer] as usize;
    let times = &time[base..start[customer + 1] as usize];
    let end = times.partition_point(|&t| t < until);
    let begin = times[..end].partition_point(|&t| t < from);
    base + begin..base + end
}

/// A part of a column, or nothing of a column that was left empty.
fn part<'a, T>(column: &'a [T], range: &Range<usize>) -> &'a [T] {
    if column.is_empty() { column } else { &column[range.clone()] }
}

fn check_lines(customers: usize, lines: &Lines) -> Result<(), OrdersError> {
    let expected = lines.customer.len();
    let category = lines.category.as_ref().map_or(expected, Vec::len);
    let given = |length: usize| if length == 0 { expected } else { length };
    let lengths = [
        ("order", given(lines.order.len())),
        ("item", given(lines.item.len())),
        ("category", category),
        ("time", lines.time.len()),
        ("quantity", given(lines.quantity.len())),
        ("amount", given(lines.amount.len())),
    ];
    check_shape(&lines.customer, &lengths)?;
    check_customers("the order lines", customers, &lines.customer, |id| id == NONE)?;
    check_times("the order lines", &lines.time)
}

fn check_returns(customers: usize, returns: &Returns) -> Result<(), OrdersError> {
    let lengths = [
        ("item", returns.item.len()),
        ("time", returns.time.len()),
        ("quantity", returns.quantity.len()),
        ("amount", returns.amount.len()),
        ("bought", returns.bought.len()),
    ];
    check_shape(&returns.customer, &lengths)?;
    check_customers("the returns", customers, &returns.customer, |_| false)?;
    check_times("the returns", &returns.time)?;
    for (column, values) in [("quantity", &returns.quantity), ("amount", &returns.amount)] {
        if let Some(row) = values.iter().position(|&value| value < 0) {
            return Err(OrdersError::NegativeReturn { column, row });
        }
    }
    Ok(())
}

fn check_shape(customer: &[u32], lengths: &[(&'static str, usize)]) -> Result<(), OrdersError> {
    let expected = customer.len();
    if expected >= u32::MAX as usize {
        return Err(OrdersError::TooMany { rows: expected });
    }
    if let Some(&(column, found)) = lengths.iter().find(|(_, found)| *found != expected) {
        return Err(OrdersError::Uneven { column, found, expected });
    }
    Ok(())
}

fn check_customers(
    table: &'static str,
    customers: usize,
    customer: &[u32],
    allowed: impl Fn(u32) -> bool + Sync,
) -> Result<(), OrdersError> {
    match customer.par_iter().position_first(|&id| id as usize >= customers && !allowed(id)) {
        Some(row) => Err(OrdersError::Customer { table, row, customer: customer[row], customers }),
        None => Ok(()),
    }
}

fn check_times(table: &'static str, times: &[i64]) -> Result<(), OrdersError> {
    match times.par_iter().position_first(|time| time.unsigned_abs() > FURTHEST.unsigned_abs()) {
        Some(row) => Err(OrdersError::Time { table, row, time: times[row] }),
        None => Ok(()),
    }
}

/// Counting sort: where each customer's rows start, and the row numbers grouped by customer; those without one come last.
fn by_customer(customers: usize, customer: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let place = |id: u32| (id as usize).min(customers);
    let mut start = vec![0u32; customers + 2];
    for &id in customer {
        start[place(id) + 1] += 1;
    }
    for id in 0..=customers {
        start[id + 1] += start[id];
    }
    let mut next = start.clone();
    let mut rows = vec![0u32; customer.len()];
    for (row, &id) in customer.iter().enumerate() {
        let slot = &mut next[place(id)];
        rows[*slot as usize] = row as u32;
        *slot += 1;
    }
    (start, rows)
}

/// Sorts each customer's row numbers. `compare` looks at every column, so rows that tie are equal and an unstable sort
/// still gives one result.
fn sort_within(start: &[u32], rows: &mut [u32], compare: impl Fn(usize, usize) -> Ordering + Sync) {
    const CUSTOMERS: usize = 4096;
    let mut blocks = Vec::with_capacity(start.len() / CUSTOMERS + 1);
    let mut rest = rows;
    for first in (0..start.len() - 1).step_by(CUSTOMERS) {
        let last = (first + CUSTOMERS).min(start.len() - 1);
        let (block, tail) = rest.split_at_mut((start[last] - start[first]) as usize);
        blocks.push((&start[first..=last], block));
        rest = tail;
    }
    blocks.into_par_iter().for_each(|(start, block)| {
        for pair in start.windows(2) {
            let own = &mut block[(pair[0] - start[0]) as usize..(pair[1] - start[0]) as usize];
            let compare = |a: &u32, b: &u32| compare(*a as usize, *b as usize);
            if own.is_sorted_by(|a, b| compare(a, b).is_le()) {
                continue;
            }
            match own.len() > CUSTOMERS {
                true => own.par_sort_unstable_by(compare),
                false => own.sort_unstable_by(compare),
            }
        }
    });
}

/// A column in the order of `rows`; one that was left empty stays so, and one that is in that order already is not copied.
fn gather<T: Copy + Send + Sync>(column: Vec<T>, rows: &[u32]) -> Vec<T> {
    if column.is_empty() || rows.par_iter().enumerate().all(|(place, &row)| place == row as usize) {
        return column;
    }
    rows.par_iter().with_min_len(1 << 14).map(|&row| column[row as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rows: &[(u32, u32, i64)]) -> Lines {
        Lines {
            customer: rows.iter().map(|row| row.0).collect(),
            order: rows.iter().map(|row| row.1).collect(),
            item: vec![0; rows.len()],
            category: None,
            time: rows.iter().map(|row| row.2).collect(),
            quantity: vec![1000; rows.len()],
            amount: vec![10_000; rows.len()],
        }
    }

    #[test]
    fn sorts_by_customer_time_and_order() {
        let unsorted = lines(&[(2, 7, 50), (0, 1, 30), (2, 3, 20), (0, 0, 30), (0, 2, 10)]);
        let orders = Orders::new(3, unsorted, Returns::default()).unwrap();
        let of = |customer| orders.lines_between(customer, i64::MIN, i64::MAX);
        assert_eq!((of(0).time, of(0).order), (&[10, 30, 30][..], &[2, 0, 1][..]));
        assert_eq!((of(0).orders(), of(1).orders()), (3, 0));
        // An order whose lines are apart in time is one order.
        let apart = Orders::new(1, lines(&[(0, 4, 10), (0, 5, 20), (0, 4, 30)]), Returns::default()).unwrap();
        assert_eq!(apart.lines_between(0, 0, 100).orders(), 2);
        assert!(of(1).is_empty());
        assert_eq!(of(2).order, [3, 7]);
        assert!(of(99).is_empty());
        assert_eq!(orders.lines_between(0, 11, 30).len(), 0);
        assert_eq!(orders.span(), Some((10, 50)));
        assert_eq!(format!("{orders:?}"), "Orders { customers: 3, lines: 5, returns: 0 }");
    }

    #[test]
    fn refuses_columns_that_do_not_fit() {
        let mut uneven = lines(&[(0, 0, 0)]);
        uneven.item.push(7);
        let error = Orders::new(1, uneven, Returns::default()).unwrap_err();
        assert_eq!(error, OrdersError::Uneven { column: "item", found: 2, expected: 1 });
        let error = Orders::new(1, lines(&[(0, 0, 0), (1, 0, 0)]), Returns::default()).unwrap_err();
        assert_eq!(error, OrdersError::Customer { table: "the order lines", row: 1, customer: 1, customers: 1 });
        let mut negative = Returns { customer: vec![0], item: vec![0], time: vec![0], ..Returns::default() };
        (negative.quantity, negative.amount, negative.bought) = (vec![1], vec![-1], vec![UNMATCHED]);
        let error = Orders::new(1, Lines::default(), negative).unwrap_err();
        assert_eq!(error, OrdersError::NegativeReturn { column: "amount", row: 0 });
    }

    #[test]
    fn lines_without_a_customer_come_last_and_columns_may_be_left_out() {
        let mut some = lines(&[(NONE, 4, 50), (1, 1, 30), (NONE, 3, 20), (0, 0, 30)]);
        (some.quantity, some.amount) = (Vec::new(), Vec::new());
        let orders = Orders::new(2, some, Returns::default()).unwrap();
        assert_eq!((orders.customers(), orders.lines()), (2, 4));
        assert_eq!(orders.lines_between(1, 0, 100).order, [1]);
        assert_eq!(orders.anonymous_between(0, 100).order, [3, 4]);
        assert_eq!(orders.anonymous_between(0, 50).time, [20]);
        assert!(orders.lines_between(2, 0, 100).is_empty() && orders.lines_between(NONE, 0, 100).is_empty());
        assert!(orders.anonymous_between(0, 100).amount.is_empty());
        let mut returns = Returns { customer: vec![NONE], item: vec![0], time: vec![0], ..Returns::default() };
        (returns.quantity, returns.amount, returns.bought) = (vec![1], vec![1], vec![UNMATCHED]);
        assert!(Orders::new(2, Lines::default(), returns).is_err());
    }

    #[test]
    fn a_return_before_its_purchase_is_unmatched() {
        let returns = Returns {
            customer: vec![0, 0],
            item: vec![5, 6],
            time: vec![100, 50],
            quantity: vec![1000, 1000],
            amount: vec![1, 2],
            bought: vec![120, 40],
        };
        let orders = Orders::new(1, Lines::default(), returns).unwrap();
        assert_eq!(orders.returns_between(0, 0, 1000).bought, [40, UNMATCHED]);
    }
}
