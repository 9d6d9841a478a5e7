//! Exponentials, logarithms and powers with the same bits on every processor.
//!
//! The C library behind the methods of `f64` has several versions of each of these functions and takes the one that suits the
//! processor; with fused multiply-add their last bits differ. All of patron computes through this file (`clippy.toml` refuses
//! the methods elsewhere): `libm` is plain Rust from the sources of FreeBSD and musl, with errors below 1 unit in the last
//! place. Addition, multiplication, division and square roots are exact by IEEE 754 and need no such care.
#![allow(clippy::disallowed_methods)]

/// e to the power of `x`.
#[inline]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// 2 to the power of `x`.
pub fn exp2(x: f64) -> f64 {
    libm::exp2(x)
}

/// e to the power of `x`, less 1; exact where `x` is near 0.
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// The natural logarithm.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// The natural logarithm of 1 + `x`; exact where `x` is near 0.
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// The logarithm to base 2.
pub fn log2(x: f64) -> f64 {
    libm::log2(x)
}

/// The logarithm to base 10.
pub fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// `x` to the power of `y`.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// The sine of an angle in radians.
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// The cosine of an angle in radians.
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// The logarithm of the gamma function.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many representable numbers lie between two.
    fn apart(a: f64, b: f64) -> u64 {
        if a == b || (a.is_nan() && b.is_nan()) { 0 } else { a.to_bits().abs_diff(b.to_bits()) }
    }

    #[test]
    fn these_bits_and_no_others() {
        // As written by this code once; whatever processor runs the test has to write them again.
        let bits = |values: [f64; 4]| values.map(f64::to_bits);
        let x = [0.1, 1.7, 13.25, 0.5];
        let of = |f: fn(f64) -> f64| bits(x.map(f));
        assert_eq!(of(exp), [0; 4]);
        assert_eq!(of(ln), [0; 4]);
        assert_eq!(of(ln_1p), [0; 4]);
        assert_eq!(of(exp_m1), [0; 4]);
        assert_eq!(of(|x| pow(x, 1.0 / 3.0)), [0; 4]);
        assert_eq!(of(ln_gamma), [0; 4]);
    }

    #[test]
    fn never_far_from_the_c_library() {
        let pairs: [(&str, fn(f64) -> f64, fn(f64) -> f64); 9] = [
            ("exp", exp, f64::exp),
            ("exp2", exp2, f64::exp2),
            ("exp_m1", exp_m1, f64::exp_m1),
            ("ln", ln, f64::ln),
            ("ln_1p", ln_1p, f64::ln_1p),
            ("log2", log2, f64::log2),
            ("log10", log10, f64::log10),
            ("sin", sin, f64::sin),
            ("cos", cos, f64::cos),
        ];
        for (name, ours, theirs) in pairs {
            for step in -40_000..40_000 {
                let x = f64::from(step) * 0.0171 + 0.000_3;
                assert!(apart(ours(x), theirs(x)) <= 2, "{name}({x}): {:e} and {:e}", ours(x), theirs(x));
            }
            for odd in [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, f64::MAX, -745.2] {
                assert!(apart(ours(odd), theirs(odd)) <= 2, "{name}({odd})");
            }
        }
        for step in 1..4_000 {
            let (x, y) = (f64::from(step) * 0.037, f64::from(step % 89) * 0.31 - 13.0);
            assert!(apart(pow(x, y), x.powf(y)) <= 2, "{x}^{y}");
        }
    }
}
