//! Published counts and values on real baskets, where `../shared` is at hand.

use super::*;
use crate::numeric::math::ln;
use crate::real_data::shared;
use flate2::read::GzDecoder;
use rand::RngExt;
use std::io::Read as _;
use std::path::Path;

fn bytes(path: &Path) -> Vec<u8> {
    let raw = std::fs::read(path).unwrap();
    if path.extension().is_none_or(|extension| extension != "gz") {
        return raw;
    }
    let mut text = Vec::new();
    GzDecoder::new(&raw[..]).read_to_end(&mut text).unwrap();
    text
}

fn groceries() -> Option<Read> {
    let settings = ReadSettings { format: Format::BasketsCsv, ..ReadSettings::default() };
    Some(read_baskets(&bytes(&shared("data/groceries/groceries.csv")?), &settings).unwrap())
}

fn rules(found: &Read, support: f64, confidence: f64, min_length: usize) -> Vec<AssociationRule> {
    let settings = RuleSettings { min_length, ..RuleSettings::new(Support::Share(support), confidence) };
    mine_rules(&found.baskets, &settings, &Run::threads(2)).unwrap().rules
}

#[test]
fn matches_arules_itemset_counts_on_groceries() {
    let Some(found) = groceries() else { return };
    let expected =
        [(0.001, [13_492, 13_464, 7_794, 13_464]), (0.005, [1_001, 1_001, 708, 1_001]), (0.01, [333, 333, 243, 333])];
    for (support, counts) in expected {
        for (row, count) in itemset_kinds().iter().zip(counts) {
            let settings = ItemsetSettings::new(row.kind, Support::Share(support));
            let outcome = count_itemsets(&found.baskets, &settings, &Run::threads(2)).unwrap();
            assert_eq!(outcome.itemsets, count, "{} at {support}", row.name);
        }
    }
}

/// Counts on which LCM 5.3 and fim 6.28 agree. Mushroom has an item in every basket, and fim leaves that item by itself out
/// of all and closed sets: LCM and mlxtend find the one set more that the definition asks for.
#[test]
fn matches_lcm_counts_on_fimi_sets() {
    let expected: [(&str, u64, [u64; 3]); 8] = [
        ("retail", 88, [7_712, 7_695, 3_507]),
        ("retail", 9, [240_852, 189_077, 75_200]),
        ("T10I4D100K", 100, [27_532, 26_806, 4_054]),
        ("T10I4D100K", 10, [411_365, 283_397, 127_264]),
        ("mushroom", 813, [574_431, 4_885, 547]),
        ("mushroom", 406, [3_755_705, 12_854, 1_452]),
        ("chess", 1600, [1_261_227, 366_529, 11_209]),
        ("chess", 1278, [6_472_980, 1_366_833, 37_929]),
    ];
    for (name, support, counts) in expected {
        let Some(path) = shared(&format!("data/fimi/{name}.dat.gz")) else { return };
        let found = read_baskets(&bytes(&path), &ReadSettings::default()).unwrap();
        for (row, count) in itemset_kinds().iter().zip(counts) {
            let settings = ItemsetSettings::new(row.kind, Support::Count(support));
            let outcome = count_itemsets(&found.baskets, &settings, &Run::threads(2)).unwrap();
            assert_eq!(outcome.itemsets, count, "{name} {} at {support}", row.name);
        }
    }
}

#[test]
fn matches_arules_rule_counts_on_groceries() {
    let Some(found) = groceries() else { return };
    let check = |support, confidence, min_length, expected| {
        assert_eq!(
            rules(&found, support, confidence, min_length).len(),
            expected,
            "{support} {confidence} {min_length}"
        );
    };
    check(0.001, 0.5, 1, 5_668);
    check(0.001, 0.8, 1, 410);
    check(0.001, 0.3, 2, 13_770);
    check(0.006, 0.25, 2, 463);
    check(0.01, 0.5, 1, 15);
    check(0.001, 0.1, 1, 32_791);
    check(0.0005, 0.1, 1, 150_346);
    let any = RuleSettings { max_right: 99, ..RuleSettings::new(Support::Share(0.001), 0.5) };
    assert_eq!(mine_rules(&found.baskets, &any, &Run::default()).unwrap().rules.len(), 5_829);
}

