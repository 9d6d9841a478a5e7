//! `train-churn`: a classifier trained on past snapshots (or a given label), judged on later ones beside what is simple.
//!
//! The practice is in the pure room `churn`; here it gets tables and writes tables. In reading order: [`settings`], [`labels`] reads rows with
//! labels, [`succession`] reads the model in force and keeps it, [`card`] is what travels with a model, [`writing`] writes tables,
//! [`showing`] fills the report.

mod card;
mod labels;
mod settings;
mod showing;
mod succession;
mod writing;

use super::contracts::ContractTable;
use super::examples;
use super::rows::bad;
use crate::churn::succession::{Due, duel};
use crate::churn::{Judgement, Labelled, Trials, final_model, judge, price, try_all};
use crate::diagnostics::Result;
use crate::learning::leakage::{Suspicion, watch};
use crate::learning::{Model, save};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Shape, Stage, read_as, schema_of};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::features;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::scores::{CLOSED, GONE, JUDGEMENT, LIFT_TABLE, PROFIT, SEGMENT_JUDGEMENT, UNDER};
pub use card::Card;
pub use settings::TrainChurn;
use settings::{Leakage, Money};
use succession::InForce;

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
/// The table of customers whose contract is over.
pub const GONE_CUSTOMERS: &str = "gone";
/// The table of customers under contract.
pub const UNDER_CONTRACT: &str = "under";
/// The table of snapshots that have closed.
pub const CLOSED_SNAPSHOTS: &str = "closed";

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
                (CLOSED_SNAPSHOTS, &CLOSED),
                (GONE_CUSTOMERS, &GONE),
                (UNDER_CONTRACT, &UNDER),
            ],
        }
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
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
        let mut data = self.labelled(cx)?;
        cx.made.rows_in = data.matrix.rows() as u64;
        (cx.progress)(0.1);
        let mut in_force = self.in_force(cx)?;
        let due = in_force.as_mut().map(|now| self.due(cx, &data, now)).transpose()?;
        let succession = match (in_force, due) {
            (Some(now), Some(Due::No(why))) => return self.keep(cx, data, now, &why),
            (Some(now), Some(due)) => Some((now, due)),
            _ => None,
        };
        self.watch_leakage(cx, &mut data)?;
        let models = self.rows_of_models();
        let progress = cx.progress;
        let trials = try_all(&data, &self.contest(&models, cx.seed), &|share| progress(0.1 + 0.65 * share));
        let trials = trials.map_err(bad)?;
        let model = final_model(&data, &trials, cx.seed).map_err(bad)?;
        (cx.progress)(0.9);
        let judgement = self.present(cx, &data, &trials, &*model)?;
        let card = self.card(cx, &data, &trials, &judgement);
        let card = serde_json::to_string_pretty(&card).expect("a card is plain data");
        self.hand_on(cx, &data, &trials, succession, (&save(&*model), card.as_bytes()))?;
        self.note_judgement(cx, &data, &trials, &judgement);
        Ok(())
    }
}

impl TrainChurn {
    /// Measures, prices, writes and shows.
    fn present(&self, cx: &mut Context, data: &Labelled, trials: &Trials, model: &dyn Model) -> Result<Judgement> {
        let (truth, scores) = (data.truth(&data.newest().test), trials.newest_scores());
        cx.metric("newest_promised", scores.iter().sum::<f64>() / scores.len() as f64);
        cx.metric("newest_left", truth.iter().filter(|left| **left).count() as f64 / truth.len() as f64);
        let models = self.rows_of_models();
        let mut judgement = judge(data, trials, &self.contest(&models, cx.seed)).map_err(bad)?;
        writing::write_lift(cx, &judgement.lift)?;
        writing::write_segments(cx, &judgement.segments)?;
        match &self.money {
            Some(money) => self.price(cx, data, money, &mut judgement)?,
            None => writing::write_profit(cx, &[])?,
        }
        writing::write_judgement(cx, &judgement)?;
        self.show(cx, data, trials, &judgement, model)?;
        Ok(judgement)
    }

