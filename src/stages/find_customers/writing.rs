//! The tables of candidates, judgement, depth and plan, and what is told of them.

use super::settings::FindCustomers;
use super::{FoundCustomers, say};
use crate::churn::bands::by_score;
use crate::churn::reasons::REASONS;
use crate::churn::{Figure, SHOWN};
use crate::diagnostics::Result;
use crate::numeric::shares::{Z95, wilson};
use crate::report::{Unit, Value};
use crate::response::Claim;
use crate::response::alike::Method;
use crate::response::sizes::{contacts_for_area, contacts_for_rate, half_width, least_area};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::layouts::response::{FOUND_CUSTOMERS, RESPONSE_DEPTH, RESPONSE_JUDGED, TRIAL_PLAN};

/// The measure of the seeds that a method finds.
const SEEDS_FOUND: &str = "held-out seeds in the top tenth";
/// The measure of what the reported scores gain over the strongest baseline.
const GAIN: &str = "log loss below the strongest baseline";
/// Rates that a trial is planned for where none is known.
const RATES: [f64; 4] = [0.01, 0.02, 0.05, 0.1];
/// Shares of the rate within which it shall be known.
const WITHIN: [f64; 3] = [0.5, 0.25, 0.1];
/// Areas that shall be told from chance.
const AREAS: [f64; 5] = [0.55, 0.6, 0.65, 0.7, 0.8];

/// A row of the plan.
pub(super) struct Planned {
    pub(super) question: &'static str,
    pub(super) made: bool,
    pub(super) rate: f64,
    pub(super) target: f64,
    pub(super) contacts: u64,
}

impl FoundCustomers {
    pub(super) fn write(&self, cx: &mut Context, asked: &FindCustomers) -> Result<()> {
        self.write_candidates(cx)?;
        self.write_judged(cx)?;
        self.write_depth(cx)?;
        let plan = self.plan(asked);
        let mut columns = Columns::new();
        columns
            .text("question", plan.iter().map(|row| row.question))
            .boolean("made", plan.iter().map(|row| row.made))
            .number("rate", plan.iter().map(|row| row.rate))
            .number("target", plan.iter().map(|row| row.target))
            .integer("contacts", plan.iter().map(|row| row.contacts as i64))
            .number("responders", plan.iter().map(|row| row.rate * row.contacts as f64));
        cx.write("plan", &TRIAL_PLAN, &[columns.batch()])
    }

    /// Candidates by falling score.
    fn write_candidates(&self, cx: &mut Context) -> Result<()> {
        let scores = &self.scores;
        let names: Vec<String> =
            self.read.scored.iter().map(|&row| self.read.customers[row as usize].clone()).collect();
        let order = by_score(&names, &scores.score);
        let mut columns = Columns::new();
        columns
            .text("customer", order.iter().map(|&row| &names[row]))
            .text("claim", order.iter().map(|_| scores.claim.name()))
            .number("score", order.iter().map(|&row| scores.score[row]))
            .number("low", order.iter().map(|&row| scores.band[row].0))
            .number("high", order.iter().map(|&row| scores.band[row].1))
            .maybe_number("expected_profit", order.iter().map(|&row| scores.profit[row]))
            .maybe_number("similarity", order.iter().map(|&row| scores.similarity[row]));
        for (place, name) in ["reason_1", "reason_2", "reason_3"].into_iter().enumerate().take(REASONS) {
            columns.maybe_text(name, order.iter().map(|&row| scores.reasons[row].get(place)));
        }
        cx.write(MAIN, &FOUND_CUSTOMERS, &[columns.batch()])
    }

    fn write_judged(&self, cx: &mut Context) -> Result<()> {
        let mut rows = Vec::new();
        for (place, judged) in self.proof.list.iter().enumerate() {
            for (shown, figure) in SHOWN.iter().zip(judged.values).filter(|(_, figure)| figure.value.is_finite()) {
                let name = judged.name.as_str();
                rows.push((name, self.scores_with(judged.chosen), place == self.proof.reported, shown.name, figure));
            }
        }
        rows.push((self.proof.reported().name.as_str(), self.scores_with(true), true, GAIN, self.proof.gain));
        let found = self.methods.iter().flat_map(|(found, method)| {
            [Method::Nearest, Method::Classifier].into_iter().zip(found).map(move |(own, found)| (own, *method, found))
        });
        for (own, method, found) in found {
            let figure = Figure { value: found.share.value, low: found.share.low, high: found.share.high };
            rows.push((own.name(), own == method, own == method, SEEDS_FOUND, figure));
        }
        let mut columns = Columns::new();
        columns
            .text("model", rows.iter().map(|row| row.0))
            .boolean("chosen", rows.iter().map(|row| row.1))
            .boolean("reported", rows.iter().map(|row| row.2))
            .text("measure", rows.iter().map(|row| row.3))
            .number("value", rows.iter().map(|row| row.4.value))
            .maybe_number("low", rows.iter().map(|row| row.4.low))
            .maybe_number("high", rows.iter().map(|row| row.4.high));
        cx.write("judged", &RESPONSE_JUDGED, &[columns.batch()])
    }

    /// Whether a classifier that was chosen among classifiers also gives the scores.
    fn scores_with(&self, chosen: bool) -> bool {
        chosen && self.methods.as_ref().is_none_or(|(_, method)| *method == Method::Classifier)
    }

