//! The report of a run as one HTML page: data in, string out.
//!
//! Stages hand over plain data, one struct per kind of section; this folder turns them into a page that opens anywhere,
//! prints, turns dark, and loads nothing. It knows no files, no clock, no tables and no engine, so the same data always
//! makes the same bytes.

mod bars;
mod checks;
mod cohorts;
mod drift;
mod kpis;
mod lifecycle;
mod lists;
mod markup;
mod model;
mod numbers;
mod page;
mod paths;
mod recommendation;
mod rejects;
mod rfm;
mod rule_matrix;
mod rule_network;
mod rules;
#[cfg(test)]
pub(crate) mod sample;
mod segments;
mod svg;
mod table;
mod waterfall;
mod words;

pub use bars::{Bar, Bars, Curve, Curves};
pub use checks::{Check, Checks};
pub use cohorts::{Cohort, Cohorts};
pub use drift::{Drift, FeatureDrift};
pub use kpis::{Kpi, Kpis, Shape};
pub use lifecycle::{LifeStage, Lifecycle};
pub use lists::{ListCard, ListFile, Lists, Reason};
pub use model::{Bin, Decile, Estimate, Metric, Model, Weight};
pub use numbers::Unit;
pub use paths::{Link, Node, Paths};
pub use recommendation::{Method, Recommendation, Recommendations};
pub use rejects::{Reject, Rejects};
pub use rfm::{Rfm, RfmCell};
pub use rules::{Rule, Rules};
pub use segments::{Distinction, Segment, Segments};
pub use table::{Cell, Column, Status, Table};
pub use waterfall::{Effect, Step, Waterfall};

use markup::Markup;
use numbers::Numbers;
use words::{ENGLISH, Words};

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
    /// Name of the currency that money is in, such as `GBP` or `£`; may be empty.
    pub currency: String,
    /// In any order: the page groups them by chapter and keeps their order within it.
    pub sections: Vec<Section>,
}

/// A name and what it is for this run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

/// A large figure at the head of the page.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Highlight {
    pub name: String,
    pub value: f64,
    pub unit: Unit,
    /// What it is to be compared with, in words; may be empty.
    pub note: String,
}

/// One part of the page with its own heading and its own place in the contents.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Section {
    pub chapter: Chapter,
    /// The stage that made it; names the anchor and is shown beside the heading. May be empty.
    pub stage: String,
    /// Empty for the usual heading of its kind.
    pub heading: String,
    /// What the reader should take from it, in a sentence or two; may be empty.
    pub lead: String,
    pub body: Body,
}

impl Section {
    /// A section with the usual heading and chapter of its kind.
    pub fn new(stage: impl Into<String>, body: Body) -> Self {
        Section {
            chapter: body.usual_chapter(),
            stage: stage.into(),
            heading: String::new(),
            lead: String::new(),
            body,
        }
    }

    pub fn heading(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self
    }

    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    pub fn chapter(mut self, chapter: Chapter) -> Self {
        self.chapter = chapter;
        self
    }
}

/// The parts of the page, in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Chapter {
    /// What can be acted on: the lists.
    Lists,
    /// How the shop does: KPIs, cohorts.
    Business,
    /// Who the customers are: RFM, segments, lifecycle.
    Customers,
    /// What goes with what: rules, recommendations, paths.
    Items,
    /// How far the predictions can be trusted.
    Models,
    /// What the data was like: waterfall, rejects, checks, drift.
    Data,
    /// Whatever else a stage wants to tell.
    More,
}

/// What a section shows.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Body {
    Waterfall(Waterfall),
    Kpis(Kpis),
    Rfm(Rfm),
    Cohorts(Cohorts),
    Rules(Rules),
    Model(Model),
    Segments(Segments),
    Lists(Lists),
    Recommendations(Recommendations),
    Checks(Checks),
    Rejects(Rejects),
    Lifecycle(Lifecycle),
    Drift(Drift),
    Paths(Paths),
    /// Horizontal bars: a histogram, a ranking.
    Bars(Bars),
    /// Lines over a number: profit by depth, a criterion by number of clusters.
    Curves(Curves),
    Table(Table),
    /// Paragraphs of plain text.
    Note(Vec<String>),
}