#[test]
fn matches_arules_on_what_may_be_left_out() {
    let Some(found) = groceries() else { return };
    let rules = rules(&found, 0.001, 0.5, 1);
    let many = |flags: Vec<bool>| flags.into_iter().filter(|flag| *flag).count();
    assert_eq!(many(redundant(&rules, &general_confidences(&rules))), 572);
    let significant = |test, alpha, expected: [usize; 5]| {
        let p: Vec<f64> = rules.iter().map(|rule| p_value(rule.counts, test)).collect();
        let counts: Vec<usize> = corrections()
            .iter()
            .map(|row| adjust(&p, row.correction, p.len()).iter().filter(|p| **p <= alpha).count())
            .collect();
        assert_eq!(counts, expected, "{test:?} at {alpha}");
    };
    significant(Test::Fisher, 0.01, [5_594, 1_815, 1_939, 5_594, 4_882]);
    significant(Test::Fisher, 0.05, [5_668, 2_481, 2_902, 5_668, 5_475]);
    significant(Test::ChiSquared, 0.01, [5_642, 3_117, 3_366, 5_642, 5_247]);
    significant(Test::ChiSquared, 0.05, [5_668, 3_657, 4_099, 5_668, 5_582]);
}

#[test]
fn matches_every_measure_of_arules_on_groceries() {
    let (Some(found), Some(path)) = (groceries(), shared("reference/groceries_rules_measures.csv.gz")) else { return };
    let rules = rules(&found, 0.001, 0.5, 1);
    let general = general_confidences(&rules);
    let by_label: std::collections::HashMap<String, usize> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| {
            let side = |items: &[u32]| {
                let mut names: Vec<&str> = items.iter().map(|&item| found.names.get(item)).collect();
                names.sort_unstable();
                names.join(",")
            };
            (format!("{} => {}", side(&rule.left), side(&rule.right)), at)
        })
        .collect();
    let text = String::from_utf8(bytes(&path)).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').map(|name| name.trim_matches('"')).collect();
    let mut compared = 0;
    let mut off: std::collections::BTreeMap<&str, (f64, f64, String)> = std::collections::BTreeMap::new();
    for line in lines {
        let (label, values) = line[1..].split_once("\",").unwrap();
        let side = |text: &str| {
            let inside = text.trim().trim_start_matches('{').trim_end_matches('}');
            let mut names: Vec<&str> = inside.split(',').map(str::trim).collect();
            names.sort_unstable();
            names.join(",")
        };
        let (left, right) = label.split_once(" => ").unwrap();
        let at = by_label[&format!("{} => {}", side(left), side(right))];
        let evidence = Evidence {
            counts: rules[at].counts,
            general_confidence: general[at],
            min_support: 0.001,
            min_confidence: 0.5,
        };
        for (column, value) in columns[1..].iter().zip(values.split(',')) {
            let measure = measures().iter().find(|measure| measure.arules == Some(column));
            let measure = measure.unwrap_or_else(|| panic!("no measure for {column}"));
            let (value, ours) = (value.parse::<f64>().unwrap_or(f64::NAN), measure.value(&evidence));
            // Where a cell is empty, arules has no number for some measures and we have the limit.
            let empty = rules[at].counts.both == rules[at].counts.left && value.is_nan();
            let same = value == ours || empty || (value - ours).abs() <= 1e-9 * value.abs().max(1.0);
            if !same {
                off.entry(column).or_insert((value, ours, label.to_owned()));
            }
            let (low, high) = measure.range;
            assert!(ours.is_nan() || (low - 1e-9 <= ours && ours <= high + 1e-9), "{column} of {label} is {ours}");
            compared += 1;
        }
    }
    assert!(off.is_empty(), "{off:#?}");
    assert_eq!(compared, 5_668 * (columns.len() - 1));
}

