//! `score-churn`: how likely each customer is to leave, and why, in plain words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::examples;
use super::persons::Places;
use super::rows::{bad, matrix};
use super::train_churn::{CARD, CLOSED_SNAPSHOTS, GONE_CUSTOMERS, MODEL, TASK, UNDER_CONTRACT};
use super::words::score_churn as say;
use crate::churn::Card;
use crate::churn::bands::{Bands, by_score, tenth};
use crate::churn::reasons::{REASONS, all_reasons};
use crate::churn::watch::{CameTrue, Verdict, moved, moved_scores};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::learning::{Matrix, Model, load};
use crate::report::{Text, Unit, Value};
use crate::stage::setting::{Number, Positive, Share};
use crate::stage::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, Upstream, read_as, schema_of};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::scores::{DRIFT, SCORES};
use crate::tables::{Batches, Date};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "score-churn",
    version: 6,
    meaning: "Scores customers with a trained churn model and says why, in plain words.",
    example: &[examples::LINES, examples::ORDERS, examples::FEATURES, examples::CHURN, examples::AT_RISK],
    read: read_as::<ScoreChurn>,
    schema: schema_of::<ScoreChurn>,
};

/// Columns that a note names.
const NAMED: usize = 3;

/// Scores of customers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreChurn {
    /// The `train-churn` stage.
    model: Upstream,
    /// The stage with one row per customer to score, with the columns that the model was trained on.
    features: Upstream,
    /// Scores from here on are in the band `high`; 0 to 1.
    high: Share,
    /// Scores below this are in the band `low`; 0 to 1, at most `high`.
    low: Share,
    /// From this population stability index on, a note says that a column or the scores have moved since training; above 0. 0.25 usually
    /// means another population.
    warn_psi: Positive,
    /// From this population stability index of the scores on, nothing is published; never if not given.
    hold_psi: Option<Positive>,
    /// From this calibration error on, on the newest snapshot that has closed since the model was trained, a note says that its probabilities
    /// did not come true; above 0. The error that chance gives is subtracted first. 0.05 means that probabilities are off by five points on average.
    warn_ece: Positive,
    /// From this calibration error on, nothing is published; never if not given.
    hold_ece: Option<Positive>,
}

impl Default for ScoreChurn {
    fn default() -> ScoreChurn {
        ScoreChurn {
            model: Upstream::default(),
            features: Upstream::default(),
            high: Number::of(0.66),
            low: Number::of(0.33),
            warn_psi: Number::of(0.25),
            hold_psi: None,
            warn_ece: Number::of(0.05),
            hold_ece: None,
        }
    }
}

impl Stage for ScoreChurn {
    fn inputs(&self) -> Vec<Input> {
        vec![self.model.input("model", Need::Model(TASK)), self.features.input("features", Need::Table(&CUSTOMERS))]
    }

    fn output(&self) -> Output {
        Output::table(&SCORES).and("drift", &DRIFT)
    }

    fn check(&self) -> Vec<Finding> {
        let fault = Finding::at("high", format!("{} is below `low`, which is {}", self.high, self.low));
        if self.high.get() < self.low.get() { vec![fault] } else { Vec::new() }
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let (model, card) = self.model(cx)?;
        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        let mut customers: Vec<String> = table.texts("customer")?.into_iter().map(Option::unwrap_or_default).collect();
        cx.made.rows_in = customers.len() as u64;
        let mut rows = matrix(&table, &[])?;
        if let Some(present) = self.at_risk(cx, &customers)? {
            rows = rows.take(&present);
            customers = present.iter().map(|&row| std::mem::take(&mut customers[row as usize])).collect();
        }
        let rows = card.completed(rows).map_err(bad)?;
        let scores = card.scores(&*model, &rows).map_err(bad)?;
        (cx.progress)(0.2);
        let progress = cx.progress;
        let why = all_reasons(&*model, &rows, &card.typical, &|share| progress(0.2 + 0.7 * share)).map_err(bad)?;
        self.watch_drift(cx, &card, &rows, &scores)?;
        self.watch_calibration(cx)?;
        self.write(cx, &customers, &scores, &why)
    }
}

impl ScoreChurn {
    fn model(&self, cx: &Context) -> Result<(Box<dyn Model>, Card)> {
        let stored = cx.input(&self.model.0);
        let read = |name: &str| -> Result<(std::path::PathBuf, Vec<u8>)> {
            let path = stored.file(name)?;
            let bytes = std::fs::read(&path).map_err(|e| io_problem("read", &path, &e))?;
            Ok((path, bytes))
        };
        let model = load(&read(MODEL)?.1).map_err(|e| Problem::new(&codes::BAD_MODEL, e.to_string()).boxed())?;
        let (path, text) = read(CARD)?;
        let card = Card::read(&text)
            .map_err(|e| Problem::new(&codes::BAD_MODEL, format!("{}: {e}", path.display())).boxed())?;
        Ok((model, card))
    }

    /// The rows of customers who can still leave, where customers have contracts; notes say how many others there are.
    fn at_risk(&self, cx: &mut Context, customers: &[String]) -> Result<Option<Vec<u32>>> {
        let stored = cx.input(&self.model.0);
        let of = |suffix| Batches::read(&stored.table(suffix)?, &["customer"])?.texts("customer");
        let (under, gone) = (of(UNDER_CONTRACT)?, of(GONE_CUSTOMERS)?);
        // With contracts somebody is under one, or has left.
        if under.is_empty() && gone.is_empty() {
            return Ok(None);
        }
        let [under, gone] =
            [under, gone].map(|names| Places::of(&names.into_iter().flatten().collect::<Vec<String>>()));
        let rows = 0..customers.len() as u32;
        let (present, others): (Vec<u32>, Vec<u32>) =
            rows.partition(|&row| under.get(&customers[row as usize]).is_some());
        let left = others.iter().filter(|&&row| gone.get(&customers[row as usize]).is_some()).count();
        for (count, why) in [(left, &say::HAVE_LEFT), (others.len() - left, &say::NO_CONTRACT)] {
            if count > 0 {
                cx.note(why.with([("customers", count.into()), ("all", customers.len().into())]));
            }
        }
        Ok(Some(present))
    }

