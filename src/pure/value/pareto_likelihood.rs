//! The likelihood of Pareto/NBD and its gradient, for very many customers.
//!
//! What takes time is the likelihood of having dropped out between the last purchase and now, s·∫ (α + τ)^(−r−x) (β + τ)^(−s−1) dτ over
//! that time: P. Fader, B. Hardie, "A note on deriving the Pareto/NBD model and related expressions", 2005, equation 17, whose
//! hypergeometric functions are this integral's closed form. Their series grow long where α and β are far apart, as they are wherever
//! few customers drop out; the integral takes a few nodes for any parameters, and gives its gradient with them.

use rayon::prelude::*;

use super::history::Counted;
use crate::numeric::gamma::digamma;
use crate::numeric::integrate::nodes;
use crate::numeric::math::{exp, exp_m1, ln, ln_1p, ln_gamma};

/// An integral over a time of (α + τ)^(−r−x) (β + τ)^(−s−1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Gone {
    /// Its logarithm.
    pub log: f64,
    /// The means of ln(α + τ), 1 / (α + τ), ln(β + τ) and 1 / (β + τ) with the integrand as their weight.
    means: [f64; 4],
}

/// No time at all.
const NEVER: Gone = Gone { log: f64::NEG_INFINITY, means: [0.0; 4] };
/// Where the integrand has fallen by e to the power of this, the rest of it adds nothing.
const FALLEN: f64 = 45.0;
/// Panels of eight nodes at most.
const PANELS: f64 = 24.0;

impl Gone {
    /// From one time to another of a customer with `x` repeats. The integrand is smooth in the logarithm of min(α, β) + τ: each panel
    /// spans a factor of e² of it, or a fall by e⁴ where that comes first.
    pub(super) fn new(model: [f64; 4], x: f64, from: f64, to: f64) -> Gone {
        let [r, alpha, s, beta] = model;
        let (rate, leaving) = (alpha + from, beta + from);
        let (shape, power) = (r + x, s + 1.0);
        let unit = rate.min(leaving);
        if to <= from {
            return NEVER;
        }
        // w = ln((unit + passed) / unit), of which the time passed is unit·(e^w − 1).
        let at = |w: f64| {
            let passed = unit * exp_m1(w);
            (passed, ln_1p(passed / rate), ln_1p(passed / leaving))
        };
        let fall = |w: f64| {
            let (_, buying, staying) = at(w);
            shape * buying + power * staying - w
        };
        let mut end = ln_1p((to - from) / unit);
        if (shape + power) * end > FALLEN && fall(end) > FALLEN {
            let (mut low, mut high) = (0.0, end);
            for _ in 0..14 {
                let middle = 0.5 * (low + high);
                if fall(middle) > FALLEN { high = middle } else { low = middle }
            }
            end = high;
        }
        let last = unit * exp(end);
        let (far_rate, far_leaving) = (rate - unit + last, leaving - unit + last);
        let steepest = (shape * last / far_rate + power * last / far_leaving).max(1.0);
        let panels = (steepest * end / 4.0).max(end / 2.0).ceil().clamp(1.0, PANELS);
        let (mut sum, mut means) = (0.0, [0.0; 4]);
        for (w, weight) in nodes(0.0, end, panels as u32) {
            let (passed, buying, staying) = at(w);
            let part = weight * exp(w - shape * buying - power * staying);
            sum += part;
            means[0] += part * buying;
            means[1] += part / (rate + passed);
            means[2] += part * staying;
            means[3] += part / (leaving + passed);
        }
        let (log_rate, log_leaving) = (ln(rate), ln(leaving));
        let means = [means[0] / sum + log_rate, means[1] / sum, means[2] / sum + log_leaving, means[3] / sum];
        Gone { log: ln(unit * sum) - shape * log_rate - power * log_leaving, means }
    }

    /// This time and the time after it together.
    fn and(self, after: Gone) -> Gone {
        let most = self.log.max(after.log);
        if most == f64::NEG_INFINITY {
            return NEVER;
        }
        let (own, other) = (exp(self.log - most), exp(after.log - most));
        let share = own / (own + other);
        let mean = |at: usize| share * self.means[at] + (1.0 - share) * after.means[at];
        Gone { log: most + ln(own + other), means: [0, 1, 2, 3].map(mean) }
    }

