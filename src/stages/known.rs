//! What is known of upstream tables before anything ran, and what that says of columns and queries in settings.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::artifact::table_name;
use super::{Finding, MAIN};
use crate::diagnostics::did_you_mean;
use crate::engine::{QueryFault, Rehearsal};
use crate::tables::ColumnType;

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
        let mut tables: Vec<(String, SchemaRef)> = Vec::new();
        let (mut closed, mut typed) = (true, true);
        let Some(rehearsal) = self.rehearsal.get_or_init(|| Rehearsal::new().ok()) else { return Ok(None) };
        let named = rehearsal.tables_of(sql).map_err(|fault| finding(key, fault))?;
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
            Err(QueryFault::Other(_)) if !(closed && typed) => Ok(None),
            Err(fault) => Err(finding(key, fault)),
        }
    }

    /// What is wrong with an SQL expression of this type over the rows of `from`, a FROM clause of these stages' tables.
    pub fn expression(&self, key: &str, stages: &[&str], text: &str, kind: Expected, from: &str) -> Option<Finding> {
        let select = match kind {
            Expected::Condition => format!("SELECT ({text}) FROM {from}"),
            Expected::Number => format!("SELECT CAST(({text}) AS DOUBLE) FROM {from}"),
            Expected::Text => format!("SELECT CAST(({text}) AS VARCHAR) FROM {from}"),
        };
        match self.query(key, stages, &select) {
            Err(mut fault) => {
                // Places are those in our own SELECT.
                if let Some(at) = fault.message.find(" at Line: ") {
                    fault.message.truncate(at);
                }
                Some(fault)
            }
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

fn finding(key: &str, fault: QueryFault) -> Finding {
    match fault {
        QueryFault::Syntax(said) => Finding::at(key, format!("this is not SQL: {said}")),
        QueryFault::Other(said) => Finding::at(key, said),
        QueryFault::NoColumn { name, known } => {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let help = match known.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
                Some(same) => format!("in SQL a name with capitals stands in double quotes: \"{same}\""),
                None => meant(&name, &known),
            };
            Finding::at(key, format!("there is no column `{name}`")).help(help)
        }
    }
}

/// What may have been meant by a column that is not there.
fn meant(name: &str, known: &[&str]) -> String {
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}
