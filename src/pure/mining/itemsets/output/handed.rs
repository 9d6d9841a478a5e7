//! Itemsets that are spelled out and handed on or kept.

use super::super::settings::{ItemsetSettings, MiningError, Outcome};
use super::receiver::{Itemset, Lengths, Output};
use super::tally::Tally;
use std::ops::ControlFlow;
use std::sync::Mutex;

/// Sets as they were found, one after the other in flat arrays.
#[derive(Debug, Default)]
pub(in super::super) struct Flat {
    items: Vec<u32>,
    ends: Vec<usize>,
    supports: Vec<u32>,
}

impl Flat {
    /// `prefix` with every subset of `free`, in the order of the subsets' numbers.
    fn add(&mut self, lengths: Lengths, prefix: &[u32], free: &[u32], support: u32) {
        each_subset(lengths, prefix, free, &mut |prefix, more| {
            self.items.extend_from_slice(prefix);
            self.items.extend_from_slice(more);
            self.ends.push(self.items.len());
            self.supports.push(support);
        });
    }

    fn iter(&self) -> impl Iterator<Item = (&[u32], u32)> {
        (0..self.ends.len()).map(|at| {
            let start = if at == 0 { 0 } else { self.ends[at - 1] };
            (&self.items[start..self.ends[at]], self.supports[at])
        })
    }

    fn bytes(&self) -> usize {
        self.items.len() * 4 + self.ends.len() * 12
    }
}

/// Calls `each` with `prefix` and every subset of `free` for which the length fits, the empty set left out.
///
/// Subsets come depth first, so any number of free items needs no more memory than one set.
pub(in super::super) fn each_subset(
    lengths: Lengths,
    prefix: &[u32],
    free: &[u32],
    each: &mut dyn FnMut(&[u32], &[u32]),
) {
    each_subset_or_none(lengths, prefix, free, &mut |prefix, more| {
        if !prefix.is_empty() || !more.is_empty() {
            each(prefix, more);
        }
    });
}

/// As [`each_subset`], the empty set included.
pub(in super::super) fn each_subset_or_none(
    lengths: Lengths,
    prefix: &[u32],
    free: &[u32],
    each: &mut dyn FnMut(&[u32], &[u32]),
) {
    fn descend(
        lengths: Lengths,
        prefix: &[u32],
        free: &[u32],
        chosen: &mut Vec<u32>,
        each: &mut dyn FnMut(&[u32], &[u32]),
    ) {
        let length = prefix.len() + chosen.len();
        if lengths.holds(length) {
            each(prefix, chosen);
        }
        if length >= lengths.max {
            return;
        }
        for (at, &item) in free.iter().enumerate() {
            chosen.push(item);
            descend(lengths, prefix, &free[at + 1..], chosen, each);
            chosen.pop();
        }
    }
    descend(lengths, prefix, free, &mut Vec::with_capacity(free.len()), each);
}

/// Hands every set on, in the order of the search.
pub(in super::super) struct Handed<R> {
    lengths: Lengths,
    taken: Mutex<(R, Tally)>,
}

/// Who gets the sets that are handed on.
pub(in super::super) trait Receive: Send {
    fn receive(&mut self, items: &[u32], support: u32) -> ControlFlow<()>;

    /// Bytes that everything received so far keeps in memory.
    fn kept_bytes(&self) -> usize {
        0
    }
}

impl<R: Receive> Handed<R> {
    pub(in super::super) fn new(settings: &ItemsetSettings, receiver: R) -> Self {
        Self { lengths: Lengths::of(settings), taken: Mutex::new((receiver, Tally::default())) }
    }

    pub(in super::super) fn into_receiver(self) -> R {
        self.taken.into_inner().expect(UNBROKEN).0
    }
}

impl<R: Receive> Output for Handed<R> {
    type Part = Flat;

    fn part(&self) -> Flat {
        Flat::default()
    }

    fn node(&self, part: &mut Flat, prefix: &[u32], free: &[u32], support: u32) {
        part.add(self.lengths, prefix, free, support);
    }

    fn sets(&self, part: &Flat) -> u64 {
        part.ends.len() as u64
    }

    fn bytes(&self, part: &Flat) -> usize {
        part.bytes()
    }

    fn take(&self, part: Flat, most: u64) -> Result<ControlFlow<()>, MiningError> {
        let mut taken = self.taken.lock().expect(UNBROKEN);
        for (at, (items, support)) in part.iter().enumerate() {
            if at as u64 >= most {
                return Ok(ControlFlow::Break(()));
            }
            taken.1.at(items.len(), 1);
            if taken.0.receive(items, support).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn report(&self, outcome: &mut Outcome) {
        self.taken.lock().expect(UNBROKEN).1.report(outcome);
    }

    fn kept_bytes(&self) -> usize {
        self.taken.lock().expect(UNBROKEN).0.kept_bytes()
    }
}

/// Keeps all sets.
#[derive(Default)]
pub(in super::super) struct Kept {
    pub sets: Vec<Itemset>,
    cells: usize,
}

impl Receive for Kept {
    fn receive(&mut self, items: &[u32], support: u32) -> ControlFlow<()> {
        let mut items = items.to_vec();
        items.sort_unstable();
        self.cells += items.len();
        self.sets.push(Itemset { items, support });
        ControlFlow::Continue(())
    }

    fn kept_bytes(&self) -> usize {
        self.sets.len() * (std::mem::size_of::<Itemset>() + 16) + self.cells * 4
    }
}

const UNBROKEN: &str = "no thread panics while it takes a part";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms_count_what_is_spelled_out() {
        for (min, max) in [(1, 99), (2, 4), (3, 3)] {
            let lengths = Lengths { min, max };
            for prefix in [&[][..], &[9], &[9, 8]] {
                let mut flat = Flat::default();
                flat.add(lengths, prefix, &[1, 2, 3, 4], 5);
                let mut tally = Tally::default();
                tally.add(lengths, prefix.len(), 4, 1);
                assert_eq!(tally.sets, flat.ends.len() as u64, "{min} {max} {prefix:?}");
            }
        }
        let mut tally = Tally::default();
        tally.add(Lengths { min: 1, max: 99 }, 0, 64, 1);
        assert_eq!(tally.sets, u64::MAX);
    }
}
