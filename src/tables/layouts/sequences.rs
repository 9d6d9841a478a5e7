//! What customers buy one after the other: rules with their days, patterns, cycles, journeys.

use crate::tables::{Column, ColumnType, Layout};

/// Who buys the antecedent buys the consequent within some days.
pub static SEQUENCE_RULES: Layout = Layout {
    name: "sequence_rules",
    row: "a rule: who buys the antecedent buys the consequent within so many days, more often than usual",
    columns: &[
        Column::required("rule", ColumnType::Integer, "its number, from 1, the strongest of a kind first"),
        Column::required(
            "kind",
            ColumnType::Text,
            "`ordered`, or `partial`: the items of either side come in whatever order, in one order or several",
        ),
        Column::required(
            "antecedent",
            ColumnType::Text,
            "item codes for people: orders in their sequence joined by ` > `, items of one order by ` + `; of `partial` rules all by ` & `; a code that could be read as several is written in quotes",
        ),
        Column::required("consequent", ColumnType::Text, "item code; of `partial` rules two may be joined by ` & `"),
        Column::required(
            "antecedent_list",
            ColumnType::Orders,
            "item codes as a list of orders, each a list: what other stages read; of `partial` rules one list of all",
        ),
        Column::required("consequent_list", ColumnType::Texts, "item codes as a list"),
        Column::required("antecedent_names", ColumnType::Text, "item names, joined likewise"),
        Column::required("consequent_name", ColumnType::Text, "item name, or two"),
        Column::required("days", ColumnType::Integer, "days after the antecedent in which the consequent counts"),
        Column::optional(
            "step_days",
            ColumnType::Integer,
            "most days between two orders of the antecedent; of `partial` rules between the first and the last",
        ),
        Column::required("element", ColumnType::Text, "what made one order: `day`, all of a day, or `order`"),
        Column::required("merge_days", ColumnType::Integer, "days within which orders counted as one; 0 for none"),
        Column::required(
            "items_only",
            ColumnType::Boolean,
            "whether antecedent and consequent are item codes, none of them a category",
        ),
        Column::required("customers", ColumnType::Integer, "customers who bought the antecedent"),
        Column::required("followers", ColumnType::Integer, "of these, who were seen to buy the consequent in time"),
        Column::required(
            "support",
            ColumnType::Number,
            "followers as a share of the customers with an order in the time mined from, 0 to 1",
        ),
        Column::required(
            "confidence",
            ColumnType::Number,
            "share that buys the consequent in time, 0 to 1; customers count for as long as they were observed (Kaplan-Meier)",
        ),
        Column::required("confidence_low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::required("confidence_high", ColumnType::Number, "upper end of its 95 % interval"),
        Column::required(
            "base_rate",
            ColumnType::Number,
            "the usual share: of as many orders in the same weeks, of any customer",
        ),
        Column::required("lift", ColumnType::Number, "confidence over the base rate; 1 is no connection"),
        Column::required("lift_low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::required(
            "p_value",
            ColumnType::Number,
            "chance of so many followers had each customer's orders (of `partial` rules those without the antecedent's items) come in random order, corrected for the number of rules of the kind tested",
        ),
        Column::required("days_quarter", ColumnType::Integer, "days by which a quarter of the followers has bought"),
        Column::required("days_median", ColumnType::Integer, "days by which half of the followers has bought"),
        Column::required("days_three_quarters", ColumnType::Integer, "days by which three quarters have bought"),
        Column::required("send_from", ColumnType::Integer, "first day after the antecedent of the send window"),
        Column::required("send_to", ColumnType::Integer, "last day after the antecedent of the send window"),
        Column::required("mined_before", ColumnType::Date, "first day whose orders the rule was not mined from"),
        Column::optional("later_customers", ColumnType::Integer, "customers who bought the antecedent later than that"),
        Column::optional("later_followers", ColumnType::Integer, "of these, who bought the consequent in time"),
        Column::optional("later_confidence", ColumnType::Number, "confidence in the later period"),
        Column::optional("later_lift", ColumnType::Number, "rule lift in the later period"),
        Column::optional("later_lift_low", ColumnType::Number, "lower end of its 95 % interval"),
        Column::optional(
            "holds",
            ColumnType::Boolean,
            "whether the rule holds in the later period: true if the interval of its lift lies above 1, false if the lift does not and its interval lies below the lift that was mined; empty where too few can tell",
        ),
    ],
    open: false,
};

/// What each customer counts for in the supports of patterns.
pub static WEIGHTS: Layout = Layout {
    name: "weights",
    row: "a customer with what it counts for",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("weight", ColumnType::Number, "from 0 on, rounded to a whole number"),
    ],
    open: true,
};