    fn write_depth(&self, cx: &mut Context) -> Result<()> {
        let list = self.depths.as_ref().map_or(&[][..], |depths| &depths.list);
        let mut columns = Columns::new();
        columns
            .number("share", list.iter().map(|depth| depth.share))
            .number("contacts", list.iter().map(|depth| (depth.contacts * 1e6).round() / 1e6))
            .number("responders", list.iter().map(|depth| depth.responders))
            .number("expected_profit", list.iter().map(|depth| depth.expected))
            .number("profit", list.iter().map(|depth| depth.realised.value))
            .number("low", list.iter().map(|depth| depth.realised.low))
            .number("high", list.iter().map(|depth| depth.realised.high))
            .boolean("best", list.iter().map(|depth| depth.best));
        cx.write("depth", &RESPONSE_DEPTH, &[columns.batch()])
    }

    /// What the trial that was made can answer, and what the next one takes.
    pub(super) fn plan(&self, asked: &FindCustomers) -> Vec<Planned> {
        let mut plan = Vec::new();
        let (responders, contacts) = self.counted();
        let observed = responders as f64 / contacts as f64;
        if self.read.claim == Claim::Response {
            let row = |question, target| Planned { question, made: true, rate: observed, target, contacts };
            plan.push(row("rate", half_width(observed, contacts)));
            plan.extend(least_area(observed, contacts).map(|area| row("ranking", area)));
        }
        let rates = match (asked.expected_rate, self.read.claim) {
            (Some(rate), _) => vec![rate.get()],
            (None, Claim::Response) => vec![observed],
            (None, Claim::LookAlike) => RATES.to_vec(),
        };
        for rate in rates {
            let row = |question, target, contacts| Planned { question, made: false, rate, target, contacts };
            plan.extend(WITHIN.map(|part| row("rate", part * rate, contacts_for_rate(rate, part * rate))));
            plan.extend(AREAS.iter().filter_map(|&area| Some(row("ranking", area, contacts_for_area(area, rate)?))));
        }
        plan
    }

    /// Persons of the trial or the list, and those of them who are looked for. Where the trial has no outcomes yet, those of the trial that
    /// taught the active model.
    fn counted(&self) -> (u64, u64) {
        let labels = if self.read.has_both() { &self.read.labels } else { &self.proof.labels };
        (labels.iter().filter(|label| **label).count() as u64, labels.len() as u64)
    }

    /// Figures and remarks for people.
    pub(super) fn tell(&self, cx: &mut Context, asked: &FindCustomers) {
        let share = |value: f64| Value::Number(value, Unit::Share);
        let number = |value: f64, digits: u8| Value::Number(value, Unit::Number(digits));
        let (proof, (positives, rows)) = (&self.proof, self.counted());
        let (reported, usual, rate) = (proof.reported(), proof.baseline(), positives as f64 / rows as f64);
        let area = reported.of("roc-auc");
        cx.metric("learned_from", self.learned_from as f64);
        cx.metric("candidates", self.read.scored.len() as f64);
        cx.metric("rate", rate);
        cx.metric("roc_auc", area.value);
        if self.read.scored.is_empty() {
            cx.note(&say::NOBODY_LEFT);
        }
        if self.read.claim == Claim::Response {
            if self.read.has_both() {
                let (low, high) = wilson(positives, rows, Z95);
                cx.note(say::RATE.with([
                    ("responders", positives.into()),
                    ("contacts", rows.into()),
                    ("rate", share(rate)),
                    ("low", share(low)),
                    ("high", share(high)),
                ]));
            }
            cx.note(if self.read.control > 0 { &say::RESPONSE_WITH_CONTROL } else { &say::RESPONSE_ONLY });
        }
        cx.note(say::CHOSEN.with([
            ("model", proof.chosen().map_or("", |chosen| chosen.name.as_str()).into()),
            ("area", number(area.value, 3)),
            ("low", number(area.low, 3)),
            ("high", number(area.high, 3)),
            ("theirs", number(usual.of("roc-auc").value, 3)),
            ("baseline", usual.name.as_str().into()),
            ("column", proof.column.as_str().into()),
        ]));
        if proof.gain.low <= 0.0 {
            cx.note(say::NOT_BETTER.with([
                ("baseline", usual.name.as_str().into()),
                ("gain", number(proof.gain.value, 4)),
                ("low", number(proof.gain.low, 4)),
                ("high", number(proof.gain.high, 4)),
            ]));
        }
        if let Some(([nearest, classifier], method)) = &self.methods {
            cx.metric("seeds_in_top_tenth", if *method == Method::Nearest { nearest } else { classifier }.share.value);
            cx.note(say::METHODS.with([
                ("seeds", nearest.seeds.into()),
                ("nearest", share(nearest.share.value)),
                ("classifier", share(classifier.share.value)),
                (
                    "method",
                    match method {
                        Method::Nearest => (&say::NEAREST).into(),
                        Method::Classifier => (&say::CLASSIFIER).into(),
                    },
                ),
            ]));
            cx.note(&say::LISTED);
        }
        match (&self.depths, asked.margin) {
            (Some(depths), _) => {
                let worth = self.scores.profit.iter().filter(|profit| **profit > 0.0);
                let (count, sum) = worth.fold((0usize, 0.0), |(count, sum), profit| (count + 1, sum + profit));
                cx.metric("worth_contacting", count as f64);
                cx.metric("expected_profit", sum);
                cx.metric("best_share", depths.best.value);
                cx.note(say::WORTH.with([
                    ("count", count.into()),
                    ("all", self.read.scored.len().into()),
                    ("profit", number(sum, 2)),
                    ("share", share(depths.best.value)),
                    ("low", share(depths.best.low)),
                    ("high", share(depths.best.high)),
                ]));
            }
            (None, None) if self.read.claim == Claim::Response => cx.note(&say::NO_MARGIN),
            _ => {}
        }
    }
}
