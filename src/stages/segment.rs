//! `segment`: RFM scores with named segments, and clusters whose labels stay the same from run to run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::examples;
use super::words::segment as say;
use crate::clustering::{
    self, Binning, ChoiceSettings, Column, KMeansSettings, Naming, Profile, Rfm, RfmCuts, RfmScore, Rule,
    SEGMENTS as NAMED, Segmentation, Transform, Words, adjusted_rand_index, choose_k, default_rules, profiles,
};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{FEATURES, Feature, Unit, index_of};
use crate::report::{self, Body, Distinction, Section, Text, Value};
use crate::stage::setting::{Choice, Chosen, Count};
use crate::stage::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, Upstream, read_as, schema_of};
use crate::tables::Batches;
use crate::tables::layouts::features;
use crate::tables::layouts::segments::{PROFILES, SEGMENTS};

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

/// Named RFM segments and clusters of customers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Segment {
    /// The `build-features` stage.
    features: Upstream,
    /// The feature scored as frequency; see `patron list features`.
    frequency: Chosen<Feature>,
    /// The feature scored as monetary value; see `patron list features`.
    monetary: Chosen<Feature>,
    /// How scores are cut: quantiles of the customers, or fixed points.
    bins: Chosen<Bins>,
    /// Fixed cut points, ascending, for `bins = "fixed"`.
    cuts: FixedCuts,
    /// Own segment rules, tried before the usual ones; the first that matches wins.
    rules: Vec<OwnRule>,
    /// Fewest and most clusters to try, each from 2 to 50; the number is the largest whose clusters come back in bootstrap draws (mean
    /// adjusted Rand index at least 0.8) and whose silhouette is near the best. Empty: no clusters.
    clusters: Vec<Count<2, 50>>,
    /// The features to cluster by; see `patron list features`.
    by: Vec<Chosen<Feature>>,
    /// Days for which cut points and centres stay as they are before they are fitted again; 0 fits them in each run.
    refit_days: u32,
}

