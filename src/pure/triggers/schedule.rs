//! The schedule: who is contacted for what on which day. It depends on the data and the rules alone, not on which nights were run: it is
//! worked out day by day from a fixed start, each day with what was known then.

use rayon::prelude::*;

use super::class::{Class, ReEntry};
use super::ground::Ground;
use super::occurrence::{NEVER, Occurrence};
use super::rule::{Cap, Rule};
use crate::orders::NONE;

/// A contact of another list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    /// The person's number.
    pub person: u32,
    /// Its day; later nights know it.
    pub day: i64,
    /// Its channel, by number; [`NONE`] where it is not known, which counts for every channel.
    pub channel: u32,
}

/// A stretch of nights on which a person gets nothing but service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// The person's number.
    pub person: u32,
    /// The first night.
    pub from: i64,
    /// The last night; [`NEVER`] while the complaint is open.
    pub until: i64,
}

/// An occurrence that won its day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Winner {
    /// What won.
    pub occurrence: Occurrence,
    /// Its day.
    pub day: i64,
}

/// Why an occurrence waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its first day is still to come.
    NotDue,
    /// Another occurrence of the person went first.
    Outranked,
    /// The person has had as many contacts as a cap allows.
    Capped,
    /// A complaint suppresses it.
    Suppressed,
    /// It won an earlier day that was not run, and goes on the next night without a winner.
    CatchingUp,
}

/// All reasons with their words.
static WHY: [(Why, &str); 5] = [
    (Why::NotDue, "not_due"),
    (Why::Outranked, "outranked"),
    (Why::Capped, "capped"),
    (Why::Suppressed, "suppressed"),
    (Why::CatchingUp, "catching_up"),
];

impl Why {
    /// Its row.
    pub fn row(self) -> &'static (Why, &'static str) {
        &WHY[self as usize]
    }
}

/// An occurrence that is deferred.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    /// What waits.
    pub occurrence: Occurrence,
    /// Why.
    pub why: Why,
    /// The first night on which it may go, as far as is known; [`NEVER`] while a complaint is open. After the last night of the occurrence it
    /// will not go.
    pub next: i64,
}

/// What became of the occurrences of a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fates {
    /// Won a day.
    pub won: u64,
    /// Are deferred.
    pub waiting: u64,
    /// Their cause was over before they won a day.
    pub over: u64,
    /// Their last night passed before they won a day.
    pub expired: u64,
    /// Came again sooner than the rule may fire again.
    pub repeated: u64,
}

/// The schedule of all persons.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// By person and day; one for each person and day at most.
    pub winners: Vec<Winner>,
    /// What is deferred on the last night, by person.
    pub waiting: Vec<Waiting>,
    /// By rule.
    pub fates: Vec<Fates>,
}

/// The schedule of these occurrences from `start` to the night `through`, beside contacts of other lists and complaints, in any order.
pub fn schedule(
    rules: &[Rule],
    caps: &[Cap],
    occurrences: &[Occurrence],
    contacts: &[Contact],
    blocks: &[Block],
    start: i64,
    through: i64,
) -> Schedule {
    let mut occurrences: Vec<Occurrence> = occurrences.iter().filter(|one| one.due >= start).copied().collect();
    occurrences.par_sort_by(|a, b| {
        let key = |one: &Occurrence| (one.person, one.due, one.rule, one.cause, one.subject, one.expires, one.over);
        key(a).cmp(&key(b))
    });
    let (mut contacts, mut blocks) = (contacts.to_vec(), blocks.to_vec());
    contacts.par_sort_unstable();
    blocks.par_sort_unstable();
    let persons: Vec<&[Occurrence]> = occurrences.chunk_by(|a, b| a.person == b.person).collect();
    let each = |of_person: &&[Occurrence]| {
        let person = of_person[0].person;
        let contacts = within(&contacts, person, |contact| contact.person);
        let blocks = within(&blocks, person, |block| block.person);
        Person { rules, caps, contacts, blocks, won: Vec::new() }.days(of_person, start, through)
    };
    let parts: Vec<Schedule> = persons.par_iter().map(each).collect();
    let mut whole = Schedule { fates: vec![Fates::default(); rules.len()], ..Schedule::default() };
    for part in parts {
        whole.winners.extend(part.winners);
        whole.waiting.extend(part.waiting);
        for (sum, fates) in whole.fates.iter_mut().zip(part.fates) {
            sum.won += fates.won;
            sum.waiting += fates.waiting;
            sum.over += fates.over;
            sum.expired += fates.expired;
            sum.repeated += fates.repeated;
        }
    }
    whole
}

/// The nights that complaints and bad ratings block: from the night that knows of one until some days after it is closed. Ratings are
/// closed by themselves.
pub fn blocks(ground: &Ground, rules: &[Rule]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for rule in rules {
        let Some(days) = rule.trigger.suppresses else { continue };
        let rating = rule.trigger.name == "low_rating";
        for person in 0..ground.shop.people.len() as u32 {
            for row in ground.shop.rows(rule, person) {
                if rating && (row.value.is_nan() || row.value > rule.level) {
                    continue;
                }
                let closed = if rating { row.known } else { row.ends };
                let until = if closed == NEVER { NEVER } else { closed.max(row.known).saturating_add(days) };
                blocks.push(Block { person, from: row.known.saturating_add(1), until });
            }
        }
    }
    blocks
}

