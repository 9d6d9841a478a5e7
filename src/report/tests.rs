//! The page as a whole: well formed, closed to the network, safe with any text, small, and the same every time.

use super::sample::{Size, USUAL, sample};
use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a page as strictly as XML: every element closed in order, attributes quoted and not repeated, entities known.
/// Gives the attributes of every element, by name.
fn parsed(html: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>\n").expect("begins with its document type");
    let mut open: Vec<String> = Vec::new();
    let mut elements = Vec::new();
    loop {
        let Some(start) = rest.find('<') else {
            assert!(open.is_empty(), "not closed: {open:?}");
            return elements;
        };
        entities(&rest[..start]);
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("every tag ends");
        let (tag, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed out of order");
            continue;
        }
        let empty = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()), "odd element {name:?}");
        elements.push((name.to_owned(), attributes_of(attributes)));
        if !empty {
            open.push(name.to_owned());
        }
        // Style and script hold plain text up to their end.
        if !empty && (name == "style" || name == "script") {
            let end = rest.find(&format!("</{name}>")).expect("style and script end");
            rest = &rest[end..];
        }
    }
}

fn attributes_of(text: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").expect("attributes have quoted values");
        let (value, after) = after.split_once('"').expect("quotes are closed");
        assert!(name.bytes().all(|b| b.is_ascii_alphabetic() || b"-0123456789".contains(&b)), "odd attribute {name:?}");
        assert!(!value.contains('<'), "unescaped attribute {value:?}");
        entities(value);
        assert!(out.insert(name.to_owned(), value.to_owned()).is_none(), "{name} is repeated");
        rest = after.trim_start();
    }
    out
}

fn entities(text: &str) {
    for after in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|entity| after.starts_with(entity));
        assert!(known, "unescaped & before {:?}", after.chars().take(20).collect::<String>());
    }
}

/// What holds for every page.
fn check(report: &Report) -> String {
    let html = render(report);
    assert_eq!(html, render(report), "the same report makes the same bytes");
    assert!(html.len() <= LARGEST, "{} bytes", html.len());
    let elements = parsed(&html);
    let mut ids = BTreeSet::new();
    for (_, attributes) in &elements {
        if let Some(id) = attributes.get("id") {
            assert!(ids.insert(id.as_str()), "id {id} is repeated");
        }
    }
    for (name, attributes) in &elements {
        for (attribute, value) in attributes {
            let loads =
                ["src", "srcset", "data", "poster", "action", "formaction", "background", "style", "xlink:href"];
            assert!(!loads.contains(&attribute.as_str()), "{name} has {attribute}");
            assert!(!attribute.starts_with("on"), "{name} has {attribute}");
            match attribute.as_str() {
                "href" => assert!(value.strip_prefix('#').is_some_and(|id| ids.contains(id)), "{value} leads nowhere"),
                "aria-labelledby" | "aria-describedby" => assert!(ids.contains(value.as_str()), "{value} is nowhere"),
                _ => {}
            }
        }
        let image = name == "svg" && !attributes.contains_key("aria-hidden");
        assert!(!image || attributes.get("role").is_some_and(|role| role == "img"), "a chart without its role");
    }
    for banned in ["iframe", "object", "embed", "link", "base", "img", "form"] {
        assert!(elements.iter().all(|(name, _)| name != banned), "{banned}");
    }
    let images = elements.iter().filter(|(name, attributes)| name == "svg" && attributes.contains_key("role")).count();
    let described = elements.iter().filter(|(name, _)| name == "desc").count();
    assert_eq!(images, described, "every chart is described");
    html
}

/// The page without style and script.
fn visible(html: &str) -> &str {
    let start = html.find("<body>").expect("a body");
    &html[start..html.rfind("<script").expect("a script")]
}

#[test]
fn pages_of_any_size_are_sound() {
    for size in [
        USUAL,
        Size { months: 1, rules: 0, segments: 1, lists: 0 },
        Size { months: 2, rules: 1, segments: 2, lists: 1 },
        Size { months: 60, rules: 900, segments: 12, lists: 9 },
    ] {
        let html = check(&sample(size));
        let text = visible(&html);
        assert!(!text.contains("NaN") && !text.contains("inf<"), "numbers that are not known are dashes");
        assert!(!text.contains('{'), "every place of a text takes its value");
        for scheme in ["http:", "https:", "//", "javascript:"] {
            assert!(!text.contains(scheme), "{scheme}");
        }
    }
}

#[test]
fn a_page_with_every_section_leaves_room() {
    // Two fifths are for shops with more rules, months and lists than usual.
    let bytes = render(&sample(USUAL)).len();
    assert!(bytes < LARGEST * 3 / 5, "{bytes}");
}

