//! How good scores are: ranking, probability and calibration.
//!
//! All functions take the truth and a score per row, the same number of each. A score that ranks may be any number but NaN; one
//! that is a probability lies in 0..=1. Definitions are those of scikit-learn 1.9 where it has one.

use super::LearningError;
use crate::numeric::math::ln;

/// The numbers by which a model is judged on some rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Rows judged.
    pub rows: usize,
    /// Share of positive rows.
    pub base_rate: f64,
    /// Mean score.
    pub mean_score: f64,
    /// Area under the ROC curve.
    pub roc_auc: f64,
    /// Average precision, the area under the precision-recall steps.
    pub pr_auc: f64,
    /// Mean squared error of the probability.
    pub brier: f64,
    /// Mean log loss, nats.
    pub log_loss: f64,
    /// Kolmogorov-Smirnov: the greatest gap between the score distributions of both labels.
    pub ks: f64,
    /// 2 × AUC − 1.
    pub gini: f64,
    /// Positive rate of the top tenth over the base rate.
    pub top_decile_lift: f64,
    /// Expected calibration error over ten bins of equally many rows.
    pub ece: f64,
    /// Slope of the calibration line on log odds; 1 is right, below 1 overconfident.
    pub calibration_slope: f64,
    /// Intercept of the calibration line; 0 is right.
    pub calibration_intercept: f64,
}

/// Bins of the calibration error.
const BINS: usize = 10;

/// A number that models are chosen by.
#[derive(Debug)]
pub struct Criterion {
    /// How users write it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub meaning: &'static str,
    /// Whether more is better.
    pub larger_is_better: bool,
    of: fn(&[bool], &[f64]) -> Result<f64, LearningError>,
}

/// All criteria that users can name; the first is used where none is named.
pub static CRITERIA: [Criterion; 5] = [
    Criterion {
        name: "log-loss",
        meaning: "mean log loss of the probabilities",
        larger_is_better: false,
        of: |labels, scores| Ok(log_loss(labels, scores)),
    },
    Criterion {
        name: "brier",
        meaning: "mean squared error of the probabilities",
        larger_is_better: false,
        of: |labels, scores| Ok(brier(labels, scores)),
    },
    Criterion {
        name: "roc-auc",
        meaning: "chance that a positive is ranked above a negative",
        larger_is_better: true,
        of: roc_auc,
    },
    Criterion { name: "pr-auc", meaning: "average precision", larger_is_better: true, of: average_precision },
    Criterion {
        name: "top-decile-lift",
        meaning: "positive rate of the top tenth over the base rate",
        larger_is_better: true,
        of: |labels, scores| top_lift(labels, scores, 0.1),
    },
];

/// The criterion of probabilities: the first of [`CRITERIA`].
pub static LOG_LOSS: &Criterion = &CRITERIA[0];

impl Criterion {
    /// Its value for some scores, without the work of the other metrics.
    ///
    /// # Errors
    /// As [`Metrics::of`].
    pub fn of(&self, labels: &[bool], scores: &[f64]) -> Result<f64, LearningError> {
        check(labels, scores)?;
        (self.of)(labels, scores)
    }

    /// Whether one value is better than another.
    pub fn is_better(&self, one: f64, other: f64) -> bool {
        if self.larger_is_better { one > other } else { one < other }
    }
}

impl Metrics {
    /// All metrics of some scores.
    ///
    /// # Errors
    /// When there is no row, a score is NaN or all labels are the same.
    pub fn of(labels: &[bool], scores: &[f64]) -> Result<Metrics, LearningError> {
        check(labels, scores)?;
        let rows = labels.len();
        let order = ranking(scores);
        let roc_auc = auc_of(labels, scores, &order);
        let (slope, intercept) = calibration_line(labels, scores)?;
        Ok(Metrics {
            rows,
            base_rate: positives(labels) as f64 / rows as f64,
            mean_score: scores.iter().sum::<f64>() / rows as f64,
            roc_auc,
            pr_auc: average_precision_of(labels, scores, &order),
            brier: brier(labels, scores),
            log_loss: log_loss(labels, scores),
            ks: ks_of(labels, scores, &order),
            gini: 2.0 * roc_auc - 1.0,
            top_decile_lift: top_lift_of(labels, &order, 0.1),
            ece: ece(labels, scores, BINS),
            calibration_slope: slope,
            calibration_intercept: intercept,
        })
    }
}

