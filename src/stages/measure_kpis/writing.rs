//! The tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array};

use super::MeasureKpis;
use super::divided::{Divided, grain};
use super::judged::{Compared, JudgedFigure, PARTS, Ways};
use crate::diagnostics::Result;
use crate::kpis::{
    ALL, Against, By, Cell, Clock, Cohort, DRIVERS, Hidden, KPIS, Measure, Periods, STEPS, Share, State, UNKNOWN,
    cohorts, cube, grouping_bits, price_volume_mix, suppress,
};
use crate::numeric::shares::{Z95, wilson};
use crate::orders::{AsOf, NONE};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::stages::orders::History;
use crate::stages::words::measure_kpis as say;
use crate::tables::layouts::kpis as layouts;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::{Batches, ColumnType, Date};

/// Money that may be missing.
fn maybe_money(values: impl IntoIterator<Item = Option<i128>>, kind: ColumnType) -> ArrayRef {
    Arc::new(values.into_iter().collect::<Decimal128Array>().with_data_type(kind.arrow()))
}

/// The main table: every KPI of every period and segment.
pub(super) fn kpis(cx: &mut Context, all: &[Ways], divided: &Divided) -> Result<()> {
    let rows: Vec<_> = all.iter().flat_map(|ways| ways.figures.iter().map(move |row| (&ways.periods, row))).collect();
    let period = |row: &(&Periods, &JudgedFigure)| row.0.list()[row.1.figure.period].clone();
    let group = |row: &(&Periods, &JudgedFigure)| divided.groups.name(row.1.figure.group);
    let kpi = |row: &(&Periods, &JudgedFigure)| &KPIS[row.1.figure.kpi];
    let total = |row: &(&Periods, &JudgedFigure)| kpi(row).is_total();
    let mut columns = Columns::new();
    columns
        .text("grain", rows.iter().map(|row| row.0.grain().name()))
        .text("period", rows.iter().map(|row| period(row).name))
        .date("starts", rows.iter().map(|row| Date::of_civil_seconds(period(row).start).days()))
        .date("ends", rows.iter().map(|row| Date::of_civil_seconds(period(row).end).days()))
        .maybe_text("dimension", rows.iter().map(|row| group(row).map(|group| group.0)))
        .maybe_text("segment", rows.iter().map(|row| group(row).map(|group| group.1)))
        .text("kpi", rows.iter().map(|row| kpi(row).name))
        .text("unit", rows.iter().map(|row| kpi(row).unit.name()))
        .maybe_number("value", rows.iter().map(|row| row.1.figure.value))
        .maybe_number("numerator", rows.iter().map(|row| row.1.figure.numerator as f64 / kpi(row).measures.0.scale()))
        .maybe_number(
            "denominator",
            rows.iter().map(|row| match total(row) {
                true => f64::NAN,
                false => row.1.figure.denominator as f64 / kpi(row).measures.1.scale(),
            }),
        );
    let money = rows.iter().map(|row| (kpi(row).measures.0 == Measure::Money).then_some(row.1.figure.numerator));
    columns
        .add("money", true, maybe_money(money, ColumnType::Money))
        .maybe_number("low", rows.iter().map(|row| row.1.figure.low))
        .maybe_number("high", rows.iter().map(|row| row.1.figure.high))
        .text("state", rows.iter().map(|row| row.1.state.name()))
        .boolean("mature", rows.iter().map(|row| row.1.state == State::Final))
        .text("changed", rows.iter().map(|row| row.1.judged.verdict.name()))
        .maybe_number("expected", rows.iter().map(|row| row.1.judged.expected))
        .maybe_number("usual_low", rows.iter().map(|row| row.1.judged.low))
        .maybe_number("usual_high", rows.iter().map(|row| row.1.judged.high))
        .integer("definition", rows.iter().map(|row| i64::from(kpi(row).definition)));
    cx.write(MAIN, &layouts::KPIS, &[columns.batch()])
}

