//! `study-churn`: those who left: when, with what value, why or after which last order, from which group, and how many came back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::contracts::{ContractTable, Read};
use super::examples;
use super::history::{History, history};
use super::rows::{column_of, days};
use super::stage::{read_as, schema_of};
use super::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, Upstream};
use crate::diagnostics::Result;
use crate::features::{
    AsOf, LastItem, LostMonth, NONE, Stay, ended_causes, ended_months, ended_now, ended_stays, last_items, lost_months,
    lost_now, stays,
};
use crate::numeric::calendar::{DAY, civil_of_day, month_start};
use crate::numeric::shares;
use crate::report::{Bar, Bars, Body, Cell, Chapter, Curve, Curves, Section, Table, Unit};
use crate::tables::customers::CUSTOMERS;
use crate::tables::lost::{LAST_ITEMS, LOST_GROUPS, LOST_MONTHS, LOST_REASONS, STAYS};
use crate::tables::orders::ORDERS;
use crate::tables::{Batches, ColumnType};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "study-churn",
    version: 3,
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
#[serde(deny_unknown_fields)]
pub struct StudyChurn {
    /// The `clean-orders` stage. With `contracts` it is not needed; if given, it tells what those who left were worth.
    #[serde(default)]
    orders: Option<Upstream>,
    /// Who has not ordered for this span is lost, such as `180d` or `26w`; 180 days if not given. Contracts go by their ends.
    #[serde(default)]
    quiet: Option<String>,
    /// For contracts: a history of statuses, or of contracts with their ends.
    #[serde(default)]
    contracts: Option<ContractTable>,
    /// The column of the table of `contracts` with the reason for which a customer left. Then the report has the share of customers who
    /// have left for each reason, by time since the start of the contract.
    #[serde(default)]
    reason: Option<String>,
    /// Reasons that are not churn, such as a death or a move abroad. Such ends are not counted as losses.
    #[serde(default)]
    not_churn: Vec<String>,
    /// A stage with one row per customer that holds the column `by`.
    #[serde(default)]
    customers: Option<Upstream>,
    /// The column of `customers` whose groups are compared, such as a country or the channel they came by.
    #[serde(default)]
    by: Option<String>,
    /// Last items of fewer customers than this are left out.
    #[serde(default = "usual_least")]
    min_customers: u64,
}

fn usual_least() -> u64 {
    20
}

/// Items and groups shown in the report.
const SHOWN: usize = 15;
/// Quarters drawn, the latest; and reasons drawn, the most frequent.
const DRAWN: usize = 6;
/// Days of silence if not given.
const QUIET: i64 = 180;

