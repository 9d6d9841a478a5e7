//! The words of `ingest`, in simplified Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[("ingest.file", "{file}：{rows} 行{facts}"), ("ingest.about", "{file}：{note}")];
