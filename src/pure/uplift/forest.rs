//! A forest of honest trees of effects.
//!
//! Each tree takes half of the persons, divides them where the effects of the two sides differ most (gain = share left × share right ×
//! squared difference, the criterion of squared differences of P. Rzepakowski, S. Jaroszewicz, "Decision trees for uplift
//! modeling with single and multiple treatments", Knowledge and Information Systems 32, 2012, weighted as in causal trees), and
//! takes the effect of a leaf from other persons than those that its cuts were found with (S. Athey, G. Imbens, PNAS 113(27), 2016;
//! S. Wager, S. Athey, JASA 113, 2018).

use rand::RngExt;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::{Trial, UpliftError};
use crate::learning::Matrix;
use crate::learning::design::Design;
use crate::numeric::quantile::quantile;
use crate::numeric::random::stream;

const TREES: usize = 60;
const DEPTH: usize = 4;
/// Persons of each arm on each side of a cut at least.
const LEAST: f64 = 50.0;
/// Cuts tried per column.
const CUTS: usize = 16;
const LEVEL_ROWS: usize = 50;

/// A learned forest.
pub(super) struct Forest {
    design: Design,
    /// Of each dense column, where it can be cut, ascending.
    cuts: Vec<Vec<f64>>,
    trees: Vec<Vec<Node>>,
}

/// A node: a leaf has no column.
#[derive(Clone, Copy)]
struct Node {
    column: usize,
    cut: u8,
    /// The left child; the right one is next. 0 in a leaf.
    children: usize,
    effect: f64,
}

/// Weights and outcomes of both sides.
#[derive(Clone, Copy, Default)]
struct Sums {
    rows: [f64; 2],
    weight: [f64; 2],
    outcome: [f64; 2],
}

impl Sums {
    fn add(&mut self, row: &Row) {
        self.rows[row.side] += 1.0;
        self.weight[row.side] += row.weight;
        self.outcome[row.side] += row.weight * row.outcome;
    }

    fn plus(mut self, other: &Sums, sign: f64) -> Sums {
        for side in [0, 1] {
            self.rows[side] += sign * other.rows[side];
            self.weight[side] += sign * other.weight[side];
            self.outcome[side] += sign * other.outcome[side];
        }
        self
    }

    fn effect(&self) -> Option<f64> {
        let enough = self.rows.iter().all(|&rows| rows >= 1.0);
        enough.then(|| self.outcome[1] / self.weight[1] - self.outcome[0] / self.weight[0])
    }

    fn large(&self) -> bool {
        self.rows.iter().all(|&rows| rows >= LEAST)
    }
}

/// A row of control or of the arm.
struct Row {
    side: usize,
    weight: f64,
    outcome: f64,
    person: u32,
}

impl Forest {
    /// Learns from some rows, for one arm.
    pub(super) fn learn(trial: &Trial, train: &[u32], arm: u32, seed: u64) -> Result<Forest, UpliftError> {
        let all = trial.rows();
        let used: Vec<u32> = train.iter().copied().filter(|&row| [0, arm].contains(&all.arm[row as usize])).collect();
        let features = all.features.take(&used);
        let design = Design::learn(&features, LEVEL_ROWS);
        let (width, dense) = (design.width(), design.rows(&features)?);
        let cuts: Vec<Vec<f64>> = (0..width).map(|column| cuts_of(&dense, width, column)).collect();
        let codes = codes_of(&dense, &cuts);
        let rows: Vec<Row> = used
            .iter()
            .map(|&row| Row {
                side: usize::from(all.arm[row as usize] != 0),
                weight: 1.0 / all.probability[row as usize],
                outcome: all.outcome[row as usize],
                person: trial.person()[row as usize],
            })
            .collect();
        let mut persons: Vec<u32> = rows.iter().map(|row| row.person).collect();
        persons.dedup();
        let trees = (0..TREES)
            .into_par_iter()
            .map(|tree| {
                let mut random = stream(seed, &format!("effect-tree-{arm}-{tree}"));
                // A quarter of the persons finds the cuts, another one the effects.
                let mut part = vec![0u8; trial.persons()];
                let mut drawn = persons.clone();
                drawn.shuffle(&mut random);
                let quarter = drawn.len() / 4;
                drawn[..quarter].iter().for_each(|&person| part[person as usize] = 1);
                drawn[quarter..2 * quarter].iter().for_each(|&person| part[person as usize] = 2);
                let of = |wanted: u8| -> Vec<u32> {
                    (0..rows.len() as u32).filter(|&row| part[rows[row as usize].person as usize] == wanted).collect()
                };
                let tried: Vec<u64> = (0..1 << DEPTH).map(|_| random.random()).collect();
                grow(&rows, &codes, &cuts, of(1), of(2), &tried)
            })
            .collect();
        Ok(Forest { design, cuts, trees })
    }

