//! What each score predicted on later data, and whether it does more than decorate.

use rayon::prelude::*;

use super::components::{COMPONENTS, MEASURES};
use super::measure::Measured;
use super::scores::Scored;
use super::spending::Spending;
use crate::learning::intervals::{Interval, bootstrap, difference};
use crate::learning::metrics::{log_loss, roc_auc, top_lift};
use crate::learning::{Column, LearningError, Lesson, Matrix, fit, model_row};
use crate::numeric::math::ln_1p;
use crate::orders::After;

/// What everybody knows of a customer, beside which a score has to add something.
const BASICS: [&str; 4] = ["recency", "frequency", "money", "tenure"];
/// Fewest judged customers, and fewest of each outcome.
const LEAST: (usize, usize) = (100, 20);
/// Most customers that intervals are drawn from: a stride through all of them.
const MOST: usize = 20_000;
const DRAWS: usize = 200;

/// Customers at one date with what they did in the horizon after it.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The basics, a column each.
    basics: [Vec<f64>; BASICS.len()],
    /// Figures, measures and index, a column each; NaN where a customer has none.
    scores: Vec<Vec<f64>>,
    /// Whether the customer bought in the horizon.
    bought: Vec<bool>,
}

/// Whether a score tells something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Predictions are better with it: the 95 % interval of the gain lies above 0.
    Predictive,
    /// They are not: it predicts nothing that recency, frequency, money and tenure do not.
    Decorative,
    /// Too few customers or outcomes to tell.
    Unknown,
}

/// What one score predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Its name: a figure's, a measure's or `loyalty_index`.
    pub name: &'static str,
    /// Customers judged, on dates that nothing was learned from.
    pub customers: u64,
    /// Of these, who bought in the horizon.
    pub bought: u64,
    /// What was found; nothing where the verdict is unknown.
    pub found: Option<Found>,
    /// Whether it tells something.
    pub verdict: Verdict,
}

/// The figures behind a verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Mean log loss in nats of a logistic regression on the basics, and with the score beside them.
    pub loss: (f64, f64),
    /// What the score saves of it, with a 95 % interval; above 0 is better.
    pub gain: Interval,
    /// Chance that a customer who bought has a higher score than one who did not, with a 95 % interval; ½ is nothing.
    pub auc: Interval,
    /// Share who bought among the tenth with the highest scores over that of all.
    pub lift: f64,
}

impl Verdict {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Predictive => "predictive",
            Verdict::Decorative => "decorative",
            Verdict::Unknown => "unknown",
        }
    }
}

impl Origin {
    /// The customers who had bought within the periods before the date. `after` begins at the date of `spending`.
    pub fn of(spending: &Spending, measured: &Measured, scored: &[Scored], after: After) -> Origin {
        let window = spending.until - spending.span.most as i64 * spending.span.days;
        let mut basics: [Vec<f64>; BASICS.len()] = Default::default();
        let mut scores = vec![Vec::new(); COMPONENTS.len() + MEASURES.len() + 1];
        let mut bought = Vec::new();
        for customer in 0..spending.customers() as u32 {
            let days = spending.days(customer);
            let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
            if i64::from(*last) < window {
                continue;
            }
            let frequency = days.iter().filter(|day| i64::from(**day) >= window).count();
            let money: f64 = spending.spent(customer).iter().sum();
            let since = |day: &i32| (spending.until - i64::from(*day)) as f64;
            for (column, value) in basics.iter_mut().zip([since(last), frequency as f64, money.max(0.0), since(first)])
            {
                column.push(ln_1p(value));
            }
            let place = customer as usize;
            let own = measured.components[place].iter().chain(&scored[place].measures).chain([&scored[place].index]);
            for (column, score) in scores.iter_mut().zip(own) {
                column.push(score.map_or(f64::NAN, |score| score.value));
            }
            bought.push(!after.lines(customer).is_empty());
        }
        Origin { basics, scores, bought }
    }

    fn append(&mut self, other: &Origin) {
        let columns = self.basics.iter_mut().chain(&mut self.scores);
        columns.zip(other.basics.iter().chain(&other.scores)).for_each(|(own, other)| own.extend(other));
        self.bought.extend(&other.bought);
    }

    /// Each so-manieth row with a score, and its outcome.
    fn rows(&self, score: usize, stride: usize) -> (Vec<usize>, Vec<bool>) {
        let rows = (0..self.bought.len()).filter(|row| !self.scores[score][*row].is_nan());
        let rows: Vec<usize> = rows.step_by(stride).collect();
        let bought = rows.iter().map(|&row| self.bought[row]).collect();
        (rows, bought)
    }

    /// Basics and a score of some rows.
    fn matrix(&self, score: usize, rows: &[usize]) -> Result<Matrix, LearningError> {
        let take = |column: &[f64]| rows.iter().map(|&row| column[row]).collect::<Vec<f64>>();
        let mut columns: Vec<Column> =
            BASICS.iter().zip(&self.basics).map(|(name, column)| Column::numbers(name, take(column))).collect();
        columns.push(Column::numbers("score", take(&self.scores[score])));
        Matrix::new(columns)
    }
}

