//! How the shop does: KPIs, bridges, drivers, prices and mix, cubes, cohorts, restatements.

use crate::tables::{Column, ColumnType, Layout};

const GRAIN: Column =
    Column::required("grain", ColumnType::Text, "how time is divided: `week`, `month`, `quarter`, `year` or `own`");
const PERIOD: Column = Column::required("period", ColumnType::Text, "such as 2011-03, 2011-Q1, 2011-W09, 2011");
const STARTS: Column = Column::required("starts", ColumnType::Date, "first day of the period");
const ENDS: Column = Column::required("ends", ColumnType::Date, "first day after the period");
const AGAINST: Column =
    Column::required("against", ColumnType::Text, "with what it is compared: `previous` or `year_before`");
const COMPARED: Column = Column::required("compared", ColumnType::Text, "the period that it is compared with");
const BY: Column =
    Column::optional("dimension", ColumnType::Text, "the division of customers; empty for all customers");
const SEGMENT: Column = Column::optional("segment", ColumnType::Text, "the segment; empty for all customers");
const STATE: Column = Column::required(
    "state",
    ColumnType::Text,
    "`final`, `provisional` (late rows and returns may come), `open` (the as-of date falls into the period), `edge` (history begins too shortly before)",
);
const CHANGED: Column = Column::required(
    "changed",
    ColumnType::Text,
    "`up` or `down` where it is beyond the limits that the shop's own past sets, `as usual`, or `unknown` with too little past",
);
const USUAL_LOW: Column = Column::optional("usual_low", ColumnType::Number, "lower limit that the past sets");
const USUAL_HIGH: Column = Column::optional("usual_high", ColumnType::Number, "upper limit that the past sets");

/// Every KPI of every period and segment.
pub static KPIS: Layout = Layout {
    name: "kpis",
    row: "a KPI of a segment in a period",
    columns: &[
        GRAIN,
        PERIOD,
        STARTS,
        ENDS,
        BY,
        SEGMENT,
        Column::required("kpi", ColumnType::Text, "name of the KPI; the table `definitions` says what it means"),
        Column::required("unit", ColumnType::Text, "`count`, `money`, `share`, `ratio`, `days` or `points`"),
        Column::optional("value", ColumnType::Number, "the value; empty where nothing is below the line"),
        Column::optional("numerator", ColumnType::Number, "what is above the line"),
        Column::optional("denominator", ColumnType::Number, "what is below the line; empty for a count or sum"),
        Column::optional("money", ColumnType::Money, "the money above the line, exact; empty where it is not money"),
        Column::optional("low", ColumnType::Number, "lower end of the 95 % interval; empty where all was counted"),
        Column::optional("high", ColumnType::Number, "upper end of the 95 % interval"),
        STATE,
        Column::required("mature", ColumnType::Boolean, "whether the value is final"),
        CHANGED,
        Column::optional("expected", ColumnType::Number, "the value that the shop's own past leads to expect"),
        USUAL_LOW,
        USUAL_HIGH,
        Column::required(
            "definition",
            ColumnType::Integer,
            "version of the definition; values of others are not compared",
        ),
    ],
    open: false,
};

/// What every KPI means.
pub static DEFINITIONS: Layout = Layout {
    name: "definitions",
    row: "a KPI with its meaning",
    columns: &[
        Column::required("kpi", ColumnType::Text, "name of the KPI"),
        Column::required("title", ColumnType::Text, "how people call it"),
        Column::required("sentence", ColumnType::Text, "what it says"),
        Column::required("numerator", ColumnType::Text, "what is above the line"),
        Column::optional("denominator", ColumnType::Text, "what is below the line; empty for a count or sum"),
        Column::required("unit", ColumnType::Text, "`count`, `money`, `share`, `ratio`, `days` or `points`"),
        Column::required("interval", ColumnType::Text, "how the 95 % interval is found; `none` where all was counted"),
        Column::required("mature_after_days", ColumnType::Integer, "days after the period until a value is final"),
        Column::required("definition", ColumnType::Integer, "version of the definition"),
        Column::optional("needs", ColumnType::Text, "the setting it needs beside `orders`"),
        Column::required("measured", ColumnType::Boolean, "whether this run has it"),
    ],
    open: false,
};

/// Customers from one period to another: before less lost, and new and returned, is after.
pub static CUSTOMER_BRIDGE: Layout = Layout {
    name: "customer_bridge",
    row: "a step from the customers of one period to those of another",
    columns: &[
        GRAIN,
        PERIOD,
        AGAINST,
        COMPARED,
        BY,
        SEGMENT,
        Column::required("step", ColumnType::Text, "`before`, `lost`, `kept`, `new`, `returned` or `after`"),
        Column::required("customers", ColumnType::Integer, "customers; of `lost` negative"),
        Column::required("level", ColumnType::Boolean, "whether the step states what there is, instead of a change"),
        STATE,
    ],
    open: false,
};

