//! Which purchase a return takes back.
//!
//! Returns are taken in the order of their time, and each looks only at purchases not after it, so what later returns do
//! never changes an earlier match: the net history as of any date is that of the matches with `time` before the date.
//!
//! A return first takes the *latest* purchase of the same customer, item and quantity that nothing has been taken from.
//! A cancellation that names the quantity of a whole line is mostly the correction of the last order; the oldest line with
//! that quantity would blame a purchase of a year ago. Where no line fits in full, quantity is taken from the *oldest*
//! purchases of the item with any left (first in, first out), which leaves recent demand as it was.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fate::Fate;
use super::lines::Lines;
use super::settings::CleaningSettings;
use super::spelling::Ids;

/// Part or all of a return, set against one purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// Row of the return.
    pub return_row: u32,
    /// Row of the purchase.
    pub purchase_row: u32,
    /// What came back of it, thousandths of a piece, positive.
    pub quantity: i64,
    /// When it came back, seconds UTC: the time of the return. Net figures as of a date count matches before it.
    pub time: i64,
    /// How the two were found to belong together.
    pub kind: MatchKind,
}

/// How a return and a purchase were found to belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    /// Same customer, item and quantity: the latest untouched purchase line.
    Exact,
    /// Same customer and item: the oldest purchase with quantity left.
    ByItem,
}

/// A purchase and the cancellation that undid it within minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undone {
    /// Row of the cancellation.
    pub return_row: u32,
    /// Row of the purchase.
    pub purchase_row: u32,
}

/// One purchase or return. Ordered by customer and item, then by time, purchases first within a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    customer: u32,
    item: u32,
    time: i64,
    is_return: bool,
    row: u32,
    /// Always positive.
    quantity: i64,
    /// Calendar day in the shop's zone.
    day: i32,
}

#[derive(Debug, Default)]
struct Found {
    matches: Vec<Match>,
    undone: Vec<Undone>,
    fates: Vec<(u32, Fate)>,
}

/// Matches the rows with fate [`Fate::ReturnUnmatched`] to those with [`Fate::OrderLine`] and gives both their final fate.
/// Answers matches and undone pairs in the order of the returns' rows.
pub fn match_returns(
    lines: &Lines,
    fates: &mut [Fate],
    ids: &Ids,
    settings: &CleaningSettings,
) -> (Vec<Match>, Vec<Undone>) {
    let Ids { customers, items, .. } = ids;
    let pair = |row: usize| u64::from(customers.get(lines.customer[row])) << 32 | u64::from(items.get(lines.item[row]));
    let returned: FxHashSet<u64> = fates
        .iter()
        .enumerate()
        .filter(|(_, fate)| **fate == Fate::ReturnUnmatched)
        .map(|(row, _)| pair(row))
        .collect();
    if returned.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut events: Vec<Event> = fates
        .par_iter()
        .enumerate()
        .filter(|(row, fate)| matches!(fate, Fate::OrderLine | Fate::ReturnUnmatched) && returned.contains(&pair(*row)))
        .map(|(row, fate)| Event {
            customer: customers.get(lines.customer[row]),
            item: items.get(lines.item[row]),
            time: lines.time[row],
            is_return: *fate == Fate::ReturnUnmatched,
            row: row as u32,
            quantity: lines.quantity[row].saturating_abs(),
            day: lines.day[row],
        })
        .collect();
    events.par_sort_unstable();

    let groups: Vec<&[Event]> = events.chunk_by(|a, b| a.customer == b.customer && a.item == b.item).collect();
    let parts: Vec<Found> = groups.par_chunks(1024).map(|groups| match_groups(groups, settings)).collect();
    let (mut matches, mut undone) = (Vec::new(), Vec::new());
    for found in parts {
        matches.extend(found.matches);
        undone.extend(found.undone);
        for (row, fate) in found.fates {
            fates[row as usize] = fate;
        }
    }
    matches.par_sort_unstable();
    undone.par_sort_unstable();
    (matches, undone)
}

fn match_groups(groups: &[&[Event]], settings: &CleaningSettings) -> Found {
    let window = i64::from(settings.undone_minutes) * 60;
    let smallest = (settings.undone_min_quantity * 1000.0) as i64;
    let mut found = Found::default();
    // What is left of each purchase of the group, and the untouched ones by quantity, latest last.
    let mut left: Vec<(Event, i64)> = Vec::new();
    let mut untouched: FxHashMap<i64, Vec<usize>> = FxHashMap::default();
    for group in groups {
        left.clear();
        untouched.clear();
        let mut oldest = 0;
        for &event in *group {
            if !event.is_return {
                untouched.entry(event.quantity).or_default().push(left.len());
                left.push((event, event.quantity));
                continue;
            }
            let same = untouched.entry(event.quantity).or_default();
            while same.last().is_some_and(|&place| left[place].1 != event.quantity) {
                same.pop();
            }
            if let Some(place) = same.pop() {
                let purchase = left[place].0;
                left[place].1 = 0;
                let minutes_later = window > 0 && event.time - purchase.time <= window && event.day == purchase.day;
                if minutes_later && event.quantity >= smallest {
                    found.undone.push(Undone { return_row: event.row, purchase_row: purchase.row });
                    found.fates.push((event.row, Fate::Undone));
                    found.fates.push((purchase.row, Fate::Undone));
                } else {
                    found.matches.push(taken(event, purchase, event.quantity, MatchKind::Exact));
                    found.fates.push((event.row, Fate::ReturnExact));
                }
                continue;
            }
            let mut open = event.quantity;
            while open > 0 && oldest < left.len() {
                let (purchase, rest) = &mut left[oldest];
                let quantity = open.min(*rest);
                if quantity > 0 {
                    found.matches.push(taken(event, *purchase, quantity, MatchKind::ByItem));
                    *rest -= quantity;
                    open -= quantity;
                }
                if *rest == 0 {
                    oldest += 1;
                }
            }
            let fate = match open {
                0 => Fate::ReturnByItem,
                open if open < event.quantity => Fate::ReturnInPart,
                _ => continue,
            };
            found.fates.push((event.row, fate));
        }
    }
    found
}

fn taken(event: Event, purchase: Event, quantity: i64, kind: MatchKind) -> Match {
    Match { return_row: event.row, purchase_row: purchase.row, quantity, time: event.time, kind }
}
