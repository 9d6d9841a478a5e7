//! Results of checks.

use crate::tables::{Column, ColumnType, Layout};

/// One row per check.
pub static CHECKS: Layout = Layout {
    name: "checks",
    row: "a check with its result",
    columns: &[
        Column::required("check", ColumnType::Text, "what was checked, in words"),
        Column::required("level", ColumnType::Text, "`warn`, `error` or `quarantine`"),
        Column::required("passed", ColumnType::Boolean, "whether it passed"),
        Column::required("failed_rows", ColumnType::Integer, "rows that do not meet it"),
        Column::required("rows", ColumnType::Integer, "rows checked"),
        Column::required("detail", ColumnType::Text, "what was found"),
    ],
    open: false,
};

/// Rows that a check set aside: those of the checked table, and why.
pub static QUARANTINE: Layout = Layout {
    name: "quarantine",
    row: "a row of the checked table that does not meet a check",
    columns: &[Column::optional("broken", ColumnType::Text, "the checks it does not meet, in words")],
    open: true,
};
