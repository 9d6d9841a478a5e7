//! The plain average of two or more models.
//!
//! Log odds are averaged, not probabilities: the ranking is as good, and contributions of members on that scale still add up.

use super::calibration::odds;
use super::model::{Contributions, Load, Model, Scale};
use super::parts::Parts;
use super::{LearningError, Matrix};
use crate::numeric::math::logistic;

pub(super) const NAME: &str = "average";

/// Scores keep this distance from 0 and 1 before their log odds are taken, so that no member is infinitely sure.
const NEAREST: f64 = 1e-4;

/// An average of models, each of the same weight.
pub struct Average {
    members: Vec<Box<dyn Model>>,
}

impl Average {
    /// The average of some models.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(members: Vec<Box<dyn Model>>) -> Result<Average, LearningError> {
        if members.is_empty() {
            return Err(LearningError::Undefined { what: "an average of models", why: "there is no model".to_owned() });
        }
        Ok(Average { members })
    }
}

/// The average of members' scores for the same rows, as [`Average`] takes it.
pub fn average_scores(members: &[Vec<f64>]) -> Vec<f64> {
    let rows = members.first().map_or(0, Vec::len);
    let mean = |row: usize| members.iter().map(|scores| bounded_odds(scores[row])).sum::<f64>() / members.len() as f64;
    (0..rows).map(|row| logistic(mean(row))).collect()
}

impl Model for Average {
    fn name(&self) -> &'static str {
        NAME
    }

    fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for column in self.members.iter().flat_map(|member| member.columns()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, LearningError> {
        let scores = self.members.iter().map(|member| member.score(matrix)).collect::<Result<Vec<_>, _>>()?;
        Ok(average_scores(&scores))
    }

    /// The mean of the members' contributions on the scale of log odds. Those of a member that adds up elsewhere are
    /// stretched by one factor per row, so that they add up here too.
    fn contributions(&self, matrix: &Matrix) -> Result<Contributions, LearningError> {
        let columns = self.columns();
        let (rows, width, share) = (matrix.rows(), columns.len(), 1.0 / self.members.len() as f64);
        let (mut base, mut values) = (0.0, vec![0.0; rows * width]);
        for member in &self.members {
            let (parts, scores) = (member.contributions(matrix)?, member.score(matrix)?);
            let place =
                |name: &String| columns.iter().position(|column| column == name).expect("columns are the members'");
            let places: Vec<usize> = parts.columns.iter().map(place).collect();
            let start = match parts.scale {
                Scale::LogOdds => parts.base,
                Scale::Probability => bounded_odds(parts.base),
            };
            base += share * start;
            for row in 0..rows {
                let sum: f64 = parts.row(row).iter().sum();
                let wanted = bounded_odds(scores[row]) - start;
                // Where nothing adds up to something there is nothing to stretch.
                let factor = if sum.abs() > 1e-12 { wanted / sum } else { 1.0 };
                for (value, &place) in parts.row(row).iter().zip(&places) {
                    values[row * width + place] += share * factor * value;
                }
            }
        }
        Ok(Contributions { scale: Scale::LogOdds, base, columns, values })
    }

    fn parts(&self) -> Parts {
        let mut parts = Parts::new(NAME);
        parts.counts("members", vec![self.members.len() as u32]);
        for (index, member) in self.members.iter().enumerate() {
            parts.model(&format!("member-{index}"), member.parts());
        }
        parts
    }
}

pub(super) fn load(parts: &Parts, load: Load) -> Result<Box<dyn Model>, LearningError> {
    let count = parts.get_counts("members")?.first().copied().unwrap_or(0);
    let member = |index: u32| load(&parts.get_model(&format!("member-{index}"))?);
    Ok(Box::new(Average::new((0..count).map(member).collect::<Result<_, _>>()?)?))
}

fn bounded_odds(score: f64) -> f64 {
    odds(score.clamp(NEAREST, 1.0 - NEAREST))
}
