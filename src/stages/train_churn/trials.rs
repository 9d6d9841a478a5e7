//! What each yardstick and each model did on rows it had not learned from, who wins, and how its scores become probabilities.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::TrainChurn;
use super::chance::NO_PURCHASE;
use super::labels::{Labelled, RFM, Yardstick};
use super::search::Search;
use crate::diagnostics::Result;
use crate::learning::average::{Average, average_scores};
use crate::learning::baselines::{base_rate, one_column, rfm};
use crate::learning::calibration::{Calibrated, Calibrator, to_mean};
use crate::learning::folds::Origin;
use crate::learning::selection::{Candidate, Verdict, champion, worth_trying};
use crate::learning::{Lesson, Matrix, Model, Settings, Values, fit, model_row};
use crate::stages::Context;
use crate::stages::rows::bad;

/// Everything that was tried.
pub(super) struct Trials {
    /// Yardsticks first, then models, then their average.
    pub tried: Vec<Candidate>,
    /// How many of them are yardsticks.
    pub yardsticks: usize,
    /// What each model is trained with to be handed out; yardsticks and the average have none.
    pub settings: Vec<Option<Settings>>,
    /// The scores of choosing model, settings and calibration fold by fold by what was known before: what the choice itself is worth. Nothing
    /// where there was nothing to choose, or nothing to choose on.
    pub chosen_before: Option<Candidate>,
    /// How settings were chosen, in words.
    pub search: String,
    /// The models of the average.
    pub pair: Vec<usize>,
    /// The index of the winner.
    pub winner: usize,
    /// How the models compare; by place among the models.
    pub verdict: Verdict,
    /// Ways of calibration that were tried on the winner: name and scores per fold.
    pub calibrations: Vec<Candidate>,
    /// The one that is used.
    pub calibration: usize,
    /// The folds that calibrations were judged on.
    pub calibrated_folds: Vec<Origin>,
}

/// Moves log odds so that the mean score is what the purchase model expects of the day's customers.
pub(super) const BASE_RATE: &str = "base-rate";
/// Calibration methods, the simplest first.
const METHODS: [&str; 5] = ["none", BASE_RATE, "platt", "beta", "isotonic"];
/// From so many judged dates on, figures are told of choices that the dates had no say in.
const DATES_TO_CHOOSE_BEFORE: usize = 3;

/// Rows with their scores.
pub(super) type Scored = (Vec<u32>, Vec<f64>);

impl Trials {
    /// The winner's scores per fold, as they would have been given out.
    pub(super) fn winning_scores(&self) -> &[Vec<f64>] {
        &self.calibrations[self.calibration].scores
    }

    /// The scores whose figures are told: those of choices made beforehand, where there are enough dates; else the winner's.
    pub(super) fn told(&self) -> Option<&Candidate> {
        self.chosen_before.as_ref().filter(|before| before.scores.len() >= DATES_TO_CHOOSE_BEFORE)
    }

    /// Those scores per fold.
    pub(super) fn told_scores(&self) -> &[Vec<f64>] {
        self.told().map_or(self.winning_scores(), |before| &before.scores)
    }

    /// The winner, or the models that it averages.
    fn members(&self) -> Vec<usize> {
        if self.settings[self.winner].is_some() { vec![self.winner] } else { self.pair.clone() }
    }

    /// The yardstick that did best by its values of the criterion.
    pub(super) fn best_yardstick(&self, values: &[f64], larger: bool) -> usize {
        let better = |&a: &usize, &b: &usize| if larger { values[a] > values[b] } else { values[a] < values[b] };
        (1..self.yardsticks).fold(0, |best, i| if better(&i, &best) { i } else { best })
    }
}

