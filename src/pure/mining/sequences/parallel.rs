//! The same work on many things at once, results in the order of the things.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `work(scratch, number)` for each number below `count`, on `threads` threads; `done` hears of each finished one.
pub(super) fn for_each_number<S, R: Send>(
    threads: usize,
    count: usize,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> R + Sync,
    done: impl Fn(usize) + Sync,
) -> Vec<R> {
    let (next, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new((0..count).map(|_| None).collect::<Vec<Option<R>>>());
    let serve = || {
        let mut own = scratch();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let result = work(&mut own, number);
            results.lock().expect("a worker that panics ends the whole run")[number] = Some(result);
            done(finished.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(count) {
            scope.spawn(serve);
        }
        serve();
    });
    let results = results.into_inner().expect("no worker panicked");
    results.into_iter().map(|result| result.expect("every number was worked on")).collect()
}
