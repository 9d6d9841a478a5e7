//! Value: what each customer is worth, by which model, and what became of earlier forecasts.

use crate::tables::{Column, ColumnType, Layout};

/// One row per customer who has ever bought, or ever had a contract.
pub static VALUE: Layout = Layout {
    name: "value",
    row: "a customer with what they are worth",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required(
            "alive",
            ColumnType::Number,
            "P(not dropped out), or whether under contract, 0 to 1; describes, but does not rank leavers",
        ),
        Column::required(
            "no_purchase",
            ColumnType::Number,
            "P(no order within the horizon), or P(no renewal within it), 0 to 1",
        ),
        Column::required(
            "expected_orders",
            ColumnType::Number,
            "expected orders within the horizon; orders of one day count as one. With contracts: payments",
        ),
        Column::optional("expected_margin", ColumnType::Number, "expected margin within the horizon"),
        Column::required(
            "orders_low",
            ColumnType::Integer,
            "lower end of the 90 % interval of orders within the horizon",
        ),
        Column::required(
            "orders_high",
            ColumnType::Integer,
            "upper end of the 90 % interval of orders within the horizon",
        ),
        Column::optional(
            "margin_low",
            ColumnType::Number,
            "lower end of the 90 % interval of margin within the horizon",
        ),
        Column::optional(
            "margin_high",
            ColumnType::Number,
            "upper end of the 90 % interval of margin within the horizon",
        ),
        Column::required("expected_orders_30d", ColumnType::Number, "expected orders within 30 days"),
        Column::required("expected_orders_90d", ColumnType::Number, "expected orders within 90 days"),
        Column::required("expected_orders_365d", ColumnType::Number, "expected orders within 365 days"),
        Column::optional("expected_margin_30d", ColumnType::Number, "expected margin within 30 days"),
        Column::optional("expected_margin_90d", ColumnType::Number, "expected margin within 90 days"),
        Column::optional("expected_margin_365d", ColumnType::Number, "expected margin within 365 days"),
        Column::optional(
            "mean_margin",
            ColumnType::Number,
            "expected margin of an order to come; orders that come back whole count as orders without margin",
        ),
        Column::required(
            "residual_orders",
            ColumnType::Number,
            "discounted expected residual orders (DERT): all orders to come, each discounted by `interest`",
        ),
        Column::optional("residual_margin", ColumnType::Number, "residual_orders times mean_margin"),
        Column::optional(
            "next_order_from",
            ColumnType::Date,
            "if another order comes, it comes before this day with a chance of one in four",
        ),
        Column::optional(
            "next_order_to",
            ColumnType::Date,
            "if another order comes, it comes by this day with a chance of three in four",
        ),
        Column::optional(
            "existing",
            ColumnType::Money,
            "margin so far, less returns and, with `serve`, what serving the customer cost",
        ),
        Column::optional(
            "potential",
            ColumnType::Money,
            "residual_margin and, with `cross_sell`, the measured uplift of cross-selling",
        ),
        Column::optional(
            "influence",
            ColumnType::Money,
            "worth of customers whom the customer brought, less the rewards for it; with `referrals`",
        ),
        Column::optional("learning", ColumnType::Money, "answers of the customer times their price; with `answers`"),
        Column::optional(
            "credited",
            ColumnType::Money,
            "of the customer's worth, what is credited to those who brought the customer; with `referrals`",
        ),
        Column::optional(
            "equity",
            ColumnType::Money,
            "customer equity: existing, potential, influence and learning, less credited",
        ),
        Column::optional(
            "segment",
            ColumnType::Text,
            "value segment: `core`, `promising`, `harvest`, `small` or `lost`; empty where the money of the last 365 days is not known",
        ),
        Column::optional(
            "class",
            ColumnType::Text,
            "ABC class by the money of the last 365 days: `A`, `B` or `C`; empty where that is not known",
        ),
        Column::optional(
            "lowest",
            ColumnType::Number,
            "lowest forecast of any model within the horizon: margin, or orders where margins are not known",
        ),
        Column::optional("highest", ColumnType::Number, "highest forecast of any model within the horizon"),
        Column::optional(
            "worst_rank",
            ColumnType::Number,
            "the worst place under any model, 0 for the first to 1 for the last: at most 0.1 is in the top tenth of all models; empty where `lowest` is",
        ),
    ],
    open: false,
};

/// Customer equity from the last run to this one.
pub static EQUITY: Layout = Layout {
    name: "equity",
    row: "a step from the last run's customer equity to this run's",
    columns: &[
        Column::required("step", ColumnType::Text, "`before`, `new`, `lost`, `reclassified`, `revalued` or `now`"),
        Column::required("customers", ColumnType::Integer, "customers"),
        Column::required("equity", ColumnType::Money, "their equity, or what it changed by"),
        Column::required("meaning", ColumnType::Text, "in words"),
    ],
    open: false,
};

