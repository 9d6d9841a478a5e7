//! The challenger of the purchase models: a two-part learner on features. It is judged beside them and shown, but gives no forecasts: it
//! knows one horizon and neither intervals nor what comes after, so that a customer's row would contradict itself.
//!
//! The first part is a classifier of `learning` for whether a customer buys within the horizon at all, the second two linear models for
//! how often and for how much, on logarithms, of those who do (J. Cragg, Econometrica 39(5), 1971; the mean of what was a logarithm by
//! the smearing estimate of N. Duan, JASA 78, 1983). It learns from dates whose horizons closed before.

use super::ledger::{Ledger, Outcome};
use crate::learning::{Column, LearningError, Lesson, Matrix, Model, fit, model_row};
use crate::numeric::linear::solve_symmetric;
use crate::numeric::math::{exp, ln, ln_1p};
use crate::value::Record;

/// The name of the challenger among the models.
pub const TWO_PART: &str = "two-part";
/// What it is, in a sentence.
pub const TWO_PART_MEANING: &str = "a two-part learner on features, compared with the models but never chosen: who buys by gradient boosting, how often and for how much by linear models";

/// Added to the diagonal of the normal equations for each row: shrinks coefficients of standardised columns.
const RIDGE: f64 = 1e-3;

/// What is known of customers at a date, as columns of numbers.
pub struct Features {
    names: Vec<&'static str>,
    columns: Vec<Vec<f64>>,
}

impl Features {
    /// Of some places of a ledger with their records; `season` is the seasonal time of the horizon in days.
    pub fn new(
        ledger: &Ledger,
        places: &[u32],
        records: &[Record],
        margin: bool,
        horizon: f64,
        season: f64,
    ) -> Features {
        const NAMES: [&str; 12] = [
            "repeats",
            "recency",
            "age",
            "quiet",
            "quiet_over_gap",
            "purchases_30d",
            "purchases_90d",
            "purchases_365d",
            "mean_money",
            "money_365d",
            "year_before",
            "season",
        ];
        let as_of = ledger.as_of();
        let mut columns = vec![Vec::with_capacity(places.len()); NAMES.len()];
        for (&place, record) in places.iter().zip(records) {
            let bought = ledger.of(place);
            // Days whose money is not known count as days without.
            let all: Vec<f64> = if margin { bought.margin } else { bought.revenue }
                .iter()
                .map(|money| if money.is_nan() { 0.0 } else { *money })
                .collect();
            let history = record.history;
            let quiet = history.age - history.recency;
            let since = |days: i32| bought.day.partition_point(|&day| day < as_of - days);
            let count = |days: i32| (bought.day.len() - since(days)) as f64;
            let gap = if history.repeats > 0 { history.recency / f64::from(history.repeats) } else { history.age };
            // The same span a year before.
            let (from, to) =
                (since(365), bought.day.partition_point(|&day| f64::from(day) < f64::from(as_of - 365) + horizon));
            let row = [
                f64::from(history.repeats),
                history.recency,
                history.age,
                quiet,
                quiet / gap.max(1.0 / 7.0),
                count(30),
                count(90),
                count(365),
                all.iter().sum::<f64>() / all.len().max(1) as f64,
                all[since(365)..].iter().sum(),
                to.saturating_sub(from) as f64,
                season / horizon,
            ];
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        Features { names: NAMES.to_vec(), columns }
    }

    /// The rows of several dates one after the other.
    fn append(&mut self, other: &Features) {
        self.columns.iter_mut().zip(&other.columns).for_each(|(own, other)| own.extend(other));
    }

    fn matrix(&self) -> Result<Matrix, LearningError> {
        Matrix::new(
            self.names.iter().zip(&self.columns).map(|(name, column)| Column::numbers(name, column.clone())).collect(),
        )
    }

    /// A row for the linear models: signed logarithms.
    fn row(&self, at: usize) -> impl Iterator<Item = f64> + '_ {
        self.columns.iter().map(move |column| column[at].signum() * ln_1p(column[at].abs()))
    }
}

/// A fitted two-part learner.
pub struct TwoPart {
    buys: Box<dyn Model>,
    often: Line,
    money: Option<Line>,
}

/// What it says of a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// P(no purchase within the horizon).
    pub none: f64,
    /// Expected purchases.
    pub purchases: f64,
    /// Expected money; NaN where there was nothing to learn it from.
    pub money: f64,
}

impl Said {
    /// ln P(exactly `count`), the number of purchases of those who buy being geometric with the mean said.
    pub fn log_chance(&self, count: u32) -> f64 {
        let none = self.none.clamp(1e-6, 1.0 - 1e-6);
        if count == 0 {
            return ln(none);
        }
        let mean = (self.purchases / (1.0 - none)).max(1.0 + 1e-6);
        ln(1.0 - none) - ln(mean) + f64::from(count - 1) * ln((mean - 1.0) / mean)
    }
}

