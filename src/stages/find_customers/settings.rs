//! What can be set, and what is wrong with that by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::churn::{Calibration, Contest};
use crate::learning::ModelRow;
use crate::learning::metrics::Criterion;
use crate::stage::setting::{Amount, Chance, Chosen, Count, Positive, Share, Span, SpanOr};
use crate::stage::{Finding, Known, Upstream};
use crate::stages::succession::RetrainWord;

/// Who would respond, learned from a trial, or who is like those of a list. Its table has one row per candidate and can be the `scores` of
/// `select-targets`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FindCustomers {
    /// The stage with one row per customer or prospect: `customer` and the columns to learn from. Everybody in it who was not in the trial,
    /// or is not on the list, is a candidate.
    pub(super) features: Upstream,
    /// The stage with one row per person who was contacted in the trial: `customer` and the outcome. Give this or `seed`.
    pub(super) trial: Option<Upstream>,
    /// The stage with the customers of a list, such as the best ones: candidates are scored by how alike they are. Give this or `trial`.
    pub(super) seed: Option<Upstream>,
    /// The column of `trial` with the outcome; rows without one are set aside. It is never learned from.
    pub(super) outcome: String,
    /// The outcome that means a response, in any case; everything else means none.
    pub(super) positive: String,
    /// The column of `trial` with the arm. Rows of the arm `control` were not contacted and are set aside.
    pub(super) arm: Option<String>,
    /// Margin of a response in the currency, above 0, the cost of the contact not subtracted. Without it there is no expected profit.
    pub(super) margin: Option<Positive>,
    /// Cost of a contact in the currency, at least 0.
    pub(super) cost: Amount,
    /// Columns not to learn from, such as what is known only after the contact.
    pub(super) exclude: Vec<String>,
    /// Models to try.
    pub(super) models: Vec<Chosen<ModelRow>>,
    /// The measure that chooses the best model; a simpler model within one standard error wins.
    pub(super) criterion: Chosen<Criterion>,
    /// Parts that persons are divided into, each judged by what the others teach; 2 to 20.
    pub(super) folds: Count<2, 20>,
    /// How many settings of each model are tried, 1 to 50: the defaults, a second choice, then random ones.
    pub(super) tries: Count<1, 50>,
    /// How scores become probabilities.
    pub(super) calibration: Chosen<Calibration>,
    /// Response rate that the next trial is planned for, above 0 and below 1; if not given, that of this trial, or 1, 2, 5 and 10 %.
    pub(super) expected_rate: Option<Chance>,
    /// When a new model of responses is trained: after a span such as `30d`, or one of the words; never while the outcomes of `trial` are those
    /// of the last training. Until then, and until the new model wins, the active model scores. When another setting that decides what is
    /// learned changes, a new model is trained at once and replaces the active one.
    pub(super) retrain: SpanOr<RetrainWord>,
    /// By how much a new model must beat the active one on persons of the trial whom neither had learned from, in units of the criterion; 0
    /// to 1.
    pub(super) win_by: Share,
}

impl Default for FindCustomers {
    fn default() -> FindCustomers {
        FindCustomers {
            features: Upstream::default(),
            trial: None,
            seed: None,
            outcome: "outcome".to_owned(),
            positive: "Yes".to_owned(),
            arm: None,
            margin: None,
            cost: Amount::of(0.0),
            exclude: Vec::new(),
            models: ["logistic", "gradient-boosting"].map(Chosen::usual).to_vec(),
            criterion: Chosen::default(),
            folds: Count::of(5),
            tries: Count::of(2),
            calibration: Chosen::default(),
            expected_rate: None,
            retrain: SpanOr::Span(Span::of_days(30)),
            win_by: Share::default(),
        }
    }
}

impl FindCustomers {
    /// The models to try.
    pub(super) fn rows_of_models(&self) -> Vec<&'static ModelRow> {
        self.models.iter().map(|model| model.0).collect()
    }

    /// What competes, and by what.
    pub(super) fn contest<'a>(&self, models: &'a [&'static ModelRow], seed: u64) -> Contest<'a> {
        let (criterion, calibration) = (self.criterion.0, self.calibration.0);
        Contest { models, criterion, tries: self.tries.get() as usize, calibration, seed }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match (&self.trial, &self.seed) {
            (Some(_), Some(_)) => {
                findings.push(Finding::at("seed", "give `trial` or `seed`, not both"));
            }
            (None, None) => findings.push(Finding::at("trial", "nothing says whom to look for").help(
                "name the stage with the outcomes of a small trial as `trial`, or one with a list of customers as `seed`",
            )),
            _ => {}
        }
        if self.models.is_empty() {
            findings.push(Finding::at("models", "name one model at least"));
        }
        if self.seed.is_some() {
            for (key, given) in [("margin", self.margin.is_some()), ("arm", self.arm.is_some())] {
                if given {
                    findings.push(Finding::at(key, format!("`{key}` needs `trial`: a seed list has no responses")));
                }
            }
        }
        findings
    }

    pub(super) fn column_findings(&self, known: &Known) -> Vec<Finding> {
        let Some(trial) = &self.trial else { return Vec::new() };
        let named = [("outcome", Some(self.outcome.as_str())), ("arm", self.arm.as_deref())];
        named.into_iter().filter_map(|(key, column)| known.column(key, &trial.0, column?)).collect()
    }
}
