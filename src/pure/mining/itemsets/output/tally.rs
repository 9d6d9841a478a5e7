//! Itemsets that are counted and not spelled out.

use super::super::settings::{ItemsetSettings, MiningError, Outcome};
use super::receiver::{Cube, Lengths, Output};
use std::ops::ControlFlow;
use std::sync::Mutex;

/// How many sets of each length, by closed forms.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Tally {
    /// Index 0 is length 0, which stays 0.
    per_length: Vec<u64>,
    pub sets: u64,
}

impl Tally {
    pub(super) fn at(&mut self, length: usize, more: u64) {
        if length >= self.per_length.len() {
            self.per_length.resize(length + 1, 0);
        }
        self.per_length[length] = self.per_length[length].saturating_add(more);
        self.sets = self.sets.saturating_add(more);
    }

    /// `times` sets of `length` items, each with every subset of `free` further items.
    pub(in super::super) fn add(&mut self, lengths: Lengths, length: usize, free: usize, times: u64) {
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
    pub(in super::super) fn add_cube(&mut self, lengths: Lengths, length: usize, free: usize, cube: &Cube<'_>) {
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

    pub(in super::super) fn merge(&mut self, other: &Self) {
        for (length, &more) in other.per_length.iter().enumerate() {
            if more > 0 {
                self.at(length, more);
            }
        }
    }

    pub(in super::super) fn report(&self, outcome: &mut Outcome) {
        outcome.itemsets = self.sets;
        outcome.per_length = self.per_length.iter().skip(1).copied().collect();
    }
}

/// Counts only.
pub(in super::super) struct Count {
    lengths: Lengths,
    tally: Mutex<Tally>,
}

impl Count {
    pub(in super::super) fn new(settings: &ItemsetSettings) -> Self {
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

const UNBROKEN: &str = "no thread panics while it takes a part";
