//! Many rows through many trees: values become one-byte codes once, then each tree is answered for a whole block of rows.
//!
//! A value's code is the number of the ensemble's own thresholds below it, so that each node compares two bytes. Trees of up to 128
//! leaves are answered from the leaves up: a node's answer is that of its left or its right child, for 16 to 64 rows by one
//! instruction, without a branch and without a load that waits for another (the idea of C. Lucchese et al., "QuickScorer", SIGIR
//! 2015, to look at all nodes of a tree and at no path). Larger trees are walked, several rows side by side. Leaves are added in
//! the trees' order, so that a score has the same bits as one that is walked row by row.

use std::collections::BTreeMap;

use super::bins::Bins;
use super::matrix::MISSING_WORD;
use super::splits::contains;
use super::trees::{Ensemble, LEAF, Node, Sight, Tree, View};

/// Rows answered together: their codes and answers stay in the first-level cache.
pub(super) const BLOCK: usize = 256;
/// Rows walked down a tree side by side, so that their loads overlap.
const LANES: usize = 8;
/// The most leaves of a tree that is answered from the leaves up; their numbers are bytes.
const MOST_LEAVES: usize = 128;
/// Beyond this many different sights of columns the codes of a block no longer fit the cache, and rows walk alone.
const MOST_SIGHTS: usize = 512;
/// Buckets in which a value's code is looked up.
const BUCKETS: usize = 1024;
/// As many cuts as a byte can count, and as many again that a full bucket may look at.
const ROOM: usize = 512;

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
        /// By the number of the leaf.
        values: Vec<f64>,
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
        self.add_by(frame, scale, sums, look_up);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn add_avx512(&self, frame: &mut Frame, scale: f64, sums: &mut [f64]) {
        self.add_by(frame, scale, sums, |values, at, leaves| look_up_avx512(values, at, leaves));
    }

    #[inline(always)]
    fn add_by(
        &self,
        frame: &mut Frame,
        scale: f64,
        sums: &mut [f64],
        look_up: impl Fn(&[f64], &[u8; BLOCK], &mut [f64; BLOCK]),
    ) {
        let Frame { codes, answers, leaves } = frame;
        leaves.fill(0.0);
        for tree in &self.trees {
            match tree {
                Program::Select { nodes, values } if nodes.is_empty() => {
                    leaves.iter_mut().for_each(|leaf| *leaf += values[0]);
                }
                Program::Select { nodes, values } => {
                    let (answers, _) = answers.as_chunks_mut::<BLOCK>();
                    for (place, node) in nodes.iter().enumerate().rev() {
                        let (above, below) = answers.split_at_mut(place + 1);
                        let out = &mut above[place];
                        let codes: &[u8; BLOCK] = codes[node.codes..].first_chunk().expect("a block per sight");
                        let below = |inner: usize| &below[inner - place - 1];
                        match (node.left, node.right) {
                            (Child::Leaf(left), Child::Leaf(right)) => {
                                select(out, codes, node.last, |_| left, |_| right);
                            }
                            (Child::Leaf(left), Child::Inner(right)) => {
                                let right = below(right);
                                select(out, codes, node.last, |_| left, |row| right[row]);
                            }
                            (Child::Inner(left), Child::Leaf(right)) => {
                                let left = below(left);
                                select(out, codes, node.last, |row| left[row], |_| right);
                            }
                            (Child::Inner(left), Child::Inner(right)) => {
                                let (left, right) = (below(left), below(right));
                                select(out, codes, node.last, |row| left[row], |row| right[row]);
                            }
                        }
                    }
                    look_up(values, &answers[0], leaves);
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

#[inline(always)]
fn select(
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

/// Adds the value of each row's leaf.
#[inline(always)]
fn look_up(values: &[f64], at: &[u8; BLOCK], leaves: &mut [f64; BLOCK]) {
    // As many as a byte can name: no index needs a check.
    let mut all = [0.0; 256];
    all[..values.len()].copy_from_slice(values);
    for (leaf, &at) in leaves.iter_mut().zip(at) {
        *leaf += all[usize::from(at)];
    }
}

/// As [`look_up`]: up to sixteen leaves stand in two registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw")]
fn look_up_avx512(values: &[f64], at: &[u8; BLOCK], leaves: &mut [f64; BLOCK]) {
    use std::arch::x86_64::{
        _mm_cvtsi64_si128, _mm512_add_pd, _mm512_cvtepu8_epi64, _mm512_loadu_pd, _mm512_permutex2var_pd,
        _mm512_storeu_pd,
    };
    if values.len() > 16 {
        return look_up(values, at, leaves);
    }
    let mut all = [0.0; 16];
    all[..values.len()].copy_from_slice(values);
    // SAFETY: each half has eight numbers, as many as a register.
    let [low, high] = [&all[..8], &all[8..]].map(|half| unsafe { _mm512_loadu_pd(half.as_ptr()) });
    for (at, leaves) in at.as_chunks::<8>().0.iter().zip(leaves.as_chunks_mut::<8>().0) {
        let at = _mm512_cvtepu8_epi64(_mm_cvtsi64_si128(i64::from_le_bytes(*at)));
        let found = _mm512_permutex2var_pd(low, at, high);
        // SAFETY: the chunk has eight numbers, as many as a register.
        unsafe {
            let sum = _mm512_add_pd(_mm512_loadu_pd(leaves.as_ptr()), found);
            _mm512_storeu_pd(leaves.as_mut_ptr(), sum);
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
        Program::Select {
            nodes: tree.nodes.iter().filter(|node| node.column != LEAF).zip(tests).map(choice).collect(),
            values: tree.nodes.iter().filter(|node| node.column == LEAF).map(|node| node.value).collect(),
        }
    }
}

/// A column's thresholds, and where among them a value stands: a bucket that a value's place in their range, or its bits, gives,
/// then the few thresholds of that bucket.
struct Ruler {
    /// Ascending, then infinities: [`ROOM`] in all.
    cuts: Vec<f64>,
    /// The code of what is above all thresholds.
    all: u8,
    /// How many cuts lie in buckets before each; twice [`BUCKETS`], so that no index needs a check.
    base: Vec<u8>,
    /// The most cuts in a bucket.
    most: usize,
    grid: Grid,
}

#[derive(Clone, Copy)]
enum Grid {
    /// Equally wide buckets.
    Even { low: f64, scale: f64 },
    /// Equally many floating-point numbers per bucket: narrow near 0, wide in long tails.
    Bits { low: i64, shift: u32 },
}

impl Grid {
    /// The bucket of a value; never falls when the value grows.
    fn bucket(self, x: f64) -> usize {
        match self {
            Grid::Even { low, scale } => even(x, low, scale),
            Grid::Bits { low, shift } => bits(x, low, shift),
        }
    }
}

/// The bits of a number, in the order of numbers.
#[inline(always)]
fn ordered(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

impl Ruler {
    /// From ascending finite thresholds, at least one.
    fn new(mut cuts: Vec<f64>) -> Ruler {
        let all = cuts.len() as u8;
        // Nothing but missing is above the greatest number: no value has to be compared with it.
        cuts.pop_if(|cut| *cut == f64::MAX);
        let (low, high) = (cuts.first().copied().unwrap_or(0.0), cuts.last().copied().unwrap_or(0.0));
        let width = high - low;
        let scale = if width > 0.0 && width.is_finite() { (BUCKETS as f64 / width).min(f64::MAX) } else { 0.0 };
        let span = ordered(high).abs_diff(ordered(low));
        let shift = (0..63).find(|shift| span >> shift < BUCKETS as u64).unwrap_or(63);
        let grids = [Grid::Even { low, scale }, Grid::Bits { low: ordered(low), shift }];
        let tried = grids.map(|grid| {
            let mut counts = vec![0usize; BUCKETS + 1];
            cuts.iter().for_each(|&cut| counts[grid.bucket(cut)] += 1);
            (counts.iter().copied().max().unwrap_or(0), grid, counts)
        });
        let (most, grid, counts) = tried.into_iter().min_by_key(|tried| tried.0).expect("there are two");
        let mut base: Vec<u8> = counts
            .iter()
            .scan(0, |before, count| {
                *before += count;
                Some((*before - count) as u8)
            })
            .collect();
        base.resize(2 * BUCKETS, 0);
        cuts.resize(ROOM, f64::INFINITY);
        Ruler { cuts, all, base, most, grid }
    }

    /// The last code that is not above a threshold.
    fn place(&self, threshold: f64) -> u8 {
        if threshold == f64::MAX {
            return self.all - 1;
        }
        self.cuts.partition_point(|cut| *cut < threshold) as u8
    }

    /// The number of thresholds below each value.
    fn measure(&self, numbers: &[f64], missing: u8, codes: &mut [u8]) {
        // One loop for each kind of grid and usual bucket: the compiler unrolls it.
        match (self.grid, self.most) {
            (Grid::Even { low, scale }, 0..=2) => self.measure_by(|x| even(x, low, scale), 2, numbers, missing, codes),
            (Grid::Even { low, scale }, 3..=4) => self.measure_by(|x| even(x, low, scale), 4, numbers, missing, codes),
            (Grid::Even { low, scale }, most) => {
                self.measure_by(|x| even(x, low, scale), most, numbers, missing, codes)
            }
            (Grid::Bits { low, shift }, 0..=4) => self.measure_by(|x| bits(x, low, shift), 4, numbers, missing, codes),
            (Grid::Bits { low, shift }, most) => {
                self.measure_by(|x| bits(x, low, shift), most, numbers, missing, codes)
            }
        }
    }

    #[inline(always)]
    fn measure_by(&self, bucket: impl Fn(f64) -> usize, most: usize, numbers: &[f64], missing: u8, codes: &mut [u8]) {
        let base: &[u8; 2 * BUCKETS] = self.base.first_chunk().expect("there are as many");
        let cuts: &[f64; ROOM] = self.cuts.first_chunk().expect("there are as many");
        for (code, &given) in codes.iter_mut().zip(numbers) {
            // Minus zero is zero, and nothing is above the greatest number.
            let x = if given < f64::MAX { given } else { f64::MAX } + 0.0;
            let before = base[bucket(x) % (2 * BUCKETS)];
            let near = &cuts[usize::from(before)..][..most];
            let found = near.iter().fold(before, |found, cut| found + u8::from(*cut < x));
            *code = if given.is_nan() { missing } else { found };
        }
    }
}

/// The bucket of a value by its place in the range.
#[inline(always)]
fn even(x: f64, low: f64, scale: f64) -> usize {
    let place = (x - low) * scale;
    let place = if place > 0.0 { place } else { 0.0 };
    let place = if place < BUCKETS as f64 { place } else { BUCKETS as f64 };
    // So large a number has no fraction: what was added stands rounded in its last bits.
    (place + 4_503_599_627_370_496.0).to_bits() as usize % (2 * BUCKETS)
}

/// The bucket of a value by its bits.
#[inline(always)]
fn bits(x: f64, low: i64, shift: u32) -> usize {
    (ordered(x).saturating_sub(low) >> shift).clamp(0, BUCKETS as i64) as usize
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::super::{Column, Lesson, Matrix, fit, model_row};
    use super::*;
    use crate::numeric::random::stream;

    #[test]
    fn a_code_is_the_number_of_thresholds_below() {
        let mut random = stream(1, "rulers");
        let mut sets = vec![
            vec![0.0],
            vec![-1e300, -3.0, -0.5, 0.0, 1e-300, 0.5, 1e300],
            vec![5e-324, 1.0, f64::MAX],
            vec![f64::MIN, f64::MAX],
            (0..254).map(|i| f64::from(i) - 100.0).collect(),
            (0..255).map(|i| f64::from(i - 127).exp()).collect(),
        ];
        for scale in [1e-12, 1.0, 1e12] {
            sets.push((0..200).map(|_| (random.random_range(-3.0..3.0f64)).exp() * scale).collect());
        }
        for mut cuts in sets {
            cuts.sort_unstable_by(f64::total_cmp);
            cuts.dedup();
            let ruler = Ruler::new(cuts.clone());
            let mut values = vec![0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::NAN, 5e-324];
            values.extend(cuts.iter().flat_map(|&cut| [cut, cut.next_up(), cut.next_down(), -cut]));
            values.extend((0..1000).map(|_| random.random_range(-300.0..300.0f64)));
            let mut codes = vec![0; values.len()];
            ruler.measure(&values, 77, &mut codes);
            for (&x, &code) in values.iter().zip(&codes) {
                let expected = cuts.iter().filter(|cut| **cut < x.min(f64::MAX)).count() as u8;
                assert_eq!(code, if x.is_nan() { 77 } else { expected }, "{x} among {cuts:?}");
            }
            for (place, &cut) in cuts.iter().enumerate() {
                assert_eq!(usize::from(ruler.place(cut)), place);
            }
        }
    }

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
        let (a, mut b, c) = (draw(0.0, &mut |x| x), draw(0.3, &mut |x| (3.0 * x).exp()), draw(0.1, &mut f64::round));
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
            scorer.add_by(&mut frame, ensemble.scale, &mut plain, look_up);
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
