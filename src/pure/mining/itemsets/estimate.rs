//! How many itemsets there will be, guessed from random descents before the search.

use super::super::baskets::Baskets;
use super::settings::{ItemsetSettings, MiningError};
use crate::numeric::math::{exp, pow};
use crate::numeric::random::stream;
use rand::RngExt;

/// What a search is expected to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Expected number of frequent itemsets (of all kinds; closed and maximal ones are never more).
    pub itemsets: f64,
    /// What the spread of the sample leaves possible: two standard errors down, on the logarithmic scale.
    pub low: f64,
    /// Two standard errors up. Where a few baskets share very many items, few descents meet what they share, and there may be
    /// more still.
    pub high: f64,
    /// Expected mean length of a set.
    pub mean_length: f64,
    /// Bytes that collecting them takes.
    pub memory_bytes: f64,
}

impl Estimate {
    /// Bytes that a set takes beside its items.
    pub(super) const LEAST_BYTES: f64 = std::mem::size_of::<super::Itemset>() as f64 + 16.0;
}

/// Items below which the pairs of a node below the root are counted, to see how much is below each item.
const LOOKED_THROUGH: usize = 1_024;

/// Additions that counting the pairs at the root may take.
const PAIRS: u64 = 4_000_000_000;

/// The power that evens out how unlike extensions are: where few sets go together as a whole, their number grows less fast than
/// pairs promise. On mushroom, chess and independent items the worst of the three errors is least at about this.
const EVENED: f64 = 0.7;

/// How far an estimate goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Most descents.
    pub probes: usize,
    /// Descents that there must be.
    pub fewest: usize,
    /// Additions after which no further descent is begun, once there are so many.
    pub additions: u64,
    /// Additions after which a descent is given up, and with it the estimate.
    pub given_up: u64,
    /// A mean number of sets that is known to be passed before all descents are made, which ends them.
    pub passed: f64,
}

/// Estimates the number of frequent itemsets from at most `probes` random descents through the tree of itemsets.
///
/// At each node one frequent extension is drawn and the counts of the path are weighted by one over the probability of
/// drawing it, which is unbiased (Knuth, "Estimating the efficiency of backtrack programs", 1975). The pairs of items are
/// all counted, so that sets of one and two items are exact (unless baskets are so long that this takes thousands of millions
/// of additions), and an extension is drawn the more often the more sets
/// would be below it if each two of its own extensions went together as often as any two here do.
///
/// # Errors
/// When the settings make no sense for these baskets.
pub fn estimate_itemsets(
    baskets: &Baskets,
    settings: &ItemsetSettings,
    probes: usize,
    seed: u64,
) -> Result<Estimate, MiningError> {
    settings.check()?;
    let effort = Effort { probes, fewest: 50, additions: 400_000_000, given_up: u64::MAX, passed: f64::INFINITY };
    let mut tree = Tree::new(baskets, settings, PAIRS);
    let min = settings.support.count(baskets.total_weight());
    Ok(tree.estimate(min, effort, seed).expect("nothing is given up"))
}

/// The tree of the itemsets of some baskets, for descents at any support from that of the settings on.
pub(super) struct Tree {
    /// Of each item that is frequent enough, the most frequent first.
    supports: Vec<u64>,
    /// Items by their rank, ascending, and weights.
    rows: Vec<(Vec<u32>, u32)>,
    /// Of each item the rows with it.
    holders: Vec<Vec<u32>>,
    /// Of each item those before it that are bought with it often enough, and how often.
    pairs: Vec<Vec<(u32, u64)>>,
    /// Least support at which the pairs are known.
    counted_from: u64,
    /// Of each item: its place among those of the node at hand.
    place: Vec<u32>,
    longest: usize,
    additions: u64,
}

/// A set's extensions.
struct Node {
    /// The items that may be added, the most frequent first.
    items: Vec<u32>,
    /// Of each of them those before it that may be added too, where pairs were counted.
    followers: Option<Vec<Vec<u32>>>,
    /// How many pairs of items may be added; 0 where pairs were not counted.
    pairs: f64,
    /// In which proportion items are drawn.
    shares: Vec<f64>,
}

impl Node {
    fn counted(items: Vec<u32>, followers: Vec<Vec<u32>>) -> Self {
        let pairs = followers.iter().map(Vec::len).sum::<usize>() as f64;
        let density = pairs / (items.len() * items.len().saturating_sub(1) / 2).max(1) as f64;
        let share = |followers: &Vec<u32>| pow(cliques(followers.len(), density), EVENED);
        let shares = followers.iter().map(share).collect();
        Self { items, followers: Some(followers), pairs, shares }
    }
}

