//! The funnel of complaints: failures out of tables, orders as what was known and what came after.

use super::IndexSatisfaction;
use super::reading::midnight;
use crate::diagnostics::{Problem, Result, codes};
use crate::orders::{After, AsOf, UNMATCHED};
use crate::report::{Body, Cell, Chapter, Column, Section, Table, Text, Unit, Value};
use crate::satisfaction::{Complaint, Failure, Funnel, FunnelRow, FunnelSettings, Outcome, complaint_funnel};
use crate::stage::Context;
use crate::stages::columns::Columns;
use crate::stages::events::{columns_of_stage, event_lines};
use crate::stages::orders::{History, Wanted, orders as orders_of_stage};
use crate::stages::persons::Places;
use crate::stages::rows::instants;
use crate::stages::words::index_satisfaction as say;
use crate::tables::layouts::satisfaction::COMPLAINT_FUNNEL;

/// The kind of returns, and of failures without one.
const RETURN: &str = "return";
const FAILURE: &str = "failure";
/// All kinds together.
const ALL: &str = "all";

impl IndexSatisfaction {
    /// Follows failures to complaints, resolutions and later orders; an empty table without complaints.
    pub(super) fn complaint_funnel(&self, cx: &mut Context) -> Result<()> {
        let (Some(orders), Some(complaints)) = (&self.orders, &self.complaints) else {
            return cx.write("complaint_funnel", &COMPLAINT_FUNNEL, &[]);
        };
        let wanted = Wanted { orders: true, returns: true, ..Wanted::default() };
        let history = orders_of_stage(cx, &orders.0, wanted)?;
        let places = Places::of(&history.customers.to_vec());
        let as_of = cx.as_of()?.midnight();
        let complained = self.complaints_of(cx, &complaints.0, &places, as_of)?;
        let (failures, kinds) = match &self.failures {
            Some(stage) => self.failures_of(cx, &stage.0, &places, as_of)?,
            None => (returns(&history, as_of), vec![RETURN.to_owned()]),
        };
        let settings =
            FunnelSettings { complain_days: self.complain_within.days(), kept_days: self.kept_within.days() };
        // A horizon that is not over is no outcome: `After` refuses it, and the funnel counts it as open.
        let after = |from: i64, until: i64| After::new(&history.orders, from, (until - from) / midnight(1), as_of);
        let funnel = complaint_funnel(
            &failures,
            &complained,
            settings,
            as_of,
            |customer, time| AsOf::new(&history.orders, time).lines(customer).orders(),
            |customer, from, until| after(from, until).is_ok_and(|after| !after.lines(customer).time.is_empty()),
        );
        cx.note(say::FUNNEL.with([
            (
                "customers",
                (funnel.rows.iter().filter(|row| row.kind.is_none()).map(|row| row.customers).sum::<u64>()).into(),
            ),
            ("open", funnel.open.into()),
            ("complaints", funnel.complaints.into()),
            ("without", funnel.without_failure.into()),
        ]));
        write(cx, &funnel, &kinds)?;
        self.show_funnel(cx, &funnel, &kinds);
        Ok(())
    }

    /// The complaints that were known by the as-of date; of their resolutions those that were.
    fn complaints_of(&self, cx: &mut Context, stage: &str, places: &Places, as_of: i64) -> Result<Vec<Complaint>> {
        let lines = event_lines(cx, stage, places, &[])?;
        let known = |row: &usize| lines.time[*row].max(lines.recorded[*row]) < as_of;
        let complaint = |row: usize| Complaint {
            customer: lines.customer[row],
            time: lines.time[row],
            resolved: lines.resolved.as_ref().map(|resolved| resolved[row]).filter(|time| *time < as_of),
        };
        Ok((0..lines.time.len()).filter(known).map(complaint).collect())
    }

