//! The ledger of contacts: what was planned, and what came of it.

use crate::tables::{Column, ColumnType, Layout};

/// One row per event of a contact.
pub static CONTACTS: Layout = Layout {
    name: "contacts",
    row: "an event of a contact: planned, sent, delivered, opened, clicked, redeemed, bounced or unsubscribed",
    columns: &[
        Column::required("contact", ColumnType::Text, "key of the contact, the same for all its events"),
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("event", ColumnType::Text, "what happened"),
        Column::required(
            "date",
            ColumnType::Date,
            "day on which it happened; of a planned contact the first day on which its list is valid",
        ),
        Column::required("list", ColumnType::Text, "name of the list"),
        Column::required(
            "arm",
            ColumnType::Text,
            "`control`, `contacted`, or the name of the arm where there are more",
        ),
        Column::required(
            "probability",
            ColumnType::Number,
            "chance with which the person was drawn into this arm, above 0, at most 1",
        ),
        Column::optional("offer", ColumnType::Text, "what is offered"),
        Column::optional("channel", ColumnType::Text, "by which channel"),
        Column::optional("cause", ColumnType::Text, "key of the event in the customer's life that caused the contact"),
        Column::optional("valid_until", ColumnType::Date, "of a planned contact: last day on which its list is valid"),
        Column::optional(
            "unit",
            ColumnType::Text,
            "who is contacted together, such as a household; the customer where it is empty",
        ),
        Column::optional("cost", ColumnType::Number, "what the contact costs, in the currency"),
    ],
    open: false,
};

/// One row per result that could not be taken.
pub static CONTACT_FAULTS: Layout = Layout {
    name: "contact_faults",
    row: "a row of results that could not be entered in the ledger, with the reason",
    columns: &[
        Column::required("stage", ColumnType::Text, "the stage that the row comes from"),
        Column::required("row", ColumnType::Integer, "its place in that stage's table, from 1"),
        Column::required("rule", ColumnType::Text, "the rule it broke"),
        Column::optional("customer", ColumnType::Text, "account id as it stands there"),
        Column::optional("list", ColumnType::Text, "name of the list as it stands there"),
        Column::optional("event", ColumnType::Text, "the event as it stands there"),
    ],
    open: false,
};

/// One row per contact that an event in a customer's life caused, of all nights but the one of the run.
pub static CONTACT_CAUSES: Layout = Layout {
    name: "contact_causes",
    row: "a contact that an event in a customer's life caused, of any other night: it is not caused again",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("cause", ColumnType::Text, "key of the event"),
        Column::required("date", ColumnType::Date, "first day on which the contact's list is valid"),
    ],
    open: false,
};
/// The suffix of that table.
pub const CAUSES: &str = "causes";
