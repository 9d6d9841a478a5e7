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
use super::AssociationRule;
use super::expected::Expected;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Fewest baskets in a stratum; sizes with fewer are put together with the next.
const FEWEST: u64 = 50;

/// Most strata: with more, a stratum holds a larger share of the baskets.
const STRATA: u64 = 500;

/// Pairs of sides that are looked at together: the baskets of all sides at once could take more room than all else.
const TOGETHER: usize = 2_048;

/// Baskets by size, to test rules with.
pub(crate) struct BySize<'a> {
    baskets: &'a Baskets,
    index: Occurrences,
    /// Stratum of each basket.
    stratum: Vec<u32>,
    whole: Vec<Share>,
    /// Of each stratum: how many times more strongly items keep each other out than if there were very many rare ones.
    crowding: Vec<f64>,
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
        let crowding = crowding(baskets, &stratum, &whole);
        Self { baskets, index: Occurrences::new(baskets), stratum, whole, crowding }
    }

    /// What chance makes of each left and right side, given the baskets of each size with either.
    pub(super) fn expect(&self, sides: &[(&[u32], &[u32])]) -> Vec<Expected> {
        let mut order: Vec<usize> = (0..sides.len()).collect();
        order.sort_by_key(|&at| sides[at]);
        let mut expected = vec![Expected::default(); sides.len()];
        for together in order.chunks(TOGETHER) {
            let mut wanted: Vec<&[u32]> = Vec::new();
            for &(left, right) in together.iter().map(|&at| &sides[at]) {
                wanted.extend([left, right].into_iter().chain(left.chunks(1)));
            }
            wanted.sort_unstable();
            wanted.dedup();
            let shares: FxHashMap<&[u32], Vec<Share>> =
                wanted.into_par_iter().map(|side| (side, self.shares(side))).collect();
            let of_one = |&at: &usize| {
                let (left, right) = sides[at];
                let singles: Vec<&[Share]> = left.chunks(1).map(|item| &shares[item][..]).collect();
                let population = Population { by_size: self, whole: &self.whole, known: 0, tested: &singles };
                population.expect(&shares[left], (&shares[right], right.len()))
            };
            let found: Vec<Expected> = together.par_iter().map(of_one).collect();
            together.iter().zip(found).for_each(|(&at, of_one)| expected[at] = of_one);
        }
        expected
    }

    /// As [`super::productive`], within baskets of the same size.
    pub(super) fn productive(&self, rules: &[AssociationRule], alpha: f64) -> Vec<bool> {
        let own_share = |rule: &AssociationRule| {
            let left = self.shares(&rule.left);
            (0..rule.left.len()).all(|out| {
                let mut rest = rule.left.clone();
                rest.remove(out);
                let mut with_right = [&rest[..], &rule.right[..]].concat();
                with_right.sort_unstable();
                let (whole, right) = (self.shares(&rest), self.shares(&with_right));
                let population = Population { by_size: self, whole: &whole, known: rest.len(), tested: &[&left] };
                population.expect(&left, (&right, rule.right.len())).at_least(rule.counts.both) <= alpha
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

/// One for each stratum of very many rare items; more where few items share the places of a basket, so that one leaves
/// less room for another: mean size over the sum of all items' variances (J. Hájek, "Asymptotic theory of rejective sampling
/// with varying probabilities from a finite population", 1964).
fn crowding(baskets: &Baskets, stratum: &[u32], whole: &[Share]) -> Vec<f64> {
    let mut ends = vec![0usize; whole.len() + 1];
    stratum.iter().for_each(|&at| ends[at as usize + 1] += 1);
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let mut order: Vec<u32> = (0..baskets.len() as u32).collect();
    order.sort_by_key(|&row| stratum[row as usize]);
    let mut counts = vec![0u32; baskets.item_count() as usize];
    let mut met: Vec<u32> = Vec::new();
    (0..whole.len())
        .map(|at| {
            for &row in &order[ends[at]..ends[at + 1]] {
                for &item in baskets.basket(row as usize) {
                    if counts[item as usize] == 0 {
                        met.push(item);
                    }
                    counts[item as usize] += 1;
                }
            }
            let n = f64::from(whole[at].baskets);
            let squares: f64 =
                met.drain(..).map(|item| (f64::from(std::mem::take(&mut counts[item as usize])) / n).powi(2)).sum();
            let mean = whole[at].mean();
            if mean > 0.0 { mean / (mean - squares).max(mean * LEAST_SPREAD) } else { 1.0 }
        })
        .collect()
}

/// Baskets that are all alike have no spread at all.
const LEAST_SPREAD: f64 = 1e-3;

/// Baskets in which two sides are tested: all, or those that hold `known` items.
struct Population<'a> {
    by_size: &'a BySize<'a>,
    whole: &'a [Share],
    known: usize,
    /// The baskets with each item of the left side that is tested.
    tested: &'a [&'a [Share]],
}

impl Population<'_> {
    /// How many baskets chance gives both sides, the left one and a right one of so many items beside what is known.
    ///
    /// In each stratum the number is taken for hypergeometric; the sum, by its mean and variance, for binomial.
    fn expect(&self, left: &[Share], (right, right_items): (&[Share], usize)) -> Expected {
        let (mut mean, mut variance, mut most) = (0.0, 0.0, 0u64);
        let items = self.tested.len();
        for (at, (&whole, (&left, &right))) in self.whole.iter().zip(left.iter().zip(right)).enumerate() {
            if left.baskets == 0 || right.baskets == 0 {
                continue;
            }
            most += u64::from(left.baskets.min(right.baskets));
            let n = f64::from(whole.baskets);
            // Within a stratum of several sizes a basket has the right side in proportion to its size, once for each item.
            let larger = (left.mean() / whole.mean()).powi(right_items as i32);
            let usual = (f64::from(right.baskets) / n * larger).min(1.0);
            // The left side takes places in the basket, which leaves fewer for anything else.
            let usually_taken: f64 = self.tested.iter().map(|item| f64::from(item[at].baskets) / n).sum();
            let lost = (items as f64 - usually_taken) * self.by_size.crowding[at];
            let places = left.mean() - (self.known + items) as f64;
            let room: f64 =
                (0..right_items).map(|taken| (places - taken as f64).max(0.0)).map(|p| p / (p + lost)).product();
            let room = if room.is_nan() { 1.0 } else { room };
            let share = usual * room / (1.0 - usual + usual * room).max(f64::MIN_POSITIVE);
            let expected = f64::from(left.baskets) * share;
            mean += expected;
            variance += expected * (1.0 - share) * (n - f64::from(left.baskets)) / (n - 1.0).max(1.0);
        }
        Expected::Sum { mean, variance, most }
    }
}
