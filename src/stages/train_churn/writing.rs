//! The tables of a trained model.

use super::{CLOSED_SNAPSHOTS, GONE_CUSTOMERS, UNDER_CONTRACT};
use crate::churn::judgement::SegmentFigure;
use crate::churn::succession::Closed;
use crate::churn::{Figure, Judgement, NO_REASON, SHOWN};
use crate::diagnostics::Result;
use crate::features::Standing;
use crate::learning::lift::LiftRow;
use crate::learning::profit::Depth;
use crate::stage::Context;
use crate::stages::columns::Columns;
use crate::stages::contracts::Read;
use crate::tables::Date;
use crate::tables::layouts::scores::{CLOSED, GONE, JUDGEMENT, LIFT_TABLE, PROFIT, SEGMENT_JUDGEMENT, UNDER};

/// All measures of everything that was tried.
pub(super) fn write_judgement(cx: &mut Context, judgement: &Judgement) -> Result<()> {
    for (shown, figure) in SHOWN.iter().zip(&judgement.reported().values) {
        cx.metric(&shown.name.to_lowercase().replace([' ', '-'], "_"), figure.value);
    }
    let mut rows: Vec<(&str, bool, &str, Figure)> = Vec::new();
    for judged in &judgement.list {
        let finite = SHOWN.iter().zip(&judged.values).filter(|(_, figure)| figure.value.is_finite());
        rows.extend(finite.map(|(shown, figure)| (judged.name.as_str(), judged.chosen, shown.name, *figure)));
    }
    if let Some(values) = judgement.empc {
        for (judged, value) in [judgement.reported(), judgement.baseline()].into_iter().zip(values) {
            rows.push((&judged.name, judged.chosen, "EMPC", Figure::bare(value)));
        }
    }
    let mut columns = Columns::new();
    columns
        .text("model", rows.iter().map(|row| row.0))
        .boolean("chosen", rows.iter().map(|row| row.1))
        .text("measure", rows.iter().map(|row| row.2))
        .number("value", rows.iter().map(|row| row.3.value))
        .maybe_number("low", rows.iter().map(|row| row.3.low))
        .maybe_number("high", rows.iter().map(|row| row.3.high));
    cx.write("judgement", &JUDGEMENT, &[columns.batch()])
}

/// The newest judged customers by tenth.
pub(super) fn write_lift(cx: &mut Context, table: &[LiftRow]) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .integer("decile", table.iter().map(|row| row.group as i64))
        .integer("customers", table.iter().map(|row| row.rows as i64))
        .integer("positives", table.iter().map(|row| row.positives as i64))
        .number("rate", table.iter().map(|row| row.positives as f64 / row.rows as f64))
        .number("mean_score", table.iter().map(|row| row.mean_score))
        .number("lift", table.iter().map(|row| row.lift))
        .number("gain", table.iter().map(|row| row.cumulative_gain));
    cx.write("lift", &LIFT_TABLE, &[columns.batch()])
}

/// Measures by segment; an empty table where none is named.
pub(super) fn write_segments(cx: &mut Context, table: &[SegmentFigure]) -> Result<()> {
    if table.is_empty() {
        return cx.write("segments", &SEGMENT_JUDGEMENT, &[]);
    }
    let mut columns = Columns::new();
    columns
        .text("segment", table.iter().map(|row| &row.segment))
        .integer("customers", table.iter().map(|row| row.customers as i64))
        .number("rate", table.iter().map(|row| row.rate))
        .text("model", table.iter().map(|row| &row.model))
        .boolean("chosen", table.iter().map(|row| row.chosen))
        .text("measure", table.iter().map(|row| row.measure))
        .number("value", table.iter().map(|row| row.figure.value))
        .maybe_number("low", table.iter().map(|row| row.figure.low))
        .maybe_number("high", table.iter().map(|row| row.figure.high));
    cx.write("segments", &SEGMENT_JUDGEMENT, &[columns.batch()])
}

/// Profit by depth, the best depth last; an empty table where no costs were given.
pub(super) fn write_profit(cx: &mut Context, depths: &[Depth]) -> Result<()> {
    if depths.is_empty() {
        return cx.write("profit", &PROFIT, &[]);
    }
    let mut columns = Columns::new();
    columns
        .number("share", depths.iter().map(|depth| depth.share))
        .integer("customers", depths.iter().map(|depth| depth.customers as i64))
        .number("leavers", depths.iter().map(|depth| depth.leavers))
        .number("profit", depths.iter().map(|depth| depth.profit))
        .number("realised", depths.iter().map(|depth| depth.realised))
        .boolean("best", (1..=depths.len()).map(|place| place == depths.len()));
    cx.write("profit", &PROFIT, &[columns.batch()])
}

/// How scores came true on snapshots that have closed.
pub(super) fn write_closed(cx: &mut Context, closed: &[Closed]) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .date("snapshot", closed.iter().map(|c| Date::of_civil_seconds(c.snapshot).days()))
        .boolean("in_force", closed.iter().map(|c| c.in_force))
        .integer("customers", closed.iter().map(|c| c.customers as i64))
        .number("promised", closed.iter().map(|c| c.promised))
        .number("left", closed.iter().map(|c| c.left))
        .number("ece", closed.iter().map(|c| c.ece))
        .maybe_number("slope", closed.iter().map(|c| c.slope));
    cx.write(CLOSED_SNAPSHOTS, &CLOSED, &[columns.batch()])
}

/// Who has left by the as-of date, and who can still leave, for those who score.
pub(super) fn write_standings(cx: &mut Context, read: &Read) -> Result<()> {
    let known = read.contracts.as_of(cx.as_of()?.midnight());
    let (mut gone, mut under) = (Vec::new(), Vec::new());
    for customer in 0..known.customers() as u32 {
        match known.standing(customer) {
            Standing::Left(exit) => gone.push((customer, exit)),
            Standing::Under { since } => under.push((customer, since)),
            Standing::NotYet => {}
        }
    }
    let mut columns = Columns::new();
    columns
        .text("customer", under.iter().map(|(customer, _)| &read.customers[*customer as usize]))
        .date("since", under.iter().map(|(_, since)| Date::of_civil_seconds(*since).days()));
    cx.write(UNDER_CONTRACT, &UNDER, &[columns.batch()])?;
    let reason = |reason: u32| Some(read.reasons.name(reason)).filter(|name| *name != NO_REASON);
    let mut columns = Columns::new();
    columns
        .text("customer", gone.iter().map(|(customer, _)| &read.customers[*customer as usize]))
        .date("left", gone.iter().map(|(_, exit)| Date::of_civil_seconds(exit.time).days()))
        .maybe_text("reason", gone.iter().map(|(_, exit)| reason(exit.reason)));
    cx.write(GONE_CUSTOMERS, &GONE, &[columns.batch()])
}

/// Nobody has a contract.
pub(super) fn write_no_standings(cx: &mut Context) -> Result<()> {
    cx.write(UNDER_CONTRACT, &UNDER, &[])?;
    cx.write(GONE_CUSTOMERS, &GONE, &[])
}
