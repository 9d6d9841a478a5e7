//! How many different values there are, in bounded memory.
//!
//! The `KEPT` smallest of the values' hashes are kept: fewer than that are counted exactly; of more the share of all hashes that lie below the
//! greatest kept one says how many there are (Z. Bar-Yossef et al., "Counting distinct elements in a data stream", RANDOM 2002).

use std::collections::BTreeSet;

/// Hashes that are kept. The standard error of an estimate is one over its square root: 0.4 %.
const KEPT: usize = 1 << 16;

/// The different values among those that were seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distinct {
    hashes: BTreeSet<u64>,
    more: bool,
}

impl Distinct {
    /// Takes in a value; says whether it was never seen before, as far as that is known.
    pub fn see(&mut self, value: &str) -> bool {
        let hash = hash_of(value);
        if self.more && self.hashes.last().is_some_and(|last| hash > *last) {
            return false;
        }
        let is_new = self.hashes.insert(hash);
        if self.hashes.len() > KEPT {
            self.hashes.pop_last();
            self.more = true;
        }
        is_new
    }

    /// How many there are: exact up to 65,536, else within about 1 % (two standard errors).
    pub fn count(&self) -> u64 {
        match (self.more, self.hashes.last()) {
            (true, Some(last)) => {
                let below = (*last as f64 + 1.0) / 18_446_744_073_709_551_616.0;
                ((self.hashes.len() as f64 - 1.0) / below).round() as u64
            }
            _ => self.hashes.len() as u64,
        }
    }

    /// Whether the count is exact.
    pub fn is_exact(&self) -> bool {
        !self.more
    }
}

/// FNV-1a with a finish that spreads it over all 64 bits (the mixer of splitmix64).
fn hash_of(value: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in value.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_counted_and_many_are_estimated() {
        let mut few = Distinct::default();
        (0..3000).for_each(|n| {
            few.see(&format!("{}", n % 1000));
        });
        assert_eq!((few.count(), few.is_exact()), (1000, true));
        let mut many = Distinct::default();
        (0..400_000).for_each(|n| {
            many.see(&format!("order {}", n % 300_000));
        });
        assert!(!many.is_exact());
        assert!((297_000..303_000).contains(&many.count()), "{}", many.count());
    }
}
