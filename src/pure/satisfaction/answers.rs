//! Answers on 0 to 100 points, with what is missing filled in or left out.

use super::SatisfactionError;
use super::model::PathModel;

/// A scale by its two ends; `worst` may be the larger number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The answer of the least content, such as 1.
    pub worst: f64,
    /// The answer of the most content, such as 10.
    pub best: f64,
}

impl Scale {
    /// A scale from its worst to its best answer.
    ///
    /// # Errors
    /// When both are the same, or no numbers.
    pub fn new(worst: f64, best: f64) -> Result<Scale, SatisfactionError> {
        if worst == best || !worst.is_finite() || !best.is_finite() {
            return Err(SatisfactionError::EmptyScale(worst));
        }
        Ok(Scale { worst, best })
    }

    /// An answer on 0 (worst) to 100 (best) points.
    ///
    /// # Errors
    /// When it is not on the scale.
    pub fn points(self, answer: f64) -> Result<f64, SatisfactionError> {
        let (low, high) = (self.worst.min(self.best), self.worst.max(self.best));
        if !(low..=high).contains(&answer) {
            return Err(SatisfactionError::OffScale { value: answer, low, high });
        }
        Ok(100.0 * (answer - self.worst) / (self.best - self.worst))
    }
}

/// Answers to all items of a model, of persons of whom enough is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// The row of each person in the table that they came from.
    pub persons: Vec<usize>,
    /// Points from 0 to 100, a column per item of the model in its order, each as long as `persons`.
    pub columns: Vec<Vec<f64>>,
    /// Answers that were missing and took the person's mean of the others of the construct.
    pub filled: usize,
    /// Rows of persons who answered less than half of a construct's items.
    pub left_out: Vec<usize>,
}

impl Answers {
    /// Takes the persons who answered at least half of each construct's items, from columns of points in the model's order; NaN where there
    /// is no answer. What is missing takes the person's mean of the other items of its construct (M. Sarstedt, C. Ringle, J. Hair use the
    /// items' means; a person's own mean keeps apart those who are content and those who are not).
    pub fn complete(model: &PathModel, columns: &[Vec<f64>]) -> Answers {
        let rows = columns.first().map_or(0, Vec::len);
        let mut answers = Answers { columns: vec![Vec::with_capacity(rows); columns.len()], ..Answers::default() };
        let mut person = vec![0.0; columns.len()];
        for row in 0..rows {
            let mut missing = 0;
            let whole = model.blocks().iter().all(|block| {
                let given: Vec<f64> =
                    block.items.clone().map(|item| columns[item][row]).filter(|points| !points.is_nan()).collect();
                missing += block.items.len() - given.len();
                let mean = given.iter().sum::<f64>() / given.len() as f64;
                block.items.clone().for_each(|item| {
                    let points = columns[item][row];
                    person[item] = if points.is_nan() { mean } else { points };
                });
                2 * given.len() >= block.items.len() && !given.is_empty()
            });
            if !whole {
                answers.left_out.push(row);
                continue;
            }
            answers.persons.push(row);
            answers.filled += missing;
            for (column, points) in answers.columns.iter_mut().zip(&person) {
                column.push(*points);
            }
        }
        answers
    }

    /// Persons.
    pub fn len(&self) -> usize {
        self.persons.len()
    }

    /// Whether nobody answered.
    pub fn is_empty(&self) -> bool {
        self.persons.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Arrow, Block, Mode};
    use super::*;

    #[test]
    fn answers_become_points_in_either_direction() {
        let ten = Scale::new(1.0, 10.0).unwrap();
        assert_eq!([1.0, 5.5, 10.0].map(|answer| ten.points(answer).unwrap()), [0.0, 50.0, 100.0]);
        let turned = Scale::new(5.0, 1.0).unwrap();
        assert_eq!([5.0, 1.0].map(|answer| turned.points(answer).unwrap()), [0.0, 100.0]);
        assert_eq!(ten.points(11.0), Err(SatisfactionError::OffScale { value: 11.0, low: 1.0, high: 10.0 }));
        assert!(ten.points(f64::NAN).is_err());
        assert_eq!(Scale::new(3.0, 3.0), Err(SatisfactionError::EmptyScale(3.0)));
    }

    #[test]
    fn half_of_a_block_is_enough_and_less_is_not() {
        let block = |name: &str, items: &[&str]| Block {
            name: name.to_owned(),
            items: items.iter().map(|&item| item.to_owned()).collect(),
            mode: Mode::A,
        };
        let blocks = [block("quality", &["q1", "q2", "q3"]), block("satisfaction", &["s1", "s2"])];
        let arrow = Arrow { from: "quality".into(), to: "satisfaction".into() };
        let model = PathModel::new(&blocks, &[arrow]).unwrap();
        let no = f64::NAN;
        let columns = [
            vec![90.0, 30.0, no, 10.0],
            vec![60.0, no, no, no],
            vec![30.0, 60.0, 20.0, 20.0],
            vec![50.0, 50.0, 50.0, no],
            vec![70.0, no, 50.0, no],
        ];
        let answers = Answers::complete(&model, &columns.map(|column| column.to_vec()));
        // The third answered one of three items of quality, the fourth none of satisfaction.
        assert_eq!((&answers.persons[..], &answers.left_out[..], answers.filled), (&[0, 1][..], &[2, 3][..], 2));
        assert_eq!(answers.columns[1], [60.0, 45.0]);
        assert_eq!(answers.columns[4], [70.0, 50.0]);
    }
}
