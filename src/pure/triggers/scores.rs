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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::small::{days, found as find, orders};

    #[test]
    fn changes_falls_and_low_values() {
        let none = orders(1, &[]);
        let rule = |name: &str| Rule::usual(name).expect("a trigger");
        let stage = |day: i64, subject: u32| DatedRow { subject, ..DatedRow::new(0, day) };
        let rows = vec![stage(40, 1), stage(10, 1), stage(30, 2), stage(20, 1), stage(50, 2)];
        let all = find(&rule("stage_change"), &none, rows.clone(), 0, 90);
        assert_eq!(
            all.iter().map(|one| (one.cause, one.subject, one.over)).collect::<Vec<_>>(),
            [(30, 2, 41), (40, 1, 51), (50, 2, NEVER)]
        );
        let some = Rule { subjects: vec![1], ..rule("stage_change") };
        assert_eq!(days(&find(&some, &none, rows, 0, 90)), [(40, 41, 55)]);
        let score = |day: i64, value: f64| DatedRow { value, error: 1.0, ..DatedRow::new(0, day) };
        // A fall of 2.8 is less than two standard errors of the difference, one of 2.9 is more.
        let rows = vec![score(10, 9.0), score(20, 6.2), score(30, 3.3), score(40, f64::NAN), score(50, 8.0)];
        assert_eq!(days(&find(&rule("value_drop"), &none, rows, 0, 90)), [(30, 31, 45)]);
        let rows = vec![score(10, 2.0), score(20, 3.0), score(30, f64::NAN)];
        assert_eq!(days(&find(&rule("low_rating"), &none, rows, 0, 90)), [(10, 11, 25)]);
    }
}
