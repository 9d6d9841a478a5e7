//! A column that knows too much although it does not rank perfectly, such as how long a call took that is still to be made.

use super::column::scores_of;
use crate::churn::Labelled;
use crate::learning::metrics::roc_auc;
use crate::learning::{LearningError, LearningSettings};

/// A column that ranks below this alone is no suspect.
const FAIR: f64 = 0.7;
/// Share of what all other columns together rank above chance, from which one column alone is a suspect.
const AS_GOOD: f64 = 0.9;

/// A column that does alone what all others do together.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// The column.
    pub column: String,
    /// Its area under the ROC curve, out of fold.
    pub alone: f64,
    /// The area of a model of all other columns, out of fold.
    pub others: f64,
}

/// Whether a column is probably written after the contact: alone it ranks fairly (area from 0.7 on) and at least nine tenths as far above
/// chance as a model with `settings` of all other columns. Nothing where it does not, or where there is no other column.
///
/// # Errors
/// When a model cannot be fitted.
pub fn suspect(
    data: &Labelled,
    column: &str,
    settings: &LearningSettings,
    seed: u64,
) -> Result<Option<Suspect>, LearningError> {
    if data.matrix.columns().len() < 2 {
        return Ok(None);
    }
    let mean_area = |score: &dyn Fn(&[u32], &[u32]) -> Result<Vec<f64>, LearningError>| -> Result<f64, LearningError> {
        let areas = data.folds.iter().map(|fold| roc_auc(&data.truth(&fold.test), &score(&fold.train, &fold.test)?));
        Ok(areas.sum::<Result<f64, LearningError>>()? / data.folds.len() as f64)
    };
    let alone = mean_area(&|train, test| scores_of(data, column, train, test, seed))?;
    if alone < FAIR {
        return Ok(None);
    }
    let rest = Labelled { matrix: data.matrix.clone().without(&[column]), ..data.clone() };
    let others = mean_area(&|train, test| rest.fit_and_score(settings, train, test, seed))?;
    let found = alone - 0.5 >= AS_GOOD * (others - 0.5);
    Ok(found.then(|| Suspect { column: column.to_owned(), alone, others }))
}

#[cfg(test)]
mod tests {
    use super::super::contest::divided;
    use super::*;
    use crate::learning::{Column, MODELS, Matrix};
    use crate::numeric::random::stream;
    use rand::RngExt;

    #[test]
    fn a_column_written_after_the_answer_is_named_and_an_honest_one_is_not() {
        let mut random = stream(11, "leaks");
        let rows = 2000;
        let [x, y]: [Vec<f64>; 2] =
            std::array::from_fn(|_| (0..rows).map(|_| random.random_range(-1.0..1.0)).collect());
        let labels: Vec<bool> =
            (0..rows).map(|row| random.random::<f64>() < 0.3 + 0.2 * x[row] + 0.2 * y[row]).collect();
        let duration = labels.iter().map(|label| random.random::<f64>() + if *label { 0.6 } else { 0.0 }).collect();
        let columns =
            vec![Column::numbers("x", x), Column::numbers("y", y), Column::numbers("seconds_talked", duration)];
        let data = divided(Matrix::new(columns).expect("a rectangle"), labels, 3, 1).expect("both labels");
        let find = |column| suspect(&data, column, &MODELS[0].defaults(), 1).expect("both labels");
        let found = find("seconds_talked").expect("it knows the answer");
        assert!(found.alone > 0.85 && found.others < 0.75, "{found:?}");
        assert_eq!(find("x"), None);
    }
}
