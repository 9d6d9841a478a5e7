//! The work on each wave: weights of items, kept or estimated; indices and measures with their intervals.

use serde::{Deserialize, Serialize};

use super::IndexSatisfaction;
use super::reading::{Aside, Survey, Wave};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::numeric::random::{fnv1a, mix};
use crate::report::{Unit, Value};
use crate::satisfaction::measures::{Score, mean_points, nps, top_box, top_two_boxes};
use crate::satisfaction::{
    Answers, BlockQuality, Bootstrap, Correlations, Discriminant, FrozenWeights, PathModel, Pls, SatisfactionError,
    Scale, Warning, bootstrap, effective, estimate, index_interval, mean_index, quality,
};
use crate::stage::Context;
use crate::stages::words::index_satisfaction as say;

/// The file of frozen weights in an artifact.
const WEIGHTS: &str = "weights.json";
/// The share of draws that an interval holds.
const LEVEL: f64 = 0.95;

/// Weights of items with what they depend on.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Constructs, items, scales and scheme.
    signature: String,
    weights: FrozenWeights,
}

/// A wave on which the model was estimated.
pub(super) struct Estimated {
    pub(super) wave: usize,
    pub(super) pls: Pls,
    pub(super) data: Correlations,
    pub(super) draws: Bootstrap,
    pub(super) blocks: Vec<BlockQuality>,
    pub(super) pairs: Vec<Discriminant>,
    pub(super) warnings: Vec<Warning>,
}

/// A wave, by its place, on which the model cannot be estimated, and why.
type Failed = (usize, SatisfactionError);

/// A row of the table `index`.
pub(super) struct IndexRow {
    pub(super) wave: usize,
    pub(super) construct: String,
    pub(super) measure: &'static str,
    pub(super) score: Score,
    pub(super) persons: usize,
    pub(super) unweighted: f64,
    pub(super) equal_items: f64,
    pub(super) own_weights: f64,
}

/// What became of a wave's complete answers.
pub(super) struct Scored {
    pub(super) answers: Answers,
    /// Each construct's index of each person under the frozen weights.
    pub(super) scores: Vec<Vec<f64>>,
}

/// Indices of all waves.
pub(super) struct Indexed {
    pub(super) frozen: FrozenWeights,
    pub(super) scored: Vec<Scored>,
    pub(super) estimated: Vec<Estimated>,
    pub(super) rows: Vec<IndexRow>,
}

impl IndexSatisfaction {
    /// Estimates, freezes and measures.
    pub(super) fn index(
        &self,
        cx: &mut Context,
        model: &PathModel,
        survey: &mut Survey,
        weights: &[f64],
    ) -> Result<Indexed> {
        let complete: Vec<Answers> =
            survey.waves.iter().map(|wave| Answers::complete(model, &survey.points(wave.rows.clone()))).collect();
        let (estimated, failed) = self.estimated(cx, model, survey, &complete);
        let frozen = self.frozen(cx, model, survey, &complete, (&estimated, &failed))?;
        let mut filled = 0;
        let (mut scored, mut rows) = (Vec::new(), Vec::new());
        for (n, answers) in complete.into_iter().enumerate() {
            filled += answers.filled;
            let wave = &survey.waves[n];
            for &row in &answers.left_out {
                let place = wave.rows.start + row;
                let (customer, date) = (Some(survey.customers[place].clone()), Some(survey.dates[place]));
                survey.aside.push(Aside { reason: say::TOO_LITTLE.with([]).english(), customer, date });
            }
            let scores = frozen.scores(model, &answers).map_err(bad)?;
            let own = estimated.iter().find(|estimated| estimated.wave == n);
            let of_wave = &weights[wave.rows.clone()];
            rows.extend(self.rows_of(cx, model, (n, wave), (&answers, &scores), own, of_wave)?);
            scored.push(Scored { answers, scores });
        }
        if filled > 0 {
            cx.note(say::FILLED.with([("answers", filled.into())]));
        }
        Ok(Indexed { frozen, scored, estimated, rows })
    }

    /// The model estimated on each wave with enough answers, and the waves on which it cannot be: one of these does not stop the others.
    fn estimated(
        &self,
        cx: &mut Context,
        model: &PathModel,
        survey: &Survey,
        complete: &[Answers],
    ) -> (Vec<Estimated>, Vec<Failed>) {
        let (mut all, mut failed) = (Vec::new(), Vec::new());
        for (n, (wave, answers)) in survey.waves.iter().zip(complete).enumerate() {
            let name: Value = wave.name.as_str().into();
            if answers.len() < model.persons_needed() {
                let needed = model.persons_needed().into();
                cx.note(say::TOO_FEW.with([("wave", name), ("persons", answers.len().into()), ("needed", needed)]));
                continue;
            }
            match self.estimate(cx, model, (n, wave), answers) {
                Ok(estimated) => all.push(estimated),
                Err(why) => {
                    cx.note(say::NOT_ESTIMATED.with([("wave", name), ("why", why.to_string().into())]));
                    failed.push((n, why));
                }
            }
            (cx.progress)(0.1 + 0.7 * (n + 1) as f64 / complete.len() as f64);
        }
        (all, failed)
    }

