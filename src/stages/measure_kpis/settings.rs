//! Where the tables stand that KPIs need beside orders, and how time is divided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kpis::Grain;
use crate::stage::setting::{Choice, Count};
use crate::stage::{Finding, Input, Known, Need, Upstream};
use crate::tables::layouts::customers::CUSTOMERS;

impl Choice for Grain {
    const WHAT: &'static str = "division of time";

    fn rows() -> &'static [Grain] {
        &[Grain::Month, Grain::Quarter, Grain::Year, Grain::Week]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        let meaning = match self {
            Grain::Month => "calendar months",
            Grain::Quarter => "three months, from the month in which the business year begins",
            Grain::Year => "twelve months, from the month in which the business year begins",
            Grain::Week => "ISO 8601 weeks, Monday to Sunday",
            Grain::Own => "the shop's own periods",
        };
        (self.name(), meaning)
    }
}

/// A shop's own periods, such as the weeks of a 4-4-5 calendar: a table with one row per period.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPeriods {
    /// The stage whose table has one row per period.
    pub from: Upstream,
    /// The column with its name.
    #[serde(default = "period")]
    pub period: String,
    /// The column with its first day.
    #[serde(default = "starts")]
    pub starts: String,
    /// The column with the first day after it.
    #[serde(default = "ends")]
    pub ends: String,
    /// Periods of one year, such as 13, so that a period is compared with the same of the year before; 0 if not given: years are not compared.
    #[serde(default = "none")]
    pub a_year: Count<0, 366>,
}

/// Segments of customers: a table with one row per customer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentTable {
    /// The stage whose table has one row per customer, such as one of `segment`; `customer` is the account id.
    pub from: Upstream,
    /// The columns by which customers are divided. Each customer counts in the segment of the as-of date, in past periods too.
    pub columns: Vec<String>,
}

/// Costs of items.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostTable {
    /// The stage whose table has one row per item.
    pub from: Upstream,
    /// The column with the item's code.
    #[serde(default = "item")]
    pub item: String,
    /// The column with the cost of one piece, in the shop's currency; an item with an empty cell has no known cost.
    #[serde(default = "cost")]
    pub cost: String,
}

/// Further costs of customers, such as deliveries, contacts and service.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpenseTable {
    /// The stage whose table has one row per cost; `customer` is the account id.
    pub from: Upstream,
    /// The column with its date or time.
    #[serde(default = "time")]
    pub time: String,
    /// The column with the money, in the shop's currency.
    #[serde(default = "amount")]
    pub amount: String,
}

/// Money spent on acquisition.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendTable {
    /// The stage whose table has one row per date and channel.
    pub from: Upstream,
    /// The column with the date, or with a month such as 2011-03, which counts on its first day.
    #[serde(default = "period")]
    pub period: String,
    /// The column with the money, in the shop's currency.
    #[serde(default = "amount")]
    pub amount: String,
    /// The column with the channel. Where `segments` have a column of the same name, cost per new customer is given by channel, too.
    #[serde(default)]
    pub channel: Option<String>,
}

/// Answers to a survey.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerTable {
    /// The stage whose table has one row per person asked or answer; `customer` is the account id.
    pub from: Upstream,
    /// The column with the date or time of the answer.
    #[serde(default = "time")]
    pub time: String,
    /// The column with how satisfied they are.
    #[serde(default)]
    pub satisfaction: Option<String>,
    /// Worst and best answer of it.
    #[serde(default = "scale")]
    pub scale: [f64; 2],
    /// The column with how likely they are to recommend the shop, from 0 to 10.
    #[serde(default)]
    pub recommend: Option<String>,
    /// Whether rows with an empty answer are people who were asked and did not answer: then there is a response rate.
    #[serde(default)]
    pub asked: bool,
}

/// Complaints.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintTable {
    /// The stage whose table has one row per complaint; `customer` is the account id.
    pub from: Upstream,
    /// The column with its date or time.
    #[serde(default = "time")]
    pub time: String,
    /// The column with the number of the order that it is about. Without it a complaint counts in its own period.
    #[serde(default)]
    pub order: Option<String>,
    /// The column with the date or time of its resolution; empty while it is open. Without it nothing is said of resolution.
    #[serde(default)]
    pub resolved: Option<String>,
}

