//! Persons of a trial whom the model in use did not learn from: they alone can judge it and a new model.

use super::learned::Learned;
use crate::churn::succession::{Duel, Judges};
use crate::churn::{Labelled, Trials};
use crate::learning::LearningError;
use crate::learning::metrics::Criterion;

/// So many persons at least judge two models, so many of them with each outcome: below that the difference is chance.
pub const PERSONS: usize = 100;
/// See [`PERSONS`].
pub const OF_EACH: usize = 10;

/// Unseen persons, fold by fold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unseen {
    /// Place of each fold that has unseen persons of both outcomes, and their places among its judged rows.
    folds: Vec<(usize, Vec<usize>)>,
    /// Their rows, fold after fold.
    pub rows: Vec<u32>,
    /// What happened to each.
    pub truth: Vec<bool>,
}

impl Unseen {
    /// Of a trial, by each row's number of a person. Folds without unseen persons of both outcomes are left out.
    pub fn of(data: &Labelled, persons: &[u64], learned: &Learned) -> Unseen {
        let mut unseen = Unseen::default();
        for (place, fold) in data.folds.iter().enumerate() {
            let new = |at: &usize| !learned.knows(persons[fold.test[*at] as usize]);
            let own: Vec<usize> = (0..fold.test.len()).filter(new).collect();
            let rows: Vec<u32> = own.iter().map(|at| fold.test[*at]).collect();
            if data.both(&rows) {
                unseen.truth.extend(data.truth(&rows));
                unseen.rows.extend(rows);
                unseen.folds.push((place, own));
            }
        }
        unseen
    }

    /// Those who responded.
    pub fn positives(&self) -> usize {
        self.truth.iter().filter(|responded| **responded).count()
    }

    /// What they are to whoever asks what can judge.
    pub fn judges(&self) -> Judges {
        let (persons, positives) = (self.rows.len(), self.positives());
        let enough = persons >= PERSONS && positives >= OF_EACH && persons - positives >= OF_EACH;
        Judges::Unseen { persons, positives, enough }
    }

    /// Compares a new model with the one in use, whose scores of the unseen persons are `theirs`. The new one's scores are out of fold, by
    /// choices in which the judged fold had no say, so that neither model had seen a judged person.
    ///
    /// # Errors
    /// When a score is not a number.
    pub fn duel(
        &self,
        data: &Labelled,
        trials: &Trials,
        mut theirs: &[f64],
        criterion: &Criterion,
    ) -> Result<Duel, LearningError> {
        let scores = trials.reported_scores();
        let ours: Vec<Vec<f64>> =
            self.folds.iter().map(|(fold, own)| own.iter().map(|at| scores[*fold][*at]).collect()).collect();
        let mut parts = Vec::new();
        for ((fold, own), ours) in self.folds.iter().zip(&ours) {
            let rows: Vec<u32> = own.iter().map(|at| data.folds[*fold].test[*at]).collect();
            let (here, rest) = theirs.split_at(rows.len());
            parts.push((data.truth(&rows), ours.as_slice(), here));
            theirs = rest;
        }
        Duel::of(&parts, criterion)
    }
}

#[cfg(test)]
mod tests {
    use super::super::contest::{divided, try_response};
    use super::*;
    use crate::churn::{CALIBRATIONS, Contest};
    use crate::learning::metrics::LOG_LOSS;
    use crate::learning::{Column, MODELS, Matrix};
    use crate::numeric::math::ln;

    #[test]
    fn only_persons_whom_the_model_did_not_learn_from_judge_it() {
        let x: Vec<f64> = (0..400).map(|row| f64::from(row * 7 % 100)).collect();
        let labels: Vec<bool> = x.iter().enumerate().map(|(row, x)| (*x > 60.0) != (row % 9 == 0)).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x)]).expect("a column");
        let matrix = matrix.with_customers((0..400).collect()).expect("one per row");
        let data = divided(matrix, labels.clone(), 4, 1).expect("both outcomes");
        let persons: Vec<u64> = (1000..1400).collect();
        let all = Unseen::of(&data, &persons, &Learned::default());
        assert_eq!(all.rows.len(), 400);
        let none = Unseen::of(&data, &persons, &Learned::of(persons.clone()));
        assert_eq!(none.judges(), Judges::Unseen { persons: 0, positives: 0, enough: false });
        let unseen = Unseen::of(&data, &persons, &Learned::of(persons[..250].to_vec()));
        let mut rows = unseen.rows.clone();
        rows.sort_unstable();
        assert_eq!(rows, (250..400).collect::<Vec<u32>>());
        assert!(matches!(unseen.judges(), Judges::Unseen { persons: 150, enough: true, .. }));

        let models = [&MODELS[0]];
        let contest =
            Contest { models: &models, criterion: LOG_LOSS, tries: 1, calibration: &CALIBRATIONS[1], seed: 1 };
        let tried = try_response(&data, &contest, &|_| ()).expect("both outcomes");
        // A model in use that says the opposite loses; one that knows the outcome wins.
        let theirs = |right: f64| -> Vec<f64> {
            unseen.truth.iter().map(|truth| if *truth { right } else { 1.0 - right }).collect()
        };
        let duel = |right: f64| unseen.duel(&data, &tried.trials, &theirs(right), LOG_LOSS).expect("scores");
        assert!(duel(0.1).is_won_by(0.0) && !duel(0.99).is_won_by(0.0), "{:?} {:?}", duel(0.1), duel(0.99));
        assert!((duel(0.9).theirs + ln(0.9)).abs() < 1e-9);
    }
}