impl TrainChurn {
    /// Tries all, chooses, calibrates. Settings are chosen within what a fold learns from, models among those by the folds.
    pub(super) fn try_all(&self, cx: &Context, data: &Labelled) -> Result<Trials> {
        let asked = self
            .models
            .iter()
            .map(|name| worth_trying(model_row(name).map_err(bad)?, self.tries, cx.seed).map_err(bad))
            .collect::<Result<Vec<Vec<Settings>>>>()?;
        let search = self.search(cx, data, asked)?;
        let folds = data.folds.len();
        let yardsticks = data.yardsticks.len();
        let tasks: Vec<(usize, usize)> =
            (0..yardsticks + self.models.len()).flat_map(|i| (0..folds).map(move |fold| (i, fold))).collect();
        let done = AtomicUsize::new(0);
        // One task per model and fold: small fits do not fill two cores by themselves.
        let scores = tasks
            .par_iter()
            .map(|&(i, fold)| {
                let origin = &data.folds[fold];
                let scores = match i.checked_sub(yardsticks) {
                    None => data.yardstick(data.yardsticks[i], origin, cx.seed),
                    Some(model) => {
                        data.fit_and_score(search.of_fold(model, fold), &origin.train, &origin.test, cx.seed)
                    }
                };
                let done = 1 + done.fetch_add(1, Ordering::Relaxed);
                (cx.progress)(0.4 + 0.3 * done as f64 / tasks.len() as f64);
                scores
            })
            .collect::<Result<Vec<_>>>()?;
        let mut tried: Vec<Candidate> = Vec::new();
        for (i, scores) in scores.chunks(folds).enumerate() {
            let (name, complexity) = match i.checked_sub(yardsticks) {
                None => (data.yardsticks[i].name(), 0),
                Some(model) => model_row(&self.models[model]).map(|row| (row.name, row.complexity)).map_err(bad)?,
            };
            tried.push(Candidate { name: name.to_owned(), complexity, scores: scores.to_vec() });
        }
        let mut settings: Vec<Option<Settings>> = vec![None; yardsticks];
        settings.extend((0..self.models.len()).map(|model| Some(search.in_the_end(model).clone())));
        // Who and when are enough to compare scores.
        let bare = data.matrix.only(&[]);
        let compare = |candidates: &[Candidate], folds: &[Origin], criterion: &str| {
            champion(criterion, &bare, &data.labels, folds, candidates, cx.seed).map_err(bad)
        };
        let mut verdict = compare(&tried[yardsticks..], &data.folds, &self.criterion)?;
        let mut pair = Vec::new();
        if self.models.len() > 1 {
            let mut order: Vec<usize> = (0..self.models.len()).collect();
            let sign = if self.larger_is_better() { -1.0 } else { 1.0 };
            order.sort_by(|&a, &b| (sign * verdict.means[a]).total_cmp(&(sign * verdict.means[b])));
            pair = order[..2].iter().map(|i| yardsticks + i).collect();
            let folds = 0..data.folds.len();
            let average =
                folds.map(|f| average_scores(&[tried[pair[0]].scores[f].clone(), tried[pair[1]].scores[f].clone()]));
            let average = Candidate { name: "average".to_owned(), complexity: 4, scores: average.collect() };
            tried.push(average);
            settings.push(None);
            verdict = compare(&tried[yardsticks..], &data.folds, &self.criterion)?;
        }
        let winner = yardsticks + verdict.champion;
        let chosen_before = self.chosen_before(cx, data, &search, &tried[yardsticks..][..self.models.len()])?;
        (cx.progress)(0.75);
        let mut trials = Trials {
            tried,
            yardsticks,
            settings,
            chosen_before,
            search: search.told.clone(),
            pair,
            winner,
            verdict,
            calibrations: Vec::new(),
            calibration: 0,
            calibrated_folds: Vec::new(),
        };
        self.calibrate(cx, data, &search, &mut trials)?;
        Ok(trials)
    }

