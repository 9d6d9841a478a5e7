//! Triggers: whom a night contacts for what, what waits, and what rules did in the past.

use crate::tables::{Column, ColumnType, Layout};

/// One row per contact that a night starts.
pub static TRIGGERED: Layout = Layout {
    name: "triggered",
    row: "a contact that this night starts; one per customer at most",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("trigger", ColumnType::Text, "name of the trigger"),
        Column::optional("subject", ColumnType::Text, "what it is about, such as an item"),
        Column::required(
            "cause",
            ColumnType::Text,
            "key of the occurrence: trigger, subject and day of the cause; the ledger of contacts holds it",
        ),
        Column::required("cause_date", ColumnType::Date, "day of the cause, such as the last order before a lapse"),
        Column::required(
            "scheduled",
            ColumnType::Date,
            "night that the schedule gives it; earlier where nights were missed",
        ),
        Column::required("due", ColumnType::Date, "first night on which it could start"),
        Column::required("expires", ColumnType::Date, "last night on which it can start"),
        Column::required("priority", ColumnType::Text, "class of contacts, which says what goes first"),
        Column::optional("channel", ColumnType::Text, "channel of the trigger's settings"),
        Column::required("control", ColumnType::Boolean, "whether the customer is held back as control group"),
        Column::required(
            "strength",
            ColumnType::Number,
            "how strong it is, in the trigger's own measure: a probability, a share, standard deviations",
        ),
        Column::required(
            "score",
            ColumnType::Number,
            "ranks contacts of all triggers, from 1 to 6: whole part by priority, the rest by strength",
        ),
        Column::required("reason_1", ColumnType::Text, "why, in words"),
    ],
    open: false,
};

/// One row per occurrence that is deferred.
pub static TRIGGERS_WAITING: Layout = Layout {
    name: "triggers_waiting",
    row: "an occurrence that is deferred",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("trigger", ColumnType::Text, "name of the trigger"),
        Column::optional("subject", ColumnType::Text, "what it is about"),
        Column::required("cause", ColumnType::Text, "key of the occurrence"),
        Column::required("cause_date", ColumnType::Date, "day of the cause"),
        Column::required(
            "why",
            ColumnType::Text,
            "`not_due`, `outranked` by another one of the customer, `capped`, `suppressed` by a complaint, or `catching_up` after nights that were not run",
        ),
        Column::optional(
            "next",
            ColumnType::Date,
            "first night on which it may start; empty while a complaint is open",
        ),
        Column::required("expires", ColumnType::Date, "last night on which it can start"),
        Column::required(
            "lost",
            ColumnType::Boolean,
            "whether it can start no more before it expires, as far as is known",
        ),
    ],
    open: false,
};

/// One row per trigger.
pub static TRIGGERS_REPLAY: Layout = Layout {
    name: "triggers_replay",
    row: "a trigger with what it would have done in the past by itself, and what it did since it was started",
    columns: &[
        Column::required("trigger", ColumnType::Text, "name of the trigger"),
        Column::required("from", ColumnType::Date, "first night of the past that was looked at"),
        Column::required("until", ColumnType::Date, "last night"),
        Column::required("fired", ColumnType::Integer, "contacts that it would have started"),
        Column::required("customers", ColumnType::Integer, "with so many customers"),
        Column::required("a_night", ColumnType::Number, "contacts a night"),
        Column::required(
            "truth",
            ColumnType::Text,
            "what shows that it was right: `fact`, `silence`, `bought_in_time`, `bought`",
        ),
        Column::required("judged", ColumnType::Integer, "contacts whose outcome is known"),
        Column::required("right", ColumnType::Integer, "those that were right"),
        Column::optional("precision", ColumnType::Number, "right / judged, 0 to 1; empty where it cannot be judged"),
        Column::optional("low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::optional("high", ColumnType::Number, "upper end of its 95 % interval"),
        Column::optional(
            "lead_days",
            ColumnType::Number,
            "median days from a right contact to what it announces: 180 days of silence, or the purchase",
        ),
        Column::required("scheduled", ColumnType::Integer, "contacts in the schedule since its start"),
        Column::required("waiting", ColumnType::Integer, "occurrences that are deferred"),
        Column::required("over", ColumnType::Integer, "occurrences whose cause ended before their turn came"),
        Column::required("expired", ColumnType::Integer, "occurrences that expired before their turn came"),
        Column::required(
            "repeated",
            ColumnType::Integer,
            "occurrences that came again too soon for the trigger's re-entry",
        ),
    ],
    open: false,
};

/// One row per rule of silence.
pub static TRIGGERS_LEVELS: Layout = Layout {
    name: "triggers_levels",
    row: "a rule that calls a silence a lapse, with what it would have found in the past; empty without a trigger `lapse`",
    columns: &[
        Column::required("rule", ColumnType::Text, "`probability`, `days`, `median_gaps`, `mean_gaps` or `drawn_gaps`"),
        Column::required(
            "level",
            ColumnType::Number,
            "the probability, the days, or how many times the customer's own gap",
        ),
        Column::optional("silent", ColumnType::Integer, "least days of silence, of rules by probability"),
        Column::required("fired", ColumnType::Integer, "silences that it called a lapse"),
        Column::required("right", ColumnType::Integer, "those after which no order came within the trigger's horizon"),
        Column::optional("precision", ColumnType::Number, "right / fired, 0 to 1"),
        Column::optional("low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::optional("high", ColumnType::Number, "upper end of its 95 % interval"),
        Column::optional("median_silence", ColumnType::Number, "median whole days of silence when it fired"),
        Column::required(
            "lost",
            ColumnType::Integer,
            "silences of more than 180 days that began in the time looked at",
        ),
        Column::required("caught", ColumnType::Integer, "those that it called a lapse within the 180 days"),
    ],
    open: false,
};

/// One row per customer who has ordered.
pub static TRIGGERS_OUTCOMES: Layout = Layout {
    name: "triggers_outcomes",
    row: "a customer who is watched, and what this night does",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("outcome", ColumnType::Text, "`started`, `control` (held back), `waiting` or `nothing`"),
    ],
    open: false,
};
