//! Baskets as lists of item numbers, while many items matter.

use super::super::super::baskets::Baskets;

/// Marks the head of a row; the rest of the number is the row's place among the weights.
pub(super) const HEAD: u32 = 1 << 31;

/// Baskets behind a prefix, as rows of local item numbers, ascending, each after its head; one more head ends the last row.
/// The first `low` items may still extend the prefix; those above only decide whether a set is closed or maximal.
#[derive(Default)]
pub(super) struct ListNode {
    pub flat: Vec<u32>,
    /// Empty where every row weighs 1.
    weights: Vec<u32>,
    /// Where each of the lowest `low` items stands in `flat`, item by item.
    places: Vec<u32>,
    ends: Vec<u32>,
    /// Which row each of the places is in, and where rows begin. Left out at the root, where they would take as much memory
    /// as the baskets; heads are then walked to.
    rows_of: Vec<u32>,
    starts: Vec<u32>,
    /// Item numbers of the local ones.
    pub items: Vec<u32>,
    pub low: usize,
    pub support: u32,
    /// For each of the lowest `low` items the weight of the baskets that it shares with each item; empty when counting
    /// branch by branch is cheaper.
    pairs: Vec<u16>,
}

/// Most counters of pairs, 8 MiB.
const MOST_PAIRS: usize = 1 << 22;

impl ListNode {
    /// All baskets over the items that `rank` numbers; `u32::MAX` leaves an item out. Still to be indexed.
    pub(super) fn root(baskets: &Baskets, rank: &[u32], items: Vec<u32>) -> Self {
        let weights = baskets.weights().map_or_else(Vec::new, <[u32]>::to_vec);
        let low = items.len();
        let support = baskets.total_weight() as u32;
        let mut node = Self { weights, items, low, support, ..Self::default() };
        let kept = |basket: &[u32]| basket.iter().filter(|&&item| rank[item as usize] != u32::MAX).count();
        let cells: usize = baskets.iter().map(kept).filter(|&kept| kept > 0).map(|kept| kept + 1).sum();
        node.flat.reserve_exact(cells + 1);
        // A basket without weight must not have a say in what all baskets of a set have.
        for (at, basket) in baskets.iter().enumerate().filter(|(at, _)| baskets.weight(*at) > 0) {
            let start = node.flat.len();
            node.flat.push(HEAD | at as u32);
            node.flat.extend(basket.iter().map(|&item| rank[item as usize]).filter(|&rank| rank != u32::MAX));
            if node.flat.len() == start + 1 {
                node.flat.truncate(start);
            } else {
                node.flat[start + 1..].sort_unstable();
            }
        }
        node
    }

    pub(super) fn clear(&mut self, weighted: bool) {
        self.flat.clear();
        self.weights.clear();
        self.items.clear();
        self.pairs.clear();
        if weighted {
            self.weights.reserve(16);
        }
    }

    /// Begins a row.
    pub(super) fn head(&mut self, weight: Option<u32>) {
        self.flat.push(HEAD | self.weights.len() as u32);
        self.weights.extend(weight);
    }

    pub(super) fn weighted(&self) -> bool {
        !self.weights.is_empty()
    }

