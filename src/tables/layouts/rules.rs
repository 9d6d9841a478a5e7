//! Association rules.

use crate::tables::{Column, ColumnType, Layout};

const TOLD: &str = "item codes for people, joined by ` + `; a code that could be read as several is written in quotes";

/// If the antecedent is in the basket, the consequent often is too.
pub static RULES: Layout = Layout {
    name: "rules",
    row: "a rule: who buys the antecedent often buys the consequent in the same basket",
    columns: &[
        Column::required("antecedent", ColumnType::Text, TOLD),
        Column::required("consequent", ColumnType::Text, TOLD),
        Column::required("antecedent_list", ColumnType::Texts, "item codes as a list: what other stages read"),
        Column::required("consequent_list", ColumnType::Texts, "item codes as a list"),
        Column::required("antecedent_names", ColumnType::Text, "item names"),
        Column::required("consequent_names", ColumnType::Text, "item names"),
        Column::required("count", ColumnType::Integer, "baskets with all of them"),
        Column::required("support", ColumnType::Number, "share of baskets with all of them, 0 to 1"),
        Column::required(
            "confidence",
            ColumnType::Number,
            "share of the antecedent's baskets that hold the consequent, 0 to 1",
        ),
        Column::required("lift", ColumnType::Number, "confidence over the consequent's own share; 1 is no connection"),
        Column::required(
            "p_value",
            ColumnType::Number,
            "chance of so many baskets with both, corrected for the number of rules tested",
        ),
        Column::optional("antecedent_count", ColumnType::Integer, "baskets with the antecedent"),
        Column::optional("consequent_count", ColumnType::Integer, "baskets with the consequent"),
        Column::optional("baskets", ColumnType::Integer, "baskets that the rule was mined from"),
        Column::optional(
            "expected_value",
            ColumnType::Number,
            "margin to expect from a basket with the antecedent beyond the consequent's usual share, in currency",
        ),
        Column::optional("later_count", ColumnType::Integer, "baskets of the later period with the antecedent"),
        Column::optional("later_support", ColumnType::Number, "support in the later period"),
        Column::optional("later_confidence", ColumnType::Number, "confidence in the later period"),
        Column::optional("later_low", ColumnType::Number, "lower end of its Wilson interval"),
        Column::optional("later_high", ColumnType::Number, "upper end of its Wilson interval"),
        Column::optional("later_lift", ColumnType::Number, "rule lift in the later period"),
        Column::optional(
            "later_lift_low",
            ColumnType::Number,
            "lower end of its interval, from that of the confidence",
        ),
        Column::optional("later_lift_high", ColumnType::Number, "upper end of its interval"),
        Column::optional("later_value", ColumnType::Number, "expected value in the later period"),
        Column::optional("holds", ColumnType::Boolean, "whether the rule holds in the later period"),
    ],
    open: true,
};

/// How the rules differ from those of the last good run.
pub static RULE_DRIFT: Layout = Layout {
    name: "rule_drift",
    row: "a rule that appeared, vanished or changed since the last good run",
    columns: &[
        Column::required("change", ColumnType::Text, "`appeared`, `vanished` or `changed`"),
        Column::required("antecedent", ColumnType::Text, TOLD),
        Column::required("consequent", ColumnType::Text, TOLD),
        Column::required("antecedent_list", ColumnType::Texts, "item codes as a list: what other stages read"),
        Column::required("consequent_list", ColumnType::Texts, "item codes as a list"),
        Column::required("antecedent_names", ColumnType::Text, "item names"),
        Column::required("consequent_names", ColumnType::Text, "item names"),
        Column::optional("count_before", ColumnType::Integer, "baskets with both sides in the last run"),
        Column::optional("count_now", ColumnType::Integer, "baskets with both sides in this run"),
        Column::optional("confidence_before", ColumnType::Number, "confidence in the last run"),
        Column::optional("confidence_now", ColumnType::Number, "confidence in this run"),
        Column::optional("lift_before", ColumnType::Number, "rule lift in the last run"),
        Column::optional("lift_now", ColumnType::Number, "rule lift in this run"),
        Column::optional(
            "p_value",
            ColumnType::Number,
            "of the difference of the confidences, corrected for the number of rules compared; of changed rules only",
        ),
    ],
    open: false,
};
