//! Relatives of the gamma function.

use super::math::{exp, ln, ln_gamma};

/// The derivative of the logarithm of the gamma function, for `x` above 0: the recurrence ψ(x) = ψ(x + 1) − 1/x up to 12, then the
/// asymptotic series (M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 1964, 6.3.5 and 6.3.18).
pub fn digamma(x: f64) -> f64 {
    let (mut below, mut z) = (0.0, x);
    while z < 12.0 {
        below += 1.0 / z;
        z += 1.0;
    }
    let r = 1.0 / (z * z);
    let series = r * (1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r / 132.0))));
    ln(z) - 0.5 / z - series - below
}

/// The logarithm of the beta function, for `a` and `b` above 0.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// The distribution function of the beta distribution at `x` (0 to 1), for `a` and `b` above 0: its continued fraction (Abramowitz
/// and Stegun 26.5.8) by Lentz's method, on the side where it converges fast.
pub fn beta_share(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return f64::from(x >= 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(b, a, 1.0 - x);
    }
    // No divisor may be 0.
    let apart = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / apart(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for part in [even, odd] {
            d = 1.0 / apart(1.0 + part * d);
            c = apart(1.0 + part / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() <= 1e-15 * fraction.abs() {
            break;
        }
    }
    exp(a * ln(x) + b * ln(1.0 - x) - ln_beta(a, b)) * fraction / a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-13 * expected.abs().max(1.0), "{found} {expected}");
    }

    #[test]
    fn digamma_of_known_values() {
        // Abramowitz and Stegun, table 6.1, and ψ(1/2) = −γ − 2 ln 2.
        near(digamma(1.0), -0.577_215_664_901_532_9);
        near(digamma(2.0), 0.422_784_335_098_467_1);
        near(digamma(0.5), -1.963_510_026_021_423_5);
        near(digamma(100.0), 4.600_161_852_738_087);
    }

    #[test]
    fn beta_of_known_values() {
        near(ln_beta(1.5, 0.2), 1.499_089_282_202_604_3);
        near(ln_beta(3.0, 4.0), ln(1.0 / 60.0));
        // Whole numbers are binomial tails: I_x(a, b) is the chance of at least a of a + b − 1.
        near(beta_share(1.0, 1.0, 0.3), 0.3);
        near(beta_share(2.0, 3.0, 0.5), 11.0 / 16.0);
        near(beta_share(6.0, 14.0, 0.2), 0.163_062_304_248_535_46);
        near(beta_share(14.0, 6.0, 0.8), 1.0 - 0.163_062_304_248_535_46);
        assert_eq!((beta_share(2.0, 3.0, 0.0), beta_share(2.0, 3.0, 1.0)), (0.0, 1.0));
    }
}
