//! The arithmetic of hidden Markov chains: likelihood, filtered and smoothed states (L. Rabiner, "A tutorial on hidden
//! Markov models", Proceedings of the IEEE 77, 1989, sections III A to C, scaled as in section V A).

use crate::numeric::math::ln;

/// A chain of hidden states.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Chance of each state at the first step of those who begin there; they add up to 1.
    pub initial: Vec<f64>,
    /// The same of those who had begun before.
    pub standing: Vec<f64>,
    /// Chance to go from one state to another, row by row; each row adds up to 1.
    pub transition: Vec<f64>,
}

/// Where a sequence begins in the life of its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Start {
    /// In the period after the first order.
    First,
    /// Later, or earlier orders may be missing.
    Later,
}

/// What a pass forwards and backwards over one sequence found.
#[derive(Debug, Clone, PartialEq)]
pub struct Passed {
    /// The logarithm of the likelihood.
    pub ln_likelihood: f64,
    /// Chance of each state at each step given the whole sequence, step by step.
    pub smoothed: Vec<f64>,
    /// Expected number of moves from one state to another, row by row.
    pub moves: Vec<f64>,
}

impl Chain {
    /// Number of states.
    pub fn states(&self) -> usize {
        self.initial.len()
    }

    /// Chance of each state at the first step of a sequence.
    pub fn at(&self, start: Start) -> &[f64] {
        match start {
            Start::First => &self.initial,
            Start::Later => &self.standing,
        }
    }

    /// The chances at the next step.
    pub fn next(&self, now: &[f64]) -> Vec<f64> {
        let mut next = vec![0.0; self.states()];
        self.advance(now, &mut next);
        next
    }

    fn advance(&self, now: &[f64], next: &mut [f64]) {
        next.fill(0.0);
        for (share, row) in now.iter().zip(self.transition.chunks_exact(next.len())) {
            next.iter_mut().zip(row).for_each(|(next, chance)| *next += share * chance);
        }
    }

    /// Chances at each step given the past and the step itself, and the logarithm of the likelihood. `likelihood` holds, step by step, how
    /// likely what was seen is in each state. A step that no state allows has the likelihood 0 and leaves the chances as they were expected.
    pub fn filter(&self, start: Start, likelihood: &[f64]) -> (Vec<f64>, f64) {
        let k = self.states();
        let mut all = Vec::with_capacity(likelihood.len());
        let (mut expected, mut ln_likelihood) = (self.at(start).to_vec(), 0.0);
        let mut now = vec![0.0; k];
        for seen in likelihood.chunks_exact(k) {
            (0..k).for_each(|state| now[state] = expected[state] * seen[state]);
            let scale: f64 = now.iter().sum();
            ln_likelihood += ln(scale);
            if scale > 0.0 {
                now.iter_mut().for_each(|chance| *chance /= scale);
            } else {
                now.copy_from_slice(&expected);
            }
            self.advance(&now, &mut expected);
            all.extend_from_slice(&now);
        }
        (all, ln_likelihood)
    }

