//! `segment`: RFM scores with named segments, and clusters whose labels stay the same from run to run.

mod settings;
mod showing;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::settings::Bins;
use self::showing::{card, heat_map};
use super::columns::Columns;
use super::examples;
use super::words::segment as say;
use crate::clustering::{
    self, Binning, ChoiceSettings, Column, KMeansSettings, Naming, Profile, Rfm, RfmCuts, RfmScore, Segmentation,
    Transform, Words, choose_k, kept, profiles,
};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::features::{Feature, ORDER_FEATURES, Unit, index_of};
use crate::report::{self, Body, Section, Text, Value};
use crate::stage::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, Stored, read_as, schema_of};
use crate::tables::Batches;
use crate::tables::layouts::features;
use crate::tables::layouts::segments::{PROFILES, SEGMENTS};
pub use settings::Segment;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "segment",
    version: 2,
    meaning: "Scores recency, frequency and money, names the segments, clusters customers, and says what sets each group apart.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.segments]
kind = "segment"
features = "features"
clusters = [3, 8]
"#,
    ],
    read: read_as::<Segment>,
    schema: schema_of::<Segment>,
};

/// The file of frozen cuts and centres in an artifact.
const FROZEN: &str = "frozen.json";

/// What a run leaves for the next one.
#[derive(Debug, Serialize, Deserialize)]
struct Frozen {
    /// Day since 1970-01-01 on which it was fitted.
    fitted: i32,
    cuts: RfmCuts,
    clusters: Option<Segmentation>,
}

impl Stage for Segment {
    fn inputs(&self) -> Vec<Input> {
        vec![self.features.input("features", Need::Table(&features::FEATURES))]
    }

    fn output(&self) -> Output {
        Output::exactly(&SEGMENTS).and("profiles", &PROFILES)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn remembers(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        let customers: Vec<String> = table.texts("customer")?.into_iter().map(Option::unwrap_or_default).collect();
        cx.made.rows_in = customers.len() as u64;
        if customers.is_empty() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "there is no customer to segment")
                .help("use a longer observation window in `build-features`".to_owned())
                .err();
        }
        let today = cx.as_of()?.days();
        let (recency, frequency, monetary) =
            (table.numbers("recency_days")?, table.numbers(self.frequency.name)?, table.numbers(self.monetary.name)?);
        let rfm = Rfm { recency: &recency, frequency: &frequency, monetary: &monetary };
        let kept = self.kept(cx, today)?;
        if cx.previous.is_some() && frozen(cx)?.is_none() {
            cx.note(&say::FITTED);
        }
        let cuts = match (&kept, *self.bins) {
            (Some(kept), _) => kept.cuts.clone(),
            (None, Bins::Quantiles) => RfmCuts::fit(rfm, 5, Binning::Quantiles).map_err(bad)?,
            (None, Bins::Fixed) => self.cuts.points().map_err(bad)?,
        };
        let scores = cuts.score(rfm).map_err(bad)?;
        let naming = self.naming(cuts.bins() as u8).map_err(|e| Problem::new(&codes::BAD_VALUE, e).boxed())?;
        let labels: Vec<u32> = scores.iter().map(|score| naming.segment(*score)).collect();

        let values: Vec<Vec<f64>> = self.by.iter().map(|feature| table.numbers(feature.name)).collect::<Result<_>>()?;
        let by: Vec<Column> =
            self.by.iter().zip(&values).map(|(feature, values)| column(feature.name, values)).collect();
        let clusters = self.clusters(cx, &by, kept.as_ref().and_then(|k| k.clusters.clone()))?;
        let numbers = match &clusters {
            Some(clusters) => Some(clusters.assign(&by).map_err(|e| bad_clusters(e.into()))?),
            None => None,
        };

