//! Bundles: sets of items that are bought whole more often than any of their parts explain.

use super::baskets::Baskets;
use super::itemsets::Itemset;
use super::occurrences::Occurrences;
use super::rules::{Chance, Correction, Counts, Expected, Hypotheses, Test, Tested};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A set of items that may be sold as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// Items, ascending.
    pub items: Vec<u32>,
    /// The split that explains most of the baskets.
    pub split: Split,
    /// The share of the baskets with the most frequent item that hold the whole bundle (all-confidence, Omiecinski 2003).
    pub all_confidence: f64,
    /// Probability of so many whole bundles if chance alone brought the parts of some split together, raised for the number of
    /// sets that could have passed (Benjamini and Yekutieli, 2001; see [`Hypotheses`]).
    pub p_value: f64,
}

/// A bundle in two parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// Both parts' counts and the whole's.
    pub counts: Counts,
    /// Baskets with both parts that chance alone is expected to give.
    pub expected: f64,
}

impl Split {
    /// Baskets with the whole bundle beyond what the split explains.
    pub fn extra(&self) -> f64 {
        self.counts.both as f64 - self.expected
    }
}

/// The sets of two or more items among `itemsets` that no split into two parts explains at `alpha`: self-sufficient in the
/// sense that the whole is more frequent than any two of its parts give by chance (Webb, "Self-sufficient itemsets", 2010,
/// productivity), among baskets of the same size or in any alike, as `test` says. `itemsets` must be of `baskets` and hold
/// every subset of each of its sets, all that are in at least `least` baskets. The most extra baskets come first.
pub fn bundles(itemsets: &[Itemset], baskets: &Baskets, test: Test, alpha: f64, least: u64) -> Vec<Bundle> {
    let supports: FxHashMap<&[u32], u64> =
        itemsets.iter().map(|set| (&set.items[..], u64::from(set.support))).collect();
    let total = baskets.total_weight();
    let chance = Chance::new(baskets, test);
    let support = |items: &[u32]| supports.get(items).copied();
    let mut found: Vec<Bundle> = Vec::new();
    let mut values: Vec<Tested> = Vec::new();
    let candidates: Vec<&Itemset> = itemsets.iter().filter(|set| (2..=16).contains(&set.items.len())).collect();
    let mut tested = 0;
    for together in candidates.chunks(TOGETHER) {
        // The split with the most frequent parts explains nearly always the most, so few sets are left for all splits.
        let likely: Vec<(Parts, Counts)> = together
            .iter()
            .filter_map(|set| counted(set, total, &support).max_by_key(|split| parts(split.1)))
            .collect();
        tested += likely.len();
        let sides: Vec<(&[u32], &[u32])> = likely.iter().map(|(parts, _)| (&parts.0[..], &parts.1[..])).collect();
        let expected = chance.expect(&sides, |at| likely[at].1);
        let passed = likely.par_iter().zip(&expected).filter(|((_, counts), expected)| {
            expected.at_least(counts.both) <= alpha && counts.both as f64 > expected.baskets()
        });
        let passed: Vec<Itemset> = passed
            .map(|((parts, counts), _)| {
                let mut items = [&parts.0[..], &parts.1[..]].concat();
                items.sort_unstable();
                Itemset { items, support: u32::try_from(counts.both).expect("supports are of 32 bits") }
            })
            .collect();
        for set in &passed {
            let splits: Vec<(Parts, Counts)> = counted(set, total, &support).collect();
            let (at, expected) = most_explained(&chance, &splits);
            let both = u64::from(set.support);
            // The split that makes the whole least unlikely speaks for all.
            let tested = expected.iter().map(|expected| Tested::of(expected, both, least));
            let tested = tested.max_by(|a, b| a.p_value.total_cmp(&b.p_value)).expect("a bundle has two items");
            let most = set.items.iter().filter_map(|&item| support(&[item])).max().unwrap_or(u64::MAX);
            let split = Split { counts: splits[at].1, expected: expected[at].baskets() };
            let all_confidence = f64::from(set.support) / most as f64;
            values.push(tested);
            found.push(Bundle { items: set.items.clone(), split, all_confidence, p_value: tested.p_value });
        }
    }
    // Sets that were left out above have larger p-values than all that can pass.
    let lengths: Vec<usize> = found.iter().map(|bundle| bundle.items.len()).collect();
    let mut frequent: Vec<u64> = Vec::new();
    for set in itemsets {
        frequent.resize(frequent.len().max(set.items.len()), 0);
        frequent[set.items.len() - 1] += 1;
    }
    let tests = Hypotheses::of_sets(tested as u64, &frequent);
    let adjusted = tests.adjust(&values, &lengths, Correction::BenjaminiYekutieli);
    found.iter_mut().zip(adjusted).for_each(|(bundle, p)| bundle.p_value = p);
    found.retain(|bundle| bundle.p_value <= alpha && bundle.split.extra() > 0.0);
    found.sort_by(|a, b| b.split.extra().total_cmp(&a.split.extra()).then_with(|| a.items.cmp(&b.items)));
    found
}