    /// Ways of calibration that are tried, the simplest first; none where scores are left as they are.
    pub(super) fn methods(&self, data: &Labelled) -> Vec<&'static str> {
        let of_use = |method: &&str| *method != BASE_RATE || data.purchase_model.is_some();
        match self.calibration.as_str() {
            "none" => Vec::new(),
            "auto" => METHODS[1..].iter().copied().filter(of_use).collect(),
            asked => METHODS.iter().copied().filter(|method| *method == asked).filter(of_use).collect(),
        }
    }

    /// Judges each way of calibration on the same folds as the models; the simplest within one standard error of the best is used.
    fn calibrate(&self, cx: &Context, data: &Labelled, search: &Search, trials: &mut Trials) -> Result<()> {
        let raw = trials.tried[trials.winner].scores.clone();
        let plain = Candidate { name: "none".to_owned(), complexity: 0, scores: raw.clone() };
        trials.calibrations = vec![plain];
        trials.calibrated_folds.clone_from(&data.folds);
        let mut methods = self.methods(data);
        if methods.is_empty() {
            return Ok(());
        }
        let members: Vec<usize> = trials.members().into_iter().map(|member| member - trials.yardsticks).collect();
        let known: Vec<Option<Scored>> =
            (0..data.folds.len()).map(|fold| known(data, search, &members, &raw, fold)).collect();
        if known.iter().any(Option::is_none) {
            // Judged only where there was something to calibrate on.
            let folds =
                data.folds.iter().zip(&known).filter(|(_, known)| known.is_some()).map(|(fold, _)| fold.clone());
            trials.calibrated_folds = folds.collect();
        }
        let mut usable: Vec<bool> = known.iter().map(Option::is_some).collect();
        if trials.calibrated_folds.is_empty() {
            // Nothing earlier has closed: what is left is the method that needs no rows with labels.
            methods.retain(|method| *method == BASE_RATE);
            if methods.is_empty() {
                return Ok(());
            }
            trials.calibrated_folds.clone_from(&data.folds);
            usable.fill(true);
        }
        for (place, method) in methods.iter().enumerate() {
            let mut scores = Vec::new();
            for (fold, known) in known.iter().enumerate() {
                let test = &data.folds[fold].test;
                scores.push(data.calibrated(method, test, &raw[fold], known.as_ref(), cx.seed)?);
            }
            trials.calibrations.push(Candidate { name: (*method).to_owned(), complexity: 1 + place as u32, scores });
        }
        if self.calibration != "auto" {
            trials.calibration = 1;
            return Ok(());
        }
        let judged: Vec<Candidate> = trials
            .calibrations
            .iter()
            .map(|c| {
                let scores = c.scores.iter().zip(&usable).filter(|(_, usable)| **usable).map(|(s, _)| s.clone());
                Candidate { scores: scores.collect(), ..c.clone() }
            })
            .collect();
        // Calibration is about probabilities, whatever the models are chosen by.
        let folds = &trials.calibrated_folds;
        let verdict =
            champion("log-loss", &data.matrix.only(&[]), &data.labels, folds, &judged, cx.seed).map_err(bad)?;
        trials.calibration = verdict.champion;
        Ok(())
    }

    /// The winner as it is handed out: learned from all rows, calibrated on the newest rows that a trial had not learned from.
    pub(super) fn final_model(&self, cx: &Context, data: &Labelled, trials: &Trials) -> Result<Box<dyn Model>> {
        let all: Vec<u32> = (0..data.matrix.rows() as u32).collect();
        let model = self.learn(trials, data, &all, cx.seed)?;
        let method = trials.calibrations[trials.calibration].name.as_str();
        if method == "none" {
            return Ok(model);
        }
        if method == BASE_RATE {
            let Some(current) = &data.current else { return Ok(model) };
            let Some(forecast) = mean_no_purchase(current) else { return Ok(model) };
            let calibrator = to_mean(&model.score(current).map_err(bad)?, forecast);
            return Ok(Box::new(Calibrated { model, calibrator }));
        }
        let raw = &trials.tried[trials.winner].scores;
        let (rows, scores) = if data.reach == 0 {
            (data.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect(), raw.concat())
        } else {
            let last = data.folds.len() - 1;
            (data.folds[last].test.clone(), raw[last].clone())
        };
        let calibrator = Calibrator::fit(method, &data.matrix, &data.truth(&rows), &scores, cx.seed).map_err(bad)?;
        Ok(Box::new(Calibrated { model, calibrator }))
    }

    /// The winner, or the members it averages, learned from some rows.
    fn learn(&self, trials: &Trials, data: &Labelled, rows: &[u32], seed: u64) -> Result<Box<dyn Model>> {
        let matrix = data.matrix.take(rows);
        let truth = data.truth(rows);
        let mut models = trials
            .members()
            .par_iter()
            .map(|&member| {
                let settings = trials.settings[member].as_ref().expect("members of an average are models");
                fit(settings, &Lesson::new(&matrix, &truth, seed)).map_err(bad)
            })
            .collect::<Result<Vec<_>>>()?;
        if models.len() == 1 {
            return Ok(models.remove(0));
        }
        Ok(Box::new(Average::new(models).map_err(bad)?))
    }
}

