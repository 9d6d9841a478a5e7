//! Who was contacted, and who was held back as a control group, in which period.

use std::collections::BTreeMap;

use super::settings::ContactTable;
use crate::diagnostics::Result;
use crate::lifecycle::{Contact, Track};
use crate::stage::Context;
use crate::stages::events::columns_of_stage;
use crate::stages::persons::Places;
use crate::stages::rows::instants;
use crate::stages::words::lifecycle as say;

/// By customer and the place of the date at which the period ends: whether there was a contact, and whether one was withheld.
pub(super) struct Contacts(BTreeMap<(u32, usize), (bool, bool)>);

impl Contacts {
    /// Reads the table.
    ///
    /// # Errors
    /// When a column is missing or holds something else.
    pub(super) fn read(cx: &mut Context, table: &ContactTable, places: &Places, track: &Track) -> Result<Contacts> {
        let stage = &table.from.0;
        let rows = columns_of_stage(cx, stage, &["customer", &table.at, &table.control], &[])?;
        let (names, times) = (rows.texts("customer")?, instants(cx, &rows, &table.at)?);
        let held = rows.booleans(&table.control)?;
        let (mut found, mut unused) = (BTreeMap::<(u32, usize), (bool, bool)>::new(), 0);
        for ((name, time), held) in names.iter().zip(times).zip(held) {
            let place = name.as_deref().and_then(|name| places.get(name));
            let (Some(place), Some(time), Some(held)) = (place, time, held) else {
                unused += 1;
                continue;
            };
            // The period that ends at the first date after it; before the first date nothing is known of stages.
            let end = track.dates.partition_point(|&date| date <= time);
            let contact = found.entry((place as u32, end)).or_default();
            (contact.0, contact.1) = (contact.0 || !held, contact.1 || held);
        }
        if unused > 0 {
            cx.note(say::NOT_NAMED.with([("rows", (unused as u64).into()), ("stage", stage.as_str().into())]));
        }
        Ok(Contacts(found))
    }

    /// What happened to a customer in the period that ends at a date. Who was contacted for one list and held back from another in the
    /// same period says nothing of contacts.
    pub(super) fn between(&self, customer: u32, end: usize) -> Contact {
        match self.0.get(&(customer, end)) {
            Some((true, false)) => Contact::Made,
            Some((false, true)) => Contact::Withheld,
            _ => Contact::Unknown,
        }
    }
}
