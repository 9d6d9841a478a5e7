//! Turning scores into probabilities that come true.
//!
//! A map from score to probability is fitted on rows that the model was not trained on, best of all the latest snapshot whose
//! horizon has closed. Platt: a logistic regression on the score's log odds (J. Platt, 1999). Beta: one on ln p and −ln(1 − p)
//! (M. Kull, T. Silva Filho, P. Flach, AISTATS 2017). Isotonic: the best rising step curve (B. Zadrozny, C. Elkan, KDD 2002).

use super::logistic_line::logistic_line;
use super::metrics::check;
use super::model::{Contributions, Load, Model};
use super::parts::Parts;
use super::{LearningError, Matrix};
use crate::numeric::math::{exp, ln, ln_1p, logistic};
use crate::numeric::minimise::bfgs;

/// A way to turn scores into probabilities that is fitted to rows with labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Scores as they are.
    None,
    /// A logistic regression on the score's log odds: two numbers, safe on few rows.
    Platt,
    /// A logistic regression on ln p and ln(1 − p): three numbers, bends both ends.
    Beta,
    /// The best rising curve: follows any shape, needs about a thousand rows.
    Isotonic,
}

impl Method {
    /// All, the simplest first.
    pub const ALL: [Method; 4] = [Method::None, Method::Platt, Method::Beta, Method::Isotonic];

    /// Its name in tables and model files.
    pub fn name(self) -> &'static str {
        match self {
            Method::None => "none",
            Method::Platt => "platt",
            Method::Beta => "beta",
            Method::Isotonic => "isotonic",
        }
    }
}

/// A map from a model's score to a probability; it never falls, so ranks stay (equal scores may become equal).
#[derive(Clone, Debug, PartialEq)]
pub enum Calibrator {
    /// The score itself.
    None,
    /// Log odds are stretched and shifted.
    Platt {
        /// Factor of the log odds, at least 0.
        slope: f64,
        /// Added to the log odds.
        intercept: f64,
    },
    /// Log odds are a·ln p − b·ln(1 − p) + c with a and b at least 0.
    Beta {
        /// Factor of ln p.
        a: f64,
        /// Factor of −ln(1 − p).
        b: f64,
        /// Added.
        c: f64,
    },
    /// Straight lines between knots (score, probability), flat outside.
    Isotonic {
        /// Knots by rising score.
        knots: Vec<(f64, f64)>,
    },
}

impl Calibrator {
    /// Fits a method to scores and what came true.
    ///
    /// # Errors
    /// When there is no row, a score is NaN or all labels are the same.
    pub fn fit(method: Method, labels: &[bool], scores: &[f64]) -> Result<Calibrator, LearningError> {
        check(labels, scores)?;
        Ok(match method {
            Method::None => Calibrator::None,
            Method::Platt => platt(labels, scores),
            Method::Beta => beta(labels, scores),
            Method::Isotonic => Calibrator::Isotonic { knots: isotonic(labels, scores) },
        })
    }

    /// The name of its method.
    pub fn name(&self) -> &'static str {
        match self {
            Calibrator::None => "none",
            Calibrator::Platt { .. } => "platt",
            Calibrator::Beta { .. } => "beta",
            Calibrator::Isotonic { .. } => "isotonic",
        }
    }

    /// The probability of a score.
    pub fn apply(&self, score: f64) -> f64 {
        let inside = score.clamp(NEAREST, 1.0 - NEAREST);
        match self {
            Calibrator::None => score,
            Calibrator::Platt { slope, intercept } => logistic(slope * odds(inside) + intercept),
            Calibrator::Beta { a, b, c } => logistic(a * ln(inside) - b * ln_1p(-inside) + c),
            Calibrator::Isotonic { knots } => interpolate(knots, score),
        }
    }
}

/// A model whose scores are calibrated. Contributions are those of the model inside: they add up to its score before calibration.
pub struct Calibrated {
    /// The model inside.
    pub model: Box<dyn Model>,
    /// What its scores are mapped by.
    pub calibrator: Calibrator,
}

pub(super) const NAME: &str = "calibrated";

impl Model for Calibrated {
    fn name(&self) -> &'static str {
        NAME
    }

    fn columns(&self) -> Vec<String> {
        self.model.columns()
    }

    fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        Ok(self.model.score(matrix)?.into_iter().map(|score| self.calibrator.apply(score)).collect())
    }

    fn contributions(&self, matrix: &Matrix) -> Result<Contributions, LearningError> {
        self.model.contributions(matrix)
    }

    fn parts(&self) -> Parts {
        let mut parts = Parts::new(NAME);
        let numbers = match &self.calibrator {
            Calibrator::None => vec![],
            Calibrator::Platt { slope, intercept } => vec![*slope, *intercept],
            Calibrator::Beta { a, b, c } => vec![*a, *b, *c],
            Calibrator::Isotonic { knots } => knots.iter().flat_map(|knot| [knot.0, knot.1]).collect(),
        };
        parts.words("method", &[self.calibrator.name().to_owned()]);
        parts.numbers("calibrator", numbers);
        parts.model("inner", self.model.parts());
        parts
    }
}

