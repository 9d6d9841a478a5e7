//! Itemsets that earn the most: high-utility itemsets, and what a rule is worth in money.

use super::rules::Counts;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use thiserror::Error;

/// Baskets with what each item in them earned, in ten-thousandths of the currency unit; losses are negative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UtilityBaskets {
    cells: Vec<(u32, i64)>,
    ends: Vec<usize>,
    item_count: u32,
}

impl UtilityBaskets {
    /// No baskets yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a basket of items and what each earned (margin times quantity); doubles are added up.
    pub fn push(&mut self, row: &[(u32, i64)]) {
        let start = self.cells.len();
        self.cells.extend_from_slice(row);
        self.cells[start..].sort_unstable_by_key(|cell| cell.0);
        let mut kept = start;
        for at in start..self.cells.len() {
            if kept > start && self.cells[kept - 1].0 == self.cells[at].0 {
                self.cells[kept - 1].1 = self.cells[kept - 1].1.saturating_add(self.cells[at].1);
            } else {
                self.cells[kept] = self.cells[at];
                kept += 1;
            }
        }
        self.cells.truncate(kept);
        if let Some(&(last, _)) = self.cells[start..].last() {
            self.item_count = self.item_count.max(last + 1);
        }
        self.ends.push(kept);
    }

    /// How many baskets there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A basket's items, ascending, and what each earned.
    pub fn basket(&self, at: usize) -> &[(u32, i64)] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.cells[start..self.ends[at]]
    }
}

/// An itemset and what it earned in the baskets that hold all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UtilityItemset {
    /// Item numbers, ascending.
    pub items: Vec<u32>,
    /// What these items earned there together, in ten-thousandths of the currency unit.
    pub utility: i64,
    /// How many baskets hold all of them.
    pub support: u32,
}

/// Why no high-utility itemsets could be mined.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UtilityError {
    /// Every set, those that lose money too, would be asked for.
    #[error("the minimum utility is {0}, but must be above 0")]
    NotPositive(i64),
    /// The budget was used up, by sets that earn enough or by those that had to be tried.
    #[error(
        "more than {0} itemsets earn that much, or {TRIED_FOR_EACH} times as many nearly do: raise the minimum utility"
    )]
    TooMany(usize),
}

/// Itemsets tried for each one that may be found: bounds the search where many sets nearly earn enough.
const TRIED_FOR_EACH: usize = 50;

/// Finds the itemsets of at most `longest` items that earn at least `min_utility` (ten-thousandths, above 0), the best first,
/// ties by items; at most `most` of them, else an error. Every subset of one large basket may earn enough, so without
/// a bound on the length their number has none either.
///
/// Projected baskets, merging of equal ones, and the local and subtree bounds are those of EFIM (Zida, Fournier-Viger,
/// Lin, Wu and Tseng, "EFIM: a highly efficient algorithm for high-utility itemset mining", 2015). Losses enter the exact
/// utility and count as 0 in every bound of what may still be added (Lin, Fournier-Viger and Gan, "FHN", 2016).
///
/// # Errors
/// When `min_utility` is not above 0, more than `most` sets qualify, or fifty times as many had to be tried.
pub fn high_utility_itemsets(
    baskets: &UtilityBaskets,
    min_utility: i64,
    longest: usize,
    most: usize,
) -> Result<Vec<UtilityItemset>, UtilityError> {
    if min_utility <= 0 {
        return Err(UtilityError::NotPositive(min_utility));
    }
    let min = i128::from(min_utility);
    let mut bound = vec![0i128; baskets.item_count as usize];
    for at in 0..baskets.len() {
        let whole: i128 = baskets.basket(at).iter().map(|&(_, utility)| i128::from(utility.max(0))).sum();
        baskets.basket(at).iter().for_each(|&(item, _)| bound[item as usize] += whole);
    }
    let mut order: Vec<u32> = (0..baskets.item_count).filter(|&item| bound[item as usize] >= min).collect();
    order.sort_by_key(|&item| (bound[item as usize], item));
    let mut rank = vec![u32::MAX; bound.len()];
    order.iter().enumerate().for_each(|(at, &item)| rank[item as usize] = at as u32);
    let rows: Vec<Projected> = (0..baskets.len())
        .map(|at| {
            let kept = baskets.basket(at).iter().filter(|cell| rank[cell.0 as usize] != u32::MAX);
            let mut cells: Vec<(u32, i128)> = kept.map(|&(item, u)| (rank[item as usize], i128::from(u))).collect();
            cells.sort_unstable_by_key(|cell| cell.0);
            Projected { cells, earned: 0, baskets: 1 }
        })
        .filter(|row| !row.cells.is_empty())
        .collect();
    let rows = merge(rows);
    let budget = Budget { most, found: AtomicUsize::new(0), tried: AtomicUsize::new(0) };
    let branches: Result<Vec<Vec<UtilityItemset>>, UtilityError> = (0..order.len() as u32)
        .into_par_iter()
        .with_max_len(1)
        .map_init(
            || UtilitySearch::new(min, longest, &budget, &order),
            |search, first| {
                search.extend(&rows, &[first])?;
                Ok(std::mem::take(&mut search.found))
            },
        )
        .collect();
    let mut found: Vec<UtilityItemset> = branches?.into_iter().flatten().collect();
    found.sort_unstable_by(|a, b| {
        (std::cmp::Reverse(a.utility), &a.items).cmp(&(std::cmp::Reverse(b.utility), &b.items))
    });
    Ok(found)
}

