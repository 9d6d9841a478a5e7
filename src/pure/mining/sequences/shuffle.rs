//! Chances under random order: what follows what if a customer's orders came in any order.

use crate::numeric::erf::normal_cdf;
use crate::numeric::math::{exp, ln};

/// ln n! for n up to a bound.
pub(super) struct LogFactorials(Vec<f64>);

impl LogFactorials {
    pub fn up_to(most: usize) -> Self {
        let mut logs = vec![0.0; most + 1];
        for n in 2..=most {
            logs[n] = logs[n - 1] + ln(n as f64);
        }
        LogFactorials(logs)
    }

    /// ln of n over k; minus infinity where there is none.
    fn choose(&self, n: i64, k: i64) -> f64 {
        if k < 0 || n < k || n < 0 {
            return f64::NEG_INFINITY;
        }
        self.0[n as usize] - self.0[k as usize] - self.0[(n - k) as usize]
    }

    /// The chance that `drawn` of `all` orders, `having` of which have the item, include it.
    pub fn any_of(&self, all: usize, having: usize, drawn: usize) -> f64 {
        let (all, having, drawn) = (all as i64, having as i64, drawn.min(all) as i64);
        1.0 - exp(self.choose(all - having, drawn) - self.choose(all, drawn))
    }
}

/// A customer's orders by what they hold: A and B, only A, only B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FirstThenNext {
    both: u32,
    first_only: u32,
    next_only: u32,
}

impl FirstThenNext {
    pub fn new(both: usize, first_only: usize, next_only: usize) -> Self {
        FirstThenNext { both: both as u32, first_only: first_only as u32, next_only: next_only as u32 }
    }

    /// The chance that, with the orders dealt out to `days` (ascending) at random, an order with B comes after the first
    /// with A and within `horizon` days of it.
    ///
    /// Counted over where the first A falls (k orders before it, m within the horizon after it, t later) and how many
    /// B-only orders j come before it: without success the m hold neither B-only nor both.
    pub fn chance(&self, days: &[i64], horizon: i64, logs: &LogFactorials) -> f64 {
        let n = days.len() as i64;
        let (with_both, only_first, next_only) =
            (i64::from(self.both), i64::from(self.first_only), i64::from(self.next_only));
        let first = only_first + with_both;
        if first == 0 || next_only + with_both == 0 {
            return 0.0;
        }
        // ln of the number of arrangements in all.
        let all =
            logs.choose(n, with_both) + logs.choose(n - with_both, only_first) + logs.choose(n - first, next_only);
        let mut failing = 0.0;
        let mut reach = 0;
        for k in 0..=n - first {
            while reach < days.len() && days[reach] - days[k as usize] <= horizon {
                reach += 1;
            }
            let m = reach as i64 - 1 - k;
            let t = n - k - 1 - m;
            for (both, first_only) in [(with_both - 1, only_first), (with_both, only_first - 1)] {
                if both < 0 || first_only < 0 {
                    continue;
                }
                let later = logs.choose(t, both);
                if later == f64::NEG_INFINITY {
                    continue;
                }
                for j in 0..=next_only.min(k) {
                    let ways = later
                        + logs.choose(k, j)
                        + logs.choose(t - both, next_only - j)
                        + logs.choose(m + t - both - (next_only - j), first_only);
                    failing += exp(ways - all);
                }
            }
        }
        (1.0 - failing).clamp(0.0, 1.0)
    }
}

