//! The files that a list goes out as: one import format per file, one table of all of them.
//!
//! Takes Arrow columns with a role each and gives bytes. Knows no path, no pipeline, no clock and no engine: who calls
//! opens the files, and writes them aside and atomically.
//!
//! Plain formats (`csv`, `jsonl`, `parquet`, `xlsx`) keep every row and column. Import profiles (`mailchimp`, …) write
//! what their tool accepts, under its own headers, split at its limits; a row that a tool would refuse is handed back
//! with the rule, never dropped silently.

mod braze;
mod brevo;
mod csv;
mod customer_io;
mod delimited;
mod google_customer_match;
mod hubspot;
mod identifiers;
mod iterable;
mod jsonl;
mod klaviyo;
mod mailchimp;
mod manifest;
mod meta;
mod parquet;
mod part;
mod profile;
mod role;
mod sendgrid;
mod tiktok;
mod value;
mod xlsx;

pub use manifest::{Head, Manifest, ManifestColumn, ManifestFile, SCHEMA_VERSION};
pub use role::{Field, ROLES, Role, RoleRow};

use arrow::array::RecordBatch;
use std::collections::BTreeMap;
use std::io::Write;
use thiserror::Error;

/// One import format.
pub struct Destination {
    /// As users write it.
    pub name: &'static str,
    /// What the file is for, in a sentence.
    pub meaning: &'static str,
    /// Without the dot.
    pub extension: &'static str,
    /// Whether it is laid out for people rather than for programs.
    pub for_people: bool,
    /// Whether identifying columns are written as SHA-256 only.
    pub hashed: bool,
    /// The vendor's page that the format was read from; empty for open formats.
    pub source: &'static str,
    format: Format,
}

enum Format {
    /// Keeps all rows and columns as they are.
    Plain(fn(&List, &Options, &mut dyn Parts) -> Result<Written, DestinationError>),
    /// A tool's own headers, values and limits.
    Profile(&'static profile::Profile),
}

/// Every destination; the only place where their names are.
pub static DESTINATIONS: &[Destination] = &[
    csv::CSV,
    jsonl::JSONL,
    parquet::PARQUET,
    xlsx::XLSX,
    mailchimp::MAILCHIMP,
    hubspot::HUBSPOT,
    klaviyo::KLAVIYO,
    braze::BRAZE,
    customer_io::CUSTOMER_IO,
    iterable::ITERABLE,
    sendgrid::SENDGRID,
    brevo::BREVO,
    google_customer_match::GOOGLE_CUSTOMER_MATCH,
    meta::META,
    tiktok::TIKTOK,
];

/// The destination of that name.
pub fn destination(name: &str) -> Option<&'static Destination> {
    DESTINATIONS.iter().find(|destination| destination.name == name)
}

/// A list's rows: batches of one schema, with a field per column.
#[derive(Clone, Copy)]
pub struct List<'a> {
    pub fields: &'a [Field],
    pub batches: &'a [RecordBatch],
}

/// What users may change about a destination.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Other headers: from the list's column name to the header to write.
    pub headers: BTreeMap<String, String>,
    /// Line ends of text formats, where not the format's own: `true` for CR LF.
    pub crlf: Option<bool>,
    /// At most so many rows in one file, where fewer than the format's own limit.
    pub max_rows: Option<u64>,
    /// At most so many bytes in one file, where fewer than the format's own limit.
    pub max_bytes: Option<u64>,
    /// Country calling code, digits only, for telephones of rows without a country that are written without one: `44`.
    pub calling_code: Option<String>,
}

/// Gives the place for each file of a list. A closure that takes the file's number, from 1, will do.
pub trait Parts {
    /// # Errors
    /// Whatever opening it may bring.
    fn open(&mut self, number: u32) -> std::io::Result<Box<dyn Write + Send + '_>>;
}

impl<F, W> Parts for F
where
    F: FnMut(u32) -> std::io::Result<W>,
    W: Write + Send + 'static,
{
    fn open(&mut self, number: u32) -> std::io::Result<Box<dyn Write + Send + '_>> {
        Ok(Box::new(self(number)?))
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// One per file, in order.
    pub parts: Vec<Part>,
    /// Rows that the tool would not take; not written.
    pub refused: Vec<Refused>,
    /// Values that were written otherwise or left empty, by column and rule.
    pub altered: Vec<Altered>,
    /// What whoever imports the file should know, in words.
    pub notes: Vec<String>,
    /// Header of each column written, with the name of the list's column that it came from.
    pub columns: Vec<(String, String)>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub rows: u64,
    pub bytes: u64,
    /// Lower-case hexadecimal SHA-256 of its bytes.
    pub sha256: String,
}

/// A row that was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its number in the list, from 0.
    pub row: u64,
    /// The rule, as a word: `no-identifier`, `duplicate`.
    pub rule: &'static str,
}

/// Values of one column that were changed by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altered {
    pub column: String,
    /// The rule, as a word: `bad-email`, `clipped`, `guarded`.
    pub rule: &'static str,
    pub rows: u64,
    /// The first such row's number in the list, from 0.
    pub first_row: u64,
}

