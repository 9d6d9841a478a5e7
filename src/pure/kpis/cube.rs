//! Cubes: several groupings of the order lines in one pass, as SQL's GROUPING SETS.
//!
//! Sums of lines roll up; distinct customers and orders do not, nor do ratios: each grouping counts them from the lines. What a
//! total leaves out and what has no value in the data are told apart by the grouping's bits.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::periods::Periods;
use crate::orders::{AsOf, NONE};

/// Most dimensions of a cube.
pub const MOST_DIMENSIONS: usize = 6;

/// In a key: the dimension is not part of the grouping.
pub const ALL: u32 = u32::MAX;

/// By what a line has a value of a dimension; a value is a number, [`NONE`] where it is not known.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// The period of its time; lines outside all periods are left out of the cube.
    Period(&'a Periods),
    /// Its customer.
    Customer(&'a [u32]),
    /// Its order.
    Order(&'a [u32]),
    /// Its own category.
    Category,
}

/// The value of each dimension, up to [`MOST_DIMENSIONS`]; [`ALL`] where it is not part of the grouping.
pub type Key = [u32; MOST_DIMENSIONS];

/// Why a cell is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// It is shown.
    No,
    /// Too few customers.
    Small,
    /// Others could be computed from it.
    Complement,
}

impl Hidden {
    /// How tables name it; empty for a cell that is shown.
    pub fn name(self) -> &'static str {
        match self {
            Hidden::No => "",
            Hidden::Small => "small",
            Hidden::Complement => "complement",
        }
    }
}

/// One cell of one grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The grouping, by its place.
    pub set: usize,
    /// The values of the dimensions.
    pub key: Key,
    /// Distinct customers and distinct orders.
    pub customers: u64,
    pub orders: u64,
    /// Lines.
    pub lines: u64,
    /// Pieces, in thousandths, and money, in ten-thousandths of the currency unit.
    pub units: i128,
    pub revenue: i128,
    /// Whether it may be shown.
    pub hidden: Hidden,
}

impl Cell {
    fn empty(set: usize, key: Key) -> Cell {
        Cell { set, key, customers: 0, orders: 0, lines: 0, units: 0, revenue: 0, hidden: Hidden::No }
    }

    fn join(&mut self, other: &Cell) {
        self.customers += other.customers;
        self.orders += other.orders;
        self.lines += other.lines;
        self.units += other.units;
        self.revenue += other.revenue;
    }
}

/// The bits of SQL's `GROUPING(first, second, …)`: 1 where a dimension is left out, the last dimension lowest. `set` has a bit for each
/// dimension that it groups by, the first dimension lowest.
pub fn grouping_bits(set: u32, dimensions: usize) -> i64 {
    (0..dimensions).fold(0, |bits, dimension| bits << 1 | i64::from(set >> dimension & 1 == 0))
}

/// Cells under their keys, while they are counted.
#[derive(Default)]
struct Table {
    place: FxHashMap<(usize, Key), usize>,
    cells: Vec<Cell>,
}

impl Table {
    fn cell(&mut self, set: usize, key: Key) -> usize {
        *self.place.entry((set, key)).or_insert_with(|| {
            self.cells.push(Cell::empty(set, key));
            self.cells.len() - 1
        })
    }
}

/// The cells of every grouping, by grouping and key. `sets` are bits of the dimensions that each groups by, the first dimension lowest;
/// equal ones are counted once.
///
/// # Panics
/// With more than [`MOST_DIMENSIONS`] dimensions.
pub fn cube(known: AsOf, dimensions: &[By], sets: &[u32]) -> Vec<Cell> {
    assert!(dimensions.len() <= MOST_DIMENSIONS, "settings allow no more");
    let one = |mut table: Table, customer: u32| {
        let lines = known.lines(customer);
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        let mut ordered: FxHashSet<(usize, u32)> = FxHashSet::default();
        for row in 0..lines.len() {
            let value = |by: &By| match by {
                By::Period(periods) => periods.of(lines.time[row]).map(|period| period as u32),
                By::Customer(of) => Some(of.get(customer as usize).copied().unwrap_or(NONE)),
                By::Order(of) => Some(of.get(lines.order[row] as usize).copied().unwrap_or(NONE)),
                By::Category => Some(lines.category.map_or(NONE, |category| category[row])),
            };
            let mut whole = [ALL; MOST_DIMENSIONS];
            let mut is_outside = false;
            for (at, by) in dimensions.iter().enumerate() {
                match value(by) {
                    // NONE is the number that stands for "all" in keys: what is not known is the one before it.
                    Some(value) => whole[at] = if value == NONE { UNKNOWN } else { value },
                    None => is_outside = true,
                }
            }
            if is_outside {
                continue;
            }
            for (place, set) in sets.iter().enumerate() {
                if sets[..place].contains(set) {
                    continue;
                }
                let key = std::array::from_fn(|at| if set >> at & 1 == 1 { whole[at] } else { ALL });
                let cell = table.cell(place, key);
                let is_new = seen.insert(cell);
                let is_new_order = ordered.insert((cell, lines.order[row]));
                let cell = &mut table.cells[cell];
                cell.customers += u64::from(is_new);
                cell.orders += u64::from(is_new_order);
                cell.lines += 1;
                cell.units += i128::from(lines.quantity[row]);
                cell.revenue += i128::from(lines.amount[row]);
            }
        }
        table
    };
    let table = (0..known.customers() as u32).into_par_iter().with_min_len(1_024).fold(Table::default, one).reduce(
        Table::default,
        |mut one, other| {
            for cell in &other.cells {
                let at = one.cell(cell.set, cell.key);
                one.cells[at].join(cell);
            }
            one
        },
    );
    let mut cells = table.cells;
    cells.sort_unstable_by_key(|cell| (cell.set, cell.key));
    cells
}

/// In a key: the data have no value.
pub const UNKNOWN: u32 = u32::MAX - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_sql() {
        // GROUPING(a, b, c) of the grouping (a, c) is 010, of () 111.
        assert_eq!(grouping_bits(0b101, 3), 0b010);
        assert_eq!(grouping_bits(0b001, 3), 0b011);
        assert_eq!((grouping_bits(0, 3), grouping_bits(0b111, 3)), (7, 0));
    }
}
