//! Baskets as words of 64 bits, once no more than 64 items matter.

use super::super::super::baskets::Baskets;

/// Baskets behind a prefix. Bit `b` of a mask stands for `items[b]`. The lowest `low` items may still extend the prefix;
/// those above only decide whether a set is closed or maximal.
#[derive(Default, Clone)]
pub(super) struct DenseNode {
    pub masks: Vec<u64>,
    pub weights: Vec<u32>,
    pub low: usize,
    pub items: Vec<u32>,
    pub support: u32,
}

impl DenseNode {
    /// All baskets over the items that `rank` numbers, at most 64; `u32::MAX` leaves an item out.
    pub(super) fn root(baskets: &Baskets, rank: &[u32], items: Vec<u32>) -> Self {
        let support = baskets.total_weight() as u32;
        let mut node = Self { low: items.len(), items, support, ..Self::default() };
        let mut merger = Merger::default();
        merger.begin(baskets.len());
        // A basket without weight must not have a say in what all baskets of a set have.
        for (at, basket) in baskets.iter().enumerate().filter(|(at, _)| baskets.weight(*at) > 0) {
            let ranks = basket.iter().map(|&item| rank[item as usize]).filter(|&rank| rank != u32::MAX);
            merger.add(&mut node, ranks.fold(0, |mask, rank| mask | 1 << rank), baskets.weight(at), u64::MAX);
        }
        node
    }

    pub(super) fn clear(&mut self) {
        self.masks.clear();
        self.weights.clear();
        self.items.clear();
    }

    pub(super) fn push(&mut self, mask: u64, weight: u32) {
        self.masks.push(mask);
        self.weights.push(weight);
    }

    /// Names the bits of `keep` of `from`, in order, as this node's items.
    pub(super) fn name(&mut self, from: &[u32], keep: u64) {
        self.items.clear();
        self.items.extend(bits(keep).map(|bit| from[bit]));
    }
}

/// The places of the ones in a word, ascending.
pub(super) fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros() as usize;
            word &= word - 1;
            bit
        })
    })
}

/// The weight of the baskets with `bit` that have each item too.
pub(super) fn count_with(node: &DenseNode, bit: usize, counts: &mut [u32; 64]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { count_avx512(&node.masks, &node.weights, 1 << bit, node.items.len(), counts) };
        return;
    }
    count(&node.masks, &node.weights, 1 << bit, counts);
}

/// The weight of the baskets with all items of `needed` that have each item too.
pub(super) fn count_containing(node: &DenseNode, needed: u64, counts: &mut [u32; 64]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { count_avx512(&node.masks, &node.weights, needed, node.items.len(), counts) };
        return;
    }
    count(&node.masks, &node.weights, needed, counts);
}

fn count(masks: &[u64], weights: &[u32], needed: u64, counts: &mut [u32; 64]) {
    counts.fill(0);
    for (&mask, &weight) in masks.iter().zip(weights) {
        if mask & needed == needed {
            bits(mask).for_each(|bit| counts[bit] += weight);
        }
    }
}

/// Sixteen counters to a register: a basket is added to all of its items at once.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn count_avx512(masks: &[u64], weights: &[u32], needed: u64, items: usize, counts: &mut [u32; 64]) {
    use std::arch::x86_64::{_mm512_mask_add_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_storeu_si512};
    let mut sums = [_mm512_setzero_si512(); 4];
    let with = |mask: u64| if mask & needed == needed { mask } else { 0 };
    if items <= 32 {
        for (&mask, &weight) in masks.iter().zip(weights) {
            let (mask, weight) = (with(mask), _mm512_set1_epi32(weight as i32));
            sums[0] = _mm512_mask_add_epi32(sums[0], mask as u16, sums[0], weight);
            sums[1] = _mm512_mask_add_epi32(sums[1], (mask >> 16) as u16, sums[1], weight);
        }
    } else {
        for (&mask, &weight) in masks.iter().zip(weights) {
            let (mask, weight) = (with(mask), _mm512_set1_epi32(weight as i32));
            sums[0] = _mm512_mask_add_epi32(sums[0], mask as u16, sums[0], weight);
            sums[1] = _mm512_mask_add_epi32(sums[1], (mask >> 16) as u16, sums[1], weight);
            sums[2] = _mm512_mask_add_epi32(sums[2], (mask >> 32) as u16, sums[2], weight);
            sums[3] = _mm512_mask_add_epi32(sums[3], (mask >> 48) as u16, sums[3], weight);
        }
    }
    for (sum, counts) in sums.iter().zip(counts.chunks_exact_mut(16)) {
        // SAFETY: the chunk has sixteen counters of four bytes, as many as a register.
        unsafe { _mm512_storeu_si512(counts.as_mut_ptr().cast(), *sum) };
    }
}

