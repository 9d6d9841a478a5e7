//! What is known about a trained model, as it is kept beside the model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calibration::scores_of_day;
use super::judgement::{Figure, Judged, Judgement, SHOWN};
use super::labelled::Labelled;
use super::purchases::{PurchaseModel, completed, no_purchase};
use super::trials::Trials;
use super::truth::ReasonCount;
use super::watch::{Distribution, Typical};
use crate::learning::{LearningError, LearningSettings, Matrix, Model, Values};
use crate::numeric::calendar::{civil_of_day, day_of};

/// The format that is written, and the newest that can be read.
const FORMAT: u32 = 1;

/// What is known about a trained model. It has no customer in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Card {
    /// Format of the card.
    pub format: u32,
    /// What the model predicts, in words.
    pub target: String,
    /// Its row in the table of models.
    pub model: String,
    /// Its name among the metrics, with its calibration, as its scores are given out.
    #[serde(default)]
    pub handed_out: Option<String>,
    /// The name among the metrics whose figures are reported: model, settings and calibration chosen before each judged date, where there
    /// are enough dates; else as handed out.
    #[serde(default)]
    pub told: Option<String>,
    /// Version of patron that trained it.
    pub version: String,
    /// The first day that training did not see.
    pub as_of: Option<String>,
    /// Rows it was trained on.
    pub rows: u64,
    /// Share of them that left.
    pub base_rate: f64,
    /// Typical value of each column: median of numbers, most frequent word. Reasons compare with it.
    pub typical: BTreeMap<String, Typical>,
    /// Metrics of every model that was tried, by model and metric.
    pub metrics: BTreeMap<String, BTreeMap<String, f64>>,
    /// Ends of the 95 % intervals, where they were taken, by model and metric.
    #[serde(default)]
    pub intervals: BTreeMap<String, BTreeMap<String, [f64; 2]>>,
    /// Digests of the tables that it learned from, by stage and table.
    #[serde(default)]
    pub data: BTreeMap<String, String>,
    /// First and last date of the rows.
    #[serde(default)]
    pub window: Option<[String; 2]>,
    /// Each column that it learned from, with its definition.
    #[serde(default)]
    pub features: BTreeMap<String, String>,
    /// The settings of each model it is made of.
    #[serde(default)]
    pub settings: BTreeMap<String, BTreeMap<String, f64>>,
    /// The stage's own settings, as JSON.
    #[serde(default)]
    pub stage: serde_json::Value,
    /// How settings were chosen.
    #[serde(default)]
    pub search: String,
    /// What it was judged on.
    #[serde(default)]
    pub folds: Vec<Fold>,
    /// How scores were turned into probabilities.
    #[serde(default)]
    pub calibration: String,
    /// The purchase model behind the column `no_purchase_chance`, when there is one.
    #[serde(default)]
    pub purchase_model: Option<PurchaseModel>,
    /// Why customers left, where the data say it, the most frequent reason first.
    #[serde(default)]
    pub reasons: Vec<Reason>,
    /// Distribution of each column among the training rows, for watching drift.
    #[serde(default)]
    pub distributions: BTreeMap<String, Distribution>,
    /// Distribution of the scores of the newest judged rows.
    #[serde(default)]
    pub scores: Option<Distribution>,
}

/// One judgement: what was learned from and what was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    /// The judged date; nothing where rows have none.
    pub date: Option<String>,
    /// Rows learned from.
    pub train: u64,
    /// Rows judged.
    pub test: u64,
    /// Share of the judged rows that left.
    pub base_rate: f64,
}

/// How many left for a reason, of those whom training rows follow; who left more than once counts by the last time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// As in the data.
    pub reason: String,
    /// Customers.
    pub customers: u64,
    /// Their share of all who left.
    pub share: f64,
    /// Whether leaving for it is churn.
    pub churn: bool,
}

/// What a run knows of a model beside its rows and trials.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// What the model predicts, in words.
    pub target: String,
    /// How settings were chosen, in words.
    pub search: String,
    /// Version of the program.
    pub version: String,
    /// The first day that training did not see.
    pub as_of: Option<String>,
    /// Digests of the tables that it learned from, by stage and table.
    pub data: BTreeMap<String, String>,
    /// The stage's own settings, as JSON.
    pub stage: serde_json::Value,
}

/// Words that a column may have to be kept as a distribution: more are names rather than categories.
const WORDS: usize = 100;