/// How the models did at past dates.
pub static VALUE_MODELS: Layout = Layout {
    name: "value_models",
    row: "a model at a past date whose horizon is over",
    columns: &[
        Column::required("model", ColumnType::Text, "which model, or the baseline `as-before`"),
        Column::required("chosen", ColumnType::Boolean, "whether it gives the forecasts"),
        Column::required("origin", ColumnType::Date, "the date it forecast from"),
        Column::optional(
            "customers",
            ColumnType::Integer,
            "customers who were forecast; empty where it could not be fitted",
        ),
        Column::optional(
            "log_likelihood",
            ColumnType::Number,
            "mean log likelihood per customer of the number of orders",
        ),
        Column::optional("gini", ColumnType::Number, "normalised Gini coefficient of the money that came, by forecast"),
        Column::optional(
            "top_decile_capture",
            ColumnType::Number,
            "share of the money that the first tenth by forecast brought",
        ),
        Column::optional("bias", ColumnType::Number, "forecast money over the money that came, less 1"),
        Column::optional("orders_bias", ColumnType::Number, "forecast orders over the orders that came, less 1"),
        Column::optional(
            "covered",
            ColumnType::Number,
            "share of customers whose orders lay within their 90 % interval",
        ),
        Column::optional("failure", ColumnType::Text, "why it could not be fitted"),
    ],
    open: false,
};

/// What the fitted models are made of.
pub static VALUE_PARAMETERS: Layout = Layout {
    name: "value_parameters",
    row: "a parameter of a fitted model; times in weeks",
    columns: &[
        Column::required("model", ColumnType::Text, "which model"),
        Column::required(
            "parameter",
            ColumnType::Text,
            "its name in the literature; `log_likelihood` beside the parameters",
        ),
        Column::required("value", ColumnType::Number, "its value"),
    ],
    open: false,
};

/// Totals with intervals.
pub static VALUE_TOTALS: Layout = Layout {
    name: "value_totals",
    row: "all customers, or those of a value segment; customers without one are among all",
    columns: &[
        Column::required("segment", ColumnType::Text, "the value segment; `all` for all customers"),
        Column::required("customers", ColumnType::Integer, "customers"),
        Column::required("expected_orders", ColumnType::Number, "expected orders within the horizon"),
        Column::optional(
            "orders_low",
            ColumnType::Number,
            "lower end of the 90 % interval, by what past forecasts were off",
        ),
        Column::optional("orders_high", ColumnType::Number, "upper end of the 90 % interval"),
        Column::optional("expected_margin", ColumnType::Number, "expected margin within the horizon"),
        Column::optional(
            "margin_low",
            ColumnType::Number,
            "lower end of the 90 % interval, by what past forecasts were off",
        ),
        Column::optional("margin_high", ColumnType::Number, "upper end of the 90 % interval"),
        Column::optional("equity", ColumnType::Money, "customer equity"),
    ],
    open: false,
};

/// Own past forecasts whose horizon is over.
pub static VALUE_PROMISES: Layout = Layout {
    name: "value_promises",
    row: "a past forecast of this stage whose horizon is over",
    columns: &[
        Column::required("as_of", ColumnType::Date, "when it was made"),
        Column::required("horizon_days", ColumnType::Integer, "days of its horizon"),
        Column::required("customers", ColumnType::Integer, "customers who were forecast"),
        Column::required("orders_promised", ColumnType::Number, "expected orders"),
        Column::required("orders_came", ColumnType::Number, "orders that came"),
        Column::optional("margin_promised", ColumnType::Number, "expected margin"),
        Column::optional("margin_came", ColumnType::Number, "margin that came"),
        Column::required(
            "inside",
            ColumnType::Number,
            "share of customers whose orders lay within their 90 % interval",
        ),
        Column::optional("gini", ColumnType::Number, "normalised Gini coefficient of what came, by forecast"),
    ],
    open: false,
};

/// Forecasts that wait for the end of their horizon.
pub static VALUE_PENDING: Layout = Layout {
    name: "value_pending",
    row: "a customer's forecast that waits for the end of its horizon",
    columns: &[
        Column::required("as_of", ColumnType::Date, "when it was made"),
        Column::required("horizon_days", ColumnType::Integer, "days of its horizon"),
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("expected_orders", ColumnType::Number, "expected orders within the horizon"),
        Column::required("orders_low", ColumnType::Integer, "lower end of the interval"),
        Column::required("orders_high", ColumnType::Integer, "upper end of the interval"),
        Column::optional("expected_margin", ColumnType::Number, "expected margin within the horizon"),
    ],
    open: false,
};

/// How much of the money few customers bring.
pub static LORENZ: Layout = Layout {
    name: "lorenz",
    row: "a share of the customers, those who bring most first",
    columns: &[
        Column::required("customers_share", ColumnType::Number, "0, 0.01, … 1"),
        Column::required("money_share", ColumnType::Number, "of the money of the last 365 days, what they brought"),
    ],
    open: false,
};

/// Costs of items; the column of costs is a number or money.
pub static ITEM_COSTS: Layout = Layout {
    name: "item_costs",
    row: "an item with its cost",
    columns: &[Column::required("item", ColumnType::Text, "item code")],
    open: true,
};

/// Who brought whom.
pub static REFERRALS: Layout = Layout {
    name: "referrals",
    row: "a customer who came by another",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id of the customer who referred"),
        Column::required("referred", ColumnType::Text, "account id of the customer who came"),
    ],
    open: true,
};
