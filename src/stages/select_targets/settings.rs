//! What a target list can be asked for, and what is wrong with that by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::{ConsentSource, MAX_AGE_DAYS, consent_column};
use crate::campaigns::{Channel, SelectionSettings, SettingError};
use crate::stage::setting::{Amount, Choice, Chosen, Count, Number, Positive, Range, Share, Span};
use crate::stage::{Finding, Upstream};
use crate::stages::holdouts::{RotationSettings, UNIT, holdout};
use crate::stages::next_after;
use crate::tables::layouts::campaign::TARGETS;

/// A target list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SelectTargets {
    /// The stage with one row per candidate: `customer`, `score` and, as a rule, reasons.
    pub(super) scores: Upstream,
    /// Further stages with one row per customer; their columns can be used in conditions and carried along.
    pub(super) with: Vec<Upstream>,
    /// The `recommend` stage whose best offers are put beside each customer.
    pub(super) offers: Option<Upstream>,
    /// Which offers; all by rank if empty.
    pub(super) offer_product: Chosen<OfferProduct>,
    /// Offers for each customer, 1 to 20.
    pub(super) offers_each: Count<1, 20>,
    /// Whether customers without an offer are left out.
    pub(super) must_have_offer: bool,
    /// SQL condition that candidates must meet, over the columns of `scores` and `with`; `customer` is the same in all of them.
    #[serde(rename = "where")]
    pub(super) condition: Option<String>,
    /// SQL condition that leaves a candidate out; the audit says `excluded`.
    pub(super) exclude: Option<String>,
    /// SQL expression to rank by, largest first; the score if not given.
    pub(super) rank_by: Option<String>,
    /// SQL expression that `per_group` counts by, such as `segment`.
    pub(super) group: Option<String>,
    /// SQL expression for a reason in words, put before the scores' own reasons.
    pub(super) reason: Option<String>,
    /// Columns of `scores` and `with` to carry along.
    pub(super) columns: Vec<String>,
    /// Cost of contacting one customer in the shop's currency, at most 1000000000, for `budget`.
    pub(super) cost_per_contact: Number<Cost>,
    /// The stage with customers who must not be contacted. Applied last; the list is held when it is
    /// missing, empty, stale, or names nobody of the list.
    pub(super) suppression: Option<Upstream>,
    /// Its column with the reason.
    pub(super) suppression_reason: Option<String>,
    /// Its date or time column whose newest value says when it was last brought up to date.
    pub(super) suppression_dated_by: Option<String>,
    /// Days that it may be old, seen from the as-of date.
    pub(super) suppression_max_age_days: u32,
    /// Whether it may be empty; a broken export looks empty as well.
    pub(super) suppression_may_be_empty: bool,
    /// Where each person's consent is, by channel. Applied last, with suppression; the list is held when the source cannot be trusted.
    pub(super) consent: Option<ConsentSource>,
    /// The stage that says which customer has which e-mail address and telephone number. It is read only to find whom an address in
    /// `suppression` or `consent` means.
    pub(super) contacts: Option<Upstream>,
    /// How many times longer or shorter than in the last good run the list may be, above 1; beyond that it is held. It is held as well
    /// when so many times fewer persons are left out for having objected. Differences of fewer than 10 persons do not count; 0 turns it
    /// off.
    pub(super) max_change: Number<Factor>,
    /// Whether a list that had persons in the last good run may be empty; otherwise it is held.
    pub(super) may_be_empty: bool,
    /// Days from the as-of date for which the list is meant.
    pub(super) valid_days: u32,
    /// At most so many places.
    pub(super) top: Option<u32>,
    /// At most this share, from 0 to 1, of the candidates that have a score and are not excluded, rounded down.
    pub(super) share: Option<Share>,
    /// At most so many places within each group.
    pub(super) per_group: Option<u32>,
    /// Candidates that score below this get no place.
    pub(super) min_score: Option<f64>,
    /// Share, from 0 to 1, of all persons who are never contacted under this salt, so that the list's effect can be measured. Where `scores`
    /// has a column `control`, as a plan of contacts has, that column says who is held back, and share and salt do not count.
    pub(super) control: Share,
    /// Names the control group. The same salt holds back the same persons in every run and every list; a new salt draws new ones.
    pub(super) salt: String,
    /// How often the control group changes, such as `{ months = 12 }`, so that nobody goes without offers for ever.
    pub(super) rotation: Option<RotationSettings>,
    /// SQL expression for who is contacted together, such as `household` or `email`: control groups are drawn and contacts counted by it.
    /// The list and the ledger get it as a pseudonym in the column `unit`. Rows where it is empty stand for themselves.
    pub(super) unit: Option<String>,
    /// The `clean-orders` stage. With it, the list says before it is sent which change of revenue its control group can show, judged by what
    /// its persons bought in the year before, and which share would show half of `hoped_lift`.
    pub(super) measured_on: Option<Upstream>,
    /// The lift that is hoped for, such as 0.1 for a tenth more revenue than the control persons bring.
    pub(super) hoped_lift: Positive,
    /// Days after the list's first day in which purchases will count, as `window` of `measure-campaign`.
    pub(super) outcome_window: Span,
    /// At most so many currency units, 0 or more, for all contacts together.
    pub(super) budget: Option<Amount>,
    /// At most so many contacts per person, or per `unit`: those of `history` within `contact_window`, those of the lists in `after`, and this
    /// one. Persons who were held back count as contacted, so that the control group stays comparable.
    pub(super) contact_limit: Option<u32>,
    /// The `keep-contacts` stage with the contacts of all lists so far, for `contact_limit`.
    pub(super) history: Option<Upstream>,
    /// Days before the as-of date whose contacts count.
    pub(super) contact_window: Span,
    /// The `select-targets` stages whose lists of this night go first: their contacts count for `contact_limit`.
    pub(super) after: Vec<Upstream>,
}

