//! Segments: which group a customer belongs to, and what sets the group apart.

use crate::tables::{Column, ColumnType, Layout};

/// One row per customer.
pub static SEGMENTS: Layout = Layout {
    name: "segments",
    row: "a customer with a segment",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("segment", ColumnType::Text, "name of the segment"),
        Column::required("recency_score", ColumnType::Integer, "1 (long ago) to 5 (just now)"),
        Column::required("frequency_score", ColumnType::Integer, "1 (rarely) to 5 (often)"),
        Column::required("monetary_score", ColumnType::Integer, "1 (little) to 5 (much)"),
        Column::optional("cluster", ColumnType::Integer, "cluster number, the same from run to run"),
    ],
    open: true,
};

/// One row per segment or cluster.
pub static PROFILES: Layout = Layout {
    name: "profiles",
    row: "a segment with what sets it apart",
    columns: &[
        Column::required("segment", ColumnType::Text, "name"),
        Column::required("customers", ColumnType::Integer, "customers in it"),
        Column::required("share", ColumnType::Number, "of all customers, 0 to 1"),
        Column::optional("value_share", ColumnType::Number, "of all money, 0 to 1"),
        Column::required("apart", ColumnType::Text, "what sets it apart, in words"),
    ],
    open: true,
};