    /// How far columns and scores have moved since training.
    fn watch_drift(&self, cx: &mut Context, card: &Card, rows: &Matrix, scores: &[f64]) -> Result<()> {
        let warn = self.warn_psi.get();
        let of_scores = moved_scores(card.scores.as_ref(), scores);
        let of_columns = moved(&card.distributions, rows);
        if let Some(shift) = of_scores {
            cx.metric("score_psi", shift.psi);
            let text = say::SCORES_MOVED.with([("psi", Value::Number(shift.psi, Unit::Number(3)))]);
            report(cx, Verdict::of(shift.psi, warn, self.hold_psi.map(Positive::get)), text);
        }
        let far: Vec<&str> = of_columns.iter().filter(|column| column.1.psi >= warn).map(|column| column.0).collect();
        if !far.is_empty() {
            cx.note(say::COLUMNS_MOVED.with([
                ("moved", far.len().into()),
                ("all", card.distributions.len().into()),
                ("limit", self.warn_psi.to_string().into()),
                ("columns", Value::from(&far[..far.len().min(NAMED)])),
            ]));
        }
        cx.metric("columns_moved", far.len() as f64);
        let shifts: Vec<_> = of_scores.map(|shift| ("score", shift)).into_iter().chain(of_columns).collect();
        let mut columns = Columns::new();
        columns
            .text("column", shifts.iter().map(|shift| shift.0))
            .number("psi", shifts.iter().map(|shift| shift.1.psi))
            .number("missing_then", shifts.iter().map(|shift| shift.1.missing_then))
            .number("missing_now", shifts.iter().map(|shift| shift.1.missing_now))
            .boolean("moved", shifts.iter().map(|shift| shift.1.psi >= warn));
        cx.write("drift", &DRIFT, &[columns.batch()])
    }

    /// How probabilities came true on the newest snapshot that has closed since the active model was trained.
    fn watch_calibration(&self, cx: &mut Context) -> Result<()> {
        let closed = Batches::read(&cx.input(&self.model.0).table(CLOSED_SNAPSHOTS)?, &[])?;
        let (dates, in_force) = (closed.dates("snapshot")?, closed.booleans("in_force")?);
        let Some(row) = (0..dates.len()).filter(|&row| in_force[row] == Some(true)).max_by_key(|&row| dates[row])
        else {
            return Ok(());
        };
        let number = |name: &str| -> Result<f64> { Ok(closed.numbers(name)?[row]) };
        let came = CameTrue::of([
            number("promised")?,
            number("left")?,
            number("ece")?,
            number("slope")?,
            number("customers")?,
        ]);
        cx.metric("closed_promised", came.promised);
        cx.metric("closed_left", came.left);
        cx.metric("closed_ece", came.ece);
        let share = |value: f64| Value::Number(value, Unit::Share);
        let date = ("date", Date::from_days(dates[row].unwrap_or_default()).to_string().into());
        let (promised, left) = (("promised", share(came.promised)), ("left", share(came.left)));
        let error = ("error", Value::Number(came.ece, Unit::Number(3)));
        let chance = ("chance", Value::Number(came.by_chance, Unit::Number(3)));
        let text = match came.slope {
            None => say::NOT_TRUE.with([date, promised, left, error, chance]),
            Some(slope) => {
                let slope = ("slope", Value::Number(slope, Unit::Number(2)));
                say::NOT_TRUE_SLOPE.with([date, promised, left, error, chance, slope])
            }
        };
        report(cx, Verdict::of(came.beyond(), self.warn_ece.get(), self.hold_ece.map(Positive::get)), text);
        Ok(())
    }

    /// Customers by falling score.
    fn write(&self, cx: &mut Context, customers: &[String], scores: &[f64], why: &[Vec<String>]) -> Result<()> {
        let (order, n) = (by_score(customers, scores), customers.len());
        let bands = Bands { high: self.high.get(), low: self.low.get() };
        let mut columns = Columns::new();
        columns
            .text("customer", order.iter().map(|&row| &customers[row]))
            .number("score", order.iter().map(|&row| scores[row]))
            .integer("decile", (0..n).map(|place| tenth(place, n) as i64))
            .text("band", order.iter().map(|&row| bands.of(scores[row])));
        for (place, name) in ["reason_1", "reason_2", "reason_3"].into_iter().enumerate().take(REASONS) {
            columns.maybe_text(name, order.iter().map(|&row| why[row].get(place)));
        }
        cx.metric("mean_score", scores.iter().sum::<f64>() / n.max(1) as f64);
        cx.metric("high", scores.iter().filter(|s| **s >= self.high.get()).count() as f64);
        cx.write(MAIN, &SCORES, &[columns.batch()])
    }
}

/// Notes a text, or holds publishing back with it.
fn report(cx: &mut Context, verdict: Verdict, text: Text) {
    match verdict {
        Verdict::Fine => {}
        Verdict::Warn => cx.note(text),
        Verdict::Hold => cx.made.held.push(text.english()),
    }
}
