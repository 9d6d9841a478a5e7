//! What a list of likely leavers is worth: expected and true profit by depth, and the size of the list that pays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TrainChurn;
use super::judgement::Judgement;
use super::labels::Labelled;
use crate::diagnostics::{Problem, Result, codes};
use crate::learning::Values;
use crate::learning::profit::{Campaign, Depth, by_depth, expected_maximum};
use crate::report::{Body, Chapter, Curve, Curves, Section, Unit};
use crate::stages::columns::Columns;
use crate::stages::rows::bad;
use crate::stages::{Context, Finding};
use crate::tables::scores::PROFIT;

/// What keeping a customer costs and brings, in the shop's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Value of a customer who stays; or give `value_column`.
    #[serde(default)]
    customer_value: Option<f64>,
    /// A column with each customer's own value, such as `money_365d`.
    #[serde(default)]
    value_column: Option<String>,
    /// Cost of the offer when it is taken up.
    offer_cost: f64,
    /// Cost of contacting a customer.
    #[serde(default)]
    contact_cost: f64,
    /// Share of would-be leavers whom the offer keeps.
    #[serde(default = "usual_success")]
    success_rate: f64,
}

fn usual_success() -> f64 {
    0.3
}

/// How sure one is of the success rate: as if so many offers had been watched (20 in T. Verbraken et al., 2013).
const WATCHED: f64 = 20.0;
/// Depths of the table and the curve.
const STEPS: usize = 20;

impl Money {
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.customer_value.is_some() == self.value_column.is_some() {
            findings.push(Finding::at("money", "give either `customer_value` or `value_column`"));
        }
        let costs = [self.offer_cost, self.contact_cost];
        if costs.iter().any(|cost| !(cost.is_finite() && *cost >= 0.0)) {
            findings.push(Finding::at("money", "costs are amounts of at least 0"));
        }
        if self.customer_value.is_some_and(|value| !(value.is_finite() && costs.iter().all(|cost| *cost < value))) {
            findings.push(Finding::at("money", "an offer or a contact costs less than the customer is worth"));
        }
        if !(self.success_rate > 0.0 && self.success_rate < 1.0) {
            findings.push(Finding::at("money", "`success_rate` lies between 0 and 1"));
        }
        findings
    }
}

impl TrainChurn {
    /// Profit by depth on the newest judged rows, and the expected maximum profit, by the scores that figures are told of and the yardstick's.
    pub(super) fn price(&self, cx: &mut Context, data: &Labelled, judgement: &mut Judgement) -> Result<()> {
        let Some(money) = &self.money else { return cx.write("profit", &PROFIT, &[]) };
        let rows = &data.folds.last().expect("there is a fold").test;
        let values: Option<Vec<f64>> = match &money.value_column {
            None => None,
            Some(name) => match data.matrix.column(name).map(|column| &column.values) {
                Some(Values::Numbers(numbers)) => {
                    let value = |&row: &u32| Some(numbers[row as usize]).filter(|v| v.is_finite()).unwrap_or(0.0);
                    Some(rows.iter().map(value).collect())
                }
                _ => {
                    let why = format!("`{name}` is not a column of numbers that the model sees");
                    return Problem::new(&codes::BAD_TABLE, why).err();
                }
            },
        };
        let usual = match (&values, money.customer_value) {
            (Some(values), _) => values.iter().sum::<f64>() / values.len().max(1) as f64,
            (None, value) => value.unwrap_or(0.0),
        };
        let campaign = Campaign {
            customer_value: usual,
            offer_cost: money.offer_cost,
            contact_cost: money.contact_cost,
            success_rate: money.success_rate,
        };
        let (labels, scores) = &judgement.newest;
        let depths = by_depth(scores, values.as_deref(), &campaign, STEPS, Some(labels)).map_err(bad)?;
        let best = *depths.last().expect("the best is the last");
        let plain = by_depth(&judgement.yardstick_scores, values.as_deref(), &campaign, STEPS, Some(labels));
        let plain = plain.map_err(bad)?;
        let (alpha, beta) = (WATCHED * money.success_rate, WATCHED * (1.0 - money.success_rate));
        let empc = |scores: &[f64]| expected_maximum(labels, scores, &campaign, alpha, beta).map_err(bad);
        let (ours, theirs) = (empc(scores)?, empc(&judgement.yardstick_scores)?);
        cx.metric("empc", ours.per_customer);
        cx.metric("best_list_share", best.share);
        cx.metric("best_list_profit", best.profit);
        cx.note(format!(
            "the list that pays most holds {} of {} customers ({:.1} %): {:.2} expected, {:.2} it would have brought; expected \
             maximum profit per customer {:.2} beside {:.2} of {}",
            best.customers,
            rows.len(),
            100.0 * best.share,
            best.profit,
            best.realised,
            ours.per_customer,
            theirs.per_customer,
            judgement.list[judgement.yardstick].name
        ));
        judgement.empc = Some([ours.per_customer, theirs.per_customer]);
        write(cx, &depths)?;
        let points = |depths: &[Depth], of: fn(&Depth) -> f64| {
            depths[..depths.len() - 1].iter().map(|depth| (depth.share, of(depth))).collect()
        };
        let [told, yardstick] = [judgement.told, judgement.yardstick].map(|place| judgement.list[place].name.clone());
        let curve = |name: String, baseline, points| Curve { name, baseline, points };
        let curves = Curves {
            x: "share of customers on the list".to_owned(),
            x_unit: Unit::Share,
            y: "profit".to_owned(),
            y_unit: Unit::Number(0),
            curves: vec![
                curve(format!("{told}, expected"), false, points(&depths, |d| d.profit)),
                curve(format!("{told}, as it came"), false, points(&depths, |d| d.realised)),
                curve(format!("{yardstick}, as it came"), true, points(&plain, |d| d.realised)),
            ],
            marks: vec![(best.share, "best".to_owned())],
        };
        let section = Section::new(cx.step, Body::Curves(curves))
            .heading("Profit by size of the list")
            .lead("What the newest judged customers would have brought, by the costs and the success rate that were given.")
            .chapter(Chapter::Models);
        cx.section(section);
        Ok(())
    }
}

fn write(cx: &mut Context, depths: &[Depth]) -> Result<()> {
    let last = depths.len() - 1;
    let mut columns = Columns::new();
    columns
        .number("share", depths.iter().map(|depth| depth.share))
        .integer("customers", depths.iter().map(|depth| depth.customers as i64))
        .number("leavers", depths.iter().map(|depth| depth.leavers))
        .number("profit", depths.iter().map(|depth| depth.profit))
        .number("realised", depths.iter().map(|depth| depth.realised))
        .boolean("best", (0..depths.len()).map(|place| place == last));
    cx.write("profit", &PROFIT, &[columns.batch()])
}
