//! The words of `deliver`.

use crate::report::Phrase;

pub static FILES: Phrase = Phrase::new("deliver.files", "Files of {list}");
pub static NOT_ENTERED: Phrase = Phrase::new(
    "deliver.not-entered",
    "without an as-of date the contacts of this list are not entered in the ledger: name one under [run] so that later lists count them",
);
pub static NOT_WRITTEN: Phrase = Phrase::new("deliver.not-written", "{form}: {rows} rows not written: {rule}");
pub static CHANGED: Phrase = Phrase::new("deliver.changed", "{form}: {rows} values of {column} were changed: {rule}");
pub static FORM: Phrase = Phrase::new("deliver.form", "{form}: {note}");
pub static UNCLEAR: Phrase = Phrase::new(
    "deliver.unclear",
    "{cells} cells of `{stage}` are left empty because rows of the same person differ there",
);
pub static NO_ROW: Phrase =
    Phrase::new("deliver.no-row", "{missing} of {listed} persons of the list have no row in `{stage}`");
pub static LAWFUL: Phrase =
    Phrase::new("deliver.lawful", "lawful without consent to all channels, says the pipeline: {basis}");
pub static UNASKED: Phrase = Phrase::new(
    "deliver.unasked",
    "the list holds no addresses and no consent was asked for: who writes to these customers must ask for it",
);
pub static AMBIGUOUS: Phrase = Phrase::new(
    "deliver.ambiguous",
    "{persons} persons are in no file because their rows in `{stage}` give different addresses or numbers (contact-ambiguous); `contacts_dated_by` says which row is the newest",
);
pub static NOT_LOOKED_AT: Phrase =
    Phrase::new("deliver.not-looked-at", "`{stage}` also has {columns}, which this stage does not look at");
