//! Queries planned over tables that have columns and no rows: what would be wrong with them is known before anything runs.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::common::SchemaError;
use datafusion::datasource::empty::EmptyTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::parser::ParserError;
use tokio::runtime::Runtime;

use super::local::{bare_session, first_line, queries_only};
use crate::diagnostics::{Problem, Result, codes};

/// The relational engine without data.
pub struct Rehearsal {
    runtime: Runtime,
    session: SessionContext,
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryFault {
    /// It is not SQL; what the parser says.
    Syntax(String),
    /// It names a column that no table has.
    NoColumn {
        /// As written, without its table.
        name: String,
        /// The columns there are.
        known: Vec<String>,
    },
    /// Any other: a function, a type, a table.
    Other(String),
}

impl Rehearsal {
    /// An engine that plans.
    pub fn new() -> Result<Rehearsal> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|e| Problem::new(&codes::ENGINE_TROUBLE, format!("the engine did not start: {e}")).boxed())?;
        Ok(Rehearsal { runtime, session: bare_session(1, None) })
    }

    /// The tables that `sql` names.
    ///
    /// # Errors
    /// That it is not SQL.
    pub fn tables_of(&self, sql: &str) -> std::result::Result<Vec<String>, QueryFault> {
        let state = self.session.state();
        let dialect = state.config_options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect).map_err(|e| fault(&e))?;
        let named = state.resolve_table_references(&statement).map_err(|e| fault(&e))?;
        Ok(named.iter().map(|table| table.table().to_owned()).collect())
    }

    /// The columns that `sql` gives over tables of these columns.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn columns(&self, tables: &[(String, SchemaRef)], sql: &str) -> std::result::Result<SchemaRef, QueryFault> {
        for (name, schema) in tables {
            let empty = Arc::new(EmptyTable::new(Arc::clone(schema)));
            self.session.register_table(format!("\"{name}\""), empty).map_err(|e| fault(&e))?;
        }
        let planned = self.runtime.block_on(async {
            let frame = self.session.sql_with_options(sql, queries_only()).await?;
            let schema = Arc::clone(frame.schema().inner());
            // Types are settled by the analyzer, which is part of this.
            frame.into_optimized_plan()?;
            Ok(schema)
        });
        for (name, _) in tables {
            self.session.deregister_table(format!("\"{name}\"")).map_err(|e| fault(&e))?;
        }
        planned.map_err(|e: DataFusionError| fault(&e))
    }
}

fn fault(error: &DataFusionError) -> QueryFault {
    match error.find_root() {
        DataFusionError::SQL(parser, _) => QueryFault::Syntax(match parser.as_ref() {
            ParserError::ParserError(said) | ParserError::TokenizerError(said) => said.clone(),
            ParserError::RecursionLimitExceeded => "it is nested too deeply".to_owned(),
        }),
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => QueryFault::NoColumn {
                name: field.name.clone(),
                known: valid_fields.iter().map(|known| known.name.clone()).collect(),
            },
            _ => QueryFault::Other(first_line(error)),
        },
        _ => QueryFault::Other(first_line(error).trim_start_matches("Error during planning: ").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::{DataType, Field, Schema};

    fn planned(sql: &str) -> std::result::Result<Vec<String>, QueryFault> {
        let shop = Schema::new(vec![
            Field::new("customer", DataType::Utf8, false),
            Field::new("money", DataType::Float64, true),
            Field::new("Contract", DataType::Utf8, true),
        ]);
        let rehearsal = Rehearsal::new().expect("an engine");
        let schema = rehearsal.columns(&[("shop".to_owned(), Arc::new(shop))], sql)?;
        Ok(schema.fields().iter().map(|field| field.name().clone()).collect())
    }

    #[test]
    fn a_query_gives_its_columns_or_what_is_wrong_with_it() {
        assert_eq!(
            planned("SELECT customer, sum(money) AS spent FROM shop GROUP BY 1"),
            Ok(vec!["customer".to_owned(), "spent".to_owned()])
        );
        assert!(matches!(planned("SELECT (money >) FROM shop"), Err(QueryFault::Syntax(_))));
        let known = ["customer", "money", "Contract"].map(str::to_owned).to_vec();
        assert_eq!(planned("SELECT mony FROM shop"), Err(QueryFault::NoColumn { name: "mony".to_owned(), known }));
        assert!(matches!(planned("SELECT * FROM shops"), Err(QueryFault::Other(_))));
        assert!(matches!(planned("SELECT nofunction(money) FROM shop"), Err(QueryFault::Other(_))));
        assert!(matches!(planned("SELECT sum(customer) FROM shop"), Err(QueryFault::Other(_))));
        assert!(matches!(planned("CREATE TABLE t AS SELECT 1"), Err(QueryFault::Other(_))));
    }
}
