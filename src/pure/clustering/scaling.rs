//! From columns of features to comparable coordinates, in a way that can be kept and used again.

use crate::numeric::math::{ln, ln_1p};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A column to cluster by.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Name of the feature; a frozen segmentation asks for the same names again.
    pub name: &'a str,
    /// What is done to values before they are standardised.
    pub transform: Transform,
    /// One value per customer; NaN for missing.
    pub values: &'a [f64],
}

/// What is done to values before they are standardised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// Nothing; for shares and logarithms.
    Identity,
    /// sign(x) ln(1 + |x|); for counts, days and money, of which twice as much is the same step anywhere.
    SignedLog,
    /// ln x; for numbers that are never below one. Smaller values count as the smallest positive ones do: as missing.
    Log,
}

/// One column as frozen: how its values become coordinates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Name of the feature.
    pub name: String,
    /// What is done first.
    pub transform: Transform,
    /// Mean of the transformed values.
    pub mean: f64,
    /// Standard deviation (of the population) of the transformed values; 1 for a constant column.
    pub sd: f64,
    /// Median of the transformed values, taken where a value is missing.
    pub median: f64,
}

/// Why columns cannot be scaled.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScalingError {
    /// There is nothing to scale.
    #[error("there is no column to cluster by; name at least one feature")]
    NoColumns,
    /// Columns differ in length.
    #[error("column {name} has {found} rows where the first has {expected}; give every column one value per customer")]
    Uneven { name: String, found: usize, expected: usize },
    /// A column has no value at all, or an infinite one.
    #[error("column {name} has no usable value or an infinite one; leave it out")]
    Unusable { name: String },
    /// A frozen segmentation was given other columns.
    #[error(
        "the segmentation was made from column {expected}, but {found} was given in its place; give the same columns"
    )]
    OtherColumns { expected: String, found: String },
}

/// Points row by row, `width` coordinates each.
#[derive(Debug, Clone)]
pub(super) struct Points {
    pub width: usize,
    pub values: Vec<f64>,
}

impl Transform {
    /// The transformed value; NaN stays NaN.
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Transform::Identity => value,
            Transform::SignedLog => value.signum() * ln_1p(value.abs()),
            Transform::Log if value > 0.0 => ln(value),
            Transform::Log => f64::NAN,
        }
    }
}

impl Scale {
    /// Mean, spread and median of a column.
    fn fit(column: &Column) -> Result<Scale, ScalingError> {
        let unusable = || ScalingError::Unusable { name: column.name.to_owned() };
        if column.values.iter().any(|value| value.is_infinite()) {
            return Err(unusable());
        }
        let mut known: Vec<f64> =
            column.values.iter().map(|&value| column.transform.apply(value)).filter(|value| !value.is_nan()).collect();
        if known.is_empty() {
            return Err(unusable());
        }
        let missing = (column.values.len() - known.len()) as f64;
        known.sort_unstable_by(f64::total_cmp);
        let median = crate::numeric::quantile::quantile(&known, 0.5);
        let all = column.values.len() as f64;
        let mean = (known.iter().sum::<f64>() + missing * median) / all;
        let squares = known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() + missing * (median - mean).powi(2);
        let sd = (squares / all).sqrt();
        let sd = if sd > 1e-12 * mean.abs().max(1.0) { sd } else { 1.0 };
        Ok(Scale { name: column.name.to_owned(), transform: column.transform, mean, sd, median })
    }

    /// Coordinate of a raw value.
    pub fn apply(&self, value: f64) -> f64 {
        let transformed = self.transform.apply(value);
        ((if transformed.is_nan() { self.median } else { transformed }) - self.mean) / self.sd
    }
}

/// Scales fitted to columns: each transformed, missing values replaced by the median, centred and divided by the
/// standard deviation.
///
/// # Errors
/// When there are no columns, they differ in length, or one has nothing to scale.
pub fn fit_scales(columns: &[Column]) -> Result<Vec<Scale>, ScalingError> {
    check_lengths(columns)?;
    columns.iter().map(Scale::fit).collect()
}

/// Coordinates of all customers by frozen scales.
pub(super) fn to_points(columns: &[Column], scales: &[Scale]) -> Result<Points, ScalingError> {
    check_lengths(columns)?;
    let names = |index: usize| {
        let expected = scales.get(index).map_or("no further one", |scale| &scale.name);
        let found = columns.get(index).map_or("none", |column| column.name);
        (expected, found)
    };
    for index in 0..columns.len().max(scales.len()) {
        let (expected, found) = names(index);
        if expected != found {
            return Err(ScalingError::OtherColumns { expected: expected.to_owned(), found: found.to_owned() });
        }
    }
    let width = columns.len();
    let mut values = vec![0.0; width * columns[0].values.len()];
    for (place, (column, scale)) in columns.iter().zip(scales).enumerate() {
        for (row, &value) in column.values.iter().enumerate() {
            if value.is_infinite() {
                return Err(ScalingError::Unusable { name: column.name.to_owned() });
            }
            values[row * width + place] = scale.apply(value);
        }
    }
    Ok(Points { width, values })
}

fn check_lengths(columns: &[Column]) -> Result<(), ScalingError> {
    let expected = columns.first().ok_or(ScalingError::NoColumns)?.values.len();
    match columns.iter().find(|column| column.values.len() != expected) {
        Some(odd) => Err(ScalingError::Uneven { name: odd.name.to_owned(), found: odd.values.len(), expected }),
        None => Ok(()),
    }
}

impl Points {
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    pub fn select(&self, rows: impl Iterator<Item = usize>) -> Points {
        Points { width: self.width, values: rows.flat_map(|row| self.row(row).iter().copied()).collect() }
    }
}

/// Squared Euclidean distance.
pub(super) fn squared_distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_mean_zero_and_unit_spread() {
        let values = [0.0, 9.0, f64::NAN, 99.0, -9.0];
        let column = Column { name: "money", transform: Transform::SignedLog, values: &values };
        let scales = fit_scales(&[column]).unwrap();
        let points = to_points(&[column], &scales).unwrap();
        let mean = points.values.iter().sum::<f64>() / 5.0;
        let variance = points.values.iter().map(|value| value * value).sum::<f64>() / 5.0;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
        assert_eq!(scales[0].median, ln(10f64) / 2.0);
        assert_eq!(points.values[2], scales[0].apply(f64::NAN));
    }

    #[test]
    fn constant_columns_say_nothing_and_empty_ones_are_refused() {
        let same = Column { name: "same", transform: Transform::Identity, values: &[3.0, 3.0] };
        let scales = fit_scales(&[same]).unwrap();
        assert_eq!(to_points(&[same], &scales).unwrap().values, [0.0, 0.0]);
        let none = Column { name: "none", transform: Transform::Identity, values: &[f64::NAN] };
        assert_eq!(fit_scales(&[none]).unwrap_err(), ScalingError::Unusable { name: "none".into() });
        assert_eq!(fit_scales(&[]).unwrap_err(), ScalingError::NoColumns);
        let other = Column { name: "other", ..same };
        let error = to_points(&[other], &scales).unwrap_err();
        assert_eq!(error, ScalingError::OtherColumns { expected: "same".into(), found: "other".into() });
    }
}
