//! Exact nearest neighbours: how far each person is from the nearest persons of a seed list.
//!
//! Every distance is computed: n persons and s seeds cost n · s · width steps and memory for the points alone. A tree saves little here,
//! because points have tens of dimensions and every person asks for several neighbours; so seeds above [`MOST_SEEDS`] are thinned instead.

use rayon::prelude::*;

use super::space::Points;
use crate::numeric::random::mix;

/// Neighbours whose mean distance counts.
pub const NEIGHBOURS: usize = 5;
/// Seeds that are compared with at most; more are drawn from by a hash of the person.
pub const MOST_SEEDS: usize = 2_000;
/// Persons that are computed together.
const PART: usize = 256;

/// Of 1 for a person who stands where seeds stand, towards 0 far away: 1 / (1 + mean distance to the nearest seeds).
pub fn similarity(persons: &Points, seeds: &Points) -> Vec<f64> {
    let width = persons.width;
    let near = NEIGHBOURS.min(seeds.values.len() / width).max(1);
    let parts = persons.values.par_chunks(PART * width).map(|part| {
        part.chunks_exact(width)
            .map(|person| {
                // Ascending squared distances; the last is what a nearer seed replaces.
                let mut best = [f64::INFINITY; NEIGHBOURS];
                for seed in seeds.values.chunks_exact(width) {
                    let square = squared(person, seed);
                    if square < best[near - 1] {
                        let place = best[..near].partition_point(|known| *known <= square);
                        best[place..near].rotate_right(1);
                        best[place] = square;
                    }
                }
                1.0 / (1.0 + best[..near].iter().map(|square| square.sqrt()).sum::<f64>() / near as f64)
            })
            .collect::<Vec<f64>>()
    });
    parts.collect::<Vec<_>>().concat()
}

/// At most [`MOST_SEEDS`] of some rows, in their order, drawn by a hash of their customers.
pub fn thinned(rows: &[u32], customers: &[u32], seed: u64) -> Vec<u32> {
    let mut drawn = rows.to_vec();
    if drawn.len() > MOST_SEEDS {
        drawn.sort_by_key(|&row| (mix(seed ^ u64::from(customers[row as usize])), row));
        drawn.truncate(MOST_SEEDS);
        drawn.sort_unstable();
    }
    drawn
}

/// In four sums of fixed order, which the compiler can compute side by side.
fn squared(a: &[f64], b: &[f64]) -> f64 {
    let (a4, a_rest) = a.as_chunks::<4>();
    let (b4, b_rest) = b.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (a, b) in a4.iter().zip(b4) {
        for lane in 0..4 {
            let off = a[lane] - b[lane];
            sums[lane] += off * off;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b)).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_sorting_all_distances(
            persons in proptest::collection::vec(-3i32..3, 6..60),
            seeds in proptest::collection::vec(-3i32..3, 6..60),
        ) {
            let width = 6;
            let points = |of: &[i32]| Points {
                width,
                values: of[..of.len() / width * width].iter().map(|x| f64::from(*x)).collect(),
            };
            let (persons, seeds) = (points(&persons), points(&seeds));
            let found = similarity(&persons, &seeds);
            for (person, found) in persons.values.chunks(width).zip(found) {
                let mut all: Vec<f64> = seeds
                    .values
                    .chunks(width)
                    .map(|seed| person.iter().zip(seed).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt())
                    .collect();
                all.sort_by(f64::total_cmp);
                let near = all.len().min(NEIGHBOURS);
                let mean = all[..near].iter().sum::<f64>() / near as f64;
                prop_assert!((found - 1.0 / (1.0 + mean)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn seeds_are_drawn_alike_whatever_their_order() {
        let rows: Vec<u32> = (0..5000).collect();
        let customers: Vec<u32> = (0..5000).map(|row| row * 7 % 5000).collect();
        let drawn = thinned(&rows, &customers, 3);
        assert_eq!((drawn.len(), drawn.is_sorted()), (MOST_SEEDS, true));
        let back: Vec<u32> = rows.iter().rev().copied().collect();
        assert_eq!(thinned(&back, &customers, 3), drawn);
        assert_eq!(thinned(&rows[..10], &customers, 3), rows[..10]);
    }
}
