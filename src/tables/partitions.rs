//! Tables that are sorted by customer, cut so that no customer lies in two row groups, and the parts in which they are worked on.

use std::ops::Range;
use std::path::Path;

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use super::parquet_read::metadata_of;
use crate::diagnostics::Result;

/// The column that tables are sorted by.
pub const SORTED_BY: &str = "customer";

/// Where the row groups of rows sorted by customer begin and end: at the first change of customer after `least` rows.
/// `begins(row)` says whether a row has another customer than the row before.
///
/// The cuts depend on the rows alone, and not on how the work on them was divided.
pub fn groups_of(rows: usize, least: usize, begins: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut from = 0;
    while from < rows {
        let end = (from + least.max(1)..rows).find(|&row| begins(row)).unwrap_or(rows);
        groups.push(from..end);
        from = end;
    }
    groups
}

/// Some customers of a shop: a run of row groups of a table that is sorted by customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Row groups of that table.
    pub groups: Range<usize>,
    /// The first customer of each of these row groups but the first.
    pub cuts: Vec<String>,
    /// The first customer of the part; none for the first part.
    pub from: Option<String>,
    /// The first customer after it; none for the last part.
    pub until: Option<String>,
}

impl Part {
    /// Everything, however the table is sorted.
    fn whole(groups: usize) -> Part {
        Part { groups: 0..groups, cuts: Vec::new(), from: None, until: None }
    }

    /// Whether a customer is one of the part's.
    pub fn has(&self, customer: &str) -> bool {
        self.from.as_deref().is_none_or(|from| from <= customer)
            && self.until.as_deref().is_none_or(|until| customer < until)
    }

    /// The row groups of another table that may have rows of the part's customers: those of a table sorted by customer, or all.
    pub fn groups_in(&self, path: &Path) -> Result<Vec<usize>> {
        let metadata = metadata_of(path)?;
        let groups = metadata.metadata().row_groups();
        let holds = |group: &RowGroupMetaData| match customers_of(group) {
            Some((first, last)) => {
                self.until.as_ref().is_none_or(|until| first < *until)
                    && self.from.as_ref().is_none_or(|from| *from <= last)
            }
            None => true,
        };
        Ok((0..groups.len()).filter(|&group| holds(&groups[group])).collect())
    }
}

