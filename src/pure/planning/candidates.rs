//! What could be done: candidates by customer and option, and the rules within one household.

use rayon::prelude::*;
use thiserror::Error;

use crate::numeric::random::mix;

/// Largest value of one contact, either sign, in ten-thousandths of the currency unit (about 110 million currency units).
pub const LARGEST_VALUE: i64 = 1 << 40;
/// Largest cost of one contact, in ten-thousandths of the currency unit.
pub const LARGEST_COST: i64 = 1 << 40;
/// Scaled values stay below 2 to this power, so that no sum of prices overflows 64 bits.
const SCALED_BITS: u32 = 48;
/// A tie-breaker is below a unit of value shifted right by this.
const NOISE_BELOW: u32 = 9;
/// Most bits of a tie-breaker.
const NOISE_BITS: u32 = 16;

/// Contacts that could be made, by column; all columns have one length, the order of the rows does not matter.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// The customer, numbered by sorted key.
    pub person: Vec<u32>,
    /// What limits can tell apart (option, channel, segment), numbered by sorted key.
    pub kind: Vec<u16>,
    /// When: a customer is contacted at most once in a slot.
    pub slot: Vec<u16>,
    /// What the contact is expected to bring, costs subtracted, in ten-thousandths of the currency unit; may be negative.
    pub value: Vec<i64>,
    /// What it costs, counted by budgets alone, in ten-thousandths of the currency unit, 0 or more.
    pub cost: Vec<i64>,
}

/// The rules of customers and households.
#[derive(Debug, Clone)]
pub struct Persons {
    /// Each customer's household, numbered by sorted key; a customer alone is a household.
    pub household: Vec<u32>,
    /// Contacts that each customer may still get, after those of the window already sent.
    pub room: Vec<u16>,
    /// By customer: contacts that their household may still get in all; the same for all of it.
    pub household_room: Vec<u32>,
}

/// Why candidates or limits cannot be planned with.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    /// The columns are not of one length.
    #[error("columns of candidates have different lengths")]
    Columns,
    /// A number is outside its table.
    #[error("row {row} names a customer or a kind that is not there")]
    Unknown { row: usize },
    /// A value is too large to be exact.
    #[error("row {row} has a value or a cost beyond {LARGEST_VALUE} ten-thousandths, or a cost below 0")]
    Amount { row: usize },
    /// More rows than can be numbered.
    #[error("more than {} candidates", u32::MAX)]
    Many,
    /// A limit cannot be.
    #[error("limit {limit}: {what}")]
    Limit { limit: usize, what: &'static str },
}

/// Candidates by household, checked, scaled and in an order that the order of the rows does not change.
pub struct Choices {
    /// First candidate of each unit, and the end.
    pub(super) start: Vec<u32>,
    pub(super) person: Vec<u32>,
    pub(super) kind: Vec<u16>,
    pub(super) slot: Vec<u16>,
    /// Value × 2^shift, plus a tie-breaker below one unit where the value is not 0.
    pub(super) scaled: Vec<i64>,
    /// Cost in steps of `cost_step`.
    pub(super) cost: Vec<i64>,
    /// Whether the unit gets at most one contact.
    pub(super) single: Vec<bool>,
    pub(super) room: Vec<u16>,
    pub(super) household_room: Vec<u32>,
    pub(super) shift: u32,
    /// Tie-breakers are below this.
    pub(super) noise: i64,
    pub(super) cost_step: i64,
    pub(super) largest_cost: i64,
    /// Largest |scaled|.
    pub(super) largest: i64,
    pub(super) kinds: usize,
    /// Rows of the input by candidate; nothing where they are the same.
    row: Option<Vec<u32>>,
}

