//! Which settings: chosen on rows that a fold learns from anyway, so that the rows that judge it had no say.
//!
//! Choosing on the judged rows themselves flatters (G. Cawley, N. Talbot, JMLR 11, 2010); here the choice is nested: of each fold's
//! rows the newest snapshot that had closed is held out (without dates: the next fold's customers), each setting learns from what
//! was known before it and is judged on it. A fold's settings are those of the best mean over it and the folds before.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::calibration::Scored;
use super::contest::Contest;
use super::labelled::Labelled;
use crate::learning::average::average_scores;
use crate::learning::metrics::Criterion;
use crate::learning::{LearningError, LearningSettings};

/// What was tried within each fold.
pub struct Search {
    /// Settings that were asked for, per model.
    asked: Vec<Vec<LearningSettings>>,
    /// By fold, where its rows could be divided.
    folds: Vec<Option<Inner>>,
    /// Whether a fold may look at what was known before the folds before it.
    by_time: bool,
    criterion: &'static Criterion,
    /// How settings were chosen.
    pub how: HowChosen,
}

/// How the settings of the models were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowChosen {
    /// They were given, so there was nothing to choose.
    Given,
    /// The defaults: no judged date had an earlier snapshot that had closed before it.
    Defaults,
    /// On rows that no reported figure is based on.
    HeldOut {
        /// Whether those are the newest snapshot that closed before each judged date; else the next fold's customers.
        by_date: bool,
        /// Folds with such rows.
        folds: usize,
        /// All folds.
        of_folds: usize,
        /// Such rows in the last fold.
        rows: usize,
        /// Rows that were learned from in the last fold.
        learned: usize,
    },
}

/// A fold's rows, divided once more.
struct Inner {
    learn: Vec<u32>,
    held: Vec<u32>,
    /// Scores of the held-out rows and the criterion, by model and settings.
    tried: Vec<Vec<(Vec<f64>, f64)>>,
    /// The criterion of the average of the two best models.
    average: Option<f64>,
}

impl Search {
    /// The settings of a model in a fold.
    pub fn of_fold(&self, model: usize, fold: usize) -> &LearningSettings {
        &self.asked[model][self.best(model, self.seen_by(fold))]
    }

    /// The settings of a model when all folds have been seen.
    pub fn in_the_end(&self, model: usize) -> &LearningSettings {
        &self.asked[model][self.best(model, 0..self.folds.len())]
    }

    /// Rows of a fold that were held out and the scores that the mean of some models gave them.
    pub fn known(&self, members: &[usize], fold: usize) -> Option<Scored> {
        let inner = self.folds[fold].as_ref()?;
        let scores = members.iter().map(|&model| {
            let settings = self.best(model, self.seen_by(fold));
            inner.tried[model][settings].0.clone()
        });
        let scores: Vec<Vec<f64>> = scores.collect();
        Some((inner.held.clone(), mean_of(scores)))
    }

    /// Rows that a fold's scores can be calibrated on. By date those of the newest snapshot that had closed before it, which were not
    /// learned from; without dates the other folds' rows, of which `raw` holds the scores.
    pub fn to_calibrate_on(&self, data: &Labelled, members: &[usize], raw: &[Vec<f64>], fold: usize) -> Option<Scored> {
        if data.reach > 0 {
            return self.known(members, fold);
        }
        let others = (0..data.folds.len()).filter(|other| *other != fold);
        let rows = others.clone().flat_map(|other| data.folds[other].test.iter().copied()).collect();
        Some((rows, others.flat_map(|other| raw[other].iter().copied()).collect()))
    }

    /// Whether any fold has rows to choose on.
    pub fn knows(&self) -> bool {
        self.folds.iter().any(Option::is_some)
    }

    /// The model, or the two whose average, did best by what was known before a fold.
    pub fn choice(&self, fold: usize) -> Vec<usize> {
        let seen = self.seen_by(fold);
        let mean = |model: usize| self.mean(model, self.best(model, seen.clone()), seen.clone());
        let mut order: Vec<usize> = (0..self.asked.len()).collect();
        // The first model where nothing is known yet.
        order.sort_by(|&a, &b| self.sign(mean(a)).total_cmp(&self.sign(mean(b))));
        let averages: Vec<f64> = self.folds[seen.clone()].iter().flatten().filter_map(|inner| inner.average).collect();
        let average = averages.iter().sum::<f64>() / averages.len() as f64;
        let both = !averages.is_empty() && self.sign(Some(average)) < self.sign(mean(order[0]));
        order.truncate(if both { 2 } else { 1 });
        order
    }

