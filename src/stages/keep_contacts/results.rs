//! Results as rows of the ledger: which contact each belongs to, and why some belong to none.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::{KeepContacts, Results};
use crate::campaigns::{
    CONTACTED_ARM, CONTROL_ARM, ContactEvent, ContactParts, NoContact, PlannedContact, PlannedContacts, contact_key,
};
use crate::diagnostics::Result;
use crate::numeric::calendar::DAY;
use crate::stage::{Context, MAIN};
use crate::stages::rows::{column_of, instants};
use crate::tables::{Batches, Date};

/// A row of the ledger.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) contact: String,
    pub(super) customer: String,
    pub(super) event: String,
    pub(super) date: i32,
    pub(super) list: String,
    pub(super) arm: String,
    pub(super) probability: f64,
    pub(super) offer: String,
    pub(super) channel: String,
    pub(super) cause: String,
    pub(super) valid_until: Option<i32>,
    pub(super) unit: String,
    pub(super) cost: f64,
}

impl Row {
    /// The rows of a table of the ledger.
    pub(super) fn all(table: &Batches) -> Result<Vec<Row>> {
        let [contact, customer, event, list, arm, offer, channel, cause, unit] =
            ["contact", "customer", "event", "list", "arm", "offer", "channel", "cause", "unit"]
                .map(|column| table.texts(column));
        let mut texts = [contact?, customer?, event?, list?, arm?, offer?, channel?, cause?, unit?];
        let (dates, until) = (table.dates("date")?, table.dates("valid_until")?);
        let (chances, costs) = (table.numbers("probability")?, table.numbers("cost")?);
        let mut take = |column: usize, row: usize| texts[column][row].take().unwrap_or_default();
        let row = |row: usize| Row {
            contact: take(0, row),
            customer: take(1, row),
            event: take(2, row),
            date: dates[row].unwrap_or(0),
            list: take(3, row),
            arm: take(4, row),
            probability: chances[row],
            offer: take(5, row),
            channel: take(6, row),
            cause: take(7, row),
            valid_until: until[row],
            unit: take(8, row),
            cost: costs[row],
        };
        Ok((0..table.rows()).map(row).collect())
    }

    /// What tells it from other rows: the ledger has each once.
    pub(super) fn identity(&self) -> (&str, &str, i32) {
        (&self.contact, &self.event, self.date)
    }

    /// Its place in the table.
    pub(super) fn place(&self) -> (&str, i32, &str, &str) {
        (&self.customer, self.date, &self.contact, &self.event)
    }

    /// Whether it plans a contact.
    pub(super) fn is_planned(&self) -> bool {
        self.event == ContactEvent::Planned.name()
    }

    /// Whether it says that a person who was held back got the message.
    pub(super) fn reached_control(&self) -> bool {
        self.arm == CONTROL_ARM && !self.is_planned()
    }
}

/// A row of results that belongs to no contact.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) stage: String,
    pub(super) row: usize,
    pub(super) rule: &'static str,
    pub(super) customer: Option<String>,
    pub(super) list: Option<String>,
    pub(super) event: Option<String>,
}

/// What was made of the results.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) rows: Vec<Row>,
    pub(super) faults: Vec<Fault>,
    /// Rows of days that are not over.
    pub(super) later: u64,
    /// Rows of lists that were made elsewhere.
    pub(super) elsewhere: u64,
}

/// A row of results as it is in its table.
struct Given {
    row: usize,
    customer: String,
    list: String,
    event: ContactEvent,
    date: i32,
    offer: String,
    channel: String,
    arm: Option<(String, f64)>,
    cost: f64,
}

impl KeepContacts {
    /// The results as rows of the ledger; contacts that were planned elsewhere come first, so that their results find them.
    pub(super) fn found(&self, cx: &mut Context, kept: &[Row], as_of: Date) -> Result<Found> {
        let mut found = Found::default();
        let mut given: Vec<(&str, Given)> = Vec::new();
        for results in &self.results {
            let rows = read(cx, results, as_of, &mut found)?;
            given.extend(rows.into_iter().map(|row| (results.from.0.as_str(), row)));
        }
        if given.is_empty() {
            return Ok(found);
        }
        // In the order of the days, so that the first event of a contact that was made elsewhere is what it begins with.
        given.sort_by_key(|(_, row)| (row.event != ContactEvent::Planned, row.date, row.event));
        let mut known = Known::of(kept);
        for (stage, row) in &given {
            if row.event == ContactEvent::Planned {
                let (arm, probability) = row.arm.clone().unwrap_or_else(|| (CONTACTED_ARM.to_owned(), 1.0));
                let new = contact_of(row, arm, probability);
                known.enter(&new, true);
                found.rows.push(new);
                continue;
            }
            let contact = known.planned.of(&row.list, &row.customer, row.date, &row.offer, &row.channel);
            match contact.map(|contact| contact.contact.clone()) {
                Ok(contact) => {
                    let of = &known.by_contact[&contact];
                    found.elsewhere += u64::from(!known.lists.contains(&row.list));
                    let cost = if row.cost.is_nan() { of.cost } else { row.cost };
                    let event = row.event.name().to_owned();
                    found.rows.push(Row { event, date: row.date, valid_until: None, cost, ..of.clone() });
                }
                Err(NoContact::TooEarly) => found.faults.push(fault(stage, row, "before-contact")),
                Err(NoContact::NotOnList) if known.lists.contains(&row.list) => {
                    found.faults.push(fault(stage, row, "not-on-list"));
                }
                Err(NoContact::NotOnList | NoContact::OtherList) => {
                    found.elsewhere += 1;
                    let new =
                        Row { event: row.event.name().to_owned(), ..contact_of(row, CONTACTED_ARM.to_owned(), 1.0) };
                    known.enter(&new, false);
                    found.rows.push(new);
                }
            }
        }
        let place = |fault: &Fault| (fault.stage.clone(), fault.row);
        found.faults.sort_by_key(place);
        Ok(found)
    }
}

