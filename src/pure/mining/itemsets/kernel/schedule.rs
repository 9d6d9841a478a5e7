//! Who searches what next, and whose findings are handed over next.
//!
//! The search is cut into units, each with a key: its path in the tree of units. Handing over in the order of the keys makes
//! the output the same for any number of threads. Threads take the lowest key first, so little has to wait; what
//! waits is bounded, and only a unit behind others is ever held up.

use super::super::output::Output;
use super::super::settings::{Limits, MiningError, Run, StopReason};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

/// A unit's path in the tree of units.
pub(super) type Key = Vec<u32>;

/// Bytes that may wait for units before them.
const WAITING: usize = 1 << 21;

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
    running: BTreeMap<Key, f64>,
    done: BTreeMap<Key, Vec<P>>,
    waiting: usize,
    draining: bool,
    progress: f64,
    left: u64,
    reason: Option<StopReason>,
    error: Option<MiningError>,
}

impl<'a, U, O: Output> Schedule<'a, U, O> {
    pub(super) fn new(output: &'a O, limits: Limits, run: &'a Run<'a>, first: U) -> Self {
        let state = State {
            queued: BTreeMap::from([(Key::new(), (first, 1.0))]),
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
            let first = state.queued.first_key_value().map(|(key, _)| key);
            let behind = first.is_some_and(|key| state.running.first_key_value().is_some_and(|(other, _)| other < key));
            if first.is_some() && !(behind && state.waiting > WAITING) {
                let (key, (unit, share)) = state.queued.pop_first().expect("there is a first one");
                state.running.insert(key.clone(), share);
                return Some((key, unit));
            }
            if first.is_none() && state.running.is_empty() {
                return None;
            }
            state = self.changed.wait(state).expect("no thread panics while it holds the schedule");
        }
    }

    /// Hands over what a running unit has found so far; waits while too much waits already.
    pub(super) fn flush(&self, key: &Key, part: O::Part) {
        let mut state = self.lock();
        self.put(&mut state, key, part);
        state = self.drain(state);
        while !self.stopped()
            && state.waiting > WAITING
            && state.running.first_key_value().is_some_and(|(first, _)| first < key)
            && state.queued.first_key_value().is_none_or(|(first, _)| key < first)
        {
            state = self.changed.wait(state).expect("no thread panics while it holds the schedule");
        }
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
            if before(state.queued.keys().next()) || before(state.running.keys().next()) {
                break;
            }
            let parts = state.done.remove(&key).expect("the key is there");
            state.draining = true;
            for part in parts {
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
                    Ok(_) if asked => self.stop(&mut state, StopReason::Asked),
                    Ok(_) => {}
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
