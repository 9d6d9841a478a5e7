//! How much of a series' movement its trend and its season explain.

use super::Stl;

/// Strengths of trend and season, 0 (none) to 1 (all of the movement).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strength {
    /// Of the trend, once the season is taken out.
    pub trend: f64,
    /// Of the season, once the trend is taken out.
    pub season: f64,
}

impl Strength {
    /// max(0, 1 − var(irregular) / var(part + irregular)) of both parts; 0 where nothing moves (X. Wang, K. Smith, R. Hyndman,
    /// "Characteristic-based clustering for time series data", Data Mining and Knowledge Discovery 13, 2006).
    pub fn of(parts: &Stl) -> Strength {
        let rest = variance(parts.irregular.iter().copied());
        let of = |part: &[f64]| {
            let whole = variance(part.iter().zip(&parts.irregular).map(|(part, rest)| part + rest));
            if whole > 0.0 { (1.0 - rest / whole).max(0.0) } else { 0.0 }
        };
        Strength { trend: of(&parts.trend), season: of(&parts.season) }
    }
}

fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_by_hand() {
        let parts = Stl {
            trend: vec![0.0, 0.0, 4.0, 4.0],
            season: vec![1.0, -1.0, 1.0, -1.0],
            irregular: vec![0.0, 0.0, 0.0, 0.0],
        };
        assert_eq!(Strength::of(&parts), Strength { trend: 1.0, season: 1.0 });
        // The irregular part has variance 1; with the trend 5, with the season 4.
        let noisy = Stl { irregular: vec![1.0, -1.0, 1.0, -1.0], ..parts };
        assert_eq!(Strength::of(&noisy), Strength { trend: 0.8, season: 0.75 });
        let still = Stl { trend: vec![2.0; 4], season: vec![0.0; 4], irregular: vec![0.0; 4] };
        assert_eq!(Strength::of(&still), Strength { trend: 0.0, season: 0.0 });
    }
}
