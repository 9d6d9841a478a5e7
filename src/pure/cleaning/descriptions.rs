//! The one description of an item that occurs under several.

use rustc_hash::FxHashMap;

use super::fate::{Fate, Group};
use super::lines::Lines;
use super::spelling::Ids;
use crate::orders::NONE;

/// The most frequent description of each canonical item among its sales, as a canonical description; [`NONE`] if it has
/// none anywhere.
///
/// Equally frequent ones go by first sight in time, then by spelling. Rows that are no sales (write-offs with `damaged`
/// for a description) count only for items that were never sold under any.
pub fn of_items(lines: &Lines, fates: &[Fate], ids: &Ids) -> Vec<u32> {
    let mut found = most_frequent(lines, ids, |row, _| fates[row].group() == Group::Sale);
    if found.contains(&NONE) {
        let rest = most_frequent(lines, ids, |row, item| {
            found[item as usize] == NONE && !matches!(fates[row], Fate::Later | Fate::Duplicate)
        });
        for (found, rest) in found.iter_mut().zip(rest) {
            if *found == NONE {
                *found = rest;
            }
        }
    }
    found
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    rows: u64,
    first: i64,
}

fn most_frequent(lines: &Lines, ids: &Ids, counts: impl Fn(usize, u32) -> bool) -> Vec<u32> {
    let Ids { items, descriptions, .. } = ids;
    // Nearly all rows of an item carry one and the same description: that one is counted without a look-up.
    let mut usual: Vec<(u32, Tally)> = vec![(NONE, Tally { rows: 0, first: i64::MAX }); items.names.len()];
    let mut others: FxHashMap<(u32, u32), Tally> = FxHashMap::default();
    for row in 0..lines.len() {
        let (item, description) = (items.get(lines.item[row]), descriptions.get(lines.description[row]));
        if item == NONE || description == NONE || !counts(row, item) {
            continue;
        }
        let (held, tally) = &mut usual[item as usize];
        let tally = if *held == description || *held == NONE {
            *held = description;
            tally
        } else {
            others.entry((item, description)).or_insert(Tally { rows: 0, first: i64::MAX })
        };
        tally.rows += 1;
        tally.first = tally.first.min(lines.time[row]);
    }
    // The order of the look-up does not matter: the comparison knows no ties between two descriptions.
    for (&(item, description), tally) in &others {
        let best = &mut usual[item as usize];
        let rank = |tally: &Tally, description: u32| (std::cmp::Reverse(tally.rows), tally.first, description);
        if rank(tally, description) < rank(&best.1, best.0) {
            *best = (description, *tally);
        }
    }
    usual.into_iter().map(|(description, _)| description).collect()
}
