//! When a new model is trained, and whether it takes over from the one in use.

use super::labelled::Labelled;
use super::trials::Trials;
use super::watch::Shift;
use crate::learning::metrics::{Criterion, calibration_line, ece};
use crate::learning::{LearningError, Matrix};
use crate::numeric::calendar::day_of;

/// A population stability index from here on is a shift that asks for a new model (N. Siddiqi, "Credit risk scorecards",
/// 2006, ch. 8).
const SHIFTED: f64 = 0.25;

/// Days without training after the last one, however much has drifted: one night later little more is known of what has drifted.
pub const REST: i64 = 7;

/// When a new model is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retrain {
    /// With every snapshot that has closed.
    Always,
    /// When scores have moved, or probabilities have not come true.
    OnDrift,
    /// The model in use stays.
    Never,
    /// So many days after the last training.
    After(i64),
}

/// What is known of the model in use when a run begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InUse {
    /// Whether the settings are others than those of the last training.
    pub other_settings: bool,
    /// A column because of which it cannot score the data.
    pub misfit: Option<Misfit>,
    /// Whether the data are those of the last training.
    pub same_data: bool,
    /// Whether a person made it active and no run has scored with it since.
    pub by_hand: bool,
    /// When a model was last trained, whether it won or not; civil seconds.
    pub trained: Option<i64>,
    /// The first day that is not known, civil seconds.
    pub as_of: Option<i64>,
}

/// A column because of which a model cannot score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It needs this one, and the data do not have it.
    Missing(String),
    /// It learned from numbers in this one, and the data have words; or the other way round.
    Changed(String),
}

impl Misfit {
    /// The column that an error of scoring names; nothing for other errors.
    pub fn of(error: &LearningError) -> Option<Misfit> {
        match error {
            LearningError::ColumnAbsent { column } => Some(Misfit::Missing(column.clone())),
            LearningError::ColumnKind { column, .. } => Some(Misfit::Changed(column.clone())),
            _ => None,
        }
    }
}

/// What there is to judge the model in use and a new one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judges {
    /// Rows of a date whose labels were known from this time on, civil seconds.
    Closed(i64),
    /// Rows without dates, which may be those that it learned from: nothing can be contested.
    Perhaps,
    /// The persons whom it did not learn from.
    Unseen {
        /// How many.
        persons: usize,
        /// How many of them have the label that is looked for.
        positives: usize,
        /// Whether they are enough.
        enough: bool,
    },
}

impl Judges {
    /// Of rows with dates or without.
    pub fn of(data: &Labelled) -> Judges {
        if data.reach == 0 { Judges::Perhaps } else { Judges::Closed(data.newest().snapshot + data.reach) }
    }
}

/// What has moved since a model was trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drift {
    /// Its scores; their population stability index.
    Scores(f64),
    /// More or fewer customers left than it predicted.
    Promise {
        /// Mean score of the newest snapshot that has closed.
        promised: f64,
        /// Share who left.
        left: f64,
    },
}

/// Why a model is trained or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// The settings have changed.
    OtherSettings,
    /// The model in use cannot score the data.
    Misfit(Misfit),
    /// `retrain` is `never`.
    Never,
    /// A person made the model active.
    ByHand,
    /// Rows without dates; the data are those of the last training.
    SameData,
    /// Rows without dates; the data have changed since the last training.
    OtherData,
    /// No snapshot has closed since the last training.
    NothingClosed,
    /// Persons judge; the outcomes are those of the last training.
    SameOutcomes,
    /// Too few persons whom the model in use did not learn from.
    FewUnseen {
        /// How many.
        persons: usize,
        /// How many of them have the label that is looked for.
        positives: usize,
    },
    /// `retrain` is `always`.
    Always,
    /// Something has drifted.
    Drifted(Drift),
    /// Something has drifted, but the last training is less than [`REST`] days old.
    Resting(Drift),
    /// Nothing has drifted.
    NoDrift,
    /// The last training is so many days old, fewer than the span that `retrain` asks for.
    Young(i64, i64),
    /// The last training is at least so many days old.
    Old(i64),
}

/// Whether a new model is trained now.
#[derive(Debug, Clone, PartialEq)]
pub enum Due {
    /// The active model stays.
    No(Why),
    /// A new model is trained and has to beat the active one.
    Contest(Why),
    /// The active model does not fit the settings or the data any more; a new one replaces it.
    Replace(Why),
}

