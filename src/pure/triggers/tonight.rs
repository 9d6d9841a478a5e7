//! What a night hands out: what the schedule has until then, less what stands in the ledger.

use rustc_hash::FxHashMap;

use super::class::{Class, ReEntry};
use super::occurrence::{Occurrence, cause_of, head, key};
use super::rule::Rule;
use super::schedule::{Block, Schedule, Waiting, Why, Winner};

/// Characters of a date in a key.
const DATE: usize = 10;

/// The keys of contacts that lists of other nights have, by person.
///
/// A night does not see its own list, so that a run that is repeated makes the same one. It does see those of later nights, so that nights
/// may be run in any order.
#[derive(Debug, Clone, Default)]
pub struct Sent(Vec<(u32, String)>);

impl Sent {
    /// Of rows with a person, a key and the first day of the contact's list, in any order.
    pub fn new(rows: impl IntoIterator<Item = (u32, String, i64)>, night: i64) -> Sent {
        let mut all: Vec<(u32, String)> =
            rows.into_iter().filter(|row| row.2 != night).map(|(person, key, _)| (person, key)).collect();
        all.sort_unstable();
        all.dedup();
        Sent(all)
    }

    /// Whether a contact of this occurrence stands in the ledger, or one that is too near for the rule to fire again.
    pub fn has(&self, rule: &Rule, subject: Option<&str>, one: &Occurrence) -> bool {
        let own = key(rule, subject, one.cause);
        if self.0.binary_search_by(|row| (row.0, row.1.as_str()).cmp(&(one.person, own.as_str()))).is_ok() {
            return true;
        }
        let ReEntry::After(days) = rule.re_entry else { return false };
        let mut start = if rule.trigger.by_subject { head(rule, subject) } else { rule.name.clone() };
        start.push(':');
        let from = self.0.partition_point(|row| (row.0, row.1.as_str()) < (one.person, start.as_str()));
        let near = self.0[from..].iter().take_while(|row| row.0 == one.person && row.1.starts_with(&start));
        // Where each subject counts by itself nothing but the day follows; names may hold colons.
        let near = near.filter(|row| !rule.trigger.by_subject || row.1.len() == start.len() + DATE);
        near.filter_map(|row| cause_of(&row.1)).any(|cause| (cause - one.cause).abs() < days)
    }
}

/// The contacts that a night starts, one for each person at most, by person: what won the night itself goes first, otherwise the
/// first of what earlier nights left, by class and day. The others that earlier nights left are deferred, and so are those of persons who have
/// complained since.
pub fn tonight(
    schedule: &Schedule,
    rules: &[Rule],
    subject: impl Fn(u32) -> Option<String>,
    sent: &Sent,
    blocks: &[Block],
    night: i64,
) -> (Vec<Winner>, Vec<Waiting>) {
    let open = schedule.winners.iter().filter(|winner| {
        let one = &winner.occurrence;
        let rule = &rules[one.rule as usize];
        winner.day <= night && one.is_open(night) && !sent.has(rule, subject(one.subject).as_deref(), one)
    });
    let mut until: FxHashMap<u32, i64> = FxHashMap::default();
    for block in blocks.iter().filter(|block| block.from <= night && night <= block.until) {
        let last = until.entry(block.person).or_insert(block.until);
        *last = block.until.max(*last);
    }
    let (mut handed, mut later) = (Vec::new(), Vec::new());
    let mut free = Vec::new();
    for winner in open.copied() {
        let service = rules[winner.occurrence.rule as usize].class == Class::Service;
        match until.get(&winner.occurrence.person) {
            // The schedule itself has nothing for a night that is blocked.
            Some(until) if winner.day < night && !service => {
                let next = until.saturating_add(1);
                later.push(Waiting { occurrence: winner.occurrence, why: Why::Suppressed, next });
            }
            _ => free.push(winner),
        }
    }
    for person in free.chunk_by(|a, b| a.occurrence.person == b.occurrence.person) {
        let rank = |winner: &&Winner| (winner.day != night, rules[winner.occurrence.rule as usize].class, winner.day);
        let first = person.iter().min_by_key(rank).expect("one at least");
        handed.push(*first);
        let rest = person.iter().filter(|winner| winner.day != first.day);
        later.extend(rest.map(|winner| Waiting {
            occurrence: winner.occurrence,
            why: Why::CatchingUp,
            next: night + 1,
        }));
    }
    (handed, later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::NONE;
    use crate::triggers::{DatedRow, NEVER};

    fn occurrence(cause: i64) -> Occurrence {
        let row = DatedRow::new(3, cause);
        let (due, expires) = (cause + 1, cause + 15);
        Occurrence { rule: 0, person: row.person, subject: NONE, cause, due, expires, over: NEVER, score: 1.0 }
    }

    #[test]
    fn a_night_sees_the_keys_of_all_nights_but_its_own() {
        let lapse = Rule::usual("lapse").expect("a trigger");
        let row = |night: i64| Sent::new([(3, key(&lapse, None, 100), 140)], night);
        assert!(row(139).has(&lapse, None, &occurrence(100)) && row(141).has(&lapse, None, &occurrence(100)));
        assert!(!row(140).has(&lapse, None, &occurrence(100)), "a run that is repeated makes the same list");
        assert!(!row(139).has(&lapse, None, &occurrence(101)));
        assert!(!row(139).has(&lapse, None, &Occurrence { person: 4, ..occurrence(100) }));
    }

    #[test]
    fn causes_that_are_dated_anew_are_still_the_same() {
        let sent = |rule: &Rule, subject: Option<&str>| Sent::new([(3, key(rule, subject, 100), 140)], 0);
        let first = Rule::usual("first_order").expect("a trigger");
        assert!(sent(&first, None).has(&first, None, &occurrence(42)), "once in a lifetime");
        let drop = Rule::usual("price_drop").expect("a trigger");
        let has = |subject, cause| sent(&drop, Some("tea")).has(&drop, subject, &occurrence(cause));
        assert!(has(Some("tea"), 113) && has(Some("cup"), 87), "any item within 14 days");
        assert!(!has(Some("cup"), 114) && !has(Some("tea"), 86));
        let items = Rule { re_entry: ReEntry::After(14), ..Rule::usual("condition").expect("a trigger") };
        let has = |subject, cause| sent(&items, Some("tea")).has(&items, subject, &occurrence(cause));
        assert!(has(Some("tea"), 113) && !has(Some("cup"), 100) && !has(None, 101));
    }
}
