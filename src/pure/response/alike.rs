//! Who is like those of a seed list: nearest neighbours beside a classifier, compared by the seeds that each finds without having seen them.
//!
//! Seeds are told from everybody else, although some of the others are of the same kind: a score is the chance to be *on the list*. Where
//! the list is a random draw of its kind, dividing by the chance that one of the kind is on it gives the chance to be of the kind (C. Elkan,
//! K. Noto, "Learning classifiers from only positive and unlabeled data", KDD 2008, lemma 1; the chance by estimator e1, equation 5: the
//! mean score of held-out seeds). Ranks are right without that condition.

use super::ResponseError;
use super::depth::Ranged;
use super::nearest::{similarity, thinned};
use super::space::{Points, Space};
use crate::churn::Labelled;
use crate::learning::Matrix;
use crate::learning::calibration::{Calibrator, Method as Calibration};
use crate::numeric::shares::{Z95, wilson_of};

/// How alike persons are found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// By the distance to the nearest seeds.
    Nearest,
    /// By a classifier of seeds against all others.
    Classifier,
}

impl Method {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Method::Nearest => "nearest neighbours",
            Method::Classifier => "classifier",
        }
    }
}

/// Out-of-fold scores by distance.
pub struct Near {
    space: Space,
    /// Similarities per fold, of its judged rows to the seeds of the other folds.
    similarities: Vec<Vec<f64>>,
    /// The same as probabilities to be on the list; each fold is calibrated by the others (Platt).
    pub scores: Vec<Vec<f64>>,
    seeds: Points,
}

/// Similarities of each fold's rows to the seeds among the others, which are persons with a true label.
///
/// # Errors
/// When a fold's scores cannot be calibrated.
pub fn near(data: &Labelled, seed: u64) -> Result<Near, ResponseError> {
    // Labels have no say in where persons stand.
    let space = Space::of(&data.matrix);
    let points = space.points(&data.matrix)?;
    let seeds_of = |rows: &[u32]| {
        let seeds: Vec<u32> = rows.iter().copied().filter(|&row| data.labels[row as usize]).collect();
        points.take(&thinned(&seeds, data.matrix.customers(), seed))
    };
    let similarities: Vec<Vec<f64>> =
        data.folds.iter().map(|fold| similarity(&points.take(&fold.test), &seeds_of(&fold.train))).collect();
    let calibrated = |fold: usize| -> Result<Vec<f64>, ResponseError> {
        let others = (0..data.folds.len()).filter(|other| *other != fold);
        let rows: Vec<u32> = others.clone().flat_map(|other| data.folds[other].test.iter().copied()).collect();
        let known: Vec<f64> = others.flat_map(|other| similarities[other].iter().copied()).collect();
        let calibrator = Calibrator::fit(Calibration::Platt, &data.truth(&rows), &known)?;
        Ok(similarities[fold].iter().map(|score| calibrator.apply(*score)).collect())
    };
    let scores = (0..data.folds.len()).map(calibrated).collect::<Result<_, ResponseError>>()?;
    let all: Vec<u32> = (0..data.matrix.rows() as u32).collect();
    let seeds = seeds_of(&all);
    Ok(Near { space, similarities, scores, seeds })
}

impl Near {
    /// The similarity of each of some persons to all seeds, and the probability to be on the list.
    ///
    /// # Errors
    /// When a column is absent or of the other kind.
    pub fn of(&self, data: &Labelled, persons: &Matrix) -> Result<(Vec<f64>, Vec<f64>), ResponseError> {
        let alike = similarity(&self.space.points(persons)?, &self.seeds);
        let rows: Vec<u32> = data.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect();
        let calibrator = Calibrator::fit(Calibration::Platt, &data.truth(&rows), &self.similarities.concat())?;
        let scores = alike.iter().map(|similarity| calibrator.apply(*similarity)).collect();
        Ok((alike, scores))
    }
}

/// What a method finds without having seen it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Seeds held out, all folds together.
    pub seeds: usize,
    /// Those of them in the top tenth of their fold; equal scores share their seeds evenly.
    pub in_top: f64,
    /// Their share, with its 95 % Wilson interval; 0.1 is chance.
    pub share: Ranged,
}

/// How many held-out seeds stand in the top tenth of each fold.
pub fn found(data: &Labelled, scores: &[Vec<f64>]) -> Found {
    let (mut seeds, mut in_top) = (0, 0.0);
    for (fold, scores) in data.folds.iter().zip(scores) {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let is_seed = |place: &&usize| data.labels[fold.test[**place] as usize];
        seeds += order.iter().filter(is_seed).count();
        let mut left = scores.len().div_ceil(10);
        for same in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
            let part = same.len().min(left);
            in_top += same.iter().filter(is_seed).count() as f64 * part as f64 / same.len() as f64;
            left -= part;
            if left == 0 {
                break;
            }
        }
    }
    let share = in_top / (seeds.max(1)) as f64;
    let (low, high) = wilson_of(share.min(1.0), seeds.max(1) as f64, Z95);
    Found { seeds, in_top, share: Ranged { value: share, low, high } }
}

/// The method that finds more; nearest neighbours, which need no fit, take a tie.
pub fn better(nearest: &Found, classifier: &Found) -> Method {
    if classifier.in_top > nearest.in_top { Method::Classifier } else { Method::Nearest }
}

