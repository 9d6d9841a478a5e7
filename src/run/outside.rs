//! The outside sources that stages read: which there are, what they hold, and what the run knows of other pipelines' runs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::canonicalize;
use std::path::{Path, PathBuf};

use super::ledger::Ledger;
use super::record::{RunRecord, latest};
use super::store::{Found, Store};
use crate::config::AsOfSetting;
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::outside::{self, KeptTable, Looking, Outside, Source};
use crate::plan::{Fingerprint, SourceDigest};
use crate::stage::{MAIN, table_name};
use crate::tables::Date;

/// Finds the sources of one run. Which run of another pipeline is its last good one is decided once, so that all tables that
/// are read from it are of one run, even if that pipeline finishes another meanwhile.
pub struct Finder {
    /// The output folder of the run.
    own: PathBuf,
    others: RefCell<BTreeMap<PathBuf, RunRecord>>,
}

impl Finder {
    /// For a run into an output folder.
    pub fn new(own: &Path) -> Finder {
        Finder { own: own.to_owned(), others: RefCell::default() }
    }

    /// The sources that a stage asks for, with their digests. `night` is the as-of date that it will have, where that is known.
    ///
    /// # Errors
    /// An address that leads to nothing; what cannot be read.
    pub fn find(&self, step: &str, night: Option<Date>, asked: &[Outside]) -> Result<Vec<Source>> {
        let last_good = |folder: &Path, table: &str| {
            self.last_good(folder, table).map_err(|problem| Box::new(problem.within(&format!("stage `{step}`"))))
        };
        let ledger = |folder: Option<&Path>| {
            let read = Ledger::of(folder.unwrap_or(&self.own)).read();
            read.map_err(|problem| Box::new(problem.within(&format!("stage `{step}`"))))
        };
        let looking = Looking { step, night, last_good: &last_good, ledger: &ledger, digested: RefCell::default() };
        outside::find(&looking, asked)
    }

    /// A table of the last good run into another output folder, compared with its digest.
    fn last_good(&self, folder: &Path, table: &str) -> Result<KeptTable> {
        let place = canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        if canonicalize(&self.own).is_ok_and(|own| own == place) {
            return Problem::new(
                &codes::BAD_VALUE,
                format!("{} is where this pipeline itself writes", folder.display()),
            )
            .help("a stage reads another stage of its own pipeline by that stage's name".to_owned())
            .err();
        }
        let broken = |fault: String| {
            Problem::new(&codes::BROKEN_STORE, fault)
                .help("run the pipeline that writes there: it makes the table again".to_owned())
                .boxed()
        };
        let mut others = self.others.borrow_mut();
        let run = match others.get(&place) {
            Some(run) => run,
            None => {
                let last = latest(folder)?;
                if let Some(fault) = last.note {
                    return Err(broken(fault));
                }
                others.entry(place).or_insert(last.record)
            }
        };
        let store = Store::at(folder);
        let mut names = Vec::new();
        for fingerprint in run.steps.iter().filter_map(|step| step.fingerprint.as_deref()) {
            let stored = match store.glance(&Fingerprint::from_text(fingerprint)) {
                Found::Whole(stored) => stored,
                Found::Broken(fault) => return Err(broken(fault)),
                Found::Absent => {
                    return Err(broken(format!("the run {} in {} is no longer whole", run.id, folder.display())));
                }
            };
            for (suffix, file) in &stored.record.tables {
                let name = table_name(&stored.record.step, suffix);
                if name == table {
                    if let Some(fault) = file.fault(&stored.folder) {
                        return Err(broken(fault));
                    }
                    let path = stored.folder.join(&file.file);
                    let unread = if suffix == MAIN { stored.record.unread.clone() } else { BTreeMap::new() };
                    return Ok(KeptTable { path, rows: file.rows, digest: file.digest.clone(), unread });
                }
                names.push(name);
            }
        }
        let near = did_you_mean(table, names.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
        let message = format!("the last good run in {} has no table `{table}`", folder.display());
        Problem::new(&codes::NO_INPUT_FILES, message)
            .help(near.unwrap_or_else(|| format!("its tables are {}", names.join(", "))))
            .err()
    }
}

/// The night that a step works for: the as-of date that the pipeline declares, or the newest of what it reads.
pub fn night(declared: &AsOfSetting, upstream: impl Iterator<Item = Option<String>>) -> Option<Date> {
    match declared {
        AsOfSetting::On(date) => Some(*date),
        AsOfSetting::Latest => upstream.flatten().max().and_then(|date| date.parse().ok()),
    }
}

/// That no source has changed since its digest was taken.
///
/// # Errors
/// `bad-source`, with the source.
pub fn unchanged(sources: &[Source]) -> Result<()> {
    match sources.iter().find(|source| source.change().is_some()) {
        None => Ok(()),
        Some(source) => {
            Problem::new(&codes::BAD_SOURCE, format!("{} was changed while it was being read", source.shown()))
                .help("run again when its delivery has ended".to_owned())
                .err()
        }
    }
}

/// As the fingerprint sees them.
pub fn digests(sources: &[Source]) -> Vec<SourceDigest> {
    sources.iter().map(|source| SourceDigest { name: source.name.clone(), digest: source.digest.clone() }).collect()
}

/// As records keep them: what people may see of their names, with their digests.
pub fn seen(sources: &[Source]) -> BTreeMap<String, String> {
    sources.iter().map(|source| (source.shown().into_owned(), source.digest.clone())).collect()
}

/// How what is there differs from what a step read before, in words; none where it is the same.
pub fn difference(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Option<String> {
    let mut words = Vec::new();
    for (name, digest) in now {
        match before.get(name) {
            None => words.push(format!("{name} is new")),
            Some(old) if old != digest => words.push(format!("{name} changed")),
            Some(_) => {}
        }
    }
    words.extend(before.keys().filter(|name| !now.contains_key(*name)).map(|name| format!("{name} is no longer read")));
    let more = words.len().saturating_sub(NAMED);
    words.truncate(NAMED);
    match more {
        _ if words.is_empty() => None,
        0 => Some(words.join(", ")),
        more => Some(format!("{} and {more} more", words.join(", "))),
    }
}

/// Sources that a sentence names.
const NAMED: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_what_is_new_changed_and_gone() {
        let of = |all: &[(&str, &str)]| {
            all.iter().map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned())).collect()
        };
        let before: BTreeMap<_, _> = of(&[("a.csv", "1"), ("b.csv", "2"), ("c.csv", "3")]);
        assert_eq!(difference(&before, &before), None);
        let now = of(&[("a.csv", "1"), ("b.csv", "9"), ("d.csv", "3")]);
        assert_eq!(difference(&before, &now).as_deref(), Some("b.csv changed, d.csv is new, c.csv is no longer read"));
        let many = of(&[("e", "1"), ("f", "1"), ("g", "1")]);
        assert_eq!(difference(&before, &many).as_deref(), Some("e is new, f is new, g is new and 3 more"));
    }
}
