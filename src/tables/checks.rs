//! Results of checks.

use super::contract::{Column, ColumnType, Contract};

/// One row per check.
pub static CHECKS: Contract = Contract {
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
