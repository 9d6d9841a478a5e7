//! Exact Shapley values of trees, path-dependent.
//!
//! S. Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature Machine
//! Intelligence 2, 2020, algorithm 2: a column that is not known is averaged over both children by their training cover.
//! Time is O(trees × leaves × depth²) per row.

use rayon::prelude::*;

use super::model::{Contributions, Scale};
use super::trees::{Ensemble, LEAF, Tree, View};
use super::{LearningError, Matrix};

/// Contributions of all columns to the ensemble's sum, for each row.
pub(super) fn contributions(
    ensemble: &Ensemble,
    matrix: &Matrix,
    scale: Scale,
) -> Result<Contributions, LearningError> {
    let view = ensemble.view(matrix)?;
    let width = ensemble.binning.names.len();
    let base = ensemble.base + ensemble.scale * ensemble.trees.iter().map(mean).sum::<f64>();
    let mut values = vec![0.0; matrix.rows() * width];
    // Paths of all depths, one behind the other: each level of the walk copies its parent's and adds to it.
    let deepest = ensemble.trees.iter().map(Tree::depth).max().unwrap_or(0) + 2;
    let room = vec![Step::default(); deepest * (deepest + 1)];
    values.par_chunks_mut(width.max(1)).enumerate().for_each_init(
        || room.clone(),
        |room, (row, values)| {
            for tree in &ensemble.trees {
                let walk = Walk { tree, sets: &ensemble.sets, view: &view, row };
                walk.visit(0, 0, room, Step { column: LEAF, zero: 1.0, one: 1.0, weight: 0.0 }, values);
            }
            values.iter_mut().for_each(|value| *value *= ensemble.scale);
        },
    );
    Ok(Contributions { scale, base, columns: ensemble.binning.names.clone(), values })
}

/// The mean leaf by cover.
fn mean(tree: &Tree) -> f64 {
    let mut means: Vec<f64> = tree.nodes.iter().map(|node| node.value).collect();
    for (index, node) in tree.nodes.iter().enumerate().rev().filter(|(_, node)| node.column != LEAF) {
        let left = node.left as usize;
        let (low, high) = (tree.nodes[left].cover, tree.nodes[left + 1].cover);
        means[index] = (low * means[left] + high * means[left + 1]) / (low + high);
    }
    means[0]
}

/// One distinct column on the way down.
#[derive(Clone, Copy, Default)]
struct Step {
    column: u32,
    /// Share of the training cover that takes this way when the column is not known.
    zero: f64,
    /// 1 when the row takes this way, else 0.
    one: f64,
    /// Summed weight of the subsets of columns by their size.
    weight: f64,
}

struct Walk<'a> {
    tree: &'a Tree,
    sets: &'a [[u64; 4]],
    view: &'a View<'a>,
    row: usize,
}

impl Walk<'_> {
    /// Visits the subtree of a node; `room` begins with the `length` steps that led here.
    fn visit(&self, node: usize, length: usize, room: &mut [Step], step: Step, values: &mut [f64]) {
        let (before, room) = room.split_at_mut(length);
        room[..length].copy_from_slice(before);
        extend(&mut room[..=length], step);
        let mut length = length + 1;
        let here = &self.tree.nodes[node];
        if here.column == LEAF {
            let path = &room[..length];
            for place in 1..length {
                let step = path[place];
                values[step.column as usize] += unwound_sum(path, place) * (step.one - step.zero) * here.value;
            }
            return;
        }
        let left = here.left as usize;
        let taken = if self.view.goes_left(here, self.sets, self.row) { left } else { left + 1 };
        let other = 2 * left + 1 - taken;
        let cover = self.tree.nodes[left].cover + self.tree.nodes[left + 1].cover;
        // A column met before is taken out and met again with both conditions.
        let (mut zero, mut one) = (1.0, 1.0);
        if let Some(place) = (1..length).find(|&place| room[place].column == here.column) {
            (zero, one) = (room[place].zero, room[place].one);
            unwind(&mut room[..length], place);
            length -= 1;
        }
        for (child, one) in [(taken, one), (other, 0.0)] {
            let zero = zero * self.tree.nodes[child].cover / cover;
            self.visit(child, length, room, Step { column: here.column, zero, one, weight: 0.0 }, values);
        }
    }
}

/// Adds a step as the last of a path.
fn extend(path: &mut [Step], step: Step) {
    let depth = path.len() - 1;
    path[depth] = Step { weight: if depth == 0 { 1.0 } else { 0.0 }, ..step };
    let size = (depth + 1) as f64;
    for place in (0..depth).rev() {
        path[place + 1].weight += step.one * path[place].weight * (place + 1) as f64 / size;
        path[place].weight *= step.zero * (depth - place) as f64 / size;
    }
}

/// Takes a step out; what is left are all elements but the last.
fn unwind(path: &mut [Step], place: usize) {
    let depth = path.len() - 1;
    let Step { one, zero, .. } = path[place];
    let mut next = path[depth].weight;
    let size = (depth + 1) as f64;
    for index in (0..depth).rev() {
        if one != 0.0 {
            let kept = path[index].weight;
            path[index].weight = next * size / ((index + 1) as f64 * one);
            next = kept - path[index].weight * zero * (depth - index) as f64 / size;
        } else {
            path[index].weight = path[index].weight * size / (zero * (depth - index) as f64);
        }
    }
    for index in place..depth {
        let Step { column, zero, one, .. } = path[index + 1];
        path[index] = Step { column, zero, one, weight: path[index].weight };
    }
}

fn unwound_sum(path: &[Step], place: usize) -> f64 {
    let depth = path.len() - 1;
    let Step { one, zero, .. } = path[place];
    let mut next = path[depth].weight;
    let size = (depth + 1) as f64;
    let mut sum = 0.0;
    for index in (0..depth).rev() {
        if one != 0.0 {
            let weight = next * size / ((index + 1) as f64 * one);
            sum += weight;
            next = path[index].weight - weight * zero * (depth - index) as f64 / size;
        } else {
            sum += path[index].weight * size / (zero * (depth - index) as f64);
        }
    }
    sum
}
