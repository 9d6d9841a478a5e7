//! How numbers and words become the dense numbers of a linear model.
//!
//! A number is taken as it is or by signed log, sign(x)·ln(1 + |x|), whichever is less skewed over the training rows, then
//! standardised; missing becomes the mean, with a column of its own that says so. A word becomes one column per level
//! (one-hot, 0 or 1); levels with fewer than `min_level_rows` rows share one, which is also that of words never seen.

use super::matrix::{MISSING_WORD, Values};
use super::parts::Parts;
use super::{LearningError, Matrix};
use crate::numeric::math::ln_1p;
use std::collections::BTreeMap;

/// The encoding of one column, learned from training rows.
#[derive(Clone, Debug, PartialEq)]
enum Code {
    /// (t(x) − mean) / spread with t the identity or the signed log.
    Number { log: bool, mean: f64, spread: f64, least: f64, most: f64, missing: bool },
    /// One slot per level; then, where training had such rows, one for rare or unseen words and one for missing.
    Word { levels: Vec<String>, rare: bool, missing: bool },
}

impl Code {
    fn width(&self) -> usize {
        match self {
            Code::Number { missing, .. } => 1 + usize::from(*missing),
            Code::Word { levels, rare, missing } => levels.len() + usize::from(*rare) + usize::from(*missing),
        }
    }
}

/// The encoding of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    names: Vec<String>,
    codes: Vec<Code>,
}

impl Encoding {
    /// The encoding that some rows teach; a word with fewer rows than `min_level_rows` shares the slot of rare words.
    pub fn learn(matrix: &Matrix, min_level_rows: usize) -> Encoding {
        let names = matrix.columns().iter().map(|column| column.name.clone()).collect();
        let codes = matrix
            .columns()
            .iter()
            .map(|column| match &column.values {
                Values::Numbers(numbers) => learn_number(numbers),
                Values::Words { codes, words } => learn_words(codes, words, min_level_rows),
            })
            .collect();
        Encoding { names, codes }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of dense columns.
    pub fn width(&self) -> usize {
        self.codes.iter().map(Code::width).sum()
    }

    /// For each column of the matrix, its first dense column.
    pub fn starts(&self) -> Vec<usize> {
        self.codes
            .iter()
            .scan(0, |next, code| {
                let start = *next;
                *next += code.width();
                Some(start)
            })
            .collect()
    }

    /// Calls `visit(row, dense column, value)` for each value of column `index` that is not 0.
    ///
    /// # Errors
    /// When the matrix lacks the column or has it of the other kind.
    pub fn visit(
        &self,
        matrix: &Matrix,
        index: usize,
        mut visit: impl FnMut(usize, usize, f64),
    ) -> Result<(), LearningError> {
        let name = &self.names[index];
        let column = matrix.column(name).ok_or_else(|| LearningError::ColumnAbsent { column: name.clone() })?;
        let kind = |trained, found| LearningError::ColumnKind { column: name.clone(), trained, found };
        match (&self.codes[index], &column.values) {
            (Code::Number { log, mean, spread, least, most, missing }, Values::Numbers(numbers)) => {
                for (row, &number) in numbers.iter().enumerate() {
                    if !number.is_nan() {
                        let bounded = if number.is_infinite() { number.clamp(*least, *most) } else { number };
                        let value = if *log { signed_log(bounded) } else { bounded };
                        visit(row, 0, (value - mean) / spread);
                    } else if *missing {
                        visit(row, 1, 1.0);
                    }
                }
            }
            (Code::Word { levels, rare, missing }, Values::Words { codes, words }) => {
                let places: BTreeMap<&str, usize> =
                    levels.iter().enumerate().map(|(place, level)| (level.as_str(), place)).collect();
                let pooled = rare.then_some(levels.len());
                let absent = missing.then_some(levels.len() + usize::from(*rare)).or(pooled);
                let slots: Vec<Option<usize>> =
                    words.iter().map(|word| places.get(word.as_str()).copied().or(pooled)).collect();
                for (row, &code) in codes.iter().enumerate() {
                    if let Some(slot) = if code == MISSING_WORD { absent } else { slots[code as usize] } {
                        visit(row, slot, 1.0);
                    }
                }
            }
            (Code::Number { .. }, Values::Words { .. }) => return Err(kind("numbers", "words")),
            (Code::Word { .. }, Values::Numbers(_)) => return Err(kind("words", "numbers")),
        }
        Ok(())
    }

    pub(super) fn store(&self, parts: &mut Parts) {
        parts.words("columns", &self.names);
        let mut shapes = Vec::new();
        let mut numbers = Vec::new();
        let mut all_levels = Vec::new();
        for code in &self.codes {
            match code {
                Code::Number { log, mean, spread, least, most, missing } => {
                    shapes.extend([0, u32::from(*log), u32::from(*missing), 0]);
                    numbers.extend([*mean, *spread, *least, *most]);
                }
                Code::Word { levels, rare, missing } => {
                    shapes.extend([1, u32::from(*rare), u32::from(*missing), levels.len() as u32]);
                    all_levels.extend(levels.iter().cloned());
                }
            }
        }
        parts.counts("encoding", shapes);
        parts.numbers("scaling", numbers);
        parts.words("levels", &all_levels);
    }

    pub(super) fn restore(parts: &Parts) -> Result<Encoding, LearningError> {
        let damaged = || LearningError::Damaged { why: "its encoding does not fit its columns".to_owned() };
        let names = parts.get_words("columns")?;
        let (shapes, _) = parts.get_counts("encoding")?.as_chunks::<4>();
        let (numbers, _) = parts.get_numbers("scaling")?.as_chunks::<4>();
        let (mut numbers, mut levels) = (numbers.iter(), parts.get_words("levels")?.into_iter());
        let codes = shapes
            .iter()
            .map(|&[kind, flag, missing, count]| {
                if kind == 0 {
                    let &[mean, spread, least, most] = numbers.next().ok_or_else(damaged)?;
                    Ok(Code::Number { log: flag == 1, mean, spread, least, most, missing: missing == 1 })
                } else {
                    let levels: Vec<String> = levels.by_ref().take(count as usize).collect();
                    if levels.len() < count as usize {
                        return Err(damaged());
                    }
                    Ok(Code::Word { levels, rare: flag == 1, missing: missing == 1 })
                }
            })
            .collect::<Result<Vec<Code>, LearningError>>()?;
        if codes.len() == names.len() { Ok(Encoding { names, codes }) } else { Err(damaged()) }
    }
}

/// sign(x)·ln(1 + |x|): tames money and counts, keeps the sign and zero.
fn signed_log(x: f64) -> f64 {
    x.signum() * ln_1p(x.abs())
}

fn learn_number(numbers: &[f64]) -> Code {
    let finite = || numbers.iter().copied().filter(|number| number.is_finite());
    let (least, most) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    let missing = numbers.iter().any(|number| number.is_nan());
    if least > most {
        return Code::Number { log: false, mean: 0.0, spread: 1.0, least: 0.0, most: 0.0, missing };
    }
    let (plain, logged) = (moments(finite()), moments(finite().map(signed_log)));
    let log = logged.2.abs() < plain.2.abs();
    let (mean, spread, _) = if log { logged } else { plain };
    Code::Number { log, mean, spread: if spread > 0.0 { spread } else { 1.0 }, least, most, missing }
}

/// Mean, standard deviation and skewness; the last two 0 for constant values.
fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.clone().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
    let cube = values.map(|x| (x - mean).powi(3)).sum::<f64>() / count;
    let spread = square.sqrt();
    // Rounding leaves a constant column with a spread near 1e-16 of its size.
    if !spread.is_finite() || spread <= mean.abs() * 1e-12 {
        return (mean, 0.0, 0.0);
    }
    (mean, spread, cube / spread.powi(3))
}

