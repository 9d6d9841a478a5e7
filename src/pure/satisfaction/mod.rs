//! Satisfaction: what customers answer, measured with its uncertainty; and what complaints say beside it.
//!
//! Knows persons only as rows and numbers, answers only as numbers on a scale: no text of an answer, file, table or clock.
//!
//! In reading order: [`measures`] has the simple scores (CSAT, NPS, CES); [`Scale`] and [`Answers`] bring answers to 0 to 100;
//! [`PathModel`] says which items measure what and what leads to what; [`estimate()`] weighs items and arrows by partial least squares;
//! [`FrozenWeights`] keep the weights so that waves compare; [`quality()`] tells how well the blocks measure, [`consistent_paths()`] what paths would
//! be without their errors; [`bootstrap()`] gives
//! intervals; [`respondent_weights()`] correct for those who did not answer; [`importance()`] says where to act; [`complaint_funnel()`] compares
//! those who complained with those who had the same failure and stayed quiet.

mod answers;
mod bootstrap;
mod consistent;
mod correlation;
mod effects;
mod error;
#[cfg(test)]
mod evidence;
mod frozen;
mod funnel;
pub mod measures;
mod model;
mod nonresponse;
mod pls;
mod presets;
mod quality;

pub use answers::{Answers, Scale};
pub use bootstrap::{Bootstrap, Interval, bootstrap, index_interval};
pub use consistent::consistent_paths;
pub use correlation::Correlations;
pub use effects::{Importance, importance, total_effects};
pub use error::SatisfactionError;
pub use frozen::{FrozenBlock, FrozenWeights, effective, mean_index};
pub use funnel::{Complaint, Failure, Funnel, FunnelRow, FunnelSettings, Outcome, complaint_funnel};
pub use model::{Arrow, Block, Construct, Mode, PathModel};
pub use nonresponse::{Population, ResponseWeights, respondent_weights};
pub use pls::{Pls, PlsSettings, Scheme, estimate};
pub use presets::{PRESETS, Preset};
pub use quality::{BlockQuality, Discriminant, Warning, quality};