/// Whether a new model is trained now, by what there is to judge it on. `drift` is computed only where it matters.
///
/// # Errors
/// Those of `drift`.
pub fn due<E>(
    judges: Judges,
    used: &InUse,
    retrain: Retrain,
    drift: impl FnOnce() -> Result<Option<Drift>, E>,
) -> Result<Due, E> {
    if used.other_settings {
        return Ok(Due::Replace(Why::OtherSettings));
    }
    if let Some(misfit) = &used.misfit {
        return Ok(Due::Replace(Why::Misfit(misfit.clone())));
    }
    if retrain == Retrain::Never {
        return Ok(Due::No(Why::Never));
    }
    if used.by_hand {
        return Ok(Due::No(Why::ByHand));
    }
    match judges {
        // Rows without dates may be those it learned from, so nothing can be contested.
        Judges::Perhaps if used.same_data => return Ok(Due::No(Why::SameData)),
        Judges::Perhaps => return Ok(Due::Replace(Why::OtherData)),
        Judges::Closed(known) if used.trained.is_some_and(|trained| known <= trained) => {
            return Ok(Due::No(Why::NothingClosed));
        }
        Judges::Unseen { .. } if used.same_data => return Ok(Due::No(Why::SameOutcomes)),
        Judges::Unseen { persons, positives, enough: false } => {
            return Ok(Due::No(Why::FewUnseen { persons, positives }));
        }
        Judges::Closed(_) | Judges::Unseen { .. } => {}
    }
    let age = used.as_of.zip(used.trained).map(|(now, trained)| day_of(now) - day_of(trained));
    Ok(match retrain {
        Retrain::Always => Due::Contest(Why::Always),
        Retrain::OnDrift => match drift()? {
            Some(drift) if age.is_none_or(|age| age >= REST) => Due::Contest(Why::Drifted(drift)),
            Some(drift) => Due::No(Why::Resting(drift)),
            None => Due::No(Why::NoDrift),
        },
        Retrain::After(span) => match age {
            Some(age) if age < span => Due::No(Why::Young(age, span)),
            _ => Due::Contest(Why::Old(span)),
        },
        Retrain::Never => Due::No(Why::Never),
    })
}

/// What has drifted since the active model was trained: its scores on the newest rows (`shift`), or the share who left (`truth`) from the
/// mean of its `scores` on the newest snapshot that has closed, by more than three standard errors and two points.
pub fn drifted(shift: Option<Shift>, truth: &[bool], scores: &[f64]) -> Option<Drift> {
    if let Some(shift) = shift.filter(|shift| shift.psi >= SHIFTED) {
        return Some(Drift::Scores(shift.psi));
    }
    let count = truth.len() as f64;
    let left = truth.iter().filter(|left| **left).count() as f64 / count;
    let promised = scores.iter().sum::<f64>() / count;
    let error = (left * (1.0 - left) / count).sqrt();
    let off = (promised - left).abs();
    (off > 3.0 * error && off > 0.02).then_some(Drift::Promise { promised, left })
}

/// Why the figures of a model may be too good on the rows that judge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// Rows without dates may be those that it learned from.
    SameRows,
    /// It learned from part of the outcome of the newest snapshot; both in civil seconds.
    Outcome {
        /// The newest snapshot.
        newest: i64,
        /// The first day that training did not see.
        trained: i64,
    },
}

/// Whether a model may have seen what it is judged on. A model that has seen everything before `trained` knows part of the outcome of an
/// earlier snapshot; without dates (`reach` is 0) it may have seen the rows themselves.
pub fn overlap(reach: i64, newest: i64, trained: Option<i64>) -> Option<Overlap> {
    if reach == 0 {
        return Some(Overlap::SameRows);
    }
    trained.filter(|trained| *trained > newest).map(|trained| Overlap::Outcome { newest, trained })
}

/// How the scores of a snapshot came true: what was predicted and what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Closed {
    /// The snapshot, civil seconds.
    pub snapshot: i64,
    /// Whether the model in use gave the scores; else a model of the rolling origin.
    pub in_force: bool,
    /// Customers at risk.
    pub customers: usize,
    /// Mean score.
    pub promised: f64,
    /// Share who left.
    pub left: f64,
    /// Expected calibration error over ten bins.
    pub ece: f64,
    /// Calibration slope; NaN where there is none.
    pub slope: f64,
}

impl Closed {
    /// From what happened and the scores.
    pub fn of(snapshot: i64, in_force: bool, truth: &[bool], scores: &[f64]) -> Closed {
        Closed {
            snapshot,
            in_force,
            customers: truth.len(),
            promised: scores.iter().copied().sum::<f64>() / scores.len() as f64,
            left: truth.iter().map(|left| f64::from(*left)).sum::<f64>() / truth.len() as f64,
            ece: ece(truth, scores, 10),
            slope: calibration_line(truth, scores).map_or(f64::NAN, |line| line.0),
        }
    }
}

