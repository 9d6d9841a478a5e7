//! Columns that should not be learned from: too good to be true, identifiers, constants, absences that tell.

use rayon::prelude::*;

use super::matrix::{MISSING_WORD, Values};
use super::metrics::roc_auc;
use super::{Column, LearningError, Matrix};
use crate::numeric::random::fnv1a;

/// A column alone that ranks better than this knows the answer.
pub const TOO_GOOD_AUC: f64 = 0.97;

/// What is wrong with a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Suspicion {
    /// All values are the same: nothing can be learned.
    Constant,
    /// (Almost) every customer has a value of their own that never changes: a model would learn names.
    Identifier {
        /// Distinct values.
        distinct: usize,
    },
    /// Alone it ranks almost perfectly: it was probably written after the outcome.
    TooGood {
        /// Its area under the ROC curve, the better way round.
        roc_auc: f64,
    },
    /// Whether it is missing ranks almost perfectly: it is probably filled in after the outcome.
    AbsenceTells {
        /// The area of its absence.
        roc_auc: f64,
    },
}

/// A column with what is suspicious about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The column's name.
    pub column: String,
    /// What is wrong.
    pub suspicion: Suspicion,
}

/// Suspicious columns in their order. Words are judged by the positive rate of each word among the *other* half of customers, so
/// that rare words do not look good by chance.
///
/// # Errors
/// When there is no row or all labels are the same.
pub fn watch(matrix: &Matrix, labels: &[bool]) -> Result<Vec<Finding>, LearningError> {
    let of_columns = matrix
        .columns()
        .par_iter()
        .map(|column| watch_column(matrix.customers(), column, labels))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(of_columns.into_iter().flatten().collect())
}

fn watch_column(customers: &[u32], column: &Column, labels: &[bool]) -> Result<Vec<Finding>, LearningError> {
    let mut findings = Vec::new();
    let mut note = |suspicion| findings.push(Finding { column: column.name.clone(), suspicion });
    let keys = keys(column);
    let mut distinct: Vec<u64> = keys.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() <= 1 {
        note(Suspicion::Constant);
        return Ok(findings);
    }
    if is_identifier(customers, column, &keys, distinct.len()) {
        note(Suspicion::Identifier { distinct: distinct.len() });
    }
    let better_way = |scores: &[f64]| roc_auc(labels, scores).map(|area| area.max(1.0 - area));
    let absent: Vec<f64> = absences(column);
    if absent.contains(&1.0) && absent.contains(&0.0) {
        let area = better_way(&absent)?;
        if area >= TOO_GOOD_AUC {
            note(Suspicion::AbsenceTells { roc_auc: area });
        }
    }
    let area = better_way(&single_scores(column, customers, labels))?;
    if area >= TOO_GOOD_AUC {
        note(Suspicion::TooGood { roc_auc: area });
    }
    Ok(findings)
}

/// A number per value, equal for equal values.
fn keys(column: &Column) -> Vec<u64> {
    match &column.values {
        // −0 is 0, and every NaN is missing.
        Values::Numbers(numbers) => {
            numbers.iter().map(|x| if x.is_nan() { u64::MAX } else { (x + 0.0).to_bits() }).collect()
        }
        Values::Words { codes, .. } => codes.iter().map(|&code| u64::from(code)).collect(),
    }
}

fn absences(column: &Column) -> Vec<f64> {
    match &column.values {
        Values::Numbers(numbers) => numbers.iter().map(|x| f64::from(x.is_nan())).collect(),
        Values::Words { codes, .. } => codes.iter().map(|&code| f64::from(code == MISSING_WORD)).collect(),
    }
}

fn is_identifier(customers: &[u32], column: &Column, keys: &[u64], distinct: usize) -> bool {
    // Measurements have fractions; a whole number per customer is a number plate.
    let plate = match &column.values {
        Values::Numbers(numbers) => numbers.iter().all(|x| x.is_nan() || x.fract() == 0.0),
        Values::Words { .. } => true,
    };
    let mut pairs: Vec<(u32, u64)> = customers.iter().copied().zip(keys.iter().copied()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let people = pairs.chunk_by(|a, b| a.0 == b.0).count();
    plate && people >= 50 && pairs.len() == people && distinct * 20 >= people * 19
}

fn single_scores(column: &Column, customers: &[u32], labels: &[bool]) -> Vec<f64> {
    match &column.values {
        // Missing is at the lower end; a column whose absence tells is found by that.
        Values::Numbers(numbers) => numbers.iter().map(|&x| if x.is_nan() { f64::NEG_INFINITY } else { x }).collect(),
        Values::Words { codes, words } => {
            let half = |row: usize| (fnv1a(&customers[row].to_le_bytes()) >> 32 & 1) as usize;
            let slot = |code: u32| if code == MISSING_WORD { words.len() } else { code as usize };
            let rate = labels.iter().filter(|label| **label).count() as f64 / labels.len() as f64;
            let mut sums = vec![[(0.0, 0.0); 2]; words.len() + 1];
            for (row, &code) in codes.iter().enumerate() {
                let (positives, rows) = &mut sums[slot(code)][half(row)];
                *positives += f64::from(labels[row]);
                *rows += 1.0;
            }
            let told = |(row, &code): (usize, &u32)| {
                let (positives, rows) = sums[slot(code)][1 - half(row)];
                (positives + 10.0 * rate) / (rows + 10.0)
            };
            codes.iter().enumerate().map(told).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_planted_and_nothing_else() {
        let labels: Vec<bool> = (0..400).map(|i| i * 7 % 10 < 3).collect();
        let honest = |i: usize| f64::from(labels[i]) + (i * 37 % 101) as f64 / 40.0;
        let words: Vec<String> = (0..400).map(|i| format!("customer {i}")).collect();
        let closed: Vec<&str> = labels.iter().map(|&left| if left { "closed" } else { "open" }).collect();
        let matrix = Matrix::new(vec![
            Column::numbers("honest", (0..400).map(honest).collect()),
            Column::numbers("constant", vec![1.0; 400]),
            Column::words("name", &words),
            Column::numbers("number", (0..400).map(|i| f64::from(1000 + i)).collect()),
            Column::words("account", &closed),
            Column::numbers("end", labels.iter().map(|&left| if left { 5.0 } else { f64::NAN }).collect()),
            Column::words("noise", &(0..400).map(|i| format!("{}", i * 13 % 150)).collect::<Vec<_>>()),
        ])
        .expect("a rectangle");
        let found = watch(&matrix, &labels).expect("both labels");
        let told: Vec<(&str, u8)> = found
            .iter()
            .map(|finding| {
                let kind = match finding.suspicion {
                    Suspicion::Constant => 0,
                    Suspicion::Identifier { .. } => 1,
                    Suspicion::TooGood { .. } => 2,
                    Suspicion::AbsenceTells { .. } => 3,
                };
                (finding.column.as_str(), kind)
            })
            .collect();
        assert_eq!(told, [("constant", 0), ("name", 1), ("number", 1), ("account", 2), ("end", 3), ("end", 2)]);
    }
}
