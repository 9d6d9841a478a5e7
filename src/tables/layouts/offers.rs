//! Offers: what to propose to whom, and why.

use crate::tables::{Column, ColumnType, Layout};

/// One row per customer and offer.
pub static OFFERS: Layout = Layout {
    name: "offers",
    row: "an item to offer to a customer",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required(
            "product",
            ColumnType::Text,
            "`cross-sell` (never bought), `repurchase` (bought before) or `next-after` (never bought, and due after what was)",
        ),
        Column::required("rank", ColumnType::Integer, "1 is the best of its product for this customer"),
        Column::required("item", ColumnType::Text, "item code"),
        Column::required("name", ColumnType::Text, "item name"),
        Column::required("score", ColumnType::Number, "higher is better; comparable within a product only"),
        Column::required("reason", ColumnType::Text, "why, in words"),
        Column::optional("offer_from", ColumnType::Date, "first day of the send window; `next-after` only"),
        Column::optional("offer_until", ColumnType::Date, "last day of the send window; `next-after` only"),
    ],
    open: false,
};

/// How good the rankers are on the customers' last baskets.
pub static RANKERS: Layout = Layout {
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

/// What offers of what comes next would have been worth.
pub static NEXT_AFTER: Layout = Layout {
    name: "next_after",
    row: "a way to choose offers, judged week by week on orders that the rules were not mined from",
    columns: &[
        Column::required("method", ColumnType::Text, "`next after`, `the usual` or `popular`"),
        Column::required("meaning", ColumnType::Text, "what is offered to whom"),
        Column::required("offers", ColumnType::Integer, "offers whose send window was over in time"),
        Column::required("customers", ColumnType::Integer, "customers who would have got them"),
        Column::required("bought", ColumnType::Number, "offers that were bought before their window ended"),
        Column::required("share", ColumnType::Number, "of the offers, 0 to 1"),
        Column::optional("error", ColumnType::Number, "its standard error"),
    ],
    open: false,
};
