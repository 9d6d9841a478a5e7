//! On which days the money of a list came: its incremental revenue, spread over the windows of the persons who were to be contacted.

use super::measuring::{Compared, Measured, Role, money};
use super::settings::Outcome;
use crate::diagnostics::Result;
use crate::experiments::Comparison;
use crate::stage::Context;
use crate::stages::columns::Columns;
use crate::tables::layouts::campaign_results::CAMPAIGN_DAYS;

/// The incremental revenue of an arm whose result may be used.
pub(super) fn revenue(arm: &Compared) -> Option<(&Measured, f64)> {
    let is_revenue = |measured: &&Measured| measured.outcome == Outcome::Revenue && measured.role != Role::Beside;
    let measured = arm.outcomes.iter().find(is_revenue).filter(|_| arm.is_sound())?;
    Some((measured, money(measured)?))
}

/// The table of days.
pub(super) fn write(compared: &[Compared], cx: &mut Context) -> Result<()> {
    let mut rows: Vec<(&Compared, &Comparison, i32, f64)> = Vec::new();
    for arm in compared {
        let Some((measured, persons)) = revenue(arm) else { continue };
        let all: u64 = arm.window_days.iter().map(|(_, open)| open).sum();
        let part = |open: u64| persons * open as f64 / all as f64;
        rows.extend(arm.window_days.iter().map(|(day, open)| (arm, &measured.found, *day, part(*open))));
    }
    let mut columns = Columns::new();
    columns
        .text("list", rows.iter().map(|row| &row.0.list))
        .text("arm", rows.iter().map(|row| &row.0.arm))
        .date("day", rows.iter().map(|row| row.2))
        .number("revenue", rows.iter().map(|row| row.3 * row.1.difference))
        .number("low", rows.iter().map(|row| row.3 * row.1.low))
        .number("high", rows.iter().map(|row| row.3 * row.1.high));
    cx.write("days", &CAMPAIGN_DAYS, &[columns.batch()])
}
