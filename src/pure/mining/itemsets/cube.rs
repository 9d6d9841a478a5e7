//! Supports of all subsets of a few items at once.
//!
//! With at most [`MOST`] items left, baskets fall into at most 2^16 cells, one for each combination of these items. Adding
//! to each cell those of its supersets, one item at a time (F. Yates, "The design and analysis of factorial
//! experiments", 1937), turns the cells into supports: one addition for each item and two subsets, many in one
//! instruction. Where a search would visit most of the subsets anyway, nothing is cheaper; fim's 16-items machine
//! (Borgelt 2012) and the last levels of any miner meet the same situation.

/// Most items of a cube.
pub(super) const MOST: usize = 14;

/// Cells of a cube in 64-bit words: four counters of 16 bits, or two of 32 where the baskets weigh more.
#[derive(Default, Clone)]
pub(super) struct Cells {
    words: Vec<u64>,
    wide: bool,
    bits: usize,
}

impl Cells {
    /// Empty cells for all subsets of `bits` items, whose baskets weigh `total` together.
    pub(super) fn clear(&mut self, bits: usize, total: u32) {
        self.bits = bits;
        self.wide = total > u32::from(u16::MAX);
        let cells = (1usize << bits).max(64);
        self.words.clear();
        self.words.resize(if self.wide { cells / 2 } else { cells / 4 }, 0);
    }

    /// Adds a basket.
    pub(super) fn add(&mut self, subset: usize, weight: u32) {
        if self.wide {
            self.words[subset >> 1] += u64::from(weight) << ((subset & 1) * 32);
        } else {
            self.words[subset >> 2] += u64::from(weight) << ((subset & 3) * 16);
        }
    }

    /// The counter of a subset.
    pub(super) fn get(&self, subset: usize) -> u32 {
        if self.wide {
            (self.words[subset >> 1] >> ((subset & 1) * 32)) as u32
        } else {
            u32::from((self.words[subset >> 2] >> ((subset & 3) * 16)) as u16)
        }
    }

    /// Turns cells into supports. No counter can overflow into its neighbour: none exceeds the weight of all baskets.
    pub(super) fn sum_supersets(&mut self) {
        #[cfg(target_arch = "x86_64")]
        if wide_registers() {
            // SAFETY: the processor has the instructions that the function is compiled for.
            unsafe { sum_supersets_avx512(&mut self.words, self.wide, self.bits) };
            return;
        }
        sum_supersets(&mut self.words, self.wide, self.bits);
    }

    /// One bit for each subset: whether its counter is at least `min` (above 0).
    pub(super) fn at_least(&self, min: u32, chosen: &mut Vec<u64>) {
        chosen.clear();
        if !self.wide && min > u32::from(u16::MAX) {
            chosen.resize((1usize << self.bits).div_ceil(64), 0);
            return;
        }
        #[cfg(target_arch = "x86_64")]
        if wide_registers() {
            // SAFETY: the processor has the instructions that the function is compiled for.
            unsafe { at_least_avx512(&self.words, self.wide, min, chosen) };
            return;
        }
        let cells = (1usize << self.bits).max(64);
        chosen.extend(
            (0..cells / 64)
                .map(|word| (0..64).fold(0u64, |bits, bit| bits | u64::from(self.get(word * 64 + bit) >= min) << bit)),
        );
    }
}

/// Removes from `chosen` every subset that has a chosen superset with one more of the `bits` items.
pub(super) fn keep_maximal(chosen: &mut [u64], bits: usize, before: &mut Vec<u64>) {
    before.clear();
    before.extend_from_slice(chosen);
    for (bit, with) in WITH.iter().enumerate().take(bits) {
        for (word, was) in chosen.iter_mut().zip(before.iter()) {
            *word &= !((was & with) >> (1 << bit));
        }
    }
    for bit in 6..bits {
        let step = 1usize << (bit - 6);
        for at in 0..before.len() {
            if at & step == 0 {
                chosen[at] &= !before[at | step];
            }
        }
    }
}

/// The numbers below 64 with a given bit set, as a set of bits.
const WITH: [u64; 6] = [
    0xaaaa_aaaa_aaaa_aaaa,
    0xcccc_cccc_cccc_cccc,
    0xf0f0_f0f0_f0f0_f0f0,
    0xff00_ff00_ff00_ff00,
    0xffff_0000_ffff_0000,
    0xffff_ffff_0000_0000,
];

