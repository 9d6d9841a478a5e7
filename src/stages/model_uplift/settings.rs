//! What a model of effects can be asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stage::setting::{Amount, Chosen, Count, Number, Positive};
use crate::stage::{Finding, Known, Upstream};
use crate::uplift::crossed::Plan;
use crate::uplift::learners::{Learner, LearnerRow};
use crate::uplift::money::Money;

/// A model of effects: what contacting a customer changes, learned from trials with a control arm, judged by customers whom the models did not
/// see, and made money for each customer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModelUplift {
    /// The stage with one row per customer and trial: `customer`, the arm and the outcome.
    pub(super) outcomes: Upstream,
    /// The stage with what was known of these customers before the trial: one row per customer, or per customer and trial where it has the
    /// column `trial` names. Rows of customers without features are set aside.
    pub(super) features: Upstream,
    /// The stage with the customers to score, with the same columns as of today; those of `features` if not given.
    pub(super) score: Option<Upstream>,
    /// The column of `outcomes` with the arm.
    pub(super) arm: String,
    /// The arm whose customers were left alone.
    pub(super) control: String,
    /// The column of `outcomes` with what came of it: 0 or 1, yes or no, or an amount.
    pub(super) outcome: String,
    /// The column of `outcomes` with the chance with which the customer got the arm, above 0, at most 1. If not given, the arm's share in its
    /// trial.
    pub(super) probability: Option<String>,
    /// The column of `outcomes` with the name of the trial; one trial if not given. A customer with two rows in one trial is set aside.
    pub(super) trial: Option<String>,
    /// The column of `outcomes` with whether the customer redeemed what was offered, 0 or 1. If not given and `incentive` is, everybody who has
    /// the outcome redeems.
    pub(super) redeemed: Option<String>,
    /// What a unit of outcome brings in the currency: the margin of a purchase, or the share of revenue that is margin; above 0.
    pub(super) margin: Positive,
    /// What a contact costs in the currency whatever comes of it, at least 0.
    pub(super) contact_cost: Amount,
    /// What it costs in the currency when the offer is redeemed, also by those who would have bought anyway; at least 0.
    pub(super) incentive: Amount,
    /// The learner whose effects are handed on. Chosen before looking at results: the best of several would promise too much.
    pub(super) learner: Chosen<LearnerRow>,
    /// Learners that are judged beside it.
    pub(super) compared: Vec<Chosen<LearnerRow>>,
    /// Into how many parts customers are divided, each judged by models of the others; 2 to 20.
    pub(super) folds: Count<2, 20>,
    /// Random halves of the customers from which standard errors of orders are taken, 50 to 5000.
    pub(super) draws: Count<50, 5_000>,
    /// Customers that each arm and control must have at least, 100 or more.
    pub(super) least_customers: Count<100, { u32::MAX }>,
    /// Columns that are not learned from.
    pub(super) exclude: Vec<String>,
}

impl Default for ModelUplift {
    fn default() -> ModelUplift {
        ModelUplift {
            outcomes: Upstream::default(),
            features: Upstream::default(),
            score: None,
            arm: "arm".to_owned(),
            control: "control".to_owned(),
            outcome: "outcome".to_owned(),
            probability: None,
            trial: None,
            redeemed: None,
            margin: Number::of(1.0),
            contact_cost: Number::of(0.0),
            incentive: Number::of(0.0),
            learner: Chosen::usual("x"),
            compared: ["dr", "forest", "t"].map(Chosen::usual).to_vec(),
            folds: Count::of(5),
            draws: Count::of(200),
            least_customers: Count::of(200),
            exclude: Vec::new(),
        }
    }
}

impl ModelUplift {
    /// The columns of `outcomes` that are read, with the settings that name them.
    pub(super) fn columns(&self) -> Vec<(&'static str, &str)> {
        let mut columns = vec![("arm", self.arm.as_str()), ("outcome", self.outcome.as_str())];
        let others = [("probability", &self.probability), ("trial", &self.trial), ("redeemed", &self.redeemed)];
        columns.extend(others.into_iter().filter_map(|(key, column)| Some((key, column.as_deref()?))));
        columns
    }

    /// The learners, the one that is handed on first.
    pub(super) fn learners(&self) -> Vec<&'static LearnerRow> {
        let mut rows = vec![self.learner.0];
        for other in &self.compared {
            if rows.iter().all(|row| row.learner != other.0.learner) {
                rows.push(other.0);
            }
        }
        rows
    }

    pub(super) fn plan(&self, seed: u64) -> Plan {
        let learners: Vec<Learner> = self.learners().iter().map(|row| row.learner).collect();
        Plan { learners, folds: self.folds.get() as usize, seed }
    }

    pub(super) fn money(&self) -> Money {
        Money { margin: self.margin.get(), contact: self.contact_cost.get(), incentive: self.incentive.get() }
    }

    /// What is wrong with the settings by themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.control.is_empty() {
            findings.push(
                Finding::at(
                    "control",
                    "is empty; without people who were left alone there is a response but no effect",
                )
                .help("name the arm whose customers were left alone"),
            );
        }
        if self.redeemed.is_some() && self.incentive.get() == 0.0 {
            findings.push(Finding::at("redeemed", "has no effect without `incentive`"));
        }
        findings
    }

    /// What is wrong with the columns that settings name.
    pub(super) fn column_findings(&self, known: &Known) -> Vec<Finding> {
        let own = self.columns();
        own.iter().filter_map(|(key, column)| known.column(key, &self.outcomes.0, column)).collect()
    }
}
