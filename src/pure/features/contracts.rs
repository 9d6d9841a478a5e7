//! Contracts: when each customer was under one, when it ended and why. As with orders, what was known at a date and what came after
//! it are two types.

use thiserror::Error;

use crate::numeric::calendar::{DAY, day_of};
use crate::orders::{AfterError, NONE, window};

/// What a status says of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Not a customer yet, such as in a trial.
    NotYet,
    /// Under contract.
    Staying,
    /// No longer a customer.
    Left,
}

/// A change of a customer's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Customer id.
    pub customer: u32,
    /// When, in civil seconds.
    pub time: i64,
    /// Number of the new status.
    pub status: u32,
    /// What it says.
    pub says: Status,
    /// Number of the reason; [`NONE`] where none is given.
    pub reason: u32,
}

/// A contract from its first to its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Customer id.
    pub customer: u32,
    /// When it began, in civil seconds.
    pub from: i64,
    /// How it ended; nothing where no end is known.
    pub exit: Option<Exit>,
}

/// The end of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// When, in civil seconds.
    pub time: i64,
    /// Number of the reason; [`NONE`] where none is given.
    pub reason: u32,
}

/// A span under contract: from when, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// The first instant, in civil seconds.
    pub from: i64,
    /// Nothing while it lasts.
    pub exit: Option<Exit>,
}

/// Why contracts cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ContractsError {
    /// Which of two changes came first cannot be known.
    #[error("two statuses, or two reasons, begin at one time")]
    TwoAtOnce { customer: u32, time: i64 },
    /// It ended before it began.
    #[error("a contract ends before it begins")]
    Backwards { customer: u32, time: i64 },
}

/// The spells of all customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contracts {
    /// Where each customer's spells begin, and one more.
    first: Vec<u32>,
    /// By customer, then by time; those of a customer do not touch.
    spells: Vec<Spell>,
    /// By customer: the end that a history begins with, of a contract whose beginning is not told.
    ends: Vec<Option<Exit>>,
}

impl Contracts {
    /// From changes of status, in any order, of customers below `customers`: a spell begins with a status of those who stay and ends with
    /// one of those who have left. The same change told twice is one. A customer with a first status of those who have left is one who has
    /// left, after a spell that nothing is known of. A status of those who are no customers yet begins no spell and ends none, and who leaves
    /// after nothing else was never under contract.
    ///
    /// # Errors
    /// When a customer has two statuses or two reasons at one time.
    pub fn of_changes(customers: usize, mut changes: Vec<Change>) -> Result<Contracts, ContractsError> {
        changes.sort_unstable();
        changes.dedup();
        let same = |pair: &&[Change]| (pair[0].customer, pair[0].time) == (pair[1].customer, pair[1].time);
        if let Some(pair) = changes.windows(2).find(same) {
            return Err(ContractsError::TwoAtOnce { customer: pair[0].customer, time: pair[0].time });
        }
        let mut contracts = Contracts { ends: vec![None; customers], ..Contracts::default() };
        let mut changes = changes.into_iter().peekable();
        for customer in 0..customers as u32 {
            let from = contracts.begin();
            let mut heard = false;
            while let Some(change) = changes.next_if(|change| change.customer == customer) {
                let open = contracts.spells[from..].last_mut().filter(|spell| spell.exit.is_none());
                let exit = Exit { time: change.time, reason: change.reason };
                match (open, change.says) {
                    (Some(spell), Status::Left) => spell.exit = Some(exit),
                    (None, Status::Staying) => contracts.spells.push(Spell { from: change.time, exit: None }),
                    (None, Status::Left) if !heard => contracts.ends[customer as usize] = Some(exit),
                    _ => {}
                }
                heard = true;
            }
        }
        contracts.begin();
        Ok(contracts)
    }

