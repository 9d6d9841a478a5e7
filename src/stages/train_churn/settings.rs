//! The settings of `train-churn`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::churn::{Calibration, Contest, Costs};
use crate::learning::ModelRow;
use crate::learning::metrics::Criterion;
use crate::stage::setting::{Amount, Chance, Choice, Chosen, Count, Number, Positive, Share, Span, SpanOr};
use crate::stage::{Finding, Upstream};
use crate::stages::contracts::ContractTable;
use crate::stages::succession::RetrainWord;
use crate::tables::Date;

/// A churn classifier.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrainChurn {
    /// The `build-features` stage. With `contracts` also a stage whose table has one row per `customer` and past date (`as_of`, the first
    /// day that its columns do not know of); with `label` or `end_date` any stage with one row per customer.
    pub(super) features: Upstream,
    /// The `clean-orders` stage that labels are taken from, where customers have no contracts.
    pub(super) orders: Option<Upstream>,
    /// For contracts: a history of statuses, or of contracts with their ends. A customer who is under contract at a snapshot and leaves
    /// within the horizon has left.
    pub(super) contracts: Option<ContractTable>,
    /// A customer who does not order within this span after a snapshot has left, such as `90d` or `12w`; `auto` takes the days within which
    /// nine of ten returning customers have returned.
    pub(super) horizon: SpanOr<Auto>,
    /// For contracts without a history: the column of `features` that says whether a customer has left.
    pub(super) label: Option<String>,
    /// The value of `label` that means left.
    pub(super) positive: String,
    /// For contracts without such a column: the column with the date on which a contract ended. A customer with a date before the as-of date
    /// has left.
    pub(super) end_date: Option<String>,
    /// The column with the reason for which a customer left, in the table of `contracts`; with `label` or `end_date` in that of `features`.
    pub(super) reason: Option<String>,
    /// Reasons that are not churn, such as a death or a move abroad: customers who left for one of them within the horizon are not learned
    /// from.
    pub(super) not_churn: Vec<String>,
    /// Only customers with an order in so many days before a snapshot are at risk. If not given, all in the table of features are.
    pub(super) active_days: Option<Count<1, { u32::MAX }>>,
    /// Partial churn: a customer who spends less than usual by this share (0.5 for half; 0.05 to 1) has left. Usual is the spend of the last
    /// 365 days.
    pub(super) partial: Option<Share>,
    /// Columns that are not learned from.
    pub(super) exclude: Vec<String>,
    /// With `label` or `end_date`: columns of what customers answered (satisfaction, ratings), each with the column of its date, such as
    /// `{ satisfaction_score = "asked_on" }`. A column that reads like an answer to a survey and is not here is not learned from, because it may
    /// have been asked when the customer was leaving.
    pub(super) answers: BTreeMap<String, String>,
    /// With `answers`: the first day on which customers could leave and be counted as having left, such as `2024-07-01`. Answers from that
    /// day on, or without a date, are refused.
    pub(super) label_since: Option<String>,
    /// The models to try; see `patron list models`.
    pub(super) models: Vec<Chosen<ModelRow>>,
    /// The measure that chooses the best model; a simpler model within one standard error wins.
    pub(super) criterion: Chosen<Criterion>,
    /// How many of the latest snapshots judge the models, each a model that knew only what was known then; 1 to 20.
    pub(super) tests: Count<1, 20>,
    /// Days between the end of a training label and the judged snapshot.
    pub(super) gap_days: u32,
    /// How many settings of each model are tried, 1 to 50: the defaults, a second choice, then random ones.
    pub(super) tries: Count<1, 50>,
    /// The most rows to learn from and judge on, at least 1000. Customers are drawn by seed, each with all snapshots.
    pub(super) max_rows: Count<1000, { u32::MAX }>,
    /// How scores become probabilities.
    pub(super) calibration: Chosen<Calibration>,
    /// What keeping a customer costs and brings: then the report has the profit by size of the list, and the size that pays most.
    pub(super) money: Option<Money>,
    /// A column by whose values the model is judged separately.
    pub(super) segment: Option<String>,
    /// When a new model is trained: after a span such as `30d`, or one of the words. Until then, and until the new model wins, the active
    /// model scores. When other settings here change, a new model is trained at once and replaces the active one.
    pub(super) retrain: SpanOr<RetrainWord>,
    /// By how much a new model must beat the active one on the newest snapshot that has closed, in units of the criterion; 0 to 1.
    pub(super) margin: Share,
    /// What happens when a column alone ranks customers almost perfectly, as if it were written after the outcome.
    pub(super) leakage: Chosen<Leakage>,
}

impl Default for TrainChurn {
    fn default() -> TrainChurn {
        TrainChurn {
            features: Upstream::default(),
            orders: None,
            contracts: None,
            horizon: SpanOr::Span(Span::of_days(90)),
            label: None,
            positive: "Yes".to_owned(),
            end_date: None,
            reason: None,
            not_churn: Vec::new(),
            active_days: None,
            partial: None,
            exclude: Vec::new(),
            answers: BTreeMap::new(),
            label_since: None,
            models: ["logistic", "gradient-boosting"].map(Chosen::usual).to_vec(),
            criterion: Chosen::default(),
            tests: Count::of(3),
            gap_days: 0,
            tries: Count::of(2),
            max_rows: Count::of(100_000),
            calibration: Chosen::default(),
            money: None,
            segment: None,
            retrain: SpanOr::Span(Span::of_days(30)),
            margin: Share::default(),
            leakage: Chosen::default(),
        }
    }
}

