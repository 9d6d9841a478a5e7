//! The tables of what can be named in a pipeline, as `patron list` and the reference show them.

use crate::destinations::DESTINATIONS;
use crate::features::{EVENT_FEATURES, ORDER_FEATURES};
use crate::learning::MODELS;
use crate::mining;
use crate::outside;
use crate::recommendation::{Product, RANKERS};
use crate::sources::formats::FORMATS;

/// A table as shown: title, headings, rows.
pub(super) type Listing = (&'static str, Vec<&'static str>, Vec<Vec<String>>);

/// The tables of what can be named in a pipeline, besides stage kinds.
pub(super) fn tables() -> Vec<Listing> {
    vec![sources(), formats(), features(), event_features(), measures(), models(), rankers(), destinations()]
}

pub(super) fn features() -> Listing {
    let rows = ORDER_FEATURES
        .iter()
        .map(|f| vec![f.name.to_owned(), f.family.name().to_owned(), f.unit.name().to_owned(), one_line(f.meaning)]);
    ("Features", vec!["feature", "family", "unit", "meaning"], rows.collect())
}

/// Features of the stages in `events` of `build-features`; columns are called after the stage.
pub(super) fn event_features() -> Listing {
    let rows =
        EVENT_FEATURES.iter().map(|f| vec![format!("STAGE_{}", f.name), f.unit.name().to_owned(), one_line(f.meaning)]);
    ("Features of events", vec!["column", "unit", "meaning"], rows.collect())
}

pub(super) fn measures() -> Listing {
    let rows = mining::measures().iter().map(|m| {
        let range = format!("{} to {}", bound(m.range.0), bound(m.range.1));
        vec![m.name.to_owned(), m.formula.to_owned(), range, m.arules.unwrap_or("").to_owned(), m.source.to_owned()]
    });
    ("Rule measures", vec!["measure", "formula", "range", "in arules", "source"], rows.collect())
}

pub(super) fn models() -> Listing {
    let rows = MODELS.iter().map(|m| vec![m.name.to_owned(), m.meaning.to_owned()]);
    ("Models", vec!["model", "meaning"], rows.collect())
}

/// Kinds of outside sources; what files hold is of a format.
pub(super) fn sources() -> Listing {
    let rows = outside::KINDS
        .iter()
        .rev()
        .map(|kind| vec![kind.name.to_owned(), format!("`{}`", kind.example), kind.meaning.to_owned()]);
    ("Sources", vec!["source", "example", "meaning"], rows.collect())
}

pub(super) fn formats() -> Listing {
    let rows = FORMATS.iter().map(|f| vec![f.name.to_owned(), f.meaning.to_owned()]);
    ("Source formats", vec!["format", "meaning"], rows.collect())
}

fn bound(value: f64) -> String {
    if value.is_infinite() { if value > 0.0 { "∞".to_owned() } else { "-∞".to_owned() } } else { value.to_string() }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn destinations() -> Listing {
    let rows = DESTINATIONS.iter().map(|d| vec![d.name.to_owned(), format!(".{}", d.extension), d.meaning.to_owned()]);
    ("Destinations", vec!["destination", "file", "meaning"], rows.collect())
}

pub(super) fn rankers() -> Listing {
    let rows = RANKERS.iter().map(|r| {
        let product = if r.product == Product::Repurchase { "repurchase" } else { "cross-sell" };
        vec![r.name.to_owned(), product.to_owned(), r.meaning.to_owned()]
    });
    ("Rankers", vec!["ranker", "product", "meaning"], rows.collect())
}