    /// Ends the last row, notes where each item stands and counts pairs where that pays; with items above where asked for.
    pub(super) fn index(&mut self, above: bool, rows: bool) {
        self.flat.push(HEAD);
        let low = self.low;
        let Self { flat, ends, places, rows_of, starts, .. } = self;
        let flat = &flat[..];
        ends.clear();
        ends.resize(low + 1, 0);
        let counts = &mut ends[1..];
        for &item in flat {
            // Heads and items above have no counter.
            if let Some(count) = counts.get_mut(item as usize) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in counts.iter_mut() {
            // Where the item's places begin; filled, this moves to where they end.
            (*count, sum) = (sum, sum + *count);
        }
        let sum = sum as usize;
        if places.len() < sum {
            places.resize(sum, 0);
        }
        places.truncate(sum);
        rows_of.clear();
        starts.clear();
        if rows {
            rows_of.resize(sum, 0);
            let mut row = u32::MAX;
            for (at, &item) in flat.iter().enumerate() {
                if let Some(next) = counts.get_mut(item as usize) {
                    places[*next as usize] = at as u32;
                    rows_of[*next as usize] = row;
                    *next += 1;
                } else if item & HEAD != 0 {
                    starts.push(at as u32);
                    row = row.wrapping_add(1);
                }
            }
        } else {
            for (at, &item) in flat.iter().enumerate() {
                if let Some(next) = counts.get_mut(item as usize) {
                    places[*next as usize] = at as u32;
                    *next += 1;
                }
            }
        }
        self.count_pairs(above);
    }

    /// Counting all pairs in one pass spares each branch a pass of its own over its rows, which are scattered and mostly few.
    fn count_pairs(&mut self, above: bool) {
        self.pairs.clear();
        let counters = self.low * self.items.len();
        let longest = (0..self.low).map(|item| self.places(item).len()).max().unwrap_or(0);
        let most = if self.weighted() { self.support as usize } else { longest };
        let rows = self.flat.len() - self.places.len().min(self.flat.len());
        let pairs = self.places.len() * (self.flat.len() / rows.max(1));
        if counters > MOST_PAIRS || counters > 16 * pairs + 4096 || most > usize::from(u16::MAX) {
            return;
        }
        self.pairs.resize(counters, 0);
        let (items, low) = (self.items.len(), self.low as u32);
        let Self { flat, weights, pairs, .. } = self;
        let mut rest = &flat[..];
        while let Some((&head, after)) = rest.split_first() {
            let Some(length) = after.iter().position(|item| item & HEAD != 0) else { break };
            let weight = if weights.is_empty() { 1 } else { weights[(head & !HEAD) as usize] as u16 };
            let (row, next) = after.split_at(length);
            rest = next;
            for (at, &item) in row.iter().enumerate() {
                if item >= low {
                    break;
                }
                let line = &mut pairs[item as usize * items..][..items];
                for &other in if above { row } else { &row[..at] } {
                    line[other as usize] += weight;
                }
            }
        }
    }

    /// How much of its baskets an item shares with each item, where pairs were counted; its own place means nothing.
    pub(super) fn shared_with(&self, item: usize) -> Option<&[u16]> {
        let items = self.items.len();
        (!self.pairs.is_empty()).then(|| &self.pairs[item * items..][..items])
    }

    /// Where an item stands.
    pub(super) fn places(&self, item: usize) -> &[u32] {
        &self.places[self.ends[item] as usize..self.ends[item + 1] as usize]
    }

    /// The weight of the baskets that an item stands in, where pairs were counted or every row weighs 1.
    pub(super) fn support_of(&self, item: usize) -> u32 {
        if self.weights.is_empty() {
            return self.places(item).len() as u32;
        }
        self.rows_with(item, false).map(|row| row.0).sum()
    }

    /// The rows that an item stands in: their weight, the items below it, and, where asked for, those above.
    #[inline]
    pub(super) fn rows_with(&self, item: usize, above: bool) -> impl Iterator<Item = (u32, &[u32], &[u32])> {
        let range = self.ends[item] as usize..self.ends[item + 1] as usize;
        range.map(move |at| {
            if let Some(&soon) = self.places.get(at + AHEAD) {
                fetch(&self.flat, soon as usize);
            }
            let place = self.places[at] as usize;
            let (head, end) = match self.rows_of.get(at) {
                Some(&row) => (self.starts[row as usize] as usize, self.starts[row as usize + 1] as usize),
                None => self.walk_to_heads(place, above),
            };
            let weight = if self.weights.is_empty() { 1 } else { self.weights[(self.flat[head] & !HEAD) as usize] };
            (weight, &self.flat[head + 1..place], if above { &self.flat[place + 1..end] } else { &[] })
        })
    }

    fn walk_to_heads(&self, place: usize, above: bool) -> (usize, usize) {
        let (mut head, mut end) = (place, place + 1);
        while self.flat[head] & HEAD == 0 {
            head -= 1;
        }
        while above && self.flat[end] & HEAD == 0 {
            end += 1;
        }
        (head, end)
    }
}

/// How many rows before its turn a row is asked for: rows of an item are scattered, and each first look would wait for memory.
const AHEAD: usize = 8;

/// Asks for a place in memory without waiting for it.
#[inline(always)]
fn fetch(flat: &[u32], place: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(cell) = flat.get(place) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address is that of a cell of the slice, and a prefetch changes nothing.
        unsafe { _mm_prefetch(std::ptr::from_ref(cell).cast(), _MM_HINT_T0) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (flat, place);
}

/// Adds the places of all counters that are at least `least` to `found`.
pub(super) fn at_least(counters: &[u16], least: u16, found: &mut Vec<u32>) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512bw") {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { at_least_avx512(counters, least, found) };
        return;
    }
    at_least_by(counters, least, found);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512bw")]
fn at_least_avx512(counters: &[u16], least: u16, found: &mut Vec<u32>) {
    at_least_by(counters, least, found);
}

/// Blocks without a large enough counter are most of them, and are passed over together.
#[inline(always)]
fn at_least_by(counters: &[u16], least: u16, found: &mut Vec<u32>) {
    for (block, counters) in counters.chunks(32).enumerate() {
        if counters.iter().fold(0, |most, &count| count.max(most)) >= least {
            let enough = counters.iter().enumerate().filter(|(_, count)| **count >= least);
            found.extend(enough.map(|(at, _)| (block * 32 + at) as u32));
        }
    }
}
