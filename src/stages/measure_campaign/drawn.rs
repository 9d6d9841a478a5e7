//! A list as it is compared: households with their arms, chances, outcomes and earlier behaviour.

use std::collections::{BTreeMap, BTreeSet};

use super::outcomes::{Did, Shop};
use super::reading::{Aside, CONTROL, List, Person, Rule};
use super::settings::MeasureCampaign;
use crate::experiments::Arms;
use crate::orders::AsOf;

/// One person, or the persons of one household together.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Its persons, as places in the list.
    pub(super) persons: std::ops::Range<usize>,
    pub(super) date: i32,
    /// First day after the last window of its persons.
    pub(super) over: i32,
    pub(super) arm: String,
    pub(super) probability: f64,
    /// Within the window.
    pub(super) did: Did,
    /// In the year before.
    pub(super) before: Did,
    /// Within a window that ended when the list began, and in the year before that: for dry runs.
    pub(super) past: Did,
    pub(super) before_past: Did,
    pub(super) cost: Option<f64>,
    pub(super) reached: bool,
}

/// A list of which the orders know the persons.
pub(super) struct Drawn {
    pub(super) list: List,
    pub(super) units: Vec<Unit>,
    /// All arms but control, sorted.
    pub(super) arms: Vec<String>,
}

impl MeasureCampaign {
    /// Looks up what the persons of a list did. Persons without an order before the list's date are set aside unless prospects count: who is known
    /// is decided by what was known before the draw, so both arms lose alike.
    pub(super) fn drawn(&self, mut list: List, shop: &Shop, known: AsOf, aside: &mut Aside) -> Drawn {
        let window = self.window.days();
        let all = list.persons.len();
        let is_known =
            |customer: &str, date: i32| shop.place(customer).is_some_and(|place| shop.known_before(known, place, date));
        if !self.prospects {
            // A household stays together: it is known when one of it is.
            let units: BTreeSet<String> = list
                .persons
                .iter()
                .filter(|person| is_known(&person.customer, person.date))
                .map(|person| person.unit.clone())
                .collect();
            list.persons.retain(|person| units.contains(&person.unit));
        }
        if list.persons.len() < all {
            *aside.entry((list.name.clone(), Rule::UnknownPerson)).or_default() += (all - list.persons.len()) as u64;
        }
        let mut units: Vec<Unit> = Vec::new();
        let mut from = 0;
        for members in list.persons.chunk_by(|a, b| a.unit == b.unit) {
            let first = members.iter().min_by_key(|person| person.date).expect("a chunk is not empty");
            let mut unit = Unit {
                persons: from..from + members.len(),
                date: first.date,
                over: first.date,
                arm: first.arm.clone(),
                probability: first.probability,
                did: Did::default(),
                before: Did::default(),
                past: Did::default(),
                before_past: Did::default(),
                cost: None,
                reached: false,
            };
            for person in members {
                let date = i64::from(person.date);
                unit.over = unit.over.max((date + window) as i32);
                unit.reached |= person.reached;
                if let Some(cost) = person.cost {
                    unit.cost = Some(unit.cost.unwrap_or(0.0) + cost);
                }
                let Some(place) = shop.place(&person.customer) else { continue };
                unit.did = unit.did.plus(shop.did(known, place, date, date + window));
                unit.before = unit.before.plus(shop.year_before(known, place, date));
                unit.past = unit.past.plus(shop.did(known, place, date - window, date));
                unit.before_past = unit.before_past.plus(shop.year_before(known, place, date - window));
            }
            from += members.len();
            units.push(unit);
        }
        let arms: BTreeSet<String> =
            units.iter().map(|unit| unit.arm.clone()).filter(|arm| arm.as_str() != CONTROL).collect();
        Drawn { list, units, arms: arms.into_iter().collect() }
    }
}

impl Drawn {
    /// The units of an arm and of the control, with each one's chance to be left alone among the two; nothing where it changed in a way that the
    /// ledger does not tell: with several arms, a person's row has the chance of one.
    pub(super) fn beside_control(&self, arm: &str) -> Option<(Vec<&Unit>, Vec<f64>)> {
        let units: Vec<&Unit> = self.units.iter().filter(|unit| unit.arm == arm || unit.arm == CONTROL).collect();
        let chances = match self.arms.len() {
            1 => {
                // 1 − 0.8 is not quite 0.2: rounded, so that both arms of one draw have one chance.
                let rounded = |chance: f64| (chance * 1e9).round() / 1e9;
                let of =
                    |unit: &&Unit| rounded(if unit.arm == CONTROL { unit.probability } else { 1.0 - unit.probability });
                units.iter().map(of).collect()
            }
            _ => {
                let mut of_arm: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
                units.iter().for_each(|unit| {
                    of_arm.entry(&unit.arm).or_default().insert(unit.probability.to_bits());
                });
                let only =
                    |arm: &str| of_arm.get(arm).filter(|all| all.len() == 1)?.first().map(|bits| f64::from_bits(*bits));
                let (own, control) = (only(arm)?, only(CONTROL)?);
                vec![control / (own + control); units.len()]
            }
        };
        Some((units, chances))
    }
}

/// Windows that are open on a day, by day: those of the persons of contacted units that are compared.
pub(super) fn window_days(units: &[&Unit], arms: &Arms, persons: &[Person], window: i64) -> Vec<(i32, u64)> {
    // What opens and closes on a day.
    let mut changes: BTreeMap<i64, i64> = BTreeMap::new();
    let compared = (0..units.len()).filter(|unit| arms.treated()[*unit] && arms.counts(*unit));
    for person in compared.flat_map(|unit| &persons[units[unit].persons.clone()]) {
        *changes.entry(person.date.into()).or_default() += 1;
        *changes.entry(i64::from(person.date) + window).or_default() -= 1;
    }
    let mut days = Vec::new();
    let (mut open, mut from) = (0_i64, 0);
    for (day, change) in changes {
        if open > 0 {
            days.extend((from..day).map(|day| (day as i32, open as u64)));
        }
        (open, from) = (open + change, day);
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_of_contacted_persons_are_counted_by_day() {
        let person = |date: i32| Person {
            customer: String::new(),
            unit: String::new(),
            date,
            arm: "contacted".to_owned(),
            probability: 0.5,
            cost: None,
            reached: false,
        };
        let unit = |persons: std::ops::Range<usize>, arm: &str| Unit {
            persons,
            date: 10,
            over: 13,
            arm: arm.to_owned(),
            probability: 0.5,
            did: Did::default(),
            before: Did::default(),
            past: Did::default(),
            before_past: Did::default(),
            cost: None,
            reached: false,
        };
        // A household of two, a person on its own, two control persons; a gap between the windows of the last ones.
        let persons = [person(10), person(11), person(20), person(10), person(15)];
        let units = [unit(0..2, "contacted"), unit(2..3, "contacted"), unit(3..4, CONTROL), unit(4..5, CONTROL)];
        let units: Vec<&Unit> = units.iter().collect();
        let treated = || vec![true, true, false, false];
        let days = window_days(&units, &Arms::new(treated()), &persons, 3);
        assert_eq!(days, [(10, 1), (11, 2), (12, 2), (13, 1), (20, 1), (21, 1), (22, 1)]);
        // Who cannot be compared has no day.
        let apart = Arms::in_groups(treated(), vec![0, 1, 0, 1]);
        assert!(window_days(&units, &apart, &persons, 3).is_empty());
    }
}
