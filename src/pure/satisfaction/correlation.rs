//! Correlations of items over persons, all that partial least squares needs of the answers.

use super::SatisfactionError;
use super::answers::Answers;
use super::model::PathModel;

/// Correlations of items, with the items' means and standard deviations (n − 1) in points.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlations {
    /// Row by row, as many rows and columns as items.
    cells: Vec<f64>,
    /// Mean of each item.
    pub means: Vec<f64>,
    /// Standard deviation of each item.
    pub deviations: Vec<f64>,
    /// Persons.
    pub persons: usize,
}

impl Correlations {
    /// Of all persons.
    ///
    /// # Errors
    /// When an item has one answer for all, or there are fewer than three persons.
    pub fn of(model: &PathModel, answers: &Answers) -> Result<Correlations, SatisfactionError> {
        Correlations::weighted(model, answers, &vec![1.0; answers.len()])
    }

    /// Of persons of whom each counts as often as `times` says (0 or more).
    ///
    /// # Errors
    /// As [`Correlations::of`].
    pub fn weighted(model: &PathModel, answers: &Answers, times: &[f64]) -> Result<Correlations, SatisfactionError> {
        let (items, persons) = (answers.columns.len(), answers.len());
        let total: f64 = times.iter().sum();
        if persons < 3 || total < 3.0 {
            return Err(SatisfactionError::TooFew { persons, needed: 3 });
        }
        let mean = |column: &Vec<f64>| column.iter().zip(times).map(|(x, t)| t * x).sum::<f64>() / total;
        let means: Vec<f64> = answers.columns.iter().map(mean).collect();
        let centred: Vec<Vec<f64>> = answers
            .columns
            .iter()
            .zip(&means)
            .map(|(column, mean)| column.iter().map(|x| x - mean).collect())
            .collect();
        let scaled: Vec<Vec<f64>> =
            centred.iter().map(|column| column.iter().zip(times).map(|(x, t)| t * x).collect()).collect();
        let mut cells = vec![0.0; items * items];
        for i in 0..items {
            for j in 0..=i {
                let sum = dot(&scaled[i], &centred[j]) / (total - 1.0);
                (cells[i * items + j], cells[j * items + i]) = (sum, sum);
            }
        }
        let deviations: Vec<f64> = (0..items).map(|i| cells[i * items + i].sqrt()).collect();
        if let Some(constant) = deviations.iter().position(|deviation| deviation.is_nan() || *deviation <= 1e-9) {
            return Err(SatisfactionError::Constant(model.items()[constant].clone()));
        }
        for i in 0..items {
            for j in 0..items {
                cells[i * items + j] =
                    if i == j { 1.0 } else { cells[i * items + j] / (deviations[i] * deviations[j]) };
            }
        }
        Ok(Correlations { cells, means, deviations, persons })
    }

    /// Those of a population, row by row, of items with variance 1.
    #[cfg(test)]
    pub(super) fn given(cells: Vec<f64>) -> Correlations {
        let items = (1..).find(|n| n * n >= cells.len()).expect("a square");
        Correlations { cells, means: vec![0.0; items], deviations: vec![1.0; items], persons: usize::MAX }
    }

    /// The correlation of two items.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.cells[i * self.means.len() + j]
    }

    /// Items.
    pub fn items(&self) -> usize {
        self.means.len()
    }
}

/// Four sums side by side, in a fixed order: as fast as the processor adds, and the same on any of them.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (quads, rest) = (a.chunks_exact(4).zip(b.chunks_exact(4)), a.len() - a.len() % 4);
    for (a, b) in quads {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail: f64 = a[rest..].iter().zip(&b[rest..]).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + tail
}
