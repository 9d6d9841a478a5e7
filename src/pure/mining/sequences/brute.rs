//! A miner that tries everything, to check the real one in tests on small data.

use super::data::Sequences;
use super::settings::{Distance, Kind, SequenceSettings};
use std::collections::{BTreeMap, BTreeSet};

type Elements = Vec<Vec<u32>>;

/// What is read of the sequences.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// If given, only these items.
    pub only: Option<Vec<u32>>,
    /// None of these items.
    pub without: Vec<u32>,
    /// Nothing from this time on.
    pub until: Option<i64>,
}

impl Reading {
    pub fn reads(&self, item: u32) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&item)) && !self.without.contains(&item)
    }
}

/// Every pattern asked for with its support; top-k is left to the caller.
pub(super) fn brute_force(
    sequences: &Sequences,
    reading: &Reading,
    settings: &SequenceSettings,
) -> BTreeMap<Elements, u64> {
    let mut supports: BTreeMap<Elements, u64> = BTreeMap::new();
    for customer in 0..sequences.customers() {
        let orders: Vec<(i64, Vec<u32>)> = sequences
            .elements_of(customer)
            .filter(|&e| reading.until.is_none_or(|until| sequences.time_of(e) < until))
            .map(|e| {
                (
                    sequences.day_of(e),
                    sequences.items_of(e).iter().copied().filter(|&item| reading.reads(item)).collect(),
                )
            })
            .collect();
        let mut own = BTreeSet::new();
        embed(&orders, settings, &mut Vec::new(), &mut Vec::new(), &mut own);
        for pattern in own {
            *supports.entry(pattern).or_default() += u64::from(sequences.weight_of(customer));
        }
    }
    let least = settings.support.count(sequences.total_weight());
    let in_space = |pattern: &Elements| {
        pattern.iter().map(Vec::len).sum::<usize>() <= settings.items.max.map_or(usize::MAX, |max| max as usize)
            && pattern.len() <= settings.elements.max.map_or(usize::MAX, |max| max as usize)
            && (settings.repeats || {
                let items: BTreeSet<&u32> = pattern.iter().flatten().collect();
                items.len() == pattern.iter().map(Vec::len).sum::<usize>()
            })
            && pattern.iter().all(|element| {
                settings.taxonomy.as_ref().is_none_or(|taxonomy| {
                    element.iter().all(|&a| !taxonomy.ancestors(a).any(|group| element.contains(&group)))
                })
            })
    };
    supports.retain(|pattern, support| *support >= least && in_space(pattern));
    let of_kind = |pattern: &Elements, support: u64| {
        let mut others = supports.iter().filter(|(other, _)| *other != pattern);
        match settings.kind {
            Kind::All => true,
            Kind::Closed => !others.any(|(other, &s)| s == support && contains(other, pattern)),
            Kind::Maximal => !others.any(|(other, _)| contains(other, pattern)),
            Kind::Generators => !others.any(|(other, &s)| s == support && contains(pattern, other)),
        }
    };
    let any = |part: &[u32], wanted: &[u32]| wanted.is_empty() || part.iter().any(|item| wanted.contains(item));
    let admitted = |pattern: &Elements| {
        settings.items.admit(pattern.iter().map(Vec::len).sum())
            && settings.elements.admit(pattern.len())
            && any(&pattern[0], &settings.begins_with)
            && any(&pattern[pattern.len() - 1], &settings.ends_with)
            && any(&pattern.concat(), &settings.contains)
    };
    supports.iter().filter(|(p, s)| of_kind(p, **s) && admitted(p)).map(|(p, s)| (p.clone(), *s)).collect()
}

/// Extends the embedding `chosen` (ranges of orders) of `pattern` in every way.
fn embed(
    orders: &[(i64, Vec<u32>)],
    settings: &SequenceSettings,
    chosen: &mut Vec<(usize, usize)>,
    pattern: &mut Elements,
    found: &mut BTreeSet<Elements>,
) {
    let day = |order: usize| orders[order].0;
    let start = chosen.last().map_or(0, |&(_, last)| last + 1);
    for first in start..orders.len() {
        for last in first..orders.len() {
            let wide = match settings.window_days {
                None => last > first,
                Some(days) => day(last) - day(first) > i64::from(days),
            };
            let far = |distance: Option<Distance>, from: usize, to: usize| match distance {
                None => false,
                Some(Distance::Days(most)) => day(to) - day(from) > i64::from(most),
                Some(Distance::Orders(most)) => to - from > most as usize,
            };
            let near = |distance: Option<Distance>, from: usize, to: usize| match distance {
                None => false,
                Some(Distance::Days(least)) => day(to) - day(from) < i64::from(least),
                Some(Distance::Orders(least)) => to - from < least as usize,
            };
            let begin = chosen.first().map_or(first, |&(begin, _)| begin);
            let breaks_gap =
                chosen.last().is_some_and(|&(a, b)| far(settings.max_gap, a, last) || near(settings.min_gap, b, first));
            if wide || breaks_gap || far(settings.max_span, begin, last) {
                continue;
            }
            let union: BTreeSet<u32> =
                orders[first..=last].iter().flat_map(|(_, items)| items.iter().copied()).collect();
            let union: Vec<u32> = union.into_iter().collect();
            chosen.push((first, last));
            for subset in 1..1u32 << union.len() {
                pattern.push((0..union.len()).filter(|bit| subset >> bit & 1 == 1).map(|bit| union[bit]).collect());
                found.insert(pattern.clone());
                embed(orders, settings, chosen, pattern, found);
                pattern.pop();
            }
            chosen.pop();
        }
    }
}

fn contains(outer: &Elements, inner: &Elements) -> bool {
    let mut rest = outer.iter();
    inner.iter().all(|element| rest.any(|candidate| element.iter().all(|item| candidate.contains(item))))
}
