//! The inverse of a large symmetric positive definite matrix, in place, with the same bits at any number of threads.

use std::ops::Range;

use rayon::prelude::*;

/// Rows and columns swept at a time.
const BLOCK: usize = 64;
/// Columns are subtracted in multiples of this, the widest register's.
const WIDEST: usize = 32;
/// Rows and columns that are transposed together.
const TILE: usize = 32;
/// Rows that share each load of the panel.
const ROWS: usize = 4;

/// Inverts an `n` × `n` row-major symmetric positive definite matrix, of which the lower triangle is read, by sweeping
/// blocks of pivots (A. Beaton, "The use of special matrix operators in statistical calculus", 1964; J. Goodnight, "A
/// tutorial on the SWEEP operator", The American Statistician, 1979). Swept matrices stay symmetric, so that half of
/// each update suffices: n³ / 2 multiplications, and no memory but two panels. The pivot blocks are inverted in double
/// precision.
///
/// Every element is computed by one thread in one order and without fused operations, so neither the number of threads
/// nor the processor's vector width changes a bit.
pub fn invert(a: &mut [f32], n: usize) {
    assert_eq!(a.len(), n * n, "a square matrix is stored row by row");
    let mut old = vec![0f32; BLOCK * n];
    let mut new = vec![0f32; BLOCK * n];
    for start in (0..n).step_by(BLOCK) {
        let width = BLOCK.min(n - start);
        sweep(a, n, start, width, &mut old[..width * n], &mut new[..width * n]);
    }
    // Tile by tile, so that neither side of the diagonal is walked against the grain.
    for top in (0..n).step_by(TILE) {
        for left in (0..=top).step_by(TILE) {
            for row in top..(top + TILE).min(n) {
                for column in left..(left + TILE).min(row + 1) {
                    let value = -a[row * n + column];
                    a[row * n + column] = value;
                    a[column * n + row] = value;
                }
            }
        }
    }
}

/// Sweeps the pivots `start..start + width`: with P the pivot block and C the rest of its rows, P becomes −P⁻¹, C becomes
/// P⁻¹C, and what is neither loses CᵀP⁻¹C.
fn sweep(a: &mut [f32], n: usize, start: usize, width: usize, old: &mut [f32], new: &mut [f32]) {
    let end = start + width;
    for k in 0..width {
        let row = (start + k) * n;
        old[k * n..k * n + start + k].copy_from_slice(&a[row..row + start + k]);
    }
    for top in (start..n).step_by(TILE) {
        for k in 0..width {
            for row in top.max(start + k)..(top + TILE).min(n) {
                old[k * n + row] = a[row * n + start + k];
            }
        }
    }
    let mut block: Vec<f64> =
        (0..width * width).map(|at| f64::from(old[at / width * n + start + at % width])).collect();
    invert_small(&mut block, width);
    new.par_chunks_mut(n).enumerate().for_each(|(k, out)| {
        out.fill(0.0);
        for (factor, old) in block[k * width..(k + 1) * width].iter().zip(old.chunks(n)) {
            for (out, &old) in out.iter_mut().zip(old) {
                *out += *factor as f32 * old;
            }
        }
        for column in 0..width {
            out[start + column] = -block[k * width + column] as f32;
        }
    });
    let (old, new) = (&*old, &*new);
    a.par_chunks_mut(ROWS * n).enumerate().for_each(|(group, rows)| {
        let first = group * ROWS;
        let count = rows.len() / n;
        let mut factors = [[0f32; ROWS]; BLOCK];
        for (k, factors) in factors[..width].iter_mut().enumerate() {
            factors[..count].copy_from_slice(&old[k * n + first..k * n + first + count]);
        }
        // The diagonal of the last row lies within; what is above a diagonal is never read.
        let columns = (first + count).next_multiple_of(WIDEST).min(n);
        subtract(rows, n, columns, new, &factors[..width]);
        for (r, row) in rows.chunks_mut(n).enumerate() {
            let at = first + r;
            if (start..end).contains(&at) {
                row[..end].copy_from_slice(&new[(at - start) * n..(at - start) * n + end]);
            } else if at >= end {
                for k in 0..width {
                    row[start + k] = new[k * n + at];
                }
            }
        }
    });
}

/// `rows[r][j] −= Σ_k factors[k][r] · panel[k][j]` for the first `columns` columns, the sum over k in order.
fn subtract(rows: &mut [f32], n: usize, columns: usize, panel: &[f32], factors: &[[f32; ROWS]]) {
    let whole = if rows.len() == ROWS * n { subtract_wide(rows, n, columns, panel, factors) } else { 0 };
    subtract_plain(rows, n, whole..columns, panel, factors);
}

fn subtract_plain(rows: &mut [f32], n: usize, columns: Range<usize>, panel: &[f32], factors: &[[f32; ROWS]]) {
    for (r, row) in rows.chunks_exact_mut(n).enumerate() {
        for column in columns.clone() {
            let terms = factors.iter().zip(panel.chunks_exact(n));
            row[column] -= terms.fold(0f32, |sum, (factor, panel)| sum + factor[r] * panel[column]);
        }
    }
}

