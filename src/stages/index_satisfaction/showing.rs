//! What the report shows of satisfaction.

use super::IndexSatisfaction;
use super::reading::Survey;
use super::waves::{Estimated, IndexRow};
use super::wording::{advice, is_about, nearest, sentence};
use crate::report::{
    ImportanceMap, IndexLine, IndexPoint, MapRow, Reliability, ReliabilityRow, SatisfactionIndex, Section, Text,
};
use crate::satisfaction::{BlockQuality, Importance, PathModel};
use crate::stage::Context;
use crate::stages::words::index_satisfaction as say;

/// A measure of the table `index`, in words, with the ends of its scale.
fn named(row: &IndexRow) -> (Text, [f64; 2]) {
    const HUNDRED: [f64; 2] = [0.0, 100.0];
    match row.measure {
        "csat" => ((&say::CSAT).into(), HUNDRED),
        "csat-top" => ((&say::CSAT_TOP).into(), HUNDRED),
        "csat-mean" => ((&say::CSAT_MEAN).into(), HUNDRED),
        "nps" => ((&say::NPS).into(), [-100.0, 100.0]),
        "ces" => ((&say::CES).into(), HUNDRED),
        _ => (row.construct.replace('_', " ").into(), HUNDRED),
    }
}

impl IndexSatisfaction {
    /// Indices and measures by wave, the target first.
    pub(super) fn show_index(&self, cx: &mut Context, survey: &Survey, rows: &[IndexRow]) {
        let mut lines: Vec<(bool, IndexLine)> = Vec::new();
        for row in rows {
            let (name, scale) = named(row);
            let point = IndexPoint {
                wave: survey.waves[row.wave].name.clone(),
                value: row.score.value,
                low: row.score.low,
                high: row.score.high,
                persons: row.persons as u64,
                effective: row.score.effective,
                unweighted: row.unweighted,
            };
            match lines.iter_mut().find(|(_, line)| line.name == name) {
                Some((_, line)) => line.waves.push(point),
                None => lines.push((row.construct != self.target, IndexLine { name, scale, waves: vec![point] })),
            }
        }
        lines.sort_by_key(|line| line.0);
        let lines = lines.into_iter().map(|line| line.1).collect();
        let lead = if self.features.is_some() { &say::INDEX_LEAD_WEIGHTED } else { &say::INDEX_LEAD };
        cx.section(Section::new(cx.step, SatisfactionIndex { lines }).lead(lead));
    }

    /// The map of the newest wave on which the model was estimated.
    pub(super) fn show_importance(
        &self,
        cx: &mut Context,
        (survey, model): (&Survey, &PathModel),
        newest: &Estimated,
        rows: &[Importance],
    ) {
        let target = model.place(&self.target).expect("checked in the settings");
        let row = |row: &Importance| MapRow {
            name: model.blocks()[row.construct].name.replace('_', " "),
            effect: {
                let drawn = newest.draws.effects[target][row.construct];
                [row.effect.unwrap_or(f64::NAN), drawn.low, drawn.high]
            },
            points: row.points,
            performance: row.performance,
            advice: advice(rows, row).into(),
        };
        let rows = rows.iter().filter(|row| row.item.is_none()).map(row).collect();
        let map = ImportanceMap { target: self.target.replace('_', " "), rows };
        let lead = say::MAP_LEAD.with([("wave", survey.waves[newest.wave].name.as_str().into())]);
        cx.section(Section::new(cx.step, map).lead(lead));
    }

    /// Quality of the blocks in the newest wave.
    pub(super) fn show_reliability(
        &self,
        cx: &mut Context,
        (survey, model): (&Survey, &PathModel),
        newest: &Estimated,
    ) {
        let row = |block: &BlockQuality| {
            let near = nearest(newest, block.construct);
            let name = |place: usize| model.blocks()[place].name.replace('_', " ");
            ReliabilityRow {
                construct: name(block.construct),
                items: model.blocks()[block.construct].items.len() as u64,
                alpha: block.alpha,
                rho_c: block.rho_c,
                rho_a: block.rho_a,
                ave: block.ave,
                htmt: near.map_or(f64::NAN, |near| near.1),
                nearest: near.map_or_else(String::new, |near| name(near.0)),
                warned: newest.warnings.iter().any(|warning| is_about(warning, block.construct)),
            }
        };
        let rows = newest.blocks.iter().map(row).collect();
        let warnings = newest.warnings.iter().map(|warning| sentence(model, warning)).collect();
        let lead = say::RELIABILITY_LEAD.with([("wave", survey.waves[newest.wave].name.as_str().into())]);
        cx.section(Section::new(cx.step, Reliability { rows, warnings }).lead(lead));
    }
}
