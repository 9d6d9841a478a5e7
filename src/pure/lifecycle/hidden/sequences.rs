//! What customers did, period by period, since their first order: the sequences that hidden states are learned from.

use crate::lifecycle::stage::Stage;
use crate::lifecycle::track::Track;

/// Kinds of periods: no purchase day, one, two, three or more.
pub const LEVELS: usize = 4;

/// Sequences of customers, equal ones together.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequences {
    /// Each distinct sequence: the period of its first element, its levels from there on, and how many customers have it.
    pub distinct: Vec<(usize, Vec<u8>, u64)>,
}

/// The kind of a period with so many purchase days.
pub(super) fn level(bought: u8) -> u8 {
    bought.min(LEVELS as u8 - 1)
}

impl Sequences {
    /// Of the customers whom `chosen` takes, the periods from the one after their first order up to the one that ends at the date number
    /// `until`. The period of the first order is left out: it is there by definition.
    pub fn of(track: &Track, until: usize, chosen: impl Fn(u32) -> bool) -> Sequences {
        let mut all: Vec<(usize, Vec<u8>)> = Vec::new();
        for customer in (0..track.customers() as u32).filter(|&customer| chosen(customer)) {
            if let Some(first) = first_period(track, customer).filter(|first| *first <= until) {
                let levels = track.of(customer)[first..=until].iter().map(|state| level(state.bought));
                all.push((first, levels.collect()));
            }
        }
        all.sort_unstable();
        let same = all.chunk_by(|a, b| a == b);
        Sequences { distinct: same.map(|same| (same[0].0, same[0].1.clone(), same.len() as u64)).collect() }
    }

    /// Customers in all.
    pub fn customers(&self) -> u64 {
        self.distinct.iter().map(|(_, _, customers)| customers).sum()
    }
}

/// The first period of a customer's sequence, if there is one.
pub(super) fn first_period(track: &Track, customer: u32) -> Option<usize> {
    let states = track.of(customer);
    let seen = states.iter().position(|state| state.stage != Stage::Prospect)?;
    (seen + 1 < states.len()).then_some(seen + 1)
}
