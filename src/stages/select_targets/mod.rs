//! `select-targets`: from scores, segments and offers to a target list with a control group and a reason on every row.

mod asked;
mod candidates;
mod checked;
mod consent;
mod foreseen;
mod held;
mod offered;
mod settings;
mod shown;
mod sources;
mod written;

use super::examples;
use super::holdouts::{UNIT, global, unit_of};
use crate::campaigns::{Candidate, Consent, SelectionSettings, select};
use crate::diagnostics::{Problem, Result, codes};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Shape, Stage, read_as, schema_of};
use crate::tables::layouts::campaign::{AUDIT, TARGETS};
use crate::tables::layouts::contacts::CONTACTS;
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::offers::OFFERS;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::{ColumnType, Date};
pub use asked::consent_column;
use held::listed_before;
use offered::offer_column;
pub use settings::SelectTargets;
pub(super) use sources::all_read;
use written::{Chosen, write_audit};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "select-targets",
    version: 7,
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
        inputs.extend(self.measured_on.iter().map(|orders| orders.input("measured_on", Need::Table(&ORDERS))));
        inputs.extend(self.after.iter().map(|list| list.input("after", Need::Table(&TARGETS))));
        inputs.extend(self.history.iter().map(|history| history.input("history", Need::Table(&CONTACTS))));
        inputs
    }

    fn output(&self) -> Output {
        let mut columns = Vec::new();
        for place in (1..=self.offers_each.get()).filter(|_| self.offers.is_some()) {
            let mut add = |what: &str, kind| columns.push((offer_column(place, what), Some(kind)));
            add("item", ColumnType::Text);
            add("name", ColumnType::Text);
            add("reason", ColumnType::Text);
            if self.has_windows() {
                add("from", ColumnType::Date);
                add("until", ColumnType::Date);
            }
        }
        columns.extend(self.unit.iter().map(|_| (UNIT.to_owned(), Some(ColumnType::Text))));
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

    fn leaves_out_global(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let directory = self.directory(cx)?;
        let candidates = self.candidates(cx, &directory)?;
        let suppression = self.suppression(cx, &directory)?;
        let consent = self.consent(cx, &directory)?;
        let offers = match &self.offers {
            Some(offers) => Some(self.offers(cx, &offers.0, &directory)?),
            None => None,
        };
        let keys = &candidates.keys;
        cx.made.rows_in = keys.len() as u64;
        let persons: Vec<Option<u32>> = keys.iter().map(|key| directory.place(key)).collect();
        let has_offer =
            |row: usize| offers.as_ref().zip(persons[row]).is_some_and(|(offers, person)| offers.any(person));
        let cost = (self.cost_per_contact.get() * 10_000.0).round() as i64;
        let units: Vec<String> =
            keys.iter().enumerate().map(|(row, key)| unit_of(key, candidates.household(row))).collect();
        let people: Vec<Candidate> = (0..keys.len())
            .map(|row| Candidate {
                key: &keys[row],
                unit: &units[row],
                score: candidates.scores[row],
                group: candidates.group(row),
                consents: consent
                    .as_ref()
                    .is_none_or(|consent| persons[row].is_some_and(|person| consent.to_any(person))),
                exclusion: match candidates.excluded[row] {
                    _ if persons[row].is_none() => Some("no customer id"),
                    true => self.exclude.as_deref(),
                    false if self.must_have_offer && !has_offer(row) => Some("no offer"),
                    false => None,
                },
                cost,
                // Where the scores say who is held back, nobody else is: no second draw is mixed in.
                held: candidates.held.get(row).map(|held| *held == Some(true)),
            })
            .collect();
        let mut contacts = self.earlier(cx, keys, &units, &directory)?;
        let places = SelectionSettings { global: global(cx), day: cx.as_of().map_or(0, Date::days), ..self.places() };
        let selection = select(&people, &places, &suppression, &mut contacts).map_err(|errors| {
            let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Problem::new(&codes::BAD_VALUE, words.join("; ")).boxed()
        })?;
        cx.metric(CONTROL_SHARE, self.control_share(cx, &candidates.held));
        cx.metric(COST_PER_CONTACT, self.cost_per_contact.get());
        drop(people);
        let mut rows: Vec<usize> = selection.listed().iter().chain(selection.control()).copied().collect();
        rows.sort_unstable();
        let offers = match &offers {
            Some(offers) => {
                let chosen: Vec<Option<u32>> = rows.iter().map(|&row| persons[row]).collect();
                offers.of(&chosen, self.offers_each.get() as usize)?
            }
            None => Vec::new(),
        };
        let shown = candidates.shown(&rows)?;
        let reasons = self.reasons(&shown, rows.len(), &offers)?;
        let chosen = Chosen { rows, shown, offers, reasons };
        let consents = |row: usize, channel| {
            consent
                .as_ref()
                .zip(persons[row])
                .is_some_and(|(consent, person): (&Consent, u32)| consent.to(person, channel))
        };
        self.write_targets(cx, &candidates, &selection, &chosen, (&units, &consents))?;
        self.foresee(cx, keys, &units, &selection)?;
        write_audit(cx, keys, &selection)?;
        let before = listed_before(cx)?;
        self.hold_jumps(cx, before.as_ref().map(|before| before.len() as u64), selection.listed().len() as u64);
        self.hold_lost_objections(cx, &selection)?;
        self.show(cx, keys, &selection, &chosen, before.as_ref())
    }
}

