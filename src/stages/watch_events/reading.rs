//! Tables of dates as triggers read them, and the ledger of contacts.

use std::collections::BTreeMap;

use super::plain;
use super::settings::WatchedTrigger;
use crate::diagnostics::{Problem, Result, codes};
use crate::numeric::calendar::day_of;
use crate::orders::{NONE, Names};
use crate::stage::{Context, MAIN};
use crate::stages::events::columns_of_stage;
use crate::stages::persons::Places;
use crate::stages::rows::instants;
use crate::stages::words::{events, watch_events as say};
use crate::tables::layouts::contacts::CAUSES;
use crate::tables::{Batches, read_schema};
use crate::triggers::{Contact, DatedRow, NEVER, Rule};

impl WatchedTrigger {
    /// The rows of its table with customers who have ordered. Rows without a date are set aside; but whoever complained, nobody knows when, is
    /// left in peace from the beginning.
    pub(super) fn rows(
        &self,
        cx: &mut Context,
        stage: &str,
        places: &Places,
        subjects: &mut Names,
        start: i64,
    ) -> Result<Vec<DatedRow>> {
        let trigger = self.on.0;
        let schema = read_schema(&cx.input(stage).table(MAIN)?)?;
        let usual = |named: &Option<String>, usual: &str| {
            let usual = schema.index_of(usual).is_ok().then(|| usual.to_owned());
            named.clone().or(usual)
        };
        let (recorded, resolved) = (usual(&self.recorded, "recorded"), usual(&self.resolved, "resolved"));
        let named = [&recorded, &resolved, &self.subject, &self.value, &self.error];
        let mut must = vec!["customer", self.date.as_str()];
        must.extend(named.into_iter().filter_map(|column| column.as_deref()));
        let table = columns_of_stage(cx, stage, &must, &[])?;
        let dates = |column: &Option<String>| -> Result<Option<Vec<Option<i64>>>> {
            let Some(column) = column else { return Ok(None) };
            Ok(Some(instants(cx, &table, column)?.into_iter().map(|time| time.map(day_of)).collect()))
        };
        let (days, known, ends) = (dates(&Some(self.date.clone()))?, dates(&recorded)?, dates(&resolved)?);
        let numbers = |column: &Option<String>| column.as_ref().map(|column| table.numbers(column)).transpose();
        let (values, errors) = (numbers(&self.value)?, numbers(&self.error)?);
        let about = self.subject.as_ref().map(|column| table.texts(column)).transpose()?;
        let days = days.expect("every table has dates");
        let (mut rows, mut undated, mut strangers) = (Vec::new(), 0_u64, 0_u64);
        for (place, customer) in table.texts("customer")?.iter().enumerate() {
            let Some(person) = customer.as_deref().and_then(|customer| places.get(customer)) else {
                strangers += 1;
                continue;
            };
            let known = known.as_ref().and_then(|known| known[place]);
            let day = days[place].or(known);
            if day.is_none() {
                undated += 1;
                if trigger.suppresses.is_none() {
                    continue;
                }
            }
            let day = day.unwrap_or(start - 2);
            let subject = about.as_ref().and_then(|about| about[place].as_deref()).filter(|text| !text.is_empty());
            let end = match &ends {
                Some(ends) => ends[place].unwrap_or(NEVER),
                // A table that does not say when complaints are closed has them closed at once.
                None if trigger.suppresses.is_some() && days[place].is_some() => day,
                None => NEVER,
            };
            rows.push(DatedRow {
                subject: subject.map_or(NONE, |subject| subjects.intern(subject)),
                known: known.unwrap_or(if trigger.ahead > 0 { i64::MIN } else { day }),
                ends: end,
                value: values.as_ref().map_or(f64::NAN, |values| values[place]),
                error: errors.as_ref().map_or(f64::NAN, |errors| errors[place]),
                ..DatedRow::new(person as u32, day)
            });
        }
        // What holds other contacts back must not be lost because it names customers in another way.
        if trigger.suppresses.is_some() && strangers > 0 && strangers == table.rows() as u64 {
            let found = format!("none of the {strangers} rows of `{stage}` names a customer who has ordered");
            return Problem::new(&codes::KEYS_UNKNOWN, found)
                .help(
                    "compare its column `customer` with that of the orders: another system's ids, or a wrong column"
                        .to_owned(),
                )
                .err();
        }
        for (count, words) in [(undated, &events::UNDATED), (strangers, &events::STRANGERS)] {
            if count > 0 {
                cx.note(words.with([("rows", count.into()), ("stage", stage.into())]));
            }
        }
        Ok(rows)
    }
}

