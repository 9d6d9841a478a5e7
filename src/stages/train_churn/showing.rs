//! What the report shows of a trained model.

use super::wording::{column, how_chosen, meaning, measure, part};
use crate::churn::drivers::{drivers, effects};
use crate::churn::judgement::calibration_bins;
use crate::churn::{Figure, Judgement, Labelled, Priced, SHOWN, Trials};
use crate::diagnostics::Result;
use crate::learning::Model;
use crate::learning::importance::Importance;
use crate::learning::lift::LiftRow;
use crate::learning::profit::Depth;
use crate::report::{
    self, Bin, Body, Cell, Chapter, Column, Curve, Curves, Decile, Estimate, Metric, Section, Status, Table, Text,
    Unit, Weight,
};
use crate::stage::Context;
use crate::stages::rows::bad;
use crate::stages::study_churn::interval;
use crate::stages::words::train_churn as say;

/// Reasons shown.
const REASONS: usize = 15;

/// The model, what was tried, what drives it, and what the labels say.
pub(super) fn show(
    cx: &mut Context,
    (data, target): (&Labelled, &Text),
    trials: &Trials,
    judgement: &Judgement,
    model: &dyn Model,
) -> Result<()> {
    let drivers = drivers(data, model).map_err(bad)?;
    cx.section(Section::new(cx.step, Body::Model(shown_model(target, judgement, &drivers))));
    let parts = if data.reach > 0 { &say::DATES } else { &say::FOLDS };
    let parts = ("parts", parts.with([("parts", data.folds.len().into())]).into());
    let (settings, way) = (("settings", how_chosen(trials).into()), ("calibration", trials.way().name().into()));
    let lead = match judgement.reported == judgement.chosen {
        true => say::TRIED_LEAD.with([parts, settings, way]),
        false => say::TRIED_BEFOREHAND.with([parts, ("part", part(data)), settings, way]),
    };
    let section = Section::new(cx.step, Body::Table(comparison(judgement))).heading(&say::TRIED).lead(lead);
    cx.section(section.chapter(Chapter::Models));
    for effect in effects(data, model, &drivers).map_err(bad)? {
        let curves = Curves {
            x: column(&effect.column),
            x_unit: Unit::Number(1),
            y: (&say::PROBABILITY).into(),
            y_unit: Unit::Share,
            curves: vec![Curve { name: (&say::OTHERS_AS_THEY_ARE).into(), baseline: false, points: effect.points }],
            marks: Vec::new(),
        };
        let section = Section::new(cx.step, Body::Curves(curves))
            .heading(say::EFFECT.with([("feature", column(&effect.column).into())]))
            .lead(say::EFFECT_LEAD.with([("meaning", meaning(&effect.column).into())]));
        cx.section(section.chapter(Chapter::Models));
    }
    if !data.horizons.is_empty() {
        show_horizons(cx, data);
    }
    if !data.reasons.is_empty() {
        show_reasons(cx, data);
    }
    Ok(())
}

fn shown_model(target: &Text, judgement: &Judgement, drivers: &[Importance]) -> report::Model {
    let (labels, scores) = &judgement.newest;
    let (reported, usual) = (judgement.reported(), judgement.baseline());
    let (table, plain) = (&judgement.lift, &judgement.baseline_lift);
    let metrics = SHOWN.iter().enumerate().map(|(i, shown)| Metric {
        name: measure(shown),
        meaning: Text::term("measure-meaning", shown.key, shown.meaning),
        larger_is_better: shown.larger_is_better,
        model: estimate(reported.values[i]),
        baseline: Some(estimate(usual.values[i])).filter(|e| e.value.is_finite()),
    });
    let deciles = table.iter().enumerate().map(|(i, row)| Decile {
        customers: row.rows as u64,
        positives: row.positives as u64,
        predicted: row.mean_score,
        lift: row.lift,
        baseline_lift: plain.get(i).map_or(f64::NAN, |row| row.lift),
    });
    let calibration = calibration_bins(labels, scores).into_iter().map(|(bin, observed)| Bin {
        customers: bin.rows as u64,
        predicted: bin.mean_score,
        observed: estimate(observed),
    });
    let weight = |driver: &Importance| Weight { feature: column(&driver.name), weight: driver.mean_absolute };
    report::Model {
        name: judgement.chosen().name.clone(),
        baseline: usual.name.clone(),
        target: target.clone(),
        judged: labels.len() as u64,
        positives: labels.iter().filter(|l| **l).count() as u64,
        metrics: metrics.collect(),
        deciles: deciles.collect(),
        gains: gains(table),
        baseline_gains: gains(plain),
        calibration: calibration.collect(),
        weights: drivers.iter().map(weight).collect(),
    }
}

