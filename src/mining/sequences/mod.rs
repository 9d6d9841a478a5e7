//! Sequences: what customers buy one after the other, how long it takes, and whom to write to when.
//!
//! Knows items, customers and elements by number, and time as civil seconds; knows nothing of names (but for the text
//! formats), tables, files, clocks or campaigns.

#[cfg(test)]
mod brute;
mod compact;
mod data;
mod errors;
mod grow_places;
mod grow_steps;
mod mine;
mod pattern;
#[cfg(test)]
mod proofs;
mod read;
mod select;
mod settings;
mod top;
mod work;
mod write;

pub use data::{DAY, ElementBy, Event, MAX_ITEMS, RollUp, Sequences};
pub use errors::SequenceError;
pub use mine::{SequenceOutcome, StopCause, StoppedEarly, collect_sequences, count_sequences, mine_sequences};
pub use pattern::{Pattern, PatternList};
pub use read::{
    NamedSequences, ReadSequences, SequenceFormat, SequenceFormatRow, guess_sequence_format, read_sequences, sequence_formats,
};
pub use settings::{Budget, Distance, Kind, KindRow, Lengths, Settings, sequence_kinds};
pub use write::write_sequences;
