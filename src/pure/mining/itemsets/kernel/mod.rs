//! The search for itemsets.
//!
//! Baskets are lists of item numbers while many items matter and words of 64 bits once few do; the last items are settled
//! together in a cube. Equal baskets are put together on the way. Which representation is used where depends on the
//! baskets alone, never on the number of threads.

mod dense;
mod free;
mod list;
mod schedule;
mod search;
mod wide;

use super::super::baskets::{Baskets, BasketsError};
use super::super::support::Support;
use super::output::{Count, Handed, Itemset, Kept, Output};
use super::settings::{ItemsetKind, ItemsetSettings, Limits, MiningError, Outcome, Run, StopReason, Stopped};
use dense::DenseNode;
use list::ListNode;
use schedule::Schedule;
use search::{Goal, Prefix, Root, Unit, Walk};
use std::borrow::Cow;
use std::cmp::Reverse;
use wide::WideNode;

/// Searches `baskets` and hands everything found to `output`.
pub(super) fn mine<O: Output>(
    baskets: Cow<'_, Baskets>,
    settings: &ItemsetSettings,
    run: &Run<'_>,
    output: &O,
) -> Result<Outcome, MiningError> {
    settings.check()?;
    let total = baskets.total_weight();
    if total > u64::from(u32::MAX) {
        return Err(BasketsError::TooHeavy(total).into());
    }
    let min_count = settings.support.count(total);
    let mut outcome = Outcome { min_count, total, ..Outcome::default() };
    let Ok(min) = u32::try_from(min_count) else { return Ok(outcome) };
    let supports = baskets.item_supports();
    let frequent = |item: &u32| supports[*item as usize] >= min;
    let mut order: Vec<u32> = (0..baskets.item_count()).filter(frequent).collect();
    order.sort_by_key(|&item| (Reverse(supports[item as usize]), item));

    let ended = if settings.kind == ItemsetKind::Generators {
        free::mine(&baskets, settings, min, &order, &supports, run, output)?
    } else {
        // Items that every basket has are settled before the search begins.
        let everywhere = order.iter().take_while(|&&item| u64::from(supports[item as usize]) == total).count();
        let rest = order.split_off(everywhere);
        let prefix = if settings.kind == ItemsetKind::All {
            Prefix { items: Vec::new(), free: order }
        } else {
            Prefix { items: order, free: Vec::new() }
        };
        search(baskets, settings, min, rest, supports, prefix, run, output)?
    };
    output.report(&mut outcome);
    outcome.stopped = ended.map(|(reason, completed)| Stopped { reason, completed });
    Ok(outcome)
}

#[allow(clippy::too_many_arguments)]
fn search<O: Output>(
    baskets: Cow<'_, Baskets>,
    settings: &ItemsetSettings,
    min: u32,
    order: Vec<u32>,
    supports: Vec<u32>,
    prefix: Prefix,
    run: &Run<'_>,
    output: &O,
) -> Result<Option<(StopReason, f64)>, MiningError> {
    let mut rank = vec![u32::MAX; supports.len()];
    order.iter().enumerate().for_each(|(at, &item)| rank[item as usize] = at as u32);
    let items = order.len();
    let root = if items <= 64 {
        Root::Dense(DenseNode::root(&baskets, &rank, order))
    } else if let Some(node) = WideNode::root(&baskets, &rank, &order, &supports) {
        Root::Wide(node)
    } else {
        Root::List(ListNode::root(&baskets, &rank, order))
    };
    drop((baskets, rank, supports));
    let root = root.indexed(settings.kind != ItemsetKind::All);
    let threads = run.threads.max(1);
    let goal = Goal { kind: settings.kind, min, longest: settings.longest(), shared: threads > 1 };
    let schedule = Schedule::new(output, settings.limits, run, Unit::Root(root, prefix));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| Walk::new(goal, output, &schedule, items).work());
        }
        Walk::new(goal, output, &schedule, items).work();
    });
    schedule.end()
}

/// The `top` most frequent itemsets.
///
/// The support falls, from that of the most frequent item, until enough sets are counted; then only these are collected.
pub(super) fn mine_top(
    baskets: &Baskets,
    settings: &ItemsetSettings,
    top: usize,
    run: &Run<'_>,
) -> Result<(Vec<Itemset>, Outcome), MiningError> {
    settings.check()?;
    let total = baskets.total_weight();
    let least = settings.support.count(total);
    let mut support = least;
    let mut cut = None;
    // Whether a set is maximal depends on the support, so it must not be moved for them.
    if settings.kind != ItemsetKind::Maximal {
        let mut enough = |count: u64| -> Result<bool, MiningError> {
            let limits = Limits { itemsets: Some(top as u64), ..settings.limits };
            let at = ItemsetSettings { support: Support::Count(count), limits, top: None, ..settings.clone() };
            let counted = mine(baskets.into(), &at, run, &Count::new(&at))?;
            if let Some(stopped) = counted.stopped.filter(|stopped| stopped.reason != StopReason::Itemsets) {
                cut = Some(stopped);
                return Ok(true);
            }
            Ok(counted.itemsets >= top as u64)
        };
        let (mut low, mut high) =
            (least, baskets.item_supports().into_iter().max().map_or(least, u64::from).max(least));
        // Lower by halves until there are enough, then close in.
        while high > least && !enough(high)? {
            low = least.max(high / 2);
            if low == least || enough(low)? {
                break;
            }
            high = low;
        }
        while high - low > (low / 16).max(1) {
            let middle = low + (high - low) / 2;
            if enough(middle)? { low = middle } else { high = middle }
        }
        support = if high > low && enough(high)? { high } else { low };
    }
    let at = ItemsetSettings { support: Support::Count(support), top: None, ..settings.clone() };
    let kept = Handed::new(&at, Kept::default());
    let mut outcome = mine(baskets.into(), &at, run, &kept)?;
    let mut found = kept.into_receiver().sets;
    found.sort_unstable_by(|a, b| {
        (Reverse(a.support), a.items.len(), &a.items).cmp(&(Reverse(b.support), b.items.len(), &b.items))
    });
    found.truncate(top);
    outcome.min_count = least;
    outcome.stopped = outcome.stopped.or(cut);
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
