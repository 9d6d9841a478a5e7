//! How many customers are in each cell, what they are worth, how many stayed, and who moved.

use std::collections::BTreeMap;

use super::MeasureLoyalty;
use super::placing::{Placed, Weighted};
use crate::loyalty::{CELLS, Cell, Critical, MATRICES, Matrix, Measured, Spending, days_of};

/// One matrix at the as-of date.
pub(super) struct Counted {
    pub(super) matrix: &'static Matrix,
    /// The cells that somebody is in or was in, in their order.
    pub(super) cells: Vec<CellCount>,
    /// Customers by cell one horizon ago and now.
    pub(super) moves: BTreeMap<(&'static str, &'static str), u64>,
    /// Customers of whom both axes are known, and how many equally weighted ones tell as much.
    pub(super) known: u64,
    pub(super) effective: f64,
}

/// One cell.
pub(super) struct CellCount {
    pub(super) cell: &'static Cell,
    pub(super) customers: u64,
    /// Of all customers.
    pub(super) share: f64,
    /// Of those known, weighted to all; NaN for those who are not.
    pub(super) weighted: f64,
    /// Of all spending.
    pub(super) value: f64,
    pub(super) by_proxy: u64,
    /// Customers who were in it one horizon ago, and how many of them did not order since.
    pub(super) before: u64,
    pub(super) left: u64,
}

impl MeasureLoyalty {
    /// The matrices, by their order.
    pub(super) fn counted(&self, now: &Placed, before: &Placed, spending: &Spending) -> Vec<Counted> {
        let counted = |matrix: &'static Matrix| {
            let Weighted { weights, known, effective } = self.weighted(now, spending, matrix);
            let customers: Vec<u32> = (0..spending.customers() as u32).filter(|&c| now.bought[c as usize]).collect();
            let money = |customer: u32| spending.spent(customer).iter().sum::<f64>().max(0.0);
            let all_money: f64 = customers.iter().map(|&customer| money(customer)).sum();
            let all_weights: f64 = weights.iter().sum();
            let silent_since = spending.until - self.horizon.days();
            let silent =
                |customer: u32| spending.days(customer).last().is_none_or(|day| i64::from(*day) < silent_since);
            let was = |customer: u32| before.bought[customer as usize].then(|| before.cell(matrix, customer).name);
            let mut moves = BTreeMap::new();
            for &customer in &customers {
                if let Some(from) = was(customer) {
                    *moves.entry((from, now.cell(matrix, customer).name)).or_default() += 1;
                }
            }
            let all = matrix.cells.iter().flatten().chain(&CELLS);
            let cells = all.map(|cell| {
                let own: Vec<u32> =
                    customers.iter().copied().filter(|&c| now.cell(matrix, c).name == cell.name).collect();
                let then: Vec<u32> = customers.iter().copied().filter(|&c| was(c) == Some(cell.name)).collect();
                let weight: f64 = own.iter().map(|&customer| weights[customer as usize]).sum();
                CellCount {
                    cell,
                    customers: own.len() as u64,
                    share: own.len() as f64 / customers.len() as f64,
                    weighted: if cell.name == CELLS[0].name { f64::NAN } else { weight / all_weights },
                    value: if all_money > 0.0 { own.iter().map(|&c| money(c)).sum::<f64>() / all_money } else { 0.0 },
                    by_proxy: own.iter().filter(|&&c| cell.name != CELLS[0].name && now.by_proxy(matrix, c)).count()
                        as u64,
                    before: then.len() as u64,
                    left: then.iter().filter(|&&customer| silent(customer)).count() as u64,
                }
            });
            let cells = cells.filter(|cell| cell.customers + cell.before > 0).collect();
            Counted { matrix, cells, moves, known, effective }
        };
        MATRICES.iter().map(counted).collect()
    }
}

/// Whether each customer's purchases are clumpier than those of random days.
pub(super) fn clumpy(spending: &Spending, measured: &Measured, seed: u64) -> Vec<Option<bool>> {
    let pair = |customer: u32| {
        let own = measured.persistence[customer as usize].filter(|_| measured.has_history(customer))?;
        let (days, all) = days_of(spending, customer, own.periods as i64 * spending.span.days);
        (days.len() >= 2).then_some((all, days.len()))
    };
    let pairs: Vec<Option<(i32, usize)>> = (0..spending.customers() as u32).map(pair).collect();
    let critical = Critical::of(pairs.iter().copied().flatten(), seed);
    // The last figure is 1 − clumpiness.
    let even = |customer: usize| measured.components[customer].last().copied().flatten();
    let one = |(customer, pair): (usize, &Option<(i32, usize)>)| {
        let ((all, purchases), even) = ((*pair)?, even(customer)?);
        critical.is_clumpy(all, purchases, 1.0 - even.value)
    };
    pairs.iter().enumerate().map(one).collect()
}
