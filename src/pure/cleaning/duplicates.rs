//! Rows that stand in the input twice: repeated lines, and extracts that overlap.
//!
//! Two extracts of one shop overlap when somebody exports by calendar year and by business year, or re-exports the last
//! week every night. The rows that both hold look exactly like an item rung up twice. What tells them apart is that an
//! overlap repeats *whole orders*, and at one place of the file: the second extract begins there.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::lines::Lines;
use super::settings::Duplicates;
use super::spelling::{Canon, Ids};
use crate::orders::NONE;

/// A stretch of history rows of one order from one source, as places in the list of history rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    order: u32,
    start: u32,
    end: u32,
}

/// The rows of `history` (row numbers, ascending) that repeat another one, ascending. Rows without an order repeat none.
pub fn repeated_rows(lines: &Lines, history: &[u32], ids: &Ids, rule: Duplicates) -> Vec<u32> {
    let Ids { orders, customers, items, descriptions } = ids;
    let key = |row: u32| {
        let row = row as usize;
        let description =
            if rule == Duplicates::ExactInOrder { descriptions.get(lines.description[row]) } else { NONE };
        RowKey {
            customer: customers.get(lines.customer[row]),
            item: items.get(lines.item[row]),
            time: lines.time[row],
            quantity: lines.quantity[row],
            unit_price: lines.unit_price[row],
            description,
        }
    };
    if rule == Duplicates::None {
        return Vec::new();
    }
    let mut runs = runs(lines, history, orders, rule == Duplicates::ExactInOrder);
    runs.par_sort_unstable();
    let mut per_order: Vec<&[Run]> = runs.chunk_by(|a, b| a.order == b.order).collect();
    let cuts = match rule {
        Duplicates::OverlappingExtracts => {
            per_order.retain(|runs| runs.len() > 1);
            cuts(lines, history, &per_order, &key)
        }
        _ => Vec::new(),
    };
    let mut repeated: Vec<u32> = per_order
        .par_iter()
        .flat_map_iter(|runs| match rule {
            Duplicates::OverlappingExtracts => repeated_across(lines, history, runs, &cuts, &key),
            _ => repeated_within(history, runs, &key),
        })
        .collect();
    repeated.par_sort_unstable();
    repeated
}

/// What makes two rows of one order the same row. An overlap may show an item under a corrected description, so the
/// description counts only where equal means equal in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct RowKey {
    customer: u32,
    item: u32,
    time: i64,
    quantity: i64,
    unit_price: i64,
    description: u32,
}

/// All runs in the order of the file. Unless `all` are asked for, only those of orders that have several.
fn runs(lines: &Lines, history: &[u32], orders: &Canon, all: bool) -> Vec<Run> {
    let same = |a: &u32, b: &u32| {
        let (a, b) = (*a as usize, *b as usize);
        lines.source[a] == lines.source[b] && orders.get(lines.order[a]) == orders.get(lines.order[b])
    };
    let mut seen = vec![0u8; orders.names.len()];
    let each = || {
        let mut start = 0;
        history.chunk_by(same).filter_map(move |run| {
            let order = orders.get(lines.order[run[0] as usize]);
            let found = Run { order, start, end: start + run.len() as u32 };
            start = found.end;
            (order != NONE).then_some(found)
        })
    };
    if all {
        return each().collect();
    }
    for run in each() {
        let times = &mut seen[run.order as usize];
        *times = times.saturating_add(1);
    }
    each().filter(|run| seen[run.order as usize] > 1).collect()
}

/// Rows beyond the first of each key in one order.
fn repeated_within(history: &[u32], runs: &[Run], key: &(impl Fn(u32) -> RowKey + Sync)) -> Vec<u32> {
    let rows: Vec<u32> = runs.iter().flat_map(|run| &history[run.start as usize..run.end as usize]).copied().collect();
    let mut sorted: Vec<(RowKey, u32)> = rows.iter().map(|&row| (key(row), row)).collect();
    sorted.sort_unstable();
    sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect()
}

