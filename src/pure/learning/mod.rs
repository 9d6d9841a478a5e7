//! Classifiers: what they learn from, how they are judged, calibrated, chosen, explained, watched and stored.
//!
//! Knows rows, named columns and yes-or-no labels; not what a customer, an order or a purchase is, and no file or clock.
//! In reading order: a [`Matrix`] and labels make a [`Lesson`]; a row of [`MODELS`] has a [`Learner`] that makes a [`Model`] of
//! it; [`metrics`] judge its scores.

pub mod average;
pub mod baselines;
mod bins;
mod boosting;
pub mod calibration;
#[cfg(test)]
mod conformance;
pub mod design;
pub mod drift;
mod elastic_net;
pub mod encoding;
mod error;
#[cfg(test)]
mod evidence;
pub mod folds;
mod forest;
mod grow;
mod histogram;
pub mod importance;
pub mod intervals;
pub mod leakage;
pub mod lift;
mod logistic;
mod logistic_line;
pub mod matrix;
pub mod metrics;
pub mod model;
pub mod models;
pub mod parts;
pub mod profit;
mod ridge;
mod rulers;
mod scoring;
pub mod selection;
pub mod settings;
mod shap;
mod shap_path;
mod shap_tables;
mod splits;
mod trees;

pub use error::LearningError;
pub use matrix::{Column, MISSING_WORD, Matrix, Values};
pub use model::{Contributions, Learner, Lesson, Model, Scale};
pub use models::{MODELS, ModelRow, fit, load, model_row, save};
pub use settings::{LearningSettings, Setting};
