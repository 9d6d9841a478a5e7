//! What a step leaves in the store, and the record that says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Problem, Result, codes};
use crate::disk::{Seal, check_seal};
use crate::tables::{Date, TableFile};

/// A metric of a step, by name.
pub type Metrics = BTreeMap<String, f64>;

/// The record's file name inside an artifact's folder.
pub const RECORD: &str = "artifact.json";
/// What the files of a model that did not win begin with.
pub const CHALLENGER: &str = "challenger-";
/// The suffix of the table whose rows a run enters in the ledger of contacts when it publishes; its layout is `contacts`.
pub const LEDGER_ROWS: &str = "ledger";
/// The suffix of a stage's main table.
pub const MAIN: &str = "";

/// The record of one finished step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Artifact {
    /// The step's name.
    pub step: String,
    /// Its kind.
    pub kind: String,
    /// What it was made from.
    pub fingerprint: String,
    /// Tables by suffix; the main one has none.
    pub tables: BTreeMap<String, TableFile>,
    /// Further files (models, lists, report sections) by name.
    pub files: BTreeMap<String, TableFile>,
    /// The list that publishing puts out, if it made one.
    pub list: Option<String>,
    /// Whether it holds a model.
    pub model: bool,
    /// The version of the champion that goes on scoring; none when the model in this artifact is a new one.
    pub kept: Option<String>,
    /// Whether it also holds a new model that did not win, its files under the prefix [`CHALLENGER`].
    pub challenger: bool,
    /// How often the registry's aliases had been switched when it was made.
    pub serial: u64,
    /// What it was made from, but for the champion.
    pub given: String,
    /// The as-of date that its data gave or had.
    pub as_of: Option<String>,
    /// Rows read.
    pub rows_in: u64,
    /// Rows of the main table.
    pub rows_out: u64,
    /// Rows set aside.
    pub rejected: u64,
    /// Rows of outside sources that could not be read and may be missing from the main table, by the table of rejects that has them. A
    /// stage that hands rows on as they are hands this on as well.
    pub unread: BTreeMap<String, u64>,
    /// Figures worth keeping over time.
    pub metrics: Metrics,
    /// Remarks for people.
    pub notes: Vec<String>,
    /// Checks that hold back publishing, in words.
    pub held: Vec<String>,
    /// What a person should decide although all was published, in words.
    pub gates: Vec<String>,
    /// Reusable parts that it is made of.
    pub parts: Vec<String>,
    /// The outside sources that it was made from: their digests by name.
    pub sources: BTreeMap<String, String>,
}

impl Artifact {
    /// The record of a step that has made nothing yet; the as-of date is the declared one or, without it, the inputs'.
    pub fn start(step: &str, declared: Option<Date>, inputs: &BTreeMap<String, Stored>) -> Artifact {
        let inherited = inputs.values().filter_map(|i| i.record.as_of.clone()).max();
        Artifact { step: step.to_owned(), as_of: declared.map(|d| d.to_string()).or(inherited), ..Artifact::default() }
    }
}

impl Artifact {
    /// Its tables and further files.
    pub fn all_files(&self) -> impl Iterator<Item = &TableFile> {
        self.tables.values().chain(self.files.values())
    }

    /// The version of the model that was trained for it.
    pub fn own_version(&self) -> &str {
        self.fingerprint.get(..12).unwrap_or(&self.fingerprint)
    }

    /// The version of the model that it hands on.
    pub fn version(&self) -> &str {
        self.kept.as_deref().unwrap_or(self.own_version())
    }
}

/// An artifact with its folder.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Where its files are.
    pub folder: PathBuf,
    /// Its record.
    pub record: Arc<Artifact>,
}

impl Stored {
    /// Reads the record in `folder`; `None` when there is no folder.
    ///
    /// # Errors
    /// What is wrong: the record cannot be read or was changed, or a file that it names is gone or has another size.
    pub fn open(folder: &Path) -> std::result::Result<Option<Stored>, String> {
        if std::fs::symlink_metadata(folder).is_err() {
            return Ok(None);
        }
        let path = folder.join(RECORD);
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
        if check_seal(&text) != Seal::Whole {
            return Err(format!("{} was changed after it was written", path.display()));
        }
        let record: Artifact =
            serde_json::from_str(&text).map_err(|e| format!("{} is damaged: {e}", path.display()))?;
        for file in record.all_files() {
            let path = folder.join(&file.file);
            match std::fs::metadata(&path) {
                Ok(data) if data.is_file() && data.len() == file.bytes => {}
                Ok(_) => return Err(format!("{} is not as large as it was written", path.display())),
                Err(error) => return Err(format!("{} is gone: {error}", path.display())),
            }
        }
        Ok(Some(Stored { folder: folder.to_owned(), record: Arc::new(record) }))
    }

    /// What is wrong with its files, by their digests.
    pub fn fault(&self) -> Option<String> {
        let files: Vec<&TableFile> = self.record.all_files().collect();
        let faults: Vec<Option<String>> = files.par_iter().map(|file| file.fault(&self.folder)).collect();
        faults.into_iter().flatten().next()
    }

    /// The path of a table by suffix.
    pub fn table(&self, suffix: &str) -> Result<PathBuf> {
        match self.record.tables.get(suffix) {
            Some(table) => Ok(self.folder.join(&table.file)),
            None => {
                let name = if suffix.is_empty() { "no table".to_owned() } else { format!("no table `{suffix}`") };
                Problem::new(&codes::WRONG_INPUT, format!("the stage `{}` makes {name}", self.record.step)).err()
            }
        }
    }

    /// The path of a further file.
    pub fn file(&self, name: &str) -> Result<PathBuf> {
        match self.record.files.get(name) {
            Some(file) => Ok(self.folder.join(&file.file)),
            None => {
                Problem::new(&codes::WRONG_INPUT, format!("the stage `{}` makes no `{name}`", self.record.step)).err()
            }
        }
    }

    /// Its tables as SQL names (`NAME`, `NAME_suffix`) with their paths.
    pub fn sql_tables(&self) -> Vec<(String, PathBuf)> {
        let step = &self.record.step;
        self.record
            .tables
            .iter()
            .map(|(suffix, table)| (table_name(step, suffix), self.folder.join(&table.file)))
            .collect()
    }
}

/// What a stage's table is called in SQL: the stage, then the suffix of tables that are not the main one.
pub(crate) fn table_name(stage: &str, suffix: &str) -> String {
    if suffix == MAIN { stage.to_owned() } else { format!("{stage}_{suffix}") }
}

/// A name as SQL takes it, whatever it holds.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
