//! Those who left: by month, by quarter of arrival, by last item, by group.

use crate::tables::{Column, ColumnType, Layout};

/// One row per month with losses.
pub static LOST_MONTHS: Layout = Layout {
    name: "lost_months",
    row: "a month in which customers were lost",
    columns: &[
        Column::required("month", ColumnType::Date, "first day of the month"),
        Column::required(
            "lost",
            ColumnType::Integer,
            "customers whose silence reached the limit, or whose contract ended, in it",
        ),
        Column::required(
            "value",
            ColumnType::Money,
            "what they had spent in the 365 days up to their last order or the end of the contract; 0 without `orders`",
        ),
        Column::required("came_back", ColumnType::Integer, "of them, those who have ordered, or had a contract, since"),
        Column::required("reactivation", ColumnType::Number, "came_back / lost"),
    ],
    open: false,
};

/// Survival curves.
pub static STAYS: Layout = Layout {
    name: "stays",
    row: "a quarter of arrival and a number of days",
    columns: &[
        Column::required("quarter", ColumnType::Text, "quarter of the first order or contract, such as `2011-Q2`"),
        Column::required("customers", ColumnType::Integer, "customers who came in it"),
        Column::required("lost", ColumnType::Integer, "of them, those who were lost at some time"),
        Column::required("days", ColumnType::Integer, "days since the first order or the start of the first contract"),
        Column::required("staying", ColumnType::Number, "estimated share who stay longer (Kaplan-Meier)"),
        Column::required("low", ColumnType::Number, "lower end of the 95 % interval"),
        Column::required("high", ColumnType::Number, "upper end of the 95 % interval"),
    ],
    open: false,
};

/// Cumulative incidence by reason.
pub static LOST_REASONS: Layout = Layout {
    name: "lost_reasons",
    row: "a reason of leaving and a number of days",
    columns: &[
        Column::required("reason", ColumnType::Text, "the reason; `not given` where there is none"),
        Column::required("churn", ColumnType::Boolean, "whether leaving for it is churn"),
        Column::required("ended", ColumnType::Integer, "first contracts that ended for it"),
        Column::required("days", ColumnType::Integer, "days since the start of the first contract"),
        Column::required("left", ColumnType::Number, "estimated share who have left for it by then (Aalen-Johansen)"),
        Column::required("low", ColumnType::Number, "lower end of the 95 % interval"),
        Column::required("high", ColumnType::Number, "upper end of the 95 % interval"),
    ],
    open: false,
};

/// Items of last orders.
pub static LAST_ITEMS: Layout = Layout {
    name: "last_items",
    row: "an item of last orders",
    columns: &[
        Column::required("item", ColumnType::Text, "item code"),
        Column::required("lost", ColumnType::Integer, "lost customers whose last order had it"),
        Column::required("others", ColumnType::Integer, "other customers whose last order had it"),
        Column::required("share_lost", ColumnType::Number, "share of lost customers"),
        Column::required("share_others", ColumnType::Number, "share of the others"),
        Column::required("ratio", ColumnType::Number, "share_lost / share_others, both with half a customer added"),
    ],
    open: false,
};

/// Last events.
pub static LAST_EVENTS: Layout = Layout {
    name: "last_events",
    row: "what last happened to a customer",
    columns: &[
        Column::required("event", ColumnType::Text, "the event; `none` where there was none"),
        Column::required("lost", ColumnType::Integer, "lost customers whose last event before they left it was"),
        Column::required("others", ColumnType::Integer, "other customers whose last event it is"),
        Column::required("share_lost", ColumnType::Number, "share of lost customers"),
        Column::required("share_others", ColumnType::Number, "share of the others"),
        Column::required("ratio", ColumnType::Number, "share_lost / share_others, both with half a customer added"),
    ],
    open: false,
};

/// Groups of customers.
pub static LOST_GROUPS: Layout = Layout {
    name: "lost_groups",
    row: "a group of customers",
    columns: &[
        Column::required("group", ColumnType::Text, "the group"),
        Column::required("customers", ColumnType::Integer, "customers in it"),
        Column::required("lost", ColumnType::Integer, "of them, those lost by now"),
        Column::required("rate", ColumnType::Number, "lost / customers"),
        Column::required("low", ColumnType::Number, "lower end of the 95 % interval (Wilson)"),
        Column::required("high", ColumnType::Number, "upper end of the 95 % interval"),
    ],
    open: false,
};
