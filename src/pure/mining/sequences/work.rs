//! Many workers, one canonical order of results.
//!
//! A task is a node of the search tree. A worker that finds a heavy node near the root hands its children back as tasks
//! of their own, so that no worker idles beside one large subtree. Workers always take the first open task in canonical
//! order, and results leave in that order: a result waits only for tasks before it, so little is ever held back, and
//! the receiver sees the same patterns in the same order at any number of threads.

use super::pattern::{Pattern, PatternList};
use crate::mining::Run;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

/// Place of a task in canonical order: child numbers from the root down, counted from 1, padded with 0.
pub(super) type Place = [u32; DEPTH];

/// Tasks are split at most to this depth.
const DEPTH: usize = 4;

/// Patterns of a running task are handed over in portions of about so many bytes.
const PORTION: u64 = 256 << 10;

/// Results waiting for earlier tasks may take so many bytes; then only the earliest tasks go on.
const WAITING: u64 = 64 << 20;

/// Where results go, in canonical order; `false` stops the run.
pub(super) type Receiver<'a> = dyn FnMut(Pattern<'_>) -> bool + Send + 'a;

/// The results of one task on their way to the receiver.
pub(super) struct Output<'a, 'b, T> {
    desk: &'a Desk<'b, T>,
    place: Place,
    patterns: PatternList,
}

impl<T> Output<'_, '_, T> {
    /// Reports a pattern.
    pub fn push(&mut self, tokens: &[u32], support: u64) {
        self.patterns.push(Pattern::new(tokens, support));
        if self.patterns.len().is_multiple_of(1024) && self.patterns.bytes() > PORTION {
            self.desk.hand_over(self.place, &mut self.patterns);
        }
    }

    /// Whether the run has been stopped, so that work should end early.
    pub fn stopped(&self) -> bool {
        self.desk.stopped.load(Ordering::Relaxed)
    }
}

/// A task with the share of the whole run it is expected to take.
pub(super) struct Task<T> {
    pub node: T,
    pub share: f64,
}

struct Desk<'b, T> {
    state: Mutex<State<'b, T>>,
    changed: Condvar,
    stopped: AtomicBool,
}

struct State<'b, T> {
    open: BTreeMap<Place, Task<T>>,
    running: BTreeSet<Place>,
    waiting: BTreeMap<Place, PatternList>,
    waiting_bytes: u64,
    finished: f64,
    receive: &'b mut Receiver<'b>,
    run: Run<'b>,
}

/// Carries out `roots` and all tasks they give back, on `run.threads` threads.
///
/// `work` gets a worker's scratch (made by `scratch`), the node, its depth and its output, and returns the children that
/// became tasks, in canonical order after everything the node itself reported. Returns whether everything was done.
pub(super) fn carry_out<T: Send, S>(
    roots: Vec<Task<T>>,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, T, bool, &mut Output<'_, '_, T>) -> Vec<(T, f64)> + Sync,
    receive: &mut Receiver<'_>,
    run: &Run<'_>,
) -> bool {
    let open = roots
        .into_iter()
        .enumerate()
        .map(|(at, task)| {
            let mut place = [0; DEPTH];
            place[0] = at as u32 + 1;
            (place, task)
        })
        .collect();
    let mut receive = |pattern: Pattern<'_>| receive(pattern);
    let desk = Desk {
        state: Mutex::new(State {
            open,
            running: BTreeSet::new(),
            waiting: BTreeMap::new(),
            waiting_bytes: 0,
            finished: 0.0,
            receive: &mut receive,
            run: *run,
        }),
        changed: Condvar::new(),
        stopped: AtomicBool::new(false),
    };
    let serve = || {
        let mut own = scratch();
        while let Some((place, task)) = desk.take() {
            let depth = place.iter().take_while(|&&number| number != 0).count();
            let mut output = Output { desk: &desk, place, patterns: PatternList::new() };
            let children = work(&mut own, task.node, depth < DEPTH, &mut output);
            let patterns = output.patterns;
            desk.finish(place, depth, task.share, patterns, children);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..run.threads {
            scope.spawn(serve);
        }
        serve();
    });
    !desk.stopped.load(Ordering::Relaxed)
}

impl<'b, T> Desk<'b, T> {
    fn lock(&self) -> MutexGuard<'_, State<'b, T>> {
        self.state.lock().expect("a worker that panics ends the whole run")
    }

