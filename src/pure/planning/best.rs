//! The best choice of one unit at given prices, and how near the next best is.
//!
//! A unit's rules are nested: at most one contact in a customer's slot, so many for a customer, so many for the household. Such sets form a
//! laminar matroid, where taking the best contact that still fits, again and again, is optimal.
//! Source: J. Edmonds, "Matroids and the greedy algorithm", Mathematical Programming 1, 1971.

use super::candidates::Choices;
use super::limits::Row;

/// The prices of all limits, in scaled value, added up by kind.
#[derive(Debug, Clone)]
pub(super) struct Prices {
    contact: Vec<i64>,
    cost: Vec<i64>,
}

impl Prices {
    pub fn new(rows: &[Row], prices: &[i64], kinds: usize) -> Prices {
        let mut sums = Prices { contact: vec![0; kinds], cost: vec![0; kinds] };
        for (row, price) in rows.iter().zip(prices) {
            for kind in 0..kinds {
                sums.contact[kind] += price * row.per_contact[kind];
                sums.cost[kind] += price * row.per_cost[kind];
            }
        }
        sums
    }

    /// Scaled value of a candidate less the prices of what it uses.
    #[inline]
    pub fn reduced(&self, choices: &Choices, candidate: usize) -> i64 {
        let kind = choices.kind[candidate] as usize;
        choices.scaled[candidate] - self.contact[kind] - self.cost[kind] * choices.cost[candidate]
    }
}

/// Where choices of units with several contacts are worked out; one per thread.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// The contacts of the last unit.
    pub picked: Vec<u32>,
    order: Vec<(i64, u32)>,
}

impl Desk {
    /// Leaves the best choice of the unit in `picked`; its reduced value, and how much reduced value the nearest other choice loses.
    #[inline]
    pub fn best(&mut self, choices: &Choices, prices: &Prices, unit: u32) -> (i128, i64) {
        self.picked.clear();
        if !choices.single[unit as usize] {
            return self.several(choices, prices, unit);
        }
        let (mut best, mut second, mut chosen) = (0, i64::MIN, u32::MAX);
        for candidate in choices.of(unit) {
            let reduced = prices.reduced(choices, candidate);
            if reduced > best {
                (second, best, chosen) = (best, reduced, candidate as u32);
            } else if reduced > second {
                second = reduced;
            }
        }
        if chosen != u32::MAX {
            self.picked.push(chosen);
        }
        (i128::from(best), best.saturating_sub(second))
    }

    fn several(&mut self, choices: &Choices, prices: &Prices, unit: u32) -> (i128, i64) {
        self.order.clear();
        self.order.extend(choices.of(unit).map(|c| (prices.reduced(choices, c), c as u32)));
        self.order.sort_unstable_by_key(|&(reduced, candidate)| (std::cmp::Reverse(reduced), candidate));
        let (mut sum, mut margin) = (0i128, i64::MAX);
        for &(reduced, candidate) in &self.order {
            match blocked(choices, &self.picked, candidate) {
                None if reduced > 0 => {
                    self.picked.push(candidate);
                    sum += i128::from(reduced);
                    margin = margin.min(reduced);
                }
                None => margin = margin.min(-reduced),
                // The contact that would make place is the worst of the innermost full set: the last one picked.
                Some(last) => margin = margin.min(prices.reduced(choices, last as usize).saturating_sub(reduced)),
            }
        }
        (sum, margin)
    }
}

