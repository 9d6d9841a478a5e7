//! Fitting the hidden states to what customers did, by expectation and maximisation.

use rayon::prelude::*;
use thiserror::Error;

use super::chain::{Chain, Start};
use super::rates::{Rates, Tally};
use super::sequences::{LEVELS, Sequence, Sequences};
use crate::numeric::math::ln;

/// Rounds of each start, rounds of the best of them, and the gain in mean log likelihood per customer at which a fit has converged.
const FIRST_ROUNDS: usize = 15;
const ROUNDS: usize = 300;
const CONVERGED: f64 = 1e-5;
/// Weight of the prior of a chance: half a customer in each cell.
const PRIOR: f64 = 0.5;

/// Hidden states, the one that buys least first.
#[derive(Debug, Clone, PartialEq)]
pub struct Hidden {
    /// How customers move between them.
    pub chain: Chain,
    /// Chance of buying at all in a period, by state and season.
    pub buys: Rates,
    /// How many purchase days those who buy have, by state: one, two, three or more.
    pub days: Vec<f64>,
    /// Log likelihood of the sequences it was fitted to.
    pub ln_likelihood: f64,
    /// Whether the last round gained less than a hundred-thousandth per customer.
    pub converged: bool,
}

/// Why there are no hidden states.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum HiddenError {
    /// Nobody has a sequence.
    #[error("no customer has a period after the first order; hidden states need a longer history")]
    Nothing,
    /// Fewer than one state.
    #[error("{states} hidden states cannot be fitted; give 1 to 8")]
    States { states: usize },
}

/// What one round of expectation adds up.
struct Expected {
    initial: Vec<f64>,
    standing: Vec<f64>,
    moves: Vec<f64>,
    buys: Tally,
    days: Vec<f64>,
    ln_likelihood: f64,
}

impl Hidden {
    /// Fits `states` states to the sequences. `season` is the season of each period, `seasons` their number. The best after a few rounds of three
    /// fixed starts is fitted further: equally spaced chances of buying with customers who stay for long, for middling and for short. States are ordered by
    /// their chance of buying, so that their numbers last from run to run.
    ///
    /// # Errors
    /// When there are no sequences, or too few or too many states.
    pub fn fit(data: &Sequences, states: usize, season: &[usize], seasons: usize) -> Result<Hidden, HiddenError> {
        if !(1..=8).contains(&states) {
            return Err(HiddenError::States { states });
        }
        if data.distinct.is_empty() {
            return Err(HiddenError::Nothing);
        }
        let starts =
            [0.95, 0.8, 0.6].map(|stay| Hidden::start(states, seasons, stay).improved(data, season, FIRST_ROUNDS));
        let best = starts.into_iter().reduce(|a, b| if b.ln_likelihood > a.ln_likelihood { b } else { a });
        Ok(best.ok_or(HiddenError::Nothing)?.refitted(data, season))
    }

    /// The same states fitted further, to other sequences.
    pub fn refitted(self, data: &Sequences, season: &[usize]) -> Hidden {
        Hidden { ln_likelihood: f64::NEG_INFINITY, ..self }.improved(data, season, ROUNDS).ordered()
    }

    fn start(states: usize, seasons: usize, stay: f64) -> Hidden {
        let k = states as f64;
        let cell = |cell: usize| match (cell / states, cell % states) {
            _ if states == 1 => 1.0,
            (from, to) if from == to => stay,
            _ => (1.0 - stay) / (k - 1.0),
        };
        let chance = |state: usize| (state as f64 + 0.5) / (k + 0.5);
        let group = (0..states).map(|state| ln(chance(state) / (1.0 - chance(state)))).collect();
        // The more a state buys, the more days it buys on.
        let days = (0..states).flat_map(|state| {
            let more = 0.1 + 0.4 * chance(state);
            [1.0 - more, more * 0.6, more * 0.4]
        });
        Hidden {
            chain: Chain {
                initial: vec![1.0 / k; states],
                standing: vec![1.0 / k; states],
                transition: (0..states * states).map(cell).collect(),
            },
            buys: Rates { group, season: vec![0.0; seasons] },
            days: days.collect(),
            ln_likelihood: f64::NEG_INFINITY,
            converged: false,
        }
    }

    /// How likely each level is, by period, then level, then state.
    fn table(&self, season: &[usize]) -> Vec<f64> {
        let k = self.chain.states();
        let mut all = Vec::with_capacity(season.len() * LEVELS * k);
        for &season in season {
            for level in 0..LEVELS {
                all.extend((0..k).map(|state| {
                    let chance = self.buys.chance(state, season);
                    if level == 0 { 1.0 - chance } else { chance * self.days[state * (LEVELS - 1) + level - 1] }
                }));
            }
        }
        all
    }

