//! Partial least squares path modelling: weights of items, scores of constructs, paths between them.
//!
//! H. Wold, "Soft modelling: the basic design and some extensions", in "Systems under indirect observation", 1982; J.-B. Lohmöller,
//! "Latent variable path modeling with partial least squares", 1989, chapter 2; M. Tenenhaus, V. Esposito Vinzi, Y.-M. Chatelin, C. Lauro,
//! "PLS path modeling", Computational Statistics & Data Analysis 48(1), 2005. All of it needs only the correlations of the items.

use super::SatisfactionError;
use super::correlation::Correlations;
use super::model::{Mode, PathModel};
use crate::numeric::linear::solve_symmetric;

/// What a construct takes of its neighbours while weights are looked for (Lohmöller 1989, §2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// The sign of the correlation.
    Centroid,
    /// The correlation.
    Factorial,
    /// Coefficients of the regression on what leads to it, correlations with what follows.
    Path,
}

/// How weights are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlsSettings {
    /// What a construct takes of its neighbours.
    pub scheme: Scheme,
    /// Weights have settled when none moves by this much or more.
    pub tolerance: f64,
    /// Rounds at most.
    pub rounds: usize,
}

impl Default for PlsSettings {
    fn default() -> PlsSettings {
        PlsSettings { scheme: Scheme::Path, tolerance: 1e-7, rounds: 300 }
    }
}

/// An estimated model. Items are in the model's order, constructs too.
#[derive(Debug, Clone, PartialEq)]
pub struct Pls {
    /// Weights of the standardised items, by which constructs have variance 1.
    pub weights: Vec<f64>,
    /// Correlations of items with their own construct.
    pub loadings: Vec<f64>,
    /// Correlations of items (rows) with all constructs (columns).
    pub cross_loadings: Vec<Vec<f64>>,
    /// Correlations of constructs, row by row.
    pub correlations: Vec<Vec<f64>>,
    /// `paths[to][from]`, standardised; 0 where there is no arrow.
    pub paths: Vec<Vec<f64>>,
    /// Share of each construct's variance that what leads to it explains; NaN where nothing leads to it.
    pub r_squared: Vec<f64>,
    /// Rounds that were made.
    pub rounds: usize,
    /// Whether weights settled.
    pub converged: bool,
    /// How far the weight that moved most moved in the last round.
    pub last_move: f64,
}

/// Estimates a model from the correlations of its items.
///
/// Weights begin equal. The sign of a construct is free: it is taken so that its first item loads above 0, so that a construct means the
/// same in any sample. Where weights do not settle within the rounds, `converged` says so; the estimate is the last one.
///
/// # Errors
/// When the items of a block under mode B, or the constructs that lead to another, depend on each other exactly.
pub fn estimate(model: &PathModel, data: &Correlations, settings: &PlsSettings) -> Result<Pls, SatisfactionError> {
    let mut weights = vec![1.0; data.items()];
    for construct in 0..model.blocks().len() {
        to_unit_variance(model, data, construct, &mut weights);
    }
    let (mut rounds, mut last_move) = (0, f64::INFINITY);
    while rounds < settings.rounds && last_move >= settings.tolerance {
        let inner = inner_weights(model, &correlations_of(model, data, &weights), settings.scheme)?;
        let mut next = weights.clone();
        for (j, block) in model.blocks().iter().enumerate() {
            let around = |item: usize| -> f64 {
                let with = |i: usize| -> f64 {
                    let items = model.blocks()[i].items.clone();
                    items.map(|other| data.at(item, other) * weights[other]).sum()
                };
                inner[j].iter().map(|&(i, weight)| weight * with(i)).sum()
            };
            let with_neighbours: Vec<f64> = block.items.clone().map(around).collect();
            let found = match block.mode {
                Mode::A => with_neighbours,
                Mode::B => {
                    let among: Vec<f64> = block
                        .items
                        .clone()
                        .flat_map(|a| block.items.clone().map(move |b| (a, b)))
                        .map(|(a, b)| data.at(a, b))
                        .collect();
                    solve_symmetric(&among, &with_neighbours)
                        .ok_or_else(|| SatisfactionError::Dependent(block.name.clone()))?
                }
            };
            next[block.items.clone()].copy_from_slice(&found);
            to_unit_variance(model, data, j, &mut next);
        }
        last_move = next.iter().zip(&weights).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        weights = next;
        rounds += 1;
    }
    for block in model.blocks() {
        let first = block.items.start;
        let loading: f64 = block.items.clone().map(|item| data.at(first, item) * weights[item]).sum();
        if loading < 0.0 {
            weights[block.items.clone()].iter_mut().for_each(|weight| *weight = -*weight);
        }
    }
    let converged = last_move < settings.tolerance;
    finished(model, data, weights, (rounds, converged, last_move))
}

