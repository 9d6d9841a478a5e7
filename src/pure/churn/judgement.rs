//! How good everything tried was: measures with intervals, by tenth of the list, by segment.

use std::collections::BTreeMap;

use super::calibration::Way;
use super::contest::Contest;
use super::labelled::{Labelled, part_below};
use super::trials::Trials;
use crate::learning::LearningError;
use crate::learning::folds::Origin;
use crate::learning::intervals::all_metrics;
use crate::learning::lift::{LiftRow, lift_table};
use crate::learning::metrics::{Criterion, Metrics, Reliability, reliability};
use crate::learning::selection::Candidate;
use crate::numeric::random::mix;

/// A measure as shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Its name in tables.
    pub name: &'static str,
    /// Its name among criteria and intervals.
    pub key: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Whether more is better.
    pub larger_is_better: bool,
}

const fn shown(name: &'static str, key: &'static str, meaning: &'static str, larger_is_better: bool) -> Shown {
    Shown { name, key, meaning, larger_is_better }
}

/// The measures that are shown.
pub const SHOWN: [Shown; 9] = [
    shown("ROC AUC", "roc-auc", "chance that one who left is ranked above one who stayed", true),
    shown("PR AUC", "pr-auc", "average precision", true),
    shown(
        "top-decile lift",
        "top-decile-lift",
        "rate among the tenth with the highest scores over the rate of all",
        true,
    ),
    shown("Gini", "gini", "2 × ROC AUC − 1", true),
    shown("KS", "ks", "greatest gap between the score distributions of the two groups", true),
    shown("Brier", "brier", "mean squared error of the probability", false),
    shown("log loss", "log-loss", "mean log loss of the probability", false),
    shown("ECE", "ece", "expected calibration error over ten bins, of each judged date or fold", false),
    shown("calibration slope", "calibration-slope", "1 is right, below 1 overconfident", true),
];

/// Draws of customers for an interval, and rows that they are drawn from at most.
const DRAWS: usize = 100;
const DRAWN_ROWS: usize = 12_000;

/// A value with its 95 % interval; `low` and `high` are NaN where none was estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Figure {
    /// A value without an interval.
    pub fn bare(value: f64) -> Figure {
        Figure { value, low: f64::NAN, high: f64::NAN }
    }
}

/// One candidate's measures on all judged rows together; those of ranking and ECE are means over the judged parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What it is called.
    pub name: String,
    /// Whether it is what is given out.
    pub chosen: bool,
    /// In the order of [`SHOWN`].
    pub values: [Figure; 9],
}

impl Judged {
    /// A measure by its key in [`SHOWN`]; NaN for one that is not shown.
    pub fn of(&self, key: &str) -> Figure {
        let place = SHOWN.iter().position(|shown| shown.key == key);
        place.map_or(Figure::bare(f64::NAN), |place| self.values[place])
    }
}

/// A measure of a candidate within a segment.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentFigure {
    /// The segment.
    pub segment: String,
    /// Its judged rows.
    pub customers: usize,
    /// Share of them who left.
    pub rate: f64,
    /// The candidate.
    pub model: String,
    /// Whether it is what is given out.
    pub chosen: bool,
    /// The measure's name in tables.
    pub measure: &'static str,
    /// Its value.
    pub figure: Figure,
}

/// The judgement of everything tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Baselines, models, their average; then the winner as it is given out, and what choosing beforehand would have given.
    pub list: Vec<Judged>,
    /// Index of what is given out.
    pub chosen: usize,
    /// Index of what the reported figures are of: what choosing beforehand would have given, where there are enough dates; else the winner.
    pub reported: usize,
    /// Index of the strongest baseline.
    pub baseline: usize,
    /// Labels of the newest judged fold, and the scores that the reported figures are of.
    pub newest: (Vec<bool>, Vec<f64>),
    /// The baseline's scores there.
    pub baseline_scores: Vec<f64>,
    /// The newest fold by tenth of the reported scores.
    pub lift: Vec<LiftRow>,
    /// The same by the baseline's scores.
    pub baseline_lift: Vec<LiftRow>,
    /// Measures by segment; empty where none is named.
    pub segments: Vec<SegmentFigure>,
    /// Expected maximum profit per customer of what the reported figures are of and of the baseline, where costs were given.
    pub empc: Option<[f64; 2]>,
}