/// What every KPI means, and whether this run has it.
pub(super) fn definitions(cx: &mut Context, measured: &[bool], wait: i64) -> Result<()> {
    let maybe = |text: &'static str| (!text.is_empty()).then_some(text);
    let mut columns = Columns::new();
    columns
        .text("kpi", KPIS.iter().map(|kpi| kpi.name))
        .text("title", KPIS.iter().map(|kpi| kpi.title))
        .text("sentence", KPIS.iter().map(|kpi| kpi.sentence))
        .text("numerator", KPIS.iter().map(|kpi| kpi.numerator))
        .maybe_text("denominator", KPIS.iter().map(|kpi| maybe(kpi.denominator)))
        .text("unit", KPIS.iter().map(|kpi| kpi.unit.name()))
        .text("interval", KPIS.iter().map(|kpi| kpi.interval.name()))
        .integer("mature_after_days", KPIS.iter().map(|kpi| kpi.matures.max(wait)))
        .integer("definition", KPIS.iter().map(|kpi| i64::from(kpi.definition)))
        .maybe_text("needs", KPIS.iter().map(|kpi| maybe(kpi.need.setting()).map(|need| need.replace('`', ""))))
        .boolean("measured", measured.iter().copied());
    cx.write("definitions", &layouts::DEFINITIONS, &[columns.batch()])
}

/// The columns that say which change a row is of.
fn compared<T>(columns: &mut Columns, rows: &[(&Periods, &Compared<T>)], divided: Option<&Divided>) {
    let name = |periods: &Periods, at: usize| periods.list()[at].name.clone();
    columns
        .text("grain", rows.iter().map(|row| row.0.grain().name()))
        .text("period", rows.iter().map(|row| name(row.0, row.1.period)))
        .text("against", rows.iter().map(|row| row.1.against.name()))
        .text("compared", rows.iter().map(|row| name(row.0, row.1.before)));
    if let Some(divided) = divided {
        columns
            .maybe_text("dimension", rows.iter().map(|row| divided.groups.name(row.1.group).map(|group| group.0)))
            .maybe_text("segment", rows.iter().map(|row| divided.groups.name(row.1.group).map(|group| group.1)));
    }
}

/// Every change, once for each of some parts.
fn each<'a, T>(
    all: &'a [Ways],
    of: impl Fn(&'a Ways) -> &'a [Compared<T>],
    parts: &[usize],
) -> (Vec<(&'a Periods, &'a Compared<T>)>, Vec<usize>) {
    let mut rows = Vec::new();
    let mut of_row = Vec::new();
    for ways in all {
        for change in of(ways) {
            for &part in parts {
                rows.push((&ways.periods, change));
                of_row.push(part);
            }
        }
    }
    (rows, of_row)
}

/// The bridges of customers and of revenue.
pub(super) fn bridges(cx: &mut Context, all: &[Ways], divided: &Divided) -> Result<()> {
    let of_name = |names: &[&str]| -> Vec<usize> {
        names.iter().filter_map(|name| STEPS.iter().position(|step| step.name == *name)).collect()
    };
    let steps = of_name(&["before", "lost", "kept", "new", "returned", "after"]);
    let (rows, part) = each(all, |ways| &ways.bridges, &steps);
    let mut columns = Columns::new();
    compared(&mut columns, &rows, Some(divided));
    let customers = rows.iter().zip(&part).map(|(row, &at)| {
        let count = (STEPS[at].of)(&row.1.what).customers as i64;
        if STEPS[at].name == "lost" { -count } else { count }
    });
    columns
        .text("step", part.iter().map(|&at| STEPS[at].name))
        .integer("customers", customers)
        .boolean("level", part.iter().map(|&at| STEPS[at].is_level))
        .text("state", rows.iter().map(|row| row.1.state.name()));
    cx.write("customer_bridge", &layouts::CUSTOMER_BRIDGE, &[columns.batch()])?;

    let steps = of_name(&["before", "expansion", "contraction", "lost", "new", "returned", "after"]);
    let (rows, part) = each(all, |ways| &ways.bridges, &steps);
    let mut columns = Columns::new();
    compared(&mut columns, &rows, Some(divided));
    let found: Vec<_> = rows.iter().zip(&part).map(|(row, &at)| (STEPS[at].of)(&row.1.what)).collect();
    columns
        .text("step", part.iter().map(|&at| STEPS[at].name))
        .decimal("money", ColumnType::Money, found.iter().map(|part| part.money))
        .integer("customers", found.iter().map(|part| part.customers as i64))
        .maybe_number("share", rows.iter().zip(&found).map(|(row, part)| share(part.money, row.1.what.before.money)))
        .boolean("level", part.iter().map(|&at| STEPS[at].is_level))
        .text("state", rows.iter().map(|row| row.1.state.name()));
    limits(&mut columns, &rows, &part);
    cx.write("revenue_bridge", &layouts::REVENUE_BRIDGE, &[columns.batch()])
}

fn share(part: i128, whole: i128) -> f64 {
    if whole == 0 { f64::NAN } else { part as f64 / whole as f64 }
}

