//! What came last before customers left: items of their last order, events such as complaints or deliveries.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SHOWN, StudyChurn};
use crate::churn::losses::{Beside, Event, beside_others, last_events, until_end, until_silence};
use crate::diagnostics::Result;
use crate::features::{LastItem, last_items};
use crate::orders::AsOf;
use crate::report::{Bar, Bars, Body, Chapter, Phrase, Section, Unit};
use crate::stage::{Context, Finding, Input, Known, MAIN, Need, Upstream};
use crate::stages::columns::Columns;
use crate::stages::contracts::Read;
use crate::stages::orders::History;
use crate::stages::persons::Places;
use crate::stages::rows::{column_of, instants};
use crate::stages::words::study_churn as say;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::lost::{LAST_EVENTS, LAST_ITEMS};
use crate::tables::{Batches, Layout};

/// Events of customers.
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
    what: &'static Phrase,
    heading: &'static Phrase,
    lead: &'static Phrase,
}

static ITEMS: Shown = Shown {
    suffix: "last_items",
    layout: &LAST_ITEMS,
    column: "item",
    what: &say::LAST_ITEM,
    heading: &say::LAST_ITEMS,
    lead: &say::LAST_ITEMS_LEAD,
};

static EVENTS: Shown = Shown {
    suffix: "last_events",
    layout: &LAST_EVENTS,
    column: "event",
    what: &say::LAST_EVENT,
    heading: &say::LAST_EVENTS,
    lead: &say::LAST_EVENTS_LEAD,
};

impl StudyChurn {
    /// Items of last orders.
    pub(super) fn last_items(&self, cx: &mut Context, history: &History, lost: &[Option<bool>]) -> Result<()> {
        let known = AsOf::new(&history.orders, cx.as_of()?.midnight());
        let name = |item: &LastItem| history.items.get(item.item).to_owned();
        let counts = last_items(known, lost).iter().map(|item| (name(item), item.lost, item.others)).collect();
        show(cx, &beside_others(counts, lost, self.min_customers), &ITEMS)
    }

    /// The last event of customers before they left; of the others until now.
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
        let until = |place: usize| match (read, history) {
            (Some(read), _) => until_end(read.contracts.as_of(as_of), place as u32),
            (None, Some(history)) => {
                until_silence(AsOf::new(&history.orders, as_of), place as u32, lost[place], self.quiet())
            }
            (None, None) => as_of,
        };
        let (times, what) = (instants(cx, &table, &events.at)?, table.texts(&events.what)?);
        let customers = table.texts("customer")?;
        let event = |row: usize| {
            let customer = places.get(customers[row].as_deref()?)?;
            Some(Event { customer, time: times[row]?, what: what[row].as_deref()? })
        };
        let counts = last_events((0..table.rows()).filter_map(event), lost, until);
        show(cx, &beside_others(counts, lost, self.min_customers), &EVENTS)
    }
}

/// Writes and shows what came last among customers who left and among the others.
fn show(cx: &mut Context, rows: &[Beside], shown: &Shown) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .text(shown.column, rows.iter().map(|row| &row.what))
        .integer("lost", rows.iter().map(|row| row.lost as i64))
        .integer("others", rows.iter().map(|row| row.others as i64))
        .number("share_lost", rows.iter().map(|row| row.share_lost))
        .number("share_others", rows.iter().map(|row| row.share_others))
        .number("ratio", rows.iter().map(|row| row.ratio));
    cx.write(shown.suffix, shown.layout, &[columns.batch()])?;
    if rows.is_empty() {
        return Ok(());
    }
    let bar = |row: &Beside| Bar {
        name: say::BAR.with([("what", row.what.as_str().into()), ("lost", row.lost.into())]),
        value: row.ratio,
    };
    let bars = Bars {
        what: shown.what.into(),
        measure: (&say::RATIO).into(),
        unit: Unit::Number(2),
        bars: rows.iter().take(SHOWN).map(bar).collect(),
    };
    let section = Section::new(cx.step, Body::Bars(bars)).heading(shown.heading).lead(shown.lead);
    cx.section(section.chapter(Chapter::Customers));
    Ok(())
}
