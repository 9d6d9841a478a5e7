//! Scores: how likely something is, per customer, and why.

use crate::tables::{Column, ColumnType, Layout};

/// One row per scored customer.
pub static SCORES: Layout = Layout {
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

/// How far columns and scores have moved since training.
pub static DRIFT: Layout = Layout {
    name: "drift",
    row: "a column of the scored table, or the scores",
    columns: &[
        Column::required("column", ColumnType::Text, "the column; `score` is the score"),
        Column::required("psi", ColumnType::Number, "population stability index against the training rows"),
        Column::required("missing_then", ColumnType::Number, "share without a value in training"),
        Column::required("missing_now", ColumnType::Number, "share without a value now"),
        Column::required("moved", ColumnType::Boolean, "whether the index reaches `warn_psi`"),
    ],
    open: false,
};

/// How probabilities came true on snapshots whose horizon has closed.
pub static CLOSED: Layout = Layout {
    name: "closed",
    row: "a snapshot whose horizon has closed",
    columns: &[
        Column::required("snapshot", ColumnType::Date, "the snapshot"),
        Column::required(
            "in_force",
            ColumnType::Boolean,
            "whether the active model, which had seen nothing of it, gave the scores; else a model of the rolling origin",
        ),
        Column::required("customers", ColumnType::Integer, "customers at risk"),
        Column::required("promised", ColumnType::Number, "mean score"),
        Column::required("left", ColumnType::Number, "share who left"),
        Column::required("ece", ColumnType::Number, "expected calibration error over ten bins"),
        Column::optional("slope", ColumnType::Number, "calibration slope: 1 is right, below 1 overconfident"),
    ],
    open: false,
};

/// Customers whose contract is over: they are not scored.
pub static GONE: Layout = Layout {
    name: "gone",
    row: "a customer whose contract is over on the as-of date",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("left", ColumnType::Date, "the day of the end"),
        Column::optional("reason", ColumnType::Text, "the reason, where one is given"),
    ],
    open: false,
};

/// Customers who can still leave: where customers have contracts, they alone are scored.
pub static UNDER: Layout = Layout {
    name: "under",
    row: "a customer under contract on the as-of date",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("since", ColumnType::Date, "the day on which the contract began"),
    ],
    open: false,
};

/// How good a model is, beside its baselines.
pub static JUDGEMENT: Layout = Layout {
    name: "judgement",
    row: "a measure of a model on customers it was not trained on; measures of ranking and the calibration error are means over the judged dates or folds",
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

/// What a list of each size would bring.
pub static PROFIT: Layout = Layout {
    name: "profit",
    row: "a size of the list of likely leavers, on the newest judged customers",
    columns: &[
        Column::required("share", ColumnType::Number, "share of customers on the list"),
        Column::required("customers", ColumnType::Integer, "customers on the list"),
        Column::required("leavers", ColumnType::Number, "leavers expected among them"),
        Column::required("profit", ColumnType::Number, "expected profit"),
        Column::required("realised", ColumnType::Number, "profit by what they did"),
        Column::required("best", ColumnType::Boolean, "the size of greatest expected profit"),
    ],
    open: false,
};

/// How models and baselines do within segments.
pub static SEGMENT_JUDGEMENT: Layout = Layout {
    name: "segment_judgement",
    row: "a measure of a model within a segment of the judged customers",
    columns: &[
        Column::required("segment", ColumnType::Text, "the segment"),
        Column::required("customers", ColumnType::Integer, "judged rows of it"),
        Column::required("rate", ColumnType::Number, "share who left"),
        Column::required("model", ColumnType::Text, "which model or baseline"),
        Column::required("chosen", ColumnType::Boolean, "whether it is the one that scores"),
        Column::required("measure", ColumnType::Text, "which measure; `mean score` also where all did the same"),
        Column::required("value", ColumnType::Number, "its value"),
        Column::optional("low", ColumnType::Number, "lower end of the 95 % interval"),
        Column::optional("high", ColumnType::Number, "upper end of the 95 % interval"),
    ],
    open: false,
};

/// The lift table of the scores that figures are reported for.
pub static LIFT_TABLE: Layout = Layout {
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
