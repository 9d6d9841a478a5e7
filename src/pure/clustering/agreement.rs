//! How two segmentations of the same customers agree, and who moved between them.

use std::collections::BTreeMap;

/// The adjusted Rand index of two labellings, element by element: 1 for the same partition whatever the labels are
/// called, 0 on average for unrelated ones.
///
/// L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2, 1985. Two labellings that both put
/// everything together, or both keep everything apart, agree perfectly.
///
/// # Panics
/// When the labellings differ in length.
pub fn adjusted_rand_index(one: &[u32], other: &[u32]) -> f64 {
    assert_eq!(one.len(), other.len(), "labellings of the same elements");
    let pairs = |count: u64| (count as f64) * (count as f64 - 1.0) / 2.0;
    let mut cells: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for (&a, &b) in one.iter().zip(other) {
        *cells.entry((a, b)).or_default() += 1;
    }
    let (mut rows, mut columns): (BTreeMap<u32, u64>, BTreeMap<u32, u64>) = Default::default();
    for (&(a, b), count) in &cells {
        *rows.entry(a).or_default() += count;
        *columns.entry(b).or_default() += count;
    }
    let together: f64 = cells.values().map(|&count| pairs(count)).sum();
    let in_rows: f64 = rows.values().map(|&count| pairs(count)).sum();
    let in_columns: f64 = columns.values().map(|&count| pairs(count)).sum();
    let all = pairs(one.len() as u64);
    let expected = if all > 0.0 { in_rows * in_columns / all } else { 0.0 };
    let most = (in_rows + in_columns) / 2.0;
    if most == expected { 1.0 } else { (together - expected) / (most - expected) }
}

/// Who moved from which segment to which between two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Segments of the former run, ascending: the rows.
    pub from: Vec<u32>,
    /// Segments of the present run, ascending: the columns.
    pub to: Vec<u32>,
    /// Customers by former and present segment.
    pub counts: Vec<Vec<u64>>,
    /// Customers by present segment who were in none before.
    pub entered: Vec<u64>,
    /// Customers by former segment who are in none now.
    pub left: Vec<u64>,
}

impl Migration {
    /// Compares two runs, each given as customer ids, ascending, and their segments.
    pub fn between(former: (&[u32], &[u32]), present: (&[u32], &[u32])) -> Migration {
        let distinct = |segments: &[u32]| {
            let mut segments = segments.to_vec();
            segments.sort_unstable();
            segments.dedup();
            segments
        };
        let (from, to) = (distinct(former.1), distinct(present.1));
        let place = |segments: &[u32], segment: u32| segments.binary_search(&segment).expect("collected above");
        let mut counts = vec![vec![0; to.len()]; from.len()];
        let (mut entered, mut left) = (vec![0; to.len()], vec![0; from.len()]);
        let (mut old, mut new) = (former.0.iter().zip(former.1).peekable(), present.0.iter().zip(present.1).peekable());
        loop {
            match (old.peek(), new.peek()) {
                (Some(&(a, &was)), Some(&(b, &is))) if a == b => {
                    counts[place(&from, was)][place(&to, is)] += 1;
                    old.next();
                    new.next();
                }
                (Some(&(a, &was)), other) if other.is_none_or(|&(b, _)| a < b) => {
                    left[place(&from, was)] += 1;
                    old.next();
                }
                (_, Some(&(_, &is))) => {
                    entered[place(&to, is)] += 1;
                    new.next();
                }
                _ => break,
            }
        }
        Migration { from, to, counts, entered, left }
    }

    /// Share of the customers of both runs who kept their segment; NaN when the runs share nobody.
    pub fn stayed(&self) -> f64 {
        let all: u64 = self.counts.iter().flatten().sum();
        let kept: u64 = self
            .from
            .iter()
            .enumerate()
            .filter_map(|(row, segment)| self.to.binary_search(segment).ok().map(|column| self.counts[row][column]))
            .sum();
        kept as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusted_rand_index_of_known_examples() {
        let check = |one: &[u32], other: &[u32], expected: f64| {
            assert!((adjusted_rand_index(one, other) - expected).abs() < 1e-12);
        };
        check(&[0, 0, 1, 1], &[7, 7, 3, 3], 1.0);
        // the two examples in the documentation of scikit-learn's adjusted_rand_score
        check(&[0, 0, 1, 2], &[0, 0, 1, 1], 4.0 / 7.0);
        check(&[0, 0, 1, 1], &[0, 0, 1, 2], 4.0 / 7.0);
        check(&[0, 0, 0, 0], &[0, 1, 2, 3], 0.0);
        check(&[0, 0, 0], &[1, 1, 1], 1.0);
        check(&[], &[], 1.0);
    }

    #[test]
    fn migration_counts_everybody_once() {
        let migration = Migration::between((&[1, 2, 4, 6], &[0, 0, 1, 1]), (&[2, 3, 4, 6, 9], &[0, 5, 0, 1, 1]));
        assert_eq!((&migration.from[..], &migration.to[..]), (&[0, 1][..], &[0, 1, 5][..]));
        assert_eq!(migration.counts, [vec![1, 0, 0], vec![1, 1, 0]]);
        assert_eq!(migration.entered, [0, 1, 1]);
        assert_eq!(migration.left, [1, 0]);
        assert!((migration.stayed() - 2.0 / 3.0).abs() < 1e-12);
    }
}
