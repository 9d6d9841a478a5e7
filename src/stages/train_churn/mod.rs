//! `train-churn`: a classifier trained on past snapshots (or a given label), judged on later ones beside a baseline.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::history::history;
use super::rows::{bad, days, matrix};
use super::stage::{read_as, schema_of};
use super::{Context, Finding, Input, Kind, Need, Output, Shape, Stage, Upstream};
use crate::diagnostics::{Problem, Result, codes, did_you_mean};
use crate::features::{After, churned};
use crate::learning::folds::{by_customer, rolling};
use crate::learning::lift::lift_table;
use crate::learning::metrics::{CRITERIA, Metrics, reliability};
use crate::learning::{Lesson, MODELS, Matrix, Values, fit, model_row, save};
use crate::report::{self, Bin, Body, Decile, Estimate, Metric, Section, Weight};
use crate::tables::customers::CUSTOMERS;
use crate::tables::orders::ORDERS;
use crate::tables::scores::{JUDGEMENT, LIFT_TABLE};
use crate::tables::{Batches, Date, features};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "train-churn",
    version: 1,
    meaning: "Trains classifiers on past snapshots, or on a given label, and keeps the one that does best on later data.",
    example: r#"
[stage.lines]
kind = "ingest"
paths = ["orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.features]
kind = "build-features"
orders = "orders"

[stage.churn]
kind = "train-churn"
features = "features"
orders = "orders"
horizon = "90d"
"#,
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
    /// The `build-features` stage; or, with `label`, any stage with one row per customer.
    features: Upstream,
    /// The `clean-orders` stage that labels are taken from. Not needed with `label`.
    #[serde(default)]
    orders: Option<Upstream>,
    /// Who does not order within this span after a snapshot has left, such as `90d` or `12w`.
    #[serde(default = "usual_horizon")]
    horizon: String,
    /// For contracts: the column that says who has left.
    #[serde(default)]
    label: Option<String>,
    /// The value of `label` that means left.
    #[serde(default = "usual_positive")]
    positive: String,
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
}

fn usual_horizon() -> String {
    "90d".to_owned()
}

fn usual_positive() -> String {
    "Yes".to_owned()
}

fn usual_models() -> Vec<String> {
    ["logistic", "random-forest", "gradient-boosting"].map(str::to_owned).to_vec()
}

fn usual_criterion() -> String {
    "log-loss".to_owned()
}

fn usual_tests() -> usize {
    3
}

/// What is known about a trained model.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Card {
    /// Format of the card.
    pub format: u32,
    /// What the model predicts, in words.
    pub target: String,
    /// Its row in the table of models.
    pub model: String,
    /// Version of patron that trained it.
    pub version: String,
    /// The first day that training did not see.
    pub as_of: Option<String>,
    /// Rows it was trained on.
    pub rows: u64,
    /// Share of them that left.
    pub base_rate: f64,
    /// Typical value of each column: median of numbers, most frequent word. Reasons compare with it.
    pub typical: BTreeMap<String, Typical>,
    /// Metrics of every model that was tried, by model and metric.
    pub metrics: BTreeMap<String, BTreeMap<String, f64>>,
}

/// A column's typical value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Typical {
    /// Median.
    Number(f64),
    /// Most frequent word.
    Word(String),
}

/// Rows with labels, and the ways to divide them.
struct Labelled {
    matrix: Matrix,
    labels: Vec<bool>,
    /// Train and test rows of each judgement.
    trials: Vec<(Vec<u32>, Vec<u32>)>,
    target: String,
    baseline: Baseline,
}

/// The yardstick that any model must beat.
struct Baseline {
    name: &'static str,
    columns: Vec<&'static str>,
}

/// What one candidate did in each trial.
struct Candidate {
    name: String,
    complexity: u32,
    scores: Vec<Vec<f64>>,
    metrics: Vec<Metrics>,
}

impl Stage for TrainChurn {
    fn inputs(&self) -> Vec<Input> {
        match (&self.label, &self.orders) {
            (None, orders) => {
                let mut inputs = vec![self.features.input("features", Need::Also("snapshots", &features::FEATURES))];
                inputs.extend(orders.iter().map(|orders| orders.input("orders", Need::Table(&ORDERS))));
                inputs
            }
            (Some(_), _) => vec![self.features.input("features", Need::Table(&CUSTOMERS))],
        }
    }

