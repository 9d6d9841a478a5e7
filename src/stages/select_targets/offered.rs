//! What is offered to whom: the best offers beside each customer of a list.

use std::collections::BTreeMap;

use super::SelectTargets;
use super::settings::OfferProduct;
use crate::diagnostics::Result;
use crate::keys::Directory;
use crate::stage::setting::Choice;
use crate::stage::{Context, MAIN};
use crate::stages::persons::Named;
use crate::stages::words::select_targets as say;
use crate::tables::layouts::offers::OFFERS;

/// An offer as it stands beside a customer.
pub(super) struct Offered {
    pub item: String,
    pub name: String,
    pub reason: String,
    /// First and last day of the send window, in days since 1970-01-01.
    pub window: [Option<i32>; 2],
}

impl SelectTargets {
    /// Whether offers may have days in which to send them.
    pub(super) fn has_windows(&self) -> bool {
        matches!(*self.offer_product, OfferProduct::All | OfferProduct::NextAfter)
    }

    /// The best offers of each customer.
    pub(super) fn offers(
        &self,
        cx: &mut Context,
        stage: &str,
        directory: &Directory,
    ) -> Result<BTreeMap<String, Vec<Offered>>> {
        let table = cx.read(stage, MAIN, &OFFERS)?;
        let text = |name: &str| -> Result<Vec<String>> {
            Ok(table.texts(name)?.into_iter().map(Option::unwrap_or_default).collect())
        };
        let (products, items, names, reasons) = (text("product")?, text("item")?, text("name")?, text("reason")?);
        let named = Named::of(stage, &table.texts("customer")?, directory);
        // An offer has many rows for each customer; what is told is who is not known.
        if named.counts.known == 0 && named.counts.rows > 0 {
            cx.note(say::NO_OFFER.with([("offers", named.counts.rows.into()), ("stage", stage.into())]));
        }
        let customer = |person: &Option<u32>| person.map(|person| directory.names()[person as usize].clone());
        let customers: Vec<Option<String>> = named.persons().iter().map(customer).collect();
        let ranks = table.integers("rank")?;
        let dates = |name: &str| {
            if table.has(name) { table.dates(name) } else { Ok(vec![None; ranks.len()]) }
        };
        let (from, until) = (dates("offer_from")?, dates("offer_until")?);
        let mut order: Vec<usize> = (0..customers.len()).collect();
        order.sort_by(|&a, &b| (&customers[a], ranks[a], &products[a]).cmp(&(&customers[b], ranks[b], &products[b])));
        let mut offers: BTreeMap<String, Vec<Offered>> = BTreeMap::new();
        for row in order {
            if *self.offer_product != OfferProduct::All && products[row] != self.offer_product.word() {
                continue;
            }
            let Some(customer) = &customers[row] else { continue };
            let of = offers.entry(customer.clone()).or_default();
            if of.len() < self.offers_each.get() as usize {
                of.push(Offered {
                    item: items[row].clone(),
                    name: names[row].clone(),
                    reason: reasons[row].clone(),
                    window: [from[row], until[row]],
                });
            }
        }
        Ok(offers)
    }
}

/// A column of the offer at this place, from 1.
pub(super) fn offer_column(place: u32, what: &str) -> String {
    format!("offer_{place}_{what}")
}