/// Whether a part is unusual, and the limits.
fn limits<T>(columns: &mut Columns, rows: &[(&Periods, &Compared<T>)], part: &[usize]) {
    let judged: Vec<_> = rows.iter().zip(part).map(|(row, &at)| row.1.judged[at]).collect();
    columns
        .text("changed", judged.iter().map(|judged| judged.verdict.name()))
        .maybe_number("usual_low", judged.iter().map(|judged| judged.low))
        .maybe_number("usual_high", judged.iter().map(|judged| judged.high));
}

/// What drove each change of revenue, with the segments' parts in it.
pub(super) fn drivers(cx: &mut Context, all: &[Ways], divided: &Divided) -> Result<()> {
    let parts: Vec<usize> = (0..DRIVERS.len()).collect();
    let (rows, part) = each(all, |ways| &ways.drivers, &parts);
    let mut shares = Vec::new();
    for ways in all {
        let own: BTreeMap<_, Share> =
            ways.shares.iter().map(|(against, period, share)| ((*against, *period, share.group), *share)).collect();
        for change in &ways.drivers {
            let own = own.get(&(change.against, change.period, change.group)).copied();
            shares.extend((0..DRIVERS.len()).map(|at| own.filter(|_| at == 0)));
        }
    }
    let mut columns = Columns::new();
    compared(&mut columns, &rows, Some(divided));
    let money = || rows.iter().zip(&part).map(|(row, &at)| row.1.what.effects[at]);
    columns
        .text("driver", part.iter().map(|&at| DRIVERS[at].name))
        .maybe_text("parent", part.iter().map(|&at| DRIVERS[at].parent))
        .decimal("money", ColumnType::Money, money())
        .maybe_number("share", rows.iter().zip(money()).map(|(row, money)| share(money, row.1.what.before)))
        .text("state", rows.iter().map(|row| row.1.state.name()));
    limits(&mut columns, &rows, &part);
    let number = |of: fn(&Share) -> f64| shares.iter().map(move |share| share.as_ref().map_or(f64::NAN, of));
    columns
        .maybe_number("of_change", number(|share| share.of_change))
        .maybe_number("of_base", number(|share| share.of_base))
        .maybe_number("surprise", number(|share| share.surprise))
        .maybe_boolean("explains", shares.iter().map(|share| share.map(|share| share.explains)));
    cx.write("drivers", &layouts::DRIVERS, &[columns.batch()])
}

/// Price, volume and mix of every change, and the items of the last one that is over.
pub(super) fn prices(cx: &mut Context, all: &[Ways], history: &History) -> Result<()> {
    let parts: Vec<usize> = (0..PARTS.len()).collect();
    let (rows, part) = each(all, |ways| &ways.prices, &parts);
    let mut columns = Columns::new();
    compared(&mut columns, &rows, None);
    let money = || rows.iter().zip(&part).map(|(row, &at)| (PARTS[at].of)(&row.1.what));
    columns
        .text("part", part.iter().map(|&at| PARTS[at].name))
        .decimal("money", ColumnType::Money, money())
        .maybe_integer(
            "items",
            rows.iter().zip(&part).map(|(row, &at)| (PARTS[at].items)(&row.1.what).map(|n| n as i64)),
        )
        .maybe_number("share", rows.iter().zip(money()).map(|(row, money)| share(money, row.1.what.before)))
        .boolean("level", part.iter().map(|&at| PARTS[at].is_level))
        .text("state", rows.iter().map(|row| row.1.state.name()));
    limits(&mut columns, &rows, &part);
    cx.write("price_volume_mix", &layouts::PRICE_VOLUME_MIX, &[columns.batch()])?;

    let mut rows = Vec::new();
    for ways in all {
        for against in Against::BOTH {
            let over = ways.prices.iter().rev().find(|c| c.against == against && c.state != State::Open);
            let Some(change) = over else { continue };
            let (_, items) = price_volume_mix(&ways.sold[change.before], &ways.sold[change.period]);
            rows.extend(items.into_iter().map(|item| (&ways.periods, change, item)));
        }
    }
    let mut columns = Columns::new();
    let changes: Vec<_> = rows.iter().map(|row| (row.0, row.1)).collect();
    compared(&mut columns, &changes, None);
    let quantity = ColumnType::Quantity;
    columns
        .text("item", rows.iter().map(|row| history.items.get(row.2.item)))
        .text("description", rows.iter().map(|row| &history.item_names[row.2.item as usize]))
        .decimal("units_before", quantity, rows.iter().map(|row| row.2.units.0))
        .decimal("units", quantity, rows.iter().map(|row| row.2.units.1))
        .decimal("revenue_before", ColumnType::Money, rows.iter().map(|row| row.2.revenue.0))
        .decimal("revenue", ColumnType::Money, rows.iter().map(|row| row.2.revenue.1))
        .decimal("price", ColumnType::Money, rows.iter().map(|row| row.2.price))
        .decimal("quantity", ColumnType::Money, rows.iter().map(|row| row.2.quantity));
    cx.write("item_changes", &layouts::ITEM_CHANGES, &[columns.batch()])
}

