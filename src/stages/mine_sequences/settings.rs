//! The settings, each with the default that suits most shops.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stage::Upstream;

/// What follows what, and when. Distances are days (`90d`) or orders (`2o`).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MineSequences {
    /// The `clean-orders` stage. Only orders of known customers can follow one another.
    pub(super) orders: Upstream,
    /// What makes one element of a sequence: `day`, all that a customer orders on a day, or `order`.
    #[serde(default)]
    pub(super) element: Element,
    /// For rules and patterns, orders within so many days of the first of them count as one, whatever is read of them; 0
    /// merges none.
    #[serde(default)]
    pub(super) merge_days: u32,
    /// What rules and patterns are made of: `item`, `category`, or `both`, each item beside its category. Items need no
    /// category; those without stay as they are.
    #[serde(default)]
    pub(super) level: ItemLevel,
    /// If not empty, only these item codes and categories are read.
    #[serde(default)]
    pub(super) only: Vec<String>,
    /// Item codes and categories that are not read.
    #[serde(default)]
    pub(super) leave_out: Vec<String>,

    /// Days after the antecedent within which a purchase of the consequent makes a rule.
    #[serde(default = "usual_days")]
    pub(super) days: u32,
    /// Least customers that follow a rule: below 1 a share of all customers, otherwise a count.
    #[serde(default = "usual_rule_support")]
    pub(super) rule_support: f64,
    /// Fewest customers that follow a rule, however few customers there are.
    #[serde(default = "usual_followers")]
    pub(super) min_followers: u64,
    /// Least share that buys the consequent in time, 0 to 1.
    #[serde(default = "usual_confidence")]
    pub(super) min_confidence: f64,
    /// Least rule lift: that share over the usual one in the same weeks.
    #[serde(default = "usual_lift")]
    pub(super) min_lift: f64,
    /// Most items of an antecedent, those of all its orders together. Each more costs much time.
    #[serde(default = "one")]
    pub(super) antecedent_items: u32,
    /// Most orders of an antecedent.
    #[serde(default = "one")]
    pub(super) antecedent_orders: u32,
    /// Most days from one order of an antecedent to the next.
    #[serde(default = "usual_step")]
    pub(super) step_days: u32,
    /// Most items of the antecedent of a rule whose items come in whatever order, within `step_days`; 0 finds no such rules,
    /// and 1 only those of two items on the other side, with `partial_pairs`. They stand in the table of rules with the kind
    /// `partial`.
    #[serde(default = "two")]
    pub(super) partial_items: u32,
    /// Least customers that follow such a rule: below 1 a share of all customers, otherwise a count.
    #[serde(default = "usual_support")]
    pub(super) partial_support: f64,
    /// Whether the consequent of such a rule may be two items, both bought in time.
    #[serde(default)]
    pub(super) partial_pairs: bool,
    /// Whether the consequent of an ordered rule may be an item of the antecedent; the two sides of a `partial` rule share
    /// none. Repeat purchases are what `cycles` is for.
    #[serde(default)]
    pub(super) repeats: bool,
    /// Level of significance after correction.
    #[serde(default = "usual_alpha")]
    pub(super) alpha: f64,
    /// Correction for the number of rules tested: none, bonferroni, holm, benjamini-hochberg or benjamini-yekutieli.
    #[serde(default = "usual_correction")]
    pub(super) correction: String,
    /// The send window is the shortest that holds this share of the followers, 0 to 1.
    #[serde(default = "half")]
    pub(super) send_share: f64,
    /// Days before the as-of date that rules are not mined from but tried on; 0 mines from all and tries nothing.
    #[serde(default = "usual_validation")]
    pub(super) validate_days: u32,

    /// Which sequential patterns the table of patterns holds: all, closed, maximal or generators.
    #[serde(default = "usual_kind")]
    pub(super) patterns: String,
    /// Least support of a pattern: below 1 a share of the customers, otherwise a count.
    #[serde(default = "usual_support")]
    pub(super) min_support: f64,
    /// A table with `customer` and `weight` (from 0 on, rounded to whole numbers, so that below 0.5 counts nothing; of several
    /// rows of a customer the largest counts), such as the customers' value: supports of patterns are then sums of weights.
    /// Rules count customers.
    #[serde(default)]
    pub(super) weights: Option<Upstream>,
    /// Whether an item may come more than once in a pattern.
    #[serde(default = "yes")]
    pub(super) pattern_repeats: bool,
    /// Only the so many most frequent patterns; 0 keeps all.
    #[serde(default = "usual_top")]
    pub(super) top: usize,
    /// Fewest orders of a pattern.
    #[serde(default = "two")]
    pub(super) min_orders: u32,
    /// Most orders of a pattern.
    #[serde(default = "three")]
    pub(super) max_orders: u32,
    /// Most items of a pattern, those of all its orders together.
    #[serde(default = "three")]
    pub(super) max_items: u32,
    /// Least distance from one order of a pattern to the next; empty for none.
    #[serde(default)]
    pub(super) min_gap: String,
    /// Most distance from one order of a pattern to the next; empty for any. Distances in orders count all orders, whatever
    /// is read of them.
    #[serde(default = "usual_gap")]
    pub(super) max_gap: String,
    /// Most distance from the first to the last order of a pattern; empty for any.
    #[serde(default)]
    pub(super) max_span: String,
    /// Orders within so many days may together make up one element of a pattern, wherever the days begin; 0 for none.
    #[serde(default)]
    pub(super) window_days: u32,
    /// If not empty: item codes or categories of which the first order of a pattern has one, a category by any of its items.
    #[serde(default)]
    pub(super) begins_with: Vec<String>,
    /// If not empty: item codes or categories of which the last order of a pattern has one, a category by any of its items.
    #[serde(default)]
    pub(super) ends_with: Vec<String>,
    /// If not empty: item codes or categories of which some order of a pattern has one, a category by any of its items.
    #[serde(default)]
    pub(super) contains: Vec<String>,
    /// Stops when more patterns than this would be made.
    #[serde(default = "usual_budget")]
    pub(super) max_patterns: u64,

    /// Fewest times that an item must have been bought again to have a cycle.
    #[serde(default = "usual_gaps")]
    pub(super) min_gaps: u64,
    /// Least share of an item's buyers that bought it again, 0 to 1.
    #[serde(default = "usual_repeats")]
    pub(super) min_repeat_share: f64,
    /// Most spread of ln(days) from one purchase to the next of a customer: below 0.2 is a subscription, 1.28 pure chance.
    #[serde(default = "usual_spread")]
    pub(super) max_spread: f64,
    /// Days on which a customer must have bought an item to be due; 1 gives those who bought once the item's cycle.
    #[serde(default = "two")]
    pub(super) due_purchases: u32,
    /// A customer is overdue when only this share of such waits would still go on, 0 to 1.
    #[serde(default = "quarter")]
    pub(super) overdue_share: f64,

    /// What an order stands for in journeys: its main `category` or `item` by money, its `value` (in thirds of all orders),
    /// or `auto`: the category where there is one, else the value.
    #[serde(default)]
    pub(super) journey_by: JourneyBy,
    /// Orders that a journey shows.
    #[serde(default = "four")]
    pub(super) journey_orders: usize,
    /// Whether equal neighbouring steps of a journey count as one.
    #[serde(default)]
    pub(super) merge_steps: bool,
    /// Days without an order after which a customer has lapsed.
    #[serde(default = "usual_lapse")]
    pub(super) lapse_days: u32,
    /// Paths in the table of journeys, the most common ones.
    #[serde(default = "hundred")]
    pub(super) journeys: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::stages) enum Element {
    #[default]
    Day,
    Order,
}

