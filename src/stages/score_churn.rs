//! `score-churn`: how likely each customer is to leave, and why, in plain words.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::examples;
use super::persons::Places;
use super::reason_texts;
use super::rows::{bad, matrix};
use super::succession::{CARD, MODEL, opened};
use super::train_churn::{CLOSED_SNAPSHOTS, GONE_CUSTOMERS, TASK, UNDER_CONTRACT};
use super::words::score_churn as say;
use crate::churn::Card;
use crate::churn::bands::{Bands, by_score, tenth};
use crate::churn::purchases::no_purchase;
use crate::churn::reasons::{REASONS, Reason, all_reasons};
use crate::churn::watch::{CameTrue, Verdict, Watched, moved, moved_scores};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::learning::Model;
use crate::orders::{NONE, Names, renumber};
use crate::report::{Speech, Text, Unit, Value};
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

/// Rows that are scored at a time for each thread: a row has dozens of columns, and what each of them adds to its score.
const ROWS_A_RUN: u64 = 1 << 14;

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
        Output::exactly(&SCORES).and("drift", &DRIFT)
    }

    fn check(&self) -> Vec<Finding> {
        let fault = Finding::at("high", format!("{} is below `low`, which is {}", self.high, self.low));
        if self.high.get() < self.low.get() { vec![fault] } else { Vec::new() }
    }

    fn speaks(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let (model, card) = self.model(cx)?;
        let contracts = self.contracts(cx)?;
        let path = cx.input(&self.features.0).table(MAIN)?;
        let mut all = Scored::default();
        let speech = cx.speech;
        cx.each_run(
            &self.features.0,
            ROWS_A_RUN,
            &mut all,
            |_, run| {
                let table = Batches::read_run(&path, &[], run.clone())?;
                Scored::of(&table, (&*model, &card), contracts.as_ref(), speech)
            },
            |all, run| {
                all.add(run);
                Ok(())
            },
        )?;
        cx.made.rows_in = all.rows;
        for (count, why) in [(all.left, &say::HAVE_LEFT), (all.without, &say::NO_CONTRACT)] {
            if count > 0 {
                cx.note(why.with([("customers", count.into()), ("all", all.rows.into())]));
            }
        }
        let known = !all.chances.is_empty();
        let scores = card.given_out(std::mem::take(&mut all.scores), known.then_some(&*all.chances));
        self.watch_drift(cx, &card, &all.watched, &scores)?;
        self.watch_calibration(cx)?;
        self.write(cx, &all, &scores)
    }
}

/// Who can still leave, where customers have contracts.
struct Contracts {
    under: Places,
    gone: Places,
}

/// Customers with their scores: what is kept of each between the pass over the features and the writing.
#[derive(Default)]
struct Scored {
    /// Rows looked at.
    rows: u64,
    /// Customers who have left, and others without a contract; they are not scored.
    left: u64,
    without: u64,
    customers: Vec<String>,
    /// As the model gives them.
    scores: Vec<f64>,
    /// What the purchase model expects of each; empty where there is none.
    chances: Vec<f64>,
    /// Each distinct reason once, and those of each customer by their numbers, the strongest first.
    texts: Names,
    reasons: Vec<[u32; REASONS]>,
    watched: Watched,
}

impl Scored {
    /// Scores and explains the rows of a table.
    fn of(
        table: &Batches,
        (model, card): (&dyn Model, &Card),
        contracts: Option<&Contracts>,
        speech: Speech,
    ) -> Result<Scored> {
        let mut customers: Vec<String> = table.texts("customer")?.into_iter().map(Option::unwrap_or_default).collect();
        let mut scored = Scored { rows: customers.len() as u64, ..Scored::default() };
        let mut rows = matrix(table, &[])?;
        if let Some(contracts) = contracts {
            let (present, others): (Vec<u32>, Vec<u32>) =
                (0..customers.len() as u32).partition(|&row| contracts.under.get(&customers[row as usize]).is_some());
            let gone = |row: &&u32| contracts.gone.get(&customers[**row as usize]).is_some();
            scored.left = others.iter().filter(gone).count() as u64;
            scored.without = others.len() as u64 - scored.left;
            rows = rows.take(&present);
            customers = present.iter().map(|&row| std::mem::take(&mut customers[row as usize])).collect();
        }
        let rows = card.completed(rows).map_err(bad)?;
        scored.customers = customers;
        scored.scores = model.score(&rows).map_err(bad)?;
        scored.chances = no_purchase(&rows).map(<[f64]>::to_vec).unwrap_or_default();
        scored.watched = Watched::of(&card.distributions, &rows);
        let tell = |reason: &Reason| speech.in_words(&reason_texts::reason(reason));
        for why in all_reasons(model, &rows, &card.typical, tell).map_err(bad)? {
            let mut numbers = [NONE; REASONS];
            numbers.iter_mut().zip(&why).for_each(|(number, text)| *number = scored.texts.intern(text));
            scored.reasons.push(numbers);
        }
        Ok(scored)
    }

