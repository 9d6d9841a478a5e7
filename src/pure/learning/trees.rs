//! Trees as they are stored and scored, and their sum.

use super::bins::{Binned, Binning, Bins, find_columns, word_codes};
use super::matrix::{MISSING_WORD, Values};
use super::parts::Parts;
use super::splits::{Cut, contains};
use super::{LearningError, Matrix};

/// The column of a node that is a leaf.
pub(super) const LEAF: u32 = u32::MAX;
/// The category set of a node that compares numbers.
const NO_SET: u32 = u32::MAX;

/// A node; its children stand side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Node {
    /// Index of a column of the ensemble, or [`LEAF`].
    pub column: u32,
    /// Numbers up to this go left.
    pub threshold: f64,
    /// Index of a set of codes that go left, for words.
    pub set: u32,
    /// Whether a missing number goes left.
    pub missing_left: bool,
    /// Index of the left child; the right one follows it.
    pub left: u32,
    /// What a leaf adds.
    pub value: f64,
    /// Weight of the training rows that came by.
    pub cover: f64,
}

impl Node {
    pub(super) fn leaf(value: f64, cover: f64) -> Node {
        Node { column: LEAF, threshold: f64::INFINITY, set: NO_SET, missing_left: false, left: 0, value, cover }
    }
}

/// A tree; the root is node 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
}

impl Tree {
    /// Makes an inner node of a leaf and returns the index of its left child.
    pub(super) fn split(
        &mut self,
        node: usize,
        column: usize,
        cut: &Cut,
        bins: &Bins,
        sets: &mut Vec<[u64; 4]>,
    ) -> usize {
        let left = self.nodes.len();
        let parent = &mut self.nodes[node];
        (parent.column, parent.left) = (column as u32, left as u32);
        match (cut, bins) {
            (Cut::Number { last, missing_left }, Bins::Edges(edges)) => {
                // After the last code there is no edge: only missing is on the other side.
                parent.threshold = edges.get(usize::from(*last) - 1).copied().unwrap_or(f64::MAX);
                parent.missing_left = *missing_left;
            }
            (Cut::Words(set), Bins::Levels(_)) => {
                parent.set = sets.len() as u32;
                sets.push(*set);
            }
            _ => unreachable!("numbers are cut by numbers and words by words"),
        }
        self.nodes.extend([Node::leaf(0.0, 0.0); 2]);
        left
    }

    /// The most splits between root and leaf.
    pub(super) fn depth(&self) -> usize {
        let mut depths = vec![0usize; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate().filter(|(_, node)| node.column != LEAF) {
            // Children stand behind their parents.
            depths[node.left as usize] = depths[index] + 1;
            depths[node.left as usize + 1] = depths[index] + 1;
        }
        depths.into_iter().max().unwrap_or(0)
    }
}

/// Trees whose leaves are added up: score = base + scale × Σ leaves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ensemble {
    pub binning: Binning,
    pub trees: Vec<Tree>,
    pub sets: Vec<[u64; 4]>,
    pub base: f64,
    pub scale: f64,
}

/// How a row's value of one column is seen by nodes.
pub(super) enum Sight<'a> {
    Numbers(&'a [f64]),
    Words { codes: &'a [u32], places: Vec<u8> },
}

/// The columns of a matrix as an ensemble needs them.
pub(super) struct View<'a> {
    pub sights: Vec<Sight<'a>>,
}

impl View<'_> {
    /// Whether a row goes left at a node.
    pub(super) fn goes_left(&self, node: &Node, sets: &[[u64; 4]], row: usize) -> bool {
        match &self.sights[node.column as usize] {
            Sight::Numbers(numbers) => {
                let x = numbers[row];
                if x.is_nan() { node.missing_left } else { x.min(f64::MAX) <= node.threshold }
            }
            Sight::Words { codes, places } => contains(&sets[node.set as usize], place(codes[row], places)),
        }
    }
}

fn place(code: u32, places: &[u8]) -> u8 {
    if code == MISSING_WORD { 0 } else { places[code as usize] }
}

