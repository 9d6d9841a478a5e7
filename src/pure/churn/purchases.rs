//! The chance of no purchase within the horizon, by a model of purchases that come and stop (BG/NBD): a feature, a baseline, and a forecast
//! of the base rate.

use serde::{Deserialize, Serialize};

use crate::learning::{Column, LearningError, Matrix, Values};
use crate::value::{Dropout, Geometric, History};

/// The column's name.
pub const NO_PURCHASE: &str = "no_purchase_chance";
/// What it is made of: days of purchase, days since the first and since the last.
const MADE_OF: [&str; 3] = ["purchase_days_lifetime", "tenure_days", "recency_days"];
/// Customers that the four numbers of the model are fitted to at most.
const FITTED: usize = 50_000;

/// A fitted purchase model with its horizon, as the card keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PurchaseModel {
    /// Shape and rate (days) of the purchase rates, shapes of the chance to stop (P. Fader, B. Hardie, K. Lee, 2005).
    pub r: f64,
    /// See `r`.
    pub alpha: f64,
    /// See `r`.
    pub a: f64,
    /// See `r`.
    pub b: f64,
    /// Days.
    pub horizon_days: i64,
}

impl PurchaseModel {
    /// The column for some rows; nothing when they lack what it is made of.
    pub fn column(&self, matrix: &Matrix) -> Option<Column> {
        let histories = histories(matrix, None)?;
        let model = self.geometric();
        let horizon = self.horizon_days as f64;
        let chance = histories.iter().map(|history| history.map_or(f64::NAN, |h| model.no_purchase(&h, horizon)));
        Some(Column::numbers(NO_PURCHASE, chance.collect()))
    }

    fn geometric(&self) -> Geometric {
        let PurchaseModel { r, alpha, a, b, .. } = *self;
        Geometric { dropout: Dropout::AfterRepeat, r, alpha, a, b, log_likelihood: 0.0 }
    }
}

/// The matrix with the column, each date's by a model fitted to what was known that day; and the newest date's model. Rows that
/// lack what it is made of, or on which no model can be fitted, get no column.
///
/// # Errors
/// Never for rows without the column.
pub fn add(matrix: Matrix, horizon_days: i64) -> Result<(Matrix, Option<PurchaseModel>), LearningError> {
    let mut values = vec![f64::NAN; matrix.rows()];
    let mut newest = None;
    for rows in matrix.by_snapshot().values() {
        let Some(histories) = histories(&matrix, Some(rows)) else { return Ok((matrix, None)) };
        let step = histories.len().div_ceil(FITTED).max(1);
        let known: Vec<History> = histories.iter().step_by(step).filter_map(|h| *h).collect();
        let Ok(fitted) = Geometric::fit(&known, Dropout::AfterRepeat) else { continue };
        let Geometric { r, alpha, a, b, .. } = fitted;
        newest = Some(PurchaseModel { r, alpha, a, b, horizon_days });
        for (&row, history) in rows.iter().zip(&histories) {
            values[row as usize] = history.map_or(f64::NAN, |h| fitted.no_purchase(&h, horizon_days as f64));
        }
    }
    if newest.is_none() || values.iter().any(|value| value.is_nan()) {
        return Ok((matrix, None));
    }
    let matrix = matrix.with_column(Column::numbers(NO_PURCHASE, values))?;
    Ok((matrix, newest))
}

/// Rows with the column that a purchase model makes, where they have none of their day.
///
/// # Errors
/// Never for rows without the column.
pub fn completed(rows: Matrix, model: Option<&PurchaseModel>) -> Result<Matrix, LearningError> {
    let model = model.filter(|_| rows.column(NO_PURCHASE).is_none());
    match model.and_then(|model| model.column(&rows)) {
        Some(column) => rows.with_column(column),
        None => Ok(rows),
    }
}

/// What the purchase model expects of some rows: the mean chance of no purchase.
pub fn mean_no_purchase(matrix: &Matrix) -> Option<f64> {
    mean(no_purchase(matrix)?)
}

/// What the purchase model expects of each row: the chance of no purchase.
pub fn no_purchase(matrix: &Matrix) -> Option<&[f64]> {
    match &matrix.column(NO_PURCHASE)?.values {
        Values::Numbers(chances) => Some(chances),
        Values::Words { .. } => None,
    }
}

/// The mean of some chances; nothing where there is none.
pub fn mean(chances: &[f64]) -> Option<f64> {
    (!chances.is_empty()).then(|| chances.iter().sum::<f64>() / chances.len() as f64)
}

fn histories(matrix: &Matrix, rows: Option<&[u32]>) -> Option<Vec<Option<History>>> {
    let [bought, first, last] = MADE_OF.map(|name| match matrix.column(name).map(|column| &column.values) {
        Some(Values::Numbers(numbers)) => Some(numbers),
        _ => None,
    });
    let (bought, first, last) = (bought?, first?, last?);
    let of = |row: usize| {
        let age = first[row].max(1.0);
        let repeats = (bought[row] - 1.0).max(0.0);
        if !(repeats.is_finite() && age.is_finite() && last[row].is_finite()) {
            return None;
        }
        let recency = if repeats > 0.0 { (first[row] - last[row]).clamp(0.5, age) } else { 0.0 };
        Some(History { repeats: repeats as u32, recency, age })
    };
    Some(match rows {
        Some(rows) => rows.iter().map(|&row| of(row as usize)).collect(),
        None => (0..matrix.rows()).map(of).collect(),
    })
}
