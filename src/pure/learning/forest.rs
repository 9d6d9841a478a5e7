//! Random forest and extra trees: averages of deep trees.
//!
//! L. Breiman, "Random forests", Machine Learning 45, 2001; P. Geurts, D. Ernst, L. Wehenkel, "Extremely randomized trees",
//! Machine Learning 63, 2006. A leaf's value is the share of positives among its training rows, so the average is a probability.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::bins::{Binned, Binning, Bins};
use super::histogram::pack;
use super::model::{Contributions, Learner, Lesson, Model, Scale};
use super::parts::Parts;
use super::settings::{LearningSettings, Setting};
use super::splits::{Cut, Rules, Split, Sums, Whole, best_number, best_words, cut_after};
use super::trees::{Ensemble, Node, Tree};
use super::{LearningError, Matrix};
use crate::numeric::random::stream;

/// The settings of both kinds of forest.
pub const SETTINGS: &[Setting] = &[
    Setting::whole("trees", 300, [1, 20_000], "the number of trees"),
    Setting::whole("min_leaf_rows", 5, [1, 1_000_000], "the least rows of a leaf"),
    Setting::whole("depth", 24, [1, 64], "the most splits between root and leaf"),
    Setting::number(
        "columns_tried",
        0.0,
        [0.0, 1.0],
        "share of columns tried per split; 0 is the square root of their number",
    ),
    Setting::number("row_share", 1.0, [0.01, 1.0], "rows drawn per tree, as a share of all"),
    Setting::whole("most_rows", 20_000, [1, 1_000_000_000], "the most rows drawn per tree"),
    Setting::whole("bins", 255, [2, 255], "the most bins of a column"),
];

/// Learns a random forest.
pub struct RandomForest;

/// Learns extra trees.
pub struct ExtraTrees;

impl Learner for RandomForest {
    fn fit(&self, lesson: &Lesson, settings: &LearningSettings) -> Result<Box<dyn Model>, LearningError> {
        Ok(Box::new(ForestModel { name: "random-forest", ensemble: grow_all(lesson, settings, false)? }))
    }
}

impl Learner for ExtraTrees {
    fn fit(&self, lesson: &Lesson, settings: &LearningSettings) -> Result<Box<dyn Model>, LearningError> {
        Ok(Box::new(ForestModel { name: "extra-trees", ensemble: grow_all(lesson, settings, true)? }))
    }
}

fn grow_all(lesson: &Lesson, settings: &LearningSettings, at_random: bool) -> Result<Ensemble, LearningError> {
    lesson.check()?;
    let Lesson { matrix, labels, seed, progress, .. } = *lesson;
    let binning = Binning::learn(matrix, settings.count("bins"), seed);
    let binned = binning.apply(matrix, false)?;
    let columns = binning.names.len();
    let tried = match settings.get("columns_tried") {
        0.0 => (columns as f64).sqrt().round() as usize,
        share => (share * columns as f64).round() as usize,
    };
    // Weights in whole steps; 255 for the heaviest row, so that a tree's sums stay below 2^31.
    let heaviest = matrix.weights().map_or(1.0, |weights| weights.iter().copied().fold(0.0, f64::max));
    let steps = if matrix.weights().is_some() { 255.0 } else { 1.0 };
    let weights: Vec<u32> = (0..matrix.rows())
        .map(|row| matrix.weights().map_or(1, |weights| (weights[row] / heaviest * steps).round() as u32))
        .collect();
    let nursery = Nursery {
        binning: &binning,
        binned: &binned,
        labels,
        weights: &weights,
        tried: tried.clamp(1, columns),
        depth: settings.count("depth"),
        at_random,
        draws: ((settings.get("row_share") * matrix.rows() as f64).round() as usize)
            .clamp(1, settings.count("most_rows")),
        rules: Rules {
            gradient_step: 1.0,
            hessian_step: 1.0,
            l2: 0.0,
            min_leaf: settings.get("min_leaf_rows"),
            min_hessian: 0.0,
            min_gain: 1e-9,
            category_smoothing: 0.0,
            lone_categories: 4,
        },
    };
    let count = settings.count("trees");
    let done = std::sync::atomic::AtomicUsize::new(0);
    let grown: Vec<(Tree, Vec<[u64; 4]>)> = (0..count)
        .into_par_iter()
        .map(|index| {
            let tree = nursery.grow(stream(seed, &format!("tree-{index}")));
            let done = 1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            progress(done as f64 / count as f64);
            tree
        })
        .collect();
    let (mut trees, mut sets) = (Vec::with_capacity(count), Vec::new());
    for (mut tree, own_sets) in grown {
        for node in &mut tree.nodes {
            if node.set != u32::MAX {
                node.set += sets.len() as u32;
            }
        }
        sets.extend(own_sets);
        trees.push(tree);
    }
    Ok(Ensemble { binning, trees, sets, base: 0.0, scale: 1.0 / count as f64 })
}

