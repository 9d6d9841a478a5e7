//! Sequences: what customers buy one after the other, how long it takes, and whom to write to when.
//!
//! Knows items, customers and elements by number, time as civil seconds, and orders only as cut at a date; knows nothing of
//! names (but for the text formats), tables, files, clocks or campaigns.

mod bought;
#[cfg(test)]
mod brute;
mod categories;
mod compact;
mod completion;
mod cycles;
mod data;
mod elements;
mod errors;
mod estimate;
mod follow;
mod grow_places;
mod grow_steps;
mod insertion;
mod journeys;
mod mine;
mod offers;
mod parallel;
mod partial_rules;
mod pattern;
mod predict;
#[cfg(test)]
mod proofs;
mod read;
mod select;
mod settings;
mod shuffle;
mod top;
mod work;
mod write;

pub use categories::read_categories;
pub use cycles::{CustomerCycle, CycleSettings, ItemCycle, repurchase_cycles};
pub use data::{DAY, ElementBy, Emptied, Event, MAX_ITEMS, RollUp, Sequences};
pub use elements::{ElementLine, Elements};
pub use errors::SequenceError;
pub use estimate::{SequenceEstimate, estimate_sequences};
pub use follow::{
    FollowEvidence, FollowFigures, FollowRule, FollowRules, FollowSettings, FollowTiming, FollowVerdict, LaterFollow,
    PartialFollowRule, PartialFollowRules, mine_follow_rules, mine_partial_follow_rules, validate_follow_rules,
    validate_partial_follow_rules,
};
pub use journeys::{JourneyEdge, JourneyNode, JourneyPath, JourneySettings, JourneyStep, Journeys, journeys};
pub use mine::{SequenceOutcome, StopCause, StoppedEarly, collect_sequences, count_sequences, mine_sequences};
pub use offers::{NextOffer, NextRule, NextTrial, TrialSettings, judge_next_after, next_after};
pub use partial_rules::{PartialRule, PartialRuleSettings, PartialRules, mine_partial_rules};
pub use pattern::{Pattern, PatternList};
pub use predict::{PredictBy, PredictRow, PredictScore, PredictSettings, Predictor, judge_predictors, predictors};
pub use read::{
    NamedSequences, ReadSequences, SequenceColumns, SequenceFormat, SequenceFormatRow, TextColumn, civil_seconds,
    guess_sequence_format, read_sequences, read_weights, sequence_formats, sequences_of_columns,
};
pub use settings::{Budget, Distance, Kind, KindRow, Lengths, SequenceSettings, sequence_kinds};
pub use write::{partial_rule_lines, write_sequences};
