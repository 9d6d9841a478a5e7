//! Small linear programs, exactly the two that planning needs: the model of the dual and the relaxation of the last choices.
//!
//! maximise c·x where A·x ≤ b (or = b) and 0 ≤ x ≤ u, all u finite. With every variable at the bound that its coefficient asks for, the
//! slacks are a dual feasible basis, so the dual simplex method alone solves the program, and solves it again after a bound moved.
//!
//! Source: A. Koberstein, "The dual simplex method, techniques for a fast and stable implementation", Paderborn 2005, algorithm 4 (bounded
//! dual simplex) in the dictionary form of V. Chvátal, "Linear programming", 1983, chapter 8.

/// A bound may be missed by this, and a pivot must be larger than it, in rows whose largest coefficient is about 1.
const TOLERANCE: f64 = 1e-9;

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The values are optimal.
    Optimal,
    /// No values meet all rows.
    Infeasible,
    /// The steps ran out: nothing is known.
    Stalled,
}

/// A program with its current basis.
#[derive(Debug, Clone)]
pub(super) struct Simplex {
    /// Structural variables; slacks follow them.
    structural: usize,
    /// Upper bounds of all variables; lower ones are in `lower`.
    upper: Vec<f64>,
    lower: Vec<f64>,
    /// Values of all variables.
    value: Vec<f64>,
    /// The variable of each row of the dictionary.
    basic: Vec<usize>,
    /// The variable of each column.
    nonbasic: Vec<usize>,
    /// The dictionary, row by row: basic + Σ table·nonbasic is constant.
    table: Vec<f64>,
    /// Objective by column.
    reduced: Vec<f64>,
    objective: f64,
}

/// One row of a program.
pub(super) struct Row {
    /// Variable and coefficient.
    pub terms: Vec<(usize, f64)>,
    /// Right-hand side.
    pub bound: f64,
    /// Whether the row holds with equality.
    pub equal: bool,
}

impl Simplex {
    /// The program with `objective` and finite `upper` bounds by variable.
    pub fn new(objective: &[f64], upper: &[f64], rows: &[Row]) -> Simplex {
        let (n, m) = (objective.len(), rows.len());
        let mut all_upper = upper.to_vec();
        all_upper.extend(rows.iter().map(|row| if row.equal { 0.0 } else { f64::INFINITY }));
        let mut value: Vec<f64> = (0..n).map(|j| if objective[j] > 0.0 { upper[j] } else { 0.0 }).collect();
        let mut table = vec![0.0; n * m];
        for (i, row) in rows.iter().enumerate() {
            row.terms.iter().for_each(|&(j, coefficient)| table[i * n + j] += coefficient);
            let left: f64 = (0..n).map(|j| table[i * n + j] * value[j]).sum();
            value.push(row.bound - left);
        }
        Simplex {
            structural: n,
            upper: all_upper,
            lower: vec![0.0; n + m],
            objective: objective.iter().zip(&value).map(|(c, x)| c * x).sum(),
            value,
            basic: (n..n + m).collect(),
            nonbasic: (0..n).collect(),
            table,
            reduced: objective.to_vec(),
        }
    }

    /// Fixes a structural variable; `solve` makes the rest follow.
    pub fn fix(&mut self, variable: usize, at: f64) {
        (self.lower[variable], self.upper[variable]) = (at, at);
        let Some(column) = self.nonbasic.iter().position(|&other| other == variable) else { return };
        let change = at - self.value[variable];
        self.value[variable] = at;
        self.objective += self.reduced[column] * change;
        let width = self.nonbasic.len();
        for (row, &basic) in self.basic.iter().enumerate() {
            self.value[basic] -= self.table[row * width + column] * change;
        }
    }

