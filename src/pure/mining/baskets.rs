//! Baskets: which items were bought together, as rows of dense item numbers.

use std::borrow::Cow;

use thiserror::Error;

use crate::orders::ByOrder;

/// Baskets in compressed rows: the distinct items of each basket in ascending order, all in one array.
///
/// A basket may be empty: it still counts in the total that shares are taken of. Weights and times stand beside the
/// rows and are absent when every basket weighs 1 or nobody asked when it was bought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baskets {
    items: Vec<u32>,
    ends: Vec<usize>,
    item_count: u32,
    weights: Option<Vec<u32>>,
    times: Option<Vec<i64>>,
}

/// Why baskets cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BasketsError {
    /// A column beside the baskets has another length.
    #[error("{found} {what} were given for {baskets} baskets: give one for each")]
    Length {
        /// What was given.
        what: &'static str,
        /// How many.
        found: usize,
        /// For how many baskets.
        baskets: usize,
    },
    /// The weights add up to more than the counters hold.
    #[error("the baskets weigh {0} together, more than the {max} that can be counted: divide all weights", max = u32::MAX)]
    TooHeavy(u64),
}

impl Baskets {
    /// No baskets yet, over `item_count` items numbered from 0.
    pub fn new(item_count: u32) -> Self {
        Self { item_count, ..Self::default() }
    }

    /// Baskets from rows of item numbers in any order, doubles allowed.
    pub fn from_rows<R: AsRef<[u32]>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut baskets = Self::new(0);
        for row in rows {
            baskets.push(row.as_ref());
        }
        baskets
    }

    /// The orders that were known at a date, over `item_count` items, with their times.
    pub fn of(orders: &ByOrder, item_count: u32) -> Self {
        let mut baskets = Self::new(item_count);
        (0..orders.len()).for_each(|order| baskets.push(orders.items(order)));
        baskets.times = Some(orders.times().to_vec());
        baskets
    }

    /// Appends a basket of item numbers in any order; doubles count once, and new numbers raise the item count.
    ///
    /// A basket that is appended after weights or times were set weighs 1 and gets time 0.
    pub fn push(&mut self, row: &[u32]) {
        let start = self.items.len();
        self.items.extend_from_slice(row);
        let ascending = row.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending {
            self.items[start..].sort_unstable();
            let mut kept = start;
            for at in start..self.items.len() {
                if kept == start || self.items[kept - 1] != self.items[at] {
                    self.items[kept] = self.items[at];
                    kept += 1;
                }
            }
            self.items.truncate(kept);
        }
        if let Some(&last) = self.items[start..].last() {
            self.item_count = self.item_count.max(last.checked_add(1).expect("u32::MAX is the missing item"));
        }
        self.ends.push(self.items.len());
        if let Some(weights) = &mut self.weights {
            weights.push(1);
        }
        if let Some(times) = &mut self.times {
            times.push(0);
        }
    }

    /// The same baskets with one weight each, in whole units (scale shares up before).
    ///
    /// # Errors
    /// When there is not one weight for each basket or their sum passes `u32::MAX`.
    pub fn with_weights(mut self, weights: Vec<u32>) -> Result<Self, BasketsError> {
        self.same_length("weights", weights.len())?;
        let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
        if total > u64::from(u32::MAX) {
            return Err(BasketsError::TooHeavy(total));
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// The same baskets, each weighing 1.
    pub fn unweighted(&self) -> Cow<'_, Self> {
        match self.weights {
            None => Cow::Borrowed(self),
            Some(_) => Cow::Owned(Self { weights: None, ..self.clone() }),
        }
    }

    /// The same baskets with one time each, in civil seconds.
    ///
    /// # Errors
    /// When there is not one time for each basket.
    pub(super) fn with_times(mut self, times: Vec<i64>) -> Result<Self, BasketsError> {
        self.same_length("times", times.len())?;
        self.times = Some(times);
        Ok(self)
    }

    /// How many baskets there are, empty ones included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no basket.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One above the highest item number.
    pub fn item_count(&self) -> u32 {
        self.item_count
    }

    /// How many items all baskets hold together.
    pub fn cells(&self) -> usize {
        self.items.len()
    }

    /// The distinct items of a basket in ascending order.
    pub fn basket(&self, at: usize) -> &[u32] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.items[start..self.ends[at]]
    }

    /// All baskets in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|at| self.basket(at))
    }

    /// The weight of a basket: 1 where no weights were given.
    pub fn weight(&self, at: usize) -> u32 {
        self.weights.as_ref().map_or(1, |weights| weights[at])
    }

    /// One weight for each basket, where given.
    pub fn weights(&self) -> Option<&[u32]> {
        self.weights.as_deref()
    }

    /// One time for each basket in civil seconds, where given.
    pub fn times(&self) -> Option<&[i64]> {
        self.times.as_deref()
    }

    /// What all baskets weigh together: their number where no weights were given.
    pub fn total_weight(&self) -> u64 {
        self.weights.as_ref().map_or(self.len() as u64, |weights| weights.iter().map(|&weight| u64::from(weight)).sum())
    }

    /// What a basket weighs in the sense of evidence: total weight over the number of equal baskets that would tell as much
    /// (L. Kish, "Survey Sampling", 1965); 1 without weights, and at least that.
    pub fn usual_weight(&self) -> f64 {
        let weights = self.weights.as_deref().unwrap_or_default();
        let (sum, squares) =
            weights.iter().fold((0.0, 0.0), |(sum, squares), &w| (sum + f64::from(w), squares + f64::from(w).powi(2)));
        if sum > 0.0 { f64::max(squares / sum, 1.0) } else { 1.0 }
    }

    /// The weight of the baskets that hold each item, by item number.
    pub fn item_supports(&self) -> Vec<u32> {
        let mut supports = vec![0u32; self.item_count as usize];
        match &self.weights {
            None => self.items.iter().for_each(|&item| supports[item as usize] += 1),
            Some(weights) => {
                for (row, &weight) in self.iter().zip(weights) {
                    row.iter().for_each(|&item| supports[item as usize] += weight);
                }
            }
        }
        supports
    }

    /// The weight of the baskets that hold all of `items` (ascending, distinct).
    pub fn support_of(&self, items: &[u32]) -> u64 {
        (0..self.len()).filter(|&at| contains_all(self.basket(at), items)).map(|at| u64::from(self.weight(at))).sum()
    }

    /// The baskets before `time` and those from then on, or `None` where no times were given.
    pub fn split_at(&self, time: i64) -> Option<(Self, Self)> {
        let times = self.times.as_ref()?;
        Some((self.select(|at| times[at] < time), self.select(|at| times[at] >= time)))
    }

    /// The baskets whose place `keep` says yes to, over the same item numbers.
    pub fn select(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self::new(self.item_count);
        let places: Vec<usize> = (0..self.len()).filter(|&at| keep(at)).collect();
        for &at in &places {
            kept.push(self.basket(at));
        }
        kept.weights = self.weights.as_ref().map(|weights| places.iter().map(|&at| weights[at]).collect());
        kept.times = self.times.as_ref().map(|times| places.iter().map(|&at| times[at]).collect());
        kept
    }

    fn same_length(&self, what: &'static str, found: usize) -> Result<(), BasketsError> {
        let baskets = self.len();
        if found == baskets { Ok(()) } else { Err(BasketsError::Length { what, found, baskets }) }
    }
}