fn learn_words(codes: &[u32], words: &[String], min_level_rows: usize) -> Code {
    let mut counts = vec![0usize; words.len()];
    let mut missing = false;
    for &code in codes {
        if code == MISSING_WORD {
            missing = true;
        } else {
            counts[code as usize] += 1;
        }
    }
    let rare = counts.iter().any(|&count| count > 0 && count < min_level_rows);
    let mut levels: Vec<String> = words
        .iter()
        .zip(&counts)
        .filter(|&(_, &count)| count >= min_level_rows.max(1))
        .map(|(word, _)| word.clone())
        .collect();
    // The order of words is an accident of the data; sorted levels make shuffled rows give the same model.
    levels.sort();
    Code::Word { levels, rare, missing }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    fn dense(encoding: &Encoding, matrix: &Matrix) -> Vec<Vec<f64>> {
        let mut rows = vec![vec![0.0; encoding.width()]; matrix.rows()];
        for (index, start) in encoding.starts().into_iter().enumerate() {
            encoding.visit(matrix, index, |row, slot, value| rows[row][start + slot] = value).expect("same columns");
        }
        rows
    }

    #[test]
    fn encodes_rare_unseen_and_missing() {
        let train = Matrix::new(vec![Column::words("plan", &["a", "a", "b", "b", "c", ""])]).expect("one column");
        let encoding = Encoding::learn(&train, 2);
        let later = Matrix::new(vec![Column::words("plan", &["b", "c", "new", ""])]).expect("one column");
        let expected =
            [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]].map(Vec::from);
        assert_eq!(dense(&encoding, &later), expected);
    }

    #[test]
    fn bounds_infinities_and_marks_missing() {
        let train = Matrix::new(vec![Column::numbers("days", vec![-1.0, 1.0, f64::NAN])]).expect("one column");
        let encoding = Encoding::learn(&train, 1);
        let later = Matrix::new(vec![Column::numbers("days", vec![f64::INFINITY, 1.0, f64::NAN])]).expect("one column");
        assert_eq!(dense(&encoding, &later), [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]].map(Vec::from));
    }
}
