//! The ledger of contacts as lists of persons with their arms; what cannot be used is set aside and counted by its rule.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::MeasureCampaign;
use crate::campaigns::ContactEvent;
use crate::diagnostics::Result;
use crate::keys::key;
use crate::stage::Context;
use crate::tables::Batches;
use crate::tables::layouts::contacts::CONTACTS;

pub(super) use crate::campaigns::CONTROL_ARM as CONTROL;

/// Why a row of the ledger, or a person, is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Customer, contact, list, event, arm or date is empty.
    Incomplete,
    /// The event is none that a contact has.
    UnknownEvent,
    /// The chance is not above 0 and at most 1.
    Chance,
    /// A result of a contact that was never planned.
    NoPlan,
    /// A result that is dated before its contact.
    TooEarly,
    /// A person in two arms of one list.
    TwoArms,
    /// Persons of one household in two arms of one list.
    TwoArmsInUnit,
    /// A negative cost; the person stays, the cost is taken as not known.
    Cost,
    /// A person of whom the orders know nothing before the list's date.
    UnknownPerson,
}

impl Rule {
    /// As the table of checks writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Rule::Incomplete => "incomplete_row",
            Rule::UnknownEvent => "unknown_event",
            Rule::Chance => "impossible_probability",
            Rule::NoPlan => "result_without_plan",
            Rule::TooEarly => "result_before_contact",
            Rule::TwoArms => "two_arms",
            Rule::TwoArmsInUnit => "two_arms_in_a_household",
            Rule::Cost => "negative_cost",
            Rule::UnknownPerson => "unknown_person",
        }
    }
}

/// Rows set aside by list and rule.
pub(super) type Aside = BTreeMap<(String, Rule), u64>;

/// A person of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    /// Account id as the ledger writes it.
    pub(super) customer: String,
    /// The normal form of the household, or of the customer.
    pub(super) unit: String,
    /// First planned day.
    pub(super) date: i32,
    /// The arm as drawn.
    pub(super) arm: String,
    pub(super) probability: f64,
    /// Costs of the contacts within the window, in the currency; nothing where none is given.
    pub(super) cost: Option<f64>,
    /// Whether a contact of the list reached the person, by what the ledger knows of delivery.
    pub(super) reached: bool,
}