/// Turns one word for each subset into the conjunction of the words of all its supersets.
pub(super) fn intersect_supersets(words: &mut [u64], bits: usize) {
    #[cfg(target_arch = "x86_64")]
    if wide_registers() {
        // SAFETY: the processor has the instructions that the function is compiled for.
        unsafe { intersect_supersets_avx512(words, bits) };
        return;
    }
    intersect(words, bits);
}

#[inline(always)]
fn intersect(words: &mut [u64], bits: usize) {
    for bit in 0..bits {
        let half = 1usize << bit;
        for block in words.chunks_exact_mut(half * 2) {
            let (without, with) = block.split_at_mut(half);
            without.iter_mut().zip(with).for_each(|(a, b)| *a &= *b);
        }
    }
}

#[inline(always)]
fn sum_supersets(words: &mut [u64], wide: bool, bits: usize) {
    let inside = if wide { 1 } else { 2 };
    if wide {
        words.iter_mut().for_each(|word| *word += *word >> 32);
    } else {
        let low = 0x0000_ffff_0000_ffff;
        for word in words.iter_mut() {
            let pairs = *word + ((*word >> 16) & low);
            *word = pairs + (pairs >> 32);
        }
    }
    for bit in inside..bits {
        let half = 1usize << (bit - inside);
        for block in words.chunks_exact_mut(half * 2) {
            let (without, with) = block.split_at_mut(half);
            without.iter_mut().zip(with).for_each(|(a, b)| *a += *b);
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn wide_registers() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
fn sum_supersets_avx512(words: &mut [u64], wide: bool, bits: usize) {
    sum_supersets(words, wide, bits);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
fn intersect_supersets_avx512(words: &mut [u64], bits: usize) {
    intersect(words, bits);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
fn at_least_avx512(words: &[u64], wide: bool, min: u32, chosen: &mut Vec<u64>) {
    use std::arch::x86_64::{
        _mm512_cmpge_epu16_mask, _mm512_cmpge_epu32_mask, _mm512_loadu_si512, _mm512_set1_epi16, _mm512_set1_epi32,
    };
    // SAFETY: each load reads the eight words of a chunk.
    let load = |chunk: &[u64]| unsafe { _mm512_loadu_si512(chunk[..8].as_ptr().cast()) };
    if wide {
        let least = _mm512_set1_epi32(min as i32);
        chosen.extend(words.chunks_exact(32).map(|cells| {
            (0..4).fold(0u64, |bits, part| {
                bits | u64::from(_mm512_cmpge_epu32_mask(load(&cells[part * 8..]), least)) << (part * 16)
            })
        }));
    } else {
        let least = _mm512_set1_epi16(min as i16);
        chosen.extend(words.chunks_exact(16).map(|cells| {
            let low = u64::from(_mm512_cmpge_epu16_mask(load(cells), least));
            low | u64::from(_mm512_cmpge_epu16_mask(load(&cells[8..]), least)) << 32
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn supports_of_all_subsets(
            bits in 0usize..9,
            rows in proptest::collection::vec((any::<u16>(), 1u32..9), 0..60),
            heavy in any::<bool>(),
            min in 1u32..40,
        ) {
            let scale = if heavy { 10_000 } else { 1 };
            let full = (1usize << bits) - 1;
            let total = rows.iter().map(|row| row.1 * scale).sum();
            let mut cells = Cells::default();
            cells.clear(bits, total);
            rows.iter().for_each(|row| cells.add(usize::from(row.0) & full, row.1 * scale));
            cells.sum_supersets();
            let mut chosen = Vec::new();
            cells.at_least(min * scale, &mut chosen);
            for subset in 0..=full {
                let expected: u32 =
                    rows.iter().filter(|row| usize::from(row.0) & subset == subset).map(|row| row.1 * scale).sum();
                prop_assert_eq!(cells.get(subset), expected);
                prop_assert_eq!(chosen[subset / 64] >> (subset % 64) & 1 == 1, expected >= min * scale);
            }
            let mut maximal = chosen.clone();
            keep_maximal(&mut maximal, bits, &mut Vec::new());
            let is = |set: &[u64], subset: usize| set[subset / 64] >> (subset % 64) & 1 == 1;
            for subset in 0..=full {
                let above = (0..bits).any(|bit| subset >> bit & 1 == 0 && is(&chosen, subset | 1 << bit));
                prop_assert_eq!(is(&maximal, subset), is(&chosen, subset) && !above);
            }
        }
    }
}