impl Judgement {
    /// What is given out.
    pub fn chosen(&self) -> &Judged {
        &self.list[self.chosen]
    }

    /// What the reported figures are of.
    pub fn reported(&self) -> &Judged {
        &self.list[self.reported]
    }

    /// The strongest baseline.
    pub fn baseline(&self) -> &Judged {
        &self.list[self.baseline]
    }

    /// Whether the reported figures are better than the baseline's by a criterion, with the whole interval.
    pub fn is_clearly_better(&self, criterion: &Criterion) -> bool {
        let (ours, theirs) = (self.reported().of(criterion.name), self.baseline().of(criterion.name));
        let end = if criterion.larger_is_better { ours.low } else { ours.high };
        criterion.is_better(end, theirs.value)
    }
}

/// Measures everything, with intervals by customers.
///
/// # Errors
/// When a score is not a number.
pub fn judge(data: &Labelled, trials: &Trials, contest: &Contest) -> Result<Judgement, LearningError> {
    let judged_rows = judged_rows(data);
    let seed = contest.seed;
    let is_calibrated = trials.way() != Way::AsTheyAre;
    let mut list: Vec<Judged> = Vec::new();
    for (i, candidate) in trials.tried.iter().enumerate() {
        // The winner is measured as it is given out.
        let with_intervals = i != trials.winner || is_calibrated;
        list.push(measured(data, &judged_rows, candidate, false, with_intervals, seed)?);
    }
    let values: Vec<f64> =
        list[..trials.baselines].iter().map(|judged| judged.of(contest.criterion.name).value).collect();
    let baseline = trials.best_baseline(&values, contest.criterion);
    let winner = &trials.tried[trials.winner];
    let name = match trials.way() {
        Way::AsTheyAre => winner.name.clone(),
        way => format!("{}, {}", winner.name, way.name()),
    };
    let given = Candidate { name, complexity: 0, scores: trials.winning_scores().to_vec() };
    let judged = measured(data, &judged_rows, &given, true, true, seed)?;
    let chosen = if is_calibrated { list.len() } else { trials.winner };
    match list.get_mut(chosen) {
        Some(place) => *place = judged,
        None => list.push(judged),
    }
    let mut reported = chosen;
    if let Some(before) = &trials.chosen_before {
        list.push(measured(data, &judged_rows, before, false, true, seed)?);
        if trials.reported().is_some() {
            reported = list.len() - 1;
        }
    }
    let newest = (data.truth(&data.newest().test), trials.newest_scores().to_vec());
    let baseline_scores = trials.tried[baseline].scores[data.folds.len() - 1].clone();
    let others = trials.tried.iter().enumerate().filter(|(i, _)| is_calibrated || *i != trials.winner);
    let mut all: Vec<(&Candidate, bool)> = others.map(|(_, candidate)| (candidate, false)).collect();
    all.push((&given, true));
    all.extend(trials.reported().map(|before| (before, false)));
    Ok(Judgement {
        chosen,
        reported,
        baseline,
        lift: lift_table(&newest.0, &newest.1, 10)?,
        baseline_lift: lift_table(&newest.0, &baseline_scores, 10)?,
        segments: by_segment(data, &judged_rows, &all, seed)?,
        list,
        newest,
        baseline_scores,
        empc: None,
    })
}

/// Ten bins of equally many rows by ascending score, each with its share who left and the 95 % interval of that share (normal approximation,
/// cut to 0 and 1).
pub fn calibration_bins(labels: &[bool], scores: &[f64]) -> Vec<(Reliability, Figure)> {
    let with_interval = |bin: Reliability| {
        let rate = bin.positive_rate;
        let half = 1.96 * (rate * (1.0 - rate) / bin.rows as f64).sqrt();
        (bin, Figure { value: rate, low: (rate - half).max(0.0), high: (rate + half).min(1.0) })
    };
    reliability(labels, scores, 10).into_iter().map(with_interval).collect()
}

