//! Which cells of a cube may leave the house: none with few customers, and none from which such a cell could be computed.

use std::collections::BTreeMap;

use super::cube::{ALL, Cell, Hidden, Key};

/// A total and the cells that add up to it, by their places.
struct Relation {
    total: usize,
    parts: Vec<usize>,
}

impl Relation {
    fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.total).chain(self.parts.iter().copied())
    }
}

/// Larger systems of hidden cells that hang together are not solved; each total still has two unknowns or none.
const SOLVED: usize = 300;

/// Hides every cell with fewer than `least` customers, and further ones so that no hidden sum follows from what is shown:
///
/// - of a total and its parts none or at least two are hidden, and hidden parts have `least` customers together;
/// - where that does not suffice, because totals of several groupings cross, the linear equations of the hidden cells are solved, and
///   another cell is hidden for each that they determine.
///
/// Primary and complementary suppression of tables of magnitude: A. Hundepool et al., "Statistical Disclosure Control" (2012), chapter 4.
/// The smallest cell that helps is hidden. Intervals into which a hidden cell must fall are not made wider.
pub fn suppress(cells: &mut [Cell], sets: &[u32], least: u64) {
    for cell in cells.iter_mut().filter(|cell| cell.customers < least) {
        cell.hidden = Hidden::Small;
    }
    let relations = relations(cells, sets);
    loop {
        while by_totals(cells, &relations, least) {}
        let determined = determined(cells, &relations);
        if determined.is_empty() {
            return;
        }
        let mut found = false;
        for cell in determined {
            let of_it = relations.iter().filter(|relation| relation.cells().any(|other| other == cell));
            let shown = of_it.flat_map(Relation::cells).filter(|&other| cells[other].hidden == Hidden::No);
            if let Some(other) = shown.min_by_key(|&other| (cells[other].customers, other)) {
                cells[other].hidden = Hidden::Complement;
                found = true;
            }
        }
        if !found {
            return;
        }
    }
}

/// Every total with its parts: of two groupings of which one has all dimensions of the other and more.
fn relations(cells: &[Cell], sets: &[u32]) -> Vec<Relation> {
    let place: BTreeMap<(usize, Key), usize> =
        cells.iter().enumerate().map(|(at, cell)| ((cell.set, cell.key), at)).collect();
    let mut relations = Vec::new();
    for (coarse, &of_total) in sets.iter().enumerate() {
        for (fine, &of_parts) in sets.iter().enumerate() {
            if of_total == of_parts || of_total & of_parts != of_total {
                continue;
            }
            let mut by_total: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.set == fine) {
                let key = std::array::from_fn(|d| if of_total >> d & 1 == 1 { cell.key[d] } else { ALL });
                if let Some(&total) = place.get(&(coarse, key)) {
                    by_total.entry(total).or_default().push(at);
                }
            }
            relations.extend(by_total.into_iter().map(|(total, parts)| Relation { total, parts }));
        }
    }
    relations
}

/// One round over all totals; whether anything was hidden.
fn by_totals(cells: &mut [Cell], relations: &[Relation], least: u64) -> bool {
    let mut changed = false;
    for relation in relations {
        loop {
            let hidden: Vec<usize> = relation.cells().filter(|&at| cells[at].hidden != Hidden::No).collect();
            let customers: u64 = hidden.iter().filter(|&&at| at != relation.total).map(|&at| cells[at].customers).sum();
            let is_total_shown = cells[relation.total].hidden == Hidden::No;
            let is_safe = hidden.is_empty() || hidden.len() > 1 && !(is_total_shown && customers < least);
            if is_safe {
                break;
            }
            let parts = relation.parts.iter().copied().filter(|&at| cells[at].hidden == Hidden::No);
            let next = parts.min_by_key(|&at| (cells[at].customers, at));
            match next {
                Some(at) => cells[at].hidden = Hidden::Complement,
                None if is_total_shown => cells[relation.total].hidden = Hidden::Complement,
                None => break,
            }
            changed = true;
        }
    }
    changed
}

/// A prime below 2^31, so that products fit into 64 bits.
const PRIME: u64 = 2_147_483_647;

/// The hidden cells whose sums follow from the shown ones by linear equations, within systems that are small enough to be solved.
fn determined(cells: &[Cell], relations: &[Relation]) -> Vec<usize> {
    // Systems: hidden cells that share a relation hang together.
    let mut root: Vec<usize> = (0..cells.len()).collect();
    fn find(root: &mut [usize], mut at: usize) -> usize {
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    let hidden_of =
        |relation: &Relation| -> Vec<usize> { relation.cells().filter(|&at| cells[at].hidden != Hidden::No).collect() };
    let rows: Vec<Vec<usize>> = relations.iter().map(hidden_of).filter(|row| !row.is_empty()).collect();
    for row in &rows {
        let first = find(&mut root, row[0]);
        for &other in &row[1..] {
            let other = find(&mut root, other);
            root[other] = first;
        }
    }
    let mut systems: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        systems.entry(find(&mut root, row[0])).or_default().push(at);
    }
    let totals: Vec<usize> =
        relations.iter().filter(|relation| !hidden_of(relation).is_empty()).map(|relation| relation.total).collect();
    let mut determined = Vec::new();
    for equations in systems.values() {
        let mut unknowns: Vec<usize> = equations.iter().flat_map(|&at| rows[at].iter().copied()).collect();
        unknowns.sort_unstable();
        unknowns.dedup();
        if unknowns.len() > SOLVED {
            continue;
        }
        let matrix = equations.iter().map(|&at| {
            let mut row = vec![0_u64; unknowns.len()];
            for &cell in &rows[at] {
                let column = unknowns.binary_search(&cell).expect("all unknowns are listed");
                row[column] = if cell == totals[at] { PRIME - 1 } else { 1 };
            }
            row
        });
        determined.extend(solved(matrix.collect()).into_iter().map(|column| unknowns[column]));
    }
    determined.sort_unstable();
    determined
}