pub(super) fn load(parts: &Parts, load: Load) -> Result<Box<dyn Model>, LearningError> {
    let numbers = parts.get_numbers("calibrator")?;
    let method = parts.get_words("method")?;
    let calibrator = match (method.first().map(String::as_str), numbers) {
        (Some("none"), []) => Calibrator::None,
        (Some("platt"), &[slope, intercept]) => Calibrator::Platt { slope, intercept },
        (Some("beta"), &[a, b, c]) => Calibrator::Beta { a, b, c },
        (Some("isotonic"), [_, _, ..]) => {
            Calibrator::Isotonic { knots: numbers.as_chunks::<2>().0.iter().map(|knot| (knot[0], knot[1])).collect() }
        }
        _ => return Err(LearningError::Damaged { why: "its calibration is of no known kind".to_owned() }),
    };
    Ok(Box::new(Calibrated { model: load(&parts.get_model("inner")?)?, calibrator }))
}

/// The calibrator that moves the log odds of scores by one number so that their mean is what is expected: for when the share of
/// leavers is forecast better than by the past that a model learned from.
pub fn to_mean(scores: &[f64], expected: f64) -> Calibrator {
    let at = |shift: f64| {
        let sum: f64 = scores.iter().map(|score| logistic(odds(score.clamp(NEAREST, 1.0 - NEAREST)) + shift)).sum();
        sum / scores.len().max(1) as f64
    };
    let (mut low, mut high) = (-20.0, 20.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if at(middle) < expected { low = middle } else { high = middle }
    }
    Calibrator::Platt { slope: 1.0, intercept: (low + high) / 2.0 }
}

/// Scores keep this distance from 0 and 1 where their log odds are taken.
const NEAREST: f64 = 1e-12;

pub(super) fn odds(probability: f64) -> f64 {
    ln(probability) - ln_1p(-probability)
}

fn platt(labels: &[bool], scores: &[f64]) -> Calibrator {
    // Targets are drawn a little inwards, as Platt does, so that separated labels have a finite slope: each label counts as one
    // of its own kind and a share 1/(n + 2) of the other.
    let count = |label: bool| labels.iter().filter(|&&found| found == label).count() as f64;
    let (low, high) = (1.0 / (count(false) + 2.0), (count(true) + 1.0) / (count(true) + 2.0));
    let x: Vec<f64> = scores.iter().map(|score| odds(score.clamp(NEAREST, 1.0 - NEAREST))).collect();
    let doubled: Vec<f64> = x.iter().chain(&x).copied().collect();
    let both: Vec<bool> = labels.iter().map(|_| true).chain(labels.iter().map(|_| false)).collect();
    let share = |label: &bool| if *label { high } else { low };
    let weights: Vec<f64> = labels.iter().map(share).chain(labels.iter().map(|label| 1.0 - share(label))).collect();
    let (slope, intercept) = logistic_line(&doubled, &both, Some(&weights));
    if slope < 0.0 {
        let rate = weights[..labels.len()].iter().sum::<f64>() / labels.len() as f64;
        return Calibrator::Platt { slope: 0.0, intercept: odds(rate) };
    }
    Calibrator::Platt { slope, intercept }
}

fn beta(labels: &[bool], scores: &[f64]) -> Calibrator {
    let inside: Vec<f64> = scores.iter().map(|score| score.clamp(NEAREST, 1.0 - NEAREST)).collect();
    let rows = labels.len() as f64;
    let fit = |use_a: bool, use_b: bool| {
        let found = bfgs(&[1.0, 1.0, 0.0], 1e-9, 200, |p| {
            let (a, b) = (if use_a { p[0] } else { 0.0 }, if use_b { p[1] } else { 0.0 });
            let (mut value, mut gradient) = (0.0, vec![0.0; 3]);
            for (&score, &label) in inside.iter().zip(labels) {
                let (low, high) = (ln(score), -ln_1p(-score));
                let margin = a * low + b * high + p[2];
                let away = if label { -margin } else { margin };
                value += (away.max(0.0) + ln_1p(exp(-away.abs()))) / rows;
                let error = (logistic(margin) - f64::from(label)) / rows;
                gradient[0] += if use_a { error * low } else { 0.0 };
                gradient[1] += if use_b { error * high } else { 0.0 };
                gradient[2] += error;
            }
            // A whisper of a penalty keeps separated labels finite.
            value += 1e-9 * (a * a + b * b);
            gradient[0] += 2e-9 * a;
            gradient[1] += 2e-9 * b;
            (value, gradient)
        });
        (if use_a { found.at[0] } else { 0.0 }, if use_b { found.at[1] } else { 0.0 }, found.at[2])
    };
    let mut found = fit(true, true);
    if found.0 < 0.0 {
        found = fit(false, true);
    } else if found.1 < 0.0 {
        found = fit(true, false);
    }
    Calibrator::Beta { a: found.0.max(0.0), b: found.1.max(0.0), c: found.2 }
}

