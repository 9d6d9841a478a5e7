//! The words of `expect`: what each check expects and what it found.

use crate::report::Phrase;

pub static NOT_EMPTY: Phrase = Phrase::new("expect.not-empty", "{columns} not empty");
pub static UNIQUE: Phrase = Phrase::new("expect.unique", "{columns} unique");
pub static AMONG: Phrase = Phrase::new("expect.among", "{columns} among {values}");
pub static FROM: Phrase = Phrase::new("expect.from", "{columns} at least {min}");
pub static TO: Phrase = Phrase::new("expect.to", "{columns} at most {max}");
pub static FROM_TO: Phrase = Phrase::new("expect.from-to", "{columns} at least {min} at most {max}");
pub static FOUND_IN: Phrase = Phrase::new("expect.found-in", "{columns} found in {table}");
pub static ROWS: Phrase = Phrase::new("expect.rows", "number of rows");
pub static FRESH: Phrase = Phrase::new("expect.fresh", "{columns} fresh");
pub static AS_BEFORE: Phrase = Phrase::new("expect.as-before", "{columns} distributed as before");

pub static ALL_MEET: Phrase = Phrase::new("expect.all-meet", "all rows meet it");
pub static SOME_FAIL: Phrase = Phrase::new("expect.some-fail", "{failed} of {rows} rows do not meet it ({percent} %)");
pub static NO_RUN: Phrase = Phrase::new("expect.no-run", "there is no run to compare with");
pub static NOT_OLDER: Phrase = Phrase::new("expect.not-older", "the newest value is not older than in the last run");
pub static OLDER: Phrase = Phrase::new("expect.older", "the newest value is older than in the last run");
pub static SO_MANY: Phrase = Phrase::new("expect.so-many", "{rows} rows");
pub static FAULTS: Phrase = Phrase::new("expect.faults", "{rows} rows: {faults}");
pub static FEWER: Phrase = Phrase::new("expect.fewer", "fewer than {min}");
pub static MORE: Phrase = Phrase::new("expect.more", "more than {max}");
pub static CHANGED: Phrase = Phrase::new("expect.changed", "{percent} % since the last run's {before}");
pub static INDEX: Phrase = Phrase::new("expect.index", "population stability index {values}");
pub static LINE: Phrase = Phrase::new("expect.line", "{check}: {found}");
