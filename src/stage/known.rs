//! What is known of upstream tables before anything ran, and what that says of columns and queries in settings.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::artifact::table_name;
use super::{Finding, MAIN};
use crate::diagnostics::did_you_mean;
use crate::engine::{Place, QueryFault, Rehearsal};
use crate::tables::ColumnType;

/// Longer expressions are not repeated in a message, in characters.
const SHORT: usize = 60;

/// A table's columns as settings promise them.
#[derive(Debug, Clone)]
pub struct KnownTable {
    /// Name and type; `None` for a type that is only known when the stage runs.
    pub columns: Vec<(String, Option<ColumnType>)>,
    /// Whether there may be more.
    pub open: bool,
}

/// The tables of the stages that come before.
#[derive(Default)]
pub struct Known {
    /// By the stage's name: its tables by suffix.
    stages: BTreeMap<String, Vec<(&'static str, KnownTable)>>,
    /// Started by the first query.
    rehearsal: OnceCell<Option<Rehearsal>>,
}

impl Known {
    /// Takes in what a stage makes.
    pub fn add(&mut self, stage: &str, tables: Vec<(&'static str, KnownTable)>) {
        self.stages.insert(stage.to_owned(), tables);
    }

    /// The main table of a stage.
    pub fn main(&self, stage: &str) -> Option<&KnownTable> {
        self.stages.get(stage)?.iter().find(|(suffix, _)| *suffix == MAIN).map(|(_, table)| table)
    }

    /// What is wrong with a column that a setting names, if that can be said.
    pub fn column(&self, key: &str, stage: &str, name: &str) -> Option<Finding> {
        let table = self.main(stage)?;
        let has = |name: &str| table.columns.iter().any(|(known, _)| known == name);
        if table.open || has(name) {
            return None;
        }
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        Some(Finding::at(key, format!("`{stage}` has no column `{name}`")).help(meant(name, &names)))
    }

    /// The columns that a query over the tables of these stages gives; `None` where that shows only when it runs.
    ///
    /// # Errors
    /// What is wrong with the query, under the setting's key.
    pub fn query(&self, key: &str, stages: &[&str], sql: &str) -> Result<Option<Planned>, Finding> {
        self.plan(stages, sql).map_err(|fault| {
            let place = fault.place().map(|place| format!(" ({place} of the query)"));
            finding(key, &fault, &place.unwrap_or_default())
        })
    }

    /// What is wrong with a query that nobody wrote as it is, over the tables of these stages, under the setting's key.
    pub fn fault(&self, key: &str, stages: &[&str], sql: &str) -> Option<Finding> {
        self.plan(stages, sql).err().map(|fault| finding(key, &fault, ""))
    }

    fn plan(&self, stages: &[&str], sql: &str) -> Result<Option<Planned>, QueryFault> {
        let mut tables: Vec<(String, SchemaRef)> = Vec::new();
        let (mut closed, mut typed) = (true, true);
        let Some(rehearsal) = self.rehearsal.get_or_init(|| Rehearsal::new().ok()) else { return Ok(None) };
        let named = rehearsal.tables_of(sql)?;
        for stage in stages {
            let Some(made) = self.stages.get(*stage) else { return Ok(None) };
            for (suffix, table) in made {
                let name = table_name(stage, suffix);
                if named.contains(&name) {
                    closed &= !table.open;
                    typed &= table.columns.iter().all(|(_, kind)| kind.is_some());
                }
                // A stage that is named twice is one table.
                if tables.iter().all(|(other, _)| *other != name) {
                    tables.push((name, table.schema()));
                }
            }
        }
        match rehearsal.columns(&tables, sql) {
            Ok(schema) => Ok(closed.then_some(Planned { schema, typed })),
            Err(QueryFault::NoColumn { .. }) if !closed => Ok(None),
            Err(QueryFault::Other { .. }) if !(closed && typed) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// What is wrong with an SQL expression of this type over the rows of `from`, a FROM clause of these stages' tables.
    pub fn expression(&self, key: &str, stages: &[&str], text: &str, kind: Expected, from: &str) -> Option<Finding> {
        let (before, after) = match kind {
            Expected::Condition => ("SELECT (", ")"),
            Expected::Number => ("SELECT CAST((", ") AS DOUBLE)"),
            Expected::Text => ("SELECT CAST((", ") AS VARCHAR)"),
        };
        match self.plan(stages, &format!("{before}{text}{after} FROM {from}")) {
            Err(fault) => Some(finding(key, &fault, &place_within(text, before, &fault))),
            Ok(Some(planned)) if kind == Expected::Condition && planned.typed => {
                match ColumnType::of(planned.schema.field(0).data_type()) {
                    None | Some(ColumnType::Boolean) => None,
                    Some(other) => Some(Finding::at(key, format!("`{text}` is {}, not a condition", other.word()))),
                }
            }
            Ok(_) => None,
        }
    }
}

/// A query that would run.
pub struct Planned {
    /// The columns it gives.
    pub schema: SchemaRef,
    /// Whether their types are known, too.
    typed: bool,
}

/// What an expression must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// True or false.
    Condition,
    /// What can be a number.
    Number,
    /// What can be text.
    Text,
}

impl KnownTable {
    /// As the engine sees it; a type that is not known yet stands as text.
    fn schema(&self) -> SchemaRef {
        let kind = |kind: Option<ColumnType>| kind.map_or(DataType::Utf8, ColumnType::arrow);
        let fields: Vec<Field> = self.columns.iter().map(|(name, of)| Field::new(name, kind(*of), true)).collect();
        Arc::new(Schema::new(fields))
    }
}

/// Where in an expression a fault is, which was found in our own SELECT around it.
fn place_within(text: &str, before: &str, fault: &QueryFault) -> String {
    let Some(Place { line, column }) = fault.place() else { return String::new() };
    let column = if line == 1 { column.saturating_sub(before.chars().count() as u64) } else { column };
    let length = text.lines().nth(line as usize - 1).map_or(0, |line| line.chars().count() as u64);
    // A place behind it is in our own text: it ends too early.
    let inside = (1..=length).contains(&column);
    let place = if inside { Place { line, column }.to_string() } else { "at the end".to_owned() };
    match text.chars().count() {
        // Of a lone name there is nothing to find in it.
        _ if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'"') => String::new(),
        ..=SHORT => format!(" ({place} of `{text}`)"),
        _ => format!(" ({place} of the expression)"),
    }
}

fn finding(key: &str, fault: &QueryFault, place: &str) -> Finding {
    let (message, help) = fault.told();
    // The bracket is ours.
    let message = if place.contains("at the end of") { message.replace("found: )", "found: nothing") } else { message };
    let finding = Finding::at(key, message + place);
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// What may have been meant by a column that is not there.
fn meant(name: &str, known: &[&str]) -> String {
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}
