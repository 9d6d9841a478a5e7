//! sBG: contracts that are renewed period by period, each customer with their own chance not to renew.
//!
//! The chance follows a beta distribution (γ, δ), so that renewal rates of a cohort rise with tenure by sorting alone. P. Fader,
//! B. Hardie, "How to project customer retention", J. of Interactive Marketing 21(1), 2007; residual value: the same,
//! "Customer-base valuation in a contractual setting: the perils of ignoring heterogeneity", Marketing Science 29(1), 2010.

use super::ValueError;
use super::fitting;
use crate::numeric::gamma::{digamma, ln_beta};
use crate::numeric::hypergeometric::hypergeometric;
use crate::numeric::math::{exp, ln};

/// Contracts with the same past.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Whole periods that were paid for, at least 1.
    pub periods: u32,
    /// Whether the contract then ended; if not, it goes on.
    pub ended: bool,
    /// How many contracts.
    pub contracts: f64,
}

/// A fitted shifted-beta-geometric model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftedBetaGeometric {
    /// First shape of the chance not to renew.
    pub gamma: f64,
    /// Second shape.
    pub delta: f64,
    /// The log likelihood of the contracts it was fitted to.
    pub log_likelihood: f64,
}

impl ShiftedBetaGeometric {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// When there is no contract, none ended or none was renewed, or the search does not converge.
    pub fn fit(terms: &[Term]) -> Result<ShiftedBetaGeometric, ValueError> {
        let contracts: f64 = terms.iter().map(|term| term.contracts).sum();
        if contracts <= 0.0 || terms.iter().any(|term| term.periods == 0) {
            return Err(ValueError::NoCustomers);
        }
        if !terms.iter().any(|term| term.ended) || !terms.iter().any(|term| term.periods > 1 || !term.ended) {
            return Err(ValueError::NoEnds);
        }
        let negative = |logs: &[f64]| -> (f64, Vec<f64>) {
            let (gamma, delta) = (exp(logs[0]), exp(logs[1]));
            let (mut value, mut by_gamma, mut by_delta) = (0.0, 0.0, 0.0);
            for term in terms {
                // B(γ + 1, δ + n − 1) / B(γ, δ) for an end after n periods, B(γ, δ + n − 0) / B(γ, δ) for none yet.
                let (up, on) = shifts(term);
                let both = digamma(gamma + delta) - digamma(gamma + delta + up + on);
                value += term.contracts * (ln_beta(gamma + up, delta + on) - ln_beta(gamma, delta));
                by_gamma += term.contracts * (digamma(gamma + up) - digamma(gamma) + both);
                by_delta += term.contracts * (digamma(delta + on) - digamma(delta) + both);
            }
            (-value / contracts, vec![-by_gamma * gamma / contracts, -by_delta * delta / contracts])
        };
        let none = None::<fn(&[f64]) -> (f64, Vec<f64>)>;
        let best = fitting::fit(&[[1.0, 1.0], [0.5, 5.0]], contracts, negative, none)?;
        Ok(ShiftedBetaGeometric {
            gamma: exp(best[0]),
            delta: exp(best[1]),
            log_likelihood: -negative(&best).0 * contracts,
        })
    }

    /// The renewal rate of customers who have paid `periods` periods (at least 1): r = (δ + n − 1) / (γ + δ + n − 1).
    pub fn renewal(&self, periods: u32) -> f64 {
        let n = f64::from(periods.max(1));
        (self.delta + n - 1.0) / (self.gamma + self.delta + n - 1.0)
    }

    /// The share of new contracts that are still there after so many renewals.
    pub fn survival(&self, renewals: u32) -> f64 {
        exp(ln_beta(self.gamma, self.delta + f64::from(renewals)) - ln_beta(self.gamma, self.delta))
    }

    /// P(at least n of the next renewals) for n = 1 … `most`, of a customer who has paid `periods` periods.
    pub fn renewals(&self, periods: u32, most: u32) -> Vec<f64> {
        let rates = (0..most).map(|ahead| self.renewal(periods + ahead));
        rates
            .scan(1.0, |stay, rate| {
                *stay *= rate;
                Some(*stay)
            })
            .collect()
    }

    /// Discounted expected payments of a new contract, the first now: ₂F₁(1, δ; γ + δ; 1/(1 + d)), `discount` d per period, above 0.
    pub fn lifetime(&self, discount: f64) -> f64 {
        hypergeometric(1.0, self.delta, self.gamma + self.delta, 1.0 / (1.0 + discount))
    }

