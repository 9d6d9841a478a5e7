//! The best single column: what a rule of one line would do.

use rayon::prelude::*;

use crate::churn::Labelled;
use crate::learning::baselines::one_column;
use crate::learning::metrics::log_loss;
use crate::learning::{LearningError, Matrix};
use crate::numeric::random::mix;

/// Rows that a column is chosen on at most.
const CHOSEN_ON: usize = 10_000;

/// Out-of-fold probabilities of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Alone {
    /// The column that all rows choose.
    pub column: String,
    /// Scores per fold, by the column that the fold's other rows choose.
    pub scores: Vec<Vec<f64>>,
}

/// In each fold, the column whose logistic regression has the least log loss when halves of the rows that are learned from judge each other;
/// so the judged rows have no say in which column it is.
///
/// # Errors
/// When there is no column, or nothing can be learned.
pub fn best_column(data: &Labelled, seed: u64) -> Result<Alone, LearningError> {
    let scores = data.folds.iter().map(|fold| {
        let column = chosen(data, &fold.train, seed)?;
        scores_of(data, &column, &fold.train, &fold.test, seed)
    });
    let scores = scores.collect::<Result<_, LearningError>>()?;
    let all: Vec<u32> = (0..data.matrix.rows() as u32).collect();
    Ok(Alone { column: chosen(data, &all, seed)?, scores })
}

/// The scores of some rows by one column, as others teach it.
///
/// # Errors
/// As [`one_column`].
pub fn scores_of(
    data: &Labelled,
    column: &str,
    train: &[u32],
    test: &[u32],
    seed: u64,
) -> Result<Vec<f64>, LearningError> {
    let only = data.matrix.only(&[column]);
    one_column(&only.take(train), &data.truth(train), &only.take(test), column, seed)
}

fn chosen(data: &Labelled, rows: &[u32], seed: u64) -> Result<String, LearningError> {
    let key = |row: u32| mix(seed ^ u64::from(data.matrix.customers()[row as usize]));
    let below = if rows.len() <= CHOSEN_ON {
        u64::MAX
    } else {
        (CHOSEN_ON as f64 / rows.len() as f64 * u64::MAX as f64) as u64
    };
    let some: Vec<u32> = rows.iter().copied().filter(|&row| key(row) <= below).collect();
    let (one, other): (Vec<u32>, Vec<u32>) = some.iter().partition(|&&row| key(row) & 1 == 0);
    let names: Vec<&str> = data.matrix.columns().iter().map(|column| column.name.as_str()).collect();
    let first = || names.first().map(|name| (*name).to_owned()).ok_or(LearningError::NoColumns);
    if !(data.both(&one) && data.both(&other)) {
        return first();
    }
    let bare: &Matrix = &data.matrix;
    let losses = names
        .par_iter()
        .map(|name| {
            let only = bare.only(&[name]);
            let judge = |train: &[u32], test: &[u32]| -> Result<f64, LearningError> {
                let scores = one_column(&only.take(train), &data.truth(train), &only.take(test), name, seed)?;
                Ok(log_loss(&data.truth(test), &scores) * test.len() as f64)
            };
            Ok(judge(&one, &other)? + judge(&other, &one)?)
        })
        .collect::<Result<Vec<f64>, LearningError>>()?;
    let best = (0..names.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]).then(a.cmp(&b)));
    best.map_or_else(first, |best| Ok(names[best].to_owned()))
}
