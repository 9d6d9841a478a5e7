//! What patron makes in an output folder, by name. Nothing of another name is ever changed or removed.

use std::path::{Path, PathBuf};

use crate::diagnostics::Result;
use crate::disk::{ASIDE, entries, name_of};

/// Finished artifacts by fingerprint.
pub const STORE: &str = "store";
/// Parts of artifacts that can be used again, inside the store.
pub const PARTS: &str = "parts";
/// One folder for each run.
pub const RUNS: &str = "runs";
/// One folder for each state of the lists.
pub const PUBLISHED: &str = "published";
/// The ledger of contacts: segments that are added and never removed.
pub const LEDGER: &str = "ledger";
/// The file in the ledger that names its newest segment.
pub const LAST_SEGMENT: &str = "last";
/// Digits of the number of a ledger's segment.
pub const SEGMENT_NUMBER: usize = 8;
/// Digits of its digest.
pub const SEGMENT_DIGEST: usize = 16;
/// Where the engine puts what does not fit into memory.
pub const SPILL: &str = "spill";
/// The link to the lists.
pub const LISTS: &str = "lists";
/// The link to the last good run.
pub const LATEST: &str = "latest";
/// Held by the run that is under way.
pub const LOCK: &str = ".lock";
/// Says that the folder is patron's.
pub const MARK: &str = ".patron";

/// The folders in an output folder, with what the names of patron's entries in them look like.
const FOLDERS: [(&str, fn(&str) -> bool); 5] = [
    (STORE, in_store),
    (RUNS, is_run),
    (PUBLISHED, is_published),
    (LEDGER, is_segment),
    (SPILL, |name| name.starts_with("datafusion-")),
];

/// What patron made in a folder below an output folder, sorted by name.
pub fn ours(out: &Path, folder: &str) -> Result<Vec<PathBuf>> {
    let (_, is_ours) = FOLDERS.iter().find(|row| row.0 == folder).expect("a folder of the layout");
    let mut found = entries(&out.join(folder))?;
    found.retain(|path| name_of(path).starts_with(ASIDE) || is_ours(&name_of(path)));
    Ok(found)
}

/// The parts in a store, sorted by name.
pub fn parts(out: &Path) -> Result<Vec<PathBuf>> {
    let mut found = entries(&out.join(STORE).join(PARTS))?;
    found.retain(|path| name_of(path).starts_with(ASIDE) || is_part(&name_of(path)));
    Ok(found)
}

/// An output folder and the folders that patron's entries lie in.
pub fn folders(out: &Path) -> Vec<PathBuf> {
    FOLDERS.iter().map(|(folder, _)| out.join(folder)).chain([out.to_owned()]).collect()
}

/// What a killed run left half-made or half-removed in an output folder.
pub fn asides(out: &Path) -> Result<Vec<PathBuf>> {
    let mut places = folders(out);
    places.push(out.join(STORE).join(PARTS));
    places.extend(ours(out, RUNS)?.into_iter().filter(|run| run.is_dir()));
    asides_in(&places)
}

/// The same in folders themselves.
pub fn asides_in(folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        found.extend(entries(folder)?.into_iter().filter(|path| name_of(path).starts_with(ASIDE)));
    }
    Ok(found)
}

/// All that patron made in an output folder.
pub fn all(out: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![out.join(LOCK), out.join(MARK)];
    for (folder, _) in FOLDERS {
        found.extend(ours(out, folder)?);
    }
    Ok(found)
}

/// Whether an output folder without a mark is one of patron's: of an earlier version, or of a run that was killed at once.
pub fn is_known(out: &Path) -> Result<bool> {
    let found: Vec<String> = entries(out)?.iter().map(|path| name_of(path)).filter(|name| !is_nobodys(name)).collect();
    if found.iter().all(|name| name == LOCK) {
        return Ok(true);
    }
    Ok(entries(&out.join(RUNS))?.iter().any(|path| is_run(&name_of(path))) && found.iter().any(|name| name == LOCK))
}

/// What may lie in an otherwise empty folder, a mark that was being made when its run was killed included.
pub fn is_nobodys(name: &str) -> bool {
    [".gitkeep", ".gitignore", ".DS_Store", "lost+found"].contains(&name) || name.starts_with(ASIDE)
}

/// `20261130T021500Z`, with a number behind it when there were several in that second.
pub fn is_run(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() >= 16
        && bytes[..16].iter().enumerate().all(|(at, byte)| match at {
            8 => *byte == b'T',
            15 => *byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
        && (bytes.len() == 16 || (bytes.len() > 17 && bytes[16] == b'-' && bytes[17..].iter().all(u8::is_ascii_digit)))
}

/// Lists are named by what is in them; earlier versions named them by the run.
fn is_published(name: &str) -> bool {
    is_hex(name, 16) || is_run(name)
}

/// Whether a name looks like a segment's.
pub fn is_segment(name: &str) -> bool {
    name.strip_suffix(".parquet").and_then(|stem| stem.split_once('-')).is_some_and(|(number, digest)| {
        number.len() == SEGMENT_NUMBER && number.bytes().all(|b| b.is_ascii_digit()) && is_hex(digest, SEGMENT_DIGEST)
    })
}

fn in_store(name: &str) -> bool {
    name == PARTS || is_hex(name, 32)
}

fn is_part(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, key)| is_hex(key, 32))
}

/// Whether a name is so many hexadecimal digits.
pub fn is_hex(name: &str, digits: usize) -> bool {
    name.len() == digits && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ours_and_of_others() {
        for run in ["20261130T021500Z", "20261130T021500Z-001"] {
            assert!(is_run(run) && is_published(run), "{run}");
        }
        for other in ["20261130", "20261130T021500Z.bak", "20261130T021500Z-", "my-experiment-of-2026", "ÄÄÄÄÄÄÄÄ"]
        {
            assert!(!is_run(other), "{other}");
        }
        assert!(in_store(&"0a".repeat(16)) && in_store("parts") && !in_store("backup") && !in_store(&"0A".repeat(16)));
        assert!(is_part(&format!("rows-{}", "0f".repeat(16))) && !is_part("rows") && !is_part("notes-2026"));
    }

    #[test]
    fn names_of_segments() {
        assert!(is_segment("00000001-00112233aabbccdd.parquet"));
        for other in ["1-00112233aabbccdd.parquet", "00000001-0011.parquet", "00000001.parquet", "notes.parquet"] {
            assert!(!is_segment(other), "{other}");
        }
    }
}
