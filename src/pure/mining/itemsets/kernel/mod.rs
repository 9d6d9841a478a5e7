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
use super::estimate::estimate_itemsets;
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

    // A budget that is used up asks for the baskets again.
    let mut kept = Some(baskets);
    let ended = if settings.kind == ItemsetKind::Generators {
        free::mine(kept.as_deref().expect("kept"), settings, min, &order, &supports, run, output)?
    } else {
        // Items that every basket has are settled before the search begins.
        let everywhere = order.iter().take_while(|&&item| u64::from(supports[item as usize]) == total).count();
        let rest = order.split_off(everywhere);
        let prefix = if settings.kind == ItemsetKind::All {
            Prefix { items: Vec::new(), free: order }
        } else {
            Prefix { items: order, free: Vec::new() }
        };
        search(&mut kept, settings, min, rest, supports, prefix, run, output)?
    };
    output.report(&mut outcome);
    if let Some((reason, completed)) = ended {
        // Who stopped the search by hand does not wait for advice.
        let asked = kept.filter(|_| reason != StopReason::Asked);
        let fitting_count =
            asked.and_then(|baskets| fitting_support(&baskets, settings, reason, completed, outcome.itemsets));
        outcome.stopped = Some(Stopped { reason, completed, fitting_count });
    }
    Ok(outcome)
}

#[allow(clippy::too_many_arguments)]
fn search<O: Output>(
    baskets: &mut Option<Cow<'_, Baskets>>,
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
    let root = {
        let baskets = baskets.as_deref().expect("kept until here");
        if items <= 64 {
            Root::Dense(DenseNode::root(baskets, &rank, order))
        } else if let Some(node) = WideNode::root(baskets, &rank, &order, &supports) {
            Root::Wide(node)
        } else {
            Root::List(ListNode::root(baskets, &rank, order))
        }
    };
    drop((rank, supports));
    if settings.limits == Limits::default() {
        *baskets = None;
    }
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

/// A support (as a count) at which what stopped the search is expected to suffice, by estimates at rising supports; none where
/// nothing was found by then.
pub(super) fn fitting_support(
    baskets: &Baskets,
    settings: &ItemsetSettings,
    reason: StopReason,
    completed: f64,
    found: u64,
) -> Option<u64> {
    let total = baskets.total_weight();
    let min = settings.support.count(total);
    let estimate = |count: u64| {
        let at = ItemsetSettings { support: Support::Count(count), ..settings.clone() };
        estimate_itemsets(baskets, &at, 200, 0).ok()
    };
    let Limits { itemsets, memory } = settings.limits;
    let whole = estimate(min)?.itemsets;
    let fits = |count: u64| {
        estimate(count).is_some_and(|estimate| match (reason, itemsets, memory) {
            (StopReason::Itemsets, Some(most), _) => estimate.high <= most as f64,
            (StopReason::Memory, _, Some(most)) => {
                estimate.memory_bytes * (estimate.high / estimate.itemsets.max(1.0)) <= most as f64
            }
            // Time goes with what is found.
            _ => estimate.itemsets <= f64::max(whole * completed, found as f64),
        })
    };
    if total <= min || !fits(total) {
        return None;
    }
    let (mut low, mut high) = (min, total);
    while high - low > (low / 50).max(1) {
        let middle = ((low as f64 * high as f64).sqrt() as u64).clamp(low + 1, high - 1);
        if fits(middle) { high = middle } else { low = middle }
    }
    Some(high)
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
    // Whether a set is maximal depends on the support, so it must not be moved for them.
    if settings.kind != ItemsetKind::Maximal {
        let enough = |count: u64| -> Result<bool, MiningError> {
            let limits = Limits { itemsets: Some(top as u64), ..settings.limits };
            let at = ItemsetSettings { support: Support::Count(count), limits, top: None, ..settings.clone() };
            let counted = mine(baskets.into(), &at, run, &Count::new(&at))?;
            Ok(counted.stopped.is_some() || counted.itemsets >= top as u64)
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