/// A dimension of the cube: what its numbers mean.
struct Named<'a> {
    by: By<'a>,
    names: Vec<String>,
}

impl MeasureKpis {
    /// The cube, with small cells hidden.
    pub(super) fn write_cube(&self, cx: &mut Context, history: &History, known: AsOf, divided: &Divided) -> Result<()> {
        let (of_order, countries) = self.countries(cx)?;
        let (first, last) = crate::kpis::span(known).expect("there are orders");
        let calendars: Vec<Option<Periods>> = self
            .cube
            .by
            .iter()
            .map(|name| {
                let grain = grain(name)?;
                let own = || Periods::calendar(grain, self.year_begins.get(), first, last + 1);
                Some(divided.of(grain).cloned().unwrap_or_else(own))
            })
            .collect();
        let dimensions: Vec<Named> = self
            .cube
            .by
            .iter()
            .zip(&calendars)
            .map(|(name, calendar)| match (calendar, name.as_str()) {
                (Some(periods), _) => Named {
                    by: By::Period(periods),
                    names: periods.list().iter().map(|period| period.name.clone()).collect(),
                },
                (None, "country") => Named { by: By::Order(&of_order), names: countries.clone() },
                (None, "category") => Named { by: By::Category, names: history.categories.to_vec() },
                (None, name) => {
                    let all = divided.groups.dimensions();
                    let own = all.iter().find(|own| own.name == name).expect("the settings are checked");
                    Named { by: By::Customer(&own.of), names: own.values.clone() }
                }
            })
            .collect();
        let sets = self.sets();
        let by: Vec<By> = dimensions.iter().map(|dimension| dimension.by).collect();
        let mut cells = cube(known, &by, &sets);
        suppress(&mut cells, &sets, self.cube.min_customers.get().into());
        let hidden = cells.iter().filter(|cell| cell.hidden != Hidden::No).count();
        cx.metric("cube_cells", cells.len() as f64);
        cx.metric("cube_hidden", hidden as f64);
        if hidden > 0 {
            let values = [
                ("hidden", hidden.into()),
                ("cells", cells.len().into()),
                ("least", u64::from(self.cube.min_customers.get()).into()),
            ];
            cx.note(say::HIDDEN.with(values));
        }
        self.write_cells(cx, &cells, &sets, &dimensions)
    }

    fn write_cells(&self, cx: &mut Context, cells: &[Cell], sets: &[u32], dimensions: &[Named]) -> Result<()> {
        let shown = |cell: &Cell| cell.hidden == Hidden::No;
        let count = |of: fn(&Cell) -> u64| cells.iter().map(move |c| shown(c).then(|| of(c) as i64));
        let ratio = |cell: &Cell, below: u64| match shown(cell) {
            true => cell.revenue as f64 / 10_000.0 / below as f64,
            false => f64::NAN,
        };
        let mut columns = Columns::new();
        columns
            .integer("grouping_id", cells.iter().map(|cell| grouping_bits(sets[cell.set], dimensions.len())))
            .maybe_integer("customers", count(|cell| cell.customers))
            .maybe_integer("orders", count(|cell| cell.orders))
            .maybe_integer("lines", count(|cell| cell.lines))
            .add("units", true, maybe_money(cells.iter().map(|c| shown(c).then_some(c.units)), ColumnType::Quantity))
            .add("revenue", true, maybe_money(cells.iter().map(|c| shown(c).then_some(c.revenue)), ColumnType::Money))
            .maybe_number("order_value", cells.iter().map(|cell| ratio(cell, cell.orders)))
            .maybe_number("revenue_per_customer", cells.iter().map(|cell| ratio(cell, cell.customers)))
            .maybe_text("hidden", cells.iter().map(|cell| (!shown(cell)).then(|| cell.hidden.name())));
        let (all, unknown) = (say::ALL.with([]).english(), say::UNKNOWN.with([]).english());
        for (at, (name, dimension)) in self.cube.by.iter().zip(dimensions).enumerate() {
            let value = |cell: &Cell| match cell.key[at] {
                ALL => all.as_str(),
                UNKNOWN => unknown.as_str(),
                value => dimension.names[value as usize].as_str(),
            };
            columns.text(name, cells.iter().map(value));
        }
        cx.write("cube", &layouts::CUBE, &[columns.batch()])
    }

