//! BG/CNBD-k and MBG/CNBD-k: as BG/NBD and MBG/NBD, but customers buy more regularly than chance.
//!
//! Times between purchases follow an Erlang-k distribution: every k-th event of a Poisson process is a purchase, so that the time
//! since the last purchase says how many events are already behind the customer. T. Reutterer, M. Platzer, N. Schröder, "Leveraging
//! purchase regularity for predicting customer behavior the easy way", Int. J. of Research in Marketing 38(1), 2021. That paper
//! approximates expected purchases; here the number of hidden events is a state of the customer, and all figures are exact sums.

use rayon::prelude::*;

use super::fitting::{self, systematic};
use super::geometric::Dropout;
use super::history::{Counted, History};
use super::outlook::{Purchases, Record, State, beta_nodes, cut, purchases_within, staying};
use super::{ValueError, aggregate};
use crate::numeric::gamma::{digamma, ln_beta};
use crate::numeric::integrate::half_line;
use crate::numeric::math::{exp, ln, ln_gamma, pow};

/// With more customers than this the search begins with a part of them.
const MANY: f64 = 8_000.0;
/// Customers of that part.
const PART: f64 = 4_000.0;

/// A fitted BG/CNBD-k or MBG/CNBD-k model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regular {
    /// Events for each purchase: 1 is chance, more is more regular.
    pub k: u32,
    /// When customers drop out.
    pub dropout: Dropout,
    /// Shape of the gamma distribution of event rates.
    pub r: f64,
    /// Rate of that distribution, in the unit of time of the histories.
    pub alpha: f64,
    /// First shape of the beta distribution of the chance to drop out.
    pub a: f64,
    /// Second shape.
    pub b: f64,
    /// The log likelihood of the histories it was fitted to, the times between purchases included.
    pub log_likelihood: f64,
}

impl Regular {
    /// Fits by maximum likelihood for a given k.
    ///
    /// # Errors
    /// When there is no customer, none has repeats, a history cannot be, or the search does not converge.
    pub fn fit(records: &[Record], dropout: Dropout, k: u32) -> Result<Regular, ValueError> {
        let histories: Vec<History> = records.iter().map(|record| record.history).collect();
        let counted = aggregate(&histories)?;
        if counted.iter().all(|row| row.history.repeats == 0) {
            return Err(ValueError::NoRepeats);
        }
        let customers = histories.len() as f64;
        let unit = histories.iter().map(|history| history.age).sum::<f64>() / customers;
        let scaled = |rows: &[Counted]| -> Vec<Counted> {
            let of = |h: History| History { repeats: h.repeats, recency: h.recency / unit, age: h.age / unit };
            rows.iter().map(|row| Counted { history: of(row.history), customers: row.customers }).collect()
        };
        let (all, few) = (scaled(&counted), systematic(&counted, MANY, PART).map(|few| scaled(&few)));
        let k_rate = f64::from(k);
        let starts = [[0.7, 0.2 * k_rate, 0.8, 2.5], [1.5, 0.5 * k_rate, 0.3, 2.0]];
        let few = few.as_ref().map(|few| |logs: &[f64]| negative(few, dropout, k, logs));
        let best = fitting::fit(&starts, customers, |logs| negative(&all, dropout, k, logs), few)?;
        let p: Vec<f64> = best.iter().map(|&log| exp(log)).collect();
        let mut model = Regular { k, dropout, r: p[0], alpha: p[1] * unit, a: p[2], b: p[3], log_likelihood: 0.0 };
        model.log_likelihood = model.log_likelihood_of(records);
        Ok(model)
    }

    /// Fits k = 1, 2, … up to `most` and takes the k of the highest likelihood; stops at the first that is lower.
    ///
    /// # Errors
    /// As [`Regular::fit`], where not even k = 1 can be fitted.
    pub fn fit_any(records: &[Record], dropout: Dropout, most: u32) -> Result<Regular, ValueError> {
        let mut best = Regular::fit(records, dropout, 1)?;
        for k in 2..=most {
            match Regular::fit(records, dropout, k) {
                Ok(next) if next.log_likelihood > best.log_likelihood => best = next,
                _ => break,
            }
        }
        Ok(best)
    }

