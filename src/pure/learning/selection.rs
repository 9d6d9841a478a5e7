//! Which model and which settings: judged on folds, with the simpler one taking ties.

use rand::RngExt;

use super::folds::Origin;
use super::intervals::{Interval, difference};
use super::metrics::Criterion;
use super::model::Lesson;
use super::models::fit;
use super::{LearningError, LearningSettings, Matrix, ModelRow};
use crate::numeric::random::stream;

/// The scores of the judged rows of each fold, by a model learned from the fold's other rows.
///
/// # Errors
/// When a fold has nothing to learn from.
pub fn judge(
    settings: &LearningSettings,
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
/// When a fold's labels are all the same.
pub fn mean_criterion(
    criterion: &Criterion,
    labels: &[bool],
    folds: &[Origin],
    scores: &[Vec<f64>],
) -> Result<f64, LearningError> {
    let mut sum = 0.0;
    for (fold, scores) in folds.iter().zip(scores) {
        let truth: Vec<bool> = fold.test.iter().map(|&row| labels[row as usize]).collect();
        sum += criterion.of(&truth, scores)?;
    }
    Ok(sum / folds.len() as f64)
}

/// A model that competes to be champion: its name, how complex it is, and its scores of the judged rows of each fold.
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

/// The champion by a criterion: of all candidates that are within one standard error of the best, the simplest
/// (L. Breiman et al., "Classification and regression trees", 1984, §3.4.3); among equals the better mean.
///
/// # Errors
/// When there is no candidate, or a fold's labels are all the same.
pub fn champion(
    criterion: &Criterion,
    matrix: &Matrix,
    labels: &[bool],
    folds: &[Origin],
    candidates: &[Candidate],
    seed: u64,
) -> Result<Verdict, LearningError> {
    let sign = if criterion.larger_is_better { 1.0 } else { -1.0 };
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
    let metric =
        |labels: &[bool], scores: &[f64]| -> Result<f64, LearningError> { Ok(sign * criterion.of(labels, scores)?) };
    let behind = (0..candidates.len())
        .map(|index| difference(&judged, &truth, [&together[best], &together[index]], 0.95, DRAWS, seed, metric))
        .collect::<Result<Vec<Interval>, LearningError>>()?;
    let champion = (0..candidates.len())
        .filter(|&index| sign * (means[best] - means[index]) <= behind[index].error || index == best)
        .min_by(|a, b| candidates[*a].complexity.cmp(&candidates[*b].complexity).then_with(|| better(b, a)))
        .expect("the best is within its own error");
    Ok(Verdict { champion, best, means, behind })
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

/// Settings that are tried before any are drawn: few small trees do better where the future differs from the past.
const FIRST: &[(&str, &[(&str, f64)])] =
    &[("gradient-boosting", &[("trees", 120.0), ("learning_rate", 0.08), ("leaves", 8.0), ("bins", 63.0)])];

/// The defaults, a second choice where there is one, and combinations drawn at random from a short table (J. Bergstra, Y. Bengio,
/// JMLR 13, 2012), at most `count` of them. The budget is a number, not a time, so that the same data choose the same settings
/// everywhere.
///
/// # Errors
/// Never for a row of the table of models.
pub fn worth_trying(row: &ModelRow, count: usize, seed: u64) -> Result<Vec<LearningSettings>, LearningError> {
    let mut random = stream(seed, &format!("search-{}", row.name));
    let mut asked = vec![row.defaults()];
    for (_, values) in FIRST.iter().filter(|(model, _)| *model == row.name) {
        asked.push(values.iter().try_fold(row.defaults(), |settings, (name, value)| settings.with(name, *value))?);
    }
    asked.truncate(count.max(1));
    // Draws that repeat an earlier one are drawn again, a bounded number of times: small tables run out.
    for _ in 0..20 * count {
        if asked.len() >= count || count <= 2 {
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
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::super::folds::crossed;
    use super::super::metrics::{CRITERIA, LOG_LOSS};
    use super::super::{Column, model_row};
    use super::*;
    use crate::numeric::math::exp;

    fn shop(rows: usize) -> (Matrix, Vec<bool>) {
        let mut random = stream(2, "selection");
        let x: Vec<f64> = (0..rows).map(|_| random.random_range(-2.0..2.0)).collect();
        let labels = x.iter().map(|x| random.random::<f64>() < 1.0 / (1.0 + exp(-2.0 * x))).collect();
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
        for criterion in &CRITERIA[..2] {
            let verdict = champion(criterion, &matrix, &labels, &folds, &list, 1).expect("both labels");
            assert_eq!(verdict.champion, 1, "{verdict:?}");
            assert!(verdict.behind[2].low > 0.0);
        }
        let without = [list[0].clone(), list[2].clone()];
        assert_eq!(champion(LOG_LOSS, &matrix, &labels, &folds, &without, 1).expect("both labels").champion, 0);
    }

    #[test]
    fn what_is_tried_begins_with_the_defaults_and_repeats_itself() {
        for name in ["logistic", "gradient-boosting"] {
            let row = model_row(name).expect("listed");
            let asked = worth_trying(row, 4, 9).expect("in range");
            assert_eq!(asked, worth_trying(row, 4, 9).expect("in range"));
            assert_eq!((asked.len(), &asked[0]), (4, &row.defaults()));
            assert_eq!(worth_trying(row, 1, 9).expect("in range"), [row.defaults()]);
        }
    }
}
