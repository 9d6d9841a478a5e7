//! The shop's season: what came each month against what a model without a season expects of the customers of that time.

use super::ledger::Ledger;
use crate::numeric::calendar::{month_of, month_start};
use crate::series::{Clock, MonthIndex};
use crate::value::{Dropout, Geometric, Purchases, State};

/// Expected purchases that each calendar month's ratio is tempered with.
const CAUTION: f64 = 20.0;
/// Rounds: each fits the model in the time of the index so far.
const ROUNDS: usize = 3;
/// Customers that the four numbers of the model are fitted to at most.
const FITTED: usize = 20_000;
/// Days of history below which there is no season to be seen.
pub const LEAST_DAYS: i32 = 330;

/// The index by calendar month, from repeat purchases of all customers against the cumulative curve that MBG/NBD expects of their
/// cohorts (the tracking plot of P. Fader, B. Hardie, K. Lee, 2005, figure 2, by month). Because the curve is of the customers there
/// were, growth of the shop is no season. `None` with less than [`LEAST_DAYS`] of history, or where the model cannot be fitted or
/// has no finite optimum.
pub fn season(ledger: &Ledger) -> Option<MonthIndex> {
    let (start, end) = (ledger.start()?, ledger.as_of());
    if end - start < LEAST_DAYS {
        return None;
    }
    let buyers = ledger.buyers(None);
    let step = buyers.len().div_ceil(FITTED).max(1);
    let few: Vec<u32> = buyers.iter().step_by(step).copied().collect();
    // New customers and repeat purchases by day.
    let days = (end - start) as usize;
    let (mut new, mut repeats) = (vec![0.0; days], vec![0.0; days]);
    for &customer in &buyers {
        for (nth, day) in ledger.of(customer).day.iter().enumerate() {
            let counted = if nth == 0 { &mut new } else { &mut repeats };
            counted[(day - start) as usize] += 1.0;
        }
    }
    let mut index = MonthIndex::flat();
    for _ in 0..ROUNDS {
        let clock = Clock::new(&index, i64::from(start), i64::from(end));
        let histories: Vec<_> = ledger.records(&few, &clock).iter().map(|record| record.history).collect();
        let model = Geometric::fit(&histories, Dropout::AfterAny).ok().filter(|model| !model.is_held_back())?;
        let ratios = months(&model, &clock, start, end, &new, &repeats);
        index = MonthIndex::of_ratios(&ratios, CAUTION).after(&index);
    }
    Some(index)
}

/// What came and what the model expects, by month.
fn months(
    model: &Geometric,
    clock: &Clock,
    start: i32,
    end: i32,
    new: &[f64],
    repeats: &[f64],
) -> Vec<(i64, f64, f64)> {
    // A new customer of MBG/NBD may leave after the first purchase: in the state of no repeats at age 0, if still there.
    let state = State { repeats: 0, age: 0.0, phase: 0 };
    let stays = model.b / (model.a + model.b);
    let mut edges = vec![i64::from(start)];
    let mut month = month_of(i64::from(start)) + 1;
    while month_start(month) < i64::from(end) {
        edges.push(month_start(month));
        month += 1;
    }
    edges.push(i64::from(end));
    let mut expected = vec![0.0; edges.len()];
    for (at, &edge) in edges.iter().enumerate() {
        for (day, &count) in new.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let came = i64::from(start) + day as i64;
            if came < edge {
                expected[at] += count * stays * model.mean(&state, clock.between(came, edge) / 7.0);
            }
        }
    }
    (1..edges.len())
        .map(|at| {
            let (from, to) = ((edges[at - 1] - i64::from(start)) as usize, (edges[at] - i64::from(start)) as usize);
            let came = repeats[from..to].iter().sum();
            (month_of(edges[at - 1]), came, expected[at] - expected[at - 1])
        })
        .collect()
}
