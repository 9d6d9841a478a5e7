//! Features: one row per customer, or per customer and snapshot.

use crate::tables::{Column, ColumnType, Layout};

/// One row per customer at the as-of date; the feature columns follow.
pub static FEATURES: Layout = Layout {
    name: "features",
    row: "a customer as known at a date",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("as_of", ColumnType::Date, "the first day that was not seen"),
    ],
    open: true,
};
