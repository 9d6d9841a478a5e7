//! What the report shows of how the shop does: figures per month and the cohort triangle.

use super::figures;
use crate::kpis::{Clock, Grain, Groups, Periods, ViewSettings, cohorts, kpi_of, measure, span};
use crate::orders::AsOf;
use crate::report::{Body, Section};

/// Days of silence, which none of the figures shown here asks for.
const QUIET: i64 = 180;

/// Days of a span of a cohort's age.
const SPAN: i64 = 30;

/// Seconds after the last order for which months are still shown.
const AFTER: i64 = 366 * 86_400;

/// The sections about the business as known at the as-of date.
pub fn business(step: &str, known: AsOf) -> Vec<Section> {
    let Some((first, last)) = span(known) else { return Vec::new() };
    let months = Periods::calendar(Grain::Month, 1, first, known.as_of().min(last + AFTER));
    let wanted: Vec<usize> = figures::USUAL.iter().filter_map(|name| kpi_of(name)).collect();
    let measured = measure(known, &months, &Groups::of(Vec::new()), &ViewSettings::of_silence(QUIET), &wanted, &|_| {});
    let kpis = figures::kpis(&months, &measured.figures(&months), &figures::USUAL, known.as_of(), true);
    let triangle = figures::cohorts(&months, &cohorts(known, &months, Clock::Own { days: SPAN }), true);
    vec![Section::new(step, Body::Kpis(kpis)), Section::new(step, Body::Cohorts(triangle))]
}
