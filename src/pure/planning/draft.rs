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

    /// Takes all contacts away.
    pub fn nobody(&mut self, open: &mut [Open]) {
        self.changed = (0..self.choices.units() as u32).map(|unit| (unit, Vec::new())).collect();
        (self.scaled, self.used) = (0, vec![0; self.rows.len()]);
        open.iter_mut().for_each(|unit| *unit = self.open(unit.unit));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::candidates::{Candidates, Persons};
    use crate::planning::limits::{Limit, Measure, Sense, rows};
    use crate::planning::pass::pass;

    fn choices(slots: u16, room: u16) -> Choices {
        let candidates = Candidates {
            person: vec![0; 8],
            kind: (0..8).collect(),
            slot: (0..8).map(|c| c % slots).collect(),
            value: (1..9).collect(),
            cost: vec![0; 8],
        };
        Choices::new(candidates, &Persons { household: vec![0], room: vec![room], household_room: vec![99] }, 8)
            .expect("sound")
    }

    #[test]
    fn all_choices_are_listed_or_those_one_step_away() {
        // Four slots of two: every slot none or one of two, so 3⁴ choices; with room for one, 9.
        assert_eq!(sets(&choices(4, 1), 0, &[]).0.len(), 9);
        let (near, listed) = sets(&choices(4, 4), 0, &[1, 2]);
        assert!(!listed && near.contains(&vec![1, 2]));
        // Without one of the two: 2. One more: slots 0 and 3, so 4. One in place of another: as many as fit beside the one left.
        assert!(near.contains(&vec![1]) && near.contains(&vec![1, 2, 3]) && near.contains(&vec![2, 5]));
        assert!(!near.contains(&vec![1, 2, 6]), "slot 2 is taken");
        let (all, listed) = sets(&choices(2, 2), 0, &[]);
        assert!(listed && all.len() == 25, "{}", all.len());
    }

    #[test]
    fn a_draft_adds_up_and_can_be_emptied() {
        let choices = choices(2, 2);
        let limits = [Limit { measure: Measure::Contacts, kinds: vec![true; 8], sense: Sense::AtLeast, bound: 3 }];
        let rows = rows(&limits, &choices).expect("sound");
        let prices = Prices::new(&rows, &[0], 8);
        let sums = pass(&choices, &prices, -1).0;
        let mut draft = Draft::new(&choices, &rows, prices, &sums);
        let mut open = vec![draft.open(0)];
        assert_eq!(open[0].choices[open[0].current].picked, [6, 7]);
        assert_eq!((draft.slack(0), draft.holds(true), draft.holds(false)), (-1, true, false));
        assert_eq!(draft.worth(), draft.scaled - i128::from(rows[0].cap));
        assert_eq!(
            open[0].nearest(),
            open[0].choices.iter().map(|c| c.loss).filter(|loss| *loss > 0).min().expect("some")
        );
        let one = open[0].choices.iter().position(|choice| choice.picked == [7]).expect("listed");
        draft.set(&mut open[0], one);
        assert_eq!((draft.slack(0), draft.scaled >> choices.shift), (-2, 8));
        draft.nobody(&mut open);
        assert_eq!((draft.slack(0), draft.scaled, open[0].choices[open[0].current].picked.len()), (-3, 0, 0));
    }
}
