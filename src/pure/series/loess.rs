//! Local regression (loess) at equal distances, as STL uses it.

/// How a series is smoothed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loess {
    /// How many neighbours a value is made of.
    pub(super) window: usize,
    /// 0 fits local levels, 1 local lines.
    pub(super) degree: u8,
    /// Every how many places it is fitted; straight lines lie between.
    pub(super) jump: usize,
}

impl Loess {
    /// The fit at `at` (in places, which may lie one beyond either end) from the values `left..=right`; nothing where all weights are 0.
    ///
    /// Weights are tricube of the distance (W. Cleveland, "Robust locally weighted regression and smoothing scatterplots", JASA 74, 1979).
    pub(super) fn fit(self, values: &[f64], at: f64, left: usize, right: usize) -> Option<f64> {
        let n = values.len();
        let mut reach = (at - left as f64).max(right as f64 - at);
        if self.window > n {
            reach += ((self.window - n) / 2) as f64;
        }
        let mut weights: Vec<f64> = (left..=right)
            .map(|place| {
                let far = (place as f64 - at).abs();
                let part = far / reach;
                let fall = 1.0 - part * part * part;
                match far {
                    far if far > 0.999 * reach => 0.0,
                    far if far <= 0.001 * reach => 1.0,
                    _ => fall * fall * fall,
                }
            })
            .collect();
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        weights.iter_mut().for_each(|weight| *weight /= total);
        if reach > 0.0 && self.degree > 0 {
            let centre: f64 = weights.iter().zip(left..).map(|(weight, place)| weight * place as f64).sum();
            let off = |place: usize| place as f64 - centre;
            let spread: f64 = weights.iter().zip(left..).map(|(weight, place)| weight * off(place) * off(place)).sum();
            if spread.sqrt() > 0.001 * (n - 1) as f64 {
                let slope = (at - centre) / spread;
                weights.iter_mut().zip(left..).for_each(|(weight, place)| *weight *= slope * off(place) + 1.0);
            }
        }
        Some(weights.iter().zip(&values[left..=right]).map(|(weight, value)| weight * value).sum())
    }

    /// The smoothed series.
    pub(super) fn smooth(self, values: &[f64]) -> Vec<f64> {
        let n = values.len();
        if n < 2 {
            return values.to_vec();
        }
        let jump = self.jump.clamp(1, n - 1);
        let mut smooth = vec![0.0; n];
        let fit = |place: usize| {
            let (left, right) = self.neighbours(place, n);
            self.fit(values, place as f64, left, right).unwrap_or(values[place])
        };
        let mut before = 0;
        smooth[0] = fit(0);
        while before + 1 < n {
            let next = (before + jump).min(n - 1);
            smooth[next] = fit(next);
            let slope = (smooth[next] - smooth[before]) / (next - before) as f64;
            for between in before + 1..next {
                smooth[between] = smooth[before] + slope * (between - before) as f64;
            }
            before = next;
        }
        smooth
    }

    /// The first and the last neighbour of a place.
    fn neighbours(self, place: usize, n: usize) -> (usize, usize) {
        if self.window >= n {
            return (0, n - 1);
        }
        let left = (place + 1).saturating_sub(self.window.div_ceil(2)).min(n - self.window);
        (left, left + self.window - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line_and_a_level_fit_flattens_its_ends() {
        let line: Vec<f64> = (0..20).map(|t| 2.0 + 0.5 * f64::from(t)).collect();
        for (window, jump) in [(7, 1), (7, 3), (31, 1), (31, 4)] {
            let found = Loess { window, degree: 1, jump }.smooth(&line);
            assert!(found.iter().zip(&line).all(|(a, b)| (a - b).abs() < 1e-12), "{window} {jump}");
        }
        let level = Loess { window: 7, degree: 0, jump: 1 }.smooth(&line);
        assert!(level[0] > line[0] && level[19] < line[19] && (level[10] - line[10]).abs() < 1e-12);
        assert_eq!(Loess { window: 7, degree: 1, jump: 1 }.smooth(&[4.0]), [4.0]);
    }
}
