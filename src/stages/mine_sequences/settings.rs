//! The settings, each with the default that suits most shops.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::mining::CorrectionRow;
use crate::mining::sequences::{Distance, Elements, KindRow};
use crate::stage::Upstream;
use crate::stage::setting::{Amount, Choice, Chosen, Count, Number, Range, Share, ShareOrCount, text};

/// What follows what, and when. Distances are days (`90d`) or orders (`2o`).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MineSequences {
    /// The `clean-orders` stage. Only orders of known customers can follow one another.
    pub(super) orders: Upstream,
    /// What makes one element of a sequence.
    pub(super) element: Chosen<Elements>,
    /// For rules and patterns, orders within so many days of the first of them count as one, whichever of their items are read; 0
    /// merges none.
    pub(super) merge_days: u32,
    /// What rules and patterns are made of. Items need no category; those without stay as they are.
    pub(super) level: Chosen<ItemLevel>,
    /// If not empty, only these item codes and categories are read.
    pub(super) only: Vec<String>,
    /// Item codes and categories that are not read.
    pub(super) leave_out: Vec<String>,

    /// Days, 1 to 3660, after the antecedent within which a purchase of the consequent makes a rule.
    pub(super) days: Count<1, 3_660>,
    /// Minimum number of customers that follow a rule: below 1 a share of all customers, from 1 on a whole number of them.
    pub(super) rule_support: ShareOrCount,
    /// Minimum number of customers that follow a rule, however few customers there are.
    pub(super) min_followers: u64,
    /// Minimum share that buys the consequent in time, from 0 to 1.
    pub(super) min_confidence: Share,
    /// Minimum lift of a rule, 0 or more: that share over the usual one in the same weeks.
    pub(super) min_lift: Amount,
    /// Maximum number of items of an antecedent, those of all its orders together, at least 1. Each further item takes much more time.
    pub(super) antecedent_items: Count<1, { u32::MAX }>,
    /// Maximum number of orders of an antecedent, at least 1.
    pub(super) antecedent_orders: Count<1, { u32::MAX }>,
    /// Maximum number of days from one order of an antecedent to the next.
    pub(super) step_days: u32,
    /// Maximum number of items of the antecedent of a rule whose items come in any order, within `step_days`; 0 finds no such rules,
    /// and 1 only those of two items on the other side, with `partial_pairs`. They are in the table of rules with the kind
    /// `partial`.
    pub(super) partial_items: u32,
    /// Minimum number of customers that follow such a rule: below 1 a share of all customers, from 1 on a whole number of them.
    pub(super) partial_support: ShareOrCount,
    /// Whether the consequent of such a rule may be two items, both bought in time.
    pub(super) partial_pairs: bool,
    /// Whether the consequent of an ordered rule may be an item of the antecedent; the two sides of a `partial` rule share
    /// none. Repeat purchases are what `cycles` is for.
    pub(super) repeats: bool,
    /// Level of significance after correction, from 0 to 1.
    pub(super) alpha: Share,
    /// Correction for the number of rules tested.
    pub(super) correction: Chosen<CorrectionRow>,
    /// The send window is the shortest that holds this share of the followers, from 0 to 1.
    pub(super) send_share: Share,
    /// Days before the as-of date that rules are not mined from but tried on, at most 3660; 0 mines from all and tries nothing.
    pub(super) validate_days: Count<0, 3_660>,

    /// Which sequential patterns the table of patterns holds.
    pub(super) patterns: Chosen<KindRow>,
    /// Minimum support of a pattern: below 1 a share of the customers, from 1 on a whole number of them.
    pub(super) min_support: ShareOrCount,
    /// A table with `customer` and `weight` (from 0 on, rounded to whole numbers, so that below 0.5 counts nothing; of several
    /// rows of a customer the largest counts), such as the customers' value: supports of patterns are then sums of weights.
    /// Rules count customers.
    pub(super) weights: Option<Upstream>,
    /// Whether an item may come more than once in a pattern.
    pub(super) pattern_repeats: bool,
    /// Only the so many most frequent patterns; 0 keeps all.
    pub(super) top: usize,
    /// Minimum number of orders of a pattern, at least 1.
    pub(super) min_orders: Count<1, { u32::MAX }>,
    /// Maximum number of orders of a pattern, not below `min_orders`.
    pub(super) max_orders: u32,
    /// Maximum number of items of a pattern, those of all its orders together, not below `min_orders`.
    pub(super) max_items: Count<1, { u32::MAX }>,
    /// Minimum distance from one order of a pattern to the next; empty for none.
    pub(super) min_gap: Gap,
    /// Maximum distance from one order of a pattern to the next; empty for any. Distances in orders count all orders, whichever
    /// of their items are read.
    pub(super) max_gap: Gap,
    /// Maximum distance from the first to the last order of a pattern; empty for any.
    pub(super) max_span: Gap,
    /// Orders within so many days may together make up one element of a pattern, wherever the days begin; 0 for none.
    pub(super) window_days: u32,
    /// If not empty: item codes or categories of which the first order of a pattern has one, a category by any of its items.
    pub(super) begins_with: Vec<String>,
    /// If not empty: item codes or categories of which the last order of a pattern has one, a category by any of its items.
    pub(super) ends_with: Vec<String>,
    /// If not empty: item codes or categories of which some order of a pattern has one, a category by any of its items.
    pub(super) contains: Vec<String>,
    /// Stops when more patterns than this would be made.
    pub(super) max_patterns: u64,

    /// Minimum number of times that an item must have been bought again to have a cycle.
    pub(super) min_gaps: u64,
    /// Minimum share of an item's buyers that bought it again, from 0 to 1.
    pub(super) min_repeat_share: Share,
    /// Maximum spread of ln(days) from one purchase to the next of a customer, 0 or more: below 0.2 is a subscription, 1.28 pure chance;
    /// `inf` for any.
    pub(super) max_spread: Number<Spread>,
    /// Days, at least 1, on which a customer must have bought an item to be due; 1 gives those who bought once the item's cycle.
    pub(super) due_purchases: Count<1, { u32::MAX }>,
    /// A customer is overdue when only this share of such waits would be longer, from 0 to 1.
    pub(super) overdue_share: Share,

    /// What an order is shown as in journeys.
    pub(super) journey_by: Chosen<JourneyBy>,
    /// Orders that a journey shows, at least 1.
    pub(super) journey_orders: Count<1, { u32::MAX }>,
    /// Whether equal neighbouring steps of a journey count as one.
    pub(super) merge_steps: bool,
    /// Days, 1 to 3660, without an order after which a customer has lapsed.
    pub(super) lapse_days: Count<1, 3_660>,
    /// Paths in the table of journeys, the most common ones.
    pub(super) journeys: usize,
}

