//! The words of `ingest`.

use crate::report::Phrase;

pub static FILE: Phrase = Phrase::new("ingest.file", "{file}: {rows} rows{facts}");
pub static ABOUT: Phrase = Phrase::new("ingest.about", "{file}: {note}");
