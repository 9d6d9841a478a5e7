//! Shapley values of shallow trees by table: what a leaf adds depends only on which of the columns on its way agree with it.
//!
//! J. Yang, "Fast TreeSHAP: accelerating SHAP value computation for trees", arXiv:2109.09847, 2021 (version 2): for each leaf the
//! contributions of all 2^d agreements of its d columns are worked out once; a row then costs a few comparisons and additions per
//! leaf. Deep trees, for which the tables would be large, are left to the walk of [`super::shap`].
//! Rows that give a tree the same answers share what it adds: few of the answers that a tree could be given occur, so most rows
//! look up what another row has had worked out.

use super::shap_path::{Step, extend, unwound_sum};
use super::trees::{LEAF, Tree};

/// The most distinct columns on the way to a leaf.
const MOST_COLUMNS: usize = 8;
/// The most inner nodes of a tree: their answers are bits of a word.
const MOST_NODES: usize = 64;

/// The most inner nodes of a tree whose answers rows share.
const MOST_SHARED: usize = 16;

/// A tree as tables.
pub(super) struct Tables {
    /// The distinct columns of the tree.
    columns: Vec<u32>,
    /// Inner nodes; the answer of each is a bit.
    nodes: usize,
    leaves: Vec<Leaf>,
}

struct Leaf {
    /// The distinct columns on the way, as places among the tree's.
    places: Vec<u32>,
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
        let mut columns: Vec<u32> = nodes.iter().map(|&node| tree.nodes[node].column).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut leaves = Vec::new();
        let mut open: Vec<(usize, Vec<Way>)> = vec![(0, Vec::new())];
        while let Some((node, ways)) = open.pop() {
            let here = &tree.nodes[node];
            if here.column == LEAF {
                leaves.push(Leaf::of(here.value, &ways, &columns));
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
        Some(Tables { columns, nodes: nodes.len(), leaves })
    }

    /// Adds the contributions of some rows to `sums`, column by column of the ensemble. `tests` are the sight and the last code
    /// that goes left of each inner node, `codes` the rows' codes, sight by sight.
    pub(super) fn add(&self, tests: &[(u32, u8)], codes: &[u8], rows: usize, sums: &mut [f64]) {
        let width = self.columns.len();
        let codes_of = |sight: u32| &codes[sight as usize * rows..][..rows];
        if self.nodes > MOST_SHARED {
            let mut values = vec![0.0; width];
            for row in 0..rows {
                let left = |&(sight, last): &(u32, u8)| u64::from(codes[sight as usize * rows + row] <= last);
                let answers = tests.iter().enumerate().fold(0, |all, (bit, test)| all | left(test) << bit);
                values.fill(0.0);
                self.values(answers, &mut values);
                for (&column, value) in self.columns.iter().zip(&values) {
                    sums[column as usize * rows + row] += value;
                }
            }
            return;
        }
        let mut answers = vec![0u16; rows];
        for (bit, &(sight, last)) in tests.iter().enumerate() {
            for (answers, &code) in answers.iter_mut().zip(codes_of(sight)) {
                *answers |= u16::from(code <= last) << bit;
            }
        }
        // Where the values of each answer begin, once they are known.
        let mut begin = vec![u32::MAX; 1 << self.nodes];
        let mut known: Vec<f64> = Vec::new();
        let at: Vec<u32> = answers
            .into_iter()
            .map(|answers| {
                let begin = &mut begin[usize::from(answers)];
                if *begin == u32::MAX {
                    *begin = known.len() as u32;
                    known.resize(known.len() + width, 0.0);
                    self.values(u64::from(answers), &mut known[*begin as usize..]);
                }
                *begin
            })
            .collect();
        for (place, &column) in self.columns.iter().enumerate() {
            for (sum, &at) in sums[column as usize * rows..][..rows].iter_mut().zip(&at) {
                *sum += known[at as usize + place];
            }
        }
    }

    /// Adds what the tree's columns contribute for its answers; bits are 1 where a row goes left.
    fn values(&self, answers: u64, values: &mut [f64]) {
        for leaf in &self.leaves {
            let mut agreement = 0;
            for (place, &(mask, wanted)) in leaf.wanted.iter().enumerate() {
                agreement |= usize::from(answers & mask == wanted) << place;
            }
            let width = leaf.places.len();
            for (&place, value) in leaf.places.iter().zip(&leaf.values[agreement * width..]) {
                values[place as usize] += value;
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
    fn of(value: f64, ways: &[Way], columns: &[u32]) -> Leaf {
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
            places: ways
                .iter()
                .map(|way| columns.binary_search(&way.column).expect("the tree's columns hold it") as u32)
                .collect(),
            wanted: ways.iter().map(|way| (way.mask, way.wanted)).collect(),
            values,
        }
    }
}
