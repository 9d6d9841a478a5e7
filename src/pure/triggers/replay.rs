//! What each rule would have done in the past, and whether it would have been right.

use rayon::prelude::*;

use super::ground::Ground;
use super::lapse::crossing;
use super::occurrence::{NEVER, Occurrence};
use super::purchases::{Purchase, by_item, stretches};
use super::rule::Rule;
use super::schedule::schedule;
use super::table::Truth;
use crate::numeric::math::exp;
use crate::numeric::quantile::quantile;

/// After so many days of silence a customer counts as lost.
pub const LOST: i64 = 180;

/// A rule's past.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Played {
    /// How often it would have fired by itself, one contact for each person and day.
    pub fired: u64,
    /// For how many persons.
    pub persons: u64,
    /// How many of those can be judged: what shows it had to come before the night of the run.
    pub judged: u64,
    /// How many of the judged were right.
    pub right: u64,
    /// Median days from the contact to what it announces, among the right ones: until `LOST` days of silence, or until the item was bought;
    /// NaN without.
    pub lead: f64,
}

/// Plays each rule by itself over the nights of the ground, without caps and complaints.
pub fn replay(ground: &Ground, rules: &[Rule]) -> Vec<Played> {
    let one = |rule: &Rule| {
        let rules = std::slice::from_ref(rule);
        let all = ground.occurrences(rules);
        let winners = schedule(rules, &[], &all, &[], &[], ground.from, ground.through).winners;
        let judged = |winner: &super::Winner| judge(ground, rule, &winner.occurrence, winner.day);
        let answers: Vec<(bool, f64)> = winners.par_iter().filter_map(judged).collect();
        let mut leads: Vec<f64> = answers.iter().filter(|answer| answer.0).map(|answer| answer.1).collect();
        leads.sort_by(f64::total_cmp);
        Played {
            fired: winners.len() as u64,
            persons: winners.chunk_by(|a, b| a.occurrence.person == b.occurrence.person).count() as u64,
            judged: answers.len() as u64,
            right: leads.len() as u64,
            lead: quantile(&leads, 0.5),
        }
    };
    rules.iter().map(one).collect()
}

/// Whether a contact on a day was right, with its lead in days; nothing where that cannot be known, or not yet.
fn judge(ground: &Ground, rule: &Rule, one: &Occurrence, day: i64) -> Option<(bool, f64)> {
    let bought = |from: i64, until: i64| {
        let items = by_item(ground.shop.known, one.person);
        let place = items.binary_search_by_key(&one.subject, |item| item.0).ok()?;
        items[place].1.iter().map(|purchase| purchase.day).find(|day| (from..until).contains(day))
    };
    let (until, purchase) = match rule.trigger.truth {
        Truth::Fact => return None,
        Truth::Silence => {
            let until = day + rule.horizon;
            let right = is_silent(&ground.shop.people[one.person as usize], day, until);
            let last = ground.shop.people[one.person as usize].iter().rfind(|purchase| purchase.day < day);
            let lead = last.map_or(f64::NAN, |last| (last.day + LOST - day).max(0) as f64);
            return (until <= ground.through).then_some((right, lead));
        }
        Truth::BoughtInTime => (one.expires + 1, bought(day, one.expires + 1)),
        Truth::Bought(days) => (day + days, bought(day, day + days)),
    };
    (until <= ground.through).then(|| (purchase.is_some(), purchase.map_or(f64::NAN, |bought| (bought - day) as f64)))
}

/// Whether nothing was bought from a day on before another one.
fn is_silent(purchases: &[Purchase], from: i64, until: i64) -> bool {
    let place = purchases.partition_point(|purchase| purchase.day < from);
    purchases.get(place).is_none_or(|next| next.day >= until)
}

/// A rule that calls a silence a lapse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Silence {
    /// P(no order within the horizon) reaches a level, not before so many days of silence.
    Probability { level: f64, silent: i64 },
    /// So many days.
    Days(i64),
    /// So many times the person's own median gap.
    MedianGaps(f64),
    /// So many times the person's own mean gap.
    MeanGaps(f64),
    /// So many times the person's typical gap, drawn to that of the shop: the geometric mean with the shop's as two gaps more.
    DrawnGaps(f64),
}

/// The rules that are compared.
pub const SILENCES: [Silence; 19] = [
    Silence::Probability { level: 0.35, silent: 30 },
    Silence::Probability { level: 0.40, silent: 30 },
    Silence::Probability { level: 0.45, silent: 30 },
    Silence::Probability { level: 0.50, silent: 30 },
    Silence::Probability { level: 0.60, silent: 30 },
    Silence::Probability { level: 0.40, silent: 0 },
    Silence::Probability { level: 0.50, silent: 0 },
    Silence::Days(60),
    Silence::Days(90),
    Silence::Days(120),
    Silence::MedianGaps(1.5),
    Silence::MedianGaps(2.0),
    Silence::MedianGaps(3.0),
    Silence::MeanGaps(1.5),
    Silence::MeanGaps(2.0),
    Silence::MeanGaps(3.0),
    Silence::DrawnGaps(2.0),
    Silence::DrawnGaps(3.0),
    Silence::DrawnGaps(4.0),
];

