//! Parts of artifacts that can be used again, such as the rows of one file: made aside, flushed, put in place by one rename,
//! and compared with their digests before they are used.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Result, io_problem};
use crate::disk::{ASIDE, Seal, check_seal, entries, flush_folder, make_folder, remove, sealed, write_new};
use crate::tables::TableFile;

/// The record's file name inside a part.
const RECORD: &str = "part.json";

#[derive(Serialize, Deserialize)]
struct Part {
    files: Vec<TableFile>,
}

/// The folder of a part, if it is there and as it was written.
pub(super) fn known_part(parts: &Path, key: &str) -> Option<PathBuf> {
    let place = parts.join(key);
    let text = fs::read_to_string(place.join(RECORD)).ok().filter(|text| check_seal(text) == Seal::Whole)?;
    let part: Part = serde_json::from_str(&text).ok()?;
    part.files.par_iter().all(|file| file.fault(&place).is_none()).then_some(place)
}

/// Makes a part aside and puts it in place.
pub(super) fn keep_part(parts: &Path, key: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let aside = parts.join(format!("{ASIDE}{key}"));
    remove(&aside)?;
    make_folder(&aside)?;
    if let Err(problem) = make(&aside).and_then(|()| record(&aside)) {
        // Half a part is of no use; the next run would sweep it anyway.
        let _ = fs::remove_dir_all(&aside);
        return Err(problem);
    }
    let place = parts.join(key);
    remove(&place)?;
    fs::rename(&aside, &place).map_err(|e| io_problem("put in place", &place, &e))?;
    flush_folder(parts)?;
    Ok(place)
}

fn record(aside: &Path) -> Result<()> {
    let mut files = Vec::new();
    for path in entries(aside)? {
        File::open(&path).and_then(|file| file.sync_all()).map_err(|e| io_problem("flush", &path, &e))?;
        files.push(TableFile::of(&path, 0)?);
    }
    let text = serde_json::to_string_pretty(&Part { files }).expect("a record is plain data");
    write_new(&aside.join(RECORD), sealed(&text).as_bytes())?;
    flush_folder(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_was_changed_is_no_longer_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let parts = folder.path();
        let make = || keep_part(parts, "rows-1", |aside| write_new(&aside.join("rows"), b"twelve rows")).expect("kept");
        assert_eq!(known_part(parts, "rows-1"), None);
        let place = make();
        assert_eq!(known_part(parts, "rows-1"), Some(place.clone()));
        for name in ["rows", RECORD] {
            let path = place.join(name);
            let mut bytes = fs::read(&path).expect("a file");
            bytes[7] ^= 1;
            fs::write(&path, bytes).expect("written");
            assert_eq!(known_part(parts, "rows-1"), None, "{name}");
            make();
            assert!(known_part(parts, "rows-1").is_some());
        }
        fs::remove_file(place.join("rows")).expect("removed");
        assert_eq!(known_part(parts, "rows-1"), None);
    }
}