/// What every tree of a forest shares.
struct Nursery<'a> {
    binning: &'a Binning,
    binned: &'a Binned,
    labels: &'a [bool],
    weights: &'a [u32],
    tried: usize,
    depth: usize,
    at_random: bool,
    draws: usize,
    rules: Rules,
}

impl Nursery<'_> {
    fn grow(&self, mut random: ChaCha8Rng) -> (Tree, Vec<[u64; 4]>) {
        let all = self.binned.rows;
        let mut drawn = vec![0u32; all];
        if self.at_random && self.draws >= all {
            // Extra trees see every row once: their randomness is in the cuts.
            drawn.fill(1);
        } else {
            (0..self.draws).for_each(|_| drawn[random.random_range(0..all)] += 1);
        }
        let mut rows: Vec<u32> =
            (0..all as u32).filter(|&row| drawn[row as usize] > 0 && self.weights[row as usize] > 0).collect();
        let packed: Vec<u64> = (0..all)
            .map(|row| {
                let weight = drawn[row] * self.weights[row];
                pack(if self.labels[row] { -(weight as i32) } else { 0 }, weight)
            })
            .collect();
        let mut tree = Tree { nodes: vec![Node::leaf(0.0, 0.0)] };
        let mut sets = Vec::new();
        let mut order: Vec<usize> = (0..self.binning.names.len()).collect();
        let mut open = vec![(0usize, 0..rows.len(), 0usize)];
        let mut scratch = Vec::with_capacity(rows.len());
        while let Some((node, range, depth)) = open.pop() {
            let sums = rows[range.clone()]
                .iter()
                .fold(Sums::default(), |sum, &row| sum.add(Sums::unpack(packed[row as usize])));
            tree.nodes[node].value = self.rules.leaf(sums);
            tree.nodes[node].cover = sums.hessian as f64;
            let pure = sums.gradient == 0 || -sums.gradient == sums.hessian;
            if pure || depth == self.depth || (range.len() as f64) < 2.0 * self.rules.min_leaf {
                continue;
            }
            let whole = Whole { sums, rows: range.len() };
            let Some(split) = self.best(&rows[range.clone()], &packed, whole, &mut order, &mut random) else {
                continue;
            };
            let goes_left = split.cut.table();
            let codes = &self.binned.columns[split.column];
            scratch.clear();
            let mut kept = range.start;
            for index in range.clone() {
                let row = rows[index];
                if goes_left[usize::from(codes[row as usize])] {
                    rows[kept] = row;
                    kept += 1;
                } else {
                    scratch.push(row);
                }
            }
            rows[kept..range.end].copy_from_slice(&scratch);
            let left = tree.split(node, split.column, &split.cut, &self.binning.bins[split.column], &mut sets);
            open.push((left + 1, kept..range.end, depth + 1));
            open.push((left, range.start..kept, depth + 1));
        }
        (tree, sets)
    }

    /// The best split among some columns drawn at random; further ones are drawn while none can be cut.
    fn best(
        &self,
        rows: &[u32],
        packed: &[u64],
        whole: Whole,
        order: &mut [usize],
        random: &mut ChaCha8Rng,
    ) -> Option<Split> {
        let mut best: Option<Split> = None;
        for place in 0..order.len() {
            if place >= self.tried && best.is_some() {
                break;
            }
            let chosen = random.random_range(place..order.len());
            order.swap(place, chosen);
            let column = order[place];
            let codes = &self.binned.columns[column];
            if rows.len() <= FEW && !self.at_random && matches!(self.binning.bins[column], Bins::Edges(_)) {
                let found = self.best_of_few(column, rows, packed, whole);
                if let Some(split) = found
                    && best.as_ref().is_none_or(|best| split.gain > best.gain)
                {
                    best = Some(split);
                }
                continue;
            }
            let mut table = [0u64; 256];
            let (mut least, mut most) = (u8::MAX, 0);
            for &row in rows {
                let code = codes[row as usize];
                least = least.min(if code == 0 { u8::MAX } else { code });
                most = most.max(code);
                let cell = &mut table[usize::from(code)];
                *cell = cell.wrapping_add(packed[row as usize]);
            }
            let mut cells = [Sums::default(); 256];
            let used = usize::from(most) + 1;
            for code in 0..used {
                cells[code] = Sums::unpack(table[code]);
            }
            let cells = &cells[..used];
            let found = match self.binning.bins[column] {
                Bins::Levels(_) => best_words(column, cells, whole, &self.rules),
                Bins::Edges(_) if !self.at_random => best_number(column, cells, whole, &self.rules),
                Bins::Edges(_) => {
                    if least >= most {
                        // One value beside missing ones: only these two can be separated.
                        (cells[0] != Sums::default() && most > 0)
                            .then(|| cut_after(column, cells, usize::from(most), whole, &self.rules))
                            .flatten()
                    } else {
                        let last = random.random_range(usize::from(least)..usize::from(most));
                        cut_after(column, cells, last, whole, &self.rules)
                    }
                }
            };
            if let Some(split) = found
                && best.as_ref().is_none_or(|best| split.gain > best.gain)
            {
                best = Some(split);
            }
        }
        best
    }
}

