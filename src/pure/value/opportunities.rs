//! BG/BB: purchases at opportunities that come for all customers at the same times, such as yearly donations or monthly deliveries.
//!
//! At each opportunity a customer who is still there buys with their own chance, a beta distribution (α, β); before each they may leave
//! with another, (γ, δ). P. Fader, B. Hardie, J. Shang, "Customer-base analysis in a discrete-time noncontractual setting", Marketing
//! Science 29(6), 2010.

use rayon::prelude::*;

use super::fitting;
use super::history::{Counted, History};
use super::outlook::{Purchases, Record, State, cut};
use super::{ValueError, aggregate};
use crate::numeric::gamma::ln_beta;
use crate::numeric::hypergeometric::hypergeometric;
use crate::numeric::math::{exp, ln, ln_gamma};

/// A fitted BG/BB model. Histories have whole numbers: `age` is the number of opportunities after the first purchase, `recency` the
/// last of them with a purchase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opportunities {
    /// First shape of the chance to buy.
    pub alpha: f64,
    /// Second shape.
    pub beta: f64,
    /// First shape of the chance to leave.
    pub gamma: f64,
    /// Second shape.
    pub delta: f64,
    /// The log likelihood of the histories it was fitted to.
    pub log_likelihood: f64,
}

impl Opportunities {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// When there is no customer, none has repeats, a history cannot be or is not of whole opportunities, or the search does not converge.
    pub fn fit(histories: &[History]) -> Result<Opportunities, ValueError> {
        Opportunities::fit_counted(&aggregate(histories)?)
    }

    /// Fits by maximum likelihood to histories that are counted already.
    ///
    /// # Errors
    /// As [`Opportunities::fit`].
    pub fn fit_counted(counted: &[Counted]) -> Result<Opportunities, ValueError> {
        if let Some((row, odd)) = counted.iter().enumerate().find(|(_, row)| !is_whole(&row.history)) {
            let History { repeats, recency, age } = odd.history;
            return Err(ValueError::History { row, repeats, recency, age });
        }
        if counted.is_empty() {
            return Err(ValueError::NoCustomers);
        }
        if counted.iter().all(|row| row.history.repeats == 0) {
            return Err(ValueError::NoRepeats);
        }
        let customers: f64 = counted.iter().map(|row| row.customers).sum();
        let value = |logs: &[f64]| -> f64 { -of_logs(logs).log_likelihood_of(counted) / customers };
        let with_gradient = |logs: &[f64]| (value(logs), fitting::slopes(logs, &value));
        let starts = [[1.0, 1.0, 0.5, 3.0], [0.5, 1.5, 1.0, 5.0], [2.0, 1.0, 1.0, 1.0]];
        let best = fitting::fit(&starts, customers, with_gradient, None::<fn(&[f64]) -> (f64, Vec<f64>)>)?;
        let model = of_logs(&best);
        Ok(Opportunities { log_likelihood: model.log_likelihood_of(counted), ..model })
    }

    /// The log likelihood of histories under this model.
    pub fn log_likelihood_of(&self, counted: &[Counted]) -> f64 {
        let parts: Vec<f64> = counted
            .par_chunks(1 << 9)
            .map(|rows| rows.iter().map(|row| row.customers * self.log_likelihood_of_one(&row.history)).sum())
            .collect();
        parts.iter().sum()
    }

    /// Equation 5 of the paper: alive after all opportunities, or gone before one of those after the last purchase.
    fn log_likelihood_of_one(&self, history: &History) -> f64 {
        let (x, last, all) = (f64::from(history.repeats), history.recency, history.age);
        let (bought, left) = (ln_beta(self.alpha, self.beta), ln_beta(self.gamma, self.delta));
        let mut ways = vec![self.there(history)];
        for silent in 0..(all - last) as u32 {
            let i = f64::from(silent);
            ways.push(
                ln_beta(self.alpha + x, self.beta + last - x + i) - bought
                    + ln_beta(self.gamma + 1.0, self.delta + last + i)
                    - left,
            );
        }
        let most = ways.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + ln(ways.iter().map(|way| exp(way - most)).sum())
    }

