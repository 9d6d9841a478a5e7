//! `measure-campaign`: what lists were worth beside their control groups, whether that can be trusted, and what to do next.
//!
//! The work is in the pure room `experiments`. In reading order: [`settings`]; [`reading`] makes lists of the ledger; [`outcomes`] asks the orders
//! what persons did; [`drawn`] puts both together; [`measuring`] compares arms; [`together`] looks at several lists at once and [`totals`] at all of
//! them; [`by_day`] says when their money came; [`writing`] makes the other tables and [`showing`] the section of the report.

mod by_day;
mod drawn;
mod measuring;
mod outcomes;
mod reading;
mod settings;
mod showing;
mod together;
mod totals;
mod writing;

pub(super) use self::outcomes::{Did, Shop};

use self::drawn::Drawn;
use self::measuring::Compared;
use self::reading::Aside;
use self::settings::MeasureCampaign;
use self::together::{Overlap, Typed};
use self::totals::TOTALS;
use super::examples;
use super::words::measure_campaign as say;
use crate::diagnostics::Result;
use crate::report::{Unit, Value};
use crate::stage::{Context, Finding, Input, Kind, Known, Need, Output, Stage, read_as, schema_of};
use crate::tables::layouts::campaign_results::{
    CAMPAIGN_CHECKS, CAMPAIGN_DAYS, CAMPAIGN_OVERLAPS, CAMPAIGN_RESULTS, CAMPAIGN_TOTALS, CAMPAIGN_TRAINING,
    CAMPAIGN_TYPES,
};
use crate::tables::layouts::contacts::CONTACTS;
use crate::tables::layouts::orders::ORDERS;
use crate::tables::layouts::value::ITEM_COSTS;

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "measure-campaign",
    version: 2,
    meaning: "Measures what lists were worth: each beside its control group, as the arms were drawn, with intervals that hold however often they are read, checks, money, and what to do next.",
    example: &[
        examples::LINES,
        examples::ORDERS,
        r#"
[stage.sent]
kind = "ingest"
paths = ["contacts.csv"]

[stage.ledger]
kind = "sql"
inputs = ["sent"]
query = "SELECT contact, customer, event, CAST(date AS DATE) AS date, list, arm, CAST(probability AS DOUBLE) AS probability, CAST(cost AS DOUBLE) AS cost FROM sent"
columns = { contact = "text", customer = "text", event = "text", date = "date", list = "text", arm = "text", probability = "number", cost = "number" }

[stage.worth]
kind = "measure-campaign"
contacts = "ledger"
orders = "orders"
margin = 0.4
"#,
    ],
    read: read_as::<MeasureCampaign>,
    schema: schema_of::<MeasureCampaign>,
};

/// What a run found.
struct Results {
    lists: Vec<Drawn>,
    aside: Aside,
    compared: Vec<Compared>,
    overlaps: Vec<Overlap>,
    /// Types of campaigns with two closed arms or more.
    types: Vec<Typed>,
    /// By arm compared: the effect as it should be expected again.
    shrunk: Vec<Option<f64>>,
}

impl Stage for MeasureCampaign {
    fn inputs(&self) -> Vec<Input> {
        let mut inputs = vec![
            self.contacts.input("contacts", Need::Table(&CONTACTS)),
            self.orders.input("orders", Need::Table(&ORDERS)),
        ];
        inputs.extend(self.costs.iter().map(|stage| stage.input("costs", Need::Table(&ITEM_COSTS))));
        inputs
    }

    fn output(&self) -> Output {
        Output::table(&CAMPAIGN_RESULTS)
            .and("checks", &CAMPAIGN_CHECKS)
            .and("overlaps", &CAMPAIGN_OVERLAPS)
            .and("pooled", &CAMPAIGN_TYPES)
            .and("training", &CAMPAIGN_TRAINING)
            .and(TOTALS, &CAMPAIGN_TOTALS)
            .and("days", &CAMPAIGN_DAYS)
    }

    fn check(&self) -> Vec<Finding> {
        self.findings()
    }

    fn check_columns(&self, known: &Known) -> Vec<Finding> {
        self.costs.iter().filter_map(|stage| known.column("costs", &stage.0, "unit_cost")).collect()
    }

    fn leaves_out_global(&self) -> bool {
        true
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let today = cx.as_of()?.days();
        let (lists, mut aside) = self.lists(cx, today)?;
        cx.made.rows_in = lists.iter().map(|list| list.persons.len() as u64).sum();
        let shop = self.shop(cx)?;
        let known = shop.known(cx)?;
        let lists: Vec<Drawn> = lists.into_iter().map(|list| self.drawn(list, &shop, known, &mut aside)).collect();
        let mut compared: Vec<Compared> = Vec::new();
        for (place, list) in lists.iter().enumerate() {
            compared.extend(self.compared(list, today, cx.seed));
            (cx.progress)(0.8 * (place + 1) as f64 / lists.len() as f64);
        }
        let overlaps = self.overlaps(&lists, &shop, known, today);
        let (types, shrunk) = self.types(&compared);
        let results = Results { lists, aside, compared, overlaps, types, shrunk };
        results.write(self, cx)?;
        results.tell(cx);
        self.write_totals(cx, &results.lists, &shop, known, results.earned())?;
        self.tell_unknown_lists(cx, &results.lists);
        if let Some(share) = shop.cost_share(known).filter(|share| *share < 1.0) {
            cx.note(say::COSTS.with([("share", Value::Number(share, Unit::Share))]));
        }
        results.show(self, cx);
        Ok(())
    }
}
