//! Which model and which settings: judged on folds, with the simpler one taking ties.

use rand::RngExt;

use super::folds::Origin;
use super::intervals::{Interval, difference};
use super::metrics::{CRITERIA, Metrics};
use super::model::{Lesson, fit};
use super::{LearningError, Matrix, ModelRow, Settings};
use crate::numeric::random::stream;

/// The scores of the judged rows of each fold, by a model learned from the fold's other rows.
///
/// # Errors
/// When a fold has nothing to learn from.
pub fn judge(
    settings: &Settings,
    matrix: &Matrix,
    labels: &[bool],
    folds: &[Origin],
    seed: u64,
) -> Result<Vec<Vec<f64>>, LearningError> {
    let pick = |rows: &[u32]| -> Vec<bool> { rows.iter().map(|&row| labels[row as usize]).collect() };
    folds
        .iter()
        .map(|fold| {
            let (train, held_out) = (matrix.take(&fold.train), matrix.take(&fold.held_out));
            let (truth, held_truth) = (pick(&fold.train), pick(&fold.held_out));
            let held = (!fold.held_out.is_empty()).then_some((&held_out, &held_truth[..]));
            let model = fit(settings, &Lesson { held_out: held, ..Lesson::new(&train, &truth, seed) })?;
            model.score(&matrix.take(&fold.test))
        })
        .collect()
}

/// The mean of a criterion over folds.
///
/// # Errors
/// When there is no such criterion, or a fold's labels are all the same.
pub fn mean_criterion(
    criterion: &str,
    labels: &[bool],
    folds: &[Origin],
    scores: &[Vec<f64>],
) -> Result<f64, LearningError> {
    known(criterion)?;
    let mut sum = 0.0;
    for (fold, scores) in folds.iter().zip(scores) {
        let truth: Vec<bool> = fold.test.iter().map(|&row| labels[row as usize]).collect();
        sum += Metrics::of(&truth, scores)?.criterion(criterion).expect("the name is in the table");
    }
    Ok(sum / folds.len() as f64)
}

/// A model that stands for champion: its name, how complex it is, and its scores of the judged rows of each fold.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What it is called in the report.
    pub name: String,
    /// Rank by simplicity, the simplest 0.
    pub complexity: u32,
    /// Scores per fold.
    pub scores: Vec<Vec<f64>>,
}

/// Who is champion and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Index of the champion.
    pub champion: usize,
    /// Index of the best by the criterion's mean.
    pub best: usize,
    /// The criterion's mean over folds, per candidate.
    pub means: Vec<f64>,
    /// How much worse each candidate is than the best on all judged rows together, with its error by customers; positive is worse.
    pub behind: Vec<Interval>,
}

/// Draws of customers for the error of a difference.
const DRAWS: usize = 200;

/// The champion by a criterion of [`CRITERIA`]: of all candidates that are within one standard error of the best, the simplest
/// (L. Breiman et al., "Classification and regression trees", 1984, §3.4.3); among equals the better mean.
///
/// # Errors
/// When there is no candidate or no such criterion, or a fold's labels are all the same.
pub fn champion(
    criterion: &str,
    matrix: &Matrix,
    labels: &[bool],
    folds: &[Origin],
    candidates: &[Candidate],
    seed: u64,
) -> Result<Verdict, LearningError> {
    let more_is_better = known(criterion)?;
    let sign = if more_is_better { 1.0 } else { -1.0 };
    let means = candidates
        .iter()
        .map(|candidate| mean_criterion(criterion, labels, folds, &candidate.scores))
        .collect::<Result<Vec<f64>, LearningError>>()?;
    let better = |&a: &usize, &b: &usize| (sign * means[a]).total_cmp(&(sign * means[b])).then(b.cmp(&a));
    let none = || LearningError::Undefined { what: "a champion", why: "there is no candidate".to_owned() };
    let best = (0..candidates.len()).max_by(better).ok_or_else(none)?;
    let rows: Vec<u32> = folds.iter().flat_map(|fold| fold.test.iter().copied()).collect();
    let judged = matrix.take(&rows);
    let truth: Vec<bool> = rows.iter().map(|&row| labels[row as usize]).collect();
    let together: Vec<Vec<f64>> = candidates.iter().map(|candidate| candidate.scores.concat()).collect();
    let metric = |labels: &[bool], scores: &[f64]| -> Result<f64, LearningError> {
        Ok(sign * Metrics::of(labels, scores)?.criterion(criterion).expect("the name is in the table"))
    };
    let behind = (0..candidates.len())
        .map(|index| difference(&judged, &truth, [&together[best], &together[index]], 0.95, DRAWS, seed, metric))
        .collect::<Result<Vec<Interval>, LearningError>>()?;
    let champion = (0..candidates.len())
        .filter(|&index| sign * (means[best] - means[index]) <= behind[index].error || index == best)
        .min_by(|a, b| candidates[*a].complexity.cmp(&candidates[*b].complexity).then_with(|| better(b, a)))
        .expect("the best is within its own error");
    Ok(Verdict { champion, best, means, behind })
}

/// Settings that were tried and the criterion's mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The settings.
    pub settings: Settings,
    /// The criterion's mean over folds.
    pub mean: f64,
}

