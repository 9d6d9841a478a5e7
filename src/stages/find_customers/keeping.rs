//! The response model from one run to the next: whether a new one is due, whether it wins, and which files are kept of it.

use super::reading::Read;
use super::say;
use super::settings::FindCustomers;
use crate::churn::succession::{Due, Why, drifted, due};
use crate::churn::{Card, Labelled, Trials};
use crate::diagnostics::{Problem, Result};
use crate::learning::metrics::roc_auc;
use crate::learning::parts::Parts;
use crate::learning::{LearningError, Model, Values};
use crate::report::Text;
use crate::response::learned::Learned;
use crate::response::proof::Proof;
use crate::response::unseen::Unseen;
use crate::stage::Context;
use crate::stages::rows::bad;
use crate::stages::succession::{
    Active, CARD, Files, MODEL, number, opened, share, unreadable, when, why, wins, write_new,
};
use crate::stages::words::succession::{NEW, REPLACED, STAYS};

/// The file of what a trial showed of its model, and whom the model learned from.
const TRIAL: &str = "trial.bin";

/// Settings that do not decide what is learned.
const NOT_OF_LEARNING: [&str; 5] = ["retrain", "win_by", "margin", "cost", "expected_rate"];

/// A model of responses as its files have it: scores are the same bytes in the run that trained it and in later ones.
pub(super) struct Kept {
    pub(super) model: Box<dyn Model>,
    pub(super) card: Card,
    pub(super) proof: Proof,
}

impl Kept {
    /// Out of its files.
    pub(super) fn of(files: &Files) -> Result<Kept> {
        let (model, card) = opened(content(files, MODEL), content(files, CARD)).map_err(unreadable)?;
        Ok(Kept { model, card, proof: Proof::read(&trial(files)?).map_err(broken)? })
    }
}

/// The files of a model.
pub(super) fn files(model: Vec<u8>, card: String, proof: &Proof, persons: &[u64]) -> Files {
    let mut parts = Parts::new("trial");
    proof.store(&mut parts);
    Learned::of(persons.to_vec()).store(&mut parts);
    vec![(MODEL, model), (CARD, card.into_bytes()), (TRIAL, parts.to_bytes())]
}

fn content<'a>(files: &'a Files, name: &str) -> &'a [u8] {
    files.iter().find(|file| file.0 == name).map_or(&[], |file| &file.1)
}

fn trial(files: &Files) -> Result<Parts> {
    Parts::from_bytes(content(files, TRIAL)).map_err(broken)
}

fn broken(error: LearningError) -> Box<Problem> {
    unreadable(format!("{TRIAL}: {error}"))
}

/// Why a model is trained or not.
fn in_words(reason: &Why) -> Text {
    why(reason, &say::PROMISE)
}

/// The active model, and the persons of this trial whom it did not learn from with its scores of them.
pub(super) struct InForce {
    pub(super) active: Active,
    unseen: Unseen,
    theirs: Vec<f64>,
}

impl InForce {
    /// Notes how its scores of persons whom it did not learn from came true.
    fn note_since(&self, cx: &mut Context) {
        let truth = &self.unseen.truth;
        let Ok(area) = roc_auc(truth, &self.theirs) else { return };
        let rate = |sum: f64| share(sum / truth.len() as f64);
        cx.note(say::SINCE.with([
            ("persons", truth.len().into()),
            ("version", self.active.version.as_str().into()),
            ("area", number(area, 3)),
            ("promised", rate(self.theirs.iter().sum())),
            ("came", rate(self.unseen.positives() as f64)),
        ]));
    }
}

impl FindCustomers {
    /// The model that is active by the registry, and whether a new model is to be trained. `data` is nothing where the trial cannot teach
    /// one, `outcomes` stands for the persons of the trial and what they did.
    pub(super) fn in_force(
        &self,
        cx: &Context,
        read: &Read,
        data: Option<&Labelled>,
        outcomes: &str,
    ) -> Result<Option<(InForce, Due)>> {
        let Some(active) = Active::of(cx, &[TRIAL])? else { return Ok(None) };
        let mut used = active.in_use(cx, self, &NOT_OF_LEARNING);
        used.same_data = active.last().data.get(&self.outcomes_of()).is_some_and(|then| then == outcomes);
        let learned = Learned::read(&trial(active.files())?).map_err(broken)?;
        let unseen = data.map(|data| Unseen::of(data, &read.persons(), &learned)).unwrap_or_default();
        let mut theirs = Vec::new();
        if !used.other_settings {
            used.misfit = active.misfit(read.all())?;
            if let (None, Some(data)) = (&used.misfit, data) {
                theirs = active.scores(data.matrix.take(&unseen.rows)).map_err(bad)?;
            }
        }
        let due = due(unseen.judges(), &used, when(&self.retrain), || -> Result<_> {
            let shift = match &active.card.scores {
                Some(then) if !read.scored.is_empty() => {
                    let now = active.scores(read.candidates().map_err(bad)?).map_err(bad)?;
                    then.shift(&Values::Numbers(now))
                }
                _ => None,
            };
            Ok(drifted(shift, &unseen.truth, &theirs))
        })?;
        Ok(Some((InForce { active, unseen, theirs }, due)))
    }

    /// What a card calls the persons of the trial and what they did.
    pub(super) fn outcomes_of(&self) -> String {
        format!("{} (persons and outcomes)", self.trial.as_ref().map_or("", |trial| trial.0.as_str()))
    }

    /// Keeps the active model.
    pub(super) fn keep(&self, cx: &mut Context, now: InForce, why: &Why) -> Result<Kept> {
        cx.note(STAYS.with([("version", now.active.version.as_str().into()), ("why", in_words(why).into())]));
        now.note_since(cx);
        let kept = Kept::of(now.active.files())?;
        now.active.stay(cx)?;
        Ok(kept)
    }

    /// The new model, where none is active, where the active one no longer fits, or where the new one wins; else the active one.
    pub(super) fn hand_on(
        &self,
        cx: &mut Context,
        (data, trials): (&Labelled, &Trials),
        succession: Option<(InForce, Due)>,
        new: &Files,
    ) -> Result<Kept> {
        match succession {
            Some((now, Due::Contest(why))) => {
                cx.note(NEW.with([("why", in_words(&why).into())]));
                let duel = now.unseen.duel(data, trials, &now.theirs, self.criterion.0).map_err(bad)?;
                let told = say::DUEL.with([
                    ("criterion", self.criterion.name.into()),
                    ("persons", now.unseen.rows.len().into()),
                    ("ours", number(duel.ours, 4)),
                    ("theirs", number(duel.theirs, 4)),
                    ("version", now.active.version.as_str().into()),
                ]);
                if !wins(cx, duel, self.win_by, told) {
                    now.note_since(cx);
                    let kept = Kept::of(now.active.files())?;
                    now.active.stay_beside(cx, new)?;
                    return Ok(kept);
                }
            }
            Some((_, Due::Replace(why))) => cx.note(REPLACED.with([("why", in_words(&why).into())])),
            _ => {}
        }
        write_new(cx, new)?;
        Kept::of(new)
    }
}