impl Default for MineSequences {
    fn default() -> MineSequences {
        MineSequences {
            orders: Upstream::default(),
            element: Chosen::default(),
            merge_days: 0,
            level: Chosen::default(),
            only: Vec::new(),
            leave_out: Vec::new(),
            days: Count::of(60),
            rule_support: Number::of(0.004),
            min_followers: 10,
            min_confidence: Number::of(0.03),
            min_lift: Number::of(1.2),
            antecedent_items: Count::of(1),
            antecedent_orders: Count::of(1),
            step_days: 90,
            partial_items: 2,
            partial_support: Number::of(0.02),
            partial_pairs: false,
            repeats: false,
            alpha: Number::of(0.05),
            correction: Chosen::usual("benjamini-yekutieli"),
            send_share: Number::of(0.5),
            validate_days: Count::of(90),
            patterns: Chosen::usual("closed"),
            min_support: Number::of(0.02),
            weights: None,
            pattern_repeats: true,
            top: 1_000,
            min_orders: Count::of(2),
            max_orders: 3,
            max_items: Count::of(3),
            min_gap: Gap::default(),
            max_gap: Gap::usual("90d"),
            max_span: Gap::default(),
            window_days: 0,
            begins_with: Vec::new(),
            ends_with: Vec::new(),
            contains: Vec::new(),
            max_patterns: 1_000_000,
            min_gaps: 30,
            min_repeat_share: Number::of(0.2),
            max_spread: Number::of(0.7),
            due_purchases: Count::of(2),
            overdue_share: Number::of(0.25),
            journey_by: Chosen::default(),
            journey_orders: Count::of(4),
            merge_steps: false,
            lapse_days: Count::of(180),
            journeys: 100,
        }
    }
}

impl Choice for Elements {
    const WHAT: &'static str = "element";

    fn rows() -> &'static [Elements] {
        &[Elements::Day, Elements::Order]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Elements::Day => ("day", "all that a customer orders on a day"),
            Elements::Order => ("order", "one order"),
        }
    }
}

/// What rules and patterns are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemLevel {
    Item,
    Category,
    Both,
}

impl Choice for ItemLevel {
    const WHAT: &'static str = "level";

    fn rows() -> &'static [ItemLevel] {
        &[ItemLevel::Item, ItemLevel::Category, ItemLevel::Both]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            ItemLevel::Item => ("item", "items"),
            ItemLevel::Category => ("category", "their categories"),
            ItemLevel::Both => ("both", "each item beside its category"),
        }
    }
}

/// What an order is shown as in journeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JourneyBy {
    Auto,
    Category,
    Item,
    Value,
}

impl Choice for JourneyBy {
    const WHAT: &'static str = "kind of step";

    fn rows() -> &'static [JourneyBy] {
        &[JourneyBy::Auto, JourneyBy::Category, JourneyBy::Item, JourneyBy::Value]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            JourneyBy::Auto => ("auto", "the category where there is one, else the value"),
            JourneyBy::Category => ("category", "the category with most of the order's money"),
            JourneyBy::Item => ("item", "the item with most of the order's money"),
            JourneyBy::Value => ("value", "its value, in thirds of all orders"),
        }
    }
}

/// A distance in days (`90d`) or orders (`2o`), or an empty text for none. Kept as written.
#[derive(Debug, Clone, Default)]
pub(super) struct Gap {
    written: String,
    distance: Option<Distance>,
}

impl Gap {
    fn parse(text: &str) -> Result<Gap, String> {
        let distance = if text.is_empty() { None } else { Some(text.parse()?) };
        Ok(Gap { written: text.to_owned(), distance })
    }

    /// A default.
    fn usual(text: &str) -> Gap {
        Gap::parse(text).expect("a default is a distance")
    }

    /// What is written, if anything.
    pub(super) fn distance(&self) -> Option<Distance> {
        self.distance
    }
}

impl Serialize for Gap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for Gap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "distance", Gap::parse)
    }
}

impl JsonSchema for Gap {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "distance".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^([0-9]+[do]?)?$"})
    }
}

/// How far waits may spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread;

impl Range for Spread {
    const WORDS: &'static str = "a number of at least 0";
    const ENDLESS: bool = true;

    fn holds(number: f64) -> bool {
        number >= 0.0
    }

    fn schema() -> Value {
        json!({"minimum": 0})
    }
}