    fn output(&self) -> Output {
        Output { main: Shape::Model(TASK), also: vec![("judgement", &JUDGEMENT), ("lift", &LIFT_TABLE)] }
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Err(error) = days(&self.horizon) {
            findings.push(Finding::at("horizon", error));
        }
        match (&self.label, &self.orders) {
            (None, None) => findings.push(
                Finding::at("orders", "labels come from nowhere")
                    .help("name the `clean-orders` stage as `orders`, or a `label` column"),
            ),
            (Some(_), Some(_)) => {
                findings.push(Finding::at("label", "give either `label` or `orders`: a label needs no orders"));
            }
            _ => {}
        }
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
        if !(1..=20).contains(&self.tests) {
            findings.push(Finding::at("tests", "must be from 1 to 20"));
        }
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let data = match &self.label {
            Some(label) => self.from_label(cx, label)?,
            None => self.from_snapshots(cx)?,
        };
        cx.made.rows_in = data.matrix.rows() as u64;
        let candidates = self.try_all(cx, &data)?;
        let chosen = self.choose(&candidates[1..]) + 1;
        let winner = &candidates[chosen];
        let settings = model_row(&winner.name).map_err(bad)?.defaults();
        let progress = |done: f64| (cx.progress)(0.85 + 0.15 * done);
        let lesson =
            Lesson { matrix: &data.matrix, labels: &data.labels, held_out: None, seed: cx.seed, progress: &progress };
        let model = fit(&settings, &lesson).map_err(bad)?;
        cx.write_file(MODEL, &save(&*model))?;
        let card = card(cx, &data, &candidates, &winner.name);
        let text = serde_json::to_string_pretty(&card).expect("a card is plain data");
        cx.write_file(CARD, text.as_bytes())?;
        cx.made.model = true;
        let last = data.trials.len() - 1;
        write_judgement(cx, &candidates, chosen)?;
        write_lift(cx, &data, winner, last)?;
        let weights = weights(&*model, &data)?;
        show(cx, &data, &candidates, chosen, last, weights)?;
        let auc = mean(winner, |m| m.roc_auc);
        let base = mean(&candidates[0], |m| m.roc_auc);
        cx.note(format!("{} chosen: ROC AUC {auc:.3} beside {base:.3} of {}", winner.name, data.baseline.name));
        Ok(())
    }
}

