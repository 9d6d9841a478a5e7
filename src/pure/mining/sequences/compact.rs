//! The database as the search reads it: frequent items only, renumbered without holes, in flat arrays.

use super::data::Sequences;
use super::settings::{Distance, SequenceSettings};

/// Which items are frequent, and their new numbers (in the order of the old ones, so that canonical order is kept).
pub(super) struct Renumbering {
    /// Old id of each new one.
    pub original: Vec<u32>,
    /// Support of each new id.
    pub supports: Vec<u64>,
    /// New id of each old one, `u32::MAX` for items that are not frequent.
    pub compact: Vec<u32>,
}

impl Renumbering {
    /// Counts the customers of each item and keeps the items with at least `threshold`.
    pub fn new(sequences: &Sequences, threshold: u64) -> Self {
        let count = sequences.item_count() as usize;
        let mut support = vec![0u64; count];
        let mut seen_by = vec![u32::MAX; count];
        for customer in 0..sequences.customers() {
            let weight = u64::from(sequences.weight_of(customer));
            for element in sequences.elements_of(customer) {
                for &item in sequences.items_of(element) {
                    let item = item as usize;
                    if seen_by[item] != customer as u32 {
                        seen_by[item] = customer as u32;
                        support[item] += weight;
                    }
                }
            }
        }
        let mut compact = vec![u32::MAX; count];
        let (mut original, mut supports) = (Vec::new(), Vec::new());
        for item in 0..count {
            if support[item] >= threshold {
                compact[item] = original.len() as u32;
                original.push(item as u32);
                supports.push(support[item]);
            }
        }
        Renumbering { original, supports, compact }
    }

    /// Number of frequent items.
    pub fn len(&self) -> usize {
        self.original.len()
    }
}

/// Whether every element has one item at most, which a leaner kernel makes use of.
pub(super) fn single_items(sequences: &Sequences, renumbering: &Renumbering) -> bool {
    (0..sequences.customers()).all(|customer| {
        sequences.elements_of(customer).all(|element| {
            let frequent = |&&item: &&u32| renumbering.compact[item as usize] != u32::MAX;
            sequences.items_of(element).iter().filter(frequent).count() <= 1
        })
    })
}

/// A place where an element of a pattern can lie: one order, or the union of several within the sliding window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub sequence: u32,
    /// Positions of the first and last order among the customer's orders.
    pub first_order: u32,
    pub last_order: u32,
    /// Civil days of the first and last order.
    pub first_day: i64,
    pub last_day: i64,
}

/// Sequences as places; those of one sequence are contiguous, ordered by their last and then their first order.
#[derive(Default)]
pub(super) struct Places {
    pub places: Vec<Place>,
    first_item: Vec<u32>,
    items: Vec<u32>,
    /// The first place of each sequence, and the end.
    pub first_place: Vec<u32>,
    /// Weight of each sequence.
    pub weights: Vec<u32>,
}

impl Places {
    pub fn new(sequences: &Sequences, renumbering: &Renumbering, settings: &SequenceSettings) -> Self {
        let mut built = Places { first_item: vec![0], first_place: vec![0], ..Places::default() };
        let mut union: Vec<u32> = Vec::new();
        for customer in sequences.shortest_first() {
            let elements = sequences.elements_of(customer);
            let start = elements.start;
            let before = built.places.len();
            for last in elements {
                let last_day = sequences.day_of(last);
                let first = match settings.window_days {
                    None => last,
                    Some(days) => {
                        let reaches = |&e: &usize| last_day - sequences.day_of(e) <= i64::from(days);
                        (start..=last).rev().take_while(reaches).last().unwrap_or(last)
                    }
                };
                for first in first..=last {
                    union.clear();
                    union.extend((first..=last).flat_map(|element| {
                        let frequent = |&item: &u32| renumbering.compact[item as usize];
                        sequences.items_of(element).iter().map(frequent).filter(|&item| item != u32::MAX)
                    }));
                    if union.is_empty() {
                        continue;
                    }
                    if first < last {
                        union.sort_unstable();
                        union.dedup();
                    }
                    built.items.extend_from_slice(&union);
                    built.first_item.push(built.items.len() as u32);
                    built.places.push(Place {
                        sequence: built.weights.len() as u32,
                        first_order: (first - start) as u32,
                        last_order: (last - start) as u32,
                        first_day: sequences.day_of(first),
                        last_day,
                    });
                }
            }
            if built.places.len() > before {
                built.weights.push(sequences.weight_of(customer));
                built.first_place.push(built.places.len() as u32);
            }
        }
        built
    }

    /// The items of a place, ascending.
    pub fn items_of(&self, place: u32) -> &[u32] {
        &self.items[self.first_item[place as usize] as usize..self.first_item[place as usize + 1] as usize]
    }

    /// The end of the places of a sequence.
    pub fn end_of(&self, sequence: u32) -> u32 {
        self.first_place[sequence as usize + 1]
    }
}

/// The time constraints between places.
#[derive(Clone, Copy)]
pub(super) struct TimeRules {
    min_gap: Option<Distance>,
    max_gap: Option<Distance>,
    max_span: Option<Distance>,
}

impl TimeRules {
    pub fn of(settings: &SequenceSettings) -> Self {
        TimeRules { min_gap: settings.min_gap, max_gap: settings.max_gap, max_span: settings.max_span }
    }

    /// Whether the first embedding found is as good as any other for what follows.
    pub fn free(&self) -> bool {
        self.min_gap.is_none() && self.max_gap.is_none() && self.max_span.is_none()
    }

    /// Whether a place by itself keeps the span, as the only element of a pattern.
    pub fn fit(&self, place: &Place) -> bool {
        self.max_span.is_none_or(|span| match span {
            Distance::Days(most) => place.last_day - place.first_day <= i64::from(most),
            Distance::Orders(most) => place.last_order - place.first_order <= most,
        })
    }

    /// Whether `next` may follow `last` in a pattern that began at `first`.
    pub fn allow(&self, first: &Place, last: &Place, next: &Place) -> bool {
        let days = |from: i64, to: i64| to - from;
        next.first_order > last.last_order
            && self.min_gap.is_none_or(|gap| match gap {
                Distance::Days(least) => days(last.last_day, next.first_day) >= i64::from(least),
                Distance::Orders(least) => next.first_order - last.last_order >= least,
            })
            && self.max_gap.is_none_or(|gap| match gap {
                Distance::Days(most) => days(last.first_day, next.last_day) <= i64::from(most),
                Distance::Orders(most) => next.last_order - last.first_order <= most,
            })
            && self.max_span.is_none_or(|span| match span {
                Distance::Days(most) => days(first.first_day, next.last_day) <= i64::from(most),
                Distance::Orders(most) => next.last_order - first.first_order <= most,
            })
    }
}
