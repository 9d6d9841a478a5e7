//! What the report shows of KPIs.

use super::MeasureKpis;
use super::divided::Divided;
use super::judged::{Compared, PARTS, Ways};
use crate::kpis::{
    Against, Cohort, DRIVERS, Figure, Groups, Judged, Restated, STEPS, State, Verdict, kpi_of, weekdays,
};
use crate::orders::AsOf;
use crate::report::{
    Body, Bridge, BridgeStep, Bridges, Cell, Change, Changes, ChangesOf, Chapter, Column, Phrase, Section, Table, Text,
    Unit, Value,
};
use crate::stage::Context;
use crate::stages::figures;
use crate::stages::words::measure_kpis as say;

/// KPIs drawn over time, where the run has them.
const DRAWN: [&str; 22] = [
    "revenue",
    "orders",
    "active",
    "acquired",
    "order_value",
    "frequency",
    "retention",
    "defection",
    "reactivated",
    "second_order_90d",
    "nrr",
    "grr",
    "return_rate",
    "returned",
    "profit",
    "margin_rate",
    "loss_share",
    "cac",
    "csat",
    "nps",
    "complaint_rate",
    "contract_churn",
];

/// KPIs that people call repeat rate.
const VARIANTS: [&str; 6] = [
    "second_order_90d_365",
    "repeat_ever",
    "repeat_days_ever",
    "repeat_365",
    "returning_customers_365",
    "returning_orders_365",
];

/// Restatements shown.
const SHOWN: usize = 40;

/// Unusual figures shown of one period.
const MOST: usize = 25;

/// What was found beside figures and their changes.
pub(super) struct Found {
    /// What lists brought, as the report says it.
    pub(super) lift: Option<Section>,
    pub(super) cohorts: Vec<Cohort>,
    pub(super) restated: Vec<Restated>,
}

pub(super) fn show(cx: &mut Context, stage: &MeasureKpis, known: AsOf, all: &[Ways], divided: &Divided, found: Found) {
    let Found { lift, cohorts, restated } = found;
    let Some(first) = all.first() else { return };
    let own: Vec<Figure> = first.figures.iter().map(|row| row.figure).collect();
    let kpis = figures::kpis(&first.periods, &own, &DRAWN, known.as_of(), false);
    cx.section(Section::new(cx.step, Body::Kpis(kpis)));

    let periods: Vec<ChangesOf> = all.iter().filter_map(|ways| changes(ways, &divided.groups)).collect();
    for period in periods.iter().filter(|period| period.looked > 0) {
        let values = [
            ("period", period.period.as_str().into()),
            ("unusual", period.changes.len().into()),
            ("looked", period.looked.into()),
        ];
        cx.note(say::UNUSUAL.with(values));
    }
    cx.section(Section::new(cx.step, Body::Changes(Changes { periods })));

    let bridges = all.iter().flat_map(|ways| latest(&ways.bridges).into_iter().map(|change| bridge(ways, change)));
    let section = Section::new(cx.step, Body::Bridges(Bridges { bridges: bridges.collect() }));
    cx.section(section.heading(&say::BRIDGES).lead(&say::BRIDGES_LEAD));
    lift.into_iter().for_each(|section| cx.section(section));
    let prices = all.iter().flat_map(|ways| latest(&ways.prices).into_iter().map(|change| prices(ways, change)));
    let section = Section::new(cx.step, Body::Bridges(Bridges { bridges: prices.collect() }));
    cx.section(section.heading(&say::PRICES).lead(&say::PRICES_LEAD));
    for (ways, change) in all.iter().flat_map(|ways| latest(&ways.drivers).into_iter().map(move |c| (ways, c))) {
        let heading = title(ways, change);
        let section = Section::new(cx.step, Body::Table(drivers(ways, change, &divided.groups)));
        let heading = say::COMPARED_DRIVERS.with([("change", heading.into())]);
        cx.section(section.chapter(Chapter::Business).heading(heading).lead(&say::DRIVERS_LEAD));
    }
    if let Some(table) = variants(first) {
        let section = Section::new(cx.step, Body::Table(table)).chapter(Chapter::Business);
        cx.section(section.heading(&say::VARIANTS).lead(&say::VARIANTS_LEAD));
    }
    let triangle = figures::cohorts(&first.periods, &cohorts, false);
    let spans = say::COHORTS_LEAD.with([("days", u64::from(stage.cohort_days.get()).into())]);
    cx.section(Section::new(cx.step, Body::Cohorts(triangle)).lead(spans));
    let of_all: Vec<&Restated> = restated.iter().filter(|row| row.place.2.is_empty()).collect();
    if !of_all.is_empty() {
        let section = Section::new(cx.step, Body::Table(restatements(cx.step, &of_all))).chapter(Chapter::Business);
        cx.section(section.heading(&say::RESTATEMENTS).lead(&say::RESTATEMENTS_LEAD));
    }
}

