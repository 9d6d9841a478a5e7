//! Checks of a whole table, by itself and against the last run.

use std::path::Path;

use super::check::Check;
use crate::diagnostics::{Problem, Result, codes};
use crate::learning::drift;
use crate::orders::Names;
use crate::report::{Text, Value};
use crate::stage::setting::Amount;
use crate::stages::words::expect as say;
use crate::tables::{Batches, ColumnType};

impl Check {
    pub(super) fn count_rows(&self, rows: u64, before: Option<u64>) -> (bool, Text) {
        let mut faults: Vec<Text> = Vec::new();
        let number = |value: f64| Value::from(value.to_string());
        if let Some(min) = self.min.filter(|min| (rows as f64) < *min) {
            faults.push(say::FEWER.with([("min", number(min))]));
        }
        if let Some(max) = self.max.filter(|max| (rows as f64) > *max) {
            faults.push(say::MORE.with([("max", number(max))]));
        }
        if let (Some(limit), Some(before)) = (self.max_change.map(Amount::get), before) {
            let change = (rows as f64 - before as f64) / (before as f64).max(1.0);
            if change.abs() > limit {
                let percent = format!("{:+.0}", 100.0 * change);
                faults.push(say::CHANGED.with([("percent", percent.into()), ("before", before.into())]));
            }
        }
        match faults.is_empty() {
            true => (true, say::SO_MANY.with([("rows", rows.into())])),
            false => (false, say::FAULTS.with([("rows", rows.into()), ("faults", faults.as_slice().into())])),
        }
    }

    pub(super) fn drift(&self, now: &Path, before: &Path) -> Result<(bool, Text)> {
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
        Ok((passed, say::INDEX.with([("values", details.as_slice().into())])))
    }
}

/// How often each word of two tables stands in either; empty cells are counted first.
fn counts((then, old): (Vec<u32>, Names), (now, new): (Vec<u32>, Names)) -> (Vec<usize>, Vec<usize>) {
    let mut words: Vec<&str> = old.iter().chain(new.iter()).collect();
    words.sort_unstable();
    words.dedup();
    let count = |ids: &[u32], names: &Names| {
        let place = |name: &str| words.binary_search(&name).expect("all names are there") + 1;
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
