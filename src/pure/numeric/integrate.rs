//! Integrals of smooth functions, with nodes that do not depend on the function: the same sums on every machine.

use super::math::exp;

/// ∫ from `from` to `to` by panels of Gauss-Legendre's eight points each (M. Abramowitz, I. Stegun, "Handbook of Mathematical
/// Functions", 1964, table 25.4): exact for polynomials of degree 15 in each panel.
pub fn panels(from: f64, to: f64, panels: u32, mut function: impl FnMut(f64) -> f64) -> f64 {
    nodes(from, to, panels).map(|(at, weight)| weight * function(at)).sum()
}

/// Nodes and weights of [`panels`].
pub fn nodes(from: f64, to: f64, panels: u32) -> impl Iterator<Item = (f64, f64)> {
    const NODES: [(f64, f64); 4] = [
        (0.183_434_642_495_649_8, 0.362_683_783_378_362),
        (0.525_532_409_916_329, 0.313_706_645_877_887_3),
        (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
        (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
    ];
    let half = (to - from) / f64::from(2 * panels);
    (0..panels).flat_map(move |panel| {
        let middle = from + half * f64::from(2 * panel + 1);
        NODES.into_iter().flat_map(move |(node, weight)| {
            [(middle - half * node, half * weight), (middle + half * node, half * weight)]
        })
    })
}

/// ∫ from 0 to ∞ by the substitution t = `scale`·exp(π/2·sinh u) (H. Takahasi, M. Mori, "Double exponential formulas for numerical
/// integration", Publ. RIMS 9, 1974): functions that are integrable at 0 and fall at least like a power. `scale` is about where the
/// function changes.
pub fn half_line(scale: f64, mut function: impl FnMut(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 16.0;
    const SIDE: i32 = 70;
    let term = |place: i32| {
        let u = STEP * f64::from(place);
        let (up, down) = (exp(u), exp(-u));
        let at = scale * exp(std::f64::consts::FRAC_PI_4 * (up - down));
        if !(1e-300..=1e300).contains(&at) {
            return 0.0;
        }
        let value = function(at) * at * std::f64::consts::FRAC_PI_4 * (up + down);
        if value.is_finite() { value } else { 0.0 }
    };
    STEP * (-SIDE..=SIDE).map(term).sum::<f64>()
}

/// Nodes x, 1 − x and weights of an integral from 0 to 1 whose function may go to infinity at both ends as powers above −1 do
/// (tanh-sinh, same source as [`half_line`]).
pub fn unit_nodes() -> impl Iterator<Item = (f64, f64, f64)> {
    const STEP: f64 = 1.0 / 10.0;
    const SIDE: i32 = 38;
    (-SIDE..=SIDE).map(|place| {
        let u = STEP * f64::from(place);
        let (up, down) = (exp(u), exp(-u));
        // x = 1 / (1 + exp(−π·sinh u)), and its complement without cancellation.
        let far = std::f64::consts::FRAC_PI_2 * (up - down);
        let (x, rest) = (1.0 / (1.0 + exp(-far)), 1.0 / (1.0 + exp(far)));
        (x, rest, STEP * std::f64::consts::FRAC_PI_2 * (up + down) * x * rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::gamma::ln_beta;
    use crate::numeric::math::{ln, pow};

    fn near(found: f64, expected: f64, within: f64) {
        assert!((found / expected - 1.0).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn integrals_with_closed_forms() {
        near(panels(0.0, 2.0, 1, |t| t.powi(15)), 65536.0 / 16.0, 1e-14);
        near(panels(1.0, 3.0, 4, |t| 1.0 / t), ln(3.0), 1e-12);
        near(half_line(1.0, |t| exp(-t)), 1.0, 1e-12);
        near(half_line(1.0, |t| exp(-t) / t.sqrt()), std::f64::consts::PI.sqrt(), 1e-10);
        near(half_line(50.0, |t| pow(1.0 + t / 40.0, -1.5)), 80.0, 1e-6);
        let beta: f64 = unit_nodes().map(|(x, rest, weight)| weight * pow(x, -0.3) * pow(rest, 1.4)).sum();
        near(beta, exp(ln_beta(0.7, 2.4)), 1e-9);
    }
}
