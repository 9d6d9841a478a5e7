//! How sure a metric is: intervals by drawing customers again and again.

use rand::RngExt;
use rayon::prelude::*;

use super::metrics::{Metrics, check};
use super::{LearningError, Matrix};
use crate::numeric::random::stream;

/// A metric with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The metric on all rows.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard error.
    pub error: f64,
}

/// Percentile intervals of a metric by the bootstrap over customers (B. Efron, R. Tibshirani, "An introduction to the bootstrap",
/// 1993; A. Davison, D. Hinkley, 1997, §2.4 for whole groups): as many customers as there are, drawn with replacement, each with all
/// rows. `level` is the coverage, for example 0.95. Draws on which the metric has no value (one label only) are left out.
///
/// # Errors
/// When there is no row, a score is NaN or all labels are the same.
pub fn bootstrap(
    matrix: &Matrix,
    labels: &[bool],
    scores: &[f64],
    level: f64,
    draws: usize,
    seed: u64,
    metric: impl Fn(&[bool], &[f64]) -> Result<f64, LearningError> + Sync,
) -> Result<Interval, LearningError> {
    check(labels, scores)?;
    let value = metric(labels, scores)?;
    let mut found: Vec<f64> = resample(matrix.customers(), draws, seed, |rows| {
        let truth: Vec<bool> = rows.iter().map(|&row| labels[row as usize]).collect();
        let told: Vec<f64> = rows.iter().map(|&row| scores[row as usize]).collect();
        metric(&truth, &told).ok()
    })
    .into_iter()
    .flatten()
    .collect();
    Ok(interval(value, &mut found, level))
}

/// The interval of the difference of a metric between two models on the same rows, both drawn together: the only fair comparison.
///
/// # Errors
/// As [`bootstrap`].
pub fn difference(
    matrix: &Matrix,
    labels: &[bool],
    scores: [&[f64]; 2],
    level: f64,
    draws: usize,
    seed: u64,
    metric: impl Fn(&[bool], &[f64]) -> Result<f64, LearningError> + Sync,
) -> Result<Interval, LearningError> {
    let value = metric(labels, scores[0])? - metric(labels, scores[1])?;
    let mut found: Vec<f64> = resample(matrix.customers(), draws, seed, |rows| {
        let truth: Vec<bool> = rows.iter().map(|&row| labels[row as usize]).collect();
        let told = |scores: &[f64]| -> Vec<f64> { rows.iter().map(|&row| scores[row as usize]).collect() };
        Some(metric(&truth, &told(scores[0])).ok()? - metric(&truth, &told(scores[1])).ok()?)
    })
    .into_iter()
    .flatten()
    .collect();
    Ok(interval(value, &mut found, level))
}

