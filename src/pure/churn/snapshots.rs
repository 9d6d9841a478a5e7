//! Which rows of a table of past snapshots are learned from: customers are drawn, and the horizon must be over.

use super::labelled::part_below;
use super::truth::Truth;
use crate::learning::{LearningError, Matrix};
use crate::numeric::calendar::DAY;
use crate::numeric::random::{fnv1a, mix};
use crate::orders::NONE;

/// The rows of a table of past snapshots, by customer and date.
#[derive(Debug, Clone)]
pub struct Snapshots {
    customers: Vec<u32>,
    dates: Vec<Option<i64>>,
    drawn: Vec<bool>,
    is_part: bool,
}

/// How many rows are drawn, and from which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// About so many rows at most.
    pub rows: u32,
    /// Days after a date that must be over by `as_of` for its rows to count.
    pub horizon_days: i64,
    /// The first day that is not known, civil seconds.
    pub as_of: i64,
    /// Seed of the draw.
    pub seed: u64,
}

impl Snapshots {
    /// Rows with the number of their customer ([`NONE`] without one) and their date (midnight in civil seconds; nothing without one).
    /// Customers are drawn by their names, each with all snapshots, so the order of rows does not decide who is drawn.
    pub fn draw(customers: Vec<u32>, dates: Vec<Option<i64>>, names: &[String], draw: Draw) -> Snapshots {
        let closed = |row: usize| is_over(dates[row], draw.horizon_days, draw.as_of);
        let eligible = (0..customers.len()).filter(|&row| customers[row] != NONE && closed(row)).count();
        let below = part_below(f64::from(draw.rows) / eligible.max(1) as f64);
        let drawn = names.iter().map(|name| mix(draw.seed ^ fnv1a(name.as_bytes())) <= below).collect();
        Snapshots { customers, dates, drawn, is_part: below < u64::MAX }
    }

    /// Whether a customer is drawn.
    pub fn has(&self, customer: u32) -> bool {
        self.drawn[customer as usize]
    }

    /// How many customers are drawn.
    pub fn customers(&self) -> usize {
        self.drawn.iter().filter(|drawn| **drawn).count()
    }

    /// Whether these may be fewer than all.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// Rows of drawn customers of whom something is known and whose horizon of so many days is over by `as_of`.
    pub fn closed(&self, truth: &Truth, horizon_days: i64, as_of: i64) -> Vec<u32> {
        let is_wanted = |row: u32| {
            let customer = self.customers[row as usize];
            self.is_drawn(row) && truth.knows(customer) && is_over(self.dates[row as usize], horizon_days, as_of)
        };
        (0..self.customers.len() as u32).filter(|&row| is_wanted(row)).collect()
    }

    /// Rows of the newest date whose customers are drawn and can still leave.
    pub fn newest_at_risk(&self, truth: &Truth) -> Vec<u32> {
        let newest = self.dates.iter().flatten().max().copied();
        let at_risk = |row: u32| newest.is_some_and(|now| truth.at_risk(self.customers[row as usize], now));
        (0..self.customers.len() as u32)
            .filter(|&row| self.dates[row as usize] == newest && self.is_drawn(row) && at_risk(row))
            .collect()
    }

    /// A matrix of these rows with their customers and dates.
    ///
    /// # Errors
    /// When the matrix has another number of rows.
    pub fn keyed(&self, matrix: Matrix, rows: &[u32]) -> Result<Matrix, LearningError> {
        matrix
            .with_customers(rows.iter().map(|&row| self.customers[row as usize]).collect())?
            .with_snapshots(rows.iter().map(|&row| self.dates[row as usize].unwrap_or(0)).collect())
    }

    fn is_drawn(&self, row: u32) -> bool {
        let customer = self.customers[row as usize];
        customer != NONE && self.drawn[customer as usize]
    }
}

fn is_over(date: Option<i64>, days: i64, as_of: i64) -> bool {
    date.is_some_and(|date| date + days * DAY <= as_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Column;
    use crate::orders::{Lines, Orders, Returns};

    /// Customers 0 to 9 at two dates, and a row without a customer.
    fn rows(most: u32) -> Snapshots {
        let customers: Vec<u32> = (0..10).chain(0..10).chain([NONE]).collect();
        let dates = (0..21).map(|row| Some(if row < 10 { 10 } else { 100 } * DAY)).collect();
        let names: Vec<String> = (0..10).map(|i| format!("customer {i}")).collect();
        Snapshots::draw(customers, dates, &names, Draw { rows: most, horizon_days: 30, as_of: 110 * DAY, seed: 1 })
    }

    fn all_ordered() -> Truth {
        let orders = Orders::new(10, Lines::default(), Returns::default()).expect("no lines");
        Truth::Orders { orders, has_lines: vec![true; 10] }
    }

    #[test]
    fn only_closed_horizons_are_learned_from_and_the_newest_rows_are_scored() {
        let (all, truth) = (rows(1000), all_ordered());
        assert!(!all.is_part() && all.customers() == 10);
        assert_eq!(all.closed(&truth, 30, 110 * DAY), (0..10).collect::<Vec<u32>>());
        assert_eq!(all.closed(&truth, 10, 110 * DAY).len(), 20, "a shorter horizon is over at both dates");
        assert_eq!(all.newest_at_risk(&truth), (10..20).collect::<Vec<u32>>(), "without the row of nobody");
        let matrix = Matrix::new(vec![Column::numbers("x", vec![1.0, 2.0])]).expect("a column");
        let keyed = all.keyed(matrix, &[3, 15]).expect("as many rows");
        assert_eq!((keyed.customers(), keyed.snapshots()), (&[3, 5][..], &[10 * DAY, 100 * DAY][..]));
    }

    #[test]
    fn a_drawn_customer_comes_with_all_snapshots() {
        let (part, truth) = (rows(5), all_ordered());
        assert!(part.is_part() && (1..10).contains(&part.customers()), "{}", part.customers());
        let both = part.closed(&truth, 10, 110 * DAY);
        assert_eq!(both.len(), 2 * part.customers());
        assert!(both.iter().all(|&row| part.has(row % 10)));
    }
}