    fn seen_by(&self, fold: usize) -> std::ops::Range<usize> {
        if self.by_time { 0..fold + 1 } else { fold..fold + 1 }
    }

    /// Smaller is better; what is not known is neither.
    fn sign(&self, mean: Option<f64>) -> f64 {
        mean.map_or(0.0, |mean| if self.criterion.larger_is_better { -mean } else { mean })
    }

    fn mean(&self, model: usize, settings: usize, folds: std::ops::Range<usize>) -> Option<f64> {
        let known: Vec<f64> = self.folds[folds].iter().flatten().map(|inner| inner.tried[model][settings].1).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }

    /// The settings of the best mean over some folds, the first of equals.
    fn best(&self, model: usize, folds: std::ops::Range<usize>) -> usize {
        let value = |settings: usize| self.sign(self.mean(model, settings, folds.clone()));
        (1..self.asked[model].len())
            .fold(0, |best, settings| if value(settings) < value(best) { settings } else { best })
    }

    /// Tries all settings within each fold, where there is something to choose or to calibrate on. `done` takes the share of the work that
    /// is done.
    ///
    /// # Errors
    /// When a model cannot be fitted.
    pub fn new(
        data: &Labelled,
        contest: &Contest,
        asked: Vec<Vec<LearningSettings>>,
        done: &(dyn Fn(f64) + Sync),
    ) -> Result<Search, LearningError> {
        let by_time = data.reach > 0;
        let calibrates = by_time && contest.calibration.is_fitted();
        let choice = asked.iter().map(Vec::len).sum::<usize>() > 1;
        let divided: Vec<Option<(Vec<u32>, Vec<u32>)>> =
            (0..data.folds.len()).map(|fold| if choice || calibrates { divided(data, fold) } else { None }).collect();
        let mut tasks = Vec::new();
        for (learn, held) in divided.iter().flatten() {
            tasks.extend(asked.iter().flatten().map(|settings| (learn, held, settings)));
        }
        let finished = AtomicUsize::new(0);
        let found = tasks
            .par_iter()
            .map(|&(learn, held, settings)| {
                let scores = data.fit_and_score(settings, learn, held, contest.seed)?;
                let value = contest.criterion.of(&data.truth(held), &scores)?;
                done((1 + finished.fetch_add(1, Ordering::Relaxed)) as f64 / tasks.len() as f64);
                Ok((scores, value))
            })
            .collect::<Result<Vec<_>, LearningError>>()?;
        let mut found = found.into_iter();
        let folds = divided
            .into_iter()
            .map(|divided| {
                let (learn, held) = divided?;
                let tried = asked.iter().map(|all| found.by_ref().take(all.len()).collect()).collect();
                Some(Inner { learn, held, tried, average: None })
            })
            .collect();
        let mut search = Search { asked, folds, by_time, criterion: contest.criterion, how: HowChosen::Given };
        search.how = search.how_chosen(choice);
        for fold in 0..search.folds.len() {
            let average = search.average(data, fold)?;
            if let Some(inner) = &mut search.folds[fold] {
                inner.average = average;
            }
        }
        Ok(search)
    }

    /// What the average of the two best models would have been worth in a fold.
    fn average(&self, data: &Labelled, fold: usize) -> Result<Option<f64>, LearningError> {
        let Some(inner) = self.folds[fold].as_ref().filter(|_| self.asked.len() > 1) else { return Ok(None) };
        let best = |model: usize| self.best(model, self.seen_by(fold));
        let mut order: Vec<usize> = (0..self.asked.len()).collect();
        let mean = |model: usize| self.sign(self.mean(model, best(model), self.seen_by(fold)));
        order.sort_by(|&a, &b| mean(a).total_cmp(&mean(b)));
        let scores = [order[0], order[1]].map(|model| inner.tried[model][best(model)].0.clone());
        Ok(Some(self.criterion.of(&data.truth(&inner.held), &average_scores(&scores))?))
    }