impl SelectTargets {
    /// The chance to be held back: the list's own, or that of the scores where they say who is held back. Where they do not say the chance, it
    /// is the share of those held back.
    fn control_share(&self, cx: &Context, held: &[Option<bool>]) -> f64 {
        if held.is_empty() {
            return self.control.get();
        }
        let share = held.iter().filter(|held| **held == Some(true)).count() as f64 / held.len() as f64;
        cx.input(&self.scores.0).record.metrics.get(CONTROL_SHARE).copied().unwrap_or(share)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arrow::array::RecordBatch;
    use serde_json::json;

    use super::super::columns::Columns;
    use super::super::parted::{made, made_in, stored};
    use super::*;
    use crate::stage::{MAIN, Stored};
    use crate::tables::Batches;
    use crate::tables::layouts::offers::OFFERS;

    /// More than the candidates whose columns are written together.
    const CANDIDATES: usize = 40_000;

    fn name(n: usize) -> String {
        format!("c{n:05}")
    }

    /// Candidates in no order, each with a reason of its own.
    fn scores() -> RecordBatch {
        let all: Vec<usize> = (0..CANDIDATES).map(|n| n * 7_919 % CANDIDATES).collect();
        let mut columns = Columns::new();
        columns
            .text("customer", all.iter().map(|&n| name(n)))
            .number("score", all.iter().map(|&n| (n % 1_009) as f64))
            .maybe_text("reason_1", all.iter().map(|&n| (n % 5 > 0).then(|| format!("because of {n}"))));
        columns.batch()
    }

    /// A row of each candidate, and another one of every third where there are `several`.
    fn values(several: bool) -> RecordBatch {
        let more = (0..if several { CANDIDATES } else { 0 }).filter(|n| n % 3 == 0).map(|n| (n, format!("a{n:05}")));
        let rows: Vec<(usize, String)> = more.chain((0..CANDIDATES).map(|n| (n, format!("v{n:05}")))).collect();
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| name(row.0)))
            .maybe_text("value", rows.iter().map(|row| (row.0 % 7 > 0).then_some(&row.1)))
            .maybe_text("tenth", rows.iter().map(|row| Some(format!("{}", row.0 % 10))));
        columns.batch()
    }

    /// Two offers of a product that is asked for and one of another, for most candidates; the worse of the two comes first.
    fn offers() -> RecordBatch {
        let rows: Vec<(usize, &str, i64)> = (0..CANDIDATES)
            .filter(|n| n % 4 > 0)
            .flat_map(|n| [(n, "repurchase", 2), (n, "cross-sell", 1), (n, "repurchase", 1)])
            .collect();
        let item = |row: &(usize, &str, i64)| format!("i{}-{}-{}", row.0, row.1, row.2);
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|row| name(row.0)))
            .text("product", rows.iter().map(|row| row.1))
            .integer("rank", rows.iter().map(|row| row.2))
            .text("item", rows.iter().map(item))
            .text("name", rows.iter().map(item))
            .number("score", rows.iter().map(|_| 1.0))
            .text("reason", rows.iter().map(|row| format!("offered {}", item(row))))
            .maybe_date("offer_from", rows.iter().map(|_| None))
            .maybe_date("offer_until", rows.iter().map(|_| None));
        columns.batch_of(&OFFERS)
    }

    fn inputs(folder: &Path, several: bool) -> [Stored; 3] {
        [("at_risk", scores()), ("values", values(several)), ("offers", offers())]
            .map(|(step, batch)| stored(folder, step, &[(MAIN, batch)], 9_000, false))
    }

    fn list(more: &serde_json::Value) -> SelectTargets {
        let mut settings = json!({
            "scores": "at_risk", "with": ["values"], "offers": "offers", "offer_product": "repurchase", "offers_each": 2,
            "must_have_offer": true, "columns": ["value"], "where": "value <> 'a00003'", "group": "tenth", "control": 0.1,
        });
        let more = more.as_object().expect("settings").clone();
        settings.as_object_mut().expect("settings").extend(more);
        serde_json::from_value(settings).expect("a list")
    }

    #[test]
    fn what_is_shown_is_the_customers_own_in_parts_of_any_size() {
        for several in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let inputs = inputs(folder.path(), several);
            let inputs = [&inputs[0], &inputs[1], &inputs[2]];
            let risk = json!({ "top": 3_000, "must_have_offer": false });
            for stage in [list(&json!({ "top": 3_000, "per_group": 700 })), list(&json!({})), list(&risk)] {
                let out = tempfile::tempdir().expect("a folder");
                let whole = made_in(&stage, &inputs, u64::MAX, 1, out.path());
                let table = Batches::read(&out.path().join("main.parquet"), &[]).expect("a table");
                let text = |column: &str| -> Vec<Option<String>> { table.texts(column).expect("a column") };
                let (customers, shown, items) = (text("customer"), text("value"), text("offer_1_item"));
                let (second, reasons) = (text("offer_2_item"), [text("reason_1"), text("reason_2")]);
                let why_offered = text("offer_1_reason");
                let number = |row: usize| -> usize {
                    customers[row].as_deref().expect("a customer")[1..].parse().expect("its number")
                };
                assert!(customers.len() > 2_999);
                for row in 0..customers.len() {
                    let n = number(row);
                    let has_offer = n % 4 > 0;
                    assert!((has_offer || !stage.must_have_offer) && n % 7 > 0 && (n != 3 || !several), "{n}");
                    let own = if several && n % 3 == 0 { 'a' } else { 'v' };
                    assert_eq!(shown[row], Some(format!("{own}{n:05}")));
                    let item = |rank: usize| has_offer.then(|| format!("i{n}-repurchase-{rank}"));
                    assert_eq!((&items[row], &second[row]), (&item(1), &item(2)));
                    let offered = |rank: usize| item(rank).map(|item| format!("offered {item}"));
                    assert_eq!(why_offered[row], offered(1));
                    let expected = match (stage.must_have_offer, n % 5) {
                        (true, _) => [offered(1), offered(2)],
                        (false, 0) => [Some("ranked by score".to_owned()), None],
                        (false, _) => [Some(format!("because of {n}")), None],
                    };
                    assert_eq!([&reasons[0][row], &reasons[1][row]], [&expected[0], &expected[1]]);
                }
                let ranked: Vec<usize> = (0..customers.len()).map(|row| number(row) % 1_009).collect();
                assert!(ranked.is_sorted_by(|a, b| a >= b));
                for (rows_a_part, threads) in [(1, 2), (20_000, 1), (20_000, 2)] {
                    assert_eq!(made(&stage, &inputs, rows_a_part, threads), whole);
                }
            }
        }
    }
}
