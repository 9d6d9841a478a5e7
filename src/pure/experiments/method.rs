//! The order that holds: cap, then adjust, then compare.

use super::adjust::{Adjustment, adjusted};
use super::arms::Arms;
use super::cap::{Cap, USUAL_CAP};

/// How an outcome is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Method {
    /// Share of persons whose outcome counts in full; nothing to count all of it. Earlier behaviour is capped alike.
    pub cap: Option<f64>,
    /// How outcomes are adjusted.
    pub adjustment: Adjustment,
}

impl Method {
    /// Capped at [`USUAL_CAP`] and adjusted with one slope for both arms: holds its promise with small control groups and heavy tails.
    pub const USUAL: Method = Method { cap: Some(USUAL_CAP), adjustment: Adjustment::Pooled };

    /// Means as they are, by Welch's test. With few control persons and a heavy tail it calls far too many differences real.
    pub const PLAIN: Method = Method { cap: None, adjustment: Adjustment::None };

    /// The outcome as it is compared: capped and adjusted. `covariates` are columns of one number per person.
    pub fn prepared(&self, values: &[f64], covariates: &[Vec<f64>], arms: &Arms) -> Vec<f64> {
        let Some(share) = self.cap else { return adjusted(values, covariates, arms, self.adjustment) };
        let capped = |column: &Vec<f64>| Cap::of(column, share).apply(column);
        let covariates: Vec<Vec<f64>> = match self.adjustment {
            Adjustment::None => Vec::new(),
            Adjustment::Pooled | Adjustment::ByArm => covariates.iter().map(capped).collect(),
        };
        adjusted(&Cap::of(values, share).apply(values), &covariates, arms, self.adjustment)
    }
}