/// Sets that are looked at together.
const TOGETHER: usize = 1 << 14;

/// Each bundle's split, counted on other baskets over the same items: the split that explains most there.
pub fn recount_bundles(bundles: &[Bundle], baskets: &Baskets, test: Test) -> Vec<Split> {
    let index = Occurrences::new(baskets);
    let chance = Chance::new(baskets, test);
    let total = baskets.total_weight();
    let support = |items: &[u32]| Some(index.support(items));
    let split = |bundle: &Bundle| {
        let both = u32::try_from(index.support(&bundle.items)).expect("supports are of 32 bits");
        let set = Itemset { items: bundle.items.clone(), support: both };
        let splits: Vec<(Parts, Counts)> = counted(&set, total, &support).collect();
        let (at, expected) = most_explained(&chance, &splits);
        Split { counts: splits[at].1, expected: expected[at].baskets() }
    };
    bundles.iter().map(split).collect()
}

type Parts = (Vec<u32>, Vec<u32>);

/// The splits of a set whose parts' supports are known.
fn counted<'a>(
    set: &'a Itemset,
    total: u64,
    support: &'a dyn Fn(&[u32]) -> Option<u64>,
) -> impl Iterator<Item = (Parts, Counts)> + use<'a> {
    splits(&set.items).filter_map(move |parts| {
        let (left, right) = (support(&parts.0)?, support(&parts.1)?);
        Some((parts, Counts { both: u64::from(set.support), left, right, total }))
    })
}

fn parts(counts: Counts) -> u128 {
    u128::from(counts.left) * u128::from(counts.right)
}

/// What is expected of each of the splits, of which there is one, and the place of the greatest.
fn most_explained(chance: &Chance<'_>, splits: &[(Parts, Counts)]) -> (usize, Vec<Expected>) {
    let sides: Vec<(&[u32], &[u32])> = splits.iter().map(|(parts, _)| (&parts.0[..], &parts.1[..])).collect();
    let expected = chance.expect(&sides, |at| splits[at].1);
    let most = (0..expected.len()).max_by(|&a, &b| expected[a].baskets().total_cmp(&expected[b].baskets()));
    (most.expect("a bundle has two items"), expected)
}

/// All ways to part `items` in two; the first item stands on the left.
fn splits(items: &[u32]) -> impl Iterator<Item = (Vec<u32>, Vec<u32>)> {
    (0..(1usize << (items.len() - 1)) - 1).map(|chosen| {
        let chosen = chosen << 1 | 1;
        let side = |wanted: usize| {
            let places = (0..items.len()).filter(move |at| chosen >> at & 1 == wanted);
            places.map(|at| items[at]).collect::<Vec<u32>>()
        };
        (side(1), side(0))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{ItemsetKind, ItemsetSettings, Run, Support, collect_itemsets};
    use super::*;

    #[test]
    fn a_pair_with_a_bystander_is_no_bundle_of_three() {
        // 0 and 1 always together; 2 in half of all baskets, whatever else is in them; 3, 4, 5 only as a set.
        let rows = (0..800u32).map(|at| {
            let mut row = if at % 4 == 0 { vec![0, 1] } else { vec![] };
            row.extend((at / 16 % 2 == 0).then_some(2));
            row.extend(if at % 16 == 1 { vec![3, 4, 5] } else { vec![] });
            row
        });
        let baskets = Baskets::from_rows(rows);
        let settings = ItemsetSettings::new(ItemsetKind::All, Support::Count(10));
        let (sets, outcome) = collect_itemsets(&baskets, &settings, &Run::default()).unwrap();
        assert_eq!(outcome.total, 800);
        let found = bundles(&sets, &baskets, Test::Fisher, 0.01, 10);
        let items: Vec<&[u32]> = found.iter().map(|bundle| &bundle.items[..]).collect();
        assert_eq!(items, [&[0u32, 1][..], &[3, 4], &[3, 4, 5], &[3, 5], &[4, 5]]);
        assert!((found[0].split.extra() - 150.0).abs() < 1e-9 && found[0].all_confidence == 1.0);
        assert_eq!(recount_bundles(&found, &baskets, Test::Fisher)[0], found[0].split);
    }

    #[test]
    fn every_split_once() {
        assert_eq!(splits(&[7, 8]).collect::<Vec<_>>(), [(vec![7], vec![8])]);
        assert_eq!(splits(&[1, 2, 3, 4]).count(), 7);
    }
}
