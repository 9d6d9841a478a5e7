//! Scores of recency, frequency and monetary value, from cuts that can be kept.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::numeric::quantile::quantile;

/// Where cuts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binning {
    /// Type-7 quantiles of the values; equal values get equal scores, so bins can differ in size. The default: a score
    /// then means the same for everybody who has it.
    Quantiles,
    /// The cuts of the R package rfm: type-7 quantiles plus one, a value on a cut goes to the bin above.
    RPackage,
}

/// The cut points of one dimension and the side on which a value equal to a cut falls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cuts {
    /// Ascending inner cut points, one fewer than bins. Equal neighbours mean that ties have emptied a bin.
    pub points: Vec<f64>,
    /// Whether a value equal to a cut point belongs to the bin above it.
    pub closed_below: bool,
    /// Whether small values are good, as for recency, so that they get the high scores.
    pub small_is_good: bool,
}

/// Frozen cuts of all three dimensions: saved with a run and used again, they give the same customer the same scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RfmCuts {
    /// Of days since the last order.
    pub recency: Cuts,
    /// Of the number of orders.
    pub frequency: Cuts,
    /// Of the money spent.
    pub monetary: Cuts,
}

/// Scores of one customer, each from 1 (worst) to the number of bins (best).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RfmScore {
    pub recency: u8,
    pub frequency: u8,
    pub monetary: u8,
}

/// Recency (days), frequency (orders) and monetary value (currency units), one element per customer in each.
#[derive(Debug, Clone, Copy)]
pub struct Rfm<'a> {
    pub recency: &'a [f64],
    pub frequency: &'a [f64],
    pub monetary: &'a [f64],
}

