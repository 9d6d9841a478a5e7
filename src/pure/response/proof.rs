//! What a trial showed of its model: every figure that is told again as long as the model scores, as bytes that come back bit for bit.

use super::contest::Tried;
use crate::churn::{Figure, Judged, Judgement, Labelled, SHOWN};
use crate::learning::LearningError;
use crate::learning::intervals::Interval;
use crate::learning::lift::{LiftRow, lift_table};
use crate::learning::parts::Parts;

/// Points of the gains curve.
const POINTS: usize = 20;
/// Numbers of a figure.
const ENDS: usize = 3;

/// The judgement of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// Everything that was judged.
    pub list: Vec<Judged>,
    /// The place of what the figures are of.
    pub reported: usize,
    /// The place of the strongest baseline.
    pub baseline: usize,
    /// By how much the log loss of what is reported is below the strongest baseline's.
    pub gain: Figure,
    /// The column that does best alone.
    pub column: String,
    /// How scores became probabilities.
    pub calibration: String,
    /// Parts that judged each other.
    pub folds: usize,
    /// Outcomes of the judged persons, by falling score: which of them a row is cannot be read.
    pub labels: Vec<bool>,
    /// Their scores by models that had not seen them.
    pub scores: Vec<f64>,
    /// The gains curve of the strongest baseline.
    pub usual: Vec<(f64, f64)>,
}

impl Proof {
    /// Of what was tried on a trial.
    ///
    /// # Errors
    /// When a score is not a number.
    pub fn of(data: &Labelled, tried: &Tried, judgement: &Judgement, gain: Interval) -> Result<Proof, LearningError> {
        let trials = &tried.trials;
        let rows: Vec<u32> = data.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect();
        let truth = data.truth(&rows);
        let usual = points(&lift_table(&truth, &trials.tried[judgement.baseline].scores.concat(), POINTS)?);
        let mut judged: Vec<(f64, bool)> = trials.reported_scores().concat().into_iter().zip(truth).collect();
        judged.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (scores, labels) = judged.into_iter().unzip();
        Ok(Proof {
            list: judgement.list.clone(),
            reported: judgement.reported,
            baseline: judgement.baseline,
            gain: Figure { value: gain.value, low: gain.low, high: gain.high },
            column: tried.column.clone(),
            calibration: trials.way().name().to_owned(),
            folds: data.folds.len(),
            labels,
            scores,
            usual,
        })
    }

    /// What the figures are of.
    pub fn reported(&self) -> &Judged {
        &self.list[self.reported]
    }

    /// The strongest baseline.
    pub fn baseline(&self) -> &Judged {
        &self.list[self.baseline]
    }

    /// What scores.
    pub fn chosen(&self) -> Option<&Judged> {
        self.list.iter().find(|judged| judged.chosen)
    }

    /// The gains curve of what is reported.
    ///
    /// # Errors
    /// When a score is not a number.
    pub fn gains(&self) -> Result<Vec<(f64, f64)>, LearningError> {
        Ok(points(&lift_table(&self.labels, &self.scores, POINTS)?))
    }

    /// Adds it to what is stored.
    pub fn store(&self, parts: &mut Parts) {
        let figure = |figure: &Figure| [figure.value, figure.low, figure.high];
        parts.words("judged", &self.list.iter().map(|judged| judged.name.clone()).collect::<Vec<_>>());
        parts.words("measures", &SHOWN.map(|shown| shown.key.to_owned()));
        parts.words("names", &[self.column.clone(), self.calibration.clone()]);
        parts.counts("chosen", self.list.iter().map(|judged| u32::from(judged.chosen)).collect());
        parts.counts("places", [self.reported, self.baseline, self.folds].map(|place| place as u32).to_vec());
        parts.numbers("figures", self.list.iter().flat_map(|judged| judged.values.iter().flat_map(figure)).collect());
        parts.numbers("gain", figure(&self.gain).to_vec());
        parts.counts("outcomes", self.labels.iter().map(|label| u32::from(*label)).collect());
        parts.numbers("scores", self.scores.clone());
        parts.numbers("baseline", self.usual.iter().flat_map(|point| [point.0, point.1]).collect());
    }

