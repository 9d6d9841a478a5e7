//! Why a series cannot be taken apart.

use thiserror::Error;

/// Why a series cannot be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum SeriesError {
    /// Fewer values than two seasons.
    #[error("{length} values are less than two seasons of {season}; a season needs at least two")]
    TooShort { length: usize, season: usize },
    /// A season of one value, or of none.
    #[error("a season of {0} values has no places to differ; give at least 2")]
    Season(usize),
    /// A value is not a number, or infinite.
    #[error("value {0} is not a finite number")]
    NotFinite(usize),
    /// Parts that are multiplied need values above 0.
    #[error("value {0} is not above 0; take the parts that are added")]
    NotPositive(usize),
}

/// Whether there are two whole seasons of finite values.
///
/// # Errors
/// When not.
pub(super) fn check(values: &[f64], season: usize) -> Result<(), SeriesError> {
    if season < 2 {
        return Err(SeriesError::Season(season));
    }
    if values.len() < 2 * season {
        return Err(SeriesError::TooShort { length: values.len(), season });
    }
    values.iter().position(|value| !value.is_finite()).map_or(Ok(()), |place| Err(SeriesError::NotFinite(place)))
}