/// A horizon that the data propose.
pub struct Auto;

impl Choice for Auto {
    const WHAT: &'static str = "horizon";

    fn rows() -> &'static [Auto] {
        &[Auto]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        ("auto", "the days within which nine of ten returning customers have returned")
    }
}

/// What happens when a column alone ranks customers almost perfectly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leakage {
    /// A note says so.
    Warn,
    /// Nothing is published.
    Hold,
    /// Nothing.
    Ignore,
}

impl Choice for Leakage {
    const WHAT: &'static str = "answer to leakage";

    fn rows() -> &'static [Leakage] {
        &[Leakage::Warn, Leakage::Hold, Leakage::Ignore]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Leakage::Warn => ("warn", "a note says so"),
            Leakage::Hold => ("hold", "nothing is published"),
            Leakage::Ignore => ("ignore", "nothing happens"),
        }
    }
}

/// What keeping a customer costs and brings, in the shop's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Value of a customer who stays; or give `value_column`.
    #[serde(default)]
    pub(super) customer_value: Option<Positive>,
    /// A column with each customer's own value, such as `money_365d`.
    #[serde(default)]
    pub(super) value_column: Option<String>,
    /// Cost of the offer when it is taken up.
    offer_cost: Amount,
    /// Cost of contacting a customer.
    #[serde(default)]
    contact_cost: Amount,
    /// Share of would-be leavers whom the offer keeps, between 0 and 1.
    #[serde(default = "Money::success")]
    success_rate: Chance,
}

impl Money {
    fn success() -> Chance {
        Number::of(0.3)
    }

    /// As the computation wants them.
    pub(super) fn costs(&self) -> Costs {
        Costs { offer: self.offer_cost.get(), contact: self.contact_cost.get(), success_rate: self.success_rate.get() }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.customer_value.is_some() == self.value_column.is_some() {
            findings.push(Finding::at("money", "give either `customer_value` or `value_column`"));
        }
        let dearest = self.offer_cost.get().max(self.contact_cost.get());
        if self.customer_value.is_some_and(|value| dearest >= value.get()) {
            findings.push(Finding::at("money", "an offer or a contact costs less than the customer is worth"));
        }
        findings
    }
}

impl TrainChurn {
    /// The models to try.
    pub(super) fn rows_of_models(&self) -> Vec<&'static ModelRow> {
        self.models.iter().map(|model| model.0).collect()
    }

    /// What competes, and by what.
    pub(super) fn contest<'a>(&self, models: &'a [&'static ModelRow], seed: u64) -> Contest<'a> {
        let (criterion, calibration) = (self.criterion.0, self.calibration.0);
        Contest { models, criterion, tries: self.tries.get() as usize, calibration, seed }
    }

    /// What is wrong across settings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = self.findings_of_labels();
        if self.models.is_empty() {
            findings.push(Finding::at("models", "names no model"));
        }
        if self.partial.is_some_and(|drop| drop.get() < 0.05) {
            findings.push(Finding::at("partial", "must be from 0.05 to 1: 0.5 is half of the usual spend"));
        }
        findings.extend(self.money.iter().flat_map(Money::findings));
        findings.extend(self.findings_of_answers());
        findings
    }

    /// What is wrong with the dates of answers.
    fn findings_of_answers(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.answers.is_empty() && self.label.is_none() && self.end_date.is_none() {
            let message = "needs `label` or `end_date`: the rows of past dates know only what came before them";
            findings.push(Finding::at("answers", message));
        }
        match (&self.label_since, self.answers.is_empty()) {
            (None, false) => findings.push(
                Finding::at("answers", "says when customers answered, and nothing says when they could leave")
                    .help("give the first day on which they could as `label_since`"),
            ),
            (Some(_), true) => findings.push(Finding::at("label_since", "needs `answers`")),
            _ => {}
        }
        if let Some(since) = &self.label_since
            && since.parse::<Date>().is_err()
        {
            findings.push(Finding::at("label_since", format!("`{since}` is not a day such as 2024-07-01")));
        }
        findings
    }

    /// What is wrong with where labels come from.
    fn findings_of_labels(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let given: Vec<&str> = [
            ("orders", self.orders.is_some()),
            ("contracts", self.contracts.is_some()),
            ("label", self.label.is_some()),
            ("end_date", self.end_date.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect();
        match given[..] {
            [] => findings
                .push(Finding::at("orders", "no source of labels is given").help(
                    "name the `clean-orders` stage as `orders`, or give `contracts`, a `label` or an `end_date`",
                )),
            [_] => {}
            [.., last] => findings.push(Finding::at(
                last,
                format!(
                    "labels have one source: give one of {}",
                    given.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
                ),
            )),
        }
        if let Some(contracts) = &self.contracts {
            findings.extend(contracts.findings());
            if self.horizon.span().is_none() {
                findings.push(Finding::at("horizon", "`auto` needs `orders`: give a span such as `90d`"));
            }
        }
        if self.orders.is_none() {
            for (key, given) in [("active_days", self.active_days.is_some()), ("partial", self.partial.is_some())] {
                if given {
                    findings.push(Finding::at(key, format!("`{key}` needs `orders`")));
                }
            }
        } else if self.reason.is_some() {
            findings.push(Finding::at(
                "reason",
                "`reason` needs `contracts`, `label` or `end_date`: missing orders carry no reason",
            ));
        }
        if self.reason.is_none() && !self.not_churn.is_empty() {
            findings.push(Finding::at("not_churn", "name the column of the reasons as `reason`"));
        }
        findings
    }
}