impl Tree {
    /// The tree of `baskets`. Where counting pairs takes more than so many `additions`, only the most frequent items are
    /// paired.
    pub(super) fn new(baskets: &Baskets, settings: &ItemsetSettings, additions: u64) -> Self {
        let min = settings.support.count(baskets.total_weight());
        let of_items = baskets.item_supports();
        let mut order: Vec<u32> =
            (0..baskets.item_count()).filter(|&i| u64::from(of_items[i as usize]) >= min).collect();
        order.sort_by_key(|&item| (std::cmp::Reverse(of_items[item as usize]), item));
        let supports: Vec<u64> = order.iter().map(|&item| u64::from(of_items[item as usize])).collect();
        let mut rank = vec![u32::MAX; of_items.len()];
        order.iter().enumerate().for_each(|(at, &item)| rank[item as usize] = at as u32);
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
        let mut before = vec![0; order.len()];
        let row = |at: usize| {
            let mut row: Vec<u32> =
                baskets.basket(at).iter().map(|&i| rank[i as usize]).filter(|&r| r != u32::MAX).collect();
            row.sort_unstable();
            for (place, &item) in row.iter().enumerate() {
                holders[item as usize].push(at as u32);
                before[item as usize] += place as u64;
            }
            (row, baskets.weight(at))
        };
        let rows = (0..baskets.len()).map(row).collect();
        let mut sum = 0u64;
        let paired = before.iter().take_while(|&&before| {
            sum = sum.saturating_add(before);
            sum <= additions
        });
        let paired = paired.count();
        let counted_from = supports.get(paired).map_or(min, |support| support + 1);
        let place = vec![u32::MAX; order.len()];
        let longest = settings.longest();
        let mut tree = Self { supports, rows, holders, pairs: Vec::new(), counted_from, place, longest, additions: 0 };
        tree.pairs = tree.pairs();
        tree
    }

    /// How many items reach `min`.
    fn items(&self, min: u64) -> usize {
        self.supports.partition_point(|&support| support >= min)
    }

    fn pairs(&self) -> Vec<Vec<(u32, u64)>> {
        let mut counts = vec![0u64; self.supports.len()];
        let mut met = Vec::new();
        let partners = |item: u32| {
            for &row in &self.holders[item as usize] {
                let (row, weight) = &self.rows[row as usize];
                for &other in row.iter().take_while(|&&other| other < item) {
                    if counts[other as usize] == 0 {
                        met.push(other);
                    }
                    counts[other as usize] += u64::from(*weight);
                }
            }
            let count = |other: u32| (other, std::mem::take(&mut counts[other as usize]));
            let enough = |pair: &(u32, u64)| pair.1 >= self.counted_from;
            let mut pairs: Vec<(u32, u64)> = met.drain(..).map(count).filter(enough).collect();
            pairs.sort_unstable();
            pairs
        };
        (0..self.items(self.counted_from) as u32).map(partners).collect()
    }

    /// The least support at which an estimate knows all pairs.
    pub(super) fn counted_from(&self) -> u64 {
        self.counted_from
    }

