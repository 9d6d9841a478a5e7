//! What a person's outcome is expected to be in one arm.

use crate::learning::{LearningError, Lesson, Matrix, Model, fit, model_row};

/// Boosting of few small trees: outcomes of trials are rare and effects small, so that larger models learn noise.
const SETTINGS: [(&str, f64); 4] = [("trees", 40.0), ("learning_rate", 0.08), ("leaves", 4.0), ("bins", 63.0)];
/// A leaf has a fiftieth of the rows, within these bounds.
const LEAF_ROWS: (usize, usize) = (20, 200);

/// The mean outcome given features.
pub(super) struct Expected {
    model: Option<Box<dyn Model>>,
    lowest: f64,
    span: f64,
    /// Where all outcomes learned from are one.
    constant: f64,
}

impl Expected {
    /// Learns from some rows of a matrix. Outcomes between the bounds of `range` become shares of it, which gradient boosting learns by
    /// the log loss with a row for each part (L. Papke, J. Wooldridge, "Econometric methods for fractional response variables",
    /// Journal of Applied Econometrics 11(6), 1996): the mean is right whether outcomes are yes or no, or money.
    pub(super) fn learn(
        matrix: &Matrix,
        rows: &[u32],
        outcome: &[f64],
        range: (f64, f64),
        seed: u64,
    ) -> Result<Expected, LearningError> {
        let (lowest, span) = (range.0, range.1 - range.0);
        let share = |row: u32| (outcome[row as usize] - lowest) / span;
        let mean = rows.iter().map(|&row| share(row)).sum::<f64>() / rows.len().max(1) as f64;
        let constant = lowest + span * mean;
        let shares = rows.iter().map(|&row| share(row));
        let parted = shares.clone().any(|share| share > 0.0 && share < 1.0);
        if rows.is_empty() || mean <= 0.0 || mean >= 1.0 {
            return Ok(Expected { model: None, lowest, span, constant });
        }
        // Where shares are small, so are the second derivatives, which the booster's penalty would outweigh.
        let scale = if parted { (0.1 / (mean * (1.0 - mean))).max(1.0) } else { 1.0 };
        let (mut taken, mut labels, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (&row, share) in rows.iter().zip(shares) {
            for (label, weight) in [(true, share), (false, 1.0 - share)] {
                if weight > 0.0 {
                    taken.push(row);
                    labels.push(label);
                    weights.push(weight * scale);
                }
            }
        }
        let mut lesson = matrix.take(&taken);
        if parted {
            lesson = lesson.with_weights(weights)?;
        }
        let mut settings = model_row("gradient-boosting")?.defaults();
        for (name, value) in SETTINGS {
            settings = settings.with(name, value)?;
        }
        let leaf = (rows.len() / 50).clamp(LEAF_ROWS.0, LEAF_ROWS.1);
        settings = settings.with("min_leaf_rows", leaf as f64)?;
        let model = fit(&settings, &Lesson::new(&lesson, &labels, seed))?;
        Ok(Expected { model: Some(model), lowest, span, constant })
    }

    /// The expected outcome of each row.
    pub(super) fn of(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        match &self.model {
            None => Ok(vec![self.constant; matrix.rows()]),
            Some(model) => Ok(model.score(matrix)?.into_iter().map(|share| self.lowest + self.span * share).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Column;

    #[test]
    fn learns_money_and_rates_to_their_means() {
        let count = 6_000u32;
        let group: Vec<f64> = (0..count).map(|row| f64::from(row % 3)).collect();
        let matrix = Matrix::new(vec![Column::numbers("group", group)]).expect("one column");
        let rows: Vec<u32> = (0..count).collect();
        // A twentieth buys, for 10, 40 or 100 by group: means .5, 2 and 5.
        let money: Vec<f64> = rows
            .iter()
            .map(|row| if row / 3 % 20 == 7 { [10.0, 40.0, 100.0][*row as usize % 3] } else { 0.0 })
            .collect();
        let model = Expected::learn(&matrix, &rows, &money, (0.0, 100.0), 3).expect("a fit");
        let said = model.of(&matrix.take(&[0, 1, 2])).expect("the same columns");
        for (said, meant) in said.iter().zip([0.5, 2.0, 5.0]) {
            assert!((said / meant - 1.0).abs() < 0.35, "{said} for {meant}");
        }
        let never = Expected::learn(&matrix, &rows, &vec![0.0; count as usize], (0.0, 1.0), 3).expect("a constant");
        assert_eq!(never.of(&matrix.take(&[0])).expect("the same columns"), [0.0]);
    }
}
