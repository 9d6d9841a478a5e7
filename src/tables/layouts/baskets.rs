//! Frequent itemsets, and what else is seen of items bought together.

use crate::tables::{Column, ColumnType, Layout};

/// Sets of items bought together.
pub static ITEMSETS: Layout = Layout {
    name: "itemsets",
    row: "a set of items that enough baskets hold",
    columns: &[
        Column::required(
            "items",
            ColumnType::Text,
            "item codes for people, joined by ` + `; a code that could be read as several is written in quotes",
        ),
        Column::required("items_list", ColumnType::Texts, "item codes as a list"),
        Column::required("names", ColumnType::Text, "item names, joined by ` + `"),
        Column::required("length", ColumnType::Integer, "items in the set"),
        Column::required("count", ColumnType::Integer, "baskets that hold it"),
        Column::required("support", ColumnType::Number, "share of all baskets, 0 to 1"),
    ],
    open: false,
};

const A: Column = Column::required("a", ColumnType::Text, "item code");
const B: Column = Column::required("b", ColumnType::Text, "code of another item");
const A_NAME: Column = Column::required("a_name", ColumnType::Text, "item name");
const B_NAME: Column = Column::required("b_name", ColumnType::Text, "name of the other item");
const BOTH: Column = Column::required("both", ColumnType::Integer, "baskets with both");
const A_COUNT: Column = Column::required("a_count", ColumnType::Integer, "baskets with the first");
const B_COUNT: Column = Column::required("b_count", ColumnType::Integer, "baskets with the other");
const EXPECTED: Column = Column::required(
    "expected",
    ColumnType::Number,
    "baskets with both by chance: among baskets of the same size, unless the stage's `test` looks past sizes",
);
const LIFT: Column = Column::optional("lift", ColumnType::Number, "baskets with both over those expected");

/// Pairs of the most frequent items, for the planning of shelves and pages.
pub static AFFINITY: Layout = Layout {
    name: "affinity",
    row: "a pair of frequent items, the more frequent one first",
    columns: &[
        A,
        B,
        A_NAME,
        B_NAME,
        A_COUNT,
        B_COUNT,
        BOTH,
        EXPECTED,
        LIFT,
        Column::optional("phi", ColumnType::Number, "correlation of the two over all baskets, -1 to 1"),
    ],
    open: false,
};

/// Items that replace each other.
pub static SUBSTITUTES: Layout = Layout {
    name: "substitutes",
    row: "a pair of frequent items that meet in baskets less often than chance",
    columns: &[
        A,
        B,
        A_NAME,
        B_NAME,
        A_COUNT,
        B_COUNT,
        BOTH,
        EXPECTED,
        LIFT,
        Column::required(
            "p_value",
            ColumnType::Number,
            "probability of so few by chance, corrected for the number of pairs (Benjamini and Yekutieli)",
        ),
        Column::optional("same_category", ColumnType::Boolean, "whether both are of one category"),
    ],
    open: false,
};

/// Sets of items that may be sold as one.
pub static BUNDLES: Layout = Layout {
    name: "bundles",
    row: "a set of items bought whole more often than any two of its parts explain",
    columns: &[
        Column::required(
            "items",
            ColumnType::Text,
            "item codes for people, joined by ` + `; a code that could be read as several is written in quotes",
        ),
        Column::required("items_list", ColumnType::Texts, "item codes as a list"),
        Column::required("names", ColumnType::Text, "item names, joined by ` + `"),
        Column::required("length", ColumnType::Integer, "items in the set"),
        Column::required("count", ColumnType::Integer, "baskets that hold it"),
        Column::required("support", ColumnType::Number, "share of all baskets, 0 to 1"),
        Column::required(
            "all_confidence",
            ColumnType::Number,
            "share of the baskets with its most frequent item that hold it whole, 0 to 1",
        ),
        Column::required(
            "extra",
            ColumnType::Number,
            "baskets beyond what chance and its best split into two parts explain",
        ),
        Column::required("p_value", ColumnType::Number, "of these extra baskets, corrected (Benjamini and Yekutieli)"),
        Column::optional("extra_value", ColumnType::Number, "margin of the set in the extra baskets, in currency"),
        Column::optional("later_count", ColumnType::Integer, "baskets of the later period that hold it"),
        Column::optional("later_extra", ColumnType::Number, "extra baskets in the later period"),
    ],
    open: false,
};

/// Itemsets that earn the most.
pub static HIGH_UTILITY: Layout = Layout {
    name: "high_utility",
    row: "a set of items that earns much together",
    columns: &[
        Column::required(
            "items",
            ColumnType::Text,
            "item codes for people, joined by ` + `; a code that could be read as several is written in quotes",
        ),
        Column::required("items_list", ColumnType::Texts, "item codes as a list"),
        Column::required("names", ColumnType::Text, "item names, joined by ` + `"),
        Column::required("length", ColumnType::Integer, "items in the set"),
        Column::required("count", ColumnType::Integer, "baskets that hold it"),
        Column::required("utility", ColumnType::Money, "margin of these items in the baskets that hold all of them"),
        Column::required("share", ColumnType::Number, "share of the margin of all baskets"),
    ],
    open: false,
};

/// What items cost the shop.
pub static COSTS: Layout = Layout {
    name: "costs",
    row: "an item",
    columns: &[
        Column::required("item", ColumnType::Text, "item code"),
        Column::required("unit_cost", ColumnType::Number, "what one piece costs the shop, in currency"),
    ],
    open: true,
};
