//! What choosing is worth: model, settings and calibration as they would have been chosen before each judged date.
//!
//! The model that is given out is chosen by all judged dates, and the best of several looks better on them than it is. Here each date's
//! scores come of choices that it had no say in; its figures are those that are reported.

use super::calibration::{Scored, Way};
use super::contest::Contest;
use super::labelled::Labelled;
use super::search::{Search, mean_of};
use crate::learning::LearningError;
use crate::learning::folds::Origin;
use crate::learning::metrics::LOG_LOSS;
use crate::learning::selection::{Candidate, champion};
use crate::numeric::random::mix;

/// The scores that come of choosing everything by what was known before each fold: the model and its settings, and how its scores
/// become probabilities.
///
/// # Errors
/// When scores cannot be calibrated.
pub fn chosen_before(
    data: &Labelled,
    contest: &Contest,
    search: &Search,
    models: &[Candidate],
) -> Result<Option<Candidate>, LearningError> {
    let ways = contest.calibration.ways_for(data);
    if !(models.len() > 1 || ways.len() > 1) || !search.knows() {
        return Ok(None);
    }
    let scores = (0..data.folds.len()).map(|fold| {
        let members = search.choice(fold);
        let raw: Vec<Vec<f64>> = (0..data.folds.len())
            .map(|fold| mean_of(members.iter().map(|&model| models[model].scores[fold].clone()).collect()))
            .collect();
        let way = match ways[..] {
            [] => Way::AsTheyAre,
            [way] => way,
            _ => way_before(data, search.known(&members, fold), &ways, contest.seed)?,
        };
        let known = search.to_calibrate_on(data, &members, &raw, fold);
        data.calibrated(way, &data.folds[fold].test, &raw[fold], known.as_ref())
    });
    let scores = scores.collect::<Result<Vec<_>, LearningError>>()?;
    Ok(Some(Candidate { name: format!("chosen before each {}", data.part()), complexity: 5, scores }))
}

/// The way of calibration that does best on rows known before a fold: each half of their customers is calibrated by the other half.
fn way_before(data: &Labelled, known: Option<Scored>, ways: &[Way], seed: u64) -> Result<Way, LearningError> {
    let Some((rows, raw)) = known else { return Ok(Way::AsTheyAre) };
    let half = |row: u32| mix(seed ^ u64::from(data.matrix.customers()[row as usize])) & 1 == 1;
    let halves = [false, true].map(|side| -> Scored {
        let pairs = rows.iter().zip(&raw).filter(|(row, _)| half(**row) == side);
        pairs.map(|(row, score)| (*row, *score)).unzip()
    });
    let by_halves = halves.iter().all(|(rows, _)| data.both(rows));
    let rows = [&halves[0].0[..], &halves[1].0].concat();
    let raw = [&halves[0].1[..], &halves[1].1].concat();
    let mut of_use = vec![Way::AsTheyAre];
    let mut tried = vec![raw.clone()];
    for &way in ways.iter().filter(|way| **way == Way::BaseRate || by_halves) {
        tried.push(if way == Way::BaseRate {
            data.calibrated(way, &rows, &raw, None)?
        } else {
            let [one, other] = &halves;
            let by = |mine: &Scored, other: &Scored| data.calibrated(way, &mine.0, &mine.1, Some(other));
            [by(one, other)?, by(other, one)?].concat()
        });
        of_use.push(way);
    }
    let tried: Vec<Candidate> = (0..)
        .zip(of_use.iter().zip(tried))
        .map(|(complexity, (way, scores))| Candidate { name: way.name().to_owned(), complexity, scores: vec![scores] })
        .collect();
    let fold = Origin { snapshot: 0, train: Vec::new(), held_out: Vec::new(), test: rows };
    let bare = data.matrix.only(&[]);
    Ok(of_use[champion(LOG_LOSS, &bare, &data.labels, &[fold], &tried, seed)?.champion])
}