/// The unknowns with one possible value, by elimination modulo a prime: rows of the reduced form with one entry.
fn solved(mut matrix: Vec<Vec<u64>>) -> Vec<usize> {
    let columns = matrix.first().map_or(0, Vec::len);
    let mut done = 0;
    for column in 0..columns {
        let Some(pivot) = (done..matrix.len()).find(|&row| matrix[row][column] != 0) else { continue };
        matrix.swap(done, pivot);
        let inverse = power(matrix[done][column], PRIME - 2);
        matrix[done].iter_mut().for_each(|entry| *entry = *entry * inverse % PRIME);
        let pivot = matrix[done].clone();
        for (row, entries) in matrix.iter_mut().enumerate() {
            let factor = entries[column];
            if row == done || factor == 0 {
                continue;
            }
            for (entry, of_pivot) in entries.iter_mut().zip(&pivot) {
                *entry = (*entry + PRIME - factor * of_pivot % PRIME) % PRIME;
            }
        }
        done += 1;
    }
    let alone = |row: &Vec<u64>| {
        let mut entries = row.iter().enumerate().filter(|(_, entry)| **entry != 0);
        let first = entries.next()?.0;
        entries.next().is_none().then_some(first)
    };
    matrix[..done].iter().filter_map(alone).collect()
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of customers by row and column with its margins: the groupings (row, column), (row), (column), ().
    fn table(counts: &[&[u64]]) -> (Vec<Cell>, [u32; 4]) {
        let mut cells = Vec::new();
        let mut push = |set, row: u32, column: u32, customers| {
            let mut key = [ALL; 6];
            (key[0], key[1]) = (row, column);
            cells.push(Cell {
                set,
                key,
                customers,
                orders: 0,
                lines: 0,
                units: 0,
                revenue: i128::from(customers),
                hidden: Hidden::No,
            });
        };
        for (row, counts) in counts.iter().enumerate() {
            counts.iter().enumerate().for_each(|(column, count)| push(0, row as u32, column as u32, *count));
            push(1, row as u32, ALL, counts.iter().sum());
        }
        for column in 0..counts[0].len() {
            push(2, ALL, column as u32, counts.iter().map(|row| row[column]).sum());
        }
        push(3, ALL, ALL, counts.iter().map(|row| row.iter().sum::<u64>()).sum());
        (cells, [0b11, 0b01, 0b10, 0])
    }

    fn hidden(counts: &[&[u64]], least: u64) -> Vec<(u32, u32, Hidden)> {
        let (mut cells, sets) = table(counts);
        suppress(&mut cells, &sets, least);
        assert!(determined(&cells, &relations(&cells, &sets)).is_empty());
        let hidden = cells.iter().filter(|cell| cell.hidden != Hidden::No);
        hidden.map(|cell| (cell.key[0], cell.key[1], cell.hidden)).collect()
    }

    #[test]
    fn a_small_cell_takes_three_others_with_it() {
        let found = hidden(&[&[3, 20, 30], &[40, 50, 60], &[70, 80, 90]], 10);
        use Hidden::{Complement, Small};
        assert_eq!(found, [(0, 0, Small), (0, 1, Complement), (1, 0, Complement), (1, 1, Complement)]);
        assert!(hidden(&[&[10, 20], &[30, 40]], 10).is_empty());
        assert!(hidden(&[&[1, 2], &[3, 4]], 1).is_empty());
    }

    #[test]
    fn small_cells_that_are_few_together_are_not_a_group_of_their_own() {
        // 1 and 2 of a row of 53 would show three customers.
        let found = hidden(&[&[1, 2, 50, 60], &[40, 50, 60, 70]], 10);
        assert!(found.contains(&(0, 2, Hidden::Complement)), "{found:?}");
    }

    #[test]
    fn a_bridge_between_two_rectangles_is_found_by_its_equations() {
        // Two rectangles of hidden cells, joined by one hidden cell: every line has two unknowns, and the joint is determined.
        let shown = |rows: &[(usize, usize)]| {
            let (mut cells, sets) = table(&[&[50; 4], &[50; 4], &[50; 4], &[50; 4]]);
            for cell in cells.iter_mut().filter(|cell| cell.set == 0) {
                if rows.contains(&(cell.key[0] as usize, cell.key[1] as usize)) {
                    cell.hidden = Hidden::Complement;
                }
            }
            determined(&cells, &relations(&cells, &sets)).len()
        };
        let corners = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)];
        assert_eq!(shown(&corners), 0);
        assert_eq!(shown(&[&corners[..], &[(1, 2)]].concat()), 1);
    }
}