/// Rows of one order that an earlier extract holds already: of each key, as many stay as the extract with most of them has.
fn repeated_across(
    lines: &Lines,
    history: &[u32],
    runs: &[Run],
    cuts: &[u32],
    key: &(impl Fn(u32) -> RowKey + Sync),
) -> Vec<u32> {
    let extract = |run: &Run| {
        let source = lines.source[history[run.start as usize] as usize];
        (source, cuts.partition_point(|&cut| cut <= run.start))
    };
    let first = extract(&runs[0]);
    if runs.iter().all(|run| extract(run) == first) {
        return Vec::new();
    }
    let mut runs = runs.to_vec();
    runs.sort_by_key(extract);
    let mut kept: FxHashMap<RowKey, u32> = FxHashMap::default();
    let mut repeated = Vec::new();
    for part in runs.chunk_by(|a, b| extract(a) == extract(b)) {
        let mut here: FxHashMap<RowKey, u32> = FxHashMap::default();
        for &row in part.iter().flat_map(|run| &history[run.start as usize..run.end as usize]) {
            let key = key(row);
            let nth = here.entry(key).or_default();
            *nth += 1;
            let held = kept.entry(key).or_default();
            if *nth > *held {
                *held = *nth;
            } else {
                repeated.push(row);
            }
        }
    }
    repeated
}

/// An order in more pieces than this is a sign of a shuffled file, not of an overlap, and is not compared piece by piece.
const MOST_RUNS: usize = 16;

/// One order alone that comes again is an item rung up again on a till whose orders interleave: the first sheet of Online
/// Retail II has such a one among 698 interleaved orders.
const FEWEST_ORDERS: i32 = 2;

/// Places in `history` where a further extract begins within one source.
///
/// Every order that goes on after a gap votes on the places within that gap: for a cut if the items before and after it
/// are the same rows, against it if they are not (an order that was interleaved with another, or a file in another order);
/// where one side holds only part of the other it abstains, since an extract may begin or end in the middle of an order.
/// The place with the largest majority is a cut; then the votes of the gaps it does not lie in are counted again.
fn cuts(lines: &Lines, history: &[u32], per_order: &[&[Run]], key: &(impl Fn(u32) -> RowKey + Sync)) -> Vec<u32> {
    /// Places `from <= cut <= to` that separate two runs of one order.
    struct Gap {
        from: u32,
        to: u32,
        vote: i32,
    }
    let source = |run: &Run| lines.source[history[run.start as usize] as usize];
    let mut gaps: Vec<Gap> = per_order
        .par_iter()
        .flat_map_iter(|runs| {
            runs.chunk_by(|a, b| source(a) == source(b)).flat_map(|runs| {
                let distinct = |part: &[Run]| {
                    let rows = part.iter().flat_map(|run| &history[run.start as usize..run.end as usize]);
                    let mut keys: Vec<RowKey> = rows.map(|&row| key(row)).collect();
                    keys.sort_unstable();
                    keys.dedup();
                    keys
                };
                (1..runs.len())
                    .map(|at| {
                        let vote = if runs.len() > MOST_RUNS {
                            -1
                        } else {
                            vote(&distinct(&runs[..at]), &distinct(&runs[at..]))
                        };
                        Gap { from: runs[at - 1].end, to: runs[at].start, vote }
                    })
                    .collect::<Vec<_>>()
            })
        })
        .collect();

    let mut cuts = Vec::new();
    loop {
        let mut changes: Vec<(u32, i32)> =
            gaps.iter().flat_map(|gap| [(gap.from, gap.vote), (gap.to + 1, -gap.vote)]).collect();
        changes.par_sort_unstable();
        let (mut votes, mut best) = (0, (0, 0));
        for at_place in changes.chunk_by(|a, b| a.0 == b.0) {
            votes += at_place.iter().map(|change| change.1).sum::<i32>();
            if votes > best.0 {
                best = (votes, at_place[0].0);
            }
        }
        let (majority, cut) = best;
        if majority < FEWEST_ORDERS {
            break;
        }
        cuts.push(cut);
        gaps.retain(|gap| !(gap.from <= cut && cut <= gap.to));
    }
    cuts.sort_unstable();
    cuts
}