/// How a rule of silence did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The rule.
    pub silence: Silence,
    /// How often it fired within the nights that can be judged.
    pub fired: u64,
    /// How often the person stayed silent for the horizon after.
    pub right: u64,
    /// Median whole days of silence when it fired; NaN where it did not.
    pub silent: f64,
    /// Silences that began on these nights and became longer than [`LOST`] days.
    pub lost: u64,
    /// How many of them it fired for before.
    pub caught: u64,
}

/// What rules of silence would have done on the nights from the first of the ground to `until`, for persons with at least the rule's number of
/// purchase days. `until` and the horizon after it should lie before the night of the run.
pub fn levels(ground: &Ground, rule: &Rule, silences: &[Silence], until: i64) -> Vec<Level> {
    let shop = ground.shop;
    // The shop's typical gap, of days before the first night, which is all that a rule could know.
    let mean_ln_gap = {
        let mut counts = std::collections::BTreeMap::new();
        for person in &shop.people {
            let days: Vec<i64> = person.iter().map(|p| p.day).filter(|&day| day < ground.from).collect();
            days.windows(2).for_each(|pair| *counts.entry(pair[1] - pair[0]).or_insert(0_u64) += 1);
        }
        let total: u64 = counts.values().sum();
        let sum: f64 = counts.iter().map(|(&gap, &n)| n as f64 * super::fits::ln_gap(0, gap)).sum();
        if total == 0 { f64::NAN } else { sum / total as f64 }
    };
    let of = |silence: &Silence| {
        let each = |person: &Vec<Purchase>| {
            let (mut fired, mut lost, mut caught) = (Vec::new(), 0_u64, 0_u64);
            stretches(person, ground.through, |from, next, days| {
                if days.len() < rule.purchases {
                    return;
                }
                let last = days[days.len() - 1].day;
                let night = match silence {
                    Silence::Probability { level, silent } => {
                        let rule = Rule { level: *level, silent: *silent, ..rule.clone() };
                        crossing(ground, &rule, from, next, days).map(|found| found.0)
                    }
                    other => other
                        .days(days, mean_ln_gap)
                        .map(|wait| last + wait)
                        .filter(|&night| from <= night && night < next),
                };
                let within = |night: i64| ground.from <= night && night <= until;
                if let Some(night) = night.filter(|&night| within(night)) {
                    fired.push((night - 1 - last, is_silent(person, night, night + rule.horizon)));
                }
                if last + 1 >= ground.from && last + LOST + 1 < next.min(ground.through) {
                    lost += 1;
                    caught += u64::from(night.is_some_and(|night| night <= last + LOST));
                }
            });
            (fired, lost, caught)
        };
        let parts: Vec<(Vec<(i64, bool)>, u64, u64)> = shop.people.par_iter().map(each).collect();
        let mut silent: Vec<f64> = parts.iter().flat_map(|part| part.0.iter().map(|fired| fired.0 as f64)).collect();
        silent.sort_by(f64::total_cmp);
        Level {
            silence: *silence,
            fired: silent.len() as u64,
            right: parts.iter().flat_map(|part| &part.0).filter(|fired| fired.1).count() as u64,
            silent: quantile(&silent, 0.5),
            lost: parts.iter().map(|part| part.1).sum(),
            caught: parts.iter().map(|part| part.2).sum(),
        }
    };
    silences.iter().map(of).collect()
}

impl Silence {
    /// The days of silence that it waits; nothing where the person has no gap.
    fn days(&self, days: &[Purchase], mean_ln_gap: f64) -> Option<i64> {
        let mut gaps: Vec<f64> = days.windows(2).map(|pair| (pair[1].day - pair[0].day) as f64).collect();
        gaps.sort_by(f64::total_cmp);
        let n = gaps.len() as f64;
        let wait = match self {
            Silence::Probability { .. } => return None,
            Silence::Days(days) => return Some(*days + 1),
            _ if gaps.is_empty() => return None,
            Silence::MedianGaps(times) => times * quantile(&gaps, 0.5),
            Silence::MeanGaps(times) => times * gaps.iter().sum::<f64>() / n,
            Silence::DrawnGaps(times) => {
                let sum: f64 = days.windows(2).map(|pair| super::fits::ln_gap(pair[0].day, pair[1].day)).sum();
                let gap = exp((sum + 2.0 * mean_ln_gap) / (n + 2.0));
                if gap.is_nan() { return None } else { times * gap }
            }
        };
        // The first whole day beyond.
        Some((wait.floor() as i64 + 1).min(NEVER / 4))
    }
}