/// A list with all who were drawn for it.
pub(super) struct List {
    pub(super) name: String,
    /// By household and customer.
    pub(super) persons: Vec<Person>,
    /// Whether anything is known of sending or delivery.
    pub(super) delivery: bool,
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
struct Row {
    customer: String,
    date: i32,
    event: String,
    contact: String,
    arm: String,
    probability: f64,
    unit: String,
    cost: f64,
}

impl MeasureCampaign {
    /// The lists of the ledger before the day `today`.
    pub(super) fn lists(&self, cx: &Context, today: i32) -> Result<(Vec<List>, Aside)> {
        let table = cx.read(&self.contacts.0, crate::stage::MAIN, &CONTACTS)?;
        let mut aside = Aside::new();
        let mut by_list: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for (list, row) in rows(&table)? {
            let Some(row) = row else {
                *aside.entry((list, Rule::Incomplete)).or_default() += 1;
                continue;
            };
            if row.date < today {
                by_list.entry(list).or_default().push(row);
            }
        }
        let lists = by_list.into_iter().map(|(name, rows)| list_of(name, rows, self.window.days(), &mut aside));
        let lists: Vec<List> = lists.filter(|list| !list.persons.is_empty()).collect();
        Ok((lists, aside))
    }
}

/// The rows with the name of their list; nothing for one with an empty cell that must not be empty.
fn rows(table: &Batches) -> Result<Vec<(String, Option<Row>)>> {
    let texts = |name: &str| -> Result<Vec<Option<String>>> {
        if table.has(name) { table.texts(name) } else { Ok(vec![None; table.rows()]) }
    };
    let [contact, customer, event, list, arm, unit] =
        [texts("contact")?, texts("customer")?, texts("event")?, texts("list")?, texts("arm")?, texts("unit")?];
    let (dates, chances) = (table.dates("date")?, table.numbers("probability")?);
    let costs = if table.has("cost") { table.numbers("cost")? } else { vec![f64::NAN; table.rows()] };
    let trimmed =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let row = |at: usize| {
        let row = || {
            Some(Row {
                customer: trimmed(&customer[at])?,
                date: dates[at]?,
                event: trimmed(&event[at])?,
                contact: trimmed(&contact[at])?,
                arm: trimmed(&arm[at])?,
                probability: chances[at],
                unit: trimmed(&unit[at]).unwrap_or_default(),
                cost: costs[at],
            })
        };
        let name = trimmed(&list[at]);
        (name.clone().unwrap_or_default(), name.and_then(|_| row()))
    };
    Ok((0..table.rows()).map(row).collect())
}

fn list_of(name: String, mut rows: Vec<Row>, window: i64, aside: &mut Aside) -> List {
    let mut count = |rule: Rule, rows: u64| {
        if rows > 0 {
            *aside.entry((name.clone(), rule)).or_default() += rows;
        }
    };
    let is_event = |row: &Row| ContactEvent::named(&row.event).is_some();
    let has_chance = |row: &Row| row.event != "planned" || (row.probability > 0.0 && row.probability <= 1.0);
    count(Rule::UnknownEvent, rows.iter().filter(|row| !is_event(row)).count() as u64);
    rows.retain(is_event);
    count(Rule::Chance, rows.iter().filter(|row| !has_chance(row)).count() as u64);
    rows.retain(has_chance);
    count(Rule::Cost, rows.iter().filter(|row| row.cost < 0.0).count() as u64);
    rows.iter_mut().filter(|row| row.cost < 0.0).for_each(|row| row.cost = f64::NAN);
    // Whatever the order of the rows: NaN compares as nothing, so costs come last and by their bits.
    rows.sort_by(|a, b| {
        let texts = |row: &Row| {
            (row.date, row.event.clone(), row.contact.clone(), row.customer.clone(), row.arm.clone(), row.unit.clone())
        };
        texts(a).cmp(&texts(b)).then(a.probability.total_cmp(&b.probability)).then(a.cost.total_cmp(&b.cost))
    });
    let delivered = rows.iter().any(|row| REACHED.contains(&row.event.as_str()));
    let delivery = delivered || rows.iter().any(|row| row.event == "sent");
    let mut by_person: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_person.entry(key(&row.customer)).or_default().push(row);
    }
    let mut persons = Vec::new();
    for rows in by_person.into_values() {
        let planned: BTreeMap<&str, i32> = rows
            .iter()
            .rev()
            .filter(|row| row.event == "planned")
            .map(|row| (row.contact.as_str(), row.date))
            .collect();
        let without = |row: &&Row| row.event != "planned" && !planned.contains_key(row.contact.as_str());
        count(Rule::NoPlan, rows.iter().filter(without).count() as u64);
        let Some(first) = rows.iter().find(|row| row.event == "planned") else { continue };
        let arms: BTreeSet<&str> =
            rows.iter().filter(|row| row.event == "planned").map(|row| row.arm.as_str()).collect();
        if arms.len() > 1 {
            count(Rule::TwoArms, rows.len() as u64);
            continue;
        }
        let early = |row: &&Row| planned.get(row.contact.as_str()).is_some_and(|planned| row.date < *planned);
        count(Rule::TooEarly, rows.iter().filter(early).count() as u64);
        let end = i64::from(first.date) + window;
        let own: Vec<&Row> = rows
            .iter()
            .filter(|row| planned.get(row.contact.as_str()).is_some_and(|planned| row.date >= *planned))
            .filter(|row| i64::from(row.date) < end)
            .collect();
        let mut costs: BTreeMap<&str, f64> = BTreeMap::new();
        for row in own.iter().filter(|row| row.cost >= 0.0) {
            // Plan and result may both state the cost of one contact.
            let cost = costs.entry(row.contact.as_str()).or_insert(row.cost);
            *cost = cost.max(row.cost);
        }
        let has = |event: &str| own.iter().any(|row| row.event == event);
        let unit = rows.iter().map(|row| key(&row.unit)).find(|unit| !unit.is_empty());
        persons.push(Person {
            customer: first.customer.clone(),
            unit: unit.map_or_else(|| format!("c {}", key(&first.customer)), |unit| format!("u {unit}")),
            date: first.date,
            arm: first.arm.clone(),
            probability: first.probability,
            cost: (!costs.is_empty()).then(|| costs.values().sum()),
            reached: if delivered { REACHED.iter().any(|event| has(event)) } else { has("sent") && !has("bounced") },
        });
    }
    persons.sort_by(|a, b| (&a.unit, &a.customer).cmp(&(&b.unit, &b.customer)));
    let mut kept: Vec<Person> = Vec::with_capacity(persons.len());
    for unit in persons.chunk_by(|a, b| a.unit == b.unit) {
        match unit.iter().all(|person| person.arm == unit[0].arm) {
            true => kept.extend_from_slice(unit),
            false => count(Rule::TwoArmsInUnit, unit.len() as u64),
        }
    }
    List { name: name.clone(), persons: kept, delivery }
}