/// The last changes of all customers between periods that are over, one for each way to compare.
fn latest<T>(all: &[Compared<T>]) -> Vec<&Compared<T>> {
    let last = |against: Against| {
        all.iter().rev().find(|change| change.against == against && change.group == 0 && change.state != State::Open)
    };
    Against::BOTH.into_iter().filter_map(last).collect()
}

fn title<T>(ways: &Ways, change: &Compared<T>) -> Text {
    let name = |at: usize| ways.periods.list()[at].name.as_str().into();
    say::COMPARED.with([("before", name(change.before)), ("period", name(change.period))])
}

/// What is unusual about the last period that is over.
fn changes(ways: &Ways, groups: &Groups) -> Option<ChangesOf> {
    let last = ways.figures.iter().filter(|row| row.state != State::Open).map(|row| row.figure.period).max()?;
    let own = || ways.figures.iter().filter(|row| row.figure.period == last && row.state != State::Edge);
    let unknown = own().filter(|row| row.judged.verdict == Verdict::Unknown).count() as u64;
    let mut unusual: Vec<_> = own().filter(|row| row.judged.verdict.is_unusual()).collect();
    // All customers first, then the furthest beyond its limits, in widths of them.
    let beyond = |judged: &Judged, value: f64| {
        let width = (judged.high - judged.low).abs().max(f64::MIN_POSITIVE);
        (value - judged.high).max(judged.low - value) / width
    };
    unusual.sort_by(|a, b| {
        let far = |row: &super::judged::JudgedFigure| beyond(&row.judged, row.figure.value);
        let is_segment = |row: &super::judged::JudgedFigure| row.figure.group > 0;
        (is_segment(a).cmp(&is_segment(b)))
            .then(far(b).total_cmp(&far(a)))
            .then((a.figure.kpi, a.figure.group).cmp(&(b.figure.kpi, b.figure.group)))
    });
    let period = &ways.periods.list()[last];
    let shown = unusual.into_iter().take(MOST).map(|row| {
        let (kpi, figure, judged) = (row.figure.kpi, &row.figure, &row.judged);
        let shown = |value: f64| figures::shown(kpi, value);
        Change {
            name: figures::title(kpi),
            segment: of(groups, figure.group),
            unit: figures::unit(kpi),
            value: shown(figure.value),
            expected: shown(judged.expected),
            limits: (shown(judged.low), shown(judged.high)),
            interval: (shown(figure.low), shown(figure.high)),
            sentence: figures::sentence(kpi),
        }
    });
    let before = last.checked_sub(1).map(|before| &ways.periods.list()[before]);
    Some(ChangesOf {
        period: period.name.clone(),
        weekdays: (weekdays(period.start, period.end), before.map(|before| weekdays(before.start, before.end))),
        looked: own().count() as u64 - unknown,
        unknown,
        provisional: own().any(|row| row.state == State::Provisional),
        changes: shown.collect(),
    })
}

fn of(groups: &Groups, group: usize) -> Text {
    match groups.name(group) {
        None => Text::from(&say::ALL_CUSTOMERS),
        Some((by, segment)) => say::SEGMENT.with([("by", by.into()), ("segment", segment.into())]),
    }
}

fn money(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}

fn bridge(ways: &Ways, change: &Compared<crate::kpis::Bridge>) -> Bridge {
    let steps = STEPS.iter().zip(&change.judged).filter(|(step, _)| !["kept", "same"].contains(&step.name));
    let step = |(step, judged): (&crate::kpis::Step, &Judged)| {
        let part = (step.of)(&change.what);
        BridgeStep {
            name: Text::term("bridge", step.name, step.title),
            meaning: Text::term("bridge-meaning", step.name, step.meaning),
            is_level: step.is_level,
            money: money(part.money),
            count: Some(part.customers),
            is_unusual: judged.verdict.is_unusual() && !step.is_level,
        }
    };
    Bridge { title: title(ways, change), what: Text::from(&say::CUSTOMERS), steps: steps.map(step).collect() }
}

/// Name and meaning of each of [`PARTS`].
static PART_WORDS: [(&Phrase, &Phrase); 7] = [
    (&say::BEFORE, &say::BEFORE_MEANING),
    (&say::PRICE, &say::PRICE_MEANING),
    (&say::VOLUME, &say::VOLUME_MEANING),
    (&say::MIX, &say::MIX_MEANING),
    (&say::NEW, &say::NEW_MEANING),
    (&say::DISCONTINUED, &say::DISCONTINUED_MEANING),
    (&say::AFTER, &say::AFTER_MEANING),
];

