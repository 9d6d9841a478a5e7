//! What is offered to whom: the best offers beside each customer of a list.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::SelectTargets;
use super::settings::OfferProduct;
use crate::diagnostics::Result;
use crate::keys::Directory;
use crate::orders::{NONE, Names, renumber};
use crate::stage::setting::Choice;
use crate::stage::{Context, MAIN};
use crate::stages::persons::Named;
use crate::stages::words::select_targets as say;
use crate::tables::Batches;

/// An offer as it stands beside a customer.
pub(super) struct Offered {
    pub item: String,
    pub name: String,
    /// Why it is offered.
    pub reason: String,
    /// First and last day of the send window, in days since 1970-01-01.
    pub window: [Option<i32>; 2],
}

/// Whom the offers of a stage are for. What they are is read when it is known who is chosen.
pub(super) struct Offers {
    path: PathBuf,
    /// The person of each offer, into the directory; none for offers that are not wanted and for persons who are not known.
    person: Vec<u32>,
    /// Whether each person of the directory has an offer.
    any: Vec<bool>,
}

impl Offers {
    /// Whether a person of the directory has an offer.
    pub(super) fn any(&self, person: u32) -> bool {
        self.any[person as usize]
    }

    /// The best offers of some persons, at most `each`, in the order of the persons.
    pub(super) fn of(&self, persons: &[Option<u32>], each: usize) -> Result<Vec<Vec<Offered>>> {
        let places = persons.iter().enumerate().filter_map(|(place, person)| Some(((*person)?, place)));
        let places: BTreeMap<u32, usize> = places.collect();
        let rows = self.person.iter().zip(0u32..).filter_map(|(person, row)| Some((row, *places.get(person)?)));
        let (rows, places): (Vec<u32>, Vec<usize>) = rows.unzip();
        let table = Batches::read_rows(&self.path, &rows)?;
        let text = |name: &str| -> Result<Vec<String>> {
            Ok(table.texts(name)?.into_iter().map(Option::unwrap_or_default).collect())
        };
        let (products, items, names, reasons) = (text("product")?, text("item")?, text("name")?, text("reason")?);
        let ranks = table.integers("rank")?;
        let dates = |name: &str| {
            if table.has(name) { table.dates(name) } else { Ok(vec![None; ranks.len()]) }
        };
        let (from, until) = (dates("offer_from")?, dates("offer_until")?);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| (places[a], ranks[a], &products[a]).cmp(&(places[b], ranks[b], &products[b])));
        let mut offers: Vec<Vec<Offered>> = persons.iter().map(|_| Vec::new()).collect();
        for row in order {
            let of = &mut offers[places[row]];
            if of.len() < each {
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

impl SelectTargets {
    /// Whether offers may have days in which to send them.
    pub(super) fn has_windows(&self) -> bool {
        matches!(*self.offer_product, OfferProduct::All | OfferProduct::NextAfter)
    }

    /// Whom the offers of the stage `stage` are for.
    pub(super) fn offers(&self, cx: &mut Context, stage: &str, directory: &Directory) -> Result<Offers> {
        let path = cx.input(stage).table(MAIN)?;
        let is_wanted =
            |product: &str| *self.offer_product == OfferProduct::All || product == self.offer_product.word();
        // Of each offer the number of its customer's key; a key has many offers.
        let mut read: (Names, Vec<u32>) = (Names::new(), Vec::new());
        cx.each_run(
            stage,
            cx.rows_a_part,
            &mut read,
            |_, run| {
                let groups: Vec<usize> = run.clone().collect();
                let table = Batches::read_groups(&path, &["customer", "product"], Some(&groups))?;
                let ((mut keys, names), (products, words)) = (table.ids("customer")?, table.ids("product")?);
                let wanted: Vec<bool> = words.iter().map(is_wanted).collect();
                for (key, product) in keys.iter_mut().zip(products) {
                    if !wanted.get(product as usize).copied().unwrap_or(is_wanted("")) {
                        *key = NONE;
                    }
                }
                Ok((keys, names))
            },
            |(all, rows), (mut keys, names)| {
                renumber(&mut keys, &all.absorb(&names));
                rows.append(&mut keys);
                Ok(())
            },
        )?;
        let (keys, mut person) = read;
        let keys: Vec<Option<String>> = keys.iter().map(|key| Some(key.to_owned())).collect();
        let named = Named::of(stage, &keys, directory);
        // An offer has many rows for each customer; what is told is who is not known.
        if named.counts.known == 0 && !person.is_empty() {
            cx.note(say::NO_OFFER.with([("offers", person.len().into()), ("stage", stage.into())]));
        }
        let to: Vec<u32> = named.persons().into_iter().map(|person| person.unwrap_or(NONE)).collect();
        renumber(&mut person, &to);
        let mut any = vec![false; directory.names().len()];
        person.iter().filter(|person| **person != NONE).for_each(|person| any[*person as usize] = true);
        Ok(Offers { path, person, any })
    }
}

/// A column of the offer at this place, from 1.
pub(super) fn offer_column(place: u32, what: &str) -> String {
    format!("offer_{place}_{what}")
}