    /// Fixes at their bounds all structural variables below `count` whose move would bring the objective to `least` or below.
    /// Source: G. Nemhauser, L. Wolsey, "Integer and combinatorial optimization", 1988, section II.5.2, for variables that are whole.
    pub fn fix_hopeless(&mut self, count: usize, least: f64) {
        for (column, &variable) in self.nonbasic.iter().enumerate() {
            if variable < count && self.objective - self.reduced[column].abs() <= least {
                (self.lower[variable], self.upper[variable]) = (self.value[variable], self.value[variable]);
            }
        }
    }

    /// Values of the structural variables.
    pub fn values(&self) -> &[f64] {
        &self.value[..self.structural]
    }

    /// Cells of the dictionary: what one step costs.
    pub fn cells(&self) -> usize {
        self.table.len()
    }

    /// The objective at the values.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Steps until the values are optimal or cannot be.
    pub fn solve(&mut self) -> End {
        let most = 50 * (self.basic.len() + self.nonbasic.len()) + 200;
        for _ in 0..most {
            let Some((row, target)) = self.leaving() else { return End::Optimal };
            let Some(column) = self.entering(row, target) else { return End::Infeasible };
            self.pivot(row, column, target);
        }
        End::Stalled
    }

    /// The row that misses its bound most, and the bound.
    fn leaving(&self) -> Option<(usize, f64)> {
        let mut worst = (TOLERANCE, None);
        for (row, &variable) in self.basic.iter().enumerate() {
            let value = self.value[variable];
            let below = self.lower[variable] - value;
            let above = value - self.upper[variable];
            let (miss, target) =
                if below > above { (below, self.lower[variable]) } else { (above, self.upper[variable]) };
            if miss > worst.0 * (1.0 + 1e-12) {
                worst = (miss, Some((row, target)));
            }
        }
        worst.1
    }

    /// The column whose objective is the first to change its sign; of equal ones the largest pivot, then the first.
    fn entering(&self, row: usize, target: f64) -> Option<usize> {
        let width = self.nonbasic.len();
        let grows = target > self.value[self.basic[row]];
        let mut best: Option<(f64, f64, usize)> = None;
        for (column, &variable) in self.nonbasic.iter().enumerate() {
            let pivot = self.table[row * width + column];
            if pivot.abs() <= TOLERANCE || self.lower[variable] == self.upper[variable] {
                continue;
            }
            // A variable at its lower bound can only grow.
            let at_lower = self.value[variable] == self.lower[variable];
            if (pivot < 0.0) != (at_lower == grows) {
                continue;
            }
            let ratio = self.reduced[column].abs() / pivot.abs();
            let better = best.is_none_or(|(least, largest, _)| {
                ratio < least * (1.0 - 1e-9) || (ratio <= least * (1.0 + 1e-9) && pivot.abs() > largest)
            });
            if better {
                best = Some((ratio.min(best.map_or(ratio, |b| b.0)), pivot.abs(), column));
            }
        }
        best.map(|(_, _, column)| column)
    }

