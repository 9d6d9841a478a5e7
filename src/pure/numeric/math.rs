//! Exponentials, logarithms and powers with the same bits on every processor.
//!
//! The C library behind the methods of `f64` has several versions of each of these functions and takes the one that suits the
//! processor; with fused multiply-add their last bits differ. All of patron computes through this file (`clippy.toml` refuses
//! the methods elsewhere): `libm` is plain Rust from the sources of FreeBSD and musl, with errors below 1 unit in the last
//! place; its exponential takes four times as long as the C library's, so that one is our own. Addition, multiplication, division and square roots are exact by IEEE 754 and need no such care.

pub use super::exponential::exp;

/// The logistic function, 1 / (1 + e^−x): the chance that belongs to a logit.
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
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
        assert_eq!(
            of(exp),
            [0x3ff1_aec7_b35a_00d4, 0x4015_e552_770d_f8a7, 0x4121_560c_147d_d3f6, 0x3ffa_6129_8e1e_069c]
        );
        assert_eq!(
            of(ln),
            [0xc002_6bb1_bbb5_5515, 0x3fe0_fae8_1914_a991, 0x4004_ac06_e8a5_1fb3, 0xbfe6_2e42_fefa_39ef]
        );
        assert_eq!(
            of(ln_1p),
            [0x3fb8_663f_793c_46c7, 0x3fef_c8b7_f138_bdea, 0x4005_4109_c3de_17ba, 0x3fd9_f323_ecbf_984c]
        );
        assert_eq!(
            of(exp_m1),
            [0x3fba_ec7b_35a0_0d3a, 0x4011_e552_770d_f8a6, 0x4121_560a_147d_d3f6, 0x3fe4_c253_1c3c_0d38]
        );
        assert_eq!(
            of(|x| pow(x, 1.0 / 3.0)),
            [0x3fdd_b4c7_760b_cff3, 0x3ff3_1881_d4da_7529, 0x4002_ee34_da3b_4fe2, 0x3fe9_65fe_a53d_6e3d]
        );
        assert_eq!(
            of(ln_gamma),
            [0x4002_058e_35f3_deed, 0xbfb8_86da_6f11_8372, 0x4034_9f06_aa1e_d3e6, 0x3fe2_50d0_48e7_a1bd]
        );
    }

    #[test]
    #[allow(clippy::disallowed_methods)]
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
