//! Persons: how they are reached, whether they agreed, who must be left alone.

use super::ingest::{self, Mapped};
use super::shop::{Shop, Source};
use super::text::{Page, quoted, table};
use crate::profiling::{Column, Role};

/// What lists can use of persons.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Whether there is a stage `customers`.
    pub known: bool,
    /// Its columns for lists: none where nobody is known to have agreed, because a list with addresses needs consent.
    pub contacts: Vec<&'static str>,
    /// Whether it says who agreed to e-mail.
    pub consent: bool,
    /// Whether there is a stage `suppressions`, with a reason, and empty today.
    pub suppression: bool,
    pub reason: bool,
    pub empty: bool,
    /// Whether suppressions name persons by their addresses while orders have ids.
    pub by_address: bool,
}

/// What there is.
pub fn of(shop: &Shop) -> People {
    let mut people = People::default();
    if !shop.has_customers() {
        return people;
    }
    if let Some(persons) = usable(shop) {
        people.known = true;
        people.consent = persons.table.roles.has(Role::Consent) && persons.table.roles.has(Role::Email);
        if people.consent {
            let listed = contact_columns(persons).into_iter().filter(|row| row.0 != Role::Telephone);
            people.contacts = listed.map(|row| row.1).collect();
        }
    } else if !consent_of_export(shop).is_empty() {
        people.known = true;
        people.contacts = vec!["email"];
        people.consent = true;
    }
    if let Some(suppression) = shop.suppression.first() {
        people.suppression = true;
        people.reason = suppression.table.roles.has(Role::Reason);
        people.empty = shop.suppression.iter().all(|source| source.table.rows == 0);
        let named = key_of(shop, suppression).is_some_and(|column| column.email_share() >= 0.5);
        people.by_address = named && !shop.by_address();
    }
    people
}

/// The SELECT of a known export that gives persons with their consent.
fn consent_of_export(shop: &Shop) -> &'static str {
    let Some(export) = shop.lines[0].table.export else { return "" };
    let accepts =
        shop.lines[0].table.columns.iter().any(|column| crate::profiling::plain(&column.name) == "acceptsmarketing");
    if accepts { export.people } else { "" }
}

/// The column that names persons as the orders do, else the one that names them at all.
fn key_of<'a>(shop: &Shop, source: &'a Source) -> Option<&'a Column> {
    let table = &source.table;
    let (first, second) = if shop.by_address() { (Role::Email, Role::Customer) } else { (Role::Customer, Role::Email) };
    table.column(first).or_else(|| table.column(second)).or_else(|| table.column(Role::Telephone))
}

/// The table of persons, where its key is that of the orders.
fn usable<'a>(shop: &Shop<'a>) -> Option<&'a Source> {
    let persons = shop.persons.first()?;
    let key = if shop.by_address() { persons.table.column(Role::Email) } else { persons.table.column(Role::Customer) };
    key.map(|_| *persons)
}

fn contact_columns(persons: &Source) -> Vec<(Role, &'static str, &'static str)> {
    [
        (Role::Email, "email", "id"),
        (Role::Telephone, "phone", "id"),
        (Role::FirstName, "first_name", "id"),
        (Role::LastName, "last_name", "id"),
    ]
    .into_iter()
    .filter(|row| persons.table.roles.has(row.0))
    .collect()
}

/// Writes the stages.
pub fn write(page: &mut Page, shop: &Shop) {
    if !shop.has_customers() {
        return;
    }
    match (usable(shop), consent_of_export(shop)) {
        (Some(persons), _) => of_table(page, shop, persons),
        (None, sql) if !sql.is_empty() => {
            page.blank();
            page.comment("Who agreed to e-mail, by the orders: one no counts, whatever other orders say.");
            let columns = [("customer", "text"), ("email", "text"), ("consent", "text")];
            let columns: Vec<(String, String)> =
                columns.iter().map(|(name, kind)| ((*name).to_owned(), quoted(kind))).collect();
            page.stage_here(
                "customers",
                &[
                    ("kind", quoted("sql")),
                    ("inputs", "[\"raw\"]".to_owned()),
                    ("query", format!("\"\"\"\n{sql}\n\"\"\"")),
                    ("columns", table(&columns, "columns".len() + 3)),
                ],
            );
        }
        _ => {
            page.blank();
            match shop.persons.first() {
                Some(persons) => page.unsure(&format!(
                    "{} looks like customers, but has no column with the keys of the orders, so it is not read",
                    persons.table.name
                )),
                None => page.comment(
                    "No file holds addresses and consent: lists have the customers' ids only. Add a stage `customers` as in pipelines/demo-shop.toml.",
                ),
            }
        }
    }
    if let Some(suppression) = shop.suppression.first() {
        page.blank();
        let mut columns = Vec::new();
        if let Some(column) = key_of(shop, suppression) {
            columns.push(Mapped::of("customer", &column.name, "id"));
        }
        if let Some(column) = suppression.table.column(Role::Reason) {
            columns.push(Mapped::of("reason", &column.name, "id"));
        }
        page.comment("Who must not be contacted; applied last, to every list.");
        ingest::write(page, "suppressions", &shop.suppression, &columns, &[], &[]);
    } else {
        page.blank();
        page.comment("No file holds persons who must not be contacted. Add a stage `suppressions` before the first list is sent.");
    }
}

fn of_table(page: &mut Page, shop: &Shop, persons: &Source) {
    let key = if shop.by_address() { Role::Email } else { Role::Customer };
    let mut columns = Vec::new();
    columns.extend(persons.table.column(key).map(|column| Mapped::of("customer", &column.name, "id")));
    for (role, name, kind) in contact_columns(persons) {
        columns.extend(persons.table.column(role).map(|column| Mapped::of(name, &column.name, kind)));
    }
    page.blank();
    match persons.table.column(Role::Consent) {
        Some(column) => {
            columns.push(Mapped::of("consent", &column.name, "id"));
            page.unsure(&format!(
                "`{}` ({}) is taken for the consent to e-mail; who has not said yes is left out",
                column.name,
                column.examples.join(", ")
            ));
        }
        None => page.unsure(&format!(
            "no column of {} says who agreed to e-mail, so lists have no addresses; see `consent` of select-targets and `lawful_basis` of deliver",
            persons.table.name
        )),
    }
    ingest::write(page, "customers", &shop.persons, &columns, &[], &[]);
}