/// Rows that a fold's scores can be calibrated on. By date those of the newest snapshot that had closed before it, which were not learned from;
/// without dates the other folds' rows, of which `raw` holds the scores.
pub(super) fn known(
    data: &Labelled,
    search: &Search,
    members: &[usize],
    raw: &[Vec<f64>],
    fold: usize,
) -> Option<Scored> {
    if data.reach > 0 {
        return search.known(members, fold);
    }
    let others = (0..data.folds.len()).filter(|other| *other != fold);
    let rows = others.clone().flat_map(|other| data.folds[other].test.iter().copied()).collect();
    Some((rows, others.flat_map(|other| raw[other].iter().copied()).collect()))
}

/// What the purchase model expects of some rows: the mean chance of no purchase.
pub(super) fn mean_no_purchase(matrix: &Matrix) -> Option<f64> {
    match &matrix.column(NO_PURCHASE)?.values {
        Values::Numbers(chances) if !chances.is_empty() => Some(chances.iter().sum::<f64>() / chances.len() as f64),
        _ => None,
    }
}

impl Labelled {
    /// The labels of some rows.
    pub(super) fn truth(&self, rows: &[u32]) -> Vec<bool> {
        rows.iter().map(|&row| self.labels[row as usize]).collect()
    }

    /// The scores of some rows by a way of calibration; as they are where nothing is known to calibrate on.
    pub(super) fn calibrated(
        &self,
        method: &str,
        rows: &[u32],
        raw: &[f64],
        known: Option<&Scored>,
        seed: u64,
    ) -> Result<Vec<f64>> {
        let calibrator = match (method, known) {
            (BASE_RATE, _) => to_mean(raw, mean_no_purchase(&self.matrix.take(rows)).unwrap_or(f64::NAN)),
            (method, Some((known, told))) if method != "none" => {
                Calibrator::fit(method, &self.matrix, &self.truth(known), told, seed).map_err(bad)?
            }
            _ => return Ok(raw.to_vec()),
        };
        Ok(raw.iter().map(|score| calibrator.apply(*score)).collect())
    }

    pub(super) fn both(&self, rows: &[u32]) -> bool {
        rows.iter().any(|&row| self.labels[row as usize]) && rows.iter().any(|&row| !self.labels[row as usize])
    }

    pub(super) fn fit_and_score(
        &self,
        settings: &Settings,
        train: &[u32],
        test: &[u32],
        seed: u64,
    ) -> Result<Vec<f64>> {
        let (matrix, truth) = (self.matrix.take(train), self.truth(train));
        let model = fit(settings, &Lesson::new(&matrix, &truth, seed)).map_err(bad)?;
        model.score(&self.matrix.take(test)).map_err(bad)
    }

    pub(super) fn yardstick(&self, yardstick: Yardstick, fold: &Origin, seed: u64) -> Result<Vec<f64>> {
        let truth = self.truth(&fold.train);
        let narrow = |rows: &[u32]| -> Matrix { self.matrix.only(&[RFM[0], RFM[1], RFM[2], NO_PURCHASE]).take(rows) };
        if yardstick == Yardstick::BaseRate {
            return Ok(base_rate(&truth, fold.test.len()));
        }
        let (train, test) = (narrow(&fold.train), narrow(&fold.test));
        let scores = match yardstick {
            Yardstick::Recency => one_column(&train, &truth, &test, RFM[0], seed),
            Yardstick::Rfm => rfm(&train, &truth, &test, RFM, seed),
            // As the model tells it: calibrating it on the past makes it worse where the base rate moves.
            _ => match test.column(NO_PURCHASE).map(|column| &column.values) {
                Some(Values::Numbers(chances)) => Ok(chances.clone()),
                _ => Ok(base_rate(&truth, fold.test.len())),
            },
        };
        scores.map_err(bad)
    }
}
