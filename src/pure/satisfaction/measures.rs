//! The simple scores: CSAT, NPS and CES, each with an interval. None is better than another in general (T. Keiningham, B. Cooil,
//! T. Andreassen, L. Aksoy, "A longitudinal examination of Net Promoter and firm revenue growth", Journal of Marketing 71(3), 2007),
//! so all are offered and none is favoured.

use super::SatisfactionError;
use super::answers::Scale;
use crate::numeric::shares::{Z95, wilson_of};

/// A score with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The score, in its own unit.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Answers with weights, as many as that many equal ones would be (Kish: (Σw)² / Σw²).
    pub effective: f64,
}

/// The share of answers in the top two boxes of a scale, 0 to 1 (on 1 to 5: of 4 and 5), with Wilson's score interval.
///
/// `answers` are single answers with a weight above 0 each. With weights the interval is that of the effective number of answers.
///
/// # Errors
/// When an answer is not on the scale, or a weight not above 0.
pub fn top_two_boxes(answers: &[(f64, f64)], scale: Scale) -> Result<Option<Score>, SatisfactionError> {
    let from = scale.best - (scale.best - scale.worst).signum();
    share(answers, scale, |answer| if scale.best > scale.worst { answer >= from } else { answer <= from })
}

/// The share of answers in the top box of a scale, 0 to 1: where loyalty rises in a step (T. Jones, W. E. Sasser, "Why satisfied
/// customers defect", Harvard Business Review 73(6), 1995).
///
/// # Errors
/// As [`top_two_boxes`].
pub fn top_box(answers: &[(f64, f64)], scale: Scale) -> Result<Option<Score>, SatisfactionError> {
    share(answers, scale, |answer| answer == scale.best)
}

/// The mean of answers on 0 to 100 points, (x̄ − worst) / (best − worst) · 100, with the interval of a mean (normal, from the weighted
/// sample variance and the effective number of answers); no interval for fewer than two answers.
///
/// # Errors
/// As [`top_two_boxes`].
pub fn mean_points(answers: &[(f64, f64)], scale: Scale) -> Result<Option<Score>, SatisfactionError> {
    let total = total(answers, scale)?;
    if answers.is_empty() {
        return Ok(None);
    }
    let points = |answer: f64| scale.points(answer).expect("checked above");
    let mean = answers.iter().map(|(answer, weight)| weight * points(*answer)).sum::<f64>() / total;
    let squares: f64 = answers.iter().map(|(answer, weight)| weight * (points(*answer) - mean).powi(2)).sum();
    let effective = kish(answers);
    let (low, high) = match effective > 1.0 {
        true => {
            let error = (squares / total / (effective - 1.0)).sqrt();
            ((mean - Z95 * error).max(0.0), (mean + Z95 * error).min(100.0))
        }
        false => (f64::NAN, f64::NAN),
    };
    Ok(Some(Score { value: mean, low, high, effective }))
}

/// The Net Promoter Score, −100 to 100: the share of 9 and 10 less that of 0 to 6, in points (F. Reichheld, "The one number you need to
/// grow", Harvard Business Review 81(12), 2003), with the interval of a difference of two shares of one sample,
/// se = √((p + d − (p − d)²) / n).
///
/// # Errors
/// When the scale is not 0 to 10, or as [`top_two_boxes`].
pub fn nps(answers: &[(f64, f64)], scale: Scale) -> Result<Option<Score>, SatisfactionError> {
    if (scale.worst, scale.best) != (0.0, 10.0) {
        return Err(SatisfactionError::NotZeroToTen { low: scale.worst, high: scale.best });
    }
    net_share(answers, scale, |answer| answer >= 9.0, |answer| answer <= 6.0)
}

/// The share of answers for which one condition holds less that for which another one does, in points, with its interval; what
/// [`nps`] is made of.
fn net_share(
    answers: &[(f64, f64)],
    scale: Scale,
    promotes: impl Fn(f64) -> bool,
    detracts: impl Fn(f64) -> bool,
) -> Result<Option<Score>, SatisfactionError> {
    let total = total(answers, scale)?;
    if answers.is_empty() {
        return Ok(None);
    }
    let of = |holds: &dyn Fn(f64) -> bool| {
        answers.iter().filter(|(answer, _)| holds(*answer)).map(|(_, weight)| weight).sum::<f64>() / total
    };
    let (promoters, detractors) = (of(&promotes), of(&detracts));
    let net = promoters - detractors;
    let effective = kish(answers);
    let error = ((promoters + detractors - net * net) / effective).sqrt();
    let bound = |side: f64| (100.0 * (net + side * Z95 * error)).clamp(-100.0, 100.0);
    Ok(Some(Score { value: 100.0 * net, low: bound(-1.0), high: bound(1.0), effective }))
}

fn share(
    answers: &[(f64, f64)],
    scale: Scale,
    holds: impl Fn(f64) -> bool,
) -> Result<Option<Score>, SatisfactionError> {
    let total = total(answers, scale)?;
    if answers.is_empty() {
        return Ok(None);
    }
    let part: f64 = answers.iter().filter(|(answer, _)| holds(*answer)).map(|(_, weight)| weight).sum();
    let effective = kish(answers);
    let value = part / total;
    let (low, high) = wilson_of(value, effective, Z95);
    Ok(Some(Score { value, low, high, effective }))
}