    /// Discounted expected payments still to come of a customer who has paid `periods` periods (at least 1) and is about to renew, the
    /// first now if they do.
    pub fn residual(&self, periods: u32, discount: f64) -> f64 {
        let before = f64::from(periods.max(1));
        let (gamma, delta) = (self.gamma, self.delta + before);
        self.renewal(periods) * hypergeometric(1.0, delta, gamma + delta, 1.0 / (1.0 + discount))
    }
}

/// What is added to γ and to δ by a contract's past: it was renewed `periods` − 1 times, and ended or may end next.
fn shifts(term: &Term) -> (f64, f64) {
    (if term.ended { 1.0 } else { 0.0 }, f64::from(term.periods - 1))
}

/// The share of a period's discount: an interest rate per year as one per period of so many days.
pub fn per_period(yearly: f64, days: f64) -> f64 {
    exp(ln(1.0 + yearly) * days / 365.25) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    /// Customers left of 1,000 after each year, of the paper's table 1.
    const REGULAR: [f64; 8] = [1000.0, 631.0, 468.0, 382.0, 326.0, 289.0, 262.0, 241.0];
    const HIGH_END: [f64; 8] = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0];

    fn terms(left: &[f64]) -> Vec<Term> {
        let ends =
            left.windows(2).zip(1..).map(|(pair, periods)| Term { periods, ended: true, contracts: pair[0] - pair[1] });
        let on = Term { periods: left.len() as u32, ended: false, contracts: left[left.len() - 1] };
        ends.chain([on]).collect()
    }

    #[test]
    fn matches_fader_hardie_2007() {
        let cases = [
            (&REGULAR, 0.7040773, 1.1820431, -1680.26519, 0.17004),
            (&HIGH_END, 0.6680884, 3.8060955, -1611.15815, 0.37800),
        ];
        for (left, gamma, delta, likelihood, after_twelve) in cases {
            let model = ShiftedBetaGeometric::fit(&terms(left)).expect("converges");
            near(model.gamma / gamma, 1.0, 1e-5);
            near(model.delta / delta, 1.0, 1e-5);
            near(model.log_likelihood, likelihood, 1e-4);
            near(model.survival(12), after_twelve, 1e-5);
        }
    }

    #[test]
    fn residual_values_match_fader_hardie_2010() {
        let regular = ShiftedBetaGeometric { gamma: 0.7040773, delta: 1.1820431, log_likelihood: 0.0 };
        let high_end = ShiftedBetaGeometric { gamma: 0.6680884, delta: 3.8060955, log_likelihood: 0.0 };
        near(regular.lifetime(0.1), 3.694909, 1e-6);
        near(high_end.lifetime(0.1), 5.922254, 1e-6);
        for (periods, low, high) in
            [(1, 2.964399, 5.414479), (2, 4.103140, 5.901378), (5, 5.894095, 6.896707), (7, 6.575655, 7.344721)]
        {
            near(regular.residual(periods, 0.1), low, 1e-6);
            near(high_end.residual(periods, 0.1), high, 1e-6);
        }
        for (periods, low, high) in [(1, 0.6267, 0.8507), (2, 0.7560, 0.8780), (3, 0.8188, 0.8968), (8, 0.9208, 0.9418)]
        {
            near(regular.renewal(periods), low, 5e-5);
            near(high_end.renewal(periods), high, 5e-5);
        }
        // The closed form is the series of renewals.
        let series: f64 = regular.renewals(3, 2000).iter().zip(0..).map(|(stay, year)| stay / 1.1f64.powi(year)).sum();
        near(regular.residual(3, 0.1), series, 1e-9);
    }

    #[test]
    fn clear_outcomes_without_ends_renewals_or_contracts() {
        assert_eq!(ShiftedBetaGeometric::fit(&[]), Err(ValueError::NoCustomers));
        let on = Term { periods: 3, ended: false, contracts: 10.0 };
        assert_eq!(ShiftedBetaGeometric::fit(&[on]), Err(ValueError::NoEnds));
        let over = Term { periods: 1, ended: true, contracts: 10.0 };
        assert_eq!(ShiftedBetaGeometric::fit(&[over]), Err(ValueError::NoEnds));
        near(per_period(0.1, 365.25), 0.1, 1e-12);
    }
}
