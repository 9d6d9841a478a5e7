//! Total effects, and the map that says where to act: importance against performance.

use super::answers::Answers;
use super::correlation::Correlations;
use super::frozen::{FrozenBlock, FrozenWeights, mean_index};
use super::model::{Construct, PathModel};
use super::pls::Pls;

/// `effects[to][from]`: what one standard deviation more of a construct brings over all ways through the model; the direct path and
/// every product of paths along arrows.
pub fn total_effects(model: &PathModel, paths: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let constructs = paths.len();
    let mut total = vec![vec![0.0; constructs]; constructs];
    for &to in model.order() {
        for from in 0..constructs {
            let through = |&k: &usize| paths[to][k] * if k == from { 1.0 } else { total[k][from] };
            total[to][from] = model.predecessors(to).iter().map(through).sum();
        }
    }
    total
}

/// A construct or an item on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// The construct's place.
    pub construct: usize,
    /// The item's place; nothing for the construct as a whole.
    pub item: Option<usize>,
    /// Total effect on the target, in standard deviations; of items none.
    pub effect: Option<f64>,
    /// Points of the target (0 to 100) that one point more brings.
    pub points: f64,
    /// Mean over persons with their weights, 0 to 100.
    pub performance: f64,
}

/// All that leads to the target, on the way or from the start: constructs and their items, in one wave: `pls` and `data` are of its `answers`,
/// `persons` their weights. The index is that of the frozen weights.
///
/// Importance is the unstandardised total effect (C. Ringle, M. Sarstedt, "Gain more insight from your PLS-SEM results: the
/// importance-performance map analysis", Industrial Management & Data Systems 116(9), 2016): how many points of the target one point more of the
/// construct brings, all else alike; an item brings its share of that by its weight. A standard deviation is that of the index in this wave.
/// Performance is the mean that the index of the wave is.
pub fn importance(
    model: &PathModel,
    (pls, data): (&Pls, &Correlations),
    (answers, persons): (&Answers, &[f64]),
    frozen: &FrozenWeights,
    target: usize,
) -> Vec<Importance> {
    let means: Vec<f64> = answers.columns.iter().map(|column| mean_index(column, persons)).collect();
    let deviations: Vec<f64> =
        model.blocks().iter().zip(&frozen.blocks).map(|(block, frozen)| deviation(block, frozen, data)).collect();
    let effects = total_effects(model, &pls.paths);
    let mut rows = Vec::new();
    for (construct, block) in model.blocks().iter().enumerate() {
        let effect = effects[target][construct];
        if construct == target || effect == 0.0 {
            continue;
        }
        let weights = &frozen.blocks[construct].weights;
        let points = effect * deviations[target] / deviations[construct];
        let performance = block.items.clone().zip(weights).map(|(item, weight)| weight * means[item]).sum();
        rows.push(Importance { construct, item: None, effect: Some(effect), points, performance });
        rows.extend(block.items.clone().zip(weights).map(|(item, weight)| Importance {
            construct,
            item: Some(item),
            effect: None,
            points: points * weight,
            performance: means[item],
        }));
    }
    rows
}

/// The standard deviation of a construct's index over persons, in points.
fn deviation(block: &Construct, frozen: &FrozenBlock, data: &Correlations) -> f64 {
    let scaled: Vec<(usize, f64)> =
        block.items.clone().zip(&frozen.weights).map(|(item, weight)| (item, weight * data.deviations[item])).collect();
    let row = |&(a, w): &(usize, f64)| scaled.iter().map(|&(b, v)| w * v * data.at(a, b)).sum::<f64>();
    scaled.iter().map(row).sum::<f64>().sqrt()
}
