//! Gradient boosting of the log loss on histograms.
//!
//! J. Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29(5), 2001; second-order
//! leaves after T. Chen, C. Guestrin, "XGBoost", KDD 2016.

use rand::RngExt;
use rayon::prelude::*;

use super::bins::{Binned, Binning};
use super::grow::{Ground, Limits};
use super::histogram::{Quantised, offsets};
use super::model::{Contributions, Learner, Lesson, Model, Scale};
use super::parts::Parts;
use super::settings::{LearningSettings, Setting};
use super::splits::Rules;
use super::trees::{Ensemble, Tree, leaf_values};
use super::{LearningError, Matrix};
use crate::numeric::math::{exp, ln, ln_1p, logistic};
use crate::numeric::random::{mix, stream};

const NAME: &str = "gradient-boosting";

/// The settings of gradient boosting.
pub const SETTINGS: &[Setting] = &[
    Setting::whole("trees", 300, [1, 100_000], "the most trees"),
    Setting::number("learning_rate", 0.05, [1e-4, 1.0], "how much of each tree's correction is taken"),
    Setting::whole("leaves", 15, [2, 4096], "the most leaves of a tree"),
    Setting::whole("depth", 6, [1, 64], "the most splits between root and leaf"),
    Setting::whole("min_leaf_rows", 20, [1, 1_000_000], "the least rows of a leaf"),
    Setting::number("l2", 1.0, [0.0, 1e6], "added to a leaf's hessian: shrinks the values of small leaves"),
    Setting::number("min_gain", 0.0, [0.0, 1e9], "the least gain of a split"),
    Setting::number("row_share", 0.7, [0.01, 1.0], "share of rows that each tree sees"),
    Setting::number("column_share", 0.5, [0.01, 1.0], "share of columns that each tree sees"),
    Setting::whole("bins", 255, [2, 255], "the most bins of a column"),
    Setting::number(
        "category_smoothing",
        10.0,
        [0.0, 1e6],
        "added to a category's hessian when categories are grouped, and to the hessian of both groups",
    ),
    Setting::whole(
        "lone_categories",
        64,
        [0, 255],
        "up to this many categories are tried one against the rest; more are grouped by their means",
    ),
    Setting::whole("patience", 50, [0, 100_000], "trees without gain on held-out rows after which it stops; 0 never"),
];

/// Learns gradient boosting.
pub struct GradientBoosting;

impl Learner for GradientBoosting {
    fn fit(&self, lesson: &Lesson, settings: &LearningSettings) -> Result<Box<dyn Model>, LearningError> {
        lesson.check()?;
        let Lesson { matrix, labels, seed, progress, .. } = *lesson;
        let rows = matrix.rows();
        let binning = Binning::learn(matrix, settings.count("bins"), seed);
        let binned = binning.apply(matrix, true)?;
        let offsets = offsets(binning.bins.iter().map(|bins| bins.codes()));
        let ground = Ground { binning: &binning, binned: &binned, offsets: &offsets };
        let weight = |row: usize| matrix.weights().map_or(1.0, |weights| weights[row]);
        let total: f64 = (0..rows).map(weight).sum();
        let positive: f64 = (0..rows).filter(|&row| labels[row]).map(weight).sum();
        let base = ln(positive / (total - positive));
        let mut watch = match lesson.held_out {
            Some((matrix, labels)) if settings.count("patience") > 0 && matrix.rows() > 0 => {
                Some(Watch::new(&binning, matrix, labels, base)?)
            }
            _ => None,
        };
        let rate = settings.get("learning_rate");
        let (count, limits) =
            (settings.count("trees"), Limits { leaves: settings.count("leaves"), depth: settings.count("depth") });
        let (mut trees, mut sets): (Vec<Tree>, Vec<[u64; 4]>) = (Vec::new(), Vec::new());
        let mut margins = vec![base; rows];
        let mut derivatives = vec![(0.0, 0.0); rows];
        let mut random = stream(seed, "boosting");
        let salt: u64 = random.random();
        for round in 0..count {
            derivatives.par_iter_mut().with_min_len(4096).enumerate().for_each(|(row, pair)| {
                let probability = logistic(margins[row]);
                let weight = weight(row);
                *pair = (
                    weight * (probability - f64::from(labels[row])),
                    weight * (probability * (1.0 - probability)).max(1e-16),
                );
            });
            let quantised = Quantised::new(&derivatives, mix(salt ^ mix(round as u64)));
            let seen = sample_rows(rows, settings.get("row_share"), random.random());
            let sampled = seen.len() < rows;
            let wanted = sample_columns(binning.names.len(), settings.get("column_share"), &mut random);
            let rules = Rules {
                gradient_step: quantised.gradient_step,
                hessian_step: quantised.hessian_step,
                l2: settings.get("l2"),
                min_leaf: settings.get("min_leaf_rows"),
                min_hessian: 1e-3,
                min_gain: settings.get("min_gain"),
                category_smoothing: settings.get("category_smoothing"),
                lone_categories: settings.count("lone_categories"),
            };
            let mut grown = ground.grow(&quantised, seen, &wanted, &rules, limits, &mut sets);
            grown.tree.nodes.iter_mut().for_each(|node| node.value *= rate);
            if sampled {
                let leaf = leaf_values(&grown.tree, &sets, &binning, &binned);
                margins.par_iter_mut().with_min_len(1024).enumerate().for_each(|(row, margin)| *margin += leaf(row));
            } else {
                for (node, range) in &grown.leaves {
                    let value = grown.tree.nodes[*node].value;
                    grown.rows[range.clone()].iter().for_each(|&row| margins[row as usize] += value);
                }
            }
            let stump = grown.tree.nodes.len() == 1;
            trees.push(grown.tree);
            if let Some(watch) = &mut watch {
                watch.add(&trees[round], &sets, &binning);
                if watch.best_count + settings.count("patience") <= trees.len() {
                    break;
                }
            }
            // A tree without a split changes nothing, and without sampling neither will the next.
            if stump && !sampled && wanted.iter().all(|wanted| *wanted) {
                break;
            }
            progress((round + 1) as f64 / count as f64);
        }
        if let Some(watch) = &watch {
            trees.truncate(watch.best_count.max(1));
        }
        progress(1.0);
        Ok(Box::new(BoostedModel { ensemble: Ensemble { binning, trees, sets, base, scale: 1.0 } }))
    }
}