/// A score per customer, as of the as-of date.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreTable {
    /// The stage whose table has one row per customer; `customer` is the account id.
    pub from: Upstream,
    /// The column with the score.
    pub column: String,
}

/// A cube of order lines.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cube {
    /// Up to 6 dimensions: a division of time (`month`), `country`, `category`, or a column of `segments`.
    pub by: Vec<String>,
    /// The groupings, each a list of dimensions; an empty list is the grand total. If not given: the total, each dimension, the first with
    /// each other, and all together.
    pub sets: Vec<Vec<String>>,
    /// Cells with fewer customers are hidden, with those from which they could be computed; 1 hides none.
    pub min_customers: Count<1, 10_000>,
}

impl Default for Cube {
    fn default() -> Cube {
        Cube { by: ["month", "country"].map(str::to_owned).to_vec(), sets: Vec::new(), min_customers: Count::of(10) }
    }
}

fn none() -> Count<0, 366> {
    Count::of(0)
}

fn period() -> String {
    "period".to_owned()
}

fn starts() -> String {
    "starts".to_owned()
}

fn ends() -> String {
    "ends".to_owned()
}

fn item() -> String {
    "item".to_owned()
}

fn cost() -> String {
    "cost".to_owned()
}

fn time() -> String {
    "time".to_owned()
}

fn amount() -> String {
    "amount".to_owned()
}

fn scale() -> [f64; 2] {
    [1.0, 5.0]
}

/// A setting that names a table: the key, the stage, whether rows are customers', and the columns that it needs.
pub struct Table<'a> {
    key: &'static str,
    from: &'a Upstream,
    of_customers: bool,
    columns: Vec<&'a str>,
}

impl Table<'_> {
    /// As an input.
    pub fn input(&self) -> Input {
        self.from.input(self.key, if self.of_customers { Need::Table(&CUSTOMERS) } else { Need::AnyTable })
    }

    /// The columns that are named and cannot be there.
    pub fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.columns.iter().filter_map(|column| known.column(self.key, &self.from.0, column)).collect()
    }
}

/// A table with these columns under a key.
fn table<'a>(
    key: &'static str,
    from: &'a Upstream,
    of_customers: bool,
    columns: impl IntoIterator<Item = &'a String>,
) -> Table<'a> {
    Table { key, from, of_customers, columns: columns.into_iter().map(String::as_str).collect() }
}

impl super::MeasureKpis {
    /// The tables beside orders and contracts that the settings name.
    pub(super) fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = Vec::new();
        if let Some(own) = &self.calendar {
            tables.push(table("calendar", &own.from, false, [&own.period, &own.starts, &own.ends]));
        }
        for segments in &self.segments {
            tables.push(table("segments", &segments.from, true, &segments.columns));
        }
        if let Some(costs) = &self.costs {
            tables.push(table("costs", &costs.from, false, [&costs.item, &costs.cost]));
        }
        if let Some(expenses) = &self.expenses {
            tables.push(table("expenses", &expenses.from, true, [&expenses.time, &expenses.amount]));
        }
        if let Some(spend) = &self.spend {
            let columns = [&spend.period, &spend.amount].into_iter().chain(&spend.channel);
            tables.push(table("spend", &spend.from, false, columns));
        }
        if let Some(answers) = &self.answers {
            let columns = [&answers.time].into_iter().chain(&answers.satisfaction).chain(&answers.recommend);
            tables.push(table("answers", &answers.from, true, columns));
        }
        if let Some(complaints) = &self.complaints {
            let columns = [&complaints.time].into_iter().chain(&complaints.order).chain(&complaints.resolved);
            tables.push(table("complaints", &complaints.from, true, columns));
        }
        for (key, score) in [("loyalty", &self.loyalty), ("value", &self.value)] {
            tables.extend(score.iter().map(|score| table(key, &score.from, true, [&score.column])));
        }
        tables
    }
}
