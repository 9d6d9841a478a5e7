//! Bounds for looking several times before a test ends.

use crate::numeric::erf::{normal_cdf, normal_quantile};
use crate::numeric::math::{exp, ln};

/// Points of a grid over what has not been stopped; odd, for Simpson's rule.
const POINTS: usize = 241;
/// Bounds further out than this are as good as none.
const FURTHEST: f64 = 8.0;

/// How the chance of a false alarm is spread over the looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Little at first, nearly all at the end: the last look is almost as sharp as a single one (P. O'Brien, T. Fleming, Biometrics 35, 1979).
    OBrienFleming,
    /// As much at each look (S. Pocock, Biometrika 64, 1977).
    Pocock,
}

impl Shape {
    /// The part of `alpha` that may be spent until `time` (0 to 1) of a test (K. Lan, D. DeMets, Biometrika 70, 1983, table 1), both sides together.
    fn spent(self, alpha: f64, time: f64) -> f64 {
        let time = time.clamp(0.0, 1.0);
        match self {
            _ if time == 0.0 => 0.0,
            Shape::OBrienFleming => {
                let point = normal_quantile(1.0 - alpha / 4.0);
                (4.0 * normal_cdf(-point / time.sqrt())).min(alpha)
            }
            Shape::Pocock => alpha * ln(1.0 + (std::f64::consts::E - 1.0) * time),
        }
    }
}

/// The bounds, in standard errors, beyond which each look may call a difference real, so that all looks together do so by chance in `alpha` of
/// tests at most. `information` has what is known at each look (persons, ascending, any unit), `times` the part of the test that is over (0 to
/// 1, ascending), which decides how much may be spent. A look that adds no information has no bound of its own: infinity.
///
/// Recursive integration (P. Armitage, C. McPherson, B. Rowe, JRSS A 132, 1969) of the sum of independent increments.
pub fn boundaries(information: &[f64], times: &[f64], shape: Shape, alpha: f64) -> Vec<f64> {
    let mut walk = Walk::new();
    let mut spent = 0.0;
    information
        .iter()
        .zip(times)
        .map(|(information, time)| {
            if *information <= walk.information {
                return f64::INFINITY;
            }
            let may = shape.spent(alpha, *time) - spent;
            let step = walk.to(*information);
            let bound = step.bound_for(may);
            spent += step.beyond(bound);
            walk.go_on(step, bound);
            bound / information.sqrt()
        })
        .collect()
}

/// The sum of the increments of tests that have not been stopped: its density at points, with their weights.
struct Walk {
    information: f64,
    /// Place and weight × density; a single point at 0 before the first look.
    points: Vec<(f64, f64)>,
}

/// The way to the next look.
struct Step {
    information: f64,
    sd: f64,
    from: Vec<(f64, f64)>,
}

impl Walk {
    fn new() -> Walk {
        Walk { information: 0.0, points: vec![(0.0, 1.0)] }
    }

    fn to(&self, information: f64) -> Step {
        Step { information, sd: (information - self.information).sqrt(), from: self.points.clone() }
    }

    /// Keeps what lies within the bound.
    fn go_on(&mut self, step: Step, bound: f64) {
        let bound = bound.min(FURTHEST * step.information.sqrt());
        let gap = 2.0 * bound / (POINTS - 1) as f64;
        let scale = 1.0 / (step.sd * (2.0 * std::f64::consts::PI).sqrt());
        let point = |n: usize| {
            let place = gap * n as f64 - bound;
            let of = |(from, weight): &(f64, f64)| {
                let away = (place - from) / step.sd;
                if away.abs() > 9.0 { 0.0 } else { weight * exp(-0.5 * away * away) }
            };
            let simpson = if n == 0 || n == POINTS - 1 { 1.0 } else { 2.0 + 2.0 * (n % 2) as f64 };
            (place, simpson * gap / 3.0 * scale * step.from.iter().map(of).sum::<f64>())
        };
        self.points = (0..POINTS).map(point).collect();
        self.information = step.information;
    }
}

impl Step {
    /// The chance to be further from 0 than the bound, on either side, which are alike.
    fn beyond(&self, bound: f64) -> f64 {
        2.0 * self.from.iter().map(|(from, weight)| weight * normal_cdf((from - bound) / self.sd)).sum::<f64>()
    }