/// How scores came true on each snapshot that a model trained at `trained` had not seen anything of.
///
/// # Errors
/// Those of `scores`.
pub fn closed_since<E>(
    data: &Labelled,
    trained: Option<i64>,
    scores: impl Fn(Matrix) -> Result<Vec<f64>, E>,
) -> Result<Vec<Closed>, E> {
    let Some(trained) = trained.filter(|_| data.reach > 0) else { return Ok(Vec::new()) };
    let unseen = data.matrix.by_snapshot().into_iter().filter(|(at, _)| *at >= trained);
    let closed =
        |(at, rows): (i64, Vec<u32>)| Ok(Closed::of(at, true, &data.truth(&rows), &scores(data.matrix.take(&rows))?));
    unseen.map(closed).collect()
}

/// How the trials' scores came true: a new model has seen all that has closed, so the models of the judged dates represent it.
pub fn closed_in_trials(data: &Labelled, trials: &Trials) -> Vec<Closed> {
    let folds = if data.reach > 0 { &data.folds[..] } else { &[] };
    let closed = folds.iter().zip(trials.reported_scores());
    closed.map(|(fold, scores)| Closed::of(fold.snapshot, false, &data.truth(&fold.test), scores)).collect()
}

/// A challenger beside the model in use, by a criterion on the newest snapshot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duel {
    /// The challenger's value.
    pub ours: f64,
    /// The value of the model in use.
    pub theirs: f64,
    /// By how much the challenger is better, in units of the criterion.
    pub gain: f64,
}

impl Duel {
    /// The means of a criterion over parts with a label of each kind: what is true, the challenger's scores, those of the model in use.
    ///
    /// # Errors
    /// When a score is not a number.
    pub fn of(parts: &[(Vec<bool>, &[f64], &[f64])], criterion: &Criterion) -> Result<Duel, LearningError> {
        let (mut ours, mut theirs) = (0.0, 0.0);
        for (truth, challenger, in_use) in parts {
            ours += criterion.of(truth, challenger)? / parts.len() as f64;
            theirs += criterion.of(truth, in_use)? / parts.len() as f64;
        }
        Ok(Duel { ours, theirs, gain: if criterion.larger_is_better { ours - theirs } else { theirs - ours } })
    }

    /// Whether the challenger is better by at least `margin`, in units of the criterion.
    pub fn is_won_by(&self, margin: f64) -> bool {
        self.gain >= margin
    }
}

/// Compares the challenger's scores of the newest snapshot, given before its truth was known, with those of the model in use.
///
/// # Errors
/// When a score is not a number.
pub fn duel(data: &Labelled, trials: &Trials, theirs: &[f64], criterion: &Criterion) -> Result<Duel, LearningError> {
    // The newest snapshot had a say in who won: what would have been chosen before it contests.
    Duel::of(&[(data.truth(&data.newest().test), trials.newest_scores(), theirs)], criterion)
}

#[cfg(test)]
mod tests {
    use super::super::labelled::{Dates, Rows, by_date};
    use super::*;
    use crate::learning::Column;
    use crate::numeric::calendar::DAY;

    fn data() -> Labelled {
        let matrix = Matrix::new(vec![Column::numbers("x", (0..120).map(f64::from).collect())]).expect("a column");
        let matrix = matrix.with_customers((0..120).map(|row| row % 10).collect()).expect("one per row");
        let snapshots = (0..120).map(|row| (row / 10) * 30 * DAY).collect();
        let matrix = matrix.with_snapshots(snapshots).expect("one per row");
        let fresh = matrix.take(&[0]);
        let rows = Rows { matrix, labels: (0..120).map(|row| row % 3 == 0).collect(), segments: None };
        by_date(rows, fresh, Dates { horizon_days: 30, gap_days: 0, tests: 2 }, false).expect("far enough apart")
    }

    #[test]
    fn a_model_that_saw_the_outcome_is_reported() {
        let newest = 20_148 * DAY;
        let reach = 90 * DAY;
        let trained = newest + DAY;
        assert_eq!(overlap(reach, newest, Some(trained)), Some(Overlap::Outcome { newest, trained }));
        assert_eq!(overlap(reach, newest, Some(newest)), None, "it had seen nothing of that day or later");
        assert_eq!(overlap(reach, newest, None), None);
        assert_eq!(overlap(0, newest, None), Some(Overlap::SameRows));
    }

