//! Pareto/GGG: every customer has a regularity, a purchase rate and a drop-out rate of their own.
//!
//! Times between purchases follow a gamma distribution (k, k·λ), lifetimes an exponential one (μ); k, λ and μ vary by gamma
//! distributions (t, γ), (r, α), (s, β). M. Platzer, T. Reutterer, "Ticking away the moments: timing regularity helps to better predict
//! customer activity", Marketing Science 35(5), 2016. The paper draws from the posterior by Markov chains. Here the three distributions
//! stand on fixed grids: whole k, and log-spaced λ and μ. A customer's likelihood at each point of the grid does not depend on the six
//! parameters, so that it is computed once, and the marginal likelihood is an exact weighted sum: the same numbers in every run.

use rayon::prelude::*;

use super::ValueError;
use super::fitting;
use super::outlook::{Purchases, Record, State, cut};
use crate::numeric::math::{exp, ln, ln_1p, ln_gamma};

/// The values of k: 1 is chance.
const REGULARITY: [u32; 7] = [1, 2, 3, 4, 6, 9, 14];
const RATES: usize = 18;
const LEAVING: usize = 12;
const POINTS: usize = REGULARITY.len() * RATES * LEAVING;
/// Customers that are fitted to at most: each needs a likelihood at every point.
const FITTED: usize = 1_500;
/// States less probable than this are left out of a forecast.
const FAINT: f64 = 1e-6;

/// A fitted Pareto/GGG model.
#[derive(Clone, Debug, PartialEq)]
pub struct MixedRegularity {
    /// Shape and rate of k.
    pub regularity: [f64; 2],
    /// Shape and rate of λ, r and α; the rate in the unit of time of the histories.
    pub rate: [f64; 2],
    /// Shape and rate of μ, s and β; the rate in the unit of time of the histories.
    pub leaving: [f64; 2],
    /// The log likelihood of the records it was fitted to, the times between purchases included.
    pub log_likelihood: f64,
    /// How many customers these were.
    pub fitted: usize,
    grid: Grid,
    /// The logarithm of each point's weight.
    weights: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
struct Grid {
    rates: Vec<f64>,
    leaving: Vec<f64>,
}

impl Grid {
    fn new(records: &[Record]) -> Grid {
        let longest = records.iter().map(|record| record.history.age).fold(0.0, f64::max).max(1e-300);
        let busiest = records
            .iter()
            .filter(|record| record.history.repeats > 0)
            .map(|record| f64::from(record.history.repeats) / record.history.recency.max(longest / 1e4))
            .fold(1.0 / longest, f64::max);
        Grid {
            rates: log_spaced(0.05 / longest, 2.0 * busiest, RATES),
            leaving: log_spaced(0.005 / longest, 50.0 / longest, LEAVING),
        }
    }

    /// k, λ and μ of a point.
    fn at(&self, point: usize) -> (u32, f64, f64) {
        let (k, rest) = (point / (RATES * LEAVING), point % (RATES * LEAVING));
        (REGULARITY[k], self.rates[rest / LEAVING], self.leaving[rest % LEAVING])
    }

    /// The sums over customers of the means of the logarithm and the value of k, λ and μ.
    fn means(&self, parts: &[Shares]) -> [f64; 6] {
        let mut means = [0.0; 6];
        let mut add = |at: usize, value: f64, share: f64| {
            means[at] += share * ln(value);
            means[at + 1] += share * value;
        };
        for part in parts {
            REGULARITY.iter().zip(part.regularity).for_each(|(&k, share)| add(0, f64::from(k), share));
            self.rates.iter().zip(part.rates).for_each(|(&rate, share)| add(2, rate, share));
            self.leaving.iter().zip(part.leaving).for_each(|(&leaving, share)| add(4, leaving, share));
        }
        means
    }

