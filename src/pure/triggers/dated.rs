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
        // Who complained is answered after the complaint is closed, too.
        let ends = row.ends != NEVER && rule.trigger.suppresses.is_none();
        let over = if ends { row.ends.saturating_add(1) } else { NEVER };
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
    use crate::triggers::DatedRow;
    use crate::triggers::small::{days, found, orders};

    #[test]
    fn rows_fire_after_they_are_known_and_before_dates_ahead() {
        let none = orders(2, &[]);
        let rule = |name: &str| Rule::usual(name).expect("a trigger");
        let late = DatedRow { known: 60, ..DatedRow::new(0, 50) };
        let unknown = DatedRow { known: 95, ..DatedRow::new(1, 50) };
        let rows = vec![DatedRow::new(0, 50), late, unknown];
        // What is known on the night itself is known to the next.
        assert_eq!(days(&found(&rule("condition"), &none, rows.clone(), 0, 95)), [(50, 51, 65), (50, 61, 75)]);
        assert_eq!(found(&rule("condition"), &none, rows, 0, 96).len(), 3);
        let ends = vec![
            DatedRow { known: i64::MIN, ..DatedRow::new(0, 100) },
            DatedRow { known: 80, ..DatedRow::new(1, 100) },
        ];
        assert_eq!(days(&found(&rule("contract_end"), &none, ends.clone(), 0, 90)), [(100, 70, 100), (100, 81, 100)]);
        assert_eq!(days(&found(&rule("contract_end"), &none, ends, 75, 90)), [(100, 81, 100)], "switched on later");
        // Sold out again on day 55: over for the nights after it.
        let stock = vec![DatedRow { ends: 55, ..DatedRow::new(0, 50) }];
        assert_eq!(found(&rule("back_in_stock"), &none, stock.clone(), 0, 90)[0].over, 56);
        assert_eq!(found(&rule("complaint"), &none, stock, 0, 90)[0].over, NEVER);
    }

    #[test]
    fn yearly_dates_come_every_year_and_never_on_the_first_day() {
        let none = orders(1, &[]);
        let day = |year| day_of_civil(year, 6, 15);
        let rows = vec![DatedRow { known: i64::MIN, ..DatedRow::new(0, day(2022)) }];
        let rule = Rule::usual("anniversary").expect("a trigger");
        let all = found(&rule, &none, rows, day_of_civil(2022, 1, 1), day_of_civil(2024, 6, 10));
        assert_eq!(days(&all), [2023, 2024].map(|year| (day(year), day(year) - 7, day(year))));
    }

    #[test]
    fn a_leap_day_is_the_day_before_in_other_years() {
        let born = day_of_civil(2000, 2, 29);
        assert_eq!(in_year(born, 2023), day_of_civil(2023, 2, 28));
        assert_eq!(in_year(born, 2024), day_of_civil(2024, 2, 29));
        assert_eq!(in_year(born, 2100), day_of_civil(2100, 2, 28));
        assert_eq!(in_year(day_of_civil(1999, 12, 31), 2024), day_of_civil(2024, 12, 31));
    }
}
