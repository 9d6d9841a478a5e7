//! `select-targets`: from scores, segments and offers to a target list with a control group and a reason on every row.

mod candidates;
mod consent;
mod offered;
mod sources;

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{ArrayRef, UInt64Array};
use arrow::compute::{concat_batches, take};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::DeTable;

use super::columns::Columns;
use super::examples;
use crate::stage::setting::{Amount, Choice, Chosen, Count, Number, Range, Share};
use crate::stage::{
    Context, Finding, Input, Kind, Known, MAIN, Need, Output, ReadStage, Shape, Stage, Upstream, nothing_missing,
    schema_of,
};
use candidates::{EXCLUDED, GROUP, RANK, REASON};
use consent::MAX_AGE_DAYS;
pub use consent::{ConsentSource, consent_column};
use offered::{Offered, offer_column};

use crate::campaigns::{
    Candidate, Change, Channel, Consent, Contacts, FEW, Outcome, Selection, SelectionSettings, change, select,
};
use crate::diagnostics::{Problem, Result, codes};
use crate::report::{self, Body, ListCard, Lists, Section};
use crate::tables::layouts::campaign::{AUDIT, TARGETS};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::offers::OFFERS;
use crate::tables::{Batches, ColumnType};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "select-targets",
    version: 4,
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
    read,
    schema: schema_of::<SelectTargets>,
};

/// A target list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SelectTargets {
    #[serde(flatten)]
    own: Own,
    #[serde(flatten)]
    selection: Places,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Own {
    /// The stage with one row per candidate: `customer`, `score` and, as a rule, reasons.
    scores: Upstream,
    /// Further stages with one row per customer; their columns can be used in conditions and carried along.
    with: Vec<Upstream>,
    /// The `recommend` stage whose best offers are put beside each customer.
    offers: Option<Upstream>,
    /// Which offers; all by rank if empty.
    offer_product: Chosen<OfferProduct>,
    /// Offers for each customer, 1 to 20.
    offers_each: Count<1, 20>,
    /// Whether customers without an offer are left out.
    must_have_offer: bool,
    /// SQL condition that candidates must meet, over the columns of `scores` and `with`.
    #[serde(rename = "where")]
    condition: Option<String>,
    /// SQL condition that leaves a candidate out, told as `excluded` in the audit.
    exclude: Option<String>,
    /// SQL expression to rank by, largest first; the score if not given.
    rank_by: Option<String>,
    /// SQL expression that `per_group` counts by, such as `segment`.
    group: Option<String>,
    /// SQL expression for a reason in words, put before the scores' own reasons.
    reason: Option<String>,
    /// Columns of `scores` and `with` to carry along.
    columns: Vec<String>,
    /// Cost of contacting one customer in the shop's currency, at most 1000000000, for `budget`.
    cost_per_contact: Number<Cost>,
    /// The stage with customers who must not be contacted. Applied last; the list is held when it is
    /// missing, empty, stale, or names nobody of the list.
    suppression: Option<Upstream>,
    /// Its column with the reason.
    suppression_reason: Option<String>,
    /// Its date or time column whose newest value says when it was last brought up to date.
    suppression_dated_by: Option<String>,
    /// Days that it may be old, seen from the as-of date.
    suppression_max_age_days: u32,
    /// Whether it may be empty; a broken export looks empty as well.
    suppression_may_be_empty: bool,
    /// Where each person's consent is, by channel. Applied last, with suppression; the list is held when the source cannot be trusted.
    consent: Option<ConsentSource>,
    /// The stage that says which customer has which e-mail address and telephone number. It is read only to find whom an address in
    /// `suppression` or `consent` means.
    contacts: Option<Upstream>,
    /// How many times longer or shorter than in the last good run the list may be, above 1; beyond that it is held. It is held as well
    /// when so many times fewer persons are left out for having objected. Differences of fewer than 10 persons do not count; 0 turns it
    /// off.
    max_change: Number<Factor>,
    /// Whether a list that had persons in the last good run may be empty; otherwise it is held.
    may_be_empty: bool,
    /// Days from the as-of date for which the list is meant.
    valid_days: u32,
}

impl Default for Own {
    fn default() -> Own {
        Own {
            scores: Upstream::default(),
            with: Vec::new(),
            offers: None,
            offer_product: Chosen::default(),
            offers_each: Count::of(1),
            must_have_offer: false,
            condition: None,
            exclude: None,
            rank_by: None,
            group: None,
            reason: None,
            columns: Vec::new(),
            cost_per_contact: Number::of(0.0),
            suppression: None,
            suppression_reason: None,
            suppression_dated_by: None,
            suppression_max_age_days: MAX_AGE_DAYS,
            suppression_may_be_empty: false,
            consent: None,
            contacts: None,
            max_change: Number::of(3.0),
            may_be_empty: false,
            valid_days: 30,
        }
    }
}

