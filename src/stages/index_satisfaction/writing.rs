//! Writes the tables of `index-satisfaction`.

use super::IndexSatisfaction;
use super::reading::Survey;
use super::waves::{Estimated, IndexRow, Indexed};
use super::wording::{advice, is_about, nearest, sentence};
use crate::diagnostics::Result;
use crate::keys::key;
use crate::satisfaction::{Importance, PathModel, consistent_paths, total_effects};
use crate::stage::setting::Choice;
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::layouts::satisfaction::{
    ANSWERS_SET_ASIDE, IMPORTANCE, INDEX, ITEMS, PATHS, RELIABILITY, SATISFACTION,
};

/// The newest answer of each customer that has all constructs, with scores and weight.
pub(super) fn write_customers(
    cx: &mut Context,
    survey: &Survey,
    indexed: Option<(&PathModel, &Indexed)>,
    weights: &[f64],
) -> Result<()> {
    // Without constructs every answer counts, with them those that could be scored.
    let mut rows: Vec<(usize, Vec<f64>)> = Vec::new();
    match indexed {
        None => rows.extend((0..survey.customers.len()).map(|row| (row, Vec::new()))),
        Some((_, indexed)) => {
            for (wave, scored) in survey.waves.iter().zip(&indexed.scored) {
                let of = |(n, person): (usize, &usize)| {
                    (wave.rows.start + person, scored.scores.iter().map(|scores| scores[n]).collect())
                };
                rows.extend(scored.answers.persons.iter().enumerate().map(of));
            }
        }
    }
    // Waves may overlap in time: the last day counts, then the later wave.
    rows.sort_by_cached_key(|(row, _)| (key(&survey.customers[*row]), survey.dates[*row], *row));
    let last = |n: &usize| {
        rows.get(n + 1).is_none_or(|next| key(&survey.customers[next.0]) != key(&survey.customers[rows[*n].0]))
    };
    let rows: Vec<&(usize, Vec<f64>)> = (0..rows.len()).filter(last).map(|n| &rows[n]).collect();
    let wave_of = |row: usize| {
        let wave = survey.waves.iter().find(|wave| wave.rows.contains(&row));
        wave.expect("every answer has a wave").name.as_str()
    };
    let mut columns = Columns::new();
    columns
        .text("customer", rows.iter().map(|row| &survey.customers[row.0]))
        .date("date", rows.iter().map(|row| survey.dates[row.0]))
        .text("wave", rows.iter().map(|row| wave_of(row.0)))
        .number("weight", rows.iter().map(|row| weights[row.0]));
    for (j, block) in indexed.iter().flat_map(|(model, _)| model.blocks().iter().enumerate()) {
        columns.number(&block.name, rows.iter().map(|row| row.1[j]));
    }
    cx.write(MAIN, &SATISFACTION, &[columns.batch_of(&SATISFACTION)])
}

/// Indices and measures by wave, with the change since the wave before.
pub(super) fn write_index(cx: &mut Context, survey: &Survey, rows: &[IndexRow]) -> Result<()> {
    let before = |row: &IndexRow| {
        let same = |other: &&IndexRow| {
            (&other.construct, other.measure) == (&row.construct, row.measure) && other.wave < row.wave
        };
        rows.iter().filter(same).max_by_key(|other| other.wave)
    };
    let change = |row: &IndexRow| before(row).map_or(f64::NAN, |other| row.score.value - other.score.value);
    let by_weights = |row: &IndexRow| {
        let moved = |row: &IndexRow| row.own_weights - row.score.value;
        before(row).map_or(f64::NAN, |other| moved(row) - moved(other))
    };
    let mut columns = Columns::new();
    columns
        .text("wave", rows.iter().map(|row| &survey.waves[row.wave].name))
        .date("first_day", rows.iter().map(|row| survey.waves[row.wave].first_day))
        .text("construct", rows.iter().map(|row| &row.construct))
        .text("measure", rows.iter().map(|row| row.measure))
        .number("value", rows.iter().map(|row| row.score.value))
        .maybe_number("low", rows.iter().map(|row| row.score.low))
        .maybe_number("high", rows.iter().map(|row| row.score.high))
        .integer("persons", rows.iter().map(|row| row.persons as i64))
        .number("effective", rows.iter().map(|row| row.score.effective))
        .number("unweighted", rows.iter().map(|row| row.unweighted))
        .maybe_number("equal_items", rows.iter().map(|row| row.equal_items))
        .maybe_number("own_weights", rows.iter().map(|row| row.own_weights))
        .maybe_number("change", rows.iter().map(change))
        .maybe_number("change_by_weights", rows.iter().map(by_weights));
    cx.write("index", &INDEX, &[columns.batch()])
}

