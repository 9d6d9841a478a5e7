//! One occurrence of a trigger, and the key by which it starts at most one contact.

use super::class::ReEntry;
use super::rule::Rule;
use crate::numeric::calendar::{civil_of_day, day_of_civil};

/// A day that does not come.
pub const NEVER: i64 = i64::MAX;

/// Something that happened to a person, or failed to happen, and may start one contact. Days are counted from 1970-01-01; a night of
/// day `d` knows what happened before `d`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occurrence {
    /// The place of the rule that it is of.
    pub rule: u32,
    /// The person's number.
    pub person: u32,
    /// What it is about: an item, a stage, a number of the shop's subjects; [`crate::orders::NONE`] where it is about nothing.
    pub subject: u32,
    /// The day of the cause, such as the last order before a lapse.
    pub cause: i64,
    /// The first night that may start the contact.
    pub due: i64,
    /// The last night that may.
    pub expires: i64,
    /// The first night that knows that the cause is over, such as after an order; [`NEVER`] as far as is known.
    pub over: i64,
    /// How strong it is, by the trigger's own measure (a probability, a share, money); it orders occurrences of one rule.
    pub score: f64,
}

impl Occurrence {
    /// Whether a night may start the contact, as far as the occurrence itself goes.
    pub fn is_open(&self, night: i64) -> bool {
        self.due <= night && night <= self.expires && night < self.over
    }
}

/// The key of a contact of this occurrence in the ledger, together with the customer: the rule, the subject and the day of the cause, never
/// that of the run. A rule that fires once in a lifetime leaves the day out, so that a cause whose date changes (an older order arrives late)
/// is still the same.
pub fn key(rule: &Rule, subject: Option<&str>, cause: i64) -> String {
    let mut key = head(rule, subject);
    if rule.re_entry != ReEntry::Never {
        let (year, month, day) = civil_of_day(cause);
        key.push_str(&format!(":{year:04}-{month:02}-{day:02}"));
    }
    key
}

/// The part of a key before the day.
pub(super) fn head(rule: &Rule, subject: Option<&str>) -> String {
    subject.map_or_else(|| rule.name.clone(), |subject| format!("{}:{subject}", rule.name))
}

/// The day of the cause at the end of a key; nothing where it has none.
pub(super) fn cause_of(key: &str) -> Option<i64> {
    let date = key.get(key.len().checked_sub(10)?..)?;
    let part = |from: usize, to: usize| date.get(from..to)?.parse::<u32>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let sound = &date[4..5] == "-" && &date[7..8] == "-" && (1..=12).contains(&month) && (1..=31).contains(&day);
    sound.then(|| day_of_civil(i64::from(year), month, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::rule::Rule;

    #[test]
    fn a_key_has_the_day_of_the_cause_unless_it_is_for_life() {
        let lapse = Rule::usual("lapse").expect("a trigger");
        let day = day_of_civil(2011, 5, 3);
        assert_eq!(key(&lapse, None, day), "lapse:2011-05-03");
        assert_eq!(cause_of("lapse:2011-05-03"), Some(day));
        let again = Rule { name: "tea".to_owned(), ..Rule::usual("replenishment").expect("a trigger") };
        assert_eq!(key(&again, Some("22423"), day), "tea:22423:2011-05-03");
        let first = Rule::usual("first_order").expect("a trigger");
        assert_eq!(key(&first, None, day), "first_order");
        assert_eq!([cause_of("first_order"), cause_of("x:2011-13-03"), cause_of("ü-5-03")], [None; 3]);
    }
}
