//! BG/NBD and MBG/NBD: purchases come at a customer's own rate until the customer drops out after one of them.
//!
//! Rates vary by a gamma distribution (r, α), the chance to drop out by a beta distribution (a, b). BG/NBD: P. Fader, B. Hardie,
//! K. Lee, "Counting your customers the easy way", Marketing Science 24(2), 2005. MBG/NBD: E. Batislam, M. Denizel, A. Filiztekin,
//! Int. J. of Research in Marketing 24(3), 2007, where customers may drop out after the first purchase too.
//!
//! Who has bought once only is alive for certain in BG/NBD, so 1 − P(alive) says nothing about leaving;
//! [`Geometric::no_purchase`] does.

use rayon::prelude::*;

use super::fitting::{self, systematic};
use super::history::{Counted, History};
use super::outlook::{Purchases, Record, State, beta_nodes, cut, purchases_within, staying};
use super::{ValueError, aggregate};
use crate::numeric::gamma::{digamma, ln_beta};
use crate::numeric::hypergeometric::{self, scaled_exponential_integral};
use crate::numeric::math::{exp, exp_m1, ln, ln_1p, ln_gamma};

/// With more customers than this the search begins with a part of them.
const MANY: f64 = 100_000.0;
/// Customers of that part.
const PART: f64 = 20_000.0;

/// When a customer may drop out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dropout {
    /// After each repeat purchase: BG/NBD.
    AfterRepeat,
    /// After each purchase, the first too: MBG/NBD.
    AfterAny,
}

/// A fitted BG/NBD or MBG/NBD model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometric {
    /// When customers drop out.
    pub dropout: Dropout,
    /// Shape of the gamma distribution of purchase rates.
    pub r: f64,
    /// Rate of that distribution, in the unit of time of the histories.
    pub alpha: f64,
    /// First shape of the beta distribution of the chance to drop out.
    pub a: f64,
    /// Second shape.
    pub b: f64,
    /// The log likelihood of the histories it was fitted to.
    pub log_likelihood: f64,
}

impl Geometric {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    /// When there is no customer, none has repeats, a history cannot be, or the search does not converge.
    pub fn fit(histories: &[History], dropout: Dropout) -> Result<Geometric, ValueError> {
        Geometric::fit_counted(&aggregate(histories)?, dropout)
    }

    /// Fits by maximum likelihood to histories that are counted already.
    ///
    /// # Errors
    /// As [`Geometric::fit`].
    pub fn fit_counted(counted: &[Counted], dropout: Dropout) -> Result<Geometric, ValueError> {
        let customers: f64 = counted.iter().map(|row| row.customers).sum();
        if counted.is_empty() || customers <= 0.0 {
            return Err(ValueError::NoCustomers);
        }
        if counted.iter().all(|row| row.history.repeats == 0) {
            return Err(ValueError::NoRepeats);
        }
        let mean_age = counted.iter().map(|row| row.customers * row.history.age).sum::<f64>() / customers;
        // In units of the mean age all parameters are of the size of 1, whatever the caller's unit.
        let sample = Sample::new(counted, mean_age, dropout);
        let few = systematic(counted, MANY, PART).map(|few| Sample::new(&few, mean_age, dropout));
        let starts: [[f64; 4]; 2] = [[0.5, 0.2, 0.8, 2.5], [1.0, 0.5, 0.2, 2.0]];
        let few = few.as_ref().map(|few| |logs: &[f64]| few.negative(logs));
        let best = fitting::fit(&starts, customers, |logs| sample.negative(logs), few)?;
        let p: Vec<f64> = best.iter().map(|&log| exp(log)).collect();
        let mut model = Geometric { dropout, r: p[0], alpha: p[1] * mean_age, a: p[2], b: p[3], log_likelihood: 0.0 };
        model.log_likelihood = model.log_likelihood_of(counted);
        Ok(model)
    }

    /// Whether the shape of a distribution was held back on its way to 0 or to infinity: the histories do not say what it is.
    pub fn is_held_back(&self) -> bool {
        [self.r, self.a, self.b].iter().any(|&shape| fitting::is_far(ln(shape)))
    }

