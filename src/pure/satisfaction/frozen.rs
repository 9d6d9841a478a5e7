//! Weights that stay: an index is compared between waves by the same weights, or it moves because they do.

use serde::{Deserialize, Serialize};

use super::SatisfactionError;
use super::answers::Answers;
use super::correlation::Correlations;
use super::model::PathModel;
use super::pls::Pls;

/// The weights of one wave, kept for all later ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrozenWeights {
    /// The wave that they were estimated on.
    pub wave: String,
    /// Persons of that wave.
    pub persons: usize,
    /// Per construct.
    pub blocks: Vec<FrozenBlock>,
}

/// The weights of one construct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrozenBlock {
    /// The construct.
    pub construct: String,
    /// Its items.
    pub items: Vec<String>,
    /// Of the items in points from 0 to 100; they add up to 1.
    pub weights: Vec<f64>,
}

impl FrozenWeights {
    /// The weights of an estimate: w / s per item, s its standard deviation, divided by their sum, so that the index is a mean of the answers
    /// on their own scale (C. Fornell and others, Journal of Marketing 60(4), 1996, appendix).
    ///
    /// # Errors
    /// When the weights of a construct cancel each other, so that it has no direction.
    pub fn of(
        wave: &str,
        model: &PathModel,
        pls: &Pls,
        data: &Correlations,
    ) -> Result<FrozenWeights, SatisfactionError> {
        let block = |construct: &super::model::Construct| {
            let raw: Vec<f64> = construct.items.clone().map(|item| pls.weights[item] / data.deviations[item]).collect();
            let sum: f64 = raw.iter().sum();
            let size: f64 = raw.iter().map(|weight| weight.abs()).sum();
            if sum.is_nan() || sum <= 0.05 * size {
                return Err(SatisfactionError::NoDirection(construct.name.clone()));
            }
            Ok(FrozenBlock {
                construct: construct.name.clone(),
                items: model.items()[construct.items.clone()].to_vec(),
                weights: raw.iter().map(|weight| weight / sum).collect(),
            })
        };
        let blocks = model.blocks().iter().map(block).collect::<Result<_, _>>()?;
        Ok(FrozenWeights { wave: wave.to_owned(), persons: data.persons, blocks })
    }

    /// Equal weights within each construct: the index that weighing is to be compared with.
    pub fn equal(model: &PathModel) -> FrozenWeights {
        let block = |construct: &super::model::Construct| FrozenBlock {
            construct: construct.name.clone(),
            items: model.items()[construct.items.clone()].to_vec(),
            weights: vec![1.0 / construct.items.len() as f64; construct.items.len()],
        };
        FrozenWeights { wave: String::new(), persons: 0, blocks: model.blocks().iter().map(block).collect() }
    }

    /// Whether they are for this model's constructs and items.
    pub fn fits(&self, model: &PathModel) -> bool {
        let same = |(block, construct): (&FrozenBlock, &super::model::Construct)| {
            block.construct == construct.name && block.items == model.items()[construct.items.clone()]
        };
        self.blocks.len() == model.blocks().len() && self.blocks.iter().zip(model.blocks()).all(same)
    }

    /// Each construct's index of each person, 0 to 100 where no weight is below 0.
    ///
    /// # Errors
    /// When the weights are for another model.
    pub fn scores(&self, model: &PathModel, answers: &Answers) -> Result<Vec<Vec<f64>>, SatisfactionError> {
        if !self.fits(model) {
            return Err(SatisfactionError::OtherModel);
        }
        let of = |(block, construct): (&FrozenBlock, &super::model::Construct)| {
            let person = |row: usize| {
                let items = construct.items.clone().zip(&block.weights);
                items.map(|(item, weight)| weight * answers.columns[item][row]).sum()
            };
            (0..answers.len()).map(person).collect()
        };
        Ok(self.blocks.iter().zip(model.blocks()).map(of).collect())
    }
}

/// The index of a group: the mean of its persons' scores, weighted; NaN for nobody.
pub fn mean_index(scores: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    scores.iter().zip(weights).map(|(score, weight)| score * weight).sum::<f64>() / total
}

/// How many persons of equal weight tell as much as persons of these weights: (Σw)² / Σw² (L. Kish, "Survey sampling", 1965, §11.7).
pub fn effective(weights: impl Iterator<Item = f64>) -> f64 {
    let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_are_worth_their_number() {
        assert_eq!(effective([2.0; 7].into_iter()), 7.0);
        assert_eq!(effective([3.0, 1.0].into_iter()), 1.6);
        assert_eq!(effective(std::iter::empty()), 0.0);
        assert_eq!(mean_index(&[80.0, 40.0], &[3.0, 1.0]), 70.0);
        assert!(mean_index(&[], &[]).is_nan());
    }
}