/// Knots of the rising curve of least squared error (pool adjacent violators; M. Ayer et al., Annals of Mathematical Statistics 26,
/// 1955). Equal scores are pooled first. Probabilities keep 1/(2·rows) from 0 and 1: no number of rows proves certainty.
fn isotonic(labels: &[bool], scores: &[f64]) -> Vec<(f64, f64)> {
    let edge = 0.5 / labels.len() as f64;
    pooled(labels, scores).into_iter().map(|(score, rate)| (score, rate.clamp(edge, 1.0 - edge))).collect()
}

fn pooled(labels: &[bool], scores: &[f64]) -> Vec<(f64, f64)> {
    struct Block {
        low: f64,
        high: f64,
        positives: f64,
        rows: f64,
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let mut blocks: Vec<Block> = Vec::new();
    for same in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let score = scores[same[0]];
        let positives = same.iter().filter(|&&row| labels[row]).count() as f64;
        let mut block = Block { low: score, high: score, positives, rows: same.len() as f64 };
        while let Some(before) = blocks.pop_if(|before| before.positives * block.rows >= block.positives * before.rows)
        {
            block.low = before.low;
            block.positives += before.positives;
            block.rows += before.rows;
        }
        blocks.push(block);
    }
    blocks
        .iter()
        .flat_map(|block| {
            let rate = block.positives / block.rows;
            std::iter::once((block.low, rate)).chain((block.high > block.low).then_some((block.high, rate)))
        })
        .collect()
}

fn interpolate(knots: &[(f64, f64)], score: f64) -> f64 {
    let after = knots.partition_point(|knot| knot.0 < score);
    if after == 0 {
        return knots[0].1;
    }
    let Some(&(high, high_rate)) = knots.get(after) else { return knots[knots.len() - 1].1 };
    let (low, low_rate) = knots[after - 1];
    low_rate + (high_rate - low_rate) * (score - low) / (high - low)
}

#[cfg(test)]
mod tests {
    use super::super::metrics::tests::{LABELS, SCORES};
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn isotonic_matches_scikit_learn() {
        // IsotonicRegression(out_of_bounds="clip") of scikit-learn 1.9.1 on the same rows.
        let knots = pooled(&LABELS, &SCORES);
        let grid = [0.0, 0.05, 0.2, 0.33, 0.4, 0.47, 0.6, 0.85, 1.0];
        let expected = [
            0.0,
            0.0,
            0.2,
            0.35714285714285715,
            0.35714285714285715,
            0.35714285714285715,
            0.6666666666666666,
            1.0,
            1.0,
        ];
        for (score, expected) in grid.into_iter().zip(expected) {
            assert!((interpolate(&knots, score) - expected).abs() < 1e-12, "{score}");
        }
    }

    #[test]
    fn finds_the_distortion_that_was_planted() {
        let mut random = stream(3, "calibration");
        let (mut labels, mut scores) = (vec![], vec![]);
        for _ in 0..20_000 {
            let score: f64 = random.random_range(0.01..0.99);
            scores.push(score);
            labels.push(random.random::<f64>() < logistic(0.5 * odds(score) - 1.0));
        }
        let Calibrator::Platt { slope, intercept } = platt(&labels, &scores) else { panic!("asked for Platt") };
        assert!((slope - 0.5).abs() < 0.03 && (intercept + 1.0).abs() < 0.05, "{slope} {intercept}");
        let Calibrator::Beta { a, b, c } = beta(&labels, &scores) else { panic!("asked for beta") };
        assert!((a - 0.5).abs() < 0.06 && (b - 0.5).abs() < 0.06 && (c + 1.0).abs() < 0.1, "{a} {b} {c}");
        for method in Method::ALL.into_iter().skip(1) {
            let calibrator = Calibrator::fit(method, &labels, &scores).expect("both labels");
            let told: Vec<f64> = scores.iter().map(|score| calibrator.apply(*score)).collect();
            assert!(super::super::metrics::ece(&labels, &told, 10) < 0.01, "{}", method.name());
        }
    }

    #[test]
    fn separated_and_useless_scores_stay_finite_and_do_not_turn_around() {
        let labels = [false, false, true, true];
        for method in Method::ALL.into_iter().skip(1) {
            for scores in [[0.1, 0.2, 0.8, 0.9], [0.9, 0.8, 0.2, 0.1], [0.5; 4], [0.0, 0.0, 1.0, 1.0]] {
                let calibrator = Calibrator::fit(method, &labels, &scores).expect("both labels");
                let told = [0.0, 0.3, 0.7, 1.0].map(|score| calibrator.apply(score));
                assert!(told.iter().all(|p| (0.0..=1.0).contains(p)), "{method:?} {told:?}");
                assert!(told.is_sorted_by(|a, b| *a <= b + 1e-12), "{method:?} {scores:?} {told:?}");
            }
        }
    }

    #[test]
    fn moves_a_mean() {
        let scores = [0.9, 0.6, 0.3, 0.7];
        let calibrator = to_mean(&scores, 0.4);
        let told: Vec<f64> = scores.iter().map(|score| calibrator.apply(*score)).collect();
        assert!((told.iter().sum::<f64>() / 4.0 - 0.4).abs() < 1e-9 && told[0] > told[3] && told[3] > told[1]);
    }
}
