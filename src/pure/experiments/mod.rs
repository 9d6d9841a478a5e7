//! What a list was worth: persons who were contacted beside persons who were left alone by chance, and how far the difference can be trusted.
//!
//! Knows persons as places in slices, outcomes and costs as numbers; knows nothing of orders, lists, files, dates, the clock or configuration.
//! Everything compares persons as they were drawn (intention to treat): who opened or redeemed decides nothing.
//!
//! In reading order: [`Arms`] says who is in which arm and [`compare`] compares means; [`Cap`] and [`Adjustment`] come before it where an
//! outcome has a heavy tail, [`Method`] is all three; `rates` compares who bought and who did not; `relative`, `money`, `protocol` and `ratio` turn a difference into what people ask for;
//! `shuffled` tests without any assumption. `checks` and `overlap` find what spoils a comparison; `looks` and `sequence` make reading every
//! night safe; `sizes` says beforehand what can be seen; `dry_runs` measures false alarms on a shop's own past; `pooled` and `discoveries`
//! read many results together. `evidence` has the published figures.

mod adjust;
mod arms;
mod cap;
mod checks;
mod discoveries;
mod dry_runs;
#[cfg(test)]
mod evidence;
mod looks;
mod method;
mod money;
mod overlap;
mod pooled;
mod protocol;
mod rates;
mod ratio;
mod relative;
mod sequence;
mod shuffled;
mod sizes;

pub use adjust::Adjustment;
pub use arms::{Arms, Comparison, Mean, compare};
pub use cap::{Cap, USUAL_CAP};
pub use checks::{LARGE_IMBALANCE, SampleRatio, expected_counts, sample_ratio, standardised_difference};
pub use discoveries::discoveries;
pub use dry_runs::{DryRuns, dry_runs};
pub use looks::{Shape, boundaries};
pub use method::Method;
pub use money::{Bounds, Returned, returned};
pub use overlap::{Factorial, MUCH_OVERLAP, factorial, shared};
pub use pooled::{Pooled, pooled, shrunk};
pub use protocol::{Delivered, delivered};
pub use rates::compare_rates;
pub use ratio::compare_ratios;
pub use relative::{Lift, lift};
pub use sequence::sequence_margin;
pub use shuffled::shuffled_p;
pub use sizes::{Past, Typical, detectable, per_arm_of_shares, smallest_share, typical};
