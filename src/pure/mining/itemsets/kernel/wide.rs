//! Baskets as words of 128 bits, while between 65 and 128 items matter and baskets hold many of them.

use super::super::super::baskets::Baskets;
use super::dense::{DenseNode, Merger, extract};

/// As a [`DenseNode`], of up to 128 items; equal baskets are not put together yet.
#[derive(Default)]
pub(super) struct WideNode {
    pub masks: Vec<u128>,
    pub weights: Vec<u32>,
    pub low: usize,
    pub items: Vec<u32>,
    pub support: u32,
}

/// Fewest items in the mean basket for which a word is cheaper than a list.
const FULL: usize = 8;

impl WideNode {
    /// Most items of a node.
    pub(super) const MOST: usize = 128;

    /// All baskets over the items that `rank` numbers; `u32::MAX` leaves an item out. Nothing where lists are cheaper.
    pub(super) fn root(baskets: &Baskets, rank: &[u32], items: &[u32], supports: &[u32]) -> Option<Self> {
        let total = baskets.total_weight();
        let cells: u64 = items.iter().map(|&item| u64::from(supports[item as usize])).sum();
        if items.len() > Self::MOST || cells < total * FULL as u64 {
            return None;
        }
        let mut node = Self { low: items.len(), items: items.to_vec(), support: total as u32, ..Self::default() };
        for (at, basket) in baskets.iter().enumerate().filter(|(at, _)| baskets.weight(*at) > 0) {
            let ranks = basket.iter().map(|&item| rank[item as usize]).filter(|&rank| rank != u32::MAX);
            node.masks.push(ranks.fold(0, |mask, rank| mask | 1 << rank));
            node.weights.push(baskets.weight(at));
        }
        Some(node)
    }

    pub(super) fn clear(&mut self) {
        self.masks.clear();
        self.weights.clear();
        self.items.clear();
    }

    /// The weight of the baskets with `bit` that have each item too.
    pub(super) fn count_with(&self, bit: usize, counts: &mut [u32; 128]) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has the instructions that the function is compiled for.
            unsafe { count_avx512(&self.masks, &self.weights, bit, counts) };
            return;
        }
        count(&self.masks, &self.weights, bit, counts);
    }

    /// Fills `below` with the kept bits, at most 64 and moved together, of every basket that has `bit`.
    pub(super) fn project_dense(&self, bit: usize, keep: u128, below: &mut DenseNode, key: u64, merger: &mut Merger) {
        merger.begin(self.masks.len());
        self.project(bit, keep, |mask, weight| merger.add(below, mask as u64, weight, key));
    }

    /// Calls `each` with the kept bits, moved together, and the weight of every basket that has `bit`.
    pub(super) fn project(&self, bit: usize, keep: u128, each: impl FnMut(u128, u32)) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("bmi2") {
            // SAFETY: the processor has the instructions that the function is compiled for.
            unsafe { self.project_bmi2(bit, keep, each) };
            return;
        }
        self.project_by(bit, keep, extract, each);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "bmi2")]
    fn project_bmi2(&self, bit: usize, keep: u128, each: impl FnMut(u128, u32)) {
        self.project_by(bit, keep, |word, keep| std::arch::x86_64::_pext_u64(word, keep), each);
    }

    #[inline(always)]
    fn project_by(&self, bit: usize, keep: u128, extract: impl Fn(u64, u64) -> u64, mut each: impl FnMut(u128, u32)) {
        let [keep_low, keep_high] = [keep as u64, (keep >> 64) as u64];
        let kept_low = keep_low.count_ones();
        for (&mask, &weight) in self.masks.iter().zip(&self.weights) {
            if mask >> bit & 1 == 1 {
                let low = u128::from(extract(mask as u64, keep_low));
                let high = u128::from(extract((mask >> 64) as u64, keep_high));
                each(low | high << kept_low, weight);
            }
        }
    }
}

/// The places of the ones in a word, ascending.
pub(super) fn wide_bits(mut word: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros() as usize;
            word &= word - 1;
            bit
        })
    })
}

fn count(masks: &[u128], weights: &[u32], bit: usize, counts: &mut [u32; 128]) {
    counts.fill(0);
    for (&mask, &weight) in masks.iter().zip(weights) {
        if mask >> bit & 1 == 1 {
            wide_bits(mask).for_each(|item| counts[item] += weight);
        }
    }
}

/// Sixteen counters to a register: a basket is added to all of its items at once.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn count_avx512(masks: &[u128], weights: &[u32], bit: usize, counts: &mut [u32; 128]) {
    use std::arch::x86_64::{_mm512_mask_add_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_storeu_si512};
    let mut sums = [_mm512_setzero_si512(); 8];
    for (&mask, &weight) in masks.iter().zip(weights) {
        if mask >> bit & 1 == 1 {
            let weight = _mm512_set1_epi32(weight as i32);
            for (at, sum) in sums.iter_mut().enumerate() {
                *sum = _mm512_mask_add_epi32(*sum, (mask >> (at * 16)) as u16, *sum, weight);
            }
        }
    }
    for (sum, counts) in sums.iter().zip(counts.chunks_exact_mut(16)) {
        // SAFETY: the chunk has sixteen counters of four bytes, as many as a register.
        unsafe { _mm512_storeu_si512(counts.as_mut_ptr().cast(), *sum) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fast_paths_equal_plain_ones(
            rows in proptest::collection::vec((any::<u128>(), 1u32..5), 0..40),
            bit in 0usize..128,
            keep in any::<u128>(),
        ) {
            let (masks, weights) = rows.into_iter().unzip();
            let node = WideNode { masks, weights, items: (0..128).collect(), ..WideNode::default() };
            let (mut fast, mut plain) = ([0; 128], [0; 128]);
            node.count_with(bit, &mut fast);
            count(&node.masks, &node.weights, bit, &mut plain);
            prop_assert_eq!(fast, plain);
            let mut moved = Vec::new();
            node.project(bit, keep, |mask, weight| moved.push((mask, weight)));
            let together = |mask: u128| -> u128 {
                wide_bits(keep).enumerate().map(|(to, from)| (mask >> from & 1) << to).sum()
            };
            let expected: Vec<(u128, u32)> = node.masks.iter().zip(&node.weights)
                .filter(|(mask, _)| **mask >> bit & 1 == 1)
                .map(|(&mask, &weight)| (together(mask), weight))
                .collect();
            prop_assert_eq!(moved, expected);
        }
    }
}