    /// Adds the rows that come next.
    fn add(&mut self, mut next: Scored) {
        self.rows += next.rows;
        self.left += next.left;
        self.without += next.without;
        self.customers.append(&mut next.customers);
        self.scores.append(&mut next.scores);
        self.chances.append(&mut next.chances);
        let to = self.texts.absorb(&next.texts);
        renumber(next.reasons.as_flattened_mut(), &to);
        self.reasons.append(&mut next.reasons);
        self.watched.add(next.watched);
    }

    /// The reason of a row at a place, from 0.
    fn reason(&self, row: usize, place: usize) -> Option<&str> {
        let number = self.reasons[row][place];
        (number != NONE).then(|| self.texts.get(number))
    }
}

impl ScoreChurn {
    fn model(&self, cx: &Context) -> Result<(Box<dyn Model>, Card)> {
        let stored = cx.input(&self.model.0);
        let read = |name: &str| -> Result<Vec<u8>> {
            let path = stored.file(name)?;
            std::fs::read(&path).map_err(|e| io_problem("read", &path, &e))
        };
        let broken = |what| Problem::new(&codes::BAD_MODEL, format!("{}: {what}", stored.folder.display())).boxed();
        opened(&read(MODEL)?, &read(CARD)?).map_err(broken)
    }

    /// The customers under contract and those who have left; nothing where customers have no contracts.
    fn contracts(&self, cx: &Context) -> Result<Option<Contracts>> {
        let stored = cx.input(&self.model.0);
        let of = |suffix| Batches::read(&stored.table(suffix)?, &["customer"])?.texts("customer");
        let (under, gone) = (of(UNDER_CONTRACT)?, of(GONE_CUSTOMERS)?);
        // With contracts somebody is under one, or has left.
        if under.is_empty() && gone.is_empty() {
            return Ok(None);
        }
        let [under, gone] =
            [under, gone].map(|names| Places::of(&names.into_iter().flatten().collect::<Vec<String>>()));
        Ok(Some(Contracts { under, gone }))
    }

