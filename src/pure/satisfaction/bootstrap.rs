//! Intervals by drawing persons again and again.

use rand::RngExt;
use rayon::prelude::*;

use super::SatisfactionError;
use super::answers::Answers;
use super::correlation::Correlations;
use super::effects::total_effects;
use super::frozen::mean_index;
use super::model::PathModel;
use super::pls::{Pls, PlsSettings, estimate};
use crate::numeric::quantile::quantile;
use crate::numeric::random::{mix, stream};

/// A percentile interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Standard deviation over the draws.
    pub error: f64,
}

/// What the draws say of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// Of each path, `[to][from]`; NaN where there is no arrow.
    pub paths: Vec<Vec<Interval>>,
    /// Of each total effect, `[to][from]`; NaN where none.
    pub effects: Vec<Vec<Interval>>,
    /// Of each item's standardised weight.
    pub weights: Vec<Interval>,
    /// Of each item's loading.
    pub loadings: Vec<Interval>,
    /// Draws on which the model could be estimated.
    pub draws: usize,
    /// Draws on which it could not: an item had one answer, weights did not settle, or blocks fell together.
    pub failed: usize,
}

/// Draws as many persons as there are, with replacement, `draws` times and estimates the model on each draw (B. Efron, R. Tibshirani,
/// "An introduction to the bootstrap", 1993, chapter 13). The sign of a construct is free in each draw: it is turned so that the item that
/// loads most in `whole` loads the same way (Tenenhaus and others 2005, §3.4).
///
/// Each draw has a random stream of its own, so that the number of threads changes nothing.
///
/// # Errors
/// When fewer than half of the draws can be estimated.
pub fn bootstrap(
    model: &PathModel,
    answers: &Answers,
    settings: &PlsSettings,
    whole: &Pls,
    (draws, seed, level): (usize, u64, f64),
) -> Result<Bootstrap, SatisfactionError> {
    let anchors: Vec<usize> = model
        .blocks()
        .iter()
        .map(|block| {
            let strength = |item: &usize| whole.loadings[*item].abs();
            let items = block.items.clone();
            items.max_by(|a, b| strength(a).total_cmp(&strength(b)).then(b.cmp(a))).expect("a block has items")
        })
        .collect();
    let drawn: Vec<Option<Draw>> = (0..draws as u64)
        .into_par_iter()
        .map(|draw| {
            let times = times(answers.len(), mix(seed ^ mix(draw)), "satisfaction draws");
            let data = Correlations::weighted(model, answers, &times).ok()?;
            let found = estimate(model, &data, settings).ok().filter(|found| found.converged)?;
            Some(Draw::of(model, found, whole, &anchors))
        })
        .collect();
    let kept: Vec<&Draw> = drawn.iter().flatten().collect();
    if 2 * kept.len() < draws {
        return Err(SatisfactionError::Draws { kept: kept.len(), draws });
    }
    let constructs = model.blocks().len();
    let cell = |of: &dyn Fn(&Draw) -> f64| percentile_interval(kept.iter().map(|draw| of(draw)).collect(), level);
    let square = |of: &dyn Fn(&Draw, usize, usize) -> f64| -> Vec<Vec<Interval>> {
        (0..constructs).map(|to| (0..constructs).map(|from| cell(&|draw| of(draw, to, from))).collect()).collect()
    };
    Ok(Bootstrap {
        paths: square(&|draw, to, from| draw.paths[to][from]),
        effects: square(&|draw, to, from| draw.effects[to][from]),
        weights: (0..model.items().len()).map(|item| cell(&|draw| draw.weights[item])).collect(),
        loadings: (0..model.items().len()).map(|item| cell(&|draw| draw.loadings[item])).collect(),
        draws: kept.len(),
        failed: draws - kept.len(),
    })
}

struct Draw {
    paths: Vec<Vec<f64>>,
    effects: Vec<Vec<f64>>,
    weights: Vec<f64>,
    loadings: Vec<f64>,
}

impl Draw {
    /// With the signs of the whole.
    fn of(model: &PathModel, mut found: Pls, whole: &Pls, anchors: &[usize]) -> Draw {
        for (j, &anchor) in anchors.iter().enumerate() {
            if found.loadings[anchor] * whole.loadings[anchor] >= 0.0 {
                continue;
            }
            for item in model.blocks()[j].items.clone() {
                found.weights[item] = -found.weights[item];
                found.loadings[item] = -found.loadings[item];
            }
            found.paths[j].iter_mut().for_each(|path| *path = -*path);
            found.paths.iter_mut().for_each(|row| row[j] = -row[j]);
        }
        let effects = total_effects(model, &found.paths);
        let none = |to: usize, from: usize| !model.predecessors(to).contains(&from);
        for (to, row) in found.paths.iter_mut().enumerate() {
            row.iter_mut().enumerate().filter(|(from, _)| none(to, *from)).for_each(|(_, path)| *path = f64::NAN);
        }
        Draw { paths: found.paths, effects, weights: found.weights, loadings: found.loadings }
    }
}

/// The interval of a group's index under fixed weights of items: persons are drawn with their weights. It holds the chance of who was
/// asked, not that of the weights.
pub fn index_interval(scores: &[f64], weights: &[f64], draws: usize, seed: u64, level: f64) -> Interval {
    let means = (0..draws as u64).into_par_iter().map(|draw| {
        let mut drawn = times(scores.len(), mix(seed ^ mix(draw)), "index draws");
        drawn.iter_mut().zip(weights).for_each(|(times, weight)| *times *= weight);
        mean_index(scores, &drawn)
    });
    percentile_interval(means.collect(), level)
}

/// How often each of so many persons is drawn.
fn times(persons: usize, seed: u64, purpose: &str) -> Vec<f64> {
    let mut random = stream(seed, purpose);
    let mut times = vec![0.0; persons];
    (0..persons).for_each(|_| times[random.random_range(0..persons)] += 1.0);
    times
}

/// The middle `level` of some draws, with their standard deviation; NaN where a draw is.
fn percentile_interval(mut draws: Vec<f64>, level: f64) -> Interval {
    if draws.is_empty() || draws.iter().any(|draw| draw.is_nan()) {
        return Interval { low: f64::NAN, high: f64::NAN, error: f64::NAN };
    }
    let n = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / n;
    let error = (draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    draws.sort_unstable_by(f64::total_cmp);
    Interval { low: quantile(&draws, (1.0 - level) / 2.0), high: quantile(&draws, (1.0 + level) / 2.0), error }
}