/// How all do within each segment of the judged rows.
fn by_segment(
    data: &Labelled,
    judged_rows: &[JudgedRow],
    all: &[(&Candidate, bool)],
    seed: u64,
) -> Result<Vec<SegmentFigure>, LearningError> {
    let Some(segments) = &data.segments else { return Ok(Vec::new()) };
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, row) in judged_rows.iter().enumerate() {
        groups.entry(&segments[row.row as usize]).or_default().push(place);
    }
    let scores: Vec<Vec<f64>> = all.iter().map(|(candidate, _)| candidate.scores.concat()).collect();
    let mut table = Vec::new();
    for (segment, places) in &groups {
        let own: Vec<JudgedRow> = places.iter().map(|&place| judged_rows[place]).collect();
        let own_rows: Vec<u32> = own.iter().map(|row| row.row).collect();
        let truth = data.truth(&own_rows);
        let rate = truth.iter().filter(|left| **left).count() as f64 / truth.len() as f64;
        for ((candidate, chosen), scores) in all.iter().zip(&scores) {
            let own_scores: Vec<f64> = places.iter().map(|&place| scores[place]).collect();
            let mut row = |measure, figure| {
                let (segment, model) = ((*segment).to_owned(), candidate.name.clone());
                table.push(SegmentFigure {
                    segment,
                    customers: own.len(),
                    rate,
                    model,
                    chosen: *chosen,
                    measure,
                    figure,
                });
            };
            row("mean score", Figure::bare(own_scores.iter().sum::<f64>() / own_scores.len() as f64));
            // Who all did the same cannot be ranked.
            if !data.both(&own_rows) {
                continue;
            }
            let candidate = Candidate { name: String::new(), complexity: 0, scores: vec![own_scores] };
            let judged = measured(data, &own, &candidate, *chosen, true, seed)?;
            for (shown, figure) in SHOWN.iter().zip(judged.values).filter(|(_, f)| f.value.is_finite()) {
                row(shown.name, figure);
            }
        }
    }
    Ok(table)
}

/// A row that was judged, and in which part.
#[derive(Clone, Copy)]
struct JudgedRow {
    row: u32,
    part: u32,
}

/// All of them, part after part, as scores are.
fn judged_rows(data: &Labelled) -> Vec<JudgedRow> {
    let rows =
        |(fold, part): (&Origin, u32)| fold.test.iter().map(move |&row| JudgedRow { row, part }).collect::<Vec<_>>();
    data.folds.iter().zip(0..).flat_map(rows).collect()
}

fn measured(
    data: &Labelled,
    judged: &[JudgedRow],
    candidate: &Candidate,
    chosen: bool,
    with_intervals: bool,
    seed: u64,
) -> Result<Judged, LearningError> {
    let scores = candidate.scores.concat();
    let (rows, parts): (Vec<u32>, Vec<u32>) = judged.iter().map(|row| (row.row, row.part)).unzip();
    let m = Metrics::within(&data.truth(&rows), &scores, &parts)?;
    let mut values =
        [m.roc_auc, m.pr_auc, m.top_decile_lift, m.gini, m.ks, m.brier, m.log_loss, m.ece, m.calibration_slope]
            .map(Figure::bare);
    if with_intervals {
        // A part of the customers gives the width; it is then that of all.
        let customers = data.matrix.customers();
        let below = part_below(DRAWN_ROWS as f64 / rows.len() as f64);
        let some: Vec<usize> =
            (0..rows.len()).filter(|&i| mix(seed ^ u64::from(customers[rows[i] as usize])) <= below).collect();
        let some_rows: Vec<u32> = some.iter().map(|&i| rows[i]).collect();
        let some_scores: Vec<f64> = some.iter().map(|&i| scores[i]).collect();
        let some_parts: Vec<u32> = some.iter().map(|&i| parts[i]).collect();
        let narrower = (some.len() as f64 / rows.len() as f64).sqrt();
        let bare = data.matrix.only(&[]).take(&some_rows);
        let drawn = all_metrics(&bare, (&data.truth(&some_rows), &some_scores, &some_parts), 0.95, DRAWS, seed)?;
        for (figure, shown) in values.iter_mut().zip(&SHOWN) {
            let own = drawn.iter().find(|(name, _)| *name == shown.key).map(|(_, interval)| interval);
            if let Some(interval) = own.filter(|i| i.low.is_finite() && i.high.is_finite()) {
                // All draws may lie on one side of a measure that noise makes larger.
                figure.low = figure.value + (interval.low - interval.value).min(0.0) * narrower;
                figure.high = figure.value + (interval.high - interval.value).max(0.0) * narrower;
            }
        }
    }
    Ok(Judged { name: candidate.name.clone(), chosen, values })
}

