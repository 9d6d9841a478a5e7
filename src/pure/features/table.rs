//! The features: one row each, the only place where a feature's name is written.

use super::summary::{DAY_PARTS, Summary};
use crate::numeric::math::{exp_m1, ln};

/// One feature: what it is, how it is told, and how it is read from a customer's sums.
#[derive(Debug)]
pub struct Feature {
    /// Name of the column.
    pub name: &'static str,
    /// What it is about.
    pub family: Family,
    /// What one unit of it is.
    pub unit: Unit,
    /// Meaning, and when the value is missing (NaN). *Observed* means within the observation window.
    pub meaning: &'static str,
    /// What is said of a customer for whom it is high; empty for codes, of which there is no high.
    pub high: &'static str,
    /// What is said of a customer for whom it is low; empty for codes.
    pub low: &'static str,
    /// The value for one customer.
    pub value: fn(&Summary) -> f64,
}

/// What a feature is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// How long ago.
    Recency,
    /// How often.
    Frequency,
    /// How much money.
    Monetary,
    /// How long a customer.
    Tenure,
    /// At which intervals.
    Rhythm,
    /// What an order looks like.
    Basket,
    /// What came back.
    Returns,
    /// Up or down.
    Trend,
    /// The time of year.
    Season,
    /// When and what, as a rule.
    Habit,
}

/// What one unit of a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Civil days.
    Days,
    /// Calendar months.
    Months,
    /// Orders, or occasions.
    Orders,
    /// Complaints, ratings and other events.
    Events,
    /// Units of the shop's currency.
    Money,
    /// Order lines.
    Lines,
    /// Distinct items.
    Items,
    /// Pieces.
    Pieces,
    /// A part of a whole, 0 to 1 unless the meaning says otherwise.
    Share,
    /// A number without unit.
    Ratio,
    /// Natural logarithm of a ratio: 0 is no change.
    LogRatio,
    /// Code of a weekday: 0 Monday to 6 Sunday.
    Weekday,
    /// Code of a part of the day: index into [`DAY_PARTS`].
    DayPart,
    /// Id of an item.
    Item,
    /// Id of a category.
    Category,
}

