//! Contacts as caps count them: those made so far, each once by its first event, whatever that was, and those that lists of this night plan.

use std::collections::BTreeMap;

use super::holdouts::UNIT;
use crate::diagnostics::Result;
use crate::stage::{Context, MAIN};
use crate::tables::{Batches, read_schema};

/// Columns that a table of the ledger has.
const COLUMNS: [&str; 4] = ["contact", "customer", "event", "date"];
/// A contact that was made.
pub struct Made {
    pub customer: String,
    /// Who was contacted together, where the ledger says so.
    pub unit: Option<String>,
    /// The day of its first event.
    pub day: i32,
}

/// The contacts of a table of the ledger. A person who was held back counts as contacted:
/// otherwise later lists would find the control group less tired than the others, and would not compare like with like. A contact of a list that
/// was made elsewhere begins with what the shop reported first.
pub fn made(cx: &Context, stage: &str) -> Result<Vec<Made>> {
    let path = cx.input(stage).table(MAIN)?;
    let has_units = read_schema(&path)?.index_of(UNIT).is_ok();
    let columns: Vec<&str> = COLUMNS.into_iter().chain(has_units.then_some(UNIT)).collect();
    let table = Batches::read(&path, &columns)?;
    let units = if has_units { table.texts(UNIT)? } else { vec![None; table.rows()] };
    let (contacts, customers, dates) = (table.texts("contact")?, table.texts("customer")?, table.dates("date")?);
    let mut first: BTreeMap<String, Made> = BTreeMap::new();
    for (row, contact) in contacts.into_iter().enumerate() {
        let day = dates[row].unwrap_or(i32::MAX);
        let made = first.entry(contact.unwrap_or_default());
        let (customer, unit) = (customers[row].clone().unwrap_or_default(), units[row].clone());
        let made = made.or_insert_with(|| Made { customer, unit: None, day });
        made.day = made.day.min(day);
        made.unit = made.unit.take().or(unit);
    }
    Ok(first.into_values().collect())
}

/// The contacts that a list of this night plans: one for each row, of both arms.
pub fn planned(cx: &Context, stage: &str) -> Result<Vec<Made>> {
    let path = cx.input(stage).table(MAIN)?;
    let has_units = read_schema(&path)?.index_of(UNIT).is_ok();
    let columns: Vec<&str> = ["customer", "valid_from"].into_iter().chain(has_units.then_some(UNIT)).collect();
    let table = Batches::read(&path, &columns)?;
    let units = if has_units { table.texts(UNIT)? } else { vec![None; table.rows()] };
    let rows = table.texts("customer")?.into_iter().zip(units).zip(table.dates("valid_from")?);
    let made = |((customer, unit), day): ((Option<String>, Option<String>), Option<i32>)| Made {
        customer: customer.unwrap_or_default(),
        unit,
        day: day.unwrap_or(i32::MAX),
    };
    Ok(rows.map(made).collect())
}

/// Whether a table has the columns of the ledger.
pub fn is_ledger(has: impl Fn(&str) -> bool) -> bool {
    COLUMNS.into_iter().all(has)
}