/// Everything that follows from the weights.
fn finished(
    model: &PathModel,
    data: &Correlations,
    weights: Vec<f64>,
    (rounds, converged, last_move): (usize, bool, f64),
) -> Result<Pls, SatisfactionError> {
    let correlations = correlations_of(model, data, &weights);
    let cross = |item: usize, construct: usize| -> f64 {
        model.blocks()[construct].items.clone().map(|other| data.at(item, other) * weights[other]).sum()
    };
    let constructs = model.blocks().len();
    let cross_loadings: Vec<Vec<f64>> =
        (0..data.items()).map(|item| (0..constructs).map(|j| cross(item, j)).collect()).collect();
    let mut loadings = vec![0.0; data.items()];
    for (j, block) in model.blocks().iter().enumerate() {
        block.items.clone().for_each(|item| loadings[item] = cross_loadings[item][j]);
    }
    let mut paths = vec![vec![0.0; constructs]; constructs];
    let mut r_squared = vec![f64::NAN; constructs];
    for j in 0..constructs {
        let from = model.predecessors(j);
        if from.is_empty() {
            continue;
        }
        let found = regression(model, &correlations, j)?;
        r_squared[j] = found.iter().zip(from).map(|(path, &i)| path * correlations[j][i]).sum();
        from.iter().zip(found).for_each(|(&i, path)| paths[j][i] = path);
    }
    Ok(Pls { weights, loadings, cross_loadings, correlations, paths, r_squared, rounds, converged, last_move })
}

/// The neighbours of each construct with what is taken of them.
fn inner_weights(
    model: &PathModel,
    correlations: &[Vec<f64>],
    scheme: Scheme,
) -> Result<Vec<Vec<(usize, f64)>>, SatisfactionError> {
    let of = |j: usize| -> Result<Vec<(usize, f64)>, SatisfactionError> {
        let (from, to) = (model.predecessors(j), model.successors(j));
        let all = from.iter().chain(to).copied();
        Ok(match scheme {
            Scheme::Centroid => all.map(|i| (i, correlations[j][i].signum())).collect(),
            Scheme::Factorial => all.map(|i| (i, correlations[j][i])).collect(),
            Scheme::Path => {
                let before = from.iter().copied().zip(regression(model, correlations, j)?);
                before.chain(to.iter().map(|&i| (i, correlations[j][i]))).collect()
            }
        })
    };
    (0..model.blocks().len()).map(of).collect()
}

/// Standardised coefficients of the regression of a construct on what leads to it.
fn regression(model: &PathModel, correlations: &[Vec<f64>], j: usize) -> Result<Vec<f64>, SatisfactionError> {
    let from = model.predecessors(j);
    let among: Vec<f64> = from.iter().flat_map(|&a| from.iter().map(move |&b| correlations[a][b])).collect();
    let with: Vec<f64> = from.iter().map(|&i| correlations[i][j]).collect();
    solve_symmetric(&among, &with).ok_or_else(|| SatisfactionError::Collinear(model.blocks()[j].name.clone()))
}

/// Correlations of constructs whose scores have variance 1.
fn correlations_of(model: &PathModel, data: &Correlations, weights: &[f64]) -> Vec<Vec<f64>> {
    let between = |a: usize, b: usize| -> f64 {
        let (a, b) = (model.blocks()[a].items.clone(), model.blocks()[b].items.clone());
        a.map(|i| weights[i] * b.clone().map(|j| data.at(i, j) * weights[j]).sum::<f64>()).sum()
    };
    let constructs = model.blocks().len();
    let mut cells = vec![vec![1.0; constructs]; constructs];
    for a in 0..constructs {
        for b in 0..a {
            let found = between(a, b);
            (cells[a][b], cells[b][a]) = (found, found);
        }
    }
    cells
}

/// Scales the weights of a block so that the construct's scores have variance 1.
fn to_unit_variance(model: &PathModel, data: &Correlations, construct: usize, weights: &mut [f64]) {
    let items = model.blocks()[construct].items.clone();
    let row = |i: usize| items.clone().map(|j| data.at(i, j) * weights[j]).sum::<f64>();
    let variance: f64 = items.clone().map(|i| weights[i] * row(i)).sum();
    let deviation = variance.sqrt();
    if deviation > 0.0 {
        weights[items].iter_mut().for_each(|weight| *weight /= deviation);
    }
}