    /// The estimate at the support `min`, not below that of the settings; none where it was given up.
    pub(super) fn estimate(&mut self, min: u64, effort: Effort, seed: u64) -> Option<Estimate> {
        let mut rng = stream(seed, "itemset estimate");
        let single = self.items(min) as f64;
        let root = self.root(min);
        self.additions = 0;
        let (mut counts, mut lengths, mut sum) = (Vec::new(), 0.0, 0.0);
        let probes = effort.probes.max(2);
        while counts.len() < probes
            && (counts.len() < effort.fewest || self.additions < effort.additions)
            && sum <= effort.passed * probes as f64
        {
            let (found, items) = self.descent(&root, single, min, effort.given_up, &mut rng)?;
            sum += found;
            lengths += items;
            counts.push(found);
        }
        let n = counts.len() as f64;
        let itemsets = sum / n;
        let variance = counts.iter().map(|count| (count - itemsets).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        // What is drawn is skewed: far above the mean there may be more than far below.
        let margin = if itemsets > 0.0 { exp(2.0 * (variance / n).sqrt() / itemsets) } else { 1.0 };
        let mean_length = if itemsets > 0.0 { lengths / sum } else { 0.0 };
        Some(Estimate {
            itemsets,
            low: (itemsets / margin).max(single.min(itemsets)),
            high: itemsets * margin,
            mean_length,
            memory_bytes: itemsets * (Estimate::LEAST_BYTES + 4.0 * mean_length),
        })
    }

    /// One descent: how many sets there are by it, and how many items they have together.
    fn descent(
        &mut self,
        root: &Node,
        single: f64,
        min: u64,
        given_up: u64,
        rng: &mut impl RngExt,
    ) -> Option<(f64, f64)> {
        let (mut weight, mut found, mut lengths) = (1.0, single, single);
        let mut below: Option<Node> = None;
        let mut inside: Option<Vec<u32>> = None;
        for length in 2..=self.longest {
            let node = below.as_ref().unwrap_or(root);
            found += weight * node.pairs;
            lengths += weight * node.pairs * length as f64;
            let sum: f64 = node.shares.iter().sum();
            if sum <= 0.0 {
                break;
            }
            if self.additions > given_up {
                return None;
            }
            let mut draw = rng.random::<f64>() * sum;
            let drawn = node.shares.iter().position(|share| {
                draw -= share;
                draw < 0.0
            });
            let at =
                drawn.unwrap_or_else(|| node.shares.iter().rposition(|share| *share > 0.0).expect("a sum above 0"));
            weight *= sum / node.shares[at];
            let item = node.items[at];
            let held: Vec<u32> = match &inside {
                None => self.holders[item as usize].clone(),
                Some(before) => {
                    self.additions += before.len() as u64;
                    let has = |row: &u32| self.rows[*row as usize].0.binary_search(&item).is_ok();
                    before.iter().copied().filter(has).collect()
                }
            };
            let next = match &node.followers {
                Some(followers) => followers[at].clone(),
                None => self.followers(&node.items[..at], &held, min),
            };
            if node.followers.is_none() {
                // Their number was not known before.
                found += weight * next.len() as f64;
                lengths += weight * next.len() as f64 * length as f64;
            }
            below = Some(self.node(next, &held, min));
            inside = Some(held);
        }
        Some((found, lengths))
    }

    /// The node of the empty set.
    fn root(&mut self, min: u64) -> Node {
        let items: Vec<u32> = (0..self.items(min) as u32).collect();
        if min < self.counted_from {
            let all: Vec<u32> = (0..self.rows.len() as u32).collect();
            return self.node(items, &all, min);
        }
        let followers = self.pairs[..items.len()].iter();
        let frequent = |pairs: &Vec<(u32, u64)>| pairs.iter().filter(|pair| pair.1 >= min).map(|pair| pair.0).collect();
        Node::counted(items, followers.map(frequent).collect())
    }

    /// The node whose set the baskets `held` have, and that may be extended by `items`.
    fn node(&mut self, items: Vec<u32>, held: &[u32], min: u64) -> Node {
        let many = items.len();
        if many > LOOKED_THROUGH {
            // What is before an item in the baskets that hold it bounds how many may follow it.
            let mut before = vec![0u64; many];
            self.each_row(&items, held, &mut |places, weight| {
                places.iter().enumerate().for_each(|(at, &place)| before[place as usize] += weight * at as u64);
            });
            let follow = |(at, &before): (usize, &u64)| (before as f64 / min as f64).min(at as f64);
            let shares = before.iter().enumerate().map(follow).map(|follow| 1.0 + follow * follow).collect();
            return Node { items, followers: None, pairs: 0.0, shares };
        }
        let mut counts = vec![0u64; many * many];
        let mut additions = (many * many) as u64;
        self.each_row(&items, held, &mut |places, weight| {
            for (at, &place) in places.iter().enumerate() {
                let line = &mut counts[place as usize * many..][..many];
                places[..at].iter().for_each(|&other| line[other as usize] += weight);
            }
            additions += (places.len() * places.len() / 2) as u64;
        });
        self.additions += additions;
        let frequent = |at: usize| (0..at).filter(|other| counts[at * many + other] >= min).map(|o| items[o]).collect();
        let followers = (0..many).map(frequent).collect();
        Node::counted(items, followers)
    }

    /// Those of `items` that enough of the baskets `held` have.
    fn followers(&mut self, items: &[u32], held: &[u32], min: u64) -> Vec<u32> {
        let mut counts = vec![0u64; items.len()];
        self.each_row(items, held, &mut |places, weight| {
            places.iter().for_each(|&place| counts[place as usize] += weight);
        });
        items.iter().zip(counts).filter(|(_, count)| *count >= min).map(|(&item, _)| item).collect()
    }

    /// Calls `each` with the places of the items that each of the baskets `held` has, and its weight.
    fn each_row(&mut self, items: &[u32], held: &[u32], each: &mut dyn FnMut(&[u32], u64)) {
        let Some(&last) = items.last() else { return };
        items.iter().enumerate().for_each(|(at, &item)| self.place[item as usize] = at as u32);
        let mut places = Vec::new();
        for &row in held {
            let (row, weight) = &self.rows[row as usize];
            let upto = row.iter().take_while(|&&item| item <= last);
            places.clear();
            places.extend(upto.map(|&item| self.place[item as usize]).filter(|&place| place != u32::MAX));
            self.additions += places.len() as u64 + 1;
            each(&places, u64::from(*weight));
        }
        items.iter().for_each(|&item| self.place[item as usize] = u32::MAX);
    }
}

/// How many sets of two or more of `items` there are if each two go together with the probability `density`, and a set when
/// all of its pairs do.
fn cliques(items: usize, density: f64) -> f64 {
    let (mut sum, mut sets, mut together) = (0.0, items as f64, 1.0);
    for size in 1..items {
        together *= density;
        sets *= (items - size) as f64 / (size + 1) as f64 * together;
        sum += sets;
        if sets < sum * 1e-6 || sum > 1e250 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::{ItemsetKind, Run, count_itemsets};
    use super::*;
    use crate::mining::Support;

    #[test]
    fn is_near_the_true_count() {
        let mut rng = stream(7, "estimate test");
        let baskets =
            Baskets::from_rows((0..400).map(|_| {
                (0..20).filter(|&item| rng.random::<f64>() < 0.6 - f64::from(item) / 50.0).collect::<Vec<u32>>()
            }));
        let settings = ItemsetSettings::new(ItemsetKind::All, Support::Share(0.02));
        let truth = count_itemsets(&baskets, &settings, &Run::default()).unwrap().itemsets as f64;
        let guess = estimate_itemsets(&baskets, &settings, 2000, 1).unwrap();
        assert!((guess.itemsets / truth - 1.0).abs() < 0.15, "{guess:?} against {truth}");
        assert!((guess.itemsets - truth).abs() < 2.0 * (guess.high - guess.itemsets), "{guess:?} against {truth}");
    }

    /// Many items, and pairs of baskets that share few items or many: a handful of pairs have most of the sets.
    #[test]
    fn sparse_baskets_are_exact_in_pairs_and_within_the_spread_above() {
        let mut rng = stream(11, "sparse estimate test");
        let rows = (0..3_000u32).flat_map(|at| {
            let shared: Vec<u32> = (0..2 + at % 9).map(|_| (rng.random::<f64>().powi(2) * 2_000.0) as u32).collect();
            [shared.clone(), shared]
        });
        let baskets = Baskets::from_rows(rows);
        let at = |longest| ItemsetSettings {
            max_length: longest,
            ..ItemsetSettings::new(ItemsetKind::All, Support::Count(2))
        };
        let truth = |longest| count_itemsets(&baskets, &at(longest), &Run::default()).unwrap().itemsets as f64;
        let pairs = estimate_itemsets(&baskets, &at(Some(2)), 100, 1).unwrap();
        assert_eq!((pairs.low, pairs.itemsets, pairs.high), (truth(Some(2)), truth(Some(2)), truth(Some(2))));
        for seed in 0..10 {
            let (guess, truth) = (estimate_itemsets(&baskets, &at(None), 2_000, seed).unwrap(), truth(None));
            assert!(guess.low < truth && truth < guess.high, "{guess:?} against {truth}");
        }
    }

    #[test]
    fn few_items_are_counted_exactly() {
        let baskets = Baskets::from_rows([vec![0, 1], vec![0, 1], vec![0, 2], vec![3]]);
        let settings = ItemsetSettings::new(ItemsetKind::All, Support::Count(2));
        let guess = estimate_itemsets(&baskets, &settings, 10, 1).unwrap();
        assert_eq!((guess.itemsets, guess.low, guess.high), (3.0, 3.0, 3.0));
        assert_eq!(cliques(4, 1.0), 11.0);
        assert_eq!(cliques(3, 0.5), 3.0 * 0.5 + 0.125);
        // More items than pairs are counted of: a hundred in each of twelve groups, all of one group together.
        let rows = (0..240u32).map(|at| (0..100).map(|item| at % 12 * 100 + item).collect::<Vec<_>>());
        let settings =
            ItemsetSettings { max_length: Some(3), ..ItemsetSettings::new(ItemsetKind::All, Support::Count(20)) };
        let guess = estimate_itemsets(&Baskets::from_rows(rows), &settings, 400, 1).unwrap();
        let truth = 12.0 * (100.0 + 4_950.0 + 161_700.0);
        assert!((guess.itemsets / truth - 1.0).abs() < 0.1, "{guess:?} against {truth}");
    }
}
