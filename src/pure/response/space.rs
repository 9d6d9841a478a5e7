//! Persons as points: numbers in standard deviations, two different words one apart, so that columns weigh alike.

use crate::learning::encoding::Encoding;
use crate::learning::{LearningError, Matrix, Values};

/// A word with fewer rows than this shares its place with other rare words.
const RARE: usize = 5;
/// A number counts as this many standard deviations at most: one extreme order is no other world.
const FARTHEST: f64 = 4.0;

/// How persons become points, learned from some rows.
#[derive(Clone, Debug)]
pub struct Space {
    encoding: Encoding,
    columns: usize,
}

/// Points, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// Numbers of a point, at least 1.
    pub width: usize,
    /// rows × width.
    pub values: Vec<f64>,
}

impl Points {
    /// The points of some rows.
    pub fn take(&self, rows: &[u32]) -> Points {
        let point = |row: &u32| self.values[*row as usize * self.width..][..self.width].iter().copied();
        Points { width: self.width, values: rows.iter().flat_map(point).collect() }
    }
}

impl Space {
    /// Learned from some rows.
    pub fn of(matrix: &Matrix) -> Space {
        Space { encoding: Encoding::learn(matrix, RARE), columns: matrix.columns().len() }
    }

    /// The points of rows with the same columns. They are scaled by the root of the number of columns: the distance of two points is the
    /// root mean square over columns, whatever their number.
    ///
    /// # Errors
    /// When a column is absent or of the other kind.
    pub fn points(&self, matrix: &Matrix) -> Result<Points, LearningError> {
        let width = self.encoding.width().max(1);
        let mut values = vec![0.0; matrix.rows() * width];
        let scale = 1.0 / (self.columns.max(1) as f64).sqrt();
        let starts = self.encoding.starts();
        for (index, column) in matrix.columns().iter().enumerate() {
            // Two words differ in two places.
            let word = matches!(column.values, Values::Words { .. });
            self.encoding.visit(matrix, index, |row, slot, value| {
                let own = if word || slot > 0 { value * 0.5f64.sqrt() } else { value.clamp(-FARTHEST, FARTHEST) };
                values[row * width + starts[index] + slot] = own * scale;
            })?;
        }
        Ok(Points { width, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Column;

    #[test]
    fn two_words_are_one_apart_and_columns_weigh_alike() {
        let matrix = Matrix::new(vec![
            Column::words("plan", &["a", "b", "a", "b", "a", "b", "a", "b", "a", "b"]),
            Column::numbers("x", vec![-1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1e9, f64::NAN]),
        ])
        .expect("a rectangle");
        let points = Space::of(&matrix).points(&matrix).expect("its columns");
        let apart = |a: usize, b: usize, part: std::ops::Range<usize>| -> f64 {
            part.map(|i| (points.values[a * points.width + i] - points.values[b * points.width + i]).powi(2)).sum()
        };
        // Half of the mean over two columns.
        assert!((apart(0, 1, 0..2) - 0.5).abs() < 1e-12);
        assert!(points.values.iter().all(|value| value.abs() <= FARTHEST / 2.0f64.sqrt()));
        assert_eq!(points.take(&[3]).values, points.values[3 * points.width..][..points.width]);
    }
}