/// The chance that at least `least` of independent events with these chances happen; of one above `enough` only that it is.
///
/// Exact by convolution; for very many a normal approximation with a correction for skewness (A. Yu. Volkova, Theory of
/// Probability and its Applications 40, 1996). A median is never below the whole part of the mean (K. Jogdeo, S. M.
/// Samuels, Annals of Mathematical Statistics 39, 1968), so that up to there the chance is at least one half.
pub(super) fn at_least(chances: &[f64], least: usize, enough: f64) -> f64 {
    if least == 0 || enough < 0.5 && least as f64 <= chances.iter().sum::<f64>().floor() {
        return 1.0;
    }
    if chances.len() < least {
        return 0.0;
    }
    if chances.len() * least <= 4_000_000 {
        // exactly[j]: j events so far; the last place gathers "at least".
        let mut exactly = vec![0.0; least + 1];
        exactly[0] = 1.0;
        for (before, &chance) in chances.iter().enumerate() {
            exactly[least] += exactly[least - 1] * chance;
            if exactly[least] > enough {
                break;
            }
            for j in (1..least.min(before + 2)).rev() {
                exactly[j] += (exactly[j - 1] - exactly[j]) * chance;
            }
            exactly[0] *= 1.0 - chance;
        }
        return exactly[least].clamp(0.0, 1.0);
    }
    let mean: f64 = chances.iter().sum();
    let variance: f64 = chances.iter().map(|p| p * (1.0 - p)).sum();
    let third: f64 = chances.iter().map(|p| p * (1.0 - p) * (1.0 - 2.0 * p)).sum();
    let deviation = variance.sqrt();
    if deviation == 0.0 {
        return if mean + 1e-9 >= least as f64 { 1.0 } else { 0.0 };
    }
    let x = (least as f64 - 0.5 - mean) / deviation;
    let density = exp(-x * x / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
    let below = normal_cdf(x) + third / deviation.powi(3) * (1.0 - x * x) * density / 6.0;
    (1.0 - below).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By dealing out the orders in every way.
    fn dealt(kinds: &[(bool, bool)], days: &[i64], horizon: i64) -> f64 {
        fn permute(kinds: &mut Vec<(bool, bool)>, at: usize, each: &mut dyn FnMut(&[(bool, bool)])) {
            if at == kinds.len() {
                return each(kinds);
            }
            for other in at..kinds.len() {
                kinds.swap(at, other);
                permute(kinds, at + 1, each);
                kinds.swap(at, other);
            }
        }
        let (mut all, mut good) = (0, 0);
        permute(&mut kinds.to_vec(), 0, &mut |order| {
            all += 1;
            if let Some(first) = order.iter().position(|kind| kind.0) {
                let hit = (first + 1..order.len()).any(|at| order[at].1 && days[at] - days[first] <= horizon);
                good += i32::from(hit);
            }
        });
        f64::from(good) / f64::from(all)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]
        #[test]
        fn equals_dealing_in_every_way(
            orders in proptest::collection::vec((any::<bool>(), any::<bool>(), 0i64..5), 1..7), horizon in 0i64..12,
        ) {
            let kinds: Vec<(bool, bool)> = orders.iter().map(|&(first, next, _)| (first, next)).collect();
            let days: Vec<i64> = orders.iter().scan(0, |day, &(_, _, gap)| { *day += gap; Some(*day) }).collect();
            let of = |kind: (bool, bool)| kinds.iter().filter(|&&other| other == kind).count();
            let counts = FirstThenNext::new(of((true, true)), of((true, false)), of((false, true)));
            let chance = counts.chance(&days, horizon, &LogFactorials::up_to(10));
            prop_assert!((chance - dealt(&kinds, &days, horizon)).abs() < 1e-9);
        }
    }

    #[test]
    fn at_least_is_the_binomial_tail_for_equal_chances() {
        // P[Bin(10, 0.3) >= 5] = 0.150268...; the approximation agrees for many.
        let exact = |chances: &[f64], least| at_least(chances, least, 1.0);
        assert!((exact(&[0.3; 10], 5) - 0.150_268_333).abs() < 1e-8);
        assert_eq!((exact(&[0.3; 10], 0), exact(&[0.3; 4], 5), exact(&[1.0; 4], 4)), (1.0, 0.0, 1.0));
        let many = vec![0.1; 20_000];
        let exact = 1.0 - normal_cdf((2_060.5 - 0.0 - 2_000.0) / (1_800f64).sqrt());
        assert!((at_least(&many, 2_061, 1.0) - exact).abs() < 2e-3);
    }

    proptest! {
        #[test]
        fn what_is_not_wanted_exactly_stays_on_its_side(
            chances in proptest::collection::vec(0.0f64..1.0, 0..40), least in 0usize..20, enough in 0.0f64..0.6,
        ) {
            let exact = at_least(&chances, least, 1.0);
            let quick = at_least(&chances, least, enough);
            prop_assert!(quick == exact || quick > enough && exact > enough, "{} {}", quick, exact);
        }
    }

    #[test]
    fn drawing_without_replacement() {
        let logs = LogFactorials::up_to(12);
        assert!((logs.any_of(10, 3, 2) - (1.0 - 7.0 / 10.0 * 6.0 / 9.0)).abs() < 1e-12);
        assert_eq!((logs.any_of(5, 0, 3), logs.any_of(5, 5, 1)), (0.0, 1.0));
    }
}