/// The vote of an order whose distinct rows, sorted, are `before` and `after` a gap.
fn vote(before: &[RowKey], after: &[RowKey]) -> i32 {
    let (few, many) = if before.len() < after.len() { (before, after) } else { (after, before) };
    match few.iter().all(|key| many.binary_search(key).is_ok()) {
        true => i32::from(few.len() == many.len()),
        false => -1,
    }
}

#[cfg(test)]
mod tests {
    use super::super::shop::Shop;
    use super::super::{CleaningSettings, Fate, clean};
    use super::*;

    /// Orders with their items, one letter each, in the order of the file; answers the rows that are repeats.
    fn repeats(rule: Duplicates, extracts: &[&[(&str, &str)]], one_source: bool) -> Vec<usize> {
        let mut shop = Shop::default();
        for (source, extract) in extracts.iter().enumerate() {
            for (order, items) in *extract {
                for item in items.chars() {
                    shop.row(order, "someone", &item.to_string(), 0, 1, 10_000);
                    *shop.source.last_mut().expect("the row") = if one_source { 0 } else { source as u32 };
                }
            }
        }
        let settings = CleaningSettings { duplicates: rule, ..CleaningSettings::default() };
        let cleaned = clean(&shop.lines(), &shop.tables(), &settings, None, &|_| {}).expect("fit columns");
        (0..cleaned.fates.len()).filter(|&row| cleaned.fates[row] == Fate::Duplicate).collect()
    }

    #[test]
    fn overlaps_go_and_genuine_repeats_stay() {
        let overlap: &[&[(&str, &str)]] =
            &[&[("1", "ab"), ("2", "aa"), ("3", "c")], &[("2", "aa"), ("3", "c"), ("4", "dd")]];
        for one_source in [false, true] {
            assert_eq!(repeats(Duplicates::OverlappingExtracts, overlap, one_source), [5, 6, 7]);
            assert_eq!(repeats(Duplicates::ExactInOrder, overlap, one_source), [3, 5, 6, 7, 9]);
            assert_eq!(repeats(Duplicates::None, overlap, one_source), [0usize; 0]);
        }
    }

    #[test]
    fn a_third_extract_and_one_that_saw_more_of_an_order() {
        let extracts: &[&[(&str, &str)]] = &[
            &[("1", "ab"), ("2", "a"), ("3", "a")],
            &[("2", "a"), ("3", "aab"), ("4", "c")],
            &[("2", "a"), ("4", "c"), ("5", "d")],
        ];
        assert_eq!(repeats(Duplicates::OverlappingExtracts, extracts, false), [4, 5, 9, 10]);
    }

    #[test]
    fn an_extract_may_begin_in_the_middle_of_an_order() {
        let extracts: &[&[(&str, &str)]] =
            &[&[("1", "ab"), ("2", "abc"), ("3", "c"), ("4", "d")], &[("2", "bc"), ("3", "c"), ("4", "d"), ("5", "e")]];
        assert_eq!(repeats(Duplicates::OverlappingExtracts, extracts, true), [7, 8, 9, 10]);
    }

    #[test]
    fn interleaved_orders_are_no_overlap() {
        let tills: &[&[(&str, &str)]] =
            &[&[("1", "ab"), ("2", "cd"), ("1", "ae"), ("2", "cf"), ("3", "x"), ("1", "a")]];
        assert_eq!(repeats(Duplicates::OverlappingExtracts, tills, true), [0usize; 0]);
    }
}