impl Metrics {
    /// All metrics of scores that were given in parts, such as dates: those of ranking and the calibration error within each part, and their
    /// mean over the parts that have both labels. By what parts differ nobody is ranked, and what one part is promised too much does not make
    /// up for what another is promised too little. `parts` has each row's.
    ///
    /// # Errors
    /// As [`Metrics::of`].
    pub fn within(labels: &[bool], scores: &[f64], parts: &[u32]) -> Result<Metrics, LearningError> {
        let mut metrics = Metrics::of(labels, scores)?;
        let mut rows: Vec<usize> = (0..labels.len()).collect();
        rows.sort_by_key(|&row| parts[row]);
        let (mut sums, mut judged) = ([0.0; 5], 0.0);
        for part in rows.chunk_by(|&a, &b| parts[a] == parts[b]) {
            let truth: Vec<bool> = part.iter().map(|&row| labels[row]).collect();
            let told: Vec<f64> = part.iter().map(|&row| scores[row]).collect();
            if check(&truth, &told).is_err() {
                continue;
            }
            let order = ranking(&told);
            let values = [
                auc_of(&truth, &told, &order),
                average_precision_of(&truth, &told, &order),
                ks_of(&truth, &told, &order),
                top_lift_of(&truth, &order, 0.1),
                ece(&truth, &told, BINS),
            ];
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            judged += 1.0;
        }
        // Not a number where no part has both labels.
        [metrics.roc_auc, metrics.pr_auc, metrics.ks, metrics.top_decile_lift, metrics.ece] =
            sums.map(|sum| sum / judged);
        metrics.gini = 2.0 * metrics.roc_auc - 1.0;
        Ok(metrics)
    }
}

/// Area under the ROC curve: the chance that a positive row scores above a negative one, ties half.
///
/// # Errors
/// As [`Metrics::of`].
pub fn roc_auc(labels: &[bool], scores: &[f64]) -> Result<f64, LearningError> {
    check(labels, scores)?;
    Ok(auc_of(labels, scores, &ranking(scores)))
}

/// Average precision: Σ (recall − recall before) × precision over distinct scores, downwards.
///
/// # Errors
/// As [`Metrics::of`].
pub fn average_precision(labels: &[bool], scores: &[f64]) -> Result<f64, LearningError> {
    check(labels, scores)?;
    Ok(average_precision_of(labels, scores, &ranking(scores)))
}

/// The greatest gap between the distributions of positive and negative scores.
///
/// # Errors
/// As [`Metrics::of`].
pub fn ks(labels: &[bool], scores: &[f64]) -> Result<f64, LearningError> {
    check(labels, scores)?;
    Ok(ks_of(labels, scores, &ranking(scores)))
}

/// Mean squared error of probabilities (G. Brier, Monthly Weather Review 78, 1950).
pub fn brier(labels: &[bool], scores: &[f64]) -> f64 {
    mean(labels.iter().zip(scores).map(|(&label, score)| (score - f64::from(label)).powi(2)), labels.len())
}

/// Mean log loss in nats; probabilities are kept 2.2e-16 away from 0 and 1.
pub fn log_loss(labels: &[bool], scores: &[f64]) -> f64 {
    let loss = |(&label, &score): (&bool, &f64)| {
        let inside = score.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        -if label { ln(inside) } else { ln(1.0 - inside) }
    };
    mean(labels.iter().zip(scores).map(loss), labels.len())
}

/// Positive rate of the top share of rows over the base rate; ⌈share·n⌉ rows, equal scores in row order.
///
/// # Errors
/// As [`Metrics::of`].
pub fn top_lift(labels: &[bool], scores: &[f64], share: f64) -> Result<f64, LearningError> {
    check(labels, scores)?;
    Ok(top_lift_of(labels, &ranking(scores), share))
}

/// A bin of the reliability curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    /// Rows in the bin.
    pub rows: usize,
    /// Their mean score.
    pub mean_score: f64,
    /// Their positive rate.
    pub positive_rate: f64,
}

/// The reliability curve: bins of equally many rows by ascending score; the first n mod bins have one row more.
pub fn reliability(labels: &[bool], scores: &[f64], bins: usize) -> Vec<Reliability> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let mut rest = &order[..];
    (0..bins)
        .filter_map(|bin| {
            let rows = order.len() / bins + usize::from(bin < order.len() % bins);
            let (here, behind) = rest.split_at(rows);
            rest = behind;
            (rows > 0).then(|| Reliability {
                rows,
                mean_score: mean(here.iter().map(|&row| scores[row]), rows),
                positive_rate: mean(here.iter().map(|&row| f64::from(labels[row])), rows),
            })
        })
        .collect()
}