/// A basket behind a prefix: what is left of it, what the prefix earned in it, and how many equal baskets it stands for.
struct Projected {
    cells: Vec<(u32, i128)>,
    earned: i128,
    baskets: u32,
}

/// What all threads have found and tried together. Whether it is overdrawn in the end does not depend on who came first.
struct Budget {
    most: usize,
    found: AtomicUsize,
    tried: AtomicUsize,
}

impl Budget {
    fn spend(&self, account: &AtomicUsize, most: usize) -> Result<(), UtilityError> {
        if account.fetch_add(1, Ordering::Relaxed) < most { Ok(()) } else { Err(UtilityError::TooMany(self.most)) }
    }
}

struct UtilitySearch<'a> {
    min: i128,
    longest: usize,
    budget: &'a Budget,
    order: &'a [u32],
    prefix: Vec<u32>,
    found: Vec<UtilityItemset>,
    subtree: Vec<i128>,
    local: Vec<i128>,
}

impl<'a> UtilitySearch<'a> {
    fn new(min: i128, longest: usize, budget: &'a Budget, order: &'a [u32]) -> Self {
        let sums = || vec![0; order.len()];
        Self { min, longest, budget, order, prefix: Vec::new(), found: Vec::new(), subtree: sums(), local: sums() }
    }

    fn extend(&mut self, rows: &[Projected], candidates: &[u32]) -> Result<(), UtilityError> {
        for &item in candidates {
            let tries = TRIED_FOR_EACH.saturating_mul(self.budget.most.max(1));
            self.budget.spend(&self.budget.tried, tries)?;
            let (mut utility, mut support) = (0i128, 0u32);
            let mut behind = Vec::new();
            for row in rows {
                if let Ok(at) = row.cells.binary_search_by_key(&item, |cell| cell.0) {
                    let earned = row.earned + row.cells[at].1;
                    utility += earned;
                    support += row.baskets;
                    behind.push(Projected { cells: row.cells[at + 1..].to_vec(), earned, baskets: row.baskets });
                }
            }
            self.prefix.push(item);
            if utility >= self.min {
                self.budget.spend(&self.budget.found, self.budget.most)?;
                let mut items: Vec<u32> = self.prefix.iter().map(|&rank| self.order[rank as usize]).collect();
                items.sort_unstable();
                let utility = i64::try_from(utility).unwrap_or(i64::MAX);
                self.found.push(UtilityItemset { items, utility, support });
            }
            for row in &behind {
                let mut rest = 0i128;
                for &(item, utility) in row.cells.iter().rev() {
                    // A larger set need not be in this basket, so a basket with a loss must not lower the bound.
                    self.subtree[item as usize] += (row.earned + utility + rest).max(0);
                    rest += utility.max(0);
                }
                row.cells.iter().for_each(|&(item, _)| self.local[item as usize] += (row.earned + rest).max(0));
            }
            let mut met: Vec<u32> = behind.iter().flat_map(|row| row.cells.iter().map(|cell| cell.0)).collect();
            met.sort_unstable();
            met.dedup();
            let keep: Vec<u32> = met.iter().copied().filter(|&item| self.local[item as usize] >= self.min).collect();
            let next: Vec<u32> = keep.iter().copied().filter(|&item| self.subtree[item as usize] >= self.min).collect();
            for &item in &met {
                self.subtree[item as usize] = 0;
                self.local[item as usize] = 0;
            }
            if !next.is_empty() && self.prefix.len() < self.longest {
                behind.iter_mut().for_each(|row| row.cells.retain(|cell| keep.binary_search(&cell.0).is_ok()));
                behind.retain(|row| !row.cells.is_empty());
                self.extend(&merge(behind), &next)?;
            }
            self.prefix.pop();
        }
        Ok(())
    }
}

