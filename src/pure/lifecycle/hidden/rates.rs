//! Chances of buying by group and season: one logit per group and one per season, by Newton's method.

use crate::numeric::linear::solve_symmetric;
use crate::numeric::math::{ln, logistic};

/// How often members of each group did and did not buy in each period; numbers need not be whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    groups: usize,
    /// By group, then period: seen, bought.
    cells: Vec<(f64, f64)>,
    periods: usize,
}

/// Chances of buying: logit = group + season.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// Logit of each group in a season of no effect.
    pub group: Vec<f64>,
    /// What each season adds to the logits; 0 for a season that was not seen.
    pub season: Vec<f64>,
}

/// Weight of the prior that a season has no effect (a normal one of variance 1), and that a group's logit is 0 (variance 25).
const SEASON_WEIGHT: f64 = 1.0;
const GROUP_WEIGHT: f64 = 0.04;

impl Tally {
    /// Nobody yet.
    pub fn new(groups: usize, periods: usize) -> Tally {
        Tally { groups, periods, cells: vec![(0.0, 0.0); groups * periods] }
    }

    /// Adds `weight` members of a group in a period, who bought or not.
    pub fn add(&mut self, group: usize, period: usize, weight: f64, bought: bool) {
        let cell = &mut self.cells[group * self.periods + period];
        cell.0 += weight;
        cell.1 += if bought { weight } else { 0.0 };
    }

    /// Adds all of another of the same shape.
    pub fn add_all(&mut self, other: &Tally) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(cell, more)| *cell = (cell.0 + more.0, cell.1 + more.1));
    }

    /// The most probable rates under weak normal priors; `season` is the season of each period, `seasons` their number.
    pub fn rates(&self, season: &[usize], seasons: usize) -> Rates {
        let (g, size) = (self.groups, self.groups + seasons);
        let mut at = vec![0.0; size];
        for group in 0..g {
            let (n, y) = self.cells[group * self.periods..][..self.periods]
                .iter()
                .fold((1.0, 0.5), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
            at[group] = ln(y / (n - y));
        }
        for _ in 0..50 {
            let (mut slope, mut curve) = (vec![0.0; size], vec![0.0; size * size]);
            for place in 0..size {
                let weight = if place < g { GROUP_WEIGHT } else { SEASON_WEIGHT };
                slope[place] -= weight * at[place];
                curve[place * size + place] += weight;
            }
            for group in 0..g {
                for period in 0..self.periods {
                    let (n, y) = self.cells[group * self.periods + period];
                    if n <= 0.0 {
                        continue;
                    }
                    let other = g + season[period];
                    let p = logistic(at[group] + at[other]);
                    let (residual, weight) = (y - n * p, n * p * (1.0 - p));
                    slope[group] += residual;
                    slope[other] += residual;
                    curve[group * size + group] += weight;
                    curve[other * size + other] += weight;
                    curve[group * size + other] += weight;
                    curve[other * size + group] += weight;
                }
            }
            // The priors keep the curvature positive definite.
            let Some(step) = solve_symmetric(&curve, &slope) else { break };
            // A step of more than 4 on the scale of logits overshoots.
            let longest = step.iter().fold(0.0_f64, |most, s| most.max(s.abs()));
            let scale = if longest > 4.0 { 4.0 / longest } else { 1.0 };
            at.iter_mut().zip(&step).for_each(|(x, s)| *x += scale * s);
            if longest < 1e-10 {
                break;
            }
        }
        Rates { season: at.split_off(g), group: at }
    }
}

impl Rates {
    /// The chance, from 0 to 1, that a member of a group buys in a season.
    pub fn chance(&self, group: usize, season: usize) -> f64 {
        logistic(self.group[group] + self.season[season]).clamp(1e-9, 1.0 - 1e-9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planted_rates_come_back() {
        // Logits −1 and 1, seasons 0, 0.7, −0.7, 0; a hundred thousand in each cell.
        let planted = Rates { group: vec![-1.0, 1.0], season: vec![0.0, 0.7, -0.7, 0.0] };
        let season = [0, 1, 2, 3, 0, 1, 2];
        let mut tally = Tally::new(2, season.len());
        for group in 0..2 {
            for (period, &at) in season.iter().enumerate() {
                let p = planted.chance(group, at);
                tally.add(group, period, 1e5 * p, true);
                tally.add(group, period, 1e5 * (1.0 - p), false);
            }
        }
        let found = tally.rates(&season, 5);
        for group in 0..2 {
            for at in 0..4 {
                assert!((found.chance(group, at) - planted.chance(group, at)).abs() < 1e-4, "{found:?}");
            }
        }
        assert_eq!(found.season[4], 0.0, "not seen");
    }

    #[test]
    fn a_group_that_always_or_never_buys_stays_finite() {
        let mut tally = Tally::new(3, 1);
        tally.add(0, 0, 1e6, true);
        tally.add(1, 0, 1e6, false);
        let found = tally.rates(&[0], 1);
        assert!(found.chance(0, 0) > 0.99 && found.chance(1, 0) < 0.01, "{found:?}");
        assert!((found.chance(2, 0) - 0.5).abs() < 0.2, "nothing was seen of it: {found:?}");
    }
}
