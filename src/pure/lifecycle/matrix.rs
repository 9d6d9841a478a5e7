//! Who moved from which stage to which between two dates.

use super::stage::{STAGES, Stage};
use super::track::Track;
use crate::numeric::shares::wilson;

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
        wilson(self.count(from, to), self.starting(from), 1.959_963_984_540_054)
    }

    /// All shares, row by row; the row of a class without customers stays where it is.
    pub fn shares(&self) -> Vec<f64> {
        let share = |cell: usize| {
            let (from, to) = (cell / self.size, cell % self.size);
            if self.starting(from) == 0 { f64::from(u8::from(from == to)) } else { self.share(from, to) }
        };
        (0..self.size * self.size).map(share).collect()
    }

    /// How much customers move: (n − trace) / (n − 1) of the shares, 0 where nobody moves and 1 where the class before says nothing
    /// (A. F. Shorrocks, "The measurement of mobility", Econometrica 46, 1978). Over the classes that had customers; NaN below two.
    pub fn mobility(&self) -> f64 {
        let present: Vec<usize> = (0..self.size).filter(|&class| self.starting(class) > 0).collect();
        let n = present.len() as f64;
        if n < 2.0 {
            return f64::NAN;
        }
        (n - present.iter().map(|&class| self.share(class, class)).sum::<f64>()) / (n - 1.0)
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

/// Where two steps differ most from one step done twice: from, to, the share that the squared matrix expects and the share found.
/// Both over all neighbouring steps; only rows with at least `least` customers. A large gap means that customers have a memory.
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
    let mut largest: Option<(Stage, Stage, f64, f64)> = None;
    for (from, to) in cells.filter(|&(from, _)| two.starting(from) >= least.max(1)) {
        let expected: f64 = (0..STAGE_COUNT).map(|via| p[from * STAGE_COUNT + via] * p[via * STAGE_COUNT + to]).sum();
        let found = two.share(from, to);
        if largest.is_none_or(|(_, _, e, f)| (found - expected).abs() > (f - e).abs()) {
            largest = Some((STAGES[from].stage, STAGES[to].stage, expected, found));
        }
    }
    largest
}
