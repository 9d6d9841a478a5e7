//! Bundles: sets of items that are bought whole more often than any of their parts explain.

use super::baskets::Baskets;
use super::itemsets::Itemset;
use super::occurrences::Occurrences;
use super::rules::{Correction, Counts, adjust, upper_tail};
use rustc_hash::FxHashMap;

/// A set of items that may be sold as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// Items, ascending.
    pub items: Vec<u32>,
    /// The split into two parts that explains most of the baskets: both parts' counts and the whole's.
    pub counts: Counts,
    /// The share of the baskets with the most frequent item that hold the whole bundle (all-confidence, Omiecinski 2003).
    pub all_confidence: f64,
    /// Probability of so many whole bundles if the parts of that split were bought independently (Fisher, one-sided), raised
    /// for the number of sets (Benjamini and Yekutieli, 2001).
    pub p_value: f64,
}

impl Bundle {
    /// Baskets with the whole bundle beyond what the best split explains.
    pub fn extra(&self) -> f64 {
        self.counts.leverage() * self.counts.total as f64
    }
}

/// The sets of two or more items among `itemsets` that no split into two parts explains at `alpha`: self-sufficient in the
/// sense that the whole is more frequent than any two of its parts give by chance (Webb, "Self-sufficient itemsets", 2010,
/// productivity). `itemsets` must hold every subset of each of its sets. The most extra baskets come first.
pub fn bundles(itemsets: &[Itemset], total: u64, alpha: f64) -> Vec<Bundle> {
    let supports: FxHashMap<&[u32], u64> =
        itemsets.iter().map(|set| (&set.items[..], u64::from(set.support))).collect();
    let mut found: Vec<Bundle> = itemsets
        .iter()
        .filter(|set| (2..=16).contains(&set.items.len()))
        .filter_map(|set| {
            let counts = best_split(set, &supports, total)?;
            let most = set.items.iter().filter_map(|item| supports.get(&[*item][..])).max()?;
            let all_confidence = f64::from(set.support) / *most as f64;
            Some(Bundle { items: set.items.clone(), counts, all_confidence, p_value: upper_tail(counts) })
        })
        .collect();
    let raw: Vec<f64> = found.iter().map(|bundle| bundle.p_value).collect();
    let adjusted = adjust(&raw, Correction::BenjaminiYekutieli, raw.len());
    found.iter_mut().zip(adjusted).for_each(|(bundle, p)| bundle.p_value = p);
    found.retain(|bundle| bundle.p_value <= alpha && bundle.extra() > 0.0);
    found.sort_by(|a, b| b.extra().total_cmp(&a.extra()).then_with(|| a.items.cmp(&b.items)));
    found
}

/// Each bundle's split, counted on other baskets over the same items: the split that explains most there.
pub fn recount_bundles(bundles: &[Bundle], baskets: &Baskets) -> Vec<Counts> {
    let index = Occurrences::new(baskets);
    let total = baskets.total_weight();
    bundles
        .iter()
        .map(|bundle| {
            let both = index.support(&bundle.items);
            let splits = splits(&bundle.items).map(|(left, right)| {
                let counts = Counts { both, left: index.support(&left), right: index.support(&right), total };
                (counts.left as f64 * counts.right as f64, counts)
            });
            splits.max_by(|a, b| a.0.total_cmp(&b.0)).expect("a bundle has two items").1
        })
        .collect()
}

fn best_split(set: &Itemset, supports: &FxHashMap<&[u32], u64>, total: u64) -> Option<Counts> {
    let both = u64::from(set.support);
    let mut best: Option<Counts> = None;
    for (left, right) in splits(&set.items) {
        let counts = Counts { both, left: *supports.get(&left[..])?, right: *supports.get(&right[..])?, total };
        let explained = |counts: Counts| u128::from(counts.left) * u128::from(counts.right);
        if best.is_none_or(|known| explained(counts) > explained(known)) {
            best = Some(counts);
        }
    }
    best
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
        let found = bundles(&sets, outcome.total, 0.01);
        let items: Vec<&[u32]> = found.iter().map(|bundle| &bundle.items[..]).collect();
        assert_eq!(items, [&[0u32, 1][..], &[3, 4], &[3, 4, 5], &[3, 5], &[4, 5]]);
        assert!((found[0].extra() - 150.0).abs() < 1e-9 && found[0].all_confidence == 1.0);
        assert_eq!(recount_bundles(&found, &baskets)[0], found[0].counts);
    }

    #[test]
    fn every_split_once() {
        assert_eq!(splits(&[7, 8]).collect::<Vec<_>>(), [(vec![7], vec![8])]);
        assert_eq!(splits(&[1, 2, 3, 4]).count(), 7);
    }
}