#[test]
fn matches_arules_across_levels_of_groceries() {
    let (Some(found), Some(path)) = (groceries(), shared("data/groceries/groceries_items.csv")) else { return };
    let mut names = found.names.clone();
    let text = String::from_utf8(bytes(&path)).unwrap();
    let mut pairs = Vec::new();
    for line in text.lines().skip(1) {
        let quoted = line.strip_prefix('"').and_then(|line| line.split_once("\","));
        let (item, rest) = quoted.unwrap_or_else(|| line.split_once(',').unwrap());
        let group = rest.rsplit_once(',').unwrap().0.trim_matches('"');
        // A group may bear the name of an item: groups are marked, as in arules.
        pairs.push((names.find(item.trim()).unwrap(), names.intern(&format!("{group}*"))));
    }
    let mut parents = vec![NO_PARENT; names.len()];
    pairs.into_iter().for_each(|(item, group)| parents[item as usize] = group);
    let taxonomy = Taxonomy::new(parents).unwrap();
    let settings = RuleSettings { min_length: 1, ..RuleSettings::new(Support::Share(0.001), 0.5) };
    let groups = taxonomy.roll_up(&found.baskets, 1);
    assert_eq!(mine_rules(&groups, &settings, &Run::threads(2)).unwrap().rules.len(), 29_400);
    let both = taxonomy.with_ancestors(&found.baskets);
    let settings = RuleSettings { min_length: 1, ..RuleSettings::new(Support::Share(0.005), 0.3) };
    let mixed = mine_rules(&both, &settings, &Run::threads(2)).unwrap().rules;
    let telling = mixed.iter().filter(|rule| !taxonomy.trivial(rule)).count();
    assert_eq!((mixed.len(), telling), (63_637, 15_012));
}

/// Items as often as they are, dealt to baskets by chance: what is found there is false. With the default correction the
/// chance of any finding is at most alpha; without one, dozens are reported.
#[test]
fn shuffled_baskets_give_no_rules() {
    let Some(found) = groceries() else { return };
    let supports = found.baskets.item_supports();
    let mut false_sets = 0;
    for seed in 0..10 {
        let mut rng = crate::numeric::random::stream(seed, "shuffled baskets");
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); found.baskets.len()];
        for (item, &support) in supports.iter().enumerate() {
            let mut left = support;
            while left > 0 {
                let row = &mut rows[rng.random_range(0..found.baskets.len())];
                if row.last() != Some(&(item as u32)) {
                    row.push(item as u32);
                    left -= 1;
                }
            }
        }
        let baskets = Baskets::from_rows(&rows);
        let settings = RuleSettings { max_length: Some(2), ..RuleSettings::new(Support::Share(0.001), 0.0) };
        let rules = mine_rules(&baskets, &settings, &Run::threads(2)).unwrap().rules;
        let p: Vec<f64> = rules.iter().map(|rule| p_value(rule.counts, Test::Fisher)).collect();
        let found = adjust(&p, Correction::default(), p.len()).iter().filter(|p| **p <= 0.05).count();
        let raw = p.iter().filter(|p| **p <= 0.05).count();
        println!("{} rules, {raw} below 0.05 uncorrected, {found} corrected", p.len());
        assert!(raw > 20, "{raw} of {} by chance without correction", p.len());
        false_sets += usize::from(found > 0);
    }
    // Ten runs with a chance of at most 0.05 each: three or more happen in one of eighty cases.
    assert!(false_sets <= 2, "{false_sets} of 10 shuffled sets gave rules");
}