    /// The logarithms of all points' weights for the six parameters, and the means over the prior of what their gradient needs.
    fn weights(&self, p: &[f64]) -> (Vec<f64>, [f64; 6]) {
        let whole: Vec<f64> = REGULARITY.iter().map(|&k| f64::from(k)).collect();
        // Cells of k between its neighbours' means; those of λ and μ are equal on a log scale.
        let width = |at: usize| {
            let above = whole.get(at + 1).map_or(1.5 * whole[at], |next| 0.5 * (whole[at] + next));
            let below = if at == 0 { 0.5 } else { 0.5 * (whole[at] + whole[at - 1]) };
            ln(above - below) - ln(whole[at])
        };
        let sides = [
            side(&whole, p[0], p[1], &width),
            side(&self.rates, p[2], p[3], &|_| 0.0),
            side(&self.leaving, p[4], p[5], &|_| 0.0),
        ];
        let mut weights = Vec::with_capacity(POINTS);
        for k in &sides[0].0 {
            for rate in &sides[1].0 {
                weights.extend(sides[2].0.iter().map(|leaving| k + rate + leaving));
            }
        }
        let means = [0, 1, 2].map(|side| sides[side].1);
        (weights, [means[0].0, means[0].1, means[1].0, means[1].1, means[2].0, means[2].1])
    }
}

/// The logarithms of the shares that a gamma distribution puts on some values, and the means of their logarithm and of themselves.
fn side(values: &[f64], shape: f64, rate: f64, width: &dyn Fn(usize) -> f64) -> (Vec<f64>, (f64, f64)) {
    let logs: Vec<f64> = (0..values.len()).map(|at| shape * ln(values[at]) - rate * values[at] + width(at)).collect();
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let all = most + ln(logs.iter().map(|log| exp(log - most)).sum());
    let shares: Vec<f64> = logs.iter().map(|log| log - all).collect();
    let mean = |of: &dyn Fn(f64) -> f64| shares.iter().zip(values).map(|(share, value)| exp(*share) * of(*value)).sum();
    let means = (mean(&ln), mean(&|value| value));
    (shares, means)
}

/// The six parameters of logarithms that were searched in units of time.
fn of_logs(logs: &[f64], unit: f64) -> [f64; 6] {
    let p = |at: usize| exp(logs[at]);
    [p(0), p(1), p(2), p(3) * unit, p(4), p(5) * unit]
}

/// What some customers say of the grid: the sum of their log likelihoods, and the sums of the shares of it that each value of k, λ and μ
/// has of each customer.
#[derive(Default)]
struct Shares {
    log: f64,
    regularity: [f64; REGULARITY.len()],
    rates: [f64; RATES],
    leaving: [f64; LEAVING],
}

impl Shares {
    fn add(&mut self, likelihoods: &[f64], weights: &[f64]) {
        let mut own = Shares::default();
        let rows = likelihoods.chunks_exact(LEAVING).zip(weights.chunks_exact(LEAVING)).enumerate();
        for (row, (likelihoods, weights)) in rows {
            let mut sum = 0.0;
            for at in 0..LEAVING {
                let part = likelihoods[at] * weights[at];
                own.leaving[at] += part;
                sum += part;
            }
            own.regularity[row / RATES] += sum;
            own.rates[row % RATES] += sum;
        }
        let all = own.regularity.iter().sum::<f64>().max(1e-300);
        self.log += ln(all);
        let add = |sums: &mut [f64], own: &[f64]| sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own / all);
        add(&mut self.regularity, &own.regularity);
        add(&mut self.rates, &own.rates);
        add(&mut self.leaving, &own.leaving);
    }
}

fn log_spaced(from: f64, to: f64, count: usize) -> Vec<f64> {
    let step = (ln(to) - ln(from)) / (count - 1) as f64;
    (0..count).map(|at| exp(ln(from) + step * at as f64)).collect()
}

/// One customer at one point, k, λ and μ: the logarithm of what all [`ways`] share.
fn shared(record: &Record, (k, rate, leaving): (u32, f64, f64)) -> f64 {
    let (x, k) = (f64::from(record.history.repeats), f64::from(k));
    let events = k * rate;
    k * x * ln(events) - x * ln_gamma(k) + (k - 1.0) * record.log_gaps - (events + leaving) * record.history.recency
}

