//! What a run leaves about itself: `run.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::publish::LATEST;
use super::store::entries;
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::stages::Metrics;
use crate::stages::Stored;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// It is under way, or was killed.
    Running,
    /// All steps done; lists published.
    Done,
    /// A check held; nothing published.
    Held,
    /// A step failed; nothing published.
    Failed,
    /// It was interrupted (Ctrl-C, SIGTERM, SIGHUP); nothing published.
    Interrupted,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// It was made in this run.
    Ran,
    /// It was in the store.
    Reused,
    /// It failed.
    Failed,
    /// It was not reached.
    Skipped,
}

/// One run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRecord {
    /// Names its folder below `runs/`.
    pub id: String,
    /// How it ended.
    pub status: RunStatus,
    /// The pipeline.
    pub pipeline: String,
    /// The first day that was not history; none for data without dates.
    pub as_of: Option<String>,
    /// Seed.
    pub seed: u64,
    /// Version of patron.
    pub version: String,
    /// When it began, UTC.
    pub started: String,
    /// When it ended, UTC.
    pub finished: Option<String>,
    /// Why it failed or what held it.
    pub problem: Option<String>,
    /// The steps, in order.
    pub steps: Vec<StepRecord>,
}

/// One step of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepRecord {
    /// The stage's name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// How it ended.
    pub status: StepStatus,
    /// The artifact's folder in the store.
    pub fingerprint: Option<String>,
    /// Wall seconds.
    pub seconds: f64,
    /// Rows read.
    pub rows_in: u64,
    /// Rows of the main table.
    pub rows_out: u64,
    /// Rows set aside.
    pub rejected: u64,
    /// Peak memory of the process while it ran.
    pub peak_memory_bytes: u64,
    /// BLAKE3 of each table and file, by name.
    pub outputs: BTreeMap<String, String>,
    /// Figures.
    pub metrics: Metrics,
    /// Remarks.
    pub notes: Vec<String>,
}

impl StepRecord {
    /// A step that was not reached.
    pub fn skipped(name: &str, kind: &str) -> StepRecord {
        StepRecord {
            name: name.to_owned(),
            kind: kind.to_owned(),
            status: StepStatus::Skipped,
            fingerprint: None,
            seconds: 0.0,
            rows_in: 0,
            rows_out: 0,
            rejected: 0,
            peak_memory_bytes: 0,
            outputs: BTreeMap::new(),
            metrics: Metrics::new(),
            notes: Vec::new(),
        }
    }

    /// A step with its artifact.
    pub fn finished(status: StepStatus, stored: &Stored, seconds: f64, peak_memory_bytes: u64) -> StepRecord {
        let record = &stored.record;
        let named = |(name, file): (&String, &crate::tables::TableFile)| {
            let name = if name.is_empty() { "main".to_owned() } else { name.clone() };
            (name, file.digest.clone())
        };
        StepRecord {
            name: record.step.clone(),
            kind: record.kind.clone(),
            status,
            fingerprint: Some(record.fingerprint.clone()),
            seconds,
            rows_in: record.rows_in,
            rows_out: record.rows_out,
            rejected: record.rejected,
            peak_memory_bytes,
            outputs: record.tables.iter().chain(&record.files).map(named).collect(),
            metrics: record.metrics.clone(),
            notes: record.notes.iter().cloned().chain(record.held.iter().map(|h| format!("held: {h}"))).collect(),
        }
    }
}

/// The last good run below an output folder, with its folder.
///
/// # Errors
/// `no-run` when there is none.
pub fn latest(out: &Path) -> Result<(PathBuf, RunRecord)> {
    let folder = out.join(LATEST);
    match read(&folder)? {
        Some(record) => Ok((folder, record)),
        None => Problem::new(&codes::NO_RUN, format!("there is no finished run in {}", out.display()))
            .help("run the pipeline first: `patron run PIPELINE`".to_owned())
            .err(),
    }
}

/// All runs below an output folder, oldest first.
pub fn list_runs(out: &Path) -> Result<Vec<RunRecord>> {
    let mut runs = Vec::new();
    for folder in entries(&out.join("runs"))? {
        runs.extend(read(&folder)?);
    }
    Ok(runs)
}

fn read(folder: &Path) -> Result<Option<RunRecord>> {
    let path = folder.join("run.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|e| {
            Problem::new(&codes::BROKEN_STORE, format!("{} is damaged: {e}", path.display()))
                .help("remove its folder".to_owned())
                .boxed()
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_problem("read", &path, &error)),
    }
}
