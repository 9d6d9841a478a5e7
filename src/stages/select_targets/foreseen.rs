//! What a list's control group will be able to show, said before anybody is contacted.

use std::collections::BTreeMap;

use super::SelectTargets;
use crate::campaigns::Selection;
use crate::diagnostics::Result;
use crate::experiments::{Method, Past, detectable, smallest_share, typical};
use crate::report::{Unit, Value};
use crate::stage::Context;
use crate::stages::measure_campaign::{Did, Shop};
use crate::stages::words::select_targets as say;

/// Two-sided level of the test that `measure-campaign` will make, and the chance with which it should find a lift.
const ALPHA: f64 = 0.05;
const POWER: f64 = 0.8;
/// Days of the past that are looked at.
const YEAR: i64 = 365;
/// Fewest units of an arm of which means are near a normal distribution.
const LEAST: usize = 30;

impl SelectTargets {
    /// Says which lift of revenue the list can show if its persons buy as in the year before.
    pub(super) fn foresee(
        &self,
        cx: &mut Context,
        keys: &[String],
        units: &[String],
        selection: &Selection,
    ) -> Result<()> {
        let Some(orders) = &self.measured_on else { return Ok(()) };
        let mut together: BTreeMap<&str, (bool, Vec<usize>)> = BTreeMap::new();
        for (rows, held) in [(selection.listed(), false), (selection.control(), true)] {
            for &row in rows {
                together.entry(&units[row]).or_insert((held, Vec::new())).1.push(row);
            }
        }
        let (all, held) = (together.len(), together.values().filter(|(held, _)| *held).count());
        if all == 0 {
            return Ok(());
        }
        let days = self.outcome_window.days();
        let counts = [("held", Value::Count(held as u64)), ("all", Value::Count(all as u64))];
        let today = i64::from(cx.as_of()?.days());
        let shop = Shop::read(cx, &orders.0, None, None)?;
        let known = shop.known(cx)?;
        let places: Vec<Vec<u32>> = together
            .values()
            .map(|(_, rows)| rows.iter().filter_map(|row| shop.place(&keys[*row])).collect())
            .collect();
        let sum = |places: &Vec<u32>, of: &dyn Fn(u32) -> Did| {
            places.iter().map(|place| of(*place)).fold(Did::default(), Did::plus)
        };
        let windows = (YEAR / days).max(1);
        let past = (0..windows).map(|back| {
            let until = today - back * days;
            let from = until - days;
            let did = |place| shop.did(known, place, from, until);
            let before: Vec<Did> =
                places.iter().map(|unit| sum(unit, &|place| shop.year_before(known, place, from))).collect();
            Past {
                values: places.iter().map(|unit| sum(unit, &did).revenue).collect(),
                before: vec![
                    before.iter().map(|did| did.revenue).collect(),
                    before.iter().map(|did| f64::from(u8::from(did.orders == 0.0))).collect(),
                ],
            }
        });
        let Some(found) = typical(past, Method::USUAL).filter(|found| found.mean > 0.0) else {
            cx.note(&say::SILENT);
            return Ok(());
        };
        let hoped = self.hoped_lift.get();
        let share = smallest_share(found.sd, all as f64, hoped * found.mean, ALPHA, POWER)
            .map(|share| share.max(LEAST as f64 / all as f64))
            .filter(|share| *share <= 0.5);
        if held >= LEAST && all - held >= LEAST {
            let lift = detectable(found.sd, all as f64, held as f64 / all as f64, ALPHA, POWER) / found.mean;
            cx.metric("detectable_lift", lift);
            let [held, all] = counts;
            cx.note(say::SHOWS.with([
                held,
                all,
                ("days", Value::Count(days as u64)),
                ("lift", Value::Number(lift, Unit::Share)),
            ]));
        } else {
            cx.note(say::TOO_FEW_HELD.with(counts));
        }
        let hoped = ("hoped", Value::Number(hoped, Unit::Share));
        match share {
            Some(share) => {
                cx.metric("control_needed", share);
                cx.note(say::SHARE_NEEDED.with([hoped, ("share", Value::Number(share, Unit::Share))]));
            }
            None => cx.note(say::NOT_ALONE.with([hoped])),
        }
        Ok(())
    }
}
