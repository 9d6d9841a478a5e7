//! Chance among baskets of the same size.
//!
//! Large baskets hold some of everything, so in a shop with small and large ones nearly all pairs of items meet more often
//! than they would if each basket were as likely to hold an item as any other, although no item has to do with another.
//! Here baskets are put into strata by size, and what is expected of two sides is expected within each stratum (Cochran,
//! "Some methods for strengthening the common chi-squared tests", 1954; Mantel and Haenszel 1959): the null hypothesis that
//! shuffles which keep both the size of every basket and the frequency of every item stand for (Gionis, Mannila, Mielikäinen
//! and Tsaparas, "Assessing data mining results via swap randomization", 2007).

use super::super::baskets::Baskets;
use super::super::occurrences::Occurrences;
use super::Rule;
use super::significance::binomial_tail;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Fewest baskets in a stratum; sizes with fewer are put together with the next.
const FEWEST: u64 = 50;

/// Most strata: with more, a stratum holds a larger share of the baskets.
const STRATA: u64 = 500;

/// Baskets by size, to test rules with.
pub(super) struct BySize<'a> {
    baskets: &'a Baskets,
    index: Occurrences,
    /// Stratum of each basket.
    stratum: Vec<u32>,
    whole: Vec<Share>,
}

/// The baskets of one stratum that hold some items.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    baskets: u32,
    /// Of their sizes.
    sum: u64,
}

impl<'a> BySize<'a> {
    pub(super) fn new(baskets: &'a Baskets) -> Self {
        let mut of_size: Vec<u64> = Vec::new();
        for row in baskets.iter() {
            if row.len() >= of_size.len() {
                of_size.resize(row.len() + 1, 0);
            }
            of_size[row.len()] += 1;
        }
        let enough = FEWEST.max(baskets.len() as u64 / STRATA);
        let (mut strata, mut inside, mut left) = (0u32, 0u64, baskets.len() as u64);
        let mut stratum_of_size = vec![0; of_size.len()];
        for (size, &count) in of_size.iter().enumerate() {
            stratum_of_size[size] = strata;
            inside += count;
            left -= count;
            // What is left over is too little for a stratum and stays with the last.
            if inside >= enough && left >= enough {
                (strata, inside) = (strata + 1, 0);
            }
        }
        let stratum: Vec<u32> = baskets.iter().map(|row| stratum_of_size[row.len()]).collect();
        let mut whole = vec![Share::default(); strata as usize + 1];
        for (row, &at) in baskets.iter().zip(&stratum) {
            whole[at as usize].add(row.len());
        }
        Self { baskets, index: Occurrences::new(baskets), stratum, whole }
    }

    /// For each rule the probability of so many baskets with both sides, given the baskets of each size with either.
    pub(super) fn p_values(&self, rules: &[Rule]) -> Vec<f64> {
        let mut sides: Vec<&[u32]> = rules.iter().flat_map(|rule| [&rule.left[..], &rule.right[..]]).collect();
        sides.sort_unstable();
        sides.dedup();
        let shares: FxHashMap<&[u32], Vec<Share>> =
            sides.into_par_iter().map(|side| (side, self.shares(side))).collect();
        let test = |rule: &Rule| {
            let single = |item: &u32| shares.get(&[*item][..]).cloned().unwrap_or_else(|| self.shares(&[*item]));
            let singles: Vec<Vec<Share>> = rule.left.iter().map(single).collect();
            let population = Population { whole: &self.whole, known: 0, tested: &singles };
            population.tail(rule.counts.both, rule.left.len(), &shares[&rule.left[..]], &shares[&rule.right[..]])
        };
        rules.par_iter().map(test).collect()
    }

    /// As [`super::productive`], within baskets of the same size.
    pub(super) fn productive(&self, rules: &[Rule], alpha: f64) -> Vec<bool> {
        let own_share = |rule: &Rule| {
            let left = self.shares(&rule.left);
            (0..rule.left.len()).all(|out| {
                let mut rest = rule.left.clone();
                rest.remove(out);
                let mut with_right = [&rest[..], &rule.right[..]].concat();
                with_right.sort_unstable();
                let (whole, right) = (self.shares(&rest), self.shares(&with_right));
                let tested = [left.clone()];
                let population = Population { whole: &whole, known: rest.len(), tested: &tested };
                population.tail(rule.counts.both, 1, &left, &right) <= alpha
            })
        };
        rules.par_iter().map(own_share).collect()
    }

    fn shares(&self, items: &[u32]) -> Vec<Share> {
        if items.is_empty() {
            return self.whole.clone();
        }
        let mut shares = vec![Share::default(); self.whole.len()];
        self.index.each_with(items, &mut |at| {
            shares[self.stratum[at as usize] as usize].add(self.baskets.basket(at as usize).len());
        });
        shares
    }
}

impl Share {
    fn add(&mut self, size: usize) {
        self.baskets += 1;
        self.sum += size as u64;
    }

    fn mean(self) -> f64 {
        self.sum as f64 / f64::from(self.baskets)
    }
}

/// Baskets in which two sides are tested: all, or those that hold `known` items.
struct Population<'a> {
    whole: &'a [Share],
    known: usize,
    /// The baskets with each item of the left side that is tested.
    tested: &'a [Vec<Share>],
}

impl Population<'_> {
    /// The probability of at least `both` baskets with a left side of `items` tested items and the right side.
    ///
    /// In each stratum the number is taken for hypergeometric; the sum, by its mean and variance, for binomial.
    fn tail(&self, both: u64, items: usize, left: &[Share], right: &[Share]) -> f64 {
        let (mut mean, mut variance, mut most) = (0.0, 0.0, 0u64);
        for (at, (&whole, (&left, &right))) in self.whole.iter().zip(left.iter().zip(right)).enumerate() {
            if left.baskets == 0 || right.baskets == 0 {
                continue;
            }
            most += u64::from(left.baskets.min(right.baskets));
            let n = f64::from(whole.baskets);
            // Within a stratum of several sizes a basket has the right side in proportion to its size.
            let usual = (f64::from(right.baskets) / n * left.mean() / whole.mean()).min(1.0);
            // The left side takes places in the basket, which leaves fewer for anything else.
            let taken: f64 = self.tested.iter().map(|item| f64::from(item[at].baskets) / n).sum();
            let free = left.mean() - (self.known + items) as f64;
            let room = (free / (left.mean() - self.known as f64 - taken)).clamp(0.0, 1.0);
            let share = usual * room / (1.0 - usual + usual * room).max(f64::MIN_POSITIVE);
            let expected = f64::from(left.baskets) * share;
            mean += expected;
            variance += expected * (1.0 - share) * (n - f64::from(left.baskets)) / (n - 1.0).max(1.0);
        }
        binomial_tail(both, mean, variance, most)
    }
}
