//! `study-churn`: customers who left: when, with what value, why or after which last order, from which group, and how many came back.
//!
//! [`last`] looks at what came last, [`reasons`] at why contracts ended, [`showing`] writes and shows months and survival.

mod last;
mod reasons;
mod showing;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::last::EventTable;
use self::showing::{show_months, show_stays, write_months, write_stays};
use super::columns::Columns;
use super::contracts::{ContractTable, Read};
use super::examples;
use super::orders::{History, Wanted, orders};
use super::persons::Places;
use super::rows::column_of;
use super::words::study_churn as say;
use crate::churn::losses::{GroupLoss, SEVERAL, by_group, counted, interval as share_interval, spent_before};
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{ended_months, ended_now, ended_stays, lost_months, lost_now, stays};
use crate::orders::AsOf;
use crate::report::{Body, Cell, Chapter, Column, Section, Table, Text, Unit, Value};
use crate::stage::setting::Span;
use crate::stage::{Context, Finding, Input, Kind, Known, MAIN, Need, Output, Stage, Upstream, read_as, schema_of};
use crate::tables::Batches;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::lost::{LAST_EVENTS, LAST_ITEMS, LOST_GROUPS, LOST_MONTHS, LOST_REASONS, STAYS};
use crate::tables::layouts::orders::ORDERS;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "study-churn",
    version: 5,
    meaning: "Studies customers who left: losses by month with their value, how long customers stay, for which reasons contracts end, last items, groups, and who came back.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.lost]
kind = "study-churn"
orders = "orders"
quiet = "180d"
"#,
    ],
    read: read_as::<StudyChurn>,
    schema: schema_of::<StudyChurn>,
};

/// A study of lost customers. Its table has one row per month with losses.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StudyChurn {
    /// The `clean-orders` stage. With `contracts` it is not needed; if given, it says what the customers who left were worth.
    orders: Option<Upstream>,
    /// A customer who has not ordered for this span is lost, such as `180d` or `26w`; 180 days if not given. Not used with `contracts`, which
    /// have ends.
    quiet: Option<Span>,
    /// For contracts: a history of statuses, or of contracts with their ends.
    contracts: Option<ContractTable>,
    /// The column of the table of `contracts` with the reason for which a customer left. Then the report has the share of customers who
    /// have left for each reason, by time since the start of the contract.
    reason: Option<String>,
    /// Reasons that are not churn, such as a death or a move abroad. Such ends are not counted as losses.
    not_churn: Vec<String>,
    /// Events of customers, such as complaints or deliveries: the last event before customers left is compared with the others' last event.
    events: Option<EventTable>,
    /// A stage with one row per customer that holds the column `by`.
    customers: Option<Upstream>,
    /// The column of `customers` whose groups are compared, such as a country or the channel they came by.
    by: Option<String>,
    /// Last items and events of fewer customers than this are left out.
    min_customers: u64,
}

impl Default for StudyChurn {
    fn default() -> StudyChurn {
        StudyChurn {
            orders: None,
            quiet: None,
            contracts: None,
            reason: None,
            not_churn: Vec::new(),
            events: None,
            customers: None,
            by: None,
            min_customers: 20,
        }
    }
}

/// Items and groups shown in the report.
const SHOWN: usize = 15;
/// Quarters drawn, the latest; and reasons drawn, the most frequent.
const DRAWN: usize = 6;
/// Nobody can be lost.
const NO_SOURCE: &str = "names neither `orders` nor `contracts`";
/// Days of silence if not given.
const QUIET: i64 = 180;

