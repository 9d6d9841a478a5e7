//! Growing one tree of a booster: the leaf with the greatest gain is split first.
//!
//! Leaf-wise growth with a limit on depth, and the larger child's histogram as the parent's less the smaller child's
//! (G. Ke et al., "LightGBM", NIPS 2017).

use rayon::prelude::*;

use super::bins::{Binned, Binning, Bins};
use super::histogram::{Histogram, Quantised, count};
use super::splits::{Rules, Split, Sums, Whole, best_number, best_words};
use super::trees::Tree;

/// How far a tree may grow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub leaves: usize,
    pub depth: usize,
}

/// A grown tree: leaves hold −G/(H + λ), not yet shrunk.
pub(super) struct Grown {
    pub tree: Tree,
    /// The rows in the order of the leaves.
    pub rows: Vec<u32>,
    /// Node and range of `rows` of each leaf.
    pub leaves: Vec<(usize, std::ops::Range<usize>)>,
}

struct Leaf {
    node: usize,
    rows: std::ops::Range<usize>,
    depth: usize,
    sums: Sums,
    histogram: Option<Histogram>,
    best: Option<Split>,
}

/// Histograms that may be kept for subtraction, in cells of 16 bytes: 512 MB.
const KEPT_CELLS: usize = 1 << 25;

/// What every tree of a booster shares.
pub(super) struct Ground<'a> {
    pub binning: &'a Binning,
    pub binned: &'a Binned,
    pub offsets: &'a [usize],
}

impl Ground<'_> {
    /// Grows a tree on some rows (ascending), cutting wanted columns only.
    pub(super) fn grow(
        &self,
        quantised: &Quantised,
        mut rows: Vec<u32>,
        wanted: &[bool],
        rules: &Rules,
        limits: Limits,
        sets: &mut Vec<[u64; 4]>,
    ) -> Grown {
        let packed = &quantised.packed;
        let sums = total(packed, &rows);
        let mut tree = Tree { nodes: vec![super::trees::Node::leaf(rules.leaf(sums), rows.len() as f64)] };
        let cells = self.offsets[self.offsets.len() - 1];
        let keep = cells * limits.leaves <= KEPT_CELLS;
        let mut root = Leaf { node: 0, rows: 0..rows.len(), depth: 0, sums, histogram: None, best: None };
        if limits.leaves > 1 && limits.depth > 0 {
            let histogram = count(self.binned, self.offsets, wanted, &rows, packed);
            root.best = self.best(&[(&histogram, Whole { sums, rows: rows.len() })], wanted, rules).pop().flatten();
            root.histogram = keep.then_some(histogram);
        }
        let mut leaves = vec![root];
        let mut scratch = vec![0; rows.len()];
        while leaves.len() < limits.leaves {
            // The first of equals, so that ties do not depend on anything but the data.
            let mut chosen: Option<(usize, f64)> = None;
            for (index, leaf) in leaves.iter().enumerate() {
                if let Some(split) = &leaf.best
                    && chosen.is_none_or(|(_, gain)| split.gain > gain)
                {
                    chosen = Some((index, split.gain));
                }
            }
            let Some((index, _)) = chosen else { break };
            let parent = &mut leaves[index];
            let split = parent.best.take().expect("only leaves with a split are chosen");
            let (range, depth, whole) = (parent.rows.clone(), parent.depth + 1, parent.sums);
            let histogram = parent.histogram.take();
            let node = tree.split(parent.node, split.column, &split.cut, &self.binning.bins[split.column], sets);
            let codes = &self.binned.columns[split.column];
            let middle = range.start + divide(&mut rows[range.clone()], &mut scratch, codes, &split.cut.table());
            let sides = [(range.start..middle, split.left), (middle..range.end, whole.less(split.left))];
            let mut children =
                sides.map(|(rows, sums)| Leaf { node: 0, rows, depth, sums, histogram: None, best: None });
            for (side, child) in children.iter_mut().enumerate() {
                child.node = node + side;
                tree.nodes[child.node].value = rules.leaf(child.sums);
                tree.nodes[child.node].cover = child.rows.len() as f64;
            }
            if depth < limits.depth && leaves.len() + 1 < limits.leaves {
                let small = usize::from(children[1].rows.len() < children[0].rows.len());
                let count = |child: &Leaf| count(self.binned, self.offsets, wanted, &rows[child.rows.clone()], packed);
                let smaller = count(&children[small]);
                let larger = match histogram {
                    Some(parent) => parent.less(&smaller),
                    None => count(&children[1 - small]),
                };
                let whole = |child: &Leaf| Whole { sums: child.sums, rows: child.rows.len() };
                let asked = [(&smaller, whole(&children[small])), (&larger, whole(&children[1 - small]))];
                let mut found = self.best(&asked, wanted, rules).into_iter();
                children[small].best = found.next().flatten();
                children[1 - small].best = found.next().flatten();
                if keep {
                    children[small].histogram = Some(smaller);
                    children[1 - small].histogram = Some(larger);
                }
            }
            let [left, right] = children;
            leaves[index] = left;
            leaves.push(right);
        }
        let leaves = leaves.into_iter().map(|leaf| (leaf.node, leaf.rows)).collect();
        Grown { tree, rows, leaves }
    }

    /// The best split of each of some nodes.
    fn best(&self, nodes: &[(&Histogram, Whole)], wanted: &[bool], rules: &Rules) -> Vec<Option<Split>> {
        let columns: Vec<usize> = (0..wanted.len()).filter(|&column| wanted[column]).collect();
        let find = |index: usize| {
            let (histogram, whole) = nodes[index / columns.len()];
            let column = columns[index % columns.len()];
            let cells = &histogram.cells[self.offsets[column]..self.offsets[column + 1]];
            match self.binning.bins[column] {
                Bins::Edges(_) => best_number(column, cells, whole, rules),
                Bins::Levels(_) => best_words(column, cells, whole, rules),
            }
        };
        let tasks = nodes.len() * columns.len();
        let found: Vec<Option<Split>> = if tasks * 64 > 1 << 10 {
            (0..tasks).into_par_iter().with_min_len(8).map(find).collect()
        } else {
            (0..tasks).map(find).collect()
        };
        found.chunks(columns.len()).map(|found| first_best(found.iter().flatten())).collect()
    }
}

