//! `keep-contacts`: the ledger of contacts as a table, with the results that the shop hands in.
//!
//! What lists planned comes from the ledger itself: a run enters it when it publishes. [`settings`] says where results come from,
//! [`results`] finds the contact of each, [`showing`] makes the section of the report.

mod results;
mod settings;
mod showing;

use std::collections::BTreeSet;

use self::results::{Fault, Row};
use self::settings::KeepContacts;
use super::examples;
use super::words::keep_contacts as say;
use crate::diagnostics::{Problem, Result, codes};
use crate::outside::{LEDGER_PREFIX, Opening, Outside};
use crate::stage::{Context, Finding, Input, Kind, Known, LEDGER_ROWS, MAIN, Need, Output, Stage, read_as, schema_of};
use crate::stages::columns::Columns;
use crate::tables::layouts::contacts::{CAUSES, CONTACT_CAUSES, CONTACT_FAULTS, CONTACTS};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::{Batches, Date};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "keep-contacts",
    version: 1,
    meaning: "The ledger of contacts: what lists planned and for whom, and what was sent, delivered, opened, used or bounced, from results that the shop hands in.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.contacts]
kind = "keep-contacts"
orders = "orders"
"#,
    ],
    read: read_as::<KeepContacts>,
    schema: schema_of::<KeepContacts>,
};

/// Rows of the ledger that are read at once.
const BATCH_ROWS: usize = 1 << 16;
/// The suffix of the table of rows that were set aside.
const FAULTS: &str = "rejects";

impl Stage for KeepContacts {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs: Vec<Input> =
            self.results.iter().map(|results| results.from.input("results", Need::Table(&CUSTOMERS))).collect();
        inputs.extend(self.orders.iter().map(|orders| orders.input("orders", Need::Table(&ORDERS))));
        inputs
    }

    fn outside(&self) -> Vec<Outside> {
        let others = self.also.iter().map(String::as_str);
        let all: Vec<String> = std::iter::once("").chain(others).map(|at| format!("{LEDGER_PREFIX}{at}")).collect();
        Outside::all(&all)
    }

    fn output(&self) -> Output {
        Output::table(&CONTACTS).and(LEDGER_ROWS, &CONTACTS).and(CAUSES, &CONTACT_CAUSES).and(FAULTS, &CONTACT_FAULTS)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.column_findings(known)
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let as_of = cx.as_of()?;
        let mut rows = kept(cx)?;
        sort(&mut rows);
        write_causes(cx, &rows, as_of)?;
        rows.retain(|row| row.date < as_of.days());
        let found = self.found(cx, &rows, as_of)?;
        let known: BTreeSet<_> = rows.iter().map(Row::identity).collect();
        let mut new: Vec<Row> = found.rows.into_iter().filter(|row| !known.contains(&row.identity())).collect();
        sort(&mut new);
        rows.extend(new.iter().cloned());
        sort(&mut rows);
        cx.metric("contacts", rows.len() as f64);
        cx.metric("new_results", new.len() as f64);
        cx.made.rejected = found.faults.len() as u64;
        if found.later > 0 {
            cx.note(say::LATER.with([("rows", found.later.into()), ("date", as_of.to_string().into())]));
        }
        if found.elsewhere > 0 {
            cx.note(say::ELSEWHERE.with([("rows", found.elsewhere.into())]));
        }
        tell_faults(cx, &found.faults);
        tell_contaminated(cx, &rows);
        cx.write(MAIN, &CONTACTS, &[table(&rows)])?;
        cx.write(LEDGER_ROWS, &CONTACTS, &[table(&new)])?;
        write_faults(cx, &found.faults)?;
        showing::show(cx, &rows, as_of);
        Ok(())
    }
}

/// The rows of the ledgers.
fn kept(cx: &mut Context) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut read = 0;
    for source in cx.sources {
        let Opening::Rows(stored) = source.opening() else { continue };
        let failed = |fault: String| Problem::new(&codes::BROKEN_LEDGER, fault).boxed();
        for batch in stored.read(BATCH_ROWS).map_err(failed)? {
            let batch = batch.map_err(|error| failed(error.to_string()))?;
            read += batch.num_rows() as u64;
            let table = Batches { schema: batch.schema(), batches: vec![batch] };
            rows.extend(Row::all(&table)?);
        }
    }
    cx.made.rows_in = read;
    Ok(rows)
}