    /// Reads it back.
    ///
    /// # Errors
    /// When a part is not there or does not fit the others.
    pub fn read(parts: &Parts) -> Result<Proof, LearningError> {
        let damaged = |why: &str| LearningError::Damaged { why: why.to_owned() };
        let (names, measures) = (parts.get_words("judged")?, parts.get_words("measures")?);
        let (chosen, figures) = (parts.get_counts("chosen")?, parts.get_numbers("figures")?);
        let width = measures.len() * ENDS;
        if chosen.len() != names.len() || figures.len() != names.len() * width {
            return Err(damaged("its figures are not as many as what was judged"));
        }
        let figure = |ends: &[f64]| Figure { value: ends[0], low: ends[1], high: ends[2] };
        // A measure that this version shows and the file does not have is not known.
        let of = |row: &[f64], key: &str| match measures.iter().position(|measure| measure == key) {
            Some(place) => figure(&row[place * ENDS..][..ENDS]),
            None => Figure::bare(f64::NAN),
        };
        let list: Vec<Judged> = names
            .into_iter()
            .enumerate()
            .map(|(place, name)| {
                let row = &figures[place * width..][..width];
                Judged { name, chosen: chosen[place] == 1, values: SHOWN.map(|shown| of(row, shown.key)) }
            })
            .collect();
        let &[reported, baseline, folds] = parts.get_counts("places")? else {
            return Err(damaged("its places are not three"));
        };
        let [column, calibration]: [String; 2] =
            parts.get_words("names")?.try_into().map_err(|_| damaged("its names are not two"))?;
        let gain = parts.get_numbers("gain")?;
        let labels: Vec<bool> = parts.get_counts("outcomes")?.iter().map(|label| *label == 1).collect();
        let scores = parts.get_numbers("scores")?.to_vec();
        if gain.len() != ENDS || labels.len() != scores.len() || list.len() <= reported.max(baseline) as usize {
            return Err(damaged("its parts do not fit each other"));
        }
        let usual = parts.get_numbers("baseline")?.as_chunks::<2>().0.iter().map(|[x, y]| (*x, *y)).collect();
        let (reported, baseline, folds) = (reported as usize, baseline as usize, folds as usize);
        let gain = figure(gain);
        Ok(Proof { list, reported, baseline, gain, column, calibration, folds, labels, scores, usual })
    }
}

fn points(table: &[LiftRow]) -> Vec<(f64, f64)> {
    std::iter::once((0.0, 0.0)).chain(table.iter().map(|row| (row.cumulative_rows, row.cumulative_gain))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_comes_back_bit_for_bit_and_a_part_that_does_not_fit_is_told() {
        let values = |value: f64| std::array::from_fn(|_| Figure { value, low: value - 0.1, high: f64::NAN });
        let proof = Proof {
            list: vec![
                Judged { name: "base rate".to_owned(), chosen: false, values: values(0.1 + 0.2) },
                Judged { name: "logistic, platt".to_owned(), chosen: true, values: values(-0.0) },
            ],
            reported: 1,
            baseline: 0,
            gain: Figure { value: 1e-300, low: -1.0, high: 2.0 },
            column: "age".to_owned(),
            calibration: "platt".to_owned(),
            folds: 5,
            labels: vec![true, false, true],
            scores: vec![0.3, 0.2, 0.1],
            usual: vec![(0.0, 0.0), (1.0, 1.0)],
        };
        let mut parts = Parts::new("trial");
        proof.store(&mut parts);
        let bytes = parts.to_bytes();
        let again = Proof::read(&Parts::from_bytes(&bytes).expect("whole")).expect("fits");
        let mut stored = Parts::new("trial");
        again.store(&mut stored);
        assert_eq!(stored.to_bytes(), bytes);
        assert_eq!(again.chosen().map(|judged| judged.name.as_str()), Some("logistic, platt"));
        parts.counts("places", vec![2, 0, 5]);
        assert!(Proof::read(&parts).expect_err("there are two").to_string().contains("fit"));
        parts.counts("places", vec![1]);
        assert!(Proof::read(&parts).is_err());
    }
}
