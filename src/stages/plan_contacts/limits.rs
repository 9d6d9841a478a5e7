//! Limits as written, as the plan counts them.

use std::collections::BTreeMap;

use super::reading::{Read, UNIT};
use super::say;
use super::settings::{Bound, PlanContacts, PlanLimit};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::planning::{Limit, MILLION, Measure, Sense};
use crate::stage::Context;

/// What limits can tell apart: offer, channel, slot and segment.
pub(super) struct Kinds {
    /// By row of the candidates.
    pub(super) of: Vec<u16>,
    /// The slot of each row.
    pub(super) slot: Vec<u16>,
    /// The numbers of the four texts by kind.
    pub(super) parts: Vec<[u32; 4]>,
}

impl Kinds {
    /// The kinds of the candidates, numbered in the order of their texts.
    pub(super) fn of(read: &Read) -> Result<Kinds> {
        let parts = |row: &u32| {
            let row = *row as usize;
            [read.offer.of[row], read.channel.of[row], read.slot.of[row], read.segment.of[row]]
        };
        let mut numbers: BTreeMap<[u32; 4], u16> = read.row.iter().map(|row| (parts(row), 0)).collect();
        if numbers.len() > usize::from(u16::MAX) {
            let found = format!("there are {} kinds of contacts (offer, channel, slot, segment)", numbers.len());
            return Problem::new(&codes::BAD_DATA, found)
                .help(format!("a plan tells apart at most {}: group offers or segments", u16::MAX))
                .err();
        }
        numbers.values_mut().enumerate().for_each(|(place, number)| *number = place as u16);
        let of = read.row.iter().map(|row| numbers[&parts(row)]).collect();
        // There are no more slots than kinds, so their numbers fit too.
        let mut slots: BTreeMap<u32, u16> = numbers.keys().map(|parts| (parts[2], 0)).collect();
        slots.values_mut().enumerate().for_each(|(place, number)| *number = place as u16);
        let slot = read.row.iter().map(|row| slots[&read.slot.of[*row as usize]]).collect();
        Ok(Kinds { of, slot, parts: numbers.into_keys().collect() })
    }
}

/// A limit with its name.
pub(super) struct NamedLimit {
    pub(super) name: String,
    pub(super) limit: Limit,
}

impl NamedLimit {
    /// A bound, or what is used of it, as people read it: contacts, currency units or a share.
    pub(super) fn shown(&self, amount: f64) -> f64 {
        match self.limit.measure {
            Measure::Contacts => amount,
            Measure::Costs => amount / UNIT,
            Measure::Share(_) => amount / MILLION as f64,
        }
    }

    /// The bound less and plus 10 %, at least one unit away; nothing where it cannot move.
    pub(super) fn ten_percent(&self) -> [Option<i64>; 2] {
        let bound = self.limit.bound;
        let step = (bound / 10).max(1);
        let most = if matches!(self.limit.measure, Measure::Share(_)) { MILLION } else { i64::MAX };
        let lower = (bound > 0).then(|| bound - step);
        [lower, Some((bound + step).min(most)).filter(|upper| *upper > bound)]
    }
}

impl PlanContacts {
    /// Refuses limits that name what no row has and is written almost as what rows have; what is not there at all is noted, as the data may
    /// be behind the pipeline.
    pub(super) fn check_names(&self, cx: &mut Context, read: &Read) -> Result<()> {
        let texts = [&read.offer, &read.channel, &read.slot, &read.segment];
        for (n, limit) in self.limits.iter().enumerate() {
            for ((part, wanted), texts) in limit.filters().into_iter().zip(texts) {
                let Some(wanted) = wanted.filter(|wanted| !texts.names.iter().any(|name| name == wanted)) else {
                    continue;
                };
                let names = texts.names.iter().map(String::as_str).filter(|name| !name.is_empty());
                if let Some(near) = did_you_mean(wanted, names) {
                    let found = format!("limit {} is for the {part} `{wanted}`, which no row has", n + 1);
                    return Problem::new(&codes::BAD_DATA, found).help(format!("did you mean `{near}`?")).err();
                }
                cx.note(say::NOBODY.with([("part", part.into()), ("name", wanted.into())]));
            }
        }
        Ok(())
    }

    /// The budget and the further limits.
    pub(super) fn named_limits(&self, kinds: &Kinds, read: &Read) -> Vec<NamedLimit> {
        let budget = self.budget.map(|budget| PlanLimit {
            name: Some("budget".to_owned()),
            costs: true,
            at_most: Some(budget),
            ..PlanLimit::default()
        });
        let all = budget.iter().chain(&self.limits);
        all.filter_map(|written| Some(named(written, *written.bounds().first()?, kinds, read))).collect()
    }
}

fn named(written: &PlanLimit, bound: Bound, kinds: &Kinds, read: &Read) -> NamedLimit {
    let texts = [&read.offer, &read.channel, &read.slot, &read.segment];
    let filters = written.filters();
    let counts = |parts: &[u32; 4]| {
        (0..4).all(|part| filters[part].1.is_none_or(|wanted| texts[part].names[parts[part] as usize] == wanted))
    };
    let all = || vec![true; kinds.parts.len()];
    let share = |share: f64| (share * MILLION as f64).round() as i64;
    let amount = |amount: f64, sense: Sense| match (written.costs, sense) {
        (true, _) => (amount * UNIT).round() as i64,
        // So many whole contacts.
        (false, Sense::AtMost) => amount.floor() as i64,
        (false, Sense::AtLeast) => amount.ceil() as i64,
    };
    let measure = if written.costs { Measure::Costs } else { Measure::Contacts };
    let (measure, sense, bound) = match bound {
        Bound::AtMost(most) => (measure, Sense::AtMost, amount(most, Sense::AtMost)),
        Bound::AtLeast(least) => (measure, Sense::AtLeast, amount(least, Sense::AtLeast)),
        Bound::ShareAtMost(most) => (Measure::Share(all()), Sense::AtMost, share(most)),
        Bound::ShareAtLeast(least) => (Measure::Share(all()), Sense::AtLeast, share(least)),
    };
    let given: Vec<&str> = filters.iter().filter_map(|(_, wanted)| *wanted).collect();
    let usual =
        if given.is_empty() { if written.costs { "costs" } else { "contacts" }.to_owned() } else { given.join(", ") };
    NamedLimit {
        name: written.name.clone().unwrap_or(usual),
        limit: Limit { measure, kinds: kinds.parts.iter().map(counts).collect(), sense, bound },
    }
}