/// One customer at one point: the ways of being there with 0 … k − 1 events since the last purchase, and of being gone. They sum to at
/// most 1.
fn ways(record: &Record, k: u32, rate: f64, leaving: f64, there: &mut Vec<f64>) -> f64 {
    let events = f64::from(k) * rate;
    let since = record.history.age - record.history.recency;
    let both = events + leaving;
    there.clear();
    let (mut way, mut below, mut term, mut part, mut gone) =
        (exp(-both * since), 0.0, exp(-both * since), leaving / both, 0.0);
    for event in 0..k {
        there.push(way);
        below += term;
        gone += part * (1.0 - below).max(0.0);
        let next = f64::from(event) + 1.0;
        way *= events * since / next;
        term *= both * since / next;
        part *= events / both;
    }
    gone
}

impl MixedRegularity {
    /// Fits by maximum marginal likelihood, to at most `FITTED` customers, evenly taken from the records in their order.
    ///
    /// # Errors
    /// When there is no customer, none has repeats, or the search does not converge.
    pub fn fit(records: &[Record]) -> Result<MixedRegularity, ValueError> {
        if records.is_empty() {
            return Err(ValueError::NoCustomers);
        }
        if records.iter().all(|record| record.history.repeats == 0) {
            return Err(ValueError::NoRepeats);
        }
        let few: Vec<Record> = records.iter().step_by(records.len().div_ceil(FITTED)).copied().collect();
        let grid = Grid::new(records);
        // In units of the mean age all parameters are of the size of 1, whatever the caller's unit.
        let unit = few.iter().map(|record| record.history.age).sum::<f64>() / few.len() as f64;
        // Each customer's likelihood at every point, relative to the best.
        let own: Vec<(f64, Vec<f64>)> = few
            .par_iter()
            .map(|record| {
                let mut there = Vec::new();
                let logs: Vec<f64> = (0..POINTS)
                    .map(|point| {
                        let (k, rate, leaving) = grid.at(point);
                        let gone = ways(record, k, rate, leaving, &mut there);
                        shared(record, (k, rate, leaving)) + ln((there.iter().sum::<f64>() + gone).max(1e-300))
                    })
                    .collect();
                let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                (most, logs.into_iter().map(|log| exp(log - most)).collect())
            })
            .collect();
        let customers = few.len() as f64;
        let base: f64 = own.iter().map(|(most, _)| most).sum();
        let negative = |logs: &[f64]| -> (f64, Vec<f64>) {
            let p = of_logs(logs, unit);
            let (weights, prior) = grid.weights(&p);
            let weights: Vec<f64> = weights.into_iter().map(exp).collect();
            // Chunks of one size whatever the threads, added in order.
            let parts: Vec<Shares> = own
                .par_chunks(64)
                .map(|rows| {
                    let mut shares = Shares::default();
                    rows.iter().for_each(|(_, likelihoods)| shares.add(likelihoods, &weights));
                    shares
                })
                .collect();
            let means = grid.means(&parts);
            let log: f64 = parts.iter().map(|part| part.log).sum();
            // Shapes weigh logarithms, rates the values with a minus.
            let slope = |index: usize| {
                let sign = if index.is_multiple_of(2) { -1.0 } else { 1.0 };
                sign * (means[index] / customers - prior[index]) * p[index]
            };
            (-log / customers, (0..6).map(slope).collect())
        };
        let middle = |values: &[f64]| values[values.len() / 2];
        let (rate, leaving) = (unit * middle(&grid.rates), unit * middle(&grid.leaving));
        let starts = [[2.0, 1.0, 1.0, 1.0 / rate, 0.8, 0.8 / leaving], [6.0, 2.0, 2.0, 4.0 / rate, 0.5, 2.0 / leaving]];
        let best = fitting::fit(&starts, customers, negative, None::<fn(&[f64]) -> (f64, Vec<f64>)>)?;
        let p = of_logs(&best, unit);
        let (weights, _) = grid.weights(&p);
        Ok(MixedRegularity {
            regularity: [p[0], p[1]],
            rate: [p[2], p[3]],
            leaving: [p[4], p[5]],
            log_likelihood: base - negative(&best).0 * customers,
            fitted: few.len(),
            grid,
            weights,
        })
    }

