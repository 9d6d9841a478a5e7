//! Satisfaction: what customers answered, as indices with their uncertainty.

use crate::tables::{Column, ColumnType, Layout};

const WAVE: Column = Column::required("wave", ColumnType::Text, "the survey's wave");
const CONSTRUCT: Column = Column::required("construct", ColumnType::Text, "the construct");

/// One row per customer who answered, with the latest answer.
pub static SATISFACTION: Layout = Layout {
    name: "satisfaction",
    row: "a customer's latest answer",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("date", ColumnType::Date, "day of the answer"),
        WAVE,
        Column::required(
            "weight",
            ColumnType::Number,
            "how many respondents' weight the customer has in the wave; the mean is 1",
        ),
    ],
    open: true,
};

/// One row per wave and construct or measure.
pub static INDEX: Layout = Layout {
    name: "index",
    row: "a construct or a measure in a wave",
    columns: &[
        WAVE,
        Column::required("first_day", ColumnType::Date, "day of the wave's first answer"),
        CONSTRUCT,
        Column::required(
            "measure",
            ColumnType::Text,
            "`index` (0 to 100), `csat` (top two boxes, 0 to 100), `csat-top` (top box, 0 to 100), `csat-mean` (0 to 100), `nps` (-100 to 100) or `ces` (mean, 0 to 100)",
        ),
        Column::required(
            "value",
            ColumnType::Number,
            "weighted by respondents; an index with the frozen weights of items",
        ),
        Column::optional("low", ColumnType::Number, "lower end of the 95 % interval"),
        Column::optional("high", ColumnType::Number, "upper end of the 95 % interval"),
        Column::required("persons", ColumnType::Integer, "answers"),
        Column::required("effective", ColumnType::Number, "as many answers of equal weight tell as much"),
        Column::required("unweighted", ColumnType::Number, "the same with equal respondents' weights"),
        Column::optional("equal_items", ColumnType::Number, "the index with equal weights of items"),
        Column::optional(
            "own_weights",
            ColumnType::Number,
            "the index with weights of items estimated on this very wave",
        ),
        Column::optional(
            "change",
            ColumnType::Number,
            "since the wave before, with the same weights of items: answers alone",
        ),
        Column::optional(
            "change_by_weights",
            ColumnType::Number,
            "what weights estimated again for this wave would have added to that change",
        ),
    ],
    open: false,
};

/// One row per wave and pair of constructs of which one leads to the other.
pub static PATHS: Layout = Layout {
    name: "paths",
    row: "what one construct brings another",
    columns: &[
        WAVE,
        Column::required("from", ColumnType::Text, "what leads"),
        Column::required("to", ColumnType::Text, "what follows"),
        Column::optional("path", ColumnType::Number, "standardised coefficient of the arrow; empty without an arrow"),
        Column::optional("low", ColumnType::Number, "lower end of its 95 % bootstrap interval"),
        Column::optional("high", ColumnType::Number, "upper end of it"),
        Column::optional("error", ColumnType::Number, "standard deviation over the draws"),
        Column::optional(
            "consistent",
            ColumnType::Number,
            "the coefficient between common factors, free of the items' errors; empty where they cannot be separated",
        ),
        Column::required("effect", ColumnType::Number, "total effect over all ways, standardised"),
        Column::required("effect_low", ColumnType::Number, "lower end of its 95 % bootstrap interval"),
        Column::required("effect_high", ColumnType::Number, "upper end of it"),
        Column::required(
            "r_squared",
            ColumnType::Number,
            "share of the follower's variance that all that leads to it explains",
        ),
    ],
    open: false,
};

