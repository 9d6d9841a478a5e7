//! What flows between stages: tables on disk, each with a layout: its columns with types, units and meaning.
//!
//! One file per subject under `layouts/`. This room reads and writes Parquet and knows Arrow; it knows nothing of stages, pipelines, runs
//! or the relational engine.

mod civil;
mod extract;
mod layout;
pub mod layouts;
mod lists;
mod parquet_read;
mod parquet_write;
mod partitions;

pub use civil::{Date, Zone};
pub use extract::Batches;
pub use layout::{Column, ColumnType, Fault, Layout, columns_of, in_words, missing_from};
pub use lists::lists_as_json;
pub use parquet_read::{read_batches, read_schema};
pub use parquet_write::{ROWS_A_GROUP, RowGroup, TableFile, TableWriter, join_files};
pub use partitions::{Part, groups_of, parts_of, runs_of};