    fn failures_of(
        &self,
        cx: &mut Context,
        stage: &str,
        places: &Places,
        as_of: i64,
    ) -> Result<(Vec<Failure>, Vec<String>)> {
        let table = columns_of_stage(cx, stage, &["customer", "date"], &["kind"])?;
        let times = instants(cx, &table, "date")?;
        let kinds = if table.has("kind") { table.texts("kind")? } else { vec![None; times.len()] };
        let kind = |row: usize| kinds[row].as_deref().map(str::trim).filter(|kind| !kind.is_empty()).unwrap_or(FAILURE);
        let mut names: Vec<String> = (0..times.len()).map(|row| kind(row).to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() > MOST_KINDS {
            let what = format!("`{stage}` has {} kinds of failures, more than {MOST_KINDS}", names.len());
            return Problem::new(&codes::BAD_DATA, what)
                .help("the column `kind` is a category such as `late`, not a description: map another one".to_owned())
                .err();
        }
        let (mut failures, mut unused) = (Vec::new(), 0_u64);
        for (row, customer) in table.texts("customer")?.iter().enumerate() {
            match (customer.as_deref().and_then(|customer| places.get(customer)), times[row]) {
                (Some(place), Some(time)) if time < as_of => {
                    let number = names.binary_search_by(|name| name.as_str().cmp(kind(row))).expect("all are there");
                    failures.push(Failure { customer: place as u32, time, since: time, kind: number as u32 });
                }
                _ => unused += 1,
            }
        }
        note_unused(cx, stage, unused);
        Ok((failures, names))
    }

    fn show_funnel(&self, cx: &mut Context, funnel: &Funnel, kinds: &[String]) {
        let heads = [
            &say::FAILURE,
            &say::OUTCOME,
            &say::CUSTOMERS,
            &say::KEPT_SHARE,
            &say::FROM,
            &say::TO,
            &say::DIFFERENCE,
            &say::FROM,
            &say::TO,
        ];
        let mut table = Table { columns: heads.into_iter().map(Column::new).collect(), ..Table::default() };
        for row in &funnel.rows {
            let share = |value: f64| Cell::Number(value, Unit::Share);
            let (difference, low, high) = row.difference.unwrap_or((f64::NAN, f64::NAN, f64::NAN));
            let maybe = |value: f64| if value.is_nan() { Cell::Missing } else { share(value) };
            table.push(vec![
                Cell::text(name(row, kinds)),
                Cell::text(Text::from(outcome(row.outcome).1)),
                Cell::Count(row.customers),
                share(row.share.0),
                share(row.share.1),
                share(row.share.2),
                maybe(difference),
                maybe(low),
                maybe(high),
            ]);
        }
        let lead = say::FUNNEL_LEAD.with([
            ("complain", Value::Count(self.complain_within.days() as u64)),
            ("kept", Value::Count(self.kept_within.days() as u64)),
        ]);
        let section = Section::new(cx.step, Body::Table(table)).heading(&say::FUNNEL_HEADING).lead(lead);
        cx.section(section.chapter(Chapter::Customers));
    }
}

/// Kinds of failures at most: more are descriptions, not kinds.
const MOST_KINDS: usize = 50;

fn note_unused(cx: &mut Context, stage: &str, rows: u64) {
    if rows > 0 {
        cx.note(say::UNUSED_ROWS.with([("rows", rows.into()), ("stage", stage.into())]));
    }
}

/// Goods that customers sent back before the as-of date.
fn returns(history: &History, as_of: i64) -> Vec<Failure> {
    let known = AsOf::new(&history.orders, as_of);
    (0..known.customers() as u32)
        .flat_map(|customer| {
            let returns = known.returns(customer);
            returns.time.iter().zip(returns.bought).map(move |(&time, &bought)| {
                // Who sends goods back may have complained of them before.
                Failure { customer, time, since: if bought == UNMATCHED { time } else { bought }, kind: 0 }
            })
        })
        .collect()
}

/// How an outcome is written, in the table and in the report.
fn outcome(of: Outcome) -> (&'static str, &'static crate::report::Phrase) {
    match of {
        Outcome::Quiet => ("quiet", &say::QUIET),
        Outcome::Resolved => ("resolved", &say::RESOLVED),
        Outcome::Unresolved => ("unresolved", &say::UNRESOLVED),
    }
}

fn name<'a>(row: &FunnelRow, kinds: &'a [String]) -> &'a str {
    row.kind.map_or(ALL, |kind| kinds[kind as usize].as_str())
}

fn write(cx: &mut Context, funnel: &Funnel, kinds: &[String]) -> Result<()> {
    let rows = &funnel.rows;
    let difference = |of: fn((f64, f64, f64)) -> f64| rows.iter().map(move |row| row.difference.map_or(f64::NAN, of));
    let mut columns = Columns::new();
    columns
        .text("failure", rows.iter().map(|row| name(row, kinds)))
        .text("outcome", rows.iter().map(|row| outcome(row.outcome).0))
        .integer("customers", rows.iter().map(|row| row.customers as i64))
        .integer("kept", rows.iter().map(|row| row.kept as i64))
        .number("share", rows.iter().map(|row| row.share.0))
        .number("low", rows.iter().map(|row| row.share.1))
        .number("high", rows.iter().map(|row| row.share.2))
        .maybe_number("difference", difference(|d| d.0))
        .maybe_number("difference_low", difference(|d| d.1))
        .maybe_number("difference_high", difference(|d| d.2));
    cx.write("complaint_funnel", &COMPLAINT_FUNNEL, &[columns.batch()])
}