/// The values of settings that are worth trying, per model.
const TRIED: &[(&str, &str, &[f64])] = &[
    ("logistic", "penalty", &[0.1, 1.0, 10.0, 100.0]),
    ("logistic", "l1_share", &[0.0, 0.5]),
    ("random-forest", "min_leaf_rows", &[2.0, 5.0, 10.0, 20.0, 50.0]),
    ("random-forest", "columns_tried", &[0.0, 0.3, 0.6]),
    ("extra-trees", "min_leaf_rows", &[2.0, 5.0, 10.0, 20.0]),
    ("extra-trees", "columns_tried", &[0.3, 0.6, 1.0]),
    ("gradient-boosting", "learning_rate", &[0.02, 0.03, 0.05, 0.1]),
    ("gradient-boosting", "leaves", &[4.0, 8.0, 15.0, 31.0]),
    ("gradient-boosting", "min_leaf_rows", &[10.0, 20.0, 50.0, 100.0]),
    ("gradient-boosting", "l2", &[0.0, 1.0, 10.0]),
    ("gradient-boosting", "column_share", &[0.5, 0.8, 1.0]),
    ("gradient-boosting", "row_share", &[0.7, 1.0]),
];

/// Tries the defaults and `trials` − 1 combinations drawn at random from a short table (J. Bergstra, Y. Bengio, JMLR 13, 2012), in
/// the order drawn; the best trial comes first, the earlier of equals. The budget is a number of trials, not a time, so that
/// the same data choose the same settings everywhere.
///
/// # Errors
/// As [`judge`] and [`mean_criterion`].
pub fn search(
    row: &ModelRow,
    criterion: &str,
    matrix: &Matrix,
    labels: &[bool],
    folds: &[Origin],
    trials: usize,
    seed: u64,
) -> Result<Vec<Trial>, LearningError> {
    let more_is_better = known(criterion)?;
    let mut random = stream(seed, &format!("search-{}", row.name));
    let mut asked = vec![row.defaults()];
    // Draws that repeat an earlier one are drawn again, a bounded number of times: small tables run out.
    for _ in 0..20 * trials {
        if asked.len() >= trials {
            break;
        }
        let mut settings = row.defaults();
        for (_, name, values) in TRIED.iter().filter(|(model, _, _)| *model == row.name) {
            settings = settings.with(name, values[random.random_range(0..values.len())])?;
        }
        if !asked.contains(&settings) {
            asked.push(settings);
        }
    }
    let mut done = Vec::new();
    for settings in asked {
        let mean = mean_criterion(criterion, labels, folds, &judge(&settings, matrix, labels, folds, seed)?)?;
        done.push(Trial { settings, mean });
    }
    // The sort is stable: equals stay in the order drawn.
    done.sort_by(|a, b| if more_is_better { b.mean.total_cmp(&a.mean) } else { a.mean.total_cmp(&b.mean) });
    Ok(done)
}

fn known(criterion: &str) -> Result<bool, LearningError> {
    CRITERIA.iter().find(|row| row.0 == criterion).map(|row| row.2).ok_or_else(|| LearningError::Undefined {
        what: "a criterion",
        why: format!(
            "there is no criterion {criterion}: choose one of {}",
            CRITERIA.iter().map(|row| row.0).collect::<Vec<_>>().join(", ")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::folds::crossed;
    use super::super::{Column, model_row};
    use super::*;

    fn shop(rows: usize) -> (Matrix, Vec<bool>) {
        let mut random = stream(2, "selection");
        let x: Vec<f64> = (0..rows).map(|_| random.random_range(-2.0..2.0)).collect();
        let labels = x.iter().map(|x| random.random::<f64>() < 1.0 / (1.0 + (-2.0 * x).exp())).collect();
        (Matrix::new(vec![Column::numbers("x", x)]).expect("one column"), labels)
    }

    #[test]
    fn the_simpler_model_takes_ties_and_a_real_gain_wins() {
        let (matrix, labels) = shop(1500);
        let folds = crossed(&matrix, 3, 1).expect("enough customers");
        let scores = |name: &str| {
            judge(&model_row(name).expect("listed").defaults(), &matrix, &labels, &folds, 1).expect("both labels")
        };
        let candidate = |name: &str, complexity, scores| Candidate { name: name.to_owned(), complexity, scores };
        let logistic = scores("logistic");
        let blurred: Vec<Vec<f64>> = logistic.iter().map(|fold| fold.iter().map(|p| 0.3 + 0.4 * p).collect()).collect();
        let near: Vec<Vec<f64>> =
            logistic.iter().map(|fold| fold.iter().map(|p| 0.001 + 0.998 * p).collect()).collect();
        let list = [candidate("complex", 2, near), candidate("simple", 0, logistic), candidate("blurred", 0, blurred)];
        for criterion in ["log-loss", "brier"] {
            let verdict = champion(criterion, &matrix, &labels, &folds, &list, 1).expect("both labels");
            assert_eq!(verdict.champion, 1, "{verdict:?}");
            assert!(verdict.behind[2].low > 0.0);
        }
        let without = [list[0].clone(), list[2].clone()];
        assert_eq!(champion("log-loss", &matrix, &labels, &folds, &without, 1).expect("both labels").champion, 0);
        assert!(champion("accuracy", &matrix, &labels, &folds, &list, 1).is_err());
    }

    #[test]
    fn the_search_begins_with_the_defaults_and_repeats_itself() {
        let (matrix, labels) = shop(300);
        let folds = crossed(&matrix, 3, 1).expect("enough customers");
        let row = model_row("logistic").expect("listed");
        let run = || search(row, "log-loss", &matrix, &labels, &folds, 4, 9).expect("both labels");
        let trials = run();
        assert_eq!(trials, run());
        assert_eq!(trials.len(), 4);
        assert!(trials.iter().any(|trial| trial.settings == row.defaults()));
        assert!(trials.is_sorted_by(|a, b| a.mean <= b.mean));
    }
}