fn estimate(figure: Figure) -> Estimate {
    Estimate { value: figure.value, low: figure.low, high: figure.high }
}

fn gains(table: &[LiftRow]) -> Vec<(f64, f64)> {
    std::iter::once((0.0, 0.0)).chain(table.iter().map(|row| (row.cumulative_rows, row.cumulative_gain))).collect()
}

fn comparison(judgement: &Judgement) -> Table {
    let measures = SHOWN
        .iter()
        .map(|shown| Column::new(measure(shown)).meaning(Text::term("measure-meaning", shown.key, shown.meaning)));
    let columns = std::iter::once(Column::new(&say::MODEL)).chain(measures).chain([Column::new(&say::USED)]);
    let mut table = Table { columns: columns.collect(), ..Table::default() };
    for judged in &judgement.list {
        let digits = |i: usize| Unit::Number(if SHOWN[i].key == "top-decile-lift" { 2 } else { 4 });
        let mut row = vec![Cell::text(&judged.name)];
        row.extend(judged.values.iter().enumerate().map(|(i, e)| match e.value.is_finite() {
            true => Cell::Number(e.value, digits(i)),
            false => Cell::Missing,
        }));
        row.push(if judged.chosen { Cell::Status(Status::Passed) } else { Cell::Missing });
        table.push(row);
    }
    table
}

fn show_reasons(cx: &mut Context, data: &Labelled) {
    let all: u64 = data.reasons.iter().map(|reason| reason.customers).sum();
    let titles = [&say::REASON, &say::CUSTOMERS, &say::SHARE, &say::INTERVAL, &say::IS_CHURN];
    let mut table = Table::with(&titles);
    for reason in data.reasons.iter().take(REASONS) {
        table.push(vec![
            Cell::text(&reason.name),
            Cell::Count(reason.customers),
            Cell::Number(reason.customers as f64 / all as f64, Unit::Share),
            interval(reason.customers, all),
            Cell::text(if reason.churn { &say::YES } else { &say::NO }),
        ]);
    }
    table.total_rows = Some(data.reasons.len() as u64);
    let lead = if data.reach > 0 { &say::WHY_LEFT_DATED } else { &say::WHY_LEFT_LEAD };
    let section = Section::new(cx.step, Body::Table(table))
        .heading(&say::WHY_LEFT)
        .lead(lead.with([("all", all.into())]))
        .chapter(Chapter::Customers);
    cx.section(section);
}

fn show_horizons(cx: &mut Context, data: &Labelled) {
    let titles = [&say::HORIZON, &say::CUSTOMERS, &say::LEFT, &say::SHARE, &say::CAME_BACK, &say::USED];
    let mut table = Table::with(&titles);
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
    let section = Section::new(cx.step, Body::Table(table)).heading(&say::HORIZONS).lead(&say::HORIZONS_LEAD);
    cx.section(section.chapter(Chapter::Models));
}

/// Profit by size of the list, of the reported scores and of the baseline.
pub(super) fn show_profit(cx: &mut Context, priced: &Priced, judgement: &Judgement) {
    let points = |depths: &[Depth], of: fn(&Depth) -> f64| {
        depths[..depths.len() - 1].iter().map(|depth| (depth.share, of(depth))).collect()
    };
    let [model, baseline] = [judgement.reported(), judgement.baseline()].map(|judged| judged.name.as_str());
    let curve = |name: Text, baseline, points| Curve { name, baseline, points };
    let expected = say::EXPECTED.with([("model", model.into())]);
    let realised = |name: &str| say::REALISED.with([("model", name.into())]);
    let curves = Curves {
        x: (&say::LIST_SHARE).into(),
        x_unit: Unit::Share,
        y: (&say::AMOUNT).into(),
        y_unit: Unit::Number(0),
        curves: vec![
            curve(expected, false, points(&priced.depths, |d| d.profit)),
            curve(realised(model), false, points(&priced.depths, |d| d.realised)),
            curve(realised(baseline), true, points(&priced.baseline_depths, |d| d.realised)),
        ],
        marks: vec![(priced.best().share, (&say::BEST).into())],
    };
    let section = Section::new(cx.step, Body::Curves(curves)).heading(&say::PROFIT).lead(&say::PROFIT_LEAD);
    cx.section(section.chapter(Chapter::Models));
}
