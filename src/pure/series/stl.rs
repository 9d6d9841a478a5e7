//! STL: season and trend by loess, in turns.

use super::error::{SeriesError, check};
use super::loess::Loess;

/// How STL smooths. Two programs with the same windows but other loops or jumps give other numbers, so these are part of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StlSettings {
    /// Values of one place in the season that a seasonal figure is made of; odd, at least 3. The larger, the steadier the season.
    pub seasonal: usize,
    /// Whether seasonal figures follow local lines (degree 1) or local levels (degree 0).
    pub seasonal_lines: bool,
    /// How often season and trend are refined.
    pub inner: usize,
    /// Whether each smoother is computed at every tenth of its window only, with lines between, as the Fortran program does by default.
    pub jumps: bool,
}

impl Default for StlSettings {
    /// As statsmodels: windows of 7, local lines, five rounds, every place computed.
    fn default() -> StlSettings {
        StlSettings { seasonal: 7, seasonal_lines: true, inner: 5, jumps: false }
    }
}

/// A series as the sum of three.
#[derive(Debug, Clone, PartialEq)]
pub struct Stl {
    /// Slow movement.
    pub trend: Vec<f64>,
    /// What returns with the season, about 0 over a season.
    pub season: Vec<f64>,
    /// The rest.
    pub irregular: Vec<f64>,
}

/// Takes a series with `season` values a season apart (R. Cleveland, W. Cleveland, J. McRae, I. Terpenning, "STL: a seasonal-trend
/// decomposition procedure based on loess", Journal of Official Statistics 6, 1990, §2), without their robustness weights.
///
/// The window of the trend is the least odd number above 1.5·season / (1 − 1.5/seasonal), that of the low-pass filter the least odd number
/// above `season`, as there.
///
/// # Errors
/// When there are fewer than two seasons or a value is not finite.
pub fn stl(values: &[f64], season: usize, settings: StlSettings) -> Result<Stl, SeriesError> {
    check(values, season)?;
    let n = values.len();
    let odd = |length: usize| if length.is_multiple_of(2) { length + 1 } else { length };
    let loess = |window: usize, lines: bool| Loess {
        window,
        degree: u8::from(lines),
        jump: if settings.jumps { window.div_ceil(10) } else { 1 },
    };
    let seasonal = odd(settings.seasonal.max(3));
    let trend_window = (1.5 * season as f64 / (1.0 - 1.5 / seasonal as f64)).ceil() as usize;
    let by_place = loess(seasonal, settings.seasonal_lines);
    let (slow, low_pass) = (loess(odd(trend_window), true), loess(odd(season + 1), true));
    let (mut trend, mut figures) = (vec![0.0; n], vec![0.0; n]);
    for _ in 0..settings.inner.max(1) {
        let rest: Vec<f64> = values.iter().zip(&trend).map(|(value, trend)| value - trend).collect();
        let wide = smoothed_by_place(&rest, season, by_place);
        let filtered = moving(&moving(&moving(&wide, season), season), 3);
        let low = low_pass.smooth(&filtered);
        figures = wide[season..season + n].iter().zip(&low).map(|(figure, low)| figure - low).collect();
        let rest: Vec<f64> = values.iter().zip(&figures).map(|(value, figure)| value - figure).collect();
        trend = slow.smooth(&rest);
    }
    let irregular = (0..n).map(|t| values[t] - trend[t] - figures[t]).collect();
    Ok(Stl { trend, season: figures, irregular })
}

/// Each place in the season smoothed by itself and drawn out by one season to both sides.
fn smoothed_by_place(values: &[f64], season: usize, loess: Loess) -> Vec<f64> {
    let mut wide = vec![0.0; values.len() + 2 * season];
    for first in 0..season {
        let own: Vec<f64> = values[first..].iter().step_by(season).copied().collect();
        let smooth = loess.smooth(&own);
        let last = own.len() - 1;
        let before = loess.fit(&own, -1.0, 0, loess.window.min(own.len()) - 1).unwrap_or(smooth[0]);
        let from = own.len().saturating_sub(loess.window);
        let after = loess.fit(&own, own.len() as f64, from, last).unwrap_or(smooth[last]);
        let all = [before].into_iter().chain(smooth).chain([after]);
        wide[first..].iter_mut().step_by(season).zip(all).for_each(|(slot, value)| *slot = value);
    }
    wide
}

/// Means of so many neighbouring values.
fn moving(values: &[f64], length: usize) -> Vec<f64> {
    values.windows(length).map(|window| window.iter().sum::<f64>() / length as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Strength;
    use super::super::air_passengers::AIR_PASSENGERS;
    use super::*;
    use crate::numeric::math::ln;
    use proptest::prelude::*;

    fn check_strength(settings: StlSettings, trend: f64, season: f64, places: f64) {
        let logs = AIR_PASSENGERS.map(ln);
        let found = Strength::of(&stl(&logs, 12, settings).unwrap());
        let near = |found: f64, expected: f64| (found - expected).abs() < places;
        assert!(near(found.trend, trend) && near(found.season, season), "{settings:?}: {found:?}");
    }

    #[test]
    fn matches_statsmodels_and_stlrs_on_air_passengers() {
        check_strength(StlSettings::default(), 0.997_703, 0.976_049, 5e-7);
        let fortran = StlSettings { inner: 2, jumps: true, seasonal_lines: false, ..StlSettings::default() };
        check_strength(fortran, 0.997_467_6, 0.973_597_0, 5e-8);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_series_and_a_season_alone_is_all_season(
            values in prop::collection::vec(-50.0..50.0f64, 8..60),
            pattern in prop::collection::vec(-5.0..5.0f64, 4),
            slope in -1.0..1.0f64,
        ) {
            let found = stl(&values, 4, StlSettings::default()).unwrap();
            for t in 0..values.len() {
                prop_assert!((found.trend[t] + found.season[t] + found.irregular[t] - values[t]).abs() < 1e-9);
            }
            let planted: Vec<f64> = (0..48).map(|t| slope * t as f64 + pattern[t % 4]).collect();
            let found = stl(&planted, 4, StlSettings { inner: 30, ..StlSettings::default() }).unwrap();
            prop_assert!(found.irregular.iter().all(|rest| rest.abs() < 1e-3), "{:?}", found.irregular);
        }
    }

    #[test]
    fn refuses_less_than_two_seasons() {
        let short = stl(&[1.0; 23], 12, StlSettings::default());
        assert_eq!(short, Err(SeriesError::TooShort { length: 23, season: 12 }));
    }
}
