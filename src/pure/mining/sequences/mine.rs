//! The miner: checks the settings, chooses the kernel, and hands the patterns over in canonical order.

use super::compact::{Places, Renumbering, TimeRules, single_items};
use super::data::Sequences;
use super::errors::SequenceError;
use super::grow_places::PlaceSearch;
use super::grow_steps::{StepSearch, Steps};
use super::pattern::{ITEM_MASK, Pattern, PatternList};
use super::select;
use super::settings::{Kind, SequenceSettings};
use super::top::Top;
use super::work::{Receiver, carry_out};
use crate::mining::Run;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a run of the miner did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SequenceOutcome {
    /// Patterns handed over.
    pub patterns: u64,
    /// How many of each length in items; `per_length[0]` counts single items.
    pub per_length: Vec<u64>,
    /// The support in use, as a count.
    pub min_count: u64,
    /// The total weight of the customers, which shares are taken of.
    pub total: u64,
    /// Set when the search did not come to its end.
    pub stopped: Option<StoppedEarly>,
}

/// How far a stopped search had come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoppedEarly {
    pub reason: StopCause,
    /// The share of the search, by the supports of the first items, that is complete; 0..=1.
    pub completed: f64,
    /// A support (as a count) at which the budget is expected to suffice, where what was found could tell.
    pub fitting_count: Option<u64>,
}

/// Which budget ended a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopCause {
    /// [`super::Budget::patterns`].
    Patterns,
    /// [`super::Budget::memory`].
    Memory,
    /// [`Run::stop`] or the receiver said so.
    Asked,
}

