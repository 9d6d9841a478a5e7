//! `report`: one HTML page from what the other stages have to show.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::examples;
use super::words::report as say;
use crate::diagnostics::Result;
use crate::report::{Fact, Highlight, Report as Page, Text, Unit, render};
use crate::stage::{Context, Input, Kind, Output, Shape, Stage, read_as, schema_of, sections_of};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "report",
    version: 2,
    meaning: "Writes one HTML page, without anything loaded from elsewhere, from what all other stages have to show.",
    example: &[
        examples::FILE,
        r#"
[stage.report]
kind = "report"
title = "My shop"
"#,
    ],
    read: read_as::<Report>,
    schema: schema_of::<Report>,
};

/// The report's file name.
pub const REPORT: &str = "report.html";

/// One page about the whole run.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    /// The page's title; the pipeline's name if empty.
    title: String,
    /// One sentence under the title.
    subtitle: String,
    /// Name of the currency, such as `GBP` or `£`.
    currency: String,
}

impl Stage for Report {
    fn inputs(&self) -> Vec<Input> {
        Vec::new()
    }

    fn output(&self) -> Output {
        Output { main: Shape::Files, also: Vec::new() }
    }

    fn reads_all(&self) -> bool {
        true
    }

    fn speaks(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let mut sections = Vec::new();
        let mut highlights = Vec::new();
        for name in &cx.order {
            let stored = cx.input(name);
            sections.extend(sections_of(stored)?);
            if let Some(list) = &stored.record.list {
                let rows = stored.record.metrics.get("listed").copied().unwrap_or(f64::NAN);
                highlights.push(Highlight {
                    name: list.replace('_', " ").into(),
                    value: rows,
                    unit: Unit::Count,
                    note: say::TO_CONTACT.with([]),
                });
            }
        }
        let fact = |name: Text, value: String| Fact { name, value };
        let mut facts = vec![fact(say::PIPELINE.with([]), cx.pipeline.to_owned())];
        facts.extend(cx.made.as_of.clone().map(|date| fact(say::AS_OF.with([]), date)));
        facts.push(fact(say::SEED.with([]), cx.seed.to_string()));
        facts.push(fact("patron".into(), env!("CARGO_PKG_VERSION").to_owned()));
        highlights.truncate(6);
        let title = if self.title.is_empty() { cx.pipeline.to_owned() } else { self.title.clone() };
        let page = Page {
            title,
            subtitle: self.subtitle.clone(),
            facts,
            highlights,
            language: cx.speech.language,
            phrasebook: cx.speech.phrasebook,
            currency: self.currency.clone(),
            sections,
        };
        let html = render(&page);
        cx.metric("bytes", html.len() as f64);
        cx.write_file(REPORT, html.as_bytes())
    }
}
