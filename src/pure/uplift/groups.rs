//! Groups of customers that the numbers of their features show: how likely each customer belongs to each group.
//!
//! The groups are the parts of a `mixture` of normal distributions over the columns of numbers. There are as many as the Bayesian information
//! criterion says (G. Schwarz, Annals of Statistics 6, 1978; C. Fraley, A. Raftery, JASA 97, 2002).

use rand::RngExt;

use super::mixture::{Part, Points};
use crate::learning::{Column, LearningError, Matrix, Values};
use crate::numeric::math::{ln, ln_1p};
use crate::numeric::random::stream;

/// Groups tried at most.
const MOST: usize = 8;
/// Rows that groups are found with at most.
const SAMPLE: usize = 4_000;

/// A column with a skewness beyond this is taken by signed log, as money is: sign(x)·ln(1 + |x|).
const SKEWED: f64 = 2.0;

/// Groups of customers.
#[derive(Clone, Debug)]
pub struct Groups {
    scales: Vec<Scale>,
    parts: Vec<Part>,
}

/// How a column of numbers becomes one with mean 0 and variance 1; what is missing becomes the mean.
#[derive(Clone, Debug)]
struct Scale {
    name: String,
    log: bool,
    mean: f64,
    spread: f64,
}

impl Groups {
    /// The groups that some rows of a matrix show by their columns of numbers; one group where there is no such column.
    ///
    /// # Errors
    /// When the matrix does not fit itself.
    pub fn learn(matrix: &Matrix, rows: &[u32], seed: u64) -> Result<Groups, LearningError> {
        let mut random = stream(seed, "groups");
        let sampled: Vec<u32> = match rows.len() > SAMPLE {
            true => (0..SAMPLE).map(|_| rows[random.random_range(0..rows.len())]).collect(),
            false => rows.to_vec(),
        };
        let sample = matrix.take(&sampled);
        let scales: Vec<Scale> = sample.columns().iter().filter_map(Scale::of).collect();
        let one = Part { share: 1.0, means: Vec::new(), variances: Vec::new() };
        if scales.is_empty() {
            return Ok(Groups { scales, parts: vec![one] });
        }
        let points = points(&scales, &sample)?;
        let mut best: Option<(f64, Vec<Part>)> = None;
        for count in 1..=MOST.min(points.count()) {
            let (likelihood, parts) = points.fitted(count, seed);
            let parameters = (count - 1 + 2 * count * points.width) as f64;
            let criterion = parameters * ln(points.count() as f64) - 2.0 * likelihood;
            match &best {
                Some((least, _)) if criterion >= *least => break,
                _ => best = Some((criterion, parts)),
            }
        }
        Ok(Groups { scales, parts: best.map_or_else(|| vec![one], |(_, parts)| parts) })
    }

    /// How many groups there are.
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    /// How likely each row belongs to each group, row by row.
    ///
    /// # Errors
    /// When the matrix lacks a column that the groups were found by, or has words in it.
    pub fn of(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        match self.scales.is_empty() {
            true => Ok(vec![1.0; matrix.rows()]),
            false => Ok(points(&self.scales, matrix)?.memberships(&self.parts).0),
        }
    }
}

