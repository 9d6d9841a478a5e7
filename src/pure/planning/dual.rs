//! The dual of the plan: prices of the limits at which the bound on every plan is lowest.
//!
//! D(λ) = λ·b + Σ over units of their best choice at the prices λ. It is convex, and at least the value of any plan that meets the limits.
//! Each pass over the units gives its value and a slope, so a plane below it; a small linear program finds the lowest point of all planes
//! within a box around the best prices so far, and the next pass is made there.
//!
//! Sources: J. Kelley, "The cutting-plane method for solving convex programs", J. SIAM 8, 1960; R. Marsten, W. Hogan, J. Blankenship, "The
//! boxstep method for large-scale optimization", Operations Research 23, 1975. Prices are whole numbers and every D(λ) is exact.

use super::best::Prices;
use super::candidates::Choices;
use super::limits::Row;
use super::pass::{Sums, pass};
use super::simplex::{self, End, Simplex};

/// Units whose choices are open, and what the fixed ones leave of the limits.
pub(super) struct Part<'a> {
    pub choices: &'a Choices,
    /// Scaled value of the fixed choices.
    pub scaled: i128,
    /// What is left of each row.
    pub bound: Vec<i128>,
}

/// The dual at some prices: a plane below it everywhere.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub prices: Vec<i64>,
    /// D, scaled.
    pub dual: i128,
    /// What the best choices leave of each row; below 0 where they use too much. The slope of D.
    pub slack: Vec<i128>,
}

impl Cut {
    /// The dual's cut at the prices, and the sums of the best choices.
    pub fn at(rows: &[Row], part: &Part, prices: &[i64], near: i64) -> (Cut, Sums, Vec<u32>) {
        let (sums, close) = pass(part.choices, &Prices::new(rows, prices, part.choices.kinds), near);
        let paid: i128 = prices.iter().zip(&part.bound).map(|(price, bound)| i128::from(*price) * bound).sum();
        let slack = rows.iter().zip(&part.bound).map(|(row, bound)| bound - sums.used(row)).collect();
        (Cut { prices: prices.to_vec(), dual: part.scaled + paid + sums.reduced, slack }, sums, close)
    }

    /// The plane's height above the dual at `centre`, at the prices of `centre`; never above 0.
    fn height(&self, centre: &Cut) -> i128 {
        let moved = centre.prices.iter().zip(&self.prices).map(|(to, from)| i128::from(to - from));
        self.dual - centre.dual + moved.zip(&self.slack).map(|(moved, slope)| moved * slope).sum::<i128>()
    }
}

/// Where a search for the lowest bound ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Until {
    /// When no plane promises more than this share of the dual, or than the tie-breaker of one contact.
    pub tolerance: f64,
    /// After so many passes.
    pub passes: usize,
}

/// All prices that rows may have.
pub(super) fn all_prices(rows: &[Row]) -> Vec<(i64, i64)> {
    rows.iter().map(|row| (0, row.cap)).collect()
}

/// The lowest dual found with prices `within` the bounds, from `start` on, and all cuts; `radius` is the first box, in typical prices.
pub(super) fn minimise(
    rows: &[Row],
    part: &Part,
    start: &[i64],
    within: &[(i64, i64)],
    mut radius: f64,
    until: Until,
) -> (Cut, Vec<Cut>) {
    let look = |prices: &[i64]| Cut::at(rows, part, prices, -1).0;
    let mut centre = look(start);
    let mut cuts = vec![centre.clone()];
    if rows.is_empty() {
        return (centre, cuts);
    }
    let typical = typical_prices(rows, part, &centre);
    let widest = within.iter().zip(&typical).map(|(within, typical)| (within.1 - within.0) as f64 / typical);
    let widest = widest.fold(0.0, f64::max);
    let least = (centre.dual.unsigned_abs() as f64 * until.tolerance).max(part.choices.noise as f64);
    let mut unit = (centre.dual.unsigned_abs() as f64).max(1.0);
    // Whether the box was made wider, or narrower, since the last pass: whoever needs both has found the lowest point.
    let (mut wider, mut narrower) = (false, false);
    while cuts.len() < until.passes {
        let found = lowest(within, &cuts, &centre, &typical, radius, unit);
        let Some((next, promised)) = found.filter(|(next, _)| cuts.iter().all(|cut| cut.prices != *next)) else {
            // Rounded to prices that are known, or planes too alike to tell apart: a smaller step is needed.
            if wider || radius < 1e-12 {
                break;
            }
            (radius, narrower) = (radius / 8.0, true);
            continue;
        };
        if promised <= least {
            if narrower || radius >= widest {
                break;
            }
            (radius, wider) = (radius * 16.0, true);
            continue;
        }
        (wider, narrower) = (false, false);
        unit = promised.max(1.0);
        let cut = look(&next);
        let won = (centre.dual - cut.dual) as f64;
        if won > 0.0 {
            if won >= 0.4 * promised {
                radius *= 2.0;
            }
            centre = cut.clone();
        } else {
            radius *= if -won > promised { 0.25 } else { 0.5 };
        }
        cuts.push(cut);
    }
    (centre, cuts)
}