#[test]
fn huge_inputs_are_cut_and_say_so() {
    let mut report = sample(Size { months: 120, rules: 3_000, segments: 40, lists: 40 });
    let mut table = Table::with(&["name", "n"]);
    table.whole = Some("everything".into());
    for n in 0..100_000 {
        table.push(vec![Cell::Text("long ".repeat(100)), Cell::Count(n)]);
    }
    report.sections.push(Section::new("huge", Body::Table(table)));
    let html = check(&report);
    assert!(html.contains("of 100,000 rows; all of them are in the table everything"));
}

#[test]
fn empty_reports_and_sections_are_sound() {
    check(&Report::default());
    let sections = Body::empty().into_iter().map(|body| Section::new("same", body)).collect();
    let html = check(&Report { sections, ..Report::default() });
    assert!(!visible(&html).contains("NaN"));
}

/// What untrusted names try, and what breaks pages by accident.
const EVIL: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "]]><svg onload=alert(1)>",
    "</style></title></svg><!--",
    "&lt;b&gt; &amp; {rows} {nothing}",
    "\u{0}\u{1b}[31m\u{202e}gnp.exe",
    "javascript:alert(1)",
    "",
    "好👩‍👩‍👧 é",
];

#[test]
fn untrusted_texts_stay_texts() {
    for evil in EVIL {
        let s = || (*evil).to_owned();
        // As a value of a phrase, which is how stages give what comes from the data.
        static PHRASE: Phrase = Phrase::new("test.evil", "{name}");
        let t = || PHRASE.with([("name", s().into())]);
        let e = Estimate { value: 0.5, low: 0.4, high: 0.6 };
        let mut table = Table::with(&[*evil]);
        table.columns[0].meaning = t();
        table.push(vec![Cell::Text(s())]);
        table.push(vec![Cell::text(t())]);
        let rule = ShownRule {
            antecedent: vec![s()],
            consequent: vec![s()],
            count: 1,
            support: 0.1,
            confidence: 0.5,
            lift: 2.0,
            later_confidence: f64::NAN,
            later_lift: f64::NAN,
            holds: Some(false),
        };
        let step = Step { name: t(), meaning: t(), effect: Effect::Level, rows: 1, money: 1 };
        let kpi = Kpi {
            name: t(),
            meaning: t(),
            unit: Unit::Count,
            shape: Shape::Bars,
            values: vec![1.0],
            year_before: vec![],
        };
        let distinction =
            Distinction { feature: t(), unit: Unit::Count, here: 1.0, overall: 2.0, deviations: f64::NAN };
        let bodies = vec![
            Body::Waterfall(Waterfall { steps: vec![step.clone(), Step { rows: 2, ..step }] }),
            Body::Kpis(Kpis { periods: vec![s()], last_incomplete: true, measures: vec![kpi], stands_in: false }),
            Body::Rules(Rules { rules: vec![rule], found: 9, failed: 1, whole: s(), later: t() }),
            Body::Model(Model {
                name: s(),
                baseline: s(),
                target: t(),
                metrics: vec![Metric { name: t(), meaning: t(), larger_is_better: true, model: e, baseline: Some(e) }],
                weights: vec![Weight { feature: t(), weight: -1.0 }],
                ..Model::default()
            }),
            Body::Segments(Segments {
                segments: vec![Segment {
                    name: t(),
                    meaning: t(),
                    customers: 0,
                    value: 0,
                    distinctions: vec![distinction],
                }],
            }),
            Body::Lists(Lists {
                lists: vec![ListCard {
                    name: s(),
                    meaning: t(),
                    candidates: 3,
                    reasons: vec![Reason { text: s(), rows: 1 }],
                    files: vec![ListFile { name: s(), rows: 1, bytes: 1, sha256: s() }],
                    sample: table.clone(),
                    ..ListCard::default()
                }],
            }),
            Body::Checks(Checks {
                checks: vec![Check { expectation: t(), table: s(), status: Status::Held, found: t(), action: t() }],
            }),
            Body::Rejects(Rejects {
                read: 1,
                rules: vec![Reject { rule: s(), meaning: t(), rows: 1, first: s() }],
                whole: s(),
            }),
            Body::Changes(changes(s(), t(), 1.0)),
            Body::Bridges(Bridges {
                bridges: vec![Bridge {
                    title: t(),
                    what: t(),
                    steps: vec![BridgeStep {
                        name: t(),
                        meaning: t(),
                        is_level: true,
                        money: 1,
                        count: None,
                        is_unusual: true,
                    }],
                }],
            }),
            Body::Table(table),
            Body::Note(Note { paragraphs: vec![t()] }),
        ];
        let sections = bodies.into_iter().map(|b| Section::new(s(), b).heading(t()).lead(t())).collect();
        let html = check(&Report {
            title: s(),
            subtitle: s(),
            facts: vec![Fact { name: t(), value: s() }],
            highlights: vec![Highlight { name: t(), value: f64::INFINITY, unit: Unit::Money, note: t() }],
            currency: s(),
            sections,
            ..Report::default()
        });
        for raw in ["<script>alert", "<img", "<svg onload", "<!--", "\u{0}", "\u{202e}"] {
            assert!(!visible(&html).contains(raw), "{raw:?} of {evil:?}");
        }
    }
}

