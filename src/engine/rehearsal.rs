//! Queries planned over tables that have columns and no rows: what would be wrong with them is known before anything runs.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::datasource::empty::EmptyTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use tokio::runtime::Runtime;

use super::fault::{QueryFault, check_depth, fault};
use super::local::{bare_session, planned};
use crate::diagnostics::{Problem, Result, codes};

/// The relational engine without data.
pub struct Rehearsal {
    runtime: Runtime,
    session: SessionContext,
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
        check_depth(sql)?;
        let state = self.session.state();
        let dialect = state.config_options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect).map_err(|e| fault(&e, sql, &[]))?;
        let named = state.resolve_table_references(&statement).map_err(|e| fault(&e, sql, &[]))?;
        Ok(named.iter().map(|table| table.table().to_owned()).collect())
    }

    /// The columns that `sql` gives over tables of these columns.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn columns(&self, tables: &[(String, SchemaRef)], sql: &str) -> std::result::Result<SchemaRef, QueryFault> {
        check_depth(sql)?;
        let names: Vec<&str> = tables.iter().map(|(name, _)| name.as_str()).collect();
        let wrong = |error: DataFusionError| fault(&error, sql, &names);
        for (name, schema) in tables {
            let empty = Arc::new(EmptyTable::new(Arc::clone(schema)));
            self.session.register_table(format!("\"{name}\""), empty).map_err(wrong)?;
        }
        let columns = self.runtime.block_on(async {
            let frame = planned(&self.session, sql).await?;
            let schema = Arc::clone(frame.schema().inner());
            // Types are settled by the analyzer, which is part of this.
            frame.into_optimized_plan()?;
            Ok(schema)
        });
        for (name, _) in tables {
            self.session.deregister_table(format!("\"{name}\"")).map_err(wrong)?;
        }
        columns.map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::Place;
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
        let place = |line, column| Some(Place { line, column });
        let syntax = QueryFault::Syntax { said: "Expected: an expression, found: )".to_owned(), place: place(1, 16) };
        assert_eq!(planned("SELECT (money >) FROM shop"), Err(syntax));
        let known = ["customer", "money", "Contract"].map(str::to_owned).to_vec();
        let fault = QueryFault::NoColumn { name: "mony".to_owned(), known, place: place(2, 10) };
        assert_eq!(fault.told(), ("there is no column `mony`".to_owned(), Some("did you mean `money`?".to_owned())));
        assert_eq!(planned("SELECT customer\n, 2 * (1+mony) FROM shop"), Err(fault));
        let Err(fault) = planned("SELECT *\nFROM shops") else { panic!("there is no such table") };
        assert_eq!(fault.told(), ("there is no table `shops`".to_owned(), Some("did you mean `shop`?".to_owned())));
        assert_eq!(fault.place(), place(2, 6));
        let Err(fault) = planned("SELECT nofunction(money) FROM shop") else { panic!("there is no such function") };
        assert_eq!((fault.told().0.as_str(), fault.place()), ("Invalid function 'nofunction'", place(1, 8)));
        assert!(matches!(planned("SELECT sum(customer) FROM shop"), Err(QueryFault::Other { .. })));
        assert!(matches!(planned("CREATE TABLE t AS SELECT 1"), Err(QueryFault::Other { .. })));
    }

    /// On a thread with the stack of the one that does the work.
    #[test]
    fn what_is_deep_is_planned_or_refused_and_never_overflows() {
        let deep = || {
            let ors = |n: usize| format!("SELECT money > 1{} FROM shop", " OR money > 2".repeat(n));
            assert!(planned(&ors(900)).is_ok());
            assert!(matches!(planned(&ors(5_000)), Err(QueryFault::Other { place: Some(_), .. })));
            let nested = |n: usize| format!("SELECT {}money{} AS money FROM shop", "(".repeat(n), ")".repeat(n));
            assert!(planned(&nested(199)).is_ok());
            assert!(matches!(planned(&nested(5_000)), Err(QueryFault::Other { place: Some(_), .. })));
            let nots = |n: usize| format!("SELECT {}(money > 1) FROM shop", "NOT ".repeat(n));
            assert!(planned(&nots(3_000)).is_err() && planned(&nots(20)).is_ok());
            // Whatever the parser says of 1,900 of them, it is said without a crash.
            let _ = planned(&nots(1_900));
        };
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(deep).expect("a thread");
        thread.join().expect("no panic");
    }
}
