//! The best prices for many units in few passes over all of them.
//!
//! A sample gives prices that are nearly right. At them one pass finds the units that are near another choice; with all others fixed at
//! their choices, the dual of the near ones costs little to minimise exactly. As fixing choices only lowers the dual, its minimum is below
//! that of the whole: when the next pass over all units gives the same number, the prices are optimal.

use super::best::Prices;
use super::candidates::Choices;
use super::dual::{Cut, Part, Until, all_prices, minimise};
use super::limits::Row;
use super::pass::{Sums, margins, pass};
use crate::numeric::random::mix;

/// Units of the sample; as many units as this are solved without one.
const SAMPLE: usize = 16_384;
/// Units that repairs and the last search choose from, at least.
const NEAR: usize = 4_096;
/// Shares of all units that are near at first.
const FIRST: f64 = 0.06;
/// Passes over all units at most, the first and the last not counted.
const ROUNDS: usize = 24;
/// Share of the dual at which prices of the sample are near enough.
const ROUGH: f64 = 1e-7;

/// The prices with the lowest bound, and what the units choose there.
pub(super) struct Solved {
    pub cut: Cut,
    pub sums: Sums,
    /// Units that are near another choice, in order.
    pub near: Vec<u32>,
    /// Units beyond this margin are not among them.
    pub reach: i64,
    /// Cuts of the whole, the best among them: bounds for other limits too.
    pub cuts: Vec<Cut>,
    /// The sample with its bounds.
    pub sample: Choices,
    /// Passes over all units.
    pub passes: usize,
}

/// The bounds of all rows, for a share `part` of `whole` units.
pub(super) fn bounds(rows: &[Row], part: usize, whole: usize) -> Vec<i128> {
    rows.iter().map(|row| (i128::from(row.bound) * part as i128).div_euclid(whole.max(1) as i128)).collect()
}

/// Units by chance, about as many as asked; the same whatever the order of the rows.
fn sampled(units: usize) -> Vec<u32> {
    let every = (units / SAMPLE).max(1) as u64;
    (0..units as u32).filter(|unit| mix(u64::from(*unit)).is_multiple_of(every)).collect()
}

pub(super) fn solve(choices: &Choices, rows: &[Row]) -> Solved {
    let units = choices.units();
    let whole = Part { choices, scaled: 0, bound: bounds(rows, 1, 1) };
    let sample = choices.part(&sampled(units));
    let of_sample = Part { choices: &sample, scaled: 0, bound: bounds(rows, sample.units(), units) };
    let zero = vec![0; rows.len()];
    let all_in = sample.units() == units;
    let tolerance = if all_in { 0.0 } else { ROUGH };
    let (found, mut cuts) = minimise(rows, &of_sample, &zero, &all_prices(rows), 0.5, Until { tolerance, passes: 400 });
    let mut passes = if all_in { cuts.len() } else { 0 };
    if !all_in {
        cuts.clear();
    }
    let near_at = |prices: &[i64], share: f64| {
        let mut margins = margins(&sample, &Prices::new(rows, prices, choices.kinds));
        margins.sort_unstable();
        let place = ((margins.len() as f64 * share) as usize).max(16);
        margins.get(place).or(margins.last()).copied().unwrap_or(0)
    };
    let least = (NEAR as f64 / units.max(1) as f64).min(1.0);
    let mut share = FIRST.max(least);
    let look = |prices: &[i64], share: f64| Cut::at(rows, &whole, prices, near_at(prices, share));
    let (mut cut, mut sums, mut near) = look(&found.prices, share);
    passes += 1;
    cuts.push(cut.clone());
    for _ in 0..if all_in { 0 } else { ROUNDS } {
        let (lower, inside) = minimum_near(choices, rows, &cut, &sums, &near, near_at(&cut.prices, share));
        let gap = cut.dual - lower.dual;
        if gap <= i128::from(choices.noise) * 2 * rows.len() as i128 || lower.prices == cut.prices {
            break;
        }
        let narrower = if inside { (share / 3.0).max(least) } else { share };
        let found = look(&lower.prices, narrower);
        passes += 1;
        cuts.push(found.0.clone());
        if found.0.dual < cut.dual {
            ((cut, sums, near), share) = (found, narrower);
        } else {
            // The prices left the region where the fixed choices hold.
            share = (share * 3.0).min(0.5);
            near = look(&cut.prices, share).2;
            passes += 1;
        }
    }
    if near.len() < NEAR.min(units) {
        share = if all_in { 1.0 } else { 2.0 * least };
        near = look(&cut.prices, share).2;
        passes += 1;
    }
    let reach = near_at(&cut.prices, share);
    Solved { cut, sums, near, reach, cuts, sample, passes }
}

/// The lowest dual of the units near another choice, all others fixed at their choices of the cut, at prices that move a contact by no more
/// than `reach` each, and whether all of them have room. It is at most the dual of the whole, so where both are equal at the cut, no prices
/// around it are better.
fn minimum_near(choices: &Choices, rows: &[Row], cut: &Cut, sums: &Sums, near: &[u32], reach: i64) -> (Cut, bool) {
    let near = choices.part(near);
    let (open, _) = pass(&near, &Prices::new(rows, &cut.prices, choices.kinds), -1);
    let fixed = sums.clone().merge(&open, -1);
    let bound = rows.iter().map(|row| i128::from(row.bound) - fixed.used(row)).collect();
    let part = Part { choices: &near, scaled: fixed.scaled, bound };
    let within = rows.iter().zip(&cut.prices).map(|(row, price)| {
        let step = (reach / row.largest).max(1);
        ((price - step).max(0), price.saturating_add(step).min(row.cap))
    });
    let within: Vec<(i64, i64)> = within.collect();
    let lowest = minimise(rows, &part, &cut.prices, &within, 0.01, Until { tolerance: 0.0, passes: 300 }).0;
    let inside = lowest
        .prices
        .iter()
        .zip(&within)
        .zip(rows)
        .all(|((price, (low, high)), row)| (price > low || *low == 0) && (price < high || *high == row.cap));
    (lowest, inside)
}
