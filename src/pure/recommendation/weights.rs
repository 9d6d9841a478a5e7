//! How much owning one item speaks for another: sparse neighbours, and the dense weights of EASE^R.

use super::inverse::invert;
use super::ownership::Ownership;
use rayon::prelude::*;

/// How the buyers of two items are compared. `both` own both items, `a` and `b` own each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Similarity {
    /// both / (√(a·b) + shrink)
    Cosine,
    /// both / (a + b − both + shrink)
    Jaccard,
}

/// Similarities that rest on few buyers are drawn to zero by this many (Y. Koren, "Factor in the neighbors", 2010).
pub const SHRINK: f32 = 10.0;
/// Neighbours kept per item: few, so that what is bought with everything does not drown what belongs together.
pub const NEIGHBOURS: usize = 20;
/// Regularisation of EASE^R, in buyers.
pub const RIDGE: f32 = 300.0;
/// EASE^R leaves out items with fewer buyers.
pub const LEAST_BUYERS: usize = 20;

/// Weights from item to item, as rows of neighbours.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Neighbours {
    from: Vec<u32>,
    items: Vec<u32>,
    weights: Vec<f32>,
    both: Vec<u32>,
}

impl Neighbours {
    /// The `keep` most similar items of each item, by decreasing similarity, ties by item. An item is not its own
    /// neighbour. (B. Sarwar et al., "Item-based collaborative filtering recommendation algorithms", WWW 2001; M.
    /// Deshpande, G. Karypis, TOIS 2004.)
    pub fn new(ownership: &Ownership, similarity: Similarity, shrink: f32, keep: usize) -> Self {
        let rows: Vec<Vec<(u32, f32, u32)>> = (0..ownership.items())
            .into_par_iter()
            .map_init(
                || (vec![0u32; ownership.items() as usize], Vec::new()),
                |(counts, met), item| {
                    let mut row = Vec::new();
                    let own = ownership.buyers(item).len() as f32;
                    ownership.meet(item, counts, met, |met, counts| {
                        row.extend(met.iter().filter(|&&other| other != item).map(|&other| {
                            let both = counts[other as usize];
                            let theirs = ownership.buyers(other).len() as f32;
                            let over = match similarity {
                                Similarity::Cosine => (own * theirs).sqrt(),
                                Similarity::Jaccard => own + theirs - both as f32,
                            };
                            (other, both as f32 / (over + shrink), both)
                        }));
                    });
                    let order = |a: &(u32, f32, u32), b: &(u32, f32, u32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
                    if row.len() > keep {
                        row.select_nth_unstable_by(keep, order);
                        row.truncate(keep);
                    }
                    row.sort_unstable_by(order);
                    row.shrink_to_fit();
                    row
                },
            )
            .collect();
        let mut neighbours = Neighbours { from: vec![0], ..Neighbours::default() };
        for row in rows {
            for (item, weight, both) in row {
                neighbours.items.push(item);
                neighbours.weights.push(weight);
                neighbours.both.push(both);
            }
            neighbours.from.push(neighbours.items.len() as u32);
        }
        neighbours
    }

    /// The neighbours of an item with their weights, best first.
    pub fn of(&self, item: u32) -> impl Iterator<Item = (u32, f32)> {
        let range = self.range(item);
        self.items[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    /// How many customers own both items, where they are neighbours.
    pub fn both(&self, item: u32, other: u32) -> Option<u32> {
        let range = self.range(item);
        self.items[range.clone()].iter().position(|&i| i == other).map(|place| self.both[range.start + place])
    }

    fn range(&self, item: u32) -> std::ops::Range<usize> {
        self.from[item as usize] as usize..self.from[item as usize + 1] as usize
    }
}

/// Dense weights from item to item, among the items that enough customers own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dense {
    /// The items with weights, ascending.
    items: Vec<u32>,
    weights: Vec<f32>,
}

impl Dense {
    /// EASE^R: the weights B with a zero diagonal that best predict every item of a customer from the others,
    /// B = −P / diag(P) for P = (XᵀX + λI)⁻¹ (H. Steck, "Embarrassingly shallow autoencoders for sparse data", WWW
    /// 2019, equation 8). Takes 4 bytes a cell and half a multiplication per cell and item: I² memory, I³ time.
    ///
    /// Items with fewer than `least` buyers are left out: the ridge leaves them next to no weight, and the time goes with
    /// the cube of the items.
    pub fn ease(ownership: &Ownership, ridge: f32, least: usize) -> Self {
        let items = Dense::candidates(ownership, least);
        let n = items.len();
        let mut weights = vec![0f32; n * n];
        weights.par_chunks_mut(n.max(1)).enumerate().for_each_init(
            || (vec![0u32; ownership.items() as usize], Vec::new()),
            |(counts, met), (place, row)| {
                ownership.meet(items[place], counts, met, |_, counts| {
                    for (cell, &other) in row.iter_mut().zip(&items) {
                        *cell = counts[other as usize] as f32;
                    }
                });
                row[place] += ridge;
            },
        );
        invert(&mut weights, n);
        let diagonal: Vec<f32> = (0..n).map(|place| weights[place * n + place]).collect();
        weights.par_chunks_mut(n.max(1)).enumerate().for_each(|(place, row)| {
            for (weight, own) in row.iter_mut().zip(&diagonal) {
                *weight /= -own;
            }
            row[place] = 0.0;
        });
        Dense { items, weights }
    }

    /// The items that would get weights.
    pub fn candidates(ownership: &Ownership, least: usize) -> Vec<u32> {
        (0..ownership.items()).filter(|&item| ownership.buyers(item).len() >= least.max(1)).collect()
    }

    /// The items with weights, ascending.
    pub fn items(&self) -> &[u32] {
        &self.items
    }

    /// The weights of one item on all [`Dense::items`]; `None` when it has none.
    pub fn of(&self, item: u32) -> Option<&[f32]> {
        let place = self.items.binary_search(&item).ok()?;
        Some(&self.weights[place * self.items.len()..(place + 1) * self.items.len()])
    }

    /// The weight of one item on another.
    pub fn weight(&self, item: u32, other: u32) -> f32 {
        let place = self.items.binary_search(&other);
        self.of(item).zip(place.ok()).map_or(0.0, |(row, place)| row[place])
    }
}

#[cfg(test)]
mod tests {
    use super::super::purchases::{Grouping, Line, Purchases};
    use super::*;
    use proptest::prelude::*;

    fn ownership(sets: &[Vec<u32>], items: u32) -> Ownership {
        let lines = sets.iter().enumerate().flat_map(|(customer, set)| {
            set.iter().enumerate().map(move |(t, &item)| Line { customer: customer as u32, time: t as i64 % 3, item })
        });
        let lines: Vec<Line> = lines.collect();
        Ownership::new(&Purchases::of_lines(sets.len() as u32, items, &lines, Grouping::Order))
    }

    proptest! {
        #[test]
        fn neighbours_equal_brute_force(sets in prop::collection::vec(prop::collection::vec(0u32..9, 0..8), 1..12), keep in 1usize..9) {
            let owned = ownership(&sets, 9);
            let has = |set: &Vec<u32>, item: u32| set.contains(&item);
            for similarity in [Similarity::Cosine, Similarity::Jaccard] {
                let found = Neighbours::new(&owned, similarity, 2.0, keep);
                for item in 0..9 {
                    let count = |test: &dyn Fn(&Vec<u32>) -> bool| sets.iter().filter(|set| test(set)).count() as f32;
                    let mut expected: Vec<(u32, f32)> = (0..9).filter(|&other| other != item).filter_map(|other| {
                        let both = count(&|set| has(set, item) && has(set, other));
                        let (a, b) = (count(&|set| has(set, item)), count(&|set| has(set, other)));
                        let over = match similarity { Similarity::Cosine => (a * b).sqrt(), Similarity::Jaccard => a + b - both };
                        (both > 0.0).then(|| (other, both / (over + 2.0)))
                    }).collect();
                    expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                    expected.truncate(keep);
                    prop_assert_eq!(found.of(item).collect::<Vec<_>>(), expected);
                }
            }
        }

        /// The defining property of the solution: with P = (XᵀX + λI)⁻¹ the off-diagonal gradient vanishes, so
        /// column j of (XᵀX + λI)(I − B) is zero except on the diagonal.
        #[test]
        fn ease_solves_its_normal_equations(sets in prop::collection::vec(prop::collection::vec(0u32..7, 0..6), 1..20)) {
            let owned = ownership(&sets, 7);
            let dense = Dense::ease(&owned, 3.0, 0);
            let gram = |a: u32, b: u32| {
                let both = sets.iter().filter(|set| set.contains(&a) && set.contains(&b)).count() as f32;
                both + if a == b { 3.0 } else { 0.0 }
            };
            for a in 0..7 {
                prop_assert_eq!(dense.weight(a, a), 0.0);
                for b in (0..7).filter(|&b| b != a) {
                    let sum: f32 = (0..7).map(|k| gram(a, k) * (if k == b { 1.0 } else { 0.0 } - dense.weight(k, b))).sum();
                    prop_assert!(sum.abs() < 1e-3, "{} {} {}", a, b, sum);
                }
            }
        }
    }
}
