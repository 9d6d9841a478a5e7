//! What comes next: the chance of each stage at the next date, by the stage now and the time in it.

use super::matrix::Matrix;
use super::stage::{STAGES, Stage};
use super::track::{State, Track};
use crate::numeric::math::ln;

const N: usize = STAGES.len();
/// Weight of the rarer by the more frequent, as a number of customers.
const WEIGHT: f64 = 20.0;

/// Bands of time in a stage: the most dates in a row that each holds.
pub const BANDS: [usize; 3] = [1, 3, usize::MAX];

/// The chances of the next stages, learned from past steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// By stage, band and next stage.
    chances: Vec<f64>,
    /// By stage and next stage, whatever the time in the stage.
    alone: Vec<f64>,
    /// Customers by stage, over all steps learned from.
    seen: [u64; N],
}

/// The band of the last of these states.
pub fn band_of(states: &[State]) -> usize {
    let Some(now) = states.last() else { return 0 };
    let dates = states.iter().rev().take_while(|state| state.stage == now.stage).count();
    BANDS.iter().position(|&most| dates <= most).unwrap_or(BANDS.len() - 1)
}

/// The band of the last of these states, of which only the first `over` are at ends of periods: chances are learned from whole periods, so
/// one that is not over does not count as a date.
pub fn band_now(states: &[State], over: usize) -> usize {
    let Some(now) = states.last() else { return 0 };
    let ends = &states[..over.min(states.len())];
    if ends.last().is_some_and(|end| end.stage == now.stage) { band_of(ends) } else { 0 }
}

impl Odds {
    /// Learns from the steps that end at these places of the dates, such as the last twelve. A band's shares are drawn to those of its
    /// stage, and these to the shares of all stages, each with the weight of 20 customers; arrows that cannot be have no chance.
    pub fn learn(track: &Track, ends: std::ops::Range<usize>) -> Odds {
        let mut bands = vec![Matrix::new(N); BANDS.len()];
        for customer in 0..track.customers() as u32 {
            let states = track.of(customer);
            for end in ends.clone() {
                if states[end - 1].stage != Stage::Prospect {
                    bands[band_of(&states[..end])].add(states[end - 1].stage as usize, states[end].stage as usize);
                }
            }
        }
        let whole = bands.iter().skip(1).fold(bands[0].clone(), |sum, band| sum.plus(band));
        let mut chances = vec![0.0; N * BANDS.len() * N];
        let mut alone = vec![0.0; N * N];
        let mut seen = [0; N];
        for from in STAGES.iter().map(|row| row.stage) {
            let f = from as usize;
            seen[f] = whole.starting(f);
            let any = |to: usize| {
                let possible = STAGES[to].stage.can_follow(from);
                if possible { whole.ending(to) as f64 } else { 0.0 }
            };
            let pooled = scaled((0..N).map(any).collect());
            let stage = drawn(whole.row(f), &pooled);
            alone[f * N..][..N].copy_from_slice(&stage);
            for (b, band) in bands.iter().enumerate() {
                let row = drawn(band.row(f), &stage);
                chances[(f * BANDS.len() + b) * N..][..N].copy_from_slice(&row);
            }
        }
        Odds { chances, alone, seen }
    }

    /// The same without the time in the stage: whoever is in a stage has its chances.
    pub fn without_time(mut self) -> Odds {
        for (stage, row) in self.alone.chunks(N).enumerate() {
            for band in 0..BANDS.len() {
                self.chances[(stage * BANDS.len() + band) * N..][..N].copy_from_slice(row);
            }
        }
        self
    }

    /// The chance, from 0 to 1, of each stage at the next date; nothing for a stage in which nobody was seen, and for
    /// prospects, of whom nobody knows how many there are.
    pub fn of(&self, stage: Stage, band: usize) -> Option<&[f64]> {
        (self.seen[stage as usize] > 0).then(|| &self.chances[(stage as usize * BANDS.len() + band) * N..][..N])
    }

    /// Mean logarithmic loss on the steps that end at these places, with the time in the stage and by the shares of the stages alone;
    /// nothing where no step can be judged.
    pub fn judge(track: &Track, learned: std::ops::Range<usize>, ends: std::ops::Range<usize>) -> Option<(f64, f64)> {
        let odds = Odds::learn(track, learned);
        let (mut with, mut without, mut n) = (0.0, 0.0, 0_u64);
        for customer in 0..track.customers() as u32 {
            let states = track.of(customer);
            for end in ends.clone() {
                let (from, to) = (states[end - 1].stage, states[end].stage);
                let Some(chances) = odds.of(from, band_of(&states[..end])).filter(|_| from != Stage::Prospect) else {
                    continue;
                };
                let stage = &odds.alone[from as usize * N..][..N];
                with -= ln(chances[to as usize].max(1e-6));
                without -= ln(stage[to as usize].max(1e-6));
                n += 1;
            }
        }
        (n > 0).then(|| (with / n as f64, without / n as f64))
    }
}

/// Shares of counts, drawn to a distribution.
fn drawn(counts: &[u64], to: &[f64]) -> Vec<f64> {
    let n = counts.iter().sum::<u64>() as f64;
    counts.iter().zip(to).map(|(&count, share)| (count as f64 + WEIGHT * share) / (n + WEIGHT)).collect()
}

/// The values as shares of their sum; equal shares where it is 0.
fn scaled(values: Vec<f64>) -> Vec<f64> {
    let sum: f64 = values.iter().sum();
    if sum > 0.0 {
        values.iter().map(|value| value / sum).collect()
    } else {
        vec![1.0 / values.len() as f64; values.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::stage::Change;

    #[test]
    fn a_period_that_is_not_over_is_no_date_in_the_stage() {
        let state = |stage| State { stage, since: 0, change: Change::Nothing, bought: 0, before: false, gap: f32::NAN };
        let of = |stages: &[Stage], over| band_now(&stages.iter().map(|&stage| state(stage)).collect::<Vec<_>>(), over);
        use Stage::*;
        // One end in the stage, and the as-of date in it: the first band, as at that end.
        assert_eq!([of(&[New, Loyal], 2), of(&[New, Loyal, Loyal], 2), of(&[New, Loyal, Loyal], 3)], [0, 0, 1]);
        assert_eq!(of(&[Loyal, Loyal, Loyal, Loyal], 3), 1, "three ends");
        assert_eq!(
            [of(&[Loyal, Loyal, Slipping], 2), of(&[Loyal], 0), of(&[], 0)],
            [0, 0, 0],
            "in it since the last end"
        );
    }
}
