//! What a rule may, must and must not hold, as settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mining::{Aggregate, Side, ValueConstraint};
use crate::stage::setting::Chosen;

/// Constraints on the items of rules. Each entry is an item's code or name, or `category:NAME` for all items of a category.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ItemRules {
    /// Each of these must be in the rule; of a category at least one item.
    pub(super) must: Vec<String>,
    /// None of these may be in a rule.
    pub(super) must_not: Vec<String>,
    /// These may be in the antecedent only.
    pub(super) only_left: Vec<String>,
    /// These may be in the consequent only.
    pub(super) only_right: Vec<String>,
    /// At least one of these must be in the rule.
    pub(super) at_least_one_of: Vec<String>,
    /// At least one of these must be in the antecedent.
    pub(super) left_one_of: Vec<String>,
    /// At least one of these must be in the consequent.
    pub(super) right_one_of: Vec<String>,
    /// Everything in the consequent must be among these.
    pub(super) right_among: Vec<String>,
    /// What the items of a side must earn, where margins are known.
    pub(super) margins: Vec<MarginRule>,
}

/// A bound on what items earn in a basket that holds them, in currency: `{ side = "right", of = "sum", at_least = 2.5 }`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MarginRule {
    /// Whose items.
    pub(super) side: Chosen<Side>,
    /// How the items' mean margins become one number.
    pub(super) of: Chosen<Aggregate>,
    /// The least that passes. Default: anything.
    pub(super) at_least: Option<f64>,
    /// The most that passes. Default: anything.
    pub(super) at_most: Option<f64>,
}

impl Default for MarginRule {
    fn default() -> MarginRule {
        MarginRule { side: Chosen::usual("right"), of: Chosen::usual("sum"), at_least: None, at_most: None }
    }
}

impl MarginRule {
    /// As the rooms of rules have it, by what each item earns.
    pub(super) fn constraint(&self, margins: &[f64]) -> ValueConstraint {
        ValueConstraint {
            side: *self.side,
            values: margins.to_vec(),
            aggregate: *self.of,
            at_least: self.at_least.unwrap_or(f64::NEG_INFINITY),
            at_most: self.at_most.unwrap_or(f64::INFINITY),
        }
    }
}
