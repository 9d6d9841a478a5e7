//! Satisfaction from the answers of a survey, by the period in which they were given.

use super::definitions::kpi_of;
use super::groups::Groups;
use super::measure::{Figure, Ratio};
use super::periods::Periods;
use crate::numeric::shares::Z95;

/// One person who was asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// The customer; `None` where that is not known.
    pub customer: Option<u32>,
    /// When, in civil seconds.
    pub time: i64,
    /// The answer; NaN where there is none.
    pub score: f64,
}

/// CSAT and the mean of the answers on a scale from `scale.0` to `scale.1`, and where `asked` says that rows without an answer are people
/// who were asked, the response rate.
pub fn satisfaction(
    answers: &[Answer],
    scale: (f64, f64),
    asked: bool,
    periods: &Periods,
    groups: &Groups,
) -> Vec<Figure> {
    let top = |answer: &Answer| (i64::from(answer.score >= scale.1 - 1.0), 1);
    let points = |answer: &Answer| {
        let share = (answer.score - scale.0) / (scale.1 - scale.0);
        ((share * 100_000.0).round() as i64, 1)
    };
    let answered = |answer: &Answer| (i64::from(!answer.score.is_nan()), 1);
    let given: Vec<Answer> = answers.iter().copied().filter(|answer| !answer.score.is_nan()).collect();
    let mut figures = figures("csat", &given, &top, periods, groups);
    // A score of 0 above the line still is an answer: Ratio counts it by what is below.
    figures.extend(self::figures("satisfaction", &given, &points, periods, groups));
    if asked {
        figures.extend(self::figures("response_rate", answers, &answered, periods, groups));
    }
    figures
}

/// The net promoter score of answers from 0 to 10, in points, with its standard error `√((p + d − (p − d)²) / n)`.
pub fn promoters(answers: &[Answer], periods: &Periods, groups: &Groups) -> Vec<Figure> {
    let given: Vec<Answer> = answers.iter().copied().filter(|answer| !answer.score.is_nan()).collect();
    let net = |answer: &Answer| {
        let net = i64::from(answer.score >= 9.0) - i64::from(answer.score <= 6.0);
        (100 * net, 1)
    };
    let extremes = |answer: &Answer| (i64::from(answer.score >= 9.0 || answer.score <= 6.0), 1);
    let mut figures = figures("nps", &given, &net, periods, groups);
    let both = sums(&given, &extremes, periods, groups);
    for figure in &mut figures {
        let n = figure.denominator as f64;
        let extremes = both[figure.group * periods.list().len() + figure.period].above as f64 / n;
        let net = figure.value / 100.0;
        let error = 100.0 * ((extremes - net * net) / n).max(0.0).sqrt();
        (figure.low, figure.high) = (figure.value - Z95 * error, figure.value + Z95 * error);
    }
    figures
}

/// Sums of what each answer adds, by group and period.
fn sums(answers: &[Answer], of: &dyn Fn(&Answer) -> (i64, i64), periods: &Periods, groups: &Groups) -> Vec<Ratio> {
    let count = periods.list().len();
    let mut sums = vec![Ratio::default(); groups.len() * count];
    for answer in answers {
        let Some(period) = periods.of(answer.time) else { continue };
        let (above, below) = of(answer);
        // Who is not a known customer counts among all.
        for group in groups.of_customer(answer.customer.unwrap_or(u32::MAX)) {
            sums[group * count + period].add(above, below);
        }
    }
    sums
}

/// The figures of a KPI that is a ratio over answers; periods without any are left out.
fn figures(
    name: &str,
    answers: &[Answer],
    of: &dyn Fn(&Answer) -> (i64, i64),
    periods: &Periods,
    groups: &Groups,
) -> Vec<Figure> {
    let kpi = kpi_of(name).expect("the name is a row of the table");
    let count = periods.list().len();
    let sums = sums(answers, of, periods, groups);
    let some = sums.iter().enumerate().filter(|(_, sums)| sums.below != 0);
    some.map(|(cell, sums)| Figure::of(kpi, cell / count, cell % count, sums)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::periods::Grain;
    use super::*;

    fn check(answers: &[(u64, f64)]) -> (Vec<Answer>, Periods, Groups) {
        let answer = |score| Answer { customer: None, time: 0, score };
        let all = answers.iter().flat_map(|&(times, score)| (0..times).map(move |_| answer(score)));
        (all.collect(), Periods::calendar(Grain::Month, 1, 0, 1), Groups::of(vec![]))
    }

    #[test]
    fn matches_olist_csat() {
        // The first 15,507 ratings of Olist: 1,853, 496, 1,270, 2,966, 8,922 give 76.66 % satisfied, and a mean of 76.78 of 100.
        let (answers, periods, groups) = check(&[(1_853, 1.0), (496, 2.0), (1_270, 3.0), (2_966, 4.0), (8_922, 5.0)]);
        let found = satisfaction(&answers, (1.0, 5.0), true, &periods, &groups);
        assert_eq!((found[0].numerator, found[0].denominator), (11_888, 15_507));
        assert!((found[0].value - 0.7666).abs() < 5e-5 && (found[1].value - 76.78).abs() < 5e-3);
        assert_eq!(found[2].value, 1.0);
        assert!(found[0].low < found[0].value && found[1].low > 76.0);
    }

    #[test]
    fn matches_the_net_promoter_score_of_mobi() {
        // 95 promoters and 60 detractors of 250: 14.0 points with a standard error of 4.90 (reference of satisfaction, from mobi's CUSL3).
        let (answers, periods, groups) = check(&[(95, 10.0), (60, 3.0), (95, 8.0), (4, f64::NAN)]);
        let found = promoters(&answers, &periods, &groups);
        assert_eq!((found[0].value, found[0].denominator), (14.0, 250));
        let error = (found[0].high - found[0].low) / 2.0 / Z95;
        assert!((error - 4.90).abs() < 5e-3, "{error}");
    }
}
