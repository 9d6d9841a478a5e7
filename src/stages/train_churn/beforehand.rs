//! What choosing is worth: model, settings and calibration as they would have been chosen before each judged date.
//!
//! The model that is handed out is chosen by all judged dates, and the best of several looks better on them than it is. Here each date's
//! scores come of choices that it had no say in; its figures are those that are told.

use super::TrainChurn;
use super::labels::Labelled;
use super::search::{Search, mean_of};
use super::trials::{BASE_RATE, Scored, known};
use crate::diagnostics::Result;
use crate::learning::folds::Origin;
use crate::learning::selection::{Candidate, champion};
use crate::numeric::random::mix;
use crate::stages::Context;
use crate::stages::rows::bad;

impl TrainChurn {
    /// The scores that come of choosing everything by what was known before each fold: the model and its settings, and how its scores
    /// become probabilities.
    pub(super) fn chosen_before(
        &self,
        cx: &Context,
        data: &Labelled,
        search: &Search,
        models: &[Candidate],
    ) -> Result<Option<Candidate>> {
        let methods = self.methods(data);
        let choice = models.len() > 1 || (self.calibration == "auto" && methods.len() > 1);
        if !choice || !search.knows() {
            return Ok(None);
        }
        let scores = (0..data.folds.len()).map(|fold| {
            let members = search.choice(fold);
            let raw: Vec<Vec<f64>> = (0..data.folds.len())
                .map(|fold| mean_of(members.iter().map(|&model| models[model].scores[fold].clone()).collect()))
                .collect();
            let method = match methods[..] {
                [] => "none",
                [method] => method,
                _ => self.method_before(cx, data, search.known(&members, fold), &methods)?,
            };
            let known = known(data, search, &members, &raw, fold);
            data.calibrated(method, &data.folds[fold].test, &raw[fold], known.as_ref(), cx.seed)
        });
        let scores = scores.collect::<Result<Vec<_>>>()?;
        Ok(Some(Candidate { name: format!("chosen before each {}", data.part()), complexity: 5, scores }))
    }

    /// The way of calibration that does best on rows known before a fold: each half of their customers is calibrated by the other half.
    fn method_before(
        &self,
        cx: &Context,
        data: &Labelled,
        known: Option<Scored>,
        methods: &[&'static str],
    ) -> Result<&'static str> {
        let Some((rows, raw)) = known else { return Ok("none") };
        let half = |row: u32| mix(cx.seed ^ u64::from(data.matrix.customers()[row as usize])) & 1 == 1;
        let halves = [false, true].map(|side| -> Scored {
            let pairs = rows.iter().zip(&raw).filter(|(row, _)| half(**row) == side);
            pairs.map(|(row, score)| (*row, *score)).unzip()
        });
        let by_halves = halves.iter().all(|(rows, _)| data.both(rows));
        let rows = [&halves[0].0[..], &halves[1].0].concat();
        let mut tried = vec![Candidate {
            name: "none".to_owned(),
            complexity: 0,
            scores: vec![[&halves[0].1[..], &halves[1].1].concat()],
        }];
        let mut of_use = vec!["none"];
        for &method in methods.iter().filter(|method| **method == BASE_RATE || by_halves) {
            let scores = if method == BASE_RATE {
                data.calibrated(method, &rows, &tried[0].scores[0], None, cx.seed)?
            } else {
                let [one, other] = &halves;
                let by =
                    |mine: &Scored, other: &Scored| data.calibrated(method, &mine.0, &mine.1, Some(other), cx.seed);
                [by(one, other)?, by(other, one)?].concat()
            };
            of_use.push(method);
            tried.push(Candidate { name: method.to_owned(), complexity: tried.len() as u32, scores: vec![scores] });
        }
        let fold = Origin { snapshot: 0, train: Vec::new(), held_out: Vec::new(), test: rows };
        let bare = data.matrix.only(&[]);
        let verdict = champion("log-loss", &bare, &data.labels, &[fold], &tried, cx.seed).map_err(bad)?;
        Ok(of_use[verdict.champion])
    }
}
