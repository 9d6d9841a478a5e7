//! What came last before customers left: items of their last order, events such as complaints or deliveries.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SHOWN, StudyChurn};
use crate::diagnostics::Result;
use crate::features::{AsOf, LastItem, Standing, last_items};
use crate::numeric::calendar::DAY;
use crate::report::{Bar, Bars, Body, Chapter, Section, Unit};
use crate::stage::{Context, Finding, Input, Known, MAIN, Need, Upstream};
use crate::stages::columns::Columns;
use crate::stages::contracts::Read;
use crate::stages::history::History;
use crate::stages::persons::Places;
use crate::stages::rows::{column_of, instants};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::lost::{LAST_EVENTS, LAST_ITEMS};
use crate::tables::{Batches, Layout};

/// Where events of customers stand.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTable {
    /// The stage whose table has one row per event; `customer` is the account id.
    from: Upstream,
    /// The column with its date or time.
    #[serde(default = "EventTable::time")]
    at: String,
    /// The column that says what happened.
    #[serde(default = "EventTable::event")]
    what: String,
}

impl EventTable {
    fn time() -> String {
        "time".to_owned()
    }

    fn event() -> String {
        "event".to_owned()
    }

    pub(super) fn input(&self) -> Input {
        self.from.input("events", Need::Table(&CUSTOMERS))
    }

    pub(super) fn check_columns(&self, known: &Known) -> Vec<Finding> {
        [&self.at, &self.what].into_iter().filter_map(|column| known.column("events", &self.from.0, column)).collect()
    }
}

/// How what came last is written and shown.
struct Shown {
    suffix: &'static str,
    layout: &'static Layout,
    column: &'static str,
    what: &'static str,
    heading: &'static str,
    lead: &'static str,
}

impl StudyChurn {
    /// Items of last orders.
    pub(super) fn last_items(&self, cx: &mut Context, history: &History, lost: &[Option<bool>]) -> Result<()> {
        let known = AsOf::new(&history.orders, cx.as_of()?.midnight());
        let name = |item: &LastItem| history.items.get(item.item as usize).cloned().unwrap_or_default();
        let rows = last_items(known, lost).iter().map(|item| (name(item), item.lost, item.others)).collect();
        let shown = Shown {
            suffix: "last_items",
            layout: &LAST_ITEMS,
            column: "item",
            what: "item in the last order",
            heading: "What was in the last order of those who left",
            lead: "An item may drive customers away, or be bought by those who come once: a reason to look, not a proof.",
        };
        self.beside_others(cx, rows, lost, &shown)
    }

    /// What last happened to customers before they left; to the others until now.
    pub(super) fn last_events(
        &self,
        cx: &mut Context,
        places: &Places,
        lost: &[Option<bool>],
        (read, history): (&Option<Read>, &Option<History>),
    ) -> Result<()> {
        let Some(events) = &self.events else { return cx.write("last_events", &LAST_EVENTS, &[]) };
        let table = Batches::read(&cx.input(&events.from.0).table(MAIN)?, &[])?;
        for column in ["customer", &events.at, &events.what] {
            column_of(&table, &events.from.0, column)?;
        }
        let as_of = cx.as_of()?.midnight();
        let until = |customer: usize| match (read, history) {
            (Some(read), _) => match read.contracts.as_of(as_of).standing(customer as u32) {
                Standing::Left(exit) => exit.time,
                _ => as_of,
            },
            (None, Some(history)) if lost[customer] == Some(true) => {
                let last = AsOf::new(&history.orders, as_of).lines(customer as u32).time.last().copied();
                last.map_or(as_of, |last| last + self.quiet() * DAY)
            }
            _ => as_of,
        };
        let (times, what) = (instants(cx, &table, &events.at)?, table.texts(&events.what)?);
        let mut last: Vec<Option<(i64, &str)>> = vec![None; lost.len()];
        for (row, customer) in table.texts("customer")?.iter().enumerate() {
            let place = customer.as_deref().and_then(|customer| places.get(customer));
            let (Some(place), Some(time), Some(what)) = (place, times[row], what[row].as_deref()) else { continue };
            if time < until(place) {
                last[place] = last[place].max(Some((time, what)));
            }
        }
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (last, lost) in last.iter().zip(lost) {
            let Some(lost) = *lost else { continue };
            let count = counts.entry(last.map_or("none", |last| last.1)).or_default();
            *(if lost { &mut count.0 } else { &mut count.1 }) += 1;
        }
        let rows = counts.into_iter().map(|(what, (lost, others))| (what.to_owned(), lost, others)).collect();
        let shown = Shown {
            suffix: "last_events",
            layout: &LAST_EVENTS,
            column: "event",
            what: "last event",
            heading: "What last happened to those who left",
            lead: "Before they left; to the others, until now. What is frequent among those who left is a reason to look, not a proof.",
        };
        self.beside_others(cx, rows, lost, &shown)
    }

    /// How often something came last among those who left and among the others: `(what, lost, others)`.
    fn beside_others(
        &self,
        cx: &mut Context,
        mut rows: Vec<(String, u64, u64)>,
        lost: &[Option<bool>],
        shown: &Shown,
    ) -> Result<()> {
        let (gone, all) = (
            lost.iter().filter(|lost| **lost == Some(true)).count() as u64,
            lost.iter().filter(|lost| lost.is_some()).count() as u64,
        );
        rows.retain(|row| row.1 + row.2 >= self.min_customers);
        let ratio = |row: &(String, u64, u64)| {
            let share = |part: u64, all: u64| (part as f64 + 0.5) / (all as f64 + 1.0);
            share(row.1, gone) / share(row.2, all - gone)
        };
        rows.sort_by(|a, b| ratio(b).total_cmp(&ratio(a)).then_with(|| a.0.cmp(&b.0)));
        let part = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        let mut columns = Columns::new();
        columns
            .text(shown.column, rows.iter().map(|row| &row.0))
            .integer("lost", rows.iter().map(|row| row.1 as i64))
            .integer("others", rows.iter().map(|row| row.2 as i64))
            .number("share_lost", rows.iter().map(|row| part(row.1, gone)))
            .number("share_others", rows.iter().map(|row| part(row.2, all - gone)))
            .number("ratio", rows.iter().map(ratio));
        cx.write(shown.suffix, shown.layout, &[columns.batch()])?;
        if rows.is_empty() {
            return Ok(());
        }
        let bar = |row: &(String, u64, u64)| Bar { name: format!("{} ({} lost)", row.0, row.1), value: ratio(row) };
        let bars = Bars {
            what: shown.what.to_owned(),
            measure: "times as usual among lost customers as among others".to_owned(),
            unit: Unit::Number(2),
            bars: rows.iter().take(SHOWN).map(bar).collect(),
        };
        let section = Section::new(cx.step, Body::Bars(bars)).heading(shown.heading).lead(shown.lead);
        cx.section(section.chapter(Chapter::Customers));
        Ok(())
    }
}