/// Calls `each` with the kept bits, moved together, and the weight of every basket that has `bit`.
pub(super) fn project(node: &DenseNode, bit: usize, keep: u64, each: impl FnMut(u64, u32)) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("bmi2") {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { project_bmi2(node, bit, keep, each) };
        return;
    }
    project_by(node, bit, keep, extract, each);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi2")]
fn project_bmi2(node: &DenseNode, bit: usize, keep: u64, each: impl FnMut(u64, u32)) {
    project_by(node, bit, keep, |word, keep| std::arch::x86_64::_pext_u64(word, keep), each);
}

#[inline(always)]
fn project_by(
    node: &DenseNode,
    bit: usize,
    keep: u64,
    extract: impl Fn(u64, u64) -> u64,
    mut each: impl FnMut(u64, u32),
) {
    for (&mask, &weight) in node.masks.iter().zip(&node.weights) {
        if mask >> bit & 1 == 1 {
            each(extract(mask, keep), weight);
        }
    }
}

/// The bits of `word` at the ones of `keep`, moved together.
pub(super) fn extract(word: u64, keep: u64) -> u64 {
    bits(keep).enumerate().fold(0, |moved, (to, from)| moved | (word >> from & 1) << to)
}

/// Puts equal baskets together. Open addressing; a place is in use when it bears the stamp of the present round.
#[derive(Default)]
pub(super) struct Merger {
    places: Vec<(u32, u32)>,
    stamp: u32,
    mask: usize,
}

impl Merger {
    /// Makes ready for at most `rows` baskets.
    pub(super) fn begin(&mut self, rows: usize) {
        let size = (rows * 2).next_power_of_two().max(16);
        if self.places.len() < size {
            self.places.clear();
            self.places.resize(size, (0, 0));
            self.stamp = 0;
        }
        if self.stamp == u32::MAX {
            self.places.fill((0, 0));
            self.stamp = 0;
        }
        self.stamp += 1;
        self.mask = size - 1;
    }

    /// Adds a basket to `node`: to one that is equal in the bits of `key`, or as a new one. Where two become one, the bits
    /// outside `key` that only one of them has are lost: what is left there is what all merged baskets have
    /// (the interior intersections of LCM version 2, Uno, Kiyomi and Arimura 2004).
    #[inline]
    pub(super) fn add(&mut self, node: &mut DenseNode, mask: u64, weight: u32, key: u64) {
        let wanted = mask & key;
        let mut place = (wanted.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & self.mask;
        loop {
            let (stamp, at) = self.places[place];
            if stamp != self.stamp {
                self.places[place] = (self.stamp, node.masks.len() as u32);
                node.push(mask, weight);
                return;
            }
            let at = at as usize;
            if node.masks[at] & key == wanted {
                node.masks[at] &= mask;
                node.weights[at] += weight;
                return;
            }
            place = (place + 1) & self.mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fast_paths_equal_plain_ones(
            rows in proptest::collection::vec((any::<u64>(), 1u32..5), 0..40),
            bit in 0usize..64,
            keep in any::<u64>(),
        ) {
            let mut node = DenseNode { items: (0..64).collect(), ..DenseNode::default() };
            rows.iter().for_each(|row| node.push(row.0, row.1));
            let (mut fast, mut plain) = ([0; 64], [0; 64]);
            count_with(&node, bit, &mut fast);
            count(&node.masks, &node.weights, 1 << bit, &mut plain);
            prop_assert_eq!(fast, plain);
            let (mut fast, mut plain) = (Vec::new(), Vec::new());
            project(&node, bit, keep, |mask, weight| fast.push((mask, weight)));
            project_by(&node, bit, keep, extract, |mask, weight| plain.push((mask, weight)));
            prop_assert_eq!(fast, plain);
        }
    }
}