    /// The log likelihood of records under this model: of the times of all purchases, so that models of different k can be compared.
    pub fn log_likelihood_of(&self, records: &[Record]) -> f64 {
        let logs = [ln(self.r), ln(self.alpha), ln(self.a), ln(self.b)];
        let constant = ln_gamma(f64::from(self.k));
        let rows: Vec<Counted> =
            records.iter().map(|record| Counted { history: record.history, customers: 1.0 }).collect();
        let own =
            |record: &Record| f64::from(self.k - 1) * record.log_gaps - f64::from(record.history.repeats) * constant;
        let gaps: f64 = records.iter().map(own).sum();
        gaps - negative(&rows, self.dropout, self.k, &logs).0 * rows.len() as f64
    }

    fn shifted(&self) -> f64 {
        if self.dropout == Dropout::AfterAny { self.b + 1.0 } else { self.b }
    }

    /// The logarithms of the likelihoods of being there with 0, 1, … k − 1 events since the last purchase, and of being gone, less what
    /// they share.
    fn ways(&self, history: &History) -> (Vec<f64>, f64) {
        let History { repeats, recency, age } = *history;
        let x = f64::from(repeats);
        let shape = self.r + f64::from(self.k) * x;
        let since = age - recency;
        let there = (0..self.k).map(|event| {
            let j = f64::from(event);
            let passed = if event == 0 { 0.0 } else { j * ln(since.max(1e-300)) };
            ln_gamma(shape + j) - ln_gamma(shape) - ln_gamma(j + 1.0) + passed - (shape + j) * ln(self.alpha + age)
        });
        let gone = if self.dropout == Dropout::AfterAny || repeats > 0 {
            ln(self.a / (self.shifted() + x - 1.0)) - shape * ln(self.alpha + recency)
        } else {
            f64::NEG_INFINITY
        };
        (there.collect(), gone)
    }
}

impl Purchases for Regular {
    fn states(&self, record: &Record, states: &mut Vec<(f64, State)>) {
        let (there, gone) = self.ways(&record.history);
        let most = there.iter().fold(gone, |most, way| most.max(*way));
        let all: f64 = there.iter().map(|way| exp(way - most)).sum::<f64>() + exp(gone - most);
        let History { repeats, age, .. } = record.history;
        states.extend((0u32..).zip(&there).map(|(phase, way)| (exp(way - most) / all, State { repeats, age, phase })));
    }

    fn tail(&self, state: &State, horizon: f64) -> Vec<f64> {
        let x = f64::from(state.repeats);
        let shape = self.r + f64::from(self.k) * x + f64::from(state.phase);
        let come = purchases_within(shape, self.alpha + state.age, self.k, state.phase, horizon);
        cut(come.into_iter().zip(staying(self.a, self.shifted() + x)).map(|(come, stay)| come * stay).collect())
    }

    fn mean(&self, state: &State, horizon: f64) -> f64 {
        self.tail(state, horizon).iter().sum()
    }

    /// Given rate λ and chance p, purchase n comes kn − j events from now: Σ ρ^(kn−j) (1−p)^(n−1) with ρ = λ / (λ + δ), averaged over
    /// both by quadrature.
    fn residual(&self, state: &State, discount: f64) -> f64 {
        let x = f64::from(state.repeats);
        let (k, phase) = (f64::from(self.k), f64::from(state.phase));
        let (shape, rate) = (self.r + k * x + phase, self.alpha + state.age);
        let b = self.shifted() + x;
        let chances = beta_nodes(self.a, b);
        half_line(shape / rate, |events| {
            let density = exp(shape * ln(rate) + (shape - 1.0) * ln(events) - rate * events - ln_gamma(shape));
            if density < 1e-300 {
                return 0.0;
            }
            let kept = events / (events + discount);
            let (first, each) = (pow(kept, k - phase), pow(kept, k));
            density * first * chances.iter().map(|(_, rest, weight)| weight / (1.0 - rest * each)).sum::<f64>()
        })
    }
}

