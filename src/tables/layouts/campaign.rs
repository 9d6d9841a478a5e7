//! Target lists and what became of each candidate.

use crate::tables::{Column, ColumnType, Layout};

/// One row per customer on a list, control group included.
pub static TARGETS: Layout = Layout {
    name: "targets",
    row: "a customer on a list",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id, the key of the list"),
        Column::required("list", ColumnType::Text, "name of the list"),
        Column::required("rank", ColumnType::Integer, "1 comes first"),
        Column::required("score", ColumnType::Number, "what the list is ordered by"),
        Column::required("decile", ColumnType::Integer, "1 is the tenth with the highest scores"),
        Column::required("control", ColumnType::Boolean, "true: do not contact; the list is measured against these"),
        Column::required("reason_1", ColumnType::Text, "why, in words"),
        Column::optional("reason_2", ColumnType::Text, "second reason"),
        Column::optional("reason_3", ColumnType::Text, "third reason"),
        Column::required("valid_from", ColumnType::Date, "first day on which the list is meant to be used"),
        Column::required("valid_until", ColumnType::Date, "last day on which it is meant to be used"),
    ],
    open: true,
};

/// What became of every candidate.
pub static AUDIT: Layout = Layout {
    name: "audit",
    row: "a candidate with what became of it",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("outcome", ColumnType::Text, "`listed`, `control`, or why it is not on the list"),
    ],
    open: false,
};
