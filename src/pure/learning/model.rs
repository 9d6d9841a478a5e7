//! What a learner and a model are, and the one table of both.

use super::boosting::GradientBoosting;
use super::forest::{ExtraTrees, RandomForest};
use super::logistic::Logistic;
use super::parts::Parts;
use super::settings::{Setting, Settings};
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
    fn fit(&self, lesson: &Lesson, settings: &Settings) -> Result<Box<dyn Model>, LearningError>;
}

/// Something that says how probable a label is for a row.
pub trait Model: Send + Sync {
    /// Its name in [`MODELS`], or the name of a model made from others.
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

    /// What it is made of, to be stored; [`load`] is the way back.
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

/// One row of the table of models.
pub struct ModelRow {
    /// How users write it.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// Its settings with their defaults.
    pub settings: &'static [Setting],
    /// Rank by simplicity, the simplest 0: among models equally good the simplest is chosen.
    pub complexity: u32,
    /// What learns it.
    pub learner: &'static dyn Learner,
    load: fn(&Parts) -> Result<Box<dyn Model>, LearningError>,
}

impl ModelRow {
    /// Its default settings.
    pub fn defaults(&self) -> Settings {
        Settings::defaults(self.name, self.settings)
    }
}

/// All models that users can name.
pub static MODELS: &[ModelRow] = &[
    ModelRow {
        name: "logistic",
        meaning: "Logistic regression with elastic net on log-scaled, standardised numbers and one-hot categories",
        settings: super::logistic::SETTINGS,
        complexity: 0,
        learner: &Logistic,
        load: super::logistic::load,
    },
    ModelRow {
        name: "random-forest",
        meaning: "Average of many deep trees, each grown on a bootstrap sample with a few columns tried per split",
        settings: super::forest::SETTINGS,
        complexity: 2,
        learner: &RandomForest,
        load: super::forest::load,
    },
    ModelRow {
        name: "extra-trees",
        meaning: "Average of many deep trees with splits drawn at random, smoother than a random forest",
        settings: super::forest::SETTINGS,
        complexity: 2,
        learner: &ExtraTrees,
        load: super::forest::load,
    },
    ModelRow {
        name: "gradient-boosting",
        meaning: "Sum of small trees, each correcting the ones before it, grown on histograms",
        settings: super::boosting::SETTINGS,
        complexity: 1,
        learner: &GradientBoosting,
        load: super::boosting::load,
    },
];

/// The row of a model by its name.
///
/// # Errors
/// When there is no such model; the message lists those there are.
pub fn model_row(name: &str) -> Result<&'static ModelRow, LearningError> {
    MODELS.iter().find(|row| row.name == name).ok_or_else(|| LearningError::UnknownModel {
        name: name.to_owned(),
        known: MODELS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
    })
}

/// Learns a model by its name.
///
/// # Errors
/// When the settings are of another model, or as [`Learner::fit`].
pub fn fit(settings: &Settings, lesson: &Lesson) -> Result<Box<dyn Model>, LearningError> {
    lesson.check()?;
    model_row(settings.model())?.learner.fit(lesson, settings)
}

/// The bytes of a model's file (format in [`super::parts`]).
pub fn save(model: &dyn Model) -> Vec<u8> {
    model.parts().to_bytes()
}

/// The model of a file's bytes; it scores exactly as the one that was saved.
///
/// # Errors
/// When the bytes are damaged, of a newer format or of a model that is not known.
pub fn load(bytes: &[u8]) -> Result<Box<dyn Model>, LearningError> {
    load_parts(&Parts::from_bytes(bytes)?)
}

pub(super) fn load_parts(parts: &Parts) -> Result<Box<dyn Model>, LearningError> {
    match parts.model.as_str() {
        super::calibration::NAME => super::calibration::load(parts),
        super::average::NAME => super::average::load(parts),
        name => (model_row(name)?.load)(parts),
    }
}
