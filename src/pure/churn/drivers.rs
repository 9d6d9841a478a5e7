//! What drives a model's scores: the columns that move them most, and how the mean score follows each.

use super::labelled::Labelled;
use crate::learning::importance::{Importance, importance, partial_dependence};
use crate::learning::{LearningError, Model, Values};

/// Rows that importance is measured on.
const WEIGHED: usize = 1_000;
/// Columns that are named.
const NAMED: usize = 15;
/// Columns whose effect is followed.
const FOLLOWED: usize = 4;
/// Values of a column at which the mean score is taken.
const VALUES: usize = 12;

/// The mean absolute contribution of each column on evenly spaced rows, the strongest columns first.
///
/// # Errors
/// When the rows lack a column that the model needs.
pub fn drivers(data: &Labelled, model: &dyn Model) -> Result<Vec<Importance>, LearningError> {
    let step = (data.matrix.rows() / WEIGHED).max(1);
    let rows: Vec<u32> = (0..data.matrix.rows() as u32).step_by(step).collect();
    let mut list = importance(&model.contributions(&data.matrix.take(&rows))?);
    list.truncate(NAMED);
    Ok(list)
}

/// How the mean score follows the value of a column, the other columns as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The column.
    pub column: String,
    /// Values with the mean score of all rows if each had this value.
    pub points: Vec<(f64, f64)>,
}

/// The effects of the strongest columns of numbers; a column with one value has none.
///
/// # Errors
/// When the rows lack a column that the model needs.
pub fn effects(data: &Labelled, model: &dyn Model, drivers: &[Importance]) -> Result<Vec<Effect>, LearningError> {
    let is_number = |name: &str| data.matrix.column(name).is_some_and(|c| matches!(c.values, Values::Numbers(_)));
    let mut found = Vec::new();
    for driver in drivers.iter().filter(|driver| is_number(&driver.name)) {
        if found.len() == FOLLOWED {
            break;
        }
        let curve = partial_dependence(model, &data.matrix, &driver.name, VALUES)?;
        let points: Vec<(f64, f64)> =
            curve.iter().filter_map(|point| Some((point.number?, point.mean_score))).collect();
        if points.len() >= 2 {
            found.push(Effect { column: driver.name.clone(), points });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::labelled::{Rows, by_customer};
    use super::*;
    use crate::learning::{Column, Lesson, MODELS, Matrix, fit};

    #[test]
    fn what_matters_comes_first_and_its_effect_rises() {
        let x: Vec<f64> = (0..400).map(f64::from).collect();
        let noise: Vec<f64> = (0..400).map(|row| f64::from(row * 7919 % 400)).collect();
        let words: Vec<String> = (0..400).map(|row| ["a", "b"][row % 2].to_owned()).collect();
        let columns = vec![Column::numbers("noise", noise), Column::numbers("x", x), Column::words("w", &words)];
        let matrix = Matrix::new(columns).expect("as long as each other");
        let matrix = matrix.with_customers((0..400).collect()).expect("one per row");
        let labels: Vec<bool> = (0..400).map(|row| (row >= 200) != (row % 7 == 0)).collect();
        let data = by_customer(Rows { matrix, labels, segments: None }, 1).expect("enough customers");
        let model = fit(&MODELS[0].defaults(), &Lesson::new(&data.matrix, &data.labels, 1)).expect("both labels");
        let list = drivers(&data, &*model).expect("its columns");
        assert_eq!((list.len(), list[0].name.as_str()), (3, "x"));
        let found = effects(&data, &*model, &list).expect("its columns");
        assert_eq!(found[0].column, "x");
        assert_eq!(found.len(), 2, "words have no curve");
        assert!(found[0].points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
    }
}