impl Element {
    /// All of them, as they are written in settings and tables.
    const NAMES: [(Element, &str); 2] = [(Element::Day, "day"), (Element::Order, "order")];

    pub fn name(self) -> &'static str {
        Element::NAMES[self as usize].1
    }

    pub fn named(name: &str) -> Option<Element> {
        Element::NAMES.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ItemLevel {
    #[default]
    Item,
    Category,
    Both,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum JourneyBy {
    #[default]
    Auto,
    Category,
    Item,
    Value,
}

fn usual_days() -> u32 {
    60
}

fn usual_rule_support() -> f64 {
    0.004
}

fn usual_followers() -> u64 {
    10
}

fn usual_confidence() -> f64 {
    0.03
}

fn usual_lift() -> f64 {
    1.2
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

fn three() -> u32 {
    3
}

fn four() -> usize {
    4
}

fn hundred() -> usize {
    100
}

fn half() -> f64 {
    0.5
}

fn quarter() -> f64 {
    0.25
}

fn usual_step() -> u32 {
    90
}

fn usual_alpha() -> f64 {
    0.05
}

fn usual_correction() -> String {
    "benjamini-yekutieli".to_owned()
}

fn usual_validation() -> u32 {
    90
}

fn usual_kind() -> String {
    "closed".to_owned()
}

fn usual_support() -> f64 {
    0.02
}

fn usual_top() -> usize {
    1_000
}

fn usual_gap() -> String {
    "90d".to_owned()
}

fn usual_budget() -> u64 {
    1_000_000
}

fn usual_gaps() -> u64 {
    30
}

fn usual_repeats() -> f64 {
    0.2
}

fn usual_spread() -> f64 {
    0.7
}

fn usual_lapse() -> u32 {
    180
}