    /// The bound that this much lies beyond.
    fn bound_for(&self, chance: f64) -> f64 {
        let most = FURTHEST * self.information.sqrt();
        if chance <= self.beyond(most) {
            return most;
        }
        let (mut low, mut high) = (0.0, most);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.beyond(middle) > chance { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sequence::sequence_margin;
    use super::*;
    use crate::numeric::math::cos;
    use crate::numeric::random::stream;
    use crate::numeric::shares::Z95;
    use rand::RngExt;

    /// The bound at the last of `looks` (1 or more) equally spaced looks when bounds are of one shape all along: c·√(looks/k) at look k for O'Brien and
    /// Fleming, c for Pocock. A single number per design, as the tables of C. Jennison, B. Turnbull, "Group sequential methods", 2000, have it.
    fn constant_of_equal_looks(looks: u32, shape: Shape, alpha: f64) -> f64 {
        let alarms = |constant: f64| {
            let mut walk = Walk::new();
            let mut all = 0.0;
            for look in 1..=looks {
                let step = walk.to(f64::from(look));
                let bound = match shape {
                    Shape::OBrienFleming => constant * f64::from(looks).sqrt(),
                    Shape::Pocock => constant * f64::from(look).sqrt(),
                };
                all += step.beyond(bound);
                walk.go_on(step, bound);
            }
            all
        };
        let (mut low, mut high) = (1.0, 4.0);
        for _ in 0..30 {
            let middle = 0.5 * (low + high);
            if alarms(middle) > alpha { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// C. Jennison, B. Turnbull, "Group sequential methods", 2000, tables 2.1 and 2.3, two-sided 5 %; `feedback.md`, section 4, by simulation.
    #[test]
    fn constants_of_equal_looks() {
        let constant = |looks, shape| constant_of_equal_looks(looks, shape, 0.05);
        for (looks, shape, published) in [
            (5, Shape::OBrienFleming, 2.040),
            (10, Shape::OBrienFleming, 2.087),
            (5, Shape::Pocock, 2.413),
            (10, Shape::Pocock, 2.555),
        ] {
            let found = constant(looks, shape);
            assert!((found - published).abs() < 1e-3, "{shape:?}, {looks}: {found}");
        }
        for (looks, early, even) in [(5, 2.036, 2.41), (10, 2.091, 2.56), (30, 2.142, 2.73)] {
            let found = (constant(looks, Shape::OBrienFleming), constant(looks, Shape::Pocock));
            println!("{looks} looks: O'Brien and Fleming {:.4}, Pocock {:.4}", found.0, found.1);
            assert!((found.0 - early).abs() < 6e-3 && (found.1 - even).abs() < 6e-3, "{looks}: {found:?}");
        }
    }

    /// Bounds of the spending function at five equal looks, two-sided 5 %, as R's `ldbounds` prints them.
    #[test]
    fn spending_as_published() {
        let fifths: Vec<f64> = (1..=5).map(|look| f64::from(look) / 5.0).collect();
        let found = boundaries(&fifths, &fifths, Shape::OBrienFleming, 0.05);
        for (found, published) in found.iter().zip([4.8769, 3.3569, 2.6803, 2.2898, 2.0310]) {
            assert!((found - published).abs() < 1e-3, "{found} {published}");
        }
        let found = boundaries(&fifths, &fifths, Shape::Pocock, 0.05);
        for (found, published) in found.iter().zip([2.438, 2.427, 2.410, 2.397, 2.386]) {
            assert!((found - published).abs() < 2e-3, "{found} {published}");
        }
        assert!((boundaries(&[70.0], &[1.0], Shape::OBrienFleming, 0.05)[0] - Z95).abs() < 1e-6);
        // Nobody new at the second look.
        assert_eq!(boundaries(&[10.0, 10.0], &[0.5, 1.0], Shape::OBrienFleming, 0.05)[1], f64::INFINITY);
    }

    /// `feedback.md`, section 4: false alarms of a fixed 1.96 after 5, 14, 30 and 90 looks .139, .218, .279, .371; bounds hold the promise.
    #[test]
    fn peeking_and_what_helps() {
        let (looks, runs) = (90_u32, 20_000);
        let mut random = stream(7, "peeking");
        let ends = [5, 14, 30, 90];
        let bounds = ends.map(|end| {
            let equal: Vec<f64> = (1..=end).map(|look| f64::from(look) / f64::from(end)).collect();
            boundaries(&equal, &equal, Shape::OBrienFleming, 0.05)
        });
        let (mut peeked, mut bounded, mut always) = ([0; 4], [0; 4], 0);
        for _ in 0..runs {
            let (mut sum, mut hit, mut out, mut left) = (0.0, [false; 4], [false; 4], false);
            for look in 1..=looks {
                let (u, v): (f64, f64) = (1.0 - random.random::<f64>(), random.random());
                sum += (-2.0 * ln(u)).sqrt() * cos(2.0 * std::f64::consts::PI * v);
                let z = f64::abs(sum) / f64::from(look).sqrt();
                for (place, end) in ends.iter().enumerate().filter(|(_, end)| look <= **end) {
                    hit[place] |= z > Z95;
                    out[place] |= z > bounds[place][look as usize - 1] && look <= *end;
                }
                // Each look has 100 persons more; the best point is at the end of 30 looks.
                let persons = 100.0 * f64::from(look);
                left |= look <= 30 && z / persons.sqrt() > sequence_margin(persons, 3_000.0, 0.05);
            }
            (0..4).for_each(|place| {
                peeked[place] += u32::from(hit[place]);
                bounded[place] += u32::from(out[place]);
            });
            always += u32::from(left);
        }
        let rate = |count: u32| f64::from(count) / f64::from(runs);
        println!("peeked {:?}, bounded {:?}, always valid {}", peeked.map(rate), bounded.map(rate), rate(always));
        for (count, published) in peeked.into_iter().zip([0.139, 0.218, 0.279, 0.371]) {
            assert!((rate(count) - published).abs() < 0.01, "{} {published}", rate(count));
        }
        assert!(bounded.iter().all(|count| (rate(*count) - 0.05).abs() < 0.006), "{bounded:?}");
        assert!((rate(always) - 0.012).abs() < 0.005, "{always}");
    }
}