    /// The first open task; waits while there may be more; `None` when all is done or stopped.
    fn take(&self) -> Option<(Place, Task<T>)> {
        let mut state = self.lock();
        loop {
            if self.stopped.load(Ordering::Relaxed) || (state.open.is_empty() && state.running.is_empty()) {
                return None;
            }
            let roomy = state.waiting_bytes < WAITING || state.running.is_empty();
            if roomy && let Some((place, task)) = state.open.pop_first() {
                state.running.insert(place);
                return Some((place, task));
            }
            state = self.changed.wait(state).expect("a worker that panics ends the whole run");
        }
    }

    fn finish(&self, place: Place, depth: usize, share: f64, patterns: PatternList, children: Vec<(T, f64)>) {
        let mut state = self.lock();
        state.running.remove(&place);
        state.hold(place, patterns);
        let total: f64 = children.iter().map(|(_, size)| size).sum();
        if children.is_empty() {
            state.finished += share;
        }
        for (number, (node, size)) in children.into_iter().enumerate() {
            let mut child = place;
            child[depth] = number as u32 + 1;
            let part = if total > 0.0 { share * size / total } else { 0.0 };
            state.open.insert(child, Task { node, share: part });
        }
        self.deliver(&mut state);
        (state.run.progress)(state.finished.min(1.0));
        if (state.run.stop)() {
            self.stopped.store(true, Ordering::Relaxed);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// A portion of a running task's results: delivered now if nothing before it is unfinished, else kept.
    fn hand_over(&self, place: Place, patterns: &mut PatternList) {
        let mut state = self.lock();
        while state.running.first() != Some(&place)
            && state.waiting_bytes + patterns.bytes() > WAITING
            && !self.stopped.load(Ordering::Relaxed)
        {
            state = self.changed.wait(state).expect("a worker that panics ends the whole run");
        }
        if (state.run.stop)() {
            self.stopped.store(true, Ordering::Relaxed);
        }
        let first = state.running.first() == Some(&place) && state.open.keys().next().is_none_or(|open| *open > place);
        if first {
            self.deliver(&mut state);
            self.pass(&mut state, patterns);
            patterns.clear();
        }
    }

    /// Delivers everything that no unfinished task precedes.
    fn deliver(&self, state: &mut State<'_, T>) {
        let next_open = state.open.keys().next().copied();
        let next_running = state.running.first().copied();
        let bound = next_open.into_iter().chain(next_running).min();
        while let Some(entry) = state.waiting.first_entry() {
            if bound.is_some_and(|bound| *entry.key() >= bound) {
                break;
            }
            let patterns = entry.remove();
            state.waiting_bytes -= patterns.bytes();
            self.pass(state, &patterns);
        }
    }

    fn pass(&self, state: &mut State<'_, T>, patterns: &PatternList) {
        for pattern in patterns.iter() {
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            if !(state.receive)(pattern) {
                self.stopped.store(true, Ordering::Relaxed);
                self.changed.notify_all();
            }
        }
    }
}

impl<T> State<'_, T> {
    fn hold(&mut self, place: Place, patterns: PatternList) {
        if !patterns.is_empty() {
            self.waiting_bytes += patterns.bytes();
            self.waiting.insert(place, patterns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mining::sequences::pattern::NEW_ELEMENT;

    /// A complete tree of three levels with five children each, every node reporting itself.
    fn walk(threads: usize, stop_after: usize) -> (Vec<Vec<u32>>, bool) {
        let mut seen = Vec::new();
        let done = {
            carry_out(
                (0..5).map(|digit| Task { node: vec![digit], share: 0.2 }).collect(),
                || (),
                |(), node: Vec<u32>, split, output| {
                    let tokens: Vec<u32> = node.iter().map(|&digit| digit | NEW_ELEMENT).collect();
                    output.push(&tokens, 1);
                    let deeper = split && node.len() < 3;
                    (0..if deeper { 5 } else { 0 }).map(|digit| ([&node[..], &[digit]].concat(), 1.0)).collect()
                },
                &mut |pattern| {
                    seen.push(pattern.steps().map(|(_, digit)| digit).collect());
                    seen.len() < stop_after
                },
                &Run::threads(threads),
            )
        };
        (seen, done)
    }

    #[test]
    fn order_is_canonical_at_any_number_of_threads() {
        let (one, done) = walk(1, usize::MAX);
        assert_eq!((one.len(), done), (5 + 25 + 125, true));
        assert!(one.is_sorted());
        for threads in [2, 3, 8] {
            assert_eq!(walk(threads, usize::MAX).0, one);
        }
    }

    #[test]
    fn stops_where_the_receiver_says() {
        let (all, _) = walk(1, usize::MAX);
        for threads in [1, 4] {
            let (some, done) = walk(threads, 17);
            assert_eq!((&some[..], done), (&all[..17], false));
        }
    }
}