impl Choices {
    /// Sorts and checks the candidates; customers without room have none.
    ///
    /// # Errors
    /// Columns of different lengths, numbers outside their tables, amounts that are too large.
    pub fn new(candidates: Candidates, persons: &Persons, kinds: usize) -> Result<Choices, PlanError> {
        check(&candidates, persons, kinds)?;
        let Candidates { person, kind, slot, value, cost } = candidates;
        let key = |row: u32| {
            let row = row as usize;
            (persons.household[person[row] as usize], person[row], kind[row], slot[row], value[row], cost[row])
        };
        let room = |row: &u32| {
            let person = person[*row as usize] as usize;
            persons.room[person] > 0 && persons.household_room[person] > 0
        };
        let rows = person.len() as u32;
        let plain = (0..rows).all(|row| room(&row)) && (1..rows).into_par_iter().all(|row| key(row - 1) <= key(row));
        let order = (!plain).then(|| {
            let mut order: Vec<u32> = (0..rows).filter(room).collect();
            order.par_sort_by_key(|&row| key(row));
            order
        });
        let largest_value = value.iter().map(|value| value.abs()).max().unwrap_or(0).max(1);
        let shift = SCALED_BITS - (64 - largest_value.leading_zeros());
        let noise = shift.saturating_sub(NOISE_BELOW).min(NOISE_BITS);
        let cost_step = cost.iter().fold(0, |step, &cost| gcd(step, cost)).max(1);
        let largest_cost = cost.iter().max().map_or(0, |cost| cost / cost_step);
        let person = taken(person, &order);
        let kind = taken(kind, &order);
        let slot = taken(slot, &order);
        let cost: Vec<i64> = taken(cost, &order).into_par_iter().map(|cost| cost / cost_step).collect();
        let scaled: Vec<i64> = taken(value, &order)
            .into_par_iter()
            .enumerate()
            .map(|(c, value)| {
                let name = u64::from(person[c]) << 32 | u64::from(kind[c]) << 16 | u64::from(slot[c]);
                // None for a value of 0, which would be worth a contact by it.
                let tie_breaker = if value != 0 { (mix(name) & ((1 << noise) - 1)) as i64 } else { 0 };
                (value << shift) + tie_breaker
            })
            .collect();
        let household = |c: usize| persons.household[person[c] as usize];
        let mut start: Vec<u32> =
            (0..person.len()).filter(|&c| c == 0 || household(c) != household(c - 1)).map(|c| c as u32).collect();
        start.push(person.len() as u32);
        let single = start
            .par_windows(2)
            .map(|unit| {
                let (from, to) = (unit[0] as usize, unit[1] as usize);
                let one_person = person[from] == person[to - 1];
                let one_slot = slot[from..to].iter().all(|other| *other == slot[from]);
                let first = person[from] as usize;
                persons.household_room[first] == 1 || one_person && (one_slot || persons.room[first] == 1)
            })
            .collect();
        Ok(Choices {
            largest: largest_value << shift,
            start,
            person,
            kind,
            slot,
            scaled,
            cost,
            single,
            room: persons.room.clone(),
            household_room: persons.household_room.clone(),
            shift,
            noise: 1 << noise,
            cost_step,
            largest_cost,
            kinds,
            row: order,
        })
    }

    /// Units (households, or customers alone) that have candidates.
    pub fn units(&self) -> usize {
        self.start.len() - 1
    }

    /// Candidates of a unit.
    pub(super) fn of(&self, unit: u32) -> std::ops::Range<usize> {
        self.start[unit as usize] as usize..self.start[unit as usize + 1] as usize
    }

    /// The candidate's value, ten-thousandths of the currency unit.
    pub(super) fn value(&self, candidate: u32) -> i64 {
        self.scaled[candidate as usize] >> self.shift
    }

    /// Some of the units, beside each other in memory.
    pub(super) fn part(&self, units: &[u32]) -> Choices {
        let all = || units.iter().flat_map(|unit| self.of(*unit));
        let mut start = vec![0];
        start.extend(units.iter().scan(0, |end, unit| {
            *end += self.of(*unit).len() as u32;
            Some(*end)
        }));
        Choices {
            start,
            person: all().map(|c| self.person[c]).collect(),
            kind: all().map(|c| self.kind[c]).collect(),
            slot: all().map(|c| self.slot[c]).collect(),
            scaled: all().map(|c| self.scaled[c]).collect(),
            cost: all().map(|c| self.cost[c]).collect(),
            single: units.iter().map(|unit| self.single[*unit as usize]).collect(),
            room: self.room.clone(),
            household_room: self.household_room.clone(),
            row: None,
            ..*self
        }
    }

    /// The same choices, none of which has any value.
    pub(super) fn valueless(&self) -> Choices {
        Choices {
            start: self.start.clone(),
            person: self.person.clone(),
            kind: self.kind.clone(),
            slot: self.slot.clone(),
            scaled: vec![0; self.scaled.len()],
            cost: self.cost.clone(),
            single: self.single.clone(),
            room: self.room.clone(),
            household_room: self.household_room.clone(),
            row: None,
            ..*self
        }
    }

    /// The row of the input that a candidate comes from.
    pub fn row(&self, candidate: u32) -> usize {
        self.row.as_ref().map_or(candidate as usize, |rows| rows[candidate as usize] as usize)
    }
}

/// The values in the order given, or as they are.
fn taken<T: Copy + Send + Sync>(values: Vec<T>, order: &Option<Vec<u32>>) -> Vec<T> {
    match order {
        None => values,
        Some(order) => order.par_iter().map(|&row| values[row as usize]).collect(),
    }
}

