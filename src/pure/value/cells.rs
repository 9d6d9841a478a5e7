//! Customers whose forecasts are the same: they are computed once for each distinct history, and once for each state these leave.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::outlook::{Purchases, Record, State};

/// The distinct histories of some customers, as far as a model tells them apart.
pub(super) struct Cells {
    /// One record of each, in the order of their first customers.
    pub records: Vec<Record>,
    /// Each customer's place among them.
    pub of: Vec<u32>,
}

impl Cells {
    pub(super) fn new(model: &dyn Purchases, records: &[Record]) -> Cells {
        let gaps = model.reads_gaps();
        let mut places: FxHashMap<(u32, u32, u64, u64, u64), u32> = FxHashMap::default();
        let mut cells = Cells { records: Vec::new(), of: Vec::with_capacity(records.len()) };
        for record in records {
            let history = record.history;
            let bits = |value: f64| (value + 0.0).to_bits();
            let gaps = if gaps { bits(record.log_gaps) } else { 0 };
            let key = (record.class, history.repeats, bits(history.recency), bits(history.age), gaps);
            let place = *places.entry(key).or_insert_with(|| {
                cells.records.push(*record);
                cells.records.len() as u32 - 1
            });
            cells.of.push(place);
        }
        cells
    }

    /// The distinct states that the histories leave, sorted.
    pub(super) fn states(&self, model: &dyn Purchases) -> States {
        let parts: Vec<Vec<State>> = self
            .records
            .par_chunks(1 << 12)
            .map(|records| {
                let mut ways = Vec::new();
                let mut own: Vec<State> = Vec::new();
                for record in records {
                    ways.clear();
                    model.states(record, &mut ways);
                    own.extend(ways.iter().map(|(_, state)| *state));
                    if own.len() > 1 << 14 {
                        own.sort_unstable_by_key(State::key);
                        own.dedup();
                    }
                }
                own.sort_unstable_by_key(State::key);
                own.dedup();
                own
            })
            .collect();
        let mut all = parts.concat();
        all.par_sort_unstable_by_key(State::key);
        all.dedup();
        States(all)
    }

    /// What `of` makes of each history, with its place and its ways: probabilities and places of states.
    pub(super) fn each<T: Send>(
        &self,
        model: &dyn Purchases,
        states: &States,
        of: impl Fn(usize, &[(f64, usize)]) -> T + Sync,
    ) -> Vec<T> {
        let one = |buffers: &mut Ways, at: usize| {
            states.ways(model, &self.records[at], buffers);
            of(at, &buffers.1)
        };
        (0..self.records.len()).into_par_iter().with_min_len(1 << 8).map_init(Ways::default, one).collect()
    }
}

/// A history's ways of still being a customer: with their states, and with the places of these.
pub(super) type Ways = (Vec<(f64, State)>, Vec<(f64, usize)>);

/// Distinct states, sorted by their keys.
pub(super) struct States(Vec<State>);

impl States {
    /// What `of` makes of each.
    pub(super) fn each<T: Send>(&self, of: impl Fn(&State) -> T + Sync + Send) -> Vec<T> {
        self.0.par_iter().with_min_len(16).map(of).collect()
    }

    /// The ways of one of the histories that the states are of, in the second of two buffers.
    pub(super) fn ways(&self, model: &dyn Purchases, record: &Record, (found, ways): &mut Ways) {
        found.clear();
        model.states(record, found);
        ways.clear();
        let place =
            |state: &State| self.0.binary_search_by(|other| other.key().cmp(&state.key())).expect("seen before");
        ways.extend(found.iter().map(|(weight, state)| (*weight, place(state))));
    }
}

/// A tail as the mean of the tails of several states.
pub(super) fn mixed<'a>(ways: &[(f64, usize)], tail: impl Fn(usize) -> &'a [f64]) -> Vec<f64> {
    let mut mixed = Vec::new();
    for (weight, state) in ways {
        let own = tail(*state);
        mixed.resize(own.len().max(mixed.len()), 0.0);
        mixed.iter_mut().zip(own).for_each(|(sum, above)| *sum += weight * above);
    }
    mixed
}

/// The expected number of purchases of each customer within a horizon.
pub fn expected(model: &dyn Purchases, records: &[Record], horizon: f64) -> Vec<f64> {
    let cells = Cells::new(model, records);
    let states = cells.states(model);
    let means = states.each(|state| model.mean(state, horizon));
    let sums = cells.each(model, &states, |_, ways| ways.iter().map(|(weight, at)| weight * means[*at]).sum::<f64>());
    cells.of.iter().map(|&cell| sums[cell as usize]).collect()
}

/// The number of purchases within a horizon as a distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Within {
    /// Its mean.
    pub mean: f64,
    /// P(at least n) for n = 1, 2, …
    pub tail: Vec<f64>,
}

/// The distributions of the customers' numbers of purchases within a horizon: those that differ, and the place of each customer's.
pub fn within(model: &dyn Purchases, records: &[Record], horizon: f64) -> (Vec<Within>, Vec<u32>) {
    let cells = Cells::new(model, records);
    let states = cells.states(model);
    let known = states.each(|state| (model.mean(state, horizon), model.tail(state, horizon)));
    let all = cells.each(model, &states, |_, ways| Within {
        mean: ways.iter().map(|(weight, at)| weight * known[*at].0).sum(),
        tail: mixed(ways, |at| &known[at].1),
    });
    (all, cells.of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::outlook::chance;
    use crate::value::{Dropout, Geometric, History};

    const BUYERS: Geometric =
        Geometric { dropout: Dropout::AfterAny, r: 0.5, alpha: 6.0, a: 0.9, b: 1.6, log_likelihood: 0.0 };

    #[test]
    fn each_customer_is_forecast_as_if_alone() {
        let record = |at: u32| {
            let recency = f64::from(at % 4) * 5.0;
            Record { log_gaps: f64::from(at), ..History { repeats: at % 4, recency, age: 30.0 }.into() }
        };
        let records: Vec<Record> = (0..40).map(record).collect();
        let (all, of) = within(&BUYERS, &records, 26.0);
        assert_eq!(all.len(), 4, "gaps tell nobody apart in a model that does not read them");
        for ((record, cell), mean) in records.iter().zip(of).zip(expected(&BUYERS, &records, 26.0)) {
            let own = &all[cell as usize];
            assert_eq!(own.mean, mean);
            assert!((mean - BUYERS.expected(&record.history, 26.0)).abs() < 1e-12);
            let log = BUYERS.log_chance(record, 26.0, 2);
            assert!((crate::numeric::math::ln(chance(&own.tail, 2)) - log).abs() < 1e-12);
        }
    }
}
