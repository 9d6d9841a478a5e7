//! One short series, such as a customer's, as trend, season, cycle and irregular part.

use super::least_squares::Line;

/// Fewest periods, and fewest of them above 0, for a season of one's own: below that only what all share is a season.
pub const OWN_SEASON: (usize, usize) = (24, 12);

/// A series as the sum of four.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The line through the middle of the series.
    pub trend: Vec<f64>,
    /// The series' own season, with mean 0; all 0 where it is too short for one.
    pub season: Vec<f64>,
    /// Mean of three neighbours of what is left; of two at both ends.
    pub cycle: Vec<f64>,
    /// The rest.
    pub irregular: Vec<f64>,
    /// Whether there is a season of its own.
    pub own_season: bool,
}

/// Takes a series apart around a line that may come from more than itself ([`shrunk`](super::shrunk)). `season` is how many values make a season, 0
/// for none. The level is the series' own: the line keeps its slope and goes through the middle of the series.
pub fn split(values: &[f64], line: Line, season: usize) -> Split {
    let n = values.len();
    let (least, active) = OWN_SEASON;
    let mean = values.iter().sum::<f64>() / n as f64;
    let middle = (n as f64 - 1.0) / 2.0;
    let trend: Vec<f64> = (0..n).map(|place| mean + line.slope * (place as f64 - middle)).collect();
    let mut rest: Vec<f64> = values.iter().zip(&trend).map(|(value, trend)| value - trend).collect();
    let own_season =
        season > 1 && n >= least.max(2 * season) && values.iter().filter(|value| **value > 0.0).count() >= active;
    let mut figures = vec![0.0; n];
    if own_season {
        let mean_of = |place: usize| {
            let own: Vec<f64> = rest[place..].iter().step_by(season).copied().collect();
            own.iter().sum::<f64>() / own.len() as f64
        };
        let by_place: Vec<f64> = (0..season).map(mean_of).collect();
        let centre = by_place.iter().sum::<f64>() / season as f64;
        figures = (0..n).map(|place| by_place[place % season] - centre).collect();
        rest.iter_mut().zip(&figures).for_each(|(rest, figure)| *rest -= figure);
    }
    let cycle: Vec<f64> = (0..n)
        .map(|place| {
            let near = &rest[place.saturating_sub(1)..(place + 2).min(n)];
            near.iter().sum::<f64>() / near.len() as f64
        })
        .collect();
    let irregular = rest.iter().zip(&cycle).map(|(rest, cycle)| rest - cycle).collect();
    Split { trend, season: figures, cycle, irregular, own_season }
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_season_needs_two_years_and_twelve_purchases() {
        let wave = |t: usize| if t % 12 < 6 { 2.0 } else { 0.0 };
        let long: Vec<f64> = (0..24).map(|t| 1.0 + wave(t)).collect();
        let flat = Line { slope: 0.0, error: 0.0, values: 24 };
        let found = split(&long, flat, 12);
        assert!(found.own_season && found.irregular.iter().all(|rest| rest.abs() < 1e-12));
        assert_eq!((found.season[0], found.season[6]), (1.0, -1.0));
        assert!(!split(&long[..23], flat, 12).own_season);
        let rare: Vec<f64> = (0..24).map(|t| if t % 2 == 0 && t > 1 { 1.0 } else { 0.0 }).collect();
        assert!(!split(&rare, flat, 12).own_season);
        assert!(split(&[], flat, 12).trend.is_empty());
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_series(values in prop::collection::vec(0.0..9.0f64, 3..40), season in 0..13_usize) {
            let found = split(&values, line(&values).unwrap(), season);
            for t in 0..values.len() {
                let sum = found.trend[t] + found.season[t] + found.cycle[t] + found.irregular[t];
                prop_assert!((sum - values[t]).abs() < 1e-9);
            }
        }
    }
}
