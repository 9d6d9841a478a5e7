//! What any model must beat: the base rate, one column, the RFM score.

use super::matrix::Values;
use super::{Column, LearningError, Lesson, Matrix, fit, model_row};

/// The positive rate of training for each of some rows.
pub fn base_rate(train_labels: &[bool], rows: usize) -> Vec<f64> {
    let positives = train_labels.iter().filter(|label| **label).count() as f64;
    vec![positives / train_labels.len().max(1) as f64; rows]
}

/// Probabilities from one column alone (recency, say) by a logistic regression on it.
///
/// # Errors
/// When the column is absent or nothing can be learned.
pub fn one_column(
    train: &Matrix,
    labels: &[bool],
    test: &Matrix,
    column: &str,
    seed: u64,
) -> Result<Vec<f64>, LearningError> {
    let only = |matrix: &Matrix| -> Result<Matrix, LearningError> {
        let found = matrix.column(column).ok_or_else(|| LearningError::ColumnAbsent { column: column.to_owned() })?;
        Matrix::new(vec![found.clone()])
    };
    let lesson = only(train)?;
    fit(&model_row("logistic")?.defaults(), &Lesson::new(&lesson, labels, seed))?.score(&only(test)?)
}

/// Probabilities from the sum of the recency, frequency and monetary scores of 1 to 5 (quintiles of the training rows, equal values
/// together; recent, frequent and valuable is 5), by a logistic regression on the sum.
///
/// # Errors
/// When a column is absent or has words, or nothing can be learned.
pub fn rfm(
    train: &Matrix,
    labels: &[bool],
    test: &Matrix,
    [recency, frequency, money]: [&str; 3],
    seed: u64,
) -> Result<Vec<f64>, LearningError> {
    let cuts = [recency, frequency, money]
        .map(|name| numbers(train, name).map(quintiles))
        .into_iter()
        .collect::<Result<Vec<[f64; 4]>, LearningError>>()?;
    let sums = |matrix: &Matrix| -> Result<Matrix, LearningError> {
        let mut sums = vec![0.0; matrix.rows()];
        for (place, name) in [recency, frequency, money].into_iter().enumerate() {
            for (sum, &x) in sums.iter_mut().zip(numbers(matrix, name)?) {
                // Missing is the worst: never bought is not recent.
                let above = if x.is_nan() { 0 } else { cuts[place].iter().filter(|cut| x > **cut).count() };
                let worst_first = if place == 0 && !x.is_nan() { 4 - above } else { above };
                *sum += 1.0 + worst_first as f64;
            }
        }
        Matrix::new(vec![Column::numbers("rfm", sums)])
    };
    one_column(&sums(train)?, labels, &sums(test)?, "rfm", seed)
}

fn numbers<'a>(matrix: &'a Matrix, name: &str) -> Result<&'a [f64], LearningError> {
    match matrix.column(name).map(|column| &column.values) {
        Some(Values::Numbers(numbers)) => Ok(numbers),
        Some(_) => Err(LearningError::ColumnKind { column: name.to_owned(), trained: "numbers", found: "words" }),
        None => Err(LearningError::ColumnAbsent { column: name.to_owned() }),
    }
}

fn quintiles(numbers: &[f64]) -> [f64; 4] {
    let mut sorted: Vec<f64> = numbers.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    std::array::from_fn(|fifth| {
        let place = ((fifth + 1) * sorted.len()).div_ceil(5).saturating_sub(1);
        sorted.get(place).copied().unwrap_or(f64::INFINITY)
    })
}

#[cfg(test)]
mod tests {
    use super::super::metrics::roc_auc;
    use super::*;

    #[test]
    fn silence_predicts_leaving() {
        let rows = 500;
        let recency: Vec<f64> = (0..rows).map(|i| f64::from(i * 37 % 100)).collect();
        let frequency: Vec<f64> = (0..rows).map(|i| f64::from(i * 17 % 9)).collect();
        let labels: Vec<bool> =
            (0..rows as usize).map(|i| recency[i] - 5.0 * frequency[i] + (i * 13 % 60) as f64 > 60.0).collect();
        let matrix = Matrix::new(vec![
            Column::numbers("recency", recency),
            Column::numbers("frequency", frequency.clone()),
            Column::numbers("money", frequency.iter().map(|x| x * 10.0).collect()),
        ])
        .expect("a rectangle");
        let area = |scores: Vec<f64>| roc_auc(&labels, &scores).expect("both labels");
        let alone = area(one_column(&matrix, &labels, &matrix, "recency", 1).expect("there"));
        let together = area(rfm(&matrix, &labels, &matrix, ["recency", "frequency", "money"], 1).expect("there"));
        assert!(alone > 0.7 && together > 0.7, "{alone} {together}");
        assert_eq!(area(base_rate(&labels, 500)), 0.5);
        assert!(rfm(&matrix, &labels, &matrix, ["recency", "orders", "money"], 1).is_err());
    }
}
