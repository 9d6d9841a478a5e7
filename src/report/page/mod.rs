//! The page around the sections: head with its security policy, contents, chapters, style and script.

pub(crate) mod context;
pub(crate) mod dates;
pub(crate) mod markup;
pub(crate) mod numbers;
pub(crate) mod svg;
pub(crate) mod table;
pub(crate) mod words;

pub(crate) use context::Context;

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};

use super::words::{Language, fill};
use super::{Chapter, Report, Section};
use markup::Markup;

/// Style sheet and script are part of the page; nothing is loaded.
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page.
pub(super) fn page(report: &Report, cx: Context) -> String {
    let sections = in_reading_order(&report.sections);
    let ids = anchors(&sections);
    let mut m = Markup::default();
    m.verbatim("<!DOCTYPE html>\n");
    let marks = [cx.words.decimal_mark, cx.words.group_mark].map(String::from);
    let root = [("lang", cx.language.tag()), ("data-decimal", &marks[0]), ("data-group", &marks[1])];
    m.element("html", &root, |m| {
        m.element("head", &[], |m| head(m, cx, report));
        m.element("body", &[], |m| {
            m.leaf("a", &[("class", "jump"), ("href", "#report")], cx.words.skip_to_content);
            m.element("div", &[("class", "shell")], |m| {
                contents(m, cx, &sections, &ids);
                m.element("main", &[("id", "report")], |m| {
                    masthead(m, cx, report);
                    chapters(m, cx, &sections, &ids);
                    m.leaf("footer", &[], cx.words.footer);
                });
            });
            let texts = [("data-filter", cx.words.filter), ("data-filtered", cx.words.filtered)];
            m.element("script", &texts, |m| m.verbatim(SCRIPT));
        });
    });
    m.verbatim("\n");
    m.finish()
}

fn head(m: &mut Markup, cx: Context, report: &Report) {
    m.empty("meta", &[("charset", "utf-8")]);
    // Only our own style and script run, known by their hash; nothing may be fetched, framed, submitted or rebased.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        BASE64_STANDARD.encode(Sha256::digest(STYLE)),
        BASE64_STANDARD.encode(Sha256::digest(SCRIPT)),
    );
    m.empty("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    m.empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    m.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    m.empty("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    m.empty("meta", &[("name", "generator"), ("content", cx.words.title_prefix)]);
    m.leaf("title", &[], &format!("{} · {}", report.title, cx.words.title_prefix));
    m.element("style", &[], |m| m.verbatim(STYLE));
}

fn masthead(m: &mut Markup, cx: Context, report: &Report) {
    m.element("header", &[("class", "masthead")], |m| {
        m.leaf("h1", &[], &report.title);
        if !report.subtitle.is_empty() {
            m.leaf("p", &[("class", "subtitle")], &report.subtitle);
        }
        if !report.facts.is_empty() {
            m.element("dl", &[("class", "facts")], |m| {
                for fact in &report.facts {
                    m.element("div", &[], |m| {
                        m.leaf("dt", &[], &fact.name.shown(cx));
                        m.leaf("dd", &[], &cx.date(&fact.value));
                    });
                }
            });
        }
        if !report.highlights.is_empty() {
            m.element("div", &[("class", "highlights")], |m| {
                for highlight in &report.highlights {
                    m.element("div", &[], |m| {
                        let name = match highlight.unit {
                            super::Unit::Money => cx.with_currency(&highlight.name.shown(cx)),
                            _ => highlight.name.shown(cx).into_owned(),
                        };
                        m.leaf("span", &[("class", "name")], &name);
                        let full = highlight.unit.full(cx.numbers, highlight.value);
                        let short = highlight.unit.short(cx.numbers, highlight.value);
                        m.leaf("b", &[("title", &full)], &short);
                        m.leaf("span", &[("class", "quiet")], &highlight.note.shown(cx));
                    });
                }
            });
        }
    });
}