impl TwoPart {
    /// Learns from dates: features with the outcomes of the same customers, of which money is by margin or by revenue.
    ///
    /// # Errors
    /// When all or none bought, or a fit fails.
    pub fn learn(dates: Vec<(Features, Outcome)>, margin: bool, seed: u64) -> Result<TwoPart, LearningError> {
        let mut dates = dates.into_iter();
        let (mut features, first) = dates.next().ok_or(LearningError::NoRows)?;
        let (mut purchases, mut money) = (first.purchases, if margin { first.margin } else { first.revenue });
        for (more, outcome) in dates {
            features.append(&more);
            purchases.extend(outcome.purchases);
            money.extend(if margin { outcome.margin } else { outcome.revenue });
        }
        let matrix = features.matrix()?;
        let labels: Vec<bool> = purchases.iter().map(|count| *count > 0).collect();
        let settings = model_row("gradient-boosting")?.defaults().with("trees", 120.0)?;
        let buys = fit(&settings, &Lesson::new(&matrix, &labels, seed))?;
        let bought: Vec<usize> = (0..labels.len()).filter(|&row| labels[row]).collect();
        let often = Line::fit(&features, &bought, |row| ln(f64::from(purchases[row])));
        let paid: Vec<usize> = bought.iter().copied().filter(|&row| money[row] > 0.0).collect();
        let money = (!paid.is_empty()).then(|| Line::fit(&features, &paid, |row| ln(money[row])));
        Ok(TwoPart { buys, often, money })
    }

    /// What it says of customers.
    ///
    /// # Errors
    /// Never for features made as those it learned from.
    pub fn say(&self, features: &Features) -> Result<Vec<Said>, LearningError> {
        let chances = self.buys.score(&features.matrix()?)?;
        let said = |(row, chance): (usize, f64)| Said {
            none: 1.0 - chance,
            purchases: chance * self.often.mean(features, row).max(1.0),
            money: self.money.as_ref().map_or(f64::NAN, |line| chance * line.mean(features, row)),
        };
        Ok(chances.into_iter().enumerate().map(said).collect())
    }
}

/// A ridge regression of a logarithm.
struct Line {
    intercept: f64,
    slopes: Vec<f64>,
    means: Vec<f64>,
    scales: Vec<f64>,
    /// The mean of e^residual.
    smear: f64,
    /// The highest logarithm that was seen: no forecast goes beyond it.
    highest: f64,
}

impl Line {
    fn fit(features: &Features, rows: &[usize], truth: impl Fn(usize) -> f64) -> Line {
        let width = features.columns.len();
        let count = rows.len().max(1) as f64;
        let (mut means, mut scales) = (vec![0.0; width], vec![0.0; width]);
        for &row in rows {
            means.iter_mut().zip(features.row(row)).for_each(|(mean, value)| *mean += value / count);
        }
        for &row in rows {
            let each = scales.iter_mut().zip(&means).zip(features.row(row));
            each.for_each(|((scale, mean), value)| *scale += (value - mean).powi(2) / count);
        }
        // A column that is the same for all has no say.
        scales.iter_mut().for_each(|scale| *scale = if *scale > 1e-18 { scale.sqrt() } else { f64::INFINITY });
        let intercept = rows.iter().map(|&row| truth(row)).sum::<f64>() / count;
        let (mut matrix, mut right) = (vec![0.0; width * width], vec![0.0; width]);
        let mut x = vec![0.0; width];
        for &row in rows {
            let each = x.iter_mut().zip(features.row(row)).zip(means.iter().zip(&scales));
            each.for_each(|((x, value), (mean, scale))| *x = (value - mean) / scale);
            let rest = truth(row) - intercept;
            for i in 0..width {
                right[i] += x[i] * rest;
                for j in 0..width {
                    matrix[i * width + j] += x[i] * x[j];
                }
            }
        }
        (0..width).for_each(|i| matrix[i * width + i] += RIDGE * count + 1e-9);
        let slopes = solve_symmetric(&matrix, &right).unwrap_or_else(|| vec![0.0; width]);
        let highest = rows.iter().map(|&row| truth(row)).fold(f64::NEG_INFINITY, f64::max);
        let mut line = Line { intercept, slopes, means, scales, smear: 1.0, highest };
        let residuals = rows.iter().map(|&row| exp((truth(row) - line.log(features, row)).min(20.0)));
        line.smear = residuals.sum::<f64>() / count;
        line
    }

    fn log(&self, features: &Features, row: usize) -> f64 {
        let each = features.row(row).zip(&self.slopes).zip(self.means.iter().zip(&self.scales));
        self.intercept + each.map(|((value, slope), (mean, scale))| slope * (value - mean) / scale).sum::<f64>()
    }

    fn mean(&self, features: &Features, row: usize) -> f64 {
        exp(self.log(features, row).min(self.highest)) * self.smear
    }
}
