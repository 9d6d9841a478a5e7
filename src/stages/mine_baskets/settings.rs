//! The settings of `mine-baskets`.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::item_rules::ItemRules;
use crate::mining::{CorrectionRow, FormatRow, KindRow, Measure, RuleBaseRow, TestRow, measures};
use crate::stage::Upstream;
use crate::stage::setting::{Amount, Choice, Chosen, Count, Number, Positive, Range, Share, ShareOrCount, Span};

/// The expected value of a rule, as settings and files call it.
pub(super) const BY_VALUE: &str = "expected_value";
/// The corrected p-value.
pub(super) const BY_P_VALUE: &str = "p_value";

/// Itemsets and rules of baskets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MineBaskets {
    /// The stage with order lines; a basket is the distinct items of one order. Anonymous orders count too.
    pub(super) orders: Option<Upstream>,
    /// Instead of `orders`: files with baskets in a form that other miners read. They have no times, so rules are not tried on
    /// later baskets.
    pub(super) paths: Vec<String>,
    /// The form of these files.
    pub(super) format: Chosen<FormatRow>,
    /// Minimum support of an itemset: below 1 a share of the baskets, from 1 on a whole number of baskets.
    pub(super) min_support: ShareOrCount,
    /// Minimum confidence of a rule, from 0 to 1.
    pub(super) min_confidence: Share,
    /// Minimum lift of a rule, 0 or more.
    pub(super) min_lift: Amount,
    /// Which itemsets the table of itemsets holds.
    pub(super) itemsets: Chosen<KindRow>,
    /// What rules are built from.
    pub(super) base: Chosen<RuleBaseRow>,
    /// Maximum number of items in an itemset or rule, at least 2.
    pub(super) max_length: Count<2, { u32::MAX }>,
    /// Maximum number of items in a consequent, at least 1.
    pub(super) max_right: Count<1, { u32::MAX }>,
    /// What is mined. Categories are written as `category:NAME`.
    pub(super) levels: Chosen<Levels>,
    /// Which items a rule must, may and must not have, and on which side.
    pub(super) items: ItemRules,
    /// What a basket weighs. Supports and measures are then shares of weight; p-values and later periods count baskets.
    pub(super) weight: Chosen<Weight>,
    /// The span in which a basket loses half of its weight, with `weight = "recency"`.
    pub(super) half_life: Span,
    /// Whether rules that a more general rule makes superfluous, or that chance could explain, are kept too.
    pub(super) keep_all: bool,
    /// Level of significance after correction, from 0 to 1.
    pub(super) alpha: Share,
    /// What rules are tested against. Later baskets, bundles, affinities and substitutes are judged by the same chance.
    pub(super) test: Chosen<TestRow>,
    /// Correction for the number of rules tested.
    pub(super) correction: Chosen<CorrectionRow>,
    /// Days before the as-of date that rules are not mined from but tried on, at most 36500; 0 mines from all and tries nothing.
    pub(super) validate_days: Count<0, 36_500>,
    /// Level of the intervals of the later period, from 0.5 to below 1.
    pub(super) validate_level: Number<Level>,
    /// Further measures to add as columns; see `patron list measures`.
    pub(super) measures: Vec<Chosen<Measure>>,
    /// What puts the best rule first: a measure, `expected_value` or `p_value`.
    pub(super) rank_by: Chosen<Rank>,
    /// Only so many rules, the best ones, at least 1. Default: all.
    pub(super) top: Option<Count<1, { u32::MAX }>>,
    /// The stage with a table of items and their `unit_cost`: gives rules an expected value.
    pub(super) costs: Option<Upstream>,
    /// Instead of `costs`: the share of the price that is margin, above 0 and at most 1, the same for all items.
    pub(super) margin: Option<Number<Margin>>,
    /// Also finds the itemsets that earn at least this much: below 1 a share of all margin, otherwise money.
    pub(super) min_utility: Option<Positive>,
    /// How many of the most frequent items the tables of affinities and substitutes pair, at most 5000; 0 for none.
    pub(super) affinity_items: Count<0, MOST_PAIRED>,
    /// Maximum number of bundles to suggest; 0 for none.
    pub(super) bundles: usize,
    /// Also writes the rules as files.
    pub(super) exports: Vec<Chosen<Export>>,
    /// Stops when more itemsets, or more rules, than this would be made.
    pub(super) max_itemsets: u64,
}

