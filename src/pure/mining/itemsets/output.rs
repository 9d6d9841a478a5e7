//! Where the itemsets go: counted, collected, handed on or written as lines.
//!
//! The search hands its findings over in pieces ([`Output::Part`]), each filled by one thread; pieces are taken in the
//! order of the search. What a piece receives is compact: a set with items that may each be added without changing the
//! support, or a cube of subsets of a few items, so that an output which need not spell the sets out can use closed forms.

mod text;

pub(super) use text::Text;
pub(crate) use text::json_string;
pub use text::{Style, StyleRow, Unclear, styles};

use super::cube::Cells;
use super::settings::{ItemsetSettings, MiningError, Outcome};
use std::ops::ControlFlow;
use std::sync::Mutex;

/// An itemset with the weight of the baskets that hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Itemset {
    /// Item numbers, ascending.
    pub items: Vec<u32>,
    /// Weight of the baskets that hold all of them.
    pub support: u32,
}

/// All subsets of a few items that extend a set, with their supports; bit `b` of a subset's number stands for `items[b]`.
pub(super) struct Cube<'a> {
    /// At most 14 items.
    pub items: &'a [u32],
    /// One support for each subset.
    pub cells: &'a Cells,
    /// One bit for each subset: whether it is to be reported.
    pub chosen: &'a [u64],
    /// How many words of 64 subsets come before those of `chosen`.
    pub first: usize,
}

impl Cube<'_> {
    /// The words of `chosen` that are not empty, with the number of each among all words of the cube.
    pub(super) fn words(&self) -> impl Iterator<Item = (usize, u64)> {
        self.chosen.iter().enumerate().filter(|(_, word)| **word != 0).map(|(at, &word)| (self.first + at, word))
    }
}

/// A receiver of itemsets.
pub(super) trait Output: Sync {
    /// What one thread fills.
    type Part: Send;

    /// An empty piece.
    fn part(&self) -> Self::Part;

    /// Takes out what a piece has found, to be handed over; its working room stays for what comes next.
    fn split(&self, part: &mut Self::Part) -> Self::Part {
        std::mem::replace(part, self.part())
    }

    /// `prefix` together with each subset of `free`; all have the same support. The empty set is never reported.
    fn node(&self, part: &mut Self::Part, prefix: &[u32], free: &[u32], support: u32);

    /// `prefix` together with each subset of `free` and each chosen subset of the cube.
    fn cube(&self, part: &mut Self::Part, prefix: &[u32], free: &[u32], cube: &Cube<'_>) {
        let mut set = prefix.to_vec();
        for (at, mut word) in cube.words() {
            while word != 0 {
                let subset = at * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                set.truncate(prefix.len());
                set.extend((0..cube.items.len()).rev().filter(|b| subset >> b & 1 == 1).map(|b| cube.items[b]));
                self.node(part, &set, free, cube.cells.get(subset));
            }
        }
    }

    /// Whether each set takes work and room of its own, so that many at once must be handed over bit by bit.
    fn spells(&self) -> bool {
        true
    }

    /// How many sets a piece holds.
    fn sets(&self, part: &Self::Part) -> u64;

    /// How many bytes a piece takes.
    fn bytes(&self, part: &Self::Part) -> usize;

    /// Takes the first `most` sets of the next piece in order.
    fn take(&self, part: Self::Part, most: u64) -> Result<ControlFlow<()>, MiningError>;

    /// Adds what was taken to the outcome.
    fn report(&self, outcome: &mut Outcome);

    /// Bytes that everything taken so far keeps in memory.
    fn kept_bytes(&self) -> usize {
        0
    }
}

/// Which lengths are reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths {
    pub min: usize,
    pub max: usize,
}

impl Lengths {
    pub(super) fn of(settings: &ItemsetSettings) -> Self {
        Self { min: settings.min_length, max: settings.longest() }
    }

    pub(super) fn holds(self, length: usize) -> bool {
        self.min <= length && length <= self.max
    }
}

/// How many sets of each length, by closed forms.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Index 0 is length 0, which stays 0.
    per_length: Vec<u64>,
    pub sets: u64,
}

impl Tally {
    fn at(&mut self, length: usize, more: u64) {
        if length >= self.per_length.len() {
            self.per_length.resize(length + 1, 0);
        }
        self.per_length[length] = self.per_length[length].saturating_add(more);
        self.sets = self.sets.saturating_add(more);
    }

    /// `times` sets of `length` items, each with every subset of `free` further items.
    pub(super) fn add(&mut self, lengths: Lengths, length: usize, free: usize, times: u64) {
        let mut choose = times;
        for more in 0..=free {
            if length + more > lengths.max {
                break;
            }
            if lengths.holds(length + more) {
                self.at(length + more, choose);
            }
            // C(n, k+1) = C(n, k) (n-k) / (k+1), in 128 bits to stay exact; beyond 2^64 the count saturates.
            let next = u128::from(choose) * (free - more) as u128 / (more as u128 + 1);
            choose = u64::try_from(next).unwrap_or(u64::MAX);
        }
    }