    /// The effect on each row.
    pub(super) fn of(&self, matrix: &Matrix) -> Result<Vec<f64>, UpliftError> {
        let width = self.cuts.len();
        if width == 0 {
            let sum: f64 = self.trees.iter().map(|tree| tree[0].effect).sum();
            return Ok(vec![sum / TREES as f64; matrix.rows()]);
        }
        let codes = codes_of(&self.design.rows(matrix)?, &self.cuts);
        let effect = |row: &[u8]| -> f64 {
            let one = |tree: &Vec<Node>| {
                let mut node = tree[0];
                while node.children > 0 {
                    node = tree[node.children + usize::from(row[node.column] > node.cut)];
                }
                node.effect
            };
            self.trees.iter().map(one).sum::<f64>() / TREES as f64
        };
        Ok(codes.par_chunks_exact(width).with_min_len(1024).map(effect).collect())
    }
}

/// Where a dense column can be cut.
fn cuts_of(dense: &[f64], width: usize, column: usize) -> Vec<f64> {
    let mut values: Vec<f64> = dense.iter().skip(column).step_by(width).copied().collect();
    values.sort_unstable_by(f64::total_cmp);
    let mut cuts: Vec<f64> = (1..=CUTS).map(|part| quantile(&values, part as f64 / (CUTS + 1) as f64)).collect();
    cuts.dedup();
    // Nothing is above the greatest.
    cuts.retain(|cut| values.last().is_some_and(|most| cut < most));
    // A flag that few have.
    if cuts.is_empty() && values.first() < values.last() {
        cuts.push(values[0]);
    }
    cuts
}

/// How many cuts each value is above, row by row.
fn codes_of(dense: &[f64], cuts: &[Vec<f64>]) -> Vec<u8> {
    let code = |(index, x): (usize, &f64)| cuts[index % cuts.len()].partition_point(|cut| cut < x) as u8;
    dense.iter().enumerate().map(code).collect()
}

/// A tree whose cuts are found with some rows and whose effects with others.
fn grow(rows: &[Row], codes: &[u8], cuts: &[Vec<f64>], find: Vec<u32>, tell: Vec<u32>, salts: &[u64]) -> Vec<Node> {
    let width = cuts.len();
    let sum = |own: &[u32]| {
        let mut sums = Sums::default();
        own.iter().for_each(|&row| sums.add(&rows[row as usize]));
        sums
    };
    let whole = sum(&tell).effect().unwrap_or(0.0);
    let mut nodes = vec![Node { column: 0, cut: 0, children: 0, effect: whole }];
    let mut open = vec![(0, find, tell, 0)];
    let mut turn = 0;
    while let Some((at, find, tell, depth)) = open.pop() {
        let salt = salts[turn % salts.len()];
        turn += 1;
        if depth == DEPTH {
            continue;
        }
        let total = sum(&find);
        let mut best: Option<(f64, usize, u8)> = None;
        for column in 0..width {
            // Two thirds of the columns are tried, so that trees differ.
            if crate::numeric::random::mix(salt ^ column as u64).is_multiple_of(3) && width > 2 {
                continue;
            }
            let mut bins = vec![Sums::default(); cuts[column].len() + 1];
            find.iter().for_each(|&row| bins[codes[row as usize * width + column] as usize].add(&rows[row as usize]));
            let mut left = Sums::default();
            for cut in 0..cuts[column].len() {
                left = left.plus(&bins[cut], 1.0);
                let right = total.plus(&left, -1.0);
                let (Some(a), Some(b)) = (left.effect(), right.effect()) else { continue };
                if !left.large() || !right.large() {
                    continue;
                }
                let count = |sums: &Sums| sums.rows[0] + sums.rows[1];
                let gain = count(&left) * count(&right) * (a - b) * (a - b);
                if best.is_none_or(|(most, ..)| gain > most) {
                    best = Some((gain, column, cut as u8));
                }
            }
        }
        let Some((_, column, cut)) = best else { continue };
        let above = |row: &u32| codes[*row as usize * width + column] > cut;
        let [(find_left, find_right), (tell_left, tell_right)]: [(Vec<u32>, Vec<u32>); 2] =
            [find, tell].map(|own| own.into_iter().partition(|row| !above(row)));
        let (left, right) = (sum(&tell_left), sum(&tell_right));
        // A leaf whose persons cannot tell its effect is not made.
        let (Some(left_effect), Some(right_effect)) = (left.effect(), right.effect()) else { continue };
        if !left.large() || !right.large() {
            continue;
        }
        let children = nodes.len();
        nodes[at] = Node { column, cut, children, effect: nodes[at].effect };
        for effect in [left_effect, right_effect] {
            nodes.push(Node { column: 0, cut: 0, children: 0, effect });
        }
        open.push((children, find_left, tell_left, depth + 1));
        open.push((children + 1, find_right, tell_right, depth + 1));
    }
    nodes
}
