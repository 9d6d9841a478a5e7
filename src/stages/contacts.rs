//! Contacts made so far, as caps count them: each once, by its first event, whatever that was.

use std::collections::BTreeMap;

use crate::diagnostics::Result;
use crate::stage::{Context, MAIN};
use crate::tables::Batches;

/// Columns that a table of the ledger has.
const COLUMNS: [&str; 4] = ["contact", "customer", "event", "date"];

/// Contacts with their customer and the day of their first event, from a table of the ledger. A person who was held back counts as contacted:
/// otherwise later lists would find the control group less tired than the others, and would not compare like with like. A contact of a list that
/// was made elsewhere begins with what the shop reported first.
pub fn made(cx: &Context, stage: &str) -> Result<Vec<(String, i32)>> {
    let table = Batches::read(&cx.input(stage).table(MAIN)?, &COLUMNS)?;
    let (contacts, customers, dates) = (table.texts("contact")?, table.texts("customer")?, table.dates("date")?);
    let mut first: BTreeMap<String, (String, i32)> = BTreeMap::new();
    for (row, contact) in contacts.into_iter().enumerate() {
        let day = dates[row].unwrap_or(i32::MAX);
        let made = first.entry(contact.unwrap_or_default());
        let made = made.or_insert_with(|| (customers[row].clone().unwrap_or_default(), day));
        made.1 = made.1.min(day);
    }
    Ok(first.into_values().collect())
}

/// Whether a table has the columns of the ledger.
pub fn is_ledger(has: impl Fn(&str) -> bool) -> bool {
    COLUMNS.into_iter().all(has)
}