/// Finds the sequential patterns that `settings` ask for and hands each to `receive`, until it breaks.
///
/// The order is canonical: by the items of the first element, then the growth of an element before the next element;
/// with [`SequenceSettings::top`] by falling support first. It does not depend on the number of threads. Nothing is kept but
/// for top-k, generators, and closed or maximal patterns under time constraints.
///
/// Errors: settings that make no sense, or ids outside the items of `sequences`.
pub fn mine_sequences(
    sequences: &Sequences,
    settings: &SequenceSettings,
    run: &Run<'_>,
    receive: &mut (dyn FnMut(Pattern<'_>) -> ControlFlow<()> + Send),
) -> Result<SequenceOutcome, SequenceError> {
    if let Some(problem) = settings.problems().into_iter().next() {
        return Err(problem);
    }
    let filters = settings.filters(sequences)?;
    let search = Search::new(sequences, settings);
    let mut counter = Counter::new(&search, settings);
    if search.collects() {
        let mut all = PatternList::new();
        let complete = search.run(run, &mut |pattern| {
            all.push(pattern);
            counter.note(pattern, all.bytes())
        });
        if complete {
            let keep = select::of_kind(&all, settings.kind, settings.max_gap.is_none());
            let kept = all.iter().zip(keep).filter(|(pattern, keep)| *keep && filters.admit(pattern.tokens()));
            let mut chosen: Vec<Pattern<'_>> = kept.map(|(pattern, _)| pattern).collect();
            if let Some(top) = settings.top {
                chosen.sort_by_key(|pattern| std::cmp::Reverse(pattern.support));
                chosen.truncate(top);
            }
            for pattern in chosen {
                if !counter.pass(pattern, receive) {
                    break;
                }
            }
        }
    } else if let Some(count) = settings.top {
        let top = Mutex::new(Top::new(count, search.min_count));
        search.run(run, &mut |pattern| {
            let mut top = top.lock().expect("only this closure holds the lock");
            if filters.admit(pattern.tokens()) {
                top.offer(pattern);
                // What is maximal depends on the support that counts as frequent, so that must stay.
                if settings.kind != Kind::Maximal {
                    search.threshold.fetch_max(top.threshold(), Ordering::Relaxed);
                }
            }
            counter.note(pattern, top.bytes())
        });
        let top = top.into_inner().expect("only this closure held the lock").into_list();
        for pattern in top.iter() {
            if !counter.pass(pattern, receive) {
                break;
            }
        }
    } else {
        search.run(run, &mut |pattern| {
            counter.reached = pattern.tokens()[0] & ITEM_MASK;
            !filters.admit(pattern.tokens()) || counter.pass(pattern, receive)
        });
    }
    if (run.stop)() && counter.cause.is_none() {
        counter.cause = Some(StopCause::Asked);
    }
    Ok(counter.outcome(&search))
}

/// All patterns in one list, in the order of [`mine_sequences`].
pub fn collect_sequences(
    sequences: &Sequences,
    settings: &SequenceSettings,
    run: &Run<'_>,
) -> Result<(PatternList, SequenceOutcome), SequenceError> {
    let mut list = PatternList::new();
    let outcome = mine_sequences(sequences, settings, run, &mut |pattern| {
        list.push(pattern);
        ControlFlow::Continue(())
    })?;
    Ok((list, outcome))
}

/// Only the numbers of patterns, in all and per length.
pub fn count_sequences(
    sequences: &Sequences,
    settings: &SequenceSettings,
    run: &Run<'_>,
) -> Result<SequenceOutcome, SequenceError> {
    mine_sequences(sequences, settings, run, &mut |_| ControlFlow::Continue(()))
}

/// A search made ready: the database in the form that its kernel reads.
pub(super) struct Search<'a> {
    settings: &'a SequenceSettings,
    pub min_count: u64,
    pub total: u64,
    threshold: AtomicU64,
    pub renumbering: Renumbering,
    database: Database,
}

enum Database {
    Steps(Steps),
    Places(Places),
}

impl<'a> Search<'a> {
    pub fn new(sequences: &Sequences, settings: &'a SequenceSettings) -> Self {
        let total = sequences.total_weight();
        let min_count = settings.support.count(total);
        let renumbering = Renumbering::new(sequences, min_count);
        let plain = settings.repeats && !settings.constrains_time();
        let database = if plain && single_items(sequences, &renumbering) {
            Database::Steps(Steps::new(sequences, &renumbering, min_count))
        } else {
            Database::Places(Places::new(sequences, &renumbering, settings))
        };
        Search { settings, min_count, total, threshold: AtomicU64::new(min_count), renumbering, database }
    }

    /// Whether the patterns of the kind can only be chosen once all frequent ones are known.
    fn collects(&self) -> bool {
        match self.settings.kind {
            Kind::All => false,
            Kind::Generators => true,
            Kind::Closed | Kind::Maximal => self.settings.constrains_time() || !self.settings.repeats,
        }
    }

    fn run(&self, run: &Run<'_>, receive: &mut Receiver<'_>) -> bool {
        let (items, elements) = (self.settings.items, self.settings.elements);
        match &self.database {
            Database::Steps(steps) => {
                let longest = items.max.into_iter().chain(elements.max).min().map_or(usize::MAX, |max| max as usize);
                let search = StepSearch {
                    steps,
                    renumbering: &self.renumbering,
                    kind: self.settings.kind,
                    longest,
                    threshold: &self.threshold,
                };
                let scratch = || search.scratch();
                carry_out(
                    search.roots(),
                    scratch,
                    |own, node, split, out| search.work(own, node, split, out),
                    receive,
                    run,
                )
            }
            Database::Places(places) => {
                let search = PlaceSearch {
                    places,
                    renumbering: &self.renumbering,
                    rules: TimeRules::of(self.settings),
                    taxonomy: self.settings.taxonomy.as_ref(),
                    repeats: self.settings.repeats,
                    // Under time constraints and without repeats the kind is found afterwards, from all frequent patterns.
                    kind: if self.collects() { Kind::All } else { self.settings.kind },
                    items,
                    elements,
                    threshold: &self.threshold,
                };
                let scratch = || search.scratch();
                carry_out(
                    search.roots(),
                    scratch,
                    |own, node, split, out| search.work(own, node, split, out),
                    receive,
                    run,
                )
            }
        }
    }
}

/// Counts what is handed over and watches the budgets.
struct Counter {
    patterns: u64,
    per_length: Vec<u64>,
    /// Patterns handed over by support, for the advice after an exhausted budget.
    by_support: std::collections::BTreeMap<u64, u64>,
    budget: super::settings::Budget,
    noted: u64,
    /// First item (original id) of the last pattern seen.
    reached: u32,
    cause: Option<StopCause>,
}

impl Counter {
    fn new(_: &Search<'_>, settings: &SequenceSettings) -> Self {
        Counter {
            patterns: 0,
            per_length: Vec::new(),
            by_support: std::collections::BTreeMap::new(),
            budget: settings.budget,
            noted: 0,
            reached: 0,
            cause: None,
        }
    }

    /// Notes a pattern that is kept for later; `false` when the memory is used up.
    fn note(&mut self, pattern: Pattern<'_>, bytes: u64) -> bool {
        self.noted += 1;
        self.reached = pattern.tokens()[0] & ITEM_MASK;
        *self.by_support.entry(pattern.support).or_default() += 1;
        if self.budget.memory.is_some_and(|most| bytes > most) {
            self.cause = Some(StopCause::Memory);
        }
        self.cause.is_none()
    }

    fn pass(&mut self, pattern: Pattern<'_>, receive: &mut (dyn FnMut(Pattern<'_>) -> ControlFlow<()> + Send)) -> bool {
        if self.budget.patterns.is_some_and(|most| self.patterns >= most) {
            self.cause = Some(StopCause::Patterns);
            return false;
        }
        let length = pattern.item_len();
        if self.per_length.len() < length {
            self.per_length.resize(length, 0);
        }
        self.per_length[length - 1] += 1;
        self.patterns += 1;
        if self.noted == 0 {
            *self.by_support.entry(pattern.support).or_default() += 1;
        }
        if receive(pattern).is_break() {
            self.cause = Some(StopCause::Asked);
        }
        self.cause.is_none()
    }

    fn outcome(self, search: &Search<'_>) -> SequenceOutcome {
        let stopped = self.cause.map(|reason| {
            let supports = &search.renumbering.supports;
            let before = search.renumbering.original.partition_point(|&item| item < self.reached);
            let completed: u64 = supports[..before].iter().sum();
            let all: u64 = supports.iter().sum();
            let completed = if all == 0 { 1.0 } else { completed as f64 / all as f64 };
            let room = (self.noted.max(self.patterns) as f64 * completed) as u64;
            let mut above = 0;
            let fits = |(&support, &count): (&u64, &u64)| {
                above += count;
                (above <= room).then_some(support)
            };
            let fitting_count = self.by_support.iter().rev().map_while(fits).last();
            StoppedEarly {
                reason,
                completed,
                fitting_count: if reason == StopCause::Asked { None } else { fitting_count },
            }
        });
        SequenceOutcome {
            patterns: self.patterns,
            per_length: self.per_length,
            min_count: search.min_count,
            total: search.total,
            stopped,
        }
    }
}