/// The split of greatest gain, the first of equals.
pub(super) fn first_best<'a>(splits: impl Iterator<Item = &'a Split>) -> Option<Split> {
    let mut best: Option<&Split> = None;
    for split in splits {
        if best.is_none_or(|best| split.gain > best.gain) {
            best = Some(split);
        }
    }
    best.cloned()
}

fn total(packed: &[u64], rows: &[u32]) -> Sums {
    rows.par_iter()
        .with_min_len(1 << 14)
        .map(|&row| Sums::unpack(packed[row as usize]))
        .reduce(Sums::default, Sums::add)
}

/// Moves rows that go left before the others, each side in its order; returns how many go left.
fn divide(rows: &mut [u32], scratch: &mut [u32], codes: &[u8], left: &[bool; 256]) -> usize {
    const CHUNK: usize = 1 << 15;
    let goes_left = |row: u32| left[usize::from(codes[row as usize])];
    if rows.len() <= 2 * CHUNK {
        let (mut kept, mut away) = (0, 0);
        for index in 0..rows.len() {
            let row = rows[index];
            let stays = goes_left(row);
            // Both are written and one counts: no branch to mispredict.
            rows[kept] = row;
            scratch[away] = row;
            kept += usize::from(stays);
            away += usize::from(!stays);
        }
        rows[kept..].copy_from_slice(&scratch[..away]);
        return kept;
    }
    let lefts: Vec<usize> =
        rows.par_chunks(CHUNK).map(|chunk| chunk.iter().filter(|&&row| goes_left(row)).count()).collect();
    let all: usize = lefts.iter().sum();
    let (mut left_rest, mut right_rest) = scratch[..rows.len()].split_at_mut(all);
    let mut places = Vec::with_capacity(lefts.len());
    for (chunk, &count) in rows.chunks(CHUNK).zip(&lefts) {
        let (left_part, left_behind) = left_rest.split_at_mut(count);
        let (right_part, right_behind) = right_rest.split_at_mut(chunk.len() - count);
        (left_rest, right_rest) = (left_behind, right_behind);
        places.push((chunk, left_part, right_part));
    }
    places.into_par_iter().for_each(|(chunk, left_part, right_part)| {
        let (mut kept, mut away) = (0, 0);
        for &row in chunk {
            if goes_left(row) {
                left_part[kept] = row;
                kept += 1;
            } else {
                right_part[away] = row;
                away += 1;
            }
        }
    });
    rows.copy_from_slice(&scratch[..rows.len()]);
    all
}
