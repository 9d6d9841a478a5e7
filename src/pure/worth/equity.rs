//! Customer equity from run to run: a bridge that closes, value segments, and how much of the top stays on top.

use std::collections::BTreeMap;

/// What a customer was at a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Customer equity, in ten-thousandths of the currency unit.
    pub equity: i64,
    /// The value segment.
    pub segment: Segment,
}

/// Value segments: what customers bring now and what they may still bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// Much now, much to come.
    Core,
    /// Little now, much to come.
    Promising,
    /// Much now, little to come.
    Harvest,
    /// Little now, little to come.
    Small,
    /// Hardly to be expected again.
    Lost,
}

/// Segments with their names and meanings.
pub static SEGMENTS: [(Segment, &str, &str); 5] = [
    (Segment::Core, "core", "bring much now and have much to come"),
    (Segment::Promising, "promising", "bring little now and have much to come"),
    (Segment::Harvest, "harvest", "bring much now and have little to come"),
    (Segment::Small, "small", "bring little now and have little to come"),
    (Segment::Lost, "lost", "are hardly to be expected again"),
];

impl Segment {
    /// Its name.
    pub fn name(self) -> &'static str {
        SEGMENTS.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The segment of a name.
    pub fn named(name: &str) -> Option<Segment> {
        SEGMENTS.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}

/// The segments of customers: `share` of them with the most now count as much now, and the same of what is to come; lost are those who
/// are. Equal values fall on one side.
pub fn segments(now: &[f64], to_come: &[f64], lost: &[bool], share: f64) -> Vec<Segment> {
    let (much_now, much_to_come) = (threshold(now, share), threshold(to_come, share));
    (0..now.len())
        .map(|at| {
            match (lost[at], now[at] >= much_now && now[at] > 0.0, to_come[at] >= much_to_come && to_come[at] > 0.0) {
                (true, ..) => Segment::Lost,
                (false, true, true) => Segment::Core,
                (false, false, true) => Segment::Promising,
                (false, true, false) => Segment::Harvest,
                (false, false, false) => Segment::Small,
            }
        })
        .collect()
}

/// The least value of the `share` of values that are highest.
fn threshold(values: &[f64], share: f64) -> f64 {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let places = (share * sorted.len() as f64).round() as usize;
    if places == 0 { f64::INFINITY } else { sorted[places.min(sorted.len()) - 1] }
}

/// A step of the bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Equity at the last run.
    Before,
    /// Of customers who were not there.
    New,
    /// Of customers who became lost, or are no longer in the table.
    Lost,
    /// Of customers whose segment changed otherwise.
    Reclassified,
    /// Of all others.
    Revalued,
    /// Equity now.
    Now,
}

/// Steps with their names and meanings.
pub static STEPS: [(Step, &str, &str); 6] = [
    (Step::Before, "before", "customer equity at the last run"),
    (Step::New, "new", "customers who were not in the last run, or whose equity was not known then"),
    (Step::Lost, "lost", "customers who became lost since, are no longer there, or whose equity is no longer known"),
    (Step::Reclassified, "reclassified", "customers whose value segment changed otherwise"),
    (Step::Revalued, "revalued", "customers in the same value segment"),
    (Step::Now, "now", "customer equity at this run"),
];