    /// The logarithm of the likelihood of a history of a customer who is still there after the last opportunity.
    fn there(&self, history: &History) -> f64 {
        let (x, all) = (f64::from(history.repeats), history.age);
        ln_beta(self.alpha + x, self.beta + all - x) - ln_beta(self.alpha, self.beta)
            + ln_beta(self.gamma, self.delta + all)
            - ln_beta(self.gamma, self.delta)
    }

    /// P(there after the last opportunity): the customer may still leave before the next.
    fn there_now(&self, history: &History) -> f64 {
        exp(self.there(history) - self.log_likelihood_of_one(history))
    }

    /// P(alive at the next opportunity), equation 11 of the paper.
    pub fn alive_next(&self, history: &History) -> f64 {
        let all = history.age;
        self.there_now(history) * (self.delta + all) / (self.gamma + self.delta + all)
    }

    /// The chance to buy expected of a customer in this state.
    fn chance(&self, state: &State) -> f64 {
        (self.alpha + f64::from(state.repeats)) / (self.alpha + self.beta + state.age)
    }

    /// P(still there at the opportunities 1, 2, … from now).
    fn stays(&self, state: &State) -> impl Iterator<Item = f64> {
        let (gamma, delta) = (self.gamma, self.delta + state.age);
        let mut stay = 1.0;
        (0..).map(move |passed| {
            stay *= (delta + f64::from(passed)) / (gamma + delta + f64::from(passed));
            stay
        })
    }
}

fn is_whole(history: &History) -> bool {
    let History { repeats, recency, age } = *history;
    recency.fract() == 0.0 && age.fract() == 0.0 && f64::from(repeats) <= recency && age <= 100_000.0
}

fn of_logs(logs: &[f64]) -> Opportunities {
    let [alpha, beta, gamma, delta] = [0, 1, 2, 3].map(|index| exp(logs[index]));
    Opportunities { alpha, beta, gamma, delta, log_likelihood: 0.0 }
}

impl Purchases for Opportunities {
    fn states(&self, record: &Record, states: &mut Vec<(f64, State)>) {
        let History { repeats, age, .. } = record.history;
        states.push((self.there_now(&record.history), State { repeats, age, phase: 0 }));
    }

    /// Of the opportunities within the horizon the customer sees the first i with the chance to leave before the next one; of those
    /// they use a beta-binomial number.
    fn tail(&self, state: &State, horizon: f64) -> Vec<f64> {
        let count = horizon.floor().max(0.0) as u32;
        let (a, b) = (self.alpha + f64::from(state.repeats), self.beta + state.age - f64::from(state.repeats));
        let mut chances = vec![0.0; count as usize + 1];
        let stays: Vec<f64> = self.stays(state).take(count as usize).collect();
        for seen in 0..=count as usize {
            let reach = if seen == 0 { 1.0 } else { stays[seen - 1] };
            let weight = reach - stays.get(seen).copied().unwrap_or(0.0);
            let n = seen as f64;
            for used in 0..=seen {
                let y = used as f64;
                let ways = ln_gamma(n + 1.0) - ln_gamma(y + 1.0) - ln_gamma(n - y + 1.0);
                chances[used] += weight * exp(ways + ln_beta(a + y, b + n - y) - ln_beta(a, b));
            }
        }
        let mut above: Vec<f64> = chances
            .iter()
            .rev()
            .scan(0.0, |sum, chance| {
                Some({
                    *sum += chance;
                    *sum
                })
            })
            .collect();
        above.reverse();
        above.remove(0);
        if above.is_empty() { vec![0.0] } else { cut(above) }
    }

    /// Equation 13 of the paper, as a sum.
    fn mean(&self, state: &State, horizon: f64) -> f64 {
        self.chance(state) * self.stays(state).take(horizon.floor().max(0.0) as usize).sum::<f64>()
    }

