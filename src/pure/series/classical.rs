//! Classical decomposition: a centred moving average, and the mean of each place in the season.

use super::error::{SeriesError, check};

/// How the parts make the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Trend + season + irregular.
    Added,
    /// Trend × season × irregular: for values above 0 whose season grows with them.
    Multiplied,
}

/// A series in its classical parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Classical {
    /// One index per place in the season, the first value's place first: with mean 0 where parts are added, 1 where they are multiplied.
    pub season: Vec<f64>,
    /// The centred moving average; nothing for half a season at both ends.
    pub trend: Vec<Option<f64>>,
}

/// Takes a series apart: trend = moving average over one season (of both halves of the end values where the season is even), index of a
/// place = mean of what is left there, centred (M. Kendall, A. Stuart, "The advanced theory of statistics", vol. 3, 1983, pp. 410-414; as
/// `decompose` of R).
///
/// # Errors
/// When there are fewer than two seasons, a value is not finite, or not above 0 where parts are multiplied.
pub fn classical(values: &[f64], season: usize, form: Form) -> Result<Classical, SeriesError> {
    check(values, season)?;
    let multiplied = form == Form::Multiplied;
    if let Some(place) = values.iter().position(|value| multiplied && *value <= 0.0) {
        return Err(SeriesError::NotPositive(place));
    }
    let trend: Vec<Option<f64>> = (0..values.len()).map(|place| centred(values, place, season)).collect();
    let mut sums = vec![(0.0, 0_u32); season];
    for (place, (&value, trend)) in values.iter().zip(&trend).enumerate() {
        let Some(trend) = trend else { continue };
        let rest = if multiplied { value / trend } else { value - trend };
        let slot = &mut sums[place % season];
        *slot = (slot.0 + rest, slot.1 + 1);
    }
    let mut index: Vec<f64> = sums.iter().map(|(sum, count)| sum / f64::from(*count)).collect();
    let mean = index.iter().sum::<f64>() / season as f64;
    index.iter_mut().for_each(|one| *one = if multiplied { *one / mean } else { *one - mean });
    Ok(Classical { season: index, trend })
}

/// The mean of one season around a place.
fn centred(values: &[f64], place: usize, season: usize) -> Option<f64> {
    let half = season / 2;
    let (from, to) = (place.checked_sub(half)?, place + half);
    if to >= values.len() {
        return None;
    }
    let whole: f64 = values[from..=to].iter().sum();
    let ends = if season.is_multiple_of(2) { (values[from] + values[to]) / 2.0 } else { 0.0 };
    Some((whole - ends) / season as f64)
}

#[cfg(test)]
mod tests {
    use super::super::air_passengers::AIR_PASSENGERS;
    use super::*;

    fn check(form: Form, expected: [f64; 12]) {
        let found = classical(&AIR_PASSENGERS, 12, form).unwrap();
        for (found, expected) in found.season.iter().zip(expected) {
            assert!((found - expected).abs() < 5e-6, "{found} {expected}");
        }
    }

    #[test]
    fn matches_decompose_of_r_on_air_passengers() {
        check(
            Form::Multiplied,
            [
                0.9102304, 0.8836253, 1.0073663, 0.9759060, 0.9813780, 1.1127758, 1.2265555, 1.2199110, 1.0604919,
                0.9217572, 0.8011781, 0.8988244,
            ],
        );
        check(
            Form::Added,
            [
                -24.74874, -36.18813, -2.24116, -8.03662, -4.50631, 35.40278, 63.83081, 62.82323, 16.5202, -20.64268,
                -53.59343, -28.61995,
            ],
        );
    }

    #[test]
    fn refuses_what_has_no_season() {
        assert_eq!(classical(&[1.0; 7], 4, Form::Added), Err(SeriesError::TooShort { length: 7, season: 4 }));
        assert_eq!(classical(&[1.0; 7], 1, Form::Added), Err(SeriesError::Season(1)));
        assert_eq!(classical(&[1.0, 0.0, 1.0, 2.0], 2, Form::Multiplied), Err(SeriesError::NotPositive(1)));
        assert_eq!(classical(&[1.0, f64::NAN, 1.0, 2.0], 2, Form::Added), Err(SeriesError::NotFinite(1)));
        // Odd seasons: a rise of 1 a step with a bump of 3 at each third place.
        let values: Vec<f64> = (0..9).map(|t| f64::from(t) + if t % 3 == 2 { 3.0 } else { 0.0 }).collect();
        let found = classical(&values, 3, Form::Added).unwrap();
        assert_eq!((&found.season[..], found.trend[0], found.trend[1]), (&[-1.0, -1.0, 2.0][..], None, Some(2.0)));
    }
}
