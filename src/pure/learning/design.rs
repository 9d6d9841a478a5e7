//! A matrix as dense numbers, for linear models that other rooms solve themselves.

use super::encoding::Encoding;
use super::{LearningError, Matrix};

/// How the columns of a matrix become dense numbers: scaled numbers and one-hot words, as the linear models of this room have them.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    encoding: Encoding,
}

impl Design {
    /// Learns the scale of each number and the levels of each word that at least `min_level_rows` rows have.
    pub fn learn(matrix: &Matrix, min_level_rows: usize) -> Design {
        Design { encoding: Encoding::learn(matrix, min_level_rows) }
    }

    /// How many dense columns there are.
    pub fn width(&self) -> usize {
        self.encoding.width()
    }

    /// The dense numbers, rows × [`width`](Design::width), row by row.
    ///
    /// # Errors
    /// When a column is absent or of the other kind.
    pub fn rows(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let width = self.width();
        let mut dense = vec![0.0; matrix.rows() * width];
        for (index, start) in self.encoding.starts().into_iter().enumerate() {
            self.encoding.visit(matrix, index, |row, slot, value| dense[row * width + start + slot] = value)?;
        }
        Ok(dense)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn stands_row_by_row() {
        let matrix = Matrix::new(vec![Column::numbers("x", vec![-1.0, 1.0]), Column::words("w", &["b", "a"])]);
        let matrix = matrix.expect("two columns");
        let design = Design::learn(&matrix, 1);
        assert_eq!(design.rows(&matrix).expect("the same columns"), [-1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    }
}