/// How many persons get a place on the list: they are listed, or held back as control.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Places {
    /// At most so many places.
    top: Option<u32>,
    /// At most this share, from 0 to 1, of the candidates that have a score and are not excluded, rounded down.
    share: Option<Share>,
    /// At most so many places within each group.
    per_group: Option<u32>,
    /// Candidates that score below this get no place.
    min_score: Option<f64>,
    /// Share, from 0 to 1, of all persons who are never contacted under this salt, so that the list's effect can be measured.
    control: Share,
    /// Names the control group. The same salt holds back the same persons in every run and every list; a new salt draws new ones.
    salt: String,
    /// At most so many currency units, 0 or more, for all contacts together.
    budget: Option<Amount>,
    /// At most so many contacts per person, counting earlier contacts and the lists before this one.
    contact_limit: Option<u32>,
}

impl Default for Places {
    fn default() -> Places {
        Places {
            top: None,
            share: None,
            per_group: None,
            min_score: None,
            control: Number::of(0.1),
            salt: "control".to_owned(),
            budget: None,
            contact_limit: None,
        }
    }
}

impl Places {
    /// As the selection takes them.
    fn settings(&self) -> SelectionSettings {
        SelectionSettings {
            top: self.top,
            share: self.share.map(Number::get),
            per_group: self.per_group,
            min_score: self.min_score,
            control: self.control.get(),
            salt: self.salt.clone(),
            budget: self.budget.map(Number::get),
            contact_limit: self.contact_limit,
        }
    }
}

/// Which offers are put beside a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfferProduct {
    All,
    CrossSell,
    Repurchase,
    NextAfter,
}

impl Choice for OfferProduct {
    const WHAT: &'static str = "product of offers";

    fn rows() -> &'static [OfferProduct] {
        &[OfferProduct::All, OfferProduct::CrossSell, OfferProduct::Repurchase, OfferProduct::NextAfter]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            OfferProduct::All => ("", "all by rank"),
            OfferProduct::CrossSell => ("cross-sell", "what the customer has never bought"),
            OfferProduct::Repurchase => ("repurchase", "what the customer buys again"),
            OfferProduct::NextAfter => (super::next_after::PRODUCT, "what comes next after what the customer bought"),
        }
    }
}

/// Cost of a contact.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cost;

impl Range for Cost {
    const WORDS: &'static str = "a number from 0 to 1000000000";

    fn holds(number: f64) -> bool {
        (0.0..=1e9).contains(&number)
    }

    fn schema() -> Value {
        json!({"minimum": 0, "maximum": 1_000_000_000})
    }
}

/// How many times longer or shorter.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Factor;

impl Range for Factor {
    const WORDS: &'static str = "a number above 1, nor 0, which turns it off";

    fn holds(number: f64) -> bool {
        number == 0.0 || number > 1.0
    }

    fn schema() -> Value {
        json!({"anyOf": [{"const": 0}, {"exclusiveMinimum": 1}]})
    }
}

/// Reads the two halves apart, so that a bad value is told at its own place.
fn read(table: Spanned<DeTable<'_>>) -> std::result::Result<ReadStage, toml::de::Error> {
    nothing_missing::<SelectTargets>(&table)?;
    let span = table.span();
    let selection_keys = crate::stage::keys_of(&schema_of::<Places>());
    let (selection, own): (Vec<_>, Vec<_>) =
        table.into_inner().into_iter().partition(|(key, _)| selection_keys.iter().any(|k| k == key.get_ref()));
    let half =
        |part: Vec<_>| toml::Deserializer::from(Spanned::new(span.clone(), part.into_iter().collect::<DeTable>()));
    let stage = SelectTargets { own: Own::deserialize(half(own))?, selection: Places::deserialize(half(selection))? };
    let settings = serde_json::to_string(&stage).expect("settings are plain data");
    Ok(ReadStage { stage: Box::new(stage), settings })
}