fn prices(ways: &Ways, change: &Compared<crate::kpis::PriceVolumeMix>) -> Bridge {
    let steps = PARTS.iter().zip(&PART_WORDS).zip(&change.judged).map(|((part, words), judged)| BridgeStep {
        name: Text::from(words.0),
        meaning: Text::from(words.1),
        is_level: part.is_level,
        money: money((part.of)(&change.what)),
        count: (part.items)(&change.what),
        is_unusual: judged.verdict.is_unusual() && !part.is_level,
    });
    Bridge { title: title(ways, change), what: Text::from(&say::ITEMS), steps: steps.collect() }
}

fn verdict(verdict: Verdict) -> &'static Phrase {
    match verdict {
        Verdict::Up => &say::VERDICT_UP,
        Verdict::Down => &say::VERDICT_DOWN,
        Verdict::Usual => &say::VERDICT_USUAL,
        Verdict::Unknown => &say::VERDICT_UNKNOWN,
    }
}

/// The tree of drivers, then the segments that explain the change.
fn drivers(ways: &Ways, change: &Compared<super::judged::Driven>, groups: &Groups) -> Table {
    let columns = [&say::DRIVER, &say::MONEY, &say::OF_BEFORE, &say::VERDICT].map(Column::new);
    let mut table = Table { columns: columns.to_vec(), ..Table::default() };
    let base = change.what.before as f64;
    for ((driver, effect), judged) in DRIVERS.iter().zip(change.what.effects).zip(&change.judged) {
        table.push(vec![
            Cell::text(Text::term("driver", driver.name, driver.meaning)),
            Cell::Money(money(effect)),
            Cell::Number(effect as f64 / base, Unit::Share),
            Cell::text(verdict(judged.verdict)),
        ]);
    }
    let explain = ways
        .shares
        .iter()
        .filter(|(against, period, share)| (*against, *period) == (change.against, change.period) && share.explains);
    for (_, _, share) in explain {
        table.push(vec![
            Cell::text(of(groups, share.group)),
            Cell::Money(money(share.change)),
            Cell::Number(share.change as f64 / base, Unit::Share),
            Cell::Missing,
        ]);
    }
    table
}

/// The repeat rates of the last period, each with what it counts.
fn variants(ways: &Ways) -> Option<Table> {
    let last = ways.periods.list().len().checked_sub(1)?;
    let columns = [&say::KPI, &say::VALUE, &say::PARTS, &say::SENTENCE].map(Column::new);
    let mut table = Table { columns: columns.to_vec(), ..Table::default() };
    for kpi in VARIANTS.iter().filter_map(|name| kpi_of(name)) {
        let own = |row: &&super::judged::JudgedFigure| {
            (row.figure.kpi, row.figure.group, row.figure.period) == (kpi, 0, last)
        };
        let Some(row) = ways.figures.iter().find(own) else { continue };
        let count = |number: i128| Value::Count(u64::try_from(number).unwrap_or_default());
        let parts = [("above", count(row.figure.numerator)), ("below", count(row.figure.denominator))];
        table.push(vec![
            Cell::text(figures::title(kpi)),
            Cell::Number(row.figure.value, figures::unit(kpi)),
            Cell::text(say::RATIO.with(parts)),
            Cell::text(figures::sentence(kpi)),
        ]);
    }
    Some(table)
}

fn restatements(step: &str, rows: &[&Restated]) -> Table {
    let columns =
        [&say::PERIOD, &say::KPI, &say::SAID, &say::SAYS, &say::REASON, &say::ROWS, &say::FILES].map(Column::new);
    let mut table = Table {
        columns: columns.to_vec(),
        total_rows: Some(rows.len() as u64),
        whole: Some(format!("{step}_restated")),
        ..Table::default()
    };
    // What had been final comes first.
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|row| !row.was_final);
    for row in sorted.into_iter().take(SHOWN) {
        let Some(kpi) = kpi_of(&row.place.4) else { continue };
        let value = |value: f64| Cell::Number(figures::shown(kpi, value), figures::unit(kpi));
        table.push(vec![
            Cell::text(&row.place.1),
            Cell::text(figures::title(kpi)),
            value(row.said),
            value(row.says),
            Cell::text(Text::term("restated", row.reason.name(), row.reason.name())),
            Cell::Number(row.rows as f64, Unit::Count),
            Cell::text(row.files.join(", ")),
        ]);
    }
    table
}
