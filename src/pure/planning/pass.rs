//! One pass over units: the value of the dual at given prices, what the best choices use, and which units are near another choice.
//!
//! All sums are of whole numbers, so they are exact, and the same whatever the blocks and threads.

use rayon::prelude::*;

use super::best::{Desk, Prices};
use super::candidates::Choices;
use super::limits::Row;

/// Units, or contacts, of a block.
pub(super) const BLOCK: usize = 8_192;

/// What some choices bring and use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sums {
    /// Reduced value, scaled.
    pub reduced: i128,
    /// Value, scaled, with the tie-breakers.
    pub scaled: i128,
    /// Contacts by kind.
    pub contacts: Vec<i64>,
    /// Costs by kind, in steps of cost.
    pub costs: Vec<i128>,
}

impl Sums {
    pub fn nothing(kinds: usize) -> Sums {
        Sums { reduced: 0, scaled: 0, contacts: vec![0; kinds], costs: vec![0; kinds] }
    }

    /// Adds (or with `times` -1 subtracts) the candidates of a choice.
    pub fn add(&mut self, choices: &Choices, picked: &[u32], times: i64) {
        for &candidate in picked {
            let candidate = candidate as usize;
            let kind = choices.kind[candidate] as usize;
            self.scaled += i128::from(choices.scaled[candidate] * times);
            self.contacts[kind] += times;
            self.costs[kind] += i128::from(choices.cost[candidate] * times);
        }
    }

    pub fn merge(mut self, other: &Sums, times: i64) -> Sums {
        self.reduced += other.reduced * i128::from(times);
        self.scaled += other.scaled * i128::from(times);
        self.contacts.iter_mut().zip(&other.contacts).for_each(|(a, b)| *a += b * times);
        self.costs.iter_mut().zip(&other.costs).for_each(|(a, b)| *a += b * i128::from(times));
        self
    }

    /// What is used of a row.
    pub fn used(&self, row: &Row) -> i128 {
        let contacts: i128 =
            self.contacts.iter().zip(&row.per_contact).map(|(n, a)| i128::from(*n) * i128::from(*a)).sum();
        let costs: i128 = self.costs.iter().zip(&row.per_cost).map(|(cost, a)| cost * i128::from(*a)).sum();
        contacts + costs
    }
}

/// Chooses for each unit the best at the prices. Units whose next best choice loses at most `near` come back too, in order; below 0
/// none do.
pub(super) fn pass(choices: &Choices, prices: &Prices, near: i64) -> (Sums, Vec<u32>) {
    let units = choices.units();
    let blocks = units.div_ceil(BLOCK);
    let block = |block: usize| {
        let mut desk = Desk::default();
        let (mut sums, mut close) = (Sums::nothing(choices.kinds), Vec::new());
        for unit in block * BLOCK..((block + 1) * BLOCK).min(units) {
            let unit = unit as u32;
            let (reduced, margin) = desk.best(choices, prices, unit);
            sums.reduced += reduced;
            sums.add(choices, &desk.picked, 1);
            if margin <= near {
                close.push(unit);
            }
        }
        (sums, close)
    };
    let nothing = || (Sums::nothing(choices.kinds), Vec::new());
    (0..blocks).into_par_iter().map(block).reduce(nothing, |(sums, mut close), (more, mut also)| {
        close.append(&mut also);
        (sums.merge(&more, 1), close)
    })
}

/// The margin of each unit at the prices, in order.
pub(super) fn margins(choices: &Choices, prices: &Prices) -> Vec<i64> {
    let mut desk = Desk::default();
    (0..choices.units() as u32).map(|unit| desk.best(choices, prices, unit).1).collect()
}
