//! The one table of models, and the way to them by name.

use super::LearningError;
use super::boosting::GradientBoosting;
use super::forest::{ExtraTrees, RandomForest};
use super::logistic::Logistic;
use super::model::{Learner, Lesson, Load, Model};
use super::parts::Parts;
use super::settings::{LearningSettings, Setting};

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
    load: Load,
}

impl ModelRow {
    /// Its default settings.
    pub fn defaults(&self) -> LearningSettings {
        LearningSettings::defaults(self.name, self.settings)
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
pub fn fit(settings: &LearningSettings, lesson: &Lesson) -> Result<Box<dyn Model>, LearningError> {
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

fn load_parts(parts: &Parts) -> Result<Box<dyn Model>, LearningError> {
    match parts.model.as_str() {
        super::calibration::NAME => super::calibration::load(parts, load_parts),
        super::average::NAME => super::average::load(parts, load_parts),
        name => (model_row(name)?.load)(parts),
    }
}
