//! What other limits would bring.

use super::candidates::{Choices, PlanError};
use super::dual::{Part, Until, all_prices, minimise};
use super::limits::{Limit, Measure, Row, rows};
use super::plan::Plan;
use super::prices::bounds;

/// What a change of one limit's bound would bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The other bound, in the unit of the limit.
    pub bound: i64,
    /// Expected change of the plan's value, in ten-thousandths of the currency unit: of the lowest bound on all plans, over a sample of
    /// customers where there are many.
    pub expected: f64,
    /// The value changes by no more than this; nothing for shares, where it is not known.
    pub at_most: Option<f64>,
    /// Whether minimums can be met at this bound, as far as prices tell; if not, the expected change counts the penalty.
    pub possible: bool,
}

impl Plan {
    /// What the limit at `place` would bring at other bounds. Minimums that cannot be met cost the penalty for each contact missing.
    ///
    /// # Errors
    /// Limits that cannot be, such as a share above 1.
    pub fn with_bounds(
        &self,
        choices: &Choices,
        limits: &[Limit],
        place: usize,
        others: &[i64],
    ) -> Result<Vec<Change>, PlanError> {
        let lowest = |bound: i64| -> Result<(f64, bool), PlanError> {
            let mut limits = limits.to_vec();
            limits[place].bound = bound;
            let rows = rows(&limits, choices)?;
            let (sample, units) = (&self.solved.sample, choices.units());
            let part = Part { choices: sample, scaled: 0, bound: bounds(&rows, sample.units(), units) };
            let start: Vec<i64> =
                self.solved.cut.prices.iter().zip(&rows).map(|(price, row)| (*price).min(row.cap)).collect();
            let until = Until { tolerance: 1e-9, passes: 150 };
            let (cut, _) = minimise(&rows, &part, &start, &all_prices(&rows), 0.05, until);
            // The price of a minimum that cannot be met goes to the penalty.
            let met = |(price, row): (&i64, &Row)| !row.elastic || (*price as f64) < 0.9 * row.cap as f64;
            let possible = cut.prices.iter().zip(&rows).all(met);
            let whole = cut.dual as f64 * units as f64 / sample.units().max(1) as f64;
            Ok((whole / (1i64 << choices.shift) as f64, possible))
        };
        let (now, _) = lowest(limits[place].bound)?;
        let change = |&bound: &i64| {
            let (then, possible) = lowest(bound)?;
            let expected = then - now;
            let at_most = self.at_most(choices, &limits[place], place, bound);
            let expected = at_most.map_or(expected, |at_most| expected.min(at_most));
            Ok(Change { bound, expected, at_most, possible })
        };
        others.iter().map(change).collect()
    }

    /// The lowest bound that the prices seen so far prove for another bound of a limit, less the plan's value.
    fn at_most(&self, choices: &Choices, limit: &Limit, place: usize, bound: i64) -> Option<f64> {
        let row = &self.rows[place];
        if matches!(limit.measure, Measure::Share(_)) {
            return None;
        }
        let sign = if row.per_contact.iter().chain(&row.per_cost).any(|cell| *cell < 0) { -1 } else { 1 };
        let other = (sign * bound).div_euclid(row.unit);
        let moved = |cut: &super::dual::Cut| cut.dual + i128::from(cut.prices[place]) * i128::from(other - row.bound);
        let lowest = self.solved.cuts.iter().map(moved).min()?;
        Some(((lowest >> choices.shift) - self.value) as f64)
    }
}
