//! The search against a plain one that follows the definitions, on random baskets.

use super::super::baskets::Baskets;
use super::super::support::Support;
use super::*;
use crate::numeric::random::stream;
use crate::orders::Names;
use proptest::prelude::*;
use rand::RngExt;

/// All sets that `settings` ask for, by definition.
fn plain(baskets: &Baskets, settings: &ItemsetSettings) -> Vec<Itemset> {
    let min = settings.support.count(baskets.total_weight());
    let mut found = Vec::new();
    grow(baskets, min, settings.longest(), &mut Vec::new(), 0, &mut found);
    let wanted = |set: &Itemset| {
        let support = u64::from(set.support);
        let with = |item: u32| {
            let mut more = set.items.clone();
            more.push(item);
            more.sort_unstable();
            baskets.support_of(&more)
        };
        let mut others = (0..baskets.item_count()).filter(|item| !set.items.contains(item));
        match settings.kind {
            ItemsetKind::All => true,
            ItemsetKind::Closed => others.all(|item| with(item) < support),
            ItemsetKind::Maximal => others.all(|item| with(item) < min),
            ItemsetKind::Generators => (0..set.items.len()).all(|out| {
                let mut fewer = set.items.clone();
                fewer.remove(out);
                baskets.support_of(&fewer) > support
            }),
        }
    };
    found.retain(wanted);
    found.retain(|set| set.items.len() >= settings.min_length && set.items.len() <= settings.longest());
    found.sort_unstable_by(|a, b| (a.items.len(), &a.items).cmp(&(b.items.len(), &b.items)));
    if let Some(top) = settings.top {
        found.sort_by_key(|set| (std::cmp::Reverse(set.support), set.items.len()));
        found.truncate(top);
    }
    found
}

fn grow(baskets: &Baskets, min: u64, longest: usize, set: &mut Vec<u32>, from: u32, found: &mut Vec<Itemset>) {
    if set.len() == longest {
        return;
    }
    for item in from..baskets.item_count() {
        set.push(item);
        let support = baskets.support_of(set);
        if support >= min {
            found.push(Itemset { items: set.clone(), support: support as u32 });
            grow(baskets, min, longest, set, item + 1, found);
        }
        set.pop();
    }
}

/// Baskets over `items` items of which item `i` is taken with a chance that falls from `often`, correlated by rows that are
/// copied with small changes.
fn random_baskets(seed: u64, rows: usize, items: u32, often: f64, weighted: bool) -> Baskets {
    let mut rng = stream(seed, "itemset proofs");
    let mut made: Vec<Vec<u32>> = Vec::new();
    for _ in 0..rows {
        let row = if !made.is_empty() && rng.random::<f64>() < 0.5 {
            let copied = &made[rng.random_range(0..made.len())];
            copied.iter().copied().filter(|_| rng.random::<f64>() < 0.9).collect()
        } else {
            let chance = |item: u32| often * (1.0 - 0.8 * f64::from(item) / f64::from(items));
            (0..items).filter(|&item| rng.random::<f64>() < chance(item)).collect()
        };
        made.push(row);
    }
    let baskets = Baskets::from_rows(&made);
    if !weighted {
        return baskets;
    }
    let weights = (0..rows).map(|_| rng.random_range(0..4)).collect();
    baskets.with_weights(weights).unwrap()
}

fn same_as_plain(baskets: &Baskets, settings: &ItemsetSettings) {
    let expected = plain(baskets, settings);
    for threads in [1, 3] {
        let (found, outcome) = collect_itemsets(baskets, settings, &Run::threads(threads)).unwrap();
        assert!(found == expected, "{settings:?} with {threads} threads: {} sets, not {}", found.len(), expected.len());
        assert_eq!((outcome.itemsets, outcome.stopped), (expected.len() as u64, None));
        let counted =
            count_itemsets(baskets, &ItemsetSettings { top: None, ..settings.clone() }, &Run::threads(threads));
        if settings.top.is_none() {
            let counted = counted.unwrap();
            assert_eq!(counted.itemsets, expected.len() as u64, "{settings:?}");
            let lengths = |length: usize| expected.iter().filter(|set| set.items.len() == length + 1).count() as u64;
            assert!(counted.per_length.iter().enumerate().all(|(at, &sets)| sets == lengths(at)), "{counted:?}");
        }
    }
}

