//! Rank-weighted average treatment effects: whether an order of customers puts those first on whom a contact has most effect.
//!
//! S. Yadlowsky, S. Fleming, N. Shah, E. Brunskill, S. Wager, "Evaluating treatment prioritization rules via rank-weighted average
//! treatment effects", JASA 120, 2025: TOC(q) is the mean effect among the share q with the highest scores less the mean effect of all;
//! AUTOC = ∫ TOC(q) dq, and with the weight q ∫ q·TOC(q) dq, which is also what contacting by the order gains over contacting
//! as many drawn at random, on average over budgets. The score must come from models that did not see the judged person.

use rayon::prelude::*;

use super::qini::falling;
use crate::numeric::random::stream;
use rand::seq::SliceRandom;

/// Both weightings with their standard errors by customers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Equal weights: finds effects that few customers have.
    pub autoc: f64,
    /// Its standard error.
    pub autoc_se: f64,
    /// Weights by share: finds effects that many have.
    pub qini: f64,
    /// Its standard error.
    pub qini_se: f64,
}

/// Random halves of the persons, of each row whether it is in the half.
pub fn halves(person: &[u32], persons: usize, draws: usize, seed: u64) -> Vec<Vec<bool>> {
    let draw = |index: usize| {
        let mut inside: Vec<bool> = (0..persons).map(|place| place < persons / 2).collect();
        inside.shuffle(&mut stream(seed, &format!("half-{index}")));
        person.iter().map(|&person| inside[person as usize]).collect()
    };
    (0..draws).into_par_iter().map(draw).collect()
}

/// The rates of a score, given an unbiased estimate of each row's effect. The standard error is the spread over half samples, whose
/// variance around the whole is that of the whole (ibid., algorithm 1 with half-sampling).
pub fn rate(score: &[f64], effect: &[f64], halves: &[Vec<bool>]) -> Rate {
    let order = falling(score);
    let (autoc, qini) = areas(&order, score, effect, |_| true);
    let found: Vec<(f64, f64)> = halves.par_iter().map(|kept| areas(&order, score, effect, |row| kept[row])).collect();
    let se = |of: fn(&(f64, f64)) -> f64| {
        let mean = found.iter().map(of).sum::<f64>() / found.len() as f64;
        let squares = found.iter().map(|pair| (of(pair) - mean) * (of(pair) - mean)).sum::<f64>();
        (squares / (found.len() as f64 - 1.0)).sqrt()
    };
    Rate { autoc, autoc_se: se(|pair| pair.0), qini, qini_se: se(|pair| pair.1) }
}

/// The two areas over the kept rows; rows of one score share their mean effect.
fn areas(order: &[u32], score: &[f64], effect: &[f64], kept: impl Fn(usize) -> bool) -> (f64, f64) {
    let (mut count, mut total) = (0.0, 0.0);
    for &row in order {
        if kept(row as usize) {
            count += 1.0;
            total += effect[row as usize];
        }
    }
    if count == 0.0 {
        return (0.0, 0.0);
    }
    let mean = total / count;
    let (mut above, mut rows, mut autoc, mut qini) = (0.0, 0.0, 0.0, 0.0);
    let mut place = 0;
    while place < order.len() {
        let value = score[order[place] as usize];
        let (mut tied, mut sum) = (0u32, 0.0);
        while place < order.len() && score[order[place] as usize] == value {
            let row = order[place] as usize;
            if kept(row) {
                tied += 1;
                sum += effect[row];
            }
            place += 1;
        }
        let each = if tied > 0 { sum / f64::from(tied) } else { 0.0 };
        for _ in 0..tied {
            rows += 1.0;
            above += each - mean;
            autoc += above / rows;
            qini += above / count;
        }
    }
    (autoc / count, qini / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::mix;
    use proptest::prelude::*;

    #[test]
    fn closed_forms() {
        // The effect is the score, uniform on 0 to 1: TOC(q) = (1 − q)/2, so AUTOC = 1/4 and the Qini weighting 1/12.
        let count = 20_000;
        let score: Vec<f64> = (0..count).map(|row| (f64::from(row) + 0.5) / f64::from(count)).collect();
        let people: Vec<u32> = (0..count as u32).collect();
        let found = rate(&score, &score, &halves(&people, count as usize, 100, 1));
        assert!((found.autoc - 0.25).abs() < 1e-3 && (found.qini - 1.0 / 12.0).abs() < 1e-3, "{found:?}");
        // All scores alike say nothing.
        let flat = rate(&vec![1.0; count as usize], &score, &halves(&people, count as usize, 20, 1));
        assert!(flat.autoc.abs() < 1e-12 && flat.qini.abs() < 1e-12);
    }

    #[test]
    fn standard_errors_are_the_spread_over_samples() {
        let sample = |seed: u64| {
            let unit = |place: u64| mix(seed * 100_000 + place) as f64 / u64::MAX as f64;
            let score: Vec<f64> = (0..600).map(|row| unit(2 * row)).collect();
            let effect: Vec<f64> = (0..600).map(|row| score[row as usize] + 4.0 * (unit(2 * row + 1) - 0.5)).collect();
            let people: Vec<u32> = (0..600).collect();
            rate(&score, &effect, &halves(&people, 600, 200, seed))
        };
        let found: Vec<Rate> = (0..300).map(sample).collect();
        let spread = |of: fn(&Rate) -> f64| {
            let mean = found.iter().map(of).sum::<f64>() / 300.0;
            (found.iter().map(|rate| (of(rate) - mean) * (of(rate) - mean)).sum::<f64>() / 299.0).sqrt()
        };
        let mean = |of: fn(&Rate) -> f64| found.iter().map(of).sum::<f64>() / 300.0;
        for (spread, said) in [(spread(|r| r.autoc), mean(|r| r.autoc_se)), (spread(|r| r.qini), mean(|r| r.qini_se))] {
            assert!((said / spread - 1.0).abs() < 0.12, "says {said}, is {spread}");
        }
    }

    proptest! {
        #[test]
        fn areas_are_the_sums_of_their_definition(rows in prop::collection::vec((0u8..6, -3.0..3.0f64), 1..14)) {
            let score: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let effect: Vec<f64> = rows.iter().map(|row| row.1).collect();
            let (autoc, qini) = areas(&falling(&score), &score, &effect, |_| true);
            // Rows of a score take its mean, then each prefix is averaged.
            let shared = |row: usize| {
                let tied: Vec<f64> = (0..rows.len()).filter(|&other| rows[other].0 == rows[row].0).map(|other| effect[other]).collect();
                tied.iter().sum::<f64>() / tied.len() as f64
            };
            let mut sorted: Vec<usize> = (0..rows.len()).collect();
            sorted.sort_by_key(|&row| std::cmp::Reverse(rows[row].0));
            let mean = effect.iter().sum::<f64>() / rows.len() as f64;
            let toc = |top: usize| sorted[..top].iter().map(|&row| shared(row)).sum::<f64>() / top as f64 - mean;
            let count = rows.len() as f64;
            let expected = (1..=rows.len()).map(|top| (toc(top), top as f64 / count * toc(top)));
            let (a, b) = expected.fold((0.0, 0.0), |sum, one| (sum.0 + one.0 / count, sum.1 + one.1 / count));
            prop_assert!((a - autoc).abs() < 1e-9 && (b - qini).abs() < 1e-9, "{} {} {} {}", a, autoc, b, qini);
        }
    }
}
