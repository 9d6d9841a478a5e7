//! Raw order lines out of a table, as numbers and names.

use std::path::Path;

use crate::cleaning::{Lines, Tables};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::orders::{NONE, Names};
use crate::stage::{Context, MAIN};
use crate::tables::layouts::orders::{LINES, LINES_OPTIONAL};
use crate::tables::{Batches, Date, Fault, Layout, columns_of, in_words, missing_from};

/// The raw lines as numbers and names.
pub struct Raw {
    pub order: (Names, Vec<u32>),
    pub customer: (Names, Vec<u32>),
    pub item: (Names, Vec<u32>),
    pub description: (Names, Vec<u32>),
    pub category: (Names, Vec<u32>),
    pub country: (Names, Vec<u32>),
    pub source: (Names, Vec<u32>),
    /// Instants as they were read, microseconds UTC; written as they are.
    pub instant: Vec<i64>,
    /// The same in whole seconds.
    time: Vec<i64>,
    /// Calendar days in the shop's zone.
    pub day: Vec<i32>,
    pub quantity: Vec<i64>,
    pub unit_price: Vec<i64>,
    pub source_line: Vec<i64>,
    /// Which statement of its order a row belongs to, where orders are stated as a whole.
    pub statement: Option<Vec<u32>>,
}

impl Raw {
    /// Column by column, so that only one is held as text at a time.
    pub fn read(cx: &Context, stage: &str) -> Result<Raw> {
        let path = cx.input(stage).table(MAIN)?;
        let schema = crate::tables::read_schema(&path)?;
        let rows = cx.input(stage).record.rows_out as usize;
        let names = |column: &str| -> Result<(Names, Vec<u32>)> {
            if schema.index_of(column).is_err() {
                return Ok((Names::new(), vec![NONE; rows]));
            }
            names_of(&path, column)
        };
        let decimals = |column: &str| Batches::read(&path, &[column])?.decimals(column, 0);
        let needed = Layout { open: true, ..LINES };
        let mut missing = missing_from(&needed, &columns_of(&schema));
        missing.retain(|fault| !matches!(fault, Fault::Missing { column } if LINES_OPTIONAL.contains(&column.name)));
        if !missing.is_empty() {
            let there: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            return Problem::new(&codes::BAD_TABLE, format!("`{stage}` cannot be cleaned: {}", in_words(&missing)))
                .help(format!(
                    "say which column is which, and so its type, in `{stage}`: columns = {{ order = \"…\", time = \"…\", … }}; it has {}",
                    there.join(", ")
                ))
                .err();
        }
        let source_line = match schema.index_of("source_line") {
            Ok(_) => {
                let lines = Batches::read(&path, &["source_line"])?.integers("source_line")?;
                lines.into_iter().map(|line| line.unwrap_or(0)).collect()
            }
            Err(_) => (1..=rows as i64).collect(),
        };
        (cx.progress)(0.05);
        let instant = Batches::read(&path, &["time"])?.instants("time")?;
        Ok(Raw {
            order: names("order")?,
            customer: names("customer")?,
            item: names("item")?,
            description: names("description")?,
            category: names("category")?,
            country: names("country")?,
            source: names("source_file")?,
            time: instant.iter().map(|micros| micros.div_euclid(1_000_000)).collect(),
            day: instant.iter().map(|&micros| Date::of_civil_seconds(cx.zone.civil_seconds(micros)).days()).collect(),
            instant,
            quantity: decimals("quantity")?,
            unit_price: decimals("unit_price")?,
            source_line,
            statement: None,
        })
    }

    pub fn lines(&self) -> Lines<'_> {
        Lines {
            order: &self.order.1,
            customer: &self.customer.1,
            item: &self.item.1,
            description: &self.description.1,
            time: &self.time,
            day: &self.day,
            quantity: &self.quantity,
            unit_price: &self.unit_price,
            source: &self.source.1,
            statement: self.statement.as_deref(),
        }
    }

    pub fn tables(&self) -> Tables<'_> {
        Tables {
            orders: &self.order.0,
            customers: &self.customer.0,
            items: &self.item.0,
            descriptions: &self.description.0,
        }
    }

    /// Where a row was read.
    pub fn place(&self, row: u32) -> String {
        let line = self.source_line[row as usize];
        match text(&self.source, row) {
            Some(file) => format!("{file}, line {line}"),
            None => format!("row {line}"),
        }
    }
}

/// Refuses a table of the stage `stage` that lacks a column.
pub fn need(schema: &arrow::datatypes::Schema, stage: &str, column: &str) -> Result<()> {
    if schema.index_of(column).is_ok() {
        return Ok(());
    }
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let near = did_you_mean(column, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let help = near.unwrap_or_else(|| format!("there are {}", names.join(", ")));
    Problem::new(&codes::BAD_TABLE, format!("`{stage}` has no column `{column}`")).help(help).err()
}

/// The text of a row in a column of names.
pub fn text((names, ids): &(Names, Vec<u32>), row: u32) -> Option<&str> {
    let id = ids[row as usize];
    (id != NONE).then(|| names.get(id))
}

/// A column of texts as names and numbers.
pub fn names_of(path: &Path, column: &str) -> Result<(Names, Vec<u32>)> {
    let (ids, names) = Batches::read_coded(path, &[column])?.ids(column)?;
    Ok((names, ids))
}
