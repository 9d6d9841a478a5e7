//! Evidence for the miner: equal to trying everything, to published examples and to published counts.

use super::brute::{Reading, brute_force};
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

fn weighted(data: Sequences, weights: Option<Vec<u32>>) -> Sequences {
    let customers = data.customers();
    weights.map_or(data.clone(), |weights| data.with_weights(weights[..customers].to_vec()).unwrap())
}

fn mined(sequences: &Sequences, settings: &SequenceSettings, threads: usize) -> Vec<(Vec<Vec<u32>>, u64)> {
    let (list, outcome) = collect_sequences(sequences, settings, &Run::threads(threads)).unwrap();
    assert_eq!(outcome.stopped, None);
    list.iter().map(|pattern| (pattern.elements(), pattern.support)).collect()
}

fn equals_brute_force(
    sequences: &Sequences,
    reading: &Reading,
    settings: &SequenceSettings,
) -> Result<(), TestCaseError> {
    let items: Vec<bool> = (0..sequences.item_count()).map(|item| reading.reads(item)).collect();
    let read = sequences.until(reading.until.unwrap_or(i64::MAX)).of_items(&items, Emptied::Kept);
    let found = mined(&read, settings, 1);
    prop_assert_eq!(&mined(&read, settings, 3), &found);
    let mut expected: Vec<(Vec<Vec<u32>>, u64)> = brute_force(sequences, reading, settings).into_iter().collect();
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

/// The four sequences of J. Pei et al., "PrefixSpan", ICDE 2001, table 1, with a to g as items 0 to 6.
pub(super) fn prefix_span_example() -> Sequences {
    let customers = ["a abc ac d cf", "ad c bc ae", "ef ab df c b", "e g af c b c"];
    let mut built = Sequences::new(7);
    for customer in customers {
        for (day, element) in customer.split(' ').enumerate() {
            let items: Vec<u32> = element.bytes().map(|letter| u32::from(letter - b'a')).collect();
            built.push_element(day as i64 * DAY, &items).unwrap();
        }
        built.end_customer();
    }
    built
}

fn spelled(pattern: &[Vec<u32>]) -> String {
    let letter = |&item: &u32| char::from(b'a' + item as u8);
    let elements: Vec<String> = pattern.iter().map(|element| element.iter().map(letter).collect()).collect();
    elements.join(" ")
}

/// Table 2 of the paper lists all 53 patterns with at least two of the four customers, by prefix.
#[test]
fn matches_prefix_span_table_2() {
    let settings = SequenceSettings { support: Support::Count(2), ..SequenceSettings::default() };
    let found = mined(&prefix_span_example(), &settings, 1);
    let of_prefix = |letter| found.iter().filter(|(pattern, _)| spelled(pattern).starts_with(letter)).count();
    assert_eq!(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(of_prefix), [19, 8, 4, 4, 13, 5, 0]);
    let supports =
        [("a", 4), ("a bc a", 2), ("ab d c", 2), ("a b", 4), ("a c c", 3), ("bc a", 2), ("e a c b", 2), ("f b c", 2)];
    for (pattern, support) in supports {
        assert!(found.iter().any(|(known, count)| spelled(known) == pattern && *count == support), "{pattern}");
    }
}

/// The data sequence of R. Srikant and R. Agrawal, "Mining Sequential Patterns: Generalizations and Performance
/// Improvements" (GSP), EDBT 1996, section 3.2 (times and items as printed there): <(1 2)(3)(4)> of the counting example is
/// contained under a maximum gap of 30 with a sliding window of 0 only where times allow.
#[test]
fn matches_gsp_section_3_contains_test() {
    let mut data = Sequences::new(8);
    for (time, items) in
        [(10, &[1, 2][..]), (25, &[4, 6]), (45, &[3]), (50, &[1, 2]), (65, &[3]), (90, &[2, 4]), (95, &[6])]
    {
        data.push_element(time * DAY, items).unwrap();
    }
    data.end_customer();
    let contains = |pattern: &[Vec<u32>], max_gap: Option<u32>, window: Option<u32>| {
        let settings = SequenceSettings {
            support: Support::Count(1),
            max_gap: max_gap.map(Distance::Days),
            min_gap: Some(Distance::Days(6)),
            window_days: window,
            ..SequenceSettings::default()
        };
        mined(&data, &settings, 1).iter().any(|(found, _)| found == pattern)
    };
    // <(1 2)(3)(4)> holds at times 50, 65, 90: both earlier beginnings break the maximum gap of 30.
    assert!(contains(&[vec![1, 2], vec![3], vec![4]], Some(30), Some(7)));
    assert!(!contains(&[vec![1, 2], vec![3], vec![4]], Some(24), Some(7)));
    // The sliding window of 7 joins 90 and 95 into (2 4 6) of which 4 and 6 are a part.
    assert!(contains(&[vec![3], vec![4, 6]], Some(30), Some(7)));
    assert!(!contains(&[vec![3], vec![4, 6]], Some(30), Some(4)));
}

/// The ten transactions of four customers in M. J. Zaki, "SPADE: An Efficient Algorithm for Mining Frequent Sequences",
/// Machine Learning 42, 2001, figure 1, with the frequent sequences that figure lists for two of four customers.
#[test]
fn matches_zaki_2001_figure_1() {
    let customers: [&[(i64, &str)]; 4] = [
        &[(10, "cd"), (15, "abc"), (20, "abf"), (25, "acdf")],
        &[(15, "abf"), (20, "e")],
        &[(10, "abf")],
        &[(10, "dgh"), (20, "bf"), (25, "agh")],
    ];
    let mut data = Sequences::new(8);
    for customer in customers {
        for (time, items) in customer {
            data.push_element(time * DAY, &items.bytes().map(|letter| u32::from(letter - b'a')).collect::<Vec<_>>())
                .unwrap();
        }
        data.end_customer();
    }
    let listed =
        "a:4 b:4 d:2 f:4 ab:3 af:3 bf:4 b_a:2 d_a:2 d_b:2 d_f:2 f_a:2 abf:3 bf_a:2 d_bf:2 d_b_a:2 d_f_a:2 d_bf_a:2";
    let mut expected: Vec<(String, u64)> = listed
        .split(' ')
        .filter_map(|entry| entry.split_once(':'))
        .map(|(pattern, support)| (pattern.replace('_', " "), support.parse().unwrap()))
        .collect();
    expected.sort();
    let search = |max_gap| {
        let settings = SequenceSettings { support: Support::Count(2), max_gap, ..SequenceSettings::default() };
        let mut found: Vec<(String, u64)> =
            mined(&data, &settings, 2).iter().map(|(pattern, support)| (spelled(pattern), *support)).collect();
        found.sort();
        found
    };
    assert_eq!(search(None), expected);
    // cSPADE's maximum gap: D and the BF after it are 5 to 15 days apart, D and A 5 to 15; within 5 days D -> BF is gone.
    assert!(!search(Some(Distance::Days(5))).iter().any(|(pattern, _)| pattern == "d bf"));
}

/// Counts of `reference/mining.md` on real sequences, agreed on by several programs.
#[test]
fn matches_published_counts_on_real_data() {
    let cases: [(&str, &[(u64, Kind, u64)]); 2] = [
        (
            "SIGN",
            &[
                (110, Kind::All, 27_213),
                (110, Kind::Closed, 27_189),
                (110, Kind::Maximal, 8_774),
                (73, Kind::All, 110_417),
                (73, Kind::Closed, 109_743),
            ],
        ),
        (
            "LEVIATHAN",
            &[
                (117, Kind::All, 33_387),
                (117, Kind::Closed, 32_655),
                (117, Kind::Maximal, 17_124),
                (58, Kind::All, 173_930),
                (58, Kind::Closed, 166_774),
            ],
        ),
    ];
    for (name, expected) in cases {
        let Some(path) = crate::real_data::shared(&format!("data/spmf_sequences/{name}.txt.gz")) else { continue };
        let packed = std::fs::read(path).unwrap();
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut text).unwrap();
        let settings = ReadSequences { format: SequenceFormat::Steps, ..ReadSequences::default() };
        let data = read_sequences(&text, &settings).unwrap().sequences;
        for &(support, kind, patterns) in expected {
            let settings = SequenceSettings { kind, support: Support::Count(support), ..SequenceSettings::default() };
            let outcome = count_sequences(&data, &settings, &Run::threads(2)).unwrap();
            assert_eq!(outcome.patterns, patterns, "{name} {support} {kind:?}");
        }
        if name == "SIGN" {
            let rules = PartialRuleSettings { support: Support::Share(0.4), min_confidence: 0.7, ..Default::default() };
            assert_eq!(mine_partial_rules(&data, &rules, &Run::threads(2)).unwrap().rules.len(), 1_279);
        } else {
            let rules =
                PartialRuleSettings { support: Support::Share(0.05), min_confidence: 0.5, ..Default::default() };
            assert_eq!(mine_partial_rules(&data, &rules, &Run::threads(2)).unwrap().rules.len(), 956);
        }
    }
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
        weights in of(vec(0u32..4, 7)),
        kind in kinds(), support in 1u64..4, top in of(1usize..12), longest in of(1u32..5), shortest in 1u32..3,
        ends in vec(0u32..4, 0..2), contains in vec(0u32..4, 0..2), begins in vec(0u32..4, 0..2), repeats in any::<bool>(),
    ) {
        let customers: Vec<Vec<(u8, Vec<u32>)>> =
            customers.into_iter().map(|orders| orders.into_iter().map(|(gap, item)| (gap, vec![item])).collect()).collect();
        let data = weighted(sequences(&customers, 4), weights);
        let settings = SequenceSettings {
            kind, support: Support::Count(support), top,
            items: Lengths { min: shortest, max: longest.map(|max| max.max(shortest)) },
            begins_with: begins, ends_with: ends, contains, repeats, ..SequenceSettings::default()
        };
        equals_brute_force(&data, &Reading::default(), &settings)?;
    }

    #[test]
    fn elements_of_several_items_equal_brute_force(
        customers in vec(vec((0u8..3, vec(0u32..4, 1..4)), 0..5), 1..6),
        kind in kinds(), support in 1u64..4, top in of(1usize..12),
        most_items in of(2u32..6), most_elements in of(1u32..4),
        only in of(vec(0u32..4, 1..4)), without in vec(0u32..4, 0..2), until in of(1i64..6), related in any::<bool>(),
        repeats in any::<bool>(), weights in of(vec(0u32..4, 6)),
    ) {
        let data = weighted(sequences(&customers, 4), weights);
        let reading = Reading { only, without, until: until.map(|day| day * DAY) };
        let taxonomy = related.then(|| Taxonomy::new(vec![NO_PARENT, 0, NO_PARENT, 0]).unwrap());
        let settings = SequenceSettings {
            kind, support: Support::Count(support), top, taxonomy, repeats,
            items: Lengths { min: 1, max: most_items }, elements: Lengths { min: 1, max: most_elements },
            ..SequenceSettings::default()
        };
        equals_brute_force(&data, &reading, &settings)?;
    }

    #[test]
    fn time_constraints_equal_brute_force(
        customers in vec(vec((0u8..4, vec(0u32..4, 1..3)), 0..5), 1..6),
        kind in kinds(), support in 1u64..3, top in of(1usize..12),
        min_gap in distances(0), max_gap in distances(1), max_span in distances(0), window in of(0u32..3),
        repeats in any::<bool>(), weights in of(vec(0u32..4, 6)),
    ) {
        let data = weighted(sequences(&customers, 4), weights);
        let settings = SequenceSettings {
            kind, support: Support::Count(support), top, min_gap, max_gap, max_span, window_days: window, repeats,
            ..SequenceSettings::default()
        };
        if settings.problems().is_empty() {
            equals_brute_force(&data, &Reading::default(), &settings)?;
        }
    }

    #[test]
    fn all_constraints_at_once_equal_brute_force(
        customers in vec(vec((0u8..4, vec(0u32..4, 1..3)), 0..5), 1..6),
        (kind, support, top, repeats) in (kinds(), 1u64..3, of(1usize..12), any::<bool>()),
        (min_gap, max_gap, max_span, window) in (distances(0), distances(1), distances(0), of(0u32..3)),
        (most_items, most_elements, shortest) in (of(2u32..5), of(1u32..4), 1u32..3),
        (only, without, until) in (of(vec(0u32..4, 2..4)), vec(0u32..4, 0..2), of(2i64..8)),
        (begins_with, ends_with, contains) in (vec(0u32..4, 0..3), vec(0u32..4, 0..3), vec(0u32..4, 0..3)),
        related in any::<bool>(), weights in of(vec(0u32..4, 6)),
    ) {
        let data = weighted(sequences(&customers, 4), weights);
        let reading = Reading { only, without, until: until.map(|day| day * DAY) };
        let taxonomy = related.then(|| Taxonomy::new(vec![NO_PARENT, 0, NO_PARENT, 0]).unwrap());
        let settings = SequenceSettings {
            kind, support: Support::Count(support), top, min_gap, max_gap, max_span, window_days: window, repeats,
            begins_with, ends_with, contains, taxonomy,
            items: Lengths { min: shortest, max: most_items }, elements: Lengths { min: 1, max: most_elements },
            ..SequenceSettings::default()
        };
        if settings.problems().is_empty() {
            equals_brute_force(&data, &reading, &settings)?;
        }
    }
}