/// Why scores cannot be given.
#[derive(Debug, Error, PartialEq)]
pub enum RfmError {
    /// Fewer than two bins, or more than scores allow.
    #[error("{0} bins make no scores; give a number from 2 to 9")]
    Bins(usize),
    /// Columns differ in length.
    #[error("recency, frequency and monetary value must have one value per customer, but have {0}, {1} and {2}")]
    Uneven(usize, usize, usize),
    /// A value is missing or infinite.
    #[error("customer {row} has no {dimension}; only customers with an order can be scored")]
    Missing { dimension: &'static str, row: usize },
    /// Fixed cut points are not ascending.
    #[error("the cut points of {dimension} are not ascending numbers; list them from the smallest to the largest")]
    Order { dimension: &'static str },
    /// There is nobody to take cuts from.
    #[error("there are no customers to take cut points from; give fixed ones or a longer observation window")]
    Empty,
}

impl RfmCuts {
    /// Cuts the values of all customers into `bins` (2 to 9).
    ///
    /// # Errors
    /// When the number of bins is out of range, there is no customer, or a value is missing.
    pub fn fit(rfm: Rfm, bins: usize, binning: Binning) -> Result<RfmCuts, RfmError> {
        check_bins(bins)?;
        check(rfm)?;
        if rfm.recency.is_empty() {
            return Err(RfmError::Empty);
        }
        let cut = |values: &[f64], small_is_good| {
            let mut sorted = values.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            let shift = if binning == Binning::RPackage { 1.0 } else { 0.0 };
            let points = (1..bins).map(|bin| quantile(&sorted, bin as f64 / bins as f64) + shift).collect();
            Cuts { points, closed_below: binning == Binning::RPackage, small_is_good }
        };
        Ok(RfmCuts {
            recency: cut(rfm.recency, true),
            frequency: cut(rfm.frequency, false),
            monetary: cut(rfm.monetary, false),
        })
    }

    /// Cuts at points that the shop has fixed, ascending; a value on a cut goes to the bin above ("from 5 orders on").
    ///
    /// # Errors
    /// When a dimension has no cut point, more than eight, or points that are not ascending.
    pub fn fixed(recency: Vec<f64>, frequency: Vec<f64>, monetary: Vec<f64>) -> Result<RfmCuts, RfmError> {
        for (dimension, points) in [("recency", &recency), ("frequency", &frequency), ("monetary value", &monetary)] {
            check_bins(points.len() + 1)?;
            if !points.is_sorted() || points.iter().any(|point| !point.is_finite()) {
                return Err(RfmError::Order { dimension });
            }
        }
        let cuts = |points, small_is_good| Cuts { points, closed_below: true, small_is_good };
        Ok(RfmCuts { recency: cuts(recency, true), frequency: cuts(frequency, false), monetary: cuts(monetary, false) })
    }

    /// Number of bins of the dimension that has most.
    pub fn bins(&self) -> usize {
        [&self.recency, &self.frequency, &self.monetary]
            .map(|cuts| cuts.points.len() + 1)
            .into_iter()
            .max()
            .unwrap_or(1)
    }

    /// Scores customers, now or in a later run.
    ///
    /// # Errors
    /// When columns differ in length or a value is missing.
    pub fn score(&self, rfm: Rfm) -> Result<Vec<RfmScore>, RfmError> {
        check(rfm)?;
        let one = |row: usize| RfmScore {
            recency: self.recency.score(rfm.recency[row]),
            frequency: self.frequency.score(rfm.frequency[row]),
            monetary: self.monetary.score(rfm.monetary[row]),
        };
        Ok((0..rfm.recency.len()).map(one).collect())
    }
}

impl Cuts {
    /// Score of one value, from 1 to the number of cut points plus one.
    pub fn score(&self, value: f64) -> u8 {
        let below = |&point: &f64| if self.closed_below { point <= value } else { point < value };
        let bin = self.points.partition_point(below) as u8;
        if self.small_is_good { self.points.len() as u8 + 1 - bin } else { bin + 1 }
    }
}

fn check_bins(bins: usize) -> Result<(), RfmError> {
    if (2..=9).contains(&bins) { Ok(()) } else { Err(RfmError::Bins(bins)) }
}

fn check(rfm: Rfm) -> Result<(), RfmError> {
    let lengths = [rfm.recency.len(), rfm.frequency.len(), rfm.monetary.len()];
    if lengths.iter().any(|&length| length != lengths[0]) {
        return Err(RfmError::Uneven(lengths[0], lengths[1], lengths[2]));
    }
    let named = [("recency", rfm.recency), ("frequency", rfm.frequency), ("monetary value", rfm.monetary)];
    for (dimension, values) in named {
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            return Err(RfmError::Missing { dimension, row });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::real_data::shared;
    use std::collections::BTreeMap;
    use std::ops::Range;

    use super::*;
    use crate::numeric::calendar::day_of_civil;

    const VALUES: [f64; 10] = [1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

    fn same(values: &[f64]) -> Rfm<'_> {
        Rfm { recency: values, frequency: values, monetary: values }
    }

    #[test]
    fn ties_stay_together_in_quantiles() {
        let cuts = RfmCuts::fit(same(&VALUES), 5, Binning::Quantiles).unwrap();
        let scores = cuts.score(same(&VALUES)).unwrap();
        let frequency: Vec<u8> = scores.iter().map(|score| score.frequency).collect();
        assert_eq!(frequency, [1, 1, 1, 1, 3, 3, 4, 4, 5, 5], "the four that tie have emptied the second bin");
        let recency: Vec<u8> = scores.iter().map(|score| score.recency).collect();
        assert_eq!(recency, [5, 5, 5, 5, 3, 3, 2, 2, 1, 1]);
    }

    #[test]
    fn frozen_cuts_survive_saving_and_later_values() {
        let cuts = RfmCuts::fit(same(&VALUES), 5, Binning::Quantiles).unwrap();
        let read: RfmCuts = serde_json::from_str(&serde_json::to_string(&cuts).unwrap()).unwrap();
        assert_eq!(read, cuts);
        assert_eq!(read.monetary.score(1e9), 5);
        assert_eq!(read.monetary.score(-1.0), 1);
        assert_eq!(read.recency.score(0.0), 5);
    }

    #[test]
    fn fixed_cuts_mean_from_here_on() {
        let cuts = RfmCuts::fixed(vec![30.0, 90.0], vec![2.0, 5.0], vec![100.0, 1000.0]).unwrap();
        assert_eq!(cuts.bins(), 3);
        let rfm = Rfm { recency: &[29.0, 30.0], frequency: &[5.0, 1.0], monetary: &[1000.0, 99.0] };
        let scores = cuts.score(rfm).unwrap();
        assert_eq!(scores[0], RfmScore { recency: 3, frequency: 3, monetary: 3 });
        assert_eq!(scores[1], RfmScore { recency: 2, frequency: 1, monetary: 1 });
        let error = RfmCuts::fixed(vec![90.0, 30.0], vec![2.0], vec![1.0]).unwrap_err();
        assert_eq!(error, RfmError::Order { dimension: "recency" });
    }

    #[test]
    fn r_package_cuts_are_quantiles_plus_one() {
        let cuts = RfmCuts::fit(same(&VALUES), 5, Binning::RPackage).unwrap();
        assert_eq!(cuts.monetary.points[0], 2.0);
        assert_eq!(cuts.monetary.score(2.0), 2, "a value on the cut goes up");
    }

    /// The package's own example: 4,906 orders of 995 customers, analysed as of 2006-12-31.
    #[test]
    fn matches_the_r_package_on_its_own_orders() {
        // Data set rfm_data_orders of the R package rfm.
        let Some(path) = shared("data/rfm_orders/rfm_data_orders.csv") else { return };
        let text = std::fs::read_to_string(path).unwrap();
        // customer_id,order_date,revenue,…
        let mut customers: BTreeMap<&str, (i64, f64, f64)> = BTreeMap::new();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let number = |range: Range<usize>| fields[1][range].parse::<i64>().unwrap();
            let day = day_of_civil(number(0..4), number(5..7) as u32, number(8..10) as u32);
            let customer = customers.entry(fields[0]).or_insert((day, 0.0, 0.0));
            *customer = (customer.0.max(day), customer.1 + 1.0, customer.2 + fields[2].parse::<f64>().unwrap());
        }
        let analysis = day_of_civil(2006, 12, 31);
        let recency: Vec<f64> = customers.values().map(|customer| (analysis - customer.0) as f64).collect();
        let frequency: Vec<f64> = customers.values().map(|customer| customer.1).collect();
        let monetary: Vec<f64> = customers.values().map(|customer| customer.2).collect();
        let rfm = Rfm { recency: &recency, frequency: &frequency, monetary: &monetary };
        let cuts = RfmCuts::fit(rfm, 5, Binning::RPackage).unwrap();
        assert_eq!(cuts.frequency.points, [4.0, 5.0, 6.0, 8.0]);
        for (points, expected) in [
            (&cuts.recency.points, [115.0, 181.0, 297.4, 482.0]),
            (&cuts.monetary.points, [255.8, 382.0, 506.4, 666.0]),
        ] {
            assert!(points.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9), "{points:?}");
        }
        let scores = cuts.score(rfm).unwrap();
        let counts = |of: fn(&RfmScore) -> u8| {
            (1..=5).map(|score| scores.iter().filter(|each| of(each) == score).count()).collect::<Vec<_>>()
        };
        assert_eq!(counts(|score| score.recency), [197, 200, 199, 199, 200]);
        assert_eq!(counts(|score| score.frequency), [268, 187, 176, 244, 120]);
        assert_eq!(counts(|score| score.monetary), [200, 200, 198, 202, 195]);
    }

    #[test]
    fn refuses_what_cannot_be_scored() {
        assert_eq!(RfmCuts::fit(same(&VALUES), 1, Binning::Quantiles).unwrap_err(), RfmError::Bins(1));
        assert_eq!(RfmCuts::fit(same(&[]), 5, Binning::Quantiles).unwrap_err(), RfmError::Empty);
        let error = RfmCuts::fit(same(&[1.0, f64::NAN]), 5, Binning::Quantiles).unwrap_err();
        assert_eq!(error, RfmError::Missing { dimension: "recency", row: 1 });
    }
}
