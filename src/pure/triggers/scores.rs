//! Occurrences in tables with a row for each person and date: a rating, a stage, a score with its standard error.

use super::ground::{DatedRow, Ground};
use super::occurrence::{NEVER, Occurrence};
use super::rule::Rule;

/// A rating of at most the level.
pub(super) fn low(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    for row in known(ground, rule, person).filter(|row| row.value <= rule.level) {
        found.push(of(rule, row, NEVER, row.value));
    }
}

/// Another stage than at the date before: over with the next change.
pub(super) fn change(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    let rows: Vec<&DatedRow> = known(ground, rule, person).collect();
    for (place, pair) in rows.windows(2).enumerate().filter(|(_, pair)| pair[0].subject != pair[1].subject) {
        let stage = pair[1].subject;
        if rule.subjects.is_empty() || rule.subjects.contains(&stage) {
            let next = rows[place + 2..].iter().find(|row| row.subject != stage);
            found.push(of(rule, pair[1], next.map_or(NEVER, |next| next.known.saturating_add(1)), 1.0));
        }
    }
}

/// A score that fell by more than some standard errors of the difference, taken as if the two were independent.
pub(super) fn fall(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    let rows: Vec<&DatedRow> = known(ground, rule, person).filter(|row| !row.value.is_nan()).collect();
    for pair in rows.windows(2) {
        let (before, now) = (pair[0], pair[1]);
        let error = (before.error * before.error + now.error * now.error).sqrt();
        let fell = (before.value - now.value) / error;
        if fell > rule.level && error > 0.0 {
            found.push(of(rule, now, NEVER, fell));
        }
    }
}

fn known<'a>(ground: &'a Ground, rule: &Rule, person: u32) -> impl Iterator<Item = &'a DatedRow> {
    ground.shop.rows(rule, person).iter().filter(|row| row.known < ground.through)
}

fn of(rule: &Rule, row: &DatedRow, over: i64, score: f64) -> Occurrence {
    let due = row.known + rule.wait.max(1);
    let (person, subject, cause) = (row.person, row.subject, row.day);
    Occurrence { rule: 0, person, subject, cause, due, expires: due + rule.expiry, over, score }
}