    /// The log likelihood of histories under this model.
    pub fn log_likelihood_of(&self, counted: &[Counted]) -> f64 {
        let Geometric { r, alpha, a, b, .. } = *self;
        let term = |row: &Counted| {
            let History { repeats, recency, age } = row.history;
            let x = f64::from(repeats);
            let buying = ln_gamma(r + x) - ln_gamma(r) + r * ln(alpha);
            let staying = ln_beta(a, self.shifted() + x) - ln_beta(a, b);
            let alive = -(r + x) * ln(alpha + age);
            let gone = if self.may_be_gone(repeats) {
                ln(a / (self.shifted() + x - 1.0)) - (r + x) * ln(alpha + recency)
            } else {
                f64::NEG_INFINITY
            };
            let most = alive.max(gone);
            row.customers * (buying + staying + most + ln(exp(alive - most) + exp(gone - most)))
        };
        counted.iter().map(term).sum()
    }

    /// The probability that a customer has not dropped out.
    pub fn alive(&self, history: &History) -> f64 {
        let History { repeats, recency, age } = *history;
        if !self.may_be_gone(repeats) {
            return 1.0;
        }
        let x = f64::from(repeats);
        let odds =
            ln(self.a / (self.shifted() + x - 1.0)) + (self.r + x) * ln((self.alpha + age) / (self.alpha + recency));
        1.0 / (1.0 + exp(odds))
    }

    /// The probability of no purchase within `horizon` from the as-of date: 1 − P(alive)·(1 − ((α+T)/(α+T+t))^(r+x)).
    pub fn no_purchase(&self, history: &History, horizon: f64) -> f64 {
        let x = f64::from(history.repeats);
        let silent = (self.r + x) * -ln_1p(horizon / (self.alpha + history.age));
        1.0 + self.alive(history) * exp_m1(silent)
    }

    /// The expected number of purchases within `horizon` from the as-of date.
    pub fn expected(&self, history: &History, horizon: f64) -> f64 {
        self.expected_alive(history.repeats, history.age, horizon) * self.alive(history)
    }

    /// The same of a customer who has not dropped out: equation 10 of the paper, less P(alive), by whichever of three forms loses no
    /// digits.
    fn expected_alive(&self, repeats: u32, age: f64, horizon: f64) -> f64 {
        let x = f64::from(repeats);
        let (shape, b) = (self.r + x, self.shifted() + x);
        let z = horizon / (self.alpha + age + horizon);
        let c = self.a + b - 1.0;
        if self.a <= 2.0 && self.r < self.a + self.shifted() + 2.0 {
            return c * self.series(z, c, self.shifted());
        }
        let silent = shape * ln_1p(-z);
        if self.a > 2.0 && silent > -500.0 && z < 0.99 {
            // All terms are positive, so that none cancels another.
            return c / (self.a - 1.0) * (1.0 - exp(silent) * hypergeometric::series(shape, b, c, z));
        }
        self.tail(&State { repeats, age, phase: 0 }, horizon).iter().sum()
    }

    /// (1 − (1−z)^(r+x)·₂F₁(r+x, b+x; c; z)) / (a − 1) with c = a+b+x−1, by Euler's transformation
    /// (1−z)^(a−1)·₂F₁(a+b−1−r, a−1; c; z), whose series is short and which has no pole at a = 1.
    fn series(&self, z: f64, c: f64, b: f64) -> f64 {
        let (u, first) = (self.a - 1.0, self.a + b - 1.0 - self.r);
        let (mut term, mut sum) = (first / c * z, first / c * z);
        for n in 1..100_000 {
            let n = f64::from(n);
            term *= (first + n) * (u + n) / ((c + n) * (n + 1.0)) * z;
            sum += term;
            if term.abs() <= 1e-17 * sum.abs() {
                break;
            }
        }
        let log = ln_1p(-z);
        let power = if u.abs() < 1e-12 { log } else { exp_m1(u * log) / u };
        -power * (1.0 + u * sum) - sum
    }

    fn may_be_gone(&self, repeats: u32) -> bool {
        self.dropout == Dropout::AfterAny || repeats > 0
    }

    /// b, or b + 1 where the first purchase is a chance to drop out too.
    fn shifted(&self) -> f64 {
        self.b + shift(self.dropout)
    }
}

impl Purchases for Geometric {
    fn states(&self, record: &Record, states: &mut Vec<(f64, State)>) {
        let History { repeats, age, .. } = record.history;
        states.push((self.alive(&record.history), State { repeats, age, phase: 0 }));
    }

    fn tail(&self, state: &State, horizon: f64) -> Vec<f64> {
        // Given that the customer is there, rate and chance to drop out are independent: gamma (r + x, α + T) and beta (a, b + x).
        let x = f64::from(state.repeats);
        let come = purchases_within(self.r + x, self.alpha + state.age, 1, 0, horizon);
        cut(come.into_iter().zip(staying(self.a, self.shifted() + x)).map(|(come, stay)| come * stay).collect())
    }

