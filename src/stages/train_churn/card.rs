//! What is known about a trained model, as it travels with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TrainChurn;
use crate::churn::calibration::scores_of_day;
use crate::churn::purchases::completed;
use crate::churn::{
    Distribution, Judged, Judgement, Labelled, NO_PURCHASE, PurchaseModel, ReasonCount, SHOWN, Trials, Typical,
};
use crate::diagnostics::Result;
use crate::features::{FEATURES, index_of};
use crate::learning::{Matrix, Model, Settings, Values};
use crate::stage::{Context, table_name};
use crate::stages::rows::bad;
use crate::tables::Date;

/// The format that is written, and the newest that can be read.
const FORMAT: u32 = 1;

/// What is known about a trained model.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Card {
    /// Format of the card.
    pub format: u32,
    /// What the model predicts, in words.
    pub target: String,
    /// Its row in the table of models.
    pub model: String,
    /// Its name among the metrics, with its calibration, as its scores are handed out.
    #[serde(default)]
    pub handed_out: Option<String>,
    /// The name among the metrics whose figures are told: model, settings and calibration chosen before each judged date, where there are
    /// enough dates; else as handed out.
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
    /// How settings were chosen: on rows that no reported figure stands on.
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
    /// Why customers left, where that is told, the most frequent reason first.
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

impl TrainChurn {
    pub(super) fn card(&self, cx: &Context, data: &Labelled, trials: &Trials, judgement: &Judgement) -> Card {
        let typical = data.matrix.columns().iter().map(|column| (column.name.clone(), Typical::of(&column.values)));
        let by_measure = |of: &dyn Fn(usize, &Judged) -> Option<f64>, judged| {
            let values = SHOWN.iter().enumerate().map(|(i, shown)| (shown.name.to_owned(), of(i, judged)));
            values.filter_map(|(name, value)| Some((name, value.filter(|v| v.is_finite())?))).collect()
        };
        let metrics = judgement
            .list
            .iter()
            .map(|judged| (judged.name.clone(), by_measure(&|i, judged| Some(judged.values[i].value), judged)));
        let intervals = judgement.list.iter().filter_map(|judged| {
            let ends: BTreeMap<String, [f64; 2]> = SHOWN
                .iter()
                .zip(&judged.values)
                .filter(|(_, e)| e.low.is_finite() && e.high.is_finite())
                .map(|(shown, e)| (shown.name.to_owned(), [e.low, e.high]))
                .collect();
            (!ends.is_empty()).then(|| (judged.name.clone(), ends))
        });
        let digests = cx.inputs.iter().flat_map(|(name, stored)| {
            stored.record.tables.iter().map(move |(suffix, table)| (table_name(name, suffix), table.digest.clone()))
        });
        let meaning = |name: &str| match index_of(name) {
            Some(index) => FEATURES[index].meaning.split_whitespace().collect::<Vec<_>>().join(" "),
            None if name == NO_PURCHASE => {
                "chance of no purchase within the horizon by BG/NBD, fitted to each date's customers".to_owned()
            }
            None => "as in the data".to_owned(),
        };
        let members = trials.members();
        let members = members.iter().filter_map(|&member| trials.settings[member].as_ref());
        let numbers = |settings: &Settings| {
            let pairs = settings.iter().map(|(name, value)| (name.to_owned(), value)).collect();
            (settings.model().to_owned(), pairs)
        };
        Card {
            format: FORMAT,
            target: data.target.clone(),
            model: trials.tried[trials.winner].name.clone(),
            handed_out: Some(judgement.chosen().name.clone()),
            told: Some(judgement.reported().name.clone()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            as_of: cx.made.as_of.clone(),
            rows: data.labels.len() as u64,
            base_rate: data.labels.iter().filter(|l| **l).count() as f64 / data.labels.len() as f64,
            typical: typical.collect(),
            metrics: metrics.collect(),
            intervals: intervals.collect(),
            data: digests.collect(),
            window: data.window.map(|(first, last)| [first, last].map(|time| Date::of_civil_seconds(time).to_string())),
            features: data.matrix.columns().iter().map(|c| (c.name.clone(), meaning(&c.name))).collect(),
            settings: members.map(numbers).collect(),
            search: trials.search.clone(),
            stage: serde_json::to_value(self).expect("settings are plain data"),
            folds: data
                .folds
                .iter()
                .map(|fold| Fold {
                    date: (data.reach > 0).then(|| Date::of_civil_seconds(fold.snapshot).to_string()),
                    train: fold.train.len() as u64,
                    test: fold.test.len() as u64,
                    base_rate: data.truth(&fold.test).iter().filter(|l| **l).count() as f64 / fold.test.len() as f64,
                })
                .collect(),
            calibration: trials.way().name().to_owned(),
            purchase_model: data.purchase_model,
            reasons: reasons(data),
            distributions: data
                .matrix
                .columns()
                .iter()
                // Hundreds of words are not a distribution but a list, of names perhaps.
                .filter(|column| !matches!(&column.values, Values::Words { words, .. } if words.len() > 100))
                .map(|column| (column.name.clone(), Distribution::of(&column.values)))
                .collect(),
            // Of what is handed out: scores to come are compared with them.
            scores: trials.winning_scores().last().map(|scores| Distribution::of(&Values::Numbers(scores.clone()))),
        }
    }
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

impl Card {
    /// Reads a card.
    ///
    /// # Errors
    /// In words, when it is damaged or of a format that this version does not know.
    pub fn read(text: &[u8]) -> std::result::Result<Card, String> {
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

    /// The first day that training did not see, civil seconds.
    pub fn trained(&self) -> Option<i64> {
        self.as_of.as_deref().and_then(|text| text.parse().ok()).map(Date::midnight)
    }

    /// Rows with the column that the model's own purchase model makes, where they have none of their day.
    pub fn completed(&self, rows: Matrix) -> Result<Matrix> {
        completed(rows, self.purchase_model.as_ref()).map_err(bad)
    }

    /// The scores of some rows as they are given out on their day.
    pub fn scores(&self, model: &dyn Model, rows: &Matrix) -> Result<Vec<f64>> {
        scores_of_day(model, rows, &self.calibration).map_err(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::Card;

    #[test]
    fn a_card_of_a_later_format_is_refused() {
        let old = r#"{"format": 1, "target": "", "model": "", "version": "", "as_of": null, "rows": 1, "base_rate": 0.5, "typical": {}, "metrics": {}}"#;
        assert_eq!(Card::read(old.as_bytes()).expect("an old card").told, None);
        let later = Card::read(br#"{"format": 2, "facts": []}"#).expect_err("not known");
        assert!(later.contains("format 2") && later.contains("up to 1"), "{later}");
        assert!(Card::read(b"{").expect_err("cut short").contains("damaged"));
    }
}
