//! The store: finished artifacts by fingerprint. Written aside, flushed, then renamed, so that what is there is whole; and
//! looked over before it is used, for a disk or a person may have changed it since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::layout::{self, PARTS, STORE};
use crate::diagnostics::Result;
use crate::disk::{ASIDE, flush_folder, make_folder, make_folders, name_of, put_in_place, remove, sealed, write_new};
use crate::plan::Fingerprint;
use crate::stage::{Artifact, RECORD, Stored};

/// A folder of artifacts.
#[derive(Debug)]
pub struct Store {
    out: PathBuf,
    /// Artifacts whose digests have been checked, with what is wrong with them: once is enough for a run.
    checked: Mutex<BTreeMap<String, Option<String>>>,
}

/// What is found under a fingerprint.
#[derive(Debug)]
pub enum Found {
    /// An artifact that is as it was written.
    Whole(Stored),
    /// One that is not, and why. It is as good as none.
    Broken(String),
    /// Nothing.
    Absent,
}

impl Found {
    /// The artifact, if it is whole.
    pub fn whole(self) -> Option<Stored> {
        match self {
            Found::Whole(stored) => Some(stored),
            Found::Broken(_) | Found::Absent => None,
        }
    }
}

impl Store {
    /// The store below an output folder; made if need be.
    pub fn open(out: &Path) -> Result<Store> {
        let store = Store::at(out);
        make_folders(&store.parts())?;
        Ok(store)
    }

    /// The store below an output folder, to look at.
    pub fn at(out: &Path) -> Store {
        Store { out: out.to_owned(), checked: Mutex::default() }
    }

    /// Where stages keep parts that they can use again.
    pub fn parts(&self) -> PathBuf {
        self.folder().join(PARTS)
    }

    /// What is under a fingerprint, by its record and the sizes of its files alone.
    pub fn glance(&self, fingerprint: &Fingerprint) -> Found {
        // A fingerprint comes from a record, which may say anything.
        if !layout::is_hex(fingerprint.as_str(), 32) {
            return Found::Absent;
        }
        match Stored::open(&self.place(fingerprint)) {
            Ok(Some(stored)) => Found::Whole(stored),
            Ok(None) => Found::Absent,
            Err(fault) => Found::Broken(fault),
        }
    }

    /// What is under a fingerprint, every byte compared with its digest.
    pub fn get(&self, fingerprint: &Fingerprint) -> Found {
        let stored = match self.glance(fingerprint) {
            Found::Whole(stored) => stored,
            other => return other,
        };
        let mut checked = self.checked.lock().expect("no holder panics");
        match checked.entry(fingerprint.to_string()).or_insert_with(|| stored.fault()) {
            None => Found::Whole(stored),
            Some(fault) => Found::Broken(fault.clone()),
        }
    }

    /// A fresh folder in which to make an artifact.
    pub fn aside(&self, fingerprint: &Fingerprint) -> Result<PathBuf> {
        let folder = self.folder().join(format!("{ASIDE}{fingerprint}"));
        remove(&folder)?;
        make_folder(&folder)?;
        Ok(folder)
    }

    /// Puts a finished artifact in its place: record last, all flushed, one rename.
    pub fn put(&self, aside: &Path, artifact: &Artifact, fingerprint: &Fingerprint) -> Result<Stored> {
        let text = serde_json::to_string_pretty(artifact).expect("a record is plain data");
        write_new(&aside.join(RECORD), sealed(&text).as_bytes())?;
        flush_folder(aside)?;
        let place = self.place(fingerprint);
        put_in_place(aside, &place)?;
        flush_folder(&self.folder())?;
        // Its bytes have just been written and hashed.
        self.checked.lock().expect("no holder panics").insert(fingerprint.to_string(), None);
        Ok(Stored { folder: place, record: artifact.clone().into() })
    }

    /// Removes artifacts and parts that no kept run names, and nothing that patron did not make.
    pub fn forget_all_but(&self, artifacts: &BTreeSet<String>, parts: &BTreeSet<String>) -> Result<()> {
        for path in layout::ours(&self.out, STORE)? {
            if name_of(&path) != PARTS && !artifacts.contains(&name_of(&path)) {
                remove(&path)?;
            }
        }
        for path in layout::parts(&self.out)? {
            if !parts.contains(&name_of(&path)) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        self.out.join(STORE)
    }

    fn place(&self, fingerprint: &Fingerprint) -> PathBuf {
        self.folder().join(fingerprint.as_str())
    }
}
