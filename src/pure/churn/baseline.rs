//! What any model must beat: scores that need no learning to speak of.

use super::purchases::NO_PURCHASE;
use crate::learning::baselines::{base_rate, one_column, rfm};
use crate::learning::folds::Origin;
use crate::learning::{LearningError, Matrix, Values};

/// The columns of the RFM score.
const RFM: [&str; 3] = ["recency_days", "orders_365d", "money_365d"];

/// What any model must beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// Everybody gets the share of leavers.
    BaseRate,
    /// The days since the last order.
    Recency,
    /// The sum of the fifths of recency, frequency and money.
    Rfm,
    /// The purchase model's chance of no purchase within the horizon.
    NoPurchase,
}

impl Baseline {
    /// The columns that it reads.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Baseline::BaseRate => &[],
            Baseline::Recency => &["recency_days"],
            Baseline::Rfm => &RFM,
            Baseline::NoPurchase => &[NO_PURCHASE],
        }
    }

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Baseline::BaseRate => "base rate",
            Baseline::Recency => "recency",
            Baseline::Rfm => "RFM score",
            Baseline::NoPurchase => "BG/NBD",
        }
    }

    /// Those whose columns some rows have.
    pub fn of(matrix: &Matrix, has_purchases: bool) -> Vec<Baseline> {
        let has = |name: &&str| matrix.column(name).is_some_and(|c| matches!(c.values, Values::Numbers(_)));
        let mut all = vec![Baseline::BaseRate];
        all.extend([Baseline::Recency, Baseline::Rfm].into_iter().filter(|own| own.columns().iter().all(has)));
        all.extend(has_purchases.then_some(Baseline::NoPurchase));
        all
    }

    /// The scores of a fold's judged rows, by what the rows that it learns from teach.
    ///
    /// # Errors
    /// As the baseline's own.
    pub fn scores(self, matrix: &Matrix, labels: &[bool], fold: &Origin, seed: u64) -> Result<Vec<f64>, LearningError> {
        let truth: Vec<bool> = fold.train.iter().map(|&row| labels[row as usize]).collect();
        let narrow = |rows: &[u32]| -> Matrix { matrix.only(&[RFM[0], RFM[1], RFM[2], NO_PURCHASE]).take(rows) };
        if self == Baseline::BaseRate {
            return Ok(base_rate(&truth, fold.test.len()));
        }
        let (train, test) = (narrow(&fold.train), narrow(&fold.test));
        match self {
            Baseline::Recency => one_column(&train, &truth, &test, RFM[0], seed),
            Baseline::Rfm => rfm(&train, &truth, &test, RFM, seed),
            // As the model gives it: calibrating it on the past makes it worse where the base rate moves.
            _ => match test.column(NO_PURCHASE).map(|column| &column.values) {
                Some(Values::Numbers(chances)) => Ok(chances.clone()),
                _ => Ok(base_rate(&truth, fold.test.len())),
            },
        }
    }
}