    #[test]
    fn when_a_model_is_due() {
        let data = data();
        let (newest, judges) = (data.newest().snapshot, Judges::of(&data));
        let trained = newest + data.reach - DAY;
        let used = InUse { trained: Some(trained), as_of: Some(trained + 10 * DAY), ..InUse::default() };
        let shift = Drift::Scores(0.3);
        let none = || Ok::<_, ()>(None);
        let some = || Ok::<_, ()>(Some(shift));
        assert_eq!(due(judges, &used, Retrain::After(30), none), Ok(Due::No(Why::Young(10, 30))));
        assert_eq!(due(judges, &used, Retrain::After(10), none), Ok(Due::Contest(Why::Old(10))));
        assert_eq!(due(judges, &used, Retrain::Always, none), Ok(Due::Contest(Why::Always)));
        assert_eq!(due(judges, &used, Retrain::Never, none), Ok(Due::No(Why::Never)));
        assert_eq!(due(judges, &used, Retrain::OnDrift, none), Ok(Due::No(Why::NoDrift)));
        assert_eq!(due(judges, &used, Retrain::OnDrift, some), Ok(Due::Contest(Why::Drifted(shift))));
        let young = InUse { as_of: Some(trained + 6 * DAY), ..used.clone() };
        assert_eq!(due(judges, &young, Retrain::OnDrift, some), Ok(Due::No(Why::Resting(shift))));
        let closed = InUse { trained: Some(newest + data.reach), ..used.clone() };
        assert_eq!(due(judges, &closed, Retrain::Always, none), Ok(Due::No(Why::NothingClosed)));
        let by_hand = InUse { by_hand: true, ..used.clone() };
        assert_eq!(due(judges, &by_hand, Retrain::Always, none), Ok(Due::No(Why::ByHand)));
        let other = InUse { other_settings: true, ..by_hand.clone() };
        assert_eq!(due(judges, &other, Retrain::Never, none), Ok(Due::Replace(Why::OtherSettings)));
        let absent = LearningError::ColumnAbsent { column: "x".to_owned() };
        let gone = InUse { misfit: Misfit::of(&absent), ..by_hand };
        let missing = Why::Misfit(Misfit::Missing("x".to_owned()));
        assert_eq!(due(judges, &gone, Retrain::Never, none), Ok(Due::Replace(missing)));
        let undated = Judges::of(&Labelled { reach: 0, ..data });
        assert_eq!(due(undated, &used, Retrain::Always, none), Ok(Due::Replace(Why::OtherData)));
        let same = InUse { same_data: true, ..used.clone() };
        assert_eq!(due(undated, &same, Retrain::Always, none), Ok(Due::No(Why::SameData)));
        let unseen = |enough| Judges::Unseen { persons: 90, positives: 12, enough };
        assert_eq!(due(unseen(true), &same, Retrain::Always, none), Ok(Due::No(Why::SameOutcomes)));
        let few = Why::FewUnseen { persons: 90, positives: 12 };
        assert_eq!(due(unseen(false), &used, Retrain::Always, none), Ok(Due::No(few)));
        assert_eq!(due(unseen(true), &used, Retrain::After(10), none), Ok(Due::Contest(Why::Old(10))));
        assert_eq!(due(unseen(true), &used, Retrain::After(30), none), Ok(Due::No(Why::Young(10, 30))));
    }

    #[test]
    fn a_promise_is_broken_by_more_than_three_errors_and_two_points() {
        let truth: Vec<bool> = (0..1000).map(|row| row < 300).collect();
        assert_eq!(drifted(None, &truth, &[0.31; 1000]), None);
        assert_eq!(drifted(None, &truth, &[0.5; 1000]), Some(Drift::Promise { promised: 0.5, left: 0.3 }));
        let shift = |psi| Some(Shift { psi, missing_then: 0.0, missing_now: 0.0 });
        assert_eq!(drifted(shift(0.24), &truth, &[0.3; 1000]), None);
        assert_eq!(drifted(shift(0.25), &truth, &[0.3; 1000]), Some(Drift::Scores(0.25)));
    }

    #[test]
    fn only_snapshots_that_a_model_has_not_seen_are_reported() {
        let data = data();
        let half = |rows: Matrix| Ok::<_, ()>(vec![0.5; rows.rows()]);
        assert_eq!(closed_since(&data, None, half), Ok(Vec::new()));
        let closed = closed_since(&data, Some(10 * 30 * DAY), half).expect("all score");
        assert_eq!(closed.iter().map(|c| c.snapshot / DAY).collect::<Vec<_>>(), [300, 330]);
        assert!(closed.iter().all(|c| c.in_force && c.customers == 10 && c.promised == 0.5));
        // Rows 100 to 109: 102, 105 and 108 are divisible by three. Ten rows in ten bins are all off by a half.
        assert!((closed[0].left - 0.3).abs() < 1e-12 && (closed[0].ece - 0.5).abs() < 1e-12);
    }
}