    /// The groupings as bits of dimensions, each once.
    fn sets(&self) -> Vec<u32> {
        let by = &self.cube.by;
        let bit = |name: &String| by.iter().position(|known| known == name).map_or(0, |at| 1 << at);
        let mut sets: Vec<u32> = match self.cube.sets.is_empty() {
            false => self.cube.sets.iter().map(|set| set.iter().map(bit).fold(0, |all, one| all | one)).collect(),
            true => {
                let single = (0..by.len()).map(|at| 1_u32 << at);
                let pairs = (1..by.len()).map(|at| 1 | 1_u32 << at);
                std::iter::once(0).chain(single).chain(pairs).chain([(1_u32 << by.len()) - 1]).collect()
            }
        };
        let mut known = Vec::new();
        sets.retain(|set| {
            let is_new = !known.contains(set);
            known.push(*set);
            is_new
        });
        sets
    }

    /// The country of each order, by the orders' numbers: that of its first line that has one.
    fn countries(&self, cx: &Context) -> Result<(Vec<u32>, Vec<String>)> {
        if !self.cube.by.iter().any(|name| name == "country") {
            return Ok((Vec::new(), Vec::new()));
        }
        let table = Batches::read_layout(&cx.input(&self.orders.0).table(MAIN)?, &ORDERS)?;
        let (order, orders) = table.sorted_ids("order")?;
        let mut of = vec![NONE; orders.len()];
        if !table.has("country") {
            return Ok((of, Vec::new()));
        }
        let (country, names) = table.sorted_ids("country")?;
        for (order, country) in order.iter().zip(&country).filter(|(_, country)| **country != NONE) {
            // The smallest of several, so that the order of lines does not matter.
            let own = &mut of[*order as usize];
            *own = (*own).min(*country);
        }
        Ok((of, names.to_vec()))
    }

    /// The cohorts of every way to divide time, by own age and by the calendar; those of the first by own age.
    pub(super) fn write_cohorts(&self, cx: &mut Context, known: AsOf, divided: &Divided) -> Result<Vec<Cohort>> {
        let clocks = [("own", Clock::Own { days: self.cohort_days.get().into() }), ("calendar", Clock::Calendar)];
        let mut first = None;
        let mut rows = Vec::new();
        for periods in &divided.periods {
            for (name, clock) in clocks {
                let found = cohorts(known, periods, clock);
                for cohort in &found {
                    for (age, at) in cohort.ages.iter().zip(0..) {
                        let period = periods.list().get(cohort.period + at).filter(|_| clock == Clock::Calendar);
                        let is_over = period.is_none_or(|period| period.end <= known.as_of());
                        rows.push((periods, name, cohort.clone(), at, *age, is_over));
                    }
                }
                first.get_or_insert(found);
            }
        }
        let interval: Vec<(f64, f64)> = rows
            .iter()
            .map(|row| match row.4.seen {
                0 => (f64::NAN, f64::NAN),
                seen => wilson(row.4.active, seen, Z95),
            })
            .collect();
        let mut columns = Columns::new();
        columns
            .text("grain", rows.iter().map(|row| row.0.grain().name()))
            .text("clock", rows.iter().map(|row| row.1))
            .text("cohort", rows.iter().map(|row| &row.0.list()[row.2.period].name))
            .integer("age", rows.iter().map(|row| row.3 as i64))
            .integer("customers", rows.iter().map(|row| row.2.customers as i64))
            .integer("seen", rows.iter().map(|row| row.4.seen as i64))
            .integer("active", rows.iter().map(|row| row.4.active as i64))
            .integer("later", rows.iter().map(|row| row.4.later as i64))
            .maybe_number("retention", rows.iter().map(|row| row.4.retention()))
            .maybe_number("low", interval.iter().map(|ends| ends.0))
            .maybe_number("high", interval.iter().map(|ends| ends.1))
            .decimal("revenue", ColumnType::Money, rows.iter().map(|row| row.4.revenue))
            .boolean("mature", rows.iter().map(|row| row.5 && row.4.seen == row.2.customers));
        cx.write("cohorts", &layouts::COHORTS, &[columns.batch()])?;
        Ok(first.unwrap_or_default())
    }
}
