//! One set of contact data for each person of a list, whatever rows the table of contacts has of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, take};

use super::Deliver;
use crate::destinations::Role;
use crate::diagnostics::{Problem, Result, codes};
use crate::keys::{Directory, e164, email_key, normal};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::stages::persons::Named;
use crate::stages::rows::{column_of, instants};
use crate::stages::words::deliver as say;
use crate::tables::{Batches, TableWriter};

/// The column that says whether a person's rows give different addresses or numbers.
pub(super) const AMBIGUOUS: &str = "contact is ambiguous";

/// Contact data by person.
pub(super) struct Addresses {
    /// The table: `customer`, the contact columns, [`AMBIGUOUS`].
    pub table: PathBuf,
    /// Persons whose rows give different addresses or numbers.
    pub ambiguous: BTreeSet<String>,
}

impl Deliver {
    /// Writes the contact data of the list's persons into `folder`, one row each, and tells what was found.
    ///
    /// Of several rows of a person the newest counts by `contacts_dated_by`. Where that does not decide, the rows must agree: letter case,
    /// blanks and empty cells do not count. Persons whose rows give different addresses or numbers are ambiguous; of other columns
    /// that differ the cell is left empty.
    pub(super) fn addresses(&self, cx: &mut Context, stage: &str, folder: &Path) -> Result<Addresses> {
        let targets = cx.input(&self.targets.0);
        let names = |suffix: &str| -> Result<Vec<String>> {
            Ok(Batches::read(&targets.table(suffix)?, &["customer"])?.ids("customer")?.1.to_vec())
        };
        let listed = names(MAIN)?;
        // Whether the table knows the shop's customers shows from all candidates, not from a list that may be short.
        let all = if targets.record.tables.contains_key("audit") { names("audit")? } else { Vec::new() };
        let directory = Directory::of(all.into_iter().chain(listed.iter().cloned()));
        let listed: BTreeSet<u32> = listed.iter().filter_map(|name| directory.place(name)).collect();
        let all = Batches::read(&cx.input(stage).table(MAIN)?, &[])?;
        for column in self.contact_columns.iter().chain(&self.contacts_dated_by) {
            column_of(&all, stage, column)?;
        }
        let keys = all.texts("customer")?;
        let named = Named::of(stage, &keys, &directory);
        named.tell(cx, "contacts");
        named.trust(&codes::KEYS_UNKNOWN, "table of contacts", &keys, (&directory, false))?;
        let dates = match &self.contacts_dated_by {
            Some(column) => instants(cx, &all, column)?,
            None => vec![None; keys.len()],
        };
        let mut rows_of: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (row, person) in named.persons().into_iter().enumerate() {
            if let Some(person) = person.filter(|person| listed.contains(person)) {
                rows_of.entry(person).or_default().push(row);
            }
        }
        for rows in rows_of.values_mut() {
            let newest = rows.iter().map(|&row| dates[row]).max().flatten();
            rows.retain(|&row| dates[row] == newest);
        }
        let people: Vec<u32> = rows_of.keys().copied().collect();
        let mut columns = Columns::new();
        columns.text("customer", people.iter().map(|&person| &directory.names()[person as usize]));
        let mut ambiguous: BTreeSet<u32> = BTreeSet::new();
        let mut unclear = 0u64;
        let whole = concat_batches(&all.schema, &all.batches).map_err(|e| trouble(&e))?;
        for name in &self.contact_columns {
            let array: &ArrayRef = whole.column_by_name(name).expect("looked for above");
            let role = self.role(name, array.data_type());
            let texts = all.texts(name)?;
            let kept: UInt64Array = rows_of
                .iter()
                .map(|(person, rows)| match agreed(rows, &texts, role) {
                    Ok(row) => row.map(|row| row as u64),
                    Err(()) => {
                        if matches!(role, Role::Email | Role::Phone) {
                            ambiguous.insert(*person);
                        } else {
                            unclear += 1;
                        }
                        None
                    }
                })
                .collect();
            columns.add(name, true, take(array, &kept, None).map_err(|e| trouble(&e))?);
        }
        columns.boolean(AMBIGUOUS, people.iter().map(|person| ambiguous.contains(person)));
        let batch: RecordBatch = columns.batch();
        let table = folder.join("contacts.parquet");
        let mut writer = TableWriter::create(&table, Arc::clone(&batch.schema()))?;
        writer.write(&batch)?;
        writer.finish()?;
        if unclear > 0 {
            cx.note(say::UNCLEAR.with([("cells", unclear.into()), ("stage", stage.into())]));
        }
        let missing = listed.len() - people.len();
        cx.metric("contact_missing", missing as f64);
        if missing > 0 {
            let values = [("missing", missing.into()), ("listed", listed.len().into()), ("stage", stage.into())];
            cx.note(say::NO_ROW.with(values));
        }
        let ambiguous = ambiguous.into_iter().map(|person| directory.names()[person as usize].clone()).collect();
        Ok(Addresses { table, ambiguous })
    }
}

/// The row whose cell all rows of a person agree on, nothing if all cells are empty; an error if they differ.
fn agreed(rows: &[usize], texts: &[Option<String>], role: Role) -> std::result::Result<Option<usize>, ()> {
    let form = |text: &str| match role {
        Role::Email => email_key(text).unwrap_or_else(|| normal(text).into_owned()),
        Role::Phone => e164(text, None).unwrap_or_else(|_| normal(text).into_owned()),
        _ => normal(text).into_owned(),
    };
    let mut filled: Vec<(&str, usize)> = rows
        .iter()
        .filter_map(|&row| Some((texts[row].as_deref().filter(|text| !text.trim().is_empty())?, row)))
        .collect();
    // Of spellings that say the same, the first by its bytes: no order of rows decides.
    filled.sort_unstable();
    let Some((first, row)) = filled.first().copied() else { return Ok(None) };
    let said = form(first);
    if filled.iter().all(|(text, _)| form(text) == said) { Ok(Some(row)) } else { Err(()) }
}

fn trouble(error: &arrow::error::ArrowError) -> Box<Problem> {
    Problem::new(&codes::ENGINE_TROUBLE, error.to_string()).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_person_agree_or_say_so() {
        let texts: Vec<Option<String>> =
            [Some("ann@Example.com"), Some("ANN@example.com"), None, Some("new@example.com"), Some(" ")]
                .map(|text| text.map(str::to_owned))
                .to_vec();
        assert_eq!(agreed(&[0, 1, 2, 4], &texts, Role::Email), Ok(Some(1)));
        assert_eq!(agreed(&[4, 2, 1, 0], &texts, Role::Email), Ok(Some(1)));
        assert_eq!(agreed(&[0, 3], &texts, Role::Email), Err(()));
        assert_eq!(agreed(&[2, 4], &texts, Role::Email), Ok(None));
        let numbers = [Some("+44 (0)20 7946 0018".to_owned()), Some("0044 20 7946 0018".to_owned())];
        assert_eq!(agreed(&[0, 1], &numbers, Role::Phone), Ok(Some(0)));
    }
}