fn contents(m: &mut Markup, cx: Context, sections: &[&Section], ids: &[String]) {
    m.element("nav", &[("aria-label", cx.words.contents)], |m| {
        m.leaf("p", &[("class", "nav-title")], cx.words.contents);
        m.element("ol", &[], |m| {
            for (chapter, members) in by_chapter(sections) {
                m.element("li", &[], |m| {
                    m.leaf("span", &[], chapter_name(cx, chapter));
                    m.element("ol", &[], |m| {
                        for i in members {
                            let target = format!("#{}", ids[i]);
                            m.element("li", &[], |m| m.leaf("a", &[("href", &target)], &heading(cx, sections[i])));
                        }
                    });
                });
            }
        });
    });
}

fn chapters(m: &mut Markup, cx: Context, sections: &[&Section], ids: &[String]) {
    for (chapter, members) in by_chapter(sections) {
        m.leaf("h2", &[], chapter_name(cx, chapter));
        for i in members {
            let (section, id) = (sections[i], &ids[i]);
            let heading_id = format!("{id}-h");
            m.element("section", &[("id", id), ("aria-labelledby", &heading_id)], |m| {
                m.element("h3", &[("id", &heading_id)], |m| {
                    m.text(&heading(cx, section));
                    if !section.stage.is_empty() {
                        m.text(" ");
                        m.leaf("small", &[], &fill(cx.words.from_stage, &[("stage", &section.stage)]));
                    }
                });
                if !section.lead.is_empty() {
                    m.leaf("p", &[("class", "lead")], &section.lead.shown(cx));
                }
                section.body.shown().render(m, cx, id);
            });
        }
    }
}

/// Sections by chapter; within one, as they were given.
fn in_reading_order(sections: &[Section]) -> Vec<&Section> {
    let mut ordered: Vec<&Section> = sections.iter().filter(|section| !section.is_replaced(sections)).collect();
    ordered.sort_by_key(|section| section.chapter);
    ordered
}

fn by_chapter(sections: &[&Section]) -> Vec<(Chapter, std::ops::Range<usize>)> {
    let mut out: Vec<(Chapter, std::ops::Range<usize>)> = Vec::new();
    for (i, section) in sections.iter().enumerate() {
        match out.last_mut() {
            Some((chapter, members)) if *chapter == section.chapter => members.end = i + 1,
            _ => out.push((section.chapter, i..i + 1)),
        }
    }
    out
}

fn chapter_name(cx: Context, chapter: Chapter) -> &'static str {
    let w = cx.words;
    match chapter {
        Chapter::Lists => w.chapter_lists,
        Chapter::Business => w.chapter_business,
        Chapter::Customers => w.chapter_customers,
        Chapter::Items => w.chapter_items,
        Chapter::Models => w.chapter_models,
        Chapter::Data => w.chapter_data,
        Chapter::More => w.chapter_more,
    }
}

fn heading<'a>(cx: Context, section: &'a Section) -> Cow<'a, str> {
    match section.heading.is_empty() {
        true => section.body.shown().heading(cx.language).into(),
        false => section.heading.shown(cx),
    }
}

/// One anchor per section from its stage or English heading: readable, unique, and the same from run to run.
fn anchors(sections: &[&Section]) -> Vec<String> {
    // The page's own anchor is taken.
    let mut taken = BTreeSet::from(["report".to_owned()]);
    sections
        .iter()
        .map(|section| {
            let name = match section.stage.is_empty() {
                true => heading(Context::of(Language::English, "", 0), section),
                false => section.stage.as_str().into(),
            };
            // Inner ids go on with a hyphen, which no anchor holds, so they cannot meet another section.
            let base: String =
                name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
            let base = format!("s_{base}");
            let mut id = base.clone();
            for n in 2.. {
                if taken.insert(id.clone()) {
                    break;
                }
                id = format!("{base}_{n}");
            }
            id
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_style_are_small_and_self_contained() {
        assert!(SCRIPT.len() <= 10_000, "{}", SCRIPT.len());
        assert!(STYLE.len() <= 16_000, "{}", STYLE.len());
        for source in [SCRIPT, STYLE] {
            // Raw text elements end at `</`, so it must not occur inside; nor may anything be fetched.
            for banned in ["</", "//", "http", "url(", "@import", "innerHTML", "eval(", "fetch(", "<!--"] {
                assert!(!source.contains(banned), "{banned}");
            }
        }
    }
}
