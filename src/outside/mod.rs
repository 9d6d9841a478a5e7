//! What a pipeline reads from outside of itself: one row for each kind of source, which finds what is there, takes its digest
//! for reuse, and opens it as a file of bytes or as rows with types.
//!
//! A new kind of source is one file with its row, and one line in [`KINDS`]. Knows no stage, no plan and no store: who calls
//! hands in what only the run knows ([`Looking`]).

mod files;
mod ledger;
mod rows;
mod runs;
mod snapshot;
mod source;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostics::Result;
use crate::tables::Date;

pub use ledger::{KeptLedger, LEDGER_PREFIX};
pub use rows::{Reading, Rows};
pub use snapshot::Snapshot;
pub use source::{Content, Opening, Source};

/// A source that a stage asks for, as its settings write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// A pattern of files, or the prefix of a kind and what that kind understands.
    pub address: String,
}

/// What a kind of source gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Files, whose bytes are of a format.
    Bytes,
    /// Rows of columns with types.
    Rows,
}

/// One row of the table of kinds of sources.
pub struct SourceKind {
    /// Its name.
    pub name: &'static str,
    /// What its addresses begin with; none for files.
    pub prefix: &'static str,
    /// What it gives.
    pub gives: Gives,
    /// What it reads.
    pub meaning: &'static str,
    /// An address.
    pub example: &'static str,
    /// What is wrong with an address (without the prefix), seen without looking outside.
    pub fault: fn(&str) -> Option<String>,
    /// What is there now, in a fixed order; the address is without the prefix.
    pub find: fn(&Looking, &str) -> Result<Vec<Source>>,
}

/// All kinds of sources; files, which have no prefix, come last.
pub static KINDS: [&SourceKind; 3] = [&runs::KIND, &ledger::KIND, &files::KIND];

/// What the run hands in while it looks for sources.
pub struct Looking<'a> {
    /// The stage that asks.
    pub step: &'a str,
    /// The night that it works for, where the pipeline or what it reads gives an as-of date.
    pub night: Option<Date>,
    /// The table of this name that the last good run into an output folder left.
    pub last_good: &'a dyn Fn(&Path, &str) -> Result<KeptTable>,
    /// The ledger of contacts in an output folder, or of this run itself.
    pub ledger: &'a dyn Fn(Option<&Path>) -> Result<KeptLedger>,
    /// Files of which the digest was taken for another pattern of the stage, by path.
    pub digested: RefCell<BTreeMap<PathBuf, Source>>,
}

/// A stored table of another pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTable {
    /// Its Parquet file.
    pub path: PathBuf,
    /// Rows.
    pub rows: u64,
    /// BLAKE3 of the file, hex.
    pub digest: String,
    /// Rows that were not read when it was made, by the table of rejects that has them.
    pub unread: BTreeMap<String, u64>,
}

impl Outside {
    /// One for each address.
    pub fn all(addresses: &[String]) -> Vec<Outside> {
        addresses.iter().map(|address| Outside { address: address.clone() }).collect()
    }

    /// Its kind, and the rest of its address.
    pub fn kind(&self) -> (&'static SourceKind, &str) {
        let by_prefix = |kind: &&'static SourceKind| Some((*kind, self.address.strip_prefix(kind.prefix)?));
        KINDS.iter().find_map(by_prefix).expect("files have no prefix")
    }

    /// What is wrong with its address, seen without looking outside.
    pub fn fault(&self) -> Option<String> {
        let (kind, rest) = self.kind();
        (kind.fault)(rest)
    }
}

/// What is there of all that a stage asks for, in the order in which it asks, each source once.
///
/// # Errors
/// An address that leads to nothing; what cannot be read.
pub fn find(looking: &Looking, asked: &[Outside]) -> Result<Vec<Source>> {
    let mut found: Vec<Source> = Vec::new();
    for outside in asked {
        let (kind, rest) = outside.kind();
        for source in (kind.find)(looking, rest)? {
            if found.iter().all(|other| !other.is_the_same(&source)) {
                found.push(source);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_understands_its_example_and_has_a_prefix_of_its_own() {
        for kind in KINDS {
            let example = Outside { address: kind.example.to_owned() };
            assert_eq!(example.kind().0.name, kind.name);
            assert_eq!(example.fault(), None, "{}", kind.example);
            assert!(!kind.meaning.is_empty());
        }
        let prefixes: std::collections::BTreeSet<&str> = KINDS.iter().map(|kind| kind.prefix).collect();
        assert_eq!(prefixes.len(), KINDS.len());
        assert_eq!(KINDS.last().expect("some").prefix, "");
    }

    #[test]
    fn a_file_whose_name_begins_like_a_kind_is_read_by_its_folder() {
        let kind = |address: &str| Outside { address: address.to_owned() }.kind().0.name;
        assert_eq!(kind("run:out/shop/orders"), "run");
        assert_eq!(kind("./run:orders.csv"), "files");
        assert_eq!(kind("C:/data/orders.csv"), "files");
    }
}