impl TrainChurn {
    /// Past snapshots, labelled by what the customers did afterwards.
    fn from_snapshots(&self, cx: &mut Context) -> Result<Labelled> {
        let orders = &self.orders.as_ref().expect("checked").0;
        let history = history(cx, orders)?;
        let as_of = cx.as_of()?.midnight();
        let horizon_days = days(&self.horizon).expect("checked");
        let horizon = horizon_days * 86_400;
        let table = Batches::read(&cx.input(&self.features.0).table("snapshots")?, &[])?;
        let dates = table.dates("as_of")?;
        let known: BTreeMap<&str, u32> =
            history.customers.iter().enumerate().map(|(i, name)| (name.as_str(), i as u32)).collect();
        let names = table.texts("customer")?;
        let customers: Vec<u32> = names
            .iter()
            .map(|name| name.as_deref().and_then(|name| known.get(name).copied()).unwrap_or(u32::MAX))
            .collect();
        let mut rows = Vec::new();
        let mut labels = Vec::new();
        let mut by_date: BTreeMap<i32, Vec<u32>> = BTreeMap::new();
        for (row, date) in dates.iter().enumerate() {
            if let (Some(date), true) = (date, customers[row] != u32::MAX) {
                by_date.entry(*date).or_default().push(row as u32);
            }
        }
        for (date, of_date) in by_date {
            let at = Date::from_days(date).midnight();
            if at + horizon > as_of {
                continue;
            }
            let after = After::new(&history.orders, at, horizon_days, as_of)
                .map_err(|e| Problem::new(&codes::BAD_DATA, e.to_string()).boxed())?;
            let ids: Vec<u32> = of_date.iter().map(|&row| customers[row as usize]).collect();
            for (row, label) in of_date.iter().zip(churned(after, &ids)) {
                if let Some(label) = label {
                    rows.push(*row);
                    labels.push(label);
                }
            }
        }
        if rows.is_empty() {
            return Problem::new(&codes::TOO_LITTLE_DATA, "no snapshot is old enough for its horizon to have closed")
                .help("ask `build-features` for more snapshots, or for a shorter horizon here".to_owned())
                .err();
        }
        let snapshots: Vec<i64> = dates.iter().map(|d| d.map_or(0, |d| Date::from_days(d).midnight())).collect();
        let matrix = matrix(&table, &self.exclude)?
            .with_customers(customers)
            .and_then(|m| m.with_snapshots(snapshots))
            .map_err(bad)?
            .take(&rows);
        let gap = i64::from(self.gap_days) * 86_400;
        let origins = rolling(&matrix, horizon, gap, self.tests).map_err(|e| {
            Problem::new(&codes::TOO_LITTLE_DATA, e.to_string())
                .help("ask `build-features` for more snapshots, or for a shorter horizon here".to_owned())
                .boxed()
        })?;
        let newest = Date::of_civil_seconds(origins.last().map_or(0, |o| o.snapshot));
        cx.note(format!("judged on {} snapshots, the latest {newest}", origins.len()));
        let trials = origins.into_iter().map(|o| ([o.train, o.held_out].concat(), o.test)).collect();
        let target = format!("no order within {horizon_days} days");
        let baseline = Baseline { name: "recency", columns: vec!["recency_days"] };
        Ok(Labelled { matrix, labels, trials, target, baseline })
    }