/// The chance that one of the seeds' kind is on the list: the mean out-of-fold probability of seeds (estimator e1). Where the kind and the
/// others overlap it comes out too small, by the factor of the seeds' mean chance to be of the kind, and [`of_their_kind`] too large.
pub fn chance_of_being_listed(data: &Labelled, scores: &[Vec<f64>]) -> f64 {
    let (mut sum, mut seeds) = (0.0, 0.0f64);
    for (fold, scores) in data.folds.iter().zip(scores) {
        for (_, score) in fold.test.iter().zip(scores).filter(|(row, _)| data.labels[**row as usize]) {
            sum += score;
            seeds += 1.0;
        }
    }
    sum / seeds.max(1.0)
}

/// The chance to be of the seeds' kind, from the chance to be on the list; at most 1.
pub fn of_their_kind(on_the_list: f64, chance_of_being_listed: f64) -> f64 {
    if chance_of_being_listed > 0.0 { (on_the_list / chance_of_being_listed).min(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::super::contest::{divided, try_response};
    use super::*;
    use crate::churn::{CALIBRATIONS, Contest};
    use crate::learning::metrics::LOG_LOSS;
    use crate::learning::{Column, MODELS};
    use crate::numeric::math::logistic;
    use crate::numeric::random::stream;

    fn contest<'a>(models: &'a [&'static crate::learning::ModelRow]) -> Contest<'a> {
        Contest { models, criterion: LOG_LOSS, tries: 1, calibration: &CALIBRATIONS[0], seed: 1 }
    }

    #[test]
    fn the_chance_to_be_of_the_kind_is_found_where_seeds_are_a_random_draw_of_it() {
        let mut random = stream(5, "alike");
        let rows = 6000;
        let x: Vec<f64> = (0..rows).map(|_| random.random_range(-2.0..2.0)).collect();
        // Hardly any overlap, as the estimator asks for.
        let truth: Vec<f64> = x.iter().map(|x| logistic(60.0 * x - 30.0)).collect();
        // Three in ten of the kind are on the list.
        let seeds = truth.iter().map(|p| random.random::<f64>() < *p && random.random::<f64>() < 0.3).collect();
        let data = divided(Matrix::new(vec![Column::numbers("x", x)]).expect("a column"), seeds, 5, 1).expect("both");
        let models = [&MODELS[3]];
        let trials = try_response(&data, &contest(&models), &|_| ()).expect("both labels").trials;
        let scores = trials.reported_scores();
        let listed = chance_of_being_listed(&data, scores);
        assert!((listed - 0.3).abs() < 0.03, "{listed}");
        let (mut error, mut judged) = (0.0, 0.0);
        for (fold, scores) in data.folds.iter().zip(scores) {
            for (&row, score) in fold.test.iter().zip(scores) {
                error += (of_their_kind(*score, listed) - truth[row as usize]).abs();
                judged += 1.0;
            }
        }
        assert!(error / judged < 0.06, "{}", error / judged);
    }

    #[test]
    fn neighbours_find_an_island_that_a_straight_line_cannot_and_the_line_finds_a_slope() {
        let mut random = stream(6, "island");
        let rows = 3000;
        let [x, y]: [Vec<f64>; 2] =
            std::array::from_fn(|_| (0..rows).map(|_| random.random_range(-1.0..1.0)).collect());
        let island: Vec<bool> = (0..rows).map(|row| x[row].powi(2) + y[row].powi(2) < 0.05).collect();
        let slope: Vec<bool> =
            x.iter().map(|x| random.random::<f64>() < 0.002 + 0.1 * (x + 1.0).powi(2) / 4.0).collect();
        let models = [&MODELS[0]];
        for (seeds, wanted) in [(island, Method::Nearest), (slope, Method::Classifier)] {
            let columns = vec![Column::numbers("x", x.clone()), Column::numbers("y", y.clone())];
            let data = divided(Matrix::new(columns).expect("a rectangle"), seeds, 5, 1).expect("both labels");
            let near = near(&data, 1).expect("calibrated");
            let trials = try_response(&data, &contest(&models), &|_| ()).expect("both labels").trials;
            let (nearest, classifier) = (found(&data, &near.scores), found(&data, trials.reported_scores()));
            assert_eq!(better(&nearest, &classifier), wanted, "{nearest:?} {classifier:?}");
            if wanted == Method::Nearest {
                assert!(nearest.share.value > 0.95 && classifier.share.value < 0.3, "{nearest:?} {classifier:?}");
            }
        }
    }

    #[test]
    fn equal_scores_share_their_seeds() {
        let x = (0..100).map(f64::from).collect();
        let labels = (0..100).map(|row| row % 4 == 0).collect();
        let data = divided(Matrix::new(vec![Column::numbers("x", x)]).expect("a column"), labels, 2, 1).expect("both");
        let same: Vec<Vec<f64>> = data.folds.iter().map(|fold| vec![0.5; fold.test.len()]).collect();
        let found = found(&data, &same);
        assert_eq!((found.seeds, (found.in_top - 2.5).abs() < 1e-9), (25, true), "{found:?}");
        assert_eq!(of_their_kind(0.2, 0.0), 0.0);
    }
}
