//! Intervals of the money that a customer's purchases bring within a horizon: of a sum of a random number of purchases.

use rayon::prelude::*;

use super::money::Money;
use super::outlook::chance;
use super::spend::{BetaPrime, Spend};
use crate::numeric::erf::normal_quantile;
use crate::numeric::math::{exp, ln};

/// The sums of all customers. By the gamma-gamma model their shape depends on the number of purchases to come and on the number that the
/// own mean is of: quantiles are computed once for these.
pub(super) struct Sums<'a> {
    money: Money<'a>,
    /// The lower side of the interval; the upper one is as far from 1.
    side: f64,
    counts: Vec<Count>,
    /// Quantiles by shape and number of purchases of the own mean, ascending.
    tables: Vec<((u32, u32), Table)>,
}

/// The number of purchases of customers with the same history.
pub(super) struct Count {
    /// P(no purchase).
    pub none: f64,
    /// Mean and variance of the number, given that there are some.
    mean: f64,
    variance: f64,
    /// The number of the distribution of the number, given that there are some.
    shape: u32,
}

impl Count {
    /// By the tail of the number; histories with the same `shape` have the same tail but for a factor.
    pub(super) fn of(tail: &[f64], shape: u32) -> Count {
        let none = 1.0 - tail.first().copied().unwrap_or(0.0);
        let some = (1.0 - none).max(1e-12);
        let mean = tail.iter().sum::<f64>() / some;
        let square = tail.iter().zip(1..).map(|(above, n)| above * f64::from(2 * n - 1)).sum::<f64>() / some;
        Count { none, mean, variance: (square - mean * mean).max(0.0), shape }
    }
}

impl<'a> Sums<'a> {
    /// Of customers with the places of their histories. `counts` has these histories' numbers of purchases, `tail` their tails, of which a
    /// factor does not matter.
    pub(super) fn new(
        money: Money<'a>,
        of: &[u32],
        counts: Vec<Count>,
        tail: impl Fn(u32) -> Vec<f64> + Sync,
        share: f64,
    ) -> Sums<'a> {
        let side = (1.0 - share) / 2.0;
        let mut sums = Sums { money, side, counts, tables: Vec::new() };
        let Money::GammaGamma(model, spends) = money else { return sums };
        // Most customers of most shops will hardly come again within the horizon: both ends of their intervals are 0.
        let parts: Vec<Vec<(u32, u32, u32)>> = of
            .par_chunks(1 << 12)
            .zip(spends.par_chunks(1 << 12))
            .map(|(cells, spends)| {
                let key = |(&cell, spend): (&u32, &Spend)| {
                    let count = &sums.counts[cell as usize];
                    (count.none < 1.0 - side).then_some((count.shape, spend.repeats, cell))
                };
                let mut own: Vec<_> = cells.iter().zip(spends).filter_map(key).collect();
                own.sort_unstable();
                own.dedup_by_key(|key| (key.0, key.1));
                own
            })
            .collect();
        let mut keys = parts.concat();
        keys.par_sort_unstable();
        keys.dedup_by_key(|key| (key.0, key.1));
        let table = |&(shape, repeats, cell): &(u32, u32, u32)| {
            // In units of the scale, which is each customer's own.
            let unit = Spend { repeats, mean: 0.0, share: 1.0 };
            let sum = |purchases: u32| BetaPrime { scale: 1.0, ..model.total(&unit, purchases) };
            ((shape, repeats), Table::new(&tail(cell), &sum))
        };
        sums.tables = keys.par_iter().with_min_len(16).map(table).collect();
        sums
    }

    /// P(no purchase) of each customer.
    pub(super) fn none(&self, of: &[u32]) -> Vec<f64> {
        of.iter().map(|&cell| self.counts[cell as usize].none).collect()
    }

    /// Both ends of each customer's interval.
    pub(super) fn intervals(&self, of: &[u32]) -> Vec<[f64; 2]> {
        of.par_iter().enumerate().with_min_len(1 << 10).map(|(at, &cell)| self.interval(at, cell)).collect()
    }

    fn interval(&self, customer: usize, cell: u32) -> [f64; 2] {
        let count = &self.counts[cell as usize];
        let ends = |quantile: &dyn Fn(f64) -> f64| {
            [self.side, 1.0 - self.side].map(|share| {
                let none = count.none;
                if share <= none || none >= 1.0 { 0.0 } else { quantile((share - none) / (1.0 - none)) }
            })
        };
        match self.money {
            Money::Unknown => [f64::NAN; 2],
            Money::GammaGamma(model, spends) => {
                let spend = &spends[customer];
                let key = (count.shape, spend.repeats);
                ends(&|share| {
                    let at = self.tables.binary_search_by_key(&key, |(key, _)| *key).expect("every key has a table");
                    // Money that some purchases are without makes all sums smaller alike: right in the mean.
                    spend.share * model.total(spend, 1).scale * self.tables[at].1.quantile(share)
                })
            }
            Money::Credible(model, own) => {
                let (mean, variance) = (model.expected(&own[customer]), model.variance(&own[customer]));
                let spread = count.mean * variance + count.variance * mean * mean;
                if mean == 0.0 {
                    // Half of the sums are on either side of 0.
                    let beyond = if count.none < 1.0 { self.side / (1.0 - count.none) } else { 1.0 };
                    let high =
                        if beyond < 0.5 { -normal_quantile(beyond.max(1e-6)) * spread.max(0.0).sqrt() } else { 0.0 };
                    return [-high, high];
                }
                let [low, high] =
                    ends(&|share| matched(mean.abs() * count.mean, spread, share.clamp(1e-6, 1.0 - 1e-6)));
                // Losses are gains seen from the other side; 0 has no sign.
                if mean > 0.0 { [low, high] } else { [0.0 - high, 0.0 - low] }
            }
        }
    }
}