impl Stage for SelectTargets {
    fn inputs(&self) -> Vec<Input> {
        let own = &self.own;
        let mut inputs = vec![own.scores.input("scores", Need::Table(&CUSTOMERS))];
        inputs.extend(own.with.iter().map(|with| with.input("with", Need::Table(&CUSTOMERS))));
        inputs.extend(own.offers.iter().map(|offers| offers.input("offers", Need::Table(&OFFERS))));
        inputs.extend(own.consent.iter().map(|consent| consent.from.input("consent", Need::Table(&CUSTOMERS))));
        inputs.extend(own.contacts.iter().map(|contacts| contacts.input("contacts", Need::Table(&CUSTOMERS))));
        inputs.extend(own.suppression.iter().map(|s| s.input("suppression", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        let mut columns = Vec::new();
        for place in (1..=self.own.offers_each.get()).filter(|_| self.own.offers.is_some()) {
            let mut add = |what: &str, kind| columns.push((offer_column(place, what), Some(kind)));
            add("item", ColumnType::Text);
            add("name", ColumnType::Text);
            if self.has_windows() {
                add("from", ColumnType::Date);
                add("until", ColumnType::Date);
            }
        }
        columns.extend(self.asked().map(|channel| (consent_column(channel), Some(ColumnType::Boolean))));
        columns.extend(self.own.columns.iter().map(|name| (name.clone(), None)));
        Output { main: Shape::Extended(&TARGETS, columns), also: vec![("audit", &AUDIT)] }
    }

    fn check(&self) -> Vec<Finding> {
        let key = |error: &crate::campaigns::SettingError| match error {
            crate::campaigns::SettingError::Share { setting, .. } => (*setting).to_owned(),
            crate::campaigns::SettingError::Salt => "salt".to_owned(),
            crate::campaigns::SettingError::Budget(_) => "budget".to_owned(),
            crate::campaigns::SettingError::MinScore => "min_score".to_owned(),
        };
        let mut findings: Vec<Finding> =
            self.selection.settings().check().iter().map(|error| Finding::at(key(error), error.to_string())).collect();
        if self.own.offers.is_none() && self.own.must_have_offer {
            findings.push(Finding::at("must_have_offer", "there is no `offers` stage to have an offer of"));
        }
        findings.extend(self.own.consent.iter().flat_map(ConsentSource::findings));
        let has = |name: &str| {
            TARGETS.columns.iter().any(|column| column.name == name) || self.asked().any(|c| consent_column(c) == name)
        };
        for name in self.own.columns.iter().filter(|name| has(name)) {
            findings.push(Finding::at("columns", format!("`{name}` is in every list already")));
        }
        findings
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let mut findings = self.check_candidates(known);
        findings.extend(self.own.consent.iter().flat_map(|consent| consent.check_columns(known)));
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
        let offers = match &self.own.offers {
            Some(offers) => self.offers(cx, &offers.0, &directory)?,
            None => BTreeMap::new(),
        };
        let keys: Vec<String> = candidates.texts("customer")?.into_iter().map(Option::unwrap_or_default).collect();
        cx.made.rows_in = keys.len() as u64;
        let scores = candidates.numbers(RANK)?;
        let groups = if candidates.has(GROUP) { candidates.texts(GROUP)? } else { vec![None; keys.len()] };
        let excluded = candidates.booleans(EXCLUDED)?;
        let persons: Vec<Option<u32>> = keys.iter().map(|key| directory.place(key)).collect();
        let cost = (self.own.cost_per_contact.get() * 10_000.0).round() as i64;
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
                    Some(true) => self.own.exclude.as_deref(),
                    _ if self.own.must_have_offer && !offers.contains_key(&keys[row]) => Some("no offer"),
                    _ => None,
                },
                cost,
            })
            .collect();
        let selection =
            select(&people, &self.selection.settings(), &suppression, &mut Contacts::new()).map_err(|errors| {
                let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
                Problem::new(&codes::BAD_VALUE, words.join("; ")).boxed()
            })?;
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

impl SelectTargets {
    /// The channels whose consent is asked for.
    fn asked(&self) -> impl Iterator<Item = Channel> + '_ {
        self.own.consent.iter().flat_map(|consent| consent.channels().into_iter().map(|(channel, _)| channel))
    }

    /// Holds a list that changed too much since the last good run.
    fn hold_jumps(&self, cx: &mut Context, before: Option<u64>, now: u64) {
        let factor = self.own.max_change.get();
        let Some((before, what)) = before.and_then(|before| Some((before, change(before, now, factor)?))) else {
            if now == 0 {
                cx.note("the list is empty");
            }
            return;
        };
        let remedy = match what {
            Change::Emptied if self.own.may_be_empty => {
                cx.note(format!("the list is empty; the last good run had {before} persons"));
                return;
            }
            Change::Emptied => "if it may be empty, set may_be_empty = true".to_owned(),
            Change::Shrunk | Change::Grown => {
                format!(
                    "over {factor} times as many or as few (`max_change`); if that is right, set max_change = 0 for one run"
                )
            }
        };
        cx.made.held.push(format!("the list has {now} persons, in the last good run it had {before}: {remedy}"));
    }

    /// Holds a list from which far fewer persons are left out for having objected than in the last good run: people seldom take an
    /// objection back, so a part of the source is likely to be missing.
    fn hold_lost_objections(&self, cx: &mut Context, selection: &Selection) -> Result<()> {
        let factor = self.own.max_change.get();
        let objected = Outcome::Suppressed.name();
        let Some(previous) = &cx.previous else { return Ok(()) };
        let outcomes = Batches::read(&previous.table("audit")?, &["outcome"])?.texts("outcome")?;
        let before = outcomes.iter().filter(|outcome| outcome.as_deref() == Some(objected)).count() as u64;
        let now =
            selection.counts().iter().find(|(outcome, _)| outcome.name() == objected).map_or(0, |(_, count)| *count);
        if factor > 0.0 && before >= now + FEW && now as f64 * factor < before as f64 {
            cx.made.held.push(format!(
                "{now} persons are left out for having objected, in the last good run it were {before}: a part of the suppression may be \
                 missing; if that is right, set max_change = 0 for one run"
            ));
        }
        Ok(())
    }

    /// Up to three reasons for each candidate: its own expression, the scores' reasons, the offer's.
    fn reasons(
        &self,
        candidates: &Batches,
        keys: &[String],
        offers: &BTreeMap<String, Vec<Offered>>,
    ) -> Result<Vec<Vec<String>>> {
        let mut reasons: Vec<Vec<String>> = vec![Vec::new(); keys.len()];
        let mut add = |column: &str| -> Result<()> {
            if candidates.has(column) {
                for (of, reason) in reasons.iter_mut().zip(candidates.texts(column)?) {
                    of.extend(reason.filter(|reason| !reason.is_empty()));
                }
            }
            Ok(())
        };
        add(REASON)?;
        for name in ["reason_1", "reason_2", "reason_3"] {
            add(&format!("scores {name}"))?;
        }
        for (of, key) in reasons.iter_mut().zip(keys) {
            if let Some(offered) = offers.get(key).and_then(|offers| offers.first()) {
                of.insert(of.len().min(2), offered.reason.clone());
            }
            if of.is_empty() {
                of.push(match &self.own.rank_by {
                    Some(expression) => format!("ranked by {expression}"),
                    None => "ranked by score".to_owned(),
                });
            }
            of.truncate(3);
        }
        Ok(reasons)
    }

    #[allow(clippy::too_many_arguments)]
    fn write_targets(
        &self,
        cx: &mut Context,
        candidates: &Batches,
        keys: &[String],
        scores: &[f64],
        selection: &Selection,
        reasons: &[Vec<String>],
        offers: &BTreeMap<String, Vec<Offered>>,
        consents: &dyn Fn(usize, Channel) -> bool,
    ) -> Result<()> {
        let from = cx.as_of().unwrap_or(crate::tables::Date::from_days(0));
        let until = from.plus(self.own.valid_days as i32 - 1);
        let verdicts = selection.verdicts();
        let mut rows: Vec<usize> = selection.listed().iter().chain(selection.control()).copied().collect();
        rows.sort_by_key(|&row| verdicts[row].rank);
        let reason = |row: usize, place: usize| reasons[row].get(place);
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|&row| &keys[row]))
            .text("list", rows.iter().map(|_| cx.step))
            .integer("rank", rows.iter().map(|&row| i64::from(verdicts[row].rank)))
            .number("score", rows.iter().map(|&row| scores[row]))
            .integer("decile", rows.iter().map(|&row| i64::from(verdicts[row].decile)))
            .boolean("control", rows.iter().map(|&row| verdicts[row].outcome == Outcome::Control))
            .text("reason_1", rows.iter().map(|&row| &reasons[row][0]))
            .maybe_text("reason_2", rows.iter().map(|&row| reason(row, 1)))
            .maybe_text("reason_3", rows.iter().map(|&row| reason(row, 2)))
            .date("valid_from", rows.iter().map(|_| from.days()))
            .date("valid_until", rows.iter().map(|_| until.days()));
        if self.own.offers.is_some() {
            let offered = |row: usize, n: usize| offers.get(&keys[row]).and_then(|offers| offers.get(n));
            for place in 1..=self.own.offers_each.get() {
                let of = || rows.iter().map(move |&row| offered(row, place as usize - 1));
                columns
                    .maybe_text(&offer_column(place, "item"), of().map(|o| o.map(|o| &o.item)))
                    .maybe_text(&offer_column(place, "name"), of().map(|o| o.map(|o| &o.name)));
                if self.has_windows() {
                    columns
                        .maybe_date(&offer_column(place, "from"), of().map(|o| o.and_then(|o| o.window[0])))
                        .maybe_date(&offer_column(place, "until"), of().map(|o| o.and_then(|o| o.window[1])));
                }
            }
        }
        for channel in self.asked() {
            columns.boolean(&consent_column(channel), rows.iter().map(|&row| consents(row, channel)));
        }
        let places: UInt64Array = rows.iter().map(|&row| row as u64).collect();
        let all = concat_batches(&candidates.schema, &candidates.batches)
            .map_err(|e| Problem::new(&codes::ENGINE_TROUBLE, e.to_string()).boxed())?;
        for name in &self.own.columns {
            let array: &ArrayRef = all.column_by_name(name).expect("the query selects them");
            let taken =
                take(array, &places, None).map_err(|e| Problem::new(&codes::ENGINE_TROUBLE, e.to_string()).boxed())?;
            columns.add(name, true, taken);
        }
        cx.write(MAIN, &TARGETS, &[columns.batch()])
    }

    fn show(
        &self,
        cx: &mut Context,
        keys: &[String],
        selection: &Selection,
        reasons: &[Vec<String>],
        before: Option<&BTreeSet<String>>,
    ) -> Result<()> {
        let counts: BTreeMap<&str, u64> =
            selection.counts().iter().map(|(outcome, count)| (outcome.name(), *count)).collect();
        let count = |outcome: Outcome| counts[outcome.name()];
        for (outcome, count) in &counts {
            cx.metric(&outcome.replace('-', "_"), *count as f64);
        }
        let mut words: BTreeMap<String, u64> = BTreeMap::new();
        for &row in selection.listed() {
            *words.entry(plain_reason(&reasons[row][0])).or_default() += 1;
        }
        let mut words: Vec<report::Reason> =
            words.into_iter().map(|(text, rows)| report::Reason { text, rows }).collect();
        words.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.text.cmp(&b.text)));
        let moved = before.map(|before| {
            let stayed = selection.listed().iter().filter(|&&row| before.contains(&keys[row])).count() as u64;
            (count(Outcome::Listed) - stayed, before.len() as u64 - stayed, stayed)
        });
        let capped = [Outcome::Capped, Outcome::GroupCapped, Outcome::OutOfBudget, Outcome::ContactLimit];
        let card = ListCard {
            name: cx.step.replace('_', " "),
            meaning: self.own.condition.clone().map(|c| format!("candidates with {c}")).unwrap_or_default(),
            candidates: selection.verdicts().len() as u64,
            // Neither may be written to.
            suppressed: count(Outcome::Suppressed) + count(Outcome::NoConsent),
            capped: capped.into_iter().map(count).sum(),
            control: count(Outcome::Control),
            listed: count(Outcome::Listed),
            reasons: words,
            moved,
            ..ListCard::default()
        };
        cx.section(Section::new(cx.step, Body::Lists(Lists { lists: vec![card] })));
        Ok(())
    }
}

/// Whom the list of the last good run had.
fn listed_before(cx: &Context) -> Result<Option<BTreeSet<String>>> {
    let Some(previous) = &cx.previous else { return Ok(None) };
    let before = Batches::read(&previous.table(MAIN)?, &["customer", "control"])?;
    let control = before.booleans("control")?;
    let customers = before.texts("customer")?.into_iter().enumerate();
    Ok(Some(customers.filter_map(|(row, customer)| customer.filter(|_| control[row] == Some(false))).collect()))
}

/// A reason without the figures in brackets, so that equal reasons can be counted.
fn plain_reason(reason: &str) -> String {
    reason.split(" (").next().unwrap_or(reason).to_owned()
}

fn write_audit(cx: &mut Context, keys: &[String], selection: &Selection) -> Result<()> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    let verdicts = selection.verdicts();
    let mut columns = Columns::new();
    columns
        .text("customer", order.iter().map(|&row| &keys[row]))
        .text("outcome", order.iter().map(|&row| verdicts[row].outcome.name()));
    cx.write("audit", &AUDIT, &[columns.batch()])
}
