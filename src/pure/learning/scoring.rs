//! Many rows through many trees: values become one-byte codes once, then each tree is answered for a whole block of rows.
//!
//! A value's code is the number of the ensemble's own thresholds below it, so that each node compares two bytes. Trees of up to 128
//! leaves are answered from the leaves up: a node's answer is that of its left or its right child, for 16 to 64 rows by one
//! instruction, without a branch and without a load that waits for another (the idea of C. Lucchese et al., "QuickScorer", SIGIR
//! 2015, to look at all nodes of a tree and at no path). Larger trees are walked, several rows side by side. Leaves are added in
//! the trees' order, so that a score has the same bits as one that is walked row by row.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bins::Bins;
use super::matrix::MISSING_WORD;
use super::rulers::Ruler;
use super::splits::contains;
use super::trees::{Ensemble, LEAF, Node, Sight, Tree, View};
use super::{LearningError, Matrix};

/// Rows answered together: their codes and answers stay in the first-level cache.
pub(super) const BLOCK: usize = 256;
/// Rows walked down a tree side by side, so that their loads overlap.
const LANES: usize = 8;
/// The most leaves of a tree that is answered from the leaves up; their numbers are bytes.
const MOST_LEAVES: usize = 128;
/// Beyond this many different sights of columns the codes of a block no longer fit the cache, and rows walk alone.
const MOST_SIGHTS: usize = 512;
/// An ensemble as codes.
pub(super) struct Scorer {
    sights: Vec<Seen>,
    /// By column, where nodes compare its numbers.
    rulers: Vec<Option<Ruler>>,
    trees: Vec<Program>,
    /// Per tree: the sight and the last code that goes left, of each inner node in order.
    pub tests: Vec<Vec<(u32, u8)>>,
}

/// What a node compares: a byte made from a column, so that left is always "up to".
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Seen {
    /// The number's code, missing as the least.
    MissingLow(u32),
    /// The number's code, missing as the greatest.
    MissingHigh(u32),
    /// 0 for words in the set, 1 for others.
    Outside { column: u32, set: u32 },
}

/// How a tree is answered.
enum Program {
    /// From the leaves up.
    Select {
        /// Inner nodes, children behind their parents.
        nodes: Vec<Choice>,
        /// By the number of the leaf, then zeros: as many as a byte can name.
        values: Box<[f64; 256]>,
        leaves: usize,
    },
    /// From the root down.
    Walk { depth: usize, nodes: Vec<Step>, values: Vec<f64> },
}

struct Choice {
    /// Where the block's codes of its sight begin.
    codes: usize,
    /// The last code that goes left.
    last: u8,
    left: Child,
    right: Child,
}

#[derive(Clone, Copy)]
enum Child {
    Leaf(u8),
    /// Place among the inner nodes.
    Inner(usize),
}

#[derive(Clone, Copy)]
struct Step {
    codes: u32,
    left: u32,
    last: u8,
}

/// A block's codes and the room to answer trees in.
pub(super) struct Frame {
    /// Sight by sight, [`BLOCK`] bytes each.
    codes: Vec<u8>,
    answers: Vec<u8>,
    leaves: [f64; BLOCK],
}

impl Scorer {
    /// Nothing for ensembles with too many sights, or with thresholds that are no numbers.
    pub(super) fn new(ensemble: &Ensemble) -> Option<Scorer> {
        // Equal sets are one sight.
        let mut numbered = BTreeMap::new();
        let canonical: Vec<u32> = ensemble
            .sets
            .iter()
            .enumerate()
            .map(|(index, set)| *numbered.entry(*set).or_insert(index as u32))
            .collect();
        let seen = |node: &Node| match &ensemble.binning.bins[node.column as usize] {
            Bins::Levels(_) => Seen::Outside { column: node.column, set: canonical[node.set as usize] },
            Bins::Edges(_) if node.missing_left => Seen::MissingLow(node.column),
            Bins::Edges(_) => Seen::MissingHigh(node.column),
        };
        let inner = || ensemble.trees.iter().flat_map(|tree| &tree.nodes).filter(|node| node.column != LEAF);
        let mut sights: Vec<Seen> = inner().map(seen).collect();
        sights.sort_unstable();
        sights.dedup();
        if sights.len() > MOST_SIGHTS {
            return None;
        }
        let mut cuts: Vec<Vec<f64>> = vec![Vec::new(); ensemble.binning.names.len()];
        for node in inner().filter(|node| !matches!(seen(node), Seen::Outside { .. })) {
            cuts[node.column as usize].push(node.threshold + 0.0);
        }
        let mut rulers = Vec::with_capacity(cuts.len());
        for mut cuts in cuts {
            cuts.sort_unstable_by(f64::total_cmp);
            cuts.dedup();
            if cuts.len() > usize::from(u8::MAX) || cuts.iter().any(|cut| !cut.is_finite()) {
                return None;
            }
            rulers.push((!cuts.is_empty()).then(|| Ruler::new(cuts)));
        }
        let test = |node: &Node| {
            let seen = seen(node);
            let sight = sights.binary_search(&seen).expect("all nodes were asked what they see") as u32;
            let last = match (seen, &rulers[node.column as usize]) {
                (Seen::MissingLow(_) | Seen::MissingHigh(_), Some(ruler)) => ruler.place(node.threshold),
                _ => 0,
            };
            (sight, last)
        };
        let tests = |tree: &Tree| tree.nodes.iter().filter(|node| node.column != LEAF).map(test).collect();
        let tests: Vec<Vec<(u32, u8)>> = ensemble.trees.iter().map(tests).collect();
        let trees = ensemble.trees.iter().zip(&tests).map(|(tree, tests)| Program::of(tree, tests)).collect();
        Some(Scorer { sights, rulers, trees, tests })
    }

