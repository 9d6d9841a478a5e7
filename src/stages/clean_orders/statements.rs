//! Which statement of its order a line belongs to, where files state orders as a whole.

use super::CleanOrders;
use super::raw::{Raw, need};
use crate::diagnostics::{Problem, Result, codes};
use crate::orders::NONE;
use crate::stage::setting::Choice;
use crate::stage::{Context, MAIN};
use crate::tables::{Batches, ColumnType};

/// What a later file says of an order that an earlier one has too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restates {
    /// Further lines: all of them count, less those that `duplicates` finds.
    None,
    /// The whole order: it replaces what was said before.
    Order,
}

impl Choice for Restates {
    const WHAT: &'static str = "kind of statement";

    fn rows() -> &'static [Restates] {
        &[Restates::None, Restates::Order]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Restates::None => ("none", "further lines: all of them count, less those that `duplicates` finds"),
            Restates::Order => ("order", "the whole order: it replaces what was said before"),
        }
    }
}

/// The statement of each row, a greater number being a later one; `None` where orders are not restated.
pub fn of(settings: &CleanOrders, cx: &Context, raw: &Raw) -> Result<Option<Vec<u32>>> {
    if *settings.restates == Restates::None {
        return Ok(None);
    }
    let stage = &settings.lines.0;
    let Some(column) = &settings.restated_by else {
        // Files are numbered as they were read: in the order of `paths`, and by name within a pattern.
        if raw.source.1.contains(&NONE) {
            return Problem::new(
                &codes::BAD_TABLE,
                format!("`{stage}` does not say which file its lines are from, so no file can restate an order"),
            )
            .help("keep the column `source_file` in that stage, or name a column with `restated_by`".to_owned())
            .err();
        }
        return Ok(Some(raw.source.1.clone()));
    };
    let path = cx.input(stage).table(MAIN)?;
    let schema = crate::tables::read_schema(&path)?;
    need(&schema, stage, column)?;
    let table = Batches::read(&path, &[column])?;
    let ranks = match table.kind(column) {
        Some(ColumnType::Time) => ranked(table.times(column)?),
        Some(ColumnType::Date) => ranked(table.dates(column)?),
        Some(ColumnType::Integer) => ranked(table.integers(column)?),
        _ => ranked(table.texts(column)?),
    };
    Ok(Some(ranks))
}

/// Each value's place among the different ones; empty cells come first.
fn ranked<T: Ord + Clone>(values: Vec<Option<T>>) -> Vec<u32> {
    let mut different: Vec<Option<T>> = values.clone();
    different.sort_unstable();
    different.dedup();
    values.iter().map(|value| different.partition_point(|other| other < value) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::ranked;

    #[test]
    fn places_among_the_different_values() {
        assert_eq!(ranked(vec![Some(5), None, Some(9), Some(5)]), [1, 0, 2, 1]);
    }
}
