//! Logistic regression with elastic net.

use super::elastic_net::{self, Problem};
use super::encoding::Encoding;
use super::model::{Contributions, Learner, Lesson, Model, Scale};
use super::parts::Parts;
use super::ridge;
use super::settings::{LearningSettings, Setting};
use super::{LearningError, Matrix};
use crate::numeric::math::logistic;

const NAME: &str = "logistic";

/// The settings of logistic regression.
pub const SETTINGS: &[Setting] = &[
    Setting::number(
        "penalty",
        1.0,
        [0.0, 1e9],
        "weight of the penalty on coefficients against the summed log loss; the inverse of scikit-learn's C",
    ),
    Setting::number("l1_share", 0.0, [0.0, 1.0], "share of the penalty on absolute values: 0 ridge, 1 lasso"),
    Setting::whole("min_level_rows", 10, [1, 1_000_000], "categories with fewer rows are pooled with unseen ones"),
];

/// Learns logistic regression: ridge by Newton's method, anything else by coordinate descent.
pub struct Logistic;

impl Learner for Logistic {
    fn fit(&self, lesson: &Lesson, settings: &LearningSettings) -> Result<Box<dyn Model>, LearningError> {
        lesson.check()?;
        let Lesson { matrix, labels, progress, .. } = *lesson;
        let (penalty, l1_share) = (settings.get("penalty"), settings.get("l1_share"));
        let encoding = Encoding::learn(matrix, settings.count("min_level_rows"));
        let (rows, width, starts) = (matrix.rows(), encoding.width(), encoding.starts());
        let mut columns = vec![0.0; rows * width];
        for (index, start) in starts.iter().enumerate() {
            encoding.visit(matrix, index, |row, slot, value| columns[(start + slot) * rows + row] = value)?;
        }
        progress(0.2);
        let centres: Vec<f64> =
            columns.chunks_exact(rows).map(|column| column.iter().sum::<f64>() / rows as f64).collect();
        let smooth = l1_share == 0.0 && penalty > 0.0;
        let solved = if smooth { ridge::solve(&columns, labels, matrix.weights(), penalty) } else { None };
        let (intercept, coefficients) = solved.unwrap_or_else(|| {
            elastic_net::solve(&Problem { columns: &columns, labels, weights: matrix.weights(), penalty, l1_share })
        });
        if !intercept.is_finite() || coefficients.iter().any(|coefficient| !coefficient.is_finite()) {
            let why = "the coefficients are not finite: raise penalty".to_owned();
            return Err(LearningError::NoFit { model: NAME, why });
        }
        progress(1.0);
        Ok(Box::new(LogisticModel { encoding, centres, intercept, coefficients }))
    }
}

struct LogisticModel {
    encoding: Encoding,
    /// Mean of each dense column over the training rows, from which contributions are measured.
    centres: Vec<f64>,
    intercept: f64,
    coefficients: Vec<f64>,
}

impl LogisticModel {
    /// Calls `add(row, column, part of the margin)`.
    fn terms(&self, matrix: &Matrix, mut add: impl FnMut(usize, usize, f64)) -> Result<(), LearningError> {
        for (index, start) in self.encoding.starts().into_iter().enumerate() {
            self.encoding.visit(matrix, index, |row, slot, value| {
                add(row, index, self.coefficients[start + slot] * value);
            })?;
        }
        Ok(())
    }
}

