//! Stages of customers' lives, how customers move between them, and what that is worth.

use crate::tables::{Column, ColumnType, Layout};

const CUSTOMER: Column = Column::required("customer", ColumnType::Text, "account id");
const STAGE: Column = Column::required(
    "stage",
    ColumnType::Text,
    "`new`, `known` (bought before the data can tell), `building`, `loyal`, `returned`, `slipping`, `dormant` or `lost`",
);
const SINCE: Column = Column::required("since", ColumnType::Date, "first day in the stage");
const DAYS: Column = Column::required("days_in_stage", ColumnType::Integer, "days from `since` to the date");
const CHANGE: Column = Column::required(
    "change",
    ColumnType::Text,
    "what has moved the customer since the date before: `none`, `began`, `ordered`, `came_back`, `silence`, `time`, `cancelled` or `left`",
);
const RULES: Column =
    Column::required("rules", ColumnType::Text, "version of the rules and their settings; equal ones are comparable");

const fn chance(name: &'static str) -> Column {
    Column::optional(name, ColumnType::Number, "chance of this stage at the end of the next period, 0 to 1")
}

/// One row per customer.
pub static LIFE_STAGES: Layout = Layout {
    name: "life_stages",
    row: "a customer with the stage of life at the as-of date; who had not bought by then has no row",
    columns: &[
        CUSTOMER,
        STAGE,
        SINCE,
        DAYS,
        Column::optional("previous_stage", ColumnType::Text, "the stage before this one"),
        CHANGE,
        Column::required(
            "known_before",
            ColumnType::Boolean,
            "whether orders may be missing from before the data begin",
        ),
        Column::optional(
            "typical_gap",
            ColumnType::Number,
            "the customer's usual days between orders, drawn to the shop's",
        ),
        chance("p_new"),
        chance("p_known"),
        chance("p_building"),
        chance("p_loyal"),
        chance("p_returned"),
        chance("p_slipping"),
        chance("p_dormant"),
        chance("p_lost"),
        Column::optional(
            "hidden_state",
            ColumnType::Integer,
            "the most likely hidden state, 1 buys least; empty where hidden states predict no better than stages",
        ),
        Column::optional(
            "p_buys",
            ColumnType::Number,
            "chance to buy in the next period by the hidden states, 0 to 1; empty as above",
        ),
        RULES,
    ],
    open: false,
};

/// One row per customer and period end.
pub static STAGE_HISTORY: Layout = Layout {
    name: "stage_history",
    row: "a customer's stage at the end of a period; who had not bought by then has no row",
    columns: &[
        CUSTOMER,
        Column::required(
            "date",
            ColumnType::Date,
            "first day that is not seen: the end of the period, or the as-of date",
        ),
        Column::required(
            "period_over",
            ColumnType::Boolean,
            "whether the period was over; false only at the as-of date",
        ),
        STAGE,
        SINCE,
        DAYS,
        CHANGE,
        Column::required("purchase_days", ColumnType::Integer, "days with an order in the period, at most 255"),
        RULES,
    ],
    open: false,
};

/// One row per step, stage before and stage after.
pub static MIGRATIONS: Layout = Layout {
    name: "migrations",
    row: "customers who were in one stage at the end of a period and in another, or the same, at the end of the next",
    columns: &[
        Column::required("from_date", ColumnType::Date, "end of the period before"),
        Column::required("to_date", ColumnType::Date, "end of the period"),
        Column::required("from", ColumnType::Text, "stage before; `prospect` for newcomers"),
        Column::required("to", ColumnType::Text, "stage after"),
        Column::required("customers", ColumnType::Integer, "customers"),
        Column::required("share", ColumnType::Number, "of the customers of `from`, 0 to 1"),
        Column::required("low", ColumnType::Number, "lower end of the 95 % interval (Wilson)"),
        Column::required("high", ColumnType::Number, "upper end of the 95 % interval"),
        Column::optional("share_before", ColumnType::Number, "the share in the step before"),
        Column::optional("z", ColumnType::Number, "difference to the step before in standard errors"),
        Column::optional(
            "row_p",
            ColumnType::Number,
            "chance that the row of `from` differs as much by chance (χ² test), times the number of rows",
        ),
        Column::optional(
            "changed",
            ColumnType::Boolean,
            "whether the row differs (`row_p` at most 0.05) and this arrow is one of those why (Holm)",
        ),
    ],
    open: false,
};

/// One row per stage.
pub static STAGE_VALUE: Layout = Layout {
    name: "stage_value",
    row: "a stage with what a customer in it is worth",
    columns: &[
        Column::required("stage", ColumnType::Text, "stage at the end of a period"),
        Column::required("customers", ColumnType::Integer, "customers in it at the as-of date"),
        Column::required("seen", ColumnType::Integer, "customers the figures come from, each period counted"),
        Column::required(
            "next",
            ColumnType::Number,
            "mean money of the next period, returns subtracted, in the currency",
        ),
        Column::required("value", ColumnType::Number, "margin within the `horizon`, discounted, in the currency"),
        Column::required("low", ColumnType::Number, "lower end of the 95 % interval of `value`"),
        Column::required("high", ColumnType::Number, "upper end of the 95 % interval"),
        Column::required("contacted", ColumnType::Integer, "of `seen`, those contacted in the period"),
        Column::required("withheld", ColumnType::Integer, "of `seen`, those held back as a control group"),
        Column::optional("value_contacted", ColumnType::Number, "value if always contacted, less the costs of contact"),
        Column::optional("value_withheld", ColumnType::Number, "value if never contacted"),
        Column::optional(
            "gain",
            ColumnType::Number,
            "what one contact now adds, if the better of both is done from then on, less its cost",
        ),
        Column::optional("gain_low", ColumnType::Number, "lower end of the 95 % interval of `gain`"),
        Column::optional("gain_high", ColumnType::Number, "upper end of the 95 % interval"),
        Column::optional(
            "advice",
            ColumnType::Text,
            "`contact`, `leave_alone` or `undecided`, by the interval of `gain`",
        ),
    ],
    open: false,
};

/// One row per hidden state.
pub static HIDDEN_STATES: Layout = Layout {
    name: "hidden_states",
    row: "a hidden state, and how well all of them predict beside the stages",
    columns: &[
        Column::required("state", ColumnType::Integer, "1 buys least"),
        Column::required("customers", ColumnType::Number, "expected customers in it at the end of the last period"),
        Column::required("buys", ColumnType::Number, "mean chance to buy in a period, over the seasons, 0 to 1"),
        Column::required("stays", ColumnType::Number, "chance to be in it in the next period too, 0 to 1"),
        Column::required("one_day", ColumnType::Number, "of those who buy, the share with one purchase day"),
        Column::required("judged", ColumnType::Integer, "customers the judgement is based on, each period counted"),
        Column::required("loss", ColumnType::Number, "mean logarithmic loss of the chance to buy in later periods"),
        Column::required("loss_rules", ColumnType::Number, "the same by stage and time in it"),
        Column::required(
            "difference",
            ColumnType::Number,
            "`loss` less `loss_rules`; below 0 hidden states are better",
        ),
        Column::required("low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::required("high", ColumnType::Number, "upper end of the interval"),
        Column::required(
            "published",
            ColumnType::Boolean,
            "whether they are better: only then customers have a hidden state",
        ),
    ],
    open: false,
};
