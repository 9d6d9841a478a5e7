//! What can be set, and what the rules make of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::periods::{Endless, Period};
use crate::lifecycle::{ContractRules, Rules};
use crate::stage::setting::{Amount, Choice, Chosen, Count, Number, Positive, Share, Span, SpanOr};
use crate::stage::{Finding, Upstream};
use crate::stages::contracts::ContractTable;

/// Stages of life, at each period's end and now. Its table has one row per customer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrackLifecycle {
    /// The `clean-orders` stage. With `contracts` it is not needed; if given, it says what customers of each stage bring.
    pub(super) orders: Option<Upstream>,
    /// For contracts: a history of statuses, or of contracts with their ends. Their dates then decide instead of orders.
    pub(super) contracts: Option<ContractTable>,
    /// Who was contacted and who was held back as a control group: gives the value of a contact by stage.
    pub(super) contacts: Option<ContactTable>,
    /// The periods at whose ends stages are read.
    pub(super) period: Chosen<Period>,
    /// How many ends of periods `history` holds, the latest, and `migrations` the moves between; 2 to 520. Chances and values are learned from
    /// those of about the last year.
    pub(super) periods: Count<2, 520>,
    /// Share of money that is margin, from 0 to 1: what is left of revenue to pay for contacts and profit.
    pub(super) margin: Share,
    /// Discount a year, above 0: 0.1 makes 110 in a year worth 100 now.
    pub(super) discount: Positive,
    /// How far ahead customers' value looks, or `endless`. Stages forget what came before them, so an endless value is too high for
    /// customers long gone.
    pub(super) horizon: SpanOr<Endless>,
    /// Cost of one contact, in the currency.
    pub(super) contact_cost: Amount,
    /// Where one stage ends and the next begins.
    pub(super) rules: StageRules,
}

impl Default for TrackLifecycle {
    fn default() -> TrackLifecycle {
        TrackLifecycle {
            orders: None,
            contracts: None,
            contacts: None,
            period: Chosen::default(),
            periods: Count::of(25),
            margin: Number::of(1.0),
            discount: Number::of(0.1),
            horizon: SpanOr::Span(Span::of_days(365)),
            contact_cost: Amount::default(),
            rules: StageRules::default(),
        }
    }
}

/// The rules. The first that matches decides: prospect, returned, new, building or loyal, slipping, dormant, lost. A customer's typical gap is the
/// geometric mean of the own days between orders, drawn to the shop's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StageRules {
    /// Days for which a customer with orders on one day is new; with contracts, days of the first contract.
    new_days: Count<1, 36_500>,
    /// Days of silence until which a customer with orders on one day is slipping; at least `new_days`.
    one_time_days: Count<1, 36_500>,
    /// Days with orders from which a customer is loyal.
    loyal_orders: Count<2, 10_000>,
    /// Typical gaps of silence until which a customer is not overdue.
    slipping_gaps: Positive,
    /// Typical gaps of silence until which a customer is slipping; at least `slipping_gaps`.
    dormant_gaps: Positive,
    /// Days of silence until which a customer is dormant; at least `one_time_days`.
    lost_days: Count<1, 36_500>,
    /// Days for which a customer counts as returned after an order that ended a silence; 0: no such stage.
    returned_days: Count<0, 36_500>,
    /// Weight of the shop's usual gap against the customer's own, as a number of gaps.
    prior_gaps: Positive,
    /// The shop's usual gap; if not given, as known at each date. Give it to freeze the rules over the years.
    usual_gap: Option<Span>,
    /// How far beyond a limit of typical gaps the silence must be to leave a stage at once, as a share of the limit; 0: not at all.
    leave_margin: Share,
    /// Periods in a row at whose ends a customer must be beyond the limit to leave the stage without the margin.
    leave_periods: Count<1, 100>,
    /// Customers whose first order on record comes so soon after the beginning of the data are never new: earlier orders may be missing.
    edge: SpanOr<Edge>,
    /// With contracts: days under contract from which a customer is loyal.
    loyal_contract_days: Count<1, 36_500>,
}

/// Edges of the data that are no span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    NewDays,
    Nobody,
}

impl Choice for Edge {
    const WHAT: &'static str = "edge";

    fn rows() -> &'static [Edge] {
        &[Edge::NewDays, Edge::Nobody]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Edge::NewDays => ("new_days", "as many days as a customer is new"),
            Edge::Nobody => ("none", "nobody: the data hold the first orders of all customers"),
        }
    }
}

