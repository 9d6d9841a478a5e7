//! What the report shows of a list.

use std::collections::{BTreeMap, BTreeSet};

use super::SelectTargets;
use super::written::Chosen;
use crate::campaigns::{Outcome, Selection};
use crate::diagnostics::Result;
use crate::report::{self, Body, ListCard, Lists, Section};
use crate::stage::Context;
use crate::stages::words::select_targets as say;

impl SelectTargets {
    pub(super) fn show(
        &self,
        cx: &mut Context,
        keys: &[String],
        selection: &Selection,
        chosen: &Chosen,
        before: Option<&BTreeSet<String>>,
    ) -> Result<()> {
        let counts: BTreeMap<&str, u64> =
            selection.counts().iter().map(|(outcome, count)| (outcome.name(), *count)).collect();
        let count = |outcome: Outcome| counts[outcome.name()];
        for (outcome, count) in &counts {
            cx.metric(&outcome.replace('-', "_"), *count as f64);
        }
        let mut words: BTreeMap<String, u64> = BTreeMap::new();
        for &row in selection.listed() {
            *words.entry(plain_reason(chosen.first_reason(row))).or_default() += 1;
        }
        let mut words: Vec<report::Reason> =
            words.into_iter().map(|(text, rows)| report::Reason { text, rows }).collect();
        words.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.text.cmp(&b.text)));
        let moved = before.map(|before| {
            let stayed = selection.listed().iter().filter(|&&row| before.contains(&keys[row])).count() as u64;
            (count(Outcome::Listed) - stayed, before.len() as u64 - stayed, stayed)
        });
        let capped = [Outcome::Capped, Outcome::GroupCapped, Outcome::OutOfBudget, Outcome::ContactLimit];
        let card = ListCard {
            name: cx.step.replace('_', " "),
            meaning: self
                .condition
                .as_deref()
                .map(|c| say::CANDIDATES_WITH.with([("condition", c.into())]))
                .unwrap_or_default(),
            candidates: selection.verdicts().len() as u64,
            // Neither may be written to.
            suppressed: count(Outcome::Suppressed) + count(Outcome::NoConsent),
            capped: capped.into_iter().map(count).sum(),
            control: count(Outcome::Control),
            listed: count(Outcome::Listed),
            reasons: words,
            moved,
            ..ListCard::default()
        };
        cx.section(Section::new(cx.step, Body::Lists(Lists { lists: vec![card] })));
        Ok(())
    }
}

/// A reason without the figures in brackets, so that equal reasons can be counted.
fn plain_reason(reason: &str) -> String {
    let end = [" (", "（"].iter().filter_map(|bracket| reason.find(bracket)).min();
    reason[..end.unwrap_or(reason.len())].to_owned()
}
