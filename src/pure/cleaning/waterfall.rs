//! Where the rows, the pieces and the money of the input went.

use rayon::prelude::*;

use super::fate::{FATES, Fate};
use super::lines::Lines;

/// Rows, quantity and money with one fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The fate.
    pub fate: Fate,
    /// How many rows.
    pub rows: u64,
    /// Thousandths of a piece, signed.
    pub quantity: i128,
    /// Ten-thousandths of the currency unit, signed.
    pub amount: i128,
}

/// The input by fate. Steps sum exactly to the input, which has been counted on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waterfall {
    /// One step for each fate, also without rows, in the order of [`FATES`].
    pub steps: Vec<Step>,
    /// Rows of the input.
    pub rows: u64,
    /// Thousandths of a piece in the input.
    pub quantity: i128,
    /// Ten-thousandths of the currency unit in the input.
    pub amount: i128,
}

impl Waterfall {
    /// Adds up the rows by their fate.
    pub(super) fn of(lines: &Lines, fates: &[Fate]) -> Self {
        type Sums = [(u64, i128, i128); FATES.len()];
        let sums: Vec<Sums> = fates
            .par_chunks(1 << 16)
            .enumerate()
            .map(|(chunk, fates)| {
                let mut sums = Sums::default();
                for (row, &fate) in (chunk << 16..).zip(fates) {
                    let (rows, quantity, amount) = &mut sums[fate as usize];
                    *rows += 1;
                    *quantity += i128::from(lines.quantity[row]);
                    *amount += lines.amount(row);
                }
                sums
            })
            .collect();
        let mut steps: Vec<Step> =
            FATES.iter().map(|row| Step { fate: row.fate, rows: 0, quantity: 0, amount: 0 }).collect();
        for sums in sums {
            for (step, (rows, quantity, amount)) in steps.iter_mut().zip(sums) {
                step.rows += rows;
                step.quantity += quantity;
                step.amount += amount;
            }
        }
        let quantity = lines.quantity.par_iter().map(|&quantity| i128::from(quantity)).sum();
        let amount = (0..lines.len()).into_par_iter().map(|row| lines.amount(row)).sum();
        Self { steps, rows: lines.len() as u64, quantity, amount }
    }

    /// The step of one fate.
    pub fn step(&self, fate: Fate) -> &Step {
        &self.steps[fate as usize]
    }

    /// Whether the steps add up to the input in rows, quantity and money.
    pub fn adds_up(&self) -> bool {
        self.steps.iter().map(|step| step.rows).sum::<u64>() == self.rows
            && self.steps.iter().map(|step| step.quantity).sum::<i128>() == self.quantity
            && self.steps.iter().map(|step| step.amount).sum::<i128>() == self.amount
    }
}