/// Baskets with the same items become one, utilities added.
fn merge(mut rows: Vec<Projected>) -> Vec<Projected> {
    let same = |a: &Projected, b: &Projected| a.cells.iter().map(|c| c.0).cmp(b.cells.iter().map(|c| c.0));
    rows.sort_by(same);
    let mut merged: Vec<Projected> = Vec::with_capacity(rows.len());
    for row in rows {
        match merged.last_mut() {
            Some(last) if same(last, &row).is_eq() => {
                last.cells.iter_mut().zip(&row.cells).for_each(|(sum, cell)| sum.1 += cell.1);
                last.earned += row.earned;
                last.baskets += row.baskets;
            }
            _ => merged.push(row),
        }
    }
    merged
}

/// What acting on a rule may earn per basket with the left side: the margin of the right side times the confidence beyond
/// the right side's usual share.
///
/// `margin` is what the items on the right earn together, in any unit; the result has that unit. Negative for a rule
/// whose sides repel.
pub fn expected_value(counts: Counts, margin: f64) -> f64 {
    margin * (counts.confidence() - counts.right as f64 / counts.total as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matches_zida_2015_running_example() {
        // Tables 1 and 2 of the EFIM paper: quantities times unit profits of items a to g, minimum utility 30.
        let profit = [5, 2, 1, 2, 3, 1, 1];
        let mut baskets = UtilityBaskets::new();
        for row in [
            vec![(0, 1), (2, 1), (3, 1)],
            vec![(0, 2), (2, 6), (4, 2), (6, 5)],
            vec![(0, 1), (1, 2), (2, 1), (3, 6), (4, 1), (5, 5)],
            vec![(1, 4), (2, 3), (3, 3), (4, 1)],
            vec![(1, 2), (2, 2), (4, 1), (6, 2)],
        ] {
            baskets.push(&row.iter().map(|&(item, q)| (item, q * profit[item as usize])).collect::<Vec<_>>());
        }
        let found = high_utility_itemsets(&baskets, 30, 9, 100).unwrap();
        let mut sets: Vec<(Vec<u32>, i64)> = found.into_iter().map(|set| (set.items, set.utility)).collect();
        sets.sort();
        let expected = [
            (vec![0, 1, 2, 3, 4, 5], 30),
            (vec![0, 2, 4], 31),
            (vec![1, 2, 3], 34),
            (vec![1, 2, 3, 4], 40),
            (vec![1, 2, 4], 31),
            (vec![1, 3], 30),
            (vec![1, 3, 4], 36),
        ];
        assert_eq!(sets, expected);
    }

    proptest! {
        #[test]
        fn equals_brute_force(
            rows in proptest::collection::vec(proptest::collection::vec((0u32..6, -4i64..9), 0..6), 0..12),
            min in 1i64..40,
            longest in 1usize..8,
        ) {
            let mut baskets = UtilityBaskets::new();
            rows.iter().for_each(|row| baskets.push(row));
            let mut expected = Vec::new();
            for set in (1u32..64).filter(|set| set.count_ones() as usize <= longest) {
                let (mut utility, mut support) = (0, 0);
                for at in 0..baskets.len() {
                    let inside: Vec<i64> = baskets.basket(at).iter().filter(|c| set >> c.0 & 1 == 1).map(|c| c.1).collect();
                    if inside.len() == set.count_ones() as usize {
                        utility += inside.iter().sum::<i64>();
                        support += 1;
                    }
                }
                if utility >= min {
                    expected.push(UtilityItemset { items: (0..6).filter(|i| set >> i & 1 == 1).collect(), utility, support });
                }
            }
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| high_utility_itemsets(&baskets, min, longest, 1000).unwrap())
            };
            let mut found = on(1);
            prop_assert_eq!(&found, &on(2));
            let one_less = found.len().wrapping_sub(1);
            if !found.is_empty() && one_less > 0 {
                let refused = high_utility_itemsets(&baskets, min, longest, one_less);
                prop_assert_eq!(refused, Err(UtilityError::TooMany(one_less)));
            }
            found.sort_by(|a, b| a.items.cmp(&b.items));
            expected.sort_by(|a, b| a.items.cmp(&b.items));
            prop_assert_eq!(found, expected);
        }
    }
}
