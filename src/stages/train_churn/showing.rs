//! What the report shows of a trained model.

use super::TrainChurn;
use crate::churn::{Figure, Judgement, Labelled, Priced, SHOWN, Trials};
use crate::diagnostics::Result;
use crate::features::{FEATURES, index_of};
use crate::learning::importance::{importance, partial_dependence};
use crate::learning::lift::LiftRow;
use crate::learning::metrics::reliability;
use crate::learning::profit::Depth;
use crate::learning::{Model, Values};
use crate::report::{
    self, Bin, Body, Cell, Chapter, Curve, Curves, Decile, Estimate, Metric, Section, Status, Table, Unit, Weight,
};
use crate::stage::Context;
use crate::stages::rows::bad;
use crate::stages::study_churn::interval;

/// Rows that importance is taken over.
const WEIGHED: usize = 1_000;
/// Columns whose effect is drawn.
const CURVES: usize = 4;

impl TrainChurn {
    pub(super) fn show(
        &self,
        cx: &mut Context,
        data: &Labelled,
        trials: &Trials,
        judgement: &Judgement,
        model: &dyn Model,
    ) -> Result<()> {
        let (labels, scores) = &judgement.newest;
        let (chosen, told, usual) = (judgement.chosen(), judgement.reported(), judgement.baseline());
        let (table, plain) = (&judgement.lift, &judgement.baseline_lift);
        let metrics = SHOWN.iter().enumerate().map(|(i, shown)| Metric {
            name: shown.name.to_owned(),
            meaning: shown.meaning.to_owned(),
            larger_is_better: shown.larger_is_better,
            model: estimate(told.values[i]),
            baseline: Some(estimate(usual.values[i])).filter(|e| e.value.is_finite()),
        });
        let deciles = table.iter().enumerate().map(|(i, row)| Decile {
            customers: row.rows as u64,
            positives: row.positives as u64,
            predicted: row.mean_score,
            lift: row.lift,
            baseline_lift: plain.get(i).map_or(f64::NAN, |row| row.lift),
        });
        let weights = self.weights(data, model)?;
        let shown = report::Model {
            name: chosen.name.clone(),
            baseline: usual.name.clone(),
            target: data.target.clone(),
            judged: labels.len() as u64,
            positives: labels.iter().filter(|l| **l).count() as u64,
            metrics: metrics.collect(),
            deciles: deciles.collect(),
            gains: gains(table),
            baseline_gains: gains(plain),
            calibration: calibration(labels, scores),
            weights: weights
                .iter()
                .map(|(name, weight)| Weight { feature: name.replace('_', " "), weight: *weight })
                .collect(),
        };
        cx.section(Section::new(cx.step, Body::Model(shown)));
        let section = Section::new(cx.step, Body::Table(comparison(judgement)))
            .heading("What was tried")
            .lead(format!(
                "All on the same {} judged {}. {}Settings: {}. Calibration: {}.",
                data.folds.len(),
                match data.reach {
                    0 => "folds, each by the customers of the others; measures of ranking and ECE are means over them",
                    _ => "dates, each by what was known before it; measures of ranking and ECE are means over them",
                },
                match told.name == chosen.name {
                    true => String::new(),
                    false => format!(
                        "The figures above are of choosing all before each {0}: no {0} has a say in its own. ",
                        data.part()
                    ),
                },
                if trials.search.is_empty() { "of the active model" } else { &trials.search },
                trials.way().name()
            ))
            .chapter(Chapter::Models);
        cx.section(section);
        self.show_effects(cx, data, model, &weights)?;
        if !data.horizons.is_empty() {
            show_horizons(cx, data);
        }
        if !data.reasons.is_empty() {
            show_reasons(cx, data);
        }
        Ok(())
    }

    /// Mean absolute contribution of each column over some rows, the strongest first.
    fn weights(&self, data: &Labelled, model: &dyn Model) -> Result<Vec<(String, f64)>> {
        let step = (data.matrix.rows() / WEIGHED).max(1);
        let rows: Vec<u32> = (0..data.matrix.rows() as u32).step_by(step).collect();
        let contributions = model.contributions(&data.matrix.take(&rows)).map_err(bad)?;
        let list = importance(&contributions).into_iter().take(15);
        Ok(list.map(|column| (column.name, column.mean_absolute)).collect())
    }

    /// How the mean score moves with each of the strongest numbers.
    fn show_effects(
        &self,
        cx: &mut Context,
        data: &Labelled,
        model: &dyn Model,
        weights: &[(String, f64)],
    ) -> Result<()> {
        let mut drawn = 0;
        for (name, _) in weights {
            let is_number = data.matrix.column(name).is_some_and(|c| matches!(c.values, Values::Numbers(_)));
            if !is_number || drawn == CURVES {
                continue;
            }
            let curve = partial_dependence(model, &data.matrix, name, 12).map_err(bad)?;
            let points: Vec<(f64, f64)> =
                curve.iter().filter_map(|point| Some((point.number?, point.mean_score))).collect();
            if points.len() < 2 {
                continue;
            }
            drawn += 1;
            let meaning = index_of(name).map_or_else(|| name.replace('_', " "), |i| FEATURES[i].meaning.to_owned());
            let curves = Curves {
                x: name.replace('_', " "),
                x_unit: Unit::Number(1),
                y: "mean probability".to_owned(),
                y_unit: Unit::Share,
                curves: vec![Curve { name: "all others as they are".to_owned(), baseline: false, points }],
                marks: Vec::new(),
            };
            let section = Section::new(cx.step, Body::Curves(curves))
                .heading(format!("Effect of {}", name.replace('_', " ")))
                .lead(format!("The mean probability when every customer had this value ({meaning})."))
                .chapter(Chapter::Models);
            cx.section(section);
        }
        Ok(())
    }
}