/// Mean negative log likelihood (without what k alone decides) and its gradient in the logarithms of r, α, a, b.
fn negative(rows: &[Counted], dropout: Dropout, k: u32, logs: &[f64]) -> (f64, Vec<f64>) {
    let p: Vec<f64> = logs.iter().map(|&log| exp(log)).collect();
    let (r, alpha, a, b) = (p[0], p[1], p[2], p[3]);
    let model = Regular { k, dropout, r, alpha, a, b, log_likelihood: 0.0 };
    let sums: Vec<[f64; 6]> =
        rows.par_chunks(1 << 11)
            .map(|rows| {
                let mut sums = [0.0; 6];
                let (mut count, mut alive) = (PerCount::new(&model, 0), Vec::new());
                for row in rows {
                    let History { repeats, recency, age } = row.history;
                    // Rows come in the order of their repeats.
                    if count.repeats != repeats {
                        count = PerCount::new(&model, repeats);
                    }
                    let shape = count.shape;
                    let (log_age, log_recency) = (ln(alpha + age), ln(alpha + recency));
                    let log_since = ln((age - recency).max(1e-300)) - log_age;
                    alive.clear();
                    alive.extend((0..).zip(&count.events).map(|(j, (log, _))| {
                        log - shape * log_age + if j == 0 { 0.0 } else { f64::from(j) * log_since }
                    }));
                    let gone = count.log_gone - shape * log_recency;
                    let most = alive.iter().copied().fold(gone, f64::max);
                    let mut all = exp(gone - most);
                    let left = all;
                    for way in &mut alive {
                        *way = exp(*way - most);
                        all += *way;
                    }
                    let share = left / all;
                    let mut by_r = count.by_r - share * log_recency;
                    let mut by_alpha = r / alpha - share * shape / (alpha + recency);
                    for (event, (way, (_, rise))) in alive.iter().zip(&count.events).enumerate() {
                        let part = way / all;
                        by_r += part * (rise - log_age);
                        by_alpha -= part * (shape + event as f64) / (alpha + age);
                    }
                    let w = row.customers;
                    sums[0] += w * (count.value + most + ln(all));
                    sums[1] += w * by_r;
                    sums[2] += w * by_alpha;
                    sums[3] += w * (count.by_a + share / a);
                    sums[4] += w * (count.by_b - if share > 0.0 { share * count.gone_by_b } else { 0.0 });
                    sums[5] += w;
                }
                sums
            })
            .collect();
    let mut total = [0.0; 6];
    sums.iter().for_each(|part| total.iter_mut().zip(part).for_each(|(sum, part)| *sum += part));
    (-total[0] / total[5], (0..4).map(|index| -total[index + 1] * p[index] / total[5]).collect())
}

/// What the likelihood needs per number of repeats.
struct PerCount {
    repeats: u32,
    shape: f64,
    value: f64,
    by_r: f64,
    by_a: f64,
    by_b: f64,
    log_gone: f64,
    gone_by_b: f64,
    /// For 0, 1, … k − 1 events since the last purchase: ln Γ(shape + j) − ln Γ(shape) − ln j!, and its derivative.
    events: Vec<(f64, f64)>,
}

impl PerCount {
    fn new(model: &Regular, repeats: u32) -> PerCount {
        let Regular { k, dropout, r, alpha, a, b, .. } = *model;
        let (x, shifted) = (f64::from(repeats), model.shifted());
        let shape = r + f64::from(k) * x;
        let may_be_gone = dropout == Dropout::AfterAny || repeats > 0;
        let both = digamma(a + b) - digamma(a + shifted + x);
        let events = (0..k).map(f64::from).scan((0.0, 0.0), |sums, event| {
            let now = *sums;
            *sums = (now.0 + ln((shape + event) / (event + 1.0)), now.1 + 1.0 / (shape + event));
            Some(now)
        });
        PerCount {
            repeats,
            shape,
            value: ln_gamma(shape) - ln_gamma(r) + r * ln(alpha) + ln_beta(a, shifted + x) - ln_beta(a, b),
            by_r: digamma(shape) - digamma(r) + ln(alpha),
            by_a: both,
            by_b: digamma(shifted + x) - digamma(b) + both,
            log_gone: if may_be_gone { ln(a / (shifted + x - 1.0)) } else { f64::NEG_INFINITY },
            gone_by_b: if may_be_gone { 1.0 / (shifted + x - 1.0) } else { 0.0 },
            events: events.collect(),
        }
    }
}