impl Body {
    fn usual_chapter(&self) -> Chapter {
        match self {
            Body::Lists(_) => Chapter::Lists,
            Body::Kpis(_) | Body::Cohorts(_) => Chapter::Business,
            Body::Rfm(_) | Body::Segments(_) | Body::Lifecycle(_) => Chapter::Customers,
            Body::Rules(_) | Body::Recommendations(_) | Body::Paths(_) => Chapter::Items,
            Body::Model(_) => Chapter::Models,
            Body::Waterfall(_) | Body::Checks(_) | Body::Rejects(_) | Body::Drift(_) => Chapter::Data,
            Body::Bars(_) | Body::Curves(_) | Body::Table(_) | Body::Note(_) => Chapter::More,
        }
    }

    fn usual_heading(&self, words: &'static Words) -> &'static str {
        match self {
            Body::Waterfall(_) => words.waterfall,
            Body::Kpis(_) => words.kpis,
            Body::Rfm(_) => words.rfm,
            Body::Cohorts(_) => words.cohorts,
            Body::Rules(_) => words.rules,
            Body::Model(_) => words.model,
            Body::Segments(_) => words.segments,
            Body::Lists(_) => words.lists,
            Body::Recommendations(_) => words.recommendations,
            Body::Checks(_) => words.checks,
            Body::Rejects(_) => words.rejects,
            Body::Lifecycle(_) => words.lifecycle,
            Body::Drift(_) => words.drift,
            Body::Paths(_) => words.paths,
            Body::Bars(_) | Body::Curves(_) => words.chart,
            Body::Table(_) => words.table,
            Body::Note(_) => words.note,
        }
    }

    /// Writes the section's contents; `id` is unique on the page and starts every id inside.
    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        match self {
            Body::Waterfall(body) => body.render(m, cx, id),
            Body::Kpis(body) => body.render(m, cx, id),
            Body::Rfm(body) => body.render(m, cx, id),
            Body::Cohorts(body) => body.render(m, cx, id),
            Body::Rules(body) => body.render(m, cx, id),
            Body::Model(body) => body.render(m, cx, id),
            Body::Segments(body) => body.render(m, cx),
            Body::Lists(body) => body.render(m, cx),
            Body::Recommendations(body) => body.render(m, cx, id),
            Body::Checks(body) => body.render(m, cx),
            Body::Rejects(body) => body.render(m, cx, id),
            Body::Lifecycle(body) => body.render(m, cx, id),
            Body::Drift(body) => body.render(m, cx, id),
            Body::Paths(body) => body.render(m, cx, id),
            Body::Bars(body) => body.render(m, cx, id),
            Body::Curves(body) => body.render(m, cx, id),
            Body::Table(body) => body.grid(m, cx),
            Body::Note(paragraphs) => paragraphs.iter().for_each(|text| m.leaf("p", &[], text)),
        }
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

/// What every section needs for writing.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub words: &'static Words,
    pub numbers: Numbers,
    pub currency: &'a str,
    /// Most rows shown of one table, and most marks of one chart of single points.
    pub rows: usize,
}

impl<'a> Context<'a> {
    fn new(report: &'a Report, rows: usize) -> Self {
        Context { words: &ENGLISH, numbers: Numbers::new(&ENGLISH), currency: &report.currency, rows }
    }

    #[cfg(test)]
    fn for_test() -> Context<'static> {
        Context { words: &ENGLISH, numbers: Numbers::new(&ENGLISH), currency: "GBP", rows: 100 }
    }

    /// A name with the currency behind it: `value, GBP`.
    fn with_currency(self, name: &str) -> String {
        match self.currency {
            "" => name.to_owned(),
            currency => format!("{name}, {currency}"),
        }
    }
}

/// Puts values in the places `{name}` of a text from the table of words.
///
/// Values are inserted in one pass, so a value that looks like a place stays as it is.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').expect("texts of the table of words close their braces (tested)");
        let (_, value) = values.iter().find(|(n, _)| *n == name).expect("every place of a text has its value");
        out.push_str(before);
        out.push_str(value);
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests;
