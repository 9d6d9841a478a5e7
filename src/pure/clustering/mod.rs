//! Segments of customers: numbers in, a label per customer out, with a memory from run to run.
//!
//! Two ways: scores of recency, frequency and monetary value with named rules ([`RfmCuts`], [`Naming`]), and k-means over
//! any features ([`choose_k`], [`Segmentation`]). Cuts and centres are frozen data that a run saves and the next one uses
//! again or matches its labels to. [`kept`] says how many customers stayed in their group, [`grid()`] counts scores, [`profiles`] says what sets a
//! segment apart. Knows nothing of orders, features, files or dates.

mod agreement;
mod assignment;
mod choice;
mod grid;
mod kmeans;
mod named;
mod profile;
mod rfm;
mod scaling;

pub use agreement::{Kept, adjusted_rand_index, kept};
pub use assignment::assign_cheapest;
pub use choice::{Choice, ChoiceSettings, SILHOUETTE_SAMPLE, Tried, choose_k};
pub use grid::{GridCell, grid};
pub use kmeans::{KMeansError, KMeansSettings, POLISHING, Segment, Segmentation};
pub use named::{NAMED_SEGMENTS, NamedSegment, Naming, RulesError, SegmentRule, default_rules};
pub use profile::{Profile, Trait, Words, profiles};
pub use rfm::{Binning, Cuts, Rfm, RfmCuts, RfmError, RfmScore};
pub use scaling::{Column, Scale, ScalingError, Transform, fit_scales};