    /// From contracts with their ends, in any order, of customers below `customers`, and how many of them begin on the day after an end.
    /// Contracts that overlap, or of which one begins by the day after the other ends, are one spell: a customer stays while any of them
    /// lasts, and leaves for the reason of the one that ended last. An end at midnight may be a last day, which is over when the next begins.
    ///
    /// # Errors
    /// When a contract ends before it begins.
    pub fn of_terms(customers: usize, mut terms: Vec<Term>) -> Result<(Contracts, usize), ContractsError> {
        let backwards = |from: i64, end: i64| end < from && (day_of(end) < day_of(from) || end.rem_euclid(DAY) != 0);
        if let Some(term) = terms.iter().find(|term| term.exit.is_some_and(|exit| backwards(term.from, exit.time))) {
            return Err(ContractsError::Backwards { customer: term.customer, time: term.from });
        }
        // What has not ended is later than all ends.
        let end = |exit: Option<Exit>| exit.map_or((i64::MAX, NONE), |exit| (exit.time, exit.reason));
        terms.sort_unstable_by_key(|term| (term.customer, term.from, end(term.exit)));
        let mut contracts = Contracts::default();
        let mut renewed = 0;
        let mut terms = terms.into_iter().peekable();
        for customer in 0..customers as u32 {
            let from = contracts.begin();
            while let Some(term) = terms.next_if(|term| term.customer == customer) {
                match contracts.spells[from..].last_mut() {
                    Some(spell) if spell.exit.is_none_or(|exit| day_of(term.from) <= day_of(exit.time) + 1) => {
                        renewed += usize::from(spell.exit.is_some_and(|exit| day_of(term.from) > day_of(exit.time)));
                        if end(term.exit) > end(spell.exit) {
                            spell.exit = term.exit;
                        }
                    }
                    _ => contracts.spells.push(Spell { from: term.from, exit: term.exit }),
                }
            }
        }
        contracts.begin();
        Ok((contracts, renewed))
    }

    /// Notes where the next customer's spells begin.
    fn begin(&mut self) -> usize {
        self.first.push(self.spells.len() as u32);
        self.spells.len()
    }

    /// Number of customer ids.
    pub fn customers(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    fn of(&self, customer: u32) -> &[Spell] {
        match self.first.get(customer as usize..).unwrap_or_default() {
            &[from, to, ..] => &self.spells[from as usize..to as usize],
            _ => &[],
        }
    }

    /// As they were known at a date: a spell when it had begun before `as_of` (civil seconds), its end when it lay before `as_of`.
    pub fn as_of(&self, as_of: i64) -> ContractsAsOf<'_> {
        ContractsAsOf { contracts: self, as_of }
    }

    /// What became of them in a horizon of days from `as_of` on, where all before `observed_until` (civil seconds) has been recorded.
    ///
    /// # Errors
    /// When the horizon is not from 1 to 36,500 days, or is not over.
    pub fn after(&self, as_of: i64, horizon: i64, observed_until: i64) -> Result<ContractsAfter<'_>, AfterError> {
        Ok(ContractsAfter { contracts: self, as_of, until: window(as_of, horizon, observed_until)? })
    }
}

/// Contracts as they were known at a date.
#[derive(Debug, Clone, Copy)]
pub struct ContractsAsOf<'a> {
    contracts: &'a Contracts,
    as_of: i64,
}

/// Where a customer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No contract has begun.
    NotYet,
    /// Under contract since.
    Under { since: i64 },
    /// The last contract is over.
    Left(Exit),
}

impl<'a> ContractsAsOf<'a> {
    /// The first instant that is not seen, in civil seconds.
    pub fn as_of(&self) -> i64 {
        self.as_of
    }

    /// Number of customer ids.
    pub fn customers(&self) -> usize {
        self.contracts.customers()
    }

    /// A customer's spells, the earliest first; what ends later still lasts.
    pub fn spells(&self, customer: u32) -> impl Iterator<Item = Spell> + use<'a> {
        let as_of = self.as_of;
        let begun = self.contracts.of(customer).iter().take_while(move |spell| spell.from < as_of);
        begun.map(move |spell| Spell { exit: spell.exit.filter(|exit| exit.time < as_of), ..*spell })
    }

    /// The end that a customer's history begins with: of a contract, before all spells, whose beginning is not told.
    pub fn end_alone(&self, customer: u32) -> Option<Exit> {
        self.contracts.ends.get(customer as usize).copied().flatten().filter(|exit| exit.time < self.as_of)
    }

    /// Where a customer stands.
    pub fn standing(&self, customer: u32) -> Standing {
        match self.spells(customer).last() {
            None => self.end_alone(customer).map_or(Standing::NotYet, Standing::Left),
            Some(Spell { from, exit: None }) => Standing::Under { since: from },
            Some(Spell { exit: Some(exit), .. }) => Standing::Left(exit),
        }
    }
}

/// What became of contracts in a horizon.
#[derive(Debug, Clone, Copy)]
pub struct ContractsAfter<'a> {
    contracts: &'a Contracts,
    as_of: i64,
    until: i64,
}

