//! Pareto/NBD: purchases come at a customer's own rate until the customer drops out, at any moment.
//!
//! Purchase rates vary by a gamma distribution (r, α), drop-out rates by another (s, β). D. Schmittlein, D. Morrison, R. Colombo,
//! "Counting your customers: who are they and what will they do next?", Management Science 33(1), 1987; the likelihood as
//! P. Fader, B. Hardie, "A note on deriving the Pareto/NBD model and related expressions", 2005.

use rayon::prelude::*;

use super::fitting::{self, systematic};
use super::history::{Counted, History};
use super::outlook::{Purchases, Record, State, cut, purchases_within};
use super::pareto_likelihood::{Gone, Sample};
use super::{ValueError, aggregate};
use crate::numeric::hypergeometric::scaled_exponential_integral;
use crate::numeric::integrate::{nodes, panels};
use crate::numeric::math::{exp, exp_m1, ln, ln_1p, ln_gamma};

/// With more customers than this the search begins with a part of them.
const MANY: f64 = 4_000.0;
/// Customers of that part.
const PART: f64 = 2_000.0;

/// A fitted Pareto/NBD model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pareto {
    /// Shape of the distribution of purchase rates.
    pub r: f64,
    /// Rate of that distribution, in the unit of time of the histories.
    pub alpha: f64,
    /// Shape of the distribution of drop-out rates.
    pub s: f64,
    /// Rate of that distribution, in the unit of time of the histories.
    pub beta: f64,
    /// The log likelihood of the histories it was fitted to.
    pub log_likelihood: f64,
}

impl Pareto {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// When there is no customer, none has repeats, a history cannot be, or the search does not converge.
    pub fn fit(histories: &[History]) -> Result<Pareto, ValueError> {
        Pareto::fit_counted(&aggregate(histories)?)
    }

    /// Fits by maximum likelihood to histories that are counted already.
    ///
    /// # Errors
    /// As [`Pareto::fit`].
    pub fn fit_counted(counted: &[Counted]) -> Result<Pareto, ValueError> {
        let customers: f64 = counted.iter().map(|row| row.customers).sum();
        if counted.is_empty() || customers <= 0.0 {
            return Err(ValueError::NoCustomers);
        }
        if counted.iter().all(|row| row.history.repeats == 0) {
            return Err(ValueError::NoRepeats);
        }
        // In units of the mean age all parameters are of the size of 1, whatever the caller's unit.
        let unit = counted.iter().map(|row| row.customers * row.history.age).sum::<f64>() / customers;
        let sample = Sample::new(counted, unit);
        let few = systematic(counted, MANY, PART).map(|few| Sample::new(&few, unit));
        let starts: [[f64; 4]; 2] = [[0.5, 0.3, 0.6, 0.4], [0.8, 0.2, 0.3, 2.0]];
        let of = |sample: &Sample, logs: &[f64]| {
            let (value, gradient) = sample.negative(Pareto::of_logs(logs).parameters());
            (value, gradient.to_vec())
        };
        let few = few.as_ref().map(|few| |logs: &[f64]| of(few, logs));
        let scaled = Pareto::of_logs(&fitting::fit(&starts, customers, |logs| of(&sample, logs), few)?);
        let mut model = Pareto { alpha: scaled.alpha * unit, beta: scaled.beta * unit, ..scaled };
        model.log_likelihood = model.log_likelihood_of(counted);
        Ok(model)
    }

    /// r, α, s and β.
    pub(super) fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    /// The log likelihood of histories under this model.
    pub fn log_likelihood_of(&self, counted: &[Counted]) -> f64 {
        let Pareto { r, alpha, s, beta, .. } = *self;
        let sums: Vec<f64> = counted
            .par_chunks(1 << 10)
            .map(|rows| {
                let term = |row: &Counted| {
                    let History { repeats, age, .. } = row.history;
                    let x = f64::from(repeats);
                    let both = ln_gamma(r + x) - ln_gamma(r) + r * ln(alpha) + s * ln(beta);
                    let alive = -(r + x) * ln(alpha + age) - s * ln(beta + age);
                    let gone = self.log_gone(&row.history);
                    let most = alive.max(gone);
                    row.customers * (both + most + ln(exp(alive - most) + exp(gone - most)))
                };
                rows.iter().map(term).sum()
            })
            .collect();
        sums.iter().sum()
    }

    /// The probability that a customer has not dropped out.
    pub fn alive(&self, history: &History) -> f64 {
        let Pareto { r, alpha, s, beta, .. } = *self;
        let x = f64::from(history.repeats);
        let odds = (r + x) * ln(alpha + history.age) + s * ln(beta + history.age) + self.log_gone(history);
        1.0 / (1.0 + exp(odds))
    }

    /// The probability of no purchase within `horizon` from the as-of date: gone already, or still there and silent to its end, or
    /// leaving in it before a purchase.
    pub fn no_purchase(&self, history: &History, horizon: f64) -> f64 {
        let shape = self.r + f64::from(history.repeats);
        let (rate, leaving) = (self.alpha + history.age, self.beta + history.age);
        let silent = |time: f64| -shape * ln_1p(time / rate) - self.s * ln_1p(time / leaving);
        let leaves = panels(0.0, horizon, 4, |time| self.s / (leaving + time) * exp(silent(time)));
        let alive = self.alive(history);
        1.0 - alive + alive * (exp(silent(horizon)) + leaves)
    }

