//! Which models compete, and by what the best is chosen.

use super::calibration::Calibration;
use crate::learning::ModelRow;
use crate::learning::metrics::Criterion;

/// What competes, and by what.
#[derive(Clone, Copy)]
pub struct Contest<'a> {
    /// The models to try, at least one.
    pub models: &'a [&'static ModelRow],
    /// What the best is chosen by.
    pub criterion: &'static Criterion,
    /// How many settings of each model are tried, from 1.
    pub tries: usize,
    /// How scores become probabilities.
    pub calibration: &'static Calibration,
    /// Seed of every random number.
    pub seed: u64,
}
