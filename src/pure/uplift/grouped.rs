//! Effects of all arms at once, as groups of customers have them.
//!
//! The outcome of a row is the level of its trial times what its groups do without a contact, plus the effect of its arm on its groups, which
//! words of its features may change: a ridge regression on memberships, arms and words (a regression on components of a finite mixture, as M.
//! Wedel, W. Kamakura, "Market segmentation", 2nd ed. 2000, with memberships that features decide). All arms share what is known of the
//! outcome without a contact. Chances are not weighed by: whatever decided on the arm must be among the features, or nothing.

use super::groups::Groups;
use super::levels::levels;
pub use super::penalties::Penalty;
use super::penalties::{Shape, strengths, tried};
use super::sums::Sums;
use super::{Trial, UpliftError};
use crate::learning::design::Design;
use crate::learning::{LearningError, Matrix, Values};
use crate::numeric::random::{fnv1a, mix};

/// Parts of the persons, each judged by fits to the others, when the penalty is chosen.
const FOLDS: usize = 4;
/// Words with fewer rows share a column.
const LEVEL_ROWS: usize = 50;
/// Up to so many columns per arm, words change the effect on each group; beyond, that on all groups alike.
const WIDEST: usize = 60;

/// Learned effects of all arms.
#[derive(Clone, Debug)]
pub struct Grouped {
    groups: Groups,
    words: Option<(Vec<String>, Design)>,
    shape: Shape,
    coefficients: Vec<f64>,
    penalty: Penalty,
}

/// What a matrix says of groups and words, row by row.
struct Memberships {
    groups: Vec<f64>,
    words: Vec<f64>,
}

impl Memberships {
    fn of(
        groups: &Groups,
        words: Option<&(Vec<String>, Design)>,
        matrix: &Matrix,
    ) -> Result<Memberships, LearningError> {
        let words = match words {
            Some((names, design)) => {
                design.rows(&matrix.only(&names.iter().map(String::as_str).collect::<Vec<_>>()))?
            }
            None => Vec::new(),
        };
        Ok(Memberships { groups: groups.of(matrix)?, words })
    }

    fn row(&self, shape: &Shape, row: usize) -> (&[f64], &[f64]) {
        (&self.groups[row * shape.groups..][..shape.groups], &self.words[row * shape.words..][..shape.words])
    }
}

impl Grouped {
    /// Learns from some rows of a trial, with groups that were found before.
    ///
    /// # Errors
    /// When columns are absent or the equations cannot be solved.
    pub fn learn(trial: &Trial, train: &[u32], groups: Groups) -> Result<Grouped, UpliftError> {
        let rows = trial.rows();
        let features = rows.features.take(train);
        let names: Vec<String> = features
            .columns()
            .iter()
            .filter(|column| matches!(column.values, Values::Words { .. }))
            .map(|column| column.name.clone())
            .collect();
        let words = (!names.is_empty()).then(|| {
            let design =
                Design::learn(&features.only(&names.iter().map(String::as_str).collect::<Vec<_>>()), LEVEL_ROWS);
            (names, design)
        });
        let width = words.as_ref().map_or(0, |(_, design)| design.width());
        let shape = Shape { groups: groups.count(), words: width, by_group: groups.count() * width <= WIDEST };
        let said = Memberships::of(&groups, words.as_ref(), &features)?;
        let levels = levels(trial, train, &said.groups).ok_or_else(unsolved)?;
        let (folds, size) = (fold_of(&features), shape.base() + trial.arms() as usize * shape.per_arm());
        let mut sums: Vec<Sums> = (0..FOLDS).map(|_| Sums::new(size)).collect();
        let mut values = Vec::new();
        for (place, &row) in train.iter().enumerate() {
            let (groups, words) = said.row(&shape, place);
            let (arm, outcome) = (rows.arm[row as usize] as usize, rows.outcome[row as usize]);
            values.clear();
            let level = levels[place];
            values.extend(groups.iter().enumerate().map(|(group, share)| (group, level * share)));
            let given = words.iter().enumerate().filter(|(_, value)| **value != 0.0);
            values.extend(given.map(|(word, value)| (shape.groups + word, level * value)));
            if arm > 0 {
                let start = shape.base() + (arm - 1) * shape.per_arm();
                shape.effect(groups, words, |place, value| values.push((start + place, value)));
            }
            sums[folds[place]].add(&values, outcome);
        }
        let others: Vec<Sums> = (0..FOLDS).map(|fold| Sums::total(&sums, Some(fold))).collect();
        let whole = Sums::total(&sums, None);
        let strengths = strengths(&whole, &shape, trial.arms() as usize).ok_or_else(unsolved)?;
        let error = |penalty: &Penalty| -> Option<f64> {
            let matrix = penalty.matrix(&shape, &strengths);
            sums.iter().zip(&others).map(|(own, others)| Some(own.error(&others.solved(&matrix)?))).sum()
        };
        let judged: Option<Vec<(f64, Penalty)>> =
            tried(&shape, &strengths).into_iter().map(|penalty| Some((error(&penalty)?, penalty))).collect();
        let judged = judged.ok_or_else(unsolved)?;
        let penalty = judged.iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("some are tried").1;
        let coefficients = whole.solved(&penalty.matrix(&shape, &strengths)).ok_or_else(unsolved)?;
        Ok(Grouped { groups, words, shape, coefficients, penalty })
    }

