//! Regularity: whether customers buy in equal gaps or by chance.

use rayon::prelude::*;

use super::estimate::Estimate;
use crate::numeric::gamma::digamma;
use crate::numeric::math::ln;

/// Fewest gaps from which a customer's own shape is estimated.
const LEAST_GAPS: usize = 10;

/// How regularly the customers of a shop buy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regularity {
    /// Customers with at least two gaps.
    pub customers: u64,
    /// Mean of (M − ½)², 0 to ¼.
    pub spread: f64,
    /// Shape of the gaps: 1 is chance (Poisson), more is more regular; with a 95 % interval.
    pub shape: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The common shape k of gamma distributed gaps from the last two gaps of each customer, days ascending per customer; nothing without customers with
/// two gaps, or when all gaps are equal.
///
/// M = g1/(g1 + g2) is Beta(k, k), whose variance v gives k = (1 − 4v)/(8v) (R. Wheat, D. Morrison, "Estimating purchase regularity with two interpurchase
/// times", Journal of Marketing Research 27, 1990). BTYDplus draws which gap is the first; (M − ½)² is the same for both, so no draw is
/// needed.
pub fn wheat_morrison<'a>(days: impl Fn(u32) -> &'a [i32] + Sync, customers: u32) -> Option<Regularity> {
    let squares: Vec<f64> = (0..customers)
        .into_par_iter()
        .with_min_len(1024)
        .filter_map(|customer| {
            let [.., a, b, c] = days(customer) else { return None };
            let off = f64::from(b - a) / f64::from(c - a) - 0.5;
            Some(off * off)
        })
        .collect();
    let n = squares.len() as f64;
    let spread = squares.iter().sum::<f64>() / n;
    if squares.is_empty() || spread <= 0.0 {
        return None;
    }
    let scatter: f64 = squares.iter().map(|square| (square - spread) * (square - spread)).sum();
    let error = 1.959_963_984_540_054 * (scatter / n / n).sqrt();
    let shape = |spread: f64| 1.0 / (8.0 * spread) - 0.5;
    // The shape falls as the spread rises; a spread is at most ¼.
    let (low, high) = (shape((spread + error).min(0.25)), shape((spread - error).max(1e-6)));
    Some(Regularity { customers: squares.len() as u64, spread, shape: shape(spread), low, high })
}

/// The shape of a customer's own gaps (purchase days ascending) by maximum likelihood of a gamma distribution: ln k − ψ(k) = ln(mean) − mean(ln)
/// (S. Choi, R. Wette, "Maximum likelihood estimation of the parameters of the gamma distribution", Technometrics 11, 1969), with an interval from the
/// information on ln k. Nothing below 10 gaps. It is too high by about 3k/n at n gaps and comes from heavy buyers: not to be compared with
/// [`wheat_morrison()`].
pub fn gamma_shape(days: &[i32]) -> Option<Estimate> {
    let gaps: Vec<f64> = days.windows(2).map(|pair| f64::from(pair[1] - pair[0])).collect();
    if gaps.len() < LEAST_GAPS {
        return None;
    }
    let n = gaps.len() as f64;
    let apart = ln(gaps.iter().sum::<f64>() / n) - gaps.iter().map(|gap| ln(*gap)).sum::<f64>() / n;
    // Of equal gaps the shape has no bound.
    let (mut low, mut high) = (1e-3, 1e3);
    for _ in 0..80 {
        let middle: f64 = f64::midpoint(low, high);
        if ln(middle) - digamma(middle) > apart {
            low = middle;
        } else {
            high = middle;
        }
    }
    let k = f64::midpoint(low, high);
    let step = 1e-4;
    let trigamma = (digamma(k * (1.0 + step)) - digamma(k * (1.0 - step))) / (2.0 * k * step);
    // Variance of k̂ is 1/(n·(ψ′ − 1/k)), that of ln k̂ smaller by k².
    let error = 1.0 / (n * (trigamma - 1.0 / k)).max(f64::MIN_POSITIVE).sqrt() / k;
    let times = |z: f64| k * crate::numeric::math::exp(z * error);
    Some(Estimate { value: k, low: times(-super::Z), high: times(super::Z) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn two_customers_by_hand() {
        // Gaps 1 and 3: M = 1/4; gaps 2 and 2: M = 1/2. v = 1/32, k = (1 − 1/8)/(1/4).
        let days = [vec![0, 9, 10, 13], vec![0, 2, 4], vec![5, 6]];
        let found = wheat_morrison(|customer| &days[customer as usize], 3).unwrap();
        assert_eq!((found.customers, found.spread, found.shape), (2, 0.031_25, 3.5));
        assert!(found.low < 3.5 && found.high > 3.5);
        assert_eq!(wheat_morrison(|_| &days[1], 2), None);
    }

    /// Gaps that are sums of k exponential waits have shape k.
    #[test]
    fn planted_shapes_are_found() {
        let mut random = stream(11, "gaps");
        let mut wait = |k: u32| (0..k).map(|_| -ln(1.0 - random.random_range(0.0..1.0))).sum::<f64>() * 300.0;
        for k in [1, 3] {
            let all: Vec<Vec<i32>> = (0..5_000)
                .map(|_| {
                    let steps = (0..3).scan(0.0, |day, _| {
                        *day += wait(k).max(1.0);
                        Some(*day as i32)
                    });
                    steps.collect()
                })
                .collect();
            let found = wheat_morrison(|customer| &all[customer as usize], 5_000).unwrap();
            assert!((found.shape - f64::from(k)).abs() < 0.1 * f64::from(k), "{k}: {found:?}");
            assert!(found.low < f64::from(k) && f64::from(k) < found.high, "{k}: {found:?}");
        }
        let long: Vec<i32> = (0..400)
            .scan(0.0, |day, _| {
                *day += wait(3);
                Some(*day as i32)
            })
            .collect();
        let own = gamma_shape(&long).unwrap();
        assert!(own.low < 3.0 && 3.0 < own.high && (own.value - 3.0).abs() < 0.4, "{own:?}");
        assert_eq!(gamma_shape(&long[..10]), None);
    }
}