/// A price of each row at which it would take about the whole value: the unit in which boxes are measured.
fn typical_prices(rows: &[Row], part: &Part, at: &Cut) -> Vec<f64> {
    let whole = (at.dual.unsigned_abs() as f64).max(part.choices.largest as f64);
    let of = |(place, row): (usize, &Row)| {
        let bound = part.bound[place];
        let counted = bound.unsigned_abs().max((bound - at.slack[place]).unsigned_abs()).max(row.largest as u128);
        (whole / counted as f64).clamp(1.0, row.cap as f64)
    };
    rows.iter().enumerate().map(of).collect()
}

/// The lowest point of all planes within the box around the centre, and how much lower it is than the dual there, both scaled.
fn lowest(
    within: &[(i64, i64)],
    cuts: &[Cut],
    centre: &Cut,
    typical: &[f64],
    radius: f64,
    unit: f64,
) -> Option<(Vec<i64>, f64)> {
    let width: Vec<f64> = typical.iter().map(|typical| typical * radius).collect();
    // Whole numbers near the centre are exact in 64-bit floats only as differences.
    let way = |k: usize, to: i64| (to - centre.prices[k]) as f64 / width[k];
    let low: Vec<f64> = (0..within.len()).map(|k| way(k, within[k].0).max(-1.0)).collect();
    let high: Vec<f64> = (0..within.len()).map(|k| way(k, within[k].1).min(1.0)).collect();
    let planes: Vec<(f64, Vec<f64>)> = cuts
        .iter()
        .map(|cut| {
            let slope = cut.slack.iter().zip(&width).map(|(slope, w)| *slope as f64 * w / unit).collect();
            (cut.height(centre) as f64 / unit, slope)
        })
        .collect();
    let least = |(height, slope): &(f64, Vec<f64>)| {
        height + slope.iter().enumerate().map(|(k, slope)| (slope * low[k]).min(slope * high[k])).sum::<f64>()
    };
    let floor = planes.iter().map(least).fold(f64::NEG_INFINITY, f64::max);
    // Variables: the way from the low end of the box, by row, and the height above the floor.
    let last = within.len();
    let mut objective = vec![0.0; last];
    objective.push(-1.0);
    let mut upper: Vec<f64> = high.iter().zip(&low).map(|(high, low)| high - low).collect();
    upper.push(1.0 - floor);
    let program: Vec<simplex::Row> = planes
        .iter()
        .map(|(height, slope)| {
            let largest = slope.iter().fold(1.0f64, |largest, cell| largest.max(cell.abs()));
            let mut terms: Vec<(usize, f64)> = slope.iter().map(|cell| cell / largest).enumerate().collect();
            terms.push((last, -1.0 / largest));
            let at_low: f64 = slope.iter().zip(&low).map(|(slope, low)| slope * low).sum();
            simplex::Row { terms, bound: (floor - height - at_low) / largest, equal: false }
        })
        .collect();
    let mut program = Simplex::new(&objective, &upper, &program);
    if program.solve() != End::Optimal {
        return None;
    }
    let values = program.values();
    let step = |k: usize| ((low[k] + values[k]) * width[k]).round() as i64;
    let next = (0..last).map(|k| (centre.prices[k] + step(k)).clamp(within[k].0, within[k].1)).collect();
    Some((next, -(floor + values[last]) * unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::limits::rows;
    use crate::planning::proofs::shop;
    use crate::planning::{Choices, plan};

    #[test]
    fn every_cut_lies_below_the_dual_and_above_every_plan() {
        let (candidates, persons, limits) = shop(500, 2);
        let choices = Choices::new(candidates, &persons, 18).expect("sound");
        let rows = rows(&limits, &choices).expect("sound");
        let bound = rows.iter().map(|row| i128::from(row.bound)).collect();
        let part = Part { choices: &choices, scaled: 0, bound };
        let until = Until { tolerance: 0.0, passes: 200 };
        let (lowest, cuts) = minimise(&rows, &part, &[0; 5], &all_prices(&rows), 0.5, until);
        assert!(cuts.len() > 10 && cuts.len() < 120, "{}", cuts.len());
        let best = i128::from(plan(&choices, &limits).expect("sound").value as i64) << choices.shift;
        for cut in &cuts {
            assert!(cut.dual >= lowest.dual && cut.dual >= best);
            assert!(cuts.iter().all(|other| other.height(cut) <= 0));
        }
        // From elsewhere and within a box that holds it, the same.
        let far: Vec<i64> = rows.iter().map(|row| row.cap / 1_000).collect();
        let again = minimise(&rows, &part, &far, &all_prices(&rows), 0.1, until).0;
        assert!((again.dual - lowest.dual).abs() < i128::from(choices.noise) * 8, "{} {}", again.dual, lowest.dual);
        let (mut tight, low) = (all_prices(&rows), lowest.prices[1] / 2);
        tight[1].1 = low;
        let boxed = minimise(&rows, &part, &[0; 5], &tight, 0.5, until).0;
        assert!(boxed.prices[1] == low && boxed.dual > lowest.dual, "a bound on prices holds");
    }
}
