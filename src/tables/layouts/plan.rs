//! Plans of contacts: who gets what, what became of everybody else, and what the limits cost.

use crate::tables::{Column, ColumnType, Layout};

/// One row per contact of a plan.
pub static PLANNED_CONTACTS: Layout = Layout {
    name: "planned_contacts",
    row: "a contact that the plan makes, or would have made with a customer who is held back; `select-targets` makes lists of it",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("offer", ColumnType::Text, "what is offered"),
        Column::optional("channel", ColumnType::Text, "by which channel"),
        Column::optional("slot", ColumnType::Text, "when"),
        Column::optional("segment", ColumnType::Text, "the customer's segment"),
        Column::optional("household", ColumnType::Text, "the customer's household"),
        Column::required("value", ColumnType::Number, "what the contact is expected to bring, in the currency"),
        Column::required("cost", ColumnType::Number, "what it costs, in the currency; 0 where costs are not given"),
        Column::required(
            "control",
            ColumnType::Boolean,
            "true: the customer is held back; this is what they would have got at the plan's prices, to compare the others with",
        ),
    ],
    open: false,
};

/// One row per customer with candidates.
pub static PLAN_OUTCOMES: Layout = Layout {
    name: "plan_outcomes",
    row: "a customer with candidates and what became of them",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required(
            "outcome",
            ColumnType::Text,
            "`planned`; left out beforehand: `suppressed`, `global_control`, `washing_out`, `control`, `cool_down`, `contact_limit`, `no_candidate`; or why the plan has nothing: `no_value`, `limits`, `household`, `last_places`",
        ),
        Column::optional("offer", ColumnType::Text, "the offer that came nearest"),
        Column::optional("channel", ColumnType::Text, "its channel"),
        Column::optional("slot", ColumnType::Text, "its slot"),
        Column::optional(
            "short_by",
            ColumnType::Number,
            "by how much it is worth less than what it takes of the limits, in the currency",
        ),
        Column::optional("limit", ColumnType::Text, "the limit that costs it most"),
    ],
    open: false,
};

/// One row per limit.
pub static PLAN_LIMITS: Layout = Layout {
    name: "plan_limits",
    row: "a limit of the plan",
    columns: &[
        Column::required("limit", ColumnType::Text, "its name"),
        Column::required("counts", ColumnType::Text, "`contacts`, `costs` (in the currency) or `share`, 0 to 1"),
        Column::required("sense", ColumnType::Text, "`at_most` or `at_least`"),
        Column::required("bound", ColumnType::Number, "the maximum or minimum"),
        Column::required("used", ColumnType::Number, "what the plan uses"),
        Column::required("short", ColumnType::Number, "what is missing to a minimum; 0 where it is met"),
        Column::optional(
            "price",
            ColumnType::Number,
            "what one unit more of a maximum would bring, or what the last unit of a minimum costs, in the currency; for shares per contact; empty where the plan does not meet the limits",
        ),
        Column::optional("lower_bound", ColumnType::Number, "the bound less 10 %, at least one unit less"),
        Column::optional(
            "value_at_lower",
            ColumnType::Number,
            "expected change of the plan's value there, in the currency; empty where the plan does not meet the limits, or minimums seem out of reach there",
        ),
        Column::optional("upper_bound", ColumnType::Number, "the bound plus 10 %, at least one unit more"),
        Column::optional("value_at_upper", ColumnType::Number, "expected change of the plan's value there"),
    ],
    open: false,
};

/// One row: the certificate.
pub static PLAN_CERTIFICATE: Layout = Layout {
    name: "plan_certificate",
    row: "the plan with the proof of how good it is",
    columns: &[
        Column::required("value", ColumnType::Number, "value of the plan, in the currency"),
        Column::optional(
            "bound",
            ColumnType::Number,
            "no plan within the limits has more value; proven; empty where a minimum is not met",
        ),
        Column::optional("gap", ColumnType::Number, "(bound − value) / bound; empty where a minimum is not met"),
        Column::required("best", ColumnType::Boolean, "whether it is proven that no plan is better"),
        Column::required(
            "standing",
            ColumnType::Text,
            "`meets` all limits; `impossible`: no plan does, proven; `not_found`: this one does not, others may",
        ),
        Column::required("contacts", ColumnType::Integer, "contacts"),
        Column::required("customers", ColumnType::Integer, "customers with a contact"),
        Column::required("cost", ColumnType::Number, "costs of all contacts, in the currency"),
        Column::required("passes", ColumnType::Integer, "passes over all customers"),
    ],
    open: false,
};
