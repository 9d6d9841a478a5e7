//! For which reasons contracts end, and how many customers have left for each by when.

use super::{DRAWN, SHOWN, StudyChurn, interval};
use crate::churn::losses::frequent_causes;
use crate::diagnostics::Result;
use crate::features::ended_causes;
use crate::report::{Body, Cell, Chapter, Curve, Curves, Section, Table, Unit};
use crate::stage::Context;
use crate::stages::columns::Columns;
use crate::stages::contracts::Read;
use crate::stages::words::study_churn as say;
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
        let causes = frequent_causes(&found);
        let all: u64 = causes.iter().map(|(_, ends)| ends).sum();
        let longest = found.days.last().copied().unwrap_or(0).next_multiple_of(30);
        let rows: Vec<(usize, u64, u32)> = causes
            .iter()
            .flat_map(|&(cause, ends)| (0..=longest).step_by(30).map(move |day| (cause, ends, day)))
            .collect();
        let name = |cause: usize| read.reasons.name(cause as u32);
        let mut columns = Columns::new();
        columns
            .text("reason", rows.iter().map(|row| name(row.0)))
            .boolean("churn", rows.iter().map(|row| read.reasons.is_churn(row.0 as u32)))
            .integer("ended", rows.iter().map(|row| row.1 as i64))
            .integer("days", rows.iter().map(|row| i64::from(row.2)))
            .number("left", rows.iter().map(|row| found.incidence_at(row.0, row.2)))
            .number("low", rows.iter().map(|row| found.interval_at(row.0, row.2, 0.95).0))
            .number("high", rows.iter().map(|row| found.interval_at(row.0, row.2, 0.95).1));
        cx.write("reasons", &LOST_REASONS, &[columns.batch()])?;
        if causes.is_empty() {
            return Ok(());
        }
        let titles = [&say::REASON, &say::ENDED, &say::SHARE, &say::INTERVAL, &say::IS_CHURN];
        let mut table = Table::with(&titles);
        for &(cause, ends) in causes.iter().take(SHOWN) {
            table.push(vec![
                Cell::text(name(cause)),
                Cell::Count(ends),
                Cell::Number(ends as f64 / all as f64, Unit::Share),
                interval(ends, all),
                Cell::text(if read.reasons.is_churn(cause as u32) { &say::YES } else { &say::NO }),
            ]);
        }
        table.total_rows = Some(causes.len() as u64);
        table.whole = Some(format!("{}_reasons", cx.step));
        let section = Section::new(cx.step, Body::Table(table)).heading(&say::WHY_ENDED);
        cx.section(section.chapter(Chapter::Customers));
        let curve = |&(cause, _): &(usize, u64)| Curve {
            name: name(cause).into(),
            baseline: false,
            points: (0..=longest).step_by(15).map(|day| (f64::from(day), found.incidence_at(cause, day))).collect(),
        };
        let body = Curves {
            x: (&say::SINCE_START).into(),
            x_unit: Unit::Number(0),
            y: (&say::SHARE_LEFT).into(),
            y_unit: Unit::Share,
            curves: causes.iter().take(DRAWN).map(curve).collect(),
            marks: Vec::new(),
        };
        let section = Section::new(cx.step, Body::Curves(body))
            .heading(&say::BY_WHEN)
            .lead(&say::BY_WHEN_LEAD)
            .chapter(Chapter::Customers);
        cx.section(section);
        Ok(())
    }
}