    /// Sets of `length` items, each with every chosen subset of the cube and every subset of `free` further items.
    pub(super) fn add_cube(&mut self, lengths: Lengths, length: usize, free: usize, cube: &Cube<'_>) {
        let mut sizes = [0u64; 17];
        if cube.items.len() < 6 {
            let mut word = cube.chosen[0];
            while word != 0 {
                sizes[word.trailing_zeros().count_ones() as usize] += 1;
                word &= word - 1;
            }
        } else {
            for (at, word) in cube.words() {
                let above = at.count_ones() as usize;
                for (low, class) in SIZE_CLASSES.iter().enumerate() {
                    sizes[above + low] += u64::from((word & class).count_ones());
                }
            }
        }
        for (size, &times) in sizes.iter().enumerate() {
            if times > 0 {
                self.add(lengths, length + size, free, times);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (length, &more) in other.per_length.iter().enumerate() {
            if more > 0 {
                self.at(length, more);
            }
        }
    }

    pub(super) fn report(&self, outcome: &mut Outcome) {
        outcome.itemsets = self.sets;
        outcome.per_length = self.per_length.iter().skip(1).copied().collect();
    }
}

/// Counts only.
pub(super) struct Count {
    lengths: Lengths,
    tally: Mutex<Tally>,
}

impl Count {
    pub(super) fn new(settings: &ItemsetSettings) -> Self {
        Self { lengths: Lengths::of(settings), tally: Mutex::default() }
    }
}

impl Output for Count {
    type Part = Tally;

    fn part(&self) -> Tally {
        Tally::default()
    }

    fn node(&self, part: &mut Tally, prefix: &[u32], free: &[u32], _support: u32) {
        part.add(self.lengths, prefix.len(), free.len(), 1);
    }

    fn cube(&self, part: &mut Tally, prefix: &[u32], free: &[u32], cube: &Cube<'_>) {
        part.add_cube(self.lengths, prefix.len(), free.len(), cube);
    }

    fn spells(&self) -> bool {
        false
    }

    fn sets(&self, part: &Tally) -> u64 {
        part.sets
    }

    fn bytes(&self, part: &Tally) -> usize {
        part.per_length.len() * 8
    }

    fn take(&self, part: Tally, most: u64) -> Result<ControlFlow<()>, MiningError> {
        let mut tally = self.tally.lock().expect(UNBROKEN);
        if part.sets > most {
            // Counted, not spelled out: which lengths the first `most` have is unknown, so the rest is left out by length.
            let mut left = most;
            for (length, &sets) in part.per_length.iter().enumerate() {
                let taken = sets.min(left);
                tally.at(length, taken);
                left -= taken;
            }
            return Ok(ControlFlow::Break(()));
        }
        tally.merge(&part);
        Ok(ControlFlow::Continue(()))
    }

    fn report(&self, outcome: &mut Outcome) {
        self.tally.lock().expect(UNBROKEN).report(outcome);
    }
}

/// Bit `s` of class `c` is set when the number `s` (0 to 63) has `c` ones.
const SIZE_CLASSES: [u64; 7] = {
    let mut classes = [0u64; 7];
    let mut s = 0u32;
    while s < 64 {
        classes[s.count_ones() as usize] |= 1 << s;
        s += 1;
    }
    classes
};

/// Sets as they were found, one after the other in flat arrays.
#[derive(Debug, Default)]
pub(super) struct Flat {
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
pub(super) fn each_subset(lengths: Lengths, prefix: &[u32], free: &[u32], each: &mut dyn FnMut(&[u32], &[u32])) {
    each_subset_or_none(lengths, prefix, free, &mut |prefix, more| {
        if !prefix.is_empty() || !more.is_empty() {
            each(prefix, more);
        }
    });
}

/// As [`each_subset`], the empty set included.
pub(super) fn each_subset_or_none(
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
pub(super) struct Handed<R> {
    lengths: Lengths,
    taken: Mutex<(R, Tally)>,
}

/// Who gets the sets that are handed on.
pub(super) trait Receive: Send {
    fn receive(&mut self, items: &[u32], support: u32) -> ControlFlow<()>;

    /// Bytes that everything received so far keeps in memory.
    fn kept_bytes(&self) -> usize {
        0
    }
}

impl<R: Receive> Handed<R> {
    pub(super) fn new(settings: &ItemsetSettings, receiver: R) -> Self {
        Self { lengths: Lengths::of(settings), taken: Mutex::new((receiver, Tally::default())) }
    }

    pub(super) fn into_receiver(self) -> R {
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
pub(super) struct Kept {
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

impl Receive for &mut (dyn FnMut(&[u32], u32) -> ControlFlow<()> + Send) {
    fn receive(&mut self, items: &[u32], support: u32) -> ControlFlow<()> {
        self(items, support)
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
