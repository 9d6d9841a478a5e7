//! How good everything tried was: measures with intervals, by tenth of the list, by segment.

use super::TrainChurn;
use super::labels::Labelled;
use super::trials::Trials;
use crate::diagnostics::Result;
use crate::learning::folds::Origin;
use crate::learning::intervals::all_metrics;
use crate::learning::lift::{LiftRow, lift_table};
use crate::learning::metrics::Metrics;
use crate::learning::selection::Candidate;
use crate::numeric::random::mix;
use crate::report::Estimate;
use crate::stages::Context;
use crate::stages::columns::Columns;
use crate::stages::rows::bad;
use crate::tables::scores::{JUDGEMENT, LIFT_TABLE, SEGMENT_JUDGEMENT};

/// A measure as shown: name in tables, name among intervals, meaning, whether larger is better.
pub(super) type Shown = (&'static str, &'static str, &'static str, bool);

/// The measures that are shown.
pub(super) const SHOWN: [Shown; 9] = [
    ("ROC AUC", "roc-auc", "chance that one who left is ranked above one who stayed", true),
    ("PR AUC", "pr-auc", "average precision", true),
    ("top-decile lift", "top-decile-lift", "rate among the tenth with the highest scores over the rate of all", true),
    ("Gini", "gini", "2 × ROC AUC − 1", true),
    ("KS", "ks", "greatest gap between the score distributions of the two groups", true),
    ("Brier", "brier", "mean squared error of the probability", false),
    ("log loss", "log-loss", "mean log loss of the probability", false),
    ("ECE", "ece", "expected calibration error over ten bins, of each judged date or fold", false),
    ("calibration slope", "calibration-slope", "1 is right, below 1 overconfident", true),
];

/// Draws of customers for an interval, and rows that they are drawn from at most.
const DRAWS: usize = 100;
const DRAWN_ROWS: usize = 12_000;

/// One candidate's measures on all judged rows together; those of ranking and ECE are means over the judged parts.
pub(super) struct Judged {
    pub name: String,
    pub chosen: bool,
    /// In the order of [`SHOWN`].
    pub values: Vec<Estimate>,
}

impl Judged {
    /// A measure by its name in tables.
    pub(super) fn value(&self, name: &str) -> f64 {
        SHOWN.iter().position(|s| s.0 == name).map_or(f64::NAN, |place| self.values[place].value)
    }
}

/// The judgement of everything tried.
pub(super) struct Judgement {
    /// Yardsticks, models, their average; then the winner as it is handed out, and what choosing beforehand would have given.
    pub list: Vec<Judged>,
    /// Index of what the figures are told of: what choosing beforehand would have given, where there are enough dates; else the winner.
    pub told: usize,
    /// Index of the strongest yardstick.
    pub yardstick: usize,
    /// Labels of the newest judged fold, and the scores that the figures are told of.
    pub newest: (Vec<bool>, Vec<f64>),
    /// The yardstick's scores there.
    pub yardstick_scores: Vec<f64>,
    /// Expected maximum profit per customer of what the figures are told of and of the yardstick, where money was given.
    pub empc: Option<[f64; 2]>,
}

impl TrainChurn {
    /// Measures everything, with intervals by customers.
    pub(super) fn judge(&self, cx: &mut Context, data: &Labelled, trials: &Trials) -> Result<Judgement> {
        let judged_rows = judged_rows(data);
        let mut list = Vec::new();
        for (i, candidate) in trials.tried.iter().enumerate() {
            // The winner is measured as it is handed out.
            let with_intervals = i != trials.winner || trials.calibrations[trials.calibration].name != "none";
            list.push(measured(data, &judged_rows, candidate, false, with_intervals, cx.seed)?);
        }
        let place = super::criterion_place(&self.criterion);
        let values: Vec<f64> =
            list[..trials.yardsticks].iter().map(|judged: &Judged| judged.values[place].value).collect();
        let yardstick = trials.best_yardstick(&values, self.larger_is_better());
        let winner = &trials.tried[trials.winner];
        let method = &trials.calibrations[trials.calibration];
        let name = if method.name == "none" {
            list[trials.winner].name.clone()
        } else {
            format!("{}, {}", winner.name, method.name)
        };
        let handed = Candidate { name, complexity: 0, scores: trials.winning_scores().to_vec() };
        let judged = measured(data, &judged_rows, &handed, true, true, cx.seed)?;
        if method.name == "none" {
            list[trials.winner] = judged;
        } else {
            list.push(judged);
        }
        let mut told = list.iter().position(|judged| judged.chosen).expect("one is chosen");
        if let Some(before) = &trials.chosen_before {
            list.push(measured(data, &judged_rows, before, false, true, cx.seed)?);
            if trials.told().is_some() {
                told = list.len() - 1;
            }
        }
        let last = data.folds.len() - 1;
        let newest = (data.truth(&data.folds[last].test), trials.told_scores()[last].clone());
        write_lift(cx, &lift_table(&newest.0, &newest.1, 10).map_err(bad)?)?;
        let others = trials.tried.iter().enumerate().filter(|(i, _)| method.name != "none" || *i != trials.winner);
        let mut all: Vec<(&Candidate, bool)> = others.map(|(_, candidate)| (candidate, false)).collect();
        all.push((&handed, true));
        all.extend(trials.told().map(|before| (before, false)));
        self.write_segments(cx, data, &all)?;
        Ok(Judgement {
            list,
            told,
            yardstick,
            newest,
            yardstick_scores: trials.tried[yardstick].scores[last].clone(),
            empc: None,
        })
    }

    /// The table of all measures.
    pub(super) fn write_judgement(&self, cx: &mut Context, judgement: &Judgement) -> Result<()> {
        let list = &judgement.list;
        for (shown, estimate) in SHOWN.iter().zip(&list[judgement.told].values) {
            cx.metric(&shown.0.to_lowercase().replace([' ', '-'], "_"), estimate.value);
        }
        let rows: Vec<(&Judged, &Shown, &Estimate)> = list
            .iter()
            .flat_map(|judged| SHOWN.iter().zip(&judged.values).map(move |(shown, e)| (judged, shown, e)))
            .filter(|(_, _, estimate)| estimate.value.is_finite())
            .collect();
        let mut rows: Vec<(&str, bool, &str, Estimate)> =
            rows.into_iter().map(|(judged, shown, e)| (judged.name.as_str(), judged.chosen, shown.0, *e)).collect();
        if let Some(values) = judgement.empc {
            for (place, value) in [judgement.told, judgement.yardstick].into_iter().zip(values) {
                let judged = &list[place];
                let estimate = Estimate { value, low: f64::NAN, high: f64::NAN };
                rows.push((&judged.name, judged.chosen, "EMPC", estimate));
            }
        }
        let mut columns = Columns::new();
        columns
            .text("model", rows.iter().map(|row| row.0))
            .boolean("chosen", rows.iter().map(|row| row.1))
            .text("measure", rows.iter().map(|row| row.2))
            .number("value", rows.iter().map(|row| row.3.value))
            .maybe_number("low", rows.iter().map(|row| row.3.low))
            .maybe_number("high", rows.iter().map(|row| row.3.high));
        cx.write("judgement", &JUDGEMENT, &[columns.batch()])
    }

    /// How all do within each segment of the judged rows.
    fn write_segments(&self, cx: &mut Context, data: &Labelled, all: &[(&Candidate, bool)]) -> Result<()> {
        let Some(segments) = &data.segments else {
            return cx.write("segments", &SEGMENT_JUDGEMENT, &[]);
        };
        let judged_rows = judged_rows(data);
        let mut groups: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
        for (place, row) in judged_rows.iter().enumerate() {
            groups.entry(&segments[row.row as usize]).or_default().push(place);
        }
        let scores: Vec<Vec<f64>> = all.iter().map(|(candidate, _)| candidate.scores.concat()).collect();
        let mut table: Vec<(&str, usize, f64, &str, bool, &str, Estimate)> = Vec::new();
        for (segment, places) in &groups {
            let own: Vec<JudgedRow> = places.iter().map(|&place| judged_rows[place]).collect();
            let own_rows: Vec<u32> = own.iter().map(|row| row.row).collect();
            let truth = data.truth(&own_rows);
            let rate = truth.iter().filter(|left| **left).count() as f64 / truth.len() as f64;
            for ((candidate, chosen), scores) in all.iter().zip(&scores) {
                let own_scores: Vec<f64> = places.iter().map(|&place| scores[place]).collect();
                let mut row = |measure, estimate| {
                    table.push((*segment, own.len(), rate, &candidate.name, *chosen, measure, estimate));
                };
                let mean = own_scores.iter().sum::<f64>() / own_scores.len() as f64;
                row("mean score", Estimate { value: mean, low: f64::NAN, high: f64::NAN });
                // Who all did the same cannot be ranked.
                if !data.both(&own_rows) {
                    continue;
                }
                let candidate = Candidate { name: String::new(), complexity: 0, scores: vec![own_scores] };
                let judged = measured(data, &own, &candidate, *chosen, true, cx.seed)?;
                for (shown, estimate) in SHOWN.iter().zip(judged.values).filter(|(_, e)| e.value.is_finite()) {
                    row(shown.0, estimate);
                }
            }
        }
        let mut columns = Columns::new();
        columns
            .text("segment", table.iter().map(|row| row.0))
            .integer("customers", table.iter().map(|row| row.1 as i64))
            .number("rate", table.iter().map(|row| row.2))
            .text("model", table.iter().map(|row| row.3))
            .boolean("chosen", table.iter().map(|row| row.4))
            .text("measure", table.iter().map(|row| row.5))
            .number("value", table.iter().map(|row| row.6.value))
            .maybe_number("low", table.iter().map(|row| row.6.low))
            .maybe_number("high", table.iter().map(|row| row.6.high));
        cx.write("segments", &SEGMENT_JUDGEMENT, &[columns.batch()])
    }
}

/// A row that was judged, and in which part.
#[derive(Clone, Copy)]
struct JudgedRow {
    row: u32,
    part: u32,
}

/// All of them, part after part, as scores are.
fn judged_rows(data: &Labelled) -> Vec<JudgedRow> {
    let rows =
        |(fold, part): (&Origin, u32)| fold.test.iter().map(move |&row| JudgedRow { row, part }).collect::<Vec<_>>();
    data.folds.iter().zip(0..).flat_map(rows).collect()
}

fn measured(
    data: &Labelled,
    judged: &[JudgedRow],
    candidate: &Candidate,
    chosen: bool,
    with_intervals: bool,
    seed: u64,
) -> Result<Judged> {
    let scores = candidate.scores.concat();
    let (rows, parts): (Vec<u32>, Vec<u32>) = judged.iter().map(|row| (row.row, row.part)).unzip();
    let m = Metrics::within(&data.truth(&rows), &scores, &parts).map_err(bad)?;
    let values =
        [m.roc_auc, m.pr_auc, m.top_decile_lift, m.gini, m.ks, m.brier, m.log_loss, m.ece, m.calibration_slope];
    let mut estimates = values.map(|value| Estimate { value, low: f64::NAN, high: f64::NAN });
    if with_intervals {
        // A part of the customers tells the width; it is then that of all.
        let customers = data.matrix.customers();
        let share = DRAWN_ROWS as f64 / rows.len() as f64;
        let below = if share >= 1.0 { u64::MAX } else { (share * u64::MAX as f64) as u64 };
        let some: Vec<usize> =
            (0..rows.len()).filter(|&i| mix(seed ^ u64::from(customers[rows[i] as usize])) <= below).collect();
        let some_rows: Vec<u32> = some.iter().map(|&i| rows[i]).collect();
        let some_scores: Vec<f64> = some.iter().map(|&i| scores[i]).collect();
        let some_parts: Vec<u32> = some.iter().map(|&i| parts[i]).collect();
        let narrower = (some.len() as f64 / rows.len() as f64).sqrt();
        let bare = data.matrix.only(&[]).take(&some_rows);
        let drawn = all_metrics(&bare, (&data.truth(&some_rows), &some_scores, &some_parts), 0.95, DRAWS, seed);
        let drawn = drawn.map_err(bad)?;
        for (estimate, shown) in estimates.iter_mut().zip(&SHOWN) {
            let own = drawn.iter().find(|(name, _)| *name == shown.1).map(|(_, interval)| interval);
            if let Some(interval) = own.filter(|i| i.low.is_finite() && i.high.is_finite()) {
                // All draws may lie on one side of a measure that noise makes larger.
                estimate.low = estimate.value + (interval.low - interval.value).min(0.0) * narrower;
                estimate.high = estimate.value + (interval.high - interval.value).max(0.0) * narrower;
            }
        }
    }
    Ok(Judged { name: candidate.name.clone(), chosen, values: estimates.to_vec() })
}

fn write_lift(cx: &mut Context, table: &[LiftRow]) -> Result<()> {
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
