//! The rows of the list and what became of each candidate.

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt64Array};
use arrow::compute::{concat_batches, take};

use super::SelectTargets;
use super::asked::consent_column;
use super::candidates::{Candidates, REASON, REASONS};
use super::offered::{Offered, offer_column};
use crate::campaigns::{Channel, Outcome, Selection};
use crate::diagnostics::{Problem, Result, codes};
use crate::stage::{Context, MAIN};
use crate::stages::columns::Columns;
use crate::stages::holdouts::{UNIT, pseudonym};
use crate::tables::Batches;
use crate::tables::layouts::campaign::{AUDIT, TARGETS};

/// Who is chosen, listed or held back as control, with what is shown of them: all by place among the chosen.
pub(super) struct Chosen {
    /// Their numbers among the candidates, ascending.
    pub rows: Vec<usize>,
    /// The columns that are only shown.
    pub shown: Batches,
    /// Their best offers; empty where the list has none.
    pub offers: Vec<Vec<Offered>>,
    /// One to three for each.
    pub reasons: Vec<Vec<String>>,
}

impl Chosen {
    /// The strongest reason of a chosen candidate.
    pub(super) fn first_reason(&self, row: usize) -> &str {
        let place = self.rows.binary_search(&row).expect("a chosen candidate");
        &self.reasons[place][0]
    }
}

impl SelectTargets {
    /// Up to three reasons for each of the chosen: the list's own expression, then the offers' where only those with an offer are chosen, and
    /// else the scores'. Why somebody may leave is no reason to offer them something, nor is an offer a reason why they may leave.
    pub(super) fn reasons(&self, shown: &Batches, chosen: usize, offers: &[Vec<Offered>]) -> Result<Vec<Vec<String>>> {
        let mut reasons: Vec<Vec<String>> = vec![Vec::new(); chosen];
        let mut add = |column: &str| -> Result<()> {
            if shown.has(column) {
                for (of, reason) in reasons.iter_mut().zip(shown.texts(column)?) {
                    of.extend(reason.filter(|reason| !reason.is_empty()));
                }
            }
            Ok(())
        };
        add(REASON)?;
        if self.must_have_offer {
            for (of, offers) in reasons.iter_mut().zip(offers) {
                of.extend(offers.iter().map(|offered| offered.reason.clone()));
            }
        } else {
            for name in REASONS {
                add(&format!("scores {name}"))?;
            }
        }
        for of in &mut reasons {
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

    pub(super) fn write_targets(
        &self,
        cx: &mut Context,
        candidates: &Candidates,
        selection: &Selection,
        chosen: &Chosen,
        (units, consents): (&[String], &dyn Fn(usize, Channel) -> bool),
    ) -> Result<()> {
        let from = cx.as_of().unwrap_or(crate::tables::Date::from_days(0));
        let until = from.plus(self.valid_days as i32 - 1);
        let verdicts = selection.verdicts();
        let mut order: Vec<usize> = (0..chosen.rows.len()).collect();
        order.sort_by_key(|&place| verdicts[chosen.rows[place]].rank);
        let rows: Vec<usize> = order.iter().map(|&place| chosen.rows[place]).collect();
        let reason = |place: usize, number: usize| chosen.reasons[place].get(number);
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|&row| &candidates.keys[row]))
            .text("list", rows.iter().map(|_| cx.step))
            .integer("rank", rows.iter().map(|&row| i64::from(verdicts[row].rank)))
            .number("score", rows.iter().map(|&row| candidates.scores[row]))
            .integer("decile", rows.iter().map(|&row| i64::from(verdicts[row].decile)))
            .boolean("control", rows.iter().map(|&row| verdicts[row].outcome == Outcome::Control))
            .text("reason_1", order.iter().map(|&place| &chosen.reasons[place][0]))
            .maybe_text("reason_2", order.iter().map(|&place| reason(place, 1)))
            .maybe_text("reason_3", order.iter().map(|&place| reason(place, 2)))
            .date("valid_from", rows.iter().map(|_| from.days()))
            .date("valid_until", rows.iter().map(|_| until.days()));
        if self.offers.is_some() {
            for number in 1..=self.offers_each.get() {
                let of = || order.iter().map(move |&place| chosen.offers[place].get(number as usize - 1));
                columns
                    .maybe_text(&offer_column(number, "item"), of().map(|o| o.map(|o| &o.item)))
                    .maybe_text(&offer_column(number, "name"), of().map(|o| o.map(|o| &o.name)))
                    .maybe_text(&offer_column(number, "reason"), of().map(|o| o.map(|o| &o.reason)));
                if self.has_windows() {
                    columns
                        .maybe_date(&offer_column(number, "from"), of().map(|o| o.and_then(|o| o.window[0])))
                        .maybe_date(&offer_column(number, "until"), of().map(|o| o.and_then(|o| o.window[1])));
                }
            }
        }
        if self.unit.is_some() {
            columns.text(UNIT, rows.iter().map(|&row| pseudonym(&units[row])));
        }
        for channel in self.asked() {
            columns.boolean(&consent_column(channel), rows.iter().map(|&row| consents(row, channel)));
        }
        let places: UInt64Array = order.iter().map(|&place| place as u64).collect();
        let all = concat_batches(&chosen.shown.schema, &chosen.shown.batches)
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
    let mut writer = cx.start("audit", Arc::new(AUDIT.schema()))?;
    writer.write_ranges(order.len(), |places| {
        let rows = &order[places];
        let mut columns = Columns::new();
        columns
            .text("customer", rows.iter().map(|&row| &keys[row]))
            .text("outcome", rows.iter().map(|&row| verdicts[row].outcome.name()));
        columns.batch_of(&AUDIT)
    })?;
    cx.end("audit", writer)
}
