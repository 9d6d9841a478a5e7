//! The words of the setting `contracts`, which several stages have.

use crate::report::Phrase;

pub static ENDS: Phrase = Phrase::new("contracts.ends", "contract ends");
pub static BECOMES: Phrase = Phrase::new("contracts.becomes", "status becomes {statuses}");
pub static EITHER: Phrase = Phrase::new("contracts.either", "{one} or {other}");
pub static NOT_IN_DATA: Phrase = Phrase::new("contracts.not-in-data", "`{word}` in `{setting}` is not in the data");
pub static RENEWED: Phrase = Phrase::new(
    "contracts.renewed",
    "{contracts} contracts of `{stage}` begin on the day after another ended and continue it",
);
pub static ALONE: Phrase = Phrase::new(
    "contracts.alone",
    "{customers} of {all} customers of `{stage}` have a departure as their first record: they count as lost, after a stay of unknown length",
);
pub static AHEAD: Phrase =
    Phrase::new("contracts.ahead", "{rows} rows of `{stage}` begin on {date} or later and are left out");
pub static STAYING: Phrase = Phrase::new("contracts.staying", "customers with the status {statuses} count as staying");
pub static TRIALS: Phrase = Phrase::new(
    "contracts.trials",
    "{customers} customers count as lost whose only status before was {statuses}: if these are not customers yet, write not_yet = [{words}]",
);