    /// The model estimated on a wave, with draws and quality.
    fn estimate(
        &self,
        cx: &mut Context,
        model: &PathModel,
        (n, wave): (usize, &Wave),
        answers: &Answers,
    ) -> std::result::Result<Estimated, SatisfactionError> {
        let (settings, name) = (self.pls(), Value::from(wave.name.as_str()));
        let data = Correlations::of(model, answers)?;
        let pls = estimate(model, &data, &settings)?;
        let drawn = (self.draws.get() as usize, mix(cx.seed ^ fnv1a(wave.name.as_bytes())), LEVEL);
        let draws = bootstrap(model, answers, &settings, &pls, drawn)?;
        if !pls.converged {
            let moved = Value::Number(pls.last_move, Unit::Number(8));
            let values = [("wave", name.clone()), ("rounds", pls.rounds.into()), ("moved", moved)];
            cx.note(say::UNSETTLED.with(values));
        }
        if draws.failed > 0 {
            let values = [("wave", name), ("failed", draws.failed.into()), ("draws", draws.draws.into())];
            cx.note(say::FAILED_DRAWS.with(values));
        }
        let (blocks, pairs, warnings) = quality(model, &pls, &data, answers, &settings);
        Ok(Estimated { wave: n, pls, data, draws, blocks, pairs, warnings })
    }

    /// The weights of an earlier run where they still fit, else those of the base wave; saved for the next run.
    fn frozen(
        &self,
        cx: &mut Context,
        model: &PathModel,
        survey: &Survey,
        complete: &[Answers],
        (estimated, failed): (&[Estimated], &[Failed]),
    ) -> Result<FrozenWeights> {
        let signature = self.signature();
        let earlier = kept(cx)?;
        let same_base = |kept: &Kept| self.base_wave.as_ref().is_none_or(|wave| *wave == kept.weights.wave);
        let usable = |kept: &Kept| kept.signature == signature && same_base(kept) && kept.weights.fits(model);
        let weights = match earlier {
            Some(kept) if usable(&kept) => {
                let values = [("wave", kept.weights.wave.as_str().into()), ("persons", kept.weights.persons.into())];
                cx.note(say::KEPT.with(values));
                kept.weights
            }
            earlier => {
                if earlier.is_some() {
                    cx.note(&say::SERIES_BEGINS_AGAIN);
                }
                let wanted = |estimated: &&Estimated| {
                    self.base_wave.as_ref().is_none_or(|name| *name == survey.waves[estimated.wave].name)
                };
                let Some(base) = estimated.iter().find(wanted) else {
                    return self.no_base(model, survey, complete, failed);
                };
                let wave = &survey.waves[base.wave];
                let name = &wave.name;
                let weights =
                    FrozenWeights::of(name, model, &base.pls, &base.data).map_err(|error| within(wave, error))?;
                cx.note(say::FROZEN.with([("wave", name.as_str().into()), ("persons", weights.persons.into())]));
                weights
            }
        };
        let text = serde_json::to_string_pretty(&Kept { signature, weights: weights.clone() });
        cx.write_file(WEIGHTS, text.expect("weights are plain data").as_bytes())?;
        Ok(weights)
    }

    /// Says why no weights could be estimated.
    fn no_base(
        &self,
        model: &PathModel,
        survey: &Survey,
        complete: &[Answers],
        failed: &[Failed],
    ) -> Result<FrozenWeights> {
        let most = complete.iter().map(Answers::len).max().unwrap_or(0);
        if let Some(wave) = &self.base_wave
            && survey.waves.iter().all(|known| known.name != *wave)
        {
            let names: Vec<&str> = survey.waves.iter().map(|wave| wave.name.as_str()).collect();
            return Problem::new(&codes::BAD_VALUE, format!("there is no wave `{wave}` to estimate weights on"))
                .help(format!("`base_wave` is one of {}", names.join(", ")))
                .err();
        }
        let wanted = |(n, _): &&Failed| self.base_wave.as_ref().is_none_or(|name| *name == survey.waves[*n].name);
        if let Some((n, why)) = failed.iter().find(wanted) {
            return Err(within(&survey.waves[*n], why.clone()));
        }
        let needed = model.persons_needed();
        Problem::new(&codes::TOO_LITTLE_DATA, SatisfactionError::TooFew { persons: most, needed }.to_string())
            .help(
                "ask more customers, join waves, or declare fewer constructs; `csat`, `nps` and `ces` need no model"
                    .to_owned(),
            )
            .err()
    }