/// Why a list cannot be written.
#[derive(Debug, Error)]
pub enum DestinationError {
    #[error("column {column} appears twice: a destination needs distinct column names")]
    RepeatedColumn { column: String },
    #[error(
        "the list has {fields} described columns and {columns} columns of data; describe each column once, in order"
    )]
    ColumnCount { fields: usize, columns: usize },
    #[error("column {column} has type {kind}, which no destination can write; cast it in the stage before")]
    UnknownType { column: String, kind: String },
    #[error("{destination} needs one of these columns: {roles}; give one of the list's columns that role")]
    NoIdentifier { destination: &'static str, roles: String },
    #[error(
        "two columns would both be written as {header}: {first} and {second}; give one of them another header or role"
    )]
    SameHeader { header: String, first: String, second: String },
    #[error("{destination} takes at most {limit} columns and the list has {columns}; select fewer")]
    TooManyColumns { destination: &'static str, limit: usize, columns: usize },
    #[error("row {row} alone is larger than the {limit} bytes that a file of {destination} may have")]
    RowTooLarge { destination: &'static str, row: u64, limit: u64 },
    #[error("the file could not be written: {0}")]
    Write(#[from] std::io::Error),
    #[error("the Parquet file could not be written: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    #[error("the workbook could not be written: {0}")]
    Xlsx(#[source] rust_xlsxwriter::XlsxError),
    #[error("the columns could not be read: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
}

impl From<rust_xlsxwriter::XlsxError> for DestinationError {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        match error {
            // This variant does not give the system's error as its source.
            rust_xlsxwriter::XlsxError::IoError(error) => DestinationError::Write(error),
            other => DestinationError::Xlsx(other),
        }
    }
}

impl Destination {
    /// Whether the columns suffice, from their names and roles alone.
    ///
    /// # Errors
    /// The first reason why a list of such columns could not be written.
    pub fn check(&self, fields: &[Field], options: &Options) -> Result<(), DestinationError> {
        for (i, field) in fields.iter().enumerate() {
            if fields[..i].iter().any(|other| other.name == field.name) {
                return Err(DestinationError::RepeatedColumn { column: field.name.clone() });
            }
        }
        match self.format {
            Format::Plain(_) => distinct_headers(fields, options),
            Format::Profile(profile) => profile.columns(self.name, fields, options).map(drop),
        }
    }

    /// Writes the list; an empty list makes one file with its header.
    ///
    /// # Errors
    /// What [`Destination::check`] finds, a column of a type that cannot be written, or the file's own failure.
    pub fn write(&self, list: List, options: &Options, parts: &mut dyn Parts) -> Result<Written, DestinationError> {
        self.check(list.fields, options)?;
        for batch in list.batches {
            if batch.num_columns() != list.fields.len() {
                let (fields, columns) = (list.fields.len(), batch.num_columns());
                return Err(DestinationError::ColumnCount { fields, columns });
            }
        }
        match self.format {
            Format::Plain(write) => write(&list, options, parts),
            Format::Profile(profile) => profile.write(self.name, &list, options, parts),
        }
    }
}

impl Options {
    /// The header of a column.
    fn header(&self, field: &Field) -> String {
        self.headers.get(&field.name).unwrap_or(&field.name).clone()
    }
}

fn distinct_headers(fields: &[Field], options: &Options) -> Result<(), DestinationError> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for field in fields {
        let header = options.header(field);
        if let Some(first) = seen.insert(header.clone(), &field.name) {
            let (first, second) = (first.to_owned(), field.name.clone());
            return Err(DestinationError::SameHeader { header, first, second });
        }
    }
    Ok(())
}

/// The rule of values that were made safe for spreadsheets.
const GUARDED: &str = "guarded";

/// The rule of values that a spreadsheet could take for a formula and that cannot be changed.
const OPEN: &str = "looks-like-formula";

/// Counts of altered values, kept in the order of columns and rules so that they are reported the same every time.
#[derive(Default)]
struct Alterations(BTreeMap<(usize, &'static str), (u64, u64)>);

impl Alterations {
    fn count(&mut self, column: usize, rule: &'static str, row: u64) {
        self.0.entry((column, rule)).or_insert((0, row)).0 += 1;
    }

    /// Which columns were made safe for spreadsheets, or could not be, for whoever opens the file in one.
    fn note(&self, rule: &'static str, names: &[String]) -> Option<String> {
        let columns: Vec<&str> =
            self.0.keys().filter(|(_, of)| *of == rule).map(|(column, _)| names[*column].as_str()).collect();
        let what = match rule {
            GUARDED => "values that a spreadsheet would take for a formula have an apostrophe before them in",
            _ => {
                "values that a spreadsheet would take for a formula are left as they are, for the tool reads them as they are: \
                 do not open this file in a spreadsheet; columns"
            }
        };
        (!columns.is_empty()).then(|| format!("{what} {}", columns.join(", ")))
    }

    fn into_altered(self, names: &[String]) -> Vec<Altered> {
        let entry = |((column, rule), (rows, first_row)): ((usize, &'static str), (u64, u64))| Altered {
            column: names[column].clone(),
            rule,
            rows,
            first_row,
        };
        self.0.into_iter().map(entry).collect()
    }
}

#[cfg(test)]
mod tests;