/// Every feature, in the order of the columns of a [`FeatureTable`](super::FeatureTable).
pub static ORDER_FEATURES: &[Feature] = &[
    Feature {
        name: "recency_days",
        family: Family::Recency,
        unit: Unit::Days,
        meaning: "whole days since the last order",
        high: "last bought long ago",
        low: "bought recently",
        value: |s| s.recency,
    },
    Feature {
        name: "recency_over_gap",
        family: Family::Recency,
        unit: Unit::Ratio,
        meaning: "days since the last order over the mean days between own purchase days; missing before a second \
                  purchase day",
        high: "is overdue by own habit",
        low: "is within own usual gap",
        value: |s| s.recency / s.gap_mean,
    },
    Feature {
        name: "orders_30d",
        family: Family::Frequency,
        unit: Unit::Orders,
        meaning: "orders in the last 30 days",
        high: "ordered often in the last 30 days",
        low: "ordered rarely in the last 30 days",
        value: |s| s.orders_in[0],
    },
    Feature {
        name: "orders_60d",
        family: Family::Frequency,
        unit: Unit::Orders,
        meaning: "orders in the last 60 days",
        high: "ordered often in the last 60 days",
        low: "ordered rarely in the last 60 days",
        value: |s| s.orders_in[1],
    },
    Feature {
        name: "orders_90d",
        family: Family::Frequency,
        unit: Unit::Orders,
        meaning: "orders in the last 90 days",
        high: "ordered often in the last 90 days",
        low: "ordered rarely in the last 90 days",
        value: |s| s.orders_in[2],
    },
    Feature {
        name: "orders_180d",
        family: Family::Frequency,
        unit: Unit::Orders,
        meaning: "orders in the last 180 days",
        high: "ordered often in the last 180 days",
        low: "ordered rarely in the last 180 days",
        value: |s| s.orders_in[3],
    },
    Feature {
        name: "orders_365d",
        family: Family::Frequency,
        unit: Unit::Orders,
        meaning: "orders in the last 365 days",
        high: "ordered often in the last 365 days",
        low: "ordered rarely in the last 365 days",
        value: |s| s.orders_in[4],
    },
    Feature {
        name: "orders_lifetime",
        family: Family::Frequency,
        unit: Unit::Orders,
        meaning: "orders since the first one on record",
        high: "has ordered many times",
        low: "has ordered few times",
        value: |s| s.orders,
    },
    Feature {
        name: "purchase_days_lifetime",
        family: Family::Frequency,
        unit: Unit::Days,
        meaning: "distinct days with an order",
        high: "bought on many days",
        low: "bought on few days",
        value: |s| s.purchase_days,
    },
    Feature {
        name: "active_months",
        family: Family::Frequency,
        unit: Unit::Months,
        meaning: "distinct calendar months with an order",
        high: "bought in many months",
        low: "bought in few months",
        value: |s| s.active_months,
    },
    Feature {
        name: "active_month_share",
        family: Family::Frequency,
        unit: Unit::Share,
        meaning: "active months over calendar months from the first order to the as-of date",
        high: "buys in most months",
        low: "skips most months",
        value: |s| s.active_months / s.months,
    },
    Feature {
        name: "money_30d",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent in the last 30 days, returns not subtracted",
        high: "spent much in the last 30 days",
        low: "spent little in the last 30 days",
        value: |s| s.money_in[0],
    },
    Feature {
        name: "money_60d",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent in the last 60 days, returns not subtracted",
        high: "spent much in the last 60 days",
        low: "spent little in the last 60 days",
        value: |s| s.money_in[1],
    },
    Feature {
        name: "money_90d",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent in the last 90 days, returns not subtracted",
        high: "spent much in the last 90 days",
        low: "spent little in the last 90 days",
        value: |s| s.money_in[2],
    },
    Feature {
        name: "money_180d",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent in the last 180 days, returns not subtracted",
        high: "spent much in the last 180 days",
        low: "spent little in the last 180 days",
        value: |s| s.money_in[3],
    },
    Feature {
        name: "money_365d",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent in the last 365 days, returns not subtracted",
        high: "spent much in the last 365 days",
        low: "spent little in the last 365 days",
        value: |s| s.money_in[4],
    },
    Feature {
        name: "money_lifetime",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent since the first order on record, returns not subtracted",
        high: "has spent much in all",
        low: "has spent little in all",
        value: |s| s.money,
    },
    Feature {
        name: "net_money_365d",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent less value returned, both in the last 365 days",
        high: "brought much net revenue in the last year",
        low: "brought little net revenue in the last year",
        value: |s| s.money_in[4] - s.returned_365,
    },
    Feature {
        name: "net_money_lifetime",
        family: Family::Monetary,
        unit: Unit::Money,
        meaning: "money spent less value returned, since the first order on record",
        high: "brought much net revenue in all",
        low: "brought little net revenue in all",
        value: |s| s.money - s.returned,
    },
    Feature {
        name: "tenure_days",
        family: Family::Tenure,
        unit: Unit::Days,
        meaning: "whole days since the first order on record",
        high: "is a customer of long standing",
        low: "is a new customer",
        value: |s| s.tenure,
    },
    Feature {
        name: "second_order_days",
        family: Family::Tenure,
        unit: Unit::Days,
        meaning: "whole days since the second purchase day; missing before it",
        high: "came back for the first time long ago",
        low: "came back for the first time recently",
        value: |s| s.since_second,
    },
    Feature {
        name: "gap_days_mean",
        family: Family::Rhythm,
        unit: Unit::Days,
        meaning: "mean days between consecutive purchase days; missing before a second",
        high: "usually waits long between purchases",
        low: "usually buys again soon",
        value: |s| s.gap_mean,
    },
    Feature {
        name: "gap_days_median",
        family: Family::Rhythm,
        unit: Unit::Days,
        meaning: "median days between consecutive purchase days; missing before a second",
        high: "typically waits long between purchases",
        low: "typically buys again soon",
        value: |s| s.gap_median,
    },
    Feature {
        name: "gap_days_sd",
        family: Family::Rhythm,
        unit: Unit::Days,
        meaning: "sample standard deviation of the days between purchase days; missing before a third",
        high: "buys at irregular intervals",
        low: "buys at even intervals",
        value: |s| s.gap_sd,
    },
    Feature {
        name: "gap_cv",
        family: Family::Rhythm,
        unit: Unit::Ratio,
        meaning: "standard deviation over mean of the days between purchase days; missing before a third",
        high: "has no steady rhythm",
        low: "has a steady rhythm",
        value: |s| s.gap_sd / s.gap_mean,
    },
    Feature {
        name: "gap_days_last",
        family: Family::Rhythm,
        unit: Unit::Days,
        meaning: "days between the last two purchase days; missing before a second",
        high: "waited long before the last purchase",
        low: "bought twice in short order",
        value: |s| s.gap_last,
    },
    Feature {
        name: "gap_last_over_mean",
        family: Family::Rhythm,
        unit: Unit::Ratio,
        meaning: "days between the last two purchase days over their mean; missing before a second",
        high: "waited longer than usual before the last purchase",
        low: "bought again sooner than usual",
        value: |s| s.gap_last / s.gap_mean,
    },
    Feature {
        name: "basket_value_mean",
        family: Family::Basket,
        unit: Unit::Money,
        meaning: "mean value of the observed orders",
        high: "places large orders",
        low: "places small orders",
        value: |s| s.observed_money / s.observed_orders,
    },
    Feature {
        name: "basket_value_cv",
        family: Family::Basket,
        unit: Unit::Ratio,
        meaning: "sample standard deviation over mean of the values of the observed orders; missing for a single one",
        high: "orders vary much in value",
        low: "orders are alike in value",
        value: |s| s.basket_sd / (s.observed_money / s.observed_orders),
    },
    Feature {
        name: "basket_value_max",
        family: Family::Basket,
        unit: Unit::Money,
        meaning: "value of the largest observed order",
        high: "has placed a very large order",
        low: "has never placed a large order",
        value: |s| s.basket_max,
    },
    Feature {
        name: "basket_value_last_over_mean",
        family: Family::Basket,
        unit: Unit::Ratio,
        meaning: "value of the last order over the mean of the observed ones",
        high: "last order was larger than usual",
        low: "last order was smaller than usual",
        value: |s| s.basket_last / (s.observed_money / s.observed_orders),
    },
    Feature {
        name: "basket_lines_mean",
        family: Family::Basket,
        unit: Unit::Lines,
        meaning: "mean lines per observed order",
        high: "orders have many lines",
        low: "orders have few lines",
        value: |s| s.lines / s.observed_orders,
    },
    Feature {
        name: "basket_items_mean",
        family: Family::Basket,
        unit: Unit::Items,
        meaning: "mean distinct items per observed order",
        high: "buys many different items at once",
        low: "buys few different items at once",
        value: |s| s.basket_items / s.observed_orders,
    },
    Feature {
        name: "basket_quantity_mean",
        family: Family::Basket,
        unit: Unit::Pieces,
        meaning: "mean pieces per observed order",
        high: "buys many pieces at once",
        low: "buys few pieces at once",
        value: |s| s.quantity / s.observed_orders,
    },
    Feature {
        name: "lines_observed",
        family: Family::Basket,
        unit: Unit::Lines,
        meaning: "order lines observed",
        high: "bought many lines",
        low: "bought few lines",
        value: |s| s.lines,
    },
    Feature {
        name: "quantity_observed",
        family: Family::Basket,
        unit: Unit::Pieces,
        meaning: "pieces bought, as observed",
        high: "bought many pieces",
        low: "bought few pieces",
        value: |s| s.quantity,
    },
    Feature {
        name: "distinct_items_observed",
        family: Family::Basket,
        unit: Unit::Items,
        meaning: "distinct items bought, as observed",
        high: "buys across a wide range",
        low: "buys from a narrow range",
        value: |s| s.distinct_items,
    },
    Feature {
        name: "new_item_share",
        family: Family::Basket,
        unit: Unit::Share,
        meaning: "distinct items over order lines, as observed: 1 when nothing was bought twice",
        high: "keeps trying new items",
        low: "buys the same items again",
        value: |s| s.distinct_items / s.lines,
    },
    Feature {
        name: "piece_value_mean",
        family: Family::Basket,
        unit: Unit::Money,
        meaning: "money over pieces of the observed orders; missing when no piece was bought",
        high: "buys dear items",
        low: "buys cheap items",
        value: |s| ratio(s.observed_money, s.quantity),
    },
    Feature {
        name: "returns_observed",
        family: Family::Returns,
        unit: Unit::Orders,
        meaning: "occasions on which goods came back, as observed",
        high: "returns goods often",
        low: "hardly returns goods",
        value: |s| s.returns,
    },
    Feature {
        name: "return_share_quantity",
        family: Family::Returns,
        unit: Unit::Share,
        meaning: "pieces returned over pieces bought, as observed; above 1 when earlier purchases came back, missing \
                  when none was bought",
        high: "returns a large part of the pieces",
        low: "returns few of the pieces",
        value: |s| ratio(s.returned_quantity, s.quantity),
    },
    Feature {
        name: "return_share_value",
        family: Family::Returns,
        unit: Unit::Share,
        meaning: "value returned over money spent, as observed; above 1 when earlier purchases came back, missing when \
                  nothing was spent",
        high: "returns a large part of the value",
        low: "returns little of the value",
        value: |s| ratio(s.returned_value, s.observed_money),
    },
    Feature {
        name: "return_days",
        family: Family::Returns,
        unit: Unit::Days,
        meaning: "whole days since the last return; missing without one",
        high: "last returned goods long ago",
        low: "returned goods recently",
        value: |s| s.since_return,
    },
    Feature {
        name: "return_delay_days_mean",
        family: Family::Returns,
        unit: Unit::Days,
        meaning: "mean days from purchase to return of matched returns; missing without one",
        high: "returns goods late",
        low: "returns goods at once",
        value: |s| s.return_delay,
    },
    Feature {
        name: "orders_trend_90d",
        family: Family::Trend,
        unit: Unit::LogRatio,
        meaning: "natural logarithm of orders in the last 90 days over those in the 90 days before, half an order \
                  added to each",
        high: "orders more often than before",
        low: "orders less often than before",
        value: |s| ln((s.orders_in[2] + 0.5) / (s.orders_before + 0.5)),
    },
    Feature {
        name: "money_trend_90d",
        family: Family::Trend,
        unit: Unit::Ratio,
        meaning: "difference over sum of the money of the last 90 days and of the 90 days before, -1 to 1; missing \
                  when nothing was spent in either",
        high: "spends more than before",
        low: "spends less than before",
        value: |s| ratio(s.money_in[2] - s.money_before, s.money_in[2] + s.money_before),
    },
    Feature {
        name: "orders_slope",
        family: Family::Trend,
        unit: Unit::Ratio,
        meaning: "least-squares change of orders from one 30-day period to the next over at most 12, as a share of \
                  their mean; missing before a third period",
        high: "orders more and more often",
        low: "orders less and less often",
        value: |s| s.orders_slope,
    },
    Feature {
        name: "money_slope",
        family: Family::Trend,
        unit: Unit::Ratio,
        meaning: "least-squares change of money from one 30-day period to the next over at most 12, as a share of its \
                  mean; missing before a third period",
        high: "spends more and more",
        low: "spends less and less",
        value: |s| s.money_slope,
    },
    Feature {
        name: "season_orders_90d",
        family: Family::Season,
        unit: Unit::Orders,
        meaning: "orders a year ago in the 90 days that now lie ahead; missing below 365 days of tenure",
        high: "ordered much in this season last year",
        low: "ordered little in this season last year",
        value: |s| s.with_year(s.season_orders),
    },
    Feature {
        name: "season_orders_ratio",
        family: Family::Season,
        unit: Unit::Ratio,
        meaning: "orders a year ago in the 90 days that now lie ahead, over the 90-day average of that year; missing \
                  below 365 days of tenure or without an order in the year",
        high: "this is a strong season for this customer",
        low: "this is a weak season for this customer",
        value: |s| s.with_year(ratio(s.season_orders, s.orders_in[4] * 90.0 / 365.0)),
    },
    Feature {
        name: "season_money_ratio",
        family: Family::Season,
        unit: Unit::Ratio,
        meaning: "money a year ago in the 90 days that now lie ahead, over the 90-day average of that year; missing \
                  below 365 days of tenure or when nothing was spent in the year",
        high: "spent more than usual in this season last year",
        low: "spent less than usual in this season last year",
        value: |s| s.with_year(ratio(s.season_money, s.money_in[4] * 90.0 / 365.0)),
    },
    Feature {
        name: "preferred_weekday",
        family: Family::Habit,
        unit: Unit::Weekday,
        meaning: "weekday of most observed orders, 0 Monday to 6 Sunday; the first of those that tie",
        high: "prefers the end of the week",
        low: "prefers the start of the week",
        value: |s| most(&s.weekdays),
    },
    Feature {
        name: "preferred_weekday_share",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "share of the observed orders on the preferred weekday",
        high: "buys on one weekday",
        low: "buys on any weekday",
        value: |s| share(&s.weekdays),
    },
    Feature {
        name: "preferred_day_part",
        family: Family::Habit,
        unit: Unit::DayPart,
        meaning: "part of the day of most observed orders: 0 night, 1 morning, 2 afternoon, 3 evening; the first of \
                  those that tie",
        high: "prefers late hours",
        low: "prefers early hours",
        value: |s| most(&s.day_parts),
    },
    Feature {
        name: "preferred_day_part_share",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "share of the observed orders in the preferred part of the day",
        high: "buys at one time of day",
        low: "buys at any time of day",
        value: |s| share(&s.day_parts),
    },
    Feature {
        name: "weekend_share",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "share of the observed orders at a weekend",
        high: "buys at weekends",
        low: "buys on working days",
        value: |s| s.weekend / s.observed_orders,
    },
    Feature {
        name: "night_share",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "share of the observed orders at night",
        high: "buys at night",
        low: "buys by day",
        value: |s| s.day_parts[0] / s.observed_orders,
    },
    Feature {
        name: "preferred_item",
        family: Family::Habit,
        unit: Unit::Item,
        meaning: "the item on most observed lines; the first by code of those that tie",
        high: "",
        low: "",
        value: |s| s.item.id,
    },
    Feature {
        name: "preferred_item_share",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "share of the observed lines that are the preferred item",
        high: "mostly buys one item",
        low: "has no favourite item",
        value: |s| s.item.share,
    },
    Feature {
        name: "item_concentration",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "Herfindahl-Hirschman index of the observed lines over items: 1 for a single item",
        high: "concentrates on few items",
        low: "spreads over many items",
        value: |s| s.item.hhi,
    },
    Feature {
        name: "preferred_category",
        family: Family::Habit,
        unit: Unit::Category,
        meaning: "the category on most observed lines, the first by name of those that tie; missing without categories",
        high: "",
        low: "",
        value: |s| s.category.id,
    },
    Feature {
        name: "preferred_category_share",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "share of the observed lines with a category that are in the preferred one; missing without \
                  categories",
        high: "mostly buys in one category",
        low: "has no favourite category",
        value: |s| s.category.share,
    },
    Feature {
        name: "category_concentration",
        family: Family::Habit,
        unit: Unit::Share,
        meaning: "Herfindahl-Hirschman index of the observed lines over categories, 1 for a single one; missing \
                  without categories",
        high: "concentrates on few categories",
        low: "spreads over many categories",
        value: |s| s.category.hhi,
    },
];

