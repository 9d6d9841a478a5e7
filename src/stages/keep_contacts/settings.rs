//! Where the results of contacts come from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::campaigns::{CONTACT_EVENTS, ContactEvent, ContactEventRow};
use crate::stage::setting::{Choice, Chosen};
use crate::stage::{Finding, Known, Upstream};

/// The ledger of contacts, with the results that the shop hands in.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeepContacts {
    /// Tables with results of contacts, one row per event: what was sent, delivered, opened, clicked, redeemed, bounced or unsubscribed. A
    /// row that was entered once is not entered again.
    pub(super) results: Vec<Results>,
    /// The `clean-orders` stage whose as-of date counts; not needed where `[run]` names a date.
    pub(super) orders: Option<Upstream>,
    /// Output folders of other pipelines whose ledgers count as well, for caps over all lists of a shop.
    pub(super) also: Vec<String>,
}

/// A table of results. Rows belong to the latest contact of the list and the customer that began on or before their day.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Results {
    /// The stage with the rows; `customer` is the account id.
    pub(super) from: Upstream,
    /// The column with what happened.
    pub(super) event: String,
    /// Other words for what happened, by the word in that column. `planned` enters contacts that were planned elsewhere.
    pub(super) events: BTreeMap<String, Chosen<ContactEventRow>>,
    /// The column with the day on which it happened.
    pub(super) at: String,
    /// The column with the name of the list.
    pub(super) list: String,
    /// The column with the offer.
    pub(super) offer: Option<String>,
    /// The column with the channel.
    pub(super) channel: Option<String>,
    /// The column with the arm, of contacts that were planned elsewhere; `control` is who was left alone.
    pub(super) arm: Option<String>,
    /// The column with the chance of that arm, above 0, at most 1.
    pub(super) probability: Option<String>,
    /// The column with what the contact cost, in the currency, at least 0.
    pub(super) cost: Option<String>,
}

impl Default for Results {
    fn default() -> Results {
        Results {
            from: Upstream::default(),
            event: "event".to_owned(),
            events: BTreeMap::new(),
            at: "date".to_owned(),
            list: "list".to_owned(),
            offer: None,
            channel: None,
            arm: None,
            probability: None,
            cost: None,
        }
    }
}

impl Choice for ContactEventRow {
    const WHAT: &'static str = "event of a contact";

    fn rows() -> &'static [ContactEventRow] {
        &CONTACT_EVENTS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        (self.name, self.meaning)
    }
}

impl Results {
    /// The columns that it names, with the settings that name them.
    pub(super) fn columns(&self) -> Vec<(&'static str, &str)> {
        let mut columns = vec![("event", self.event.as_str()), ("at", &self.at), ("list", &self.list)];
        let others = [
            ("offer", &self.offer),
            ("channel", &self.channel),
            ("arm", &self.arm),
            ("probability", &self.probability),
            ("cost", &self.cost),
        ];
        columns.extend(others.into_iter().filter_map(|(key, column)| Some((key, column.as_deref()?))));
        columns
    }

    /// The event that a word means.
    pub(super) fn event_of(&self, word: &str) -> Option<ContactEvent> {
        let word = word.trim();
        self.events.get(word).map(|chosen| chosen.event).or_else(|| ContactEvent::named(&word.to_lowercase()))
    }
}

impl KeepContacts {
    /// What is wrong with the settings by themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (n, results) in self.results.iter().enumerate() {
            let key = format!("results.{}", n + 1);
            if results.from.0.is_empty() {
                findings.push(Finding::at(&key, "names no stage").help("write from = \"STAGE\""));
            }
            if results.arm.is_some() != results.probability.is_some() {
                let message = "an arm needs its probability, and a probability its arm";
                findings.push(Finding::at(&key, message).help("name both columns, or neither"));
            }
        }
        for folder in self.also.iter().filter(|folder| folder.trim().is_empty()) {
            findings.push(Finding::at("also", format!("`{folder}` names no folder")));
        }
        findings
    }

    /// What is wrong with the columns that it names.
    pub(super) fn column_findings(&self, known: &Known) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (n, results) in self.results.iter().enumerate() {
            for (key, column) in results.columns() {
                findings.extend(known.column(&format!("results.{}.{key}", n + 1), &results.from.0, column));
            }
        }
        findings
    }
}