/// One row per wave and construct.
pub static RELIABILITY: Layout = Layout {
    name: "reliability",
    row: "how well the items of a construct measure it in a wave",
    columns: &[
        WAVE,
        CONSTRUCT,
        Column::required("items", ColumnType::Integer, "items"),
        Column::required("mode", ColumnType::Text, "A (reflective) or B (formative)"),
        Column::optional(
            "alpha",
            ColumnType::Number,
            "Cronbach's alpha, 0.7 or more is usual; empty for one item or mode B, as the next four",
        ),
        Column::optional("alpha_standardised", ColumnType::Number, "the same of standardised items"),
        Column::optional("rho_c", ColumnType::Number, "composite reliability, 0.7 or more is usual"),
        Column::optional("rho_a", ColumnType::Number, "Dijkstra and Henseler's reliability"),
        Column::optional("ave", ColumnType::Number, "average variance extracted, 0.5 or more is usual"),
        Column::required("largest_vif", ColumnType::Number, "largest variance inflation factor among the items"),
        Column::required("weakest_item", ColumnType::Text, "the item that loads least"),
        Column::required("weakest_loading", ColumnType::Number, "its loading, 0.7 or more is usual"),
        Column::optional("nearest", ColumnType::Text, "the construct that it is hardest to tell from"),
        Column::optional("htmt", ColumnType::Number, "heterotrait-monotrait ratio with that one, below 0.9 is usual"),
        Column::required("warnings", ColumnType::Text, "what that means, in words; may be empty"),
    ],
    open: false,
};

/// One row per wave and item.
pub static ITEMS: Layout = Layout {
    name: "items",
    row: "an item of a construct in a wave",
    columns: &[
        WAVE,
        CONSTRUCT,
        Column::required("item", ColumnType::Text, "the column of the answers"),
        Column::required("mean", ColumnType::Number, "mean of the answers, 0 to 100"),
        Column::required("frozen_weight", ColumnType::Number, "weight in the index; those of a construct add up to 1"),
        Column::required("weight", ColumnType::Number, "standardised weight estimated on this wave"),
        Column::required("weight_low", ColumnType::Number, "lower end of its 95 % bootstrap interval"),
        Column::required("weight_high", ColumnType::Number, "upper end of it"),
        Column::required("loading", ColumnType::Number, "correlation with the construct"),
        Column::required("loading_low", ColumnType::Number, "lower end of its 95 % bootstrap interval"),
        Column::required("loading_high", ColumnType::Number, "upper end of it"),
    ],
    open: false,
};

/// One row per construct, and per item, that leads to the target.
pub static IMPORTANCE: Layout = Layout {
    name: "importance",
    row: "a construct or an item that leads to the target, in the newest wave",
    columns: &[
        Column::required("target", ColumnType::Text, "what is to rise"),
        CONSTRUCT,
        Column::optional("item", ColumnType::Text, "the item; empty for the construct as a whole"),
        Column::optional("effect", ColumnType::Number, "total effect in standard deviations; empty for items"),
        Column::required(
            "points",
            ColumnType::Number,
            "points of the target that one point more brings: an association, not an experiment",
        ),
        Column::required("performance", ColumnType::Number, "mean over respondents with their weights, 0 to 100"),
        Column::optional(
            "advice",
            ColumnType::Text,
            "`act`, `keep`, `low priority` or `more than needed`, by the means of both axes; empty for items",
        ),
    ],
    open: false,
};

/// One row per kind of failure and outcome.
pub static COMPLAINT_FUNNEL: Layout = Layout {
    name: "complaint_funnel",
    row: "customers with one kind of failure and what came of it",
    columns: &[
        Column::required("failure", ColumnType::Text, "the kind of failure; `all` for all of them"),
        Column::required(
            "outcome",
            ColumnType::Text,
            "`quiet`, `resolved` (complained, and it was resolved in time) or `unresolved`",
        ),
        Column::required(
            "customers",
            ColumnType::Integer,
            "customers, each once: with the first failure of the kind whose days are over",
        ),
        Column::required("kept", ColumnType::Integer, "of them, those who ordered in the days that followed"),
        Column::required("share", ColumnType::Number, "share kept"),
        Column::required("low", ColumnType::Number, "lower end of its 95 % interval (Wilson)"),
        Column::required("high", ColumnType::Number, "upper end of it"),
        Column::optional(
            "difference",
            ColumnType::Number,
            "share kept less that of the quiet after the same failure with about as many orders before",
        ),
        Column::optional("difference_low", ColumnType::Number, "lower end of its 95 % interval (Mantel and Haenszel)"),
        Column::optional("difference_high", ColumnType::Number, "upper end of it"),
    ],
    open: false,
};

/// Answers that are not used.
pub static ANSWERS_SET_ASIDE: Layout = Layout {
    name: "set_aside",
    row: "an answer that is not used, or not for the indices, with its reason",
    columns: &[
        Column::optional("customer", ColumnType::Text, "account id"),
        Column::optional("date", ColumnType::Date, "day of the answer"),
        Column::required("reason", ColumnType::Text, "why"),
    ],
    open: false,
};
