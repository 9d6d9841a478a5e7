//! The layouts of all tables, one file per subject.
//!
//! Only columns, types and meanings; nothing here reads or writes.

pub mod baskets;
pub mod campaign;
pub mod campaign_results;
pub mod checks;
pub mod contacts;
pub mod customers;
pub mod features;
pub mod kpis;
pub mod lifecycle;
pub mod lost;
pub mod loyalty;
pub mod offers;
pub mod orders;
pub mod plan;
pub mod rejects;
pub mod response;
pub mod rules;
pub mod satisfaction;
pub mod scores;
pub mod segments;
pub mod sequences;
pub mod triggers;
pub mod uplift;
pub mod value;