/// The contacts so far, to match results with.
struct Known {
    planned: PlannedContacts,
    /// The first row of each contact.
    by_contact: BTreeMap<String, Row>,
    /// Lists that were planned; of others only results are known.
    lists: BTreeSet<String>,
}

impl Known {
    fn of(kept: &[Row]) -> Known {
        let mut known =
            Known { planned: PlannedContacts::default(), by_contact: BTreeMap::new(), lists: BTreeSet::new() };
        kept.iter().filter(|row| row.is_planned()).for_each(|row| known.enter(row, true));
        let mut others: Vec<&Row> = kept.iter().filter(|row| !known.by_contact.contains_key(&row.contact)).collect();
        others.sort_by(|a, b| (a.date, a.place()).cmp(&(b.date, b.place())));
        others.into_iter().for_each(|row| known.enter(row, false));
        known
    }

    /// Enters a contact, once.
    fn enter(&mut self, row: &Row, planned: bool) {
        if planned {
            self.lists.insert(row.list.clone());
        }
        if self.by_contact.contains_key(&row.contact) {
            return;
        }
        let contact = PlannedContact {
            contact: row.contact.clone(),
            date: row.date,
            offer: row.offer.clone(),
            channel: row.channel.clone(),
        };
        self.planned.add(&row.list, &row.customer, contact);
        self.by_contact.insert(row.contact.clone(), row.clone());
    }
}

/// The planned contact that a row means.
fn contact_of(row: &Given, arm: String, probability: f64) -> Row {
    let parts = ContactParts {
        list: &row.list,
        date: row.date,
        customer: &row.customer,
        arm: &arm,
        offer: &row.offer,
        channel: &row.channel,
        cause: "",
    };
    Row {
        contact: contact_key(&parts),
        customer: row.customer.clone(),
        event: ContactEvent::Planned.name().to_owned(),
        date: row.date,
        list: row.list.clone(),
        arm,
        probability,
        offer: row.offer.clone(),
        channel: row.channel.clone(),
        cause: String::new(),
        valid_until: None,
        unit: String::new(),
        cost: row.cost,
    }
}

fn fault(stage: &str, row: &Given, rule: &'static str) -> Fault {
    Fault {
        stage: stage.to_owned(),
        row: row.row,
        rule,
        customer: Some(row.customer.clone()),
        list: Some(row.list.clone()),
        event: Some(row.event.name().to_owned()),
    }
}

/// The rows of one table of results; those that cannot be used are entered in `found`.
fn read(cx: &mut Context, results: &Results, as_of: Date, found: &mut Found) -> Result<Vec<Given>> {
    let stage = results.from.0.as_str();
    let path = cx.input(stage).table(MAIN)?;
    let mut wanted = vec!["customer"];
    wanted.extend(results.columns().into_iter().map(|(_, column)| column));
    wanted.sort_unstable();
    wanted.dedup();
    let shape = Batches { schema: crate::tables::read_schema(&path)?, batches: Vec::new() };
    for column in &wanted {
        column_of(&shape, stage, column)?;
    }
    let table = Batches::read(&path, &wanted)?;
    let texts = |column: Option<&str>| match column {
        Some(column) => table.texts(column),
        None => Ok(vec![None; table.rows()]),
    };
    let (customers, events, lists) =
        (texts(Some("customer"))?, texts(Some(&results.event))?, texts(Some(&results.list))?);
    let (offers, channels, arms) =
        (texts(results.offer.as_deref())?, texts(results.channel.as_deref())?, texts(results.arm.as_deref())?);
    let times = instants(cx, &table, &results.at)?;
    let numbers = |column: &Option<String>| match column {
        Some(column) => table.numbers(column),
        None => Ok(vec![f64::NAN; table.rows()]),
    };
    let (chances, costs) = (numbers(&results.probability)?, numbers(&results.cost)?);
    let text = |texts: &[Option<String>], row: usize| texts[row].as_deref().unwrap_or("").trim().to_owned();
    let mut rows = Vec::new();
    for row in 0..table.rows() {
        let event = events[row].as_deref().and_then(|word| results.event_of(word));
        let date = times[row].map(|seconds| seconds.div_euclid(DAY) as i32);
        let arm = Some(text(&arms, row)).filter(|arm| !arm.is_empty());
        let rule = match () {
            () if text(&customers, row).is_empty() => "no-customer",
            () if text(&lists, row).is_empty() => "no-list",
            () if event.is_none() => "unknown-event",
            () if date.is_none() => "no-date",
            () if costs[row] < 0.0 => "negative-cost",
            () if arm.is_some() && !(chances[row] > 0.0 && chances[row] <= 1.0) => "bad-probability",
            () => "",
        };
        let (Some(event), Some(date), true) = (event, date, rule.is_empty()) else {
            found.faults.push(Fault {
                stage: stage.to_owned(),
                row,
                rule,
                customer: customers[row].clone(),
                list: lists[row].clone(),
                event: events[row].clone(),
            });
            continue;
        };
        if date >= as_of.days() {
            found.later += 1;
            continue;
        }
        rows.push(Given {
            row,
            customer: text(&customers, row),
            list: text(&lists, row),
            event,
            date,
            offer: text(&offers, row),
            channel: text(&channels, row),
            arm: arm.map(|arm| (arm, chances[row])),
            cost: costs[row],
        });
    }
    Ok(rows)
}