/// The same for a full group of rows, as far as whole registers reach; returns how many columns that are.
fn subtract_wide(rows: &mut [f32], n: usize, columns: usize, panel: &[f32], factors: &[[f32; ROWS]]) -> usize {
    assert!(columns <= n && rows.len() == ROWS * n && panel.len() == factors.len() * n);
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor was just asked for the feature; the assertion holds every row and the panel.
        return unsafe { subtract_avx512(rows, n, columns, panel, factors) };
    } else if is_x86_feature_detected!("avx2") {
        // SAFETY: as above.
        return unsafe { subtract_avx2(rows, n, columns, panel, factors) };
    }
    0
}

/// A register of columns of each row is held over all k. Compilers find these registers in plain loops only sometimes, and
/// the difference is tenfold.
///
/// # Safety
/// `rows` holds `ROWS` rows of `n`, `panel` one row of `n` for each of `factors`, and `columns` is at most `n`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn subtract_avx512(rows: &mut [f32], n: usize, columns: usize, panel: &[f32], factors: &[[f32; ROWS]]) -> usize {
    use std::arch::x86_64::{
        _mm512_add_ps, _mm512_loadu_ps, _mm512_mul_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
        _mm512_sub_ps,
    };
    const LANES: usize = 16;
    let whole = columns - columns % (2 * LANES);
    for column in (0..whole).step_by(2 * LANES) {
        let mut sums = [[_mm512_setzero_ps(); 2]; ROWS];
        for (k, factor) in factors.iter().enumerate() {
            // SAFETY: `column + 2 * LANES <= columns <= n`, so both loads end within row k of the panel.
            let pivots = unsafe {
                let at = panel.as_ptr().add(k * n + column);
                [_mm512_loadu_ps(at), _mm512_loadu_ps(at.add(LANES))]
            };
            for r in 0..ROWS {
                let factor = _mm512_set1_ps(factor[r]);
                sums[r][0] = _mm512_add_ps(sums[r][0], _mm512_mul_ps(factor, pivots[0]));
                sums[r][1] = _mm512_add_ps(sums[r][1], _mm512_mul_ps(factor, pivots[1]));
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                // SAFETY: as above, within row r.
                unsafe {
                    let at = rows.as_mut_ptr().add(r * n + column + half * LANES);
                    _mm512_storeu_ps(at, _mm512_sub_ps(_mm512_loadu_ps(at), *sum));
                }
            }
        }
    }
    whole
}

/// [`subtract_avx512`] with registers half as wide.
///
/// # Safety
/// As there.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn subtract_avx2(rows: &mut [f32], n: usize, columns: usize, panel: &[f32], factors: &[[f32; ROWS]]) -> usize {
    use std::arch::x86_64::{
        _mm256_add_ps, _mm256_loadu_ps, _mm256_mul_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
        _mm256_sub_ps,
    };
    const LANES: usize = 8;
    let whole = columns - columns % (2 * LANES);
    for column in (0..whole).step_by(2 * LANES) {
        let mut sums = [[_mm256_setzero_ps(); 2]; ROWS];
        for (k, factor) in factors.iter().enumerate() {
            // SAFETY: `column + 2 * LANES <= columns <= n`, so both loads end within row k of the panel.
            let pivots = unsafe {
                let at = panel.as_ptr().add(k * n + column);
                [_mm256_loadu_ps(at), _mm256_loadu_ps(at.add(LANES))]
            };
            for r in 0..ROWS {
                let factor = _mm256_set1_ps(factor[r]);
                sums[r][0] = _mm256_add_ps(sums[r][0], _mm256_mul_ps(factor, pivots[0]));
                sums[r][1] = _mm256_add_ps(sums[r][1], _mm256_mul_ps(factor, pivots[1]));
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                // SAFETY: as above, within row r.
                unsafe {
                    let at = rows.as_mut_ptr().add(r * n + column + half * LANES);
                    _mm256_storeu_ps(at, _mm256_sub_ps(_mm256_loadu_ps(at), *sum));
                }
            }
        }
    }
    whole
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

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn registers_of_any_width_change_no_bit() {
        let n = 77;
        let mut rng = stream(6, "registers");
        let mut draw = |count: usize| -> Vec<f32> { (0..count).map(|_| rng.next_u32() as f32 / 1e9 - 2.0).collect() };
        let (rows, panel) = (draw(ROWS * n), draw(BLOCK * n));
        let factors: Vec<[f32; ROWS]> = draw(BLOCK * ROWS).as_chunks().0.to_vec();
        for columns in [0, 5, 16, 33, 64, 77] {
            let mut plain = rows.clone();
            subtract_plain(&mut plain, n, 0..columns, &panel, &factors);
            let mut reached = Vec::new();
            if is_x86_feature_detected!("avx512f") {
                let mut wide = rows.clone();
                // SAFETY: the processor has the feature, and the lengths are those asked for.
                reached.push((unsafe { subtract_avx512(&mut wide, n, columns, &panel, &factors) }, wide));
            }
            if is_x86_feature_detected!("avx2") {
                let mut wide = rows.clone();
                // SAFETY: as above.
                reached.push((unsafe { subtract_avx2(&mut wide, n, columns, &panel, &factors) }, wide));
            }
            for (whole, mut wide) in reached {
                assert!(columns - whole < WIDEST);
                subtract_plain(&mut wide, n, whole..columns, &panel, &factors);
                assert!(plain.iter().zip(&wide).all(|(a, b)| a.to_bits() == b.to_bits()), "{columns} columns");
            }
        }
    }
}