impl Edge {
    /// Its days; nothing for those of `new_days`.
    fn days(self) -> Option<u32> {
        match self {
            Edge::NewDays => None,
            Edge::Nobody => Some(0),
        }
    }
}

impl Default for StageRules {
    fn default() -> StageRules {
        let (usual, contracts) = (Rules::default(), ContractRules::default());
        StageRules {
            new_days: Count::of(usual.new_days),
            one_time_days: Count::of(usual.one_time_days),
            loyal_orders: Count::of(usual.loyal_days),
            slipping_gaps: Number::of(usual.slipping_gaps),
            dormant_gaps: Number::of(usual.dormant_gaps),
            lost_days: Count::of(usual.lost_days),
            returned_days: Count::of(usual.returned_days),
            prior_gaps: Number::of(usual.prior_gaps),
            usual_gap: None,
            leave_margin: Number::of(usual.margin),
            leave_periods: Count::of(usual.patience),
            edge: SpanOr::Word(Chosen::default()),
            loyal_contract_days: Count::of(contracts.loyal_days),
        }
    }
}

impl StageRules {
    /// The rules by orders.
    pub(super) fn by_orders(&self) -> Rules {
        Rules {
            new_days: self.new_days.get(),
            one_time_days: self.one_time_days.get(),
            loyal_days: self.loyal_orders.get(),
            slipping_gaps: self.slipping_gaps.get(),
            dormant_gaps: self.dormant_gaps.get(),
            lost_days: self.lost_days.get(),
            returned_days: self.returned_days.get(),
            prior_gaps: self.prior_gaps.get(),
            usual_gap: self.usual_gap.as_ref().map(|gap| gap.days() as f64),
            margin: self.leave_margin.get(),
            patience: self.leave_periods.get(),
            edge_days: match &self.edge {
                SpanOr::Span(span) => Some(span.days() as u32),
                SpanOr::Word(word) => word.days(),
            },
        }
    }

    /// The rules by contracts.
    pub(super) fn by_contracts(&self) -> ContractRules {
        ContractRules {
            new_days: self.new_days.get(),
            loyal_days: self.loyal_contract_days.get(),
            returned_days: self.returned_days.get(),
        }
    }
}

/// Contacts, one row per customer and contact, such as the tables of `select-targets` kept over time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactTable {
    /// The stage whose table has the contacts; `customer` is the account id.
    pub(super) from: Upstream,
    /// The column with the date of the contact.
    #[serde(default = "ContactTable::at")]
    pub(super) at: String,
    /// The column that is true for those held back.
    #[serde(default = "ContactTable::control")]
    pub(super) control: String,
}

impl ContactTable {
    fn at() -> String {
        "valid_from".to_owned()
    }

    fn control() -> String {
        "control".to_owned()
    }
}

impl TrackLifecycle {
    /// What is wrong across settings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.contracts.iter().flat_map(ContractTable::findings).collect();
        if self.orders.is_none() && self.contracts.is_none() {
            findings.push(Finding::at("orders", super::NO_SOURCE));
        }
        if self.contacts.is_some() && self.orders.is_none() {
            findings.push(Finding::at("contacts", "what a contact brings is seen in `orders`: name them too"));
        }
        // Where contracts decide, the rules of orders are not used.
        if self.contracts.is_none()
            && let Err(error) = self.rules.by_orders().check()
        {
            findings.push(Finding::at("rules", error.to_string()));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_orders_are_checked_where_orders_decide() {
        let settings = |text: &str| toml::from_str::<TrackLifecycle>(text).expect("settings").findings().len();
        let rules = "rules = { new_days = 300 }\n";
        assert_eq!(settings(&format!("orders = 'orders'\n{rules}")), 1, "a one-time buyer is slipping for 180 days");
        assert_eq!(settings(&format!("contracts = {{ from = 'contracts', until = 'until' }}\n{rules}")), 0);
    }

    #[test]
    fn usual_settings_are_the_usual_rules() {
        let usual = StageRules::default();
        assert_eq!(usual.by_orders(), Rules::default());
        assert_eq!(usual.by_contracts(), ContractRules::default());
        let edge = |text: &str| toml::from_str::<StageRules>(text).expect("rules").by_orders().edge_days();
        assert_eq!(["", "edge = 'none'", "edge = '20w'"].map(edge), [90, 0, 140]);
    }
}