/// How soon the consequent of a rule is bought.
pub static SEQUENCE_TIMING: Layout = Layout {
    name: "sequence_timing",
    row: "a day after the antecedent of a rule",
    columns: &[
        Column::required("rule", ColumnType::Integer, "number of the rule in the main table"),
        Column::required("day", ColumnType::Integer, "days after the antecedent"),
        Column::required("bought_by", ColumnType::Number, "share that has bought the consequent by the end of the day"),
        Column::required(
            "hazard",
            ColumnType::Number,
            "chance per day of those still without it, in the week of the day, 0 to 1",
        ),
    ],
    open: false,
};

/// Frequent sequential patterns.
pub static PATTERNS: Layout = Layout {
    name: "patterns",
    row: "a sequence of orders that enough customers have",
    columns: &[
        Column::required(
            "pattern",
            ColumnType::Text,
            "item codes for people: orders joined by ` > `, items of one order by ` + `; a code that could be read as several is written in quotes",
        ),
        Column::required("pattern_list", ColumnType::Orders, "item codes as a list of orders, each a list"),
        Column::required("names", ColumnType::Text, "item names, joined likewise"),
        Column::required("orders", ColumnType::Integer, "orders in the sequence"),
        Column::required("items", ColumnType::Integer, "items of all its orders"),
        Column::required("count", ColumnType::Integer, "customers who have it, or the sum of their weights"),
        Column::required("support", ColumnType::Number, "share of all customers (or of all weights), 0 to 1"),
    ],
    open: false,
};

/// How long items last.
pub static CYCLES: Layout = Layout {
    name: "cycles",
    row: "an item that enough customers buy again",
    columns: &[
        Column::required("item", ColumnType::Text, "item code"),
        Column::required("name", ColumnType::Text, "item name"),
        Column::required("buyers", ColumnType::Integer, "customers who bought it"),
        Column::required("repeaters", ColumnType::Integer, "of these, who bought it on two or more days"),
        Column::required("gaps", ColumnType::Integer, "times from one purchase to the next that were seen"),
        Column::required("typical_days", ColumnType::Number, "geometric mean of these times, days"),
        Column::optional(
            "days_quarter",
            ColumnType::Integer,
            "days by which a quarter of all buyers has bought again (Kaplan-Meier); empty if fewer ever do",
        ),
        Column::optional("days_median", ColumnType::Integer, "days by which half of all buyers has bought again"),
        Column::optional("days_three_quarters", ColumnType::Integer, "days by which three quarters have bought again"),
        Column::required(
            "within",
            ColumnType::Number,
            "spread of ln(days) from one purchase to the next of a customer",
        ),
        Column::required("between", ColumnType::Number, "spread of ln(days) from customer to customer"),
    ],
    open: false,
};

/// Who is due to buy what again.
pub static DUE: Layout = Layout {
    name: "due",
    row: "a customer and an item that they are expected to buy again",
    columns: &[
        Column::required("customer", ColumnType::Text, "account id"),
        Column::required("item", ColumnType::Text, "item code"),
        Column::required("name", ColumnType::Text, "item name"),
        Column::required("purchases", ColumnType::Integer, "days on which the customer bought it"),
        Column::required("last", ColumnType::Date, "the last of these days"),
        Column::required(
            "cycle_days",
            ColumnType::Number,
            "the customer's own time between purchases, drawn towards the item's the fewer purchases there are, days",
        ),
        Column::required("due", ColumnType::Date, "when the next purchase is expected"),
        Column::required("overdue", ColumnType::Date, "from when on it is later than it should be"),
        Column::required("state", ColumnType::Text, "`waiting`, `due` or `overdue` at the as-of date"),
    ],
    open: false,
};

/// The most common ways through the shop.
pub static JOURNEYS: Layout = Layout {
    name: "journeys",
    row: "a path from the first order to where its customers are now",
    columns: &[
        Column::required("path", ColumnType::Text, "what each order stands for, joined by ` > `"),
        Column::required("orders", ColumnType::Integer, "orders that the path shows"),
        Column::required("end", ColumnType::Text, "`lapsed` or `active`"),
        Column::required("customers", ColumnType::Integer, "customers who went it"),
        Column::required("share", ColumnType::Number, "share of all customers, 0 to 1"),
        Column::required("mean_days", ColumnType::Number, "mean days from the first to the last order"),
    ],
    open: false,
};

/// How well the main item of the next order is predicted.
pub static PREDICTORS: Layout = Layout {
    name: "predictors",
    row: "a way to predict the main item of a customer's next order, judged on hidden last orders",
    columns: &[
        Column::required("predictor", ColumnType::Text, "its name"),
        Column::required("meaning", ColumnType::Text, "what it is based on"),
        Column::required("customers", ColumnType::Integer, "customers judged on"),
        Column::required("first", ColumnType::Number, "share whose item was predicted first, 0 to 1"),
        Column::required("among_ten", ColumnType::Number, "share whose item was among the first ten, 0 to 1"),
        Column::required("reciprocal_rank", ColumnType::Number, "mean of 1 over its place, 0 beyond the tenth"),
    ],
    open: false,
};