/// Position of a feature in [`ORDER_FEATURES`]; `None` for another name.
pub fn index_of(name: &str) -> Option<usize> {
    ORDER_FEATURES.iter().position(|feature| feature.name == name)
}

impl Family {
    /// The family's name, for tables and references.
    pub fn name(self) -> &'static str {
        match self {
            Family::Recency => "recency",
            Family::Frequency => "frequency",
            Family::Monetary => "monetary",
            Family::Tenure => "tenure",
            Family::Rhythm => "rhythm",
            Family::Basket => "basket",
            Family::Returns => "returns",
            Family::Trend => "trend",
            Family::Season => "season",
            Family::Habit => "habit",
        }
    }
}

impl Unit {
    /// The unit's name, for tables and references.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Days => "days",
            Unit::Months => "months",
            Unit::Orders => "orders",
            Unit::Events => "events",
            Unit::Money => "currency units",
            Unit::Lines => "lines",
            Unit::Items => "items",
            Unit::Pieces => "pieces",
            Unit::Share => "share",
            Unit::Ratio => "ratio",
            Unit::LogRatio => "log ratio",
            Unit::Weekday => "weekday code",
            Unit::DayPart => "part-of-day code",
            Unit::Item => "item id",
            Unit::Category => "category id",
        }
    }

    /// Whether values are names of things rather than amounts: to be one-hot encoded or left out, never averaged.
    pub fn is_code(self) -> bool {
        matches!(self, Unit::Weekday | Unit::DayPart | Unit::Item | Unit::Category)
    }

    /// Whether values are the caller's numbers of things with names.
    pub fn is_name(self) -> bool {
        matches!(self, Unit::Item | Unit::Category)
    }

    /// A value as people write it: `"142 days"`, `"35 %"`, `"Tuesday"`; `"not known"` for a missing one.
    pub fn say(self, value: f64) -> String {
        if !value.is_finite() {
            return "not known".to_owned();
        }
        match self {
            Unit::Days => counted(value, "day"),
            Unit::Months => counted(value, "month"),
            Unit::Orders => counted(value, "order"),
            Unit::Events => counted(value, "event"),
            Unit::Lines => counted(value, "line"),
            Unit::Items => counted(value, "item"),
            Unit::Pieces => counted(value, "piece"),
            Unit::Money => format!("{value:.2}"),
            Unit::Share => format!("{:.0} %", value * 100.0),
            Unit::Ratio => format!("{value:.2}"),
            Unit::LogRatio => format!("{:+.0} %", exp_m1(value) * 100.0),
            Unit::Weekday => WEEKDAYS.get(value as usize).map_or_else(|| value.to_string(), |&day| day.to_owned()),
            Unit::DayPart => DAY_PARTS.get(value as usize).map_or_else(|| value.to_string(), |&part| part.to_owned()),
            Unit::Item | Unit::Category => format!("{value:.0}"),
        }
    }
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Summary {
    /// `value` for a customer of at least a year's tenure, otherwise missing.
    fn with_year(&self, value: f64) -> f64 {
        if self.tenure >= 365.0 { value } else { f64::NAN }
    }
}

