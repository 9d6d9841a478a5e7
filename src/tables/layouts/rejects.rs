//! Rows that could not be read, with the reason.

use crate::tables::{Column, ColumnType, Layout};

/// One row is one record of a source file that did not fit.
pub static REJECTS: Layout = Layout {
    name: "rejects",
    row: "a record of a source file that did not fit, with the reason",
    columns: &[
        Column::required("source_file", ColumnType::Text, "the source file, as the pipeline names it"),
        Column::required("source_line", ColumnType::Integer, "the physical line on which the record begins, from 1"),
        Column::required("rule", ColumnType::Text, "the rule it broke"),
        Column::optional("column", ColumnType::Text, "the column, where one is to blame"),
        Column::optional("value", ColumnType::Text, "the value that did not fit"),
        Column::required("record", ColumnType::Text, "the record as it stands in the file"),
    ],
    open: false,
};