    /// Equation 14 of the paper; the next opportunity is one period away. `discount` is continuous: 1 + d = e^`discount`.
    fn residual(&self, state: &State, discount: f64) -> f64 {
        let kept = exp(-discount);
        let n = state.age;
        let (gamma, delta) = (self.gamma, self.delta + n);
        let first = delta / (gamma + delta);
        self.chance(state) * first * kept * hypergeometric(1.0, delta + 1.0, gamma + delta + 1.0, kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONATIONS: Opportunities =
        Opportunities { alpha: 1.2035224, beta: 0.7497164, gamma: 0.6567182, delta: 2.7834421, log_likelihood: 0.0 };

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    fn one(repeats: u32, recency: f64) -> (f64, State) {
        let mut states = Vec::new();
        DONATIONS.states(&History { repeats, recency, age: 6.0 }.into(), &mut states);
        states[0]
    }

    #[test]
    fn matches_fader_hardie_shang_2010_at_the_parameters_of_their_donations() {
        let history = |repeats, recency| History { repeats, recency, age: 6.0 };
        // P(alive at 7), the donations of the next five years and residual value at 10 %, computed apart from this program.
        near(DONATIONS.alive_next(&history(0, 0.0)), 0.108133, 1e-6);
        near(DONATIONS.alive_next(&history(1, 6.0)), 0.930434, 1e-6);
        near(DONATIONS.alive_next(&history(3, 4.0)), 0.439594, 1e-6);
        let yearly = ln(1.1);
        let cases = [
            (0, 0.0, 0.072863, 0.114753),
            (1, 6.0, 1.147885, 1.807808),
            (3, 4.0, 1.034572, 1.629350),
            (6, 6.0, 3.752544, 5.909894),
        ];
        for (repeats, recency, next, residual) in cases {
            let (weight, state) = one(repeats, recency);
            near(weight * DONATIONS.mean(&state, 5.0), next, 2e-6);
            near(weight * DONATIONS.residual(&state, yearly), residual, 2e-6);
        }
        let (weight, state) = one(3, 6.0);
        near(weight * DONATIONS.residual(&state, yearly), 3.448642, 2e-6);
    }

    #[test]
    fn tail_mean_and_residual_are_of_one_model() {
        let (_, state) = one(3, 5.0);
        let tail = DONATIONS.tail(&state, 8.0);
        near(tail.iter().sum(), DONATIONS.mean(&state, 8.0), 1e-9);
        let series: f64 =
            DONATIONS.stays(&state).take(4000).zip(1..).map(|(stay, year)| stay * exp(-0.1 * f64::from(year))).sum();
        near(DONATIONS.residual(&state, 0.1), DONATIONS.chance(&state) * series, 1e-9);
        assert_eq!(DONATIONS.tail(&state, 0.4), [0.0]);
    }

    #[test]
    fn the_likelihood_counts_every_way_to_a_history() {
        // All 2⁴ histories of four opportunities: their likelihoods, each times the number of orders of its purchases, sum to 1.
        let mut sum = 0.0;
        for pattern in 0u32..16 {
            let (repeats, last) = (pattern.count_ones(), (32 - pattern.leading_zeros()));
            let history = History { repeats, recency: f64::from(last), age: 4.0 };
            sum += exp(DONATIONS.log_likelihood_of_one(&history));
        }
        near(sum, 1.0, 1e-12);
    }

    #[test]
    fn fits_what_was_drawn_and_refuses_what_is_not_whole() {
        let odd = [History { repeats: 1, recency: 0.5, age: 4.0 }];
        assert!(matches!(Opportunities::fit(&odd), Err(ValueError::History { .. })));
        // Every history with the number of customers that the model expects: the fit must come back to where it came from.
        let mut counted = Vec::new();
        for repeats in 0u32..=6 {
            for recency in repeats..=6 {
                if (repeats == 0) != (recency == 0) {
                    continue;
                }
                let history = History { repeats, recency: f64::from(recency), age: 6.0 };
                // Orders of the purchases before the last one.
                let orders = if repeats == 0 {
                    1.0
                } else {
                    exp(ln_gamma(f64::from(recency))
                        - ln_gamma(f64::from(repeats))
                        - ln_gamma(f64::from(recency - repeats) + 1.0))
                };
                counted.push(Counted {
                    history,
                    customers: 1e4 * orders * exp(DONATIONS.log_likelihood_of_one(&history)),
                });
            }
        }
        let model = Opportunities::fit_counted(&counted).expect("converges");
        for (found, expected) in [
            (model.alpha, DONATIONS.alpha),
            (model.beta, DONATIONS.beta),
            (model.gamma, DONATIONS.gamma),
            (model.delta, DONATIONS.delta),
        ] {
            near(found / expected, 1.0, 1e-3);
        }
    }
}
