//! What each baseline and each model did on rows it had not learned from, who wins, and how its scores become probabilities.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::beforehand::chosen_before;
use super::calibration::{Scored, Way};
use super::contest::Contest;
use super::labelled::Labelled;
use super::purchases::mean_no_purchase;
use super::search::{HowChosen, Search};
use crate::learning::average::{Average, average_scores};
use crate::learning::calibration::{Calibrated, Calibrator, to_mean};
use crate::learning::folds::Origin;
use crate::learning::metrics::{Criterion, LOG_LOSS};
use crate::learning::selection::{Candidate, Verdict, champion, worth_trying};
use crate::learning::{LearningError, LearningSettings, Lesson, Model, fit};

/// Everything that was tried.
pub struct Trials {
    /// Baselines first, then models, then their average.
    pub tried: Vec<Candidate>,
    /// How many of them are baselines.
    pub baselines: usize,
    /// What each model is trained with to be given out; baselines and the average have none.
    pub settings: Vec<Option<LearningSettings>>,
    /// The scores of choosing model, settings and calibration fold by fold by what was known before: what the choice itself is worth. Nothing
    /// where there was nothing to choose, or nothing to choose on.
    pub chosen_before: Option<Candidate>,
    /// How settings were chosen; nothing for a model that was not trained now.
    pub search: Option<HowChosen>,
    /// The models of the average.
    pub pair: Vec<usize>,
    /// The index of the winner.
    pub winner: usize,
    /// How the models compare; by place among the models.
    pub verdict: Verdict,
    /// Ways of calibration that were tried on the winner, with their scores per fold.
    pub calibrations: Vec<(Way, Vec<Vec<f64>>)>,
    /// The one that is used.
    pub calibration: usize,
}

/// From so many judged dates on, the reported figures are those of choices that the dates had no say in.
const DATES_TO_CHOOSE_BEFORE: usize = 3;

impl Trials {
    /// How the winner's scores become probabilities.
    pub fn way(&self) -> Way {
        self.calibrations[self.calibration].0
    }

    /// The winner's scores per fold, as they would have been given out.
    pub fn winning_scores(&self) -> &[Vec<f64>] {
        &self.calibrations[self.calibration].1
    }

    /// The scores whose figures are reported: those of choices made beforehand, where there are enough dates; else the winner's.
    pub fn reported(&self) -> Option<&Candidate> {
        self.chosen_before.as_ref().filter(|before| before.scores.len() >= DATES_TO_CHOOSE_BEFORE)
    }

    /// Those scores per fold.
    pub fn reported_scores(&self) -> &[Vec<f64>] {
        self.reported().map_or(self.winning_scores(), |before| &before.scores)
    }

    /// Those scores of the fold that is judged last.
    pub fn newest_scores(&self) -> &[f64] {
        self.reported_scores().last().expect("there is one list of scores per fold")
    }

    /// The winner, or the models that it averages.
    pub fn members(&self) -> Vec<usize> {
        if self.settings[self.winner].is_some() { vec![self.winner] } else { self.pair.clone() }
    }

    /// The baseline that did best by its values of the criterion.
    pub fn best_baseline(&self, values: &[f64], criterion: &Criterion) -> usize {
        (1..self.baselines).fold(0, |best, i| if criterion.is_better(values[i], values[best]) { i } else { best })
    }

    /// The trials of a model that is not trained but used on: it is judged on the only fold beside the baselines.
    ///
    /// # Errors
    /// As the baselines' own.
    pub fn of_kept(
        data: &Labelled,
        name: &str,
        scores: Vec<f64>,
        criterion: &Criterion,
        seed: u64,
    ) -> Result<Trials, LearningError> {
        let fold = data.newest();
        let mut tried = Vec::new();
        for &baseline in &data.baselines {
            let scores = vec![baseline.scores(&data.matrix, &data.labels, fold, seed)?];
            tried.push(Candidate { name: baseline.name().to_owned(), complexity: 0, scores });
        }
        let baselines = tried.len();
        let own = Candidate { name: name.to_owned(), complexity: 1, scores: vec![scores.clone()] };
        let alone = std::slice::from_ref(&own);
        let verdict = champion(criterion, &data.matrix, &data.labels, &data.folds, alone, seed)?;
        tried.push(own);
        Ok(Trials {
            settings: vec![None; tried.len()],
            chosen_before: None,
            search: None,
            tried,
            baselines,
            pair: Vec::new(),
            winner: baselines,
            verdict,
            calibrations: vec![(Way::AsTheyAre, vec![scores])],
            calibration: 0,
        })
    }
}

