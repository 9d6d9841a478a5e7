//! Who is left alone on which day: control groups that change every so many months, and the group that no list ever contacts.

use super::control::in_control;
use crate::numeric::calendar::{civil_of_day, month_of, month_start};

/// A control group: a share of the units that are contacted, such as persons or households.
#[derive(Debug, Clone, PartialEq)]
pub struct Holdout {
    /// Share (0 to 1) of all units that are held back.
    pub share: f64,
    /// Names the group; the same salt holds back the same units in every run and every list.
    pub salt: String,
    /// How the group changes with time; nothing where it stays the same for ever.
    pub rotation: Option<Rotation>,
}

/// A control group that is drawn again every so many months, so that nobody goes without offers for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// Calendar months, at least 1, for which a group stays; twelve change on 1 January, six also on 1 July.
    pub months: u32,
    /// Days after a change, 0 or more, in which those who were held back before it are left out of both arms.
    pub wash_out: u32,
}

/// What the draw says of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// It may be contacted.
    Open,
    /// It is the control group's.
    HeldBack,
    /// It was held back until a change a short while ago: neither arm is made of such units, or the arms would differ in what they were sent before.
    WashingOut,
}

impl Holdout {
    /// The draw of a day (days since 1970-01-01).
    pub fn on(&self, day: i32) -> Draw {
        let Some(rotation) = self.rotation else {
            return Draw { share: self.share, salt: self.salt.clone(), before: None };
        };
        let months = i64::from(rotation.months.max(1));
        let begin = month_of(i64::from(day)).div_euclid(months) * months;
        let washing = i64::from(day) < month_start(begin) + i64::from(rotation.wash_out);
        Draw { share: self.share, salt: self.salt_of(begin), before: washing.then(|| self.salt_of(begin - months)) }
    }

    /// The salt of the group that began with a month: the name, a blank and the month, such as `control 2026-07`.
    fn salt_of(&self, month: i64) -> String {
        let (year, month, _) = civil_of_day(month_start(month));
        format!("{} {year:04}-{month:02}", self.salt)
    }
}

/// The draw of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    share: f64,
    salt: String,
    /// The salt before the last change, while that is washed out.
    before: Option<String>,
}

impl Draw {
    /// What becomes of a unit, by the normal form of its key.
    pub fn of(&self, unit: &str) -> Drawn {
        if self.before.as_ref().is_some_and(|salt| in_control(unit, salt, self.share)) {
            return Drawn::WashingOut;
        }
        if in_control(unit, &self.salt, self.share) { Drawn::HeldBack } else { Drawn::Open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::day_of_civil;

    fn day(year: i64, month: u32, day: u32) -> i32 {
        day_of_civil(year, month, day) as i32
    }

    fn units() -> Vec<String> {
        (0..4_000).map(|unit| format!("person {unit}")).collect()
    }

    #[test]
    fn a_group_that_does_not_change_is_the_plain_draw() {
        let held = Holdout { share: 0.1, salt: "control".to_owned(), rotation: None };
        for unit in units() {
            let expected = if in_control(&unit, "control", 0.1) { Drawn::HeldBack } else { Drawn::Open };
            assert_eq!(held.on(day(2026, 7, 3)).of(&unit), expected);
        }
    }

    #[test]
    fn a_group_changes_with_the_calendar_and_is_washed_out() {
        let rotation = Some(Rotation { months: 6, wash_out: 30 });
        let held = Holdout { share: 0.2, salt: "control".to_owned(), rotation };
        let spring = held.on(day(2026, 6, 30));
        assert_eq!(spring, held.on(day(2026, 2, 1)));
        let (fresh, settled) = (held.on(day(2026, 7, 1)), held.on(day(2026, 7, 31)));
        assert_eq!(held.on(day(2026, 7, 30)), fresh);
        let count = |draw: &Draw, drawn| units().iter().filter(|unit| draw.of(unit) == drawn).count();
        // Four thousand units: a standard deviation of 25 for a share of .2.
        assert!(count(&settled, Drawn::HeldBack).abs_diff(800) < 100 && count(&settled, Drawn::WashingOut) == 0);
        assert_eq!(count(&fresh, Drawn::WashingOut), count(&spring, Drawn::HeldBack));
        // Of the others, a fifth is held back: the draws do not know of each other.
        let others = 4_000 - count(&fresh, Drawn::WashingOut);
        assert!(count(&fresh, Drawn::HeldBack).abs_diff(others / 5) < 100);
        for unit in units() {
            match fresh.of(&unit) {
                Drawn::WashingOut => assert_eq!(spring.of(&unit), Drawn::HeldBack),
                other => assert_eq!(settled.of(&unit), other),
            }
        }
    }
}
