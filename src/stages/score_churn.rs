//! `score-churn`: how likely each customer is to leave, and why, in plain words.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::examples;
use super::persons::Places;
use super::rows::{bad, matrix};
use super::stage::{read_as, schema_of};
use super::train_churn::chance::NO_PURCHASE;
use super::train_churn::{CARD, CLOSED_SNAPSHOTS, Card, GONE_CUSTOMERS, MODEL, TASK, Typical, UNDER_CONTRACT};
use super::{Context, Finding, Input, Kind, MAIN, Need, Output, Stage, Upstream};
use crate::diagnostics::{Problem, Result, codes, io_problem};
use crate::features::{FEATURES, index_of};
use crate::learning::{Column, Contributions, MISSING_WORD, Matrix, Values, load};
use crate::tables::customers::CUSTOMERS;
use crate::tables::scores::{DRIFT, SCORES};
use crate::tables::{Batches, Date};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "score-churn",
    version: 5,
    meaning: "Scores customers with a trained churn model and says why, in plain words.",
    example: &[examples::LINES, examples::ORDERS, examples::FEATURES, examples::CHURN, examples::AT_RISK],
    read: read_as::<ScoreChurn>,
    schema: schema_of::<ScoreChurn>,
};

/// Rows explained at once.
const PART: usize = 1 << 14;
/// Reasons given to a customer at most.
const REASONS: usize = 3;

/// Scores of customers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreChurn {
    /// The `train-churn` stage.
    model: Upstream,
    /// The stage with one row per customer to score, with the columns that the model was trained on.
    features: Upstream,
    /// Scores from here on are in the band `high`.
    #[serde(default = "usual_high")]
    high: f64,
    /// Scores below this are in the band `low`.
    #[serde(default = "usual_low")]
    low: f64,
    /// From this population stability index on, a column or the scores are told to have moved since training.
    #[serde(default = "usual_warn_psi")]
    warn_psi: f64,
    /// From this population stability index of the scores on, nothing is published; never if not given.
    #[serde(default)]
    hold_psi: Option<f64>,
    /// From this calibration error on, on the newest snapshot that has closed since the model was trained, it is told that its
    /// probabilities do not come true. What chance gives is taken off first.
    #[serde(default = "usual_warn_ece")]
    warn_ece: f64,
    /// From this calibration error on, nothing is published; never if not given.
    #[serde(default)]
    hold_ece: Option<f64>,
}

fn usual_warn_ece() -> f64 {
    0.05
}

fn usual_warn_psi() -> f64 {
    0.25
}

fn usual_high() -> f64 {
    0.66
}

fn usual_low() -> f64 {
    0.33
}

impl Stage for ScoreChurn {
    fn inputs(&self) -> Vec<Input> {
        vec![self.model.input("model", Need::Model(TASK)), self.features.input("features", Need::Table(&CUSTOMERS))]
    }

