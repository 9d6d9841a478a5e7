//! The learners of effects: what each makes of contacted and control persons.

use super::expected::Expected;
use super::forest::Forest;
use super::grouped::Grouped;
use super::groups::Groups;
use super::line::Line;
use super::robust::doubly_robust;
use super::{Trial, UpliftError};
use crate::learning::Matrix;
use crate::numeric::random::{fnv1a, mix};

/// A learner of effects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Learner {
    /// Two models: the expected outcome of the contacted less that of control.
    T,
    /// Outcomes less what the other arm's model expects, as a linear function of features (S. Künzel, J. Sekhon, P. Bickel, B. Yu,
    /// "Metalearners for estimating heterogeneous treatment effects using machine learning", PNAS 116(10), 2019).
    X,
    /// Doubly robust estimates of each person's effect by the stored chances, as a linear function of features (E. Kennedy, "Towards
    /// optimal doubly robust estimation of heterogeneous causal effects", Electronic Journal of Statistics 17(2), 2023).
    Dr,
    /// The mean of honest trees that divide persons where effects differ most (S. Athey, G. Imbens, "Recursive partitioning for
    /// heterogeneous causal effects", PNAS 113(27), 2016).
    Forest,
    /// Effects of all arms at once on groups of customers that features show: see [`super::grouped`].
    Groups,
}

/// A learner as settings name it.
pub struct LearnerRow {
    /// How users write it.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// What it is.
    pub learner: Learner,
}

/// All learners.
pub static LEARNERS: [LearnerRow; 5] = [
    LearnerRow {
        name: "x",
        meaning: "outcomes less what the other arm's model expects, as a linear function of features",
        learner: Learner::X,
    },
    LearnerRow {
        name: "dr",
        meaning: "doubly robust estimates by the stored chances, as a linear function of features; for chances that differ between customers",
        learner: Learner::Dr,
    },
    LearnerRow {
        name: "forest",
        meaning: "the mean of honest trees that divide customers where effects differ most",
        learner: Learner::Forest,
    },
    LearnerRow {
        name: "t",
        meaning: "the expected outcome of the contacted less that of control, both by gradient boosting",
        learner: Learner::T,
    },
    LearnerRow {
        name: "groups",
        meaning: "all arms at once, by groups of customers that features show; for trials of several months and arms with few customers",
        learner: Learner::Groups,
    },
];

/// What the learners of one fold share.
pub(super) struct Material<'a> {
    trial: &'a Trial,
    train: &'a [u32],
    /// Of each arm, control first, the expected outcome by its own persons.
    expected: Vec<std::sync::Arc<Expected>>,
    /// Of each arm, of each row of training, the expected outcome by models of the other half of the persons; empty when not needed.
    apart: Vec<Vec<f64>>,
    /// Effects by groups, where they are asked for.
    grouped: Option<std::sync::Arc<Grouped>>,
    seed: u64,
}

impl<'a> Material<'a> {
    pub(super) fn new(
        trial: &'a Trial,
        train: &'a [u32],
        expected: Vec<Expected>,
        learners: &[Learner],
        seed: u64,
    ) -> Result<Material<'a>, UpliftError> {
        let expected = expected.into_iter().map(std::sync::Arc::new).collect();
        let mut material = Material { trial, train, expected, apart: Vec::new(), grouped: None, seed };
        if learners.contains(&Learner::Dr) {
            material.apart = material.halves()?;
        }
        if learners.contains(&Learner::Groups) {
            let groups = Groups::learn(&trial.rows().features, train, seed)?;
            material.grouped = Some(std::sync::Arc::new(Grouped::learn(trial, train, groups)?));
        }
        Ok(material)
    }

    /// Expected outcomes of the training rows, each by the half of the persons that its own is not in.
    fn halves(&self) -> Result<Vec<Vec<f64>>, UpliftError> {
        use rayon::prelude::*;
        let rows = self.trial.rows();
        let half = |row: u32| {
            let customer = rows.features.customers()[row as usize];
            mix(self.seed ^ fnv1a(&customer.to_le_bytes())) & 1
        };
        let tasks: Vec<(u32, u64)> = (0..=self.trial.arms()).flat_map(|arm| [(arm, 0), (arm, 1)]).collect();
        let said: Vec<Vec<f64>> = tasks
            .par_iter()
            .map(|&(arm, side)| {
                let own: Vec<u32> = (self.train.iter().copied())
                    .filter(|&row| rows.arm[row as usize] == arm && half(row) == side)
                    .collect();
                let model =
                    Expected::learn(&rows.features, &own, &rows.outcome, self.trial.range(), self.seed ^ (side + 1))?;
                let others: Vec<u32> = self.train.iter().copied().filter(|&row| half(row) != side).collect();
                Ok(model.of(&rows.features.take(&others))?)
            })
            .collect::<Result<_, UpliftError>>()?;
        let mut apart = vec![vec![0.0; self.train.len()]; self.trial.arms() as usize + 1];
        for (&(arm, side), said) in tasks.iter().zip(&said) {
            let places = (0..self.train.len()).filter(|&place| half(self.train[place]) != side);
            places.zip(said).for_each(|(place, &value)| apart[arm as usize][place] = value);
        }
        Ok(apart)
    }
}

