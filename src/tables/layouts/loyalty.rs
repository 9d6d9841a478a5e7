//! How loyal customers are: scores with what they are made of, the axes and cells of matrices, what each score predicted, and series taken apart.

use crate::tables::{Column, ColumnType, Layout};

const CUSTOMER: Column = Column::required("customer", ColumnType::Text, "account id");
const MATRIX: Column = Column::required("matrix", ColumnType::Text, "`dick_basu`, `jones_sasser` or `knox`");
const PERIOD: Column = Column::required("period", ColumnType::Date, "first day of the period");

const fn score(name: &'static str, meaning: &'static str) -> Column {
    Column::optional(name, ColumnType::Number, meaning)
}

const fn low(name: &'static str) -> Column {
    Column::optional(name, ColumnType::Number, "lower end of its 80 % interval")
}

const fn high(name: &'static str) -> Column {
    Column::optional(name, ColumnType::Number, "upper end of the interval")
}

const fn cell(name: &'static str) -> Column {
    Column::optional(
        name,
        ColumnType::Text,
        "cell of this matrix, `unknown` and `undecided` among them; empty before the first purchase",
    )
}

/// One row per customer.
pub static LOYALTY: Layout = Layout {
    name: "loyalty",
    row: "a customer with scores and what they are made of; scores are empty with less than three periods or two purchase days",
    columns: &[
        CUSTOMER,
        Column::required("reason", ColumnType::Text, "why the scores are as they are, in words"),
        Column::required(
            "periods",
            ColumnType::Integer,
            "full periods since the first purchase, at most `periods` of the settings",
        ),
        Column::required("active_periods", ColumnType::Integer, "of these, those with spending"),
        Column::required(
            "recent_periods",
            ColumnType::Integer,
            "the latest of these periods, at most `persistence_periods` of the settings: persistence is of these",
        ),
        Column::required("recent_active", ColumnType::Integer, "of the recent periods, those with spending"),
        Column::required("current_run", ColumnType::Integer, "active periods in a row up to the as-of date"),
        Column::required("longest_run", ColumnType::Integer, "the longest row of active periods"),
        score("persistence", "percentile of `active_share`, 0 to 100"),
        low("persistence_low"),
        high("persistence_high"),
        score(
            "firmness",
            "mean percentile of `slope`, `categories_kept` and `after_shocks`, as far as they are there, 0 to 100",
        ),
        low("firmness_low"),
        high("firmness_high"),
        score(
            "stability",
            "mean percentile of `evenness`, `regularity` and `not_clumpy`, as far as they are there, 0 to 100",
        ),
        low("stability_low"),
        high("stability_high"),
        score("loyalty_index", "mean of the three by `weights`, 0 to 100; empty where one is"),
        low("loyalty_index_low"),
        high("loyalty_index_high"),
        score(
            "active_share",
            "share of the recent periods with spending, drawn towards that of customers of equal tenure, 0 to 1",
        ),
        low("active_share_low"),
        high("active_share_high"),
        score(
            "slope",
            "rise per period of the logarithm of 1 + spending without season, drawn towards the shop's; from 4 active periods",
        ),
        low("slope_low"),
        high("slope_high"),
        score(
            "categories_kept",
            "share of the categories of the earlier half that were bought in the later half again, 0 to 1; empty without categories",
        ),
        low("categories_kept_low"),
        high("categories_kept_high"),
        score(
            "after_shocks",
            "share of own shocks after which an order followed, less that of matched customers, −1 to 1; empty without `complaints` and `failures`",
        ),
        low("after_shocks_low"),
        high("after_shocks_high"),
        score("evenness", "1 / (1 + CV²) of spending by period without season, 0 to 1"),
        low("evenness_low"),
        high("evenness_high"),
        score("regularity", "gamma shape of the gaps between purchase days, 1 is chance; from 10 gaps"),
        low("regularity_low"),
        high("regularity_high"),
        score("not_clumpy", "1 − clumpiness of the purchase days, 1 is even; depends on recency"),
        low("not_clumpy_low"),
        high("not_clumpy_high"),
        Column::optional(
            "clumpy",
            ColumnType::Boolean,
            "whether clumpiness is above what random days exceed 5 times in 100",
        ),
        Column::optional("usual_share", ColumnType::Number, "mean active share of customers of equal tenure, 0 to 1"),
        Column::optional(
            "own_season",
            ColumnType::Boolean,
            "whether there are enough periods for a season of one's own",
        ),
        Column::optional(
            "last_off_trend",
            ColumnType::Number,
            "spending of the last period over its trend and season, less 1",
        ),
        Column::optional("categories", ColumnType::Integer, "different categories bought; empty without categories"),
        Column::optional(
            "category_share",
            ColumnType::Number,
            "of the shop's categories, 0 to 1; empty without categories",
        ),
        Column::optional(
            "reach",
            ColumnType::Number,
            "what the `headroom_share` of customers alike stays below in the last span, in the currency",
        ),
        Column::optional(
            "headroom",
            ColumnType::Number,
            "what lies between own spending in the span and `reach`, in the currency; an opportunity, not a market share",
        ),
        Column::optional("reach_share", ColumnType::Number, "own spending in the span over `reach`, at most 1"),
        Column::optional(
            "wallet_share",
            ColumnType::Number,
            "share of wallet by the Wallet Allocation Rule, 0 to 1; empty without `brands`",
        ),
        cell("dick_basu"),
        cell("jones_sasser"),
        cell("knox"),
    ],
    open: false,
};

