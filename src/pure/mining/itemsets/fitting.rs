//! Which support would have been high enough for a search that was stopped.

use super::super::baskets::Baskets;
use super::super::support::Support;
use super::count_itemsets;
use super::estimate::{Effort, Estimate, Tree};
use super::settings::{ItemsetKind, ItemsetSettings, Limits, Run, StopReason};

/// Additions that pairs may take; items so rare that theirs take more are not asked for.
const PAIRS: u64 = 200_000_000;

/// Itemsets up to which the support is checked by counting them.
const COUNTED: f64 = 1e6;

/// How far each estimate goes: some tens of milliseconds. A search whose size is not known by then does not fit.
const EFFORT: Effort =
    Effort { probes: 200, fewest: 6, additions: 10_000_000, given_up: 30_000_000, passed: f64::INFINITY };

/// A support (as a count) at which what stopped a search is expected to suffice, from estimates: the itemsets or the memory of
/// [`ItemsetSettings::limits`], or else as many sets as were `found` in the time there was. None where nothing was found, and
/// where the estimate is that the support in use fits. It takes about a second at most, however long the search would be.
pub fn fitting_support(baskets: &Baskets, settings: &ItemsetSettings, reason: StopReason, found: u64) -> Option<u64> {
    let total = baskets.total_weight();
    let min = settings.support.count(total);
    if total <= min {
        return None;
    }
    let Limits { itemsets, memory } = settings.limits;
    let sets = |most: u64| (most as f64, most as f64);
    // Most by the upper end of the estimate, and how many sets are too many whatever their length.
    let (most, passed) = match (reason, itemsets, memory) {
        (StopReason::Itemsets, Some(most), _) => sets(most),
        (StopReason::Memory, _, Some(most)) => (most as f64, most as f64 / Estimate::LEAST_BYTES),
        _ => sets(found),
    };
    if most < 1.0 {
        return None;
    }
    let mut tree = Tree::new(baskets, settings, PAIRS);
    let counted_from = tree.counted_from();
    let mut fits = |count: u64| {
        count >= counted_from
            && tree.estimate(count, Effort { passed, ..EFFORT }, 0).is_some_and(|estimate| match reason {
                StopReason::Memory => estimate.memory_bytes * (estimate.high / estimate.itemsets.max(1.0)) <= most,
                _ => estimate.high <= most,
            })
    };
    if fits(min) || !fits(total) {
        return None;
    }
    let (mut low, mut high) = (min, total);
    while high - low > (low / 50).max(1) {
        let middle = ((low as f64 * high as f64).sqrt() as u64).clamp(low + 1, high - 1);
        if fits(middle) { high = middle } else { low = middle }
    }
    // Where sets are long, descents may miss most of them: what can be counted in a moment is counted.
    if reason != StopReason::Memory && most <= COUNTED {
        while high < total && !few(baskets, settings, high, 2 * most as u64) {
            high = (high + high / 10 + 1).min(total);
        }
    }
    Some(high)
}

/// Whether at most so many itemsets are that frequent.
fn few(baskets: &Baskets, settings: &ItemsetSettings, count: u64, most: u64) -> bool {
    let at = ItemsetSettings {
        max_length: settings.max_length,
        limits: Limits { itemsets: Some(most), memory: None },
        ..ItemsetSettings::new(ItemsetKind::All, Support::Count(count))
    };
    count_itemsets(baskets, &at, &Run::default()).is_ok_and(|outcome| outcome.stopped.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    /// Dense baskets: 2,000 of them, each of 60 items in one half to nine tenths of all.
    fn dense() -> Baskets {
        let mut rng = stream(3, "fitting test");
        let share = |item: u32| 0.9 - f64::from(item) / 150.0;
        Baskets::from_rows(
            (0..2_000).map(|_| (0..60).filter(|&item| rng.random::<f64>() < share(item)).collect::<Vec<u32>>()),
        )
    }

    fn at(support: u64) -> ItemsetSettings {
        ItemsetSettings::new(ItemsetKind::All, Support::Count(support))
    }

    #[test]
    fn time_goes_by_what_was_found() {
        let baskets = dense();
        for found in [100, 10_000, 100_000] {
            let count = fitting_support(&baskets, &at(2), StopReason::Asked, found).expect("a support");
            let truth = count_itemsets(&baskets, &at(count), &Run::default()).unwrap().itemsets;
            assert!(truth <= 2 * found && truth * 50 >= found, "{truth} at {count} for {found}");
        }
        assert_eq!(fitting_support(&baskets, &at(2), StopReason::Asked, 0), None);
        assert_eq!(fitting_support(&baskets, &at(1_000), StopReason::Asked, u64::MAX), None);
    }

    /// What is complete is not stopped, however late it is.
    #[test]
    fn time_that_ends_with_the_search_does_not_stop_it() {
        let baskets = Baskets::from_rows([vec![0, 1], vec![0, 1, 2], vec![1, 2], vec![2]]);
        for kind in [ItemsetKind::All, ItemsetKind::Closed, ItemsetKind::Maximal] {
            let settings = ItemsetSettings::new(kind, Support::Count(1));
            let late = Run { stop: &|| true, ..Run::default() };
            let outcome = count_itemsets(&baskets, &settings, &late).unwrap();
            assert_eq!(outcome, count_itemsets(&baskets, &settings, &Run::default()).unwrap());
        }
        let outcome = count_itemsets(dense(), &at(2), &Run { stop: &|| true, ..Run::default() }).unwrap();
        assert_eq!(outcome.stopped.map(|stopped| stopped.reason), Some(StopReason::Asked));
    }

    #[test]
    fn a_limit_of_itemsets_goes_by_itself() {
        let baskets = dense();
        let limits = Limits { itemsets: Some(10_000), memory: None };
        let by_sets = fitting_support(&baskets, &ItemsetSettings { limits, ..at(2) }, StopReason::Itemsets, 1);
        assert_eq!(by_sets, fitting_support(&baskets, &at(2), StopReason::Asked, 10_000));
    }
}