impl Scale {
    /// Of a column of numbers that differ.
    fn of(column: &Column) -> Option<Scale> {
        let Values::Numbers(numbers) = &column.values else { return None };
        let moments = |of: &dyn Fn(f64) -> f64| {
            let finite = || numbers.iter().filter(|x| x.is_finite()).map(|x| of(*x));
            let count = finite().count().max(1) as f64;
            let mean = finite().sum::<f64>() / count;
            let spread = (finite().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt();
            let cubes: f64 = finite().map(|x| (x - mean) * (x - mean) * (x - mean)).sum();
            (mean, spread, cubes / count / (spread * spread * spread))
        };
        let (plain, logged) = (moments(&|x| x), moments(&signed_log));
        let log = plain.2.abs() > SKEWED && logged.2.abs() < plain.2.abs();
        let (mean, spread, _) = if log { logged } else { plain };
        (spread > 1e-12 * mean.abs()).then(|| Scale { name: column.name.clone(), log, mean, spread })
    }

    fn scaled(&self, x: f64) -> f64 {
        let value = if self.log { signed_log(x) } else { x };
        if x.is_finite() { (value - self.mean) / self.spread } else { 0.0 }
    }
}

fn signed_log(x: f64) -> f64 {
    x.signum() * ln_1p(x.abs())
}

/// What scales make of a matrix.
fn points(scales: &[Scale], matrix: &Matrix) -> Result<Points, LearningError> {
    let width = scales.len();
    let mut values = vec![0.0; matrix.rows() * width];
    for (slot, scale) in scales.iter().enumerate() {
        let absent = || LearningError::ColumnAbsent { column: scale.name.clone() };
        let column = matrix.column(&scale.name).ok_or_else(absent)?;
        let Values::Numbers(numbers) = &column.values else {
            let column = scale.name.clone();
            return Err(LearningError::ColumnKind { column, trained: "numbers", found: "words" });
        };
        numbers.iter().enumerate().for_each(|(row, &x)| values[row * width + slot] = scale.scaled(x));
    }
    Ok(Points { width, values })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::erf::normal_quantile;

    /// Three groups that overlap little, and a column that says nothing: as many are found, with their shares, and rows in them.
    #[test]
    fn finds_planted_groups() {
        let mut random = stream(5, "planted");
        let centres = [[0.0, 0.0], [4.0, 0.0], [0.0, 5.0]];
        let kinds: Vec<usize> = (0..3_000).map(|row| [0, 0, 0, 1, 1, 2][row % 6]).collect();
        let mut normal = || normal_quantile(random.random_range(1e-9..1.0));
        let column = |axis: usize, normal: &mut dyn FnMut() -> f64| -> Vec<f64> {
            kinds.iter().map(|kind| centres[*kind][axis] + normal()).collect()
        };
        let (x, y) = (column(0, &mut normal), column(1, &mut normal));
        let noise: Vec<f64> = kinds.iter().map(|_| normal()).collect();
        let columns = vec![Column::numbers("x", x), Column::numbers("y", y), Column::numbers("noise", noise)];
        let matrix = Matrix::new(columns).expect("columns of one length");
        let rows: Vec<u32> = (0..3_000).collect();
        let groups = Groups::learn(&matrix, &rows, 1).expect("numbers");
        assert_eq!(groups.count(), 3);
        let found = groups.of(&matrix).expect("the same columns");
        let mut shares: Vec<f64> = groups.parts.iter().map(|part| part.share).collect();
        shares.sort_by(f64::total_cmp);
        for (found, planted) in shares.iter().zip([1.0 / 6.0, 1.0 / 3.0, 0.5]) {
            assert!((found - planted).abs() < 0.03, "{shares:?}");
        }
        let likeliest = |own: &[f64]| (0..3).max_by(|a, b| own[*a].total_cmp(&own[*b])).expect("three groups");
        let labels: Vec<usize> = found.chunks_exact(3).map(likeliest).collect();
        // Of each planted group nearly all rows are in one found group.
        for kind in 0..3 {
            let own: Vec<usize> = (0..3_000).filter(|row| kinds[*row] == kind).map(|row| labels[row]).collect();
            let most = (0..3).map(|label| own.iter().filter(|found| **found == label).count()).max().unwrap_or(0);
            assert!(most as f64 > 0.95 * own.len() as f64, "{kind}: {most} of {}", own.len());
        }
        assert!(found.chunks_exact(3).all(|own| (own.iter().sum::<f64>() - 1.0).abs() < 1e-12));
    }

    #[test]
    fn without_numbers_there_is_one_group() {
        let matrix = Matrix::new(vec![Column::words("w", &["a", "b"])]).expect("a column");
        let groups = Groups::learn(&matrix, &[0, 1], 1).expect("one group");
        assert_eq!((groups.count(), groups.of(&matrix).expect("nothing needed")), (1, vec![1.0, 1.0]));
    }
}
