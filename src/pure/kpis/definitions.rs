//! Every KPI: one row says what it is, what it is made of, how sure one can be of it and when it can be trusted.

use super::periods::Against;
use super::view::View;

/// What is counted above or below the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Customers, orders, answers: whole things.
    Things,
    /// Money, in ten-thousandths of the currency unit.
    Money,
    /// Pieces, in thousandths.
    Pieces,
    /// Thousandths of a point, a day or a score.
    Thousandths,
}

impl Measure {
    /// How many of its stored units make one.
    pub fn scale(self) -> f64 {
        match self {
            Measure::Things => 1.0,
            Measure::Money => 10_000.0,
            Measure::Pieces | Measure::Thousandths => 1_000.0,
        }
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A count.
    Count,
    /// Money of the shop.
    Money,
    /// A share, mostly 0 to 1.
    Share,
    /// A ratio of counts, such as orders per customer.
    Ratio,
    /// Days.
    Days,
    /// Points of a score.
    Points,
}

impl Unit {
    /// How tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Count => "count",
            Unit::Money => "money",
            Unit::Share => "share",
            Unit::Ratio => "ratio",
            Unit::Days => "days",
            Unit::Points => "points",
        }
    }
}

/// How the 95 % interval is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// None: everything was counted.
    None,
    /// Wilson's score interval of a share of customers or answers.
    Wilson,
    /// The linearised ratio of sums over customers, so that orders of one customer are not taken for independent.
    Clustered,
    /// The difference of two shares of the same answers.
    Promoters,
    /// Order statistics of the values.
    OrderStatistics,
}

impl Interval {
    /// How tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Interval::None => "none",
            Interval::Wilson => "wilson",
            Interval::Clustered => "ratio by customers",
            Interval::Promoters => "difference of shares",
            Interval::OrderStatistics => "order statistics",
        }
    }
}

/// What a KPI needs beside orders; without it, the KPI is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Nothing else.
    Orders,
    /// Orders without a known customer.
    Anonymous,
    /// Costs of items.
    Costs,
    /// Money spent on acquisition.
    Spend,
    /// Money spent on acquisition, and costs of items.
    SpendAndCosts,
    /// Answers to a survey.
    Answers,
    /// Answers to a survey, with the number of people who were asked.
    Invited,
    /// Complaints.
    Complaints,
    /// Contracts.
    Contracts,
    /// A score of loyalty per customer.
    Loyalty,
    /// A residual value per customer.
    Value,
}

impl Need {
    /// The setting that gives it; empty where nothing else is needed.
    pub fn setting(self) -> &'static str {
        match self {
            Need::Orders | Need::Anonymous => "",
            Need::Costs => "costs",
            Need::Spend => "spend",
            Need::SpendAndCosts => "spend` and `costs",
            Need::Answers => "answers",
            Need::Invited => "answers.asked",
            Need::Complaints => "complaints",
            Need::Contracts => "contracts",
            Need::Loyalty => "loyalty",
            Need::Value => "value",
        }
    }
}

/// How a KPI is computed.
#[derive(Clone, Copy)]
pub enum How {
    /// A sum over customers: what one customer in one period adds above and below the line. A count has 0 below.
    Customers(fn(&View) -> (i64, i64)),
    /// From another table, in a file of its own.
    Table,
}

/// A row of the table of KPIs.
pub struct Kpi {
    /// How tables and settings name it.
    pub name: &'static str,
    /// How people name it.
    pub title: &'static str,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// What is above the line.
    pub numerator: &'static str,
    /// What is below the line; empty for a plain count or sum.
    pub denominator: &'static str,
    /// In what both are stored.
    pub measures: (Measure, Measure),
    /// What the value is.
    pub unit: Unit,
    /// How its interval is found.
    pub interval: Interval,
    /// Days after the end of a period until the value can be final, beside the days that a shop waits for late rows and returns.
    pub matures: i64,
    /// Whether it asks what came before a period, so that it misleads where history begins.
    pub looks_back: bool,
    /// Whether customers count in periods in which they did nothing, nor in those that are compared with them.
    pub lasting: bool,
    /// The period that it compares with; without one it has no value.
    pub compares: Option<Against>,
    /// What it needs.
    pub need: Need,
    /// Grows when the definition changes: values of different definitions are not compared.
    pub definition: u32,
    /// Its computation.
    pub how: How,
}