/// Tries all, chooses, calibrates. Settings are chosen within what a fold learns from, models among those by the folds. `done` takes the
/// share of the work that is done.
///
/// # Errors
/// When a model cannot be fitted or a fold cannot be judged.
pub fn try_all(data: &Labelled, contest: &Contest, done: &(dyn Fn(f64) + Sync)) -> Result<Trials, LearningError> {
    let models = contest.models;
    let asked = models
        .iter()
        .map(|row| worth_trying(row, contest.tries, contest.seed))
        .collect::<Result<Vec<Vec<LearningSettings>>, LearningError>>()?;
    let search = Search::new(data, contest, asked, &|share| done(0.45 * share))?;
    let folds = data.folds.len();
    let baselines = data.baselines.len();
    let tasks: Vec<(usize, usize)> =
        (0..baselines + models.len()).flat_map(|i| (0..folds).map(move |fold| (i, fold))).collect();
    let finished = AtomicUsize::new(0);
    // One task per model and fold: small fits do not fill two cores by themselves.
    let scores = tasks
        .par_iter()
        .map(|&(i, fold)| {
            let origin = &data.folds[fold];
            let scores = match i.checked_sub(baselines) {
                None => data.baselines[i].scores(&data.matrix, &data.labels, origin, contest.seed),
                Some(model) => {
                    data.fit_and_score(search.of_fold(model, fold), &origin.train, &origin.test, contest.seed)
                }
            };
            done(0.45 + 0.45 * (1 + finished.fetch_add(1, Ordering::Relaxed)) as f64 / tasks.len() as f64);
            scores
        })
        .collect::<Result<Vec<_>, LearningError>>()?;
    let mut tried: Vec<Candidate> = Vec::new();
    for (i, scores) in scores.chunks(folds).enumerate() {
        let (name, complexity) = match i.checked_sub(baselines) {
            None => (data.baselines[i].name(), 0),
            Some(model) => (models[model].name, models[model].complexity),
        };
        tried.push(Candidate { name: name.to_owned(), complexity, scores: scores.to_vec() });
    }
    let mut settings: Vec<Option<LearningSettings>> = vec![None; baselines];
    settings.extend((0..models.len()).map(|model| Some(search.in_the_end(model).clone())));
    // Who and when are enough to compare scores.
    let bare = data.matrix.only(&[]);
    let compare = |candidates: &[Candidate]| {
        champion(contest.criterion, &bare, &data.labels, &data.folds, candidates, contest.seed)
    };
    let mut verdict = compare(&tried[baselines..])?;
    let mut pair = Vec::new();
    if models.len() > 1 {
        let mut order: Vec<usize> = (0..models.len()).collect();
        let sign = if contest.criterion.larger_is_better { -1.0 } else { 1.0 };
        order.sort_by(|&a, &b| (sign * verdict.means[a]).total_cmp(&(sign * verdict.means[b])));
        pair = order[..2].iter().map(|i| baselines + i).collect();
        let average =
            (0..folds).map(|f| average_scores(&[tried[pair[0]].scores[f].clone(), tried[pair[1]].scores[f].clone()]));
        let average = Candidate { name: "average".to_owned(), complexity: 4, scores: average.collect() };
        tried.push(average);
        settings.push(None);
        verdict = compare(&tried[baselines..])?;
    }
    let winner = baselines + verdict.champion;
    let chosen_before = chosen_before(data, contest, &search, &tried[baselines..][..models.len()])?;
    done(1.0);
    let calibrations = vec![(Way::AsTheyAre, tried[winner].scores.clone())];
    let mut trials = Trials {
        tried,
        baselines,
        settings,
        chosen_before,
        search: Some(search.how),
        pair,
        winner,
        verdict,
        calibrations,
        calibration: 0,
    };
    calibrate(data, contest, &search, &mut trials)?;
    Ok(trials)
}

