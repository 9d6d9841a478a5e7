//! The search itself.

use super::super::baskets::{Baskets, BasketsError};
use super::output::{Collect, Itemset, Output};
use super::settings::{ItemsetKind, ItemsetSettings, MiningError, Outcome, Run, StopReason, Stopped};

/// Searches `baskets` and hands everything found to `output`.
pub(super) fn mine<O: Output>(
    baskets: &Baskets,
    settings: &ItemsetSettings,
    run: &Run<'_>,
    output: &mut O,
) -> Result<Outcome, MiningError> {
    settings.check()?;
    let total = baskets.total_weight();
    if total > u64::from(u32::MAX) {
        return Err(BasketsError::TooHeavy(total).into());
    }
    let min = settings.support.count(total);
    let mut outcome = Outcome { min_count: min, total, ..Outcome::default() };
    let supports = baskets.item_supports();
    let mut order: Vec<u32> = (0..baskets.item_count()).filter(|&i| u64::from(supports[i as usize]) >= min).collect();
    order.sort_by_key(|&item| (supports[item as usize], item));
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); supports.len()];
    for (at, row) in baskets.iter().enumerate() {
        row.iter().for_each(|&item| holders[item as usize].push(at as u32));
    }
    let mut search = Search {
        baskets,
        kind: settings.kind,
        min,
        holders: &holders,
        prefix: Vec::new(),
        longest: settings.longest(),
    };
    let mut left = settings.limits.itemsets.unwrap_or(u64::MAX);
    for (at, &item) in order.iter().enumerate() {
        let mut part = output.part();
        search.extend(item, &holders[item as usize], &order[at + 1..], output, &mut part);
        let sets = output.sets(&part);
        let over = sets > left;
        let flow = output.take(part, left)?;
        left = left.saturating_sub(sets);
        let completed = (at + 1) as f64 / order.len() as f64;
        (run.progress)(completed);
        let reason = if over {
            Some(StopReason::Itemsets)
        } else if settings.limits.memory.is_some_and(|most| output.kept_bytes() > most) {
            Some(StopReason::Memory)
        } else if flow.is_break() || (run.stop)() {
            Some(StopReason::Asked)
        } else {
            None
        };
        if let Some(reason) = reason {
            outcome.stopped = Some(Stopped { reason, completed, fitting_count: None });
            break;
        }
    }
    output.report(&mut outcome);
    Ok(outcome)
}

/// The `top` most frequent itemsets.
pub(super) fn mine_top(
    baskets: &Baskets,
    settings: &ItemsetSettings,
    top: usize,
    run: &Run<'_>,
) -> Result<(Vec<Itemset>, Outcome), MiningError> {
    let mut collect = Collect::new(settings);
    let mut outcome = mine(baskets, settings, run, &mut collect)?;
    let mut found = collect.into_itemsets();
    found.sort_unstable_by(|a, b| {
        (std::cmp::Reverse(a.support), a.items.len(), &a.items).cmp(&(
            std::cmp::Reverse(b.support),
            b.items.len(),
            &b.items,
        ))
    });
    found.truncate(top);
    outcome.itemsets = found.len() as u64;
    outcome.per_length.clear();
    for set in &found {
        if outcome.per_length.len() < set.items.len() {
            outcome.per_length.resize(set.items.len(), 0);
        }
        outcome.per_length[set.items.len() - 1] += 1;
    }
    Ok((found, outcome))
}

struct Search<'a> {
    baskets: &'a Baskets,
    kind: ItemsetKind,
    min: u64,
    holders: &'a [Vec<u32>],
    prefix: Vec<u32>,
    longest: usize,
}

impl Search<'_> {
    fn weigh(&self, rows: &[u32]) -> u64 {
        rows.iter().map(|&row| u64::from(self.baskets.weight(row as usize))).sum()
    }

    fn extend<O: Output>(&mut self, item: u32, rows: &[u32], after: &[u32], output: &O, part: &mut O::Part) {
        let support = self.weigh(rows);
        if support < self.min {
            return;
        }
        self.prefix.push(item);
        if self.wanted(rows, support) {
            output.node(part, &self.prefix, &[], support as u32);
        }
        if self.prefix.len() < self.longest {
            for (at, &next) in after.iter().enumerate() {
                let both = common(rows, &self.holders[next as usize]);
                self.extend(next, &both, &after[at + 1..], output, part);
            }
        }
        self.prefix.pop();
    }

    fn wanted(&self, rows: &[u32], support: u64) -> bool {
        let others = || (0..self.baskets.item_count()).filter(|item| !self.prefix.contains(item));
        let with = |item: u32| self.weigh(&common(rows, &self.holders[item as usize]));
        match self.kind {
            ItemsetKind::All => true,
            ItemsetKind::Closed => others().all(|item| with(item) < support),
            ItemsetKind::Maximal => others().all(|item| with(item) < self.min),
            ItemsetKind::Generators => (0..self.prefix.len()).all(|out| {
                let mut rows: Vec<u32> = (0..self.baskets.len() as u32).collect();
                for (at, &item) in self.prefix.iter().enumerate() {
                    if at != out {
                        rows = common(&rows, &self.holders[item as usize]);
                    }
                }
                self.weigh(&rows) > support
            }),
        }
    }
}

fn common(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (mut i, mut j, mut both) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                both.push(a[i]);
                i += 1;
                j += 1;
            }
        }
    }
    both
}
