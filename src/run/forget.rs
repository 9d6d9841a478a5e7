//! What is no longer needed of the runs before: artifacts, lists, records.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::layout::{self, LATEST, LISTS, PUBLISHED, RUNS, SPILL};
use super::record::{RunStatus, list_runs};
use super::store::Store;
use crate::diagnostics::Result;
use crate::disk::{name_of, remove};
use crate::plan::Fingerprint;

/// Runs whose artifacts stay in the store.
const ARTIFACTS_OF: usize = 5;
/// Runs whose records and reports stay.
const RECORDS_OF: usize = 30;
/// States of the lists that stay: those in force, and those that a reader may still have open.
const LISTS_KEPT: usize = 3;

/// Removes what the last runs do not name. The last good run stays, however many failed since.
pub fn forget(out: &Path, store: &Store) -> Result<()> {
    let runs = list_runs(out)?;
    let linked = |link: &str| fs::read_link(out.join(link)).ok().map(|target| name_of(&target));
    let latest = linked(LATEST);
    let good = runs.records.iter().rev().find(|run| match &latest {
        Some(id) => run.id == *id,
        None => run.status == RunStatus::Done,
    });

    let mut artifacts = BTreeSet::new();
    let mut parts = BTreeSet::new();
    for run in runs.records.iter().rev().take(ARTIFACTS_OF).chain(good) {
        for fingerprint in run.steps.iter().filter_map(|step| step.fingerprint.as_ref()) {
            if artifacts.insert(fingerprint.clone())
                && let Some(stored) = store.glance(&Fingerprint::from_text(fingerprint)).whole()
            {
                parts.extend(stored.record.parts.iter().cloned());
            }
        }
    }
    store.forget_all_but(&artifacts, &parts)?;

    let mut lists: Vec<String> = linked(LISTS).into_iter().collect();
    for published in runs.records.iter().rev().filter_map(|run| run.published.as_ref()) {
        if lists.len() < LISTS_KEPT && !lists.contains(published) {
            lists.push(published.clone());
        }
    }
    for folder in layout::ours(out, PUBLISHED)? {
        if !lists.contains(&name_of(&folder)) {
            remove(&folder)?;
        }
    }

    // Without a record a run has no place among the others: it goes first.
    let ids = runs.unreadable.iter().chain(runs.records.iter().map(|run| &run.id));
    let kept: BTreeSet<&String> = ids.rev().take(RECORDS_OF).chain(good.map(|run| &run.id)).collect();
    for folder in layout::ours(out, RUNS)? {
        if !kept.contains(&name_of(&folder)) {
            remove(&folder)?;
        }
    }
    layout::ours(out, SPILL)?.iter().try_for_each(|spilled| remove(spilled))
}
