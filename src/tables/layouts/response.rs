//! Customers who may respond, or who are like those of a list: scores, how good they are, how many to contact, how large a trial must be.

use crate::tables::{Column, ColumnType, Layout};

/// One row per candidate who was not in the trial and is not on the seed list.
pub static FOUND_CUSTOMERS: Layout = Layout {
    name: "found_customers",
    row: "a candidate: a customer of the table of features who was not in the trial, or is not on the seed list",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required(
            "claim",
            ColumnType::Text,
            "what the score claims: `response`, the chance to respond when contacted, or `look-alike`, the chance to be of the seed list's kind if the list is a random draw of it",
        ),
        Column::required("score", ColumnType::Number, "that chance, 0 to 1"),
        Column::required(
            "low",
            ColumnType::Number,
            "lower end of the 95 % interval of the rate among persons with this score, by out-of-fold rows",
        ),
        Column::required("high", ColumnType::Number, "upper end of that interval"),
        Column::optional(
            "expected_profit",
            ColumnType::Number,
            "score × margin − cost, in the currency; empty without a margin and for look-alikes",
        ),
        Column::optional(
            "similarity",
            ColumnType::Number,
            "of look-alikes: 1 / (1 + mean distance to the nearest persons of the seed list), 0 to 1",
        ),
        Column::optional("reason_1", ColumnType::Text, "the strongest reason, in words"),
        Column::optional("reason_2", ColumnType::Text, "the second reason"),
        Column::optional("reason_3", ColumnType::Text, "the third reason"),
    ],
    open: false,
};

/// How good models and baselines are on persons they were not trained on.
pub static RESPONSE_JUDGED: Layout = Layout {
    name: "response_judged",
    row: "a measure of a model or baseline on persons it was not trained on",
    columns: &[
        Column::required("model", ColumnType::Text, "which model or baseline"),
        Column::required("chosen", ColumnType::Boolean, "whether it is the one that scores"),
        Column::required("reported", ColumnType::Boolean, "whether reported figures are of this row's model"),
        Column::required("measure", ColumnType::Text, "which measure"),
        Column::required("value", ColumnType::Number, "its value"),
        Column::optional("low", ColumnType::Number, "lower end of the 95 % interval"),
        Column::optional("high", ColumnType::Number, "upper end of the 95 % interval"),
    ],
    open: false,
};

/// Profit by depth of the list on the persons of the trial; empty without a margin and for look-alikes.
pub static RESPONSE_DEPTH: Layout = Layout {
    name: "response_depth",
    row: "a depth of the list of the trial's persons, ranked by out-of-fold scores",
    columns: &[
        Column::required("share", ColumnType::Number, "share of persons who are contacted, best scores first"),
        Column::required("contacts", ColumnType::Number, "that many of the trial's persons"),
        Column::required(
            "responders",
            ColumnType::Number,
            "those of them who responded; equal scores share theirs evenly",
        ),
        Column::required("expected_profit", ColumnType::Number, "profit that the scores promise, in the currency"),
        Column::required("profit", ColumnType::Number, "profit by what the persons did, in the currency"),
        Column::required("low", ColumnType::Number, "lower end of its 95 % interval over draws of persons"),
        Column::required("high", ColumnType::Number, "upper end of that interval"),
        Column::required("best", ColumnType::Boolean, "whether it is the depth of greatest expected profit"),
    ],
    open: false,
};

/// How large a trial must be.
pub static TRIAL_PLAN: Layout = Layout {
    name: "trial_plan",
    row: "a question that a trial can answer, and how many contacts that takes",
    columns: &[
        Column::required(
            "question",
            ColumnType::Text,
            "`rate`: the response rate is known within `target` to each side; `ranking`: a model whose area under the ROC curve is `target` is shown to be better than chance",
        ),
        Column::required("made", ColumnType::Boolean, "whether this is the trial that was made and what it can answer"),
        Column::required("rate", ColumnType::Number, "response rate that is expected, 0 to 1"),
        Column::required("target", ColumnType::Number, "half of the 95 % Wilson interval, or the area"),
        Column::required(
            "contacts",
            ColumnType::Integer,
            "contacts that it takes; two-sided at 5 % and with a power of 80 % for `ranking`",
        ),
        Column::required("responders", ColumnType::Number, "responders expected among them"),
    ],
    open: false,
};
