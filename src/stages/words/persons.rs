//! The words of how well a table's persons are known.

use crate::report::Phrase;

pub static NAMED: Phrase = Phrase::new(
    "persons.named",
    "`{stage}` has {rows} rows: they name {known} of the {persons} persons here ({share}) and {others} others",
);
pub static AND: Phrase = Phrase::new("persons.and", "{told}; {more}");
pub static REPEATED: Phrase = Phrase::new("persons.repeated", "{count} persons have more than one row");
pub static RESPELLED: Phrase =
    Phrase::new("persons.respelled", "{count} rows write the key in another way than the list");
pub static DOUBTFUL: Phrase = Phrase::new("persons.doubtful", "{count} rows could mean several persons");
pub static BLANK: Phrase = Phrase::new("persons.blank", "{count} rows have no key");
pub static ONE_FORM: Phrase = Phrase::new(
    "persons.one-form",
    "{ids} ids of `{stage}` are other spellings of a customer's id and count as the same customer",
);
