//! The pure rooms: what patron knows about shops, customers and figures, free of files, clocks, tables and configuration.
//!
//! A package of its own (`src/pure/Cargo.toml`), so that it is built beside the relational engine instead of after it, and so
//! that a pure room cannot reach for the engine even by mistake. `lib.rs` hands every room on under its own name.

pub mod campaigns;
pub mod churn;
pub mod cleaning;
pub mod clustering;
pub mod demo;
pub mod experiments;
pub mod features;
pub mod kpis;
pub mod learning;
pub mod lifecycle;
pub mod loyalty;
pub mod mining;
pub mod planning;
pub mod profiling;
pub mod recommendation;
pub mod response;
pub mod satisfaction;
pub mod series;
pub mod triggers;
pub mod uplift;
pub mod value;
pub mod worth;

pub mod keys;
pub mod numeric;
pub mod orders;

#[cfg(test)]
mod real_data;
