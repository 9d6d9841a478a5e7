//! `train-churn`: a classifier trained on past snapshots (or a given label), judged on later ones beside simple baselines.
//!
//! The practice is in the pure room `churn`; here it gets tables and writes tables. In reading order: [`settings`], [`labels`] reads rows
//! with labels, [`succession`] says what the active model is worth now, [`writing`] writes tables, [`showing`] fills the report, [`wording`]
//! says facts in words.

mod labels;
mod settings;
mod showing;
mod succession;
mod wording;
mod writing;

use super::contracts::ContractTable;
use super::examples;
use super::rows::bad;
use super::succession::{CARD, Files, MODEL, about, why as in_words, write_new};
use super::words::succession::{NEW, REPLACED};
use super::words::train_churn as say;
use crate::churn::succession::{Due, Why, closed_in_trials, duel};
use crate::churn::{Card, Judgement, Labelled, Trials, final_model, judge, price, try_all};
use crate::diagnostics::Result;
use crate::learning::leakage::{Suspicion, watch};
use crate::learning::{Model, save};
use crate::report::Text;
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Shape, Stage, read_as, schema_of};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::features;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::scores::{CLOSED, GONE, JUDGEMENT, LIFT_TABLE, PROFIT, SEGMENT_JUDGEMENT, UNDER};
pub use settings::TrainChurn;
use settings::{Leakage, Money};
use succession::InForce;
pub use wording::{how_chosen, meaning};
use wording::{number, part, share};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "train-churn",
    version: 9,
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
        let (mut data, target) = self.labelled(cx)?;
        cx.made.rows_in = data.matrix.rows() as u64;
        (cx.progress)(0.1);
        let succession = match self.in_force(cx, &data)? {
            Some((now, Due::No(why))) => return self.keep(cx, (data, &target), now, &why),
            other => other,
        };
        self.watch_leakage(cx, &mut data)?;
        let models = self.rows_of_models();
        let progress = cx.progress;
        let trials = try_all(&data, &self.contest(&models, cx.seed), &|share| progress(0.1 + 0.65 * share));
        let trials = trials.map_err(bad)?;
        let model = final_model(&data, &trials, cx.seed).map_err(bad)?;
        (cx.progress)(0.9);
        let judgement = self.present(cx, (&data, &target), &trials, &*model)?;
        let about = about(cx, self, &target, &how_chosen(&trials));
        let card = Card::of(&data, &trials, &judgement, about, |column| meaning(column).english());
        let card = serde_json::to_string_pretty(&card).expect("a card is plain data");
        self.hand_on(cx, &data, &trials, succession, &vec![(MODEL, save(&*model)), (CARD, card.into_bytes())])?;
        self.note_judgement(cx, &data, &trials, &judgement);
        Ok(())
    }
}

impl TrainChurn {
    /// Measures, prices, writes and shows.
    fn present(
        &self,
        cx: &mut Context,
        (data, target): (&Labelled, &Text),
        trials: &Trials,
        model: &dyn Model,
    ) -> Result<Judgement> {
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
        showing::show(cx, (data, target), trials, &judgement, model)?;
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
        cx.note(say::BEST_LIST.with([
            ("customers", best.customers.into()),
            ("all", judgement.newest.0.len().into()),
            ("share", share(best.share)),
            ("expected", number(best.profit, 2)),
            ("realised", number(best.realised, 2)),
            ("ours", number(ours, 2)),
            ("theirs", number(theirs, 2)),
            ("baseline", judgement.baseline().name.as_str().into()),
        ]));
        judgement.empc = Some(priced.empc);
        writing::write_profit(cx, &priced.depths)?;
        showing::show_profit(cx, &priced, judgement);
        Ok(())
    }

