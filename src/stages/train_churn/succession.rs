//! When a new model is trained, and whether it takes over from the one in force.

use super::judgement::Judgement;
use super::labels::{Labelled, by_snapshot};
use super::trials::Trials;
use super::{CARD, Card, MODEL, TrainChurn};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::learning::metrics::{calibration_line, criterion, ece};
use crate::learning::selection::{Candidate, champion};
use crate::learning::{Model, load};
use crate::stages::columns::Columns;
use crate::stages::rows::{bad, days};
use crate::stages::{CHALLENGER, Context, MAIN};
use crate::tables::Date;
use crate::tables::scores::CLOSED;

/// A population stability index from here on is a shift that asks for a new model (N. Siddiqi, "Credit risk scorecards",
/// 2006, ch. 8).
const SHIFTED: f64 = 0.25;

/// Days of rest after a training that drift asked for: what has drifted is not better known the next night.
const REST: i64 = 7;

/// The model that scores until another one wins.
pub(super) struct InForce {
    version: String,
    card: Card,
    model: Box<dyn Model>,
    /// Its files as they are.
    files: Vec<(&'static str, Vec<u8>)>,
    /// The card of the version that was trained last, where that is another one.
    latest: Option<Card>,
    /// When a model was last trained, whether it won or not; or when a run first scored with what a person put in force.
    trained: Option<Date>,
    /// Whether a person put it in force and no run has scored with it since.
    by_hand: bool,
    /// Its scores of the newest judged rows; empty until it is known to fit the data.
    newest: Vec<f64>,
}

/// Whether a new model is trained now.
pub(super) enum Due {
    /// The one in force goes on, for this reason.
    No(String),
    /// A challenger is trained and has to win.
    Contest(String),
    /// The one in force does not fit what is asked for now; the new one takes its place.
    Anew(String),
}

/// Whether the model in force may have seen what it is judged on, in words.
fn flattered(data: &Labelled, card: &Card) -> Option<String> {
    let newest = data.folds.last().expect("there is a fold").snapshot;
    overlap(data.reach, newest, card.as_of.as_deref().and_then(|text| text.parse().ok()))
}

/// A model that had seen all before `trained` knows part of the outcome of an earlier snapshot, and, without dates, the rows themselves.
fn overlap(reach: i64, newest: i64, trained: Option<Date>) -> Option<String> {
    if reach == 0 {
        return Some("its figures flatter: the rows that judge it are those it learned from".to_owned());
    }
    trained.filter(|date| date.midnight() > newest).map(|date| {
        let newest = Date::of_civil_seconds(newest);
        format!(
            "the outcome of the newest snapshot ({newest}) overlaps what the model in force learned from (until {date}): its figures may flatter"
        )
    })
}

/// The table of snapshots that have closed.
pub const CLOSED_SNAPSHOTS: &str = "closed";

/// What became of a snapshot's scores: what was promised and what came.
struct Closed {
    snapshot: i64,
    in_force: bool,
    truth: Vec<bool>,
    scores: Vec<f64>,
}

impl InForce {
    /// How the scores came true on each snapshot that the model had not seen anything of.
    pub(super) fn write_closed(&self, cx: &mut Context, data: &Labelled) -> Result<()> {
        let trained: Option<Date> = self.card.as_of.as_deref().and_then(|text| text.parse().ok());
        let mut closed = Vec::new();
        if let Some(trained) = trained.filter(|_| data.reach > 0) {
            for (snapshot, rows) in by_snapshot(&data.matrix).into_iter().filter(|(at, _)| *at >= trained.midnight()) {
                let scores = self.card.scores(&*self.model, &self.card.completed(data.matrix.take(&rows))?)?;
                closed.push(Closed { snapshot, in_force: true, truth: data.truth(&rows), scores });
            }
        }
        write_closed(cx, &closed)
    }
}

/// A new model has seen all that has closed: its rolling origins stand for it.
pub(super) fn write_judged(cx: &mut Context, data: &Labelled, trials: &Trials) -> Result<()> {
    let folds = if data.reach > 0 { &data.folds[..] } else { &[] };
    let closed = folds.iter().zip(trials.told_scores()).map(|(fold, scores)| Closed {
        snapshot: fold.snapshot,
        in_force: false,
        truth: data.truth(&fold.test),
        scores: scores.clone(),
    });
    write_closed(cx, &closed.collect::<Vec<_>>())
}

fn write_closed(cx: &mut Context, closed: &[Closed]) -> Result<()> {
    let mean = |of: &mut dyn Iterator<Item = f64>, rows: usize| of.sum::<f64>() / rows as f64;
    let slope = |closed: &Closed| calibration_line(&closed.truth, &closed.scores).map_or(f64::NAN, |line| line.0);
    let mut columns = Columns::new();
    columns
        .date("snapshot", closed.iter().map(|c| Date::of_civil_seconds(c.snapshot).days()))
        .boolean("in_force", closed.iter().map(|c| c.in_force))
        .integer("customers", closed.iter().map(|c| c.truth.len() as i64))
        .number("promised", closed.iter().map(|c| mean(&mut c.scores.iter().copied(), c.scores.len())))
        .number("left", closed.iter().map(|c| mean(&mut c.truth.iter().map(|left| f64::from(*left)), c.truth.len())))
        .number("ece", closed.iter().map(|c| ece(&c.truth, &c.scores, 10)))
        .maybe_number("slope", closed.iter().map(slope));
    cx.write(CLOSED_SNAPSHOTS, &CLOSED, &[columns.batch()])
}

/// The settings that say when and how a model is replaced.
pub(super) fn known_retrain(word: &str) -> bool {
    ["always", "never", "on-drift"].contains(&word) || days(word).is_ok()
}

impl TrainChurn {
    /// The model that the registry says is in force.
    ///
    /// # Errors
    /// When its files cannot be read or are of a format that this version does not know.
    pub(super) fn in_force(&self, cx: &Context) -> Result<Option<InForce>> {
        let Some(champion) = &cx.champion else { return Ok(None) };
        let read = |name: &'static str| -> Result<(&'static str, Vec<u8>)> {
            let path = champion.folder.join(name);
            Ok((name, std::fs::read(&path).map_err(|e| io_problem("read", &path, &e))?))
        };
        let files = vec![read(MODEL)?, read(CARD)?];
        let broken = |what: String| {
            Problem::new(&codes::BAD_MODEL, format!("{}: {what}", champion.folder.display()))
                .help("put another version in force with `patron models promote`".to_owned())
                .boxed()
        };
        let model = load(&files[0].1).map_err(|e| broken(e.to_string()))?;
        let card = Card::read(&files[1].1).map_err(broken)?;
        // A card that cannot be read tells nothing: then settings are compared with the champion's.
        let latest = champion.latest.iter().filter(|folder| **folder != champion.folder);
        let latest = latest.filter_map(|folder| Card::read(&std::fs::read(folder.join(CARD)).ok()?).ok()).next();
        let trained = champion.trained.as_deref().and_then(|text| text.parse().ok());
        Ok(Some(InForce {
            version: champion.version.clone(),
            card,
            model,
            files,
            latest,
            trained,
            by_hand: champion.by_hand,
            newest: Vec::new(),
        }))
    }

