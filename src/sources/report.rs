//! What reading a file came to: every row and line accounted for, and how the file was understood.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::encoding::EncodingEvidence;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// The file as the caller names it.
    pub file: String,
    /// Format, one of the table's names.
    pub format: String,
    /// `none`, `gzip`, `zstd` or `zip`.
    pub compression: String,
    /// Size on disk in bytes.
    pub bytes: u64,
    /// Rows written, and rows set aside.
    pub rows: u64,
    pub rejected: u64,
    /// Its table, or one for each sheet read.
    pub tables: Vec<TableReport>,
}

/// What became of one table. `rows + rejected == records`; for text, `lines` is header, skipped, blank and comment lines
/// and those of the records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableReport {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The encoding of text, and how sure that is.
    pub encoding: Option<EncodingEvidence>,
    /// The dialect of text in words.
    pub dialect: Option<String>,
    /// Physical lines of text; rows of a sheet or of a typed file.
    pub lines: u64,
    /// Lines before the header that were passed over by `skip_lines`.
    pub skipped_lines: u64,
    /// Lines of the header.
    pub header_lines: u64,
    /// Lines without content, and lines of comment.
    pub blank_lines: u64,
    pub comment_lines: u64,
    /// Records after the header.
    pub records: u64,
    /// Records written, and records set aside.
    pub rows: u64,
    pub rejected: u64,
    /// Records set aside by rule.
    pub rejected_by_rule: BTreeMap<String, u64>,
    /// How each column was read.
    pub columns: Vec<ColumnReport>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// How one column was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnReport {
    /// Name in the output.
    pub name: String,
    /// Header in the file; none where the file lacks the column.
    pub source: Option<String>,
    /// Arrow type in the output.
    pub stored: String,
    /// Layout of dates, where the column has any.
    pub layout: Option<String>,
    /// Values that are null.
    pub nulls: u64,
    /// Decimals that had more digits than are stored.
    pub rounded: u64,
    /// Times that the clock of the zone passed twice, and times that it jumped over.
    pub repeated_times: u64,
    pub skipped_times: u64,
    /// Values that are not numbers, in a column whose way of writing them was told from the start of the file; and amounts by
    /// the currency beside them.
    pub unclear: bool,
    pub currencies: BTreeMap<String, u64>,
}

impl FileReport {
    /// Whether all of the file has to be looked at to know how its numbers are written.
    pub fn is_unclear(&self) -> bool {
        self.tables.iter().flat_map(|table| &table.columns).any(|column| column.unclear)
    }
}
