//! The inverse of a large symmetric positive definite matrix, in place, with the same bits at any number of threads.

use rayon::prelude::*;

/// Rows and columns eliminated at a time.
const BLOCK: usize = 64;
/// Columns of the pivot rows that stay in the second-level cache while all rows pass by.
const STRIP: usize = 512;
/// Columns that one innermost loop holds in registers.
const LANES: usize = 32;

/// Inverts an `n` × `n` row-major symmetric positive definite matrix by block Gauss-Jordan elimination without pivoting
/// (stable for such matrices: N. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., §14.4). The pivot
/// blocks are inverted in double precision. Takes n³ multiplications and no memory but two panels.
///
/// Every element is computed by one thread in one order and without fused operations, so neither the number of threads
/// nor the processor's vector width changes a bit.
pub fn invert(a: &mut [f32], n: usize) {
    assert_eq!(a.len(), n * n, "a square matrix is stored row by row");
    let mut pivot_rows = vec![0f32; BLOCK * n];
    for start in (0..n).step_by(BLOCK) {
        let width = BLOCK.min(n - start);
        let mut block = vec![0f64; width * width];
        for row in 0..width {
            for column in 0..width {
                block[row * width + column] = f64::from(a[(start + row) * n + start + column]);
            }
        }
        invert_small(&mut block, width);
        // New pivot rows: the block's inverse times the old rows; the block itself becomes its inverse.
        let old: Vec<f32> = a[start * n..(start + width) * n].to_vec();
        pivot_rows[..width * n].par_chunks_mut(n).enumerate().for_each(|(row, out)| {
            out.fill(0.0);
            for k in 0..width {
                let factor = block[row * width + k] as f32;
                for (out, &old) in out.iter_mut().zip(&old[k * n..(k + 1) * n]) {
                    *out += factor * old;
                }
            }
            for column in 0..width {
                out[start + column] = block[row * width + column] as f32;
            }
        });
        let panel = &pivot_rows[..width * n];
        // Rows in groups of four share each load of the panel.
        let (before, rest) = a.split_at_mut(start * n);
        let (pivots, after) = rest.split_at_mut(width * n);
        pivots.copy_from_slice(panel);
        for part in [before, after] {
            part.par_chunks_mut(4 * n).for_each(|rows| eliminate(rows, n, panel, start, width));
        }
    }
}

/// Subtracts from up to four rows their pivot columns times the pivot rows; the pivot columns themselves are replaced.
fn eliminate(rows: &mut [f32], n: usize, panel: &[f32], start: usize, width: usize) {
    let mut factors = [[0f32; 4]; BLOCK];
    for (r, row) in rows.chunks_mut(n).enumerate() {
        for k in 0..width {
            factors[k][r] = row[start + k];
        }
        // What the inverse has in these columns is minus the product alone.
        row[start..start + width].fill(0.0);
    }
    #[cfg(target_arch = "x86_64")]
    if rows.len() == 4 * n && is_x86_feature_detected!("avx2") {
        // SAFETY: the processor was just asked for the feature that the function is compiled for.
        unsafe { update_avx2(rows, n, panel, &factors, width) };
        return;
    }
    update(rows, n, panel, &factors, width);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn update_avx2(rows: &mut [f32], n: usize, panel: &[f32], factors: &[[f32; 4]; BLOCK], width: usize) {
    update(rows, n, panel, factors, width);
}

/// `rows[r][j] −= Σ_k factors[k][r] · panel[k][j]`, the sum over k in order.
#[inline(always)]
fn update(rows: &mut [f32], n: usize, panel: &[f32], factors: &[[f32; 4]; BLOCK], width: usize) {
    if rows.len() == 4 * n {
        let (first, rest) = rows.split_at_mut(n);
        let (second, rest) = rest.split_at_mut(n);
        let (third, fourth) = rest.split_at_mut(n);
        for strip in (0..n).step_by(STRIP) {
            let end = (strip + STRIP).min(n);
            let mut column = strip;
            while column + LANES <= end {
                let mut sums = [[0f32; LANES]; 4];
                for (k, factor) in factors[..width].iter().enumerate() {
                    let pivot: &[f32; LANES] = panel[k * n + column..k * n + column + LANES]
                        .try_into()
                        .expect("the range is as long as the array");
                    for r in 0..4 {
                        for lane in 0..LANES {
                            sums[r][lane] += factor[r] * pivot[lane];
                        }
                    }
                }
                for (row, sums) in [&mut *first, &mut *second, &mut *third, &mut *fourth].into_iter().zip(&sums) {
                    for (cell, sum) in row[column..column + LANES].iter_mut().zip(sums) {
                        *cell -= sum;
                    }
                }
                column += LANES;
            }
            for column in column..end {
                for (r, row) in [&mut *first, &mut *second, &mut *third, &mut *fourth].into_iter().enumerate() {
                    row[column] -= single(panel, n, column, factors, r, width);
                }
            }
        }
    } else {
        for (r, row) in rows.chunks_mut(n).enumerate() {
            for (column, cell) in row.iter_mut().enumerate() {
                *cell -= single(panel, n, column, factors, r, width);
            }
        }
    }
}

fn single(panel: &[f32], n: usize, column: usize, factors: &[[f32; 4]; BLOCK], r: usize, width: usize) -> f32 {
    let mut sum = 0f32;
    for (k, factor) in factors[..width].iter().enumerate() {
        sum += factor[r] * panel[k * n + column];
    }
    sum
}

/// Gauss-Jordan inversion of one small block.
fn invert_small(a: &mut [f64], n: usize) {
    for pivot in 0..n {
        let scale = 1.0 / a[pivot * n + pivot];
        a[pivot * n + pivot] = 1.0;
        for column in 0..n {
            a[pivot * n + column] *= scale;
        }
        for row in (0..n).filter(|&row| row != pivot) {
            let factor = a[row * n + pivot];
            a[row * n + pivot] = 0.0;
            for column in 0..n {
                a[row * n + column] -= factor * a[pivot * n + column];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand_chacha::rand_core::Rng;

    /// A Gram matrix with a ridge, as the caller has.
    fn gram(n: usize) -> Vec<f32> {
        let mut rng = stream(5, "gram");
        let rows: Vec<Vec<usize>> = (0..3 * n).map(|_| (0..6).map(|_| rng.next_u64() as usize % n).collect()).collect();
        let mut a = vec![0f32; n * n];
        for row in rows {
            for &i in &row {
                for &j in &row {
                    a[i * n + j] += 1.0;
                }
            }
        }
        for i in 0..n {
            a[i * n + i] += 10.0;
        }
        a
    }

    #[test]
    fn the_product_with_the_inverse_is_the_identity() {
        for n in [1, 3, 63, 64, 65, 130, 257] {
            let a = gram(n);
            let mut inverse = a.clone();
            invert(&mut inverse, n);
            for i in 0..n {
                for j in 0..n {
                    let sum: f64 = (0..n).map(|k| f64::from(a[i * n + k]) * f64::from(inverse[k * n + j])).sum();
                    let expected = f64::from(u8::from(i == j));
                    assert!((sum - expected).abs() < 1e-4, "{n}: {i} {j} {sum}");
                }
            }
        }
    }

    #[test]
    fn threads_change_no_bit() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be made");
            let mut a = gram(200);
            pool.install(|| invert(&mut a, 200));
            a.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(with(1), with(2));
    }
}