    /// Whether a new model is to be trained.
    pub(super) fn due(&self, cx: &Context, data: &Labelled, now: &mut InForce) -> Result<Due> {
        // What was trained last is compared: a person who puts an older version in force means its settings too.
        let last = now.latest.as_ref().unwrap_or(&now.card);
        if self.asked(&serde_json::to_value(self).expect("settings are plain data")) != self.asked(&last.stage) {
            return Ok(Due::Anew("its settings have changed".to_owned()));
        }
        let same_data = last.data.get(&self.features.0) == Some(&cx.input(&self.features.0).record.tables[MAIN].digest);
        // The purchase model cannot be fitted to every shop every night; the champion brings its own.
        let whole = now.card.completed(data.matrix.clone())?;
        let gone = now.card.features.keys().find(|name| whole.column(name).is_none());
        if let Some(name) = gone {
            return Ok(Due::Anew(format!("the data have no column `{name}` any more")));
        }
        let newest = data.folds.last().expect("there is a fold");
        now.newest = now.card.scores(&*now.model, &whole.take(&newest.test))?;
        if self.retrain == "never" {
            return Ok(Due::No("`retrain` is `never`".to_owned()));
        }
        if now.by_hand {
            return Ok(Due::No("a person put it in force".to_owned()));
        }
        if data.reach == 0 {
            // Rows without dates cannot be told apart from those it learned from, so nothing can be contested.
            return Ok(match same_data {
                true => Due::No("nothing has changed since the last training".to_owned()),
                false => Due::Anew("rows without dates are learned from as they come".to_owned()),
            });
        }
        if now.trained.is_some_and(|date| newest.snapshot + data.reach <= date.midnight()) {
            return Ok(Due::No("no snapshot has closed since the last training".to_owned()));
        }
        let age = now.trained.map(|date| cx.as_of().map(|now| i64::from(now.days() - date.days()))).transpose()?;
        Ok(match self.retrain.as_str() {
            "always" => Due::Contest("`retrain` is `always`".to_owned()),
            "on-drift" => match self.drift(data, now)? {
                Some(why) if age.is_none_or(|age| age >= REST) => Due::Contest(why),
                Some(why) => Due::No(format!("{why}, but the last training is less than {REST} days old")),
                None => Due::No("nothing has drifted".to_owned()),
            },
            span => {
                let span = days(span).expect("checked");
                match age {
                    Some(age) if age < span => {
                        Due::No(format!("the last training is {age} days old, the next is due after {span}"))
                    }
                    _ => Due::Contest(format!("the last training is at least {span} days old")),
                }
            }
        })
    }

