//! The active model: read, compared with what a new one would be, and handed on.

use super::wording::{date, number, overlapping, why as in_words};
use super::{CARD, MODEL, TrainChurn, writing};
use crate::churn::succession::{Due, Duel, InUse, Why, closed_since, drifted, due, overlap};
use crate::churn::{Card, Labelled, Trials};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::learning::{LearningError, Matrix, Model, Values, load};
use crate::report::Text;
use crate::stage::{CHALLENGER, Context, MAIN};
use crate::stages::rows::bad;
use crate::stages::words::train_churn as say;
use crate::tables::Date;

/// The model that scores until another one wins.
pub(super) struct Active {
    version: String,
    card: Card,
    model: Box<dyn Model>,
    /// Its files as they are.
    files: Vec<(&'static str, Vec<u8>)>,
    /// The card of the version that was trained last, where that is another one.
    latest: Option<Card>,
    /// When a model was last trained, whether it won or not; or when a run first scored with what a person made active.
    trained: Option<Date>,
    /// Whether a person made it active and no run has scored with it since.
    by_hand: bool,
    /// Its scores of the newest judged rows; empty until it is known to fit the data.
    pub newest: Vec<f64>,
}

impl Active {
    /// How the scores came true on each snapshot that the model had not seen anything of.
    pub(super) fn write_closed(&self, cx: &mut Context, data: &Labelled) -> Result<()> {
        let closed = closed_since(data, self.learned_until(), |rows| self.scores(rows)).map_err(bad)?;
        writing::write_closed(cx, &closed)
    }

    /// Its scores of some rows. The purchase model cannot be fitted to every shop every night; the champion brings its own.
    fn scores(&self, rows: Matrix) -> std::result::Result<Vec<f64>, LearningError> {
        self.card.scores(&*self.model, &self.card.completed(rows)?)
    }

    /// The first day that its training did not see, civil seconds.
    fn learned_until(&self) -> Option<i64> {
        self.card.as_of.as_deref().and_then(|text| text.parse().ok()).map(Date::midnight)
    }

    /// Notes that its figures may be too good.
    fn note_overlap(&self, cx: &mut Context, data: &Labelled) {
        if let Some(found) = overlap(data.reach, data.newest().snapshot, self.learned_until()) {
            cx.note(overlapping(&found));
        }
    }

    fn write_files(&self, cx: &mut Context) -> Result<()> {
        self.files.iter().try_for_each(|(name, content)| cx.write_file(name, content))
    }

    /// Hands on the active model, and puts the one that lost beside it.
    pub(super) fn lay_beside(self, cx: &mut Context, model: &[u8], card: &[u8]) -> Result<()> {
        self.write_files(cx)?;
        cx.write_file(&format!("{CHALLENGER}{MODEL}"), model)?;
        cx.write_file(&format!("{CHALLENGER}{CARD}"), card)?;
        cx.made.kept = Some(self.version);
        cx.made.challenger = true;
        Ok(())
    }
}

impl TrainChurn {
    /// The model that is active by the registry.
    ///
    /// # Errors
    /// When its files cannot be read or are of a format that this version does not know.
    pub(super) fn active(&self, cx: &Context) -> Result<Option<Active>> {
        let Some(champion) = &cx.champion else { return Ok(None) };
        let read = |name: &'static str| -> Result<(&'static str, Vec<u8>)> {
            let path = champion.folder.join(name);
            Ok((name, std::fs::read(&path).map_err(|e| io_problem("read", &path, &e))?))
        };
        let files = vec![read(MODEL)?, read(CARD)?];
        let broken = |what: String| {
            Problem::new(&codes::BAD_MODEL, format!("{}: {what}", champion.folder.display()))
                .help("activate another version with `patron models promote`".to_owned())
                .boxed()
        };
        let model = load(&files[0].1).map_err(|e| broken(e.to_string()))?;
        let card = Card::read(&files[1].1).map_err(broken)?;
        // A card that cannot be read says nothing: then settings are compared with the champion's.
        let latest = champion.latest.iter().filter(|folder| **folder != champion.folder);
        let latest = latest.filter_map(|folder| Card::read(&std::fs::read(folder.join(CARD)).ok()?).ok()).next();
        Ok(Some(Active {
            version: champion.version.clone(),
            card,
            model,
            files,
            latest,
            trained: champion.trained.as_deref().and_then(|text| text.parse().ok()),
            by_hand: champion.by_hand,
            newest: Vec::new(),
        }))
    }