/// The parts of a table of at least `least` rows each, but for the last; one part where the table is not sorted by customer.
///
/// # Errors
/// When the file cannot be read.
pub fn parts_of(path: &Path, least: u64) -> Result<Vec<Part>> {
    let metadata = metadata_of(path)?;
    let groups = metadata.metadata().row_groups();
    let Some(customers) = groups.iter().map(customers_of).collect::<Option<Vec<(String, String)>>>() else {
        return Ok(vec![Part::whole(groups.len())]);
    };
    if customers.is_empty() || customers.windows(2).any(|pair| pair[0].1 >= pair[1].0) {
        return Ok(vec![Part::whole(groups.len())]);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut rows = 0;
    for (group, (first, _)) in customers.into_iter().enumerate() {
        match parts.last_mut().filter(|_| rows < least) {
            Some(part) => {
                part.groups.end += 1;
                part.cuts.push(first);
            }
            None => {
                let from = (group > 0).then(|| first.clone());
                if let Some(before) = parts.last_mut() {
                    before.until.clone_from(&from);
                }
                parts.push(Part { groups: group..group + 1, cuts: Vec::new(), from, until: None });
                rows = 0;
            }
        }
        rows += groups[group].num_rows() as u64;
    }
    Ok(parts)
}

/// The runs of row groups of a table of at least `least` rows each, but for the last, wherever customers begin; one run without
/// row groups where there is no row.
///
/// # Errors
/// When the file cannot be read.
pub fn runs_of(path: &Path, least: u64) -> Result<Vec<Range<usize>>> {
    let metadata = metadata_of(path)?;
    let (mut runs, mut rows) = (Vec::<Range<usize>>::new(), 0);
    for (group, facts) in metadata.metadata().row_groups().iter().enumerate() {
        match runs.last_mut() {
            Some(run) if rows < least => run.end += 1,
            _ => {
                runs.push(group..group + 1);
                rows = 0;
            }
        }
        rows += facts.num_rows() as u64;
    }
    if runs.is_empty() {
        runs.push(0..0);
    }
    Ok(runs)
}

/// The first and the last customer of a row group that is sorted by customer; nothing where that is not known.
fn customers_of(group: &RowGroupMetaData) -> Option<(String, String)> {
    let place = group.columns().iter().position(|column| column.column_path().string() == SORTED_BY)?;
    let sorted = group.sorting_columns()?.first()?;
    if sorted.column_idx as usize != place || sorted.descending {
        return None;
    }
    let Some(Statistics::ByteArray(range)) = group.column(place).statistics() else { return None };
    if !(range.min_is_exact() && range.max_is_exact()) {
        return None;
    }
    let text = |value: &parquet::data_type::ByteArray| String::from_utf8(value.data().to_vec()).ok();
    Some((text(range.min_opt()?)?, text(range.max_opt()?)?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{RecordBatch, StringArray};
    use proptest::prelude::*;

    use super::super::extract::Batches;
    use super::super::parquet_write::TableWriter;
    use super::*;

    /// A table of customers with row groups cut after `least` rows; empty cells come last.
    fn written(path: &Path, customers: &[Option<u8>], least: usize, sorted: bool) {
        let names: StringArray = customers.iter().map(|c| c.map(|c| format!("c{c:03}"))).collect();
        let batch =
            RecordBatch::try_from_iter_with_nullable([(SORTED_BY, Arc::new(names) as _, true)]).expect("one column");
        let create = if sorted { TableWriter::create_sorted } else { TableWriter::create };
        let mut writer = create(path, batch.schema()).expect("a table");
        let groups = groups_of(customers.len(), least, |row| customers[row] != customers[row - 1]);
        writer.write_groups(&groups, |range| batch.slice(range.start, range.len())).expect("rows");
        writer.finish().expect("a file");
    }

    fn names(path: &Path, groups: &[usize]) -> Vec<Option<String>> {
        let table = Batches::read_groups(path, &[SORTED_BY], Some(groups)).expect("a table");
        table.texts(SORTED_BY).expect("texts")
    }

    proptest! {
        #[test]
        fn each_customer_is_in_one_part(mut lines in prop::collection::vec(0..30u8, 1..80), mut others in prop::collection::vec(prop::option::of(0..40u8), 0..40), least in 1..9usize, rows in 1..40u64) {
            let folder = tempfile::tempdir().expect("a folder");
            let (path, other) = (folder.path().join("lines"), folder.path().join("others"));
            lines.sort_unstable();
            others.sort_unstable_by_key(|customer| (customer.is_none(), *customer));
            let lines: Vec<Option<u8>> = lines.into_iter().map(Some).collect();
            written(&path, &lines, least, true);
            written(&other, &others, least, true);
            let parts = parts_of(&path, rows).expect("parts");
            let (mut all, mut beside) = (Vec::new(), Vec::new());
            for part in &parts {
                let own = names(&path, &part.groups.clone().collect::<Vec<_>>());
                prop_assert!(own.iter().flatten().all(|name| part.has(name)));
                prop_assert!(own.len() as u64 >= rows || part.until.is_none());
                prop_assert_eq!(part.cuts.len() + 1, part.groups.len());
                all.extend(own);
                let found = names(&other, &part.groups_in(&other).expect("groups"));
                beside.extend(found.into_iter().flatten().filter(|name| part.has(name)));
            }
            prop_assert_eq!(all, names(&path, &(0..parts.last().expect("a part").groups.end).collect::<Vec<_>>()));
            let expected: Vec<String> = others.iter().flatten().map(|c| format!("c{c:03}")).collect();
            prop_assert_eq!(beside, expected);
        }
    }

    #[test]
    fn a_table_that_is_not_sorted_is_one_part() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lines");
        written(&path, &[Some(1), Some(2), Some(1)], 1, false);
        assert_eq!(parts_of(&path, 1).expect("parts"), [Part::whole(3)]);
        let other = folder.path().join("others");
        written(&other, &[Some(1), None, None], 1, true);
        assert_eq!(Part::whole(3).groups_in(&other).expect("groups"), [0, 1]);
    }

    #[test]
    fn runs_hold_all_rows_of_any_table() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lines");
        let customers = [Some(3), Some(1), Some(1), None, Some(2)];
        written(&path, &customers, 1, false);
        assert_eq!(runs_of(&path, 1).expect("runs"), [0..1, 1..2, 2..3, 3..4]);
        assert_eq!(runs_of(&path, 2).expect("runs"), [0..2, 2..4]);
        assert_eq!(runs_of(&path, u64::MAX).expect("runs"), vec![0..4]);
        let none = folder.path().join("none");
        written(&none, &[], 1, false);
        assert_eq!(runs_of(&none, 1).expect("runs"), vec![0..0]);
    }

    #[test]
    fn groups_end_between_customers() {
        let customers = [1, 1, 1, 2, 2, 3, 4, 4];
        let groups = |least| groups_of(customers.len(), least, |row| customers[row] != customers[row - 1]);
        assert_eq!(groups(1), [0..3, 3..5, 5..6, 6..8]);
        assert_eq!(groups(4), [0..5, 5..8]);
        assert_eq!(groups(100).as_slice(), std::slice::from_ref(&(0..8)));
        assert!(groups_of(0, 4, |_| true).is_empty());
    }
}
