//! The words of `ingest`, in traditional Chinese.

use crate::report::Phrasebook;

pub static BOOK: Phrasebook = &[("ingest.file", "{file}：{rows} 筆{facts}"), ("ingest.about", "{file}：{note}")];