/// Expected calibration error: the mean gap between score and positive rate over the bins of [`reliability`].
pub fn ece(labels: &[bool], scores: &[f64], bins: usize) -> f64 {
    let gap = |bin: Reliability| (bin.positive_rate - bin.mean_score).abs() * bin.rows as f64;
    mean(reliability(labels, scores, bins).into_iter().map(gap), labels.len())
}

/// Slope and intercept of the labels' logistic regression on the scores' log odds (D. Cox, Biometrika 45, 1958): 1 and 0
/// when calibrated. Probabilities are kept 1e-6 away from 0 and 1. Scores that are all equal have slope 0; where the labels
/// are perfectly separated the slope has no bound and is cut at 1000.
///
/// # Errors
/// As [`Metrics::of`].
pub fn calibration_line(labels: &[bool], scores: &[f64]) -> Result<(f64, f64), LearningError> {
    check(labels, scores)?;
    let odds: Vec<f64> = scores
        .iter()
        .map(|&score| {
            let inside = score.clamp(1e-6, 1.0 - 1e-6);
            ln(inside / (1.0 - inside))
        })
        .collect();
    Ok(super::logistic_line::logistic_line(&odds, labels, None))
}

/// Rows by descending score, equal scores in row order.
pub(super) fn ranking(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    // −0 and 0 are the same score.
    order.sort_by(|&a, &b| (scores[b as usize] + 0.0).total_cmp(&(scores[a as usize] + 0.0)));
    order
}

/// Refuses rows on which ranking metrics have no value.
pub(super) fn check(labels: &[bool], scores: &[f64]) -> Result<(), LearningError> {
    let undefined = |why: String| LearningError::Undefined { what: "a ranking metric", why };
    if labels.len() != scores.len() {
        return Err(LearningError::RowCount { what: "scores", rows: labels.len(), found: scores.len() });
    }
    if labels.is_empty() {
        return Err(undefined("there is no row".to_owned()));
    }
    if let Some(row) = scores.iter().position(|score| score.is_nan()) {
        return Err(undefined(format!("the score of row {row} is missing")));
    }
    let positive = positives(labels);
    if positive == 0 || positive == labels.len() {
        return Err(LearningError::OneClass { label: positive > 0, rows: labels.len() });
    }
    Ok(())
}

/// Calls `visit(positives, negatives)` with the counts down to each distinct score, best first.
pub(super) fn thresholds(labels: &[bool], scores: &[f64], order: &[u32], mut visit: impl FnMut(usize, usize)) {
    let (mut positive, mut negative) = (0, 0);
    for (place, &row) in order.iter().enumerate() {
        if labels[row as usize] {
            positive += 1;
        } else {
            negative += 1;
        }
        let last = order.get(place + 1).is_none_or(|&next| scores[next as usize] != scores[row as usize]);
        if last {
            visit(positive, negative);
        }
    }
}

fn auc_of(labels: &[bool], scores: &[f64], order: &[u32]) -> f64 {
    let (mut area, mut before) = (0.0, (0, 0));
    thresholds(labels, scores, order, |positive, negative| {
        area += (negative - before.1) as f64 * (positive + before.0) as f64 / 2.0;
        before = (positive, negative);
    });
    area / (before.0 as f64 * before.1 as f64)
}

fn average_precision_of(labels: &[bool], scores: &[f64], order: &[u32]) -> f64 {
    let (mut sum, mut before) = (0.0, 0);
    thresholds(labels, scores, order, |positive, negative| {
        sum += (positive - before) as f64 * positive as f64 / (positive + negative) as f64;
        before = positive;
    });
    sum / before as f64
}

fn ks_of(labels: &[bool], scores: &[f64], order: &[u32]) -> f64 {
    let positive_rows = positives(labels) as f64;
    let negative_rows = labels.len() as f64 - positive_rows;
    let mut gap = 0.0f64;
    thresholds(labels, scores, order, |positive, negative| {
        gap = gap.max((positive as f64 / positive_rows - negative as f64 / negative_rows).abs());
    });
    gap
}

fn top_lift_of(labels: &[bool], order: &[u32], share: f64) -> f64 {
    // 0.1 × 10 rows must be 1 row, whatever the product's last bit.
    let rows = ((share * labels.len() as f64 - 1e-9).ceil() as usize).clamp(1, labels.len());
    let found = order[..rows].iter().filter(|&&row| labels[row as usize]).count();
    (found as f64 / rows as f64) / (positives(labels) as f64 / labels.len() as f64)
}

