//! Silences: an order that should have come, by a model's probability.

use super::ground::Ground;
use super::occurrence::{NEVER, Occurrence};
use super::purchases::{Purchase, stretches};
use super::rule::Rule;
use crate::orders::NONE;

/// The probability of no order crosses the level.
pub(super) fn find(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    stretches(&ground.shop.people[person as usize], ground.through, |from, until, days| {
        if days.len() >= rule.purchases
            && let Some((night, score)) = crossing(ground, rule, from, until, days)
        {
            found.push(silence(rule, person, days, night, until, score));
        }
    });
}

/// A second order is not in sight.
pub(super) fn second_order(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    stretches(&ground.shop.people[person as usize], ground.through, |from, until, days| {
        let [only] = days else { return };
        let mut night = from.max(only.day + rule.silent + 1);
        // After two years nobody new is waited for.
        let last = ground.through.min(until - 1).min(only.day + 730);
        while night <= last {
            let fit = ground.fits.at(night);
            let chance = fit.no_second(night - 1 - only.day, rule.horizon);
            if let Some(chance) = chance.filter(|&chance| chance >= rule.level) {
                if night >= ground.from {
                    found.push(silence(rule, person, days, night, until, chance));
                }
                return;
            }
            night = if chance.is_some() { night + 1 } else { ground.fits.change_after(night) };
        }
    });
}

fn silence(rule: &Rule, person: u32, days: &[Purchase], night: i64, until: i64, score: f64) -> Occurrence {
    let due = night + rule.wait;
    let cause = days[days.len() - 1].day;
    Occurrence { rule: 0, person, subject: NONE, cause, due, expires: due + rule.expiry, over: until, score }
}

/// The first night, among those that know these purchases, on which the probability reaches the level, with the probability; nothing where
/// it was reached before the first night that may fire. Under one fit the probability grows with the silence, so that it is looked for by
/// halving.
pub(super) fn crossing(ground: &Ground, rule: &Rule, from: i64, until: i64, days: &[Purchase]) -> Option<(i64, f64)> {
    let last = ground.through.min(until - 1);
    // A night knows whole days of silence: those after the last purchase day and before the night.
    let mut night = from.max(days[days.len() - 1].day + rule.silent + 1);
    while night <= last {
        let (fit, change) = (ground.fits.at(night), ground.fits.change_after(night));
        let end = last.min(if change == NEVER { last } else { change - 1 });
        let reaches = |night: i64| fit.no_order(days, night, rule.horizon).filter(|&chance| chance >= rule.level);
        if reaches(end).is_some() {
            let (mut low, mut high) = (night, end);
            while low < high {
                let middle = low + (high - low) / 2;
                if reaches(middle).is_some() { high = middle } else { low = middle + 1 }
            }
            return if low >= ground.from { reaches(low).map(|chance| (low, chance)) } else { None };
        }
        night = end + 1;
    }
    None
}