/// Events that show that a contact came through.
const REACHED: [&str; 4] = ["delivered", "opened", "clicked", "redeemed"];

#[cfg(test)]
mod tests {
    use super::*;

    fn row(customer: &str, event: &str, date: i32, arm: &str) -> Row {
        Row {
            customer: customer.to_owned(),
            date,
            event: event.to_owned(),
            contact: format!("contact of {customer}"),
            arm: arm.to_owned(),
            probability: if arm == CONTROL { 0.2 } else { 0.8 },
            unit: String::new(),
            cost: f64::NAN,
        }
    }

    #[test]
    fn what_cannot_be_is_set_aside_by_its_rule() {
        let mut costly = row("k1", "planned", 10, "contacted");
        costly.cost = -1.0;
        let mut home = [row("k5", "planned", 10, "contacted"), row("k6", "planned", 10, CONTROL)];
        home.iter_mut().for_each(|row| row.unit = "H 1".to_owned());
        let mut rows = vec![
            costly,
            row("k1", "delivered", 11, "contacted"),
            row("K1", "opened", 9, "contacted"),
            row("k2", "planned", 10, CONTROL),
            row("k3", "planned", 10, CONTROL),
            row("k3", "planned", 12, "contacted"),
            row("k4", "delivered", 11, "contacted"),
            row("k2", "pondered", 11, CONTROL),
        ];
        rows.extend(home);
        let mut aside = Aside::new();
        let backwards: Vec<Row> = rows.iter().rev().cloned().collect();
        let list = list_of("spring".to_owned(), rows, 30, &mut aside);
        let customers: Vec<&str> = list.persons.iter().map(|person| person.customer.as_str()).collect();
        assert_eq!(customers, ["k1", "k2"]);
        assert!(list.persons[0].reached && !list.persons[1].reached && list.delivery);
        assert_eq!(list.persons[0].cost, None, "a negative cost is no cost that is known");
        let found: Vec<(Rule, u64)> = aside.iter().map(|((_, rule), rows)| (*rule, *rows)).collect();
        assert_eq!(
            found,
            [(Rule::UnknownEvent, 1), (Rule::NoPlan, 2), (Rule::TwoArms, 2), (Rule::TwoArmsInUnit, 2), (Rule::Cost, 1),]
        );
        let again = list_of("spring".to_owned(), backwards, 30, &mut Aside::new());
        assert_eq!(again.persons, list.persons);
    }

    #[test]
    fn the_first_plan_begins_the_window_and_costs_add_up_by_contact() {
        let with = |event: &str, date: i32, contact: &str, cost: f64| Row {
            contact: contact.to_owned(),
            cost,
            ..row("k1", event, date, "contacted")
        };
        let rows = vec![
            with("planned", 10, "a", 0.5),
            with("sent", 11, "a", 0.6),
            with("planned", 20, "b", 0.5),
            with("planned", 40, "c", 0.5),
            with("sent", 9, "a", 0.7),
        ];
        let mut aside = Aside::new();
        let list = list_of("spring".to_owned(), rows, 30, &mut aside);
        let person = &list.persons[0];
        assert_eq!((person.date, person.cost, person.reached), (10, Some(0.6 + 0.5), true));
        assert_eq!(aside.get(&("spring".to_owned(), Rule::TooEarly)), Some(&1));
    }
}