    fn output(&self) -> Output {
        Output::table(&SCORES).and("drift", &DRIFT)
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !(0.0 <= self.low && self.low <= self.high && self.high <= 1.0) {
            findings.push(Finding::at("high", "the bands must be 0 <= low <= high <= 1"));
        }
        let psi = "must be above 0; 0.25 is the usual sign of another population";
        let ece = "must be above 0; 0.05 means that probabilities are off by five points on average";
        let limits = [
            ("warn_psi", Some(self.warn_psi), psi),
            ("hold_psi", self.hold_psi, psi),
            ("warn_ece", Some(self.warn_ece), ece),
            ("hold_ece", self.hold_ece, ece),
        ];
        for (key, _, why) in limits.into_iter().filter(|limit| limit.1.is_some_and(|at| at.is_nan() || at <= 0.0)) {
            findings.push(Finding::at(key, why));
        }
        findings
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let stored = cx.input(&self.model.0);
        let path = stored.file(MODEL)?;
        let bytes = std::fs::read(&path).map_err(|e| io_problem("read", &path, &e))?;
        let model = load(&bytes).map_err(|e| Problem::new(&codes::BAD_MODEL, e.to_string()).boxed())?;
        let path = stored.file(CARD)?;
        let text = std::fs::read(&path).map_err(|e| io_problem("read", &path, &e))?;
        let card = Card::read(&text)
            .map_err(|e| Problem::new(&codes::BAD_MODEL, format!("{}: {e}", path.display())).boxed())?;

        let table = Batches::read(&cx.input(&self.features.0).table(MAIN)?, &[])?;
        let mut customers: Vec<String> = table.texts("customer")?.into_iter().map(Option::unwrap_or_default).collect();
        cx.made.rows_in = customers.len() as u64;
        let mut rows = matrix(&table, &[])?;
        if let Some(present) = self.at_risk(cx, &customers)? {
            rows = rows.take(&present);
            customers = present.iter().map(|&row| std::mem::take(&mut customers[row as usize])).collect();
        }
        let rows = card.completed(rows)?;
        let scores = card.scores(&*model, &rows)?;
        (cx.progress)(0.2);
        let mut reasons = Vec::with_capacity(rows.rows());
        // In parts: contributions of all columns of all rows would be as large as the table.
        let all: Vec<u32> = (0..rows.rows() as u32).collect();
        for part in all.chunks(PART) {
            let rows = rows.take(part);
            reasons.extend(self::reasons(&rows, &model.contributions(&rows).map_err(bad)?, &card));
            (cx.progress)(0.2 + 0.7 * reasons.len() as f64 / all.len() as f64);
        }
        self.watch_drift(cx, &card, &rows, &scores)?;
        self.watch_calibration(cx)?;
        // By falling score; equal scores by account id.
        let mut order: Vec<usize> = (0..customers.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then_with(|| customers[a].cmp(&customers[b])));
        let n = order.len();
        let band = |score: f64| match score {
            s if s >= self.high => "high",
            s if s < self.low => "low",
            _ => "medium",
        };
        let mut columns = Columns::new();
        columns
            .text("customer", order.iter().map(|&row| &customers[row]))
            .number("score", order.iter().map(|&row| scores[row]))
            .integer("decile", (0..n).map(|place| (place * 10 / n.max(1)) as i64 + 1))
            .text("band", order.iter().map(|&row| band(scores[row])));
        for place in 0..REASONS {
            let name = ["reason_1", "reason_2", "reason_3"][place];
            columns.maybe_text(name, order.iter().map(|&row| reasons[row].get(place)));
        }
        let mean = scores.iter().sum::<f64>() / n.max(1) as f64;
        cx.metric("mean_score", mean);
        cx.metric("high", scores.iter().filter(|s| **s >= self.high).count() as f64);
        cx.write(MAIN, &SCORES, &[columns.batch()])
    }
}

impl ScoreChurn {
    /// The rows of customers who can still leave, where customers have contracts; the others are told.
    fn at_risk(&self, cx: &mut Context, customers: &[String]) -> Result<Option<Vec<u32>>> {
        let stored = cx.input(&self.model.0);
        let of = |suffix| Batches::read(&stored.table(suffix)?, &["customer"])?.texts("customer");
        let (under, gone) = (of(UNDER_CONTRACT)?, of(GONE_CUSTOMERS)?);
        // With contracts somebody stands under one, or has left.
        if under.is_empty() && gone.is_empty() {
            return Ok(None);
        }
        let [under, gone] =
            [under, gone].map(|names| Places::of(&names.into_iter().flatten().collect::<Vec<String>>()));
        let rows = 0..customers.len() as u32;
        let (present, others): (Vec<u32>, Vec<u32>) =
            rows.partition(|&row| under.get(&customers[row as usize]).is_some());
        let left = others.iter().filter(|&&row| gone.get(&customers[row as usize]).is_some()).count();
        for (count, why) in [(left, "have left"), (others.len() - left, "have no contract that has begun")] {
            if count > 0 {
                cx.note(format!("{count} of {} customers {why} and are not scored", customers.len()));
            }
        }
        Ok(Some(present))
    }

