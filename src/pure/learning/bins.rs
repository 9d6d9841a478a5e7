//! Columns cut into at most 255 bins, one byte per value: what histograms are counted over.
//!
//! Code 0 is missing (for words also: rare or never seen). Numbers get a bin per distinct value where there are few, otherwise
//! bins of about equally many rows, found on a sample; a value that is frequent enough has a bin of its own. Words get a
//! bin per level, the most frequent first.

use std::collections::BTreeMap;

use rand::RngExt;
use rayon::prelude::*;

use super::matrix::{Column, MISSING_WORD, Values};
use super::{LearningError, Matrix};
use crate::numeric::random::stream;

/// How many columns' codes of a row stand together: the histograms of a tile (16 × 256 × 8 bytes) stay in the first-level cache.
const TILE: usize = 16;

/// Rows that the edges are found on when there are more.
const SAMPLE: usize = 200_000;

/// What the codes of a column mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Bins {
    /// Code c holds edge[c − 2] < x ≤ edge[c − 1]; the last code everything above the last edge.
    Edges(Vec<f64>),
    /// Code c is level c − 1.
    Levels(Vec<String>),
}

impl Bins {
    /// One more than the greatest code.
    pub(super) fn codes(&self) -> usize {
        match self {
            Bins::Edges(edges) => edges.len() + 2,
            Bins::Levels(levels) => levels.len() + 1,
        }
    }
}

/// The bins of all columns of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Binning {
    pub names: Vec<String>,
    pub bins: Vec<Bins>,
}

/// A matrix as codes.
pub(super) struct Binned {
    pub rows: usize,
    /// Codes by column.
    pub columns: Vec<Vec<u8>>,
    /// The same codes by row within tiles of columns; empty when not asked for.
    pub tiles: Vec<Tile>,
}

/// The codes of some neighbouring columns, row by row.
pub(super) struct Tile {
    pub first: usize,
    pub width: usize,
    pub codes: Vec<u8>,
}

impl Binning {
    pub(super) fn learn(matrix: &Matrix, most: usize, seed: u64) -> Binning {
        let rows = matrix.rows();
        let sample: Option<Vec<u32>> = (rows > SAMPLE).then(|| {
            let mut random = stream(seed, "bin-edges");
            (0..SAMPLE).map(|_| random.random_range(0..rows as u32)).collect()
        });
        let bins = matrix
            .columns()
            .par_iter()
            .map(|column| match &column.values {
                Values::Numbers(numbers) => {
                    let mut values: Vec<f64> = match &sample {
                        None => numbers.iter().copied().filter(|number| !number.is_nan()).collect(),
                        Some(rows) => {
                            rows.iter().map(|&row| numbers[row as usize]).filter(|number| !number.is_nan()).collect()
                        }
                    };
                    values.sort_unstable_by(f64::total_cmp);
                    Bins::Edges(edges(&values, most))
                }
                Values::Words { codes, words } => Bins::Levels(levels(codes, words, most)),
            })
            .collect();
        Binning { names: matrix.columns().iter().map(|column| column.name.clone()).collect(), bins }
    }

    /// The codes of a matrix; `tiled` for histograms over whole rows.
    pub(super) fn apply(&self, matrix: &Matrix, tiled: bool) -> Result<Binned, LearningError> {
        let found = find_columns(matrix, &self.names, &self.bins)?;
        let rows = matrix.rows();
        let columns: Vec<Vec<u8>> =
            found.par_iter().zip(&self.bins).map(|(column, bins)| encode(&column.values, bins)).collect();
        let tiles = if tiled { tile(&columns, rows) } else { Vec::new() };
        Ok(Binned { rows, columns, tiles })
    }
}

/// The columns of these names, each of the kind its bins are for.
pub(super) fn find_columns<'a>(
    matrix: &'a Matrix,
    names: &[String],
    bins: &[Bins],
) -> Result<Vec<&'a Column>, LearningError> {
    let by_name: BTreeMap<&str, &Column> =
        matrix.columns().iter().map(|column| (column.name.as_str(), column)).collect();
    names
        .iter()
        .zip(bins)
        .map(|(name, bins)| {
            let column =
                *by_name.get(name.as_str()).ok_or_else(|| LearningError::ColumnAbsent { column: name.clone() })?;
            let kind = |trained, found| LearningError::ColumnKind { column: name.clone(), trained, found };
            match (bins, &column.values) {
                (Bins::Edges(_), Values::Words { .. }) => Err(kind("numbers", "words")),
                (Bins::Levels(_), Values::Numbers(_)) => Err(kind("words", "numbers")),
                _ => Ok(column),
            }
        })
        .collect()
}

/// The code of each word of a column: 0 where the levels do not have it.
pub(super) fn word_codes(words: &[String], levels: &[String]) -> Vec<u8> {
    let places: BTreeMap<&str, u8> =
        levels.iter().enumerate().map(|(place, level)| (level.as_str(), place as u8 + 1)).collect();
    words.iter().map(|word| places.get(word.as_str()).copied().unwrap_or(0)).collect()
}