    /// Whether a new model is to be trained.
    pub(super) fn due(&self, cx: &Context, data: &Labelled, now: &mut Active) -> Result<Due> {
        // What was trained last is compared: a person who makes an older version active means its settings too.
        let last = now.latest.as_ref().unwrap_or(&now.card);
        let asked = serde_json::to_value(self).expect("settings are plain data");
        let other_settings = without_succession(&asked) != without_succession(&last.stage);
        let digest = &cx.input(&self.features.0).record.tables[MAIN].digest;
        let mut used = InUse {
            other_settings,
            same_data: last.data.get(&self.features.0) == Some(digest),
            by_hand: now.by_hand,
            trained: now.trained.map(Date::midnight),
            as_of: cx.as_of().ok().map(Date::midnight),
            missing_column: None,
        };
        if !other_settings {
            let whole = now.card.completed(data.matrix.clone()).map_err(bad)?;
            used.missing_column = now.card.missing_column(&whole).cloned();
            if used.missing_column.is_none() {
                now.newest = now.card.scores(&*now.model, &whole.take(&data.newest().test)).map_err(bad)?;
            }
        }
        due(data, &used, self.retrained(), || {
            let shift = match (&data.current, &now.card.scores) {
                (Some(current), Some(then)) => then.shift(&Values::Numbers(now.scores(current.clone()).map_err(bad)?)),
                _ => None,
            };
            Ok(drifted(shift, &data.truth(&data.newest().test), &now.newest))
        })
    }

    /// Keeps the active model, judged on the newest snapshot that has closed.
    pub(super) fn keep(
        &self,
        cx: &mut Context,
        (mut data, target): (Labelled, &Text),
        now: Active,
        why: &Why,
    ) -> Result<()> {
        cx.note(say::STAYS.with([("version", now.version.as_str().into()), ("why", in_words(why).into())]));
        now.note_overlap(cx, &data);
        data.matrix = now.card.completed(data.matrix).map_err(bad)?;
        now.write_closed(cx, &data)?;
        data.folds.drain(..data.folds.len() - 1);
        let trials = Trials::of_kept(&data, &now.card.model, now.newest.clone(), self.criterion.0, cx.seed);
        self.present(cx, (&data, target), &trials.map_err(bad)?, &*now.model)?;
        now.write_files(cx)?;
        cx.made.kept = Some(now.version);
        cx.made.model = true;
        Ok(())
    }

    /// Whether the new model wins by the margin, with a note.
    pub(super) fn wins(&self, cx: &mut Context, data: &Labelled, now: &Active, duel: Duel) -> bool {
        now.note_overlap(cx, data);
        let told = say::DUEL.with([
            ("criterion", self.criterion.name.into()),
            ("date", date(data.newest().snapshot)),
            ("ours", number(duel.ours, 4)),
            ("theirs", number(duel.theirs, 4)),
            ("version", now.version.as_str().into()),
        ]);
        let wins = duel.is_won_by(self.margin.get());
        if wins {
            cx.note(say::WON.with([("duel", told.into())]));
        } else {
            let margin = self.margin.to_string().into();
            cx.made.gates.push(say::LOST.with([("duel", told.into()), ("margin", margin)]).english());
        }
        wins
    }
}

/// Settings but for those that say when a model is replaced.
fn without_succession(settings: &serde_json::Value) -> serde_json::Value {
    let mut settings = settings.clone();
    if let Some(keys) = settings.as_object_mut() {
        keys.remove("retrain");
        keys.remove("margin");
    }
    settings
}