    /// One row per customer with a label, divided into five folds.
    fn from_label(&self, cx: &mut Context, label: &str) -> Result<Labelled> {
        let table = Batches::read(&cx.input(&self.features.0).table("")?, &[])?;
        if !table.has(label) {
            let names: Vec<&str> = table.schema.fields().iter().map(|f| f.name().as_str()).collect();
            let near = did_you_mean(label, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            return Problem::new(&codes::BAD_TABLE, format!("`{}` has no column `{label}`", self.features.0))
                .help(near)
                .err();
        }
        let truth = table.texts(label)?;
        let is_positive = |value: &str| value.eq_ignore_ascii_case(&self.positive);
        let rows: Vec<u32> = (0..truth.len() as u32).filter(|&row| truth[row as usize].is_some()).collect();
        let labels: Vec<bool> =
            rows.iter().filter_map(|&row| truth[row as usize].as_deref().map(is_positive)).collect();
        if !labels.contains(&true) || !labels.contains(&false) {
            return Problem::new(
                &codes::TOO_LITTLE_DATA,
                format!("in `{label}` all rows are the same to `{}`", self.positive),
            )
            .help("name the value that means left with `positive`".to_owned())
            .err();
        }
        let mut exclude = self.exclude.clone();
        exclude.push(label.to_owned());
        let matrix = matrix(&table, &exclude)?.take(&rows);
        let folds = by_customer(&matrix, 5, cx.seed).map_err(bad)?;
        let trials = (0..5)
            .map(|fold| {
                let rows =
                    |wanted: bool| (0..folds.len() as u32).filter(|&r| (folds[r as usize] == fold) == wanted).collect();
                (rows(false), rows(true))
            })
            .collect();
        let baseline = Baseline { name: "base rate", columns: Vec::new() };
        Ok(Labelled { matrix, labels, trials, target: format!("{label} is {}", self.positive), baseline })
    }

    /// Every candidate in every trial; the baseline is the first.
    fn try_all(&self, cx: &Context, data: &Labelled) -> Result<Vec<Candidate>> {
        let mut candidates = vec![data.judge_baseline(cx)?];
        let total = (self.models.len() * data.trials.len()) as f64;
        for (n, name) in self.models.iter().enumerate() {
            let row = model_row(name).map_err(bad)?;
            let mut scores = Vec::new();
            for (t, (train, test)) in data.trials.iter().enumerate() {
                let (learn, judge) = (data.matrix.take(train), data.matrix.take(test));
                let labels = pick(&data.labels, train);
                let done = (n * data.trials.len() + t) as f64;
                let progress = |part: f64| (cx.progress)(0.85 * (done + part) / total);
                let lesson =
                    Lesson { matrix: &learn, labels: &labels, held_out: None, seed: cx.seed, progress: &progress };
                let model = fit(&row.defaults(), &lesson).map_err(bad)?;
                scores.push(model.score(&judge).map_err(bad)?);
            }
            candidates.push(data.candidate(name, row.complexity, scores)?);
        }
        Ok(candidates)
    }

    /// The best by the criterion; among those within one standard error of the best, the simplest.
    fn choose(&self, candidates: &[Candidate]) -> usize {
        let larger = CRITERIA.iter().find(|(name, _, _)| *name == self.criterion).is_some_and(|(_, _, larger)| *larger);
        let value = |metrics: &Metrics| {
            let value = metrics.criterion(&self.criterion).expect("checked");
            if larger { value } else { -value }
        };
        let average = |candidate: &Candidate| mean(candidate, value);
        let best = (0..candidates.len())
            .max_by(|&a, &b| average(&candidates[a]).total_cmp(&average(&candidates[b])))
            .expect("at least one model");
        let n = candidates[best].metrics.len() as f64;
        // Differences from the best in the same trials: what the trials have in common does not count as uncertainty.
        let close = |candidate: &Candidate| {
            let pairs = candidates[best].metrics.iter().zip(&candidate.metrics);
            let gaps: Vec<f64> = pairs.map(|(b, c)| value(b) - value(c)).collect();
            let mean = gaps.iter().sum::<f64>() / n;
            let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
            mean <= (variance / n).sqrt()
        };
        (0..candidates.len())
            .filter(|&i| i == best || close(&candidates[i]))
            .min_by_key(|&i| (candidates[i].complexity, i != best))
            .unwrap_or(best)
    }
}

impl Labelled {
    /// The yardstick: a logistic regression on its few columns, or the training rate alone.
    fn judge_baseline(&self, cx: &Context) -> Result<Candidate> {
        let mut scores = Vec::new();
        for (train, test) in &self.trials {
            let labels = pick(&self.labels, train);
            let others: Vec<&str> = self
                .matrix
                .columns()
                .iter()
                .map(|c| c.name.as_str())
                .filter(|n| !self.baseline.columns.contains(n))
                .collect();
            let narrow = self.matrix.clone().without(&others);
            if narrow.columns().is_empty() {
                let rate = labels.iter().filter(|l| **l).count() as f64 / labels.len() as f64;
                scores.push(vec![rate; test.len()]);
            } else {
                let learn = narrow.take(train);
                let lesson = Lesson::new(&learn, &labels, cx.seed);
                let model = fit(&model_row("logistic").map_err(bad)?.defaults(), &lesson).map_err(bad)?;
                scores.push(model.score(&narrow.take(test)).map_err(bad)?);
            }
        }
        self.candidate(self.baseline.name, 0, scores)
    }

