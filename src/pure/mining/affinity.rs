//! Which items go together in pairs, and which replace each other.

use super::baskets::Baskets;
use super::rules::{Correction, Counts, adjust, lower_tail};

/// Pair counts of the most frequent items.
#[derive(Debug, Clone, PartialEq)]
pub struct AffinityMatrix {
    /// Item numbers, the most frequent first.
    pub items: Vec<u32>,
    /// Baskets with each of them.
    pub supports: Vec<u64>,
    /// Baskets with both, `items.len()` rows of `items.len()`; the diagonal is the item's own count.
    pub pairs: Vec<u64>,
    /// All baskets.
    pub total: u64,
}

impl AffinityMatrix {
    /// The table of a pair, by places in [`AffinityMatrix::items`].
    pub fn counts(&self, a: usize, b: usize) -> Counts {
        let both = self.pairs[a * self.items.len() + b];
        Counts { both, left: self.supports[a], right: self.supports[b], total: self.total }
    }
}

/// Two items that are bought in one basket less often than chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Substitutes {
    /// The item with the lower number.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// How often.
    pub counts: Counts,
    /// Probability of so few baskets with both if they were bought independently (Fisher, one-sided), raised for the
    /// number of pairs (Benjamini and Yekutieli, 2001).
    pub p_value: f64,
}

/// Counts the pairs of the `most` most frequent items, ties by item number.
pub fn affinity_matrix(baskets: &Baskets, most: usize) -> AffinityMatrix {
    let supports = baskets.item_supports();
    let mut items: Vec<u32> = (0..baskets.item_count()).filter(|&item| supports[item as usize] > 0).collect();
    items.sort_by_key(|&item| (std::cmp::Reverse(supports[item as usize]), item));
    items.truncate(most);
    let mut place = vec![u32::MAX; supports.len()];
    items.iter().enumerate().for_each(|(at, &item)| place[item as usize] = at as u32);
    let size = items.len();
    let mut pairs = vec![0u64; size * size];
    let mut row = Vec::new();
    for (at, basket) in baskets.iter().enumerate() {
        let weight = u64::from(baskets.weight(at));
        row.clear();
        row.extend(basket.iter().map(|&item| place[item as usize]).filter(|&place| place != u32::MAX));
        row.sort_unstable();
        for (from, &a) in row.iter().enumerate() {
            let line = &mut pairs[a as usize * size..][..size];
            row[from..].iter().for_each(|&b| line[b as usize] += weight);
        }
    }
    for a in 0..size {
        for b in 0..a {
            pairs[a * size + b] = pairs[b * size + a];
        }
    }
    let counted = items.iter().map(|&item| u64::from(supports[item as usize])).collect();
    AffinityMatrix { supports: counted, items, pairs, total: baskets.total_weight() }
}

/// The pairs of the matrix that are bought apart more than chance at `alpha`, the most certain first.
pub fn substitutes(matrix: &AffinityMatrix, alpha: f64) -> Vec<Substitutes> {
    let size = matrix.items.len();
    let pairs: Vec<(usize, usize)> = (0..size).flat_map(|a| (a + 1..size).map(move |b| (a, b))).collect();
    let raw: Vec<f64> = pairs.iter().map(|&(a, b)| lower_tail(matrix.counts(a, b))).collect();
    let adjusted = adjust(&raw, Correction::BenjaminiYekutieli, raw.len());
    let mut found: Vec<(f64, Substitutes)> = pairs
        .iter()
        .zip(raw.iter().zip(adjusted))
        .filter(|(_, (_, p))| *p <= alpha)
        .map(|(&(a, b), (&raw, p_value))| {
            let (a, b) = if matrix.items[a] < matrix.items[b] { (a, b) } else { (b, a) };
            (raw, Substitutes { a: matrix.items[a], b: matrix.items[b], counts: matrix.counts(a, b), p_value })
        })
        .collect();
    found.sort_by(|x, y| x.0.total_cmp(&y.0).then((x.1.a, x.1.b).cmp(&(y.1.a, y.1.b))));
    found.into_iter().map(|(_, pair)| pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_bought_instead() {
        // Tea (0) or coffee (1), never both; milk (2) with half of either.
        let baskets = Baskets::from_rows((0..400u32).map(|at| if at % 4 < 2 { vec![at % 2, 2] } else { vec![at % 2] }));
        let matrix = affinity_matrix(&baskets, 10);
        assert_eq!(matrix.items, [0, 1, 2]);
        assert_eq!(matrix.counts(0, 2), Counts { both: 100, left: 200, right: 200, total: 400 });
        let found = substitutes(&matrix, 0.01);
        assert_eq!(found.iter().map(|pair| (pair.a, pair.b)).collect::<Vec<_>>(), [(0, 1)]);
    }
}
