//! The words of tables of events.

use crate::report::Phrase;

pub static UNDATED: Phrase = Phrase::new(
    "events.undated",
    "{rows} rows of `{stage}` have no date and are not used: they may tell what came later",
);
pub static STRANGERS: Phrase =
    Phrase::new("events.strangers", "{rows} rows of `{stage}` name no customer with an order and are not used");