impl Stage for StudyChurn {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs: Vec<Input> = self.contracts.iter().map(ContractTable::input).collect();
        inputs.extend(self.orders.iter().map(|stage| stage.input("orders", Need::Table(&ORDERS))));
        inputs.extend(self.events.iter().map(EventTable::input));
        inputs.extend(self.customers.iter().map(|stage| stage.input("customers", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&LOST_MONTHS)
            .and("stays", &STAYS)
            .and("reasons", &LOST_REASONS)
            .and("last_items", &LAST_ITEMS)
            .and("last_events", &LAST_EVENTS)
            .and("groups", &LOST_GROUPS)
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match &self.contracts {
            Some(contracts) => {
                findings.extend(contracts.findings());
                if self.quiet.is_some() {
                    findings.push(Finding::at(
                        "quiet",
                        "contracts have ends of their own: give either `contracts` or `quiet`",
                    ));
                }
            }
            None => {
                if self.orders.is_none() {
                    findings.push(Finding::at("orders", NO_SOURCE));
                }
                if self.reason.is_some() {
                    findings.push(Finding::at("reason", "`reason` needs `contracts`: missing orders carry no reason"));
                }
            }
        }
        if self.reason.is_none() && !self.not_churn.is_empty() {
            findings.push(Finding::at("not_churn", "name the column of the reasons as `reason`"));
        }
        if self.customers.is_some() != self.by.is_some() {
            findings.push(Finding::at("by", "`customers` names the stage and `by` its column: give both or neither"));
        }
        findings
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(contracts) = &self.contracts {
            findings.extend(contracts.check_columns(known, self.reason.as_deref()));
        }
        findings.extend(self.events.iter().flat_map(|events| events.check_columns(known)));
        if let (Some(stage), Some(by)) = (&self.customers, &self.by) {
            findings.extend(known.column("by", &stage.0, by));
        }
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = self.orders.as_ref().map(|stage| orders(cx, &stage.0, Wanted::HISTORY)).transpose()?;
        let read = match &self.contracts {
            Some(table) => Some(table.read(cx, self.reason.as_deref(), &self.not_churn)?),
            None => None,
        };
        let (lost, names) = match (&read, &history) {
            (Some(read), history) => (self.of_contracts(cx, read, history.as_ref())?, read.customers.clone()),
            (None, Some(history)) => (self.of_orders(cx, history)?, history.customers.to_vec()),
            (None, None) => return Problem::new(&codes::BAD_VALUE, NO_SOURCE).err(),
        };
        let (gone, all) = counted(&lost);
        cx.metric("lost", gone as f64);
        cx.metric("lost_share", gone as f64 / all.max(1) as f64);
        cx.note(match &read {
            Some(_) => say::HAVE_LEFT.with([("lost", gone.into()), ("all", all.into())]),
            None => say::SILENT.with([("lost", gone.into()), ("all", all.into()), ("days", self.quiet_value())]),
        });
        let places = Places::of(&names);
        match &history {
            Some(history) => {
                let of = |name: &str| places.get(name).and_then(|place| lost[place]);
                let lost: Vec<Option<bool>> = history.customers.iter().map(of).collect();
                self.last_items(cx, history, &lost)?;
            }
            None => cx.write("last_items", &LAST_ITEMS, &[])?,
        }
        self.last_events(cx, &places, &lost, (&read, &history))?;
        self.groups(cx, &places, &lost)
    }
}

impl StudyChurn {
    fn quiet(&self) -> i64 {
        self.quiet.as_ref().map_or(QUIET, Span::days)
    }

    fn quiet_value(&self) -> Value {
        (self.quiet().max(0) as u64).into()
    }

    /// Losses by silence; whether each customer is lost.
    fn of_orders(&self, cx: &mut Context, history: &History) -> Result<Vec<Option<bool>>> {
        cx.made.rows_in = history.orders.lines() as u64;
        let (known, quiet) = (AsOf::new(&history.orders, cx.as_of()?.midnight()), self.quiet());
        let months = lost_months(known, quiet);
        write_months(cx, &months)?;
        let stays = stays(known, quiet);
        write_stays(cx, &stays)?;
        cx.write("reasons", &LOST_REASONS, &[])?;
        show_months(cx, &months, say::MONTHS_SILENT.with([("days", self.quiet_value())]), true);
        show_stays(cx, &stays, &say::SINCE_ORDER, &say::STAYS_SILENT);
        Ok(lost_now(known, quiet))
    }