    fn candidate(&self, name: &str, complexity: u32, scores: Vec<Vec<f64>>) -> Result<Candidate> {
        let judged =
            self.trials.iter().zip(&scores).map(|((_, test), scores)| Metrics::of(&pick(&self.labels, test), scores));
        let metrics = judged.collect::<std::result::Result<Vec<_>, _>>().map_err(bad)?;
        Ok(Candidate { name: name.to_owned(), complexity, scores, metrics })
    }
}

fn pick(labels: &[bool], rows: &[u32]) -> Vec<bool> {
    rows.iter().map(|&row| labels[row as usize]).collect()
}

fn mean(candidate: &Candidate, value: impl Fn(&Metrics) -> f64) -> f64 {
    candidate.metrics.iter().map(value).sum::<f64>() / candidate.metrics.len() as f64
}

/// A metric as shown: name, meaning, whether larger is better, value.
type Shown = (&'static str, &'static str, bool, fn(&Metrics) -> f64);

/// The metrics that are shown.
const SHOWN: [Shown; 8] = [
    ("ROC AUC", "chance that one who left is ranked above one who stayed", true, |m| m.roc_auc),
    ("PR AUC", "average precision", true, |m| m.pr_auc),
    ("top-decile lift", "rate among the tenth with the highest scores over the rate of all", true, |m| {
        m.top_decile_lift
    }),
    ("KS", "greatest gap between the score distributions of the two groups", true, |m| m.ks),
    ("Brier", "mean squared error of the probability", false, |m| m.brier),
    ("log loss", "mean log loss of the probability", false, |m| m.log_loss),
    ("ECE", "expected calibration error over ten bins", false, |m| m.ece),
    ("calibration slope", "1 is right, below 1 overconfident", true, |m| m.calibration_slope),
];

/// Mean over the trials with a 95 % interval from their spread.
fn estimate(candidate: &Candidate, value: fn(&Metrics) -> f64) -> Estimate {
    let n = candidate.metrics.len() as f64;
    let mean = mean(candidate, value);
    if n < 2.0 {
        return Estimate { value: mean, low: f64::NAN, high: f64::NAN };
    }
    let variance = candidate.metrics.iter().map(|m| (value(m) - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = crate::numeric::student::quantile_975(n - 1.0) * (variance / n).sqrt();
    Estimate { value: mean, low: mean - half, high: mean + half }
}

fn write_judgement(cx: &mut Context, candidates: &[Candidate], chosen: usize) -> Result<()> {
    let rows: Vec<(usize, &Shown, Estimate)> = candidates
        .iter()
        .enumerate()
        .flat_map(|(i, candidate)| SHOWN.iter().map(move |shown| (i, shown, estimate(candidate, shown.3))))
        .filter(|(_, _, estimate)| estimate.value.is_finite())
        .collect();
    for (_, shown, estimate) in rows.iter().filter(|(i, _, _)| *i == chosen) {
        cx.metric(&shown.0.to_lowercase().replace([' ', '-'], "_"), estimate.value);
    }
    let mut columns = Columns::new();
    columns
        .text("model", rows.iter().map(|(i, _, _)| &candidates[*i].name))
        .boolean("chosen", rows.iter().map(|(i, _, _)| *i == chosen))
        .text("measure", rows.iter().map(|(_, shown, _)| shown.0))
        .number("value", rows.iter().map(|(_, _, e)| e.value))
        .maybe_number("low", rows.iter().map(|(_, _, e)| e.low))
        .maybe_number("high", rows.iter().map(|(_, _, e)| e.high));
    cx.write("judgement", &JUDGEMENT, &[columns.batch()])
}

fn write_lift(cx: &mut Context, data: &Labelled, winner: &Candidate, trial: usize) -> Result<()> {
    let labels = pick(&data.labels, &data.trials[trial].1);
    let table = lift_table(&labels, &winner.scores[trial], 10).map_err(bad)?;
    let mut columns = Columns::new();
    columns
        .integer("decile", table.iter().map(|row| row.group as i64))
        .integer("customers", table.iter().map(|row| row.rows as i64))
        .integer("positives", table.iter().map(|row| row.positives as i64))
        .number("rate", table.iter().map(|row| row.positives as f64 / row.rows as f64))
        .number("mean_score", table.iter().map(|row| row.mean_score))
        .number("lift", table.iter().map(|row| row.lift))
        .number("gain", table.iter().map(|row| row.cumulative_gain));
    cx.write("lift", &LIFT_TABLE, &[columns.batch()])
}

fn card(cx: &Context, data: &Labelled, candidates: &[Candidate], chosen: &str) -> Card {
    let typical = data.matrix.columns().iter().map(|column| (column.name.clone(), typical(&column.values)));
    let metrics = candidates.iter().map(|candidate| {
        let of = SHOWN.iter().map(|shown| (shown.0.to_owned(), mean(candidate, shown.3)));
        (candidate.name.clone(), of.filter(|(_, value)| value.is_finite()).collect())
    });
    Card {
        format: 1,
        target: data.target.clone(),
        model: chosen.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of: cx.made.as_of.clone(),
        rows: data.labels.len() as u64,
        base_rate: data.labels.iter().filter(|l| **l).count() as f64 / data.labels.len() as f64,
        typical: typical.collect(),
        metrics: metrics.collect(),
    }
}

fn typical(values: &Values) -> Typical {
    match values {
        Values::Numbers(numbers) => {
            let mut sorted: Vec<f64> = numbers.iter().copied().filter(|v| v.is_finite()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
            Typical::Number(median)
        }
        Values::Words { codes, words } => {
            let mut counts = vec![0_u64; words.len()];
            codes.iter().filter(|code| (**code as usize) < words.len()).for_each(|code| counts[*code as usize] += 1);
            let most = (0..words.len()).max_by_key(|&i| (counts[i], std::cmp::Reverse(i)));
            Typical::Word(most.map_or_else(String::new, |i| words[i].clone()))
        }
    }
}

/// Mean absolute contribution of each column over some of the rows, the strongest first.
fn weights(model: &dyn crate::learning::Model, data: &Labelled) -> Result<Vec<Weight>> {
    let step = (data.matrix.rows() / 2_000).max(1);
    let rows: Vec<u32> = (0..data.matrix.rows() as u32).step_by(step).collect();
    let contributions = model.contributions(&data.matrix.take(&rows)).map_err(bad)?;
    let mut weights: Vec<Weight> = contributions
        .columns
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let sum: f64 = (0..rows.len()).map(|row| contributions.row(row)[i].abs()).sum();
            Weight { feature: name.replace('_', " "), weight: sum / rows.len() as f64 }
        })
        .collect();
    weights.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.feature.cmp(&b.feature)));
    weights.truncate(15);
    Ok(weights)
}