impl Ensemble {
    /// The matrix as the trees see it.
    pub(super) fn view<'a>(&self, matrix: &'a Matrix) -> Result<View<'a>, LearningError> {
        let found = find_columns(matrix, &self.binning.names, &self.binning.bins)?;
        let sights = found
            .into_iter()
            .zip(&self.binning.bins)
            .map(|(column, bins)| match (&column.values, bins) {
                (Values::Words { codes, words }, Bins::Levels(levels)) => {
                    Sight::Words { codes, places: word_codes(words, levels) }
                }
                (Values::Numbers(numbers), _) => Sight::Numbers(numbers),
                _ => unreachable!("find_columns has compared the kinds"),
            })
            .collect();
        Ok(View { sights })
    }

    /// Σ leaves of one row, node by node.
    pub(super) fn walk(&self, view: &View, row: usize) -> f64 {
        self.trees
            .iter()
            .map(|tree| {
                let mut node = &tree.nodes[0];
                while node.column != LEAF {
                    let left = view.goes_left(node, &self.sets, row);
                    node = &tree.nodes[node.left as usize + usize::from(!left)];
                }
                node.value
            })
            .sum()
    }

    pub(super) fn store(&self, parts: &mut Parts) {
        parts.words("columns", &self.binning.names);
        let mut kinds = Vec::new();
        let mut all_edges = Vec::new();
        let mut all_levels = Vec::new();
        for bins in &self.binning.bins {
            match bins {
                Bins::Edges(edges) => {
                    kinds.extend([0, edges.len() as u32]);
                    all_edges.extend(edges);
                }
                Bins::Levels(levels) => {
                    kinds.extend([1, levels.len() as u32]);
                    all_levels.extend(levels.iter().cloned());
                }
            }
        }
        parts.counts("bins", kinds);
        parts.numbers("edges", all_edges);
        parts.words("levels", &all_levels);
        parts.counts("sets", self.sets.iter().flatten().flat_map(|bits| [*bits as u32, (bits >> 32) as u32]).collect());
        parts.counts("tree_sizes", self.trees.iter().map(|tree| tree.nodes.len() as u32).collect());
        let nodes = || self.trees.iter().flat_map(|tree| &tree.nodes);
        parts.counts("node_column", nodes().map(|node| node.column).collect());
        parts.counts("node_set", nodes().map(|node| node.set).collect());
        parts.counts("node_missing_left", nodes().map(|node| u32::from(node.missing_left)).collect());
        parts.counts("node_left", nodes().map(|node| node.left).collect());
        // A leaf has no threshold and an inner node no value: one number serves both.
        let number = |node: &Node| if node.column == LEAF { node.value } else { node.threshold };
        parts.numbers("node_number", nodes().map(number).collect());
        parts.numbers("node_cover", nodes().map(|node| node.cover).collect());
        parts.numbers("base_and_scale", vec![self.base, self.scale]);
    }

    pub(super) fn restore(parts: &Parts) -> Result<Ensemble, LearningError> {
        let damaged = || LearningError::Damaged { why: "its trees do not fit together".to_owned() };
        let names = parts.get_words("columns")?;
        let mut edges = parts.get_numbers("edges")?.iter().copied();
        let mut levels = parts.get_words("levels")?.into_iter();
        let (kinds, _) = parts.get_counts("bins")?.as_chunks::<2>();
        let bins: Vec<Bins> = kinds
            .iter()
            .map(|&[kind, length]| match kind {
                0 => Bins::Edges(edges.by_ref().take(length as usize).collect()),
                _ => Bins::Levels(levels.by_ref().take(length as usize).collect()),
            })
            .collect();
        let (words, _) = parts.get_counts("sets")?.as_chunks::<8>();
        let sets: Vec<[u64; 4]> = words
            .iter()
            .map(|half| std::array::from_fn(|i| u64::from(half[2 * i]) | u64::from(half[2 * i + 1]) << 32))
            .collect();
        let columns = parts.get_counts("node_column")?;
        let set = parts.get_counts("node_set")?;
        let missing_left = parts.get_counts("node_missing_left")?;
        let left = parts.get_counts("node_left")?;
        let numbers = parts.get_numbers("node_number")?;
        let cover = parts.get_numbers("node_cover")?;
        let all = columns.len();
        let &[base, scale] = parts.get_numbers("base_and_scale")? else { return Err(damaged()) };
        let lengths = [set.len(), missing_left.len(), left.len(), numbers.len(), cover.len()];
        if lengths.iter().any(|&length| length != all) || bins.len() != names.len() {
            return Err(damaged());
        }
        let mut first = 0;
        let mut trees = Vec::new();
        for &size in parts.get_counts("tree_sizes")? {
            let size = size as usize;
            if size == 0 || all - first < size {
                return Err(damaged());
            }
            let mut nodes = Vec::with_capacity(size);
            for place in 0..size {
                let i = first + place;
                let is_leaf = columns[i] == LEAF;
                // Children behind their parents: a damaged tree must not be walked in a circle.
                let sound = is_leaf
                    || (left[i] as usize > place
                        && (left[i] as usize) < size - 1
                        && bins.get(columns[i] as usize).is_some_and(|bins| match bins {
                            Bins::Edges(_) => set[i] == NO_SET,
                            Bins::Levels(_) => (set[i] as usize) < sets.len(),
                        }));
                if !sound {
                    return Err(damaged());
                }
                nodes.push(Node {
                    column: columns[i],
                    threshold: if is_leaf { f64::INFINITY } else { numbers[i] },
                    set: set[i],
                    missing_left: missing_left[i] == 1,
                    left: left[i],
                    value: if is_leaf { numbers[i] } else { 0.0 },
                    cover: cover[i],
                });
            }
            trees.push(Tree { nodes });
            first += size;
        }
        Ok(Ensemble { binning: Binning { names, bins }, trees, sets, base, scale })
    }
}

/// The leaf value of each row of binned data.
pub(super) fn leaf_values<'a>(
    tree: &'a Tree,
    sets: &'a [[u64; 4]],
    binning: &'a Binning,
    binned: &'a Binned,
) -> impl Fn(usize) -> f64 + Sync + 'a {
    move |row| {
        let mut node = &tree.nodes[0];
        while node.column != LEAF {
            let column = node.column as usize;
            let code = binned.columns[column][row];
            let left = match &binning.bins[column] {
                Bins::Levels(_) => contains(&sets[node.set as usize], code),
                Bins::Edges(edges) => match code {
                    0 => node.missing_left,
                    // The code's upper edge is at most the threshold: a code past the last edge is left of f64::MAX only.
                    code => edges.get(usize::from(code) - 1).copied().unwrap_or(f64::MAX) <= node.threshold,
                },
            };
            node = &tree.nodes[node.left as usize + usize::from(!left)];
        }
        node.value
    }
}
