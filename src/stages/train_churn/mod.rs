//! `train-churn`: a classifier trained on past snapshots (or a given label), judged on later ones beside what is simple.
//!
//! In reading order: [`labels`] makes rows with labels, [`truth`] says what customers did, [`chance`] adds what a purchase model says, [`search`] chooses settings,
//! [`trials`]
//! tries yardsticks and models and chooses, [`beforehand`] says what choosing is worth, [`succession`] says whether the model in force is replaced, [`judgement`] measures, [`money`]
//! prices, [`card`] keeps what is known, [`showing`] tells the report.

mod beforehand;
mod card;
pub mod chance;
mod judgement;
mod labels;
mod money;
mod search;
mod showing;
mod succession;
mod trials;
mod truth;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contracts::ContractTable;
use super::examples;
use super::known::Known;
use super::rows::{bad, days};
use super::stage::{read_as, schema_of};
use super::{Context, Finding, Input, Kind, Need, Output, Shape, Stage, Upstream};
use crate::diagnostics::{Result, did_you_mean};
use crate::learning::calibration::METHODS;
use crate::learning::leakage::{Suspicion, watch};
use crate::learning::metrics::CRITERIA;
use crate::learning::{MODELS, model_row, save};
use crate::tables::customers::CUSTOMERS;
use crate::tables::features;
use crate::tables::orders::ORDERS;
use crate::tables::scores::{CLOSED, GONE, JUDGEMENT, LIFT_TABLE, PROFIT, SEGMENT_JUDGEMENT, UNDER};
pub use card::{Card, Typical};
pub use succession::CLOSED_SNAPSHOTS;
use succession::{Due, InForce};
pub use truth::{GONE_CUSTOMERS, UNDER_CONTRACT};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "train-churn",
    version: 7,
    meaning: "Trains classifiers on past snapshots, or on a given label, and keeps the one that does best on later data.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        examples::FEATURES,
        r#"
[stage.churn]
kind = "train-churn"
features = "features"
orders = "orders"
horizon = "90d"
"#,
    ],
    read: read_as::<TrainChurn>,
    schema: schema_of::<TrainChurn>,
};

/// The task that the model is for.
pub const TASK: &str = "churn";
/// The model's file.
pub const MODEL: &str = "model.bin";
/// What is known about the model.
pub const CARD: &str = "card.json";

/// A churn classifier.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainChurn {
    /// The `build-features` stage. With `contracts` also a stage whose table has one row per `customer` and past date (`as_of`, the first
    /// day that its columns do not know of); with `label` or `end_date` any stage with one row per customer.
    features: Upstream,
    /// The `clean-orders` stage that labels are taken from, where customers have no contracts.
    #[serde(default)]
    orders: Option<Upstream>,
    /// For contracts: a history of statuses, or of contracts with their ends. Who is under contract at a snapshot and leaves within the
    /// horizon has left.
    #[serde(default)]
    contracts: Option<ContractTable>,
    /// Who does not order within this span after a snapshot has left, such as `90d` or `12w`; `auto` takes the days within which
    /// nine of ten returning customers have returned.
    #[serde(default = "usual_horizon")]
    horizon: String,
    /// For contracts without a history: the column of `features` that says who has left.
    #[serde(default)]
    label: Option<String>,
    /// The value of `label` that means left.
    #[serde(default = "usual_positive")]
    positive: String,
    /// For contracts without such a column: the column with the date on which a contract ended. Who has one before the as-of date has left.
    #[serde(default)]
    end_date: Option<String>,
    /// The column with the reason for which a customer left, in the table of `contracts`; with `label` or `end_date` in that of `features`.
    #[serde(default)]
    reason: Option<String>,
    /// Reasons that are not churn, such as a death or a move abroad: who left for one of them within the horizon teaches nothing.
    #[serde(default)]
    not_churn: Vec<String>,
    /// Only customers with an order in so many days before a snapshot are at risk. All in the table of features if not given.
    #[serde(default)]
    active_days: Option<u32>,
    /// Partial churn: who spends this share less than usual (0.5 for half) has left. Usual is the last 365 days' spend.
    #[serde(default)]
    partial: Option<f64>,
    /// Columns that are not learned from.
    #[serde(default)]
    exclude: Vec<String>,
    /// The models to try; see `patron list models`.
    #[serde(default = "usual_models")]
    models: Vec<String>,
    /// What the best model is chosen by; a simpler model within one standard error wins.
    #[serde(default = "usual_criterion")]
    criterion: String,
    /// How many of the latest snapshots are judged on, each by a model that knew only what was known then.
    #[serde(default = "usual_tests")]
    tests: usize,
    /// Days between the end of a training label and the judged snapshot.
    #[serde(default)]
    gap_days: u32,
    /// How many settings of each model are tried: the defaults, a second choice, then some drawn at random.
    #[serde(default = "usual_tries")]
    tries: usize,
    /// The most rows to learn from and judge on. Customers are drawn by seed, each with all snapshots.
    #[serde(default = "usual_max_rows")]
    max_rows: u64,
    /// How scores become probabilities: `auto` (what does best on later snapshots), `none`, `base-rate`, `platt`, `beta`, `isotonic`.
    #[serde(default = "usual_calibration")]
    calibration: String,
    /// What keeping a customer costs and brings: then the report has the profit by size of the list, and the size that pays most.
    #[serde(default)]
    money: Option<money::Money>,
    /// A column by whose values the model is judged separately.
    #[serde(default)]
    segment: Option<String>,
    /// When a new model is trained: after a span such as `30d`, `always`, `on-drift` or `never`. Until then, and until the new one
    /// wins, the model in force scores. Other settings here train anew at once.
    #[serde(default = "usual_retrain")]
    retrain: String,
    /// By how much a new model must beat the one in force on the newest closed snapshot, in units of the criterion.
    #[serde(default)]
    margin: f64,
    /// What happens when a column knows too much: `warn`, `hold` (nothing is published) or `ignore`.
    #[serde(default)]
    leakage: Leakage,
}

