//! Histograms of gradients over binned columns: the inner loop of boosting.
//!
//! Each row's gradient and hessian are whole steps packed into 64 bits (gradient above, hessian below), so one addition
//! counts both, and sums are exact: any division of the rows among threads gives the same histogram. Quantising gradients
//! with random rounding keeps splits unbiased (Y. Shi et al., "Quantized training of gradient boosting decision trees",
//! NeurIPS 2022); here 15 bits are kept, so that the loss is below the noise of any data.

use rayon::prelude::*;

use super::bins::{Binned, Tile};
use super::splits::Sums;
use crate::numeric::random::mix;

/// Gradients are at most this many steps, so that a block of rows cannot overflow 32 bits.
const GRADIENT_STEPS: f64 = 32_767.0;
/// Hessians are at most this many steps.
const HESSIAN_STEPS: f64 = 65_535.0;
/// Rows whose packed sums are safe.
const BLOCK: usize = 65_536;

/// Gradients and hessians of all rows in whole steps.
pub(super) struct Quantised {
    pub packed: Vec<u64>,
    pub gradient_step: f64,
    pub hessian_step: f64,
}

impl Quantised {
    /// Rounds gradients and hessians to steps; `salt` varies the random rounding from tree to tree.
    pub(super) fn new(derivatives: &[(f64, f64)], salt: u64) -> Quantised {
        let largest = derivatives
            .par_chunks(BLOCK)
            .map(|chunk| chunk.iter().fold((0.0f64, 0.0f64), |(g, h), pair| (g.max(pair.0.abs()), h.max(pair.1))))
            .reduce(|| (0.0, 0.0), |a, b| (a.0.max(b.0), a.1.max(b.1)));
        let step = |most: f64, steps: f64| if most > 0.0 { most / steps } else { 1.0 };
        let (gradient_step, hessian_step) = (step(largest.0, GRADIENT_STEPS), step(largest.1, HESSIAN_STEPS));
        let (per_gradient, per_hessian) = (1.0 / gradient_step, 1.0 / hessian_step);
        let packed = derivatives
            .par_iter()
            .with_min_len(BLOCK)
            .enumerate()
            .map(|(row, &(gradient, hessian))| {
                let random = mix(salt ^ row as u64);
                let (low, high) = ((random as u32) as f64, (random >> 32) as f64);
                // Shifted up, truncation is the floor; the shift is taken back afterwards.
                let shifted = gradient * per_gradient + GRADIENT_STEPS + low * PER_U32;
                let gradient = (shifted as u32 as i32 - GRADIENT_STEPS as i32).min(GRADIENT_STEPS as i32);
                let hessian = ((hessian * per_hessian + high * PER_U32) as u32).min(HESSIAN_STEPS as u32);
                pack(gradient, hessian)
            })
            .collect();
        Quantised { packed, gradient_step, hessian_step }
    }
}

const PER_U32: f64 = 1.0 / 4_294_967_296.0;

/// One cell of both.
pub(super) fn pack(gradient: i32, hessian: u32) -> u64 {
    (u64::from(gradient as u32) << 32).wrapping_add(u64::from(hessian))
}

/// One histogram per column, one behind the other.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    pub cells: Vec<Sums>,
}

impl Histogram {
    /// What remains of this one without another.
    pub(super) fn less(mut self, other: &Histogram) -> Histogram {
        for (cell, taken) in self.cells.iter_mut().zip(&other.cells) {
            *cell = cell.less(*taken);
        }
        self
    }
}

/// Where each column's histogram begins, and one end more.
pub(super) fn offsets(codes: impl Iterator<Item = usize>) -> Vec<usize> {
    std::iter::once(0)
        .chain(codes.scan(0, |end, codes| {
            *end += codes;
            Some(*end)
        }))
        .collect()
}

/// The histogram of some rows; columns that are not `wanted` may stay empty.
pub(super) fn count(binned: &Binned, offsets: &[usize], wanted: &[bool], rows: &[u32], packed: &[u64]) -> Histogram {
    let tiles: Vec<&Tile> =
        binned.tiles.iter().filter(|tile| wanted[tile.first..tile.first + tile.width].contains(&true)).collect();
    let mut cells = vec![Sums::default(); offsets[offsets.len() - 1]];
    let threads = rayon::current_num_threads();
    let work = rows.len() * tiles.iter().map(|tile| tile.width).sum::<usize>();
    let mut slices = Vec::with_capacity(tiles.len());
    let (mut rest, mut taken) = (&mut cells[..], 0);
    for tile in &tiles {
        let (start, end) = (offsets[tile.first], offsets[tile.first + tile.width]);
        let (_, behind) = std::mem::take(&mut rest).split_at_mut(start - taken);
        let (slice, behind) = behind.split_at_mut(end - start);
        (rest, taken) = (behind, end);
        slices.push((*tile, slice));
    }
    let fill = |(tile, slice): (&Tile, &mut [Sums])| {
        let ends = &offsets[tile.first..=tile.first + tile.width];
        let parts = if threads > 1 && work > 1 << 17 { (2 * threads).div_ceil(tiles.len()) } else { 1 };
        if parts == 1 {
            return count_tile(tile, ends, rows, packed, slice);
        }
        let counted: Vec<Vec<Sums>> = rows
            .par_chunks(rows.len().div_ceil(parts))
            .map(|rows| {
                let mut cells = vec![Sums::default(); slice.len()];
                count_tile(tile, ends, rows, packed, &mut cells);
                cells
            })
            .collect();
        for part in counted {
            slice.iter_mut().zip(part).for_each(|(cell, other)| *cell = cell.add(other));
        }
    };
    if work > 1 << 15 {
        slices.into_par_iter().for_each(fill);
    } else {
        slices.into_iter().for_each(fill);
    }
    Histogram { cells }
}

fn count_tile(tile: &Tile, ends: &[usize], rows: &[u32], packed: &[u64], cells: &mut [Sums]) {
    // One compiled loop per width: the compiler unrolls it and needs no bounds check.
    let kernel = match tile.width {
        1 => count_width::<1>,
        2 => count_width::<2>,
        3 => count_width::<3>,
        4 => count_width::<4>,
        5 => count_width::<5>,
        6 => count_width::<6>,
        7 => count_width::<7>,
        8 => count_width::<8>,
        9 => count_width::<9>,
        10 => count_width::<10>,
        11 => count_width::<11>,
        12 => count_width::<12>,
        13 => count_width::<13>,
        14 => count_width::<14>,
        15 => count_width::<15>,
        16 => count_width::<16>,
        width => unreachable!("a tile of {width} columns"),
    };
    kernel(&tile.codes, ends, rows, packed, cells);
}

fn count_width<const W: usize>(codes: &[u8], ends: &[usize], rows: &[u32], packed: &[u64], cells: &mut [Sums]) {
    let (lines, _) = codes.as_chunks::<W>();
    let mut table = vec![[0u64; 256]; W];
    let table: &mut [[u64; 256]; W] = table.first_chunk_mut().expect("it has W rows");
    for block in rows.chunks(BLOCK) {
        table.iter_mut().for_each(|column| column.fill(0));
        for &row in block {
            let (line, value) = (&lines[row as usize], packed[row as usize]);
            for column in 0..W {
                let cell = &mut table[column][usize::from(line[column])];
                *cell = cell.wrapping_add(value);
            }
        }
        for (column, range) in table.iter().zip(ends.windows(2)) {
            let cells = &mut cells[range[0] - ends[0]..range[1] - ends[0]];
            for (cell, &packed) in cells.iter_mut().zip(column) {
                *cell = cell.add(Sums::unpack(packed));
            }
        }
    }
}