/// All metrics of [`Metrics::within`] that a report shows, by name, each with its interval. A draw's calibration error is larger than that of
/// all rows, for drawing adds noise to every bin: its draws are moved down by what they are larger on average.
///
/// # Errors
/// As [`bootstrap`].
pub fn all_metrics(
    matrix: &Matrix,
    (labels, scores, parts): (&[bool], &[f64], &[u32]),
    level: f64,
    draws: usize,
    seed: u64,
) -> Result<Vec<(&'static str, Interval)>, LearningError> {
    let values = values_of(&Metrics::within(labels, scores, parts)?);
    let drawn: Vec<Vec<f64>> = resample(matrix.customers(), draws, seed, |rows| {
        let truth: Vec<bool> = rows.iter().map(|&row| labels[row as usize]).collect();
        let told: Vec<f64> = rows.iter().map(|&row| scores[row as usize]).collect();
        let of: Vec<u32> = rows.iter().map(|&row| parts[row as usize]).collect();
        Metrics::within(&truth, &told, &of).ok().map(|metrics| values_of(&metrics).map(|pair| pair.1).to_vec())
    })
    .into_iter()
    .flatten()
    .collect();
    let one = |(place, (name, value)): (usize, &(&'static str, f64))| {
        let mut found: Vec<f64> = drawn.iter().map(|draw| draw[place]).filter(|drawn| !drawn.is_nan()).collect();
        if *name == "ece" {
            let larger = found.iter().sum::<f64>() / found.len() as f64 - value;
            found.iter_mut().for_each(|drawn| *drawn = (*drawn - larger).max(0.0));
        }
        (*name, interval(*value, &mut found, level))
    };
    Ok(values.iter().enumerate().map(one).collect())
}

fn values_of(m: &Metrics) -> [(&'static str, f64); 10] {
    [
        ("roc-auc", m.roc_auc),
        ("pr-auc", m.pr_auc),
        ("brier", m.brier),
        ("log-loss", m.log_loss),
        ("ks", m.ks),
        ("gini", m.gini),
        ("top-decile-lift", m.top_decile_lift),
        ("ece", m.ece),
        ("calibration-slope", m.calibration_slope),
        ("base-rate", m.base_rate),
    ]
}

/// Calls `judge` with the rows of each draw of customers.
fn resample<T: Send>(customers: &[u32], draws: usize, seed: u64, judge: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
    let mut order: Vec<u32> = (0..customers.len() as u32).collect();
    order.sort_by_key(|&row| (customers[row as usize], row));
    let groups: Vec<&[u32]> = order.chunk_by(|&a, &b| customers[a as usize] == customers[b as usize]).collect();
    (0..draws)
        .into_par_iter()
        .map(|draw| {
            let mut random = stream(seed, &format!("bootstrap-{draw}"));
            let mut rows = Vec::with_capacity(customers.len());
            (0..groups.len()).for_each(|_| rows.extend_from_slice(groups[random.random_range(0..groups.len())]));
            judge(&rows)
        })
        .collect()
}

fn interval(value: f64, found: &mut [f64], level: f64) -> Interval {
    if found.is_empty() {
        return Interval { value, low: f64::NEG_INFINITY, high: f64::INFINITY, error: f64::INFINITY };
    }
    found.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * (found.len() - 1) as f64;
        let (low, high) = (found[place.floor() as usize], found[place.ceil() as usize]);
        low + (high - low) * place.fract()
    };
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    let square = found.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / (found.len() as f64 - 1.0).max(1.0);
    Interval { value, low: at((1.0 - level) / 2.0), high: at((1.0 + level) / 2.0), error: square.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::super::metrics::roc_auc;
    use super::super::{Column, Matrix};
    use super::*;

    fn rows(count: usize) -> (Matrix, Vec<bool>, Vec<f64>) {
        let mut random = stream(5, "interval-test");
        let labels: Vec<bool> = (0..count).map(|_| random.random::<f64>() < 0.3).collect();
        let scores = labels.iter().map(|&label| random.random::<f64>() + if label { 0.3 } else { 0.0 }).collect();
        (Matrix::new(vec![Column::numbers("x", vec![0.0; count])]).expect("one column"), labels, scores)
    }

    #[test]
    fn error_of_the_auc_is_that_of_hanley_and_mcneil_1982() {
        let (matrix, labels, scores) = rows(2000);
        let found = bootstrap(&matrix, &labels, &scores, 0.95, 400, 1, roc_auc).expect("both labels");
        let (a, positive) = (found.value, labels.iter().filter(|label| **label).count() as f64);
        let negative = 2000.0 - positive;
        let (q1, q2) = (a / (2.0 - a), 2.0 * a * a / (1.0 + a));
        let variance =
            (a * (1.0 - a) + (positive - 1.0) * (q1 - a * a) + (negative - 1.0) * (q2 - a * a)) / (positive * negative);
        assert!((found.error / variance.sqrt() - 1.0).abs() < 0.2, "{found:?} {}", variance.sqrt());
        assert!(found.low < a && a < found.high);
    }

    #[test]
    fn rows_of_one_customer_are_drawn_together() {
        let (matrix, labels, scores) = rows(1000);
        let tenfold: Vec<u32> = (0..10_000).map(|row| row % 1000).collect();
        let customers = tenfold.clone();
        let many = matrix.take(&tenfold).with_customers(customers).expect("one per row");
        let labels_many: Vec<bool> = tenfold.iter().map(|&row| labels[row as usize]).collect();
        let scores_many: Vec<f64> = tenfold.iter().map(|&row| scores[row as usize]).collect();
        let once = bootstrap(&matrix, &labels, &scores, 0.9, 200, 1, roc_auc).expect("both labels");
        let copied = bootstrap(&many, &labels_many, &scores_many, 0.9, 200, 1, roc_auc).expect("both labels");
        assert!((copied.error / once.error - 1.0).abs() < 0.05, "{once:?} {copied:?}");
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let (matrix, labels, scores) = rows(200);
        let none = difference(&matrix, &labels, [&scores, &scores], 0.95, 50, 1, roc_auc).expect("both labels");
        assert_eq!((none.low, none.high), (0.0, 0.0));
        let scores: Vec<f64> = scores.iter().map(|s| s / 1.3).collect();
        let all = all_metrics(&matrix, (&labels, &scores, &[0; 200]), 0.95, 20, 1);
        assert!(all.expect("both labels").iter().all(|(_, interval)| interval.low <= interval.high));
    }

    #[test]
    fn a_calibration_error_lies_within_its_interval() {
        // Probabilities that are true: what is left of the error is chance, and drawing adds as much again.
        let mut random = stream(9, "interval-test");
        let scores: Vec<f64> = (0..2000).map(|_| 0.1 + 0.8 * random.random::<f64>()).collect();
        let labels: Vec<bool> = scores.iter().map(|score| random.random::<f64>() < *score).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", vec![0.0; 2000])]).expect("one column");
        let plain = bootstrap(&matrix, &labels, &scores, 0.95, 200, 1, |l, s| Ok(super::super::metrics::ece(l, s, 10)));
        let all = all_metrics(&matrix, (&labels, &scores, &[0; 2000]), 0.95, 200, 1).expect("both labels");
        let (_, of) = all.iter().find(|(name, _)| *name == "ece").expect("it is among them");
        let middle = |interval: Interval| (interval.low + interval.high) / 2.0 - interval.value;
        assert!(of.low < of.value && of.value < of.high, "{of:?}");
        assert!(middle(*of).abs() < 0.5 * middle(plain.expect("both labels")), "{of:?}");
    }
}