/// Judges each figure, measure and the index: logistic regressions on recency, frequency, money and tenure, without and with it, learned from the
/// customers of `learned` (dates whose horizons end before the date of `judged`) who have it, and judged on those of `judged`.
///
/// # Errors
/// When a regression fails.
pub fn judge(learned: &[Origin], judged: &Origin, seed: u64) -> Result<Vec<Judged>, LearningError> {
    let mut lesson =
        Origin { basics: Default::default(), scores: vec![Vec::new(); judged.scores.len()], bought: Vec::new() };
    learned.iter().for_each(|origin| lesson.append(origin));
    let names = COMPONENTS.iter().map(|one| one.name).chain(MEASURES.iter().map(|one| one.0)).chain(["loyalty_index"]);
    let named: Vec<(usize, &'static str)> = names.enumerate().collect();
    named.into_par_iter().map(|(score, name)| one(&lesson, judged, score, name, seed)).collect()
}

fn one(lesson: &Origin, judged: &Origin, score: usize, name: &'static str, seed: u64) -> Result<Judged, LearningError> {
    let all = judged.rows(score, 1).0.len();
    let (learned, learned_bought) = lesson.rows(score, 1);
    let (rows, bought) = judged.rows(score, all.div_ceil(MOST).max(1));
    let yes = bought.iter().filter(|bought| **bought).count();
    let mut outcome =
        Judged { name, customers: rows.len() as u64, bought: yes as u64, found: None, verdict: Verdict::Unknown };
    let few = |outcomes: &[bool]| {
        let yes = outcomes.iter().filter(|yes| **yes).count();
        outcomes.len() < LEAST.0 || yes < LEAST.1 || outcomes.len() - yes < LEAST.1
    };
    // What does not vary, or by rounding alone, cannot be told from the intercept.
    let values = || learned.iter().map(|&row| lesson.scores[score][row]);
    let (least, most) = values().fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(value), most.max(value)));
    if few(&learned_bought) || few(&bought) || most - least <= 1e-9 * most.abs().max(least.abs()) {
        return Ok(outcome);
    }
    let (lesson, matrix) = (lesson.matrix(score, &learned)?, judged.matrix(score, &rows)?);
    let settings = model_row("logistic").expect("a model of the table").defaults();
    let chances = |columns: &[&str]| {
        let only = lesson.only(columns);
        fit(&settings, &Lesson::new(&only, &learned_bought, seed))?.score(&matrix)
    };
    let without = chances(&BASICS)?;
    let with = chances(&[&BASICS[..], &["score"]].concat())?;
    let gain =
        difference(&matrix, &bought, [&without, &with], 0.95, DRAWS, seed, |labels, told| Ok(log_loss(labels, told)))?;
    let own: Vec<f64> = rows.iter().map(|&row| judged.scores[score][row]).collect();
    let found = Found {
        loss: (log_loss(&bought, &without), log_loss(&bought, &with)),
        gain,
        auc: bootstrap(&matrix, &bought, &own, 0.95, DRAWS, seed, roc_auc)?,
        lift: top_lift(&bought, &own, 0.1)?,
    };
    outcome.verdict = if gain.low > 0.0 { Verdict::Predictive } else { Verdict::Decorative };
    outcome.found = Some(found);
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    /// Outcomes that follow the first score and nothing else; the second score is noise.
    fn planted(customers: usize, seed: u64) -> Origin {
        let mut random = stream(seed, "planted");
        let mut column = || (0..customers).map(|_| random.random_range(0.0..1.0)).collect::<Vec<f64>>();
        let basics = [column(), column(), column(), column()];
        let mut scores: Vec<Vec<f64>> = vec![vec![f64::NAN; customers]; COMPONENTS.len() + MEASURES.len() + 1];
        (scores[0], scores[1]) = (column(), column());
        let chance = column();
        let bought = (0..customers).map(|row| chance[row] < 0.2 + 0.6 * scores[0][row]).collect();
        Origin { basics, scores, bought }
    }

    #[test]
    fn a_score_that_is_noise_is_decorative() {
        let (learned, judged) = ([planted(600, 1), planted(600, 2)], planted(800, 3));
        let found = judge(&learned, &judged, 7).unwrap();
        assert_eq!((found[0].name, found[0].verdict, found[0].customers), ("active_share", Verdict::Predictive, 800));
        assert_eq!((found[1].verdict, found[2].verdict), (Verdict::Decorative, Verdict::Unknown));
        let (first, second) = (found[0].found.unwrap(), found[1].found.unwrap());
        assert!(first.auc.low > 0.6 && first.lift > 1.3 && first.loss.1 < first.loss.0, "{first:?}");
        assert!(second.auc.low < 0.5 && second.auc.high > 0.5 - 0.05, "{second:?}");
        assert_eq!(judge(&learned, &judged, 7).unwrap(), found);
        assert_eq!(judge(&[], &judged, 7).unwrap()[0].verdict, Verdict::Unknown);
    }
}
