//! Losses by month and how long customers stay: the tables and what the report shows of them.

use super::DRAWN;
use crate::diagnostics::Result;
use crate::features::{LostMonth, Stay};
use crate::numeric::calendar::{civil_of_day, month_start};
use crate::report::{Body, Cell, Chapter, Curve, Curves, Phrase, Section, Table, Text, Unit};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::stages::words::study_churn as say;
use crate::tables::ColumnType;
use crate::tables::layouts::lost::{LOST_MONTHS, STAYS};

fn date_of(month: i64) -> i32 {
    month_start(month) as i32
}

pub(super) fn write_months(cx: &mut Context, months: &[LostMonth]) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .date("month", months.iter().map(|month| date_of(month.month)))
        .integer("lost", months.iter().map(|month| month.lost as i64))
        .decimal("value", ColumnType::Money, months.iter().map(|month| month.value))
        .integer("came_back", months.iter().map(|month| month.came_back as i64))
        .number("reactivation", months.iter().map(|month| month.came_back as f64 / month.lost as f64));
    cx.write(MAIN, &LOST_MONTHS, &[columns.batch()])
}

fn quarter_name(quarter: i64) -> String {
    let (year, _, _) = civil_of_day(month_start(quarter * 3));
    format!("{year}-Q{}", quarter.rem_euclid(4) + 1)
}

pub(super) fn write_stays(cx: &mut Context, stays: &[Stay]) -> Result<()> {
    let mut rows = Vec::new();
    for stay in stays {
        let longest = stay.curve.days.last().copied().unwrap_or(0);
        for day in (0..=longest.next_multiple_of(30)).step_by(30) {
            rows.push((stay, day, stay.curve.survival_at(day), stay.curve.interval_at(day, 0.95)));
        }
    }
    let mut columns = Columns::new();
    columns
        .text("quarter", rows.iter().map(|row| quarter_name(row.0.quarter)))
        .integer("customers", rows.iter().map(|row| row.0.customers as i64))
        .integer("lost", rows.iter().map(|row| row.0.lost as i64))
        .integer("days", rows.iter().map(|row| i64::from(row.1)))
        .number("staying", rows.iter().map(|row| row.2))
        .number("low", rows.iter().map(|row| row.3.0))
        .number("high", rows.iter().map(|row| row.3.1));
    cx.write("stays", &STAYS, &[columns.batch()])
}

pub(super) fn show_months(cx: &mut Context, months: &[LostMonth], lead: impl Into<Text>, with_value: bool) {
    let titles = [&say::MONTH, &say::LOST, &say::VALUE, &say::CAME_BACK, &say::SHARE_BACK];
    let mut table = Table::with(&titles);
    for month in months.iter().rev().take(24) {
        let (year, of_year, _) = civil_of_day(month_start(month.month));
        table.push(vec![
            Cell::Text(format!("{year}-{of_year:02}")),
            Cell::Count(month.lost),
            i64::try_from(month.value).ok().filter(|_| with_value).map_or(Cell::Missing, Cell::Money),
            Cell::Count(month.came_back),
            Cell::Number(month.came_back as f64 / month.lost as f64, Unit::Share),
        ]);
    }
    let section =
        Section::new(cx.step, Body::Table(table)).heading(&say::MONTHS).lead(lead).chapter(Chapter::Customers);
    cx.section(section);
}

pub(super) fn show_stays(cx: &mut Context, stays: &[Stay], x: &Phrase, lead: &Phrase) {
    let curve = |stay: &Stay| {
        let longest = stay.curve.days.last().copied().unwrap_or(0);
        let points = (0..=longest).step_by(15).map(|day| (f64::from(day), stay.curve.survival_at(day)));
        Curve { name: quarter_name(stay.quarter).into(), baseline: false, points: points.collect() }
    };
    let some: Vec<&Stay> = stays.iter().filter(|stay| stay.lost > 0).collect();
    let curves: Vec<Curve> = some[some.len().saturating_sub(DRAWN)..].iter().map(|stay| curve(stay)).collect();
    if curves.is_empty() {
        return;
    }
    let body = Curves {
        x: x.into(),
        x_unit: Unit::Number(0),
        y: (&say::STAYING).into(),
        y_unit: Unit::Share,
        curves,
        marks: Vec::new(),
    };
    let section = Section::new(cx.step, Body::Curves(body)).heading(&say::STAYS).lead(lead).chapter(Chapter::Customers);
    cx.section(section);
}

#[cfg(test)]
mod tests {
    use super::quarter_name;

    #[test]
    fn quarters() {
        assert_eq!((quarter_name(0), quarter_name(167)), ("1970-Q1".to_owned(), "2011-Q4".to_owned()));
    }
}
