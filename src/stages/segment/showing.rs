//! What the report shows of segments.

use crate::clustering::{Cuts, GridCell, NAMED_SEGMENTS, Naming, Profile, RfmCuts, RfmScore, grid};
use crate::features::{Feature, Unit};
use crate::report::{self, Body, Distinction, Section, Text};
use crate::stages::words::segment as say;

/// A segment with what sets it apart.
pub(super) fn card(
    name: Text,
    profile: &Profile,
    value: f64,
    features: &[(&'static Feature, Vec<f64>)],
) -> report::Segment {
    let named = NAMED_SEGMENTS.iter().find(|named| Text::from(named.name) == name);
    let meaning = named.map(|n| {
        let meaning = Text::term("segment-meaning", n.name, n.meaning);
        say::MEANING
            .with([("meaning", meaning.into()), ("action", Text::term("segment-action", n.name, n.action).into())])
    });
    let name = match name {
        Text::Name(own) => segment_name(&own),
        cluster => cluster,
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

/// A segment's name: a word where it is of our own table, otherwise as the pipeline has it.
fn segment_name(name: &str) -> Text {
    let plain = name.replace('_', " ");
    match NAMED_SEGMENTS.iter().find(|named| named.name == name) {
        Some(named) => Text::term("segment", named.name, plain),
        None => plain.into(),
    }
}

/// Customers by recency and frequency.
pub(super) fn heat_map(step: &str, cuts: &RfmCuts, scores: &[RfmScore], money: &[f64], naming: &Naming) -> Section {
    let bins = |cuts: &Cuts| (1..=cuts.points.len() + 1).map(|n| n.to_string()).collect::<Vec<_>>();
    let cell = |cell: GridCell| report::RfmCell {
        recency: usize::from(cell.recency) - 1,
        frequency: usize::from(cell.frequency) - 1,
        customers: cell.customers,
        value: (cell.money * 10_000.0) as i64,
        segment: segment_name(&naming.names()[cell.segment as usize]),
    };
    let cells = grid(scores, money, naming).into_iter().map(cell).collect();
    let rfm = report::Rfm { recency: bins(&cuts.recency), frequency: bins(&cuts.frequency), cells };
    Section::new(step, Body::Rfm(rfm))
}