    /// Profit by depth on the newest judged rows, and the expected maximum profit.
    fn price(&self, cx: &mut Context, data: &Labelled, money: &Money, judgement: &mut Judgement) -> Result<()> {
        let values = labels::worth(data, money.value_column.as_deref())?;
        let value = money.customer_value.map_or(0.0, |value| value.get());
        let priced = price(judgement, &money.costs(), values.as_deref(), value).map_err(bad)?;
        let best = *priced.best();
        let [ours, theirs] = priced.empc;
        cx.metric("empc", ours);
        cx.metric("best_list_share", best.share);
        cx.metric("best_list_profit", best.profit);
        cx.note(format!(
            "the list that pays most holds {} of {} customers ({:.1} %): {:.2} expected, {:.2} it would have brought; expected \
             maximum profit per customer {ours:.2} beside {theirs:.2} of {}",
            best.customers,
            judgement.newest.0.len(),
            100.0 * best.share,
            best.profit,
            best.realised,
            judgement.baseline().name
        ));
        judgement.empc = Some(priced.empc);
        writing::write_profit(cx, &priced.depths)?;
        showing::show_profit(cx, &priced, judgement);
        Ok(())
    }

    /// Columns that are constant or identify a customer are not learned from; those that know the answer are reported.
    fn watch_leakage(&self, cx: &mut Context, data: &mut Labelled) -> Result<()> {
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
            match *self.leakage {
                Leakage::Ignore => {}
                Leakage::Warn => cx.note(format!("{told} Leave it out with `exclude` if so")),
                Leakage::Hold => cx.made.held.push(told),
            }
        }
        data.leave_out(&left_out.iter().map(String::as_str).collect::<Vec<_>>()).map_err(bad)
    }

    /// The new model, where there is none in force, where that one no longer fits, or where the new one wins; else the one in force.
    fn hand_on(
        &self,
        cx: &mut Context,
        data: &Labelled,
        trials: &Trials,
        succession: Option<(InForce, Due)>,
        (model, card): (&[u8], &[u8]),
    ) -> Result<()> {
        cx.made.model = true;
        match succession {
            Some((now, Due::Contest(why))) => {
                cx.note(format!("a new model was trained: {why}"));
                let duel = duel(data, trials, &now.newest, self.criterion.0).map_err(bad)?;
                if !self.wins(cx, data, &now, duel) {
                    now.write_closed(cx, data)?;
                    return now.lay_beside(cx, model, card);
                }
            }
            Some((_, Due::Replace(why))) => cx.note(format!("trained again: {why}")),
            _ => {}
        }
        writing::write_closed(cx, &crate::churn::succession::closed_in_trials(data, trials))?;
        cx.write_file(MODEL, model)?;
        cx.write_file(CARD, card)
    }

    /// What the judgement says, for the notes.
    fn note_judgement(&self, cx: &mut Context, data: &Labelled, trials: &Trials, judgement: &Judgement) {
        let criterion = self.criterion.name;
        let (chosen, told, usual) = (judgement.chosen(), judgement.reported(), judgement.baseline());
        let (auc, base) = (told.of("roc-auc").value, usual.of("roc-auc").value);
        cx.note(format!("{} chosen: ROC AUC {auc:.3} beside {base:.3} of {}", chosen.name, usual.name));
        let (ours, theirs) = (told.of(criterion), usual.of(criterion));
        if told.name != chosen.name {
            cx.note(format!(
                "figures are those of choosing model, settings and calibration before each {}: {criterion} {:.4}, with the choice of today {:.4}",
                data.part(), ours.value, chosen.of(criterion).value
            ));
        }
        let verdict = &trials.verdict;
        if verdict.best != verdict.champion {
            let name = |place: usize| &trials.tried[trials.baselines + place].name;
            cx.note(format!(
                "{} has the better {criterion} ({:.4} beside {:.4}), {} is simpler and within one standard error",
                name(verdict.best),
                verdict.means[verdict.best],
                verdict.means[verdict.champion],
                name(verdict.champion)
            ));
        }
        if !judgement.is_clearly_better(self.criterion.0) {
            cx.note(format!(
                "not clearly better than {} by {criterion}: {:.4} ({:.4} to {:.4}) beside {:.4}",
                usual.name, ours.value, ours.low, ours.high, theirs.value
            ));
        }
    }
}