/// Revenue from one period to another, exact to the cent.
pub static REVENUE_BRIDGE: Layout = Layout {
    name: "revenue_bridge",
    row: "a step from the revenue of one period to that of another",
    columns: &[
        GRAIN,
        PERIOD,
        AGAINST,
        COMPARED,
        BY,
        SEGMENT,
        Column::required(
            "step",
            ColumnType::Text,
            "`before`, `expansion`, `contraction`, `lost`, `new`, `returned` or `after`; the steps between add up to the change",
        ),
        Column::required(
            "money",
            ColumnType::Money,
            "money of a level, or the change; negative where revenue was lost",
        ),
        Column::required("customers", ColumnType::Integer, "customers whom it comes from"),
        Column::optional("share", ColumnType::Number, "of the revenue before"),
        Column::required("level", ColumnType::Boolean, "whether the step states what there is, instead of a change"),
        STATE,
        CHANGED,
        USUAL_LOW,
        USUAL_HIGH,
    ],
    open: false,
};

/// What lists brought, a part of each period's revenue.
pub static MEASURED_LIFT: Layout = Layout {
    name: "measured_lift",
    row: "a period with what closed lists brought of its revenue, by measurement against their control groups; never to be added to a bridge",
    columns: &[
        GRAIN,
        PERIOD,
        STARTS,
        ENDS,
        Column::required("revenue", ColumnType::Money, "revenue of the period, all customers"),
        Column::optional(
            "revenue_lift",
            ColumnType::Number,
            "the part of it that lists brought, in the currency: capped, returns within the window taken off; empty where no closed list had its window in the period",
        ),
        Column::optional(
            "low",
            ColumnType::Number,
            "lower end of its 95 % interval; half-widths of several lists add up in squares",
        ),
        Column::optional("high", ColumnType::Number, "upper end"),
        Column::optional("share", ColumnType::Number, "of the revenue"),
        Column::required("lists", ColumnType::Integer, "closed lists that had their window in the period"),
        STATE,
    ],
    open: false,
};

/// What drove the change of revenue.
pub static DRIVERS: Layout = Layout {
    name: "drivers",
    row: "a driver of the change of revenue from one period to another",
    columns: &[
        GRAIN,
        PERIOD,
        AGAINST,
        COMPARED,
        BY,
        SEGMENT,
        Column::required(
            "driver",
            ColumnType::Text,
            "`revenue`, `customers`, `revenue_per_customer`, `frequency`, `order_value`, `units_per_order` or `price_per_unit`",
        ),
        Column::optional("parent", ColumnType::Text, "the driver that it is a part of; parts add up to it exactly"),
        Column::required("money", ColumnType::Money, "its effect on revenue (logarithmic mean Divisia index)"),
        Column::optional("share", ColumnType::Number, "of the revenue before"),
        STATE,
        CHANGED,
        USUAL_LOW,
        USUAL_HIGH,
        Column::optional(
            "of_change",
            ColumnType::Number,
            "for `revenue` of a segment: its part of the change of all segments",
        ),
        Column::optional("of_base", ColumnType::Number, "for `revenue` of a segment: its share of the revenue before"),
        Column::optional("surprise", ColumnType::Number, "how far these two are apart"),
        Column::optional(
            "explains",
            ColumnType::Boolean,
            "for `revenue` of a segment: whether it is among those that together explain 80 % of the change",
        ),
    ],
    open: false,
};

/// Price, volume and mix over all items.
pub static PRICE_VOLUME_MIX: Layout = Layout {
    name: "price_volume_mix",
    row: "a part of the change of revenue, by items",
    columns: &[
        GRAIN,
        PERIOD,
        AGAINST,
        COMPARED,
        Column::required(
            "part",
            ColumnType::Text,
            "`before`, `price`, `volume`, `mix`, `new`, `discontinued` or `after`; the parts between add up to the change",
        ),
        Column::required("money", ColumnType::Money, "money of a level, or the change"),
        Column::optional("items", ColumnType::Integer, "items that it comes from"),
        Column::optional("share", ColumnType::Number, "of the revenue before"),
        Column::required("level", ColumnType::Boolean, "whether the part states what there is, instead of a change"),
        STATE,
        CHANGED,
        USUAL_LOW,
        USUAL_HIGH,
    ],
    open: false,
};

/// Price and quantity of each item sold in the last period that is over and in the one compared with.
pub static ITEM_CHANGES: Layout = Layout {
    name: "item_changes",
    row: "an item sold in both periods",
    columns: &[
        GRAIN,
        PERIOD,
        AGAINST,
        COMPARED,
        Column::required("item", ColumnType::Text, "item code"),
        Column::required("description", ColumnType::Text, "its name"),
        Column::required("units_before", ColumnType::Quantity, "pieces before"),
        Column::required("units", ColumnType::Quantity, "pieces"),
        Column::required("revenue_before", ColumnType::Money, "revenue before"),
        Column::required("revenue", ColumnType::Money, "revenue"),
        Column::required("price", ColumnType::Money, "effect of its price: the pieces of now at the change of price"),
        Column::required(
            "quantity",
            ColumnType::Money,
            "effect of its pieces at the price before: volume and mix together",
        ),
    ],
    open: false,
};

