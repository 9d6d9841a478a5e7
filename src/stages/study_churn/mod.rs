//! `study-churn`: those who left: when, with what value, why or after which last order, from which group, and how many came back.
//!
//! [`last`] tells what came last, [`reasons`] why contracts ended, [`showing`] writes and shows months and survival.

mod last;
mod reasons;
mod showing;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::last::EventTable;
use self::showing::{show_months, show_stays, write_months, write_stays};
use super::columns::Columns;
use super::contracts::{ContractTable, Read};
use super::examples;
use super::history::{History, history};
use super::persons::Places;
use super::rows::column_of;
use crate::diagnostics::{Problem, Result, codes};
use crate::features::{AsOf, ended_months, ended_now, ended_stays, lost_months, lost_now, stays};
use crate::numeric::calendar::DAY;
use crate::numeric::shares;
use crate::report::{Body, Cell, Chapter, Section, Table, Unit};
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
    meaning: "Studies those who left: losses by month with their value, how long customers stay, for which reasons contracts end, last items, groups, and who came back.",
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
    /// The `clean-orders` stage. With `contracts` it is not needed; if given, it tells what those who left were worth.
    orders: Option<Upstream>,
    /// Who has not ordered for this span is lost, such as `180d` or `26w`; 180 days if not given. Contracts go by their ends.
    quiet: Option<Span>,
    /// For contracts: a history of statuses, or of contracts with their ends.
    contracts: Option<ContractTable>,
    /// The column of the table of `contracts` with the reason for which a customer left. Then the report has the share of customers who
    /// have left for each reason, by time since the start of the contract.
    reason: Option<String>,
    /// Reasons that are not churn, such as a death or a move abroad. Such ends are not counted as losses.
    not_churn: Vec<String>,
    /// What happened to customers, such as complaints or deliveries: what came last before they left, beside the others.
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
                    findings
                        .push(Finding::at("reason", "orders that do not come give no reason: it needs `contracts`"));
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
        let history = self.orders.as_ref().map(|orders| history(cx, &orders.0)).transpose()?;
        let read = match &self.contracts {
            Some(table) => Some(table.read(cx, self.reason.as_deref(), &self.not_churn)?),
            None => None,
        };
        let (lost, names) = match (&read, &history) {
            (Some(read), history) => (self.of_contracts(cx, read, history.as_ref())?, &read.customers),
            (None, Some(history)) => (self.of_orders(cx, history)?, &history.customers),
            (None, None) => return Problem::new(&codes::BAD_VALUE, NO_SOURCE).err(),
        };
        let (gone, all) = (
            lost.iter().filter(|lost| **lost == Some(true)).count() as u64,
            lost.iter().filter(|lost| lost.is_some()).count() as u64,
        );
        cx.metric("lost", gone as f64);
        cx.metric("lost_share", gone as f64 / all.max(1) as f64);
        cx.note(match &read {
            Some(_) => format!("{gone} of {all} customers have left"),
            None => format!("{gone} of {all} customers have been silent for {} days or more", self.quiet()),
        });
        let places = Places::of(names);
        match &history {
            Some(history) => {
                let of = |name: &String| places.get(name).and_then(|place| lost[place]);
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

    /// Losses by silence; whether each customer is lost.
    fn of_orders(&self, cx: &mut Context, history: &History) -> Result<Vec<Option<bool>>> {
        cx.made.rows_in = history.orders.lines() as u64;
        let (known, quiet) = (AsOf::new(&history.orders, cx.as_of()?.midnight()), self.quiet());
        let months = lost_months(known, quiet);
        write_months(cx, &months)?;
        let stays = stays(known, quiet);
        write_stays(cx, &stays)?;
        cx.write("reasons", &LOST_REASONS, &[])?;
        let lost = format!(
            "Lost after {quiet} days of silence; value is what they had spent in the year up to their last order. Recent months have had less \
             time to win them back."
        );
        show_months(cx, &months, &lost, true);
        show_stays(
            cx,
            &stays,
            "days since the first order",
            "Until the first loss, by Kaplan-Meier: who was never lost counts as watched until now.",
        );
        Ok(lost_now(known, quiet))
    }

    /// Losses by ends of contracts; whether each customer is lost.
    fn of_contracts(&self, cx: &mut Context, read: &Read, history: Option<&History>) -> Result<Vec<Option<bool>>> {
        let as_of = cx.as_of()?.midnight();
        let known = read.contracts.as_of(as_of);
        cx.made.rows_in = known.customers() as u64;
        let is_churn = |reason: u32| read.reasons.is_churn(reason);
        let spent = history.map(|history| (AsOf::new(&history.orders, as_of), Places::of(&history.customers)));
        let value = |customer: u32, time: i64| {
            let Some((spent, places)) = &spent else { return 0 };
            let Some(place) = places.get(&read.customers[customer as usize]) else { return 0 };
            let lines = spent.lines_since(place as u32, time - 365 * DAY);
            lines.time.iter().zip(lines.amount).filter(|line| *line.0 < time).map(|line| i128::from(*line.1)).sum()
        };
        let months = ended_months(known, is_churn, value);
        write_months(cx, &months)?;
        let told = match history {
            Some(_) => {
                "By the end of the contract; value is what they had spent in the year before. Recent months have had less time to win them back."
            }
            None => "By the end of the contract. Recent months have had less time to win them back.",
        };
        show_months(cx, &months, told, history.is_some());
        let stays = ended_stays(known, is_churn);
        write_stays(cx, &stays)?;
        show_stays(
            cx,
            &stays,
            "days since the start of the first contract",
            "Until the first end that counts as churn, by Kaplan-Meier: who is still there, or left for another reason, counts as watched until then.",
        );
        self.reasons(cx, read)?;
        Ok(ended_now(known, is_churn))
    }

    /// Who left, by group.
    fn groups(&self, cx: &mut Context, places: &Places, lost: &[Option<bool>]) -> Result<()> {
        let (Some(stage), Some(by)) = (&self.customers, &self.by) else {
            return cx.write("groups", &LOST_GROUPS, &[]);
        };
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
        column_of(&table, &stage.0, by)?;
        // A customer with several rows counts once, in a group of its own where they differ.
        let mut of: BTreeMap<usize, Option<String>> = BTreeMap::new();
        let mut differing = 0;
        for (customer, group) in table.texts("customer")?.into_iter().zip(table.texts(by)?) {
            let Some(place) = customer.as_deref().and_then(|name| places.get(name)) else { continue };
            let group = group.unwrap_or_else(|| NOT_KNOWN.to_owned());
            let known = of.entry(place).or_insert_with(|| Some(group.clone()));
            if known.as_ref().is_some_and(|known| *known != group) {
                *known = None;
                differing += 1;
            }
        }
        if differing > 0 {
            cx.note(format!(
                "{differing} customers have several rows in `{}` that differ in `{by}`: they count as `{SEVERAL}`",
                stage.0
            ));
        }
        let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (place, group) in of {
            let Some(lost) = lost[place] else { continue };
            let count = groups.entry(group.unwrap_or_else(|| SEVERAL.to_owned())).or_default();
            count.0 += 1;
            count.1 += u64::from(lost);
        }
        let mut groups: Vec<(String, u64, u64)> = groups.into_iter().map(|(g, (all, lost))| (g, all, lost)).collect();
        groups.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        let rate = |group: &(String, u64, u64)| group.2 as f64 / group.1 as f64;
        let mut columns = Columns::new();
        columns
            .text("group", groups.iter().map(|group| &group.0))
            .integer("customers", groups.iter().map(|group| group.1 as i64))
            .integer("lost", groups.iter().map(|group| group.2 as i64))
            .number("rate", groups.iter().map(rate))
            .number("low", groups.iter().map(|group| wilson(group.2, group.1).0))
            .number("high", groups.iter().map(|group| wilson(group.2, group.1).1));
        cx.write("groups", &LOST_GROUPS, &[columns.batch()])?;
        let mut shown = Table::with(&[by, "customers", "lost", "share lost", "95 % interval"]);
        for group in groups.iter().take(SHOWN) {
            shown.push(vec![
                Cell::text(&group.0),
                Cell::Count(group.1),
                Cell::Count(group.2),
                Cell::Number(rate(group), Unit::Share),
                interval(group.2, group.1),
            ]);
        }
        shown.total_rows = Some(groups.len() as u64);
        shown.whole = Some(format!("{}_groups", cx.step));
        let section = Section::new(cx.step, Body::Table(shown))
            .heading(format!("Who left, by {}", by.replace('_', " ")))
            .chapter(Chapter::Customers);
        cx.section(section);
        Ok(())
    }
}

/// The group of those without one, and of those with several.
const NOT_KNOWN: &str = "not known";
const SEVERAL: &str = "several";

fn wilson(part: u64, all: u64) -> (f64, f64) {
    shares::wilson(part, all, 1.959_963_984_540_054)
}

/// The 95 % interval of a share, as shown.
pub fn interval(part: u64, all: u64) -> Cell {
    let (low, high) = wilson(part, all);
    Cell::Text(format!("{:.1} – {:.1} %", 100.0 * low, 100.0 * high))
}