    /// The effect of an arm (1 and up) on each row of a matrix.
    ///
    /// # Errors
    /// When the matrix lacks a column that was learned from.
    pub fn of(&self, arm: u32, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let said = Memberships::of(&self.groups, self.words.as_ref(), matrix)?;
        let own = &self.coefficients[self.shape.base() + (arm as usize - 1) * self.shape.per_arm()..];
        let effect = |row: usize| {
            let (groups, words) = said.row(&self.shape, row);
            let mut sum = 0.0;
            self.shape.effect(groups, words, |place, value| sum += own[place] * value);
            sum
        };
        Ok((0..matrix.rows()).map(effect).collect())
    }

    /// The penalties that were chosen.
    pub fn penalty(&self) -> Penalty {
        self.penalty
    }
}

fn unsolved() -> UpliftError {
    LearningError::NoFit { model: "groups", why: "the features cannot be separated".to_owned() }.into()
}

fn fold_of(features: &Matrix) -> Vec<usize> {
    let of = |customer: &u32| (mix(fnv1a(&customer.to_le_bytes())) % FOLDS as u64) as usize;
    features.customers().iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Rows;
    use super::*;
    use crate::learning::Column;
    use crate::numeric::erf::normal_quantile;
    use crate::numeric::random::stream;
    use rand::RngExt;

    /// Six months of two groups, of whom one answers. From the third month on, half as many again order, and nearly all who seem to answer are
    /// contacted: whoever takes all months for one finds too much in the contacts of busy months.
    fn months(customers: u32) -> Trial {
        let mut random = stream(3, "months");
        let (mut x, mut state, mut customer, mut month) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut arm, mut probability, mut outcome) = (Vec::new(), Vec::new(), Vec::new());
        for person in 0..customers {
            let answers = person % 2 == 0;
            let mean = if answers { 3.0 } else { 0.0 };
            let own = mean + normal_quantile(random.random_range(1e-9..1.0));
            for now in 0..6 {
                let contacted = if now >= 2 && own > 1.5 { 0.95 } else { 0.3 };
                let chosen: bool = random.random::<f64>() < contacted;
                let tired = random.random::<bool>();
                let usual = if answers { 0.1 } else { 0.2 };
                let base = if now >= 2 { 1.5 * usual } else { usual };
                let effect = match (answers, tired) {
                    (true, true) => 0.05,
                    (true, false) => 0.1,
                    (false, _) => 0.0,
                };
                let chance = base + if chosen { effect } else { 0.0 };
                x.push(own);
                state.push(if tired { "tired" } else { "rested" });
                customer.push(person);
                month.push(now);
                arm.push(u32::from(chosen));
                probability.push(if chosen { contacted } else { 1.0 - contacted });
                outcome.push(f64::from(u8::from(random.random::<f64>() < chance)));
            }
        }
        let features = Matrix::new(vec![Column::numbers("x", x), Column::words("state", &state)])
            .and_then(|matrix| matrix.with_customers(customer))
            .expect("columns of one length");
        let rows = Rows { features, trial: month, arm, probability, outcome, redeemed: None };
        Trial::new(rows, 1, 100).expect("a sound trial").0
    }

    #[test]
    fn months_of_other_levels_do_not_pass_for_an_effect() {
        let trial = months(6_000);
        let all: Vec<u32> = (0..trial.len() as u32).collect();
        let groups = Groups::learn(&trial.rows().features, &all, 1).expect("numbers");
        let found = Grouped::learn(&trial, &all, groups.clone()).expect("a fit");
        let asked = |x: f64, state: &str| {
            let columns = vec![Column::numbers("x", vec![x]), Column::words("state", &[state])];
            found.of(1, &Matrix::new(columns).expect("one row")).expect("the same columns")[0]
        };
        for (x, state, planted) in
            [(4.0, "rested", 0.1), (4.0, "tired", 0.05), (-1.0, "rested", 0.0), (-1.0, "tired", 0.0)]
        {
            let effect = asked(x, state);
            assert!((effect - planted).abs() < 0.02, "{x} {state}: {effect}");
        }
        // The same rows as one trial.
        let mut rows = trial.rows().clone();
        let customers = (0..trial.len() as u32).collect();
        rows.features = rows.features.with_customers(customers).expect("one per row");
        rows.trial.fill(0);
        let (one, _) = Trial::new(rows, 1, 100).expect("a sound trial");
        let blind = Grouped::learn(&one, &all, groups).expect("a fit");
        let said = |model: &Grouped| model.of(1, &trial.rows().features).expect("the same columns").iter().sum::<f64>();
        assert!(said(&blind) > 1.2 * said(&found), "{} {}", said(&blind), said(&found));
    }

    #[test]
    fn what_no_contact_changes_is_nearly_nothing() {
        let trial = months(2_000);
        let mut rows = trial.rows().clone();
        let mut random = stream(9, "no effect");
        rows.outcome.iter_mut().for_each(|outcome| *outcome = f64::from(u8::from(random.random::<f64>() < 0.2)));
        let (trial, _) = Trial::new(rows, 1, 100).expect("a sound trial");
        let all: Vec<u32> = (0..trial.len() as u32).collect();
        let groups = Groups::learn(&trial.rows().features, &all, 1).expect("numbers");
        let found = Grouped::learn(&trial, &all, groups).expect("a fit");
        let effects = found.of(1, &trial.rows().features).expect("the same columns");
        assert!(effects.iter().all(|effect| effect.abs() < 0.03), "{:?}", found.penalty());
    }
}
