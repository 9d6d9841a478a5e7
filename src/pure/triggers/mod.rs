//! Triggers: what happens in a person's life with the shop starts one contact, once.
//!
//! Knows orders, dated rows and contacts by number, and days; knows nothing of files, tables, names of persons, the clock or configuration.
//! The schedule is a function of the data and the rules, worked out day by day from a fixed start with what each day knew, and models are
//! fitted on fixed days: a night can be run again, missed or run out of order, and hands out what the schedule has until then, less the
//! keys of contacts that other nights' lists have. A key has the day of the cause, never that of the run.
//!
//! Contacts that the schedule itself starts count in caps on the day that the schedule has them on, those of other lists on their own day. So a
//! catch-up after missed nights can bring two contacts nearer to one another than a cool-down, but never two on one night.
//!
//! In reading order: `class` says what goes first and comes again, `table` has the rows, `rule` a row with its settings, `occurrence` what they find and its key; `purchases` is what each
//! night knew of orders, `ground` what triggers look at, `fits` what is fitted; `baskets`, `lapse`, `replenishment`, `prices` (on `drops`), `dated` and
//! `scores` find occurrences, `finding` puts them together; `schedule` gives them days, `tonight` hands them out; `replay` says what rules did in the past.

mod baskets;
mod class;
mod dated;
mod drops;
#[cfg(test)]
mod evidence;
mod finding;
mod fits;
mod ground;
mod lapse;
mod occurrence;
mod prices;
#[cfg(test)]
mod proofs;
mod purchases;
mod replay;
mod replenishment;
mod rule;
mod schedule;
mod scores;
#[cfg(test)]
mod small;
mod table;
mod tonight;

pub use class::{CLASSES, Class, ClassRow, ReEntry};
pub use fits::Fits;
pub use ground::{DatedRow, Ground, Shop};
pub use occurrence::{NEVER, Occurrence, key};
pub use replay::{LOST, Level, Played, SILENCES, Silence, levels, replay};
pub use rule::{Cap, Rule};
pub use schedule::{Block, Contact, Fates, Schedule, Waiting, Why, Winner, blocks, schedule};
pub use table::{Needs, Reads, TRIGGERS, Trigger, Truth};
pub use tonight::{Sent, tonight};
