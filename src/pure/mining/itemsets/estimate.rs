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

/// Estimates the number of frequent itemsets from `probes` random descents through the tree of itemsets.
///
/// At each node one frequent extension is drawn and the counts of the path are weighted by one over the probability of
/// drawing it, which is unbiased (Knuth, "Estimating the efficiency of backtrack programs", 1975). An extension is drawn
/// in proportion to two to the power of the number of items that may still follow it (at most 16), which evens out the
/// sizes of the subtrees.
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

    let probes = probes.max(2);
    let mut counts = Vec::with_capacity(probes);
    let mut lengths = 0.0;
    let mut tally = vec![0u64; order.len()];
    for _ in 0..probes {
        let mut weight = 1.0;
        let mut found = 0.0;
        let mut frequent: Vec<u32> = (0..order.len() as u32).collect();
        let mut inside: Option<Vec<u32>> = None;
        for length in 1..=settings.longest() {
            if frequent.is_empty() {
                break;
            }
            found += weight * frequent.len() as f64;
            lengths += weight * frequent.len() as f64 * length as f64;
            let shares: Vec<f64> = (0..frequent.len()).map(|at| f64::powi(2.0, at.min(16) as i32)).collect();
            let sum: f64 = shares.iter().sum();
            let mut draw = rng.random::<f64>() * sum;
            let at = shares.iter().position(|share| {
                draw -= share;
                draw < 0.0
            });
            let at = at.unwrap_or(frequent.len() - 1);
            weight *= sum / shares[at];
            let item = frequent[at];
            let held: Vec<u32> = match &inside {
                None => holders[item as usize].clone(),
                Some(before) => {
                    before.iter().copied().filter(|&row| rows[row as usize].0.binary_search(&item).is_ok()).collect()
                }
            };
            frequent.truncate(at);
            for &row in &held {
                let (row, weight) = &rows[row as usize];
                row.iter()
                    .take_while(|&&other| other < item)
                    .for_each(|&other| tally[other as usize] += u64::from(*weight));
            }
            frequent.retain(|&other| tally[other as usize] >= min);
            tally.iter_mut().for_each(|count| *count = 0);
            inside = Some(held);
        }
        counts.push(found);
    }
    let n = probes as f64;
    let itemsets = counts.iter().sum::<f64>() / n;
    let variance = counts.iter().map(|count| (count - itemsets).powi(2)).sum::<f64>() / (n - 1.0);
    let margin = 1.959_963_984_540_054 * (variance / n).sqrt();
    let mean_length = if itemsets > 0.0 { lengths / n / itemsets } else { 0.0 };
    let single = order.len() as f64;
    Ok(Estimate {
        itemsets,
        low: (itemsets - margin).max(single.min(itemsets)),
        high: itemsets + margin,
        mean_length,
        memory_bytes: itemsets * (std::mem::size_of::<super::Itemset>() as f64 + 16.0 + 4.0 * mean_length),
    })
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
    }
}