/// What happens when a column knows too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Leakage {
    #[default]
    Warn,
    Hold,
    Ignore,
}

fn usual_retrain() -> String {
    "30d".to_owned()
}

fn usual_tries() -> usize {
    2
}

fn usual_max_rows() -> u64 {
    100_000
}

fn usual_calibration() -> String {
    "auto".to_owned()
}

fn usual_horizon() -> String {
    "90d".to_owned()
}

fn usual_positive() -> String {
    "Yes".to_owned()
}

fn usual_models() -> Vec<String> {
    ["logistic", "gradient-boosting"].map(str::to_owned).to_vec()
}

fn usual_criterion() -> String {
    "log-loss".to_owned()
}

fn usual_tests() -> usize {
    3
}

impl Stage for TrainChurn {
    fn inputs(&self) -> Vec<Input> {
        match (self.label.as_ref().or(self.end_date.as_ref()), &self.orders) {
            (None, _) if self.contracts.is_some() => {
                let features = self.features.input("features", Need::AlsoOrMain("snapshots", &features::FEATURES));
                std::iter::once(features).chain(self.contracts.iter().map(ContractTable::input)).collect()
            }
            (None, orders) => {
                let mut inputs = vec![self.features.input("features", Need::Also("snapshots", &features::FEATURES))];
                inputs.extend(orders.iter().map(|orders| orders.input("orders", Need::Table(&ORDERS))));
                inputs
            }
            (Some(_), _) => vec![self.features.input("features", Need::Table(&CUSTOMERS))],
        }
    }

