//! Occurrences that a table dates: complaints, stock, contracts, points, birthdays, any condition.

use super::ground::Ground;
use super::occurrence::{NEVER, Occurrence};
use super::rule::Rule;
use crate::numeric::calendar::{civil_of_day, day_of_civil};

/// One occurrence for each row: some days before its date where the rule looks ahead, until the date; otherwise after it.
pub(super) fn find(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    for row in ground.shop.rows(rule, person) {
        if !rule.subjects.is_empty() && !rule.subjects.contains(&row.subject) || row.known >= ground.through {
            continue;
        }
        let seen = row.known.saturating_add(1);
        let (due, expires) = match rule.ahead {
            0 => {
                let due = seen.max(row.known.max(row.day) + rule.wait);
                (due, due + rule.expiry)
            }
            ahead => (seen.max(row.day - ahead), row.day),
        };
        let over = if row.ends == NEVER { NEVER } else { row.ends.saturating_add(1) };
        let (subject, cause) = (row.subject, row.day);
        found.push(Occurrence { rule: 0, person, subject, cause, due, expires, over, score: 1.0 });
    }
}

/// The same day in other years.
pub(super) fn yearly(ground: &Ground, rule: &Rule, person: u32, found: &mut Vec<Occurrence>) {
    for row in ground.shop.rows(rule, person).iter().filter(|row| row.known < ground.through) {
        let ahead = rule.ahead.max(0);
        let (from, _, _) = civil_of_day(ground.from - 1);
        let (until, _, _) = civil_of_day(ground.through + ahead);
        for year in from..=until {
            let day = in_year(row.day, year);
            let due = row.known.saturating_add(1).max(day - ahead);
            if day <= row.day || due > ground.through {
                continue;
            }
            let subject = row.subject;
            found.push(Occurrence { rule: 0, person, subject, cause: day, due, expires: day, over: NEVER, score: 1.0 });
        }
    }
}

/// A day in another year; 29 February is 28 February where there is none.
fn in_year(day: i64, year: i64) -> i64 {
    let (_, month, day_of_month) = civil_of_day(day);
    let leap = day_of_civil(year, 3, 1) - day_of_civil(year, 2, 28) == 2;
    let shifted = if month == 2 && day_of_month == 29 && !leap { 28 } else { day_of_month };
    day_of_civil(year, month, shifted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_day_is_the_day_before_in_other_years() {
        let born = day_of_civil(2000, 2, 29);
        assert_eq!(in_year(born, 2023), day_of_civil(2023, 2, 28));
        assert_eq!(in_year(born, 2024), day_of_civil(2024, 2, 29));
        assert_eq!(in_year(born, 2100), day_of_civil(2100, 2, 28));
        assert_eq!(in_year(day_of_civil(1999, 12, 31), 2024), day_of_civil(2024, 12, 31));
    }
}