#[cfg(test)]
mod tests {
    use super::super::calibration::CALIBRATIONS;
    use super::super::labelled::{Rows, by_customer};
    use super::*;
    use crate::learning::metrics::CRITERIA;
    use crate::learning::{Column, MODELS, Matrix};

    #[test]
    fn every_criterion_is_among_the_measures_and_the_same_way_round() {
        for criterion in &CRITERIA {
            let shown = SHOWN.iter().find(|shown| shown.key == criterion.name).expect("it is shown");
            assert_eq!(shown.larger_is_better, criterion.larger_is_better, "{}", criterion.name);
        }
    }

    #[test]
    fn bins_of_the_calibration_curve_have_intervals_within_zero_and_one() {
        let labels: Vec<bool> = (0..100).map(|row| row % 10 < row / 10).collect();
        let scores: Vec<f64> = (0..100).map(|row| f64::from(row) / 100.0).collect();
        let bins = calibration_bins(&labels, &scores);
        assert_eq!((bins.len(), bins[5].0.rows, bins[5].0.positive_rate), (10, 10, 0.5));
        // 1.96 √(0.5 · 0.5 / 10) = 0.3099.
        assert!((bins[5].1.high - 0.8099).abs() < 1e-4 && (bins[5].1.low - 0.1901).abs() < 1e-4);
        assert_eq!((bins[0].1.low, bins[0].1.high, bins[1].1.low), (0.0, 0.0, 0.0));
    }

    #[test]
    fn the_winner_is_measured_as_it_is_given_out_and_within_each_segment() {
        let x: Vec<f64> = (0..400).map(f64::from).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x)]).expect("a column");
        let matrix = matrix.with_customers((0..400).collect()).expect("one per row");
        // Those of the second half leave; one in seven does otherwise.
        let labels = (0..400).map(|row| (row >= 200) != (row % 7 == 0)).collect();
        let segments = Some((0..400).map(|row| ["all stay", "both"][usize::from(row % 2 == 1)].to_owned()).collect());
        let mut rows = Rows { matrix, labels, segments };
        for row in (0..400).step_by(2) {
            rows.labels[row] = false;
        }
        let data = by_customer(rows, 1).expect("enough customers");
        let models = [&MODELS[0]];
        let contest =
            Contest { models: &models, criterion: &CRITERIA[2], tries: 1, calibration: &CALIBRATIONS[3], seed: 1 };
        let trials = super::super::trials::try_all(&data, &contest, &|_| {}).expect("both labels");
        let judgement = judge(&data, &trials, &contest).expect("no score is NaN");
        let names: Vec<&str> = judgement.list.iter().map(|judged| judged.name.as_str()).collect();
        assert_eq!(names, ["base rate", "logistic", "logistic, platt"]);
        assert_eq!((judgement.chosen, judgement.reported, judgement.baseline), (2, 2, 0));
        // Platt moves all scores of a fold alike: ranks, and so the area within folds, stay.
        let area = |place: usize| judgement.list[place].of("roc-auc").value;
        assert!((area(1) - area(2)).abs() < 1e-12 && area(0) == 0.5);
        assert!(judgement.is_clearly_better(&CRITERIA[2]));
        assert!(judgement.list[2].of("no such measure").value.is_nan());
        let of = |segment: &str| judgement.segments.iter().filter(|f| f.segment == segment).count();
        assert_eq!(of("all stay"), 3, "a mean score each: nobody can be ranked");
        assert!(of("both") > 3 * 8);
        assert_eq!(judgement.lift.iter().map(|row| row.rows).sum::<usize>(), judgement.newest.0.len());
    }
}
