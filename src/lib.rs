//! Turns a shop's order history into lists that marketing can use: whom we are about to lose, what to offer to whom, who is
//! worth most, and why.
//!
//! In reading order: the command line calls a run; a run carries out a plan; a plan is a checked pipeline file; its steps
//! are stages; stages are glue between tables on disk and the pure rooms, which know no file, clock or configuration.

pub mod cli;

pub mod config;
pub mod diagnostics;
pub mod disk;
pub mod outside;
pub mod plan;
pub mod run;
pub mod stage;
pub mod stages;

pub mod destinations;
pub mod engine;
pub mod report;
pub mod sources;
pub mod tables;

pub use patron_pure::*;
