//! Chance among baskets of the same size.
//!
//! Large baskets hold some of everything, so in a shop with small and large ones nearly all pairs of items meet more often
//! than they would if each basket were as likely to hold an item as any other, although no item has to do with another.
//! Here baskets are put into strata by size, and what is expected of two sides is expected within each stratum (Cochran,
//! "Some methods for strengthening the common chi-squared tests", 1954; Mantel and Haenszel 1959): the null hypothesis that
//! shuffles which keep both the size of every basket and the frequency of every item stand for (Gionis, Mannila, Mielikäinen
//! and Tsaparas, "Assessing data mining results via swap randomization", 2007).
//!
//! Where nearly all baskets of a size hold both sides, as where a kit is the only thing of its size, the stratum says what
//! is in them and nothing is left to be unlikely: `population` then expects of that stratum what all sizes give.

use super::super::baskets::Baskets;
use super::super::occurrences::Occurrences;
use super::AssociationRule;
use super::expected::Expected;
use super::population::Population;
use super::strata::{FEWEST, Share};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

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
    /// The same of all baskets together.
    crowding_of_all: f64,
}

impl<'a> BySize<'a> {
    /// Of each stratum, and of all together.
    fn all_crowding(&self) -> (&[f64], f64) {
        (&self.crowding, self.crowding_of_all)
    }

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
        let index = Occurrences::new(baskets);
        let all = Share::total(&whole);
        let of_item = |item: u32| (index.baskets_with(item).len() as f64 / f64::from(all.baskets)).powi(2);
        let crowding_of_all = crowded(all.mean(), (0..baskets.item_count()).map(of_item).sum());
        Self { baskets, index, stratum, whole, crowding, crowding_of_all }
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
                let population =
                    Population { crowding: self.all_crowding(), whole: &self.whole, known: 0, tested: &singles };
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
                let population =
                    Population { crowding: self.all_crowding(), whole: &whole, known: rest.len(), tested: &[&left] };
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
            crowded(whole[at].mean(), squares)
        })
        .collect()
}

/// The crowding of baskets of a mean size whose items have shares of these `squares` together.
fn crowded(mean: f64, squares: f64) -> f64 {
    if mean > 0.0 { mean / (mean - squares).max(mean * LEAST_SPREAD) } else { 1.0 }
}

/// Baskets that are all alike have no spread at all.
const LEAST_SPREAD: f64 = 1e-3;