/// The same baskets after swaps that keep the size of each and the frequency of every item: nothing else is left of what was
/// bought together (Gionis, Mannila, Mielikäinen and Tsaparas 2007).
fn swapped(baskets: &Baskets, seed: u64) -> Baskets {
    let mut rng = crate::numeric::random::stream(seed, "swapped baskets");
    let items = baskets.item_count() as usize;
    let mut rows: Vec<Vec<u32>> = baskets.iter().map(<[u32]>::to_vec).collect();
    let mut holds = vec![false; rows.len() * items];
    let mut cells = Vec::new();
    for (row, basket) in rows.iter().enumerate() {
        for (place, &item) in basket.iter().enumerate() {
            holds[row * items + item as usize] = true;
            cells.push((row, place));
        }
    }
    for _ in 0..cells.len() * 10 {
        let [(a, at), (b, to)] = [0; 2].map(|_| cells[rng.random_range(0..cells.len())]);
        let (x, y) = (rows[a][at] as usize, rows[b][to] as usize);
        if !holds[a * items + y] && !holds[b * items + x] {
            (holds[a * items + x], holds[a * items + y]) = (false, true);
            (holds[b * items + y], holds[b * items + x]) = (false, true);
            (rows[a][at], rows[b][to]) = (y as u32, x as u32);
        }
    }
    Baskets::from_rows(&rows)
}

/// Large baskets hold some of everything: with their sizes kept, chance alone makes most pairs pass Fisher's test, whatever the
/// correction. Among baskets of the same size hardly any do, and what people buy together is found all the same.
#[test]
fn baskets_shuffled_in_their_sizes_give_no_rules_among_baskets_of_the_same_size() {
    let Some(found) = groceries() else { return };
    let significant = |baskets: &Baskets, support: f64, longest: usize, test: Test| {
        let settings = RuleSettings { max_length: Some(longest), ..RuleSettings::new(Support::Share(support), 0.0) };
        let rules = mine_rules(baskets, &settings, &Run::threads(2)).unwrap().rules;
        let p = p_values(&rules, baskets, test);
        let below = p.iter().filter(|p| **p <= 0.05).count() as f64 / p.len() as f64;
        let passed = adjust(&p, Correction::BenjaminiHochberg, p.len()).iter().filter(|p| **p <= 0.05).count();
        (rules.len(), below, passed)
    };
    // Bundles of up to three items, and pairs of the hundred most frequent ones that are bought apart.
    let bundled = |baskets: &Baskets, test: Test| {
        let settings =
            ItemsetSettings { max_length: Some(3), ..ItemsetSettings::new(ItemsetKind::All, Support::Share(0.002)) };
        let (sets, _) = collect_itemsets(baskets, &settings, &Run::threads(2)).unwrap();
        bundles(&sets, baskets, test, 0.05, Support::Share(0.002).count(baskets.len() as u64)).len()
    };
    let apart = |baskets: &Baskets, test: Test| substitutes(&affinity_matrix(baskets, 100, test), 0.05).len();
    let (mut false_sets, mut false_pairs) = (0, 0);
    for seed in 0..5 {
        let shuffled = swapped(&found.baskets, seed);
        let [fisher, sized] = [Test::Fisher, Test::BasketSize].map(|test| bundled(&shuffled, test));
        let between = [Test::Fisher, Test::BasketSize].map(|test| apart(&shuffled, test));
        println!("{fisher} bundles by Fisher's test, {sized} among equal sizes; substitutes {between:?}");
        assert!(fisher >= 100 && sized <= 1, "{fisher} and {sized}");
        false_pairs += sized + between[1];
        for longest in [2, 3] {
            let fisher = significant(&shuffled, 0.002, longest, Test::Fisher);
            let sized = significant(&shuffled, 0.002, longest, Test::BasketSize);
            println!(
                "{} rules: {} pass Fisher's test, {} among equal sizes ({:.3} below 0.05)",
                sized.0, fisher.2, sized.2, sized.1
            );
            assert!(fisher.2 * 2 > fisher.0, "{fisher:?}");
            assert!(sized.1 <= 0.06, "{sized:?}");
            false_sets += usize::from(sized.2 > 0);
        }
    }
    assert!(false_sets <= 2, "{false_sets} of 10 shuffled sets gave rules");
    let (all, _, passed) = significant(&found.baskets, 0.002, 2, Test::BasketSize);
    println!("of {all} rules of real baskets {passed} pass among equal sizes");
    assert!(passed >= 150, "{passed} of {all}");
    assert!(false_pairs <= 1, "{false_pairs} bundles and substitutes in shuffled baskets");
    let real = |test| (bundled(&found.baskets, test), apart(&found.baskets, test));
    let (whole, between) = (real(Test::Fisher), real(Test::BasketSize));
    println!("real baskets, bundles and substitutes: {whole:?} by Fisher's test, {between:?} among equal sizes");
    assert!(between.0 >= 20 && between.1 >= 1, "{whole:?} {between:?}");
}