/// Customers and money of each step, in the order of [`STEPS`]; `before` and `now` by customer. The steps between are differences and
/// close exactly.
pub fn bridge(before: &BTreeMap<&str, Worth>, now: &BTreeMap<&str, Worth>) -> Vec<(Step, u64, i128)> {
    let mut sums: [(u64, i128); 6] = [(0, 0); 6];
    let mut add = |step: Step, money: i128| {
        let at = STEPS.iter().position(|row| row.0 == step).unwrap_or(0);
        sums[at] = (sums[at].0 + 1, sums[at].1 + money);
    };
    for (customer, old) in before {
        add(Step::Before, i128::from(old.equity));
        match now.get(customer) {
            None => add(Step::Lost, -i128::from(old.equity)),
            Some(new) => {
                let change = i128::from(new.equity) - i128::from(old.equity);
                let step = match (old.segment, new.segment) {
                    (old, Segment::Lost) if old != Segment::Lost => Step::Lost,
                    (old, new) if old != new => Step::Reclassified,
                    _ => Step::Revalued,
                };
                add(step, change);
            }
        }
    }
    for (customer, new) in now {
        add(Step::Now, i128::from(new.equity));
        if !before.contains_key(customer) {
            add(Step::New, i128::from(new.equity));
        }
    }
    STEPS.iter().zip(sums).map(|(row, (customers, money))| (row.0, customers, money)).collect()
}

/// How much of the top of one year was on top of the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stayed {
    /// Customers on top in the first year.
    pub top: u64,
    /// Of them, those who brought anything in the second.
    pub returned: u64,
    /// Of these, those on top again.
    pub again: u64,
}

/// Of the `share` of those with the most in the first year (of those who brought anything), how many are in the same share of the
/// second year's.
pub fn stayed(first: &[f64], second: &[f64], share: f64) -> Stayed {
    let positive = |values: &[f64]| values.iter().copied().filter(|value| *value > 0.0).collect::<Vec<_>>();
    let (top_first, top_second) = (threshold(&positive(first), share), threshold(&positive(second), share));
    let mut found = Stayed { top: 0, returned: 0, again: 0 };
    for (first, second) in first.iter().zip(second) {
        if *first > 0.0 && *first >= top_first {
            found.top += 1;
            found.returned += u64::from(*second > 0.0);
            found.again += u64::from(*second > 0.0 && *second >= top_second);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn segments_and_stays_by_hand() {
        let now = [10.0, 5.0, 1.0, 0.0, 9.0];
        let to_come = [8.0, 1.0, 9.0, 0.0, 0.5];
        let lost = [false, false, false, false, true];
        let found = segments(&now, &to_come, &lost, 0.4);
        assert_eq!(found, [Segment::Core, Segment::Small, Segment::Promising, Segment::Small, Segment::Lost]);
        assert!(SEGMENTS.iter().all(|row| Segment::named(row.1) == Some(row.0)));
        let stays = stayed(&[9.0, 8.0, 1.0, 0.0, 2.0], &[0.0, 7.0, 9.0, 1.0, 1.0], 0.5);
        assert_eq!(stays, Stayed { top: 2, returned: 1, again: 1 });
    }

    proptest! {
        #[test]
        fn the_bridge_closes(
            before in prop::collection::btree_map("[a-e]{1,2}", (-1_000_000i64..1_000_000, 0usize..5), 0..20),
            now in prop::collection::btree_map("[a-e]{1,2}", (-1_000_000i64..1_000_000, 0usize..5), 0..20),
        ) {
            let worth = |&(equity, at): &(i64, usize)| Worth { equity, segment: SEGMENTS[at].0 };
            let old: BTreeMap<&str, Worth> = before.iter().map(|(name, row)| (name.as_str(), worth(row))).collect();
            let new: BTreeMap<&str, Worth> = now.iter().map(|(name, row)| (name.as_str(), worth(row))).collect();
            let steps = bridge(&old, &new);
            let of = |step: Step| steps.iter().find(|row| row.0 == step).map_or(0, |row| row.2);
            let between: i128 = [Step::New, Step::Lost, Step::Reclassified, Step::Revalued].map(of).iter().sum();
            prop_assert_eq!(of(Step::Before) + between, of(Step::Now));
            let customers: u64 = steps[1..5].iter().map(|row| row.1).sum();
            let union = old.keys().chain(new.keys()).collect::<std::collections::BTreeSet<_>>().len() as u64;
            prop_assert_eq!(customers, union);
        }
    }
}
