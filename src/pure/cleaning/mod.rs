//! Cleaning: gives every raw order line one fate, and the lines that stay their canonical names.
//!
//! Knows order lines as columns of numbers and their names as interned text; knows nothing of files, encodings, zones,
//! configuration or tables. Nothing is dropped: each row ends in exactly one [`Fate`], and the waterfall adds up to the
//! input in rows, quantity and money.
//!
//! Reading order: `lines` (what comes in); `settings` and `fate` (what can be asked and answered); `cleaned` (what comes out); `work` (the
//! whole way); then its steps: `spelling`, `duplicates`, `returns`, `descriptions`, `waterfall`, `notes`; beside them
//! `placeholders`, which finds customer ids that stand for nobody, and `services`, which proposes items that are not goods.

mod cleaned;
mod currencies;
mod dates;
mod descriptions;
mod duplicates;
mod fate;
mod lines;
mod notes;
mod pattern;
mod placeholders;
mod prefixes;
mod restated;
mod returns;
mod services;
mod settings;
mod spelling;
mod waterfall;
mod words;
mod work;

#[cfg(test)]
mod invariants;
#[cfg(test)]
mod online_retail;
#[cfg(test)]
mod shop;

pub use cleaned::Cleaned;
pub use currencies::{Rate, Rates, code_of, converted};
pub use dates::Span;
pub use fate::{FATES, Fate, FateRow, Group};
pub use lines::{CleaningError, Lines, Tables, amount};
pub use notes::Note;
pub use pattern::Pattern;
pub use returns::{Match, MatchKind, Undone};
pub use services::{Evidence, Suggestion, suggest_services};
pub use settings::{CleaningSettings, Duplicates, ImplausibleDates, ZeroPrice};
pub use spelling::Canon;
pub use waterfall::{Step, Waterfall};
pub use work::clean;
