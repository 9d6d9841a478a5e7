//! What the runs before this one left, as far as it can still be read.

use std::collections::BTreeMap;

use super::record::{RunRecord, RunStatus, latest, list_runs};
use super::store::{Found, Store};
use crate::diagnostics::Result;
use crate::plan::Fingerprint;
use crate::stage::Stored;

/// The good runs before this one.
pub struct Past<'a> {
    store: &'a Store,
    /// The last good one.
    pub last: Option<RunRecord>,
    /// Those before it, newest first.
    older: Vec<RunRecord>,
    /// What could not be read.
    pub notes: Vec<String>,
}

impl<'a> Past<'a> {
    /// Of the output folder of a store.
    pub fn read(out: &std::path::Path, store: &'a Store) -> Result<Past<'a>> {
        let runs = list_runs(out)?;
        let mut notes = runs.notes;
        let last = latest(out).ok().map(|latest| {
            notes.extend(latest.note);
            latest.record
        });
        let sequence = last.as_ref().map_or(0, |last| last.sequence);
        let mut older = runs.records;
        older.retain(|run| run.status == RunStatus::Done && run.sequence < sequence);
        older.reverse();
        Ok(Past { store, last, older, notes })
    }

    /// A step's artifact of the last good run, if it is still whole.
    pub fn of_last(&self, step: &str) -> Option<Stored> {
        self.store.get(&fingerprint(self.last.as_ref()?, step)?).whole()
    }

    /// The artifacts of the last good run that have a table of this suffix and are still whole, whatever its steps were called.
    pub fn of_last_with(&self, suffix: &str) -> Vec<Stored> {
        let steps = self.last.iter().flat_map(|last| &last.steps);
        let fingerprints = steps.filter_map(|step| step.fingerprint.as_deref().map(Fingerprint::from_text));
        let has = |fingerprint: &Fingerprint| {
            self.store.glance(fingerprint).whole().is_some_and(|stored| stored.record.tables.contains_key(suffix))
        };
        fingerprints.filter(has).filter_map(|fingerprint| self.store.get(&fingerprint).whole()).collect()
    }

    /// What a step read from outside in the last good run: digests by name.
    pub fn sources_of_last(&self, step: &str) -> Option<BTreeMap<String, String>> {
        let stored = self.store.glance(&fingerprint(self.last.as_ref()?, step)?).whole()?;
        Some(stored.record.sources.clone())
    }

    /// A step's artifact of the last good run, if it holds a model and is still whole.
    pub fn model_of_last(&self, step: &str) -> Option<Stored> {
        let stored = self.store.glance(&fingerprint(self.last.as_ref()?, step)?).whole()?;
        if stored.record.model { self.of_last(step) } else { None }
    }

    /// The newest whole artifact that hands on a version of a step's model.
    pub fn model(&self, step: &str, version: &str) -> Option<Stored> {
        let hands_on = |run: &RunRecord| {
            let fingerprint = fingerprint(run, step)?;
            let stored = self.store.glance(&fingerprint).whole()?;
            let is_it = stored.record.model && stored.record.version() == version;
            if is_it { self.store.get(&fingerprint).whole() } else { None }
        };
        self.last.iter().chain(&self.older).find_map(hands_on)
    }

    /// What a step remembers: its artifact of the last good run, or of the one before where that is damaged, and a remark
    /// when it is not the last one.
    pub fn memory(&self, step: &str) -> (Option<Stored>, Option<String>) {
        let Some(of_last) = self.last.as_ref().and_then(|last| fingerprint(last, step)) else { return (None, None) };
        let fault = match self.store.get(&of_last) {
            Found::Whole(stored) => return (Some(stored), None),
            Found::Broken(fault) => fault,
            Found::Absent => "its folder in the store is gone".to_owned(),
        };
        let older = self.older.iter().find_map(|run| {
            let fingerprint = fingerprint(run, step).filter(|fingerprint| *fingerprint != of_last)?;
            self.store.get(&fingerprint).whole().map(|stored| (stored, run.id.clone()))
        });
        match older {
            Some((stored, run)) => {
                let note =
                    format!("what the last good run left is damaged ({fault}); what {run} left is taken instead");
                (Some(stored), Some(note))
            }
            None => {
                let note = format!(
                    "what the last good run left is damaged ({fault}), so there is nothing to compare with: cut points and \
                     clusters are fitted again, and checks of drift and volume begin with this run"
                );
                (None, Some(note))
            }
        }
    }
}

fn fingerprint(run: &RunRecord, step: &str) -> Option<Fingerprint> {
    let step = run.steps.iter().find(|one| one.name == step)?;
    step.fingerprint.as_deref().map(Fingerprint::from_text)
}
