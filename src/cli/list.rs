//! `patron list`

use clap::{Args, ValueEnum};

use super::exit::EXITS;
use super::{Done, show};
use crate::destinations::DESTINATIONS;
use crate::diagnostics::codes::CODES;
use crate::features::FEATURES;
use crate::learning::MODELS;
use crate::mining;
use crate::recommendation::{Product, RANKERS};
use crate::sources::formats::FORMATS;
use crate::stages::KINDS;

/// Show what there is: stage kinds, features, measures, models, formats, destinations, codes.
#[derive(Args, Debug)]
pub struct List {
    /// What to show.
    #[arg(value_enum)]
    what: What,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum What {
    Stages,
    Features,
    Measures,
    Models,
    Sources,
    Rankers,
    Destinations,
    Codes,
    Exits,
    Reference,
}

/// A table as shown: title, headings, rows.
pub(super) type Listing = (&'static str, Vec<&'static str>, Vec<Vec<String>>);

impl List {
    pub(super) fn run(self) -> Done {
        let two = |rows: Vec<(&str, &str)>| {
            let rows: Vec<Vec<String>> = rows.into_iter().map(|(a, b)| vec![a.to_owned(), b.to_owned()]).collect();
            show::columns(&["name", "meaning"], &rows)
        };
        let table = |(_, headings, rows): Listing| show::columns(&headings, &rows);
        show::print(&match self.what {
            What::Stages => two(KINDS.iter().map(|kind| (kind.name, kind.meaning)).collect()),
            What::Codes => two(CODES.iter().map(|code| (code.word, code.meaning)).collect()),
            What::Exits => EXITS.map(|(_, number, meaning)| format!("{number:>3}  {meaning}")).join("\n"),
            What::Features => table(features()),
            What::Measures => table(measures()),
            What::Models => table(models()),
            What::Sources => table(sources()),
            What::Rankers => table(rankers()),
            What::Destinations => table(destinations()),
            What::Reference => super::reference(),
        })
    }
}

/// The tables of what can be named in a pipeline, besides stage kinds.
pub(super) fn tables() -> Vec<Listing> {
    vec![sources(), features(), measures(), models(), rankers(), destinations()]
}

fn features() -> Listing {
    let rows = FEATURES
        .iter()
        .map(|f| vec![f.name.to_owned(), f.family.name().to_owned(), f.unit.name().to_owned(), one_line(f.meaning)]);
    ("Features", vec!["feature", "family", "unit", "meaning"], rows.collect())
}

fn measures() -> Listing {
    let rows = mining::measures().iter().map(|m| {
        let range = format!("{} to {}", bound(m.range.0), bound(m.range.1));
        vec![m.name.to_owned(), m.formula.to_owned(), range, m.arules.unwrap_or("").to_owned(), m.source.to_owned()]
    });
    ("Rule measures", vec!["measure", "formula", "range", "in arules", "source"], rows.collect())
}

fn models() -> Listing {
    let rows = MODELS.iter().map(|m| vec![m.name.to_owned(), m.meaning.to_owned()]);
    ("Models", vec!["model", "meaning"], rows.collect())
}

fn sources() -> Listing {
    let rows = FORMATS.iter().map(|f| vec![f.name.to_owned(), f.meaning.to_owned()]);
    ("Source formats", vec!["format", "meaning"], rows.collect())
}

fn bound(value: f64) -> String {
    if value.is_infinite() { if value > 0.0 { "∞".to_owned() } else { "-∞".to_owned() } } else { value.to_string() }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn destinations() -> Listing {
    let rows = DESTINATIONS.iter().map(|d| vec![d.name.to_owned(), format!(".{}", d.extension), d.meaning.to_owned()]);
    ("Destinations", vec!["destination", "file", "meaning"], rows.collect())
}

fn rankers() -> Listing {
    let rows = RANKERS.iter().map(|r| {
        let product = if r.product == Product::Repurchase { "repurchase" } else { "cross-sell" };
        vec![r.name.to_owned(), product.to_owned(), r.meaning.to_owned()]
    });
    ("Rankers", vec!["ranker", "product", "meaning"], rows.collect())
}
