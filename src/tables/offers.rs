//! Offers: what to propose to whom, and why.

use super::contract::{Column, ColumnType, Contract};

/// One row per customer and offer.
pub static OFFERS: Contract = Contract {
    name: "offers",
    row: "an item to offer to a customer",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("product", ColumnType::Text, "`cross-sell` (never bought) or `repurchase` (bought before)"),
        Column::required("rank", ColumnType::Integer, "1 is the best of its product for this customer"),
        Column::required("item", ColumnType::Text, "item code"),
        Column::required("name", ColumnType::Text, "item name"),
        Column::required("score", ColumnType::Number, "higher is better; comparable within a product only"),
        Column::required("reason", ColumnType::Text, "why, in words"),
    ],
    open: false,
};

/// How good the rankers are on the customers' last baskets.
pub static RANKERS: Contract = Contract {
    name: "rankers",
    row: "a ranker judged on last baskets",
    columns: &[
        Column::required("product", ColumnType::Text, "`cross-sell` or `repurchase`"),
        Column::required("ranker", ColumnType::Text, "its name"),
        Column::required("chosen", ColumnType::Boolean, "whether it makes the offers"),
        Column::required("customers", ColumnType::Integer, "customers judged on"),
        Column::required(
            "recall_10",
            ColumnType::Number,
            "share of the last basket's items among the first ten, 0 to 1",
        ),
        Column::required("recall_10_error", ColumnType::Number, "its standard error"),
        Column::required("recall_20", ColumnType::Number, "the same among the first twenty"),
        Column::required(
            "hit_rate_10",
            ColumnType::Number,
            "share of customers with at least one hit among the first ten",
        ),
        Column::required("ndcg_10", ColumnType::Number, "normalised discounted cumulative gain of the first ten"),
    ],
    open: false,
};
