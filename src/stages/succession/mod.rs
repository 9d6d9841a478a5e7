//! The active model of a stage that keeps one in the registry: read, asked whether it is due for a new one, and handed on.
//!
//! What `train-churn` and `find-customers` share. In reading order: this file reads and hands on, [`retrain`] is the setting that says when a
//! model is due, [`wording`] says in words why it is or is not.

mod retrain;
mod wording;

use std::fs;

use serde::Serialize;

use super::rows::bad;
use super::words::succession as say;
use crate::churn::succession::{Duel, InUse, Misfit};
use crate::churn::{About, Card};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::learning::{LearningError, Matrix, Model, load};
use crate::report::Text;
use crate::stage::setting::Share;
use crate::stage::{CHALLENGER, Context, table_name};
use crate::tables::Date;
pub use retrain::{RetrainWord, when};
pub use wording::{number, share, why};

/// The model's file.
pub const MODEL: &str = "model.bin";
/// What is known about the model.
pub const CARD: &str = "card.json";

/// The files of a model with their names.
pub type Files = Vec<(&'static str, Vec<u8>)>;

/// The model that scores until another one wins.
pub struct Active {
    /// Its version.
    pub version: String,
    /// What is known about it.
    pub card: Card,
    /// Itself.
    pub model: Box<dyn Model>,
    /// Its files as they are.
    files: Files,
    /// The card of the version that was trained last, where that is another one.
    latest: Option<Card>,
    /// When a model was last trained, whether it won or not; or when a run first scored with what a person made active.
    trained: Option<Date>,
    /// Whether a person made it active and no run has scored with it since.
    by_hand: bool,
}

impl Active {
    /// The model that is active by the registry, with the further files that the stage keeps of one.
    ///
    /// # Errors
    /// When its files cannot be read or are of a format that this version does not know.
    pub fn of(cx: &Context, further: &[&'static str]) -> Result<Option<Active>> {
        let Some(champion) = &cx.champion else { return Ok(None) };
        let read = |name: &'static str| -> Result<(&'static str, Vec<u8>)> {
            let path = champion.folder.join(name);
            Ok((name, fs::read(&path).map_err(|e| io_problem("read", &path, &e))?))
        };
        let names = [MODEL, CARD].into_iter().chain(further.iter().copied());
        let files: Files = names.map(read).collect::<Result<_>>()?;
        let (model, card) = opened(&files[0].1, &files[1].1)
            .map_err(|what| unreadable(format!("{}: {what}", champion.folder.display())))?;
        // A card that cannot be read says nothing: then settings are compared with the champion's.
        let latest = champion.latest.iter().filter(|folder| **folder != champion.folder);
        let latest = latest.filter_map(|folder| Card::read(&fs::read(folder.join(CARD)).ok()?).ok()).next();
        Ok(Some(Active {
            version: champion.version.clone(),
            card,
            model,
            files,
            latest,
            trained: champion.trained.as_deref().and_then(|text| text.parse().ok()),
            by_hand: champion.by_hand,
        }))
    }

    /// Its files.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The card of the version that was trained last, whether it won or not.
    pub fn last(&self) -> &Card {
        self.latest.as_ref().unwrap_or(&self.card)
    }

    /// Its scores of some rows. The purchase model cannot be fitted to every shop every night; the champion brings its own.
    ///
    /// # Errors
    /// When the rows lack a column that the model needs.
    pub fn scores(&self, rows: Matrix) -> std::result::Result<Vec<f64>, LearningError> {
        self.card.scores(&*self.model, &self.card.completed(rows)?)
    }

    /// The column because of which it cannot score rows like the first of these.
    pub fn misfit(&self, rows: &Matrix) -> Result<Option<Misfit>> {
        let some: Vec<u32> = (0..rows.rows().min(1) as u32).collect();
        let whole = self.card.completed(rows.take(&some)).map_err(bad)?;
        if let Some(name) = self.card.missing_column(&whole) {
            return Ok(Some(Misfit::Missing(name.clone())));
        }
        if whole.rows() == 0 {
            return Ok(None);
        }
        match self.model.score(&whole) {
            Err(error) => Misfit::of(&error).map(Some).ok_or_else(|| bad(error)),
            Ok(_) => Ok(None),
        }
    }

    /// The first day that its training did not see, civil seconds.
    pub fn learned_until(&self) -> Option<i64> {
        self.card.as_of.as_deref().and_then(|text| text.parse().ok()).map(Date::midnight)
    }

    /// What is known of it beside the data. Settings are compared with those of the last training, because a person who makes an older
    /// version active means its settings too; `but_for` names those that do not decide what is learned.
    pub fn in_use(&self, cx: &Context, asked: &impl Serialize, but_for: &[&str]) -> InUse {
        let asked = serde_json::to_value(asked).expect("settings are plain data");
        InUse {
            other_settings: without(&asked, but_for) != without(&self.last().stage, but_for),
            by_hand: self.by_hand,
            trained: self.trained.map(Date::midnight),
            as_of: cx.as_of().ok().map(Date::midnight),
            ..InUse::default()
        }
    }

    /// Hands on the active model.
    pub fn stay(self, cx: &mut Context) -> Result<()> {
        write_new(cx, &self.files)?;
        cx.made.kept = Some(self.version);
        Ok(())
    }

    /// Hands on the active model, and puts the one that lost beside it.
    pub fn stay_beside(self, cx: &mut Context, lost: &Files) -> Result<()> {
        for (name, content) in lost {
            cx.write_file(&format!("{CHALLENGER}{name}"), content)?;
        }
        cx.made.challenger = true;
        self.stay(cx)
    }
}

/// A model and its card out of their files.
///
/// # Errors
/// In words, when they are damaged or of a format that this version does not know.
pub fn opened(model: &[u8], card: &[u8]) -> std::result::Result<(Box<dyn Model>, Card), String> {
    Ok((load(model).map_err(|e| e.to_string())?, Card::read(card)?))
}

/// That the active model cannot be used as it is.
pub fn unreadable(what: String) -> Box<Problem> {
    Problem::new(&codes::BAD_MODEL, what)
        .help("activate another version with `patron models promote`".to_owned())
        .boxed()
}

/// Hands on a model, which takes over.
pub fn write_new(cx: &mut Context, files: &Files) -> Result<()> {
    cx.made.model = true;
    files.iter().try_for_each(|(name, content)| cx.write_file(name, content))
}

/// Whether the new model wins by the margin. `told` is the comparison in words: a note says that it won, and a gate that it lost.
pub fn wins(cx: &mut Context, duel: Duel, margin: Share, told: Text) -> bool {
    let wins = duel.is_won_by(margin.get());
    if wins {
        cx.note(say::WON.with([("duel", told.into())]));
    } else {
        cx.made.gates.push(say::LOST.with([("duel", told.into()), ("margin", margin.to_string().into())]).english());
    }
    wins
}

/// What a card says of the run.
pub fn about(cx: &Context, settings: &impl Serialize, target: &Text, search: &Text) -> About {
    let digests = cx.inputs.iter().flat_map(|(name, stored)| {
        stored.record.tables.iter().map(move |(suffix, table)| (table_name(name, suffix), table.digest.clone()))
    });
    About {
        target: target.english(),
        search: search.english(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of: cx.made.as_of.clone(),
        data: digests.collect(),
        stage: serde_json::to_value(settings).expect("settings are plain data"),
    }
}

/// Settings but for some.
fn without(settings: &serde_json::Value, but_for: &[&str]) -> serde_json::Value {
    let mut settings = settings.clone();
    if let Some(keys) = settings.as_object_mut() {
        but_for.iter().for_each(|name| drop(keys.remove(*name)));
    }
    settings
}
