//! Files as they come, turned into typed tables: formats, compression, encodings, dialects, types, and rows set aside.
//!
//! Reading goes in three steps. [`profile::profile`] looks at a file: what it is, how it is written, and, where a type or a
//! date layout has to be told from the values, all of them. [`plan::plan`] decides from the profiles of all files of a table
//! which columns it has and how each file's columns become them. [`read::convert`] writes one file as Parquet, and what does
//! not fit as a second Parquet file of rejects. Every record ends in exactly one of the two, in the order of the file; the
//! bytes written depend on the file, the plan and the settings only, not on the number of threads.
//!
//! Knows no stage, no layout, no configuration file; what a customer or an order is, is for others to say.

pub mod advice;
pub mod column_type;
mod convert;
mod currency;
pub(crate) mod dates;
mod delimited;
pub mod dialect;
pub mod encoding;
mod entities;
pub mod error;
mod example;
mod facts;
pub mod formats;
mod guarded;
mod header;
pub mod looks;
mod number_facts;
mod numbers;
mod opened;
mod ordered;
pub mod personal;
pub mod plain;
pub mod plan;
pub mod profile;
pub mod read;
#[cfg(test)]
mod real_files;
mod records;
pub mod rejects;
pub mod report;
#[cfg(test)]
mod round_trip;
pub mod settings;
mod sniff;
mod typed;
mod values;
mod workbook;
mod write;
mod written;

/// The output column that names the file, and the sheet where there is one, of each row: Dictionary(Int32, Utf8).
pub const SOURCE_FILE: &str = "source_file";
/// The output column with the physical line on which each record starts, from 1; the row of a sheet or of a typed file. Int64.
pub const SOURCE_LINE: &str = "source_line";