impl Card {
    /// The card of a model that was trained or goes on; `meaning` says in words what a column is.
    pub fn of(
        data: &Labelled,
        trials: &Trials,
        judgement: &Judgement,
        about: About,
        meaning: impl Fn(&str) -> String,
    ) -> Card {
        let columns = data.matrix.columns();
        let members = trials.members();
        let members = members.iter().filter_map(|&member| trials.settings[member].as_ref());
        let numbers = |settings: &LearningSettings| {
            let pairs = settings.iter().map(|(name, value)| (name.to_owned(), value)).collect();
            (settings.model().to_owned(), pairs)
        };
        let is_kept = |values: &Values| !matches!(values, Values::Words { words, .. } if words.len() > WORDS);
        Card {
            format: FORMAT,
            target: about.target,
            model: trials.tried[trials.winner].name.clone(),
            handed_out: Some(judgement.chosen().name.clone()),
            told: Some(judgement.reported().name.clone()),
            version: about.version,
            as_of: about.as_of,
            rows: data.labels.len() as u64,
            base_rate: share(&data.labels),
            typical: columns.iter().map(|c| (c.name.clone(), Typical::of(&c.values))).collect(),
            metrics: judgement.list.iter().map(|judged| (judged.name.clone(), metrics(judged))).collect(),
            intervals: judgement.list.iter().filter_map(intervals).collect(),
            data: about.data,
            window: data.window.map(|(first, last)| [date(first), date(last)]),
            features: columns.iter().map(|c| (c.name.clone(), meaning(&c.name))).collect(),
            settings: members.map(numbers).collect(),
            search: about.search,
            stage: about.stage,
            folds: folds(data),
            calibration: trials.way().name().to_owned(),
            purchase_model: data.purchase_model,
            reasons: reasons(data),
            distributions: columns
                .iter()
                .filter(|column| is_kept(&column.values))
                .map(|column| (column.name.clone(), Distribution::of(&column.values)))
                .collect(),
            // Of the scores that are given out: later scores are compared with them.
            scores: trials.winning_scores().last().map(|scores| Distribution::of(&Values::Numbers(scores.clone()))),
        }
    }

    /// Reads a card.
    ///
    /// # Errors
    /// In words, when it is damaged or of a format that this version does not know.
    pub fn read(text: &[u8]) -> Result<Card, String> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_slice(text).map_err(|e| format!("the card is damaged: {e}"))?;
        if format > FORMAT {
            return Err(format!("the card is of format {format}; this version of patron reads up to {FORMAT}"));
        }
        serde_json::from_slice(text).map_err(|e| format!("the card is damaged: {e}"))
    }

    /// Rows with the column that the model's own purchase model makes, where they have none of their day.
    ///
    /// # Errors
    /// Never for rows without the column.
    pub fn completed(&self, rows: Matrix) -> Result<Matrix, LearningError> {
        completed(rows, self.purchase_model.as_ref())
    }

    /// The scores of all rows of a day as they are given out.
    ///
    /// # Errors
    /// When the rows lack a column that the model needs.
    pub fn scores(&self, model: &dyn Model, rows: &Matrix) -> Result<Vec<f64>, LearningError> {
        Ok(self.given_out(model.score(rows)?, no_purchase(rows)))
    }

    /// What the model's scores of all rows of a day are given out as; `chances` are what the purchase model expects of each row, 0 to 1.
    pub fn given_out(&self, scores: Vec<f64>, chances: Option<&[f64]>) -> Vec<f64> {
        scores_of_day(scores, chances, &self.calibration)
    }

    /// A column that the model needs and some rows do not have.
    pub fn missing_column(&self, rows: &Matrix) -> Option<&String> {
        self.features.keys().find(|name| rows.column(name).is_none())
    }
}

fn share(labels: &[bool]) -> f64 {
    labels.iter().filter(|left| **left).count() as f64 / labels.len() as f64
}

/// A day as `2025-12-31`.
fn date(time: i64) -> String {
    let (year, month, day) = civil_of_day(day_of(time));
    format!("{year:04}-{month:02}-{day:02}")
}

fn metrics(judged: &Judged) -> BTreeMap<String, f64> {
    let values = SHOWN.iter().zip(&judged.values).filter(|(_, figure)| figure.value.is_finite());
    values.map(|(shown, figure)| (shown.name.to_owned(), figure.value)).collect()
}

/// Ends of its intervals; nothing where none was estimated.
fn intervals(judged: &Judged) -> Option<(String, BTreeMap<String, [f64; 2]>)> {
    let known = |(_, figure): &(_, &Figure)| figure.low.is_finite() && figure.high.is_finite();
    let ends: BTreeMap<String, [f64; 2]> = SHOWN
        .iter()
        .zip(&judged.values)
        .filter(known)
        .map(|(shown, figure)| (shown.name.to_owned(), [figure.low, figure.high]))
        .collect();
    (!ends.is_empty()).then(|| (judged.name.clone(), ends))
}