/// Whether a candidate does not fit beside those picked: then the last picked of the innermost set that is full.
pub(super) fn blocked(choices: &Choices, picked: &[u32], candidate: u32) -> Option<u32> {
    let (person, slot) = (choices.person[candidate as usize], choices.slot[candidate as usize]);
    let own = |other: &&u32| choices.person[**other as usize] == person;
    if let Some(same) = picked.iter().filter(own).rfind(|other| choices.slot[**other as usize] == slot) {
        return Some(*same);
    }
    if picked.iter().filter(own).count() >= choices.room[person as usize] as usize {
        return picked.iter().rfind(own).copied();
    }
    if picked.len() >= choices.household_room[person as usize] as usize { picked.last().copied() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::candidates::{Candidates, Persons};
    use proptest::prelude::*;

    fn household(value: &[i64], person: &[u32], slot: &[u16], room: Vec<u16>, most: u32) -> Choices {
        let rows = value.len();
        let candidates = Candidates {
            person: person.to_vec(),
            kind: (0..rows as u16).collect(),
            slot: slot.to_vec(),
            value: value.to_vec(),
            cost: vec![0; rows],
        };
        let persons = Persons { household: vec![0; room.len()], household_room: vec![most; room.len()], room };
        Choices::new(candidates, &persons, rows).expect("sound")
    }

    fn best(choices: &Choices) -> (Vec<u32>, i128, i64) {
        let mut desk = Desk::default();
        let prices = Prices::new(&[], &[], choices.kinds);
        let (sum, margin) = desk.best(choices, &prices, 0);
        let mut picked: Vec<u32> = desk.picked.iter().map(|c| choices.row(*c) as u32).collect();
        picked.sort_unstable();
        (picked, sum >> choices.shift, margin >> choices.shift)
    }

    #[test]
    fn one_contact_takes_the_best_above_nothing() {
        let one = |values: &[i64]| best(&household(values, &[0; 3], &[0; 3], vec![1], 1));
        assert_eq!(one(&[5, 9, 7]), (vec![1], 9, 2));
        assert_eq!(one(&[5, -9, -7]).0, [0]);
        assert_eq!(one(&[-5, -9, -7]), (vec![], 0, 4));
    }

    #[test]
    fn nested_rules_hold_together() {
        // Two customers; slots 0 0 1 and 0 1.
        let of = |room: [u16; 2], most| {
            best(&household(&[9, 8, 3, 7, 2], &[0, 0, 0, 1, 1], &[0, 0, 1, 0, 1], room.to_vec(), most))
        };
        assert_eq!(of([2, 2], 9).0, [0, 2, 3, 4]);
        assert_eq!(of([1, 2], 9).0, [0, 3, 4]);
        assert_eq!(of([2, 2], 2).0, [0, 3]);
        assert_eq!(of([2, 2], 1).0, [0]);
        assert_eq!(of([2, 2], 2).2, 0, "row 1 could take the place of row 0, one less with its tie-breaker");
    }

    proptest! {
        /// The greedy choice against all subsets, and its margin against the best other subset.
        #[test]
        fn equals_the_best_of_all_subsets(
            rows in prop::collection::vec((-3i64..9, 0u32..3, 0u16..3), 1..8),
            room in prop::collection::vec(1u16..3, 3), most in 1u32..5,
        ) {
            let value: Vec<i64> = rows.iter().map(|r| r.0 * 1_000).collect();
            let person: Vec<u32> = rows.iter().map(|r| r.1).collect();
            let slot: Vec<u16> = rows.iter().map(|r| r.2).collect();
            let choices = household(&value, &person, &slot, room, most);
            let prices = Prices::new(&[], &[], choices.kinds);
            let n = rows.len() as u32;
            let mut sums: Vec<i64> = Vec::new();
            for set in 0..1u32 << n {
                let mut picked = Vec::new();
                let fits = (0..n).filter(|c| set >> c & 1 == 1).all(|c| {
                    let fits = blocked(&choices, &picked, c).is_none();
                    picked.push(c);
                    fits
                });
                if fits {
                    sums.push(picked.iter().map(|c| prices.reduced(&choices, *c as usize)).sum());
                }
            }
            sums.sort_unstable_by_key(|sum| std::cmp::Reverse(*sum));
            let (sum, margin) = Desk::default().best(&choices, &prices, 0);
            prop_assert_eq!(sum, i128::from(sums[0]));
            prop_assert_eq!(margin, sums.get(1).map_or(margin, |second| sums[0] - second));
        }
    }
}
