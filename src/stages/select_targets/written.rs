//! The rows of the list and what became of each candidate.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, UInt64Array};
use arrow::compute::{concat_batches, take};

use super::SelectTargets;
use super::asked::consent_column;
use super::candidates::{REASON, REASONS};
use super::offered::{Offered, offer_column};
use crate::campaigns::{Channel, Outcome, Selection};
use crate::diagnostics::{Problem, Result, codes};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::tables::Batches;
use crate::tables::layouts::campaign::{AUDIT, TARGETS};

impl SelectTargets {
    /// Up to three reasons for each candidate: its own expression, the scores' reasons, the offer's.
    pub(super) fn reasons(
        &self,
        candidates: &Batches,
        keys: &[String],
        offers: &BTreeMap<String, Vec<Offered>>,
    ) -> Result<Vec<Vec<String>>> {
        let mut reasons: Vec<Vec<String>> = vec![Vec::new(); keys.len()];
        let mut add = |column: &str| -> Result<()> {
            if candidates.has(column) {
                for (of, reason) in reasons.iter_mut().zip(candidates.texts(column)?) {
                    of.extend(reason.filter(|reason| !reason.is_empty()));
                }
            }
            Ok(())
        };
        add(REASON)?;
        for name in REASONS {
            add(&format!("scores {name}"))?;
        }
        for (of, key) in reasons.iter_mut().zip(keys) {
            if let Some(offered) = offers.get(key).and_then(|offers| offers.first()) {
                of.insert(of.len().min(2), offered.reason.clone());
            }
            if of.is_empty() {
                of.push(match &self.rank_by {
                    Some(expression) => format!("ranked by {expression}"),
                    None => "ranked by score".to_owned(),
                });
            }
            of.truncate(3);
        }
        Ok(reasons)
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn write_targets(
        &self,
        cx: &mut Context,
        candidates: &Batches,
        keys: &[String],
        scores: &[f64],
        selection: &Selection,
        reasons: &[Vec<String>],
        offers: &BTreeMap<String, Vec<Offered>>,
        consents: &dyn Fn(usize, Channel) -> bool,
    ) -> Result<()> {
        let from = cx.as_of().unwrap_or(crate::tables::Date::from_days(0));
        let until = from.plus(self.valid_days as i32 - 1);
        let verdicts = selection.verdicts();
        let mut rows: Vec<usize> = selection.listed().iter().chain(selection.control()).copied().collect();
        rows.sort_by_key(|&row| verdicts[row].rank);
        let reason = |row: usize, place: usize| reasons[row].get(place);
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|&row| &keys[row]))
            .text("list", rows.iter().map(|_| cx.step))
            .integer("rank", rows.iter().map(|&row| i64::from(verdicts[row].rank)))
            .number("score", rows.iter().map(|&row| scores[row]))
            .integer("decile", rows.iter().map(|&row| i64::from(verdicts[row].decile)))
            .boolean("control", rows.iter().map(|&row| verdicts[row].outcome == Outcome::Control))
            .text("reason_1", rows.iter().map(|&row| &reasons[row][0]))
            .maybe_text("reason_2", rows.iter().map(|&row| reason(row, 1)))
            .maybe_text("reason_3", rows.iter().map(|&row| reason(row, 2)))
            .date("valid_from", rows.iter().map(|_| from.days()))
            .date("valid_until", rows.iter().map(|_| until.days()));
        if self.offers.is_some() {
            let offered = |row: usize, n: usize| offers.get(&keys[row]).and_then(|offers| offers.get(n));
            for place in 1..=self.offers_each.get() {
                let of = || rows.iter().map(move |&row| offered(row, place as usize - 1));
                columns
                    .maybe_text(&offer_column(place, "item"), of().map(|o| o.map(|o| &o.item)))
                    .maybe_text(&offer_column(place, "name"), of().map(|o| o.map(|o| &o.name)));
                if self.has_windows() {
                    columns
                        .maybe_date(&offer_column(place, "from"), of().map(|o| o.and_then(|o| o.window[0])))
                        .maybe_date(&offer_column(place, "until"), of().map(|o| o.and_then(|o| o.window[1])));
                }
            }
        }
        for channel in self.asked() {
            columns.boolean(&consent_column(channel), rows.iter().map(|&row| consents(row, channel)));
        }
        let places: UInt64Array = rows.iter().map(|&row| row as u64).collect();
        let all = concat_batches(&candidates.schema, &candidates.batches)
            .map_err(|e| Problem::new(&codes::ENGINE_TROUBLE, e.to_string()).boxed())?;
        for name in &self.columns {
            let array: &ArrayRef = all.column_by_name(name).expect("the query selects them");
            let taken =
                take(array, &places, None).map_err(|e| Problem::new(&codes::ENGINE_TROUBLE, e.to_string()).boxed())?;
            columns.add(name, true, taken);
        }
        cx.write(MAIN, &TARGETS, &[columns.batch()])
    }
}

/// What became of each candidate, by customer.
pub(super) fn write_audit(cx: &mut Context, keys: &[String], selection: &Selection) -> Result<()> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    let verdicts = selection.verdicts();
    let mut columns = Columns::new();
    columns
        .text("customer", order.iter().map(|&row| &keys[row]))
        .text("outcome", order.iter().map(|&row| verdicts[row].outcome.name()));
    cx.write("audit", &AUDIT, &[columns.batch()])
}