    /// The expected number of purchases within `horizon` from the as-of date.
    pub fn expected(&self, history: &History, horizon: f64) -> f64 {
        self.expected_alive(history.repeats, history.age, horizon) * self.alive(history)
    }

    fn expected_alive(&self, repeats: u32, age: f64, horizon: f64) -> f64 {
        let leaving = self.beta + age;
        let log = -ln_1p(horizon / leaving);
        let u = self.s - 1.0;
        // (1 − ((β+T)/(β+T+t))^(s−1)) / (s − 1), which has a limit at s = 1.
        let stay = if u.abs() < 1e-12 { -log } else { -exp_m1(u * log) / u };
        (self.r + f64::from(repeats)) * leaving / (self.alpha + age) * stay
    }

    /// The logarithm of the likelihood of having dropped out between the last purchase and now, less what it shares with the other way.
    fn log_gone(&self, history: &History) -> f64 {
        ln(self.s) + Gone::new(self.parameters(), f64::from(history.repeats), history.recency, history.age).log
    }

    /// A model of the logarithms of its parameters.
    pub(super) fn of_logs(logs: &[f64]) -> Pareto {
        Pareto { r: exp(logs[0]), alpha: exp(logs[1]), s: exp(logs[2]), beta: exp(logs[3]), log_likelihood: 0.0 }
    }
}

impl Purchases for Pareto {
    fn states(&self, record: &Record, states: &mut Vec<(f64, State)>) {
        let History { repeats, age, .. } = record.history;
        states.push((self.alive(&record.history), State { repeats, age, phase: 0 }));
    }

    /// The purchases up to the horizon or to the day of dropping out, whichever is first; the day follows a Pareto distribution.
    fn tail(&self, state: &State, horizon: f64) -> Vec<f64> {
        let (shape, rate) = (self.r + f64::from(state.repeats), self.alpha + state.age);
        let leaving = self.beta + state.age;
        let stays = |time: f64| exp(-self.s * ln_1p(time / leaving));
        let mut tail = purchases_within(shape, rate, 1, 0, horizon);
        tail.iter_mut().for_each(|come| *come *= stays(horizon));
        // On a log scale: the first purchases may come soon.
        let unit = rate.min(leaving) / shape.max(1.0);
        for (log, weight) in nodes(0.0, ln_1p(horizon / unit), 5) {
            let time = unit * exp_m1(log);
            let leaves = weight * (unit + time) * self.s / (leaving + time) * stays(time);
            let come = purchases_within(shape, rate, 1, 0, time);
            tail.iter_mut().zip(come).for_each(|(sum, come)| *sum += leaves * come);
        }
        cut(tail)
    }

    fn mean(&self, state: &State, horizon: f64) -> f64 {
        self.expected_alive(state.repeats, state.age, horizon)
    }

    /// ∫ of the hazard of a purchase while neither it nor dropping out has come.
    fn first(&self, state: &State, time: f64) -> f64 {
        let (shape, rate) = (self.r + f64::from(state.repeats), self.alpha + state.age);
        let leaving = self.beta + state.age;
        // On a log scale: a purchase may come soon or late.
        let unit = rate.min(leaving) / shape.max(1.0);
        panels(0.0, ln_1p(time / unit), 5, |log| {
            let at = unit * exp_m1(log);
            (unit + at) * shape / (rate + at) * exp(-shape * ln_1p(at / rate) - self.s * ln_1p(at / leaving))
        })
    }

