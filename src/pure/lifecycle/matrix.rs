//! Who moved from which stage to which between two dates.

use super::stage::{STAGES, Stage};
use super::track::Track;
use crate::numeric::erf::normal_quantile;
use crate::numeric::shares::{Z95, wilson};

/// The number of stages.
const STAGE_COUNT: usize = STAGES.len();

/// Customers who moved from one class to another: a square table of counts, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    size: usize,
    counts: Vec<u64>,
}

/// How the number of customers in a class came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bridge {
    /// In it before.
    pub start: u64,
    /// Came from another class.
    pub entered: u64,
    /// Went to another class.
    pub left: u64,
    /// In it after.
    pub end: u64,
}

impl Matrix {
    /// A table of `size` classes without customers.
    pub fn new(size: usize) -> Matrix {
        Matrix { size, counts: vec![0; size * size] }
    }

    /// Counts a customer.
    ///
    /// # Panics
    /// When a class is not below the size.
    pub fn add(&mut self, from: usize, to: usize) {
        assert!(from < self.size && to < self.size, "classes are below the size");
        self.counts[from * self.size + to] += 1;
    }

    /// The sum of two tables of one size.
    ///
    /// # Panics
    /// When the sizes differ.
    pub fn plus(&self, other: &Matrix) -> Matrix {
        assert_eq!(self.size, other.size, "tables of one size");
        let counts = self.counts.iter().zip(&other.counts).map(|(a, b)| a + b).collect();
        Matrix { size: self.size, counts }
    }

    /// Number of classes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Customers from one class to another.
    pub fn count(&self, from: usize, to: usize) -> u64 {
        self.counts[from * self.size + to]
    }

    /// Customers from a class to each.
    pub fn row(&self, from: usize) -> &[u64] {
        &self.counts[from * self.size..(from + 1) * self.size]
    }

    /// Customers who were in a class before.
    pub fn starting(&self, class: usize) -> u64 {
        self.row(class).iter().sum()
    }

    /// Customers who were in a class after.
    pub fn ending(&self, class: usize) -> u64 {
        (0..self.size).map(|from| self.count(from, class)).sum()
    }

    /// How the number of customers in a class came about; start + entered − left = end.
    pub fn bridge(&self, class: usize) -> Bridge {
        let (start, end, stayed) = (self.starting(class), self.ending(class), self.count(class, class));
        Bridge { start, entered: end - stayed, left: start - stayed, end }
    }

    /// The share, from 0 to 1, of a class that moved to another; NaN for a class without customers.
    pub fn share(&self, from: usize, to: usize) -> f64 {
        self.count(from, to) as f64 / self.starting(from) as f64
    }

    /// The 95 % interval of a share (E. B. Wilson, 1927).
    pub fn interval(&self, from: usize, to: usize) -> (f64, f64) {
        wilson(self.count(from, to), self.starting(from), Z95)
    }

    /// All shares, row by row; the row of a class without customers stays where it is.
    pub fn shares(&self) -> Vec<f64> {
        let share = |cell: usize| {
            let (from, to) = (cell / self.size, cell % self.size);
            if self.starting(from) == 0 { f64::from(u8::from(from == to)) } else { self.share(from, to) }
        };
        (0..self.size * self.size).map(share).collect()
    }
}

/// The moves between each two neighbouring dates, with the stages as classes in their order. Who stays a prospect is left out: with orders
/// nobody knows at a date who will order later, so the row of prospects holds those who came.
pub fn migrations(track: &Track) -> Vec<Matrix> {
    let mut all = vec![Matrix::new(STAGE_COUNT); track.dates.len().saturating_sub(1)];
    for customer in 0..track.customers() as u32 {
        for (step, pair) in track.of(customer).windows(2).enumerate() {
            if pair.iter().any(|state| state.stage != Stage::Prospect) {
                all[step].add(pair[0].stage as usize, pair[1].stage as usize);
            }
        }
    }
    all
}

/// The chance with which any cell is called different although one step done twice says all.
const ALPHA: f64 = 0.05;

/// Where two steps differ most from one step done twice: from, to, the share that the squared matrix expects and the share found.
/// Both over all neighbouring steps; only rows with at least `least` customers, and of them only cells whose interval (Wilson, Bonferroni
/// over the cells) leaves out what is expected: there customers have a memory. Nothing where no cell does.
pub fn two_step_gap(track: &Track, least: u64) -> Option<(Stage, Stage, f64, f64)> {
    let (mut one, mut two) = (Matrix::new(STAGE_COUNT), Matrix::new(STAGE_COUNT));
    for customer in 0..track.customers() as u32 {
        for three in track.of(customer).windows(3) {
            let [a, b, c] = [three[0], three[1], three[2]].map(|state| state.stage as usize);
            if a == Stage::Prospect as usize {
                continue;
            }
            one.add(a, b);
            one.add(b, c);
            two.add(a, c);
        }
    }
    let p = one.shares();
    let cells = (0..STAGE_COUNT * STAGE_COUNT).map(|cell| (cell / STAGE_COUNT, cell % STAGE_COUNT));
    let compared: Vec<(usize, usize, f64)> = cells
        .filter(|&(from, _)| two.starting(from) >= least.max(1))
        .map(|(from, to)| {
            (from, to, (0..STAGE_COUNT).map(|via| p[from * STAGE_COUNT + via] * p[via * STAGE_COUNT + to]).sum())
        })
        .filter(|&(from, to, expected)| two.count(from, to) > 0 || expected > 0.0)
        .collect();
    let z = normal_quantile(1.0 - ALPHA / 2.0 / compared.len().max(1) as f64);
    let mut largest: Option<(Stage, Stage, f64, f64)> = None;
    for (from, to, expected) in compared {
        let found = two.share(from, to);
        let (low, high) = wilson(two.count(from, to), two.starting(from), z);
        let gap = (found - expected).abs();
        if !(low..=high).contains(&expected) && largest.is_none_or(|(_, _, e, f)| gap > (f - e).abs()) {
            largest = Some((STAGES[from].stage, STAGES[to].stage, expected, found));
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::stage::Change;
    use crate::lifecycle::track::State;
    use crate::numeric::random::stream;
    use rand::RngExt;

    /// Two stages of `customers` over 12 dates; `stays` is the chance to stay for those who came just now and for the others.
    fn walked(customers: usize, stays: [f64; 2], seed: u64) -> Track {
        let mut random = stream(seed, "memory");
        let mut states = Vec::new();
        for _ in 0..customers {
            let (mut stage, mut old) = (Stage::Loyal, true);
            for _ in 0..12 {
                states.push(State {
                    stage,
                    since: 0,
                    change: Change::Nothing,
                    bought: 0,
                    before: false,
                    gap: f32::NAN,
                });
                old = random.random::<f64>() < stays[usize::from(old)];
                if !old {
                    stage = if stage == Stage::Loyal { Stage::Slipping } else { Stage::Loyal };
                }
            }
        }
        Track::given((0..12).collect(), states)
    }

    #[test]
    fn memory_is_told_where_there_is_one() {
        // Who moves without regard to the past is called different about once in twenty shops, not always.
        let called = (0..100).filter(|&seed| two_step_gap(&walked(200, [0.7, 0.7], seed), 100).is_some()).count();
        assert!(called <= 12, "{called}");
        // Who came just now leaves sooner than one step done twice can know.
        let (from, to, expected, found) = two_step_gap(&walked(200, [0.4, 0.9], 1), 100).expect("a memory");
        assert!((found - expected).abs() > 0.05, "{from:?} {to:?} {expected} {found}");
    }
}