/// The ledger as a night reads it.
#[derive(Default)]
pub(super) struct Ledger {
    /// Customer, key and first day of contacts that these triggers started.
    pub(super) caused: Vec<(u32, String, i64)>,
    /// The contacts of other lists, both arms: who is held back uses up caps as if contacted, so that arms stay alike.
    pub(super) others: Vec<Contact>,
}

impl Ledger {
    /// Reads the contacts of customers who have ordered. The day of a contact is that of its first event, and what is sent of one list is one
    /// contact whatever came of it.
    pub(super) fn read(
        cx: &mut Context,
        stage: &str,
        places: &Places,
        rules: &[Rule],
        channels: &mut Names,
    ) -> Result<Ledger> {
        let columns = ["contact", "customer", "date", "channel", "cause"];
        let path = cx.input(stage).table(MAIN)?;
        let there = read_schema(&path)?;
        let wanted: Vec<&str> = columns.into_iter().filter(|name| there.index_of(name).is_ok()).collect();
        let table = Batches::read(&path, &wanted)?;
        let optional = |name: &str| if table.has(name) { table.texts(name) } else { Ok(vec![None; table.rows()]) };
        let (contacts, customers, dates) = (table.texts("contact")?, table.texts("customer")?, table.dates("date")?);
        let (channel, cause) = (optional("channel")?, optional("cause")?);
        // By contact: the first day, the customer, the channel, the cause.
        let mut first: BTreeMap<&str, (i64, usize)> = BTreeMap::new();
        for (row, contact) in contacts.iter().enumerate() {
            let day = dates[row].map_or(i64::MAX, i64::from);
            let seen = first.entry(contact.as_deref().unwrap_or_default()).or_insert((day, row));
            if day < seen.0 {
                *seen = (day, row);
            }
        }
        let of_all_nights = cx.input(stage).record.tables.contains_key(CAUSES);
        let (mut ledger, mut strangers) = (Ledger::default(), 0_u64);
        for &(day, row) in first.values() {
            let Some(person) = customers[row].as_deref().and_then(|customer| places.get(customer)) else {
                strangers += 1;
                continue;
            };
            let key = cause[row].as_deref().filter(|cause| is_of(rules, cause));
            match key {
                Some(key) if !of_all_nights => ledger.caused.push((person as u32, key.to_owned(), day)),
                Some(_) => {}
                None => {
                    let channel = channel[row].as_deref().map(plain).filter(|channel| !channel.is_empty());
                    let channel = channel.map_or(NONE, |channel| channels.intern(&channel));
                    ledger.others.push(Contact { person: person as u32, day, channel });
                }
            }
        }
        if of_all_nights {
            let table = Batches::read(&cx.input(stage).table(CAUSES)?, &["customer", "cause", "date"])?;
            let (customers, causes, dates) = (table.texts("customer")?, table.texts("cause")?, table.dates("date")?);
            for row in 0..causes.len() {
                let Some(cause) = causes[row].as_deref().filter(|cause| is_of(rules, cause)) else { continue };
                let person = customers[row].as_deref().and_then(|customer| places.get(customer));
                if let Some((person, day)) = person.zip(dates[row]) {
                    ledger.caused.push((person as u32, cause.to_owned(), i64::from(day)));
                }
            }
        }
        cx.metric("contacts_of_other_lists", ledger.others.len() as f64);
        if strangers > 0 {
            cx.note(say::STRANGERS.with([("contacts", strangers.into()), ("stage", stage.into())]));
        }
        Ok(ledger)
    }
}

/// Whether one of the triggers made a key.
fn is_of(rules: &[Rule], cause: &str) -> bool {
    let name = cause.split(':').next().unwrap_or_default();
    rules.iter().any(|rule| rule.name == name)
}
