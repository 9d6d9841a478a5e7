//! Who searches what next, and whose findings are handed over next.
//!
//! The search is cut into units, each with a key: its path in the tree of units. Handing over in the order of the keys makes
//! the output the same for any number of threads. Threads take the lowest key first, so little has to wait; what
//! waits is bounded, and only a unit behind others is ever held up.
//!
//! Findings that take long to spell out are offered: they become small units of their own, which any thread may carry out at
//! any time, in the midst of a unit too.

use super::super::output::Output;
use super::super::settings::{Limits, MiningError, Run, StopReason};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

/// A unit's path in the tree of units.
pub(super) type Key = Vec<u32>;

/// Bytes that may wait for units before them.
const WAITING: usize = 1 << 18;

/// Offers that may wait to be taken up.
const OFFERS: usize = 4;

pub(super) struct Schedule<'a, U, O: Output> {
    output: &'a O,
    limits: Limits,
    run: &'a Run<'a>,
    state: Mutex<State<U, O::Part>>,
    changed: Condvar,
    stopped: AtomicBool,
}

struct State<U, P> {
    queued: BTreeMap<Key, (U, f64)>,
    offers: BTreeMap<Key, U>,
    running: BTreeMap<Key, f64>,
    done: BTreeMap<Key, Vec<P>>,
    waiting: usize,
    draining: bool,
    progress: f64,
    left: u64,
    reason: Option<StopReason>,
    error: Option<MiningError>,
}

impl<U, P> State<U, P> {
    /// The lowest key that no thread has taken up.
    fn first_waiting(&self) -> Option<&Key> {
        match (self.queued.keys().next(), self.offers.keys().next()) {
            (Some(unit), Some(offer)) => Some(unit.min(offer)),
            (unit, offer) => unit.or(offer),
        }
    }

    /// Whether the search is done but for what is being handed over.
    fn nothing_left(&self) -> bool {
        self.first_waiting().is_none() && self.running.is_empty() && self.done.is_empty()
    }

    /// Whether too much waits for units before `key`, or for the thread that hands over.
    fn held_up(&self, key: &Key) -> bool {
        let behind = || self.running.keys().next().is_some_and(|first| first < key);
        self.waiting > WAITING && (self.draining || behind())
    }

    fn take_first(&mut self) -> Option<(Key, U)> {
        let offered = self.first_waiting() == self.offers.keys().next();
        let (key, (unit, share)) = if offered {
            self.offers.pop_first().map(|(key, unit)| (key, (unit, 0.0)))?
        } else {
            self.queued.pop_first()?
        };
        self.running.insert(key.clone(), share);
        Some((key, unit))
    }
}

impl<'a, U, O: Output> Schedule<'a, U, O> {
    pub(super) fn new(output: &'a O, limits: Limits, run: &'a Run<'a>, first: U) -> Self {
        let state = State {
            queued: BTreeMap::from([(Key::new(), (first, 1.0))]),
            offers: BTreeMap::new(),
            running: BTreeMap::new(),
            done: BTreeMap::new(),
            waiting: 0,
            draining: false,
            progress: 0.0,
            left: limits.itemsets.unwrap_or(u64::MAX),
            reason: None,
            error: None,
        };
        let stopped = AtomicBool::new(false);
        Self { output, limits, run, state: Mutex::new(state), changed: Condvar::new(), stopped }
    }

    /// Whether everybody should come to an end.
    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Asks the caller whether to go on.
    pub(super) fn ask(&self) {
        if (self.run.stop)() {
            self.stop(&mut self.lock(), StopReason::Asked);
        }
    }

    /// The next unit and its key; `None` when there will be none.
    pub(super) fn next(&self) -> Option<(Key, U)> {
        let mut state = self.lock();
        loop {
            if self.stopped() {
                return None;
            }
            let first = state.first_waiting();
            if first.is_some_and(|first| !state.held_up(first)) {
                return state.take_first();
            }
            if first.is_none() && state.running.is_empty() {
                return None;
            }
            state = self.changed.wait(state).expect("no thread panics while it holds the schedule");
        }
    }

    /// Hands over what a running unit has found so far.
    pub(super) fn flush(&self, key: &Key, part: O::Part) {
        let mut state = self.lock();
        self.put(&mut state, key, part);
        drop(self.drain(state));
    }

