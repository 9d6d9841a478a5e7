//! How good a forecast was, once its horizon is over: the criteria by which models of value are chosen.

/// A criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Mean log likelihood per customer of the number of purchases.
    LogLikelihood,
    /// Normalised Gini coefficient of money by forecast.
    Gini,
    /// Share of the money that the tenth of customers with the highest forecasts brought.
    Capture,
    /// How far the forecast total of money was off.
    Bias,
}

/// All criteria with how users write them.
pub static CRITERIA: [(Criterion, &str, &str); 4] = [
    (
        Criterion::LogLikelihood,
        "log-likelihood",
        "mean log likelihood per customer of the number of purchases that came; higher is better",
    ),
    (
        Criterion::Gini,
        "gini",
        "Gini coefficient of the money that came, by forecast, over that by the truth; 1 is a perfect order",
    ),
    (
        Criterion::Capture,
        "top-decile-capture",
        "share of the money that came from the tenth of customers with the highest forecasts",
    ),
    (Criterion::Bias, "bias", "forecast money over the money that came, less 1; nearest to 0 is best"),
];

/// What came of a forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Judgement {
    /// Customers who were forecast.
    pub customers: u64,
    /// Mean log likelihood per customer.
    pub log_likelihood: f64,
    /// Normalised Gini; NaN where nothing came.
    pub gini: f64,
    /// Capture of the top tenth; NaN where nothing came.
    pub capture: f64,
    /// Forecast money.
    pub promised: f64,
    /// Money that came.
    pub came: f64,
    /// Forecast purchases.
    pub purchases_promised: f64,
    /// Purchases that came.
    pub purchases_came: f64,
    /// Share of customers whose purchases lay within their interval.
    pub covered: f64,
}

impl Judgement {
    /// Forecast over truth of the money, less 1; NaN where nothing came.
    pub fn bias(&self) -> f64 {
        if self.came > 0.0 { self.promised / self.came - 1.0 } else { f64::NAN }
    }

    /// Forecast over truth of the purchases, less 1; NaN where nothing came.
    pub fn purchases_bias(&self) -> f64 {
        if self.purchases_came > 0.0 { self.purchases_promised / self.purchases_came - 1.0 } else { f64::NAN }
    }

    /// The criterion, turned so that higher is better.
    pub fn merit(&self, criterion: Criterion) -> f64 {
        match criterion {
            Criterion::LogLikelihood => self.log_likelihood,
            Criterion::Gini => self.gini,
            Criterion::Capture => self.capture,
            Criterion::Bias => -self.bias().abs(),
        }
    }
}

/// The normalised Gini coefficient: that of `came` in the order of `forecast`, over that in its own order. Equal forecasts share their
/// places, so that the order of rows does not matter. NaN where nothing came or all brought the same, or there is no row.
pub fn gini(forecast: &[f64], came: &[f64]) -> f64 {
    if came.is_empty() {
        return f64::NAN;
    }
    ordered(forecast, came) / ordered(came, came)
}

fn ordered(by: &[f64], came: &[f64]) -> f64 {
    let mut rows: Vec<usize> = (0..by.len()).collect();
    rows.sort_by(|&a, &b| by[b].total_cmp(&by[a]).then(came[b].total_cmp(&came[a])));
    let total: f64 = rows.iter().map(|&row| came[row]).sum();
    let count = by.len() as f64;
    let (mut area, mut running, mut at) = (0.0, 0.0, 0);
    while at < rows.len() {
        let value = by[rows[at]];
        let tied = rows[at..].iter().take_while(|&&row| by[row].total_cmp(&value).is_eq()).count();
        let sum: f64 = rows[at..at + tied].iter().map(|&row| came[row]).sum();
        // A trapezoid over all who share the place.
        area += tied as f64 / count * (running + 0.5 * sum) / total;
        running += sum;
        at += tied;
    }
    2.0 * area - 1.0
}

/// The share of `came` that the first `share` of rows by forecast brought; those at the edge who are forecast the same count in part.
pub fn capture(forecast: &[f64], came: &[f64], share: f64) -> f64 {
    let mut rows: Vec<usize> = (0..forecast.len()).collect();
    rows.sort_by(|&a, &b| forecast[b].total_cmp(&forecast[a]).then(came[b].total_cmp(&came[a])));
    let total: f64 = rows.iter().map(|&row| came[row]).sum();
    let places = (share * rows.len() as f64).max(1.0);
    let (mut taken, mut sum, mut at) = (0.0, 0.0, 0);
    while at < rows.len() && taken < places {
        let value = forecast[rows[at]];
        let tied = rows[at..].iter().take_while(|&&row| forecast[row].total_cmp(&value).is_eq()).count();
        let part = ((places - taken) / tied as f64).min(1.0);
        sum += part * rows[at..at + tied].iter().map(|&row| came[row]).sum::<f64>();
        taken += tied as f64;
        at += tied;
    }
    sum / total
}

/// Spearman's rank correlation of two rankings, equal values sharing their mean rank; NaN for fewer than two rows or equal ones only.
pub fn rank_correlation(one: &[f64], other: &[f64]) -> f64 {
    let (a, b) = (ranks(one), ranks(other));
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let (mut both, mut left, mut right) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        both += (a - mean) * (b - mean);
        left += (a - mean).powi(2);
        right += (b - mean).powi(2);
    }
    both / (left * right).sqrt()
}

/// Ranks from 1, the lowest value first, equal ones sharing their mean.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut rows: Vec<usize> = (0..values.len()).collect();
    rows.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut at = 0;
    while at < rows.len() {
        let tied = rows[at..].iter().take_while(|&&row| values[row].total_cmp(&values[rows[at]]).is_eq()).count();
        let mean = at as f64 + (tied as f64 + 1.0) / 2.0;
        rows[at..at + tied].iter().for_each(|&row| ranks[row] = mean);
        at += tied;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn ginis_and_captures_by_hand() {
        let came = [0.0, 10.0, 30.0, 60.0];
        near(gini(&[1.0, 2.0, 3.0, 4.0], &came), 1.0);
        near(gini(&[4.0, 3.0, 2.0, 1.0], &came), -1.0);
        near(gini(&[5.0; 4], &came), 0.0);
        // Areas of 0.6, 0.9, 1, 1 and of 0.3, 0.9, 1, 1.
        let own = 2.0 * (0.3 + 0.75 + 0.95 + 1.0) / 4.0 - 1.0;
        let swapped = 2.0 * (0.15 + 0.6 + 0.95 + 1.0) / 4.0 - 1.0;
        near(gini(&[1.0, 2.0, 4.0, 3.0], &came), swapped / own);
        near(capture(&[1.0, 2.0, 3.0, 4.0], &came, 0.25), 0.6);
        near(capture(&[1.0, 4.0, 4.0, 4.0], &came, 0.5), 1.0 * 2.0 / 3.0);
        assert!(gini(&[1.0, 2.0], &[0.0, 0.0]).is_nan() && gini(&[], &[]).is_nan() && capture(&[], &[], 0.1).is_nan());
    }

    #[test]
    fn rank_correlations_by_hand() {
        near(rank_correlation(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]), 1.0);
        near(rank_correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
        assert_eq!(ranks(&[5.0, 1.0, 5.0]), [2.5, 1.0, 2.5]);
        assert!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
    }
}
