//! Shapley values of shallow trees by table: what a leaf adds depends only on which of the columns on its way agree with it.
//!
//! J. Yang, "Fast TreeSHAP: accelerating SHAP value computation for trees", arXiv:2109.09847, 2021 (version 2): for each leaf the
//! contributions of all 2^d agreements of its d columns are worked out once; a row then costs a few comparisons and additions per
//! leaf. Deep trees, for which the tables would be large, are left to the walk of [`super::shap`].

use super::shap::{Step, extend, unwound_sum};
use super::trees::{Ensemble, LEAF, Tree, View};

/// The most distinct columns on the way to a leaf.
const MOST_COLUMNS: usize = 8;
/// The most inner nodes of a tree: their answers are bits of a word.
const MOST_NODES: usize = 64;

/// A tree as tables.
pub(super) struct Tables {
    /// Inner nodes in the order of their bits.
    nodes: Vec<usize>,
    leaves: Vec<Leaf>,
}

struct Leaf {
    /// The distinct columns on the way.
    columns: Vec<u32>,
    /// For each of them the bits of its nodes, and what they are when the row agrees.
    wanted: Vec<(u64, u64)>,
    /// Contributions: agreement × column.
    values: Vec<f64>,
}

impl Tables {
    /// The tables of a tree, unless it is too deep for them.
    pub(super) fn of(tree: &Tree) -> Option<Tables> {
        let nodes: Vec<usize> = (0..tree.nodes.len()).filter(|&node| tree.nodes[node].column != LEAF).collect();
        if nodes.len() > MOST_NODES {
            return None;
        }
        let mut bits = vec![0u32; tree.nodes.len()];
        nodes.iter().enumerate().for_each(|(bit, &node)| bits[node] = bit as u32);
        let mut leaves = Vec::new();
        let mut open: Vec<(usize, Vec<Way>)> = vec![(0, Vec::new())];
        while let Some((node, ways)) = open.pop() {
            let here = &tree.nodes[node];
            if here.column == LEAF {
                leaves.push(Leaf::of(here.value, &ways));
                continue;
            }
            let left = here.left as usize;
            let cover = tree.nodes[left].cover + tree.nodes[left + 1].cover;
            for (child, goes_left) in [(left + 1, false), (left, true)] {
                let mut ways = ways.clone();
                let place = ways.iter().position(|way| way.column == here.column).unwrap_or_else(|| {
                    ways.push(Way { column: here.column, zero: 1.0, mask: 0, wanted: 0 });
                    ways.len() - 1
                });
                let way = &mut ways[place];
                way.zero *= tree.nodes[child].cover / cover;
                way.mask |= 1 << bits[node];
                way.wanted |= u64::from(goes_left) << bits[node];
                if ways.len() > MOST_COLUMNS {
                    return None;
                }
                open.push((child, ways));
            }
        }
        Some(Tables { nodes, leaves })
    }

    /// Adds a row's contributions, one value per column of the ensemble.
    pub(super) fn add(&self, tree: &Tree, ensemble: &Ensemble, view: &View, row: usize, values: &mut [f64]) {
        let mut answers = 0u64;
        for (bit, &node) in self.nodes.iter().enumerate() {
            answers |= u64::from(view.goes_left(&tree.nodes[node], &ensemble.sets, row)) << bit;
        }
        for leaf in &self.leaves {
            let mut agreement = 0;
            for (place, &(mask, wanted)) in leaf.wanted.iter().enumerate() {
                agreement |= usize::from(answers & mask == wanted) << place;
            }
            let width = leaf.columns.len();
            for (&column, value) in leaf.columns.iter().zip(&leaf.values[agreement * width..]) {
                values[column as usize] += value;
            }
        }
    }
}

/// A column on the way to a leaf.
#[derive(Clone)]
struct Way {
    column: u32,
    /// Share of the training cover that takes these turns when the column is not known.
    zero: f64,
    mask: u64,
    wanted: u64,
}

impl Leaf {
    fn of(value: f64, ways: &[Way]) -> Leaf {
        let width = ways.len();
        let mut values = vec![0.0; width << width];
        let mut path = vec![Step::default(); width + 1];
        for agreement in 0..1usize << width {
            extend(&mut path[..1], Step { column: LEAF, zero: 1.0, one: 1.0, weight: 0.0 });
            for (place, way) in ways.iter().enumerate() {
                let one = f64::from(u8::from(agreement >> place & 1 == 1));
                extend(&mut path[..place + 2], Step { column: way.column, zero: way.zero, one, weight: 0.0 });
            }
            for place in 0..width {
                let step = path[place + 1];
                values[agreement * width + place] = unwound_sum(&path, place + 1) * (step.one - step.zero) * value;
            }
        }
        Leaf {
            columns: ways.iter().map(|way| way.column).collect(),
            wanted: ways.iter().map(|way| (way.mask, way.wanted)).collect(),
            values,
        }
    }
}