/// Held-out rows, by which the number of trees is chosen.
struct Watch<'a> {
    binned: Binned,
    labels: &'a [bool],
    margins: Vec<f64>,
    best_loss: f64,
    best_count: usize,
    count: usize,
}

impl<'a> Watch<'a> {
    fn new(binning: &Binning, matrix: &Matrix, labels: &'a [bool], base: f64) -> Result<Watch<'a>, LearningError> {
        let binned = binning.apply(matrix, false)?;
        let margins = vec![base; matrix.rows()];
        Ok(Watch { binned, labels, margins, best_loss: f64::INFINITY, best_count: 0, count: 0 })
    }

    fn add(&mut self, tree: &Tree, sets: &[[u64; 4]], binning: &Binning) {
        let leaf = leaf_values(tree, sets, binning, &self.binned);
        self.margins.par_iter_mut().with_min_len(1024).enumerate().for_each(|(row, margin)| *margin += leaf(row));
        let loss: f64 = self
            .margins
            .iter()
            .zip(self.labels)
            .map(|(&margin, &label)| {
                let away = if label { -margin } else { margin };
                away.max(0.0) + ln_1p(exp(-away.abs()))
            })
            .sum();
        self.count += 1;
        if loss < self.best_loss {
            (self.best_loss, self.best_count) = (loss, self.count);
        }
    }
}

fn sample_rows(rows: usize, share: f64, salt: u64) -> Vec<u32> {
    if share >= 1.0 {
        return (0..rows as u32).collect();
    }
    let below = (share * 4_294_967_296.0) as u64;
    let seen: Vec<u32> = (0..rows as u32).filter(|&row| mix(salt ^ u64::from(row)) >> 32 < below).collect();
    if seen.is_empty() { (0..rows as u32).collect() } else { seen }
}

fn sample_columns(columns: usize, share: f64, random: &mut impl rand::Rng) -> Vec<bool> {
    let mut wanted = vec![share >= 1.0; columns];
    if share < 1.0 {
        let count = ((share * columns as f64).round() as usize).clamp(1, columns);
        rand::seq::index::sample(random, columns, count).into_iter().for_each(|column| wanted[column] = true);
    }
    wanted
}

struct BoostedModel {
    ensemble: Ensemble,
}

impl Model for BoostedModel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn columns(&self) -> Vec<String> {
        self.ensemble.binning.names.clone()
    }

    fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let mut margins = self.ensemble.sums(matrix)?;
        margins.par_iter_mut().with_min_len(4096).for_each(|margin| *margin = logistic(*margin));
        Ok(margins)
    }

    fn contributions(&self, matrix: &Matrix) -> Result<Contributions, LearningError> {
        super::shap::contributions(&self.ensemble, matrix, Scale::LogOdds)
    }

    fn parts(&self) -> Parts {
        let mut parts = Parts::new(NAME);
        self.ensemble.store(&mut parts);
        parts
    }
}

pub(super) fn load(parts: &Parts) -> Result<Box<dyn Model>, LearningError> {
    Ok(Box::new(BoostedModel { ensemble: Ensemble::restore(parts)? }))
}