impl Kpi {
    /// The value of sums above and below the line; NaN where there is nothing below.
    pub fn value(&self, numerator: i128, denominator: i128) -> f64 {
        let above = numerator as f64 / self.measures.0.scale();
        match self.denominator {
            "" => above,
            _ if denominator == 0 => f64::NAN,
            _ => above / (denominator as f64 / self.measures.1.scale()),
        }
    }

    /// Whether it is a plain count or sum.
    pub fn is_total(&self) -> bool {
        self.denominator.is_empty()
    }
}

/// The place of a KPI in [`KPIS`].
pub fn kpi_of(name: &str) -> Option<usize> {
    KPIS.iter().position(|kpi| kpi.name == name)
}

const THINGS: (Measure, Measure) = (Measure::Things, Measure::Things);
const MONEY: (Measure, Measure) = (Measure::Money, Measure::Things);
const MONEY_BY_MONEY: (Measure, Measure) = (Measure::Money, Measure::Money);
const THOUSANDTHS: (Measure, Measure) = (Measure::Thousandths, Measure::Things);

/// A KPI of orders with nothing special; rows say where they differ.
const PLAIN: Kpi = Kpi {
    name: "",
    title: "",
    sentence: "",
    numerator: "",
    denominator: "",
    measures: THINGS,
    unit: Unit::Count,
    interval: Interval::None,
    matures: 0,
    looks_back: false,
    lasting: false,
    compares: None,
    need: Need::Orders,
    definition: 1,
    how: How::Table,
};

const SHARE: Kpi = Kpi { unit: Unit::Share, interval: Interval::Wilson, ..PLAIN };

fn one(yes: bool) -> i64 {
    i64::from(yes)
}