    /// How likely a sequence of levels, from the period `first` on, is in each state, step by step, out of a table of all periods.
    fn seen(&self, table: &[f64], first: usize, levels: &[u8]) -> Vec<f64> {
        let k = self.chain.states();
        let row =
            |(period, &level): (usize, &u8)| &table[(period * LEVELS + usize::from(level).min(LEVELS - 1)) * k..][..k];
        (first..).zip(levels).flat_map(row).copied().collect()
    }

    /// The same where the table is not at hand.
    pub fn likelihood(&self, first: usize, levels: &[u8], season: &[usize]) -> Vec<f64> {
        self.seen(&self.table(season), first, levels)
    }

    /// Mean log likelihood per customer of sequences.
    pub fn mean_ln_likelihood(&self, data: &Sequences, season: &[usize]) -> f64 {
        let table = self.table(season);
        let one = |sequence: &Sequence| {
            let seen = self.seen(&table, sequence.first, &sequence.levels);
            sequence.customers as f64 * self.chain.filter(sequence.start, &seen).1
        };
        let all: Vec<f64> = data.distinct.par_iter().with_min_len(64).map(one).collect();
        all.iter().sum::<f64>() / data.customers() as f64
    }

    fn expect(&self, data: &Sequences, season: &[usize]) -> Expected {
        // Blocks of a fixed size, joined in their order: sums do not depend on threads.
        const BLOCK: usize = 256;
        let nothing = || {
            let k = self.chain.states();
            Expected {
                initial: vec![0.0; k],
                standing: vec![0.0; k],
                moves: vec![0.0; k * k],
                buys: Tally::new(k, season.len()),
                days: vec![0.0; k * (LEVELS - 1)],
                ln_likelihood: 0.0,
            }
        };
        let table = self.table(season);
        let block = |block: &[Sequence]| {
            let (k, mut sum) = (self.chain.states(), nothing());
            for Sequence { first, start, levels, customers } in block {
                let weight = *customers as f64;
                let passed = self.chain.pass(*start, &self.seen(&table, *first, levels));
                sum.ln_likelihood += weight * passed.ln_likelihood;
                sum.moves.iter_mut().zip(&passed.moves).for_each(|(sum, moves)| *sum += weight * moves);
                for (step, &level) in levels.iter().enumerate() {
                    for state in 0..k {
                        let part = weight * passed.smoothed[step * k + state];
                        if step == 0 {
                            match start {
                                Start::First => sum.initial[state] += part,
                                Start::Later => sum.standing[state] += part,
                            }
                        }
                        sum.buys.add(state, first + step, part, level > 0);
                        if level > 0 {
                            sum.days[state * (LEVELS - 1) + usize::from(level) - 1] += part;
                        }
                    }
                }
            }
            sum
        };
        let blocks: Vec<Expected> = data.distinct.par_chunks(BLOCK).map(block).collect();
        blocks.into_iter().fold(nothing(), |mut sum, block| {
            let add = |sum: &mut [f64], more: &[f64]| sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            add(&mut sum.initial, &block.initial);
            add(&mut sum.standing, &block.standing);
            add(&mut sum.moves, &block.moves);
            add(&mut sum.days, &block.days);
            sum.buys.add_all(&block.buys);
            sum.ln_likelihood += block.ln_likelihood;
            sum
        })
    }

    /// Rounds of expectation and maximisation until nothing is gained. Newton's last step in a round starts where the round before ended
    /// its chances, so rounds never lose likelihood but for the weak priors.
    fn improved(mut self, data: &Sequences, season: &[usize], rounds: usize) -> Hidden {
        let (customers, seasons) = (data.customers() as f64, self.buys.season.len());
        self.converged = false;
        for _ in 0..rounds {
            let expected = self.expect(data, season);
            let gain = expected.ln_likelihood - self.ln_likelihood;
            self.ln_likelihood = expected.ln_likelihood;
            if gain.abs() < CONVERGED * customers {
                self.converged = true;
                break;
            }
            let k = self.chain.states();
            self.chain.initial = shares(&expected.initial);
            self.chain.standing = shares(&expected.standing);
            self.chain.transition = expected.moves.chunks_exact(k).flat_map(shares).collect();
            self.days = expected.days.chunks_exact(LEVELS - 1).flat_map(shares).collect();
            self.buys = expected.buys.rates(season, seasons);
        }
        self
    }