    /// Losses by ends of contracts; whether each customer is lost.
    fn of_contracts(&self, cx: &mut Context, read: &Read, history: Option<&History>) -> Result<Vec<Option<bool>>> {
        let as_of = cx.as_of()?.midnight();
        let known = read.contracts.as_of(as_of);
        cx.made.rows_in = known.customers() as u64;
        let is_churn = |reason: u32| read.reasons.is_churn(reason);
        let spent = history.map(|history| (AsOf::new(&history.orders, as_of), Places::of(&history.customers.to_vec())));
        let value = |customer: u32, time: i64| {
            let Some((spent, places)) = &spent else { return 0 };
            let Some(place) = places.get(&read.customers[customer as usize]) else { return 0 };
            spent_before(*spent, place as u32, time)
        };
        let months = ended_months(known, is_churn, value);
        write_months(cx, &months)?;
        let lead = if history.is_some() { &say::MONTHS_ENDED_VALUE } else { &say::MONTHS_ENDED };
        show_months(cx, &months, lead, history.is_some());
        let stays = ended_stays(known, is_churn);
        write_stays(cx, &stays)?;
        show_stays(cx, &stays, &say::SINCE_START, &say::STAYS_ENDED);
        self.reasons(cx, read)?;
        Ok(ended_now(known, is_churn))
    }

    /// Losses by group of customers.
    fn groups(&self, cx: &mut Context, places: &Places, lost: &[Option<bool>]) -> Result<()> {
        let (Some(stage), Some(by)) = (&self.customers, &self.by) else {
            return cx.write("groups", &LOST_GROUPS, &[]);
        };
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
        column_of(&table, &stage.0, by)?;
        let rows = table.texts("customer")?.into_iter().zip(table.texts(by)?);
        let (groups, differing) =
            by_group(rows.filter_map(|(name, group)| Some((places.get(name.as_deref()?)?, group))), lost);
        if differing > 0 {
            cx.note(say::DIFFERING.with([
                ("customers", differing.into()),
                ("stage", stage.0.as_str().into()),
                ("column", by.as_str().into()),
                ("several", SEVERAL.into()),
            ]));
        }
        let mut columns = Columns::new();
        columns
            .text("group", groups.iter().map(|group| &group.group))
            .integer("customers", groups.iter().map(|group| group.customers as i64))
            .integer("lost", groups.iter().map(|group| group.lost as i64))
            .number("rate", groups.iter().map(GroupLoss::rate))
            .number("low", groups.iter().map(|group| group.interval().0))
            .number("high", groups.iter().map(|group| group.interval().1));
        cx.write("groups", &LOST_GROUPS, &[columns.batch()])?;
        let titles = [Text::from(by), (&say::CUSTOMERS).into(), (&say::LOST).into(), (&say::SHARE_LOST).into()];
        let titles = titles.into_iter().chain([(&say::INTERVAL).into()]);
        let mut shown = Table { columns: titles.map(Column::new).collect(), ..Table::default() };
        for group in groups.iter().take(SHOWN) {
            shown.push(vec![
                Cell::text(&group.group),
                Cell::Count(group.customers),
                Cell::Count(group.lost),
                Cell::Number(group.rate(), Unit::Share),
                interval(group.lost, group.customers),
            ]);
        }
        shown.total_rows = Some(groups.len() as u64);
        shown.whole = Some(format!("{}_groups", cx.step));
        let section = Section::new(cx.step, Body::Table(shown))
            .heading(say::GROUPS.with([("column", by.replace('_', " ").into())]))
            .chapter(Chapter::Customers);
        cx.section(section);
        Ok(())
    }
}

/// The 95 % interval of a share, as shown.
pub fn interval(part: u64, all: u64) -> Cell {
    let (low, high) = share_interval(part, all);
    Cell::Text(format!("{:.1}–{:.1}%", 100.0 * low, 100.0 * high))
}