/// `value / of`, missing when `of` is not positive.
fn ratio(value: f64, of: f64) -> f64 {
    if of > 0.0 { value / of } else { f64::NAN }
}

/// Index of the largest count, the first of those that tie.
fn most(counts: &[f64]) -> f64 {
    let largest = counts.iter().copied().fold(0.0, f64::max);
    counts.iter().position(|&count| count == largest).map_or(f64::NAN, |index| index as f64)
}

/// Share of the largest count.
fn share(counts: &[f64]) -> f64 {
    counts.iter().copied().fold(0.0, f64::max) / counts.iter().sum::<f64>()
}

fn counted(value: f64, noun: &str) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 1.0 { format!("1 {noun}") } else { format!("{rounded} {noun}s") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_well_formed() {
        let names: BTreeSet<_> = ORDER_FEATURES.iter().map(|feature| feature.name).collect();
        assert_eq!(names.len(), ORDER_FEATURES.len());
        for feature in ORDER_FEATURES {
            assert!(feature.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            assert!(!feature.meaning.ends_with('.'), "{}", feature.name);
            let told = !feature.high.is_empty() && !feature.low.is_empty() && feature.high != feature.low;
            let id = matches!(feature.unit, Unit::Item | Unit::Category);
            assert!(told != id, "{}", feature.name);
            assert_eq!(index_of(feature.name).map(|index| ORDER_FEATURES[index].name), Some(feature.name));
        }
        assert_eq!(index_of("no_such_feature"), None);
    }

    #[test]
    fn values_are_said_as_people_say_them() {
        let said = [
            (Unit::Days, 1.0, "1 day"),
            (Unit::Days, 142.0, "142 days"),
            (Unit::Orders, 2.25, "2.3 orders"),
            (Unit::Share, 0.354, "35 %"),
            (Unit::LogRatio, ln(0.5f64), "-50 %"),
            (Unit::Weekday, 1.0, "Tuesday"),
            (Unit::DayPart, 3.0, "evening"),
            (Unit::Money, 12.5, "12.50"),
            (Unit::Days, f64::NAN, "not known"),
        ];
        for (unit, value, expected) in said {
            assert_eq!(unit.say(value), expected);
        }
    }
}
