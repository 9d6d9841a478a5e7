//! Order lines: as read, as cleaned, and what cleaning took out.

use crate::tables::{Column, ColumnType, Layout};

const CUSTOMER: Column =
    Column::optional("customer", ColumnType::Text, "account id in the source; empty when the buyer is not known");
const ORDER: Column = Column::required("order", ColumnType::Text, "order (invoice) number");
const TIME: Column = Column::required("time", ColumnType::Time, "when the order was placed, UTC");
const ITEM: Column = Column::required("item", ColumnType::Text, "item code");
const DESCRIPTION: Column = Column::optional("description", ColumnType::Text, "the item's name");
const CATEGORY: Column = Column::optional("category", ColumnType::Text, "the item's category");
const COUNTRY: Column = Column::optional("country", ColumnType::Text, "where the order goes");
const CURRENCY: Column = Column::optional(
    "currency",
    ColumnType::Text,
    "currency of the unit price, such as EUR; empty where all prices are in the shop's",
);
const QUANTITY: Column = Column::required("quantity", ColumnType::Quantity, "pieces; negative on cancellations");
const UNIT_PRICE: Column = Column::required("unit_price", ColumnType::Money, "price of one piece");
const AMOUNT: Column = Column::required(
    "amount",
    ColumnType::Money,
    "quantity times unit price, rounded to four places, half away from zero",
);
const SOURCE_FILE: Column = Column::required("source_file", ColumnType::Text, "the file the row was read from");
const SOURCE_LINE: Column = Column::required("source_line", ColumnType::Integer, "its physical line there, from 1");

/// What `clean-orders` reads: one row is one line of an order as the shop wrote it.
pub static LINES: Layout = Layout {
    name: "lines",
    row: "a line of an order as the shop wrote it",
    columns: &[
        CUSTOMER,
        ORDER,
        TIME,
        ITEM,
        DESCRIPTION,
        CATEGORY,
        COUNTRY,
        QUANTITY,
        UNIT_PRICE,
        CURRENCY,
        SOURCE_FILE,
        SOURCE_LINE,
    ],
    open: true,
};

/// Columns of [`LINES`] that a shop may not have.
pub const LINES_OPTIONAL: [&str; 7] =
    ["customer", "description", "category", "country", "currency", "source_file", "source_line"];

/// Cleaned order lines, of known customers in the main table and of unknown ones in `_anonymous`.
pub static ORDERS: Layout = Layout {
    name: "orders",
    row: "a line of an order: a real item, bought, paid for",
    columns: &[
        CUSTOMER,
        ORDER,
        TIME,
        ITEM,
        DESCRIPTION,
        CATEGORY,
        COUNTRY,
        QUANTITY,
        UNIT_PRICE,
        AMOUNT,
        SOURCE_FILE,
        SOURCE_LINE,
    ],
    open: false,
};

/// Goods that came back or were cancelled.
pub static RETURNS: Layout = Layout {
    name: "returns",
    row: "a returned or cancelled line, or the part of one that matches a purchase",
    columns: &[
        CUSTOMER,
        ORDER,
        TIME,
        ITEM,
        DESCRIPTION,
        Column::required("quantity", ColumnType::Quantity, "pieces that came back, positive"),
        Column::required("amount", ColumnType::Money, "money given back, positive"),
        Column::required("match", ColumnType::Text, "`exact`, `item` or `none`: how it was matched to a purchase"),
        Column::optional("purchase_order", ColumnType::Text, "the order it was bought with"),
        Column::optional("purchase_time", ColumnType::Time, "when it was bought, UTC"),
        SOURCE_FILE,
        SOURCE_LINE,
    ],
    open: false,
};

/// Every other input row with its one fate.
pub static SET_ASIDE: Layout = Layout {
    name: "set_aside",
    row: "an input row that is not an order line, with the rule that says so",
    columns: &[
        Column::required("rule", ColumnType::Text, "why it was set aside"),
        CUSTOMER,
        ORDER,
        TIME,
        ITEM,
        DESCRIPTION,
        QUANTITY,
        UNIT_PRICE,
        AMOUNT,
        SOURCE_FILE,
        SOURCE_LINE,
    ],
    open: false,
};

/// Where the rows and the money went.
pub static WATERFALL: Layout = Layout {
    name: "waterfall",
    row: "a step from the input to the clean orders",
    columns: &[
        Column::required("step", ColumnType::Text, "fate of the rows"),
        Column::required("rows", ColumnType::Integer, "rows"),
        Column::required("quantity", ColumnType::Quantity, "sum of quantities"),
        Column::required("amount", ColumnType::Money, "sum of amounts"),
        Column::required("meaning", ColumnType::Text, "in words"),
    ],
    open: false,
};

/// The shop's items under one code and one name each.
pub static ITEMS: Layout = Layout {
    name: "items",
    row: "an item",
    columns: &[
        Column::required("item", ColumnType::Text, "item code"),
        Column::optional("description", ColumnType::Text, "its most frequent name"),
        Column::optional("category", ColumnType::Text, "its most frequent category"),
        Column::required("lines", ColumnType::Integer, "order lines"),
        Column::required("quantity", ColumnType::Quantity, "pieces sold"),
        Column::required("amount", ColumnType::Money, "money taken"),
    ],
    open: false,
};

/// Codes that look like services rather than items.
pub static SUGGESTIONS: Layout = Layout {
    name: "suggestions",
    row: "an item code that looks like a service: proposed, or set aside by this evidence",
    columns: &[
        Column::required("item", ColumnType::Text, "item code"),
        Column::optional("description", ColumnType::Text, "its most frequent name"),
        Column::required("lines", ColumnType::Integer, "lines"),
        Column::required("amount", ColumnType::Money, "sum of amounts"),
        Column::required("evidence", ColumnType::Text, "why it looks like one"),
    ],
    open: false,
};
