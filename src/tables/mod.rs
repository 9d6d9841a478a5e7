//! What flows between stages: tables on disk, each meeting a contract of columns with types, units and meaning.
//!
//! One contract per file. This room reads and writes Parquet and knows Arrow; it knows nothing of stages, pipelines, runs
//! or the relational engine.

mod civil;
mod contract;
mod extract;
mod lists;
mod parquet_read;
mod parquet_write;

pub mod baskets;
pub mod campaign;
pub mod checks;
pub mod customers;
pub mod features;
pub mod lost;
pub mod offers;
pub mod orders;
pub mod rejects;
pub mod rules;
pub mod scores;
pub mod segments;
pub mod sequences;

pub use civil::{Date, Zone};
pub use contract::{Column, ColumnType, Contract, columns_of, missing_from};
pub use extract::{Batches, interned};
pub use lists::lists_as_json;
pub use parquet_read::{read_batches, read_schema};
pub use parquet_write::{TableFile, TableWriter, join_files};
