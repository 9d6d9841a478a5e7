//! What lists brought by measurement, as a part of each period's revenue.

use super::MeasureKpis;
use super::judged::{JudgedFigure, Ways};
use crate::diagnostics::Result;
use crate::kpis::{LiftDay, Period, PeriodLift, State, kpi_of, period_lifts};
use crate::report::{Body, Chapter, Note, Section, Text, Unit, Value};
use crate::stage::Context;
use crate::stages::columns::Columns;
use crate::stages::words::measure_kpis as say;
use crate::tables::layouts::campaign_results::CAMPAIGN_DAYS;
use crate::tables::layouts::kpis as layouts;
use crate::tables::{ColumnType, Date};

/// Ten-thousandths of a currency unit.
const UNIT: f64 = 10_000.0;

/// A period with its revenue and what lists brought of it.
struct Row<'a> {
    ways: &'a Ways,
    revenue: &'a JudgedFigure,
    lift: Option<PeriodLift>,
}

impl Row<'_> {
    fn period(&self) -> &Period {
        &self.ways.periods.list()[self.revenue.figure.period]
    }
}

impl MeasureKpis {
    /// Writes the table; gives what the report says under the bridges.
    pub(super) fn write_lift(&self, cx: &mut Context, all: &[Ways]) -> Result<Option<Section>> {
        let days = self.lift_days(cx)?;
        let revenue = kpi_of("revenue").expect("a row of the table");
        let mut rows: Vec<Row> = Vec::new();
        for ways in all.iter().filter(|_| self.campaigns.is_some()) {
            let lifts = period_lifts(&days, &ways.periods);
            let own = ways.figures.iter().filter(|row| (row.figure.kpi, row.figure.group) == (revenue, 0));
            rows.extend(own.map(|figure| Row { ways, revenue: figure, lift: lifts[figure.figure.period] }));
        }
        let lift = |of: fn(&PeriodLift) -> f64| rows.iter().map(move |row| row.lift.as_ref().map_or(f64::NAN, of));
        let share = |row: &Row| row.lift.map_or(f64::NAN, |lift| lift.money / row.revenue.figure.value);
        let day = |time: i64| Date::of_civil_seconds(time).days();
        let mut columns = Columns::new();
        columns
            .text("grain", rows.iter().map(|row| row.ways.periods.grain().name()))
            .text("period", rows.iter().map(|row| &row.period().name))
            .date("starts", rows.iter().map(|row| day(row.period().start)))
            .date("ends", rows.iter().map(|row| day(row.period().end)))
            .decimal("revenue", ColumnType::Money, rows.iter().map(|row| row.revenue.figure.numerator))
            .maybe_number("revenue_lift", lift(|lift| lift.money))
            .maybe_number("low", lift(|lift| lift.low))
            .maybe_number("high", lift(|lift| lift.high))
            .maybe_number("share", rows.iter().map(share).map(|share| if share.is_finite() { share } else { f64::NAN }))
            .integer("lists", rows.iter().map(|row| row.lift.map_or(0, |lift| lift.lists as i64)))
            .text("state", rows.iter().map(|row| row.revenue.state.name()));
        cx.write("measured_lift", &layouts::MEASURED_LIFT, &[columns.batch()])?;
        Ok(shown(cx.step, all, &rows).filter(|_| self.campaigns.is_some()))
    }

    fn lift_days(&self, cx: &Context) -> Result<Vec<LiftDay>> {
        let Some(stage) = &self.campaigns else { return Ok(Vec::new()) };
        let table = cx.read(&stage.0, "days", &CAMPAIGN_DAYS)?;
        let (lists, _) = table.sorted_ids("list")?;
        let days = table.dates("day")?;
        let [money, low, high] = [table.numbers("revenue")?, table.numbers("low")?, table.numbers("high")?];
        let row = |at: usize| {
            let day = days[at]?.into();
            Some(LiftDay { list: lists[at], day, money: money[at], low: low[at], high: high[at] })
        };
        Ok((0..lists.len()).filter_map(row).collect())
    }
}

/// Of the last period that is over, by each way to divide time: what lists brought of its revenue.
fn shown(step: &str, all: &[Ways], rows: &[Row]) -> Option<Section> {
    let over = |ways: &Ways| {
        let own = |row: &&Row| std::ptr::eq(row.ways, ways) && row.revenue.state != State::Open;
        rows.iter().rfind(own)
    };
    let last = all.iter().filter_map(over);
    let paragraphs: Vec<Text> = last.map(sentence).collect();
    let section = Section::new(step, Body::Note(Note { paragraphs })).chapter(Chapter::Business);
    (!rows.is_empty()).then(|| section.heading(&say::LIFT).lead(&say::LIFT_LEAD))
}

fn sentence(row: &Row) -> Text {
    let whole = |money: f64| Value::Number(money, Unit::Number(0));
    let period = || Value::from(row.period().name.as_str());
    let revenue = whole(row.revenue.figure.numerator as f64 / UNIT);
    match row.lift {
        Some(lift) => say::BROUGHT.with([
            ("period", period()),
            ("revenue", revenue),
            ("lift", whole(lift.money)),
            ("low", whole(lift.low)),
            ("high", whole(lift.high)),
            ("lists", lift.lists.into()),
        ]),
        None => say::BROUGHT_NOTHING.with([("period", period()), ("revenue", revenue)]),
    }
}