    /// Hands over what the running unit `key` has found so far, and offers what it finds next, to be carried out under
    /// `offered` by any thread. What comes after goes under `next`.
    pub(super) fn offer(&self, key: &Key, part: O::Part, (offered, unit): (Key, U), next: &Key) {
        let mut state = self.lock();
        self.put(&mut state, key, part);
        let share = state.running.remove(key).expect("the unit was running");
        state.running.insert(next.clone(), share);
        state.offers.insert(offered, unit);
        drop(self.drain(state));
        self.changed.notify_all();
    }

    /// An offer that the running unit `key` should carry out before it goes on: when there are many, or when too much waits
    /// for units before it. Where nothing can be done meanwhile, this waits: who
    /// comes first only for the thread that hands over.
    pub(super) fn meanwhile(&self, key: &Key) -> Option<(Key, U)> {
        let mut state = self.lock();
        while !self.stopped() {
            let held_up = state.held_up(key);
            let first = state.offers.keys().next();
            if first.is_some_and(|first| held_up && first < key || state.offers.len() > OFFERS) {
                let (key, unit) = state.offers.pop_first().expect("there is a first one");
                state.running.insert(key.clone(), 0.0);
                return Some((key, unit));
            }
            if !held_up {
                return None;
            }
            state = self.changed.wait(state).expect("no thread panics while it holds the schedule");
        }
        None
    }

    /// Ends a unit; `more` are the units that take its place after what it found, with their part of its share of the work.
    pub(super) fn complete(&self, key: &Key, part: O::Part, more: Vec<(Key, U, f64)>) {
        let mut state = self.lock();
        self.put(&mut state, key, part);
        let share = state.running.remove(key).expect("the unit was running");
        let mut rest = share;
        for (key, unit, part) in more {
            rest -= share * part;
            state.queued.insert(key, (unit, share * part));
        }
        state.progress += rest.max(0.0);
        let progress = state.progress;
        drop(self.drain(state));
        self.changed.notify_all();
        (self.run.progress)(progress.min(1.0));
    }

    /// Why the search stopped early and how far it had come.
    pub(super) fn end(self) -> Result<Option<(StopReason, f64)>, MiningError> {
        let state = self.state.into_inner().expect("no thread panics while it holds the schedule");
        match state.error {
            Some(error) => Err(error),
            None => Ok(state.reason.map(|reason| (reason, state.progress.min(1.0)))),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<U, O::Part>> {
        self.state.lock().expect("no thread panics while it holds the schedule")
    }

    fn put(&self, state: &mut State<U, O::Part>, key: &Key, part: O::Part) {
        if self.output.sets(&part) > 0 {
            state.waiting += self.output.bytes(&part);
            state.done.entry(key.clone()).or_default().push(part);
        }
    }

    /// Hands over everything that no unfinished unit comes before. One thread at a time does so, without the lock.
    fn drain<'s>(&'s self, mut state: MutexGuard<'s, State<U, O::Part>>) -> MutexGuard<'s, State<U, O::Part>> {
        while !state.draining && !self.stopped() {
            let Some(key) = state.done.first_key_value().map(|(key, _)| key.clone()) else { break };
            let before = |other: Option<&Key>| other.is_some_and(|other| *other < key);
            if before(state.first_waiting()) || before(state.running.keys().next()) {
                break;
            }
            let mut parts = state.done.remove(&key).expect("the key is there").into_iter();
            state.draining = true;
            while let Some(part) = parts.next() {
                if self.stopped() {
                    break;
                }
                let (sets, bytes, most) = (self.output.sets(&part), self.output.bytes(&part), state.left);
                drop(state);
                let taken = self.output.take(part, most);
                let asked = (self.run.stop)();
                state = self.lock();
                state.waiting -= bytes;
                state.left = state.left.saturating_sub(sets);
                match taken {
                    Err(error) => {
                        state.error = Some(error);
                        self.stop(&mut state, StopReason::Asked);
                    }
                    Ok(_) if sets > most => self.stop(&mut state, StopReason::Itemsets),
                    Ok(ControlFlow::Break(())) => self.stop(&mut state, StopReason::Asked),
                    Ok(_) if self.limits.memory.is_some_and(|most| self.output.kept_bytes() > most) => {
                        self.stop(&mut state, StopReason::Memory);
                    }
                    Ok(_) if asked && !(parts.len() == 0 && state.nothing_left()) => {
                        self.stop(&mut state, StopReason::Asked);
                    }
                    Ok(_) => {}
                }
                if state.waiting <= WAITING {
                    self.changed.notify_all();
                }
            }
            state.draining = false;
            self.changed.notify_all();
        }
        state
    }

    fn stop(&self, state: &mut State<U, O::Part>, reason: StopReason) {
        state.reason.get_or_insert(reason);
        self.stopped.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }
}
