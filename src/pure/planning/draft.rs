//! A plan in the making: the best choices at the prices, and the units that were given another one.

use std::collections::BTreeMap;

use super::best::{Desk, Prices, blocked};
use super::candidates::Choices;
use super::limits::Row;
use super::pass::Sums;

/// Most choices of one unit that are listed in full.
const CHOICES: usize = 64;

/// One choice of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// Its contacts, ascending; none for nothing.
    pub picked: Vec<u32>,
    /// Scaled value.
    pub scaled: i128,
    /// Reduced value that it loses against the best choice, 0 or more.
    pub loss: i128,
    /// What it uses of each row.
    pub used: Vec<i128>,
}

/// A unit whose choice may change, with the place of its current choice.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub unit: u32,
    pub choices: Vec<Choice>,
    pub current: usize,
    /// Whether all choices are listed.
    pub listed: bool,
}

impl Open {
    /// The least that another choice than the current one loses.
    pub fn nearest(&self) -> i128 {
        let others = self.choices.iter().enumerate().filter(|(place, _)| *place != self.current);
        others.map(|(_, choice)| choice.loss).min().unwrap_or(i128::MAX)
    }
}

/// The plan so far.
pub(super) struct Draft<'a> {
    pub choices: &'a Choices,
    pub rows: &'a [Row],
    pub prices: Prices,
    pub scaled: i128,
    /// What is used of each row.
    pub used: Vec<i128>,
    /// Units whose choice is not the best at the prices.
    pub changed: BTreeMap<u32, Vec<u32>>,
}

impl<'a> Draft<'a> {
    /// The best choices at the prices, with their sums.
    pub fn new(choices: &'a Choices, rows: &'a [Row], prices: Prices, sums: &Sums) -> Draft<'a> {
        let used = rows.iter().map(|row| sums.used(row)).collect();
        Draft { choices, rows, prices, scaled: sums.scaled, used, changed: BTreeMap::new() }
    }

    /// What is left of a row; below 0 where the plan uses too much.
    pub fn slack(&self, row: usize) -> i128 {
        i128::from(self.rows[row].bound) - self.used[row]
    }

    /// Scaled value less the penalty of what minimums are short of.
    pub fn worth(&self) -> i128 {
        let short = (0..self.rows.len()).filter(|row| self.rows[*row].elastic);
        self.scaled + short.map(|row| self.slack(row).min(0) * i128::from(self.rows[row].cap)).sum::<i128>()
    }

    /// Whether all rows hold, those that may be short left out if `elastic`.
    pub fn holds(&self, elastic: bool) -> bool {
        (0..self.rows.len()).all(|row| self.slack(row) >= 0 || elastic && self.rows[row].elastic)
    }

    /// The unit with its choices and which of them it has.
    pub fn open(&self, unit: u32) -> Open {
        let mut desk = Desk::default();
        let (best, _) = desk.best(self.choices, &self.prices, unit);
        let mut current = self.changed.get(&unit).cloned().unwrap_or(desk.picked);
        current.sort_unstable();
        let (sets, listed) = sets(self.choices, unit, &current);
        let place = sets.iter().position(|set| *set == current).expect("the current choice is listed");
        let choice = |picked: Vec<u32>| {
            let reduced: i128 = picked.iter().map(|c| i128::from(self.prices.reduced(self.choices, *c as usize))).sum();
            let uses = |row: &Row| picked.iter().map(|c| i128::from(row.of(self.choices, *c))).sum();
            Choice {
                scaled: picked.iter().map(|c| i128::from(self.choices.scaled[*c as usize])).sum(),
                loss: best - reduced,
                used: self.rows.iter().map(uses).collect(),
                picked,
            }
        };
        Open { unit, choices: sets.into_iter().map(choice).collect(), current: place, listed }
    }

    /// Gives the unit another of its choices.
    pub fn set(&mut self, open: &mut Open, choice: usize) {
        let (old, new) = (&open.choices[open.current], &open.choices[choice]);
        self.scaled += new.scaled - old.scaled;
        for (used, (new, old)) in self.used.iter_mut().zip(new.used.iter().zip(&old.used)) {
            *used += new - old;
        }
        self.changed.insert(open.unit, new.picked.clone());
        open.current = choice;
    }
}

/// The sets of contacts that a unit may get: all, or where there are more than [`CHOICES`], those one step from the current one;
/// and whether these are all.
fn sets(choices: &Choices, unit: u32, current: &[u32]) -> (Vec<Vec<u32>>, bool) {
    let candidates: Vec<u32> = choices.of(unit).map(|c| c as u32).collect();
    if choices.single[unit as usize] {
        return (std::iter::once(Vec::new()).chain(candidates.iter().map(|c| vec![*c])).collect(), true);
    }
    let mut all = vec![Vec::new()];
    for &candidate in &candidates {
        for place in 0..all.len() {
            if blocked(choices, &all[place], candidate).is_none() {
                let mut set = all[place].clone();
                set.push(candidate);
                all.push(set);
            }
        }
        if all.len() > CHOICES {
            return (near_sets(choices, &candidates, current), false);
        }
    }
    (all, true)
}

/// The current set, and those with one contact less, one more, or one in another's place.
fn near_sets(choices: &Choices, candidates: &[u32], current: &[u32]) -> Vec<Vec<u32>> {
    let without = |place: usize| {
        let mut set = current.to_vec();
        set.remove(place);
        set
    };
    let mut all = vec![current.to_vec()];
    all.extend((0..current.len()).map(without));
    for place in 0..all.len() {
        for candidate in candidates.iter().filter(|c| !current.contains(c)) {
            if blocked(choices, &all[place], *candidate).is_none() {
                let mut set = all[place].clone();
                set.push(*candidate);
                set.sort_unstable();
                all.push(set);
            }
        }
    }
    all
}