    /// How far columns and scores have moved since training.
    fn watch_drift(&self, cx: &mut Context, card: &Card, rows: &Matrix, scores: &[f64]) -> Result<()> {
        let told = Values::Numbers(scores.to_vec());
        let of_scores = card.scores.as_ref().and_then(|then| then.shift(&told)).map(|shift| ("score", shift));
        let of_columns = card
            .distributions
            .iter()
            .filter_map(|(name, then)| Some((name.as_str(), then.shift(&rows.column(name)?.values)?)));
        // A handful of rows has no distribution.
        let mut shifts: Vec<(&str, (f64, f64, f64))> =
            if rows.rows() < 100 { Vec::new() } else { of_scores.into_iter().chain(of_columns).collect() };
        shifts.sort_by(|a, b| (b.0 == "score").cmp(&(a.0 == "score")).then(b.1.0.total_cmp(&a.1.0)).then(a.0.cmp(b.0)));
        let moved: Vec<&str> =
            shifts.iter().filter(|s| s.0 != "score" && s.1.0 >= self.warn_psi).map(|shift| shift.0).collect();
        if let Some((_, (psi, _, _))) = shifts.first().filter(|first| first.0 == "score") {
            cx.metric("score_psi", *psi);
            if self.hold_psi.is_some_and(|most| *psi >= most) {
                cx.made.held.push(format!("scores have moved since training: stability index {psi:.3}"));
            } else if *psi >= self.warn_psi {
                cx.note(format!("scores have moved since training: stability index {psi:.3}"));
            }
        }
        if !moved.is_empty() {
            let first: Vec<&str> = moved.iter().take(3).copied().collect();
            cx.note(format!(
                "{} of {} columns have moved since training (stability index from {}), most of all {}",
                moved.len(),
                card.distributions.len(),
                self.warn_psi,
                first.join(", ")
            ));
        }
        cx.metric("columns_moved", moved.len() as f64);
        let mut columns = Columns::new();
        columns
            .text("column", shifts.iter().map(|shift| shift.0))
            .number("psi", shifts.iter().map(|shift| shift.1.0))
            .number("missing_then", shifts.iter().map(|shift| shift.1.1))
            .number("missing_now", shifts.iter().map(|shift| shift.1.2))
            .boolean("moved", shifts.iter().map(|shift| shift.1.0 >= self.warn_psi));
        cx.write("drift", &DRIFT, &[columns.batch()])
    }
}

impl ScoreChurn {
    /// How probabilities came true on the newest snapshot that has closed since the model in force was trained.
    fn watch_calibration(&self, cx: &mut Context) -> Result<()> {
        let closed = Batches::read(&cx.input(&self.model.0).table(CLOSED_SNAPSHOTS)?, &[])?;
        let (dates, in_force) = (closed.dates("snapshot")?, closed.booleans("in_force")?);
        let Some(row) = (0..dates.len()).filter(|&row| in_force[row] == Some(true)).max_by_key(|&row| dates[row])
        else {
            return Ok(());
        };
        let number = |name: &str| -> Result<f64> { Ok(closed.numbers(name)?[row]) };
        let (promised, left, ece) = (number("promised")?, number("left")?, number("ece")?);
        let beyond = ece - chance_error(left, number("customers")?);
        cx.metric("closed_promised", promised);
        cx.metric("closed_left", left);
        cx.metric("closed_ece", ece);
        let slope = Some(number("slope")?).filter(|slope| slope.is_finite());
        let told = format!(
            "probabilities of {} did not come true: {:.1} % promised, {:.1} % left, calibration error {ece:.3} of which chance gives {:.3}{}",
            Date::from_days(dates[row].unwrap_or_default()),
            100.0 * promised,
            100.0 * left,
            ece - beyond,
            slope.map(|slope| format!(", slope {slope:.2}")).unwrap_or_default()
        );
        if self.hold_ece.is_some_and(|most| beyond >= most) {
            cx.made.held.push(told);
        } else if beyond >= self.warn_ece {
            cx.note(told);
        }
        Ok(())
    }
}

/// The calibration error over ten bins that chance alone gives: the mean distance of a bin's share from its probability, taken
/// as normal, with the share of all in every bin.
fn chance_error(share: f64, customers: f64) -> f64 {
    (std::f64::consts::FRAC_2_PI * share * (1.0 - share) * 10.0 / customers).sqrt()
}

/// For each row what raises its score most, in words: the families of features that raise it most as a whole, each by the column
/// that does most in it.
fn reasons(rows: &Matrix, contributions: &Contributions, card: &Card) -> Vec<Vec<String>> {
    let columns: Vec<Option<&Column>> = contributions.columns.iter().map(|name| rows.column(name)).collect();
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, column) in columns.iter().enumerate() {
        if let Some(column) = column {
            families.entry(&column.family).or_default().push(i);
        }
    }
    (0..rows.rows())
        .map(|row| {
            let values = contributions.row(row);
            let total: f64 = values.iter().map(|v| v.abs()).sum();
            // A column whose own family takes back what it adds is no reason.
            let mut raised: Vec<(f64, &Vec<usize>)> =
                families.values().map(|members| (members.iter().map(|&i| values[i]).sum::<f64>(), members)).collect();
            raised.retain(|(sum, _)| *sum > 0.02 * total);
            raised.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1[0].cmp(&b.1[0])));
            let reason = |members: &Vec<usize>| {
                let mut order: Vec<usize> = members.iter().copied().filter(|&i| values[i] > 0.02 * total).collect();
                order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
                order.into_iter().find_map(|i| phrase(columns[i]?, row, card))
            };
            raised.into_iter().filter_map(|(_, members)| reason(members)).take(REASONS).collect()
        })
        .collect()
}