/// Judges each way of calibration on the same folds as the models; the simplest within one standard error of the best is used.
fn calibrate(data: &Labelled, contest: &Contest, search: &Search, trials: &mut Trials) -> Result<(), LearningError> {
    let raw = trials.tried[trials.winner].scores.clone();
    let mut ways = contest.calibration.ways_for(data);
    if ways.is_empty() {
        return Ok(());
    }
    let members: Vec<usize> = trials.members().into_iter().map(|member| member - trials.baselines).collect();
    let known: Vec<Option<Scored>> =
        (0..data.folds.len()).map(|fold| search.to_calibrate_on(data, &members, &raw, fold)).collect();
    let mut usable: Vec<bool> = known.iter().map(Option::is_some).collect();
    if !usable.contains(&true) {
        // Nothing earlier has closed: what is left is the way that needs no rows with labels.
        ways.retain(|way| *way == Way::BaseRate);
        if ways.is_empty() {
            return Ok(());
        }
        usable.fill(true);
    }
    for &way in &ways {
        let calibrated =
            |(fold, origin): (usize, &Origin)| data.calibrated(way, &origin.test, &raw[fold], known[fold].as_ref());
        let scores = data.folds.iter().enumerate().map(calibrated).collect::<Result<Vec<_>, LearningError>>()?;
        trials.calibrations.push((way, scores));
    }
    if contest.calibration.ways.len() == 1 {
        trials.calibration = 1;
        return Ok(());
    }
    // Judged only where there was something to calibrate on.
    let of_use = |fold: &usize| usable[*fold];
    let folds: Vec<Origin> = (0..data.folds.len()).filter(of_use).map(|fold| data.folds[fold].clone()).collect();
    let judged: Vec<Candidate> = (0..)
        .zip(&trials.calibrations)
        .map(|(complexity, (way, scores))| Candidate {
            name: way.name().to_owned(),
            complexity,
            scores: (0..scores.len()).filter(of_use).map(|fold| scores[fold].clone()).collect(),
        })
        .collect();
    // Calibration is about probabilities, whatever the models are chosen by.
    let bare = data.matrix.only(&[]);
    trials.calibration = champion(LOG_LOSS, &bare, &data.labels, &folds, &judged, contest.seed)?.champion;
    Ok(())
}

/// The winner as it is given out: learned from all rows, calibrated on the newest rows that a trial had not learned from.
///
/// # Errors
/// When it cannot be fitted.
pub fn final_model(data: &Labelled, trials: &Trials, seed: u64) -> Result<Box<dyn Model>, LearningError> {
    let all: Vec<u32> = (0..data.matrix.rows() as u32).collect();
    let model = learn(trials, data, &all, seed)?;
    let method = match trials.way() {
        Way::AsTheyAre => return Ok(model),
        Way::BaseRate => {
            let Some(current) = &data.current else { return Ok(model) };
            let Some(forecast) = mean_no_purchase(current) else { return Ok(model) };
            let calibrator = to_mean(&model.score(current)?, forecast);
            return Ok(Box::new(Calibrated { model, calibrator }));
        }
        Way::Fitted(method) => method,
    };
    let raw = &trials.tried[trials.winner].scores;
    let (rows, scores) = if data.reach == 0 {
        (data.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect(), raw.concat())
    } else {
        let last = data.folds.len() - 1;
        (data.folds[last].test.clone(), raw[last].clone())
    };
    let calibrator = Calibrator::fit(method, &data.truth(&rows), &scores)?;
    Ok(Box::new(Calibrated { model, calibrator }))
}

