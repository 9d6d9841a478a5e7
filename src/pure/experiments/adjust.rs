//! Adjustment for what persons did before the draw: the same difference with less noise.

use super::arms::Arms;
use crate::numeric::linear::solve_symmetric;

/// How outcomes are adjusted for earlier behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// Not at all.
    None,
    /// One slope for both arms together: CUPED (A. Deng, Y. Xu, R. Kohavi, T. Walker, WSDM 2013, section 3.2).
    Pooled,
    /// Each arm its own slope, around the mean of all (W. Lin, Annals of Applied Statistics 7, 2013): never less precise in large samples than no
    /// adjustment, however small the control arm and however much effects differ.
    ByArm,
}

/// The values (one per person) less what `covariates` explain of them: columns of one number per person, all known before the draw. The mean
/// over all persons stays.
///
/// Columns that do not vary, or that others determine, are left out. By arm, an arm with too few persons for its columns stays as it is.
pub fn adjusted(values: &[f64], covariates: &[Vec<f64>], arms: &Arms, adjustment: Adjustment) -> Vec<f64> {
    let centred: Vec<Vec<f64>> = covariates.iter().filter_map(|column| standard(column)).collect();
    let slopes_of = |persons: &dyn Fn(usize) -> bool| slopes(values, &centred, persons);
    let slopes: [Vec<f64>; 2] = match adjustment {
        Adjustment::None => return values.to_vec(),
        Adjustment::Pooled => {
            let both = slopes_of(&|_| true);
            [both.clone(), both]
        }
        Adjustment::ByArm => {
            let of = |treated: bool| slopes_of(&|person| arms.treated()[person] == treated && arms.counts(person));
            [of(true), of(false)]
        }
    };
    let explained = |person: usize| -> f64 {
        let slopes = &slopes[usize::from(!arms.treated()[person])];
        slopes.iter().zip(&centred).map(|(slope, column)| slope * column[person]).sum()
    };
    values.iter().enumerate().map(|(person, value)| value - explained(person)).collect()
}

/// The column with mean 0 and variance 1; nothing where it does not vary.
fn standard(column: &[f64]) -> Option<Vec<f64>> {
    let n = column.len() as f64;
    let mean = column.iter().sum::<f64>() / n;
    let sd = (column.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt();
    (sd > 1e-12 * mean.abs().max(1e-300)).then(|| column.iter().map(|value| (value - mean) / sd).collect())
}

/// Least squares slopes of the values on the columns among some persons, 0 for columns that others determine.
fn slopes(values: &[f64], columns: &[Vec<f64>], among: &dyn Fn(usize) -> bool) -> Vec<f64> {
    let persons: Vec<usize> = (0..values.len()).filter(|person| among(*person)).collect();
    let mut found = vec![0.0; columns.len()];
    if persons.len() < columns.len() + 3 {
        return found;
    }
    let n = persons.len() as f64;
    let mean = |column: &[f64]| persons.iter().map(|person| column[*person]).sum::<f64>() / n;
    let means: Vec<f64> = columns.iter().map(|column| mean(column)).collect();
    let middle = mean(values);
    let product = |i: usize, j: usize| -> f64 {
        persons.iter().map(|p| (columns[i][*p] - means[i]) * (columns[j][*p] - means[j])).sum::<f64>() / n
    };
    let with = |i: usize| persons.iter().map(|p| (columns[i][*p] - means[i]) * (values[*p] - middle)).sum::<f64>() / n;
    let mut kept: Vec<usize> = Vec::new();
    let mut solved: Vec<f64> = Vec::new();
    for next in 0..columns.len() {
        // Columns have variance 1 among all; one that hardly varies among these persons says nothing of them.
        if product(next, next) < 1e-9 {
            continue;
        }
        kept.push(next);
        let matrix: Vec<f64> =
            kept.iter().flat_map(|&i| kept.iter().map(move |&j| (i, j))).map(|(i, j)| product(i, j)).collect();
        let right: Vec<f64> = kept.iter().map(|&i| with(i)).collect();
        match solve_symmetric(&matrix, &right) {
            Some(slopes) => solved = slopes,
            None => {
                kept.pop();
            }
        }
    }
    kept.iter().zip(solved).for_each(|(column, slope)| found[*column] = slope);
    found
}

#[cfg(test)]
mod tests {
    use super::super::arms::compare;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_explained_is_gone_and_the_effect_stays() {
        // y = 3·before + 2 for the contacted.
        let before: Vec<f64> = (0..60).map(|person| f64::from((person * 37) % 23)).collect();
        let treated: Vec<bool> = (0..60).map(|person| person % 3 != 0).collect();
        let values: Vec<f64> = before.iter().zip(&treated).map(|(x, t)| 3.0 * x + 2.0 * f64::from(*t)).collect();
        let arms = Arms::new(treated);
        for (way, within) in [(Adjustment::ByArm, 1e-9), (Adjustment::Pooled, 0.2)] {
            // A constant column and a copy add nothing.
            let columns = [before.clone(), vec![4.0; 60], before.iter().map(|x| 2.0 * x + 1.0).collect()];
            let found = compare(&adjusted(&values, &columns, &arms, way), &arms, 0.95).unwrap();
            assert!((found.difference - 2.0).abs() < within, "{way:?}: {found:?}");
            assert!(found.se < 0.1);
        }
        assert_eq!(adjusted(&values, &[before], &arms, Adjustment::None), values);
    }

    proptest! {
        /// The classic formula: y − (cov/var)(x − x̄).
        #[test]
        fn one_column_is_the_formula_of_cuped(cells in prop::collection::vec((-5.0..5.0f64, -5.0..5.0f64), 6..40)) {
            let (x, y): (Vec<f64>, Vec<f64>) = cells.iter().copied().unzip();
            let n = x.len() as f64;
            let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
            let cov: f64 = x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)).sum();
            let var: f64 = x.iter().map(|x| (x - mx).powi(2)).sum();
            prop_assume!(var > 0.1);
            let arms = Arms::new((0..x.len()).map(|person| person % 2 == 0).collect());
            let found = adjusted(&y, std::slice::from_ref(&x), &arms, Adjustment::Pooled);
            for person in 0..x.len() {
                prop_assert!((found[person] - (y[person] - cov / var * (x[person] - mx))).abs() < 1e-9);
            }
        }
    }
}