fn lines(baskets: &Baskets, settings: &ItemsetSettings, style: Style, threads: usize) -> String {
    let mut out = Vec::new();
    write_itemsets(baskets, &Names::new(), settings, style, &Run::threads(threads), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn few_items_many_together(
        seed in any::<u64>(), rows in 0usize..40, items in 1u32..11, often in 0.2f64..1.4, weighted in any::<bool>(),
        kind in 0usize..4, min in 1u64..12, min_length in 1usize..3, max_length in proptest::option::of(2usize..6),
        top in proptest::option::of(1usize..20),
    ) {
        let baskets = random_baskets(seed, rows, items, often, weighted);
        let kind = itemset_kinds()[kind].kind;
        let settings = ItemsetSettings { min_length, max_length, top, ..ItemsetSettings::new(kind, Support::Count(min)) };
        same_as_plain(&baskets, &settings);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn many_items_few_together(
        seed in any::<u64>(), rows in 20usize..80, often in 0.03f64..0.1, weighted in any::<bool>(), kind in 0usize..4,
        min in 3u64..9,
    ) {
        let baskets = random_baskets(seed, rows, 130, often, weighted);
        let kind = itemset_kinds()[kind].kind;
        let settings = ItemsetSettings { max_length: Some(4), ..ItemsetSettings::new(kind, Support::Count(min)) };
        // With no row that could pass the plain search's patience.
        prop_assume!(baskets.iter().all(|row| row.len() < 16));
        same_as_plain(&baskets, &settings);
    }

    #[test]
    fn more_items_than_a_cube_takes(
        seed in any::<u64>(), rows in 30usize..60, often in 0.5f64..0.7, weighted in any::<bool>(), kind in 0usize..4,
    ) {
        let baskets = random_baskets(seed, rows, 22, often, weighted);
        let kind = itemset_kinds()[kind].kind;
        same_as_plain(&baskets, &ItemsetSettings::new(kind, Support::Share(0.3)));
    }

    #[test]
    fn same_bytes_at_any_number_of_threads(
        seed in any::<u64>(), rows in 100usize..400, items in 30u32..110, kind in 0usize..4, style in 0usize..4,
        most in proptest::option::of(0u64..3000),
    ) {
        let baskets = random_baskets(seed, rows, items, 12.0 / f64::from(items), false);
        let limits = Limits { itemsets: most, memory: None };
        let kind = itemset_kinds()[kind].kind;
        let settings = ItemsetSettings { limits, ..ItemsetSettings::new(kind, Support::Share(0.02)) };
        let style = styles()[style].style;
        let one = lines(&baskets, &settings, style, 1);
        for threads in [2, 5] {
            prop_assert_eq!(&one, &lines(&baskets, &settings, style, threads));
        }
        if let Some(most) = most {
            let whole = count_itemsets(&baskets, &ItemsetSettings { limits: Limits::default(), ..settings.clone() }, &Run::default());
            let outcome = count_itemsets(&baskets, &settings, &Run::threads(2)).unwrap();
            let whole = whole.unwrap().itemsets;
            prop_assert_eq!(outcome.itemsets, whole.min(most));
            prop_assert_eq!(outcome.stopped.is_some(), whole > most);
            let extra = usize::from(style == Style::Csv) + 2 * usize::from(style == Style::Json);
            prop_assert_eq!(one.lines().count() as u64, whole.min(most) + extra as u64);
        }
    }
}

#[test]
fn each_style_says_the_same() {
    let baskets = Baskets::from_rows([vec![0, 1], vec![0, 1], vec![0]]);
    let settings = ItemsetSettings::new(ItemsetKind::Closed, Support::Count(1));
    let check = |style, expected| assert_eq!(lines(&baskets, &settings, style, 1), expected);
    check(Style::Fimi, "0 (3)\n0 1 (2)\n");
    check(Style::Spmf, "0 #SUP: 3\n0 1 #SUP: 2\n");
    check(Style::Csv, "items,count,support\n\"0\",3,1\n\"0,1\",2,0.6666666666666666\n");
    let json = "[\n{\"items\":[\"0\"],\"count\":3,\"support\":1},\n{\"items\":[\"0\",\"1\"],\"count\":2,\"support\":0.6666666666666666}\n]\n";
    check(Style::Json, json);
    let none = ItemsetSettings::new(ItemsetKind::All, Support::Count(9));
    assert_eq!(lines(&baskets, &none, Style::Json, 1), "[\n]\n");
    assert_eq!(lines(&baskets, &none, Style::Fimi, 1), "");
}

#[test]
fn a_used_up_budget_names_a_support_that_fits() {
    let baskets = random_baskets(3, 500, 40, 0.5, false);
    let limits = Limits { itemsets: Some(1000), memory: None };
    let settings = ItemsetSettings { limits, ..ItemsetSettings::new(ItemsetKind::All, Support::Count(5)) };
    let (found, outcome) = collect_itemsets(&baskets, &settings, &Run::default()).unwrap();
    let stopped = outcome.stopped.unwrap();
    assert_eq!((found.len(), stopped.reason), (1000, StopReason::Itemsets));
    let fitting = fitting_support(&baskets, &settings, stopped.reason, outcome.itemsets);
    let fitting = Support::Count(fitting.unwrap());
    let outcome = count_itemsets(&baskets, &ItemsetSettings::new(ItemsetKind::All, fitting), &Run::default()).unwrap();
    assert!(outcome.itemsets <= 1600, "{outcome:?} at {fitting:?}");
}

#[test]
fn a_caller_may_stop_the_search() {
    let baskets = random_baskets(3, 500, 40, 0.5, false);
    let settings = ItemsetSettings::new(ItemsetKind::All, Support::Count(5));
    let run = Run { stop: &|| true, ..Run::threads(2) };
    let outcome = count_itemsets(&baskets, &settings, &run).unwrap();
    assert_eq!(outcome.stopped.map(|stopped| stopped.reason), Some(StopReason::Asked));
    let memory = ItemsetSettings { limits: Limits { itemsets: None, memory: Some(100_000) }, ..settings };
    let (_, outcome) = collect_itemsets(&baskets, &memory, &Run::threads(2)).unwrap();
    let stopped = outcome.stopped.unwrap();
    assert_eq!(stopped.reason, StopReason::Memory);
    let fitting = fitting_support(&baskets, &memory, stopped.reason, outcome.itemsets).unwrap();
    let fitting = ItemsetSettings { support: Support::Count(fitting), ..memory };
    let (found, outcome) = collect_itemsets(&baskets, &fitting, &Run::threads(2)).unwrap();
    assert!(outcome.stopped.is_none() && !found.is_empty(), "{outcome:?}");
}

#[test]
fn a_budget_holds_where_the_sets_double_with_each_item() {
    // Every basket has the first forty items: 2^40 sets before anything is decided.
    let rows = (0..30u32).map(|at| (0..40).chain((40..50).filter(|item| (at + item) % 3 == 0)).collect::<Vec<u32>>());
    let baskets = Baskets::from_rows(rows);
    let limits = Limits { itemsets: Some(1_000), memory: None };
    for threads in [1, 2] {
        let settings = ItemsetSettings { limits, ..ItemsetSettings::new(ItemsetKind::All, Support::Count(2)) };
        let (found, outcome) = collect_itemsets(&baskets, &settings, &Run::threads(threads)).unwrap();
        assert_eq!((found.len(), outcome.stopped.map(|s| s.reason)), (1_000, Some(StopReason::Itemsets)));
        let short =
            ItemsetSettings { max_length: Some(2), ..ItemsetSettings::new(ItemsetKind::All, Support::Count(2)) };
        let (found, outcome) = collect_itemsets(&baskets, &short, &Run::threads(threads)).unwrap();
        assert_eq!((found.len() as u64, outcome.stopped), (outcome.itemsets, None));
        assert_eq!(outcome.itemsets, count_itemsets(&baskets, &short, &Run::default()).unwrap().itemsets);
    }
}
