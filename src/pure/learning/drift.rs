//! Whether the customers of today are still those a model was trained on.

use super::matrix::{MISSING_WORD, Values};
use super::{LearningError, Matrix};
use crate::numeric::math::ln;

/// The population stability index of one column or of the scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// The column's name.
    pub name: String,
    /// Σ (now − then)·ln(now / then) over bins; below 0.1 is calm, above 0.25 a shift by the usual rule of thumb.
    pub psi: f64,
    /// Share of rows without a value, then.
    pub missing_then: f64,
    /// Share of rows without a value, now.
    pub missing_now: f64,
}

/// The population stability index of numbers (N. Siddiqi, "Credit risk scorecards", 2006): ten bins of equally many rows `then`,
/// missing values a bin of their own, empty bins counted as 0.0001.
pub fn psi(then: &[f64], now: &[f64]) -> f64 {
    let edges = edges(then);
    index(&counts(&edges, then), &counts(&edges, now))
}

/// The edges between ten bins of equally many numbers; fewer where values repeat.
pub fn edges(then: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = then.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..10)
        .filter_map(|tenth| {
            // Linear interpolation between order statistics, type 7.
            let place = tenth as f64 / 10.0 * (sorted.len().checked_sub(1)?) as f64;
            let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            Some(if low == high { low } else { low + (high - low) * place.fract() })
        })
        .collect();
    edges.dedup();
    edges
}

/// Numbers per bin: missing, then one bin up to each edge, then what lies from the last edge on.
pub fn counts(edges: &[f64], values: &[f64]) -> Vec<usize> {
    let mut counts = vec![0usize; edges.len() + 2];
    for value in values {
        let bin = if value.is_nan() { 0 } else { 1 + edges.partition_point(|edge| edge <= value) };
        counts[bin] += 1;
    }
    counts
}

/// The same index of counts per bin.
pub fn index(then: &[usize], now: &[usize]) -> f64 {
    let (all_then, all_now) = (then.iter().sum::<usize>().max(1) as f64, now.iter().sum::<usize>().max(1) as f64);
    then.iter()
        .zip(now)
        .filter(|&(&before, &after)| before + after > 0)
        .map(|(&before, &after)| {
            let (before, after) = ((before as f64 / all_then).max(1e-4), (after as f64 / all_now).max(1e-4));
            (after - before) * ln(after / before)
        })
        .sum()
}

/// The shift of each column of `then` to the column of the same name `now`, the greatest first.
///
/// # Errors
/// When a column is absent or of another kind now.
pub fn shifts(then: &Matrix, now: &Matrix) -> Result<Vec<Shift>, LearningError> {
    let mut shifts = then
        .columns()
        .iter()
        .map(|column| {
            let name = column.name.clone();
            let other = now.column(&name).ok_or_else(|| LearningError::ColumnAbsent { column: name.clone() })?;
            let kind = |trained, found| LearningError::ColumnKind { column: name.clone(), trained, found };
            let psi = match (&column.values, &other.values) {
                (Values::Numbers(then), Values::Numbers(now)) => psi(then, now),
                (Values::Words { codes, words }, Values::Words { codes: now, words: now_words }) => {
                    psi_of_words((codes, words), (now, now_words))
                }
                (Values::Numbers(_), _) => return Err(kind("numbers", "words")),
                (Values::Words { .. }, _) => return Err(kind("words", "numbers")),
            };
            let (missing_then, missing_now) = (missing(&column.values), missing(&other.values));
            Ok(Shift { name, psi, missing_then, missing_now })
        })
        .collect::<Result<Vec<Shift>, LearningError>>()?;
    shifts.sort_by(|a, b| b.psi.total_cmp(&a.psi).then_with(|| a.name.cmp(&b.name)));
    Ok(shifts)
}

fn psi_of_words(then: (&[u32], &[String]), now: (&[u32], &[String])) -> f64 {
    let mut places = std::collections::BTreeMap::new();
    for word in then.1.iter().chain(now.1) {
        let next = places.len() + 1;
        places.entry(word.as_str()).or_insert(next);
    }
    let counts = |(codes, words): (&[u32], &[String])| {
        let slots: Vec<usize> = words.iter().map(|word| places[word.as_str()]).collect();
        let mut counts = vec![0usize; places.len() + 1];
        codes.iter().for_each(|&code| counts[if code == MISSING_WORD { 0 } else { slots[code as usize] }] += 1);
        counts
    };
    index(&counts(then), &counts(now))
}

fn missing(values: &Values) -> f64 {
    let count = match values {
        Values::Numbers(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
        Values::Words { codes, .. } => codes.iter().filter(|&&code| code == MISSING_WORD).count(),
    };
    count as f64 / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn by_hand() {
        // Halves 50:50 then, 80:20 now.
        let expected = 0.3 * ln(0.8f64 / 0.5) - 0.3 * ln(0.2f64 / 0.5);
        assert!((index(&[5, 5], &[8, 2]) - expected).abs() < 1e-12);
        let then: Vec<f64> = (0..1000).map(f64::from).collect();
        assert!(psi(&then, &then).abs() < 1e-12);
        let moved: Vec<f64> = then.iter().map(|x| x + 300.0).collect();
        assert!(psi(&then, &moved) > 0.25);
        assert!(psi(&[], &[1.0]) > 0.25 && psi(&[], &[]) == 0.0);
    }

    #[test]
    fn words_are_matched_by_name_and_missing_counts() {
        let matrix = |days: Vec<f64>, plans: &[&str]| {
            Matrix::new(vec![Column::numbers("days", days), Column::words("plan", plans)]).expect("a rectangle")
        };
        let then = matrix(vec![1.0, 2.0, 3.0, 4.0], &["a", "b", "a", "b"]);
        let now = matrix(vec![1.0, 2.0, f64::NAN, f64::NAN], &["b", "a", "b", "a"]);
        let found = shifts(&then, &now).expect("same columns");
        assert_eq!((found[0].name.as_str(), found[0].missing_now), ("days", 0.5));
        assert!(found[1].psi.abs() < 1e-12);
    }
}
