//! Frequent itemsets.

use super::contract::{Column, ColumnType, Contract};

/// Sets of items bought together.
pub static ITEMSETS: Contract = Contract {
    name: "itemsets",
    row: "a set of items that enough baskets hold",
    columns: &[
        Column::required("items", ColumnType::Text, "item codes, joined by ` + `"),
        Column::required("names", ColumnType::Text, "item names, joined by ` + `"),
        Column::required("length", ColumnType::Integer, "items in the set"),
        Column::required("count", ColumnType::Integer, "baskets that hold it"),
        Column::required("support", ColumnType::Number, "share of all baskets, 0 to 1"),
    ],
    open: false,
};
