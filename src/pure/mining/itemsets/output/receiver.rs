//! Who receives itemsets, and the compact forms in which they come.

use super::super::cube::Cells;
use super::super::settings::{ItemsetSettings, MiningError, Outcome};
use std::ops::ControlFlow;

/// An itemset with the weight of the baskets that hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Itemset {
    /// Item numbers, ascending.
    pub items: Vec<u32>,
    /// Weight of the baskets that hold all of them.
    pub support: u32,
}

/// All subsets of a few items that extend a set, with their supports; bit `b` of a subset's number stands for `items[b]`.
pub(in super::super) struct Cube<'a> {
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
    pub(in super::super) fn words(&self) -> impl Iterator<Item = (usize, u64)> {
        self.chosen.iter().enumerate().filter(|(_, word)| **word != 0).map(|(at, &word)| (self.first + at, word))
    }
}

/// A receiver of itemsets.
pub(in super::super) trait Output: Sync {
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
pub(in super::super) struct Lengths {
    pub min: usize,
    pub max: usize,
}

impl Lengths {
    pub(in super::super) fn of(settings: &ItemsetSettings) -> Self {
        Self { min: settings.min_length, max: settings.longest() }
    }

    pub(in super::super) fn holds(self, length: usize) -> bool {
        self.min <= length && length <= self.max
    }
}
