//! Which baskets hold an item: supports of any set of items on demand.

use super::baskets::Baskets;

/// The baskets of each item, as ascending lists.
pub struct Occurrences {
    lists: Vec<u32>,
    ends: Vec<usize>,
    weights: Option<Vec<u32>>,
    total: u64,
}

impl Occurrences {
    /// Turns baskets around.
    pub fn new(baskets: &Baskets) -> Self {
        let items = baskets.item_count() as usize;
        let mut ends = vec![0usize; items + 1];
        baskets.iter().flatten().for_each(|&item| ends[item as usize + 1] += 1);
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        let mut next = ends.clone();
        let mut lists = vec![0u32; baskets.cells()];
        for (at, row) in baskets.iter().enumerate() {
            for &item in row {
                lists[next[item as usize]] = u32::try_from(at).expect("fewer than 2^32 baskets");
                next[item as usize] += 1;
            }
        }
        Self { lists, ends, weights: baskets.weights().map(<[u32]>::to_vec), total: baskets.total_weight() }
    }

    /// The baskets that hold `item`, ascending; none for an item that is not known.
    pub fn baskets_with(&self, item: u32) -> &[u32] {
        let item = item as usize;
        if item + 1 < self.ends.len() { &self.lists[self.ends[item]..self.ends[item + 1]] } else { &[] }
    }

    /// The weight of the baskets that hold all of `items`; of all baskets when there are none.
    pub fn support(&self, items: &[u32]) -> u64 {
        match (items, &self.weights) {
            ([], _) => self.total,
            ([item], None) => self.baskets_with(*item).len() as u64,
            (_, weights) => {
                let mut sum = 0;
                self.each_with(items, &mut |row| {
                    sum += weights.as_ref().map_or(1, |weights| u64::from(weights[row as usize]));
                });
                sum
            }
        }
    }

    /// Calls `each` with every basket that holds all of `items` (at least one), ascending.
    pub(crate) fn each_with(&self, items: &[u32], each: &mut dyn FnMut(u32)) {
        let mut lists: Vec<&[u32]> = items.iter().map(|&item| self.baskets_with(item)).collect();
        lists.sort_by_key(|list| list.len());
        let Some((first, others)) = lists.split_first() else { return };
        let mut at = vec![0usize; others.len()];
        'rows: for &row in *first {
            for (list, at) in others.iter().zip(&mut at) {
                // Galloping: the shortest list leads, so the others are skipped through.
                let mut step = 1;
                while *at + step < list.len() && list[*at + step] < row {
                    *at += step;
                    step *= 2;
                }
                let end = (*at + step + 1).min(list.len());
                *at += list[*at..end].partition_point(|&other| other < row);
                if *at == list.len() {
                    return;
                }
                if list[*at] != row {
                    continue 'rows;
                }
            }
            each(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn supports_are_those_of_a_scan(
            rows in proptest::collection::vec(proptest::collection::vec(0u32..6, 0..6), 0..40),
            items in proptest::collection::btree_set(0u32..7, 0..4),
        ) {
            let baskets = Baskets::from_rows(&rows);
            let items: Vec<u32> = items.into_iter().collect();
            prop_assert_eq!(Occurrences::new(&baskets).support(&items), baskets.support_of(&items));
        }
    }
}