fn estimate(figure: Figure) -> Estimate {
    Estimate { value: figure.value, low: figure.low, high: figure.high }
}

fn gains(table: &[LiftRow]) -> Vec<(f64, f64)> {
    std::iter::once((0.0, 0.0)).chain(table.iter().map(|row| (row.cumulative_rows, row.cumulative_gain))).collect()
}

fn calibration(labels: &[bool], scores: &[f64]) -> Vec<Bin> {
    let bin = |bin: crate::learning::metrics::Reliability| {
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
    };
    reliability(labels, scores, 10).into_iter().map(bin).collect()
}

fn comparison(judgement: &Judgement) -> Table {
    let mut titles = vec!["model"];
    titles.extend(SHOWN.iter().map(|shown| shown.name));
    titles.push("used");
    let mut table = Table::with(&titles);
    for judged in &judgement.list {
        let mut row = vec![Cell::text(&judged.name)];
        let digits = |i: usize| Unit::Number(if SHOWN[i].key == "top-decile-lift" { 2 } else { 4 });
        row.extend(judged.values.iter().enumerate().map(|(i, e)| match e.value.is_finite() {
            true => Cell::Number(e.value, digits(i)),
            false => Cell::Missing,
        }));
        row.push(if judged.chosen { Cell::Status(Status::Passed) } else { Cell::Missing });
        table.push(row);
    }
    table
}

/// Reasons shown.
const REASONS: usize = 15;

fn show_reasons(cx: &mut Context, data: &Labelled) {
    let all = data.reasons.iter().map(|reason| reason.customers).sum();
    let mut table = Table::with(&["reason", "customers", "share", "95 % interval", "counts as churn"]);
    for reason in data.reasons.iter().take(REASONS) {
        table.push(vec![
            Cell::text(&reason.name),
            Cell::Count(reason.customers),
            Cell::Number(reason.customers as f64 / all as f64, Unit::Share),
            interval(reason.customers, all),
            Cell::text(if reason.churn { "yes" } else { "no" }),
        ]);
    }
    table.total_rows = Some(data.reasons.len() as u64);
    let section = Section::new(cx.step, Body::Table(table))
        .heading("Why customers left")
        .lead(format!(
            "The reasons of the {all} customers who left{}. The model says who leaves, not why.",
            if data.reach > 0 { " after a snapshot that the model learned from or was judged on" } else { "" }
        ))
        .chapter(Chapter::Customers);
    cx.section(section);
}

fn show_horizons(cx: &mut Context, data: &Labelled) {
    let mut table = Table::with(&["horizon (days)", "customers", "left", "share", "of them came back", "used"]);
    for row in &data.horizons {
        let share = |part: u64, all: u64| if all > 0 { part as f64 / all as f64 } else { 0.0 };
        table.push(vec![
            Cell::Count(row.days as u64),
            Cell::Count(row.customers),
            Cell::Count(row.left),
            Cell::Number(share(row.left, row.customers), Unit::Share),
            Cell::Number(share(row.came_back, row.left), Unit::Share),
            if row.chosen { Cell::Status(Status::Passed) } else { Cell::Missing },
        ]);
    }
    let section = Section::new(cx.step, Body::Table(table))
        .heading("What another horizon would mean")
        .lead(
            "Each on the newest date for which half the horizon more is over: who came back in that half had not left.",
        )
        .chapter(Chapter::Models);
    cx.section(section);
}

pub(super) fn show_profit(cx: &mut Context, priced: &Priced, judgement: &Judgement) {
    let points = |depths: &[Depth], of: fn(&Depth) -> f64| {
        depths[..depths.len() - 1].iter().map(|depth| (depth.share, of(depth))).collect()
    };
    let (told, baseline) = (&judgement.reported().name, &judgement.baseline().name);
    let curve = |name: String, baseline, points| Curve { name, baseline, points };
    let curves = Curves {
        x: "share of customers on the list".to_owned(),
        x_unit: Unit::Share,
        y: "profit".to_owned(),
        y_unit: Unit::Number(0),
        curves: vec![
            curve(format!("{told}, expected"), false, points(&priced.depths, |d| d.profit)),
            curve(format!("{told}, as it came"), false, points(&priced.depths, |d| d.realised)),
            curve(format!("{baseline}, as it came"), true, points(&priced.baseline_depths, |d| d.realised)),
        ],
        marks: vec![(priced.best().share, "best".to_owned())],
    };
    let section = Section::new(cx.step, Body::Curves(curves))
        .heading("Profit by size of the list")
        .lead("What the newest judged customers would have brought, by the costs and the success rate that were given.")
        .chapter(Chapter::Models);
    cx.section(section);
}
