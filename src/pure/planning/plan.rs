//! From candidates and limits to a plan with its certificate.

use rayon::prelude::*;

use super::best::{Desk, Prices};
use super::candidates::{Choices, PlanError};
use super::draft::{Draft, Open};
use super::infeasible::impossible;
use super::limits::{Limit, MILLION, Measure, Row, rows};
use super::pass::{BLOCK, Sums};
use super::prices::{Solved, solve};
use super::repair::{fill, meet};
use super::search::search;

/// Choices that are searched together in full, over all units: with no more, the plan is the best there is.
const FEW: usize = 400;
/// Units of one exact search, one size after the other while the gap is open.
const SEARCHED: [usize; 3] = [40, 80, 160];
/// Work of one exact search at most, in cells of its linear programs.
const WORK: usize = 300_000_000;
/// Gap at which no further search is made, as a share of the bound.
pub const CLOSED: f64 = 1e-7;

/// How a plan stands to its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It meets all limits.
    Meets,
    /// No plan meets all limits, which is proven; this one misses minimums by as little as it can at the penalty.
    Impossible,
    /// This plan misses minimums; that none could meet them is not proven.
    NotFound,
}

/// What a plan does with one limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// What the plan uses: contacts, or ten-thousandths of the currency unit.
    pub used: i128,
    /// Of a share, the contacts that it is a share of; otherwise 0.
    pub of: i128,
    /// What is missing to the minimum, 0 where it is met.
    pub short: i128,
    /// What one unit more of a maximum would bring, or what the last unit of a minimum costs, in ten-thousandths of the currency unit;
    /// of a share, what one contact costs that it forces. 0 where the limit is slack.
    pub price: f64,
}

/// A plan with its certificate.
pub struct Plan {
    /// The contacts, as candidates, ascending; [`Choices::row`] gives their rows.
    pub chosen: Vec<u32>,
    /// Their value in ten-thousandths of the currency unit, exact.
    pub value: i128,
    /// No plan that meets the limits has more value, in ten-thousandths of the currency unit, proven in whole numbers.
    pub bound: i128,
    /// Whether all plans were looked at or shown to be no better, so that the plan is the best even where the bound is above it.
    pub best: bool,
    /// How it stands to the limits.
    pub standing: Standing,
    /// Each limit, in the order given.
    pub uses: Vec<Use>,
    /// Contacts by kind.
    pub contacts: Vec<i64>,
    /// Costs by kind, in ten-thousandths of the currency unit.
    pub costs: Vec<i128>,
    /// Passes over all units.
    pub passes: usize,
    pub(super) solved: Solved,
    pub(super) rows: Vec<Row>,
}

impl Plan {
    /// How much more than the plan the best one could bring at most, as a share of the bound; with shortfalls it has no meaning and is NaN.
    pub fn gap(&self) -> f64 {
        match self.standing {
            Standing::Meets => (self.bound - self.value) as f64 / (self.bound.unsigned_abs() as f64).max(1.0),
            _ => f64::NAN,
        }
    }
}

/// Plans. The same candidates give the same plan whatever the order of their rows and the number of threads.
///
/// # Errors
/// Limits that cannot be.
pub fn plan(choices: &Choices, limits: &[Limit]) -> Result<Plan, PlanError> {
    let rows = rows(limits, choices)?;
    let solved = solve(choices, &rows);
    let prices = Prices::new(&rows, &solved.cut.prices, choices.kinds);
    let mut draft = Draft::new(choices, &rows, prices, &solved.sums);
    let mut open: Vec<Open> = solved.near.par_iter().map(|unit| draft.open(*unit)).collect();
    meet(&mut draft, &mut open);
    if !draft.holds(true) {
        // Contacting nobody meets every maximum and every share.
        draft.nobody(&mut open);
    }
    fill(&mut draft, &mut open);
    let reach = if open.len() == choices.units() { i128::MAX } else { i128::from(solved.reach) };
    let mut best = improve(&mut draft, &mut open, solved.cut.dual, reach, false);
    let mut standing = Standing::Meets;
    if !draft.holds(false) {
        let complete = best;
        best = improve(&mut draft, &mut open, solved.cut.dual, reach, true);
        let proven = complete || impossible(choices, limits);
        standing = if proven { Standing::Impossible } else { Standing::NotFound };
    }
    let chosen = chosen(&draft);
    let block = |chosen: &[u32]| {
        let mut sums = Sums::nothing(choices.kinds);
        sums.add(choices, chosen, 1);
        (sums, chosen.iter().map(|candidate| i128::from(choices.value(*candidate))).sum::<i128>())
    };
    let nothing = || (Sums::nothing(choices.kinds), 0);
    let (sums, value) = chosen.par_chunks(BLOCK).map(block).reduce(nothing, |(a, x), (b, y)| (a.merge(&b, 1), x + y));
    let costs = sums.costs.iter().map(|cost| cost * i128::from(choices.cost_step)).collect::<Vec<_>>();
    let scale = (1i64 << choices.shift) as f64;
    let prices: Vec<f64> = solved.cut.prices.iter().map(|price| *price as f64 / scale).collect();
    let uses = limits.iter().zip(&rows).zip(&prices);
    let uses = uses.map(|((limit, row), price)| used(limit, row, *price, &sums.contacts, &costs)).collect();
    let best = best || draft.holds(true) && draft.worth() == solved.cut.dual;
    let (bound, passes, contacts) = (solved.cut.dual >> choices.shift, solved.passes, sums.contacts);
    Ok(Plan { chosen, value, bound, best, standing, uses, contacts, costs, passes, solved, rows })
}