        write_segments(cx, &customers, &scores, &naming, &labels, numbers.as_deref())?;
        let all = describing(&table)?;
        write_profiles(cx, &naming, &labels, numbers.as_deref(), &monetary, &all)?;
        if let Some(previous) = cx.previous.clone() {
            note_moves(cx, &previous, &customers, &naming, &labels)?;
        }
        cx.section(heat_map(cx.step, &cuts, &scores, &monetary, &naming));
        let fitted = kept.map_or(today, |kept| kept.fitted);
        let frozen = Frozen { fitted, cuts, clusters };
        let text = serde_json::to_string_pretty(&frozen).expect("frozen cuts are plain data");
        cx.write_file(FROZEN, text.as_bytes())
    }
}

impl Segment {
    /// The last run's cuts and centres, if they are young enough and of the same features.
    fn kept(&self, cx: &Context, today: i32) -> Result<Option<Frozen>> {
        let Some(frozen) = frozen(cx)? else { return Ok(None) };
        let age = today - frozen.fitted;
        let same = frozen
            .clusters
            .as_ref()
            .is_none_or(|c| c.scales.iter().map(|s| s.name.as_str()).eq(self.by.iter().map(|f| f.name)));
        let keep = *self.bins == Bins::Quantiles && (0..self.refit_days as i32).contains(&age) && same;
        Ok(keep.then_some(frozen))
    }

    fn clusters(&self, cx: &mut Context, by: &[Column], kept: Option<Segmentation>) -> Result<Option<Segmentation>> {
        let &[fewest, most] = &self.clusters[..] else { return Ok(None) };
        let (fewest, most) = (fewest.get() as usize, most.get() as usize);
        if kept.is_some() {
            cx.note(&say::KEPT);
            return Ok(kept);
        }
        let rows = by.first().map_or(0, |column| column.values.len());
        if rows < 10 * fewest {
            cx.note(say::TOO_FEW.with([("customers", rows.into())]));
            return Ok(None);
        }
        let settings = KMeansSettings { seed: cx.seed, ..KMeansSettings::default() };
        let choice = ChoiceSettings { k: fewest..=most, ..ChoiceSettings::default() };
        let chosen = choose_k(by, &settings, &choice, cx.progress).map_err(bad_clusters)?;
        let fitted = Segmentation::fit(by, chosen.k, &settings).map_err(bad_clusters)?;
        for tried in &chosen.tried {
            cx.metric(&format!("stability_k{}", tried.k), tried.stability);
            cx.metric(&format!("silhouette_k{}", tried.k), tried.silhouette);
        }
        cx.metric("clusters", chosen.k as f64);
        let why = if chosen.stable { &say::STABLE } else { &say::UNSTABLE };
        cx.note(why.with([("clusters", chosen.k.into())]));
        let former = frozen(cx)?.and_then(|frozen| frozen.clusters);
        Ok(Some(match former {
            Some(former) if former.scales.iter().map(|s| &s.name).eq(fitted.scales.iter().map(|s| &s.name)) => {
                fitted.matched_to(&former)
            }
            _ => fitted,
        }))
    }
}

/// What the last good run left.
fn frozen(cx: &Context) -> Result<Option<Frozen>> {
    let Some(previous) = &cx.previous else { return Ok(None) };
    let path = previous.file(FROZEN)?;
    let text = std::fs::read_to_string(&path).map_err(|e| io_problem("read", &path, &e))?;
    Ok(serde_json::from_str(&text).ok())
}

fn column<'a>(name: &'a str, values: &'a [f64]) -> Column<'a> {
    let unit = index_of(name).map(|index| ORDER_FEATURES[index].unit);
    let transform = match unit {
        Some(Unit::Share | Unit::LogRatio | Unit::Ratio) => Transform::Identity,
        _ => Transform::SignedLog,
    };
    Column { name, transform, values }
}

fn bad(error: clustering::RfmError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}

fn bad_clusters(error: clustering::KMeansError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string()).boxed()
}

/// Every feature that is an amount rather than a code, with its values.
fn describing(table: &Batches) -> Result<Vec<(&'static Feature, Vec<f64>)>> {
    let mut all = Vec::new();
    for feature in ORDER_FEATURES.iter().filter(|f| !f.unit.is_code() && table.has(f.name)) {
        let values = table.numbers(feature.name)?;
        if values.iter().any(|v| v.is_finite()) && values.iter().all(|v| !v.is_infinite()) {
            all.push((feature, values));
        }
    }
    Ok(all)
}