fn check(candidates: &Candidates, persons: &Persons, kinds: usize) -> Result<(), PlanError> {
    let rows = candidates.person.len();
    let lengths = [candidates.kind.len(), candidates.slot.len(), candidates.value.len(), candidates.cost.len()];
    if lengths.iter().any(|length| *length != rows)
        || [persons.household.len(), persons.household_room.len()] != [persons.room.len(); 2]
    {
        return Err(PlanError::Columns);
    }
    if u32::try_from(rows).is_err() {
        return Err(PlanError::Many);
    }
    let known = |row: &usize| {
        (candidates.person[*row] as usize) < persons.room.len() && (candidates.kind[*row] as usize) < kinds
    };
    if let Some(row) = (0..rows).find(|row| !known(row)) {
        return Err(PlanError::Unknown { row });
    }
    let sound = |row: &usize| {
        candidates.value[*row].unsigned_abs() <= LARGEST_VALUE as u64
            && (0..=LARGEST_COST).contains(&candidates.cost[*row])
    };
    (0..rows).find(|row| !sound(row)).map_or(Ok(()), |row| Err(PlanError::Amount { row }))
}

/// The greatest common divisor; of 0 and a number, that number.
pub(super) fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persons(count: usize) -> Persons {
        Persons { household: (0..count as u32).collect(), room: vec![1; count], household_room: vec![9; count] }
    }

    fn five() -> Candidates {
        Candidates {
            person: vec![2, 0, 0, 1],
            kind: vec![0, 1, 0, 1],
            slot: vec![0; 4],
            value: vec![30_000, -20_000, 5_000, 7],
            cost: vec![200, 800, 400, 0],
        }
    }

    #[test]
    fn rows_are_sorted_and_found_again() {
        let choices = Choices::new(five(), &persons(3), 2).expect("sound");
        assert_eq!((0..4).map(|c| choices.row(c)).collect::<Vec<_>>(), [2, 1, 3, 0]);
        assert_eq!((0..4).map(|c| choices.value(c)).collect::<Vec<_>>(), [5_000, -20_000, 7, 30_000]);
        assert_eq!((choices.start.clone(), choices.cost_step), (vec![0, 2, 3, 4], 200));
        assert_eq!(choices.cost, [2, 4, 0, 1]);
        assert!(choices.single.iter().all(|single| *single));
        let mut persons = persons(3);
        persons.room[0] = 0;
        assert_eq!(Choices::new(five(), &persons, 2).expect("sound").units(), 2);
        persons.household_room = vec![9, 0, 9];
        assert_eq!(Choices::new(five(), &persons, 2).expect("sound").units(), 1, "the household of customer 1 is full");
    }

    #[test]
    fn what_brings_nothing_stays_worth_nothing() {
        let mut none = five();
        none.value = vec![0, -1, 0, 0];
        let choices = Choices::new(none, &persons(3), 2).expect("sound");
        assert!(choices.scaled.iter().all(|scaled| *scaled <= 0), "{:?}", choices.scaled);
    }

    #[test]
    fn a_unit_with_several_contacts_is_known() {
        let mut two = five();
        two.slot[1] = 1;
        let mut persons = persons(3);
        assert!(Choices::new(two.clone(), &persons, 2).expect("sound").single[0], "room for one");
        persons.room[0] = 2;
        assert!(!Choices::new(two.clone(), &persons, 2).expect("sound").single[0]);
        assert!(Choices::new(five(), &persons, 2).expect("sound").single[0], "one slot");
        persons.household = vec![0, 0, 1];
        let choices = Choices::new(five(), &persons, 2).expect("sound");
        assert_eq!((choices.units(), choices.single.clone()), (2, vec![false, true]));
    }

    #[test]
    fn wrong_rows_are_named() {
        let wrong = |change: &dyn Fn(&mut Candidates)| {
            let mut candidates = five();
            change(&mut candidates);
            Choices::new(candidates, &persons(3), 2).err()
        };
        assert_eq!(wrong(&|c| c.person[3] = 3), Some(PlanError::Unknown { row: 3 }));
        assert_eq!(wrong(&|c| c.kind[1] = 2), Some(PlanError::Unknown { row: 1 }));
        assert_eq!(wrong(&|c| c.cost[2] = -1), Some(PlanError::Amount { row: 2 }));
        assert_eq!(wrong(&|c| c.value[0] = LARGEST_VALUE + 1), Some(PlanError::Amount { row: 0 }));
        assert_eq!(wrong(&|c| c.value[0] = i64::MIN), Some(PlanError::Amount { row: 0 }));
        for most in [LARGEST_VALUE, -LARGEST_VALUE] {
            assert_eq!(wrong(&|c| (c.value[0], c.cost[0]) = (most, LARGEST_COST)), None, "the largest itself may be");
        }
        assert_eq!(wrong(&|c| c.cost[0] = LARGEST_COST + 1), Some(PlanError::Amount { row: 0 }));
        assert_eq!(wrong(&|c| c.value.push(1)), Some(PlanError::Columns));
        assert_eq!(gcd(12, -18), 6);
    }
}