/// How regular customers buy: the k of Erlang-k times between purchases, from the shares that a customer's times have in their sum,
/// which do not depend on the customer's rate (a symmetric Dirichlet distribution of k; with two times it is the test of J. Wheat,
/// D. Morrison, "Estimating purchase regularity with two interpurchase times", J. of Marketing Research 27(1), 1990). Maximum
/// likelihood, 0.05 to 100; nothing where fewer than ten customers have two times.
pub fn regularity(records: &[Record]) -> Option<f64> {
    // Per number of times: customers and the sum of the logarithms of their shares.
    let mut by_count: std::collections::BTreeMap<u32, (f64, f64)> = std::collections::BTreeMap::new();
    for record in records.iter().filter(|record| record.history.repeats >= 2) {
        let x = record.history.repeats;
        let entry = by_count.entry(x).or_default();
        entry.0 += 1.0;
        entry.1 += record.log_gaps - f64::from(x) * ln(record.history.recency);
    }
    if by_count.values().map(|(customers, _)| customers).sum::<f64>() < 10.0 {
        return None;
    }
    let slope = |k: f64| -> f64 {
        let of = |(x, (customers, logs)): (&u32, &(f64, f64))| {
            let x = f64::from(*x);
            customers * x * (digamma(k * x) - digamma(k)) + logs
        };
        by_count.iter().map(of).sum()
    };
    // The likelihood is concave in k: bisect its slope on a log scale.
    let (mut low, mut high) = (ln(0.05), ln(100.0));
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if slope(exp(middle)) > 0.0 { low = middle } else { high = middle }
    }
    Some(exp(0.5 * (low + high)))
}