/// One period with one unusual figure.
fn changes(name: String, text: Text, value: f64) -> Changes {
    let change = Change {
        name: text.clone(),
        segment: text.clone(),
        unit: Unit::Share,
        value,
        expected: value,
        limits: (value, value),
        interval: (value, value),
        sentence: text,
    };
    let weekdays = (20, None);
    let period = ChangesOf { period: name, weekdays, looked: 1, unknown: 0, provisional: false, changes: vec![change] };
    Changes { periods: vec![period] }
}

#[test]
fn extreme_numbers_are_drawn_or_left_out() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, 1e-300, 1e300, -1e300] {
        let points = vec![(0.0, value), (value, 1.0)];
        let e = Estimate { value, low: value, high: value };
        let bodies = vec![
            Body::Bars(Bars {
                what: "a".into(),
                measure: "b".into(),
                unit: Unit::Number(2),
                bars: vec![Bar { name: "x".into(), value }, Bar { name: "y".into(), value: 1.0 }],
            }),
            Body::Curves(Curves {
                x: "x".into(),
                x_unit: Unit::Share,
                y: "y".into(),
                y_unit: Unit::Number(1),
                curves: vec![Curve { name: "c".into(), baseline: false, points: points.clone() }],
                marks: vec![(value, "m".into())],
            }),
            Body::Cohorts(Cohorts {
                cohorts: vec![Cohort { period: "p".into(), customers: 0, active: vec![value, 0.5] }],
                stands_in: false,
            }),
            Body::Changes(changes("2011-11".into(), "all".into(), value)),
            Body::Model(Model {
                gains: points,
                deciles: vec![Decile {
                    customers: 0,
                    positives: 0,
                    predicted: value,
                    lift: value,
                    baseline_lift: value,
                }],
                calibration: vec![Bin { customers: 0, predicted: value, observed: e }],
                metrics: vec![Metric {
                    name: "m".into(),
                    meaning: Text::default(),
                    larger_is_better: false,
                    model: e,
                    baseline: None,
                }],
                ..Model::default()
            }),
            Body::Recommendations(Recommendations {
                tasks: vec![Recommendation {
                    methods: vec![Method { name: "m".into(), baseline: true, result: e }],
                    ..Recommendation::default()
                }],
            }),
            Body::Drift(Drift {
                hold_from: 0.25,
                features: vec![FeatureDrift {
                    name: "f".into(),
                    psi: value,
                    unit: Unit::Count,
                    mean_then: value,
                    mean_now: value,
                    missing_then: value,
                    missing_now: value,
                }],
                ..Drift::default()
            }),
            Body::StageCounts(StageCounts {
                dates: vec!["d".into()],
                stages: vec![StageCount {
                    name: "s".into(),
                    meaning: Text::default(),
                    customers: vec![u64::MAX, 1],
                    entered: 0,
                    left: u64::MAX,
                    value,
                    low: value,
                    high: value,
                }],
            }),
            Body::StageFlow(StageFlow {
                dates: vec!["d".into(), "e".into()],
                stages: vec!["s".into()],
                silent: 0,
                steps: vec![vec![(0, 0, u64::MAX / 4), (0, 9, 1)]],
            }),
            Body::StageMatrix(StageMatrix {
                stages: vec!["s".into()],
                cells: vec![StageMove {
                    from: 0,
                    to: 0,
                    customers: 0,
                    share: value,
                    low: value,
                    high: value,
                    before: value,
                    changed: Some(true),
                }],
            }),
        ];
        let sections = bodies.into_iter().map(|b| Section::new("x", b)).collect();
        let html = check(&Report { sections, ..Report::default() });
        for attribute in ["NaN", "=\"inf", "=\"-inf", "Minf"] {
            assert!(!visible(&html).contains(attribute), "{attribute} for {value}");
        }
    }
}