impl Default for Segment {
    fn default() -> Segment {
        Segment {
            features: Upstream::default(),
            frequency: Chosen::usual("orders_365d"),
            monetary: Chosen::usual("money_365d"),
            bins: Chosen::default(),
            cuts: FixedCuts::default(),
            rules: Vec::new(),
            clusters: [3, 8].map(Count::of).to_vec(),
            by: ["recency_days", "orders_365d", "money_365d"].map(Chosen::usual).to_vec(),
            refit_days: 90,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bins {
    Quantiles,
    Fixed,
}

impl Choice for Bins {
    const WHAT: &'static str = "way to cut";

    fn rows() -> &'static [Bins] {
        &[Bins::Quantiles, Bins::Fixed]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Bins::Quantiles => ("quantiles", "five bins of equally many customers; equal values share a bin"),
            Bins::Fixed => ("fixed", "the points in `cuts`"),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct FixedCuts {
    /// Days since the last order.
    recency: Vec<f64>,
    /// Of the frequency feature.
    frequency: Vec<f64>,
    /// Of the monetary feature.
    monetary: Vec<f64>,
}

/// A segment by its scores, each from 1 to 9.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OwnRule {
    /// Name of the segment.
    segment: String,
    /// Lowest and highest recency score.
    #[serde(default = "OwnRule::any_score")]
    recency: [u8; 2],
    /// Lowest and highest frequency score.
    #[serde(default = "OwnRule::any_score")]
    frequency: [u8; 2],
    /// Lowest and highest monetary score.
    #[serde(default = "OwnRule::any_score")]
    monetary: [u8; 2],
}

impl OwnRule {
    fn any_score() -> [u8; 2] {
        [1, 9]
    }
}

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
        Output::table(&SEGMENTS).and("profiles", &PROFILES)
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match self.clusters[..] {
            [] => {}
            [fewest, most] if fewest.get() <= most.get() => {}
            _ => findings.push(Finding::at("clusters", "must be empty or two numbers from 2 to 50, the smaller first")),
        }
        if *self.bins == Bins::Fixed {
            let cuts = self.cuts.clone();
            if let Err(error) = RfmCuts::fixed(cuts.recency, cuts.frequency, cuts.monetary) {
                findings.push(Finding::at("cuts", error.to_string()));
            }
        }
        if *self.bins == Bins::Quantiles
            && let Err(error) = self.naming(5)
        {
            findings.push(Finding::at("rules", error));
        }
        findings
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
            (None, Bins::Fixed) => {
                let cuts = self.cuts.clone();
                RfmCuts::fixed(cuts.recency, cuts.frequency, cuts.monetary).map_err(bad)?
            }
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
    fn naming(&self, bins: u8) -> std::result::Result<Naming, String> {
        let own: Vec<Rule> = self
            .rules
            .iter()
            .map(|rule| Rule {
                segment: rule.segment.clone(),
                recency: rule.recency[0]..=rule.recency[1],
                frequency: rule.frequency[0]..=rule.frequency[1],
                monetary: rule.monetary[0]..=rule.monetary[1],
            })
            .collect();
        Naming::new(&own, &default_rules(), bins).map_err(|e| e.to_string())
    }

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
    let text = std::fs::read_to_string(&path).map_err(|e| crate::diagnostics::io_problem("read", &path, &e))?;
    Ok(serde_json::from_str(&text).ok())
}

fn column<'a>(name: &'a str, values: &'a [f64]) -> Column<'a> {
    let unit = index_of(name).map(|index| FEATURES[index].unit);
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
    for feature in FEATURES.iter().filter(|f| !f.unit.is_code() && table.has(f.name)) {
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

fn card(name: Text, profile: &Profile, value: f64, features: &[(&'static Feature, Vec<f64>)]) -> report::Segment {
    let named = NAMED.iter().find(|named| Text::from(named.name) == name);
    let meaning = named.map(|n| {
        let meaning = Text::term("segment-meaning", n.name, n.meaning);
        say::MEANING
            .with([("meaning", meaning.into()), ("action", Text::term("segment-action", n.name, n.action).into())])
    });
    // A name of our own table is a word, any other a name.
    let name = match (named, name) {
        (Some(named), _) => Text::term("segment", named.name, named.name.replace('_', " ")),
        (None, Text::Name(own)) => own.replace('_', " ").into(),
        (None, cluster) => cluster,
    };
    let distinctions = profile.traits.iter().filter(|t| t.strength().is_some()).take(5).map(|t| {
        let feature = features[t.column].0;
        Distinction {
            feature: Text::term("feature", feature.name, feature.name.replace('_', " ")),
            unit: shown_unit(feature.unit),
            here: t.inside,
            overall: t.outside,
            deviations: t.effect,
        }
    });
    report::Segment {
        name,
        meaning: meaning.unwrap_or_default(),
        customers: profile.size,
        value: (value * 10_000.0) as i64,
        distinctions: distinctions.collect(),
    }
}

fn shown_unit(unit: Unit) -> report::Unit {
    match unit {
        Unit::Share => report::Unit::Share,
        Unit::Days => report::Unit::Days,
        _ => report::Unit::Number(2),
    }
}

fn heat_map(step: &str, cuts: &RfmCuts, scores: &[RfmScore], money: &[f64], naming: &Naming) -> Section {
    let names = |bins: usize| (1..=bins).map(|n| n.to_string()).collect::<Vec<_>>();
    let mut cells: BTreeMap<(u8, u8), (u64, f64, BTreeMap<u32, u64>)> = BTreeMap::new();
    for (score, money) in scores.iter().zip(money) {
        let cell = cells.entry((score.recency, score.frequency)).or_default();
        cell.0 += 1;
        cell.1 += money;
        *cell.2.entry(naming.segment(*score)).or_default() += 1;
    }
    let usual = |counts: &BTreeMap<u32, u64>| {
        let most = counts.iter().max_by_key(|(segment, count)| (**count, u32::MAX - **segment));
        most.map(|(segment, _)| naming.names()[*segment as usize].replace('_', " ")).unwrap_or_default()
    };
    let cells = cells.iter().map(|((recency, frequency), (customers, money, segments))| report::RfmCell {
        recency: usize::from(*recency) - 1,
        frequency: usize::from(*frequency) - 1,
        customers: *customers,
        value: (money * 10_000.0) as i64,
        segment: usual(segments),
    });
    let cells = cells.collect();
    let bins = |cuts: &clustering::Cuts| names(cuts.points.len() + 1);
    let rfm = report::Rfm { recency: bins(&cuts.recency), frequency: bins(&cuts.frequency), cells };
    Section::new(step, Body::Rfm(rfm))
}

/// Says how many customers kept their segment since the last run.
fn note_moves(
    cx: &mut Context,
    previous: &crate::stage::Stored,
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
    let mut names: Vec<String> = naming.names().to_vec();
    let mut ids = (Vec::new(), Vec::new());
    for (row, customer) in customers.iter().enumerate() {
        let Some(segment) = old.get(customer) else { continue };
        let place = names.iter().position(|name| name == segment).unwrap_or_else(|| {
            names.push(segment.clone());
            names.len() - 1
        });
        ids.0.push(place as u32);
        ids.1.push(labels[row]);
    }
    if ids.0.is_empty() {
        return Ok(());
    }
    let same = ids.0.iter().zip(&ids.1).filter(|(a, b)| a == b).count();
    let share = same as f64 / ids.0.len() as f64;
    cx.metric("kept_segment_share", share);
    cx.metric("agreement_with_last_run", adjusted_rand_index(&ids.0, &ids.1));
    let percent = Value::Number(100.0 * share, report::Unit::Number(0));
    cx.note(say::STAYED.with([("percent", percent)]));
    Ok(())
}
