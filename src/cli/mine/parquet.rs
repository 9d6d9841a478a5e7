//! Baskets and sequences out of Parquet: one item a row.

use std::path::Path;

use crate::cli::{Failure, show};
use crate::diagnostics::{Problem, codes};
use crate::mining::sequences::{ElementBy, NamedSequences, SequenceColumns, sequences_of_columns};
use crate::mining::{Baskets, Read};
use crate::tables::Batches;

/// How users name the format.
pub const FORMAT: &str = "parquet";

/// Reads the order and item columns (the first and second unless named).
pub fn read_baskets(path: &Path, order: Option<&str>, item: Option<&str>) -> Result<Read, Failure> {
    let [order, item] = columns(path, [order, item], "an order and an item")?;
    let table = Batches::read_coded(path, &[&order, &item])?;
    let (orders, order_names) = table.ids(&order)?;
    let (items, names) = table.ids(&item)?;
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); order_names.len()];
    let mut set_aside = 0;
    for (&order, &item) in orders.iter().zip(&items) {
        if order == u32::MAX || item == u32::MAX {
            set_aside += 1;
        } else {
            rows[order as usize].push(item);
        }
    }
    let baskets = Baskets::from_rows(rows.iter().filter(|row| !row.is_empty()));
    if set_aside > 0 {
        show::note(&format!("{set_aside} rows set aside: they have no order or no item"));
    }
    Ok(Read { baskets, names, set_aside: Vec::new(), set_aside_lines: set_aside, blank_lines: 0 })
}

/// Reads the customer, time and item columns (the first, second and third unless named).
pub fn read_sequences(
    path: &Path,
    names: [Option<&str>; 3],
    weight: Option<&str>,
    element: ElementBy,
) -> Result<NamedSequences, Failure> {
    let [customer, time, item] = columns(path, names, "a customer, a time and an item")?;
    let mut read: Vec<&str> = [&*customer, &*time, &*item].into_iter().chain(weight).collect();
    read.sort_unstable();
    read.dedup();
    let table = Batches::read_coded(path, &read)?;
    let columns = SequenceColumns {
        customer: table.ids(&customer)?,
        time: table.ids(&time)?,
        item: table.ids(&item)?,
        weight: weight.map(|weight| table.ids(weight)).transpose()?,
    };
    drop(table);
    sequences_of_columns(&columns, element).map_err(|e| {
        let message = format!("{}: {e}", path.display());
        Failure::One(Problem::new(&codes::BAD_SOURCE, message).boxed())
    })
}

/// The columns as they are named, the others by their place.
fn columns<const N: usize>(path: &Path, names: [Option<&str>; N], what: &str) -> Result<[String; N], Failure> {
    let schema = crate::tables::read_schema(path)?;
    let mut found = [const { String::new() }; N];
    for (place, name) in names.into_iter().enumerate() {
        found[place] = match name.or_else(|| schema.fields().get(place).map(|field| field.name().as_str())) {
            Some(name) => name.to_owned(),
            None => {
                let message = format!("{} has no columns for {what}", path.display());
                return Err(Failure::One(Problem::new(&codes::BAD_SOURCE, message).boxed()));
            }
        };
    }
    Ok(found)
}