/// In the order of the table, each event once.
fn sort(rows: &mut Vec<Row>) {
    rows.sort_by(|a, b| (a.identity(), a.place()).cmp(&(b.identity(), b.place())));
    rows.dedup_by(|a, b| a.identity() == b.identity());
    rows.sort_by(|a, b| a.place().cmp(&b.place()));
}

fn tell_faults(cx: &mut Context, faults: &[Fault]) {
    if faults.is_empty() {
        return;
    }
    let rules: BTreeSet<_> = faults.iter().map(|fault| fault.rule).collect();
    let count = |rule| faults.iter().filter(|fault| fault.rule == rule).count();
    let each = rules.into_iter().map(|rule| say::RULE.with([("rows", count(rule).into()), ("rule", rule.into())]));
    let values = [
        ("rows", faults.len().into()),
        ("rules", crate::report::Value::List(each.collect())),
        ("stage", cx.step.into()),
    ];
    cx.note(say::SET_ASIDE.with(values));
}

/// Persons who were held back by a list and sent something by it all the same.
fn tell_contaminated(cx: &mut Context, rows: &[Row]) {
    let sent = rows.iter().filter(|row| row.reached_control());
    let (mut persons, mut lists) = (BTreeSet::new(), BTreeSet::new());
    for row in sent {
        persons.insert((row.list.as_str(), row.customer.as_str()));
        lists.insert(row.list.as_str());
    }
    cx.metric("contaminated", persons.len() as f64);
    if !persons.is_empty() {
        let lists: Vec<&str> = lists.into_iter().collect();
        cx.note(say::CONTAMINATED.with([("persons", persons.len().into()), ("lists", lists.join(", ").into())]));
    }
}

fn table(rows: &[Row]) -> arrow::array::RecordBatch {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let mut columns = Columns::new();
    columns
        .text("contact", rows.iter().map(|row| &row.contact))
        .text("customer", rows.iter().map(|row| &row.customer))
        .text("event", rows.iter().map(|row| &row.event))
        .date("date", rows.iter().map(|row| row.date))
        .text("list", rows.iter().map(|row| &row.list))
        .text("arm", rows.iter().map(|row| &row.arm))
        .number("probability", rows.iter().map(|row| row.probability))
        .maybe_text("offer", rows.iter().map(|row| given(&row.offer)))
        .maybe_text("channel", rows.iter().map(|row| given(&row.channel)))
        .maybe_text("cause", rows.iter().map(|row| given(&row.cause)))
        .maybe_date("valid_until", rows.iter().map(|row| row.valid_until))
        .maybe_text("unit", rows.iter().map(|row| given(&row.unit)))
        .maybe_number("cost", rows.iter().map(|row| row.cost));
    columns.batch()
}

/// What events caused on all other nights: a night that is run after a later one must not cause it again.
fn write_causes(cx: &mut Context, rows: &[Row], as_of: Date) -> Result<()> {
    let is_caused = |row: &&Row| row.is_planned() && !row.cause.is_empty() && row.date != as_of.days();
    let caused: Vec<&Row> = rows.iter().filter(is_caused).collect();
    let mut columns = Columns::new();
    columns
        .text("customer", caused.iter().map(|row| &row.customer))
        .text("cause", caused.iter().map(|row| &row.cause))
        .date("date", caused.iter().map(|row| row.date));
    cx.write(CAUSES, &CONTACT_CAUSES, &[columns.batch()])
}

fn write_faults(cx: &mut Context, faults: &[Fault]) -> Result<()> {
    let mut columns = Columns::new();
    columns
        .text("stage", faults.iter().map(|fault| &fault.stage))
        .integer("row", faults.iter().map(|fault| fault.row as i64 + 1))
        .text("rule", faults.iter().map(|fault| fault.rule))
        .maybe_text("customer", faults.iter().map(|fault| fault.customer.as_ref()))
        .maybe_text("list", faults.iter().map(|fault| fault.list.as_ref()))
        .maybe_text("event", faults.iter().map(|fault| fault.event.as_ref()));
    cx.write(FAULTS, &CONTACT_FAULTS, &[columns.batch()])
}
