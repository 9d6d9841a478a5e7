//! Why a customer got nothing, and what customers outside of the plan would have got.

use rayon::prelude::*;

use super::best::{Desk, Prices};
use super::candidates::Choices;
use super::plan::Plan;

/// Customers of a block.
const BLOCK: usize = 8_192;

/// Why a customer with candidates is in no contact of the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    /// No candidate brings more than it costs; the best one is named.
    NoValue { candidate: u32 },
    /// The best candidate is worth less than the limits that it uses: short by so many ten-thousandths of the currency unit, most of all
    /// because of one limit.
    Limits { candidate: u32, short_by: i64, limit: usize },
    /// The contacts of the household went to others of it.
    Household { candidate: u32 },
    /// The best candidate is as good as others that got the last places.
    LastPlaces { candidate: u32 },
}

impl Plan {
    /// What customers who are not part of the plan would get at its prices, as candidates of `others`, ascending. `others` is made of the
    /// same rows as the plan's choices, with room for these customers alone, so that values and costs have the same scale.
    ///
    /// At the prices each household's best choice is its part of the plan, but for those at the margin; so persons held back beforehand are
    /// comparable with those contacted: the rule that would have chosen them is the same. Source: G. A. Johnson, R. A. Lewis and E. I.
    /// Nubbemeyer, "Ghost ads", Journal of Marketing Research 54, 2017.
    pub fn at_prices(&self, others: &Choices) -> Vec<u32> {
        let prices = Prices::new(&self.rows, &self.solved.cut.prices, others.kinds);
        let units: Vec<u32> = (0..others.units() as u32).collect();
        let of_block = |units: &[u32]| {
            let mut desk = Desk::default();
            let mut chosen = Vec::new();
            for unit in units {
                desk.best(others, &prices, *unit);
                let from = chosen.len();
                chosen.extend_from_slice(&desk.picked);
                chosen[from..].sort_unstable();
            }
            chosen
        };
        units.par_chunks(BLOCK).flat_map_iter(of_block).collect()
    }

    /// Customers with candidates and without a contact, ascending, with the reason.
    pub fn without(&self, choices: &Choices) -> Vec<(u32, Why)> {
        let prices = Prices::new(&self.rows, &self.solved.cut.prices, choices.kinds);
        let units: Vec<u32> = (0..choices.units() as u32).collect();
        let of_block = |units: &[u32]| {
            let mut found = Vec::new();
            for &unit in units {
                let range = choices.of(unit);
                let from = self.chosen.partition_point(|c| (*c as usize) < range.start);
                let to = self.chosen.partition_point(|c| (*c as usize) < range.end);
                let chosen = &self.chosen[from..to];
                let mut at = range.start;
                while at < range.end {
                    let person = choices.person[at];
                    let end = (at..range.end).find(|c| choices.person[*c] != person).unwrap_or(range.end);
                    if !chosen.iter().any(|c| (at..end).contains(&(*c as usize))) {
                        found.push((person, self.why(choices, &prices, at..end, !chosen.is_empty())));
                    }
                    at = end;
                }
            }
            found
        };
        units.par_chunks(BLOCK).flat_map_iter(of_block).collect()
    }

    fn why(&self, choices: &Choices, prices: &Prices, own: std::ops::Range<usize>, others: bool) -> Why {
        let first_best = |key: &dyn Fn(usize) -> i64| {
            own.clone().reduce(|a, b| if key(b) > key(a) { b } else { a }).expect("a customer here has candidates")
        };
        let worthiest = first_best(&|c| choices.scaled[c]);
        if choices.value(worthiest as u32) <= 0 {
            return Why::NoValue { candidate: worthiest as u32 };
        }
        let nearest = first_best(&|c| prices.reduced(choices, c));
        let (candidate, reduced) = (nearest as u32, prices.reduced(choices, nearest));
        if reduced > 0 {
            return if others { Why::Household { candidate } } else { Why::LastPlaces { candidate } };
        }
        let cost = |limit: &usize| self.solved.cut.prices[*limit] * self.rows[*limit].of(choices, candidate);
        let limit = (0..self.rows.len()).reduce(|a, b| if cost(&b) > cost(&a) { b } else { a });
        let short_by = -reduced >> choices.shift;
        match limit.filter(|limit| cost(limit) > 0 && short_by > 0) {
            Some(limit) => Why::Limits { candidate, short_by, limit },
            None => Why::LastPlaces { candidate },
        }
    }
}
