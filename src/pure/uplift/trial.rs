//! A trial: who was in which arm with which chance, and what came of it.

use std::collections::BTreeMap;

use super::UpliftError;
use crate::learning::{LearningError, Matrix};

/// What is known of a trial, one element per row; the matrix has the person of each row as its customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// What was known of the person before the trial.
    pub features: Matrix,
    /// The trial of the row: people may be in several.
    pub trial: Vec<u32>,
    /// 0 for control, 1 and up for the arms.
    pub arm: Vec<u32>,
    /// The chance with which the person got this arm, above 0, at most 1.
    pub probability: Vec<f64>,
    /// What came of it: 0 or 1, or money.
    pub outcome: Vec<f64>,
    /// Whether the person redeemed what the contact offered, 0 or 1; nothing where nothing was offered.
    pub redeemed: Option<Vec<f64>>,
}

/// Rows in the order of their persons and trials, checked. Everything that is computed from it depends on the rows, not on their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    rows: Rows,
    arms: u32,
    /// Of each row, the place of its person among the persons.
    person: Vec<u32>,
    persons: usize,
    lowest: f64,
    highest: f64,
}

/// Rows that were left out because a person has more than one in a trial.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SetAside {
    /// Rows of persons with two arms in one trial: who got what is not known.
    pub two_arms: usize,
    /// Rows of persons with the same arm twice in one trial: which outcome counts is not known.
    pub repeated: usize,
}

impl Trial {
    /// The trial of some rows with arms 1 to `arms` beside control, each arm and control with at least `least` persons.
    ///
    /// # Errors
    /// As [`UpliftError`] says.
    pub fn new(rows: Rows, arms: u32, least: usize) -> Result<(Trial, SetAside), UpliftError> {
        let count = rows.features.rows();
        for (what, found) in [
            ("trials", rows.trial.len()),
            ("arms", rows.arm.len()),
            ("probabilities", rows.probability.len()),
            ("outcomes", rows.outcome.len()),
            ("redemptions", rows.redeemed.as_ref().map_or(count, Vec::len)),
        ] {
            if found != count {
                return Err(LearningError::RowCount { what, rows: count, found }.into());
            }
        }
        if arms == 0 {
            return Err(UpliftError::OneArm);
        }
        if rows.features.columns().is_empty() {
            return Err(LearningError::NoColumns.into());
        }
        let fits = |probability: f64| probability > 0.0 && probability <= 1.0;
        if let Some(row) = rows.probability.iter().position(|&probability| !fits(probability)) {
            return Err(UpliftError::Probability { row, probability: rows.probability[row] });
        }
        if let Some(row) = rows.outcome.iter().position(|outcome| !outcome.is_finite()) {
            return Err(UpliftError::Outcome { row, outcome: rows.outcome[row] });
        }
        let (kept, aside) = one_row_each(&rows);
        let rows = rows.take(&kept);
        let mut person = Vec::with_capacity(kept.len());
        for row in 0..kept.len() {
            let customers = rows.features.customers();
            let next = match row.checked_sub(1) {
                None => 0,
                Some(before) => person[before] + u32::from(customers[before] != customers[row]),
            };
            person.push(next);
        }
        let persons = person.last().map_or(0, |&last| last as usize + 1);
        let (lowest, highest) = rows
            .outcome
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &outcome| (a.min(outcome), b.max(outcome)));
        let trial = Trial { rows, arms, person, persons, lowest, highest };
        let customers = trial.customers_by_arm();
        if customers[0] == 0 {
            return Err(UpliftError::NoControl);
        }
        if let Some(arm) = customers.iter().position(|&customers| customers < least) {
            return Err(UpliftError::ArmTooSmall { arm: arm as u32, customers: customers[arm], least });
        }
        if lowest >= highest {
            return Err(UpliftError::SameOutcome { rows: kept.len(), outcome: lowest });
        }
        Ok((trial, aside))
    }

    /// How many arms there are beside control.
    pub fn arms(&self) -> u32 {
        self.arms
    }

    /// The rows, by person and trial.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether there is no row; a checked trial has some.
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }

    /// Of each row, the place of its person among the persons; ascending.
    pub fn person(&self) -> &[u32] {
        &self.person
    }

    /// How many persons there are.
    pub fn persons(&self) -> usize {
        self.persons
    }

    /// The least and the greatest outcome.
    pub fn range(&self) -> (f64, f64) {
        (self.lowest, self.highest)
    }

    /// Persons with a row of each arm, control first.
    pub fn customers_by_arm(&self) -> Vec<usize> {
        let mut last = vec![None; self.arms as usize + 1];
        let mut counts = vec![0; self.arms as usize + 1];
        for (&person, &arm) in self.person.iter().zip(&self.rows.arm) {
            if last[arm as usize] != Some(person) {
                last[arm as usize] = Some(person);
                counts[arm as usize] += 1;
            }
        }
        counts
    }
}