    /// Forwards and backwards over one sequence; see [`Chain::filter`].
    pub fn pass(&self, start: Start, likelihood: &[f64]) -> Passed {
        let k = self.states();
        let (filtered, ln_likelihood) = self.filter(start, likelihood);
        let steps = filtered.len() / k;
        let mut smoothed = filtered.clone();
        let mut moves = vec![0.0; k * k];
        let (mut expected, mut back) = (vec![0.0; k], vec![0.0; k]);
        // Backwards by the smoothed chances themselves: what is expected at the next step is split by where it came from.
        for at in (0..steps.saturating_sub(1)).rev() {
            let now = &filtered[at * k..][..k];
            self.advance(now, &mut expected);
            back.fill(0.0);
            for to in 0..k {
                let later = smoothed[(at + 1) * k + to];
                if expected[to] <= 0.0 {
                    continue;
                }
                for from in 0..k {
                    let part = now[from] * self.transition[from * k + to] * later / expected[to];
                    moves[from * k + to] += part;
                    back[from] += part;
                }
            }
            smoothed[at * k..][..k].copy_from_slice(&back);
        }
        Passed { ln_likelihood, smoothed, moves }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::math::exp;
    use proptest::prelude::*;

    /// The chain of `lifecycle-events.md`, section 4, and the likelihood of buying, not buying, buying.
    fn example() -> (Chain, Vec<f64>) {
        let chain = Chain { initial: vec![0.6, 0.4], standing: vec![0.5, 0.5], transition: vec![0.7, 0.3, 0.4, 0.6] };
        (chain, vec![0.1, 0.6, 0.9, 0.4, 0.1, 0.6])
    }

    #[test]
    fn the_hidden_state_example_of_the_reference() {
        let (chain, seen) = example();
        let passed = chain.pass(Start::First, &seen);
        let (filtered, ln_likelihood) = chain.filter(Start::First, &seen);
        assert_eq!(ln_likelihood, passed.ln_likelihood);
        let near =
            |found: f64, expected: f64, within: f64| assert!((found - expected).abs() < within, "{found} {expected}");
        near(exp(passed.ln_likelihood), 0.05697, 5e-9);
        near(filtered[4], 0.198_104_27, 5e-9);
        near(filtered[5], 0.801_895_73, 5e-9);
        for (step, expected) in [0.783_570_3, 0.454_976_3, 0.801_895_7].into_iter().enumerate() {
            near(passed.smoothed[2 * step + 1], expected, 5e-8);
        }
        // Who began before starts from other chances, half and half; step by step from either state.
        let later: f64 = [[0.05, 0.0], [0.0, 0.3]]
            .iter()
            .map(|start: &[f64; 2]| {
                let second = [(start[0] * 0.7 + start[1] * 0.4) * 0.9, (start[0] * 0.3 + start[1] * 0.6) * 0.4];
                (second[0] * 0.7 + second[1] * 0.4) * 0.1 + (second[0] * 0.3 + second[1] * 0.6) * 0.6
            })
            .sum();
        near(exp(chain.filter(Start::Later, &seen).1), later, 1e-12);
    }

    /// Every path of states with its probability.
    fn paths(chain: &Chain, seen: &[f64]) -> Vec<(Vec<usize>, f64)> {
        let k = chain.states();
        let mut all: Vec<(Vec<usize>, f64)> = vec![(Vec::new(), 1.0)];
        for (at, seen) in seen.chunks_exact(k).enumerate() {
            let longer = |(path, chance): &(Vec<usize>, f64)| {
                let step = |to: usize| {
                    let moved = if at == 0 { chain.initial[to] } else { chain.transition[path[at - 1] * k + to] };
                    ([path.as_slice(), &[to]].concat(), chance * moved * seen[to])
                };
                (0..k).map(step).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(longer).collect();
        }
        all
    }

    fn scaled(values: &[f64]) -> Vec<f64> {
        let sum: f64 = values.iter().sum();
        values.iter().map(|value| value / sum).collect()
    }

    proptest! {
        #[test]
        fn one_pass_gives_what_all_paths_give(
            k in 1_usize..4,
            steps in 1_usize..6,
            numbers in prop::collection::vec(0.01_f64..1.0, 60),
        ) {
            let mut numbers = numbers.into_iter();
            let mut some = |n: usize| numbers.by_ref().take(n).collect::<Vec<f64>>();
            let initial = scaled(&some(k));
            let transition: Vec<f64> = (0..k).flat_map(|_| scaled(&some(k))).collect();
            let seen = some(k * steps);
            let chain = Chain { standing: vec![f64::NAN; k], initial, transition };
            let all = paths(&chain, &seen);
            let total: f64 = all.iter().map(|path| path.1).sum();
            let passed = chain.pass(Start::First, &seen);
            let (filtered, _) = chain.filter(Start::First, &seen);
            prop_assert!((exp(passed.ln_likelihood) / total - 1.0).abs() < 1e-10);
            for at in 0..steps {
                for state in 0..k {
                    let through = |path: &&(Vec<usize>, f64)| path.0[at] == state;
                    let chance: f64 = all.iter().filter(through).map(|path| path.1).sum::<f64>() / total;
                    prop_assert!((passed.smoothed[at * k + state] - chance).abs() < 1e-10);
                }
                // The past alone: the same over the sequence cut here.
                let cut = paths(&chain, &seen[..(at + 1) * k]);
                let all: f64 = cut.iter().map(|path| path.1).sum();
                for state in 0..k {
                    let chance: f64 = cut.iter().filter(|path| path.0[at] == state).map(|path| path.1).sum();
                    prop_assert!((filtered[at * k + state] - chance / all).abs() < 1e-10);
                }
            }
            for from in 0..k {
                for to in 0..k {
                    let moved = |path: &(Vec<usize>, f64)| {
                        path.1 * path.0.windows(2).filter(|pair| **pair == [from, to]).count() as f64
                    };
                    let expected: f64 = all.iter().map(moved).sum::<f64>() / total;
                    prop_assert!((passed.moves[from * k + to] - expected).abs() < 1e-9);
                }
            }
        }
    }
}