    fn output(&self) -> Output {
        Output {
            main: Shape::Model(TASK),
            also: vec![
                ("judgement", &JUDGEMENT),
                ("lift", &LIFT_TABLE),
                ("segments", &SEGMENT_JUDGEMENT),
                ("profit", &PROFIT),
                (succession::CLOSED_SNAPSHOTS, &CLOSED),
                (GONE_CUSTOMERS, &GONE),
                (UNDER_CONTRACT, &UNDER),
            ],
        }
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Err(error) = days(&self.horizon)
            && self.horizon != "auto"
        {
            findings.push(Finding::at("horizon", error));
        }
        findings.extend(self.findings_of_labels());
        for name in &self.models {
            if let Err(error) = model_row(name) {
                let near = did_you_mean(name, MODELS.iter().map(|row| row.name));
                let finding = Finding::at("models", error.to_string());
                findings.push(match near {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding,
                });
            }
        }
        if self.models.is_empty() {
            findings.push(Finding::at("models", "names no model"));
        }
        if !CRITERIA.iter().any(|(name, _, _)| *name == self.criterion) {
            let names: Vec<&str> = CRITERIA.iter().map(|(name, _, _)| *name).collect();
            findings.push(
                Finding::at("criterion", format!("there is no criterion `{}`", self.criterion))
                    .help(format!("there are {}", names.join(", "))),
            );
        }
        if self.calibration != trials::BASE_RATE && !METHODS.iter().any(|(name, _)| *name == self.calibration) {
            let names: Vec<&str> = METHODS.iter().map(|(name, _)| *name).chain([trials::BASE_RATE]).collect();
            findings.push(
                Finding::at("calibration", format!("there is no calibration `{}`", self.calibration))
                    .help(format!("there are {}", names.join(", "))),
            );
        }
        findings.extend(self.money.iter().flat_map(money::Money::findings));
        if self.partial.is_some_and(|drop| !(0.05..=1.0).contains(&drop)) {
            findings.push(Finding::at("partial", "must be from 0.05 to 1: 0.5 is half of the usual spend"));
        }
        if !succession::known_retrain(&self.retrain) {
            findings.push(
                Finding::at("retrain", format!("`{}` is not a time to train", self.retrain))
                    .help("write `30d` or another span, `always`, `on-drift` or `never`"),
            );
        }
        if !(0.0..=1.0).contains(&self.margin) {
            findings.push(Finding::at("margin", "must be from 0 to 1, in units of the criterion"));
        }
        if !(1..=50).contains(&self.tries) {
            findings.push(Finding::at("tries", "must be from 1 to 50"));
        }
        if self.max_rows < 1_000 {
            findings.push(Finding::at("max_rows", "fewer than 1000 rows teach little"));
        }
        if self.active_days == Some(0) {
            findings.push(Finding::at("active_days", "must be at least 1"));
        }
        if !(1..=20).contains(&self.tests) {
            findings.push(Finding::at("tests", "must be from 1 to 20"));
        }
        findings
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        let reason = self.reason.as_deref();
        if let Some(contracts) = &self.contracts {
            return contracts.check_columns(known, reason);
        }
        let named = [("label", self.label.as_deref()), ("end_date", self.end_date.as_deref()), ("reason", reason)];
        let fault = |(key, column): (&str, Option<&str>)| known.column(key, &self.features.0, column?);
        named.into_iter().filter(|_| self.orders.is_none()).filter_map(fault).collect()
    }

    fn keeps_champion(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let by_snapshot = self.orders.is_some() || self.contracts.is_some();
        let mut data = if by_snapshot { self.from_snapshots(cx)? } else { self.from_label(cx)? };
        cx.made.rows_in = data.matrix.rows() as u64;
        (cx.progress)(0.1);
        let mut in_force = self.in_force(cx)?;
        let due = in_force.as_mut().map(|now| self.due(cx, &data, now)).transpose()?;
        let succession = match (in_force, due) {
            (Some(now), Some(Due::No(why))) => return self.keep(cx, data, now, why),
            (Some(now), Some(due)) => Some((now, due)),
            _ => None,
        };
        self.watch_leakage(cx, &mut data)?;
        let trials = self.try_all(cx, &data)?;
        let model = self.final_model(cx, &data, &trials)?;
        (cx.progress)(0.9);
        let judgement = self.present(cx, &data, &trials, &*model)?;
        let card = self.card(cx, &data, &trials, &judgement);
        let card = serde_json::to_string_pretty(&card).expect("a card is plain data");
        self.hand_on(cx, &data, &trials, succession, &save(&*model), card.as_bytes())?;
        let chosen = judgement.list.iter().find(|judged| judged.chosen).expect("one is chosen");
        let (told, usual) = (&judgement.list[judgement.told], &judgement.list[judgement.yardstick]);
        let (auc, base) = (told.value("ROC AUC"), usual.value("ROC AUC"));
        cx.note(format!("{} chosen: ROC AUC {auc:.3} beside {base:.3} of {}", chosen.name, usual.name));
        if told.name != chosen.name {
            let place = criterion_place(&self.criterion);
            cx.note(format!(
                "figures are those of choosing model, settings and calibration before each {}: {} {:.4}, with the choice of today {:.4}",
                data.part(), self.criterion, told.values[place].value, chosen.values[place].value
            ));
        }
        let verdict = &trials.verdict;
        if verdict.best != verdict.champion {
            let name = |place: usize| &trials.tried[trials.yardsticks + place].name;
            cx.note(format!(
                "{} has the better {} ({:.4} beside {:.4}), {} is simpler and within one standard error",
                name(verdict.best),
                self.criterion,
                verdict.means[verdict.best],
                verdict.means[verdict.champion],
                name(verdict.champion)
            ));
        }
        let place = criterion_place(&self.criterion);
        let (ours, theirs) = (told.values[place], usual.values[place]);
        let apart = if self.larger_is_better() { ours.low > theirs.value } else { ours.high < theirs.value };
        if !apart {
            cx.note(format!(
                "not clearly better than {} by {}: {:.4} ({:.4} to {:.4}) beside {:.4}",
                usual.name, self.criterion, ours.value, ours.low, ours.high, theirs.value
            ));
        }
        Ok(())
    }
}

