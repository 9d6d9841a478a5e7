//! For which reasons contracts end, and how many customers have left for each by when.

use super::{DRAWN, SHOWN, StudyChurn, interval};
use crate::diagnostics::Result;
use crate::features::ended_causes;
use crate::report::{Body, Cell, Chapter, Curve, Curves, Section, Table, Unit};
use crate::stage::Context;
use crate::stages::columns::Columns;
use crate::stages::contracts::Read;
use crate::tables::layouts::lost::LOST_REASONS;

impl StudyChurn {
    /// For which reasons contracts end.
    pub(super) fn reasons(&self, cx: &mut Context, read: &Read) -> Result<()> {
        if self.reason.is_none() || read.reasons.names.is_empty() {
            return cx.write("reasons", &LOST_REASONS, &[]);
        }
        let names = &read.reasons.names;
        let known = read.contracts.as_of(cx.as_of()?.midnight());
        // Every end has one of them, which may be that none is given.
        let found = ended_causes(known, names.len(), |reason| reason as usize);
        let ends: Vec<u64> = found.causes.iter().map(|cause| cause.events.iter().sum()).collect();
        let all: u64 = ends.iter().sum();
        let mut order: Vec<usize> = (0..ends.len()).filter(|&cause| ends[cause] > 0).collect();
        order.sort_by_key(|&cause| std::cmp::Reverse(ends[cause]));
        let longest = found.days.last().copied().unwrap_or(0).next_multiple_of(30);
        let rows: Vec<(usize, u32)> =
            order.iter().flat_map(|&cause| (0..=longest).step_by(30).map(move |day| (cause, day))).collect();
        let name = |cause: usize| read.reasons.name(cause as u32);
        let mut columns = Columns::new();
        columns
            .text("reason", rows.iter().map(|row| name(row.0)))
            .boolean("churn", rows.iter().map(|row| read.reasons.is_churn(row.0 as u32)))
            .integer("ended", rows.iter().map(|row| ends[row.0] as i64))
            .integer("days", rows.iter().map(|row| i64::from(row.1)))
            .number("left", rows.iter().map(|row| found.incidence_at(row.0, row.1)))
            .number("low", rows.iter().map(|row| found.interval_at(row.0, row.1, 0.95).0))
            .number("high", rows.iter().map(|row| found.interval_at(row.0, row.1, 0.95).1));
        cx.write("reasons", &LOST_REASONS, &[columns.batch()])?;
        if order.is_empty() {
            return Ok(());
        }
        let mut table = Table::with(&["reason", "first contracts ended", "share", "95 % interval", "counts as churn"]);
        for &cause in order.iter().take(SHOWN) {
            table.push(vec![
                Cell::text(name(cause)),
                Cell::Count(ends[cause]),
                Cell::Number(ends[cause] as f64 / all as f64, Unit::Share),
                interval(ends[cause], all),
                Cell::text(if read.reasons.is_churn(cause as u32) { "yes" } else { "no" }),
            ]);
        }
        table.total_rows = Some(order.len() as u64);
        table.whole = Some(format!("{}_reasons", cx.step));
        cx.section(
            Section::new(cx.step, Body::Table(table)).heading("Why contracts ended").chapter(Chapter::Customers),
        );
        let curve = |&cause: &usize| Curve {
            name: name(cause).to_owned(),
            baseline: false,
            points: (0..=longest).step_by(15).map(|day| (f64::from(day), found.incidence_at(cause, day))).collect(),
        };
        let body = Curves {
            x: "days since the start of the first contract".to_owned(),
            x_unit: Unit::Number(0),
            y: "share who have left for it".to_owned(),
            y_unit: Unit::Share,
            curves: order.iter().take(DRAWN).map(curve).collect(),
            marks: Vec::new(),
        };
        let section = Section::new(cx.step, Body::Curves(body))
            .heading("Who has left for which reason")
            .lead("Cumulative incidence by Aalen-Johansen: the shares of all reasons and of those who stay add up to all customers.")
            .chapter(Chapter::Customers);
        cx.section(section);
        Ok(())
    }
}