fn encode(values: &Values, bins: &Bins) -> Vec<u8> {
    match (values, bins) {
        (Values::Numbers(numbers), Bins::Edges(edges)) => {
            // Padded to a power of two, the search has a fixed number of steps and no branch to mispredict.
            let size = (edges.len() + 1).next_power_of_two();
            let mut padded = vec![f64::INFINITY; size];
            padded[..edges.len()].copy_from_slice(edges);
            numbers
                .iter()
                .map(|&x| {
                    let (mut base, mut half) = (0, size / 2);
                    while half > 0 {
                        base += if padded[base + half - 1] < x { half } else { 0 };
                        half /= 2;
                    }
                    if x.is_nan() { 0 } else { base as u8 + 1 }
                })
                .collect()
        }
        (Values::Words { codes, words }, Bins::Levels(levels)) => {
            let places = word_codes(words, levels);
            codes.iter().map(|&code| if code == MISSING_WORD { 0 } else { places[code as usize] }).collect()
        }
        _ => unreachable!("find_columns has compared the kinds"),
    }
}

fn tile(columns: &[Vec<u8>], rows: usize) -> Vec<Tile> {
    let count = columns.len().div_ceil(TILE);
    let starts: Vec<usize> = (0..=count).map(|index| index * columns.len() / count.max(1)).collect();
    starts
        .par_windows(2)
        .map(|range| {
            let (first, width) = (range[0], range[1] - range[0]);
            let mut codes = vec![0; rows * width];
            for (offset, column) in columns[first..range[1]].iter().enumerate() {
                for (row, &code) in column.iter().enumerate() {
                    codes[row * width + offset] = code;
                }
            }
            Tile { first, width, codes }
        })
        .collect()
}

/// Upper edges of all bins but the last, from sorted values.
fn edges(sorted: &[f64], most: usize) -> Vec<f64> {
    let mut distinct: Vec<(f64, usize)> = Vec::new();
    for &value in sorted {
        match distinct.last_mut() {
            Some((last, count)) if *last == value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    if distinct.len() <= most {
        return distinct.windows(2).map(|pair| between(pair[0].0, pair[1].0)).collect();
    }
    let mut edges = Vec::with_capacity(most);
    let (mut rows_left, mut in_bin) = (sorted.len(), 0);
    for pair in distinct.windows(2) {
        let bins_left = most - edges.len();
        if bins_left == 1 {
            break;
        }
        in_bin += pair[0].1;
        let share = rows_left / bins_left;
        // A frequent value closes the bin before it too, so that it has one of its own.
        if in_bin >= share || pair[1].1 >= share {
            edges.push(between(pair[0].0, pair[1].0));
            rows_left -= in_bin;
            in_bin = 0;
        }
    }
    edges
}

/// A number that is at least `low` and below `high`, halfway where there is one.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if low <= middle && middle < high { middle } else { low }
}

fn levels(codes: &[u32], words: &[String], most: usize) -> Vec<String> {
    let mut counts = vec![0usize; words.len()];
    for &code in codes.iter().filter(|&&code| code != MISSING_WORD) {
        counts[code as usize] += 1;
    }
    let mut order: Vec<usize> = (0..words.len()).filter(|&index| counts[index] > 0).collect();
    order.sort_by(|&a, &b| counts[b].cmp(&counts[a]).then_with(|| words[a].cmp(&words[b])));
    order.into_iter().take(most).map(|index| words[index].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(values: Vec<f64>, most: usize) -> (Vec<f64>, Vec<u8>) {
        let matrix = Matrix::new(vec![Column::numbers("x", values)]).expect("one column");
        let binning = Binning::learn(&matrix, most, 1);
        let binned = binning.apply(&matrix, false).expect("same columns");
        let Bins::Edges(edges) = &binning.bins[0] else { panic!("numbers have edges") };
        (edges.clone(), binned.columns[0].clone())
    }

    #[test]
    fn few_values_have_a_bin_each() {
        let (edges, codes) = codes(vec![3.0, 1.0, f64::NAN, 2.0, f64::INFINITY, f64::NEG_INFINITY], 255);
        assert_eq!(edges, [f64::NEG_INFINITY, 1.5, 2.5, 3.0]);
        assert_eq!(codes, [4, 2, 0, 3, 5, 1]);
    }

    #[test]
    fn many_values_share_bins_evenly_and_a_frequent_one_stands_alone() {
        let mut values: Vec<f64> = (0..1000).map(f64::from).collect();
        values.extend([500.0; 1000]);
        let (edges, codes) = codes(values, 20);
        assert_eq!(edges.len(), 19);
        let alone = codes[500];
        assert_eq!(codes.iter().filter(|&&code| code == alone).count(), 1001);
    }

    #[test]
    fn words_are_coded_by_frequency_and_unseen_ones_are_missing() {
        let train = Matrix::new(vec![Column::words("w", &["b", "a", "b", "c", ""])]).expect("one column");
        let binning = Binning::learn(&train, 2, 1);
        assert_eq!(binning.bins[0], Bins::Levels(vec!["b".to_owned(), "a".to_owned()]));
        let later = Matrix::new(vec![Column::words("w", &["a", "x", "b", "c", ""])]).expect("one column");
        assert_eq!(binning.apply(&later, false).expect("same columns").columns[0], [2, 0, 1, 0, 0]);
    }
}