/// A learned effect.
pub(super) enum EffectModel {
    Difference(std::sync::Arc<Expected>, std::sync::Arc<Expected>),
    /// The line of the contacted, that of control, and the weight of the latter.
    Lines(Line, Line, f64),
    Line(Line),
    Forest(Forest),
    /// Those of all arms, and which one is meant.
    Grouped(std::sync::Arc<Grouped>, u32),
}

/// Learns the effect of one arm.
pub(super) fn learn(learner: Learner, material: &Material, arm: u32) -> Result<EffectModel, UpliftError> {
    let Material { trial, train, expected, apart, grouped, seed } = material;
    let rows = trial.rows();
    match learner {
        Learner::T => Ok(EffectModel::Difference(expected[arm as usize].clone(), expected[0].clone())),
        Learner::X => {
            let own = |wanted: u32| -> Vec<u32> {
                train.iter().copied().filter(|&row| rows.arm[row as usize] == wanted).collect()
            };
            let imputed = |own: &[u32], other: &Expected, sign: f64| -> Result<Line, UpliftError> {
                let features = rows.features.take(own);
                let said = other.of(&features)?;
                let target: Vec<f64> =
                    own.iter().zip(said).map(|(&row, said)| sign * (rows.outcome[row as usize] - said)).collect();
                Ok(Line::learn(&features, &target)?)
            };
            let (contacted, control) = (own(arm), own(0));
            let share = contacted.len() as f64 / (contacted.len() + control.len()).max(1) as f64;
            let by_contacted = imputed(&contacted, &expected[0], 1.0)?;
            let by_control = imputed(&control, &expected[arm as usize], -1.0)?;
            Ok(EffectModel::Lines(by_contacted, by_control, share))
        }
        Learner::Dr => {
            let mut scattered = [vec![0.0; trial.len()], vec![0.0; trial.len()]];
            for (place, &row) in train.iter().enumerate() {
                scattered[0][row as usize] = apart[arm as usize][place];
                scattered[1][row as usize] = apart[0][place];
            }
            let all = doubly_robust(trial, arm, &scattered[0], &scattered[1]);
            let target: Vec<f64> = train.iter().map(|&row| all[row as usize]).collect();
            Ok(EffectModel::Line(Line::learn(&rows.features.take(train), &target)?))
        }
        Learner::Forest => Ok(EffectModel::Forest(Forest::learn(trial, train, arm, *seed)?)),
        Learner::Groups => {
            let grouped = grouped.clone().expect("learned with the material of a plan that has this learner");
            Ok(EffectModel::Grouped(grouped, arm))
        }
    }
}

impl EffectModel {
    /// The effect on each row.
    pub(super) fn of(&self, matrix: &Matrix) -> Result<Vec<f64>, UpliftError> {
        match self {
            EffectModel::Difference(contacted, control) => {
                let (contacted, control) = (contacted.of(matrix)?, control.of(matrix)?);
                Ok(contacted.iter().zip(control).map(|(a, b)| a - b).collect())
            }
            EffectModel::Lines(contacted, control, share) => {
                let (contacted, control) = (contacted.of(matrix)?, control.of(matrix)?);
                Ok(contacted.iter().zip(control).map(|(a, b)| (1.0 - share) * a + share * b).collect())
            }
            EffectModel::Line(line) => Ok(line.of(matrix)?),
            EffectModel::Forest(forest) => forest.of(matrix),
            EffectModel::Grouped(grouped, arm) => Ok(grouped.of(*arm, matrix)?),
        }
    }
}