    /// Settings but for those that say when a model is replaced.
    fn asked(&self, settings: &serde_json::Value) -> serde_json::Value {
        let mut settings = settings.clone();
        if let Some(keys) = settings.as_object_mut() {
            keys.remove("retrain");
            keys.remove("margin");
        }
        settings
    }

    /// What has moved since the model in force was trained: its scores, or what its scores promised.
    fn drift(&self, data: &Labelled, now: &InForce) -> Result<Option<String>> {
        if let (Some(current), Some(then)) = (&data.current, &now.card.scores) {
            let scores =
                crate::learning::Values::Numbers(now.card.scores(&*now.model, &now.card.completed(current.clone())?)?);
            if let Some((index, _, _)) = then.shift(&scores)
                && index >= SHIFTED
            {
                return Ok(Some(format!("its scores have shifted (population stability index {index:.2})")));
            }
        }
        let truth = data.truth(&data.folds.last().expect("there is a fold").test);
        let count = truth.len() as f64;
        let rate = truth.iter().filter(|left| **left).count() as f64 / count;
        let promised = now.newest.iter().sum::<f64>() / count;
        let error = (rate * (1.0 - rate) / count).sqrt();
        let off = (promised - rate).abs();
        let told = format!("it promised that {:.1} % leave, and {:.1} % did", 100.0 * promised, 100.0 * rate);
        Ok((off > 3.0 * error && off > 0.02).then_some(told))
    }

    /// Leaves the model in force where it is, judged on the newest snapshot that has closed.
    pub(super) fn keep(&self, cx: &mut Context, mut data: Labelled, now: InForce, why: String) -> Result<()> {
        cx.note(format!("version {} goes on: {why}", now.version));
        if let Some(told) = flattered(&data, &now.card) {
            cx.note(told);
        }
        data.matrix = now.card.completed(data.matrix)?;
        now.write_closed(cx, &data)?;
        data.folds.drain(..data.folds.len() - 1);
        let fold = &data.folds[0];
        let mut tried = Vec::new();
        for &yardstick in &data.yardsticks {
            let scores = vec![data.yardstick(yardstick, fold, cx.seed)?];
            tried.push(Candidate { name: yardstick.name().to_owned(), complexity: 0, scores });
        }
        let yardsticks = tried.len();
        let own = Candidate { name: now.card.model.clone(), complexity: 1, scores: vec![now.newest.clone()] };
        tried.push(own.clone());
        let candidates = std::slice::from_ref(&own);
        let verdict =
            champion(&self.criterion, &data.matrix, &data.labels, &data.folds, candidates, cx.seed).map_err(bad)?;
        let trials = Trials {
            settings: vec![None; tried.len()],
            chosen_before: None,
            search: String::new(),
            tried,
            yardsticks,
            pair: Vec::new(),
            winner: yardsticks,
            verdict,
            calibrations: vec![Candidate { name: "none".to_owned(), ..own }],
            calibration: 0,
            calibrated_folds: data.folds.clone(),
        };
        self.present(cx, &data, &trials, &*now.model)?;
        for (name, content) in &now.files {
            cx.write_file(name, content)?;
        }
        cx.made.kept = Some(now.version);
        cx.made.model = true;
        Ok(())
    }

