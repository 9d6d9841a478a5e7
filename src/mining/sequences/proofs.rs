//! Evidence for the miner: equal to trying everything, to published examples and to published counts.

use super::brute::brute_force;
use super::*;
use crate::mining::{NO_PARENT, Run, Support, Taxonomy};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

fn sequences(customers: &[Vec<(u8, Vec<u32>)>], items: u32) -> Sequences {
    let mut built = Sequences::new(items);
    for orders in customers {
        let mut day = 0;
        for (gap, order) in orders {
            day += i64::from(*gap);
            built.push_element(day * DAY + 3600, order).unwrap();
        }
        built.end_customer();
    }
    built
}

fn mined(sequences: &Sequences, settings: &Settings, threads: usize) -> Vec<(Vec<Vec<u32>>, u64)> {
    let (list, outcome) = collect_sequences(sequences, settings, &Run::threads(threads)).unwrap();
    assert_eq!(outcome.stopped, None);
    list.iter().map(|pattern| (pattern.elements(), pattern.support)).collect()
}

fn equals_brute_force(sequences: &Sequences, settings: &Settings) -> Result<(), TestCaseError> {
    let found = mined(sequences, settings, 1);
    prop_assert_eq!(&mined(sequences, settings, 3), &found);
    let mut expected: Vec<(Vec<Vec<u32>>, u64)> = brute_force(sequences, settings).into_iter().collect();
    let mut sorted = found;
    if let Some(top) = settings.top {
        let supports: Vec<u64> = sorted.iter().map(|(_, support)| *support).collect();
        let mut best: Vec<u64> = expected.iter().map(|(_, support)| *support).collect();
        best.sort_unstable_by_key(|&support| std::cmp::Reverse(support));
        best.truncate(top);
        prop_assert_eq!(supports, best);
        prop_assert!(sorted.iter().all(|pattern| expected.contains(pattern)));
        return Ok(());
    }
    sorted.sort();
    expected.sort();
    prop_assert_eq!(sorted, expected);
    Ok(())
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::All), Just(Kind::Closed), Just(Kind::Maximal), Just(Kind::Generators)]
}

fn distances(from: u32) -> impl Strategy<Value = Option<Distance>> {
    of(prop_oneof![(from..5u32).prop_map(Distance::Days), (from..4u32).prop_map(Distance::Orders)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn single_steps_equal_brute_force(
        customers in vec(vec((1u8..3, 0u32..4), 0..7), 1..7),
        weights in of(vec(1u32..4, 7)),
        kind in kinds(), support in 1u64..4, top in of(1usize..12), longest in of(1u32..5), shortest in 1u32..3,
        ends in vec(0u32..4, 0..2), contains in vec(0u32..4, 0..2), begins in vec(0u32..4, 0..2),
    ) {
        let customers: Vec<Vec<(u8, Vec<u32>)>> =
            customers.into_iter().map(|orders| orders.into_iter().map(|(gap, item)| (gap, vec![item])).collect()).collect();
        let mut data = sequences(&customers, 4);
        if let Some(weights) = weights {
            data = data.with_weights(weights[..customers.len()].to_vec()).unwrap();
        }
        let settings = Settings {
            kind, support: Support::Count(support), top,
            items: Lengths { min: shortest, max: longest.map(|max| max.max(shortest)) },
            begins_with: begins, ends_with: ends, contains, ..Settings::default()
        };
        equals_brute_force(&data, &settings)?;
    }

    #[test]
    fn elements_of_several_items_equal_brute_force(
        customers in vec(vec((0u8..3, vec(0u32..4, 1..4)), 0..5), 1..6),
        kind in kinds(), support in 1u64..4, top in of(1usize..12),
        most_items in of(2u32..6), most_elements in of(1u32..4),
        only in of(vec(0u32..4, 1..4)), without in vec(0u32..4, 0..2), until in of(1i64..6), related in any::<bool>(),
    ) {
        let data = sequences(&customers, 4);
        let taxonomy = related.then(|| Taxonomy::new(vec![NO_PARENT, 0, NO_PARENT, 0]).unwrap());
        let settings = Settings {
            kind, support: Support::Count(support), top, only, without, taxonomy, until: until.map(|day| day * DAY),
            items: Lengths { min: 1, max: most_items }, elements: Lengths { min: 1, max: most_elements },
            ..Settings::default()
        };
        equals_brute_force(&data, &settings)?;
    }

    #[test]
    fn time_constraints_equal_brute_force(
        customers in vec(vec((0u8..4, vec(0u32..4, 1..3)), 0..5), 1..6),
        kind in kinds(), support in 1u64..3, top in of(1usize..12),
        min_gap in distances(0), max_gap in distances(1), max_span in distances(0), window in of(0u32..3),
    ) {
        let data = sequences(&customers, 4);
        let settings = Settings {
            kind, support: Support::Count(support), top, min_gap, max_gap, max_span, window_days: window,
            ..Settings::default()
        };
        if settings.problems().is_empty() {
            equals_brute_force(&data, &settings)?;
        }
    }
}