fn show(
    cx: &mut Context,
    data: &Labelled,
    candidates: &[Candidate],
    chosen: usize,
    trial: usize,
    weights: Vec<Weight>,
) -> Result<()> {
    let (baseline, winner) = (&candidates[0], &candidates[chosen]);
    let labels = pick(&data.labels, &data.trials[trial].1);
    let table = lift_table(&labels, &winner.scores[trial], 10).map_err(bad)?;
    let usual = lift_table(&labels, &baseline.scores[trial], 10).map_err(bad)?;
    let gains = |table: &[crate::learning::lift::LiftRow]| {
        std::iter::once((0.0, 0.0)).chain(table.iter().map(|row| (row.cumulative_rows, row.cumulative_gain))).collect()
    };
    let metrics = SHOWN.iter().map(|(name, meaning, larger, value)| Metric {
        name: (*name).to_owned(),
        meaning: (*meaning).to_owned(),
        larger_is_better: *larger,
        model: estimate(winner, *value),
        baseline: Some(estimate(baseline, *value)).filter(|e| e.value.is_finite()),
    });
    let deciles = table.iter().enumerate().map(|(i, row)| Decile {
        customers: row.rows as u64,
        positives: row.positives as u64,
        predicted: row.mean_score,
        lift: row.lift,
        baseline_lift: usual.get(i).map_or(f64::NAN, |row| row.lift),
    });
    let bins = reliability(&labels, &winner.scores[trial], 10);
    let calibration = bins.iter().map(|bin| {
        let half = 1.96 * (bin.positive_rate * (1.0 - bin.positive_rate) / bin.rows as f64).sqrt();
        Bin {
            customers: bin.rows as u64,
            predicted: bin.mean_score,
            observed: Estimate {
                value: bin.positive_rate,
                low: (bin.positive_rate - half).max(0.0),
                high: (bin.positive_rate + half).min(1.0),
            },
        }
    });
    let model = report::Model {
        name: winner.name.clone(),
        baseline: baseline.name.clone(),
        target: data.target.clone(),
        judged: labels.len() as u64,
        positives: labels.iter().filter(|l| **l).count() as u64,
        metrics: metrics.collect(),
        deciles: deciles.collect(),
        gains: gains(&table),
        baseline_gains: gains(&usual),
        calibration: calibration.collect(),
        weights,
    };
    cx.section(Section::new(cx.step, Body::Model(model)));
    Ok(())
}
