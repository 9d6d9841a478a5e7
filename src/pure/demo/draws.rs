//! Draws whose bits are the same on every platform: integers, and floats through `+ - * /` alone.
//!
//! The `ln`, `exp` and `cos` of a system's mathematics library differ in their last bit from machine to machine, and one
//! bit is enough to move an order to another second. So the logarithm is a series of our own, and bells are sums of
//! uniforms.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// A uniform draw in [0, 1) with 53 bits.
pub fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A uniform whole number below `bound` (at least 1), by multiplication (D. Lemire, "Fast random integer generation in an
/// interval", 2019, without the rejection step: the bias is below 2^-32 for the bounds of a shop).
pub fn below(rng: &mut ChaCha8Rng, bound: u32) -> u32 {
    ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u32
}

/// True with probability `share`.
pub fn chance(rng: &mut ChaCha8Rng, share: f64) -> bool {
    uniform(rng) < share
}

/// A draw from the exponential distribution with mean 1.
pub fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    -natural_log(((rng.next_u64() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64))
}

/// A draw from the Erlang distribution with `shape` phases, scaled to mean 1; its coefficient of variation is
/// 1/sqrt(shape).
pub fn erlang(rng: &mut ChaCha8Rng, shape: u32) -> f64 {
    let sum: f64 = (0..shape).map(|_| exponential(rng)).sum();
    sum / f64::from(shape)
}

/// A bell-shaped draw with mean 0 and standard deviation 1: twelve uniforms less six (Irwin-Hall). It never leaves ±6.
pub fn bell(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| uniform(rng)).sum::<f64>() - 6.0
}

/// A bell-shaped whole number of days, at least one.
pub fn days_around(rng: &mut ChaCha8Rng, mean: f64, spread: f64) -> i64 {
    ((mean + spread * bell(rng) + 0.5) as i64).max(1)
}

/// A well-mixed number of two (the finalizer of SplitMix64, G. Steele et al., 2014). It stands in for a stored draw: the
/// same key and place always give the same number.
pub fn mixed(key: u64, place: u64) -> u64 {
    let mut z = key ^ place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Natural logarithm of a normal positive number, by the atanh series on a mantissa near one. Error below 1e-12.
fn natural_log(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) as i64) - 1_023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut sum = 0.0;
    for odd in (0..=8).rev().map(|k| f64::from(2 * k + 1)) {
        sum = sum * square + 1.0 / odd;
    }
    2.0 * ratio * sum + exponent as f64 * std::f64::consts::LN_2
}

/// Draws an index in proportion to given weights, in constant time (A. J. Walker, 1977; M. D. Vose, 1991).
#[derive(Debug, Clone)]
pub struct Alias {
    /// Per slot: the share of the slot that stays with it, in 2^32nds, and where the rest goes.
    slots: Vec<(u64, u32)>,
}

impl Alias {
    /// Builds the table. `weights` are not negative and one of them is positive.
    pub fn new(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let mut scaled: Vec<f64> = weights.iter().map(|w| w * weights.len() as f64 / total).collect();
        let mut slots = vec![(1u64 << 32, 0u32); weights.len()];
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..weights.len()).partition(|&i| scaled[i] < 1.0);
        while let (Some(&s), Some(&l)) = (small.last(), large.last()) {
            small.pop();
            slots[s] = ((scaled[s] * (1u64 << 32) as f64) as u64, l as u32);
            scaled[l] -= 1.0 - scaled[s];
            if scaled[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        Alias { slots }
    }

    /// One draw from 64 random bits.
    pub fn pick(&self, bits: u64) -> usize {
        let wide = u128::from(bits) * self.slots.len() as u128;
        let slot = (wide >> 64) as usize;
        let (share, other) = self.slots[slot];
        if u64::from((wide as u64 >> 32) as u32) < share { slot } else { other as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::math::ln;
    use crate::numeric::random::stream;

    #[test]
    fn logarithm_agrees_with_the_systems() {
        for x in [1e-15, 0.1, 0.5, 0.999, 1.0, 1.5, 2.0, 12345.678] {
            assert!((natural_log(x) - ln(x)).abs() < 1e-12 * ln(x).abs().max(1.0), "{x}");
        }
    }

    #[test]
    fn moments_are_those_asked_for() {
        let mut rng = stream(1, "moments");
        let draws: Vec<f64> = (0..200_000).map(|_| erlang(&mut rng, 4)).collect();
        let mean = draws.iter().sum::<f64>() / 2e5;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 2e5;
        assert!((mean - 1.0).abs() < 0.01 && (variance - 0.25).abs() < 0.01, "{mean} {variance}");
        let bells: Vec<f64> = (0..100_000).map(|_| bell(&mut rng)).collect();
        assert!(bells.iter().sum::<f64>().abs() / 1e5 < 0.02);
        assert!((bells.iter().map(|x| x * x).sum::<f64>() / 1e5 - 1.0).abs() < 0.02);
    }

    #[test]
    fn alias_draws_in_proportion() {
        let table = Alias::new(&[1.0, 0.0, 3.0, 6.0]);
        let mut rng = stream(1, "alias");
        let mut counts = [0u32; 4];
        for _ in 0..100_000 {
            counts[table.pick(rng.next_u64())] += 1;
        }
        assert_eq!(counts[1], 0);
        for (count, share) in counts.iter().zip([0.1, 0.0, 0.3, 0.6]) {
            assert!((f64::from(*count) / 1e5 - share).abs() < 0.01, "{counts:?}");
        }
    }
}