/// The sum of the logarithms of the times between purchases at these times, ascending.
pub fn log_gaps(times: &[f64]) -> f64 {
    times.windows(2).map(|pair| ln((pair[1] - pair[0]).max(1e-300))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use crate::value::draws::gamma;
    use crate::value::{Geometric, cdnow};
    use rand::RngExt;

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn with_k_of_one_it_is_bg_nbd() {
        let Some(histories) = cdnow::histories() else { return };
        let records: Vec<Record> = histories.iter().map(|&history| history.into()).collect();
        for dropout in [Dropout::AfterRepeat, Dropout::AfterAny] {
            let regular = Regular::fit(&records, dropout, 1).expect("converges");
            let plain = Geometric::fit(&histories, dropout).expect("converges");
            near(regular.log_likelihood, plain.log_likelihood, 1e-3);
            near(regular.alpha / plain.alpha, 1.0, 1e-3);
            for record in records.iter().step_by(100) {
                let (mut own, mut other) = (Vec::new(), Vec::new());
                let same = Regular { r: plain.r, alpha: plain.alpha, a: plain.a, b: plain.b, ..regular };
                same.states(record, &mut own);
                plain.states(record, &mut other);
                near(own[0].0, other[0].0, 1e-10);
                near(same.mean(&own[0].1, 39.0), plain.mean(&other[0].1, 39.0), 1e-6);
                let weekly = ln(1.15) / 52.0;
                near(same.residual(&own[0].1, weekly) / plain.residual(&other[0].1, weekly), 1.0, 1e-5);
            }
        }
    }

    #[test]
    fn the_gradient_is_that_of_the_likelihood() {
        let history = |i: u32| {
            let repeats = i % 6;
            let recency = if repeats == 0 { 0.0 } else { f64::from(repeats) * 3.0 };
            History { repeats, recency, age: 25.0 + f64::from(i % 3) }
        };
        let rows = aggregate(&(0..40).map(history).collect::<Vec<_>>()).expect("sound");
        for (dropout, k) in [(Dropout::AfterRepeat, 2), (Dropout::AfterAny, 3)] {
            let at = [-0.3, 2.2, -0.4, 0.6];
            let (_, gradient) = negative(&rows, dropout, k, &at);
            for index in 0..4 {
                let shifted = |by: f64| {
                    let mut there = at;
                    there[index] += by;
                    negative(&rows, dropout, k, &there).0
                };
                near(gradient[index], (shifted(1e-5) - shifted(-1e-5)) / 2e-5, 1e-7);
            }
        }
    }

    /// Customers of an MBG/CNBD-k model, with what they bought in 26 weeks after the first `age`.
    fn drawn(truth: &Regular, customers: usize, age: f64) -> Vec<(Record, u32)> {
        let mut random = stream(5, "regular buyers");
        (0..customers)
            .map(|_| {
                let rate = gamma(&mut random, truth.r) / truth.alpha;
                let (one, two) = (gamma(&mut random, truth.a), gamma(&mut random, truth.b));
                let leave = one / (one + two);
                let (mut times, mut now) = (vec![0.0], 0.0);
                let mut later = 0;
                while random.random::<f64>() >= leave {
                    now += gamma(&mut random, f64::from(truth.k)) / rate;
                    if now > age + 26.0 {
                        break;
                    }
                    if now <= age { times.push(now) } else { later += 1 }
                }
                let repeats = times.len() as u32 - 1;
                let history = History { repeats, recency: times[times.len() - 1], age };
                (Record { history, log_gaps: log_gaps(&times), class: 0 }, later)
            })
            .collect()
    }

    #[test]
    fn recovers_k_and_forecasts_regular_buyers_where_bg_nbd_does_not() {
        let truth =
            Regular { k: 3, dropout: Dropout::AfterAny, r: 1.2, alpha: 8.0, a: 0.6, b: 3.0, log_likelihood: 0.0 };
        let all = drawn(&truth, 4000, 52.0);
        let records: Vec<Record> = all.iter().map(|(record, _)| *record).collect();
        let found = Regular::fit_any(&records, Dropout::AfterAny, 6).expect("converges");
        assert_eq!(found.k, 3, "{found:?}");
        near(ln(found.r / truth.r), 0.0, 0.15);
        let k = regularity(&records).expect("many repeats");
        assert!((2.6..3.4).contains(&k), "{k}");
        let judged = |model: &dyn Purchases| -> (f64, f64) {
            let expected = |record: &Record| {
                let mut states = Vec::new();
                model.states(record, &mut states);
                states.iter().map(|(weight, state)| weight * model.mean(state, 26.0)).sum::<f64>()
            };
            let total = records.iter().map(expected).sum();
            let fit: f64 = all.iter().map(|(record, later)| model.log_chance(record, 26.0, *later)).sum();
            (total, fit / all.len() as f64)
        };
        let came: f64 = all.iter().map(|(_, later)| f64::from(*later)).sum();
        let (total, fit) = judged(&found);
        near(total / came, 1.0, 0.05);
        let histories: Vec<History> = records.iter().map(|record| record.history).collect();
        let plain = Geometric::fit(&histories, Dropout::AfterAny).expect("converges");
        let (_, plain_fit) = judged(&plain);
        assert!(fit > plain_fit + 0.01, "{fit} {plain_fit}");
        // The mean over states agrees with the tail's sum, and P(alive) is a probability.
        assert!(records.iter().all(|record| (0.0..=1.0).contains(&found.alive(record))));
    }

    #[test]
    fn regularity_of_chance_is_one() {
        let truth =
            Regular { k: 1, dropout: Dropout::AfterAny, r: 1.2, alpha: 3.0, a: 0.4, b: 4.0, log_likelihood: 0.0 };
        let records: Vec<Record> = drawn(&truth, 3000, 52.0).into_iter().map(|(record, _)| record).collect();
        let k = regularity(&records).expect("many repeats");
        assert!((0.9..1.1).contains(&k), "{k}");
        assert_eq!(regularity(&records[..5]), None);
    }
}
