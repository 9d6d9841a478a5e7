//! `study-churn`: those who left: when, with what value, after which last order, from which group, and how many came back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::examples;
use super::history::history;
use super::rows::days;
use super::stage::{read_as, schema_of};
use super::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, Upstream};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::features::{AsOf, LastItem, LostMonth, Stay, last_items, lost_months, lost_now, stays};
use crate::numeric::calendar::{civil_of_day, month_start};
use crate::report::{Bar, Bars, Body, Cell, Chapter, Curve, Curves, Section, Table, Unit};
use crate::tables::customers::CUSTOMERS;
use crate::tables::lost::{LAST_ITEMS, LOST_GROUPS, LOST_MONTHS, STAYS};
use crate::tables::orders::ORDERS;
use crate::tables::{Batches, ColumnType};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "study-churn",
    version: 2,
    meaning: "Studies those who left: losses by month with their value, how long customers stay, last items, groups, and who came back.",
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
    /// The `clean-orders` stage.
    orders: Upstream,
    /// Who has not ordered for this span is lost, such as `180d` or `26w`.
    #[serde(default = "usual_quiet")]
    quiet: String,
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

fn usual_quiet() -> String {
    "180d".to_owned()
}

fn usual_least() -> u64 {
    20
}

/// Items and groups shown in the report.
const SHOWN: usize = 15;
/// Quarters drawn, the latest.
const DRAWN: usize = 6;

impl Stage for StudyChurn {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.orders.input("orders", Need::Table(&ORDERS))];
        inputs.extend(self.customers.iter().map(|stage| stage.input("customers", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&LOST_MONTHS).and("stays", &STAYS).and("last_items", &LAST_ITEMS).and("groups", &LOST_GROUPS)
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Err(error) = days(&self.quiet) {
            findings.push(Finding::at("quiet", error));
        }
        if self.customers.is_some() != self.by.is_some() {
            findings.push(Finding::at("by", "`customers` names the stage and `by` its column: give both or neither"));
        }
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let history = history(cx, &self.orders.0)?;
        cx.made.rows_in = history.orders.lines() as u64;
        let known = AsOf::new(&history.orders, cx.as_of()?.midnight());
        let quiet = days(&self.quiet).expect("checked");
        let months = lost_months(known, quiet);
        let lost = lost_now(known, quiet);
        let (gone, all) = (
            lost.iter().filter(|lost| **lost == Some(true)).count() as u64,
            lost.iter().filter(|lost| lost.is_some()).count() as u64,
        );
        cx.metric("lost", gone as f64);
        cx.metric("lost_share", gone as f64 / all.max(1) as f64);
        cx.note(format!("{gone} of {all} customers have been silent for {quiet} days or more"));
        write_months(cx, &months)?;
        let stays = stays(known, quiet);
        write_stays(cx, &stays)?;
        let mut last = last_items(known, quiet);
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
        show_months(cx, &months, quiet);
        show_stays(cx, &stays);
        show_items(cx, last.iter().take(SHOWN).map(|item| (name(item), *item, ratio(item))).collect());
        self.groups(cx, &history.customers, &lost)
    }
}

impl StudyChurn {
    fn groups(&self, cx: &mut Context, names: &[String], lost: &[Option<bool>]) -> Result<()> {
        let (Some(stage), Some(by)) = (&self.customers, &self.by) else {
            return cx.write("groups", &LOST_GROUPS, &[]);
        };
        let table = Batches::read(&cx.input(&stage.0).table(MAIN)?, &[])?;
        if !table.has(by) {
            let known: Vec<&str> = table.schema.fields().iter().map(|f| f.name().as_str()).collect();
            let near = did_you_mean(by, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            return Problem::new(&codes::BAD_TABLE, format!("`{}` has no column `{by}`", stage.0)).help(near).err();
        }
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
            let (low, high) = wilson(group.2, group.1);
            shown.push(vec![
                Cell::text(&group.0),
                Cell::Count(group.1),
                Cell::Count(group.2),
                Cell::Number(rate(group), Unit::Share),
                Cell::Text(format!("{:.1} – {:.1} %", 100.0 * low, 100.0 * high)),
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

/// The interval of a share (E. Wilson, JASA 22, 1927) at 95 %.
fn wilson(part: u64, all: u64) -> (f64, f64) {
    let (n, z) = (all as f64, 1.959_963_984_540_054_f64);
    let p = part as f64 / n;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let low = if part == 0 { 0.0 } else { (middle - half).max(0.0) };
    (low, if part == all { 1.0 } else { (middle + half).min(1.0) })
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

fn show_months(cx: &mut Context, months: &[LostMonth], quiet: i64) {
    let mut table = Table::with(&["month", "lost", "value lost", "came back", "share come back"]);
    for month in months.iter().rev().take(24) {
        let (year, of_year, _) = civil_of_day(month_start(month.month));
        table.push(vec![
            Cell::Text(format!("{year}-{of_year:02}")),
            Cell::Count(month.lost),
            i64::try_from(month.value).map_or(Cell::Missing, Cell::Money),
            Cell::Count(month.came_back),
            Cell::Number(month.came_back as f64 / month.lost as f64, Unit::Share),
        ]);
    }
    let section = Section::new(cx.step, Body::Table(table))
        .heading("Lost customers by month")
        .lead(format!(
            "Lost after {quiet} days of silence; value is what they had spent in the year up to their last order. Recent months have \
             had less time to win them back."
        ))
        .chapter(Chapter::Customers);
    cx.section(section);
}

fn show_stays(cx: &mut Context, stays: &[Stay]) {
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
        x: "days since the first order".to_owned(),
        x_unit: Unit::Number(0),
        y: "share still staying".to_owned(),
        y_unit: Unit::Share,
        curves,
        marks: Vec::new(),
    };
    let section = Section::new(cx.step, Body::Curves(body))
        .heading("How long customers stay, by quarter of arrival")
        .lead("Until the first loss, by Kaplan-Meier: who was never lost counts as watched until now.")
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
    use super::{quarter_name, wilson};

    #[test]
    fn quarters_and_intervals() {
        assert_eq!((quarter_name(0), quarter_name(167)), ("1970-Q1".to_owned(), "2011-Q4".to_owned()));
        // 15 of 50 at 95 %: 0.1910 to 0.4375 (R. Newcombe, Statistics in Medicine 17, 1998, gives the method's examples).
        let (low, high) = wilson(15, 50);
        assert!((low - 0.1910).abs() < 5e-4 && (high - 0.4375).abs() < 5e-4, "{low} {high}");
    }
}