    /// Room for a block.
    pub(super) fn frame(&self) -> Frame {
        let nodes = |program: &Program| match program {
            Program::Select { nodes, .. } => nodes.len(),
            Program::Walk { .. } => 0,
        };
        let most = self.trees.iter().map(nodes).max().unwrap_or(0);
        Frame {
            // A tree that is one leaf looks at the first sight, whatever it is.
            codes: vec![0; self.sights.len().max(1) * BLOCK],
            answers: vec![0; most * BLOCK],
            leaves: [0.0; BLOCK],
        }
    }

    /// Writes the codes of a block of rows into the frame.
    pub(super) fn fill(&self, view: &View, sets: &[[u64; 4]], first: usize, rows: usize, frame: &mut Frame) {
        self.encode(view, sets, first, rows, &mut frame.codes, BLOCK);
    }

    /// The codes of some rows, sight by sight, as many bytes each as there are rows.
    pub(super) fn codes(&self, view: &View, sets: &[[u64; 4]], first: usize, rows: usize) -> Vec<u8> {
        let mut codes = vec![0; self.sights.len() * rows];
        self.encode(view, sets, first, rows, &mut codes, rows);
        codes
    }

    /// Writes the codes of some rows, each sight's `apart` bytes behind the one before.
    fn encode(&self, view: &View, sets: &[[u64; 4]], first: usize, rows: usize, codes: &mut [u8], apart: usize) {
        for (seen, codes) in self.sights.iter().zip(codes.chunks_exact_mut(apart.max(1))) {
            match *seen {
                Seen::Outside { column, set } => {
                    if let Sight::Words { codes: words, places } = &view.sights[column as usize] {
                        let set = &sets[set as usize];
                        let outside: Vec<u8> = places.iter().map(|&place| u8::from(!contains(set, place))).collect();
                        let missing = u8::from(!contains(set, 0));
                        for (code, &word) in codes.iter_mut().zip(&words[first..first + rows]) {
                            *code = if word == MISSING_WORD { missing } else { outside[word as usize] };
                        }
                    }
                }
                Seen::MissingLow(column) | Seen::MissingHigh(column) => {
                    let (Sight::Numbers(numbers), Some(ruler)) =
                        (&view.sights[column as usize], &self.rulers[column as usize])
                    else {
                        continue;
                    };
                    let missing = if matches!(seen, Seen::MissingLow(_)) { 0 } else { ruler.all };
                    ruler.measure(&numbers[first..first + rows], missing, &mut codes[..rows]);
                }
            }
        }
    }

