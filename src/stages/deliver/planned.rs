//! The planned contacts of a list, for the ledger: everybody who got a place, contacted or held back.

use super::Deliver;
use crate::campaigns::{CONTACTED_ARM, CONTROL_ARM, ContactEvent, ContactParts, contact_key};
use crate::diagnostics::Result;
use crate::stage::{Context, LEDGER_ROWS, MAIN};
use crate::stages::columns::Columns;
use crate::stages::select_targets::{CONTROL_SHARE, COST_PER_CONTACT};
use crate::stages::words::deliver as say;
use crate::tables::layouts::contacts::CONTACTS;
use crate::tables::{Batches, ColumnType, read_schema};

/// Columns of targets that say what is offered; the first that is there counts.
const OFFERS: [&str; 2] = ["offer", "offer_1_item"];
/// Columns of targets that say who is contacted together.
const UNITS: [&str; 2] = ["unit", "household"];

impl Deliver {
    /// Writes the table that a run enters in the ledger when it publishes.
    pub(super) fn plan_contacts(&self, cx: &mut Context, list: &str) -> Result<()> {
        if cx.made.as_of.is_none() {
            // Contacts that nobody could date would count in no cap and be of one night for ever.
            cx.note(&say::NOT_ENTERED);
            return cx.write(LEDGER_ROWS, &CONTACTS, &[]);
        }
        let targets = cx.input(&self.targets.0).clone();
        let path = targets.table(MAIN)?;
        let schema = read_schema(&path)?;
        let has = |name: &&&str, kind: ColumnType| {
            schema.field_with_name(name).is_ok_and(|field| ColumnType::of(field.data_type()) == Some(kind))
        };
        let text = |names: &[&'static str]| names.iter().find(|name| has(name, ColumnType::Text)).copied();
        let number = |name: &'static str| Some(name).filter(|name| has(&name, ColumnType::Number));
        let optional = [text(&OFFERS), text(&["channel"]), text(&["cause"]), text(&UNITS)];
        let (chance, cost) = (number("probability"), number("cost"));
        let mut columns = vec!["customer", "control", "valid_from", "valid_until"];
        columns.extend(optional.iter().flatten());
        columns.extend(chance.iter().chain(&cost));
        let table = Batches::read(&path, &columns)?;
        let texts = |column: Option<&str>| match column {
            Some(column) => table.texts(column),
            None => Ok(vec![None; table.rows()]),
        };
        let [offers, channels, causes, units] = optional.map(texts);
        let (offers, channels, causes, units) = (offers?, channels?, causes?, units?);
        let (customers, controls) = (table.texts("customer")?, table.booleans("control")?);
        let (from, until) = (table.dates("valid_from")?, table.dates("valid_until")?);
        let chances = chance.map(|column| table.numbers(column)).transpose()?;
        let costs = cost.map(|column| table.numbers(column)).transpose()?;
        let metric = |name: &str| targets.record.metrics.get(name).copied();
        let held_back = metric(CONTROL_SHARE).unwrap_or(0.0);
        let held = |row: usize| controls[row] == Some(true);
        let chance = |row: usize| match chances.as_ref().map(|chances| chances[row]) {
            Some(chance) if chance > 0.0 && chance <= 1.0 => chance,
            _ if held(row) => held_back,
            _ => 1.0 - held_back,
        };
        let cost = |row: usize| match &costs {
            Some(costs) => costs[row],
            None => metric(COST_PER_CONTACT).unwrap_or(f64::NAN),
        };
        let arm = |row: usize| if held(row) { CONTROL_ARM } else { CONTACTED_ARM };
        let given = |texts: &[Option<String>], row: usize| texts[row].clone().unwrap_or_default();
        let key = |row: usize| {
            contact_key(&ContactParts {
                list,
                date: from[row].unwrap_or(0),
                customer: customers[row].as_deref().unwrap_or(""),
                arm: arm(row),
                offer: &given(&offers, row),
                channel: &given(&channels, row),
                cause: &given(&causes, row),
            })
        };
        let mut rows: Vec<(String, usize)> = (0..table.rows()).map(|row| (key(row), row)).collect();
        rows.sort_unstable_by(|a, b| (&customers[a.1], a).cmp(&(&customers[b.1], b)));
        let of = |texts: &[Option<String>]| -> Vec<Option<String>> {
            rows.iter().map(|(_, row)| texts[*row].clone().filter(|text| !text.is_empty())).collect()
        };
        let mut columns = Columns::new();
        columns
            .text("contact", rows.iter().map(|(key, _)| key))
            .text("customer", rows.iter().map(|(_, row)| customers[*row].as_deref().unwrap_or("")))
            .text("event", rows.iter().map(|_| ContactEvent::Planned.name()))
            .date("date", rows.iter().map(|(_, row)| from[*row].unwrap_or(0)))
            .text("list", rows.iter().map(|_| list))
            .text("arm", rows.iter().map(|(_, row)| arm(*row)))
            .number("probability", rows.iter().map(|(_, row)| chance(*row)))
            .maybe_text("offer", of(&offers))
            .maybe_text("channel", of(&channels))
            .maybe_text("cause", of(&causes))
            .maybe_date("valid_until", rows.iter().map(|(_, row)| until[*row]))
            .maybe_text("unit", of(&units))
            .maybe_number("cost", rows.iter().map(|(_, row)| cost(*row)));
        cx.write(LEDGER_ROWS, &CONTACTS, &[columns.batch()])
    }
}
