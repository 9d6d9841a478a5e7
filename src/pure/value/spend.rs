//! Gamma-gamma: what a customer spends per purchase.
//!
//! A customer's purchases vary around their own mean by a gamma distribution (p, ν), the ν by another (q, γ); the mean does not
//! depend on how often they buy (P. Fader, B. Hardie, "The gamma-gamma model of monetary value", 2013; P. Fader, B. Hardie, K. Lee,
//! "RFM and CLV", J. Marketing Research 42, 2005).

use rayon::prelude::*;

use super::ValueError;
use crate::numeric::gamma::{beta_share, digamma};
use crate::numeric::math::{exp, ln, ln_gamma};
use crate::numeric::minimise::bfgs;

/// Repeat purchases of a customer and their mean value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Repeat purchases, those that the mean is of; at least 1 to be fitted.
    pub repeats: u32,
    /// Their mean value; positive. Not read without repeats.
    pub mean: f64,
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
        let most = repeaters.iter().map(|spend| spend.repeats).max().unwrap_or(0) as usize;
        let negative = |logs: &[f64]| -> (f64, Vec<f64>) {
            let (p, q, gamma) = (exp(logs[0]), exp(logs[1]), exp(logs[2]));
            if [p, q, gamma].iter().any(|parameter| !(1e-9..=1e9).contains(parameter)) {
                return (f64::INFINITY, vec![0.0; 3]);
            }
            let mut table: Vec<Option<[f64; 4]>> = vec![None; most + 1];
            for spend in &repeaters {
                table[spend.repeats as usize].get_or_insert_with(|| {
                    let px = p * f64::from(spend.repeats);
                    [ln_gamma(px + q), ln_gamma(px), digamma(px + q), digamma(px)]
                });
            }
            let (gamma_q, psi_q) = (ln_gamma(q), digamma(q));
            let sums: Vec<[f64; 4]> = repeaters
                .par_chunks(1 << 13)
                .map(|spends| {
                    let mut sums = [0.0; 4];
                    for spend in spends {
                        let (x, m) = (f64::from(spend.repeats), spend.mean / unit);
                        let [upper, lower, psi_upper, psi_lower] = table[spend.repeats as usize].expect("filled above");
                        let (px, all) = (p * x, x * m + gamma);
                        sums[0] += upper - lower - gamma_q + q * ln(gamma) + (px - 1.0) * ln(m) + px * ln(x)
                            - (px + q) * ln(all);
                        sums[1] += x * (psi_upper - psi_lower + ln(m) + ln(x) - ln(all));
                        sums[2] += psi_upper - psi_q + ln(gamma) - ln(all);
                        sums[3] += q / gamma - (px + q) / all;
                    }
                    sums
                })
                .collect();
            let mut total = [0.0; 4];
            sums.iter().for_each(|part| total.iter_mut().zip(part).for_each(|(sum, part)| *sum += part));
            let scales = [p, q, gamma];
            (-total[0] / count, (0..3).map(|index| -total[index + 1] * scales[index] / count).collect())
        };
        let best = [[2.0f64, 3.0, 1.0], [6.0, 4.0, 0.5]]
            .iter()
            .map(|start| bfgs(&start.map(ln), 1e-9, 500, negative))
            .min_by(|a, b| a.value.total_cmp(&b.value))
            .expect("there are two starts");
        if !best.value.is_finite() || best.gradient > 1e-5 {
            return Err(ValueError::NoFit { gradient: best.gradient });
        }
        let correlation = correlation(&repeaters);
        Ok(GammaGamma {
            p: exp(best.at[0]),
            q: exp(best.at[1]),
            gamma: exp(best.at[2]) * unit,
            // A density per currency unit, not per mean spend.
            log_likelihood: -best.value * count - count * ln(unit),
            correlation,
        })
    }

    /// The expected mean value of a customer's purchases; of nobody in particular without repeats.
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

    /// The sum of so many purchases to come, as a distribution: `scale` times a beta prime of the two shapes (first, second).
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
                Spend { repeats: repeats.len() as u32, mean: repeats.iter().sum::<f64>() / repeats.len().max(1) as f64 }
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
        assert!((model.expected(&Spend { repeats: 0, mean: 0.0 }) - 35.171002).abs() < 1e-5);
        assert!((model.expected(&Spend { repeats: 2, mean: 22.35 }) - 24.658616).abs() < 1e-5);
        assert!(matches!(GammaGamma::fit(&[Spend { repeats: 1, mean: -2.0 }]), Err(ValueError::Money { row: 0, .. })));
        assert_eq!(GammaGamma::fit(&[Spend { repeats: 0, mean: 0.0 }]), Err(ValueError::NoRepeats));
    }
}
