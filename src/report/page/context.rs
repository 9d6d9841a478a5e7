//! What every section is given for writing.

use std::borrow::Cow;

use super::numbers::Numbers;
use super::words::{WORDS, Words};
use crate::report::Report;
use crate::report::words::{Language, Phrasebook, fill};

/// The language with its words and numbers, the currency, and how much may be shown.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub language: Language,
    /// Words of the page and those that several sections share; a section's own are in its file.
    pub words: &'static Words,
    pub numbers: Numbers,
    /// What replaces the phrases of stages.
    pub phrasebook: Phrasebook,
    pub currency: &'a str,
    /// Most rows shown of one table, and most marks of one chart of single points.
    pub rows: usize,
}

impl<'a> Context<'a> {
    pub fn new(report: &'a Report, rows: usize) -> Self {
        Context { phrasebook: report.phrasebook, ..Context::of(report.language, &report.currency, rows) }
    }

    /// Without replacements for the phrases of stages.
    pub fn of(language: Language, currency: &'a str, rows: usize) -> Self {
        let words = WORDS.of(language);
        Context { language, words, numbers: Numbers::new(words), phrasebook: &[], currency, rows }
    }

    #[cfg(test)]
    pub fn for_test() -> Context<'static> {
        Context::of(Language::English, "GBP", 100)
    }

    /// A name with the currency behind it: `value, GBP`.
    pub fn with_currency(self, name: &str) -> String {
        match self.currency {
            "" => name.to_owned(),
            currency => fill(self.words.with_currency, &[("name", name), ("currency", currency)]),
        }
    }

    /// A date or a period as its language writes it, and any other text as it is.
    pub fn date(self, text: &str) -> Cow<'_, str> {
        self.words.dates.written(text)
    }
}