/// What a column's value says of a row, compared with what is typical.
fn phrase(column: &Column, row: usize, card: &Card) -> Option<String> {
    let typical = card.typical.get(&column.name)?;
    let feature = index_of(&column.name).map(|index| &FEATURES[index]);
    match (&column.values, typical) {
        (Values::Numbers(numbers), Typical::Number(usual)) => {
            let value = numbers[row];
            match feature {
                Some(_) if value.is_nan() => None,
                // What is as usual explains nothing.
                Some(feature) if feature.unit.say(value) == feature.unit.say(*usual) => None,
                Some(feature) => {
                    let words = if value >= *usual { feature.high } else { feature.low };
                    Some(format!("{words} ({}; typically {})", feature.unit.say(value), feature.unit.say(*usual)))
                }
                None if column.name == NO_PURCHASE => (value > *usual).then(|| {
                    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
                    format!("own rhythm makes silence likely ({}; typically {})", percent(value), percent(*usual))
                }),
                None if value.is_nan() => Some(format!("{} is not known", plain(&column.name))),
                None => Some(format!("{} is {} (typically {})", plain(&column.name), short(value), short(*usual))),
            }
        }
        (Values::Words { codes, words }, _) => {
            let name = plain(&column.name);
            match codes[row] {
                MISSING_WORD => Some(format!("{name} is not known")),
                code => Some(format!("{name}: {}", words[code as usize])),
            }
        }
        _ => None,
    }
}

/// `MonthlyCharges` and `monthly_charges` as people write them: `monthly charges`.
fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c == '_' || c == '-' {
            out.push(' ');
        } else {
            if c.is_uppercase() && before.is_lowercase() {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    out
}

fn short(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{chance_error, plain, reasons, short};
    use crate::learning::{Column, Contributions, Matrix, Scale};
    use crate::stages::train_churn::{Card, Typical};

    #[test]
    fn a_family_is_a_reason_by_its_sum() {
        let column = |name: &str, family: &str| Column::numbers(name, vec![5.0]).in_family(family);
        let matrix =
            Matrix::new(vec![column("a", "one"), column("b", "one"), column("c", "two"), column("d", "three")]);
        let contributions = Contributions {
            scale: Scale::LogOdds,
            base: 0.0,
            columns: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
            values: vec![0.9, -0.8, 0.4, 0.2],
        };
        let card: Card = serde_json::from_value(serde_json::json!({
            "format": 1, "target": "", "model": "", "version": "", "as_of": null, "rows": 1, "base_rate": 0.5,
            "typical": {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}, "metrics": {}
        }))
        .expect("a card");
        assert_eq!(
            card.typical,
            BTreeMap::from(["a", "b", "c", "d"].map(|name| (name.to_owned(), Typical::Number(1.0))))
        );
        let told = reasons(&matrix.expect("a row"), &contributions, &card);
        assert_eq!(told, [["c is 5 (typically 1)", "d is 5 (typically 1)", "a is 5 (typically 1)"]]);
    }

    #[test]
    fn chance_alone_gives_this_calibration_error() {
        // Bins of 100 with a probability of one half: E|share - 0.5| = 50.0 x C(100, 50) / 2^100 x 2 / 100 = 0.0398.
        assert!((chance_error(0.5, 1000.0) - 0.0399).abs() < 2e-4, "{}", chance_error(0.5, 1000.0));
    }

    #[test]
    fn column_names_as_people_write_them() {
        assert_eq!(plain("MonthlyCharges"), "monthly charges");
        assert_eq!(plain("number_customer_service_calls"), "number customer service calls");
        assert_eq!(short(29.0), "29");
        assert_eq!(short(18.25), "18.25");
    }
}