impl Model for LogisticModel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn columns(&self) -> Vec<String> {
        self.encoding.names().to_vec()
    }

    fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let mut margins = vec![self.intercept; matrix.rows()];
        self.terms(matrix, |row, _, part| margins[row] += part)?;
        margins.iter_mut().for_each(|margin| *margin = logistic(*margin));
        Ok(margins)
    }

    fn contributions(&self, matrix: &Matrix) -> Result<Contributions, LearningError> {
        let width = self.encoding.names().len();
        let mut starts = self.encoding.starts();
        starts.push(self.encoding.width());
        let usual: Vec<f64> = starts
            .windows(2)
            .map(|range| (range[0]..range[1]).map(|slot| self.coefficients[slot] * self.centres[slot]).sum())
            .collect();
        let mut values: Vec<f64> = (0..matrix.rows()).flat_map(|_| usual.iter().map(|part| -part)).collect();
        self.terms(matrix, |row, column, part| values[row * width + column] += part)?;
        let base = self.intercept + usual.iter().sum::<f64>();
        Ok(Contributions { scale: Scale::LogOdds, base, columns: self.columns(), values })
    }

    fn parts(&self) -> Parts {
        let mut parts = Parts::new(NAME);
        self.encoding.store(&mut parts);
        parts.numbers("intercept", vec![self.intercept]);
        parts.numbers("coefficients", self.coefficients.clone());
        parts.numbers("centres", self.centres.clone());
        parts
    }
}

pub(super) fn load(parts: &Parts) -> Result<Box<dyn Model>, LearningError> {
    let encoding = Encoding::restore(parts)?;
    let coefficients = parts.get_numbers("coefficients")?.to_vec();
    let centres = parts.get_numbers("centres")?.to_vec();
    let &[intercept] = parts.get_numbers("intercept")? else {
        return Err(LearningError::Damaged { why: "it has no intercept".to_owned() });
    };
    if coefficients.len() != encoding.width() || centres.len() != encoding.width() {
        return Err(LearningError::Damaged { why: "its coefficients do not fit its encoding".to_owned() });
    }
    Ok(Box::new(LogisticModel { encoding, centres, intercept, coefficients }))
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    fn data() -> (Matrix, Vec<bool>) {
        let x: Vec<f64> = (0..200).map(|i| f64::from(i % 20) - 10.0).collect();
        let plan: Vec<&str> = (0..200).map(|i| if i % 3 == 0 { "gold" } else { "basic" }).collect();
        let labels = (0..200).map(|i| (f64::from(i % 20) - 10.0 + f64::from((i * 7) % 13) - 6.0) > 0.0).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x), Column::words("plan", &plan)]).expect("two columns");
        (matrix, labels)
    }

    fn coefficients(settings: &LearningSettings, lesson: &Lesson) -> Vec<f64> {
        Logistic
            .fit(lesson, settings)
            .expect("both labels")
            .parts()
            .get_numbers("coefficients")
            .expect("stored")
            .to_vec()
    }

    #[test]
    fn both_solvers_find_the_same_optimum() {
        let (matrix, labels) = data();
        let settings = super::super::model_row(NAME).expect("listed").defaults();
        let by_newton = coefficients(&settings, &Lesson::new(&matrix, &labels, 1));
        // A lasso of nothing is a ridge that goes the way of coordinate descent.
        let barely = settings.clone().with("l1_share", 1e-12).expect("in range");
        let by_descent = coefficients(&barely, &Lesson::new(&matrix, &labels, 1));
        for (a, b) in by_newton.iter().zip(&by_descent) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
        let lasso = settings.with("l1_share", 1.0).and_then(|s| s.with("penalty", 20.0)).expect("in range");
        let sparse = coefficients(&lasso, &Lesson::new(&matrix, &labels, 1));
        assert!(sparse[0] > 0.5 && sparse[1] == 0.0 && sparse[2] == 0.0, "{sparse:?}");
    }

    #[test]
    fn contributions_add_up_and_files_come_back() {
        let (matrix, labels) = data();
        let settings = super::super::model_row(NAME).expect("listed").defaults();
        let fitted = super::super::fit(&settings, &Lesson::new(&matrix, &labels, 1)).expect("both labels");
        let (scores, parts) = (fitted.score(&matrix).expect("same"), fitted.contributions(&matrix).expect("same"));
        for (row, score) in scores.iter().enumerate() {
            let margin = parts.base + parts.row(row).iter().sum::<f64>();
            assert!((logistic(margin) - score).abs() < 1e-12);
        }
        let back = super::super::load(&super::super::save(fitted.as_ref())).expect("whole");
        assert_eq!(back.score(&matrix).expect("same"), scores);
    }
}
