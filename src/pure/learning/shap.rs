//! Exact Shapley values of trees, path-dependent.
//!
//! S. Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature Machine
//! Intelligence 2, 2020, algorithm 2: a column that is not known is averaged over both children by their training cover.
//! Time is O(trees × leaves × depth²) per row; trees of few nodes go by [`super::shap_tables`].

use rayon::prelude::*;

use super::model::{Contributions, Scale};
use super::scoring::Scorer;
use super::shap_path::{Step, extend, unwind, unwound_sum};
use super::shap_tables::Tables;
use super::trees::{Ensemble, LEAF, Tree, View};
use super::{LearningError, Matrix};

/// Rows explained together: enough of them to share what a tree adds.
const ROWS: usize = 8192;

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
    let scorer = Scorer::new(ensemble);
    let tables: Vec<Option<(Tables, &[(u32, u8)])>> = match &scorer {
        None => ensemble.trees.iter().map(|_| None).collect(),
        Some(scorer) => ensemble
            .trees
            .par_iter()
            .zip(&scorer.tests)
            .map(|(tree, tests)| Tables::of(tree).map(|tables| (tables, &tests[..])))
            .collect(),
    };
    values.par_chunks_mut(width.max(1) * ROWS).enumerate().for_each_init(
        || room.clone(),
        |room, (chunk, values)| {
            let (first, rows) = (chunk * ROWS, values.len() / width.max(1));
            let codes =
                scorer.as_ref().map(|scorer| scorer.codes(&view, &ensemble.sets, first, rows)).unwrap_or_default();
            let mut sums = vec![0.0; values.len()];
            for (tree, tables) in ensemble.trees.iter().zip(&tables) {
                if let Some((tables, tests)) = tables {
                    tables.add(tests, &codes, rows, &mut sums);
                    continue;
                }
                for place in 0..rows {
                    let walk = Walk { tree, sets: &ensemble.sets, view: &view, row: first + place, apart: rows };
                    let start = Step { column: LEAF, zero: 1.0, one: 1.0, weight: 0.0 };
                    walk.visit(0, 0, room, start, &mut sums[place..]);
                }
            }
            // Column by column until here, row by row for who asked.
            for (column, sums) in sums.chunks_exact(rows.max(1)).enumerate() {
                for (value, sum) in values.iter_mut().skip(column).step_by(width).zip(sums) {
                    *value = ensemble.scale * sum;
                }
            }
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

struct Walk<'a> {
    tree: &'a Tree,
    sets: &'a [[u64; 4]],
    view: &'a View<'a>,
    row: usize,
    /// How far apart the values of neighbouring columns are.
    apart: usize,
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
                values[step.column as usize * self.apart] +=
                    unwound_sum(path, place) * (step.one - step.zero) * here.value;
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

#[cfg(test)]
mod tests {
    use super::super::bins::{Binning, Bins};
    use super::super::trees::Node;
    use super::super::{Column, MODELS, fit};
    use super::*;
    use crate::learning::Lesson;

    /// A tree of depth 4 that meets column 0 up to four times on a path.
    fn example() -> Ensemble {
        const THRESHOLDS: [f64; 21] = [
            0.55, -0.65, -1.25, 0.0, -1.0, 0.0, 0.0, 0.05, -0.2, 0.0, 0.0, -0.4, 0.0, 0.0, 1.65, -0.2, 0.0, 0.8, 0.0,
            0.0, 0.0,
        ];
        const COLUMNS: [i32; 21] = [0, 0, 0, -1, 0, -1, -1, 0, 0, -1, -1, 2, -1, -1, 0, 1, -1, 1, -1, -1, -1];
        const CHILDREN: [[usize; 2]; 21] = [
            [1, 14],
            [2, 7],
            [3, 4],
            [0, 0],
            [5, 6],
            [0, 0],
            [0, 0],
            [8, 11],
            [9, 10],
            [0, 0],
            [0, 0],
            [12, 13],
            [0, 0],
            [0, 0],
            [15, 20],
            [16, 17],
            [0, 0],
            [18, 19],
            [0, 0],
            [0, 0],
            [0, 0],
        ];
        const VALUES: [f64; 21] = [
            0.257167, -0.530652, -1.825385, -2.715, -1.43, -1.88, -1.205, -0.020606, -0.39, -0.67, -0.11, 0.422667,
            0.12, 0.6875, 2.845714, 2.346364, 1.3725, 2.902857, 2.58, 3.333333, 4.676667,
        ];
        const COVERS: [f64; 21] = [
            60.0, 46.0, 13.0, 4.0, 9.0, 3.0, 6.0, 33.0, 18.0, 9.0, 9.0, 15.0, 7.0, 8.0, 14.0, 11.0, 4.0, 7.0, 4.0, 3.0,
            3.0,
        ];
        let mut tree = Tree { nodes: vec![Node::leaf(0.0, 0.0)] };
        let mut open = vec![(0, 0)];
        while let Some((theirs, ours)) = open.pop() {
            tree.nodes[ours].cover = COVERS[theirs];
            if COLUMNS[theirs] < 0 {
                tree.nodes[ours].value = VALUES[theirs];
                continue;
            }
            let left = tree.nodes.len();
            let node = &mut tree.nodes[ours];
            (node.column, node.threshold, node.left) = (COLUMNS[theirs] as u32, THRESHOLDS[theirs], left as u32);
            tree.nodes.extend([Node::leaf(0.0, 0.0); 2]);
            open.extend([(CHILDREN[theirs][0], left), (CHILDREN[theirs][1], left + 1)]);
        }
        let binning =
            Binning { names: ["a", "b", "c"].map(str::to_owned).to_vec(), bins: vec![Bins::Edges(vec![]); 3] };
        Ensemble { binning, trees: vec![tree], sets: vec![], base: 0.0, scale: 1.0 }
    }

    fn questions() -> Matrix {
        Matrix::new(vec![
            Column::numbers("a", vec![0.1, -1.3, 0.9]),
            Column::numbers("b", vec![-0.4, 0.5, 0.9]),
            Column::numbers("c", vec![1.2, 0.0, -0.9]),
        ])
        .expect("a rectangle")
    }

    #[test]
    fn matches_the_shap_package() {
        // shap 0.51.0, TreeExplainer(feature_perturbation="tree_path_dependent") on the same tree.
        let expected = [
            [0.3540833249999998, -0.08927082499999993, 0.16552083333333334],
            [-3.026687508333333, 0.02141667500000001, 0.03310416666666667],
            [2.530042739393939, 0.5839569272727272, -0.03783333333333333],
        ];
        let found = contributions(&example(), &questions(), Scale::LogOdds).expect("same columns");
        assert!((found.base - 0.25716667).abs() < 1e-6);
        for (row, expected) in expected.iter().enumerate() {
            for (found, expected) in found.row(row).iter().zip(expected) {
                assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
            }
        }
    }

    /// The expected value of a tree when only the columns of `known` are.
    fn expectation(tree: &Tree, view: &View, sets: &[[u64; 4]], row: usize, known: u32, node: usize) -> f64 {
        let here = &tree.nodes[node];
        if here.column == LEAF {
            return here.value;
        }
        let left = here.left as usize;
        let below = |child| expectation(tree, view, sets, row, known, child);
        if known >> here.column & 1 == 1 {
            return below(if view.goes_left(here, sets, row) { left } else { left + 1 });
        }
        let (low, high) = (tree.nodes[left].cover, tree.nodes[left + 1].cover);
        (low * below(left) + high * below(left + 1)) / (low + high)
    }

    /// L. Shapley, "A value for n-person games", 1953: the mean over all orders in which columns become known.
    fn by_all_orders(ensemble: &Ensemble, matrix: &Matrix, row: usize) -> Vec<f64> {
        let (view, columns) = (ensemble.view(matrix).expect("same columns"), ensemble.binning.names.len() as u32);
        let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
        let value = |known| -> f64 {
            let tree = |tree: &Tree| expectation(tree, &view, &ensemble.sets, row, known, 0);
            ensemble.scale * ensemble.trees.iter().map(tree).sum::<f64>()
        };
        (0..columns)
            .map(|column| {
                (0..1u32 << columns)
                    .filter(|known| known >> column & 1 == 0)
                    .map(|known| {
                        let size = known.count_ones();
                        let weight = factorial(size) * factorial(columns - size - 1) / factorial(columns);
                        weight * (value(known | 1 << column) - value(known))
                    })
                    .sum()
            })
            .collect()
    }

    #[test]
    fn is_the_mean_over_all_orders() {
        let mut labels = Vec::new();
        let (mut a, mut b, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..300u32 {
            let (x, y) = (f64::from(i * 37 % 101) - 50.0, f64::from(i * 53 % 17));
            a.push(if i % 11 == 0 { f64::NAN } else { x });
            b.push(y);
            words.push(["p", "q", "r", "s", "t", "u"][(i * 7 % 6) as usize]);
            labels.push(x + 4.0 * y > 30.0 || (i % 6 == 2 && i % 4 != 0));
        }
        let columns = vec![Column::numbers("a", a), Column::numbers("b", b), Column::words("w", &words)];
        let matrix = Matrix::new(columns).expect("a rectangle");
        for row in MODELS.iter().filter(|row| row.name != "logistic") {
            let settings = row.defaults().with("trees", 8.0).expect("in range");
            let model = fit(&settings, &Lesson::new(&matrix, &labels, 3)).expect("both labels");
            let ensemble = Ensemble::restore(&model.parts()).expect("whole");
            let found = contributions(&ensemble, &matrix, Scale::LogOdds).expect("same columns");
            for index in [0, 1, 5, 11, 299] {
                for (found, expected) in found.row(index).iter().zip(by_all_orders(&ensemble, &matrix, index)) {
                    assert!((found - expected).abs() < 1e-9, "{}: {found} is not {expected}", row.name);
                }
            }
        }
    }
}