impl ContractsAfter<'_> {
    /// The end of the contract that a customer was under when the horizon began, if it came within the horizon, whatever came
    /// after it. Nothing for those who were under none: they could not leave.
    pub fn left(&self, customer: u32) -> Option<Option<Exit>> {
        let spells = self.contracts.of(customer);
        let spell = spells[..spells.partition_point(|spell| spell.from < self.as_of)].last()?;
        match spell.exit {
            Some(exit) if exit.time < self.as_of => None,
            exit => Some(exit.filter(|exit| exit.time < self.until)),
        }
    }

    /// Whether a customer is under contract when the horizon ends.
    pub fn stays(&self, customer: u32) -> bool {
        matches!(self.contracts.as_of(self.until).standing(customer), Standing::Under { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(customer: u32, day: i64, status: u32, reason: u32) -> Change {
        let says = match status {
            0 => Status::NotYet,
            1..10 => Status::Staying,
            _ => Status::Left,
        };
        Change { customer, time: day * DAY, status, says, reason }
    }

    #[test]
    fn who_is_not_a_customer_yet_can_be_no_loss() {
        // 0 tries and goes; 1 tries, stays, leaves, tries again and goes; 2 had left before all that is known, and tries; 3 stays and
        // tries something else meanwhile; 4 tries, goes, and becomes a customer later.
        let changes = vec![
            change(0, 0, 0, NONE),
            change(0, 14, 10, 7),
            change(1, 0, 0, NONE),
            change(1, 14, 1, NONE),
            change(1, 40, 10, 8),
            change(1, 50, 0, NONE),
            change(1, 64, 11, 9),
            change(2, 3, 10, 8),
            change(2, 5, 0, NONE),
            change(2, 9, 11, 9),
            change(3, 0, 1, NONE),
            change(3, 20, 0, NONE),
            change(4, 0, 0, NONE),
            change(4, 14, 10, NONE),
            change(4, 30, 1, NONE),
        ];
        let contracts = Contracts::of_changes(5, changes).expect("sound");
        let known = contracts.as_of(99 * DAY);
        let left = |day: i64, reason| Standing::Left(Exit { time: day * DAY, reason });
        let standing: Vec<Standing> = (0..5).map(|customer| known.standing(customer)).collect();
        let under = |day: i64| Standing::Under { since: day * DAY };
        assert_eq!(standing, [Standing::NotYet, left(40, 8), left(3, 8), under(0), under(30)]);
        let spells: Vec<usize> = (0..5).map(|customer| known.spells(customer).count()).collect();
        assert_eq!(spells, [0, 1, 0, 1, 1]);
        assert_eq!(
            contracts.as_of(14 * DAY).standing(1),
            Standing::NotYet,
            "a customer from the first day of paying on"
        );
        let after = contracts.after(10 * DAY, 40, 99 * DAY).expect("over");
        assert_eq!((after.left(0), after.left(1), after.left(4)), (None, None, None), "not under contract on day 10");
    }

    #[test]
    fn spells_of_a_status_history() {
        // Active 1, paused 2, cancelled 10, expired 11. Customer 0 pauses, cancels for reason 7, expires, comes back; 1 begins as
        // cancelled; 2 is unheard of; 3 stays.
        let changes = vec![
            change(0, 30, 11, NONE),
            change(0, 0, 1, NONE),
            change(0, 20, 10, 7),
            change(0, 10, 2, NONE),
            change(0, 50, 1, NONE),
            change(1, 5, 10, 8),
            change(1, 7, 11, 9),
            change(3, 9, 1, NONE),
            change(3, 9, 1, NONE),
        ];
        let contracts = Contracts::of_changes(4, changes.clone()).expect("sound");
        let known = |day: i64| contracts.as_of(day * DAY);
        assert_eq!(
            [0, 1, 20].map(|day| known(day).standing(0)),
            [Standing::NotYet, Standing::Under { since: 0 }, Standing::Under { since: 0 },]
        );
        assert_eq!(known(21).standing(0), Standing::Left(Exit { time: 20 * DAY, reason: 7 }));
        assert_eq!(known(51).standing(0), Standing::Under { since: 50 * DAY });
        assert_eq!(
            (known(99).standing(1), known(99).standing(2), known(99).standing(9)),
            (Standing::Left(Exit { time: 5 * DAY, reason: 8 }), Standing::NotYet, Standing::NotYet)
        );
        assert_eq!((known(5).standing(1), known(99).spells(1).count()), (Standing::NotYet, 0));
        assert_eq!((known(99).end_alone(0), known(6).end_alone(1)), (None, Some(Exit { time: 5 * DAY, reason: 8 })));
        let after = |day: i64, horizon: i64| contracts.after(day * DAY, horizon, 100 * DAY).expect("over");
        assert_eq!(after(10, 10).left(0), Some(None), "the horizon ends on the day it happens");
        assert_eq!(after(10, 11).left(0), Some(Some(Exit { time: 20 * DAY, reason: 7 })));
        assert_eq!(after(10, 50).left(0), after(10, 11).left(0), "coming back does not undo it");
        assert_eq!((after(10, 50).stays(0), after(10, 30).stays(0)), (true, false));
        assert_eq!((after(21, 20).left(0), after(0, 50).left(0)), (None, None), "gone already, not yet begun");
        assert_eq!(after(9, 50).left(3), None, "what begins on the day is not known on it");
        assert_eq!(after(10, 50).left(3), Some(None));
        assert!(contracts.after(60 * DAY, 41, 100 * DAY).is_err());
        let clash = [&changes[..], &[change(0, 10, 1, NONE)]].concat();
        assert_eq!(Contracts::of_changes(4, clash), Err(ContractsError::TwoAtOnce { customer: 0, time: 10 * DAY }));
        let reasons = [&changes[..], &[change(0, 20, 10, 8)]].concat();
        assert_eq!(Contracts::of_changes(4, reasons), Err(ContractsError::TwoAtOnce { customer: 0, time: 20 * DAY }));
    }

    #[test]
    fn contracts_side_by_side_are_one_spell() {
        let term = |customer, from: i64, to: Option<i64>, reason| Term {
            customer,
            from: from * DAY,
            exit: to.map(|day| Exit { time: day * DAY, reason }),
        };
        let terms = vec![
            term(1, 0, Some(30), 1),
            term(1, 10, Some(20), 2),
            term(1, 30, Some(40), 3),
            term(1, 60, None, NONE),
            term(1, 70, Some(80), 4),
            term(0, 5, Some(5), 5),
        ];
        let (contracts, renewed) = Contracts::of_terms(2, terms).expect("sound");
        assert_eq!(renewed, 0);
        let spells: Vec<Spell> = contracts.as_of(i64::MAX).spells(1).collect();
        assert_eq!(
            spells,
            [Spell { from: 0, exit: Some(Exit { time: 40 * DAY, reason: 3 }) }, Spell { from: 60 * DAY, exit: None },]
        );
        assert_eq!(contracts.as_of(6 * DAY).standing(0), Standing::Left(Exit { time: 5 * DAY, reason: 5 }));
        let backwards = Contracts::of_terms(1, vec![term(0, 5, Some(4), 1)]);
        assert_eq!(backwards, Err(ContractsError::Backwards { customer: 0, time: 5 * DAY }));
        assert_eq!(Contracts::of_terms(0, Vec::new()).expect("sound").0.customers(), 0);
    }

    #[test]
    fn a_contract_that_begins_by_the_day_after_an_end_goes_on_with_it() {
        let term = |from: i64, to: i64, reason| Term { customer: 0, from, exit: Some(Exit { time: to, reason }) };
        let spells = |terms: Vec<Term>| {
            let (contracts, renewed) = Contracts::of_terms(1, terms).expect("sound");
            (contracts.as_of(i64::MAX).spells(0).collect::<Vec<_>>(), renewed)
        };
        let one = |from, to, reason| vec![Spell { from, exit: Some(Exit { time: to, reason }) }];
        // Last days; last seconds; first days as ends; and a day of its own that ends it began on.
        let last_days = vec![term(0, 30 * DAY, 1), term(31 * DAY, 60 * DAY, 2), term(61 * DAY + 7200, 90 * DAY, 3)];
        assert_eq!(spells(last_days), (one(0, 90 * DAY, 3), 2));
        assert_eq!(spells(vec![term(0, 30 * DAY - 1, 1), term(30 * DAY, 60 * DAY, 2)]), (one(0, 60 * DAY, 2), 1));
        assert_eq!(spells(vec![term(0, 30 * DAY, 1), term(30 * DAY, 60 * DAY, 2)]), (one(0, 60 * DAY, 2), 0));
        assert_eq!(spells(vec![term(5 * DAY + 60, 5 * DAY, 1)]).0.len(), 1, "it began on its last day");
        let (apart, renewed) = spells(vec![term(0, 30 * DAY, 1), term(32 * DAY, 60 * DAY, 2)]);
        assert_eq!((apart.len(), renewed), (2, 0), "a day between them");
        let backwards = Contracts::of_terms(1, vec![term(5 * DAY + 60, 5 * DAY + 30, 1)]);
        assert!(backwards.is_err(), "both with their time of day");
    }
}
