//! `patron query`

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use clap::{Args, ValueEnum};
use parquet::arrow::ArrowWriter;

use super::pipeline::PipelineFile;
use super::{Done, show};
use crate::diagnostics::{Problem, codes};
use crate::engine::{Answer, Engine, Partitions, Rehearsal};
use crate::plan::Fingerprint;
use crate::run::{Found, Store, latest};

/// Ask the tables of the last good run in SQL; each stands under its stage's name (further ones as `stage_rejects`, …).
#[derive(Args, Debug)]
pub struct Query {
    #[command(flatten)]
    pipeline: PipelineFile,
    /// The question, such as "SELECT country, sum(amount) FROM orders GROUP BY country".
    sql: String,
    /// Where the run left what it made [default: out/<pipeline>].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Format {
    Table,
    Csv,
    Json,
    Parquet,
}

impl Query {
    pub(super) fn run(self) -> Done {
        let plan = self.pipeline.compile()?;
        let out = self.out.unwrap_or_else(|| plan.default_out());
        let tables = tables_of(&out, &self.sql)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let engine = Engine::new(threads, None, None)?;
        let answer = engine.query_as_written(&tables, &self.sql, Partitions::All)?;
        let bytes = shown(&answer, self.format).map_err(|message| {
            Problem::new(&codes::FILE_TROUBLE, format!("the answer could not be shown: {message}")).boxed()
        })?;
        show::write(&bytes)
    }
}

/// The tables of the last good run. Those that the question names are compared with their digests.
fn tables_of(out: &Path, sql: &str) -> crate::diagnostics::Result<Vec<(String, PathBuf)>> {
    let last = latest(out)?;
    if let Some(note) = last.note {
        show::note(&note);
    }
    // A question that is no SQL is told by the engine.
    let named = Rehearsal::new()?.tables_of(sql).unwrap_or_default();
    let store = Store::at(out);
    let mut tables = Vec::new();
    for step in &last.record.steps {
        let Some(fingerprint) = step.fingerprint.as_deref().map(Fingerprint::from_text) else { continue };
        let is_named = |table: &str| named.iter().any(|name| name.eq_ignore_ascii_case(table));
        let found = match store.glance(&fingerprint) {
            Found::Whole(stored) if stored.sql_tables().iter().any(|(table, _)| is_named(table)) => {
                store.get(&fingerprint)
            }
            other => other,
        };
        match found {
            Found::Whole(stored) => tables.extend(stored.sql_tables()),
            Found::Broken(fault) if named.iter().any(|name| name.starts_with(&step.name)) => {
                return Problem::new(&codes::BROKEN_STORE, fault)
                    .help("run the pipeline: it is made again".to_owned())
                    .err();
            }
            Found::Broken(_) | Found::Absent => {}
        }
    }
    Ok(tables)
}

/// The answer in a form.
fn shown(answer: &Answer, format: Format) -> Result<Vec<u8>, String> {
    let bytes = match format {
        Format::Table => {
            let batches: &[RecordBatch] = if answer.batches.is_empty() {
                &[RecordBatch::new_empty(answer.schema.clone())]
            } else {
                &answer.batches
            };
            format!("{}\n", pretty_format_batches(batches).map_err(|e| e.to_string())?).into_bytes()
        }
        Format::Csv => {
            let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(Vec::new());
            if answer.batches.is_empty() {
                writer.write(&RecordBatch::new_empty(answer.schema.clone())).map_err(|e| e.to_string())?;
            }
            for batch in &answer.batches {
                writer.write(batch).map_err(|e| e.to_string())?;
            }
            writer.into_inner()
        }
        Format::Json => {
            let mut writer = arrow::json::ArrayWriter::new(Vec::new());
            for batch in &answer.batches {
                writer.write(batch).map_err(|e| e.to_string())?;
            }
            writer.finish().map_err(|e| e.to_string())?;
            let mut bytes = writer.into_inner();
            bytes.push(b'\n');
            bytes
        }
        Format::Parquet => {
            let mut writer =
                ArrowWriter::try_new(Vec::new(), answer.schema.clone(), None).map_err(|e| e.to_string())?;
            for batch in &answer.batches {
                writer.write(batch).map_err(|e| e.to_string())?;
            }
            writer.into_inner().map_err(|e| e.to_string())?
        }
    };
    Ok(bytes)
}