    /// k, λ, μ and events since the last purchase of a state.
    fn of(&self, state: &State) -> (u32, f64, f64, u32) {
        let (point, event) = (state.phase / 16, state.phase % 16);
        let (k, rate, leaving) = self.grid.at(point as usize);
        (k, rate, leaving, event)
    }
}

impl Purchases for MixedRegularity {
    fn states(&self, record: &Record, states: &mut Vec<(f64, State)>) {
        // All ways of one point share a factor and sum to at most 1: points far below the best need not be looked at.
        let bounds: Vec<f64> = self
            .weights
            .iter()
            .enumerate()
            .map(|(point, weight)| weight + shared(record, self.grid.at(point)))
            .collect();
        let highest = bounds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut there, mut found, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        let mut best = f64::NEG_INFINITY;
        let first = bounds.iter().position(|bound| *bound == highest).unwrap_or(0);
        for point in std::iter::once(first).chain((0..bounds.len()).filter(|&point| point != first)) {
            if bounds[point] < best + ln(FAINT) - 3.0 {
                continue;
            }
            let (k, rate, leaving) = self.grid.at(point);
            let left = ways(record, k, rate, leaving, &mut there);
            gone.push(bounds[point] + ln(left.max(1e-300)));
            best = best.max(gone[gone.len() - 1]);
            for (event, way) in (0u32..).zip(&there) {
                let log = bounds[point] + ln(way.max(1e-300));
                best = best.max(log);
                found.push((log, point as u32 * 16 + event));
            }
        }
        let most = best;
        let sum = |logs: &mut dyn Iterator<Item = f64>| logs.map(|log| exp(log - most)).sum::<f64>();
        let alive = sum(&mut found.iter().map(|way| way.0));
        let all = alive + sum(&mut gone.iter().copied());
        let faint = most + ln(FAINT * all);
        found.retain(|way| way.0 > faint);
        // What was too faint to be kept goes to the others in proportion.
        let kept = sum(&mut found.iter().map(|way| way.0));
        let scale = if kept > 0.0 { alive / (kept * all) } else { 0.0 };
        states.extend(
            found.into_iter().map(|(log, phase)| (exp(log - most) * scale, State { repeats: 0, age: 0.0, phase })),
        );
    }

    fn reads_gaps(&self) -> bool {
        true
    }

    /// Purchase n needs kn − j events before the customer leaves and before the horizon: ρ^(kn−j) times a Poisson tail.
    fn tail(&self, state: &State, horizon: f64) -> Vec<f64> {
        let (k, rate, leaving, passed) = self.of(state);
        let events = f64::from(k) * rate;
        let both = (events + leaving) * horizon;
        let log_each = -ln_1p(leaving / events);
        let (mut below, mut term, mut event, mut tail) = (0.0, exp(-both), 0u32, Vec::new());
        for purchase in 1..10_000u32 {
            let needed = purchase * k - passed;
            while event < needed {
                below += term;
                event += 1;
                term *= both / f64::from(event);
            }
            // A Poisson mean whose chance of nothing cannot be written is far above what is needed first.
            let reached = if both > 700.0 { normal_tail(both, needed) } else { (1.0 - below).max(0.0) };
            tail.push(reached * exp(f64::from(needed) * log_each));
            if reached < 1e-12 {
                break;
            }
        }
        cut(tail)
    }

    fn mean(&self, state: &State, horizon: f64) -> f64 {
        self.tail(state, horizon).iter().sum()
    }

    fn residual(&self, state: &State, discount: f64) -> f64 {
        let (k, rate, leaving, passed) = self.of(state);
        let events = f64::from(k) * rate;
        let log_each = -ln_1p((leaving + discount) / events);
        exp(f64::from(k - passed) * log_each) / -crate::numeric::math::exp_m1(f64::from(k) * log_each)
    }
}

