//! Effects and expected outcomes of each row from models that did not see its person, and the models themselves for people outside
//! the trial.

use rayon::prelude::*;

use super::expected::Expected;
use super::learners::{EffectModel, Learner, Material, learn};
use super::robust::doubly_robust;
use super::rules::Rule;
use super::{Trial, UpliftError};
use crate::learning::{Matrix, folds};
use crate::numeric::random::mix;

/// How effects are learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The learners; the first one's effects are handed on, the others are judged beside it.
    pub learners: Vec<Learner>,
    /// Into how many parts persons are divided.
    pub folds: usize,
    /// Seed of every draw.
    pub seed: u64,
}

/// What was learned of one arm, one number per row of the trial, each from models that did not see the row's person.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmEffects {
    /// The effect by each learner of the plan.
    pub learners: Vec<Vec<f64>>,
    /// The effect that is handed on: that of the first learner.
    pub effect: Vec<f64>,
    /// The effect in the row's group by one column, for each column.
    pub rules: Vec<Vec<f64>>,
    /// The expected outcome of those who are contacted: response, not effect.
    pub response: Vec<f64>,
    /// The chance that the person redeems what the contact offers; 0 where nothing is redeemed.
    pub redeem: Vec<f64>,
    /// An unbiased estimate of the row's effect, very noisy for one row: for averages.
    pub doubly_robust: Vec<f64>,
}

/// Everything that was learned from a trial.
pub struct Crossed {
    /// The arms, the first beside control first.
    pub arms: Vec<ArmEffects>,
    fold_of: Vec<u32>,
    /// Of each fold, of each arm, the models of those outside it.
    models: Vec<Vec<ArmModels>>,
}

/// What was learned of one arm.
struct ArmModels {
    /// By learner.
    effects: Vec<EffectModel>,
    redeem: Option<Expected>,
}

impl ArmModels {
    fn redeem(&self, matrix: &Matrix) -> Result<Vec<f64>, UpliftError> {
        Ok(match &self.redeem {
            Some(model) => model.of(matrix)?,
            None => vec![0.0; matrix.rows()],
        })
    }
}

/// Of one fold: its rows, and of each arm what the others' models say of them.
struct Fold {
    test: Vec<u32>,
    expected: Vec<Vec<f64>>,
    effects: Vec<Vec<Vec<f64>>>,
    rules: Vec<Vec<Vec<f64>>>,
    redeem: Vec<Vec<f64>>,
    models: Vec<ArmModels>,
}

/// Learns a trial's effects, each person judged by the models of the other folds.
///
/// # Errors
/// When there are fewer persons than folds or a fit fails.
pub fn crossed(trial: &Trial, plan: &Plan) -> Result<Crossed, UpliftError> {
    let fold_of = folds::by_customer(&trial.rows().features, plan.folds, plan.seed)?;
    crossed_by(trial, plan, fold_of)
}

/// As [`crossed`], with a fold for each row.
pub(super) fn crossed_by(trial: &Trial, plan: &Plan, fold_of: Vec<u32>) -> Result<Crossed, UpliftError> {
    let folds: Vec<Fold> =
        (0..plan.folds as u32).map(|fold| learn_fold(trial, plan, &fold_of, fold)).collect::<Result<_, _>>()?;
    let rows = trial.len();
    let scatter = |of: &dyn Fn(&Fold) -> &[f64]| {
        let mut all = vec![0.0; rows];
        for fold in &folds {
            fold.test.iter().zip(of(fold)).for_each(|(&row, &value)| all[row as usize] = value);
        }
        all
    };
    let control = scatter(&|fold| &fold.expected[0]);
    let arms = (0..trial.arms() as usize)
        .map(|arm| {
            let learners: Vec<Vec<f64>> =
                (0..plan.learners.len()).map(|place| scatter(&|fold| &fold.effects[arm][place])).collect();
            let columns = trial.rows().features.columns().len();
            let response = scatter(&|fold| &fold.expected[arm + 1]);
            ArmEffects {
                effect: learners[0].clone(),
                rules: (0..columns).map(|column| scatter(&|fold| &fold.rules[arm][column])).collect(),
                redeem: scatter(&|fold| &fold.redeem[arm]),
                doubly_robust: doubly_robust(trial, arm as u32 + 1, &response, &control),
                response,
                learners,
            }
        })
        .collect();
    let models = folds.into_iter().map(|fold| fold.models).collect();
    Ok(Crossed { arms, fold_of, models })
}