    fn pivot(&mut self, row: usize, column: usize, target: f64) {
        let (width, leaving, entering) = (self.nonbasic.len(), self.basic[row], self.nonbasic[column]);
        let pivot = self.table[row * width + column];
        let step = (self.value[leaving] - target) / pivot;
        self.objective += self.reduced[column] * step;
        for (other, &basic) in self.basic.iter().enumerate() {
            self.value[basic] -= self.table[other * width + column] * step;
        }
        self.value[entering] += step;
        self.value[leaving] = target;
        let mut own: Vec<f64> = self.table[row * width..(row + 1) * width].iter().map(|cell| cell / pivot).collect();
        own[column] = 1.0 / pivot;
        for other in 0..self.basic.len() {
            let cells = &mut self.table[other * width..(other + 1) * width];
            let factor = cells[column];
            if other == row {
                cells.copy_from_slice(&own);
            } else if factor != 0.0 {
                cells[column] = 0.0;
                cells.iter_mut().zip(&own).for_each(|(cell, own)| *cell -= factor * own);
            }
        }
        let factor = self.reduced[column];
        self.reduced[column] = 0.0;
        self.reduced.iter_mut().zip(&own).for_each(|(cell, own)| *cell -= factor * own);
        (self.basic[row], self.nonbasic[column]) = (entering, leaving);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(terms: &[f64], bound: f64) -> Row {
        Row { terms: terms.iter().copied().enumerate().collect(), bound, equal: false }
    }

    #[test]
    fn matches_chvatal_and_eye() {
        // Chvátal, p. 13: maximise 5x + 4y + 3z; optimum 13 at (2, 0, 1).
        let rows = [row(&[2.0, 3.0, 1.0], 5.0), row(&[4.0, 1.0, 2.0], 11.0), row(&[3.0, 4.0, 2.0], 8.0)];
        let mut program = Simplex::new(&[5.0, 4.0, 3.0], &[100.0; 3], &rows);
        assert_eq!(program.solve(), End::Optimal);
        assert!((program.objective() - 13.0).abs() < 1e-9);
        assert!(program.values().iter().zip([2.0, 0.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-9));
        // After z is fixed at 0: 5x + 4y = 9.2 + ... checked by hand: x = 2.5, y = 0 gives 12.5.
        program.fix(2, 0.0);
        assert_eq!(program.solve(), End::Optimal);
        assert!((program.objective() - 12.5).abs() < 1e-9, "{}", program.objective());
    }

    #[test]
    fn rows_that_contradict_each_other_have_no_values() {
        let rows = [row(&[1.0, 1.0], 1.0), row(&[-1.0, -1.0], -1.5)];
        assert_eq!(Simplex::new(&[1.0, 2.0], &[1.0, 1.0], &rows).solve(), End::Infeasible);
        let equal = Row { terms: vec![(0, 1.0), (1, 1.0)], bound: 1.5, equal: true };
        let mut program = Simplex::new(&[-1.0, -2.0], &[1.0, 1.0], &[equal]);
        assert_eq!(program.solve(), End::Optimal);
        assert!((program.objective() + 2.0).abs() < 1e-12);
    }

    proptest! {
        /// Two variables: the optimum is at one of the points where two lines cross.
        #[test]
        fn equals_the_best_corner(c in prop::array::uniform2(-5i32..6), a in prop::array::uniform8(-4i32..5), b in prop::array::uniform4(-3i32..8)) {
            let f = f64::from;
            let mut lines: Vec<[f64; 3]> = (0..4).map(|i| [f(a[2 * i]), f(a[2 * i + 1]), f(b[i])]).collect();
            let rows: Vec<Row> = lines.iter().map(|l| row(&[l[0], l[1]], l[2])).collect();
            lines.extend([[1.0, 0.0, 3.0], [0.0, 1.0, 2.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]);
            let mut best: Option<f64> = None;
            for i in 0..8 {
                for j in 0..i {
                    let (p, q) = (lines[i], lines[j]);
                    let det = p[0] * q[1] - p[1] * q[0];
                    if det == 0.0 { continue; }
                    let x = [(p[2] * q[1] - p[1] * q[2]) / det, (p[0] * q[2] - p[2] * q[0]) / det];
                    if lines.iter().all(|l| l[0] * x[0] + l[1] * x[1] <= l[2] + 1e-9) {
                        let value = f(c[0]) * x[0] + f(c[1]) * x[1];
                        best = Some(best.map_or(value, |b| b.max(value)));
                    }
                }
            }
            let mut program = Simplex::new(&[f(c[0]), f(c[1])], &[3.0, 2.0], &rows);
            let end = program.solve();
            match best {
                None => prop_assert_eq!(end, End::Infeasible),
                Some(best) => {
                    prop_assert_eq!(end, End::Optimal);
                    prop_assert!((program.objective() - best).abs() < 1e-7, "{} {}", program.objective(), best);
                }
            }
        }
    }
}
