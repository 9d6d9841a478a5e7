//! Several lists at once: persons on two of them, and lists of one type.

use std::collections::{BTreeMap, BTreeSet};

use super::drawn::Drawn;
use super::measuring::Compared;
use super::outcomes::Shop;
use super::reading::CONTROL;
use super::settings::MeasureCampaign;
use crate::experiments::{Cap, Factorial, MUCH_OVERLAP, Pooled, factorial, pooled, shared, shrunk};
use crate::keys::key;
use crate::orders::AsOf;

/// Two lists whose windows overlap.
pub(super) struct Overlap {
    pub(super) first: String,
    pub(super) second: String,
    /// Persons of both whose windows overlap.
    pub(super) shared: u64,
    /// Of the smaller list.
    pub(super) share: f64,
    /// Matured persons of both, and the effects; nothing where a combination of arms has too few.
    pub(super) effects: Option<(u64, Factorial)>,
}

impl Overlap {
    /// Whether the lists must be read together.
    pub(super) fn is_much(&self) -> bool {
        self.share > MUCH_OVERLAP
    }
}

/// A type of campaign.
pub(super) struct Typed {
    pub(super) name: String,
    /// Closed lists; one with several arms is one list.
    pub(super) lists: usize,
    pub(super) pooled: Pooled,
}

/// The persons of a list by their normal form, ascending.
struct Members {
    names: Vec<String>,
    /// Place in the list.
    place: Vec<usize>,
}

impl Members {
    fn of(drawn: &Drawn) -> Members {
        let mut all: Vec<(String, usize)> =
            drawn.list.persons.iter().enumerate().map(|(place, person)| (key(&person.customer), place)).collect();
        all.sort_unstable();
        let (names, place) = all.into_iter().unzip();
        Members { names, place }
    }
}

impl MeasureCampaign {
    /// Pairs of lists that share persons at the same time.
    pub(super) fn overlaps(&self, lists: &[Drawn], shop: &Shop, known: AsOf, today: i32) -> Vec<Overlap> {
        let members: Vec<Members> = lists.iter().map(Members::of).collect();
        let mut overlaps = Vec::new();
        for a in 0..lists.len() {
            for b in a + 1..lists.len() {
                overlaps.extend(self.overlap((&lists[a], &members[a]), (&lists[b], &members[b]), shop, known, today));
            }
        }
        overlaps
    }

    fn overlap(
        &self,
        (first, of_first): (&Drawn, &Members),
        (second, of_second): (&Drawn, &Members),
        shop: &Shop,
        known: AsOf,
        today: i32,
    ) -> Option<Overlap> {
        let window = self.window.days();
        let mut both = 0_u32;
        let (mut values, mut contacted) = (Vec::new(), Vec::new());
        for (a, b) in shared(&of_first.names, &of_second.names) {
            let persons = (&first.list.persons[of_first.place[a]], &second.list.persons[of_second.place[b]]);
            let (early, late) = (persons.0.date.min(persons.1.date), persons.0.date.max(persons.1.date));
            if i64::from(late - early) >= window {
                continue;
            }
            both += 1;
            // From the day on which both lists had drawn.
            let (from, until) = (i64::from(late), i64::from(late) + window);
            if until <= i64::from(today) {
                let place = shop.place(&persons.0.customer);
                values.push(place.map_or(0.0, |place| shop.did(known, place, from, until).of(self.primary.outcome)));
                contacted.push([persons.0.arm != CONTROL, persons.1.arm != CONTROL]);
            }
        }
        let smaller = first.list.persons.len().min(second.list.persons.len()).max(1);
        (both > 0).then(|| {
            let share = f64::from(both) / smaller as f64;
            let capped = match self.cap_of(self.primary.outcome) {
                Some(share) => Cap::of(&values, share).apply(&values),
                None => values.clone(),
            };
            let effects = if share > MUCH_OVERLAP { factorial(&capped, &contacted, 0.95) } else { None };
            Overlap {
                first: first.list.name.clone(),
                second: second.list.name.clone(),
                shared: u64::from(both),
                share,
                effects: effects.map(|effects| (values.len() as u64, effects)),
            }
        })
    }

    /// Effects of closed lists by their type, and each arm's effect as it should be expected again.
    pub(super) fn types(&self, compared: &[Compared]) -> (Vec<Typed>, Vec<Option<f64>>) {
        let effect = |compared: &Compared| {
            let primary = compared.primary()?;
            (compared.is_sound() && primary.found.se > 0.0).then_some((primary.found.difference, primary.found.se))
        };
        let mut by_type: BTreeMap<&str, (BTreeSet<&str>, Vec<(f64, f64)>)> = BTreeMap::new();
        for arm in compared {
            if let (Some(of), Some(effect)) = (self.types.get(&arm.list), effect(arm)) {
                let (lists, effects) = by_type.entry(of).or_default();
                lists.insert(&arm.list);
                effects.push(effect);
            }
        }
        let typed = |(name, (lists, effects)): (&str, (BTreeSet<&str>, Vec<(f64, f64)>))| {
            Some(Typed { name: name.to_owned(), lists: lists.len(), pooled: pooled(&effects, 0.95)? })
        };
        let types: Vec<Typed> = by_type.into_iter().filter_map(typed).collect();
        let again = |arm: &Compared| {
            let of = types.iter().find(|typed| Some(&typed.name) == self.types.get(&arm.list))?;
            let (effect, se) = effect(arm)?;
            Some(shrunk(effect, se, &of.pooled))
        };
        let shrunk = compared.iter().map(again).collect();
        (types, shrunk)
    }
}