    /// P. Fader, B. Hardie, K. Lee, "RFM and CLV", 2005, equation 2, less the probability of being there.
    fn residual(&self, state: &State, discount: f64) -> f64 {
        let (rate, leaving) = (self.alpha + state.age, self.beta + state.age);
        let all = leaving * scaled_exponential_integral(self.s, discount * leaving);
        (self.r + f64::from(state.repeats)) / rate * all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::curvature::hessian;
    use crate::numeric::linear::solve_symmetric;
    use crate::numeric::math::pow;
    use crate::value::cdnow;

    const FITTED: Pareto =
        Pareto { r: 0.5532755, alpha: 10.5776127, s: 0.6062136, beta: 11.6679119, log_likelihood: 0.0 };

    #[test]
    fn matches_fader_hardie_2005_on_cdnow() {
        let Some(histories) = cdnow::histories() else { return };
        let model = Pareto::fit(&histories).expect("converges");
        // Published .553, 10.578, .606, 11.669 and −9595.0; the further digits were derived again with an independent program.
        for (found, expected) in
            [(model.r, FITTED.r), (model.alpha, FITTED.alpha), (model.s, FITTED.s), (model.beta, FITTED.beta)]
        {
            assert!((found / expected - 1.0).abs() < 1e-3, "{model:?}");
        }
        assert!((model.log_likelihood + 9594.97393).abs() < 1e-3, "{model:?}");
    }

    #[test]
    fn matches_published_customer() {
        let heavy = History { repeats: 26, recency: 30.86, age: 31.0 };
        assert!((FITTED.alive(&heavy) - 0.99791796).abs() < 1e-7);
        assert!((FITTED.expected(&heavy, 52.0) - 25.4567).abs() < 1e-3);
        assert!((FITTED.no_purchase(&heavy, 0.0) - 1.0).abs() < 1e-12);
        assert!(FITTED.no_purchase(&heavy, 52.0) < 0.1);
        let once = History { repeats: 0, recency: 0.0, age: 38.86 };
        assert!((0.1..0.9).contains(&FITTED.alive(&once)), "who bought once need not be alive");
    }

    #[test]
    fn silence_agrees_with_a_closed_form() {
        // With α + T = β + T the integral is s / (r + x + s) · (1 − silence).
        let even = Pareto { alpha: 10.0, beta: 10.0, ..FITTED };
        let history = History { repeats: 3, recency: 20.0, age: 30.0 };
        let silence: f64 = pow(40.0f64 / 53.0, even.r + 3.0 + even.s);
        let leaves = even.s / (even.r + 3.0 + even.s) * (1.0 - silence);
        let alive = even.alive(&history);
        let expected = 1.0 - alive + alive * (silence + leaves);
        assert!((even.no_purchase(&history, 13.0) - expected).abs() < 1e-10);
    }

    #[test]
    fn matches_clvtools_standard_errors_on_cdnow() {
        let Some(histories) = cdnow::histories() else { return };
        let counted = aggregate(&histories).expect("sound");
        let model = Pareto::fit_counted(&counted).expect("converges");
        // As CLVTools' tests have them, in the parameters' own units; ours are of their logarithms: the roots of the diagonal of the inverse of
        // the second derivatives.
        let own = model.parameters();
        let sample = Sample::new(&counted, 1.0);
        let gradient = |logs: &[f64]| sample.negative(Pareto::of_logs(logs).parameters()).1.to_vec();
        let curvature = hessian(&own.map(ln), 1e-4, gradient);
        let errors = [0, 1, 2, 3].map(|at| {
            let mut unit = [0.0; 4];
            unit[at] = 1.0;
            (solve_symmetric(&curvature, &unit).expect("a minimum")[at] / sample.customers).sqrt()
        });
        for ((error, own), expected) in errors.iter().zip(own).zip([0.0476264, 0.8427222, 0.1872594, 6.2105448]) {
            assert!((error * own / expected - 1.0).abs() < 5e-3, "{} {expected}", error * own);
        }
    }

    #[test]
    fn residual_value_matches_the_closed_form_on_cdnow() {
        // The closed form of Fader, Hardie and Lee 2005 with their parameters, computed apart from this program.
        let weekly = ln(1.15) / 52.0;
        let cases = [
            (26, 30.86, 31.0, 0.99791794, 86.264204),
            (7, 35.0, 38.86, 0.93605723, 20.710356),
            (2, 30.43, 38.86, 0.86911871, 6.500198),
            (0, 0.0, 38.86, 0.29509716, 0.478251),
        ];
        for (repeats, recency, age, alive, residual) in cases {
            let record = Record::from(History { repeats, recency, age });
            let mut states = Vec::new();
            FITTED.states(&record, &mut states);
            assert!((states[0].0 - alive).abs() < 1e-7, "{} {alive}", states[0].0);
            let found = states[0].0 * FITTED.residual(&states[0].1, weekly);
            assert!((found / residual - 1.0).abs() < 1e-5, "{found} {residual}");
        }
        let Some(histories) = cdnow::histories() else { return };
        let (mut all, mut weeks) = (0.0, 0.0);
        for history in histories {
            let state = State { repeats: history.repeats, age: history.age, phase: 0 };
            all += FITTED.alive(&history) * FITTED.residual(&state, weekly);
            weeks += FITTED.expected(&history, 39.0);
        }
        assert!((all - 7205.793).abs() < 0.05 && (weeks - 1665.529).abs() < 0.01, "{all} {weeks}");
    }

    #[test]
    fn the_tail_agrees_with_silence_and_mean() {
        for (repeats, age, horizon) in [(0, 30.0, 52.0), (3, 20.0, 4.0), (60, 39.0, 39.0)] {
            let state = State { repeats, age, phase: 0 };
            let tail = FITTED.tail(&state, horizon);
            let mean: f64 = tail.iter().sum();
            assert!((mean / FITTED.mean(&state, horizon) - 1.0).abs() < 1e-6, "{mean}");
            let first = FITTED.first(&state, horizon);
            assert!((first - tail[0]).abs() < 1e-7, "{first} {}", tail[0]);
            let history = History { repeats, recency: if repeats == 0 { 0.0 } else { age }, age };
            let alive = FITTED.alive(&history);
            assert!((1.0 - alive * tail[0] - FITTED.no_purchase(&history, horizon)).abs() < 1e-6);
        }
    }
}
