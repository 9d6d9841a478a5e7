//! Models that compete on the rows of a trial, beside the base rate and the best single column.

use super::ResponseError;
use super::column::best_column;
use crate::churn::{Baseline, Contest, Judgement, Labelled, Trials, Unjudged, try_all};
use crate::learning::folds::crossed;
use crate::learning::intervals::{Interval, difference};
use crate::learning::metrics::LOG_LOSS;
use crate::learning::selection::Candidate;
use crate::learning::{Matrix, leakage};

/// Rows with labels, persons divided into `folds` parts that are judged by what the others teach. Rows stand in the order of their persons'
/// keys, so that the order of a file changes nothing; `matrix` has a person per row.
///
/// # Errors
/// When there are not two folds with both labels.
pub fn divided(matrix: Matrix, labels: Vec<bool>, folds: usize, seed: u64) -> Result<Labelled, ResponseError> {
    let both = |rows: &[u32]| {
        let positives = rows.iter().filter(|row| labels[**row as usize]).count();
        positives > 0 && positives < rows.len()
    };
    let folds: Vec<_> = crossed(&matrix, folds, seed)
        .unwrap_or_default()
        .into_iter()
        .filter(|o| both(&o.train) && both(&o.test))
        .collect();
    if folds.len() < 2 {
        let left = labels.iter().filter(|label| **label).count();
        return Err(Unjudged::TooFew { customers: labels.len(), left }.into());
    }
    Ok(Labelled {
        matrix,
        labels,
        folds,
        reach: 0,
        baselines: vec![Baseline::BaseRate],
        purchase_model: None,
        current: None,
        segments: None,
        window: None,
        horizons: Vec::new(),
        reasons: Vec::new(),
    })
}

/// What was left out or looks suspicious, and why.
pub type Suspicious = Vec<leakage::Finding>;

/// Leaves out constants and identifiers; hands back all that the watch over columns found.
///
/// # Errors
/// When all labels are the same.
pub fn leave_out_useless(data: &mut Labelled) -> Result<Suspicious, ResponseError> {
    let found = leakage::watch(&data.matrix, &data.labels)?;
    let useless = |finding: &&leakage::Finding| {
        matches!(finding.suspicion, leakage::Suspicion::Constant | leakage::Suspicion::Identifier { .. })
    };
    let names: Vec<&str> = found.iter().filter(useless).map(|finding| finding.column.as_str()).collect();
    data.leave_out(&names)?;
    Ok(found)
}

/// Everything that was tried, and the column that does best alone.
pub struct Tried {
    /// The trials; the best single column is the last of the baselines.
    pub trials: Trials,
    /// Its name, when all rows choose.
    pub column: String,
}

/// Draws of persons for the interval of a gain.
const DRAWS: usize = 200;

/// Name of the baseline of one column.
pub const ONE_COLUMN: &str = "best single column";

/// Tries the models of a contest, cross-fitted and calibrated, and both baselines. `done` takes the share of the work that is done.
///
/// # Errors
/// When a model cannot be fitted.
pub fn try_response(data: &Labelled, contest: &Contest, done: &(dyn Fn(f64) + Sync)) -> Result<Tried, ResponseError> {
    let alone = best_column(data, contest.seed)?;
    done(0.1);
    let mut trials = try_all(data, contest, &|share| done(0.1 + 0.9 * share))?;
    add_baseline(&mut trials, Candidate { name: ONE_COLUMN.to_owned(), complexity: 0, scores: alone.scores });
    Ok(Tried { trials, column: alone.column })
}

/// By how much the log loss of the reported scores is below that of the strongest baseline, with its 95 % interval: both are drawn together
/// by persons, so that what is hard for both does not blur the difference.
///
/// # Errors
/// When a score is not a number.
pub fn gain(data: &Labelled, trials: &Trials, judgement: &Judgement, seed: u64) -> Result<Interval, ResponseError> {
    let rows: Vec<u32> = data.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect();
    let (usual, ours) = (trials.tried[judgement.baseline].scores.concat(), trials.reported_scores().concat());
    let bare = data.matrix.only(&[]).take(&rows);
    let metric = |labels: &[bool], scores: &[f64]| LOG_LOSS.of(labels, scores);
    Ok(difference(&bare, &data.truth(&rows), [&usual, &ours], 0.95, DRAWS, seed, metric)?)
}

/// Puts a candidate behind the baselines, so that it is judged beside the models.
pub fn add_baseline(trials: &mut Trials, candidate: Candidate) {
    let place = trials.baselines;
    trials.tried.insert(place, candidate);
    trials.settings.insert(place, None);
    trials.baselines += 1;
    trials.winner += 1;
    trials.pair.iter_mut().for_each(|member| *member += 1);
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::churn::{CALIBRATIONS, final_model, judge};
    use crate::learning::{Column, MODELS};
    use crate::numeric::math::logistic;
    use crate::numeric::random::stream;

    /// Persons whose true chance to respond is known.
    pub fn planted(rows: usize, seed: u64) -> (Matrix, Vec<bool>, Vec<f64>) {
        let mut random = stream(seed, "response");
        let [age, orders, noise]: [Vec<f64>; 3] =
            std::array::from_fn(|_| (0..rows).map(|_| random.random_range(-1.0..1.0)).collect());
        let truth: Vec<f64> = (0..rows).map(|row| logistic(-2.5 + 1.5 * age[row] + 1.2 * orders[row])).collect();
        let labels = truth.iter().map(|chance| random.random::<f64>() < *chance).collect();
        let columns = vec![Column::numbers("age", age), Column::numbers("orders", orders), Column::numbers("z", noise)];
        (Matrix::new(columns).expect("a rectangle"), labels, truth)
    }

    #[test]
    fn the_planted_chance_is_found_and_the_baselines_are_beaten() {
        let (matrix, labels, _) = planted(4000, 3);
        let data = divided(matrix, labels, 5, 1).expect("both labels");
        let models = [&MODELS[0], &MODELS[3]];
        let contest =
            Contest { models: &models, criterion: LOG_LOSS, tries: 1, calibration: &CALIBRATIONS[0], seed: 1 };
        let tried = try_response(&data, &contest, &|_| ()).expect("both labels");
        assert_eq!(tried.column, "age");
        let judgement = judge(&data, &tried.trials, &contest).expect("scores");
        let names: Vec<&str> = judgement.list[..2].iter().map(|judged| judged.name.as_str()).collect();
        assert_eq!(names, ["base rate", ONE_COLUMN]);
        assert_eq!(judgement.baseline().name, ONE_COLUMN);
        let gain = gain(&data, &tried.trials, &judgement, 1).expect("scores");
        assert!(gain.low > 0.0, "{gain:?}");
        // New persons: the probability is that which was planted.
        let (fresh, _, truth) = planted(4000, 4);
        let scores = final_model(&data, &tried.trials, 1).expect("fitted").score(&fresh).expect("its columns");
        let error = scores.iter().zip(&truth).map(|(a, b)| (a - b).abs()).sum::<f64>() / 4000.0;
        assert!(error < 0.02, "{error}");
    }

    #[test]
    fn too_few_responders_are_told_with_their_number() {
        let (matrix, _, _) = planted(30, 3);
        let mut labels = vec![false; 30];
        labels[7] = true;
        let error = divided(matrix, labels, 5, 1).expect_err("one responder");
        assert_eq!(error, ResponseError::TooFew { rows: 30, positives: 1 });
        assert!(error.to_string().starts_with("1 of 30 persons"));
    }
}