fn learn_fold(trial: &Trial, plan: &Plan, fold_of: &[u32], fold: u32) -> Result<Fold, UpliftError> {
    let part = |inside: bool| -> Vec<u32> {
        (0..fold_of.len() as u32).filter(|&row| (fold_of[row as usize] == fold) == inside).collect()
    };
    let (train, test) = (part(false), part(true));
    let seed = plan.seed ^ mix(u64::from(fold) + 1);
    let rows = trial.rows();
    let tested = rows.features.take(&test);
    let arm_rows: Vec<Vec<u32>> = (0..=trial.arms())
        .map(|arm| train.iter().copied().filter(|&row| rows.arm[row as usize] == arm).collect())
        .collect();
    let models: Vec<Expected> = arm_rows
        .par_iter()
        .map(|own| Expected::learn(&rows.features, own, &rows.outcome, trial.range(), seed))
        .collect::<Result<_, _>>()?;
    let expected: Vec<Vec<f64>> = models.iter().map(|model| model.of(&tested)).collect::<Result<_, _>>()?;
    let material = Material::new(trial, &train, models, &plan.learners, seed)?;
    let arms: Vec<u32> = (1..=trial.arms()).collect();
    let learned: Vec<ArmModels> = arms
        .par_iter()
        .map(|&arm| {
            let effects = plan.learners.iter().map(|&learner| learn(learner, &material, arm));
            let redeem = rows.redeemed.as_ref().map(|redeemed| {
                Expected::learn(&rows.features, &arm_rows[arm as usize], redeemed, (0.0, 1.0), seed ^ 1)
            });
            Ok(ArmModels { effects: effects.collect::<Result<_, _>>()?, redeem: redeem.transpose()? })
        })
        .collect::<Result<_, UpliftError>>()?;
    let effects = learned
        .iter()
        .map(|own| own.effects.iter().map(|model| model.of(&tested)).collect::<Result<Vec<_>, _>>())
        .collect::<Result<_, _>>()?;
    let redeem = learned.iter().map(|own| own.redeem(&tested)).collect::<Result<_, _>>()?;
    let rules = arms
        .iter()
        .map(|&arm| Rule::learn_all(trial, &train, arm).iter().map(|rule| rule.of(&tested)).collect())
        .collect();
    Ok(Fold { test, expected, effects, rules, redeem, models: learned })
}

fn mean_of(folds: &[Vec<f64>], rows: usize) -> Vec<f64> {
    let count = folds.len().max(1) as f64;
    (0..rows).map(|row| folds.iter().map(|said| said[row]).sum::<f64>() / count).collect()
}

impl Crossed {
    /// The effect of an arm (1 and up) on each row of a matrix, and the chance that its person redeems. A person of the trial, given as its
    /// row in `known`, gets both from the models that did not see it; anybody else the mean of all folds' models.
    ///
    /// # Errors
    /// When the matrix lacks a column of the trial's features.
    pub fn said(&self, arm: u32, matrix: &Matrix, known: &[Option<u32>]) -> Result<(Vec<f64>, Vec<f64>), UpliftError> {
        let place = arm as usize - 1;
        let by_fold: Vec<(Vec<f64>, Vec<f64>)> = self
            .models
            .par_iter()
            .map(|models| Ok((models[place].effects[0].of(matrix)?, models[place].redeem(matrix)?)))
            .collect::<Result<_, UpliftError>>()?;
        let (effects, redeem): (Vec<_>, Vec<_>) = by_fold.into_iter().unzip();
        let own = |by_fold: Vec<Vec<f64>>| {
            let all = mean_of(&by_fold, matrix.rows());
            let of = |row: usize| known[row].map_or(all[row], |own| by_fold[self.fold_of[own as usize] as usize][row]);
            (0..matrix.rows()).map(of).collect()
        };
        Ok((own(effects), own(redeem)))
    }
}
