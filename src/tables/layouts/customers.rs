//! Tables with one row per customer, whatever their columns.

use crate::tables::{Column, ColumnType, Layout};

/// Anything with a customer column.
pub static CUSTOMERS: Layout = Layout {
    name: "customers",
    row: "a customer",
    columns: &[Column::required("customer", ColumnType::Text, "account id")],
    open: true,
};