    /// Whether the challenger's scores on the newest snapshot, given before its truth was known, beat those of the model in
    /// force by the margin.
    pub(super) fn wins(&self, cx: &mut Context, data: &Labelled, trials: &Trials, now: &InForce) -> Result<bool> {
        let fold = data.folds.last().expect("there is a fold");
        let truth = data.truth(&fold.test);
        // The newest snapshot had a say in who won: what would have been chosen before it contests.
        let ours = trials.told_scores().last().expect("one list of scores per fold");
        let (ours, theirs) = (
            criterion(&self.criterion, &truth, ours).map_err(bad)?,
            criterion(&self.criterion, &truth, &now.newest).map_err(bad)?,
        );
        if let Some(told) = flattered(data, &now.card) {
            cx.note(told);
        }
        let gain = if self.larger_is_better() { ours - theirs } else { theirs - ours };
        let told = format!(
            "{} on the newest snapshot ({}): {ours:.4} of the new model, {theirs:.4} of version {} in force",
            self.criterion,
            Date::of_civil_seconds(fold.snapshot),
            now.version
        );
        if gain >= self.margin {
            cx.note(format!("{told}: the new one takes over"));
            return Ok(true);
        }
        cx.made.gates.push(format!("{told}; it had to win by {}", self.margin));
        Ok(false)
    }

    /// Hands on the model in force, and lays the one that lost beside it.
    pub(super) fn lay_beside(&self, cx: &mut Context, now: InForce, model: &[u8], card: &[u8]) -> Result<()> {
        for (name, content) in &now.files {
            cx.write_file(name, content)?;
        }
        cx.write_file(&format!("{CHALLENGER}{MODEL}"), model)?;
        cx.write_file(&format!("{CHALLENGER}{CARD}"), card)?;
        cx.made.kept = Some(now.version);
        cx.made.challenger = true;
        Ok(())
    }

    /// Measures, prices, writes and shows.
    pub(super) fn present(
        &self,
        cx: &mut Context,
        data: &Labelled,
        trials: &Trials,
        model: &dyn Model,
    ) -> Result<Judgement> {
        let (truth, scores) = (&data.folds.last().expect("there is a fold").test, trials.told_scores());
        let truth = data.truth(truth);
        let scores = scores.last().expect("one list of scores per fold");
        cx.metric("newest_promised", scores.iter().sum::<f64>() / scores.len() as f64);
        cx.metric("newest_left", truth.iter().filter(|left| **left).count() as f64 / truth.len() as f64);
        let mut judgement = self.judge(cx, data, trials)?;
        self.price(cx, data, &mut judgement)?;
        self.write_judgement(cx, &judgement)?;
        self.show(cx, data, trials, &judgement, model)?;
        Ok(judgement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_saw_the_outcome_is_not_judged_in_silence() {
        let date = |text: &str| text.parse::<Date>().expect("a date");
        let newest = date("2025-03-01").midnight();
        let reach = 90 * crate::numeric::calendar::DAY;
        assert!(overlap(reach, newest, Some(date("2025-03-02"))).expect("told").contains("2025-03-01"));
        assert_eq!(overlap(reach, newest, Some(date("2025-03-01"))), None, "it had seen nothing of that day or later");
        assert_eq!(overlap(reach, newest, None), None);
        assert!(overlap(0, newest, None).expect("told").contains("learned from"));
    }
}
