//! Gauss's hypergeometric function and the generalised exponential integral.

use super::math::pow;

/// ₂F₁(a, b; c; z) for 0 ≤ z < 1 and c above 0 by its series; after Euler's transformation where that has the shorter one
/// (M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 1964, 15.1.1 and 15.3.3). About 16 digits; the number of
/// terms grows as 1 / (1 − z).
pub fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut a, mut b, mut factor) = (a, b, 1.0);
    if c - a - b < 0.0 {
        (factor, a, b) = (pow(1.0 - z, c - a - b), c - a, c - b);
    }
    factor * series(a, b, c, z)
}

/// The same by its series alone: for a, b and c above 0 all terms are positive, so that none cancels another.
pub fn series(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 0..100_000 {
        let n = f64::from(n);
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        sum += term;
        if term.abs() <= 1e-16 * f64::abs(sum) {
            break;
        }
    }
    sum
}

/// e^z·E_s(z) = ∫ from 0 to ∞ of e^(−z·t) (1 + t)^(−s), for z above 0 and s at least 0: the continued fraction 5.1.22 of Abramowitz and
/// Stegun by Lentz's method, which also holds for s that are not whole. It is ψ(1, 2 − s; z), the confluent hypergeometric function of
/// the second kind that Pareto/NBD's residual value is written with.
pub fn scaled_exponential_integral(s: f64, z: f64) -> f64 {
    let mut b = z + s;
    let mut c = 1e300;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for n in 1..1_000_000 {
        let n = f64::from(n);
        let a = -n * (s - 1.0 + n);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() <= 1e-15 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::integrate::half_line;
    use crate::numeric::math::{exp, ln};

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found / expected - 1.0).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn known_values_of_the_hypergeometric_function() {
        // −ln(1 − z)/z, (1 − z)^(−a) and Abramowitz and Stegun 15.1.4: arctanh.
        near(hypergeometric(1.0, 1.0, 2.0, 0.5), 2.0 * ln(2.0), 1e-14);
        near(hypergeometric(0.7, 3.1, 3.1, 0.9), pow(0.1, -0.7), 1e-12);
        near(hypergeometric(0.5, 1.0, 1.5, 0.49), 0.5 * ln(1.7 / 0.3) / 0.7, 1e-14);
    }

    #[test]
    fn exponential_integrals_agree_with_tables_and_quadrature() {
        // Abramowitz and Stegun, table 5.1: E1(0.5) = 0.5597735948, E1(1) = 0.2193839344.
        near(scaled_exponential_integral(1.0, 0.5), 0.559_773_594_8 * exp(0.5), 1e-9);
        near(scaled_exponential_integral(1.0, 1.0), 0.219_383_934_4 * exp(1.0), 1e-9);
        for (s, z) in [(0.6, 0.13), (0.05, 2.0), (14.0, 0.01), (3.5, 1e-3)] {
            let integral = half_line(1.0, |t| exp(-z * t) * pow(1.0 + t, -s));
            near(scaled_exponential_integral(s, z), integral, 1e-8);
        }
    }
}
