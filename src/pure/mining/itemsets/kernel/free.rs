//! The search for free itemsets (generators).
//!
//! Every subset of a free set is free, so a set is free exactly when each subset with one item fewer is free and more
//! frequent. The walk meets all subsets of a set before the set itself (branches from the most frequent item on, as the
//! right-to-left walk of Szathmary, Valtchev, Napoli and Godin's Talky-G, 2009), so their supports can be looked up. Sets
//! are known by the sum of random numbers of their items, 128 bits wide: with a billion sets the chance of a
//! confusion is below 10^-20.

use super::super::super::baskets::Baskets;
use super::super::output::Output;
use super::super::settings::{ItemsetSettings, MiningError, Run, StopReason};
use crate::numeric::random::stream;
use rand::RngExt;
use rustc_hash::FxHashMap;
use std::ops::ControlFlow;

/// Hands the free sets to `output` in one thread; gives the reason and the fraction done when stopped.
pub(super) fn mine<O: Output>(
    baskets: &Baskets,
    settings: &ItemsetSettings,
    min: u32,
    order: &[u32],
    supports: &[u32],
    run: &Run<'_>,
    output: &O,
) -> Result<Option<(StopReason, f64)>, MiningError> {
    let total = baskets.total_weight() as u32;
    let mut rng = stream(0, "names of itemsets");
    let codes: Vec<u128> = order.iter().map(|_| rng.random::<u128>()).collect();
    let mut rank = vec![u32::MAX; supports.len()];
    order.iter().enumerate().for_each(|(at, &item)| rank[item as usize] = at as u32);
    let rows: Vec<Vec<u32>> = baskets
        .iter()
        .map(|row| {
            let mut row: Vec<u32> = row.iter().map(|&item| rank[item as usize]).filter(|&at| at != u32::MAX).collect();
            row.sort_unstable();
            row
        })
        .collect();
    let mut holders: Vec<Vec<(u32, u32)>> = vec![Vec::new(); order.len()];
    for (at, row) in rows.iter().enumerate() {
        for (place, &item) in row.iter().enumerate() {
            holders[item as usize].push((at as u32, place as u32));
        }
    }
    let mut walk = FreeWalk {
        min,
        longest: settings.longest(),
        order,
        codes: &codes,
        weights: (0..baskets.len()).map(|at| baskets.weight(at)).collect(),
        rows: &rows,
        known: FxHashMap::default(),
        chosen: Vec::new(),
        prefix: Vec::new(),
        counts: vec![0; order.len()],
        stop: run.stop,
        stopped: false,
        output,
    };
    walk.known.insert(0, total);
    let mut left = settings.limits.itemsets.unwrap_or(u64::MAX);
    for (at, held) in holders.iter().enumerate() {
        let mut part = output.part();
        if supports[order[at] as usize] < total {
            walk.branch(at as u32, supports[order[at] as usize], held, 0, &mut part);
        }
        let (sets, completed) = (output.sets(&part), (at + 1) as f64 / holders.len() as f64);
        let flow = output.take(part, left)?;
        (run.progress)(completed);
        if sets > left {
            return Ok(Some((StopReason::Itemsets, completed)));
        }
        left -= sets;
        let kept = output.kept_bytes() + walk.known.len() * 40;
        if settings.limits.memory.is_some_and(|most| kept > most) {
            return Ok(Some((StopReason::Memory, completed)));
        }
        let last = at + 1 == holders.len();
        if flow == ControlFlow::Break(()) || walk.stopped || (!last && (run.stop)()) {
            return Ok(Some((StopReason::Asked, completed)));
        }
    }
    Ok(None)
}

struct FreeWalk<'a, O: Output> {
    min: u32,
    longest: usize,
    order: &'a [u32],
    codes: &'a [u128],
    weights: Vec<u32>,
    rows: &'a [Vec<u32>],
    known: FxHashMap<u128, u32>,
    chosen: Vec<u32>,
    prefix: Vec<u32>,
    counts: Vec<u32>,
    stop: &'a (dyn Fn() -> bool + Sync),
    stopped: bool,
    output: &'a O,
}

impl<O: Output> FreeWalk<'_, O> {
    /// Reports the free set that `item` makes of the chosen ones and goes on below it. `held` tells the rows that hold the
    /// set and how many of their items are below `item`.
    fn branch(&mut self, item: u32, support: u32, held: &[(u32, u32)], code: u128, part: &mut O::Part) {
        let code = code.wrapping_add(self.codes[item as usize]);
        self.known.insert(code, support);
        self.chosen.push(item);
        self.prefix.push(self.order[item as usize]);
        self.output.node(part, &self.prefix, &[], support);
        if self.chosen.len() < self.longest && !self.stopped {
            if self.known.len().is_multiple_of(1024) {
                self.stopped = (self.stop)();
            }
            let mut met = Vec::new();
            for &(row, place) in held {
                for &other in &self.rows[row as usize][..place as usize] {
                    if self.counts[other as usize] == 0 {
                        met.push(other);
                    }
                    self.counts[other as usize] += self.weights[row as usize];
                }
            }
            met.sort_unstable();
            let found: Vec<(u32, u32)> =
                met.iter().map(|&other| (other, std::mem::take(&mut self.counts[other as usize]))).collect();
            for (other, count) in found {
                if count >= self.min && count < support && self.free(other, count, code) {
                    let below: Vec<(u32, u32)> = held
                        .iter()
                        .filter_map(|&(row, place)| {
                            let at = self.rows[row as usize][..place as usize].binary_search(&other).ok()?;
                            Some((row, at as u32))
                        })
                        .collect();
                    self.branch(other, count, &below, code, part);
                }
            }
        }
        self.chosen.pop();
        self.prefix.pop();
    }

    /// Whether leaving out any one of the chosen items gives a free set that is more frequent.
    fn free(&self, other: u32, count: u32, code: u128) -> bool {
        let whole = code.wrapping_add(self.codes[other as usize]);
        self.chosen.iter().all(|&out| {
            self.known.get(&whole.wrapping_sub(self.codes[out as usize])).is_some_and(|&support| support > count)
        })
    }
}
