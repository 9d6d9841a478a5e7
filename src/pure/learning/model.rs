//! What a learner and a model are.

use super::parts::Parts;
use super::settings::LearningSettings;
use super::{LearningError, Matrix};

/// What a learner is given.
#[derive(Clone, Copy)]
pub struct Lesson<'a> {
    /// The rows to learn from.
    pub matrix: &'a Matrix,
    /// The truth of each row, for example whether the customer left.
    pub labels: &'a [bool],
    /// Rows that are not learned from but tell a booster when to stop; best of all a later snapshot.
    pub held_out: Option<(&'a Matrix, &'a [bool])>,
    /// Seed of every random draw.
    pub seed: u64,
    /// Told the share done, 0 to 1.
    pub progress: &'a (dyn Fn(f64) + Sync),
}

impl<'a> Lesson<'a> {
    /// A lesson without held-out rows and without anybody who watches.
    pub fn new(matrix: &'a Matrix, labels: &'a [bool], seed: u64) -> Lesson<'a> {
        Lesson { matrix, labels, held_out: None, seed, progress: &|_| () }
    }

    /// Whether there is something to learn from.
    ///
    /// # Errors
    /// When rows, columns or one of the two labels are absent, or labels and rows do not agree in number.
    pub fn check(&self) -> Result<(), LearningError> {
        let rows = self.matrix.rows();
        if self.matrix.columns().is_empty() {
            return Err(LearningError::NoColumns);
        }
        if rows == 0 {
            return Err(LearningError::NoRows);
        }
        if self.labels.len() != rows {
            return Err(LearningError::RowCount { what: "labels", rows, found: self.labels.len() });
        }
        if let Some((matrix, labels)) = self.held_out
            && labels.len() != matrix.rows()
        {
            return Err(LearningError::RowCount { what: "held-out labels", rows: matrix.rows(), found: labels.len() });
        }
        let weigh = |label: bool| match self.matrix.weights() {
            None => self.labels.contains(&label),
            Some(weights) => self.labels.iter().zip(weights).any(|(&found, &weight)| found == label && weight > 0.0),
        };
        match (weigh(false), weigh(true)) {
            (true, true) => Ok(()),
            (_, label) => Err(LearningError::OneClass { label, rows }),
        }
    }
}

/// Something that makes a model from rows with labels.
pub trait Learner: Sync {
    /// Learns. The same lesson and settings give the same model at any thread count.
    ///
    /// # Errors
    /// When there is nothing to learn from ([`Lesson::check`]) or the fit fails.
    fn fit(&self, lesson: &Lesson, settings: &LearningSettings) -> Result<Box<dyn Model>, LearningError>;
}

/// Something that says how probable a label is for a row.
pub trait Model: Send + Sync {
    /// Its name in [`MODELS`](super::MODELS), or the name of a model made from others.
    fn name(&self) -> &'static str;

    /// The names of the columns it needs, in the order of its contributions.
    fn columns(&self) -> Vec<String>;

    /// The probability of the label for each row, 0 to 1. Columns are found by name; others are ignored.
    ///
    /// # Errors
    /// When a column is absent or of the other kind.
    fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError>;

    /// What each column adds to each row's score.
    ///
    /// # Errors
    /// When a column is absent or of the other kind.
    fn contributions(&self, matrix: &Matrix) -> Result<Contributions, LearningError>;

    /// What it is made of, to be stored; [`load`](super::load) is the way back.
    fn parts(&self) -> Parts;
}

/// The scale on which contributions add up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scale {
    /// ln(p / (1 − p)).
    LogOdds,
    /// The probability itself.
    Probability,
}

/// Contributions of columns to scores: for each row, `base` and the values of its columns sum to the score on `scale`.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// The scale on which they add up.
    pub scale: Scale,
    /// The score of a row of which nothing is known.
    pub base: f64,
    /// The columns' names.
    pub columns: Vec<String>,
    /// rows × columns, row by row.
    pub values: Vec<f64>,
}

impl Contributions {
    /// The contributions to one row's score, one per column.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns.len()..][..self.columns.len()]
    }
}

/// Reads a model from the parts that it was saved as. A model made from others reads those by it.
pub(super) type Load = fn(&Parts) -> Result<Box<dyn Model>, LearningError>;
