//! What a run leaves about itself: `run.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::layout::{self, LATEST, RUNS};
use super::lock::Lock;
use crate::diagnostics::{Problem, Result, codes};
use crate::disk::{Seal, check_seal, name_of};
use crate::stage::{Metrics, Stored};

/// How a run ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// It is under way; in a record whose run is not, that it was killed.
    #[default]
    Running,
    /// It was killed, or the machine stopped; nothing published. No record says so: it is seen by the lock that nobody holds.
    Killed,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// It was made in this run.
    Ran,
    /// It was in the store.
    Reused,
    /// It failed.
    Failed,
    /// It was not reached.
    #[default]
    Skipped,
}

/// One run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRecord {
    /// Names its folder below `runs/`.
    pub id: String,
    /// Its place among the runs of its folder, from 1: clocks can be wrong.
    pub sequence: u64,
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
    /// The folder of the lists that it published, below `published/`.
    pub published: Option<String>,
    /// Remarks on the output folder, such as what was damaged in it and has been made again.
    pub notes: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<StepRecord>,
}

/// One step of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
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
        StepRecord { name: name.to_owned(), kind: kind.to_owned(), ..StepRecord::default() }
    }

    /// A step with its artifact and its remarks.
    pub fn finished(
        status: StepStatus,
        stored: &Stored,
        remarks: Vec<String>,
        seconds: f64,
        peak_memory_bytes: u64,
    ) -> StepRecord {
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
            notes: remarks.into_iter().chain(record.held.iter().map(|h| format!("held: {h}"))).collect(),
        }
    }
}

/// The file of a run's record.
pub const RUN_JSON: &str = "run.json";

/// The last good run below an output folder.
#[derive(Debug, Clone)]
pub struct Latest {
    /// Its folder.
    pub folder: PathBuf,
    /// Its record.
    pub record: RunRecord,
    /// Why it is not the one that `latest` names.
    pub note: Option<String>,
}

/// The last good run below an output folder: the one that `latest` names or, where its record cannot be read, the newest
/// whose record can.
///
/// # Errors
/// `no-run` when there is none.
pub fn latest(out: &Path) -> Result<Latest> {
    let folder = out.join(LATEST);
    let fault = match read(&folder) {
        Ok(Some(record)) => return Ok(Latest { folder, record, note: None }),
        Ok(None) if fs::symlink_metadata(&folder).is_ok() => Some(format!("{} leads to no run", folder.display())),
        Ok(None) => None,
        Err(fault) => Some(fault),
    };
    match list_runs(out)?.records.into_iter().rev().find(|run| run.status == RunStatus::Done) {
        Some(record) => {
            let note = fault.map(|fault| format!("{fault}; the run {} is taken for the last good one", record.id));
            Ok(Latest { folder: out.join(RUNS).join(&record.id), record, note })
        }
        None => {
            let fault = fault.map_or(String::new(), |fault| format!(": {fault}"));
            Problem::new(&codes::NO_RUN, format!("there is no finished run in {}{fault}", out.display()))
                .help("run the pipeline first: `patron run PIPELINE`".to_owned())
                .err()
        }
    }
}

/// The runs below an output folder.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// Those whose records can be read, oldest first.
    pub records: Vec<RunRecord>,
    /// Names of the others' folders.
    pub unreadable: Vec<String>,
    /// Why the records of others cannot be read.
    pub notes: Vec<String>,
}

/// All runs below an output folder. A record that cannot be read is told and otherwise passed over.
pub fn list_runs(out: &Path) -> Result<Runs> {
    let mut runs = Runs::default();
    for folder in layout::ours(out, RUNS)?.into_iter().filter(|folder| folder.is_dir()) {
        let id = name_of(&folder);
        if !layout::is_run(&id) {
            continue;
        }
        match read(&folder) {
            // The folder's name is what finds it, whatever the record says.
            Ok(Some(record)) => runs.records.push(RunRecord { id, ..record }),
            Ok(None) => runs.unreadable.push(id),
            Err(fault) => {
                let folder = folder.display();
                runs.notes.push(format!("{fault}; this run is passed over, and can be removed: rm -r '{folder}'"));
                runs.unreadable.push(id);
            }
        }
    }
    runs.records.sort_by(|a, b| (a.sequence, &a.id).cmp(&(b.sequence, &b.id)));
    Ok(runs)
}

/// All runs below an output folder, those that were killed marked so.
pub fn known_runs(out: &Path) -> Result<Runs> {
    let mut runs = list_runs(out)?;
    let newest = runs.records.len().saturating_sub(1);
    let open = |run: &RunRecord| run.status == RunStatus::Running;
    if runs.records.iter().any(open) {
        let under_way = Lock::is_held(out);
        let killed = runs.records.iter_mut().enumerate().filter(|(at, run)| open(run) && !(under_way && *at == newest));
        killed.for_each(|(_, run)| run.status = RunStatus::Killed);
    }
    Ok(runs)
}

/// The record in a run's folder; `None` when there is none. The error is why it cannot be read.
fn read(folder: &Path) -> std::result::Result<Option<RunRecord>, String> {
    let path = folder.join(RUN_JSON);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    };
    if check_seal(&text) == Seal::Broken {
        return Err(format!("{} was changed after it was written", path.display()));
    }
    serde_json::from_str(&text).map(Some).map_err(|e| format!("{} is damaged: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{make_folders, sealed};

    fn put(out: &Path, id: &str, sequence: u64, change: impl FnOnce(String) -> String) {
        let record = RunRecord { id: id.to_owned(), sequence, status: RunStatus::Done, ..RunRecord::default() };
        let folder = out.join(RUNS).join(id);
        make_folders(&folder).expect("made");
        let text = sealed(&serde_json::to_string_pretty(&record).expect("plain data"));
        fs::write(folder.join(RUN_JSON), change(text)).expect("written");
    }

    #[test]
    fn runs_go_by_their_sequence_and_damaged_records_are_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        put(folder.path(), "20990101T000000Z", 1, |text| text);
        put(folder.path(), "20260101T000000Z", 2, |text| text);
        put(folder.path(), "20260102T000000Z", 3, |text| text.replace("done", "held"));
        put(folder.path(), "20260103T000000Z", 4, |text| text[..40].to_owned());
        make_folders(&folder.path().join(RUNS).join("20260104T000000Z").join(RUN_JSON)).expect("made");
        make_folders(&folder.path().join(RUNS).join("not-a-run")).expect("made");
        let runs = list_runs(folder.path()).expect("listed");
        let ids: Vec<&str> = runs.records.iter().map(|run| run.id.as_str()).collect();
        assert_eq!(ids, ["20990101T000000Z", "20260101T000000Z"]);
        assert_eq!((runs.notes.len(), runs.unreadable.len()), (3, 3), "{:?}", runs.notes);
        let last = latest(folder.path()).expect("one is readable");
        assert_eq!((last.record.id.as_str(), last.note), ("20260101T000000Z", None));
    }

    #[test]
    fn records_of_earlier_and_later_versions_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = r#"{"id": "x", "status": "done", "invented_later": [1], "steps": [{"name": "orders"}]}"#;
        put(folder.path(), "20250101T000000Z", 0, |_| text.to_owned());
        let runs = list_runs(folder.path()).expect("listed");
        assert_eq!(runs.records[0].steps[0].status, StepStatus::Skipped);
        assert_eq!(runs.records[0].id, "20250101T000000Z");
    }
}
