//! `value-customers`: what every customer is worth and will be worth, by the model that did best at past dates.
//!
//! [`settings`] are read once; [`orders`] and [`contracts`] do the work for shops and for businesses with contracts, [`tables`] reads what
//! a shop may or may not have, [`parts`] makes the four parts, segments and classes of it, [`memory`] compares with the last run and
//! scores what it promised, [`writing`] and [`showing`] write and show.

mod contracts;
mod memory;
mod orders;
mod parts;
mod settings;
mod showing;
mod tables;
mod writing;

use self::settings::ValueCustomers;
pub(super) use self::tables::item_costs;
use super::contracts::ContractTable;
use super::examples;
use crate::diagnostics::Result;
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::customers::CUSTOMERS;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::value::{
    EQUITY, ITEM_COSTS, LORENZ, REFERRALS, VALUE, VALUE_MODELS, VALUE_PARAMETERS, VALUE_PENDING, VALUE_PROMISES,
    VALUE_TOTALS,
};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "value-customers",
    version: 2,
    meaning: "Says what each customer is worth: chance to be there, orders and margin to come with intervals, residual value, four parts, segment and class.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.value]
kind = "value-customers"
orders = "orders"
horizon = "30d"
margin = 0.4
origins = 2
"#,
    ],
    read: read_as::<ValueCustomers>,
    schema: schema_of::<ValueCustomers>,
};

/// What the work on orders or on contracts says of each customer. Money is NaN where it is not known.
#[derive(Default)]
struct Valued {
    /// Account ids, sorted.
    customers: Vec<String>,
    alive: Vec<f64>,
    /// P(no order within the horizon).
    none: Vec<f64>,
    /// Expected orders and margin within the horizon.
    expected: Vec<f64>,
    margin: Vec<f64>,
    /// Their intervals.
    orders_interval: Vec<[u32; 2]>,
    margin_interval: Vec<[f64; 2]>,
    /// Expected orders within the days of [`DAYS`].
    ahead: [Vec<f64>; 3],
    /// Expected margin of an order.
    each: Vec<f64>,
    /// Discounted orders to come.
    residual: Vec<f64>,
    /// Days until the next order: a quarter and three quarters.
    wait: Vec<[f64; 2]>,
    /// Margin so far, returns subtracted.
    existing: Vec<f64>,
    /// Money of the last 365 days and of those before: margin, or revenue where that is not known.
    now: Vec<f64>,
    before: Option<Vec<f64>>,
    /// Forecasts within the horizon by each model: margin, or orders where that is not known.
    by_model: Vec<(String, Vec<f64>)>,
    /// How models did at past dates.
    trials: Vec<crate::worth::origins::Trial>,
    /// The model that gives the forecasts.
    chosen: String,
    /// Parameters of fitted models.
    parameters: Vec<(String, String, f64)>,
}

/// The horizons that every table has.
const DAYS: [i64; 3] = [30, 90, 365];

/// The share of predictive intervals.
const INTERVAL: f64 = 0.9;

impl Stage for ValueCustomers {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs: Vec<Input> = self.contracts.iter().map(ContractTable::input).collect();
        inputs.extend(self.orders.iter().map(|stage| stage.input("orders", Need::Table(&ORDERS))));
        inputs.extend(self.costs.iter().map(|stage| stage.input("costs", Need::Table(&ITEM_COSTS))));
        inputs.extend(self.referrals.iter().map(|stage| stage.input("referrals", Need::Table(&REFERRALS))));
        let customers =
            [("serve", &self.serve), ("answers", &self.answers), ("cross_sell", &self.cross_sell)].into_iter();
        inputs.extend(
            customers.flat_map(|(key, stage)| stage.iter().map(move |stage| stage.input(key, Need::Table(&CUSTOMERS)))),
        );
        inputs.extend(self.payments.iter().map(|table| table.from.input("payments", Need::Table(&CUSTOMERS))));
        inputs.extend(self.covariates.iter().map(|table| table.from.input("covariates", Need::Table(&CUSTOMERS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&VALUE)
            .and("equity", &EQUITY)
            .and("models", &VALUE_MODELS)
            .and("parameters", &VALUE_PARAMETERS)
            .and("totals", &VALUE_TOTALS)
            .and("promises", &VALUE_PROMISES)
            .and("pending", &VALUE_PENDING)
            .and("lorenz", &LORENZ)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.column_findings(known)
    }

    fn remembers(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let (valued, came) = match &self.contracts {
            Some(table) => contracts::value(self, table, cx)?,
            None => orders::value(self, cx)?,
        };
        let worth = parts::worth(self, cx, &valued)?;
        let memory = memory::remember(self, cx, &valued, &worth, &came)?;
        writing::write(self, cx, &valued, &worth, &memory)?;
        showing::show(self, cx, &valued, &worth, &memory);
        Ok(())
    }
}
