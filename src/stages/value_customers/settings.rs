//! The settings of `value-customers`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stage::setting::{Amount, Chance, Chosen, Count, Positive, Share, Span};
use crate::stage::{Finding, Known, Upstream};
use crate::stages::contracts::ContractTable;
use crate::worth::candidates::{Candidate, Wants};
use crate::worth::challenger::TWO_PART;
use crate::worth::judging::Criterion;

/// What each customer is worth. Give `orders`, or `contracts` where the business has them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ValueCustomers {
    /// The `clean-orders` stage. Not with `contracts`.
    pub(super) orders: Option<Upstream>,
    /// For businesses with contracts that are renewed: a history of statuses, or of contracts with their ends.
    pub(super) contracts: Option<ContractTable>,
    /// For contracts: the time for which a payment is made, such as `30d` or `365d`.
    pub(super) period: Span,
    /// For contracts: what customers pay each period. Without it, payments are counted and money columns are empty.
    pub(super) payments: Option<Payments>,
    /// For contracts: the column of their table with the reason for which a customer left.
    pub(super) reason: Option<String>,
    /// Reasons that are not the customer's own decision: such ends only end what is known of a contract.
    pub(super) not_churn: Vec<String>,
    /// The time that forecasts and intervals are of, and by which models are judged, such as `90d`.
    pub(super) horizon: Span,
    /// Yearly interest by which what comes later is discounted, such as 0.15; above 0, because without it the sum of all that may come
    /// can be infinite.
    pub(super) interest: Positive,
    /// The margin as a share of the price, for items without a cost in `costs`, 0 to 1. Without both, money columns are empty.
    pub(super) margin: Option<Share>,
    /// A table with the column `item` and what one piece costs the shop in `unit_cost`.
    pub(super) costs: Option<Upstream>,
    /// A table of what serving customers cost, with the columns `customer`, `cost` and, if known, `time`: contacts, deliveries,
    /// handling of returns. It is subtracted from the existing value; without it nothing is.
    pub(super) serve: Option<Upstream>,
    /// A table of who brought whom, with the columns `customer` (who referred) and `referred` (who came) and, if known, `reward` and `time`.
    /// Without it the columns `influence` and `credited` are empty.
    pub(super) referrals: Option<Upstream>,
    /// The chance that a referred customer would not have come otherwise, 0 to 1, as the shop measured it. Needed with `referrals`.
    pub(super) would_not_have_come: Option<Share>,
    /// A table of what customers taught the shop, with the column `customer` and, if known, `time`: answers to surveys, reviews, returns with
    /// a reason. Without it the column `learning` is empty.
    pub(super) answers: Option<Upstream>,
    /// What an answer is worth to the shop, in currency units. Needed with `answers`.
    pub(super) answer_price: Option<Amount>,
    /// A table of the uplift of offers as an experiment measured it, with the columns `customer` and `uplift` (margin that the offer adds).
    /// It is added to the potential; without it nothing is.
    pub(super) cross_sell: Option<Upstream>,
    /// Covariates of customers that do not change over time.
    pub(super) covariates: Option<Covariates>,
    /// The models to try; those that do not suit the shop are left out: models of regular buyers where purchases are not more regular than
    /// chance (k below 1.5), those with covariates without `covariates`, BG/BB without `opportunity`. `two-part` is compared with the
    /// others, but gives no forecasts.
    pub(super) models: Vec<Chosen<Candidate>>,
    /// The criterion by which the model is chosen, as a mean over past dates.
    pub(super) choose_by: Chosen<(Criterion, &'static str, &'static str)>,
    /// How many past dates models are judged at, a horizon apart; those without enough history before them are left out. 0 takes the
    /// first model that can be fitted.
    pub(super) origins: Count<0, 24>,
    /// Whether the season of the shop is taken into account, where there is nearly a year of history or more.
    pub(super) season: bool,
    /// Where customers can only buy at certain times, such as at each monthly delivery: the time between them, such as `30d`.
    pub(super) opportunity: Option<Span>,
    /// Models are fitted to and judged by so many customers at most, evenly taken; BG/NBD and MBG/NBD are fitted to all in the end.
    pub(super) sample: Count<1000, { u32::MAX }>,
    /// The share of customers that counts as the top, for value segments and for who stayed on top, 0 to 1.
    pub(super) top: Share,
    /// Customers whose chance of no order within the horizon is at least this are lost.
    pub(super) lost_above: Chance,
    /// The running shares of the money at which ABC classes A and B end, ascending.
    pub(super) classes: [Chance; 2],
}