impl Rows {
    /// Some rows.
    pub(super) fn take(&self, kept: &[u32]) -> Rows {
        let numbers = |values: &[f64]| -> Vec<f64> { kept.iter().map(|&row| values[row as usize]).collect() };
        let codes = |values: &[u32]| kept.iter().map(|&row| values[row as usize]).collect();
        Rows {
            features: self.features.take(kept),
            trial: codes(&self.trial),
            arm: codes(&self.arm),
            probability: numbers(&self.probability),
            outcome: numbers(&self.outcome),
            redeemed: self.redeemed.as_deref().map(numbers),
        }
    }
}

/// The rows that stay, by person and trial: those that are their person's only one in their trial.
fn one_row_each(rows: &Rows) -> (Vec<u32>, SetAside) {
    let mut by_person: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for (row, &person) in rows.features.customers().iter().enumerate() {
        by_person.entry((person, rows.trial[row])).or_default().push(row as u32);
    }
    let (mut kept, mut aside) = (Vec::with_capacity(by_person.len()), SetAside::default());
    for own in by_person.into_values() {
        let arm = |row: &u32| rows.arm[*row as usize];
        if let [only] = own[..] {
            kept.push(only);
        } else if own.iter().any(|row| arm(row) != arm(&own[0])) {
            aside.two_arms += own.len();
        } else {
            aside.repeated += own.len();
        }
    }
    (kept, aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::Column;

    fn rows(people: &[(u32, u32, u32, f64, f64)]) -> Rows {
        let features = Matrix::new(vec![Column::numbers("x", people.iter().map(|row| f64::from(row.0)).collect())])
            .and_then(|matrix| matrix.with_customers(people.iter().map(|row| row.0).collect()))
            .expect("one column");
        Rows {
            features,
            trial: people.iter().map(|row| row.1).collect(),
            arm: people.iter().map(|row| row.2).collect(),
            probability: people.iter().map(|row| row.3).collect(),
            outcome: people.iter().map(|row| row.4).collect(),
            redeemed: None,
        }
    }

    #[test]
    fn sets_aside_what_is_not_one_row_each() {
        let all = rows(&[
            (7, 0, 1, 0.5, 1.0),
            (7, 0, 0, 0.5, 1.0),
            (5, 0, 1, 0.5, 1.0),
            (5, 1, 0, 0.5, 0.0),
            (3, 0, 0, 0.5, 0.0),
            (2, 0, 1, 0.5, 0.0),
            (2, 0, 1, 0.5, 1.0),
        ]);
        let (trial, aside) = Trial::new(all, 1, 1).expect("both arms");
        assert_eq!(aside, SetAside { two_arms: 2, repeated: 2 });
        assert_eq!((trial.rows().features.customers(), trial.person()), (&[3, 5, 5][..], &[0, 1, 1][..]));
        assert_eq!(trial.customers_by_arm(), [2, 1]);
    }

    #[test]
    fn refuses_what_cannot_be_compared() {
        let refused = |people: &[(u32, u32, u32, f64, f64)], arms, least| {
            Trial::new(rows(people), arms, least).expect_err("unfit")
        };
        let fine = [(1, 0, 0, 0.5, 1.0), (2, 0, 1, 0.5, 0.0)];
        assert!(Trial::new(rows(&fine), 1, 1).is_ok());
        assert_eq!(refused(&[(1, 0, 1, 1.0, 1.0), (2, 0, 1, 1.0, 0.0)], 1, 1), UpliftError::NoControl);
        assert_eq!(refused(&fine, 1, 2), UpliftError::ArmTooSmall { arm: 0, customers: 1, least: 2 });
        assert_eq!(refused(&fine, 0, 1), UpliftError::OneArm);
        let same = [(1, 0, 0, 0.5, 1.0), (2, 0, 1, 0.5, 1.0)];
        assert_eq!(refused(&same, 1, 1), UpliftError::SameOutcome { rows: 2, outcome: 1.0 });
        for probability in [0.0, -0.1, 1.1, f64::NAN] {
            let found = refused(&[(1, 0, 0, 0.5, 1.0), (2, 0, 1, probability, 0.0)], 1, 1);
            assert!(matches!(found, UpliftError::Probability { row: 1, .. }), "{found:?}");
        }
        let found = refused(&[(1, 0, 0, 0.5, f64::INFINITY), (2, 0, 1, 0.5, 0.0)], 1, 1);
        assert!(matches!(found, UpliftError::Outcome { row: 0, .. }));
    }
}