fn within<T>(rows: &[T], person: u32, of: impl Fn(&T) -> u32) -> &[T] {
    let from = rows.partition_point(|row| of(row) < person);
    let until = rows.partition_point(|row| of(row) <= person);
    &rows[from..until]
}

/// A person while the days go by.
struct Person<'a> {
    rules: &'a [Rule],
    caps: &'a [Cap],
    contacts: &'a [Contact],
    blocks: &'a [Block],
    won: Vec<Winner>,
}

impl Person<'_> {
    fn days(mut self, all: &[Occurrence], start: i64, through: i64) -> Schedule {
        let mut fates = vec![Fates::default(); self.rules.len()];
        let mut waits: Vec<Occurrence> = Vec::new();
        let (mut next, mut day) = (0, start);
        while day <= through {
            while next < all.len() && all[next].due <= day {
                waits.push(all[next]);
                next += 1;
            }
            waits.retain(|one| {
                let fate = &mut fates[one.rule as usize];
                let gone = if self.is_repeated(one) {
                    &mut fate.repeated
                } else if day >= one.over {
                    &mut fate.over
                } else if day > one.expires {
                    &mut fate.expired
                } else {
                    return true;
                };
                *gone += 1;
                false
            });
            if waits.is_empty() {
                let Some(later) = all.get(next) else { break };
                day = later.due.max(day + 1);
                continue;
            }
            let may = |place: &usize| self.hindrance(&waits[*place], day).is_none();
            let best = (0..waits.len()).filter(may).min_by(|&a, &b| self.order(&waits[a], &waits[b]));
            if let Some(place) = best {
                let occurrence = waits.remove(place);
                fates[occurrence.rule as usize].won += 1;
                self.won.push(Winner { occurrence, day });
            }
            day += 1;
        }
        let mut waiting = Vec::new();
        for one in waits.into_iter().filter(|one| !self.is_repeated(one) && one.is_open(through)) {
            let (why, next) = self.hindrance(&one, through).unwrap_or((Why::Outranked, through + 1));
            waiting.push(Waiting { occurrence: one, why, next });
        }
        for &one in all[next..].iter().filter(|one| one.due > through && !self.is_repeated(one)) {
            waiting.push(Waiting { occurrence: one, why: Why::NotDue, next: one.due });
        }
        waiting.iter().for_each(|one| fates[one.occurrence.rule as usize].waiting += 1);
        Schedule { winners: self.won, waiting, fates }
    }

    fn rule(&self, one: &Occurrence) -> &Rule {
        &self.rules[one.rule as usize]
    }

    /// Which of two goes first.
    fn order(&self, a: &Occurrence, b: &Occurrence) -> std::cmp::Ordering {
        let class = |one: &Occurrence| self.rule(one).class;
        class(a).cmp(&class(b)).then(a.rule.cmp(&b.rule)).then(b.score.total_cmp(&a.score)).then_with(|| {
            (a.cause, a.subject, a.due, a.expires, a.over).cmp(&(b.cause, b.subject, b.due, b.expires, b.over))
        })
    }

    /// Whether the rule may not fire again for this cause.
    fn is_repeated(&self, one: &Occurrence) -> bool {
        let rule = self.rule(one);
        self.won.iter().map(|won| &won.occurrence).filter(|won| won.rule == one.rule).any(|won| {
            let same = won.subject == one.subject;
            match rule.re_entry {
                ReEntry::Never => same || !rule.trigger.by_subject,
                ReEntry::AfterCause => same && won.cause == one.cause,
                ReEntry::After(days) => {
                    (same || !rule.trigger.by_subject) && (one.cause - won.cause).abs() < days
                        || same && won.cause == one.cause
                }
            }
        })
    }

    /// Why it may not go on a day although it is open, and the first day on which this hindrance is gone.
    fn hindrance(&self, one: &Occurrence, day: i64) -> Option<(Why, i64)> {
        let rule = self.rule(one);
        if rule.class == Class::Service {
            return None;
        }
        // A block that is not known yet begins later; how long one lasts is known to every night before its end.
        let blocked = self.blocks.iter().filter(|block| block.from <= day && day <= block.until);
        if let Some(until) = blocked.map(|block| block.until).max() {
            return Some((Why::Suppressed, until.saturating_add(1)));
        }
        let free = self.caps.iter().filter_map(|cap| self.free(cap, rule.channel, day)).max();
        free.map(|free| (Why::Capped, free))
    }

    /// The first day on which a cap that is reached allows another contact; nothing where it is not reached.
    fn free(&self, cap: &Cap, channel: u32, day: i64) -> Option<i64> {
        if cap.channel != NONE && channel != NONE && cap.channel != channel {
            return None;
        }
        let counts = |of: u32| cap.channel == NONE || of == NONE || of == cap.channel;
        let recent = |at: i64| at < day && at > day - cap.days;
        let others = self.contacts.iter().filter(|contact| counts(contact.channel)).map(|contact| contact.day);
        let own = self.won.iter().filter(|won| counts(self.rule(&won.occurrence).channel)).map(|won| won.day);
        let mut days: Vec<i64> = others.chain(own).filter(|&at| recent(at)).collect();
        if days.len() < cap.most {
            return None;
        }
        days.sort_unstable();
        Some(days[days.len() - cap.most] + cap.days)
    }
}
