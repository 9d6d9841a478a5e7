//! The only door to the relational engine, and the only asynchronous code.
//!
//! Runs SQL over Parquet tables with a memory limit beyond which it spills to disk. Knows nothing of stages, layouts or
//! pipelines.

mod fault;
mod level;
mod local;
mod rehearsal;
mod text;

pub use fault::QueryFault;
pub use local::{Answer, Engine, Partitions};
pub use rehearsal::Rehearsal;
pub use text::Place;