/// What customers pay each period.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payments {
    /// The stage with one row per customer, or per contract of a customer; `customer` is its account id.
    pub(super) from: Upstream,
    /// The column with what is paid each period; several rows of a customer are added up.
    pub(super) amount: String,
}

/// Covariates of customers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Covariates {
    /// The stage with one row per customer; `customer` is its account id.
    pub(super) from: Upstream,
    /// Its columns to use: numbers as they are, words as yes or no for each but the most frequent one.
    pub(super) columns: Vec<String>,
}

impl Default for ValueCustomers {
    fn default() -> ValueCustomers {
        ValueCustomers {
            orders: None,
            contracts: None,
            period: Span::of_days(30),
            payments: None,
            reason: None,
            not_churn: Vec::new(),
            horizon: Span::of_days(90),
            interest: Positive::of(0.15),
            margin: None,
            costs: None,
            serve: None,
            referrals: None,
            would_not_have_come: None,
            answers: None,
            answer_price: None,
            cross_sell: None,
            covariates: None,
            models: [
                "bg-nbd",
                "mbg-nbd",
                "pareto-nbd",
                "mbg-cnbd-k",
                "bg-nbd-covariates",
                "pareto-nbd-covariates",
                "bg-bb",
                "two-part",
            ]
            .map(Chosen::usual)
            .to_vec(),
            choose_by: Chosen::usual("log-likelihood"),
            origins: Count::of(4),
            season: true,
            opportunity: None,
            sample: Count::of(10_000),
            top: Share::of(0.2),
            lost_above: Chance::of(0.9),
            classes: [0.8, 0.95].map(Chance::of),
        }
    }
}