fn positives(labels: &[bool]) -> usize {
    labels.iter().filter(|label| **label).count()
}

fn mean(values: impl Iterator<Item = f64>, count: usize) -> f64 {
    values.sum::<f64>() / count as f64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Forty rows with ties, drawn once.
    pub const LABELS: [bool; 40] = {
        let drawn = b"1100100101000000100110110000100100101001";
        let mut labels = [false; 40];
        let mut row = 0;
        while row < 40 {
            labels[row] = drawn[row] == b'1';
            row += 1;
        }
        labels
    };
    pub const SCORES: [f64; 40] = [
        0.15, 0.57, 0.42, 0.16, 0.28, 0.27, 0.25, 0.82, 0.43, 0.56, 0.51, 0.22, 0.06, 0.39, 0.39, 0.22, 0.34, 0.31,
        0.01, 0.66, 0.62, 0.01, 0.53, 0.3, 0.43, 0.01, 0.06, 0.42, 0.77, 0.01, 0.15, 0.58, 0.13, 0.61, 0.25, 0.34,
        0.28, 0.57, 0.26, 0.43,
    ];

    #[test]
    fn matches_scikit_learn() {
        // scikit-learn 1.9.1 and scipy 1.17.1 on the same rows; the calibration line by Newton's method in numpy.
        let m = Metrics::of(&LABELS, &SCORES).expect("both labels");
        let expected = [
            (m.roc_auc, 0.776),
            (m.pr_auc, 0.7227898027898028),
            (m.brier, 0.181535),
            (m.log_loss, 0.5289826915093137),
            (m.ks, 0.4533333333333333),
            (m.ece, 0.196),
            (m.top_decile_lift, 2.6666666666666665),
            (m.calibration_slope, 1.122976406281478),
            (m.calibration_intercept, 0.2235993287717951),
            (m.gini, 0.552),
        ];
        for (place, (found, expected)) in expected.into_iter().enumerate() {
            assert!((found - expected).abs() < 1e-9, "{place}: {found} is not {expected}");
        }
    }

    #[test]
    fn a_constant_per_part_ranks_nothing() {
        // One in four leaves of the first part, three in four of the second; nobody of the third.
        let labels = [true, false, false, false, true, true, true, false, false];
        let (parts, constants) = ([0, 0, 0, 0, 1, 1, 1, 1, 2], [0.9, 0.9, 0.9, 0.9, 0.2, 0.2, 0.2, 0.2, 0.5]);
        assert!(Metrics::of(&labels, &constants).expect("both labels").roc_auc < 0.4);
        let m = Metrics::within(&labels, &constants, &parts).expect("both labels");
        assert_eq!((m.roc_auc, m.gini, m.ks, m.pr_auc), (0.5, 0.0, 0.0, 0.5));
        assert_eq!(m.brier, brier(&labels, &constants));
        // Fewer rows than bins: a bin for each.
        assert!((m.ece - (0.7 + 0.65) / 2.0).abs() < 1e-12, "{}", m.ece);
        let one = Metrics::within(&LABELS, &SCORES, &[7; 40]);
        assert_eq!(one, Metrics::of(&LABELS, &SCORES));
        let apart = Metrics::within(&[true, false], &[0.9, 0.1], &[0, 1]).expect("both labels");
        assert!(apart.roc_auc.is_nan() && apart.log_loss.is_finite());
    }

    #[test]
    fn ties_count_half_and_perfect_is_one() {
        assert_eq!(roc_auc(&[true, false], &[0.5, 0.5]), Ok(0.5));
        assert_eq!(roc_auc(&[true, false], &[-0.0, 0.0]), Ok(0.5));
        assert_eq!(roc_auc(&[true, false, true], &[0.9, 0.1, 0.8]), Ok(1.0));
        assert!(matches!(roc_auc(&[true, true], &[0.1, 0.2]), Err(LearningError::OneClass { .. })));
        assert!(matches!(roc_auc(&[true, false], &[f64::NAN, 0.2]), Err(LearningError::Undefined { .. })));
    }

    #[test]
    fn extreme_scores_have_finite_metrics() {
        let m = Metrics::of(&[true, false, true, false], &[1.0, 0.0, 0.0, 1.0]).expect("both labels");
        assert!(m.log_loss.is_finite() && m.calibration_slope.abs() < 1e-9);
        let m = Metrics::of(&[true, false], &[1.0, 0.0]).expect("both labels");
        assert!(m.calibration_slope.is_finite() && m.roc_auc == 1.0);
    }
}