/// Several groupings of order lines; a column for each dimension follows.
pub static CUBE: Layout = Layout {
    name: "cube",
    row: "a cell of a grouping",
    columns: &[
        Column::required(
            "grouping_id",
            ColumnType::Integer,
            "the bits of SQL's GROUPING over the dimensions in their order: 1 where a dimension is left out",
        ),
        Column::optional("customers", ColumnType::Integer, "distinct customers; empty in a hidden cell"),
        Column::optional("orders", ColumnType::Integer, "distinct orders"),
        Column::optional("lines", ColumnType::Integer, "order lines"),
        Column::optional("units", ColumnType::Quantity, "pieces"),
        Column::optional("revenue", ColumnType::Money, "money"),
        Column::optional("order_value", ColumnType::Number, "money per order, counted in this grouping"),
        Column::optional("revenue_per_customer", ColumnType::Number, "money per customer, counted in this grouping"),
        Column::optional(
            "hidden",
            ColumnType::Text,
            "why the cell is not shown: `small` (few customers) or `complement` (a small cell could be computed from it)",
        ),
    ],
    open: true,
};

/// What becomes of those who came together.
pub static COHORTS: Layout = Layout {
    name: "cohorts",
    row: "the customers who came in a period, at an age",
    columns: &[
        GRAIN,
        Column::required(
            "clock",
            ColumnType::Text,
            "`own` (days since each first order) or `calendar` (periods after it)",
        ),
        Column::required("cohort", ColumnType::Text, "the period of the first order"),
        Column::required("age", ColumnType::Integer, "spans since the first order, 0 for the first"),
        Column::required("customers", ColumnType::Integer, "customers of the cohort"),
        Column::required("seen", ColumnType::Integer, "of them, those whose span is over at the as-of date"),
        Column::required("active", ColumnType::Integer, "of those seen, customers with an order in the span"),
        Column::required("later", ColumnType::Integer, "of those seen, customers with an order in the span or later"),
        Column::optional("retention", ColumnType::Number, "active over seen, 0 to 1"),
        Column::optional("low", ColumnType::Number, "lower end of its 95 % interval (Wilson)"),
        Column::optional("high", ColumnType::Number, "upper end of its 95 % interval"),
        Column::required("revenue", ColumnType::Money, "money of orders in the span"),
        Column::required("mature", ColumnType::Boolean, "whether the span is over for all customers of the cohort"),
    ],
    open: false,
};

/// What the last run said and this one does not.
pub static RESTATED: Layout = Layout {
    name: "restated",
    row: "a value of a period that was over, which differs from what the last run said",
    columns: &[
        GRAIN,
        PERIOD,
        BY,
        SEGMENT,
        Column::required("kpi", ColumnType::Text, "name of the KPI"),
        Column::optional("said", ColumnType::Number, "what the last run said; empty where it had no value"),
        Column::optional("says", ColumnType::Number, "what this run says; empty where it has no value"),
        Column::required("was_final", ColumnType::Boolean, "whether the last run called it final"),
        Column::required(
            "reason",
            ColumnType::Text,
            "`rows` (of the period), `earlier rows`, `later rows`, `other table`, `segment`, `definition`, or `time` (more of it has passed)",
        ),
        Column::required("rows", ColumnType::Integer, "rows that came, or (negative) went"),
        Column::required("money", ColumnType::Money, "their money"),
        Column::optional("files", ColumnType::Text, "the files they stand in, with commas between"),
        Column::optional("first_line", ColumnType::Integer, "first line that they stand in, where it is one file"),
        Column::optional("last_line", ColumnType::Integer, "last line"),
    ],
    open: false,
};

/// What each file gave to each day, for the comparison with the next run.
pub static EVIDENCE: Layout = Layout {
    name: "evidence",
    row: "the rows of a table that one file gave to one day",
    columns: &[
        Column::required("source", ColumnType::Text, "`orders`, `returns` or `anonymous`"),
        Column::required("day", ColumnType::Date, "day of the order or return"),
        Column::required("file", ColumnType::Text, "the file they were read from"),
        Column::required("rows", ColumnType::Integer, "how many"),
        Column::required("money", ColumnType::Money, "their money"),
        Column::required("digest", ColumnType::Integer, "sum of digests of the rows"),
        Column::required("first_line", ColumnType::Integer, "first line in the file"),
        Column::required("last_line", ColumnType::Integer, "last line in the file"),
    ],
    open: false,
};