impl TrainChurn {
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
                .push(Finding::at("orders", "labels come from nowhere").help(
                    "name the `clean-orders` stage as `orders`, or give `contracts`, a `label` or an `end_date`",
                )),
            [_] => {}
            [.., last] => findings.push(Finding::at(
                last,
                format!(
                    "labels come from one place: give one of {}",
                    given.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
                ),
            )),
        }
        if let Some(contracts) = &self.contracts {
            findings.extend(contracts.findings());
            if self.horizon == "auto" {
                findings.push(Finding::at("horizon", "`auto` goes by orders: give a span such as `90d`"));
            }
        }
        if self.orders.is_none() {
            for (key, given) in [("active_days", self.active_days.is_some()), ("partial", self.partial.is_some())] {
                if given {
                    findings.push(Finding::at(key, format!("`{key}` goes by `orders`")));
                }
            }
        } else if self.reason.is_some() {
            findings.push(Finding::at("reason", "orders that do not come give no reason"));
        }
        if self.reason.is_none() && !self.not_churn.is_empty() {
            findings.push(Finding::at("not_churn", "name the column of the reasons as `reason`"));
        }
        findings
    }

    /// The new model, where there is none in force, where that one no longer fits, or where the new one wins; else the one in force.
    fn hand_on(
        &self,
        cx: &mut Context,
        data: &labels::Labelled,
        trials: &trials::Trials,
        succession: Option<(InForce, Due)>,
        model: &[u8],
        card: &[u8],
    ) -> Result<()> {
        cx.made.model = true;
        match succession {
            Some((now, Due::Contest(why))) => {
                cx.note(format!("a new model was trained: {why}"));
                if !self.wins(cx, data, trials, &now)? {
                    now.write_closed(cx, data)?;
                    return self.lay_beside(cx, now, model, card);
                }
            }
            Some((_, Due::Anew(why))) => cx.note(format!("trained anew: {why}")),
            _ => {}
        }
        succession::write_judged(cx, data, trials)?;
        cx.write_file(MODEL, model)?;
        cx.write_file(CARD, card)
    }
}

/// The place of a criterion among the measures that are shown.
fn criterion_place(criterion: &str) -> usize {
    judgement::SHOWN.iter().position(|shown| shown.1 == criterion).expect("criteria are among the measures")
}

impl TrainChurn {
    fn larger_is_better(&self) -> bool {
        CRITERIA.iter().any(|(name, _, larger)| *name == self.criterion && *larger)
    }

    /// Columns that are constant or a customer's number plate are not learned from; those that know the answer are told.
    fn watch_leakage(&self, cx: &mut Context, data: &mut labels::Labelled) -> Result<()> {
        let mut left_out = Vec::new();
        for finding in watch(&data.matrix, &data.labels).map_err(bad)? {
            let column = finding.column;
            let told = match finding.suspicion {
                Suspicion::Constant => {
                    left_out.push(column);
                    continue;
                }
                Suspicion::Identifier { .. } => {
                    cx.note(format!("`{column}` is different for (almost) every customer and is not learned from"));
                    left_out.push(column);
                    continue;
                }
                Suspicion::TooGood { roc_auc } => {
                    format!(
                        "`{column}` alone ranks almost perfectly (ROC AUC {roc_auc:.3}): was it written after the outcome?"
                    )
                }
                Suspicion::AbsenceTells { roc_auc } => {
                    format!(
                        "whether `{column}` is missing ranks almost perfectly (ROC AUC {roc_auc:.3}): is it filled in afterwards?"
                    )
                }
            };
            match self.leakage {
                Leakage::Ignore => {}
                Leakage::Warn => cx.note(format!("{told} Leave it out with `exclude` if so")),
                Leakage::Hold => cx.made.held.push(told),
            }
        }
        let names: Vec<&str> = left_out.iter().map(String::as_str).collect();
        if names.len() < data.matrix.columns().len() {
            let matrix = std::mem::replace(&mut data.matrix, crate::learning::Matrix::new(Vec::new()).map_err(bad)?);
            data.matrix = matrix.without(&names);
        }
        let matrix = &data.matrix;
        data.yardsticks.retain(|yardstick| yardstick.columns().iter().all(|name| matrix.column(name).is_some()));
        Ok(())
    }
}