fn write_segments(
    cx: &mut Context,
    customers: &[String],
    scores: &[RfmScore],
    naming: &Naming,
    labels: &[u32],
    clusters: Option<&[u32]>,
) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .text("customer", customers)
        .text("segment", labels.iter().map(|&label| &naming.names()[label as usize]))
        .integer("recency_score", scores.iter().map(|s| i64::from(s.recency)))
        .integer("frequency_score", scores.iter().map(|s| i64::from(s.frequency)))
        .integer("monetary_score", scores.iter().map(|s| i64::from(s.monetary)))
        .maybe_integer("cluster", (0..customers.len()).map(|row| clusters.map(|c| i64::from(c[row]) + 1)));
    cx.write(MAIN, &SEGMENTS, &[columns.batch()])
}

fn write_profiles(
    cx: &mut Context,
    naming: &Naming,
    labels: &[u32],
    clusters: Option<&[u32]>,
    money: &[f64],
    features: &[(&'static Feature, Vec<f64>)],
) -> Result<()> {
    let columns: Vec<Column> = features.iter().map(|(f, values)| column(f.name, values)).collect();
    let words: Vec<Words> = features.iter().map(|(f, _)| Words { high: f.high, low: f.low }).collect();
    let total: f64 = money.iter().sum();
    let mut rows: Vec<(String, Profile, f64, String)> = Vec::new();
    let mut add = |labels: &[u32], name: &dyn Fn(u32) -> Text| -> Result<Vec<report::Segment>> {
        let mut cards = Vec::new();
        for profile in profiles(&columns, labels).map_err(|e| bad_clusters(e.into()))? {
            let value: f64 = money.iter().zip(labels).filter(|(_, l)| **l == profile.segment).map(|(m, _)| m).sum();
            let apart = profile.in_words(&words, 3);
            let name = name(profile.segment);
            rows.push((name.english(), profile.clone(), value / total, apart));
            cards.push(card(name, &profile, value, features));
        }
        Ok(cards)
    };
    let named = add(labels, &|label| naming.names()[label as usize].as_str().into())?;
    let clustered = match clusters {
        Some(clusters) => add(clusters, &|label| say::CLUSTER.with([("number", u64::from(label + 1).into())]))?,
        None => Vec::new(),
    };
    let mut out = Columns::new();
    out.text("segment", rows.iter().map(|r| &r.0))
        .integer("customers", rows.iter().map(|r| r.1.size as i64))
        .number("share", rows.iter().map(|r| r.1.share))
        .maybe_number("value_share", rows.iter().map(|r| r.2))
        .text("apart", rows.iter().map(|r| &r.3));
    cx.write("profiles", &PROFILES, &[out.batch()])?;
    cx.section(Section::new(cx.step, Body::Segments(report::Segments { segments: named })));
    if !clustered.is_empty() {
        let section = Section::new(cx.step, Body::Segments(report::Segments { segments: clustered }));
        cx.section(section.heading(&say::CLUSTERS));
    }
    Ok(())
}

/// Notes how many customers kept their segment since the last run.
fn note_moves(
    cx: &mut Context,
    previous: &Stored,
    customers: &[String],
    naming: &Naming,
    labels: &[u32],
) -> Result<()> {
    let before = Batches::read(&previous.table(MAIN)?, &["customer", "segment"])?;
    let old: BTreeMap<String, String> = before
        .texts("customer")?
        .into_iter()
        .zip(before.texts("segment")?)
        .filter_map(|(customer, segment)| Some((customer?, segment?)))
        .collect();
    let Some(kept) = kept(&old, customers, naming.names(), labels) else { return Ok(()) };
    cx.metric("kept_segment_share", kept.share);
    cx.metric("agreement_with_last_run", kept.agreement);
    cx.note(say::STAYED.with([("percent", Value::Number(100.0 * kept.share, report::Unit::Number(0)))]));
    Ok(())
}
