//! Baskets out of Parquet: one item a row.

use std::path::Path;

use crate::cli::Failure;
use crate::diagnostics::{Problem, codes};
use crate::mining::{Baskets, Names, Read};
use crate::tables::Batches;

/// How users name the format.
pub const FORMAT: &str = "parquet";

/// Reads the order and item columns (the first and second unless named).
pub fn read_baskets(path: &Path, order: Option<&str>, item: Option<&str>) -> Result<Read, Failure> {
    let schema = crate::tables::read_schema(path)?;
    let column = |wanted: Option<&str>, place: usize| -> Result<String, Failure> {
        match wanted {
            Some(name) => Ok(name.to_owned()),
            None => schema.fields().get(place).map(|field| field.name().clone()).ok_or_else(|| {
                let message = format!("{} has no order and item column", path.display());
                Failure::One(Problem::new(&codes::BAD_SOURCE, message).boxed())
            }),
        }
    };
    let (order, item) = (column(order, 0)?, column(item, 1)?);
    let table = Batches::read_coded(path, &[&order, &item])?;
    let (orders, order_names) = table.ids(&order)?;
    let (items, item_names) = table.ids(&item)?;
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); order_names.len()];
    let mut set_aside = 0;
    for (&order, &item) in orders.iter().zip(&items) {
        if order == u32::MAX || item == u32::MAX {
            set_aside += 1;
        } else {
            rows[order as usize].push(item);
        }
    }
    let mut names = Names::new();
    for name in &item_names {
        names.intern(name);
    }
    let baskets = Baskets::from_rows(rows.iter().filter(|row| !row.is_empty()));
    if set_aside > 0 {
        eprintln!("{set_aside} rows set aside: they have no order or no item");
    }
    Ok(Read { baskets, names, set_aside: Vec::new(), set_aside_lines: set_aside, blank_lines: 0 })
}