    /// Columns that are constant or identify a customer are not learned from; those that know the answer are reported.
    fn watch_leakage(&self, cx: &mut Context, data: &mut Labelled) -> Result<()> {
        let mut left_out = Vec::new();
        for finding in watch(&data.matrix, &data.labels).map_err(bad)? {
            let column = || ("column", finding.column.as_str().into());
            let suspicion = match finding.suspicion {
                Suspicion::Constant => {
                    left_out.push(finding.column);
                    continue;
                }
                Suspicion::Identifier { .. } => {
                    cx.note(say::IDENTIFIER.with([column()]));
                    left_out.push(finding.column);
                    continue;
                }
                Suspicion::TooGood { roc_auc } => say::TOO_GOOD.with([column(), ("auc", number(roc_auc, 3))]),
                Suspicion::AbsenceTells { roc_auc } => say::ABSENCE.with([column(), ("auc", number(roc_auc, 3))]),
            };
            match *self.leakage {
                Leakage::Ignore => {}
                Leakage::Warn => cx.note(say::LEAVE_OUT.with([("suspicion", suspicion.into())])),
                Leakage::Hold => cx.made.held.push(suspicion.english()),
            }
        }
        data.leave_out(&left_out.iter().map(String::as_str).collect::<Vec<_>>()).map_err(bad)
    }

    /// The new model, where none is active, where the active one no longer fits, or where the new one wins; else the active one.
    fn hand_on(
        &self,
        cx: &mut Context,
        data: &Labelled,
        trials: &Trials,
        succession: Option<(InForce, Due)>,
        new: &Files,
    ) -> Result<()> {
        let in_words = |why: &Why| ("why", in_words(why, &say::PROMISE).into());
        match succession {
            Some((now, Due::Contest(why))) => {
                cx.note(NEW.with([in_words(&why)]));
                let duel = duel(data, trials, &now.newest, self.criterion.0).map_err(bad)?;
                if !self.wins(cx, data, &now, duel) {
                    now.write_closed(cx, data)?;
                    return now.stay_beside(cx, new);
                }
            }
            Some((_, Due::Replace(why))) => cx.note(REPLACED.with([in_words(&why)])),
            _ => {}
        }
        writing::write_closed(cx, &closed_in_trials(data, trials))?;
        write_new(cx, new)
    }

    /// What the judgement says, for the notes.
    fn note_judgement(&self, cx: &mut Context, data: &Labelled, trials: &Trials, judgement: &Judgement) {
        let criterion = || ("criterion", self.criterion.name.into());
        let (chosen, reported, usual) = (judgement.chosen(), judgement.reported(), judgement.baseline());
        let baseline = || ("baseline", usual.name.as_str().into());
        cx.note(say::CHOSEN.with([
            ("model", chosen.name.as_str().into()),
            ("ours", number(reported.of("roc-auc").value, 3)),
            ("theirs", number(usual.of("roc-auc").value, 3)),
            baseline(),
        ]));
        let [ours, theirs] = [reported, usual].map(|judged| judged.of(self.criterion.name));
        if reported.name != chosen.name {
            cx.note(say::BEFOREHAND.with([
                ("part", part(data)),
                criterion(),
                ("reported", number(ours.value, 4)),
                ("today", number(chosen.of(self.criterion.name).value, 4)),
            ]));
        }
        let verdict = &trials.verdict;
        if verdict.best != verdict.champion {
            let name = |place: usize| trials.tried[trials.baselines + place].name.as_str().into();
            cx.note(say::SIMPLER.with([
                ("best", name(verdict.best)),
                criterion(),
                ("first", number(verdict.means[verdict.best], 4)),
                ("second", number(verdict.means[verdict.champion], 4)),
                ("chosen", name(verdict.champion)),
            ]));
        }
        if !judgement.is_clearly_better(self.criterion.0) {
            cx.note(say::NOT_BETTER.with([
                baseline(),
                criterion(),
                ("ours", number(ours.value, 4)),
                ("low", number(ours.low, 4)),
                ("high", number(ours.high, 4)),
                ("theirs", number(theirs.value, 4)),
            ]));
        }
    }
}
