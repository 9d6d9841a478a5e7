//! Earlier dates at which scores are computed as they would have been then, and what they predicted.

use super::MeasureLoyalty;
use super::reading::Said;
use super::say;
use crate::diagnostics::{Problem, Result, codes};
use crate::loyalty::{Judged, Origin, judge};
use crate::numeric::calendar::DAY;
use crate::orders::After;
use crate::stage::Context;
use crate::stages::orders::History;
use crate::stages::rows::bad;

/// Dates that are learned from, a period apart.
const LEARNED: i64 = 6;
/// Fewest periods of data before a date.
const LEAST_PERIODS: i64 = 3;

impl MeasureLoyalty {
    /// Judges the scores of one horizon ago by who ordered since; what they mean is learned at dates whose horizons were over then.
    ///
    /// # Errors
    /// When a regression fails.
    pub(super) fn judged(&self, cx: &mut Context, history: &History, as_of: i64, said: &Said) -> Result<Vec<Judged>> {
        let horizon = self.horizon.days();
        let begins = history.orders.span().map_or(as_of, |span| span.0);
        let origin = |date: i64| -> Result<Option<Origin>> {
            if date < begins + LEAST_PERIODS * self.period.days() * DAY {
                return Ok(None);
            }
            let after = After::new(&history.orders, date, horizon, as_of)
                .map_err(|error| Problem::new(&codes::BAD_DATA, error.to_string()).boxed())?;
            let then = self.at(history, date, said);
            Ok(Some(Origin::of(&then.spending, &then.measured, &then.scored, after)))
        };
        let judged_at = as_of - horizon * DAY;
        let Some(judged) = origin(judged_at)? else {
            cx.note(&say::NOT_JUDGED);
            return Ok(Vec::new());
        };
        let mut learned = Vec::new();
        for step in (0..LEARNED).rev() {
            learned.extend(origin(judged_at - (horizon + step * self.period.days()) * DAY)?);
        }
        if learned.is_empty() {
            cx.note(&say::NOT_JUDGED);
            return Ok(Vec::new());
        }
        judge(&learned, &judged, cx.seed).map_err(bad)
    }
}
