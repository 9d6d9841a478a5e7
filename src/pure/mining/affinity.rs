//! Which items go together in pairs, and which replace each other.

use super::baskets::Baskets;
use super::rules::{Chance, Correction, Counts, Expected, Test, adjust};
use rayon::prelude::*;

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
    /// What chance makes of each pair above the diagonal, row by row.
    expected: Vec<Pair>,
}

/// What chance makes of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    /// Baskets with both.
    expected: f64,
    /// Probability of so few with both.
    apart: f64,
}

impl AffinityMatrix {
    /// The baskets that chance alone is expected to put both of a pair into, by places in [`AffinityMatrix::items`].
    pub fn expected(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (a.min(b), a.max(b));
        if a == b { self.supports[a] as f64 } else { self.expected[self.place(a, b)].expected }
    }

    /// Where a pair stands above the diagonal.
    fn place(&self, a: usize, b: usize) -> usize {
        a * (2 * self.items.len() - a - 1) / 2 + b - a - 1
    }

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
    /// Baskets that chance alone is expected to put both into.
    pub expected: f64,
    /// Probability of so few baskets with both by chance, raised for the number of pairs (Benjamini and Yekutieli, 2001).
    pub p_value: f64,
}

/// Counts the pairs of the `most` most frequent items, ties by item number, and sets beside them what `test` takes for chance:
/// among baskets of the same size, or in any basket alike.
pub fn affinity_matrix(baskets: &Baskets, most: usize, test: Test) -> AffinityMatrix {
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
    let total = baskets.total_weight();
    let mut matrix = AffinityMatrix { supports: counted, items, pairs, total, expected: Vec::new() };
    let chance = Chance::new(baskets, test);
    for a in 0..size {
        // The rarer item takes its place first.
        let one = std::slice::from_ref(&matrix.items[a]);
        let sides: Vec<(&[u32], &[u32])> = matrix.items[a + 1..].chunks(1).map(|other| (other, one)).collect();
        let expected = chance.expect(&sides, |at| matrix.counts(a, a + 1 + at));
        let pair = |(at, expected): (usize, Expected)| Pair {
            expected: expected.baskets(),
            apart: expected.at_most(matrix.counts(a, a + 1 + at).both),
        };
        let pairs: Vec<Pair> = expected.into_par_iter().enumerate().map(pair).collect();
        matrix.expected.extend(pairs);
    }
    matrix
}

/// The pairs of the matrix that are bought apart more than chance at `alpha`, the most certain first.
pub fn substitutes(matrix: &AffinityMatrix, alpha: f64) -> Vec<Substitutes> {
    let size = matrix.items.len();
    let pairs: Vec<(usize, usize)> = (0..size).flat_map(|a| (a + 1..size).map(move |b| (a, b))).collect();
    let raw: Vec<f64> = matrix.expected.iter().map(|pair| pair.apart).collect();
    let adjusted = adjust(&raw, Correction::BenjaminiYekutieli, raw.len());
    let mut found: Vec<(f64, Substitutes)> = pairs
        .iter()
        .zip(raw.iter().zip(adjusted))
        .filter(|(_, (_, p))| *p <= alpha)
        .map(|(&(a, b), (&raw, p_value))| {
            let (a, b) = if matrix.items[a] < matrix.items[b] { (a, b) } else { (b, a) };
            let (counts, expected) = (matrix.counts(a, b), matrix.expected(a, b));
            (raw, Substitutes { a: matrix.items[a], b: matrix.items[b], counts, expected, p_value })
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
        let matrix = affinity_matrix(&baskets, 10, Test::Fisher);
        assert_eq!(matrix.items, [0, 1, 2]);
        assert_eq!(matrix.counts(0, 2), Counts { both: 100, left: 200, right: 200, total: 400 });
        assert_eq!((matrix.expected(0, 2), matrix.expected(2, 0), matrix.expected(1, 1)), (100.0, 100.0, 200.0));
        let found = substitutes(&matrix, 0.01);
        assert_eq!(found.iter().map(|pair| (pair.a, pair.b)).collect::<Vec<_>>(), [(0, 1)]);
    }

    /// Half of the baskets hold one item and half hold twelve of thirty: whatever is in the large ones meets more often than
    /// independence gives, and what is bought alone meets less often, without any item having to do with another.
    #[test]
    fn sizes_of_baskets_make_no_substitutes_and_no_friends() {
        let mut rng = crate::numeric::random::stream(11, "sizes of baskets");
        let rows: Vec<Vec<u32>> = (0..4_000u32)
            .map(|at| {
                let mut items: Vec<u32> = (0..30).collect();
                rand::seq::SliceRandom::shuffle(&mut items[..], &mut rng);
                items.truncate(if at % 2 == 0 { 1 } else { 12 });
                // Tea and coffee (28 and 29) are in large baskets, but hardly ever in the same one.
                if items.contains(&28) && at % 16 != 1 {
                    items.retain(|&item| item != 29);
                }
                items
            })
            .collect();
        let baskets = Baskets::from_rows(rows);
        let pairs = |test| -> Vec<(u32, u32)> {
            substitutes(&affinity_matrix(&baskets, 30, test), 0.01).iter().map(|pair| (pair.a, pair.b)).collect()
        };
        assert_eq!(pairs(Test::BasketSize), [(28, 29)]);
        let matrix = affinity_matrix(&baskets, 30, Test::BasketSize);
        let apart = matrix.expected.iter().filter(|pair| pair.apart <= 0.05).count() as f64;
        assert!(apart / matrix.expected.len() as f64 <= 0.08, "{apart}");
        for a in 0..30 {
            for b in a + 1..30 {
                let (both, expected) = (matrix.counts(a, b).both as f64, matrix.expected(a, b));
                let planted = matrix.items[a].min(matrix.items[b]) == 28;
                assert!(planted || (both - expected).abs() < 5.0 * expected.sqrt(), "{both} and {expected}");
            }
        }
    }
}