/// One row per customer and period.
pub static LOYALTY_PARTS: Layout = Layout {
    name: "loyalty_parts",
    row: "a period of a customer with at least four active ones; trend, season, cycle and irregular part sum to the logarithm of 1 + spending over the shared index",
    columns: &[
        CUSTOMER,
        PERIOD,
        Column::required("spent", ColumnType::Number, "net spending in the currency"),
        Column::required(
            "shared_index",
            ColumnType::Number,
            "the shop's spending in the period over its mean: season and business trend of all",
        ),
        Column::required("trend", ColumnType::Number, "the customer's own line, drawn towards the shop's slope"),
        Column::required(
            "season",
            ColumnType::Number,
            "the customer's own season; 0 where only the shared one is known",
        ),
        Column::required("cycle", ColumnType::Number, "mean of three periods of what is left"),
        Column::required("irregular", ColumnType::Number, "the rest"),
    ],
    open: false,
};

/// One row per group and period.
pub static LOYALTY_SERIES: Layout = Layout {
    name: "loyalty_series",
    row: "a period of the shop or a segment, by STL (windows of 7, five rounds, no jumps); parts sum to `value`",
    columns: &[
        Column::required("group", ColumnType::Text, "`all`, or the name of a segment"),
        PERIOD,
        Column::required("spent", ColumnType::Number, "net spending in the currency"),
        Column::required(
            "in_logs",
            ColumnType::Boolean,
            "whether `value` is the logarithm of `spent`, as where all periods are above 0",
        ),
        Column::required("value", ColumnType::Number, "what is taken apart"),
        Column::required("trend", ColumnType::Number, "slow movement"),
        Column::required("season", ColumnType::Number, "what returns with the season"),
        Column::required("irregular", ColumnType::Number, "the rest"),
        Column::required(
            "season_index",
            ColumnType::Number,
            "index of the place in the season by classical decomposition: a factor in logs, money otherwise",
        ),
    ],
    open: false,
};

/// One row per customer and axis.
pub static LOYALTY_AXES: Layout = Layout {
    name: "loyalty_axes",
    row: "where a customer stands on an axis; an axis of which nothing is known has no row",
    columns: &[
        CUSTOMER,
        Column::required(
            "axis",
            ColumnType::Text,
            "`attitude`, `satisfaction`, `repeat`, `involvement` or `suppliers`",
        ),
        Column::required(
            "source",
            ColumnType::Text,
            "`survey`, `rating`, `behaviour`, or `proxy`: behaviour that stands for something else",
        ),
        Column::required("value", ColumnType::Number, "on the scale of the source"),
        Column::required("low", ColumnType::Number, "lower end of the 80 % interval"),
        Column::required("high", ColumnType::Number, "upper end of the interval"),
        Column::required("cut", ColumnType::Number, "where low and high part"),
        Column::required(
            "side",
            ColumnType::Text,
            "`low`, `high`, or `undecided` where the interval lies on both sides",
        ),
    ],
    open: false,
};

/// One row per matrix and cell.
pub static LOYALTY_CELLS: Layout = Layout {
    name: "loyalty_cells",
    row: "a cell of a matrix at the as-of date",
    columns: &[
        MATRIX,
        Column::required("cell", ColumnType::Text, "name of the cell"),
        Column::required("action", ColumnType::Text, "the one thing to do"),
        Column::required("customers", ColumnType::Integer, "customers in it"),
        Column::required("share", ColumnType::Number, "of all customers, 0 to 1"),
        Column::optional(
            "weighted_share",
            ColumnType::Number,
            "of customers of whom both axes are known, weighted to all customers, 0 to 1; empty for `unknown`",
        ),
        Column::required("value_share", ColumnType::Number, "of all customers' spending in the periods, 0 to 1"),
        Column::required(
            "by_proxy",
            ColumnType::Integer,
            "of `customers`, those with an axis from a proxy; 0 for `unknown`",
        ),
        Column::required("before", ColumnType::Integer, "customers who were in it one horizon ago"),
        Column::optional("churn", ColumnType::Number, "of these, the share without an order in the horizon"),
    ],
    open: false,
};

/// One row per matrix, cell before and cell now.
pub static LOYALTY_MOVES: Layout = Layout {
    name: "loyalty_moves",
    row: "customers who were in one cell one horizon ago and are in another, or the same, at the as-of date",
    columns: &[
        MATRIX,
        Column::required("from", ColumnType::Text, "cell one horizon ago"),
        Column::required("to", ColumnType::Text, "cell at the as-of date"),
        Column::required("customers", ColumnType::Integer, "customers"),
    ],
    open: false,
};

/// One row per score.
pub static LOYALTY_JUDGED: Layout = Layout {
    name: "loyalty_judged",
    row: "a score with what it predicted on customers and a horizon that nothing was learned from: any order",
    columns: &[
        Column::required("score", ColumnType::Text, "name of the column that is judged"),
        Column::required(
            "verdict",
            ColumnType::Text,
            "`predictive`; `decorative` where predictions are no better with it; `unknown` with too few customers",
        ),
        Column::required("customers", ColumnType::Integer, "customers judged"),
        Column::required("bought", ColumnType::Integer, "of these, those who ordered in the horizon"),
        Column::optional(
            "loss_without",
            ColumnType::Number,
            "mean log loss by recency, frequency, money and tenure, in nats",
        ),
        Column::optional("loss_with", ColumnType::Number, "the same with the score beside them"),
        Column::optional("gain", ColumnType::Number, "`loss_without` less `loss_with`; above 0 the score helps"),
        Column::optional("gain_low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::optional("gain_high", ColumnType::Number, "upper end of the interval"),
        Column::optional("auc", ColumnType::Number, "area under the ROC curve of the score alone; 0.5 is nothing"),
        Column::optional("auc_low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::optional("auc_high", ColumnType::Number, "upper end of the interval"),
        Column::optional(
            "lift",
            ColumnType::Number,
            "share who ordered among the tenth with the highest scores, over that of all",
        ),
    ],
    open: false,
};
