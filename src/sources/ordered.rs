//! Work done by several threads whose results come back in the order in which the work was given out.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Mutex};

/// Takes pieces of work from `produce` until it gives none, does them on `threads` threads, and hands the results to `consume` in
/// the order of production. At most `threads + 2` pieces are under way at a time. The first error in that order ends it.
pub(crate) fn ordered<W: Send, R: Send, E: Send>(
    threads: usize,
    mut produce: impl FnMut() -> Result<Option<W>, E> + Send,
    work: impl Fn(W) -> Result<R, E> + Sync,
    mut consume: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    if threads < 2 {
        while let Some(piece) = produce()? {
            consume(work(piece)?)?;
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let (give_token, take_token) = channel();
        for _ in 0..threads + 2 {
            give_token.send(()).expect("the receiver is alive");
        }
        let (give_work, take_work) = sync_channel::<(usize, W)>(threads);
        let (give_result, take_result) = channel::<(usize, std::thread::Result<Result<R, E>>)>();
        let failed = give_result.clone();
        scope.spawn(move || {
            for number in 0.. {
                if take_token.recv().is_err() {
                    return;
                }
                let sent = match produce() {
                    Ok(Some(piece)) => give_work.send((number, piece)).is_ok(),
                    Ok(None) => false,
                    Err(error) => {
                        let _nobody_listens = failed.send((number, Ok(Err(error))));
                        false
                    }
                };
                if !sent {
                    return;
                }
            }
        });
        // The receiver goes when the last worker goes, which tells the producer to stop.
        let take_work = Arc::new(Mutex::new(take_work));
        let work = &work;
        for _ in 0..threads {
            let (give_result, take_work) = (give_result.clone(), take_work.clone());
            scope.spawn(move || {
                loop {
                    let piece = take_work.lock().expect("no thread panics while it holds the lock").recv();
                    let Ok((number, piece)) = piece else { return };
                    let result = catch_unwind(AssertUnwindSafe(|| work(piece)));
                    if give_result.send((number, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(take_work);
        drop(give_result);
        let mut early = BTreeMap::new();
        let mut next = 0;
        while let Ok((number, result)) = take_result.recv() {
            early.insert(number, result.unwrap_or_else(|panic| resume_unwind(panic)));
            while let Some(result) = early.remove(&next) {
                next += 1;
                consume(result?)?;
                let _producer_is_done = give_token.send(());
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize, fail_at: Option<u64>) -> (Vec<u64>, Result<(), u64>) {
        let mut given = 0;
        let mut seen = Vec::new();
        let produce = || {
            given += 1;
            Ok((given <= 100).then_some(given))
        };
        let work = |number: u64| {
            std::thread::sleep(std::time::Duration::from_micros(number * 37 % 91));
            if Some(number) == fail_at { Err(number) } else { Ok(number * number) }
        };
        let outcome = ordered(threads, produce, work, |square| {
            seen.push(square);
            Ok(())
        });
        (seen, outcome)
    }

    #[test]
    fn order_is_that_of_production() {
        let expected: Vec<u64> = (1..=100).map(|number| number * number).collect();
        for threads in [1, 2, 5] {
            assert_eq!(squares(threads, None), (expected.clone(), Ok(())));
            assert_eq!(squares(threads, Some(40)), (expected[..39].to_vec(), Err(40)));
        }
    }

    #[test]
    fn an_error_of_the_producer_comes_after_what_it_gave() {
        let mut given = 0;
        let mut seen = 0;
        let produce = || {
            given += 1;
            if given < 10 { Ok(Some(given)) } else { Err("gone") }
        };
        let outcome = ordered(3, produce, Ok, |_| {
            seen += 1;
            Ok(())
        });
        assert_eq!((seen, outcome), (9, Err("gone")));
    }
}
