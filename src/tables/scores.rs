//! Scores: how likely something is, per customer, and why.

use super::contract::{Column, ColumnType, Contract};

/// One row per scored customer.
pub static SCORES: Contract = Contract {
    name: "scores",
    row: "a customer with a score",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("score", ColumnType::Number, "calibrated probability, 0 to 1"),
        Column::required("decile", ColumnType::Integer, "1 is the tenth of customers with the highest scores"),
        Column::required("band", ColumnType::Text, "`high`, `medium` or `low`"),
        Column::optional("reason_1", ColumnType::Text, "the strongest reason, in words"),
        Column::optional("reason_2", ColumnType::Text, "the second reason"),
        Column::optional("reason_3", ColumnType::Text, "the third reason"),
    ],
    open: true,
};

/// How good a model is, beside its yardsticks.
pub static JUDGEMENT: Contract = Contract {
    name: "judgement",
    row: "a measure of a model on customers it was not trained on",
    columns: &[
        Column::required("model", ColumnType::Text, "which model or baseline"),
        Column::required("chosen", ColumnType::Boolean, "whether it is the one that scores"),
        Column::required("measure", ColumnType::Text, "which measure"),
        Column::required("value", ColumnType::Number, "its value"),
        Column::optional("low", ColumnType::Number, "lower end of the 95 % interval"),
        Column::optional("high", ColumnType::Number, "upper end of the 95 % interval"),
    ],
    open: false,
};

/// The lift table of the chosen model.
pub static LIFT_TABLE: Contract = Contract {
    name: "lift_table",
    row: "a tenth of the test customers, from the highest scores down",
    columns: &[
        Column::required("decile", ColumnType::Integer, "1 has the highest scores"),
        Column::required("customers", ColumnType::Integer, "customers"),
        Column::required("positives", ColumnType::Integer, "of them, those who left"),
        Column::required("rate", ColumnType::Number, "share who left"),
        Column::required("mean_score", ColumnType::Number, "mean predicted probability"),
        Column::required("lift", ColumnType::Number, "decile lift: rate over the rate of all"),
        Column::required("gain", ColumnType::Number, "share of all who left found down to here"),
    ],
    open: false,
};