fn used(limit: &Limit, row: &Row, price: f64, contacts: &[i64], costs: &[i128]) -> Use {
    let count = |kinds: &[bool]| -> i128 {
        kinds.iter().zip(contacts).filter(|(counts, _)| **counts).map(|(_, n)| i128::from(*n)).sum()
    };
    let (used, of, per_unit) = match &limit.measure {
        Measure::Contacts => (count(&limit.kinds), 0, 1.0),
        Measure::Costs => {
            let counted = limit.kinds.iter().zip(costs).filter(|(counts, _)| **counts);
            (counted.map(|(_, cost)| cost).sum(), 0, 1.0 / row.unit as f64)
        }
        Measure::Share(of) => (count(&limit.kinds), count(of), MILLION as f64 / row.unit as f64),
    };
    let short = if row.elastic { (i128::from(limit.bound) - used).max(0) } else { 0 };
    Use { used, of, short, price: price * per_unit }
}

/// The contacts of the draft, ascending.
fn chosen(draft: &Draft) -> Vec<u32> {
    let units: Vec<u32> = (0..draft.choices.units() as u32).collect();
    let of = |units: &[u32]| {
        let (mut desk, mut chosen) = (Desk::default(), Vec::new());
        for unit in units {
            match draft.changed.get(unit) {
                Some(picked) => chosen.extend_from_slice(picked),
                None => {
                    desk.best(draft.choices, &draft.prices, *unit);
                    desk.picked.sort_unstable();
                    chosen.extend_from_slice(&desk.picked);
                }
            }
        }
        chosen
    };
    units.par_chunks(BLOCK).flat_map_iter(of).collect()
}

/// Searches the units whose other choices lose least; true if no plan can be better.
fn improve(draft: &mut Draft, open: &mut [Open], dual: i128, reach: i128, elastic: bool) -> bool {
    let few = reach == i128::MAX && open.iter().map(|unit| unit.choices.len()).sum::<usize>() <= FEW;
    for size in SEARCHED {
        let holds = draft.holds(elastic);
        let allowed = if holds { (dual - draft.worth()).max(0) } else { i128::MAX };
        if !few && holds && allowed as f64 <= CLOSED * dual.unsigned_abs() as f64 {
            return false;
        }
        let mut order: Vec<usize> = (0..open.len()).filter(|place| open[*place].nearest() <= allowed).collect();
        order.sort_by_key(|place| (open[*place].nearest(), open[*place].unit));
        // A choice that loses more than the gap is in no better plan: if all others are searched in full, the plan is the best.
        let whole = few || order.len() <= size && allowed <= reach && order.iter().all(|place| open[*place].listed);
        if !whole {
            order.truncate(size);
        }
        let picked: Vec<Open> = order.iter().map(|place| open[*place].clone()).collect();
        let found = search(draft, &picked, allowed, elastic, WORK);
        for (place, choice) in order.iter().zip(found.choices.into_iter().flatten()) {
            if open[*place].current != choice {
                draft.set(&mut open[*place], choice);
            }
        }
        if whole {
            return found.complete;
        }
    }
    false
}