    fn first(&self, state: &State, time: f64) -> f64 {
        -exp_m1(-(self.r + f64::from(state.repeats)) * ln_1p(time / (self.alpha + state.age)))
    }

    fn mean(&self, state: &State, horizon: f64) -> f64 {
        self.expected_alive(state.repeats, state.age, horizon)
    }

    /// E[λ / (λ·p + δ)]: purchases come at the rate λ while the customer is there, which ends at the rate λ·p. Over λ a closed form, over
    /// p by quadrature.
    fn residual(&self, state: &State, discount: f64) -> f64 {
        let x = f64::from(state.repeats);
        let (shape, rate, b) = (self.r + x, self.alpha + state.age, self.shifted() + x);
        let over = |(p, _, weight): (f64, f64, f64)| {
            let z = rate * discount / p;
            // E[δ / (λ·p + δ)] = z·∫ e^(−z·t) (1 + t)^(−shape): 1 less this, over p, is what is wanted. Where z is large, as with p = 0,
            // the difference cancels: shape/z·(1 − (shape + 1)/z + …).
            let come = if z > 1e4 * (shape + 1.0) {
                shape / (rate * discount) * (1.0 - (shape + 1.0) / z)
            } else {
                (1.0 - z * scaled_exponential_integral(shape, z)) / p
            };
            weight * come
        };
        beta_nodes(self.a, b).into_iter().map(over).sum()
    }
}

fn shift(dropout: Dropout) -> f64 {
    if dropout == Dropout::AfterAny { 1.0 } else { 0.0 }
}

/// The histories as the likelihood needs them: logarithms are taken once per distinct time, special functions once per
/// distinct number of repeats.
pub(super) struct Sample {
    dropout: Dropout,
    customers: f64,
    repeats: Vec<f64>,
    times: Vec<f64>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy)]
struct Row {
    repeats: u32,
    recency: u32,
    age: u32,
    customers: f64,
}

impl Sample {
    /// Of histories, whose times are divided by `unit`.
    pub(super) fn new(counted: &[Counted], unit: f64, dropout: Dropout) -> Sample {
        let mut times: Vec<f64> = counted.iter().flat_map(|row| [row.history.recency, row.history.age]).collect();
        times.par_sort_unstable_by(f64::total_cmp);
        times.dedup();
        let mut repeats: Vec<u32> = counted.iter().map(|row| row.history.repeats).collect();
        repeats.sort_unstable();
        repeats.dedup();
        let time = |value: f64| times.partition_point(|time| *time < value) as u32;
        let rows = counted
            .par_iter()
            .map(|row| Row {
                repeats: repeats.partition_point(|count| *count < row.history.repeats) as u32,
                recency: time(row.history.recency),
                age: time(row.history.age),
                customers: row.customers,
            })
            .collect();
        Sample {
            dropout,
            customers: counted.iter().map(|row| row.customers).sum(),
            repeats: repeats.into_iter().map(f64::from).collect(),
            rows,
            times: times.iter().map(|time| time / unit).collect(),
        }
    }

    /// Mean negative log likelihood and its gradient in the logarithms of r, α, a, b.
    pub(super) fn negative(&self, logs: &[f64]) -> (f64, Vec<f64>) {
        let p: Vec<f64> = logs.iter().map(|&log| exp(log)).collect();
        let (r, alpha, a, b) = (p[0], p[1], p[2], p[3]);
        let log_times: Vec<f64> = self.times.iter().map(|time| ln(alpha + time)).collect();
        let per_count: Vec<PerCount> =
            self.repeats.iter().map(|&x| PerCount::new(x, [r, alpha, a, b], self.dropout)).collect();
        // Chunks of one size whatever the threads, added in order.
        let sums: Vec<[f64; 5]> = self
            .rows
            .par_chunks(1 << 13)
            .map(|rows| {
                let mut sums = [0.0; 5];
                for row in rows {
                    let count = &per_count[row.repeats as usize];
                    let (log_age, log_recency) = (log_times[row.age as usize], log_times[row.recency as usize]);
                    let alive = -count.shape * log_age;
                    let gone = count.log_gone - count.shape * log_recency;
                    // The share of the likelihood that is of customers still there.
                    let ratio = exp(gone - alive);
                    let share = 1.0 / (1.0 + ratio);
                    let (value, left) =
                        if ratio.is_finite() { (alive + ln_1p(ratio), ratio * share) } else { (gone, 1.0) };
                    let (age, recency) =
                        (alpha + self.times[row.age as usize], alpha + self.times[row.recency as usize]);
                    let w = row.customers;
                    sums[0] += w * (count.value + value);
                    sums[1] += w * (count.by_r - share * log_age - left * log_recency);
                    sums[2] += w * (r / alpha - count.shape * (share / age + left / recency));
                    sums[3] += w * (count.by_a + left / a);
                    sums[4] += w * (count.by_b - left * count.gone_by_b);
                }
                sums
            })
            .collect();
        let mut total = [0.0; 5];
        sums.iter().for_each(|part| total.iter_mut().zip(part).for_each(|(sum, part)| *sum += part));
        let gradient = (0..4).map(|index| -total[index + 1] * p[index] / self.customers).collect();
        (-total[0] / self.customers, gradient)
    }
}

