//! What all lists together brought: everybody who may be contacted beside the group that no list contacts.

use std::collections::BTreeSet;

use super::drawn::Drawn;
use super::measuring::LEAST_PERSONS;
use super::outcomes::{Did, Shop};
use super::reading::CONTROL;
use super::say;
use super::settings::{MeasureCampaign, Outcome};
use crate::campaigns::Drawn as Draw;
use crate::diagnostics::Result;
use crate::experiments::{Arms, Comparison, Method, compare};
use crate::keys::key;
use crate::numeric::calendar::{month_of, month_start};
use crate::orders::AsOf;
use crate::report::{Unit, Value};
use crate::stage::Context;
use crate::stages::columns::Columns;
use crate::stages::holdouts::global;
use crate::tables::layouts::campaign_results::CAMPAIGN_TOTALS;

/// The suffix of the table.
pub(super) const TOTALS: &str = "totals";
/// Days before a span in which a person must have ordered.
const ACTIVE: i64 = 365;
/// Ten-thousandths of a currency unit.
const UNIT: f64 = 10_000.0;

/// A span of days with one outcome.
struct Total {
    from: i64,
    until: i64,
    outcome: Outcome,
    found: Comparison,
    contacted_control: u64,
}

impl MeasureCampaign {
    /// Writes what all lists brought, for each calendar quarter that is over and for the time since the first contact.
    pub(super) fn write_totals(
        &self,
        cx: &mut Context,
        lists: &[Drawn],
        shop: &Shop,
        known: AsOf,
        single: f64,
    ) -> Result<()> {
        let totals = self.totals(cx, lists, shop, known)?;
        let money = |total: &Total, amount: f64| match total.outcome {
            Outcome::Revenue => amount * total.found.treated.n as f64,
            _ => f64::NAN,
        };
        // The whole comes last.
        let last = totals.iter().rev().find(|total| total.outcome == Outcome::Revenue);
        if let Some(total) = last {
            let of = |amount: f64| Value::Number(money(total, amount) * UNIT, Unit::Money);
            cx.metric("total_revenue", money(total, total.found.difference));
            cx.note(say::TOTAL.with([
                ("money", of(total.found.difference)),
                ("low", of(total.found.low)),
                ("high", of(total.found.high)),
                ("persons", Value::Count(total.found.control.n)),
                ("single", Value::Number(single * UNIT, Unit::Money)),
            ]));
            if total.contacted_control > 0 {
                cx.note(say::TOTAL_CONTACTED.with([("persons", Value::Count(total.contacted_control))]));
            }
        } else if cx.global.is_some() {
            cx.note(say::NO_TOTAL.with([("persons", Value::Count(LEAST_PERSONS))]));
        }
        let mut columns = Columns::new();
        columns
            .date("from", totals.iter().map(|total| total.from as i32))
            .date("until", totals.iter().map(|total| total.until as i32))
            .text("outcome", totals.iter().map(|total| total.outcome.name()))
            .integer("persons", totals.iter().map(|total| total.found.treated.n as i64))
            .integer("control", totals.iter().map(|total| total.found.control.n as i64))
            .number("mean_persons", totals.iter().map(|total| total.found.treated.mean))
            .number("mean_control", totals.iter().map(|total| total.found.control.mean))
            .number("difference", totals.iter().map(|total| total.found.difference))
            .number("se", totals.iter().map(|total| total.found.se))
            .number("low", totals.iter().map(|total| total.found.low))
            .number("high", totals.iter().map(|total| total.found.high))
            .number("p", totals.iter().map(|total| total.found.p))
            .maybe_number("money", totals.iter().map(|total| money(total, total.found.difference)))
            .maybe_number("money_low", totals.iter().map(|total| money(total, total.found.low)))
            .maybe_number("money_high", totals.iter().map(|total| money(total, total.found.high)))
            .integer("contacted_control", totals.iter().map(|total| total.contacted_control as i64));
        cx.write(TOTALS, &CAMPAIGN_TOTALS, &[columns.batch()])
    }

    fn totals(&self, cx: &Context, lists: &[Drawn], shop: &Shop, known: AsOf) -> Result<Vec<Total>> {
        let Some(group) = global(cx) else { return Ok(Vec::new()) };
        let today = i64::from(cx.as_of()?.days());
        let days = lists.iter().flat_map(|list| &list.list.persons).map(|person| i64::from(person.date));
        let Some(first) = days.min() else { return Ok(Vec::new()) };
        let draw = group.on(today as i32);
        let names = shop.names();
        let held: Vec<bool> = names.iter().map(|name| draw.of(&key(name)) == Draw::HeldBack).collect();
        let mut totals = Vec::new();
        for (from, until) in spans(first, today) {
            let persons: Vec<u32> = (0..names.len() as u32)
                .filter(|place| shop.did(known, *place, from - ACTIVE, from).orders > 0.0)
                .collect();
            let contacted: BTreeSet<String> = lists
                .iter()
                .flat_map(|list| &list.list.persons)
                .filter(|person| person.arm != CONTROL && (from..until).contains(&i64::from(person.date)))
                .map(|person| key(&person.customer))
                .collect();
            let is_held = |place: &u32| held[*place as usize];
            let contacted_control =
                persons.iter().filter(|place| is_held(place) && contacted.contains(&key(&names[**place as usize])));
            let contacted_control = contacted_control.count() as u64;
            let arms = Arms::new(persons.iter().map(|place| !is_held(place)).collect());
            let did: Vec<Did> = persons.iter().map(|place| shop.did(known, *place, from, until)).collect();
            let before: Vec<Did> = persons.iter().map(|place| shop.did(known, *place, from - ACTIVE, from)).collect();
            let earlier = [before.iter().map(|did| did.revenue).collect::<Vec<f64>>()];
            for outcome in [Outcome::Revenue, Outcome::Conversion] {
                let values: Vec<f64> = did.iter().map(|did| did.of(outcome)).collect();
                let prepared = match outcome {
                    Outcome::Revenue => {
                        Method { cap: Some(self.cap.get()), ..Method::USUAL }.prepared(&values, &earlier, &arms)
                    }
                    _ => values,
                };
                let enough = |found: &Comparison| found.control.n >= LEAST_PERSONS && found.treated.n >= LEAST_PERSONS;
                let found = compare(&prepared, &arms, 0.95).filter(enough);
                totals.extend(found.map(|found| Total { from, until, outcome, found, contacted_control }));
            }
        }
        Ok(totals)
    }
}

/// Calendar quarters that lie wholly within the days `first` to `today`, then all of these days.
fn spans(first: i64, today: i64) -> Vec<(i64, i64)> {
    let mut spans = Vec::new();
    let mut quarter = month_of(first).div_euclid(3);
    while month_start(3 * quarter + 3) <= today {
        if month_start(3 * quarter) >= first {
            spans.push((month_start(3 * quarter), month_start(3 * quarter + 3)));
        }
        quarter += 1;
    }
    if first < today && spans != [(first, today)] {
        spans.push((first, today));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::calendar::day_of_civil;

    #[test]
    fn quarters_that_are_over_and_the_whole() {
        let day = |month, day| day_of_civil(2026, month, day);
        assert_eq!(
            spans(day(2, 10), day(10, 1)),
            [(day(4, 1), day(7, 1)), (day(7, 1), day(10, 1)), (day(2, 10), day(10, 1))]
        );
        assert_eq!(spans(day(4, 1), day(7, 1)), [(day(4, 1), day(7, 1))]);
        assert_eq!(spans(day(4, 1), day(4, 1)), []);
    }
}