    /// The same states in the order of their chance of buying.
    fn ordered(self) -> Hidden {
        let k = self.chain.states();
        let mut order: Vec<usize> = (0..k).collect();
        order.sort_by(|&a, &b| self.buys.group[a].total_cmp(&self.buys.group[b]).then(a.cmp(&b)));
        let transition = order.iter().flat_map(|&from| order.iter().map(move |&to| (from, to)));
        Hidden {
            chain: Chain {
                initial: order.iter().map(|&state| self.chain.initial[state]).collect(),
                standing: order.iter().map(|&state| self.chain.standing[state]).collect(),
                transition: transition.map(|(from, to)| self.chain.transition[from * k + to]).collect(),
            },
            buys: Rates {
                group: order.iter().map(|&state| self.buys.group[state]).collect(),
                season: self.buys.season,
            },
            days: order.iter().flat_map(|&state| self.days[state * (LEVELS - 1)..][..LEVELS - 1].to_vec()).collect(),
            ..self
        }
    }
}

/// Expected counts as shares, each with the weight of half a customer more.
fn shares(counts: &[f64]) -> Vec<f64> {
    let sum: f64 = counts.iter().map(|count| count + PRIOR).sum();
    counts.iter().map(|count| (count + PRIOR) / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    /// Customers of a planted chain: two states, a season of four periods; a share of them begins in the state that buys more.
    fn planted(customers: usize, start: Start, share: f64) -> (Sequences, Vec<usize>) {
        let season: Vec<usize> = (0..24).map(|period| period % 4).collect();
        let buys = Rates { group: vec![-2.5, 0.5], season: vec![0.0, 0.6, 0.0, -0.6] };
        let mut random = stream(11, "planted chain");
        let mut sequence = |_| {
            let mut state = usize::from(random.random::<f64>() < share);
            let mut level = |period: usize| {
                let level = if random.random::<f64>() >= buys.chance(state, season[period]) {
                    0
                } else {
                    1 + u8::from(random.random::<f64>() < [0.1, 0.4][state])
                };
                let stays = random.random::<f64>() < [0.95, 0.85][state];
                state = if stays { state } else { 1 - state };
                level
            };
            (0..24).map(&mut level).collect::<Vec<u8>>()
        };
        let mut all: Vec<Vec<u8>> = (0..customers).map(&mut sequence).collect();
        all.sort_unstable();
        let sequence =
            |same: &[Vec<u8>]| Sequence { first: 0, start, levels: same[0].clone(), customers: same.len() as u64 };
        (Sequences { distinct: all.chunk_by(|a, b| a == b).map(sequence).collect() }, season)
    }

    #[test]
    fn a_planted_chain_comes_back() {
        let (data, season) = planted(4000, Start::First, 0.7);
        let hidden = Hidden::fit(&data, 2, &season, 4).unwrap();
        assert!(hidden.converged);
        let near = |found: f64, planted: f64, within: f64| {
            assert!((found - planted).abs() < within, "{found} {planted} {hidden:?}")
        };
        near(hidden.chain.transition[0], 0.95, 0.02);
        near(hidden.chain.transition[3], 0.85, 0.02);
        near(hidden.chain.initial[1], 0.7, 0.04);
        near(hidden.buys.chance(0, 0), 0.0759, 0.015);
        near(hidden.buys.chance(1, 0), 0.6225, 0.02);
        near(hidden.buys.chance(1, 1), 0.7503, 0.02);
        near(hidden.buys.chance(1, 3), 0.4750, 0.02);
        near(hidden.days[LEVELS - 1 + 1], 0.4, 0.02);
        // Two states explain it better than one, on customers who were not used.
        let (other, _) = planted(500, Start::First, 0.7);
        let one = Hidden::fit(&data, 1, &season, 4).unwrap();
        assert!(hidden.mean_ln_likelihood(&other, &season) > one.mean_ln_likelihood(&other, &season) + 0.5);
    }

    #[test]
    fn old_customers_do_not_say_how_new_ones_begin() {
        let ((mut data, season), (old, _)) = (planted(4000, Start::First, 0.2), planted(4000, Start::Later, 0.9));
        data.distinct.extend(old.distinct);
        let chain = Hidden::fit(&data, 2, &season, 4).unwrap().chain;
        assert!((chain.initial[1] - 0.2).abs() < 0.04 && (chain.standing[1] - 0.9).abs() < 0.04, "{chain:?}");
    }

    #[test]
    fn nothing_to_learn_from_is_said() {
        let nothing = Sequences { distinct: Vec::new() };
        assert_eq!(Hidden::fit(&nothing, 2, &[0], 1), Err(HiddenError::Nothing));
        assert_eq!(Hidden::fit(&nothing, 9, &[0], 1), Err(HiddenError::States { states: 9 }));
        let one = Sequence { first: 0, start: Start::First, levels: vec![0], customers: 1 };
        let one = Sequences { distinct: vec![one] };
        let hidden = Hidden::fit(&one, 3, &[0], 1).unwrap();
        assert!(hidden.ln_likelihood.is_finite());
    }
}
