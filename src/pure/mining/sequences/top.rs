//! The most frequent patterns seen so far, and the support that later ones must reach.

use super::pattern::{Pattern, PatternList};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Keeps the `count` best patterns by support, ties by canonical order.
pub(super) struct Top {
    count: usize,
    floor: u64,
    /// The best supports; the least on top.
    best: BinaryHeap<Reverse<u64>>,
    /// Every pattern that may be among the best, and some that no longer are.
    kept: PatternList,
}

impl Top {
    pub fn new(count: usize, floor: u64) -> Self {
        Top { count, floor, best: BinaryHeap::new(), kept: PatternList::new() }
    }

    /// Takes a pattern into account.
    pub fn offer(&mut self, pattern: Pattern<'_>) {
        if pattern.support < self.threshold() {
            return;
        }
        self.best.push(Reverse(pattern.support));
        if self.best.len() > self.count {
            self.best.pop();
        }
        self.kept.push(pattern);
        if self.kept.len() > 4 * self.count + 1024 {
            self.kept = self.chosen();
        }
    }

    /// The least support that still matters: of the last of the best, once there are enough of them.
    pub fn threshold(&self) -> u64 {
        match self.best.peek() {
            Some(&Reverse(least)) if self.best.len() >= self.count => least.max(self.floor),
            _ => self.floor,
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        self.kept.bytes()
    }

    /// The best patterns, most frequent first, ties in canonical order.
    pub fn into_list(self) -> PatternList {
        self.chosen()
    }

    fn chosen(&self) -> PatternList {
        let mut order: Vec<usize> = (0..self.kept.len()).collect();
        order.sort_unstable_by(|&a, &b| {
            let (a, b) = (self.kept.get(a), self.kept.get(b));
            b.support.cmp(&a.support).then_with(|| a.tokens().cmp(b.tokens()))
        });
        let mut chosen = PatternList::new();
        for &at in order.iter().take(self.count) {
            chosen.push(self.kept.get(at));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mining::sequences::pattern::NEW_ELEMENT;

    #[test]
    fn keeps_the_best_whatever_the_order() {
        let pattern = |item: u32| [NEW_ELEMENT | item];
        let best = |order: &[u32]| {
            let mut top = Top::new(3, 1);
            for &item in order {
                top.offer(Pattern::new(&pattern(item), u64::from(item % 5)));
            }
            top.into_list()
        };
        let list = best(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let supports: Vec<u64> = list.iter().map(|pattern| pattern.support).collect();
        assert_eq!(supports, [4, 4, 3]);
        assert_eq!(best(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]), list);
    }
}