impl Default for SelectTargets {
    fn default() -> SelectTargets {
        SelectTargets {
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
            top: None,
            share: None,
            per_group: None,
            min_score: None,
            control: Number::of(0.1),
            salt: "control".to_owned(),
            rotation: None,
            unit: None,
            measured_on: None,
            hoped_lift: Number::of(0.1),
            outcome_window: Span::of_days(30),
            budget: None,
            contact_limit: None,
            history: None,
            contact_window: Span::of_days(30),
            after: Vec::new(),
        }
    }
}

/// Which offers are put beside a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfferProduct {
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
            OfferProduct::NextAfter => (next_after::PRODUCT, "what comes next after what the customer bought"),
        }
    }
}

/// Cost of a contact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost;

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
pub(super) struct Factor;

impl Range for Factor {
    const WORDS: &'static str = "a number above 1, nor 0, which turns it off";

    fn holds(number: f64) -> bool {
        number == 0.0 || number > 1.0
    }

    fn schema() -> Value {
        json!({"anyOf": [{"const": 0}, {"exclusiveMinimum": 1}]})
    }
}

impl SelectTargets {
    /// How many persons get a place on the list: they are listed, or held back as control.
    pub(super) fn places(&self) -> SelectionSettings {
        SelectionSettings {
            top: self.top,
            share: self.share.map(Number::get),
            per_group: self.per_group,
            min_score: self.min_score,
            control: holdout(self.control, &self.salt, self.rotation.as_ref()),
            global: None,
            day: 0,
            budget: self.budget.map(Number::get),
            contact_limit: self.contact_limit,
        }
    }

    /// The channels whose consent is asked for.
    pub(super) fn asked(&self) -> impl Iterator<Item = Channel> + '_ {
        self.consent.iter().flat_map(|consent| consent.channels().into_iter().map(|(channel, _)| channel))
    }

    /// What is wrong with the settings by themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let key = |error: &SettingError| match error {
            SettingError::Share { setting, .. } => (*setting).to_owned(),
            SettingError::Salt => "salt".to_owned(),
            SettingError::Budget(_) => "budget".to_owned(),
            SettingError::MinScore => "min_score".to_owned(),
        };
        let mut findings: Vec<Finding> =
            self.places().check().iter().map(|error| Finding::at(key(error), error.to_string())).collect();
        if self.offers.is_none() && self.must_have_offer {
            findings.push(Finding::at("must_have_offer", "there is no `offers` stage to have an offer of"));
        }
        if self.history.is_some() && self.contact_limit.is_none() {
            findings.push(
                Finding::at("history", "nothing limits the contacts that it counts").help("write contact_limit = 2"),
            );
        }
        if !self.after.is_empty() && self.contact_limit.is_none() {
            findings.push(
                Finding::at("after", "nothing limits the contacts that it counts").help("write contact_limit = 1"),
            );
        }
        let usual = SelectTargets::default();
        if self.measured_on.is_none() {
            let set = [
                ("hoped_lift", self.hoped_lift != usual.hoped_lift),
                ("outcome_window", self.outcome_window != usual.outcome_window),
            ];
            for (key, _) in set.into_iter().filter(|(_, set)| *set) {
                findings.push(Finding::at(key, "has no effect without `measured_on`").help("name the stage of orders"));
            }
        }
        findings.extend(self.consent.iter().flat_map(ConsentSource::findings));
        let has = |name: &str| {
            TARGETS.columns.iter().any(|column| column.name == name)
                || (name == UNIT && self.unit.is_some())
                || self.asked().any(|c| consent_column(c) == name)
        };
        for name in self.columns.iter().filter(|name| has(name)) {
            findings.push(Finding::at("columns", format!("`{name}` is in every list already")));
        }
        findings
    }
}