    /// This time without the end of it.
    fn without(self, end: Gone) -> Gone {
        let rest = exp(end.log - self.log);
        if rest.is_nan() || rest >= 1.0 {
            return NEVER;
        }
        let mean = |at: usize| (self.means[at] - rest * end.means[at]) / (1.0 - rest);
        Gone { log: self.log + ln_1p(-rest), means: [0, 1, 2, 3].map(mean) }
    }
}

/// The histories as the likelihood needs them. Integrals are taken between neighbouring times of the customers with one number of
/// repeats, of whom there are far fewer pairs than histories, and added up from the last time on.
pub(super) struct Sample {
    pub(super) customers: f64,
    repeats: Vec<f64>,
    times: Vec<f64>,
    /// Repeats and place among the times of each pair, ascending.
    pairs: Vec<(u32, u32)>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy)]
struct Row {
    repeats: u32,
    /// Places among the pairs.
    last: u32,
    now: u32,
    customers: f64,
}

impl Sample {
    /// Of histories, whose times are divided by `unit`.
    pub(super) fn new(counted: &[Counted], unit: f64) -> Sample {
        let mut times: Vec<f64> = counted.iter().flat_map(|row| [row.history.recency, row.history.age]).collect();
        times.par_sort_unstable_by(f64::total_cmp);
        times.dedup();
        let mut repeats: Vec<u32> = counted.iter().map(|row| row.history.repeats).collect();
        repeats.sort_unstable();
        repeats.dedup();
        let time = |value: f64| times.partition_point(|time| *time < value) as u32;
        let of = |row: &Counted| {
            let count = repeats.partition_point(|count| *count < row.history.repeats) as u32;
            [(count, time(row.history.recency)), (count, time(row.history.age))]
        };
        let both: Vec<[(u32, u32); 2]> = counted.par_iter().map(of).collect();
        let mut pairs: Vec<(u32, u32)> = both.iter().flatten().copied().collect();
        pairs.par_sort_unstable();
        pairs.dedup();
        let place = |pair: (u32, u32)| pairs.partition_point(|other| *other < pair) as u32;
        let rows = both.par_iter().zip(counted).map(|(&[last, now], row)| Row {
            repeats: last.0,
            last: place(last),
            now: place(now),
            customers: row.customers,
        });
        Sample {
            customers: counted.iter().map(|row| row.customers).sum(),
            rows: rows.collect(),
            repeats: repeats.iter().map(|&count| f64::from(count)).collect(),
            times: times.iter().map(|time| time / unit).collect(),
            pairs,
        }
    }

    /// The integrals from each pair's time to the last time of its number of repeats.
    fn gone(&self, model: [f64; 4]) -> Vec<Gone> {
        let to_next = |at: usize| {
            let (count, time) = self.pairs[at];
            match self.pairs.get(at + 1) {
                Some(&(next, later)) if next == count => {
                    let x = self.repeats[count as usize];
                    Gone::new(model, x, self.times[time as usize], self.times[later as usize])
                }
                _ => NEVER,
            }
        };
        let mut all: Vec<Gone> = (0..self.pairs.len()).into_par_iter().with_min_len(256).map(to_next).collect();
        for at in (1..all.len()).rev() {
            if self.pairs[at - 1].0 == self.pairs[at].0 {
                all[at - 1] = all[at - 1].and(all[at]);
            }
        }
        all
    }