fn folds(data: &Labelled) -> Vec<Fold> {
    let fold = |fold: &crate::learning::folds::Origin| Fold {
        date: (data.reach > 0).then(|| date(fold.snapshot)),
        train: fold.train.len() as u64,
        test: fold.test.len() as u64,
        base_rate: share(&data.truth(&fold.test)),
    };
    data.folds.iter().map(fold).collect()
}

fn reasons(data: &Labelled) -> Vec<Reason> {
    let all: u64 = data.reasons.iter().map(|reason| reason.customers).sum();
    let row = |count: &ReasonCount| Reason {
        reason: count.name.clone(),
        customers: count.customers,
        share: count.customers as f64 / all as f64,
        churn: count.churn,
    };
    data.reasons.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::super::calibration::CALIBRATIONS;
    use super::super::contest::Contest;
    use super::super::judgement::judge;
    use super::super::labelled::{Dates, Rows, by_date};
    use super::super::trials::try_all;
    use super::*;
    use crate::learning::metrics::CRITERIA;
    use crate::learning::{Column, MODELS};
    use crate::numeric::calendar::DAY;

    #[test]
    fn a_card_of_a_later_format_is_refused() {
        let old = r#"{"format": 1, "target": "", "model": "", "version": "", "as_of": null, "rows": 1, "base_rate": 0.5, "typical": {}, "metrics": {}}"#;
        assert_eq!(Card::read(old.as_bytes()).expect("an old card").told, None);
        let later = Card::read(br#"{"format": 2, "facts": []}"#).expect_err("not known");
        assert!(later.contains("format 2") && later.contains("up to 1"), "{later}");
        assert!(Card::read(b"{").expect_err("cut short").contains("damaged"));
    }

    #[test]
    fn a_card_says_what_was_learned_from_and_is_read_as_it_was_written() {
        let x: Vec<f64> = (0..400).map(|row| f64::from(row % 50)).collect();
        let names: Vec<String> = (0..400).map(|row| format!("name {row}")).collect();
        let matrix = Matrix::new(vec![Column::numbers("x", x), Column::words("name", &names)]).expect("two columns");
        let matrix = matrix.with_customers((0..400).map(|row| row % 50).collect()).expect("one per row");
        let matrix = matrix.with_snapshots((0..400).map(|row| i64::from(row / 50) * 30 * DAY).collect()).expect("all");
        let labels = (0..400).map(|row| (row % 50 < 20) != (row % 7 == 0)).collect();
        let fresh = matrix.take(&(350..400).collect::<Vec<u32>>());
        let dates = Dates { horizon_days: 30, gap_days: 0, tests: 2 };
        let data = by_date(Rows { matrix, labels, segments: None }, fresh, dates, false).expect("far enough apart");
        let models = [&MODELS[0]];
        let contest =
            Contest { models: &models, criterion: &CRITERIA[0], tries: 1, calibration: &CALIBRATIONS[1], seed: 1 };
        let trials = try_all(&data, &contest, &|_| {}).expect("both labels");
        let judgement = judge(&data, &trials, &contest).expect("no score is NaN");
        let about = About { target: "no order".to_owned(), ..About::default() };
        let card = Card::of(&data, &trials, &judgement, about, |name| format!("meaning of {name}"));
        assert_eq!((card.model.as_str(), card.rows, card.target.as_str()), ("logistic", 400, "no order"));
        assert_eq!(card.window, Some(["1970-01-01".to_owned(), "1970-07-30".to_owned()]));
        assert_eq!(card.folds[1].date.as_deref(), Some("1970-07-30"));
        assert_eq!((card.folds[1].test, card.folds[1].train), (50, 350));
        assert_eq!(card.features["x"], "meaning of x");
        assert!(card.distributions.contains_key("x") && !card.distributions.contains_key("name"), "no list of names");
        assert!(card.metrics["logistic"]["ROC AUC"] > card.metrics["base rate"]["ROC AUC"]);
        let [low, high] = card.intervals["logistic"]["ROC AUC"];
        assert!(low < card.metrics["logistic"]["ROC AUC"] && high > low);
        let again = Card::read(serde_json::to_string(&card).expect("plain data").as_bytes()).expect("its own format");
        assert_eq!(again.folds, card.folds);
        assert_eq!(again.missing_column(&data.matrix.only(&["x"])).map(String::as_str), Some("name"));
    }
}
