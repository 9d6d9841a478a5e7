//! The report of a run as one HTML page: data in, string out.
//!
//! Stages hand over plain data, one struct per kind of section; this folder turns them into a page that opens anywhere,
//! prints, turns dark, and loads nothing. It knows no files, no clock, no tables and no engine, so the same data always
//! makes the same bytes.

mod page;
#[cfg(test)]
pub(crate) mod sample;
mod sections;
mod text;
mod words;

pub use page::numbers::Unit;
pub use sections::*;
pub use text::{Phrase, Speech, Text, Value};
pub use words::{LANGUAGES, Language, Phrasebook};
#[cfg(test)]
pub(crate) use words::{foreign, places};

use page::Context;

/// Everything the page shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// The page's title, such as the pipeline's name.
    pub title: String,
    /// One sentence under the title; may be empty.
    pub subtitle: String,
    /// Short facts of the run that are the same for the same input: as-of date, seed, version, sources.
    /// A clock time or a duration here would break the promise of equal bytes.
    pub facts: Vec<Fact>,
    /// Up to about six figures that come first.
    pub highlights: Vec<Highlight>,
    /// What its own words are in.
    pub language: Language,
    /// What replaces the phrases of stages in that language; empty for English.
    pub phrasebook: Phrasebook,
    /// Name of the currency that money is in, such as `GBP` or `£`; may be empty.
    pub currency: String,
    /// In any order: the page groups them by chapter and keeps their order within it.
    pub sections: Vec<Section>,
}

/// A name and what it is for this run.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Fact {
    pub name: Text,
    pub value: String,
}

/// A large figure at the head of the page.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Highlight {
    pub name: Text,
    pub value: f64,
    pub unit: Unit,
    /// What it is to be compared with, in words; may be empty.
    pub note: Text,
}

/// One part of the page with its own heading and its own place in the contents.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Section {
    pub chapter: Chapter,
    /// The stage that made it; names the anchor and is shown beside the heading. May be empty.
    pub stage: String,
    /// Empty for the usual heading of its kind.
    pub heading: Text,
    /// What the reader should take from it, in a sentence or two; may be empty.
    pub lead: Text,
    pub body: Body,
}

impl Section {
    /// A section with the usual heading and chapter of its kind.
    pub fn new(stage: impl Into<String>, body: impl Into<Body>) -> Self {
        let body = body.into();
        Section {
            chapter: body.shown().chapter(),
            stage: stage.into(),
            heading: Text::default(),
            lead: Text::default(),
            body,
        }
    }

    /// Whether another section of the same kind takes its place.
    fn is_replaced(&self, all: &[Section]) -> bool {
        let same = |other: &&Section| std::mem::discriminant(&other.body) == std::mem::discriminant(&self.body);
        self.body.shown().stands_in() && all.iter().filter(same).any(|other| !other.body.shown().stands_in())
    }

    pub fn heading(mut self, heading: impl Into<Text>) -> Self {
        self.heading = heading.into();
        self
    }

    pub fn lead(mut self, lead: impl Into<Text>) -> Self {
        self.lead = lead.into();
        self
    }

    pub fn chapter(mut self, chapter: Chapter) -> Self {
        self.chapter = chapter;
        self
    }
}

/// The page as HTML: at most [`LARGEST`] bytes for any report whose number of sections is sane, nothing loaded from
/// anywhere, the same bytes for the same report.
pub fn render(report: &Report) -> String {
    // Long tables are what makes a page large, and the whole of each is in the run's tables: show fewer rows until it fits.
    let mut html = String::new();
    for rows in [400, 150, 50, 15, 5] {
        html = page::page(report, Context::new(report, rows));
        if html.len() <= LARGEST {
            break;
        }
    }
    html
}

/// Most bytes of a page: beyond this, mail programs and browsers on telephones get slow.
pub const LARGEST: usize = 1_000_000;

#[cfg(test)]
mod tests;