/// Where all baskets are of one size and large, size explains nothing and the test is about Fisher's.
#[test]
fn one_size_of_baskets_is_fishers_test() {
    let rows = (0..2_000u32).map(|at| {
        let mut row: Vec<u32> = (100 + at % 7 * 40..100 + at % 7 * 40 + 38).collect();
        row.push(if at % 4 == 0 { 0 } else { 1 });
        row.push(if at % 4 == 0 && at % 3 > 0 || at % 11 == 0 { 2 } else { 3 });
        row
    });
    let baskets = Baskets::from_rows(rows);
    let settings = RuleSettings { max_length: Some(2), ..RuleSettings::new(Support::Count(20), 0.0) };
    let rules = mine_rules(&baskets, &settings, &Run::default()).unwrap().rules;
    let sized = p_values(&rules, &baskets, Test::BasketSize);
    let mut compared = 0;
    let rare = |rule: &AssociationRule| rule.items()[1] < 4 && rule.counts.left.max(rule.counts.right) < 1_000;
    for (rule, sized) in rules.iter().zip(sized).filter(|(rule, _)| rare(rule)) {
        let fisher = p_value(rule.counts, Test::Fisher);
        // The binomial's tail is a little heavier than the hypergeometric one.
        let close = if fisher > 0.9 { sized > 0.8 } else { ln(sized) < 0.4 * ln(fisher) && sized >= fisher * 0.5 };
        assert!(close, "{rule:?}: {sized} and {fisher}");
        compared += 1;
    }
    assert!(compared >= 2, "{compared}");
}

#[test]
fn minimal_rules_come_from_generators_and_closed_sets() {
    let baskets = Baskets::from_rows([vec![0, 2, 3], vec![1, 2, 4], vec![0, 1, 2, 4], vec![1, 4], vec![0, 1, 2, 4]]);
    // Figures 1 to 4 of Bastide, Pasquier, Taouil, Stumme and Lakhal 2000 (items A to E, minimum support 2/5).
    let settings =
        RuleSettings { base: RuleBase::Generators, max_right: 9, ..RuleSettings::new(Support::Count(2), 1.0) };
    let exact: Vec<(Vec<u32>, Vec<u32>)> = mine_rules(&baskets, &settings, &Run::default())
        .unwrap()
        .rules
        .into_iter()
        .map(|rule| (rule.left, rule.right))
        .collect();
    let mut expected = vec![
        (vec![0], vec![2]),
        (vec![1], vec![4]),
        (vec![4], vec![1]),
        (vec![0, 1], vec![2, 4]),
        (vec![0, 4], vec![1, 2]),
        (vec![1, 2], vec![4]),
        (vec![2, 4], vec![1]),
    ];
    let mut exact = exact;
    exact.sort();
    expected.sort();
    assert_eq!(exact, expected);
}