impl Nursery<'_> {
    /// The best cut of a column of numbers in a node of few rows: their codes are sorted, so that no table of all codes is
    /// cleared and searched.
    fn best_of_few(&self, column: usize, rows: &[u32], packed: &[u64], whole: Whole) -> Option<Split> {
        let codes = &self.binned.columns[column];
        let mut sorted = [(0u8, 0u64); FEW];
        let sorted = &mut sorted[..rows.len()];
        for (slot, &row) in sorted.iter_mut().zip(rows) {
            *slot = (codes[row as usize], packed[row as usize]);
        }
        sorted.sort_unstable_by_key(|pair| pair.0);
        // Cell 0 is missing, as in the table; the others are the codes that occur.
        let (mut cells, mut names) = ([Sums::default(); FEW + 1], [0u8; FEW + 1]);
        let mut used = 1;
        for &(code, sums) in sorted.iter() {
            if code > 0 && (used == 1 || names[used - 1] != code) {
                names[used] = code;
                used += 1;
            }
            let cell = &mut cells[if code == 0 { 0 } else { used - 1 }];
            *cell = cell.add(Sums::unpack(sums));
        }
        let mut split = best_number(column, &cells[..used], whole, &self.rules)?;
        if let Cut::Number { last, .. } = &mut split.cut {
            *last = names[usize::from(*last)];
        }
        Some(split)
    }
}

/// Up to so many rows of a node, sorting their codes is faster than a table of all codes.
const FEW: usize = 96;

struct ForestModel {
    name: &'static str,
    ensemble: Ensemble,
}

impl Model for ForestModel {
    fn name(&self) -> &'static str {
        self.name
    }

    fn columns(&self) -> Vec<String> {
        self.ensemble.binning.names.clone()
    }

    fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let mut shares = self.ensemble.sums(matrix)?;
        shares.iter_mut().for_each(|share| *share = share.clamp(0.0, 1.0));
        Ok(shares)
    }

    fn contributions(&self, matrix: &Matrix) -> Result<Contributions, LearningError> {
        super::shap::contributions(&self.ensemble, matrix, Scale::Probability)
    }

    fn parts(&self) -> Parts {
        let mut parts = Parts::new(self.name);
        self.ensemble.store(&mut parts);
        parts
    }
}

pub(super) fn load(parts: &Parts) -> Result<Box<dyn Model>, LearningError> {
    let name = if parts.model == "extra-trees" { "extra-trees" } else { "random-forest" };
    Ok(Box::new(ForestModel { name, ensemble: Ensemble::restore(parts)? }))
}