/// The quantile of a distribution of this mean, above 0, and variance: gamma, by E. Wilson and M. Hilferty's cube (PNAS 17, 1931).
fn matched(mean: f64, variance: f64, share: f64) -> f64 {
    if mean <= 0.0 || variance <= 0.0 {
        return mean;
    }
    let z = normal_quantile(share);
    let shape = mean * mean / variance;
    let part = 1.0 / (9.0 * shape);
    let root = 1.0 - part + z * part.sqrt();
    if shape < 0.3 { (mean + z * variance.sqrt()).max(0.0) } else { mean * root.max(0.0).powi(3) }
}

/// Quantiles of a sum of purchases, given that there is one, as points between which they are interpolated on a log scale.
struct Table {
    /// Logarithms of values, and the shares at most these on the logit scale, ascending.
    points: Vec<(f64, f64)>,
}

/// Points to each side at most, their distance on the log scale, and the logit beyond which there are none.
const POINTS: i32 = 20;
const STEP: f64 = 0.23;
const FAR: f64 = 7.0;

impl Table {
    fn new(tail: &[f64], sums: &dyn Fn(u32) -> BetaPrime) -> Table {
        let some = tail.first().copied().unwrap_or(0.0);
        if some <= 0.0 {
            return Table { points: Vec::new() };
        }
        let chances: Vec<(f64, BetaPrime)> = (1..=tail.len() as u32)
            .map(|n| (chance(tail, n) / some, sums(n)))
            .filter(|(chance, _)| *chance > 1e-4)
            .collect();
        let all: f64 = chances.iter().map(|(chance, _)| chance).sum();
        let middle = chances.iter().map(|(chance, sum)| chance * ln(sum.first / sum.second)).sum::<f64>() / all;
        let point = |at: i32| {
            let log = middle + STEP * f64::from(at);
            let value = exp(log);
            let share = chances.iter().map(|(chance, sum)| chance * sum.share(value)).sum::<f64>() / all;
            (log, ln(share / (1.0 - share)))
        };
        // From the middle to both sides, as far as an end of an interval can be.
        let mut points: Vec<(f64, f64)> =
            (-POINTS..0).rev().map(point).take_while(|(_, logit)| *logit > -FAR).collect();
        points.reverse();
        points.extend((0..=POINTS).map(point).take_while(|(_, logit)| *logit < FAR));
        points.dedup_by(|next, last| next.1 <= last.1);
        Table { points }
    }

    fn quantile(&self, share: f64) -> f64 {
        let logit = ln(share / (1.0 - share));
        let above = self.points.partition_point(|(_, point)| *point < logit).clamp(1, self.points.len().max(2) - 1);
        let (Some(&(low, from)), Some(&(high, to))) = (self.points.get(above - 1), self.points.get(above)) else {
            return self.points.first().map_or(0.0, |point| exp(point.0));
        };
        exp(low + (logit - from) / (to - from) * (high - low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Credibility, Own};

    #[test]
    fn losses_have_intervals_with_their_ends_in_order() {
        let tail = [0.9, 0.5, 0.2, 0.05];
        let model = |mean| Credibility { mean, within: 9.0, between: 4.0 };
        let own = [Own { orders: 0, mean: 0.0, squares: 0.0 }];
        let interval = |mean: f64, tail: &[f64]| {
            let model = model(mean);
            Sums::new(Money::Credible(&model, &own), &[0], vec![Count::of(tail, 0)], |_| tail.to_vec(), 0.9)
                .interval(0, 0)
        };
        for none in [1.0, 0.9, 0.2, 0.08, 0.07, 0.01] {
            let tail = tail.map(|above| above * none);
            for mean in [0.01, 3.0, 40.0] {
                let (gain, loss) = (interval(mean, &tail), interval(-mean, &tail));
                assert_eq!(loss, [-gain[1], -gain[0]]);
                assert!(gain[0] <= gain[1] && 0.0 <= gain[0], "{mean} {none} {gain:?}");
            }
            let [low, high] = interval(0.0, &tail);
            assert!(low <= high && low == -high);
        }
        let loss = interval(-40.0, &tail);
        let mean = -40.0 * tail.iter().sum::<f64>();
        assert!(loss[0] < mean && mean < loss[1], "{loss:?}");
    }
}