    /// Mean negative log likelihood of a model with these r, α, s, β, and its gradient in their logarithms.
    pub(super) fn negative(&self, model: [f64; 4]) -> (f64, [f64; 4]) {
        let [r, alpha, s, beta] = model;
        let gone = self.gone(model);
        let constant = |x: &f64| {
            let value = ln_gamma(r + x) - ln_gamma(r) + r * ln(alpha) + s * ln(beta);
            (value, digamma(r + x) - digamma(r) + ln(alpha))
        };
        let counts: Vec<(f64, f64)> = self.repeats.iter().map(constant).collect();
        let log_times: Vec<[f64; 2]> = self.times.iter().map(|time| [ln(alpha + time), ln(beta + time)]).collect();
        // Chunks of one size whatever the threads, added in order.
        let sums: Vec<[f64; 5]> = self
            .rows
            .par_chunks(1 << 13)
            .map(|rows| {
                let mut sums = [0.0; 5];
                for row in rows {
                    let shape = r + self.repeats[row.repeats as usize];
                    let time = self.pairs[row.now as usize].1 as usize;
                    let (age, [log_rate, log_leaving]) = (self.times[time], log_times[time]);
                    let (value, by_r) = counts[row.repeats as usize];
                    let between = gone[row.last as usize].without(gone[row.now as usize]);
                    let (there, left) = (-shape * log_rate - s * log_leaving, ln(s) + between.log);
                    let most = there.max(left);
                    let both = exp(there - most) + exp(left - most);
                    let (stay, leave) = (exp(there - most) / both, exp(left - most) / both);
                    let w = row.customers;
                    sums[0] += w * (value + most + ln(both));
                    sums[1] += w * (by_r - stay * log_rate - leave * between.means[0]);
                    sums[2] += w * (r / alpha - shape * (stay / (alpha + age) + leave * between.means[1]));
                    sums[3] += w * (ln(beta) - stay * log_leaving + leave * (1.0 / s - between.means[2]));
                    sums[4] += w * (s / beta - stay * s / (beta + age) - leave * (s + 1.0) * between.means[3]);
                }
                sums
            })
            .collect();
        let mut total = [0.0; 5];
        sums.iter().for_each(|part| total.iter_mut().zip(part).for_each(|(sum, part)| *sum += part));
        let own = [r, alpha, s, beta];
        (-total[0] / self.customers, [0, 1, 2, 3].map(|at| -total[at + 1] * own[at] / self.customers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::hypergeometric::hypergeometric;
    use crate::value::{History, aggregate};

    #[test]
    fn the_integral_is_the_closed_form_of_fader_and_hardie() {
        // A₀ of their equation 17: what is left from one time on, less what is left from another.
        let closed = |model: [f64; 4], x: f64, time: f64| {
            let [r, alpha, s, beta] = model;
            let (total, larger) = (r + s + x, alpha.max(beta));
            let second = if alpha >= beta { s + 1.0 } else { r + x };
            let z = (alpha - beta).abs() / (larger + time);
            ln(hypergeometric(total, second, total + 1.0, z) / total) - total * ln(larger + time)
        };
        for (alpha, beta, s) in
            [(10.6, 11.7, 0.6), (11.7, 10.6, 0.6), (1.0, 98.0, 2.0), (98.0, 1.0, 0.1), (0.01, 9.0, 3.0)]
        {
            let model = [0.55, alpha, s, beta];
            for (x, from, to) in [(0.0, 0.0, 30.0), (3.0, 0.04, 60.0), (3.0, 20.0, 21.0), (120.0, 10.0, 39.0)] {
                let (first, then) = (closed(model, x, from), closed(model, x, to));
                let found = Gone::new(model, x, from, to).log;
                let expected = first + ln_1p(-exp(then - first));
                assert!((found - expected).abs() < 1e-9, "{alpha} {beta} {x} {from}: {found} {expected}");
            }
        }
    }

    #[test]
    fn times_put_together_and_taken_apart_again() {
        let model = [0.55, 10.6, 0.6, 11.7];
        let whole = Gone::new(model, 2.0, 5.0, 39.0);
        let (first, then) = (Gone::new(model, 2.0, 5.0, 9.0), Gone::new(model, 2.0, 9.0, 39.0));
        for (found, expected) in [(first.and(then), whole), (whole.without(then), first)] {
            assert!((found.log - expected.log).abs() < 1e-12);
            assert!(found.means.iter().zip(expected.means).all(|(a, b)| (a / b - 1.0).abs() < 1e-10));
        }
        assert_eq!(Gone::new(model, 2.0, 5.0, 5.0).log, f64::NEG_INFINITY);
    }

    #[test]
    fn the_gradient_is_that_of_the_likelihood() {
        let history = |i: u32| {
            let repeats = i % 7;
            let recency = if repeats == 0 { 0.0 } else { f64::from(repeats) * 3.0 };
            History { repeats, recency, age: 18.0 + f64::from(i % 3) }
        };
        let sample = Sample::new(&aggregate(&(0..40).map(history).collect::<Vec<_>>()).expect("sound"), 10.0);
        for at in [[-0.3_f64, 0.2, -0.4, 0.6], [0.4, 1.1, 0.2, -0.5], [0.1, -2.0, 2.0, 6.0]] {
            let (_, gradient) = sample.negative(at.map(exp));
            for index in 0..4 {
                let shifted = |by: f64| {
                    let mut there = at;
                    there[index] += by;
                    sample.negative(there.map(exp)).0
                };
                let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                assert!((gradient[index] - slope).abs() < 1e-7, "{index}: {} {slope}", gradient[index]);
            }
        }
    }
}
