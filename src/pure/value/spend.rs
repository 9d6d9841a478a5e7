//! Gamma-gamma: what a customer spends per purchase.
//!
//! A customer's purchases vary around their own mean by a gamma distribution (p, ν), the ν by another (q, γ); the mean does not
//! depend on how often they buy (P. Fader, B. Hardie, "The gamma-gamma model of monetary value", 2013; P. Fader, B. Hardie, K. Lee,
//! "RFM and CLV", J. Marketing Research 42, 2005).

use rayon::prelude::*;

use super::ValueError;
use super::fitting;
use crate::numeric::gamma::{beta_share, digamma};
use crate::numeric::math::{exp, ln, ln_gamma};

/// With more customers than this the search begins with a part of them.
const MANY: usize = 50_000;
/// About how many customers that part has.
const PART: usize = 10_000;

/// Repeat purchases of a customer and their mean value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Repeat purchases, those that the mean is of; at least 1 to be fitted.
    pub repeats: u32,
    /// Their mean value; positive. Not read without repeats.
    pub mean: f64,
    /// The share of all purchases to come that such money is of: 1 where no purchase is without, as this model takes it. It is not
    /// fitted, but what is forecast is multiplied by it.
    pub share: f64,
}

/// A fitted gamma-gamma model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    /// Shape of one customer's purchases.
    pub p: f64,
    /// Shape of the distribution of their scale.
    pub q: f64,
    /// Scale of that distribution, in the currency.
    pub gamma: f64,
    /// The log likelihood of the spends it was fitted to.
    pub log_likelihood: f64,
    /// Correlation of repeats and mean spend over the customers it was fitted to: the model takes it for 0.
    pub correlation: f64,
}

impl GammaGamma {
    /// Fits by maximum likelihood to the customers with repeats.
    ///
    /// # Errors
    /// When there is none, a mean is not positive and finite, or the search does not converge.
    pub fn fit(spends: &[Spend]) -> Result<GammaGamma, ValueError> {
        let repeaters: Vec<Spend> = spends.iter().copied().filter(|spend| spend.repeats > 0).collect();
        if repeaters.is_empty() {
            return Err(ValueError::NoRepeats);
        }
        if let Some(row) =
            spends.iter().position(|spend| spend.repeats > 0 && !(spend.mean > 0.0 && spend.mean.is_finite()))
        {
            return Err(ValueError::Money { row, money: spends[row].mean });
        }
        let count = repeaters.len() as f64;
        let unit = repeaters.iter().map(|spend| spend.mean).sum::<f64>() / count;
        let sample = Sample::new(&repeaters, unit);
        let few = (repeaters.len() > MANY).then(|| {
            let few: Vec<Spend> = repeaters.iter().step_by(repeaters.len() / PART).copied().collect();
            Sample::new(&few, unit)
        });
        let few = few.as_ref().map(|few| |logs: &[f64]| few.negative(logs));
        let best = fitting::fit(&[[2.0, 3.0, 1.0], [6.0, 4.0, 0.5]], count, |logs| sample.negative(logs), few)?;
        Ok(GammaGamma {
            p: exp(best[0]),
            q: exp(best[1]),
            gamma: exp(best[2]) * unit,
            // A density per currency unit, not per mean spend.
            log_likelihood: -sample.negative(&best).0 * count - count * ln(unit),
            correlation: correlation(&repeaters),
        })
    }

    /// The expected mean value of a customer's purchases with money; of nobody in particular without repeats.
    pub fn expected(&self, spend: &Spend) -> f64 {
        let x = f64::from(spend.repeats);
        let seen = if spend.repeats > 0 { x * spend.mean } else { 0.0 };
        self.p * (self.gamma + seen) / (self.p * x + self.q - 1.0)
    }

    /// Why the model must not be used, if it must not: with q at most 1 the mean over customers is infinite, and with a correlation above
    /// [`TOGETHER`] its first assumption does not hold.
    pub fn refusal(&self) -> Option<ValueError> {
        if self.q <= 1.0 {
            return Some(ValueError::NoMeanSpend { q: self.q });
        }
        (self.correlation > TOGETHER).then_some(ValueError::SpendWithFrequency { correlation: self.correlation })
    }

    /// The sum of so many purchases with money to come, as a distribution: `scale` times a beta prime of the two shapes (first, second).
    pub fn total(&self, spend: &Spend, purchases: u32) -> BetaPrime {
        let x = f64::from(spend.repeats);
        let seen = if spend.repeats > 0 { x * spend.mean } else { 0.0 };
        BetaPrime { first: self.p * f64::from(purchases), second: self.p * x + self.q, scale: self.gamma + seen }
    }
}

/// Above this correlation of frequency and mean spend the gamma-gamma model is refused.
pub const TOGETHER: f64 = 0.3;

/// A beta prime distribution times a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaPrime {
    /// First shape.
    pub first: f64,
    /// Second shape: the tail's power.
    pub second: f64,
    /// What it is multiplied with.
    pub scale: f64,
}

impl BetaPrime {
    /// P(at most `value`).
    pub fn share(&self, value: f64) -> f64 {
        if value <= 0.0 { 0.0 } else { beta_share(self.first, self.second, value / (self.scale + value)) }
    }
}

