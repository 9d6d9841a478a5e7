//! The chi-square distribution.

use super::math::{exp, ln, ln_gamma};

/// The chance that a chi-square variable with `freedom` degrees of freedom is at least `value`: the regularised upper incomplete gamma
/// function Q(freedom/2, value/2), by its series below freedom/2 + 1 and its continued fraction above (M. Abramowitz, I. Stegun, "Handbook
/// of Mathematical Functions", 1964, 6.5.29 and 6.5.31, the fraction by Lentz's method). 1 without freedom or for values that are not above 0.
pub fn chi_square_tail(value: f64, freedom: u32) -> f64 {
    if freedom == 0 || value.is_nan() || value <= 0.0 {
        return 1.0;
    }
    let (a, x) = (f64::from(freedom) / 2.0, value / 2.0);
    let scale = exp(a * ln(x) - x - ln_gamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return (1.0 - sum * scale).clamp(0.0, 1.0);
    }
    let apart = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = 1.0 / apart(b);
    let mut fraction = d;
    for n in 1..1000 {
        let part = -f64::from(n) * (f64::from(n) - a);
        b += 2.0;
        d = 1.0 / apart(b + part * d);
        c = apart(b + part / c);
        let step = c * d;
        fraction *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (scale * fraction).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::erf::erfc;

    #[test]
    fn matches_the_printed_table_and_closed_forms() {
        // Abramowitz and Stegun, table 26.8: upper 5 % points to four figures behind the point.
        for (freedom, point) in [(1, 3.84146), (2, 5.99147), (5, 11.0705), (10, 18.3070), (30, 43.7729)] {
            assert!((chi_square_tail(point, freedom) - 0.05).abs() < 2e-6, "{freedom}");
        }
        for x in [0.01, 0.5, 2.0, 9.0, 60.0] {
            let close = |found: f64, exact: f64| assert!((found / exact - 1.0).abs() < 1e-12, "{x}: {found} {exact}");
            close(chi_square_tail(x, 2), exp(-x / 2.0));
            close(chi_square_tail(x, 1), erfc((x / 2.0).sqrt()));
            close(chi_square_tail(x, 4), exp(-x / 2.0) * (1.0 + x / 2.0));
        }
        assert_eq!((chi_square_tail(0.0, 3), chi_square_tail(1.0, 0), chi_square_tail(f64::NAN, 3)), (1.0, 1.0, 1.0));
    }
}
