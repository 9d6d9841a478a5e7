//! Lists that changed too much since the last good run are held.

use std::collections::BTreeSet;

use super::SelectTargets;
use crate::campaigns::{Change, FEW, Outcome, Selection, change};
use crate::diagnostics::Result;
use crate::stage::{Context, MAIN};
use crate::stages::words::select_targets as say;
use crate::tables::Batches;

impl SelectTargets {
    /// Holds a list that changed too much since the last good run.
    pub(super) fn hold_jumps(&self, cx: &mut Context, before: Option<u64>, now: u64) {
        let factor = self.max_change.get();
        let Some((before, what)) = before.and_then(|before| Some((before, change(before, now, factor)?))) else {
            if now == 0 {
                cx.note(&say::EMPTY);
            }
            return;
        };
        let values = [("now", now.into()), ("before", before.into())];
        let held = match what {
            Change::Emptied if self.may_be_empty => {
                cx.note(say::EMPTIED.with([("before", before.into())]));
                return;
            }
            Change::Emptied => say::HELD_EMPTY.with(values),
            Change::Shrunk | Change::Grown => {
                let [now, before] = values;
                say::HELD_JUMP.with([now, before, ("factor", factor.to_string().into())])
            }
        };
        cx.made.held.push(held.english());
    }

    /// Holds a list from which far fewer persons are left out for having objected than in the last good run: people seldom take an
    /// objection back, so a part of the source is likely to be missing.
    pub(super) fn hold_lost_objections(&self, cx: &mut Context, selection: &Selection) -> Result<()> {
        let factor = self.max_change.get();
        let objected = Outcome::Suppressed.name();
        let Some(previous) = &cx.previous else { return Ok(()) };
        let (outcomes, names) = Batches::read_coded(&previous.table("audit")?, &["outcome"])?.ids("outcome")?;
        let objected_before = names.find(objected);
        let before = outcomes.iter().filter(|&&outcome| Some(outcome) == objected_before).count() as u64;
        let now =
            selection.counts().iter().find(|(outcome, _)| outcome.name() == objected).map_or(0, |(_, count)| *count);
        if factor > 0.0 && before >= now + FEW && now as f64 * factor < before as f64 {
            cx.made.held.push(say::HELD_OBJECTIONS.with([("now", now.into()), ("before", before.into())]).english());
        }
        Ok(())
    }
}

/// Whom the list of the last good run had.
pub(super) fn listed_before(cx: &Context) -> Result<Option<BTreeSet<String>>> {
    let Some(previous) = &cx.previous else { return Ok(None) };
    let before = Batches::read(&previous.table(MAIN)?, &["customer", "control"])?;
    let control = before.booleans("control")?;
    let customers = before.texts("customer")?.into_iter().enumerate();
    Ok(Some(customers.filter_map(|(row, customer)| customer.filter(|_| control[row] == Some(false))).collect()))
}
