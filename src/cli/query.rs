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
use crate::tables::lists_as_json;

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

/// The rows for forms without lists, at least a header.
fn flat(answer: &Answer) -> Result<Vec<RecordBatch>, String> {
    let none = [RecordBatch::new_empty(answer.schema.clone())];
    let batches = if answer.batches.is_empty() { &none[..] } else { &answer.batches };
    batches.iter().map(|batch| lists_as_json(batch).map_err(|e| e.to_string())).collect()
}

/// The tables of the last good run that the question names, compared with their digests; all of them where it names none
/// or one that is not there.
fn tables_of(out: &Path, sql: &str) -> Result<Vec<(String, PathBuf)>, Box<Problem>> {
    let last = latest(out)?;
    if let Some(note) = last.note {
        show::note(&note);
    }
    let store = Store::at(out);
    let fingerprints = last.record.steps.iter().filter_map(|step| step.fingerprint.as_deref());
    let mut stored = Vec::new();
    let mut broken = Vec::new();
    for fingerprint in fingerprints.map(Fingerprint::from_text) {
        match store.glance(&fingerprint) {
            Found::Whole(one) => stored.push((fingerprint, one.sql_tables())),
            Found::Broken(fault) => broken.push(fault),
            Found::Absent => {}
        }
    }
    // The engine says what is wrong with a question that is no SQL.
    let named = Rehearsal::new()?.tables_of(sql).unwrap_or_default();
    let is = |name: &str, table: &str| name.eq_ignore_ascii_case(table);
    let is_there = |name: &String| stored.iter().any(|(_, tables)| tables.iter().any(|(table, _)| is(name, table)));
    let few = !named.is_empty() && named.iter().all(is_there);
    let mut tables = Vec::new();
    for (fingerprint, of_step) in stored {
        if few && !of_step.iter().any(|(table, _)| named.iter().any(|name| is(name, table))) {
            continue;
        }
        match store.get(&fingerprint) {
            Found::Broken(fault) => broken.push(fault),
            _ => tables.extend(of_step),
        }
    }
    let missing = |name: &&String| !tables.iter().any(|(table, _)| is(name, table));
    match broken.into_iter().next() {
        Some(fault) if named.iter().any(|name| missing(&name)) => {
            Problem::new(&codes::BROKEN_STORE, fault).help("run the pipeline: it is made again".to_owned()).err()
        }
        _ => Ok(tables),
    }
}

/// The answer in a form.
fn shown(answer: &Answer, format: Format) -> Result<Vec<u8>, String> {
    let bytes = match format {
        Format::Table => {
            format!("{}\n", pretty_format_batches(&flat(answer)?).map_err(|e| e.to_string())?).into_bytes()
        }
        Format::Csv => {
            let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(Vec::new());
            for batch in flat(answer)? {
                writer.write(&batch).map_err(|e| e.to_string())?;
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
