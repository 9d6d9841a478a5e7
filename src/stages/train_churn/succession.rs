//! The active model on the snapshots: what it says of the newest one, what a new one says of it, and what came true since it was trained.

use super::wording::{date, number, overlapping};
use super::{TrainChurn, writing};
use crate::churn::succession::{Due, Duel, Judges, Why, closed_since, drifted, due, overlap};
use crate::churn::{Labelled, Trials};
use crate::diagnostics::Result;
use crate::learning::Values;
use crate::report::Text;
use crate::stage::{Context, MAIN};
use crate::stages::rows::bad;
use crate::stages::succession::{Active, Files, when, why as in_words, wins};
use crate::stages::words::succession::STAYS;
use crate::stages::words::train_churn as say;

/// Settings that say when a model is replaced.
const OF_SUCCESSION: [&str; 2] = ["retrain", "margin"];

/// The active model and its scores of the newest judged rows, which are empty until it is known to fit the data.
pub(super) struct InForce {
    active: Active,
    pub newest: Vec<f64>,
}

impl InForce {
    /// How the scores came true on each snapshot that the model had not seen anything of.
    pub(super) fn write_closed(&self, cx: &mut Context, data: &Labelled) -> Result<()> {
        let closed = closed_since(data, self.active.learned_until(), |rows| self.active.scores(rows)).map_err(bad)?;
        writing::write_closed(cx, &closed)
    }

    /// Notes that its figures may be too good.
    fn note_overlap(&self, cx: &mut Context, data: &Labelled) {
        if let Some(found) = overlap(data.reach, data.newest().snapshot, self.active.learned_until()) {
            cx.note(overlapping(&found));
        }
    }

    /// Hands on the active model, and puts the one that lost beside it.
    pub(super) fn stay_beside(self, cx: &mut Context, lost: &Files) -> Result<()> {
        self.active.stay_beside(cx, lost)
    }
}

impl TrainChurn {
    /// The model that is active by the registry, and whether a new model is to be trained.
    pub(super) fn in_force(&self, cx: &Context, data: &Labelled) -> Result<Option<(InForce, Due)>> {
        let Some(active) = Active::of(cx, &[])? else { return Ok(None) };
        let digest = &cx.input(&self.features.0).record.tables[MAIN].digest;
        let mut used = active.in_use(cx, self, &OF_SUCCESSION);
        used.same_data = active.last().data.get(&self.features.0) == Some(digest);
        let mut newest = Vec::new();
        if !used.other_settings {
            used.misfit = active.misfit(&data.matrix)?;
            if used.misfit.is_none() {
                let whole = active.card.completed(data.matrix.clone()).map_err(bad)?;
                newest = active.scores(whole.take(&data.newest().test)).map_err(bad)?;
            }
        }
        let due = due(Judges::of(data), &used, when(&self.retrain), || -> Result<_> {
            let shift = match (&data.current, &active.card.scores) {
                (Some(current), Some(then)) => {
                    then.shift(&Values::Numbers(active.scores(current.clone()).map_err(bad)?))
                }
                _ => None,
            };
            Ok(drifted(shift, &data.truth(&data.newest().test), &newest))
        })?;
        Ok(Some((InForce { active, newest }, due)))
    }

    /// Keeps the active model, judged on the newest snapshot that has closed.
    pub(super) fn keep(
        &self,
        cx: &mut Context,
        (mut data, target): (Labelled, &Text),
        now: InForce,
        why: &Why,
    ) -> Result<()> {
        let why = in_words(why, &say::PROMISE);
        cx.note(STAYS.with([("version", now.active.version.as_str().into()), ("why", why.into())]));
        now.note_overlap(cx, &data);
        data.matrix = now.active.card.completed(data.matrix).map_err(bad)?;
        now.write_closed(cx, &data)?;
        data.folds.drain(..data.folds.len() - 1);
        let (name, newest) = (&now.active.card.model, now.newest);
        let trials = Trials::of_kept(&data, name, newest, self.criterion.0, cx.seed).map_err(bad)?;
        self.present(cx, (&data, target), &trials, &*now.active.model)?;
        now.active.stay(cx)
    }

    /// Whether the new model wins by the margin, with a note.
    pub(super) fn wins(&self, cx: &mut Context, data: &Labelled, now: &InForce, duel: Duel) -> bool {
        now.note_overlap(cx, data);
        let told = say::DUEL.with([
            ("criterion", self.criterion.name.into()),
            ("date", date(data.newest().snapshot)),
            ("ours", number(duel.ours, 4)),
            ("theirs", number(duel.theirs, 4)),
            ("version", now.active.version.as_str().into()),
        ]);
        wins(cx, duel, self.margin, told)
    }
}