/// The winner, or the members it averages, learned from some rows.
fn learn(trials: &Trials, data: &Labelled, rows: &[u32], seed: u64) -> Result<Box<dyn Model>, LearningError> {
    let matrix = data.matrix.take(rows);
    let truth = data.truth(rows);
    let mut models = trials
        .members()
        .par_iter()
        .map(|&member| {
            let settings = trials.settings[member].as_ref().expect("members of an average are models");
            fit(settings, &Lesson::new(&matrix, &truth, seed))
        })
        .collect::<Result<Vec<_>, LearningError>>()?;
    if models.len() == 1 {
        return Ok(models.remove(0));
    }
    Ok(Box::new(Average::new(models)?))
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::super::calibration::CALIBRATIONS;
    use super::super::labelled::{Dates, Rows, by_customer, by_date};
    use super::*;
    use crate::learning::metrics::CRITERIA;
    use crate::learning::{Column, MODELS, Matrix, ModelRow};
    use crate::numeric::calendar::DAY;
    use crate::numeric::random::stream;

    /// A shop in which the chance to leave rises with `x`; `noise` says nothing.
    fn shop(customers: u32, dates: u32) -> Rows {
        let mut random = stream(5, "trials");
        let rows = (customers * dates) as usize;
        let x: Vec<f64> = (0..rows).map(|_| random.random_range(-2.0..2.0)).collect();
        let noise = (0..rows).map(|_| random.random_range(-2.0..2.0)).collect();
        let labels =
            x.iter().map(|x| random.random::<f64>() < 1.0 / (1.0 + crate::numeric::math::exp(1.0 - 2.0 * x))).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x), Column::numbers("noise", noise)]).expect("two columns");
        let matrix = matrix.with_customers((0..rows as u32).map(|row| row % customers).collect()).expect("one per row");
        let matrix = matrix
            .with_snapshots((0..rows as u32).map(|row| i64::from(row / customers) * 30 * DAY).collect())
            .expect("one per row");
        Rows { matrix, labels, segments: None }
    }

    fn contest<'a>(models: &'a [&'static ModelRow], calibration: usize) -> Contest<'a> {
        Contest { models, criterion: &CRITERIA[0], tries: 1, calibration: &CALIBRATIONS[calibration], seed: 3 }
    }

    #[test]
    fn a_model_beats_the_base_rate_and_its_scores_rise_with_what_matters() {
        let rows = shop(150, 8);
        let fresh = rows.matrix.take(&(0..150).collect::<Vec<u32>>());
        let dates = Dates { horizon_days: 30, gap_days: 0, tests: 3 };
        let data = by_date(rows, fresh, dates, false).expect("far enough apart");
        for calibration in [1, 3] {
            let two = [&MODELS[0], &MODELS[3]];
            let trials = try_all(&data, &contest(&two, calibration), &|_| {}).expect("both labels");
            assert_eq!((trials.baselines, trials.tried.len(), trials.pair.len()), (1, 4, 2));
            assert_eq!(trials.way().name(), CALIBRATIONS[calibration].name);
            let loss = |scores: &[Vec<f64>]| -> f64 {
                let of = |(fold, scores): (&Origin, &Vec<f64>)| LOG_LOSS.of(&data.truth(&fold.test), scores);
                data.folds.iter().zip(scores).map(|pair| of(pair).expect("both labels")).sum()
            };
            assert!(loss(trials.winning_scores()) < loss(&trials.tried[0].scores) - 0.2);
            assert!(trials.reported().is_some(), "three dates are enough to choose beforehand");
            let model = final_model(&data, &trials, 3).expect("both labels");
            let two =
                Matrix::new(vec![Column::numbers("x", vec![-1.5, 1.5]), Column::numbers("noise", vec![0.0, 0.0])]);
            let scores = model.score(&two.expect("two columns")).expect("its columns");
            assert!(scores[0] < 0.3 && scores[1] > 0.7, "{scores:?}");
        }
    }

    #[test]
    fn without_dates_and_with_one_model_there_is_no_average() {
        let mut rows = shop(300, 1);
        rows.matrix = rows.matrix.with_snapshots(vec![0; 300]).expect("one per row");
        let mut data = by_customer(rows, 1).expect("enough customers");
        let trials = try_all(&data, &contest(&[&MODELS[0]], 0), &|_| {}).expect("both labels");
        assert_eq!((trials.tried.len(), trials.winner, trials.members()), (2, 1, vec![1]));
        assert_eq!(trials.calibrations.len(), 4, "no purchase model, so no base rate");
        data.folds.drain(..4);
        let scores = vec![0.5; data.newest().test.len()];
        let kept = Trials::of_kept(&data, "old", scores.clone(), &CRITERIA[0], 1).expect("both labels");
        assert_eq!((kept.winner, kept.tried[1].name.as_str(), kept.newest_scores()), (1, "old", &scores[..]));
    }
}
