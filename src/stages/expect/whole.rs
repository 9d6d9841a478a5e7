//! Checks of a whole table, by itself and against the last run.

use std::path::Path;

use super::check::Check;
use crate::diagnostics::{Problem, Result, codes};
use crate::learning::drift;
use crate::stages::setting::Amount;
use crate::tables::{Batches, ColumnType};

impl Check {
    pub(super) fn count_rows(&self, rows: u64, before: Option<u64>) -> (bool, String) {
        let mut faults = Vec::new();
        if self.min.is_some_and(|min| (rows as f64) < min) {
            faults.push(format!("fewer than {}", self.min.unwrap_or_default()));
        }
        if self.max.is_some_and(|max| (rows as f64) > max) {
            faults.push(format!("more than {}", self.max.unwrap_or_default()));
        }
        if let (Some(limit), Some(before)) = (self.max_change.map(Amount::get), before) {
            let change = (rows as f64 - before as f64) / (before as f64).max(1.0);
            if change.abs() > limit {
                faults.push(format!("{:+.0} % since the last run's {before}", 100.0 * change));
            }
        }
        let passed = faults.is_empty();
        (passed, if passed { format!("{rows} rows") } else { format!("{rows} rows: {}", faults.join(", ")) })
    }

    pub(super) fn drift(&self, now: &Path, before: &Path) -> Result<(bool, String)> {
        let names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let (now, before) = (Batches::read(now, &names)?, Batches::read(before, &names)?);
        let mut passed = true;
        let mut details = Vec::new();
        for name in names {
            let index = if now.kind(name) == Some(ColumnType::Text) {
                let (then, today) = counts(before.ids(name)?, now.ids(name)?);
                drift::index(&then, &today)
            } else {
                drift::psi(&before.numbers(name)?, &now.numbers(name)?)
            };
            passed &= index <= self.max_psi.get();
            details.push(format!("{name} {index:.3}"));
        }
        Ok((passed, format!("population stability index {}", details.join(", "))))
    }
}

/// How often each word of two tables stands in either; empty cells are counted first.
fn counts((then, old): (Vec<u32>, Vec<String>), (now, new): (Vec<u32>, Vec<String>)) -> (Vec<usize>, Vec<usize>) {
    let mut words: Vec<&str> = old.iter().chain(&new).map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    let count = |ids: &[u32], names: &[String]| {
        let place = |name: &String| words.binary_search(&name.as_str()).expect("all names are there") + 1;
        let places: Vec<usize> = names.iter().map(place).collect();
        let mut counts = vec![0; words.len() + 1];
        ids.iter().for_each(|&id| counts[places.get(id as usize).copied().unwrap_or(0)] += 1);
        counts
    };
    (count(&then, &old), count(&now, &new))
}

/// The newest value of a date or time column, in an unspecified unit that grows with time.
pub(super) fn newest_of(path: &Path, column: &str) -> Result<Option<i64>> {
    let table = Batches::read(path, &[column])?;
    match table.kind(column) {
        Some(ColumnType::Time) => Ok(table.times(column)?.into_iter().flatten().max()),
        Some(ColumnType::Date) => Ok(table.dates(column)?.into_iter().flatten().map(i64::from).max()),
        _ => {
            Problem::new(&codes::BAD_TABLE, format!("`{column}` holds neither dates nor times, so it cannot be fresh"))
                .err()
        }
    }
}