/// All KPIs, in the order in which they are read.
///
/// Definitions follow the textbooks named in the reference of each family; where words of shop systems differ, the variants stand beside
/// each other (repeat rates).
pub static KPIS: &[Kpi] = &[
    Kpi {
        name: "revenue",
        title: "Revenue",
        sentence: "Money of the orders of known customers, by order date, returns not subtracted.",
        numerator: "money of orders in the period",
        measures: MONEY,
        unit: Unit::Money,
        how: How::Customers(|view| (view.revenue, 0)),
        ..PLAIN
    },
    Kpi {
        name: "returned",
        title: "Returned",
        sentence: "Money of goods that came back in the period, whenever they were bought.",
        numerator: "money given back in the period",
        measures: MONEY,
        unit: Unit::Money,
        how: How::Customers(|view| (view.returned, 0)),
        ..PLAIN
    },
    Kpi {
        name: "returned_of_orders",
        title: "Returned of these orders",
        sentence: "Money of goods bought in the period that came back so far; it grows as long as goods come back.",
        numerator: "money given back for goods bought in the period",
        measures: MONEY,
        unit: Unit::Money,
        how: How::Customers(|view| (view.returned_of_orders, 0)),
        ..PLAIN
    },
    Kpi {
        name: "net_revenue",
        title: "Net revenue",
        sentence: "Money of the orders of the period less money given back in the period.",
        numerator: "money of orders less money given back",
        measures: MONEY,
        unit: Unit::Money,
        how: How::Customers(|view| (view.revenue - view.returned, 0)),
        ..PLAIN
    },
    Kpi {
        name: "return_rate",
        title: "Return rate",
        sentence: "Share of the money of the period's orders that was given back so far, by order date.",
        numerator: "money given back for goods bought in the period",
        denominator: "money of orders in the period",
        measures: MONEY_BY_MONEY,
        unit: Unit::Share,
        interval: Interval::Clustered,
        how: How::Customers(|view| (view.returned_of_orders, view.revenue)),
        ..PLAIN
    },
    Kpi {
        name: "orders",
        title: "Orders",
        sentence: "Orders of known customers that began in the period.",
        numerator: "orders in the period",
        how: How::Customers(|view| (view.orders, 0)),
        ..PLAIN
    },
    Kpi {
        name: "units",
        title: "Pieces",
        sentence: "Pieces in the orders of known customers in the period.",
        numerator: "pieces in the period",
        measures: (Measure::Pieces, Measure::Things),
        how: How::Customers(|view| (view.units, 0)),
        ..PLAIN
    },
    Kpi {
        name: "order_value",
        title: "Average order value",
        sentence: "Revenue per order of the period.",
        numerator: "money of orders in the period",
        denominator: "orders in the period",
        measures: MONEY,
        unit: Unit::Money,
        interval: Interval::Clustered,
        how: How::Customers(|view| (view.revenue, view.orders)),
        ..PLAIN
    },
    Kpi {
        name: "revenue_per_customer",
        title: "Revenue per customer",
        sentence: "Revenue per customer with an order in the period (ARPU): average order value times frequency.",
        numerator: "money of orders in the period",
        denominator: "customers with an order in the period",
        measures: MONEY,
        unit: Unit::Money,
        interval: Interval::Clustered,
        how: How::Customers(|view| (view.revenue, one(view.orders > 0))),
        ..PLAIN
    },
    Kpi {
        name: "frequency",
        title: "Orders per customer",
        sentence: "Orders per customer with an order in the period.",
        numerator: "orders in the period",
        denominator: "customers with an order in the period",
        unit: Unit::Ratio,
        interval: Interval::Clustered,
        how: How::Customers(|view| (view.orders, one(view.orders > 0))),
        ..PLAIN
    },
    Kpi {
        name: "active",
        title: "Customers",
        sentence: "Customers with at least one order in the period.",
        numerator: "customers with an order in the period",
        how: How::Customers(|view| (one(view.orders > 0), 0)),
        ..PLAIN
    },
    Kpi {
        name: "active_365",
        title: "Customers of the last 365 days",
        sentence: "Customers with at least one order in the 365 days before the end of the period.",
        numerator: "customers with an order in the 365 days before the end",
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.orders_365 > 0), 0)),
        ..PLAIN
    },
    Kpi {
        name: "acquired",
        title: "New customers",
        sentence: "Customers whose first order on record falls into the period; where history begins, all look new.",
        numerator: "customers with their first order in the period",
        looks_back: true,
        how: How::Customers(|view| (one(view.acquired), 0)),
        ..PLAIN
    },
    Kpi {
        name: "acquisition_rate",
        title: "Acquisition rate",
        sentence: "New customers per customer with an order in the 365 days before the start of the period.",
        numerator: "customers with their first order in the period",
        denominator: "customers with an order in the 365 days before the start",
        unit: Unit::Ratio,
        interval: Interval::Clustered,
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.acquired), one(view.orders_365_at_start > 0))),
        ..PLAIN
    },
    Kpi {
        name: "retention",
        title: "Retention",
        sentence: "Share of the customers of the period before who ordered again in this one (logo retention).",
        numerator: "customers with orders in both periods",
        denominator: "customers with an order in the period before",
        compares: Some(Against::Previous),
        how: How::Customers(|view| (one(view.orders_before > 0 && view.orders > 0), one(view.orders_before > 0))),
        ..SHARE
    },
    Kpi {
        name: "retention_year",
        title: "Retention on the year before",
        sentence: "Share of the customers of the same period of the year before who ordered again in this one.",
        numerator: "customers with orders in both periods",
        denominator: "customers with an order in the same period of the year before",
        compares: Some(Against::YearBefore),
        how: How::Customers(|view| (one(view.orders_year > 0 && view.orders > 0), one(view.orders_year > 0))),
        ..SHARE
    },
    Kpi {
        name: "defection",
        title: "Defection",
        sentence: "Share of customers whose silence reached the limit in the period, of those active at its start or back in it.",
        numerator: "customers whose silence reached the limit in the period",
        denominator: "customers active at the start, and those who returned after reaching the limit",
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| {
            let at_risk = view.active_at_start || view.returned_after_silence || view.defected;
            (one(view.defected), one(at_risk))
        }),
        ..SHARE
    },
    Kpi {
        name: "defection_reversed",
        title: "Defected who came back",
        sentence: "Share of those who defected in the period who have ordered again since; it grows for a year and more.",
        numerator: "customers who defected in the period and ordered later",
        denominator: "customers who defected in the period",
        matures: 365,
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.came_back), one(view.defected))),
        ..SHARE
    },
    Kpi {
        name: "reactivated",
        title: "Returned customers",
        sentence: "Customers with an order in the period, none in the period before, and some earlier.",
        numerator: "customers with an order in the period, none in the one before, some earlier",
        looks_back: true,
        compares: Some(Against::Previous),
        how: How::Customers(|view| (one(view.known && view.orders > 0 && view.orders_before == 0), 0)),
        ..PLAIN
    },
    Kpi {
        name: "nrr",
        title: "Net revenue retention",
        sentence: "Revenue from the customers of the period before, as a share of their revenue then.",
        numerator: "money of orders of those who ordered in the period before",
        denominator: "money of orders in the period before",
        measures: MONEY_BY_MONEY,
        unit: Unit::Share,
        interval: Interval::Clustered,
        compares: Some(Against::Previous),
        how: How::Customers(|view| (if view.orders_before > 0 { view.revenue } else { 0 }, view.revenue_before)),
        ..PLAIN
    },
    Kpi {
        name: "grr",
        title: "Gross revenue retention",
        sentence: "The same without what anybody spent more than before: the smaller of both amounts, customer by customer.",
        numerator: "the smaller of both periods' money, customer by customer",
        denominator: "money of orders in the period before",
        measures: MONEY_BY_MONEY,
        unit: Unit::Share,
        interval: Interval::Clustered,
        compares: Some(Against::Previous),
        how: How::Customers(|view| (view.revenue.min(view.revenue_before), view.revenue_before)),
        ..PLAIN
    },
    Kpi {
        name: "nrr_year",
        title: "Net revenue retention on the year before",
        sentence: "Revenue from the customers of the same period of the year before, as a share of their revenue then.",
        numerator: "money of orders of those who ordered in the same period of the year before",
        denominator: "money of orders in the same period of the year before",
        measures: MONEY_BY_MONEY,
        unit: Unit::Share,
        interval: Interval::Clustered,
        compares: Some(Against::YearBefore),
        how: How::Customers(|view| (if view.orders_year > 0 { view.revenue } else { 0 }, view.revenue_year)),
        ..PLAIN
    },
    Kpi {
        name: "grr_year",
        title: "Gross revenue retention on the year before",
        sentence: "The same against the year before without what anybody spent more: the smaller of both amounts, customer by customer.",
        numerator: "the smaller of both periods' money, customer by customer",
        denominator: "money of orders in the same period of the year before",
        measures: MONEY_BY_MONEY,
        unit: Unit::Share,
        interval: Interval::Clustered,
        compares: Some(Against::YearBefore),
        how: How::Customers(|view| (view.revenue.min(view.revenue_year), view.revenue_year)),
        ..PLAIN
    },
    Kpi {
        name: "second_order_90d",
        title: "Second order within 90 days",
        sentence: "Share of the period's new customers who ordered again within 90 days of their first order; those who have not had 90 days are left out.",
        numerator: "those with a second order within 90 days",
        denominator: "new customers of the period who have had 90 days",
        matures: super::view::SECOND_WITHIN,
        looks_back: true,
        how: How::Customers(|view| (one(view.second_in_90 == Some(true)), one(view.second_in_90.is_some()))),
        ..SHARE
    },
    Kpi {
        name: "second_order_90d_365",
        title: "Second order within 90 days, last 365 days",
        sentence: "The same for the new customers of the 365 days before the end of the period: the repeat rate to decide by.",
        numerator: "those with a second order within 90 days",
        denominator: "new customers of the last 365 days who have had 90 days",
        matures: super::view::SECOND_WITHIN,
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.second_in_90_year == Some(true)), one(view.second_in_90_year.is_some()))),
        ..SHARE
    },
    Kpi {
        name: "repeat_ever",
        title: "Repeat rate, ever",
        sentence: "Share of all customers on record who have ordered at least twice by the end of the period.",
        numerator: "customers with two orders or more ever",
        denominator: "customers with an order ever",
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.orders_ever >= 2), one(view.orders_ever >= 1))),
        ..SHARE
    },
    Kpi {
        name: "repeat_days_ever",
        title: "Repeat rate, ever, by days",
        sentence: "Share of all customers on record who have ordered on at least two days: two invoices of one day are one visit.",
        numerator: "customers with orders on two days or more ever",
        denominator: "customers with an order ever",
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.days_ever >= 2), one(view.days_ever >= 1))),
        ..SHARE
    },
    Kpi {
        name: "repeat_365",
        title: "Repeat rate, last 365 days",
        sentence: "Share of the customers of the 365 days before the end of the period with at least two orders in them.",
        numerator: "customers with two orders or more in the last 365 days",
        denominator: "customers with an order in the last 365 days",
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.orders_365 >= 2), one(view.orders_365 >= 1))),
        ..SHARE
    },
    Kpi {
        name: "returning_customers_365",
        title: "Returning customer rate",
        sentence: "Share of the customers of the last 365 days who have ordered before or twice, as shop systems count it.",
        numerator: "customers of the last 365 days with two orders or more ever",
        denominator: "customers with an order in the last 365 days",
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (one(view.orders_365 >= 1 && view.orders_ever >= 2), one(view.orders_365 >= 1))),
        ..SHARE
    },
    Kpi {
        name: "returning_orders_365",
        title: "Orders from returning customers",
        sentence: "Share of the orders of the last 365 days that came after their customer's first.",
        numerator: "orders of the last 365 days that came after the customer's first",
        denominator: "orders of the last 365 days",
        unit: Unit::Share,
        interval: Interval::Clustered,
        looks_back: true,
        lasting: true,
        how: How::Customers(|view| (view.later_orders_365, view.orders_365)),
        ..PLAIN
    },
    Kpi {
        name: "anonymous_revenue",
        title: "Revenue without a customer",
        sentence: "Money of orders whose buyer is not known; no other figure includes it.",
        numerator: "money of orders without a customer",
        measures: MONEY,
        unit: Unit::Money,
        need: Need::Anonymous,
        ..PLAIN
    },
    Kpi {
        name: "anonymous_orders",
        title: "Orders without a customer",
        sentence: "Orders whose buyer is not known; no other figure includes them.",
        numerator: "orders without a customer",
        need: Need::Anonymous,
        ..PLAIN
    },
    Kpi {
        name: "profit",
        title: "Contribution",
        sentence: "Revenue less returns, cost of goods and further costs of customers, over lines whose item has a known cost.",
        numerator: "revenue less returns and costs",
        measures: MONEY,
        unit: Unit::Money,
        need: Need::Costs,
        how: How::Customers(|view| (view.profit(), 0)),
        ..PLAIN
    },
    Kpi {
        name: "profit_per_customer",
        title: "Contribution per customer",
        sentence: "The same per customer with an order, a return or a cost in the period.",
        numerator: "revenue less returns and costs",
        denominator: "customers with an order, a return or a cost in the period",
        measures: MONEY,
        unit: Unit::Money,
        interval: Interval::Clustered,
        need: Need::Costs,
        how: How::Customers(|view| (view.profit(), one(view.is_present()))),
        ..PLAIN
    },
    Kpi {
        name: "margin_rate",
        title: "Contribution rate",
        sentence: "Contribution as a share of revenue less returns, over the same lines.",
        numerator: "revenue less returns and costs",
        denominator: "revenue less returns",
        measures: MONEY_BY_MONEY,
        unit: Unit::Share,
        interval: Interval::Clustered,
        need: Need::Costs,
        how: How::Customers(|view| (view.profit(), view.covered)),
        ..PLAIN
    },
    Kpi {
        name: "loss_share",
        title: "Customers with a loss",
        sentence: "Share of the customers with an order, a return or a cost in the period on whom the shop lost money.",
        numerator: "customers with a negative contribution",
        denominator: "customers with an order, a return or a cost in the period",
        need: Need::Costs,
        how: How::Customers(|view| (one(view.is_present() && view.profit() < 0), one(view.is_present()))),
        ..SHARE
    },
    Kpi {
        name: "whale_peak",
        title: "Peak of the whale curve",
        sentence: "Contribution of all customers without a loss, as a multiple of the whole: what losses take away again.",
        numerator: "contribution of customers without a loss",
        denominator: "contribution of all customers",
        measures: MONEY_BY_MONEY,
        unit: Unit::Ratio,
        need: Need::Costs,
        how: How::Customers(|view| (view.profit().max(0), view.profit())),
        ..PLAIN
    },
    Kpi {
        name: "spend",
        title: "Acquisition spend",
        sentence: "Money spent on acquisition in the period.",
        numerator: "money spent in the period",
        measures: MONEY,
        unit: Unit::Money,
        need: Need::Spend,
        ..PLAIN
    },
    Kpi {
        name: "cac",
        title: "Acquisition cost per new customer",
        sentence: "Acquisition spend of the period per new customer of the period (CAC).",
        numerator: "money spent in the period",
        denominator: "customers with their first order in the period",
        measures: MONEY,
        unit: Unit::Money,
        looks_back: true,
        need: Need::Spend,
        ..PLAIN
    },
    Kpi {
        name: "payback_days",
        title: "Payback",
        sentence: "First day after their first order by which the period's new customers had brought in their acquisition spend as contribution.",
        numerator: "days until contribution reached the spend",
        measures: THOUSANDTHS,
        unit: Unit::Days,
        matures: 365,
        looks_back: true,
        need: Need::SpendAndCosts,
        ..PLAIN
    },
    Kpi {
        name: "margin_365_to_cac",
        title: "First-year contribution to acquisition cost",
        sentence: "Contribution of new customers in their first 365 days per money spent on acquiring them (LTV:CAC over a year that has passed).",
        numerator: "contribution in the first 365 days of the period's new customers",
        denominator: "money spent in the period",
        measures: MONEY_BY_MONEY,
        unit: Unit::Ratio,
        interval: Interval::Clustered,
        matures: 365,
        looks_back: true,
        need: Need::SpendAndCosts,
        ..PLAIN
    },
    Kpi {
        name: "csat",
        title: "Satisfied (CSAT)",
        sentence: "Share of answers in the top two of the scale's boxes.",
        numerator: "answers in the top two boxes",
        denominator: "answers",
        need: Need::Answers,
        ..SHARE
    },
    Kpi {
        name: "satisfaction",
        title: "Mean satisfaction",
        sentence: "Mean of the answers, from 0 for the worst to 100 for the best.",
        numerator: "points of all answers",
        denominator: "answers",
        measures: THOUSANDTHS,
        unit: Unit::Points,
        interval: Interval::Clustered,
        need: Need::Answers,
        ..PLAIN
    },
    Kpi {
        name: "nps",
        title: "Net promoter score",
        sentence: "Share of answers of 9 and 10 less the share of 0 to 6, on a scale from 0 to 10, in points.",
        numerator: "promoters less detractors, times 100",
        denominator: "answers",
        unit: Unit::Points,
        interval: Interval::Promoters,
        need: Need::Answers,
        ..PLAIN
    },
    Kpi {
        name: "response_rate",
        title: "Response rate",
        sentence: "Answers per person who was asked.",
        numerator: "answers",
        denominator: "people who were asked",
        need: Need::Invited,
        ..SHARE
    },
    Kpi {
        name: "complaint_rate",
        title: "Complaint rate",
        sentence: "Complaints per order, by order date where a complaint names its order; late complaints restate old periods.",
        numerator: "complaints about orders of the period",
        denominator: "orders in the period",
        unit: Unit::Share,
        interval: Interval::Clustered,
        need: Need::Complaints,
        ..PLAIN
    },
    Kpi {
        name: "resolution_days",
        title: "Time to resolution",
        sentence: "Median of days from complaint to resolution, of the complaints of the period that were resolved.",
        numerator: "median days to resolution",
        measures: THOUSANDTHS,
        unit: Unit::Days,
        interval: Interval::OrderStatistics,
        need: Need::Complaints,
        ..PLAIN
    },
    Kpi {
        name: "resolution_days_p90",
        title: "Time to resolution, slowest tenth",
        sentence: "Days within which nine tenths of the resolved complaints of the period were resolved.",
        numerator: "ninth decile of days to resolution",
        measures: THOUSANDTHS,
        unit: Unit::Days,
        interval: Interval::OrderStatistics,
        need: Need::Complaints,
        ..PLAIN
    },
    Kpi {
        name: "resolved_share",
        title: "Complaints resolved",
        sentence: "Share of the period's complaints that were resolved so far.",
        numerator: "complaints resolved",
        denominator: "complaints of the period",
        need: Need::Complaints,
        ..SHARE
    },
    Kpi {
        name: "contracts",
        title: "Customers under contract",
        sentence: "Customers under contract at the end of the period.",
        numerator: "customers under contract at the end",
        need: Need::Contracts,
        ..PLAIN
    },
    Kpi {
        name: "contract_churn",
        title: "Contract churn",
        sentence: "Share of the customers under contract at the start of the period, or back in it, whose contract ended in it.",
        numerator: "customers whose contract ended in the period",
        denominator: "customers under contract at the start, and those who returned in the period",
        need: Need::Contracts,
        ..SHARE
    },
    Kpi {
        name: "persistent_share",
        title: "Persistent customers",
        sentence: "Share of the customers with a score of persistence who have at least .5, at the as-of date.",
        numerator: "customers with a persistence of at least .5",
        denominator: "customers with a score",
        need: Need::Loyalty,
        ..SHARE
    },
    Kpi {
        name: "customer_equity",
        title: "Customer equity",
        sentence: "Residual value of all customers at the as-of date, as the stage of values expects it.",
        numerator: "sum of residual values",
        measures: MONEY,
        unit: Unit::Money,
        need: Need::Value,
        ..PLAIN
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole() {
        for (at, kpi) in KPIS.iter().enumerate() {
            assert_eq!(kpi_of(kpi.name), Some(at), "{} stands twice", kpi.name);
            assert!(
                kpi.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                "{}",
                kpi.name
            );
            assert!(kpi.sentence.ends_with('.') && !kpi.title.is_empty() && !kpi.numerator.is_empty(), "{}", kpi.name);
            let sure = matches!(kpi.interval, Interval::None | Interval::OrderStatistics);
            assert!(sure || !kpi.is_total(), "{}: a total has no interval", kpi.name);
            if kpi.interval == Interval::Wilson {
                assert_eq!(
                    (kpi.unit, kpi.measures),
                    (Unit::Share, THINGS),
                    "{}: Wilson is for shares of things",
                    kpi.name
                );
            }
            if let How::Customers(of) = kpi.how {
                assert_eq!(of(&View::default()), (0, 0), "{}: nobody adds nothing", kpi.name);
                assert!(matches!(kpi.need, Need::Orders | Need::Costs), "{}", kpi.name);
            }
        }
    }

    #[test]
    fn values_are_in_their_units() {
        let of = |name: &str, above, below| KPIS[kpi_of(name).unwrap()].value(above, below);
        assert_eq!(of("revenue", 123_456, 0), 12.3456);
        assert_eq!(of("order_value", 200_000, 8), 2.5);
        assert_eq!(of("nrr", 50, 200), 0.25);
        assert_eq!(of("units", 1_500, 0), 1.5);
        assert!(of("retention", 0, 0).is_nan());
    }
}