/// Paths and total effects of each wave on which the model was estimated.
pub(super) fn write_paths(cx: &mut Context, survey: &Survey, model: &PathModel, estimated: &[Estimated]) -> Result<()> {
    let mut rows = Vec::new();
    for wave in estimated {
        let effects = total_effects(model, &wave.pls.paths);
        let consistent = consistent_paths(model, &wave.pls, &wave.blocks);
        for to in 0..model.blocks().len() {
            for from in (0..model.blocks().len()).filter(|&from| effects[to][from] != 0.0) {
                let arrow = model.predecessors(to).contains(&from);
                let path = if arrow { wave.pls.paths[to][from] } else { f64::NAN };
                rows.push((wave, to, from, path, effects[to][from], consistent[to][from]));
            }
        }
    }
    let name = |place: usize| &model.blocks()[place].name;
    let mut columns = Columns::new();
    columns
        .text("wave", rows.iter().map(|row| &survey.waves[row.0.wave].name))
        .text("from", rows.iter().map(|row| name(row.2)))
        .text("to", rows.iter().map(|row| name(row.1)))
        .maybe_number("path", rows.iter().map(|row| row.3))
        .maybe_number("low", rows.iter().map(|row| row.0.draws.paths[row.1][row.2].low))
        .maybe_number("high", rows.iter().map(|row| row.0.draws.paths[row.1][row.2].high))
        .maybe_number("error", rows.iter().map(|row| row.0.draws.paths[row.1][row.2].error))
        .maybe_number("consistent", rows.iter().map(|row| row.5))
        .number("effect", rows.iter().map(|row| row.4))
        .number("effect_low", rows.iter().map(|row| row.0.draws.effects[row.1][row.2].low))
        .number("effect_high", rows.iter().map(|row| row.0.draws.effects[row.1][row.2].high))
        .number("r_squared", rows.iter().map(|row| row.0.pls.r_squared[row.1]));
    cx.write("paths", &PATHS, &[columns.batch()])
}

/// Quality of each construct in each wave, with its warnings in words.
pub(super) fn write_reliability(
    cx: &mut Context,
    survey: &Survey,
    model: &PathModel,
    estimated: &[Estimated],
) -> Result<()> {
    let rows: Vec<_> = estimated.iter().flat_map(|wave| wave.blocks.iter().map(move |block| (wave, block))).collect();
    let name = |place: usize| &model.blocks()[place].name;
    let nearest: Vec<Option<(usize, f64)>> = rows.iter().map(|(wave, block)| nearest(wave, block.construct)).collect();
    let warnings = rows.iter().map(|(wave, block)| {
        let own = wave.warnings.iter().filter(|warning| is_about(warning, block.construct));
        own.map(|warning| sentence(model, warning).english()).collect::<Vec<_>>().join(". ")
    });
    let mut columns = Columns::new();
    columns
        .text("wave", rows.iter().map(|row| &survey.waves[row.0.wave].name))
        .text("construct", rows.iter().map(|row| name(row.1.construct)))
        .integer("items", rows.iter().map(|row| model.blocks()[row.1.construct].items.len() as i64))
        .text("mode", rows.iter().map(|row| model.blocks()[row.1.construct].mode.word()))
        .maybe_number("alpha", rows.iter().map(|row| row.1.alpha))
        .maybe_number("alpha_standardised", rows.iter().map(|row| row.1.alpha_standardised))
        .maybe_number("rho_c", rows.iter().map(|row| row.1.rho_c))
        .maybe_number("rho_a", rows.iter().map(|row| row.1.rho_a))
        .maybe_number("ave", rows.iter().map(|row| row.1.ave))
        .number("largest_vif", rows.iter().map(|row| row.1.largest_vif))
        .text("weakest_item", rows.iter().map(|row| &model.items()[row.1.weakest.0]))
        .number("weakest_loading", rows.iter().map(|row| row.1.weakest.1))
        .maybe_text("nearest", nearest.iter().map(|pair| pair.map(|pair| name(pair.0))))
        .maybe_number("htmt", nearest.iter().map(|pair| pair.map_or(f64::NAN, |pair| pair.1)))
        .text("warnings", warnings);
    cx.write("reliability", &RELIABILITY, &[columns.batch()])
}

