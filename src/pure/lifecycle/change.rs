//! Which arrow of a migration matrix differs from the step before.

use super::matrix::Matrix;
use crate::numeric::chi_square::chi_square_tail;
use crate::numeric::erf::erfc;

/// The chance with which any row is called different although nothing changed.
const ALPHA: f64 = 0.05;
/// Cells with a smaller expected count are tested together.
const LEAST_EXPECTED: f64 = 5.0;

/// A cell of two matrices, compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrow {
    /// From and to which class.
    pub from: usize,
    /// See `from`.
    pub to: usize,
    /// Shares before and now, from 0 to 1.
    pub before: f64,
    /// See `before`.
    pub now: f64,
    /// The difference in its standard errors; 0 where both shares are 0 or 1.
    pub z: f64,
    /// The chance of a difference this large of the whole row if nothing had changed, multiplied by the number of rows tested.
    pub row_p: f64,
    /// Whether the row differs and this arrow is one of those why.
    pub changed: bool,
}

/// Compares each row of two matrices of one size by a χ² test of homogeneity, Bonferroni over the rows. Within a row that differs, an
/// arrow has changed when its difference of two shares does so too (S. Holm, 1979, over the row's arrows), and always the one with the
/// largest difference. Rows without customers in one of the matrices are left out.
pub fn changed_arrows(before: &Matrix, now: &Matrix) -> Vec<Arrow> {
    let size = before.size().min(now.size());
    let tested: Vec<usize> = (0..size).filter(|&row| before.starting(row) > 0 && now.starting(row) > 0).collect();
    let mut arrows = Vec::new();
    for &from in &tested {
        let row_p = (row_test(before.row(from), now.row(from)) * tested.len() as f64).min(1.0);
        let mut row: Vec<Arrow> = (0..size).map(|to| arrow(before, now, from, to, row_p)).collect();
        row.retain(|arrow| arrow.before > 0.0 || arrow.now > 0.0);
        if row_p <= ALPHA {
            mark(&mut row);
        }
        arrows.append(&mut row);
    }
    arrows
}

/// The chance of two rows of counts as different as these from one distribution.
fn row_test(before: &[u64], now: &[u64]) -> f64 {
    let (m, n): (u64, u64) = (before.iter().sum(), now.iter().sum());
    let all = (m + n) as f64;
    let (mut cells, mut rare): (Vec<(f64, f64)>, (f64, f64)) = (Vec::new(), (0.0, 0.0));
    for (&a, &b) in before.iter().zip(now).filter(|(a, b)| **a + **b > 0) {
        let fewest = (a + b) as f64 * m.min(n) as f64 / all;
        if fewest < LEAST_EXPECTED {
            rare = (rare.0 + a as f64, rare.1 + b as f64);
        } else {
            cells.push((a as f64, b as f64));
        }
    }
    if rare.0 + rare.1 > 0.0 {
        cells.push(rare);
    }
    let square = |found: f64, expected: f64| (found - expected) * (found - expected) / expected;
    let chi: f64 =
        cells.iter().map(|(a, b)| square(*a, (a + b) * m as f64 / all) + square(*b, (a + b) * n as f64 / all)).sum();
    chi_square_tail(chi, cells.len().saturating_sub(1) as u32)
}

fn arrow(before: &Matrix, now: &Matrix, from: usize, to: usize, row_p: f64) -> Arrow {
    let (m, n) = (before.starting(from) as f64, now.starting(from) as f64);
    let (p, q) = (before.share(from, to), now.share(from, to));
    let pooled = (before.count(from, to) + now.count(from, to)) as f64 / (m + n);
    let error = (pooled * (1.0 - pooled) * (1.0 / m + 1.0 / n)).sqrt();
    let z = if error > 0.0 { (q - p) / error } else { 0.0 };
    Arrow { from, to, before: p, now: q, z, row_p, changed: false }
}

/// Marks the arrows of a row that differs.
fn mark(row: &mut [Arrow]) {
    let mut order: Vec<usize> = (0..row.len()).collect();
    order.sort_by(|&a, &b| row[b].z.abs().total_cmp(&row[a].z.abs()).then(a.cmp(&b)));
    for (rank, &place) in order.iter().enumerate() {
        let p = erfc(row[place].z.abs() / std::f64::consts::SQRT_2);
        if rank > 0 && p * (order.len() - rank) as f64 > ALPHA {
            break;
        }
        row[place].changed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    fn matrix(rows: &[&[u64]]) -> Matrix {
        let mut matrix = Matrix::new(rows.len());
        for (from, row) in rows.iter().enumerate() {
            for (to, &count) in row.iter().enumerate() {
                (0..count).for_each(|_| matrix.add(from, to));
            }
        }
        matrix
    }

    #[test]
    fn the_arrow_that_changed_is_named() {
        let before = matrix(&[&[800, 150, 50], &[100, 700, 200], &[0, 0, 0]]);
        let now = matrix(&[&[805, 144, 51], &[100, 500, 400], &[0, 0, 5]]);
        let arrows = changed_arrows(&before, &now);
        assert_eq!(arrows.len(), 6, "the third row had nobody");
        let changed: Vec<(usize, usize)> = arrows.iter().filter(|a| a.changed).map(|a| (a.from, a.to)).collect();
        assert_eq!(changed, [(1, 1), (1, 2)]);
        // χ² of the second row: 2·(100²/600) + 2·(100²/300) = 100 with 2 degrees of freedom, two rows tested.
        let exact = 2.0 * crate::numeric::math::exp(-50.0);
        assert!((arrows[3].row_p / exact - 1.0).abs() < 1e-9, "{arrows:?}");
        assert!((arrows[5].z - 0.2 / (0.3_f64 * 0.7 * 0.002).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn where_nothing_changed_hardly_anything_is_named() {
        // 400 pairs of matrices from one: at most about one in twenty may be called different (and 5 % of 400 is 20).
        let shares = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.02, 0.08, 0.9]];
        let mut random = stream(3, "arrows");
        let mut draw = || {
            let mut matrix = Matrix::new(3);
            for (from, row) in shares.iter().enumerate() {
                for _ in 0..300 {
                    let at: f64 = random.random();
                    matrix.add(from, if at < row[0] { 0 } else { 1 + usize::from(at >= row[0] + row[1]) });
                }
            }
            matrix
        };
        let called = (0..400).filter(|_| changed_arrows(&draw(), &draw()).iter().any(|arrow| arrow.changed)).count();
        assert!((5..=32).contains(&called), "{called}");
    }
}
