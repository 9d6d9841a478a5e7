//! Mixtures of normal distributions, each part with its own mean and variance per column.
//!
//! Fitted by expectation and maximisation (A. Dempster, N. Laird, D. Rubin, JRSS B 39, 1977; G. McLachlan, D. Peel, "Finite mixture models",
//! 2000) from starts drawn as in k-means++ (D. Arthur, S. Vassilvitskii, SODA 2007).

use rand::RngExt;

use crate::numeric::math::{exp, ln};
use crate::numeric::random::stream;

/// Starts for each number of groups, and rounds after which the best of them is chosen.
const STARTS: usize = 4;
const FIRST_ROUNDS: usize = 8;
/// Rounds of the chosen start at most, and the gain in log-likelihood per row below which it has come to rest.
const ROUNDS: usize = 100;
const REST: f64 = 1e-6;
/// Least variance of a group in a column with variance 1: a number that many customers share makes no group of its own.
const NARROWEST: f64 = 0.02;

/// One part: its share of all rows, and mean and variance of each column.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) share: f64,
    pub(super) means: Vec<f64>,
    pub(super) variances: Vec<f64>,
}

/// Dense numbers, row by row.
pub(super) struct Points {
    pub(super) width: usize,
    pub(super) values: Vec<f64>,
}

impl Points {
    fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.width)
    }

    pub(super) fn count(&self) -> usize {
        self.values.len() / self.width
    }

    /// The most likely mixture of `count` groups that was found, with its log-likelihood.
    pub(super) fn fitted(&self, count: usize, seed: u64) -> (f64, Vec<Part>) {
        let starts = (0..if count == 1 { 1 } else { STARTS }).map(|start| {
            let mut parts = self.start(count, seed, start);
            (0..FIRST_ROUNDS).for_each(|_| parts = self.maximised(&self.memberships(&parts).0, count));
            (self.memberships(&parts).1, parts)
        });
        let (mut likelihood, mut parts) = starts.reduce(|a, b| if b.0 > a.0 { b } else { a }).expect("a start");
        for _ in 0..ROUNDS {
            let next = self.maximised(&self.memberships(&parts).0, count);
            let found = self.memberships(&next).1;
            let gain = found - likelihood;
            (likelihood, parts) = (found, next);
            if gain < REST * self.count() as f64 {
                break;
            }
        }
        (likelihood, parts)
    }

    /// Groups around rows drawn far from each other, as wide as all rows are.
    fn start(&self, count: usize, seed: u64, start: usize) -> Vec<Part> {
        let mut random = stream(seed, &format!("groups {count} {start}"));
        let row = |row: usize| &self.values[row * self.width..][..self.width];
        let mut centres = vec![random.random_range(0..self.count())];
        let mut nearest = vec![f64::INFINITY; self.count()];
        while centres.len() < count {
            let last = row(centres[centres.len() - 1]);
            for (least, other) in nearest.iter_mut().zip(self.rows()) {
                *least = least.min(last.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum());
            }
            let mut place = random.random::<f64>() * nearest.iter().sum::<f64>();
            let next = nearest.iter().position(|square| {
                place -= square;
                place < 0.0
            });
            centres.push(next.unwrap_or(0));
        }
        let whole = self.maximised(&vec![1.0; self.count()], 1).remove(0);
        let part = |centre: usize| Part {
            share: 1.0 / count as f64,
            means: row(centre).to_vec(),
            variances: whole.variances.iter().map(|variance| variance / count as f64).collect(),
        };
        centres.into_iter().map(part).collect()
    }

    /// Memberships row by row, and the log-likelihood.
    pub(super) fn memberships(&self, parts: &[Part]) -> (Vec<f64>, f64) {
        let offsets: Vec<f64> = parts
            .iter()
            .map(|part| {
                ln(part.share) - 0.5 * part.variances.iter().map(|v| ln(v * std::f64::consts::TAU)).sum::<f64>()
            })
            .collect();
        let halves: Vec<Vec<f64>> =
            parts.iter().map(|part| part.variances.iter().map(|variance| 0.5 / variance).collect()).collect();
        let mut found = Vec::with_capacity(self.count() * parts.len());
        let mut likelihood = 0.0;
        for row in self.rows() {
            let start = found.len();
            for ((part, offset), halves) in parts.iter().zip(&offsets).zip(&halves) {
                let terms = row.iter().zip(&part.means).zip(halves);
                found.push(offset - terms.map(|((x, mean), half)| (x - mean) * (x - mean) * half).sum::<f64>());
            }
            let own = &mut found[start..];
            let highest = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            own.iter_mut().for_each(|log| *log = exp(*log - highest));
            let sum: f64 = own.iter().sum();
            own.iter_mut().for_each(|weight| *weight /= sum);
            likelihood += highest + ln(sum);
        }
        (found, likelihood)
    }

    /// The groups that memberships make most likely.
    fn maximised(&self, memberships: &[f64], count: usize) -> Vec<Part> {
        let all = self.count() as f64;
        let (mut sums, mut means) = (vec![0.0; count], vec![vec![0.0; self.width]; count]);
        for (row, own) in self.rows().zip(memberships.chunks_exact(count)) {
            for ((weight, sum), means) in own.iter().zip(&mut sums).zip(&mut means) {
                *sum += weight;
                means.iter_mut().zip(row).for_each(|(mean, x)| *mean += weight * x);
            }
        }
        // An empty group keeps a share above 0, so that its logarithm is a number.
        sums.iter_mut().for_each(|sum| *sum = sum.max(1e-6));
        means.iter_mut().zip(&sums).for_each(|(means, sum)| means.iter_mut().for_each(|mean| *mean /= sum));
        let mut variances = vec![vec![0.0; self.width]; count];
        for (row, own) in self.rows().zip(memberships.chunks_exact(count)) {
            for ((weight, means), variances) in own.iter().zip(&means).zip(&mut variances) {
                let terms = variances.iter_mut().zip(row).zip(means);
                terms.for_each(|((variance, x), mean)| *variance += weight * (x - mean) * (x - mean));
            }
        }
        let parts = sums.iter().zip(means).zip(variances);
        parts
            .map(|((sum, means), variances)| Part {
                share: sum / all,
                means,
                variances: variances.into_iter().map(|variance| (variance / sum).max(NARROWEST)).collect(),
            })
            .collect()
    }
}