/// What the likelihood needs per number of repeats.
struct PerCount {
    shape: f64,
    value: f64,
    by_r: f64,
    by_a: f64,
    by_b: f64,
    log_gone: f64,
    gone_by_b: f64,
}

impl PerCount {
    fn new(x: f64, [r, alpha, a, b]: [f64; 4], dropout: Dropout) -> PerCount {
        let shifted = b + shift(dropout);
        let may_be_gone = dropout == Dropout::AfterAny || x > 0.0;
        let both = digamma(a + b) - digamma(a + shifted + x);
        PerCount {
            shape: r + x,
            value: ln_gamma(r + x) - ln_gamma(r) + r * ln(alpha) + ln_beta(a, shifted + x) - ln_beta(a, b),
            by_r: digamma(r + x) - digamma(r) + ln(alpha),
            by_a: both,
            by_b: digamma(shifted + x) - digamma(b) + both,
            log_gone: if may_be_gone { ln(a / (shifted + x - 1.0)) } else { f64::NEG_INFINITY },
            gone_by_b: if may_be_gone { 1.0 / (shifted + x - 1.0) } else { 0.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::cdnow;
    use crate::value::draws::wait;
    use rand::RngExt;

    const PUBLISHED: Geometric = Geometric {
        dropout: Dropout::AfterRepeat,
        r: 0.2425929,
        alpha: 4.4135315,
        a: 0.7928862,
        b: 2.4257537,
        log_likelihood: 0.0,
    };

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected} ± {within}");
    }

    #[test]
    fn matches_fader_hardie_lee_2005_on_cdnow() {
        let Some(histories) = cdnow::histories() else { return };
        assert_eq!((histories.len(), histories.iter().map(|h| h.repeats).sum::<u32>()), (2357, 2457));
        let model = Geometric::fit(&histories, Dropout::AfterRepeat).expect("converges");
        // Published to three digits; the further digits were derived again with an independent program.
        for (found, expected) in
            [(model.r, 0.2425929), (model.alpha, 4.4135315), (model.a, 0.7928862), (model.b, 2.4257537)]
        {
            near(found / expected, 1.0, 1e-5);
        }
        near(model.log_likelihood, -9582.42556, 1e-4);
        let counted = aggregate(&histories).expect("sound");
        let at = |r, alpha, a, b| Geometric { r, alpha, a, b, ..PUBLISHED }.log_likelihood_of(&counted);
        near(at(0.243, 4.414, 0.793, 2.426), -9582.42683, 1e-4);
        near(at(1.0, 1.0, 1.0, 1.0), -13887.69464, 1e-4);
        near(histories.iter().map(|history| model.alive(history)).sum(), 1917.27633, 2e-3);
    }

    #[test]
    fn matches_published_customers() {
        let history = |repeats, recency, age| History { repeats, recency, age };
        let heavy = history(26, 30.86, 31.0);
        near(PUBLISHED.alive(&heavy), 0.96891971, 1e-7);
        near(PUBLISHED.expected(&heavy, 39.0), 20.750569, 1e-5);
        near(PUBLISHED.expected(&heavy, 52.0), 25.759472, 1e-5);
        let light = history(2, 30.43, 38.86);
        near(PUBLISHED.alive(&light), 0.72660915, 1e-7);
        near(PUBLISHED.expected(&light, 39.0), 1.22591044, 1e-6);
        assert_eq!(PUBLISHED.alive(&history(0, 0.0, 500.0)), 1.0);
        // Silence is certain for no time at all; in all time only those who have left stay silent.
        near(PUBLISHED.no_purchase(&light, 0.0), 1.0, 1e-12);
        near(PUBLISHED.no_purchase(&light, 1e12), 1.0 - PUBLISHED.alive(&light), 1e-6);
    }

    #[test]
    fn has_no_pole_where_a_is_one() {
        let at = |a| Geometric { a, ..PUBLISHED }.expected(&History { repeats: 3, recency: 20.0, age: 30.0 }, 26.0);
        near(at(1.0), (at(1.0 - 1e-6) + at(1.0 + 1e-6)) / 2.0, 1e-9);
    }

    #[test]
    fn matches_lifetimes_mbg_on_cdnow() {
        let Some(histories) = cdnow::histories() else { return };
        let model = Geometric::fit(&histories, Dropout::AfterAny).expect("converges");
        for (found, expected) in
            [(model.r, 0.5248377), (model.alpha, 6.1829885), (model.a, 0.8913563), (model.b, 1.6140000)]
        {
            near(found / expected, 1.0, 2e-4);
        }
        assert!(model.alive(&History { repeats: 0, recency: 0.0, age: 30.0 }) < 0.9);
    }

    #[test]
    fn one_unit_of_time_is_as_good_as_another() {
        let Some(histories) = cdnow::histories() else { return };
        let days: Vec<History> = histories
            .iter()
            .map(|h| History { repeats: h.repeats, recency: h.recency * 7.0, age: h.age * 7.0 })
            .collect();
        let (weeks, days) =
            (Geometric::fit(&histories, Dropout::AfterRepeat), Geometric::fit(&days, Dropout::AfterRepeat));
        let (weeks, days) = (weeks.expect("converges"), days.expect("converges"));
        near(days.alpha / weeks.alpha, 7.0, 1e-5);
        near(days.r / weeks.r, 1.0, 1e-6);
    }

    #[test]
    fn the_gradient_is_that_of_the_likelihood() {
        let rows: Vec<History> = (0..40)
            .map(|i| {
                let repeats = i % 7;
                let recency = if repeats == 0 { 0.0 } else { f64::from(repeats) * 3.0 };
                History { repeats, recency, age: 25.0 + f64::from(i % 3) }
            })
            .collect();
        for dropout in [Dropout::AfterRepeat, Dropout::AfterAny] {
            let sample = Sample::new(&aggregate(&rows).expect("sound"), 10.0, dropout);
            let at = [-0.3, 0.2, -0.4, 0.6];
            let (_, gradient) = sample.negative(&at);
            for index in 0..4 {
                let shifted = |by: f64| {
                    let mut there = at;
                    there[index] += by;
                    sample.negative(&there).0
                };
                near(gradient[index], (shifted(1e-5) - shifted(-1e-5)) / 2e-5, 1e-8);
            }
        }
    }

    #[test]
    fn refuses_histories_without_repeats() {
        let once = [History { repeats: 0, recency: 0.0, age: 3.0 }];
        assert_eq!(Geometric::fit(&once, Dropout::AfterRepeat), Err(ValueError::NoRepeats));
    }

    #[test]
    fn residual_value_matches_quadrature_on_cdnow() {
        // δ·∫ e^(−δt)·E[Y(t)] with the published parameters, computed apart from this program.
        let weekly = ln(1.15) / 52.0;
        let cases =
            [(26, 30.86, 31.0, 71.0754), (7, 35.0, 38.86, 16.7007), (2, 30.43, 38.86, 5.1696), (0, 0.0, 38.86, 1.0173)];
        for (repeats, recency, age, residual) in cases {
            let record = Record::from(History { repeats, recency, age });
            let mut states = Vec::new();
            PUBLISHED.states(&record, &mut states);
            near(states[0].0 * PUBLISHED.residual(&states[0].1, weekly), residual, 1e-4);
        }
    }

    #[test]
    fn the_tail_is_that_of_the_expected_purchases_and_of_silence() {
        for dropout in [Dropout::AfterRepeat, Dropout::AfterAny] {
            let model = Geometric { dropout, ..PUBLISHED };
            for (repeats, age, horizon) in [(0, 30.0, 52.0), (3, 20.0, 4.0), (900, 39.0, 39.0)] {
                let state = State { repeats, age, phase: 0 };
                let tail = model.tail(&state, horizon);
                near(tail.iter().sum::<f64>() / model.mean(&state, horizon), 1.0, 1e-7);
                near(tail[0], model.first(&state, horizon), 1e-11);
            }
        }
    }

    #[test]
    fn many_customers_are_fitted_as_few_are() {
        // The same customers sixty times over: the same optimum by the way of many.
        let Some(histories) = cdnow::histories() else { return };
        let counted = aggregate(&histories).expect("sound");
        let many: Vec<Counted> =
            counted.iter().map(|row| Counted { customers: row.customers * 60.0, ..*row }).collect();
        let (one, all) = (
            Geometric::fit_counted(&counted, Dropout::AfterRepeat),
            Geometric::fit_counted(&many, Dropout::AfterRepeat),
        );
        let (one, all) = (one.expect("converges"), all.expect("converges"));
        near(all.a / one.a, 1.0, 1e-5);
        near(all.log_likelihood / one.log_likelihood, 60.0, 1e-8);
    }

    #[test]
    fn huge_and_tiny_units_of_time_give_the_same_model() {
        let Some(histories) = cdnow::histories() else { return };
        let at = |scale: f64| {
            let of = |h: &History| History { repeats: h.repeats, recency: h.recency * scale, age: h.age * scale };
            Geometric::fit(&histories.iter().map(of).collect::<Vec<_>>(), Dropout::AfterRepeat).expect("converges")
        };
        for scale in [1e-9, 1e9] {
            let model = at(scale);
            near(model.alpha / scale / 4.4135315, 1.0, 1e-4);
            near(model.r / 0.2425929, 1.0, 1e-4);
        }
        let one = Geometric::fit(&[History { repeats: 3, recency: 20.0, age: 30.0 }], Dropout::AfterRepeat);
        assert!(
            one.as_ref().is_ok_and(|model| model.log_likelihood.is_finite())
                || matches!(one, Err(ValueError::NoFit { .. }))
        );
    }

    #[test]
    fn purchases_to_come_are_without_end_where_nobody_leaves() {
        // 300 customers who buy at their own rates for 80 to 120 weeks and never leave.
        let mut random = crate::numeric::random::stream(5, "stay");
        let histories: Vec<History> = (0..300)
            .map(|_| {
                let (age, rate) = (80.0 + 40.0 * random.random::<f64>(), 7.0 / (10.0 + 40.0 * random.random::<f64>()));
                let (mut now, mut repeats, mut recency) = (wait(&mut random) / rate, 0, 0.0);
                while now < age {
                    (repeats, recency) = (repeats + 1, now);
                    now += wait(&mut random) / rate;
                }
                History { repeats, recency, age }
            })
            .collect();
        let discount = ln(1.15) * 7.0 / 365.25;
        let all = |model: &dyn Purchases| {
            let state = |history: &History| State { repeats: history.repeats, age: history.age, phase: 0 };
            let of =
                |history: &History| model.alive(&Record::from(*history)) * model.residual(&state(history), discount);
            histories.iter().map(of).sum::<f64>()
        };
        let pareto = crate::value::Pareto::fit(&histories).expect("converges");
        let long = all(&pareto);
        for dropout in [Dropout::AfterRepeat, Dropout::AfterAny] {
            let model = Geometric::fit(&histories, dropout).expect("converges");
            near(all(&model) / long, 1.0, 0.02);
        }
    }

    #[test]
    fn all_that_is_to_come_is_more_than_a_year_of_it() {
        let discount = ln(1.15) / 52.18;
        for (a, b) in [(1e-3, 2.0), (1e-3, 1e-3), (0.8, 1e-3), (0.8, 2.4)] {
            let model = Geometric { dropout: Dropout::AfterAny, r: 2.0, alpha: 4.0, a, b, log_likelihood: 0.0 };
            let regular = crate::value::Regular {
                dropout: Dropout::AfterAny,
                k: 1,
                r: 2.0,
                alpha: 4.0,
                a,
                b,
                log_likelihood: 0.0,
            };
            for repeats in [0, 12] {
                let state = State { repeats, age: 60.0, phase: 0 };
                let year: f64 = (1..=52)
                    .map(|week| {
                        let week = f64::from(week);
                        (model.mean(&state, week) - model.mean(&state, week - 1.0)) * exp(-discount * (week - 0.5))
                    })
                    .sum();
                let residual = model.residual(&state, discount);
                assert!(residual >= year, "{a} {b} {repeats}: {residual} {year}");
                near(regular.residual(&state, discount) / residual, 1.0, 1e-3);
            }
        }
    }
}