impl ValueCustomers {
    /// What is wrong across settings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match (&self.orders, &self.contracts) {
            (None, None) => findings.push(
                Finding::at("orders", "there is nothing to value customers by")
                    .help("name the `clean-orders` stage as `orders`, or give `contracts`"),
            ),
            (Some(_), Some(_)) => {
                findings.push(Finding::at("contracts", "give either `orders` or `contracts`"));
            }
            (Some(_), None) => {
                let given = self.of_contracts().into_iter().filter(|(_, given)| *given);
                findings.extend(given.map(|(key, _)| {
                    Finding::at(key, format!("`{key}` is of contracts and has no effect with `orders`"))
                        .help("give `contracts`, or leave it out")
                }));
            }
            (None, Some(contracts)) => {
                findings.extend(contracts.findings());
                let given = self.of_orders().into_iter().filter(|(_, given)| *given);
                findings.extend(given.map(|(key, _)| {
                    Finding::at(key, format!("`{key}` is of orders and has no effect with `contracts`"))
                        .help("give `orders`, or leave it out")
                }));
            }
        }
        if self.referrals.is_some() != self.would_not_have_come.is_some() {
            findings.push(
                Finding::at("referrals", "`referrals` and `would_not_have_come` go together")
                    .help("the chance must be measured: no usual value fits all shops"),
            );
        }
        if self.answers.is_some() != self.answer_price.is_some() {
            findings.push(Finding::at("answers", "`answers` and `answer_price` go together"));
        }
        if self.models.is_empty() {
            findings.push(Finding::at("models", "there is no model to try"));
        } else if self.models.iter().all(|model| model.0.name == TWO_PART) {
            findings.push(
                Finding::at("models", "`two-part` is only compared with models: there is none that gives forecasts")
                    .help("name another model too, such as `mbg-nbd`"),
            );
        }
        findings.extend(self.model_findings());
        if !self.not_churn.is_empty() && self.reason.is_none() {
            findings.push(
                Finding::at("not_churn", "reasons are named, but not the column that they stand in")
                    .help("write reason = \"COLUMN\""),
            );
        }
        if self.contracts.is_some() && self.payments.is_none() && self.margin.is_some() {
            findings.push(
                Finding::at("margin", "without `payments` there is no price that it is a share of")
                    .help("give `payments`, or leave it out"),
            );
        }
        if self.classes[0].get() >= self.classes[1].get() {
            findings.push(Finding::at("classes", "the shares must ascend"));
        }
        if self.covariates.as_ref().is_some_and(|covariates| covariates.columns.is_empty()) {
            findings.push(Finding::at("covariates", "`columns` names no covariate"));
        }
        findings
    }

    /// Models that are asked for and cannot be tried, because what they need is not given. Those of the usual list are left out in silence.
    fn model_findings(&self) -> Vec<Finding> {
        let usual = ValueCustomers::default();
        let mut findings = Vec::new();
        for model in self.models.iter().filter(|_| self.models != usual.models) {
            let missing = match model.0.wants {
                Wants::Opportunities if self.opportunity.is_none() => "opportunity",
                Wants::Covariates if self.covariates.is_none() => "covariates",
                _ => continue,
            };
            findings.push(Finding::at("models", format!("`{}` needs `{missing}`, which is not given", model.0.name)));
        }
        findings
    }

    /// Settings that only contracts have, and whether they are given: what is as usual has no effect and does no harm.
    fn of_contracts(&self) -> [(&'static str, bool); 4] {
        let usual = ValueCustomers::default();
        [
            ("payments", self.payments.is_some()),
            ("period", self.period != usual.period),
            ("reason", self.reason.is_some()),
            ("not_churn", !self.not_churn.is_empty()),
        ]
    }

    /// The same of settings that only orders have.
    fn of_orders(&self) -> [(&'static str, bool); 7] {
        let usual = ValueCustomers::default();
        let names = |settings: &ValueCustomers| settings.models.iter().map(|model| model.0.name).collect::<Vec<_>>();
        [
            ("costs", self.costs.is_some()),
            ("covariates", self.covariates.is_some()),
            ("models", names(self) != names(&usual)),
            ("choose_by", self.choose_by.0.1 != usual.choose_by.0.1),
            ("season", self.season != usual.season),
            ("opportunity", self.opportunity.is_some()),
            ("sample", self.sample != usual.sample),
        ]
    }

    /// What is wrong with the columns that are named, by what is known of the tables.
    pub(super) fn column_findings(&self, known: &Known) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.contracts.iter().flat_map(|table| table.check_columns(known, self.reason.as_deref())).collect();
        let named = [
            ("costs", &self.costs, "unit_cost"),
            ("serve", &self.serve, "cost"),
            ("cross_sell", &self.cross_sell, "uplift"),
        ];
        for (key, stage, column) in named {
            findings.extend(stage.iter().filter_map(|stage| known.column(key, &stage.0, column)));
        }
        if let Some(payments) = &self.payments {
            findings.extend(known.column("payments", &payments.from.0, &payments.amount));
        }
        if let Some(covariates) = &self.covariates {
            let columns = covariates.columns.iter();
            findings.extend(columns.filter_map(|column| known.column("covariates", &covariates.from.0, column)));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(settings: &ValueCustomers) -> Vec<&'static str> {
        let given = settings.of_contracts().into_iter().chain(settings.of_orders());
        given.filter(|(_, given)| *given).map(|(key, _)| key).collect()
    }

    #[test]
    fn settings_without_effect_are_seen_only_where_they_are_not_as_usual() {
        assert!(keys(&ValueCustomers::default()).is_empty());
        let given = ValueCustomers {
            period: Span::of_days(365),
            reason: Some("why".to_owned()),
            season: false,
            sample: Count::of(5000),
            choose_by: Chosen::usual("gini"),
            models: vec![Chosen::usual("mbg-nbd")],
            ..ValueCustomers::default()
        };
        assert_eq!(keys(&given), ["period", "reason", "models", "choose_by", "season", "sample"]);
    }
}