    /// How far columns and scores have moved since training.
    fn watch_drift(&self, cx: &mut Context, card: &Card, rows: &Watched, scores: &[f64]) -> Result<()> {
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
    fn write(&self, cx: &mut Context, all: &Scored, scores: &[f64]) -> Result<()> {
        let (order, n) = (by_score(&all.customers, scores), scores.len());
        let bands = Bands { high: self.high.get(), low: self.low.get() };
        cx.metric("mean_score", scores.iter().sum::<f64>() / n.max(1) as f64);
        cx.metric("high", scores.iter().filter(|s| **s >= self.high.get()).count() as f64);
        let mut writer = cx.start(MAIN, Arc::new(SCORES.schema()))?;
        writer.write_ranges(n, |places| {
            let rows = &order[places.clone()];
            let mut columns = Columns::new();
            columns
                .text("customer", rows.iter().map(|&row| &all.customers[row]))
                .number("score", rows.iter().map(|&row| scores[row]))
                .integer("decile", places.map(|place| tenth(place, n) as i64))
                .text("band", rows.iter().map(|&row| bands.of(scores[row])));
            for (place, name) in ["reason_1", "reason_2", "reason_3"].into_iter().enumerate().take(REASONS) {
                columns.maybe_text(name, rows.iter().map(|&row| all.reason(row, place)));
            }
            columns.batch_of(&SCORES)
        })?;
        cx.end(MAIN, writer)
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arrow::array::RecordBatch;
    use proptest::prelude::*;

    use super::super::parted::{made, stored, with_file};
    use super::*;
    use crate::learning::{Column, Lesson, MODELS, Matrix, fit, save};
    use crate::stage::Stored;
    use crate::tables::layouts::scores::{CLOSED, GONE, UNDER};

    /// A customer's number, days since the last order, days of purchase and plan.
    type Row = (u16, u16, u8, u8);

    const PLANS: [&str; 4] = ["basic", "plus", "", "gold"];

    fn numbers(rows: &[Row]) -> [(&'static str, Vec<f64>); 3] {
        let recency = rows.iter().map(|row| f64::from(row.1)).collect();
        let days = rows.iter().map(|row| f64::from(row.2) + 1.0).collect();
        let tenure = rows.iter().map(|row| f64::from(row.1) + 40.0 * f64::from(row.2) + 1.0).collect();
        [("recency_days", recency), ("purchase_days_lifetime", days), ("tenure_days", tenure)]
    }

    fn features(rows: &[Row], gaps: bool) -> RecordBatch {
        let mut columns = Columns::new();
        columns.text("customer", rows.iter().map(|row| format!("c{:04}", row.0)));
        for (name, values) in numbers(rows) {
            // Some values are not known.
            let known = |(at, value): (usize, f64)| if gaps && at % 11 == 5 { f64::NAN } else { value };
            columns.maybe_number(name, values.into_iter().enumerate().map(known).collect::<Vec<f64>>());
        }
        columns.maybe_text("plan", rows.iter().map(|row| (row.3 != 2).then(|| PLANS[usize::from(row.3)])));
        columns.batch()
    }

    /// A model of a shop of its own with its card, and those under contract and gone where there are contracts.
    fn model(folder: &Path, calibration: &str, contracts: bool) -> Stored {
        let rows: Vec<Row> =
            (0..300u16).map(|n| (n, n * 37 % 400, (n * 7 % 11) as u8, (n * 5 % 13 % 4) as u8)).collect();
        let plans: Vec<&str> = rows.iter().map(|row| PLANS[usize::from(row.3)]).collect();
        let mut columns: Vec<Column> =
            numbers(&rows).into_iter().map(|(name, values)| Column::numbers(name, values)).collect();
        columns.push(Column::words("plan", &plans));
        let chances = rows.iter().map(|row| f64::from(row.1) / 450.0).collect();
        let labels: Vec<bool> = rows.iter().map(|row| (row.1 > 150) != (row.0 % 9 == 0)).collect();
        columns.push(Column::numbers(crate::churn::NO_PURCHASE, chances));
        let matrix = Matrix::new(columns).expect("columns of one length");
        let row = MODELS.iter().find(|row| row.name == "logistic").expect("a model");
        let learned = fit(&row.defaults(), &Lesson::new(&matrix, &labels, 7)).expect("both labels");
        let typical = |column: &Column| (column.name.clone(), crate::churn::Typical::of(&column.values));
        let spread = |column: &Column| (column.name.clone(), crate::churn::Distribution::of(&column.values));
        let card = serde_json::json!({
            "format": 1, "target": "no order", "model": "logistic", "version": "", "as_of": null, "rows": 300,
            "base_rate": 0.5, "metrics": {}, "calibration": calibration,
            "typical": matrix.columns().iter().map(typical).collect::<std::collections::BTreeMap<_, _>>(),
            "distributions": matrix.columns().iter().map(spread).collect::<std::collections::BTreeMap<_, _>>(),
            "scores": crate::churn::Distribution::of(&matrix.column(crate::churn::NO_PURCHASE).expect("there").values),
            "purchase_model": { "r": 0.4, "alpha": 20.0, "a": 0.8, "b": 2.5, "horizon_days": 90 },
        });
        let name = |n: u16| format!("c{n:04}");
        let none = || RecordBatch::new_empty(Arc::new(CLOSED.schema()));
        let mut under = Columns::new();
        let still: Vec<u16> = (0..if contracts { 400 } else { 0 }).filter(|n| n % 5 != 0).collect();
        under.text("customer", still.iter().map(|&n| name(n))).date("since", still.iter().map(|_| 0));
        let mut gone = Columns::new();
        let left: Vec<u16> = (0..if contracts { 400 } else { 0 }).filter(|n| n % 10 == 0).collect();
        gone.text("customer", left.iter().map(|&n| name(n)))
            .date("left", left.iter().map(|_| 0))
            .maybe_text("reason", left.iter().map(|_| None::<&str>));
        let tables = [
            (UNDER_CONTRACT, under.batch_of(&UNDER)),
            (GONE_CUSTOMERS, gone.batch_of(&GONE)),
            (CLOSED_SNAPSHOTS, none()),
        ];
        let stored = stored(folder, "churn", &tables, usize::MAX, false);
        let stored = with_file(stored, MODEL, &save(&*learned));
        with_file(stored, CARD, card.to_string().as_bytes())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn parts_and_threads_change_no_byte(
            rows in prop::collection::vec((0..400u16, 0..400u16, 0..12u8, 0..4u8), 0..260),
            group in 1..60usize,
            sorted in any::<bool>(),
            contracts in any::<bool>(),
            base_rate in any::<bool>(),
            gaps in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let mut rows = rows;
            if sorted {
                rows.sort_unstable();
            }
            let model = model(folder.path(), if base_rate { "base-rate" } else { "none" }, contracts);
            let features = stored(folder.path(), "features", &[(MAIN, features(&rows, gaps))], group, sorted);
            let stage = ScoreChurn {
                model: Upstream("churn".to_owned()),
                features: Upstream("features".to_owned()),
                ..ScoreChurn::default()
            };
            let of = |rows_a_part, threads| made(&stage, &[&model, &features], rows_a_part, threads);
            let whole = of(u64::MAX, 1);
            prop_assert!(whole.contains_key("main.parquet") && whole.contains_key("drift.parquet"));
            for (rows_a_part, threads) in [(1, 2), (50, 1), (50, 2), (120, 2)] {
                prop_assert_eq!(&of(rows_a_part, threads), &whole);
            }
        }
    }
}
