//! Tables with one row per customer, whatever their columns.

use super::contract::{Column, ColumnType, Contract};

/// Anything with a customer column.
pub static CUSTOMERS: Contract = Contract {
    name: "customers",
    row: "a customer",
    columns: &[Column::required("customer", ColumnType::Text, "account id")],
    open: true,
};
