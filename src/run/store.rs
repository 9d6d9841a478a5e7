//! The store: finished artifacts by fingerprint. Written aside, flushed, then renamed, so that what is there is whole.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::diagnostics::{Result, io_problem};
use crate::plan::Fingerprint;
use crate::stages::{Artifact, RECORD, Stored};

const ASIDE: &str = ".aside-";

/// A folder of artifacts.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store below an output folder; made if need be.
    pub fn open(out: &Path) -> Result<Store> {
        let store = Store { folder: out.join("store") };
        for folder in [store.folder.clone(), store.parts()] {
            fs::create_dir_all(&folder).map_err(|e| io_problem("create", &folder, &e))?;
        }
        Ok(store)
    }

    /// The store below an output folder, to look at.
    pub fn at(out: &Path) -> Store {
        Store { folder: out.join("store") }
    }

    /// Where stages keep parts that they can use again.
    pub fn parts(&self) -> PathBuf {
        self.folder.join("parts")
    }

    /// The artifact with this fingerprint.
    pub fn get(&self, fingerprint: &Fingerprint) -> Result<Option<Stored>> {
        Stored::open(&self.folder.join(fingerprint.as_str()))
    }

    /// A fresh folder in which to make an artifact.
    pub fn aside(&self, fingerprint: &Fingerprint) -> Result<PathBuf> {
        let folder = self.folder.join(format!("{ASIDE}{fingerprint}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|e| io_problem("clear", &folder, &e))?;
        }
        fs::create_dir(&folder).map_err(|e| io_problem("create", &folder, &e))?;
        Ok(folder)
    }

    /// Puts a finished artifact in its place: record last, all flushed, one rename.
    pub fn put(&self, aside: &Path, artifact: &Artifact, fingerprint: &Fingerprint) -> Result<Stored> {
        let record = aside.join(RECORD);
        let text = serde_json::to_string_pretty(artifact).expect("a record is plain data");
        write_flushed(&record, text.as_bytes())?;
        flush_folder(aside)?;
        let place = self.folder.join(fingerprint.as_str());
        if place.exists() {
            fs::remove_dir_all(&place).map_err(|e| io_problem("replace", &place, &e))?;
        }
        fs::rename(aside, &place).map_err(|e| io_problem("put in place", &place, &e))?;
        flush_folder(&self.folder)?;
        Ok(Stored::open(&place)?.expect("it was just put there"))
    }

    /// Removes what a killed run left half-made.
    pub fn sweep(&self) -> Result<()> {
        for folder in [self.folder.clone(), self.parts()] {
            for path in entries(&folder)? {
                if name_of(&path).starts_with(ASIDE) {
                    remove(&path)?;
                }
            }
        }
        Ok(())
    }

    /// Removes artifacts and parts that no kept run names.
    pub fn forget_all_but(&self, artifacts: &BTreeSet<String>, parts: &BTreeSet<String>) -> Result<()> {
        for path in entries(&self.folder)? {
            if name_of(&path) != "parts" && !artifacts.contains(&name_of(&path)) {
                remove(&path)?;
            }
        }
        for path in entries(&self.parts())? {
            if !parts.contains(&name_of(&path)) {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

/// Writes a file and flushes it to the disk.
pub fn write_flushed(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = File::create(path).map_err(|e| io_problem("create", path, &e))?;
    std::io::Write::write_all(&mut file, content)
        .and_then(|()| file.sync_all())
        .map_err(|e| io_problem("write", path, &e))
}

/// Replaces a small file as a whole.
pub fn replace_file(path: &Path, content: &[u8]) -> Result<()> {
    let aside = path.with_extension("aside");
    write_flushed(&aside, content)?;
    fs::rename(&aside, path).map_err(|e| io_problem("put in place", path, &e))?;
    path.parent().map_or(Ok(()), flush_folder)
}

/// Flushes a folder's entries to the disk, so that a rename in it outlives a power cut.
pub fn flush_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| io_problem("flush", folder, &e))
}

/// The entries of a folder, sorted by name; none when it is not there.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = match fs::read_dir(folder) {
        Ok(read) => read,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_problem("read", folder, &error)),
    };
    let mut paths = read
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(|e| io_problem("read", folder, &e))?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|e| io_problem("remove", path, &e))
}