/// Items with weights and loadings.
pub(super) fn write_items(cx: &mut Context, survey: &Survey, (model, indexed): (&PathModel, &Indexed)) -> Result<()> {
    let mut rows = Vec::new();
    for wave in &indexed.estimated {
        for (block, frozen) in model.blocks().iter().zip(&indexed.frozen.blocks) {
            rows.extend(block.items.clone().zip(&frozen.weights).map(|(item, weight)| (wave, block, item, *weight)));
        }
    }
    let mut columns = Columns::new();
    columns
        .text("wave", rows.iter().map(|row| &survey.waves[row.0.wave].name))
        .text("construct", rows.iter().map(|row| &row.1.name))
        .text("item", rows.iter().map(|row| &model.items()[row.2]))
        .number("mean", rows.iter().map(|row| row.0.data.means[row.2]))
        .number("frozen_weight", rows.iter().map(|row| row.3))
        .number("weight", rows.iter().map(|row| row.0.pls.weights[row.2]))
        .number("weight_low", rows.iter().map(|row| row.0.draws.weights[row.2].low))
        .number("weight_high", rows.iter().map(|row| row.0.draws.weights[row.2].high))
        .number("loading", rows.iter().map(|row| row.0.pls.loadings[row.2]))
        .number("loading_low", rows.iter().map(|row| row.0.draws.loadings[row.2].low))
        .number("loading_high", rows.iter().map(|row| row.0.draws.loadings[row.2].high));
    cx.write("items", &ITEMS, &[columns.batch()])
}

/// The map of the newest wave.
pub(super) fn write_importance(cx: &mut Context, model: &PathModel, target: &str, rows: &[Importance]) -> Result<()> {
    let name = |row: &Importance| &model.blocks()[row.construct].name;
    let mut columns = Columns::new();
    columns
        .text("target", rows.iter().map(|_| target))
        .text("construct", rows.iter().map(name))
        .maybe_text("item", rows.iter().map(|row| row.item.map(|item| &model.items()[item])))
        .maybe_number("effect", rows.iter().map(|row| row.effect.unwrap_or(f64::NAN)))
        .number("points", rows.iter().map(|row| row.points))
        .number("performance", rows.iter().map(|row| row.performance))
        .maybe_text("advice", rows.iter().map(|row| row.item.is_none().then(|| advice(rows, row).with([]).english())));
    cx.write("importance", &IMPORTANCE, &[columns.batch()])
}

/// What was set aside, by reason.
pub(super) fn write_aside(cx: &mut Context, survey: &mut Survey) -> Result<()> {
    survey.aside.sort_unstable();
    let rows = &survey.aside;
    let mut columns = Columns::new();
    columns
        .maybe_text("customer", rows.iter().map(|row| row.customer.as_ref()))
        .maybe_date("date", rows.iter().map(|row| row.date))
        .text("reason", rows.iter().map(|row| &row.reason));
    cx.made.rejected = rows.len() as u64;
    cx.write("set_aside", &ANSWERS_SET_ASIDE, &[columns.batch()])
}

impl IndexSatisfaction {
    /// Empty tables of what needs constructs.
    pub(super) fn write_no_model(&self, cx: &mut Context) -> Result<()> {
        for (suffix, layout) in
            [("paths", &PATHS), ("reliability", &RELIABILITY), ("items", &ITEMS), ("importance", &IMPORTANCE)]
        {
            cx.write(suffix, layout, &[])?;
        }
        Ok(())
    }
}