/// What the likelihood needs: the money of each customer, and what depends on the number of purchases alone summed by that number.
struct Sample {
    /// Purchases and money of each customer, in units of the mean.
    rows: Vec<(u32, f64)>,
    /// Customers by number of purchases.
    counts: Vec<f64>,
    /// Σ ln m and Σ x·ln(x·m) over customers.
    logs: [f64; 2],
}

impl Sample {
    fn new(spends: &[Spend], unit: f64) -> Sample {
        let most = spends.iter().map(|spend| spend.repeats).max().unwrap_or(0) as usize;
        let mut sample = Sample { rows: Vec::with_capacity(spends.len()), counts: vec![0.0; most + 1], logs: [0.0; 2] };
        for spend in spends {
            let (x, m) = (f64::from(spend.repeats), spend.mean / unit);
            sample.rows.push((spend.repeats, x * m));
            sample.counts[spend.repeats as usize] += 1.0;
            sample.logs[0] += ln(m);
            sample.logs[1] += x * ln(x * m);
        }
        sample
    }

    /// Mean negative log likelihood and its gradient in the logarithms of p, q and γ: P. Fader, B. Hardie, "The gamma-gamma model of
    /// monetary value", 2013, equation 1a.
    fn negative(&self, logs: &[f64]) -> (f64, Vec<f64>) {
        let (p, q, gamma) = (exp(logs[0]), exp(logs[1]), exp(logs[2]));
        let (gamma_q, psi_q) = (ln_gamma(q), digamma(q));
        let mut total = [p * self.logs[1] - self.logs[0], self.logs[1], 0.0, 0.0];
        for (x, &customers) in self.counts.iter().enumerate().filter(|(_, customers)| **customers > 0.0) {
            let (x, px) = (x as f64, p * x as f64);
            total[0] += customers * (ln_gamma(px + q) - ln_gamma(px) - gamma_q + q * logs[2]);
            total[1] += customers * x * (digamma(px + q) - digamma(px));
            total[2] += customers * (digamma(px + q) - psi_q + logs[2]);
            total[3] += customers * q / gamma;
        }
        // Chunks of one size whatever the threads, added in order.
        let sums: Vec<[f64; 4]> = self
            .rows
            .par_chunks(1 << 13)
            .map(|rows| {
                let mut sums = [0.0; 4];
                for &(x, money) in rows {
                    let (x, log) = (f64::from(x), ln(money + gamma));
                    let power = p * x + q;
                    sums[0] -= power * log;
                    sums[1] -= x * log;
                    sums[2] -= log;
                    sums[3] -= power / (money + gamma);
                }
                sums
            })
            .collect();
        sums.iter().for_each(|part| total.iter_mut().zip(part).for_each(|(sum, part)| *sum += part));
        let (own, count) = ([p, q, gamma], self.rows.len() as f64);
        (-total[0] / count, (0..3).map(|at| -total[at + 1] * own[at] / count).collect())
    }
}

fn correlation(spends: &[Spend]) -> f64 {
    let count = spends.len() as f64;
    let mean = |value: fn(&Spend) -> f64| spends.iter().map(value).sum::<f64>() / count;
    let (repeats, money) = (mean(|spend| f64::from(spend.repeats)), mean(|spend| spend.mean));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for spend in spends {
        let (x, y) = (f64::from(spend.repeats) - repeats, spend.mean - money);
        (xy, xx, yy) = (xy + x * y, xx + x * x, yy + y * y);
    }
    if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::cdnow;

    #[test]
    fn matches_fader_hardie_2013_on_cdnow() {
        let Some(purchases) = cdnow::purchases() else { return };
        let spends: Vec<Spend> = purchases
            .into_values()
            .map(|days| {
                let repeats: Vec<f64> = days.range(..=272).skip(1).map(|(_, spent)| *spent).collect();
                Spend {
                    repeats: repeats.len() as u32,
                    mean: repeats.iter().sum::<f64>() / repeats.len().max(1) as f64,
                    share: 1.0,
                }
            })
            .filter(|spend| spend.repeats == 0 || spend.mean > 0.0)
            .collect();
        let model = GammaGamma::fit(&spends).expect("converges");
        assert_eq!(spends.iter().filter(|spend| spend.repeats > 0).count(), 946);
        // Published 6.25, 3.74, 15.44 with means rounded to the cent.
        for (found, expected) in [(model.p, 6.25), (model.q, 3.74), (model.gamma, 15.44)] {
            assert!((found / expected - 1.0).abs() < 5e-3, "{model:?}");
        }
        assert!((model.log_likelihood + 4055.92324).abs() < 0.5, "{model:?}");
    }

    #[test]
    fn matches_published_expectations() {
        let model = GammaGamma { p: 6.2488027, q: 3.7445884, gamma: 15.4477472, log_likelihood: 0.0, correlation: 0.0 };
        assert!((model.expected(&Spend { repeats: 0, mean: 0.0, share: 1.0 }) - 35.171002).abs() < 1e-5);
        assert!((model.expected(&Spend { repeats: 2, mean: 22.35, share: 1.0 }) - 24.658616).abs() < 1e-5);
        assert!(matches!(
            GammaGamma::fit(&[Spend { repeats: 1, mean: -2.0, share: 1.0 }]),
            Err(ValueError::Money { row: 0, .. })
        ));
        assert_eq!(GammaGamma::fit(&[Spend { repeats: 0, mean: 0.0, share: 1.0 }]), Err(ValueError::NoRepeats));
    }
}
