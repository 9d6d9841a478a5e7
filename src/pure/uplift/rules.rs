//! One-column rules: what a marketer would do by hand, learned and judged as learners are.

use std::collections::BTreeMap;

use super::Trial;
use crate::learning::{MISSING_WORD, Matrix, Values};
use crate::numeric::quantile::quantile;

/// Into how many groups of about equally many persons a column of numbers is cut.
const GROUPS: usize = 5;
/// Added to the weight of each arm in a group, at the mean of all: groups of few say little.
const SMOOTHING: f64 = 50.0;

/// The effect by the groups of one column.
pub(super) struct Rule {
    column: usize,
    groups: Groups,
    /// The effect in each group; the last for a missing or unknown word.
    effects: Vec<f64>,
}

enum Groups {
    /// Cuts in ascending order: group g holds numbers above cut g − 1 and at most cut g; missing numbers have the last.
    Cuts(Vec<f64>),
    Words(BTreeMap<String, usize>),
}

impl Groups {
    fn count(&self) -> usize {
        match self {
            Groups::Cuts(cuts) => cuts.len() + 2,
            Groups::Words(words) => words.len() + 1,
        }
    }

    /// The group of each row.
    fn of(&self, values: &Values) -> Vec<usize> {
        let last = self.count() - 1;
        match (self, values) {
            (Groups::Cuts(cuts), Values::Numbers(numbers)) => {
                let group = |x: &f64| if x.is_nan() { last } else { cuts.partition_point(|cut| cut < x) };
                numbers.iter().map(group).collect()
            }
            (Groups::Words(known), Values::Words { codes, words }) => {
                let places: Vec<usize> = words.iter().map(|word| known.get(word).copied().unwrap_or(last)).collect();
                codes.iter().map(|&code| if code == MISSING_WORD { last } else { places[code as usize] }).collect()
            }
            _ => vec![last; values.len()],
        }
    }
}

impl Rule {
    /// A rule for each column, from some rows, for one arm.
    pub(super) fn learn_all(trial: &Trial, train: &[u32], arm: u32) -> Vec<Rule> {
        let columns = trial.rows().features.columns();
        columns.iter().enumerate().map(|(column, all)| Rule::learn(trial, train, arm, column, &all.values)).collect()
    }

    fn learn(trial: &Trial, train: &[u32], arm: u32, column: usize, values: &Values) -> Rule {
        let groups = match values {
            Values::Numbers(numbers) => {
                let mut sorted: Vec<f64> =
                    train.iter().map(|&row| numbers[row as usize]).filter(|x| !x.is_nan()).collect();
                sorted.sort_unstable_by(f64::total_cmp);
                let mut cuts: Vec<f64> =
                    (1..GROUPS).map(|part| quantile(&sorted, part as f64 / GROUPS as f64)).collect();
                // A column of few values is cut at each of them.
                let mut distinct = sorted.clone();
                distinct.dedup();
                if distinct.len() <= GROUPS {
                    cuts = distinct;
                    cuts.pop();
                }
                cuts.retain(|cut| cut.is_finite());
                cuts.dedup();
                Groups::Cuts(cuts)
            }
            Values::Words { codes, words } => {
                let seen = train.iter().map(|&row| codes[row as usize]).filter(|&code| code != MISSING_WORD);
                let mut known: BTreeMap<String, usize> = seen.map(|code| (words[code as usize].clone(), 0)).collect();
                known.values_mut().enumerate().for_each(|(place, value)| *value = place);
                Groups::Words(known)
            }
        };
        let rows = trial.rows();
        let group = groups.of(values);
        // Weight and weighted outcome of control and arm, by group.
        let mut sums = vec![[[0.0; 2]; 2]; groups.count()];
        let mut whole = [[0.0; 2]; 2];
        for &row in train {
            let row = row as usize;
            let side = match rows.arm[row] {
                0 => 0,
                own if own == arm => 1,
                _ => continue,
            };
            let weight = 1.0 / rows.probability[row];
            for sums in [&mut sums[group[row]], &mut whole] {
                sums[side][0] += weight;
                sums[side][1] += weight * rows.outcome[row];
            }
        }
        let mean = [0, 1].map(|side| if whole[side][0] > 0.0 { whole[side][1] / whole[side][0] } else { 0.0 });
        let effects = sums
            .iter()
            .map(|own| {
                let smooth = |side: usize| (own[side][1] + SMOOTHING * mean[side]) / (own[side][0] + SMOOTHING);
                smooth(1) - smooth(0)
            })
            .collect();
        Rule { column, groups, effects }
    }

    /// The effect in the group of each row of a matrix with the same columns.
    pub(super) fn of(&self, matrix: &Matrix) -> Vec<f64> {
        let groups = self.groups.of(&matrix.columns()[self.column].values);
        groups.into_iter().map(|group| self.effects[group]).collect()
    }
}