    /// Adds scale × Σ leaves to each row's sum.
    pub(super) fn add(&self, frame: &mut Frame, scale: f64, sums: &mut [f64]) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
            // SAFETY: the processor has the instructions that the function is compiled for.
            unsafe { self.add_avx512(frame, scale, sums) };
            return;
        }
        self.add_by(frame, scale, sums, select, look_up);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn add_avx512(&self, frame: &mut Frame, scale: f64, sums: &mut [f64]) {
        self.add_by(
            frame,
            scale,
            sums,
            |out, codes, last, left, right| wide::select(out, codes, last, left, right),
            |values, leaves, at, sums| wide::look_up(values, leaves, at, sums),
        );
    }

    #[inline(always)]
    fn add_by(
        &self,
        frame: &mut Frame,
        scale: f64,
        sums: &mut [f64],
        select: impl Fn(&mut [u8; BLOCK], &[u8; BLOCK], u8, Side, Side),
        look_up: impl Fn(&[f64; 256], usize, &[u8; BLOCK], &mut [f64; BLOCK]),
    ) {
        let Frame { codes, answers, leaves } = frame;
        leaves.fill(0.0);
        for tree in &self.trees {
            match tree {
                Program::Select { nodes, values, .. } if nodes.is_empty() => {
                    leaves.iter_mut().for_each(|leaf| *leaf += values[0]);
                }
                Program::Select { nodes, values, leaves: count } => {
                    let (answers, _) = answers.as_chunks_mut::<BLOCK>();
                    for (place, node) in nodes.iter().enumerate().rev() {
                        let (above, below) = answers.split_at_mut(place + 1);
                        let codes: &[u8; BLOCK] = codes[node.codes..].first_chunk().expect("a block per sight");
                        let side = |child: Child| match child {
                            Child::Leaf(number) => Side::All(number),
                            Child::Inner(inner) => Side::Each(&below[inner - place - 1]),
                        };
                        select(&mut above[place], codes, node.last, side(node.left), side(node.right));
                    }
                    look_up(values, *count, &answers[0], leaves);
                }
                Program::Walk { depth, nodes, values } => {
                    for (group, leaves) in leaves.chunks_exact_mut(LANES).enumerate() {
                        let mut at = [0u32; LANES];
                        for _ in 0..*depth {
                            for (lane, at) in at.iter_mut().enumerate() {
                                let node = nodes[*at as usize];
                                let code = codes[node.codes as usize + group * LANES + lane];
                                *at = node.left + u32::from(code > node.last);
                            }
                        }
                        for (leaf, at) in leaves.iter_mut().zip(at) {
                            *leaf += values[at as usize];
                        }
                    }
                }
            }
        }
        for (sum, leaf) in sums.iter_mut().zip(leaves) {
            *sum += scale * *leaf;
        }
    }
}

/// What the rows of a block are answered on one side of a node.
#[derive(Clone, Copy)]
enum Side<'a> {
    All(u8),
    Each(&'a [u8; BLOCK]),
}

/// The left answer where the code is at most `last`, else the right one.
#[inline(always)]
fn select(out: &mut [u8; BLOCK], codes: &[u8; BLOCK], last: u8, left: Side, right: Side) {
    // Each pair of kinds of sides is a loop of its own.
    match (left, right) {
        (Side::All(left), Side::All(right)) => choose(out, codes, last, |_| left, |_| right),
        (Side::All(left), Side::Each(right)) => choose(out, codes, last, |_| left, |row| right[row]),
        (Side::Each(left), Side::All(right)) => choose(out, codes, last, |row| left[row], |_| right),
        (Side::Each(left), Side::Each(right)) => choose(out, codes, last, |row| left[row], |row| right[row]),
    }
}

#[inline(always)]
fn choose(
    out: &mut [u8; BLOCK],
    codes: &[u8; BLOCK],
    last: u8,
    left: impl Fn(usize) -> u8,
    right: impl Fn(usize) -> u8,
) {
    for row in 0..BLOCK {
        // Both sides are read and a mask decides: left to itself, the compiler chooses between addresses, row by row.
        let (left, right) = (left(row), right(row));
        let mask = u8::from(codes[row] > last).wrapping_sub(1);
        out[row] = right ^ ((left ^ right) & mask);
    }
}

/// Adds the value of each row's leaf; the tree has `_leaves` of them.
#[inline(always)]
fn look_up(values: &[f64; 256], _leaves: usize, at: &[u8; BLOCK], sums: &mut [f64; BLOCK]) {
    for (sum, &at) in sums.iter_mut().zip(at) {
        *sum += values[usize::from(at)];
    }
}

