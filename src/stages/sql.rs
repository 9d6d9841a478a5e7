//! `sql`: a SELECT of the user's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::CastOptions;
use arrow::compute::cast_with_options;
use arrow::datatypes::{Field, Schema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::examples;
use crate::diagnostics::{Problem, Result, codes};
use crate::engine::Partitions;
use crate::stage::{
    Context, Finding, Input, Kind, Known, MAIN, Need, Output, Shape, Stage, Upstream, read_as, schema_of,
    setting::Chosen,
};
use crate::tables::ColumnType;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "sql",
    version: 2,
    meaning: "Runs a SELECT over upstream tables; the columns it must give are declared.",
    example: &[
        examples::FILE,
        r#"
[stage.by_country]
kind = "sql"
inputs = ["lines"]
query = "SELECT country, count(*) AS lines FROM lines GROUP BY country ORDER BY country"
columns = { country = "text", lines = "integer" }
"#,
    ],
    read: read_as::<Sql>,
    schema: schema_of::<Sql>,
};

/// A SELECT over upstream tables.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sql {
    /// The stages whose tables the query names; further tables of a stage stand under `stage_suffix`.
    inputs: Vec<Upstream>,
    /// The SELECT. Where a row of an input could not be read, a list that takes this table for a suppression or for consent is held, unless
    /// the query looks at the input's rejects (`stage_rejects`) itself. Rows come in the order it gives; without an ORDER BY in one that depends on the data only.
    query: String,
    /// The columns it must give, with their types.
    columns: BTreeMap<String, Chosen<ColumnType>>,
}

impl Stage for Sql {
    fn inputs(&self) -> Vec<Input> {
        self.inputs.iter().map(|upstream| upstream.input("inputs", Need::AnyTable)).collect()
    }

    fn output(&self) -> Output {
        let columns = self.columns.iter().map(|(name, kind)| (name.clone(), Some(**kind))).collect();
        Output { main: Shape::Declared(columns, false), also: Vec::new() }
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.inputs.is_empty() {
            findings.push(Finding::at("inputs", "names no stage").help("name the stages whose tables the query reads"));
        }
        if self.columns.is_empty() {
            findings.push(Finding::at("columns", "declares no column").help("write columns = { name = \"type\" }"));
        }
        findings
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let stages: Vec<&str> = self.inputs.iter().map(|upstream| upstream.0.as_str()).collect();
        match known.query("query", &stages, &self.query) {
            Err(finding) => vec![finding],
            Ok(None) => Vec::new(),
            Ok(Some(planned)) => {
                self.faults(&planned.schema).into_iter().map(|(key, fault)| Finding::at(key, fault)).collect()
            }
        }
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let tables: Vec<_> = self.inputs.iter().flat_map(|upstream| cx.input(&upstream.0).sql_tables()).collect();
        let main = |upstream: &Upstream| cx.input(&upstream.0).record.rows_out;
        cx.made.rows_in = self.inputs.iter().map(main).sum();
        cx.made.unread = self.not_read(cx);
        let answer = cx.engine.query_as_written(&tables, &self.query, Partitions::One)?;
        let schema = self.meets(&answer.schema)?;
        let mut batches = Vec::with_capacity(answer.batches.len());
        for batch in &answer.batches {
            batches.push(convert(batch, &schema)?);
        }
        cx.write_open(MAIN, &schema, &batches)
    }
}

impl Sql {
    /// The declared schema, in the order in which the query gives the columns.
    fn meets(&self, found: &Schema) -> Result<Arc<Schema>> {
        let faults: Vec<String> = self.faults(found).into_iter().map(|(_, fault)| fault).collect();
        if !faults.is_empty() {
            return Problem::new(&codes::BAD_TABLE, faults.join(", "))
                .help("change the query's column names with AS, or the declaration".to_owned())
                .err();
        }
        let declared = |field: &Arc<Field>| {
            self.columns.get(field.name()).map(|kind| Field::new(field.name(), kind.arrow(), true))
        };
        Ok(Arc::new(Schema::new(found.fields().iter().filter_map(declared).collect::<Vec<_>>())))
    }

    /// Rows that its inputs lack because they could not be read; a query that names a table of rejects deals with them itself.
    fn not_read(&self, cx: &Context) -> BTreeMap<String, u64> {
        let all = self.inputs.iter().flat_map(|upstream| &cx.input(&upstream.0).record.unread);
        all.filter(|(table, _)| !self.query.contains(table.as_str()))
            .map(|(table, rows)| (table.clone(), *rows))
            .collect()
    }

    /// Where the query's columns are not those that are declared: key and fault.
    fn faults(&self, found: &Schema) -> Vec<(String, String)> {
        let missing = self.columns.keys().filter(|name| found.field_with_name(name).is_err());
        let more = found.fields().iter().filter(|field| !self.columns.contains_key(field.name()));
        let at = |name: &str| format!("columns.{name}");
        missing
            .map(|name| (at(name), format!("the query gives no column `{name}`")))
            .chain(more.map(|f| ("query".to_owned(), format!("it gives a column `{}` that is not declared", f.name()))))
            .collect()
    }
}

fn convert(batch: &RecordBatch, schema: &Arc<Schema>) -> Result<RecordBatch> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let mut arrays = Vec::with_capacity(schema.fields().len());
    for (array, field) in batch.columns().iter().zip(schema.fields()) {
        let cast = cast_with_options(array, field.data_type(), &options).map_err(|error| {
            Problem::new(
                &codes::BAD_TABLE,
                format!("column `{}` cannot be made what is declared: {error}", field.name()),
            )
            .help("cast it in the query, or declare another type".to_owned())
            .boxed()
        })?;
        arrays.push(cast);
    }
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays).expect("each column was cast to its field's type"))
}