    fn how_chosen(&self, choice: bool) -> HowChosen {
        let divided: Vec<&Inner> = self.folds.iter().flatten().collect();
        match divided.last() {
            _ if !choice => HowChosen::Given,
            None => HowChosen::Defaults,
            Some(last) => HowChosen::HeldOut {
                by_date: self.by_time,
                folds: divided.len(),
                of_folds: self.folds.len(),
                rows: last.held.len(),
                learned: last.learn.len(),
            },
        }
    }
}

/// The scores of a model, or the average of several.
pub fn mean_of(scores: Vec<Vec<f64>>) -> Vec<f64> {
    if scores.len() == 1 { scores.concat() } else { average_scores(&scores) }
}

/// A fold's rows, divided into those to learn from and those to choose on; nothing where one side lacks a label.
fn divided(data: &Labelled, fold: usize) -> Option<(Vec<u32>, Vec<u32>)> {
    let train = &data.folds[fold].train;
    let (learn, held): (Vec<u32>, Vec<u32>) = if data.reach > 0 {
        let date = |row: u32| data.matrix.snapshots()[row as usize];
        let latest = train.iter().map(|&row| date(row)).max()?;
        (
            train.iter().copied().filter(|&row| date(row) + data.reach <= latest).collect(),
            train.iter().copied().filter(|&row| date(row) == latest).collect(),
        )
    } else {
        let mut next = data.folds[(fold + 1) % data.folds.len()].test.clone();
        next.sort_unstable();
        (train.iter().copied().filter(|row| next.binary_search(row).is_err()).collect(), next)
    };
    (data.both(&learn) && data.both(&held)).then_some((learn, held))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::folds::{Origin, crossed, rolling};
    use crate::learning::{Column, Matrix};
    use crate::numeric::calendar::DAY;

    fn labelled(matrix: Matrix, folds: Vec<Origin>, reach: i64) -> Labelled {
        let labels = (0..matrix.rows()).map(|row| row % 3 == 0).collect();
        Labelled {
            matrix,
            labels,
            folds,
            reach,
            baselines: Vec::new(),
            purchase_model: None,
            current: None,
            segments: None,
            window: None,
            horizons: Vec::new(),
            reasons: Vec::new(),
        }
    }

    #[test]
    fn what_settings_are_chosen_on_was_known_before_the_judged_date() {
        let (rows, reach) = (120u32, 90 * DAY);
        let x = (0..rows).map(f64::from).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x)]).expect("a column");
        let matrix = matrix.with_customers((0..rows).map(|row| row % 10).collect()).expect("one per row");
        let matrix =
            matrix.with_snapshots((0..rows).map(|row| i64::from(row / 10) * 30 * DAY).collect()).expect("one per row");
        let folds = rolling(&matrix, reach, 0, 3).expect("far enough apart");
        let folds: Vec<Origin> = folds
            .into_iter()
            .map(|o| Origin { train: [o.train, o.held_out].concat(), held_out: vec![], ..o })
            .collect();
        let data = labelled(matrix, folds, reach);
        let date = |row: &u32| data.matrix.snapshots()[*row as usize];
        for (place, fold) in data.folds.iter().enumerate() {
            let (learn, held) = divided(&data, place).expect("early enough");
            assert!(held.iter().all(|row| date(row) + reach <= fold.snapshot));
            assert!(learn.iter().all(|row| date(row) + reach <= date(&held[0])));
        }
    }

    #[test]
    fn without_dates_settings_are_chosen_on_other_customers_than_those_judged() {
        let rows = 60u32;
        let matrix = Matrix::new(vec![Column::numbers("x", (0..rows).map(f64::from).collect())]).expect("a column");
        let matrix = matrix.with_customers((0..rows).map(|row| row / 2).collect()).expect("one per row");
        let folds = crossed(&matrix, 5, 1).expect("enough customers");
        let data = labelled(matrix, folds, 0);
        let customers = |rows: &[u32]| -> std::collections::BTreeSet<u32> {
            rows.iter().map(|&row| data.matrix.customers()[row as usize]).collect()
        };
        for (place, fold) in data.folds.iter().enumerate() {
            let (learn, held) = divided(&data, place).expect("both labels on both sides");
            let (learn, held, test) = (customers(&learn), customers(&held), customers(&fold.test));
            assert!(learn.is_disjoint(&held) && learn.is_disjoint(&test) && held.is_disjoint(&test));
        }
    }
}