/// The same in registers of 64 bytes: the same choices and the same additions, so the same bits.
#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        __m512d, __m512i, _mm_cvtsi64_si128, _mm512_add_pd, _mm512_cmpgt_epu8_mask, _mm512_cvtepu8_epi64,
        _mm512_i64gather_pd, _mm512_loadu_pd, _mm512_loadu_si512, _mm512_mask_blend_epi8, _mm512_permutex2var_pd,
        _mm512_set1_epi8, _mm512_storeu_pd, _mm512_storeu_si512,
    };

    use super::{BLOCK, Side};

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn select(out: &mut [u8; BLOCK], codes: &[u8; BLOCK], last: u8, left: Side, right: Side) {
        let all = |answer: u8| _mm512_set1_epi8(answer as i8);
        match (left, right) {
            (Side::All(left), Side::All(right)) => {
                let (left, right) = (all(left), all(right));
                choose(out, codes, last, |_| left, |_| right);
            }
            (Side::All(left), Side::Each(right)) => {
                let left = all(left);
                choose(out, codes, last, |_| left, |part| part_of(right, part));
            }
            (Side::Each(left), Side::All(right)) => {
                let right = all(right);
                choose(out, codes, last, |part| part_of(left, part), |_| right);
            }
            (Side::Each(left), Side::Each(right)) => {
                choose(out, codes, last, |part| part_of(left, part), |part| part_of(right, part));
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn choose(
        out: &mut [u8; BLOCK],
        codes: &[u8; BLOCK],
        last: u8,
        left: impl Fn(usize) -> __m512i,
        right: impl Fn(usize) -> __m512i,
    ) {
        let last = _mm512_set1_epi8(last as i8);
        for (part, out) in out.as_chunks_mut::<64>().0.iter_mut().enumerate() {
            let goes_right = _mm512_cmpgt_epu8_mask(part_of(codes, part), last);
            let chosen = _mm512_mask_blend_epi8(goes_right, left(part), right(part));
            // SAFETY: the chunk has 64 bytes, as many as a register.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), chosen) };
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn part_of(block: &[u8; BLOCK], part: usize) -> __m512i {
        let bytes: &[u8; 64] = &block.as_chunks().0[part];
        // SAFETY: there are 64 bytes, as many as a register has.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    /// Up to sixteen leaves stand in two registers.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) fn look_up(values: &[f64; 256], leaves: usize, at: &[u8; BLOCK], sums: &mut [f64; BLOCK]) {
        if leaves > 16 {
            // SAFETY: a byte names one of 256 values.
            return add(at, sums, |at| unsafe { _mm512_i64gather_pd::<8>(at, values.as_ptr()) });
        }
        let half = |half: &[f64]| {
            let half: &[f64; 8] = half.first_chunk().expect("at least eight");
            // SAFETY: there are eight numbers, as many as a register has.
            unsafe { _mm512_loadu_pd(half.as_ptr()) }
        };
        let (low, high) = (half(values), half(&values[8..]));
        add(at, sums, |at| _mm512_permutex2var_pd(low, at, high));
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn add(at: &[u8; BLOCK], sums: &mut [f64; BLOCK], find: impl Fn(__m512i) -> __m512d) {
        for (at, sums) in at.as_chunks::<8>().0.iter().zip(sums.as_chunks_mut::<8>().0) {
            let found = find(_mm512_cvtepu8_epi64(_mm_cvtsi64_si128(i64::from_le_bytes(*at))));
            // SAFETY: the chunk has eight numbers, as many as a register.
            unsafe {
                let sum = _mm512_add_pd(_mm512_loadu_pd(sums.as_ptr()), found);
                _mm512_storeu_pd(sums.as_mut_ptr(), sum);
            }
        }
    }
}

impl Program {
    fn of(tree: &Tree, tests: &[(u32, u8)]) -> Program {
        let mut places = vec![0usize; tree.nodes.len()];
        let (mut inner, mut leaves) = (0, 0);
        for (node, place) in tree.nodes.iter().zip(&mut places) {
            let count = if node.column == LEAF { &mut leaves } else { &mut inner };
            *place = *count;
            *count += 1;
        }
        if leaves > MOST_LEAVES {
            let values = tree.nodes.iter().map(|node| node.value).collect();
            let step = |(index, node): (usize, &Node)| match node.column {
                // A leaf leads to itself.
                LEAF => Step { codes: 0, left: index as u32, last: u8::MAX },
                _ => {
                    let (sight, last) = tests[places[index]];
                    Step { codes: sight * BLOCK as u32, left: node.left, last }
                }
            };
            let nodes = tree.nodes.iter().enumerate().map(step).collect();
            return Program::Walk { depth: tree.depth(), nodes, values };
        }
        let child = |index: usize| match tree.nodes[index].column {
            LEAF => Child::Leaf(places[index] as u8),
            _ => Child::Inner(places[index]),
        };
        let choice = |(node, &(sight, last)): (&Node, &(u32, u8))| Choice {
            codes: sight as usize * BLOCK,
            last,
            left: child(node.left as usize),
            right: child(node.left as usize + 1),
        };
        let mut values = Box::new([0.0; 256]);
        let own = tree.nodes.iter().filter(|node| node.column == LEAF);
        values.iter_mut().zip(own).for_each(|(value, leaf)| *value = leaf.value);
        Program::Select {
            nodes: tree.nodes.iter().filter(|node| node.column != LEAF).zip(tests).map(choice).collect(),
            values,
            leaves,
        }
    }
}

/// Rows that one thread takes at a time, in blocks.
const BLOCKS: usize = 16;

impl Ensemble {
    /// base + scale × Σ leaves for each row.
    pub(super) fn sums(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let view = self.view(matrix)?;
        let scorer = Scorer::new(self);
        let mut sums = vec![self.base; matrix.rows()];
        sums.par_chunks_mut(BLOCK * BLOCKS).enumerate().for_each(|(chunk, sums)| {
            let first = chunk * BLOCK * BLOCKS;
            let Some(scorer) = &scorer else {
                for (row, sum) in sums.iter_mut().enumerate() {
                    *sum += self.scale * self.walk(&view, first + row);
                }
                return;
            };
            let mut frame = scorer.frame();
            for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                scorer.fill(&view, &self.sets, first + block * BLOCK, sums.len(), &mut frame);
                scorer.add(&mut frame, self.scale, sums);
            }
        });
        Ok(sums)
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::super::{Column, Lesson, Matrix, fit, model_row};
    use super::*;
    use crate::numeric::math::exp;
    use crate::numeric::random::stream;

    #[test]
    fn scores_have_the_bits_of_trees_walked_row_by_row() {
        let mut random = stream(2, "scoring");
        let rows = 3 * BLOCK + 17;
        let mut draw = |holes: f64, of: &mut dyn FnMut(f64) -> f64| -> Vec<f64> {
            (0..rows)
                .map(|_| {
                    let x = random.random_range(-3.0..3.0);
                    if random.random::<f64>() < holes { f64::NAN } else { of(x) }
                })
                .collect()
        };
        let (a, mut b, c) = (draw(0.0, &mut |x| x), draw(0.3, &mut |x| exp(3.0 * x)), draw(0.1, &mut f64::round));
        let labels: Vec<bool> =
            (0..rows).map(|i| a[i] + if b[i].is_nan() { 1.5 } else { -0.3 } > c[i].max(-1.0)).collect();
        let words: Vec<String> = (0..rows).map(|i| format!("w{}", (i * 7 + usize::from(labels[i])) % 23)).collect();
        (b[3], b[4]) = (f64::INFINITY, f64::NEG_INFINITY);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let matrix = Matrix::new(vec![
            Column::numbers("a", a),
            Column::numbers("b", b),
            Column::numbers("c", c),
            Column::words("w", &words),
        ])
        .expect("a rectangle");
        let asked: [(&str, &[(&str, f64)]); 4] = [
            ("gradient-boosting", &[("trees", 40.0)]),
            ("gradient-boosting", &[("trees", 20.0), ("leaves", 100.0), ("depth", 12.0), ("min_leaf_rows", 1.0)]),
            ("random-forest", &[("trees", 5.0), ("min_leaf_rows", 1.0)]),
            ("extra-trees", &[("trees", 5.0), ("min_leaf_rows", 1.0)]),
        ];
        for (name, changes) in asked {
            let defaults = model_row(name).expect("listed").defaults();
            let settings =
                changes.iter().fold(defaults, |all, (name, value)| all.with(name, *value).expect("in range"));
            let model = fit(&settings, &Lesson::new(&matrix, &labels, 3)).expect("both labels");
            let ensemble = Ensemble::restore(&model.parts()).expect("whole");
            let view = ensemble.view(&matrix).expect("same columns");
            let found = ensemble.sums(&matrix).expect("same columns");
            let scorer = Scorer::new(&ensemble).expect("few sights");
            let mut plain = vec![ensemble.base; BLOCK];
            let mut frame = scorer.frame();
            scorer.fill(&view, &ensemble.sets, 0, BLOCK, &mut frame);
            scorer.add_by(&mut frame, ensemble.scale, &mut plain, select, look_up);
            for (row, sum) in found.iter().enumerate() {
                let walked = ensemble.base + ensemble.scale * ensemble.walk(&view, row);
                assert_eq!(sum.to_bits(), walked.to_bits(), "{name} {row}: {sum} {walked}");
                if let Some(plain) = plain.get(row) {
                    assert_eq!(plain.to_bits(), walked.to_bits(), "{name} {row}, without wide registers");
                }
            }
        }
    }
}