#[test]
fn sections_are_grouped_by_chapter_and_keep_their_order() {
    let note = |heading: &str, chapter| Section::new("", Note::default()).heading(heading).chapter(chapter);
    let sections = vec![note("b", Chapter::Data), note("a", Chapter::Lists), note("c", Chapter::Data)];
    let html = render(&Report { sections, ..Report::default() });
    let at = |heading: &str| html.find(&format!("-h\">{heading}</h3>")).expect("the heading is there");
    assert!(at("a") < at("b") && at("b") < at("c"));
}

#[test]
fn phrases_of_stages_take_the_language_of_the_page_and_anchors_stay() {
    static REVENUE: Phrase = Phrase::new("test.revenue", "Revenue by {what}");
    let heading = REVENUE.with([("what", "EIRE & more".into())]);
    let sections = vec![Section::new("", Note { paragraphs: vec![(&REVENUE).into()] }).heading(heading)];
    let report = Report { sections, ..Report::default() };
    assert!(check(&report).contains("<h3 id=\"s_revenue_by_eire___more-h\">Revenue by EIRE &amp; more</h3>"));
    let chinese = Report { phrasebook: &[("test.revenue", "按{what}划分的营业额")], ..report };
    let html = check(&chinese);
    assert!(html.contains("<h3 id=\"s_revenue_by_eire___more-h\">按EIRE &amp; more划分的营业额</h3>"));
    assert!(html.contains("<p>按{what}划分的营业额</p>"), "a place without a value stays");
}

#[test]
fn a_page_in_chinese_says_so_and_has_none_of_the_english_words() {
    for (language, tag, contents) in
        [(Language::SimplifiedChinese, "zh-Hans", "目录"), (Language::TraditionalChinese, "zh-Hant", "目錄")]
    {
        let fact = Fact { name: "基准日".into(), value: "2011-12-10".into() };
        let html = check(&Report { language, facts: vec![fact], ..sample(USUAL) });
        assert!(html.contains(&format!("<html lang=\"{tag}\"")), "{tag}");
        assert!(html.contains(contents) && html.contains("<dd>2011年12月10日</dd>"), "{tag}");
        for english in ["Contents", "Skip to the report", "As a table", "Bought together", "Showing", "Key figures"] {
            assert!(!html.contains(english), "{tag}: {english}");
        }
    }
}

#[test]
fn sections_are_the_same_after_they_were_stored() {
    let report = sample(USUAL);
    let stored = postcard::to_allocvec(&report.sections).expect("sections are plain data");
    let sections: Vec<Section> = postcard::from_bytes(&stored).expect("they can be read");
    assert_eq!(render(&Report { sections, ..report.clone() }), render(&report));
}

/// The smallest whole page, to be read: what stands around a table and a note.
#[test]
fn a_small_page_reads_as_it_should() {
    let mut table = Table::with(&["country", "orders"]);
    table.push(vec![Cell::text("EIRE & more"), Cell::Count(1_234)]);
    let report = Report {
        title: "Shop".into(),
        facts: vec![Fact { name: "As of".into(), value: "2011-12-10".into() }],
        sections: vec![
            Section::new("by_country", Body::Table(table)).heading("Countries").chapter(Chapter::Business),
            Section::new("", Note { paragraphs: vec!["No tax is taken off.".into()] }),
        ],
        ..Report::default()
    };
    let html = check(&report);
    let main = &html[html.find("<main").expect("a main part")..html.find("<footer").expect("a footer")];
    let expected = [
        "<main id=\"report\"><header class=\"masthead\"><h1>Shop</h1>",
        "<dl class=\"facts\"><div><dt>As of</dt><dd>2011-12-10</dd></div></dl></header>",
        "<h2>How the shop is doing</h2>",
        "<section id=\"s_by_country\" aria-labelledby=\"s_by_country-h\">",
        "<h3 id=\"s_by_country-h\">Countries <small>stage by_country</small></h3>",
        "<div class=\"scroll\" tabindex=\"0\"><table>",
        "<thead><tr><th scope=\"col\">country</th><th scope=\"col\" class=\"n\">orders</th></tr></thead>",
        "<tbody><tr><td>EIRE &amp; more</td><td class=\"n\">1,234</td></tr></tbody></table></div></section>",
        "<h2>More</h2>",
        "<section id=\"s_notes\" aria-labelledby=\"s_notes-h\"><h3 id=\"s_notes-h\">Notes</h3>",
        "<p>No tax is taken off.</p></section>",
    ];
    assert_eq!(main, expected.concat());
    assert!(html.contains("default-src &#39;none&#39;"));
}
