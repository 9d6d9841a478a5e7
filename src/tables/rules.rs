//! Association rules.

use super::contract::{Column, ColumnType, Contract};

/// If the antecedent is in the basket, the consequent often is too.
pub static RULES: Contract = Contract {
    name: "rules",
    row: "a rule: who buys the antecedent often buys the consequent in the same basket",
    columns: &[
        Column::required("antecedent", ColumnType::Text, "item codes, joined by ` + `"),
        Column::required("consequent", ColumnType::Text, "item codes, joined by ` + `"),
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
            "Fisher's exact test, corrected for the number of rules tested",
        ),
        Column::optional("later_count", ColumnType::Integer, "baskets of the later period with the antecedent"),
        Column::optional("later_confidence", ColumnType::Number, "confidence in the later period"),
        Column::optional("later_low", ColumnType::Number, "lower end of its 95 % Wilson interval"),
        Column::optional("later_high", ColumnType::Number, "upper end of its 95 % Wilson interval"),
        Column::optional("later_lift", ColumnType::Number, "rule lift in the later period"),
        Column::optional("holds", ColumnType::Boolean, "whether the rule holds in the later period"),
    ],
    open: true,
};
