//! What drives a model: the weight of each column, and how the mean score follows one.

use super::matrix::{MISSING_WORD, Values};
use super::model::{Contributions, Model};
use super::{Column, LearningError, Matrix};

/// How much a column (or family) weighs.
#[derive(Clone, Debug, PartialEq)]
pub struct Importance {
    /// Its name.
    pub name: String,
    /// Mean absolute contribution over the rows.
    pub mean_absolute: f64,
    /// Its share of the sum over all.
    pub share: f64,
}

/// The importance of each column over some rows, the greatest first.
pub fn importance(contributions: &Contributions) -> Vec<Importance> {
    let width = contributions.columns.len();
    let rows = contributions.values.len() / width.max(1);
    let mut sums = vec![0.0; width];
    for row in 0..rows {
        sums.iter_mut().zip(contributions.row(row)).for_each(|(sum, value)| *sum += value.abs());
    }
    let all: f64 = sums.iter().sum();
    let mut list: Vec<Importance> = contributions
        .columns
        .iter()
        .zip(sums)
        .map(|(name, sum)| Importance {
            name: name.clone(),
            mean_absolute: sum / rows.max(1) as f64,
            share: if all > 0.0 { sum / all } else { 0.0 },
        })
        .collect();
    list.sort_by(|a, b| b.mean_absolute.total_cmp(&a.mean_absolute).then_with(|| a.name.cmp(&b.name)));
    list
}

/// A point of a partial dependence curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependence {
    /// The number, when the column has numbers.
    pub number: Option<f64>,
    /// The word, when the column has words; neither is missing.
    pub word: Option<String>,
    /// The mean score when every row has this value.
    pub mean_score: f64,
    /// Share of rows that have it (for numbers: that lie nearest to it).
    pub share: f64,
}

/// Rows that a curve is averaged over when there are more.
const CURVE_ROWS: usize = 2000;

/// The mean score as one column is set to each of some values (J. Friedman, Annals of Statistics 29(5), 2001, §8.2): quantiles of
/// numbers, the most frequent words, and missing where it occurs.
///
/// # Errors
/// When the column is absent or the model refuses the rows.
pub fn partial_dependence(
    model: &dyn Model,
    matrix: &Matrix,
    column: &str,
    points: usize,
) -> Result<Vec<Dependence>, LearningError> {
    let found = matrix.column(column).ok_or_else(|| LearningError::ColumnAbsent { column: column.to_owned() })?;
    let rows = matrix.rows();
    let step = rows.div_ceil(CURVE_ROWS).max(1);
    let some: Vec<u32> = (0..rows as u32).step_by(step).collect();
    let base = matrix.take(&some);
    let mean_with = |values: Values| -> Result<f64, LearningError> {
        let columns =
            base.columns()
                .iter()
                .map(|other| {
                    if other.name == column {
                        Column { values: values.clone(), ..other.clone() }
                    } else {
                        other.clone()
                    }
                })
                .collect();
        let scores = model.score(&Matrix::new(columns)?)?;
        Ok(scores.iter().sum::<f64>() / scores.len().max(1) as f64)
    };
    let mut curve = Vec::new();
    match &found.values {
        Values::Numbers(numbers) => {
            let mut sorted: Vec<f64> = numbers.iter().copied().filter(|x| x.is_finite()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let last = sorted.len().saturating_sub(1);
            let mut grid: Vec<f64> = (0..points)
                .filter_map(|point| {
                    sorted.get((point * last + points.saturating_sub(1) / 2) / points.saturating_sub(1).max(1))
                })
                .copied()
                .collect();
            grid.dedup();
            let mut counts = vec![0usize; grid.len()];
            for x in &sorted {
                let after = grid.partition_point(|point| point < x);
                let nearest = match (after.checked_sub(1), grid.get(after)) {
                    (Some(before), Some(next)) if x - grid[before] <= next - x => before,
                    (_, Some(_)) => after,
                    (before, None) => before.unwrap_or(0),
                };
                counts[nearest] += 1;
            }
            for (&number, count) in grid.iter().zip(counts) {
                let mean_score = mean_with(Values::Numbers(vec![number; some.len()]))?;
                curve.push(Dependence {
                    number: Some(number),
                    word: None,
                    mean_score,
                    share: count as f64 / rows as f64,
                });
            }
            let missing = numbers.iter().filter(|x| x.is_nan()).count();
            if missing > 0 {
                let mean_score = mean_with(Values::Numbers(vec![f64::NAN; some.len()]))?;
                curve.push(Dependence { number: None, word: None, mean_score, share: missing as f64 / rows as f64 });
            }
        }
        Values::Words { codes, words } => {
            let mut counts = vec![0usize; words.len() + 1];
            codes.iter().for_each(|&code| counts[if code == MISSING_WORD { words.len() } else { code as usize }] += 1);
            let mut order: Vec<usize> = (0..=words.len()).filter(|&index| counts[index] > 0).collect();
            order.sort_by_key(|&index| (std::cmp::Reverse(counts[index]), index));
            for index in order.into_iter().take(points) {
                let code = if index == words.len() { MISSING_WORD } else { index as u32 };
                let mean_score = mean_with(Values::Words { codes: vec![code; some.len()], words: words.clone() })?;
                let share = counts[index] as f64 / rows as f64;
                curve.push(Dependence { number: None, word: words.get(index).cloned(), mean_score, share });
            }
        }
    }
    Ok(curve)
}

#[cfg(test)]
mod tests {
    use super::super::{Lesson, Scale, fit, model_row};
    use super::*;

    fn example() -> Contributions {
        let columns = ["a", "b", "c"].map(str::to_owned).to_vec();
        Contributions { scale: Scale::LogOdds, base: 0.5, columns, values: vec![1.0, -2.0, 0.05, 3.0, 0.0, 0.5] }
    }

    #[test]
    fn weighs_columns() {
        let list = importance(&example());
        assert_eq!((list[0].name.as_str(), list[0].mean_absolute), ("a", 2.0));
        assert!((list.iter().map(|entry| entry.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn dependence_follows_the_model() {
        let x: Vec<f64> = (0..300).map(|i| if i % 10 == 0 { f64::NAN } else { f64::from(i % 30) }).collect();
        let labels: Vec<bool> = x.iter().map(|x| *x > 15.0).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x)]).expect("one column");
        let model = fit(&model_row("gradient-boosting").expect("listed").defaults(), &Lesson::new(&matrix, &labels, 1));
        let curve = partial_dependence(model.expect("both labels").as_ref(), &matrix, "x", 5).expect("same columns");
        assert_eq!(curve.len(), 6);
        assert!(curve[0].mean_score < 0.1 && curve[4].mean_score > 0.9 && curve[5].number.is_none());
        assert!((curve.iter().map(|point| point.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
