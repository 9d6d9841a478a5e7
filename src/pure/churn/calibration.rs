//! How scores become probabilities, and how that is asked for.

use super::labelled::Labelled;
use super::purchases::{mean, mean_no_purchase};
use crate::learning::LearningError;
use crate::learning::calibration::{Calibrator, Method, to_mean};

/// Rows with their scores.
pub type Scored = (Vec<u32>, Vec<f64>);

/// One way in which scores become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Scores as they are.
    AsTheyAre,
    /// Log odds are moved so that the mean score is what the purchase model expects of the day's customers.
    BaseRate,
    /// A map fitted to rows with labels.
    Fitted(Method),
}

impl Way {
    /// Its name in tables and cards.
    pub fn name(self) -> &'static str {
        match self {
            Way::AsTheyAre => Method::None.name(),
            Way::BaseRate => "base-rate",
            Way::Fitted(method) => method.name(),
        }
    }
}

/// How calibration can be asked for.
#[derive(Debug)]
pub struct Calibration {
    /// How users write it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub meaning: &'static str,
    /// What is tried beside scores as they are, the simplest first. One is used as it is, of several the one that does best.
    pub ways: &'static [Way],
}

const PLATT: Way = Way::Fitted(Method::Platt);
const BETA: Way = Way::Fitted(Method::Beta);
const ISOTONIC: Way = Way::Fitted(Method::Isotonic);

/// All that users can ask for; the first is used where none is named.
pub static CALIBRATIONS: [Calibration; 6] = [
    Calibration {
        name: "auto",
        meaning: "what does best on later snapshots; none unless it helps",
        ways: &[Way::BaseRate, PLATT, BETA, ISOTONIC],
    },
    Calibration { name: "none", meaning: "scores as they are", ways: &[] },
    Calibration {
        name: "base-rate",
        meaning: "the mean score is what a purchase model expects of the day's customers",
        ways: &[Way::BaseRate],
    },
    Calibration {
        name: "platt",
        meaning: "a logistic regression on the score's log odds: two numbers, safe on few rows",
        ways: &[PLATT],
    },
    Calibration {
        name: "beta",
        meaning: "a logistic regression on ln p and ln(1 − p): three numbers, bends both ends",
        ways: &[BETA],
    },
    Calibration {
        name: "isotonic",
        meaning: "the best rising curve: follows any shape, needs about a thousand rows",
        ways: &[ISOTONIC],
    },
];

impl Calibration {
    /// The ways that these data allow: without a purchase model nobody expects a base rate.
    pub fn ways_for(&self, data: &Labelled) -> Vec<Way> {
        let of_use = |way: &Way| *way != Way::BaseRate || data.purchase_model.is_some();
        self.ways.iter().copied().filter(of_use).collect()
    }

    /// Whether any way needs rows with labels.
    pub fn is_fitted(&self) -> bool {
        self.ways.iter().any(|way| matches!(way, Way::Fitted(_)))
    }
}

impl Labelled {
    /// The scores of some rows by a way of calibration; as they are where nothing is known to calibrate on.
    ///
    /// # Errors
    /// When all known rows have one label.
    pub fn calibrated(
        &self,
        way: Way,
        rows: &[u32],
        raw: &[f64],
        known: Option<&Scored>,
    ) -> Result<Vec<f64>, LearningError> {
        let calibrator = match (way, known) {
            (Way::BaseRate, _) => to_mean(raw, mean_no_purchase(&self.matrix.take(rows)).unwrap_or(f64::NAN)),
            (Way::Fitted(method), Some((known, scores))) => Calibrator::fit(method, &self.truth(known), scores)?,
            _ => return Ok(raw.to_vec()),
        };
        Ok(raw.iter().map(|score| calibrator.apply(*score)).collect())
    }
}

/// So many customers have a base rate of their own.
const FORECAST_ROWS: usize = 100;

/// The scores of all rows of a day as they are given out; `chances` are what the purchase model expects of each row. With the calibration
/// `base-rate` the base rate is forecast for the day's customers, as it was when the model was judged: the forecast of the day it was
/// trained would be months old.
pub fn scores_of_day(scores: Vec<f64>, chances: Option<&[f64]>, calibration: &str) -> Vec<f64> {
    let forecasts = calibration == Way::BaseRate.name() && scores.len() >= FORECAST_ROWS;
    let forecast = chances.filter(|_| forecasts).and_then(mean).filter(|mean| mean.is_finite());
    let Some(forecast) = forecast else { return scores };
    let calibrator = to_mean(&scores, forecast);
    scores.into_iter().map(|score| calibrator.apply(score)).collect()
}
