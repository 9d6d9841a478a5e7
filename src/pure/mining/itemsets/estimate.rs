//! How many itemsets there will be, guessed from random descents before the search.

use super::super::baskets::Baskets;
use super::settings::{ItemsetSettings, MiningError};
use crate::numeric::random::stream;
use rand::RngExt;

/// What a search is expected to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Expected number of frequent itemsets (of all kinds; closed and maximal ones are never more).
    pub itemsets: f64,
    /// Lower end of a 95 % interval.
    pub low: f64,
    /// Upper end of a 95 % interval.
    pub high: f64,
    /// Expected mean length of a set.
    pub mean_length: f64,
    /// Bytes that collecting them takes.
    pub memory_bytes: f64,
}

/// Items below which the pairs of a node are counted, to see how much is below each item.
const LOOKED_THROUGH: usize = 1_024;

/// Additions after which no further descent is begun, once there are [`FEWEST`].
const ADDITIONS: u64 = 400_000_000;

/// Fewest descents.
const FEWEST: usize = 50;

/// The power that evens out how unlike extensions are: where few sets go together as a whole, their number grows less fast than
/// pairs promise. On mushroom, chess and independent items the worst of the three errors is least at about this.
const EVENED: f64 = 0.7;

/// Estimates the number of frequent itemsets from at most `probes` random descents through the tree of itemsets.
///
/// At each node one frequent extension is drawn and the counts of the path are weighted by one over the probability of
/// drawing it, which is unbiased (Knuth, "Estimating the efficiency of backtrack programs", 1975). The pairs of extensions
/// are all counted, so that sets of one and two items are exact, and an extension is drawn the more often the more sets
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
    let min = settings.support.count(baskets.total_weight());
    let mut rng = stream(seed, "itemset estimate");
    let supports = baskets.item_supports();
    let mut order: Vec<u32> = (0..baskets.item_count()).filter(|&i| u64::from(supports[i as usize]) >= min).collect();
    order.sort_by_key(|&item| (std::cmp::Reverse(supports[item as usize]), item));
    let mut rank = vec![u32::MAX; supports.len()];
    order.iter().enumerate().for_each(|(at, &item)| rank[item as usize] = at as u32);
    let rows: Vec<(Vec<u32>, u32)> = (0..baskets.len())
        .map(|at| {
            let mut row: Vec<u32> =
                baskets.basket(at).iter().map(|&i| rank[i as usize]).filter(|&r| r != u32::MAX).collect();
            row.sort_unstable();
            (row, baskets.weight(at))
        })
        .collect();
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
    for (at, (row, _)) in rows.iter().enumerate() {
        row.iter().for_each(|&item| holders[item as usize].push(at as u32));
    }

    let single = order.len() as f64;
    let mut tree = Tree { rows: &rows, min, place: vec![u32::MAX; order.len()], additions: 0 };
    let all: Vec<u32> = (0..rows.len() as u32).collect();
    let root = tree.node((0..order.len() as u32).collect(), &all);
    tree.additions = 0;
    let (mut counts, mut lengths) = (Vec::with_capacity(probes), 0.0);
    while counts.len() < probes.max(2) && (counts.len() < FEWEST || tree.additions < ADDITIONS) {
        let (mut weight, mut found) = (1.0, single);
        lengths += single;
        let mut below: Option<Node> = None;
        let mut inside: Option<Vec<u32>> = None;
        for length in 2..=settings.longest() {
            let node = below.as_ref().unwrap_or(&root);
            found += weight * node.pairs;
            lengths += weight * node.pairs * length as f64;
            let sum: f64 = node.shares.iter().sum();
            if sum <= 0.0 {
                break;
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
                None => holders[item as usize].clone(),
                Some(before) => {
                    before.iter().copied().filter(|&row| rows[row as usize].0.binary_search(&item).is_ok()).collect()
                }
            };
            let next = match &node.followers {
                Some(followers) => followers[at].clone(),
                None => tree.followers(&node.items[..at], &held),
            };
            if node.followers.is_none() {
                // Their number was not known before.
                found += weight * next.len() as f64;
                lengths += weight * next.len() as f64 * length as f64;
            }
            below = Some(tree.node(next, &held));
            inside = Some(held);
        }
        counts.push(found);
    }
    let n = counts.len() as f64;
    let itemsets = counts.iter().sum::<f64>() / n;
    let variance = counts.iter().map(|count| (count - itemsets).powi(2)).sum::<f64>() / (n - 1.0);
    let margin = 1.959_963_984_540_054 * (variance / n).sqrt();
    let mean_length = if itemsets > 0.0 { lengths / n / itemsets } else { 0.0 };
    Ok(Estimate {
        itemsets,
        low: (itemsets - margin).max(single.min(itemsets)),
        high: itemsets + margin,
        mean_length,
        memory_bytes: itemsets * (std::mem::size_of::<super::Itemset>() as f64 + 16.0 + 4.0 * mean_length),
    })
}

/// What descents go down.
struct Tree<'a> {
    /// Items by their rank, ascending, and weights.
    rows: &'a [(Vec<u32>, u32)],
    min: u64,
    /// Of each item: its place among those of the node at hand.
    place: Vec<u32>,
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

impl Tree<'_> {
    /// The node whose set the baskets `held` have, and that may be extended by `items`.
    fn node(&mut self, items: Vec<u32>, held: &[u32]) -> Node {
        let many = items.len();
        if many > LOOKED_THROUGH {
            // What is before an item in the baskets that hold it bounds how many may follow it.
            let mut before = vec![0u64; many];
            self.each_row(&items, held, &mut |places, weight| {
                places.iter().enumerate().for_each(|(at, &place)| before[place as usize] += weight * at as u64);
            });
            let follow = |(at, &before): (usize, &u64)| (before as f64 / self.min as f64).min(at as f64);
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
        let followers: Vec<Vec<u32>> = (0..many)
            .map(|at| (0..at).filter(|other| counts[at * many + other] >= self.min).map(|o| items[o]).collect())
            .collect();
        let pairs = followers.iter().map(Vec::len).sum::<usize>() as f64;
        let density = pairs / (many * many.saturating_sub(1) / 2).max(1) as f64;
        let share = |followers: &Vec<u32>| cliques(followers.len(), density).powf(EVENED);
        let shares = followers.iter().map(share).collect();
        Node { items, followers: Some(followers), pairs, shares }
    }

    /// Those of `items` that enough of the baskets `held` have.
    fn followers(&mut self, items: &[u32], held: &[u32]) -> Vec<u32> {
        let mut counts = vec![0u64; items.len()];
        self.each_row(items, held, &mut |places, weight| {
            places.iter().for_each(|&place| counts[place as usize] += weight);
        });
        items.iter().zip(counts).filter(|(_, count)| *count >= self.min).map(|(&item, _)| item).collect()
    }

    /// Calls `each` with the places of the items that each of the baskets `held` has, and its weight.
    fn each_row(&mut self, items: &[u32], held: &[u32], each: &mut dyn FnMut(&[u32], u64)) {
        items.iter().enumerate().for_each(|(at, &item)| self.place[item as usize] = at as u32);
        let mut places = Vec::new();
        for &row in held {
            let (row, weight) = &self.rows[row as usize];
            places.clear();
            places.extend(row.iter().map(|&item| self.place[item as usize]).filter(|&place| place != u32::MAX));
            self.additions += row.len() as u64;
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
