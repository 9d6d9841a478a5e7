//! `select-targets`: from scores, segments and offers to a target list with a control group and a reason on every row.

mod asked;
mod candidates;
mod checked;
mod consent;
mod held;
mod offered;
mod settings;
mod shown;
mod sources;
mod written;

use std::collections::BTreeMap;

use super::examples;
use crate::campaigns::{Candidate, Consent, select};
use crate::diagnostics::{Problem, Result, codes};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Shape, Stage, read_as, schema_of};
use crate::tables::ColumnType;
use crate::tables::layouts::campaign::{AUDIT, TARGETS};
use crate::tables::layouts::contacts::CONTACTS;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::offers::OFFERS;
pub use asked::consent_column;
use candidates::{EXCLUDED, GROUP, HELD, RANK};
use held::listed_before;
use offered::offer_column;
pub use settings::SelectTargets;
pub(super) use sources::all_read;
use written::write_audit;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "select-targets",
    version: 5,
    meaning: "Chooses whom to contact: conditions, ranking, caps, suppression last, a control group that persists, reasons in words.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        examples::CHURN,
        examples::AT_RISK,
        r#"
[stage.win_back]
kind = "select-targets"
scores = "at_risk"
with = ["features"]
where = "money_365d > 50"
top = 2000
control = 0.1
"#,
    ],
    read: read_as::<SelectTargets>,
    schema: schema_of::<SelectTargets>,
};

/// The metric with the share of persons held back.
pub(super) const CONTROL_SHARE: &str = "control_share";
/// The metric with what one contact costs, in the currency.
pub(super) const COST_PER_CONTACT: &str = "cost_per_contact";

impl Stage for SelectTargets {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![self.scores.input("scores", Need::Table(&CUSTOMERS))];
        inputs.extend(self.with.iter().map(|with| with.input("with", Need::Table(&CUSTOMERS))));
        inputs.extend(self.offers.iter().map(|offers| offers.input("offers", Need::Table(&OFFERS))));
        inputs.extend(self.consent.iter().map(|consent| consent.from.input("consent", Need::Table(&CUSTOMERS))));
        inputs.extend(self.contacts.iter().map(|contacts| contacts.input("contacts", Need::Table(&CUSTOMERS))));
        inputs.extend(self.suppression.iter().map(|s| s.input("suppression", Need::Table(&CUSTOMERS))));
        inputs.extend(self.history.iter().map(|history| history.input("history", Need::Table(&CONTACTS))));
        inputs
    }

    fn output(&self) -> Output {
        let mut columns = Vec::new();
        for place in (1..=self.offers_each.get()).filter(|_| self.offers.is_some()) {
            let mut add = |what: &str, kind| columns.push((offer_column(place, what), Some(kind)));
            add("item", ColumnType::Text);
            add("name", ColumnType::Text);
            if self.has_windows() {
                add("from", ColumnType::Date);
                add("until", ColumnType::Date);
            }
        }
        columns.extend(self.asked().map(|channel| (consent_column(channel), Some(ColumnType::Boolean))));
        columns.extend(self.columns.iter().map(|name| (name.clone(), None)));
        Output { main: Shape::Extended(&TARGETS, columns), also: vec![("audit", &AUDIT)] }
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let mut findings = self.check_candidates(known);
        findings.extend(self.consent.iter().flat_map(|consent| consent.check_columns(known)));
        findings
    }

    fn remembers(&self) -> bool {
        true
    }

    fn compares(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let directory = self.directory(cx)?;
        let candidates = self.candidates(cx, &directory)?;
        let suppression = self.suppression(cx, &directory)?;
        let consent = self.consent(cx, &directory)?;
        let offers = match &self.offers {
            Some(offers) => self.offers(cx, &offers.0, &directory)?,
            None => BTreeMap::new(),
        };
        let keys: Vec<String> = candidates.texts("customer")?.into_iter().map(Option::unwrap_or_default).collect();
        cx.made.rows_in = keys.len() as u64;
        let scores = candidates.numbers(RANK)?;
        let groups = if candidates.has(GROUP) { candidates.texts(GROUP)? } else { vec![None; keys.len()] };
        let excluded = candidates.booleans(EXCLUDED)?;
        let held = if candidates.has(HELD) { candidates.booleans(HELD)? } else { vec![None; keys.len()] };
        let persons: Vec<Option<u32>> = keys.iter().map(|key| directory.place(key)).collect();
        let cost = (self.cost_per_contact.get() * 10_000.0).round() as i64;
        let people: Vec<Candidate> = (0..keys.len())
            .map(|row| Candidate {
                key: &keys[row],
                score: scores[row],
                group: groups[row].as_deref(),
                consents: consent
                    .as_ref()
                    .is_none_or(|consent| persons[row].is_some_and(|person| consent.to_any(person))),
                exclusion: match excluded[row] {
                    _ if persons[row].is_none() => Some("no customer id"),
                    Some(true) => self.exclude.as_deref(),
                    _ if self.must_have_offer && !offers.contains_key(&keys[row]) => Some("no offer"),
                    _ => None,
                },
                cost,
                held: held[row],
            })
            .collect();
        let mut contacts = self.earlier(cx, &keys, &directory)?;
        let selection = select(&people, &self.places(), &suppression, &mut contacts).map_err(|errors| {
            let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Problem::new(&codes::BAD_VALUE, words.join("; ")).boxed()
        })?;
        let before =
            cx.input(&self.scores.0).record.metrics.get(CONTROL_SHARE).copied().filter(|_| candidates.has(HELD));
        cx.metric(CONTROL_SHARE, before.unwrap_or(self.control.get()));
        cx.metric(COST_PER_CONTACT, self.cost_per_contact.get());
        let reasons = self.reasons(&candidates, &keys, &offers)?;
        let consents = |row: usize, channel| {
            consent
                .as_ref()
                .zip(persons[row])
                .is_some_and(|(consent, person): (&Consent, u32)| consent.to(person, channel))
        };
        self.write_targets(cx, &candidates, &keys, &scores, &selection, &reasons, &offers, &consents)?;
        write_audit(cx, &keys, &selection)?;
        let before = listed_before(cx)?;
        self.hold_jumps(cx, before.as_ref().map(|before| before.len() as u64), selection.listed().len() as u64);
        self.hold_lost_objections(cx, &selection)?;
        self.show(cx, &keys, &selection, &reasons, before.as_ref())
    }
}