impl Stage for StudyChurn {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs: Vec<Input> = self.contracts.iter().map(ContractTable::input).collect();
        inputs.extend(self.orders.iter().map(|stage| stage.input("orders", Need::Table(&ORDERS))));
        inputs.extend(self.customers.iter().map(|stage| stage.input("customers", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&LOST_MONTHS)
            .and("stays", &STAYS)
            .and("reasons", &LOST_REASONS)
            .and("last_items", &LAST_ITEMS)
            .and("groups", &LOST_GROUPS)
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(Err(error)) = self.quiet.as_deref().map(days) {
            findings.push(Finding::at("quiet", error));
        }
        match &self.contracts {
            Some(contracts) => {
                findings.extend(contracts.findings());
                if self.quiet.is_some() {
                    findings
                        .push(Finding::at("quiet", "contracts go by their ends: give either `contracts` or `quiet`"));
                }
            }
            None => {
                if self.orders.is_none() {
                    findings.push(Finding::at("orders", "names neither `orders` nor `contracts`"));
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

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = self.orders.as_ref().map(|orders| history(cx, &orders.0)).transpose()?;
        let read = match &self.contracts {
            Some(table) => Some(table.read(cx, self.reason.as_deref(), &self.not_churn)?),
            None => None,
        };
        let lost = match (&read, &history) {
            (Some(read), history) => self.of_contracts(cx, read, history.as_ref())?,
            (None, history) => self.of_orders(cx, history.as_ref().expect("checked"))?,
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
        let names = match (&read, &history) {
            (Some(read), _) => &read.customers,
            (None, history) => &history.as_ref().expect("checked").customers,
        };
        match &history {
            Some(history) => {
                let of = |name: &String| names.binary_search(name).ok().and_then(|place| lost[place]);
                let lost: Vec<Option<bool>> = history.customers.iter().map(of).collect();
                self.last(cx, history, &lost)?;
            }
            None => cx.write("last_items", &LAST_ITEMS, &[])?,
        }
        self.groups(cx, names, &lost)
    }
}

impl StudyChurn {
    fn quiet(&self) -> i64 {
        self.quiet.as_deref().map_or(QUIET, |span| days(span).expect("checked"))
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
        let spent = history.map(|history| AsOf::new(&history.orders, as_of));
        let value = |customer: u32, time: i64| {
            let (Some(history), Some(spent)) = (history, spent) else { return 0 };
            let Ok(place) = history.customers.binary_search(&read.customers[customer as usize]) else { return 0 };
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

    /// For which reasons contracts end.
    fn reasons(&self, cx: &mut Context, read: &Read) -> Result<()> {
        if self.reason.is_none() || read.reasons.names.is_empty() {
            return cx.write("reasons", &LOST_REASONS, &[]);
        }
        let names = &read.reasons.names;
        let known = read.contracts.as_of(cx.as_of()?.midnight());
        let place = |reason: u32| if reason == NONE { names.len() } else { reason as usize };
        let found = ended_causes(known, names.len() + 1, place);
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

    /// Items of last orders.
    fn last(&self, cx: &mut Context, history: &History, lost: &[Option<bool>]) -> Result<()> {
        let known = AsOf::new(&history.orders, cx.as_of()?.midnight());
        let (gone, all) = (
            lost.iter().filter(|lost| **lost == Some(true)).count() as u64,
            lost.iter().filter(|lost| lost.is_some()).count() as u64,
        );
        let mut last = last_items(known, lost);
        last.retain(|item| item.lost + item.others >= self.min_customers);
        let ratio = |item: &LastItem| {
            let share = |part: u64, all: u64| (part as f64 + 0.5) / (all as f64 + 1.0);
            share(item.lost, gone) / share(item.others, all - gone)
        };
        let name = |item: &LastItem| history.items.get(item.item as usize).cloned().unwrap_or_default();
        last.sort_by(|a, b| ratio(b).total_cmp(&ratio(a)).then_with(|| name(a).cmp(&name(b))));
        let part = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        let mut columns = Columns::new();
        columns
            .text("item", last.iter().map(name))
            .integer("lost", last.iter().map(|item| item.lost as i64))
            .integer("others", last.iter().map(|item| item.others as i64))
            .number("share_lost", last.iter().map(|item| part(item.lost, gone)))
            .number("share_others", last.iter().map(|item| part(item.others, all - gone)))
            .number("ratio", last.iter().map(ratio));
        cx.write("last_items", &LAST_ITEMS, &[columns.batch()])?;
        show_items(cx, last.iter().take(SHOWN).map(|item| (name(item), *item, ratio(item))).collect());
        Ok(())
    }

    fn groups(&self, cx: &mut Context, names: &[String], lost: &[Option<bool>]) -> Result<()> {
        let (Some(stage), Some(by)) = (&self.customers, &self.by) else {
            return cx.write("groups", &LOST_GROUPS, &[]);
        };
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
        column_of(&table, &stage.0, by)?;
        let places: BTreeMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (customer, group) in table.texts("customer")?.into_iter().zip(table.texts(by)?) {
            let place = customer.as_deref().and_then(|name| places.get(name));
            let Some(lost) = place.and_then(|&place| lost[place]) else { continue };
            let count = groups.entry(group.unwrap_or_else(|| "not known".to_owned())).or_default();
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

fn wilson(part: u64, all: u64) -> (f64, f64) {
    shares::wilson(part, all, 1.959_963_984_540_054)
}

/// The 95 % interval of a share, as shown.
pub fn interval(part: u64, all: u64) -> Cell {
    let (low, high) = wilson(part, all);
    Cell::Text(format!("{:.1} – {:.1} %", 100.0 * low, 100.0 * high))
}

fn date_of(month: i64) -> i32 {
    month_start(month) as i32
}

fn write_months(cx: &mut Context, months: &[LostMonth]) -> Result<()> {
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

fn write_stays(cx: &mut Context, stays: &[Stay]) -> Result<()> {
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

fn show_months(cx: &mut Context, months: &[LostMonth], lead: &str, with_value: bool) {
    let mut table = Table::with(&["month", "lost", "value lost", "came back", "share come back"]);
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
    let section = Section::new(cx.step, Body::Table(table))
        .heading("Lost customers by month")
        .lead(lead)
        .chapter(Chapter::Customers);
    cx.section(section);
}

fn show_stays(cx: &mut Context, stays: &[Stay], x: &str, lead: &str) {
    let curve = |stay: &Stay| {
        let longest = stay.curve.days.last().copied().unwrap_or(0);
        let points = (0..=longest).step_by(15).map(|day| (f64::from(day), stay.curve.survival_at(day)));
        Curve { name: quarter_name(stay.quarter), baseline: false, points: points.collect() }
    };
    let some: Vec<&Stay> = stays.iter().filter(|stay| stay.lost > 0).collect();
    let curves: Vec<Curve> = some[some.len().saturating_sub(DRAWN)..].iter().map(|stay| curve(stay)).collect();
    if curves.is_empty() {
        return;
    }
    let body = Curves {
        x: x.to_owned(),
        x_unit: Unit::Number(0),
        y: "share still staying".to_owned(),
        y_unit: Unit::Share,
        curves,
        marks: Vec::new(),
    };
    let section = Section::new(cx.step, Body::Curves(body))
        .heading("How long customers stay, by quarter of arrival")
        .lead(lead)
        .chapter(Chapter::Customers);
    cx.section(section);
}

fn show_items(cx: &mut Context, items: Vec<(String, LastItem, f64)>) {
    if items.is_empty() {
        return;
    }
    let bars = Bars {
        what: "item in the last order".to_owned(),
        measure: "times as usual among lost customers as among others".to_owned(),
        unit: Unit::Number(2),
        bars: items
            .into_iter()
            .map(|(name, item, ratio)| Bar { name: format!("{name} ({} lost)", item.lost), value: ratio })
            .collect(),
    };
    let section = Section::new(cx.step, Body::Bars(bars))
        .heading("What was in the last order of those who left")
        .lead("An item may drive customers away, or be bought by those who come once: a reason to look, not a proof.")
        .chapter(Chapter::Customers);
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