    /// The indices of one wave.
    fn rows_of(
        &self,
        cx: &Context,
        model: &PathModel,
        (n, wave): (usize, &Wave),
        (answers, scores): (&Answers, &[Vec<f64>]),
        own: Option<&Estimated>,
        weights: &[f64],
    ) -> Result<Vec<IndexRow>> {
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let weights: Vec<f64> = answers.persons.iter().map(|&row| weights[row]).collect();
        let ones = vec![1.0; weights.len()];
        let equal = FrozenWeights::equal(model).scores(model, answers).map_err(bad)?;
        // A wave whose own weights cancel each other has no index of its own, but one by the frozen weights.
        let refitted = own.and_then(|own| {
            let weights = FrozenWeights::of(&wave.name, model, &own.pls, &own.data).ok()?;
            weights.scores(model, answers).ok()
        });
        let row = |(j, scores): (usize, &Vec<f64>)| {
            let construct = model.blocks()[j].name.clone();
            let seed = mix(cx.seed ^ fnv1a(format!("{}\n{construct}", wave.name).as_bytes()));
            let interval = index_interval(scores, &weights, self.draws.get() as usize, seed, LEVEL);
            // One person tells nothing of how far others are away.
            let end = |end: f64| if scores.len() > 1 { end } else { f64::NAN };
            let score = Score {
                value: mean_index(scores, &weights),
                low: end(interval.low),
                high: end(interval.high),
                effective: effective(weights.iter().copied()),
            };
            IndexRow {
                wave: n,
                construct,
                measure: "index",
                score,
                persons: scores.len(),
                unweighted: mean_index(scores, &ones),
                equal_items: mean_index(&equal[j], &weights),
                own_weights: refitted.as_ref().map_or(f64::NAN, |scores| mean_index(&scores[j], &weights)),
            }
        };
        Ok(scores.iter().enumerate().map(row).collect())
    }

    /// The simple measures of all waves.
    pub(super) fn simple(&self, survey: &Survey, weights: &[f64]) -> Result<Vec<IndexRow>> {
        type Of = fn(&[(f64, f64)], Scale) -> std::result::Result<Option<Score>, SatisfactionError>;
        let mut rows = Vec::new();
        for (place, (measure, _, scale)) in self.measures().into_iter().enumerate() {
            // Shares are written as points out of a hundred, as the others are.
            let ways: Vec<(&'static str, Of, f64)> = match measure.name {
                "csat" => vec![
                    ("csat", top_two_boxes as Of, 100.0),
                    ("csat-top", top_box as Of, 100.0),
                    ("csat-mean", mean_points as Of, 1.0),
                ],
                "nps" => vec![("nps", nps as Of, 1.0)],
                _ => vec![("ces", mean_points as Of, 1.0)],
            };
            for (n, wave) in survey.waves.iter().enumerate() {
                let given: Vec<(f64, f64)> = wave
                    .rows
                    .clone()
                    .map(|row| (survey.questions[place][row], weights[row]))
                    .filter(|(answer, _)| !answer.is_nan())
                    .collect();
                let plain: Vec<(f64, f64)> = given.iter().map(|(answer, _)| (*answer, 1.0)).collect();
                for &(name, of, times) in &ways {
                    let (score, unweighted) = (of(&given, scale).map_err(bad)?, of(&plain, scale).map_err(bad)?);
                    let (Some(score), Some(unweighted)) = (score, unweighted) else { continue };
                    let score =
                        Score { value: times * score.value, low: times * score.low, high: times * score.high, ..score };
                    rows.push(IndexRow {
                        wave: n,
                        construct: measure.name.to_owned(),
                        measure: name,
                        score,
                        persons: given.len(),
                        unweighted: times * unweighted.value,
                        equal_items: f64::NAN,
                        own_weights: f64::NAN,
                    });
                }
            }
        }
        Ok(rows)
    }
}

/// What the last good run kept; nothing where it is not as this program writes it.
fn kept(cx: &Context) -> Result<Option<Kept>> {
    let Some(previous) = &cx.previous else { return Ok(None) };
    if !previous.record.files.contains_key(WEIGHTS) {
        return Ok(None);
    }
    let path = previous.file(WEIGHTS)?;
    let text = std::fs::read_to_string(&path).map_err(|e| io_problem("read", &path, &e))?;
    Ok(serde_json::from_str(&text).ok())
}

/// What is wrong with the answers.
pub(super) fn bad(error: SatisfactionError) -> Box<Problem> {
    Problem::new(&codes::BAD_DATA, error.to_string())
        .help("see `constructs` and the answers of the wave".to_owned())
        .boxed()
}

/// The same, of a wave.
fn within(wave: &Wave, error: SatisfactionError) -> Box<Problem> {
    Box::new(bad(error).within(&wave.name))
}