impl<'a> From<&'a Baskets> for Cow<'a, Baskets> {
    fn from(baskets: &'a Baskets) -> Self {
        Cow::Borrowed(baskets)
    }
}

impl From<Baskets> for Cow<'_, Baskets> {
    fn from(baskets: Baskets) -> Self {
        Cow::Owned(baskets)
    }
}

/// Whether the ascending `row` holds all of the ascending `items`.
pub(crate) fn contains_all(row: &[u32], items: &[u32]) -> bool {
    let mut at = 0;
    items.iter().all(|item| {
        while at < row.len() && row[at] < *item {
            at += 1;
        }
        at < row.len() && row[at] == *item
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{AsOf, Lines, Orders, Returns};

    #[test]
    fn a_basket_is_the_distinct_items_in_order() {
        let baskets = Baskets::from_rows([vec![3, 1, 3], vec![], vec![0, 1]]);
        assert_eq!(baskets.iter().collect::<Vec<_>>(), [&[1u32, 3][..], &[], &[0, 1]]);
        assert_eq!((baskets.len(), baskets.item_count(), baskets.cells()), (3, 4, 4));
        assert_eq!(baskets.item_supports(), [1, 2, 0, 1]);
        assert_eq!((baskets.support_of(&[]), baskets.support_of(&[1]), baskets.support_of(&[0, 3])), (3, 2, 0));
    }

    #[test]
    fn orders_are_baskets_as_far_as_they_are_known() {
        let lines = Lines {
            customer: vec![0, 0, 1, 1],
            order: vec![0, 0, 1, 2],
            item: vec![4, 2, 4, 1],
            time: vec![50, 50, 20, 90],
            ..Lines::default()
        };
        let orders = Orders::new(2, lines, Returns::default()).unwrap();
        let baskets = Baskets::of(&ByOrder::of(AsOf::new(&orders, 90)), 6);
        assert_eq!(baskets.iter().collect::<Vec<_>>(), [&[4][..], &[2, 4]]);
        assert_eq!((baskets.times(), baskets.item_count()), (Some(&[20, 50][..]), 6));
    }

    #[test]
    fn weights_and_times_follow_their_baskets() {
        let baskets = Baskets::from_rows([[0], [1], [0]]);
        let baskets = baskets.with_weights(vec![2, 3, 5]).unwrap().with_times(vec![10, 20, 30]).unwrap();
        assert_eq!((baskets.total_weight(), baskets.item_supports()), (10, vec![7, 3]));
        let (before, after) = baskets.split_at(20).unwrap();
        assert_eq!((before.len(), after.len(), after.item_supports()), (1, 2, vec![5, 3]));
        assert_eq!(after.times(), Some(&[20, 30][..]));
        // (4 + 9 + 25) / 10
        assert_eq!((baskets.usual_weight(), Baskets::from_rows([[0]]).usual_weight()), (3.8, 1.0));
        assert!(baskets.clone().with_weights(vec![1]).is_err());
        assert_eq!(baskets.with_weights(vec![u32::MAX, 1, 0]), Err(BasketsError::TooHeavy(1 << 32)));
    }
}