impl Default for MineBaskets {
    fn default() -> MineBaskets {
        MineBaskets {
            orders: None,
            paths: Vec::new(),
            format: Chosen::usual("baskets-csv"),
            min_support: Number::of(0.005),
            min_confidence: Number::of(0.1),
            min_lift: Number::of(1.0),
            itemsets: Chosen::usual("closed"),
            base: Chosen::usual("all"),
            max_length: Count::of(5),
            max_right: Count::of(1),
            levels: Chosen::default(),
            items: ItemRules::default(),
            weight: Chosen::default(),
            half_life: Span::of_days(180),
            keep_all: false,
            alpha: Number::of(0.05),
            test: Chosen::usual("basket-size"),
            correction: Chosen::usual("benjamini-hochberg"),
            validate_days: Count::of(90),
            validate_level: Number::of(0.95),
            measures: Vec::new(),
            // What a rule adds beyond its consequent's own share, in baskets: the strong and frequent first.
            rank_by: Chosen::usual("leverage"),
            top: None,
            costs: None,
            margin: None,
            min_utility: None,
            affinity_items: Count::of(100),
            bundles: 200,
            exports: Vec::new(),
            max_itemsets: 5_000_000,
        }
    }
}

/// Maximum number of items whose pairs are counted: 400 MB of numbers.
const MOST_PAIRED: u32 = 5_000;

/// What may be mined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Levels {
    Items,
    Categories,
    Both,
}

impl Choice for Levels {
    const WHAT: &'static str = "level";

    fn rows() -> &'static [Levels] {
        &[Levels::Items, Levels::Categories, Levels::Both]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Levels::Items => ("items", "the items"),
            Levels::Categories => ("categories", "the categories in place of the items"),
            Levels::Both => ("both", "rules across levels, none of an item and its own category"),
        }
    }
}

/// What a basket may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    None,
    Recency,
    Amount,
}

impl Choice for Weight {
    const WHAT: &'static str = "weight";

    fn rows() -> &'static [Weight] {
        &[Weight::None, Weight::Recency, Weight::Amount]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Weight::None => ("none", "each basket weighs 1"),
            Weight::Recency => ("recency", "a basket weighs half as much every `half_life`"),
            Weight::Amount => ("amount", "a basket weighs its money"),
        }
    }
}

/// What rules may be ranked by.
pub(super) enum Rank {
    Measure(&'static Measure),
    /// The money that a rule is expected to bring.
    Value,
    /// The corrected p-value, smallest first.
    PValue,
}

static RANKS: LazyLock<Vec<Rank>> =
    LazyLock::new(|| measures().iter().map(Rank::Measure).chain([Rank::Value, Rank::PValue]).collect());

impl Choice for Rank {
    const WHAT: &'static str = "ranking";

    fn rows() -> &'static [Rank] {
        &RANKS
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Rank::Measure(measure) => measure.entry(),
            Rank::Value => (BY_VALUE, "what the rule is expected to earn; needs `margin` or `costs`"),
            Rank::PValue => (BY_P_VALUE, "the p-value after correction, smallest first"),
        }
    }
}

/// The forms in which rules can be written beside the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Export {
    Csv,
    Json,
    Pmml,
}

impl Choice for Export {
    const WHAT: &'static str = "form of rules";

    fn rows() -> &'static [Export] {
        &[Export::Csv, Export::Json, Export::Pmml]
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Export::Csv => ("csv", "one line for each rule"),
            Export::Json => ("json", "a list of rules"),
            Export::Pmml => ("pmml", "an association model for programs that read PMML"),
        }
    }
}

/// A level of intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level;

impl Range for Level {
    const WORDS: &'static str = "a number from 0.5 to below 1";

    fn holds(number: f64) -> bool {
        (0.5..1.0).contains(&number)
    }

    fn schema() -> Value {
        json!({"minimum": 0.5, "exclusiveMaximum": 1})
    }
}

/// A margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Margin;

impl Range for Margin {
    const WORDS: &'static str = "a share of the price, above 0 and at most 1";

    fn holds(number: f64) -> bool {
        number > 0.0 && number <= 1.0
    }

    fn schema() -> Value {
        json!({"exclusiveMinimum": 0, "maximum": 1})
    }
}
