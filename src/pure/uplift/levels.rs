//! How high outcomes are in each trial: busy months and slow ones.

use super::Trial;
use super::sums::Sums;

/// Rows at the usual level that each trial's level is drawn towards 1 by.
const LEVEL_WEIGHT: f64 = 50.0;
/// Rounds in which groups and levels are fitted in turn.
const ROUNDS: usize = 4;
/// The penalty on what a group does, in rows.
const PENALTY: f64 = 1.0;

/// The level of each row's trial: what its control persons do against what their groups do over all trials. `memberships` has one number per
/// row and group. Nothing where the groups of control persons cannot be told apart.
pub(super) fn levels(trial: &Trial, train: &[u32], memberships: &[f64]) -> Option<Vec<f64>> {
    let groups = memberships.len() / train.len().max(1);
    let member = |place: usize| &memberships[place * groups..][..groups];
    let rows = trial.rows();
    let mut trials: Vec<u32> = train.iter().map(|&row| rows.trial[row as usize]).collect();
    trials.sort_unstable();
    trials.dedup();
    let own: Vec<usize> = train
        .iter()
        .map(|&row| trials.binary_search(&rows.trial[row as usize]).expect("among the trials of the rows"))
        .collect();
    let control: Vec<usize> = (0..train.len()).filter(|place| rows.arm[train[*place] as usize] == 0).collect();
    let mut levels = vec![1.0; trials.len()];
    let penalties: Vec<f64> =
        (0..groups * groups).map(|at| if at % (groups + 1) == 0 { PENALTY } else { 0.0 }).collect();
    for _ in 0..if trials.len() > 1 { ROUNDS } else { 0 } {
        let mut sums = Sums::new(groups);
        let mut values = Vec::new();
        for &place in &control {
            values.clear();
            let level: f64 = levels[own[place]];
            values.extend(member(place).iter().enumerate().map(|(group, share)| (group, level * share)));
            sums.add(&values, rows.outcome[train[place] as usize]);
        }
        let usual = sums.solved(&penalties)?;
        let (mut found, mut expected) = (vec![0.0; trials.len()], vec![0.0; trials.len()]);
        for &place in &control {
            found[own[place]] += rows.outcome[train[place] as usize];
            expected[own[place]] += member(place).iter().zip(&usual).map(|(share, b)| share * b).sum::<f64>();
        }
        let count = control.len().max(1) as f64;
        let weight = LEVEL_WEIGHT * expected.iter().sum::<f64>() / count;
        for ((level, found), expected) in levels.iter_mut().zip(&found).zip(&expected) {
            let fits = expected + weight > 0.0 && found + weight > 0.0;
            *level = if fits { (found + weight) / (expected + weight) } else { 1.0 };
        }
    }
    Some(own.into_iter().map(|trial| levels[trial]).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Rows;
    use super::*;
    use crate::learning::{Column, Matrix};

    /// Two groups of control persons who order in every fourth and every second case; in the second trial money is twice as much.
    #[test]
    fn a_busy_month_has_a_high_level() {
        let count = 4_000u32;
        let groups: Vec<usize> = (0..count as usize).map(|row| usize::from(row % 5 == 0)).collect();
        let month = |row: u32| row / 2_000;
        let outcome = |row: u32| {
            let orders = row % [4, 2][groups[row as usize]] == row / 5 % [4, 2][groups[row as usize]];
            f64::from(u8::from(orders)) * f64::from(1 + month(row))
        };
        let rows = Rows {
            features: Matrix::new(vec![Column::numbers("x", vec![0.0; count as usize])]).expect("a column"),
            trial: (0..count).map(month).collect(),
            arm: (0..count).map(|row| u32::from(row == 0)).collect(),
            probability: vec![0.5; count as usize],
            outcome: (0..count).map(outcome).collect(),
            redeemed: None,
        };
        let (trial, _) = Trial::new(rows, 1, 1).expect("a sound trial");
        let all: Vec<u32> = (0..count).collect();
        let memberships: Vec<f64> = groups.iter().flat_map(|group| [1 - group, *group]).map(|is| is as f64).collect();
        let found = levels(&trial, &all, &memberships).expect("two groups");
        let ratio = found[3_999] / found[0];
        // Each level is drawn a little towards 1.
        assert!((1.85..2.0).contains(&ratio), "{ratio}");
    }
}