/// P(Poisson(mean) ≥ count) for means in the hundreds, by the normal distribution of its square root (F. Anscombe, Biometrika 35, 1948).
fn normal_tail(mean: f64, count: u32) -> f64 {
    let z = 2.0 * ((f64::from(count) - 0.5 + 0.375).max(0.0).sqrt() - (mean + 0.125).sqrt());
    crate::numeric::erf::normal_cdf(-z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use crate::value::draws::{gamma, wait};
    use crate::value::{History, Pareto, log_gaps};

    /// Customers of whom half buy by chance and half every so often (k of 8), with their purchases in the 26 weeks after the first 52.
    fn drawn(customers: usize) -> Vec<(Record, u32)> {
        let mut random = stream(11, "mixed regularity");
        (0..customers)
            .map(|at| {
                let k = if at % 2 == 0 { 1.0 } else { 8.0 };
                let rate = gamma(&mut random, 1.4) / 6.0;
                let lifetime = wait(&mut random) / (gamma(&mut random, 0.8) / 40.0);
                let (mut times, mut now, mut later) = (vec![0.0], 0.0, 0);
                loop {
                    now += gamma(&mut random, k) / (k * rate);
                    if now > lifetime || now > 78.0 {
                        break;
                    }
                    if now <= 52.0 { times.push(now) } else { later += 1 }
                }
                let repeats = times.len() as u32 - 1;
                let history = History { repeats, recency: times[times.len() - 1], age: 52.0 };
                (Record { history, log_gaps: log_gaps(&times), class: 0 }, later)
            })
            .collect()
    }

    #[test]
    fn tells_regular_from_random_buyers_and_beats_pareto_nbd_on_later_weeks() {
        let all = drawn(1200);
        let records: Vec<Record> = all.iter().map(|(record, _)| *record).collect();
        let model = MixedRegularity::fit(&records).expect("converges");
        let judged = |model: &dyn Purchases| -> (f64, f64) {
            let mut expected = 0.0;
            let mut fit = 0.0;
            for (record, later) in &all {
                let mut states = Vec::new();
                model.states(record, &mut states);
                expected += states.iter().map(|(weight, state)| weight * model.mean(state, 26.0)).sum::<f64>();
                fit += model.log_chance(record, 26.0, *later);
            }
            (expected, fit / all.len() as f64)
        };
        let came: f64 = all.iter().map(|(_, later)| f64::from(*later)).sum();
        let (expected, fit) = judged(&model);
        assert!((expected / came - 1.0).abs() < 0.08, "{expected} {came}");
        let histories: Vec<History> = records.iter().map(|record| record.history).collect();
        let (_, plain) = judged(&Pareto::fit(&histories).expect("converges"));
        assert!(fit > plain + 0.01, "{fit} {plain}");
        // A regular buyer who is overdue is more likely gone than one by chance with the same figures.
        let overdue =
            |log_gaps: f64| Record { history: History { repeats: 10, recency: 30.0, age: 45.0 }, log_gaps, class: 0 };
        let (steady, uneven) = (overdue(10.0 * ln(3.0)), overdue(10.0 * ln(1.6)));
        assert!(model.alive(&steady) < model.alive(&uneven) - 0.1);
    }

    #[test]
    fn the_ways_of_one_customer_sum_to_the_likelihood_of_their_purchases() {
        // With k of 1 and one purchase: alive e^(−(λ+μ)T), gone ∫ μ e^(−μt) e^(−λt): together the exponential closed form.
        let record = Record { history: History { repeats: 0, recency: 0.0, age: 7.0 }, log_gaps: 0.0, class: 0 };
        let mut there = Vec::new();
        let gone = ways(&record, 1, 0.3, 0.1, &mut there);
        let shared = shared(&record, (1, 0.3, 0.1));
        let (alive, left) = (exp(-0.4 * 7.0), 0.1 / 0.4 * (1.0 - exp(-0.4 * 7.0)));
        assert!((exp(shared) * there[0] - alive).abs() < 1e-12 && (exp(shared) * gone - left).abs() < 1e-12);
        // Of three events one purchase is made: the chance of 0, 1 or 2 events in silence is that of an Erlang time not being over.
        ways(&record, 3, 0.1, 0.0, &mut there);
        let silence: f64 = (0..3).map(|j| pow(2.1, f64::from(j)) / [1.0, 1.0, 2.0][j as usize] * exp(-2.1)).sum();
        assert!((there.iter().sum::<f64>() - silence).abs() < 1e-12);
    }

    use crate::numeric::math::pow;
}