/// The sum of the weights of answers that are all on the scale.
fn total(answers: &[(f64, f64)], scale: Scale) -> Result<f64, SatisfactionError> {
    for (answer, weight) in answers {
        scale.points(*answer)?;
        if !(weight.is_finite() && *weight > 0.0) {
            return Err(SatisfactionError::Weight(*weight));
        }
    }
    Ok(answers.iter().map(|(_, weight)| weight).sum())
}

fn kish(answers: &[(f64, f64)]) -> f64 {
    super::effective(answers.iter().map(|(_, weight)| *weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use crate::numeric::shares::wilson;
    use rand::RngExt;

    const FIVE: Scale = Scale { worst: 1.0, best: 5.0 };
    const ELEVEN: Scale = Scale { worst: 0.0, best: 10.0 };

    fn answers(counts: &[(f64, usize)]) -> Vec<(f64, f64)> {
        counts.iter().flat_map(|(answer, n)| vec![(*answer, 1.0); *n]).collect()
    }

    #[test]
    fn csat_of_olists_reviews() {
        // Olist's 15,507 answers, counted in shared/reference/satisfaction.md §1: 76.66 % top two boxes, 76.78 points.
        let all = answers(&[(1.0, 1853), (2.0, 496), (3.0, 1270), (4.0, 2966), (5.0, 8922)]);
        let boxes = top_two_boxes(&all, FIVE).unwrap().unwrap();
        assert!((boxes.value - 0.7666).abs() < 5e-5, "{boxes:?}");
        assert_eq!((boxes.low, boxes.high), wilson(2966 + 8922, 15_507, Z95));
        let mean = mean_points(&all, FIVE).unwrap().unwrap();
        assert!((mean.value - 76.78).abs() < 5e-3, "{mean:?}");
        let top = top_box(&all, FIVE).unwrap().unwrap();
        assert!((top.value - 8922.0 / 15_507.0).abs() < 1e-12);
    }

    #[test]
    fn nps_of_95_promoters_and_60_detractors_of_250() {
        // The counts and the standard error of 4.90 points in shared/reference/satisfaction.md §1.
        let all = answers(&[(10.0, 95), (8.0, 95), (3.0, 60)]);
        let score = nps(&all, ELEVEN).unwrap().unwrap();
        assert!((score.value - 14.0).abs() < 1e-12, "{score:?}");
        assert!(((score.high - score.low) / 2.0 / Z95 - 4.90).abs() < 5e-3, "{score:?}");
    }

    #[test]
    fn nps_on_another_scale_is_refused() {
        let scale = Scale { worst: 1.0, best: 10.0 };
        let error = nps(&[(9.0, 1.0)], scale).unwrap_err();
        assert_eq!(error, SatisfactionError::NotZeroToTen { low: 1.0, high: 10.0 });
        let error = nps(&[(11.0, 1.0)], ELEVEN).unwrap_err();
        assert_eq!(error, SatisfactionError::OffScale { value: 11.0, low: 0.0, high: 10.0 });
    }

    #[test]
    fn nobody_one_and_weights() {
        assert_eq!(nps(&[], ELEVEN).unwrap(), None);
        let one = mean_points(&[(4.0, 1.0)], FIVE).unwrap().unwrap();
        assert!(one.value == 75.0 && one.low.is_nan() && one.high.is_nan(), "one answer has no interval: {one:?}");
        // An answer with weight 2 counts as much as two, and tells less than two.
        let weighted = top_two_boxes(&[(5.0, 2.0), (1.0, 1.0), (1.0, 1.0)], FIVE).unwrap().unwrap();
        assert_eq!((weighted.value, weighted.effective), (0.5, 16.0 / 6.0));
        assert!(matches!(top_box(&[(5.0, 0.0)], FIVE), Err(SatisfactionError::Weight(_))));
        // On a scale that is best at 1, the top two boxes are 1 and 2.
        let turned = Scale { worst: 5.0, best: 1.0 };
        let boxes = top_two_boxes(&answers(&[(1.0, 3), (2.0, 2), (5.0, 5)]), turned).unwrap().unwrap();
        assert_eq!(boxes.value, 0.5);
    }

    #[test]
    fn nps_intervals_hold_the_truth_in_95_of_100_simulations() {
        let mut draws = stream(11, "nps coverage");
        let truth = 100.0 * (0.35 - 0.25);
        let mut held = 0;
        for _ in 0..2000 {
            let sample: Vec<(f64, f64)> = (0..300)
                .map(|_| {
                    let u: f64 = draws.random();
                    (
                        if u < 0.35 {
                            9.0
                        } else if u < 0.60 {
                            5.0
                        } else {
                            7.0
                        },
                        1.0,
                    )
                })
                .collect();
            let score = nps(&sample, ELEVEN).unwrap().unwrap();
            held += usize::from(score.low <= truth && truth <= score.high);
        }
        let share = held as f64 / 2000.0;
        assert!((0.935..=0.965).contains(&share), "{share}");
    }
}
