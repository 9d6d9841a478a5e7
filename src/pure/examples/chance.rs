//! How often rules are false, and how often true ones are found, at low minimum counts and where size says nearly all:
//!
//! ```sh
//! cargo run --release -p patron-pure --example chance [SHOPS]
//! ```
//!
//! Short orders of many items, dealt by chance with the sizes of baskets and the frequencies of items kept, some pairs made to
//! meet two and three times as often as chance gives. One row for each minimum count and level: of SHOPS shops (default 20) the
//! share of false rules and of planted pairs found, `of reached` with the tests counted as those rules that reached the minimum,
//! `of all` with all that could have. Then kits bought whole beside orders of one item, by how many other orders are of their size.

use std::collections::BTreeSet;

use patron_pure::mining::{
    Baskets, Correction, JudgeSettings, JudgedOn, Mined, RuleSettings, Run, Support, Test, adjust, judge_rules,
    mine_rules, test_rules,
};
use patron_pure::numeric::random::stream;
use rand::RngExt;
use rand::seq::SliceRandom;

/// Places of planted pairs among items, and how many times more often they meet than chance gives.
const PLANTED: [(u32, u32, f64); 10] = [
    (0, 1, 3.0),
    (2, 3, 3.0),
    (4, 5, 3.0),
    (6, 7, 3.0),
    (8, 9, 3.0),
    (10, 11, 2.0),
    (12, 13, 2.0),
    (14, 15, 2.0),
    (16, 17, 2.0),
    (18, 19, 2.0),
];

fn main() {
    let shops: u64 = std::env::args().nth(1).map_or(20, |word| word.parse().expect("SHOPS is a number"));
    println!("{:>7} {:>6} | {:^31} | {:^31}", "minimum", "level", "of reached", "of all");
    let head = ["rules", "false", "lift 3", "lift 2"].map(|word| format!("{word:>7}")).concat();
    println!("{:>14} | {head:>31} | {head:>31}", "");
    for least in [2, 5, 10] {
        let found: Vec<[Vec<Found>; 2]> = (0..shops).map(|seed| both_ways(&shop(seed, true), least, 2)).collect();
        for level in [0.01, 0.05, 0.1, 0.2] {
            let columns = [0, 1].map(|way| row(&found, way, level));
            println!("{least:>7} {level:>6} | {} | {}", columns[0], columns[1]);
        }
    }
    println!("\nnothing planted, rules of up to three items: shops with a rule at 0.05, rules");
    for least in [2, 5, 10] {
        let found: Vec<[Vec<Found>; 2]> = (0..shops).map(|seed| both_ways(&shop(seed, false), least, 3)).collect();
        let [reached, all] = [0, 1].map(|way| {
            let of_shop: Vec<usize> = found.iter().map(|f| f[way].iter().filter(|f| f.value <= 0.05).count()).collect();
            (of_shop.iter().filter(|&&rules| rules > 0).count(), of_shop.iter().sum::<usize>())
        });
        println!("{least:>7} of {shops} | of reached {} {} | of all {} {}", reached.0, reached.1, all.0, all.1);
    }
    println!("\nfew items, nothing planted: shops with a rule at 0.05 by the whole of the judgement");
    for (items, longest) in [(5, 3), (8, 4), (15, 6)] {
        let with_rules = (0..shops).filter(|&seed| !judged(&dealt(seed, 1_500, items, longest)).0.is_empty()).count();
        println!("{items:>3} items, at most {longest} in a basket: {with_rules} of {shops}");
    }
    println!(
        "\na kit of three beside 1,000 orders of one item: kits, other orders of three, the kit's rules, rules by all sizes"
    );
    for kits in [60, 200, 600] {
        for others in [0, 1, 3, 10, 30, 100, 300] {
            let (rules, pooled) = judged(&kit(kits, others));
            let of_kit = rules.iter().filter(|items| items.iter().all(|&item| item < 3)).count();
            println!("{kits:>7} {others:>7} {of_kit:>7} {pooled:>7}");
        }
    }
}

struct Found {
    items: (u32, u32),
    value: f64,
}

/// Corrected values with the tests counted as the rules that reached the minimum, and as all that could have.
fn both_ways(baskets: &Baskets, least: u64, longest: usize) -> [Vec<Found>; 2] {
    let Mined { rules, tests } = mined(baskets, least, longest);
    let tested = test_rules(&rules, baskets, Test::BasketSize, least);
    let lengths: Vec<usize> = rules.iter().map(|rule| rule.left.len() + rule.right.len()).collect();
    let plain: Vec<f64> = tested.iter().map(|tested| tested.p_value).collect();
    let ways = [
        adjust(&plain, Correction::BenjaminiHochberg, tests.reached as usize),
        tests.adjust(&tested, &lengths, Correction::BenjaminiHochberg),
    ];
    ways.map(|values| {
        let found = |(rule, &value): (&patron_pure::mining::AssociationRule, &f64)| {
            let items = rule.items();
            Found { items: (items[0], items[items.len() - 1]), value }
        };
        rules.iter().zip(&values).map(found).collect()
    })
}

fn mined(baskets: &Baskets, least: u64, longest: usize) -> Mined {
    let settings = RuleSettings { max_length: Some(longest), ..RuleSettings::new(Support::Count(least), 0.0) };
    mine_rules(baskets, &settings, &Run::default()).expect("the settings are sound")
}

fn row(found: &[[Vec<Found>; 2]], way: usize, level: f64) -> String {
    let (mut rules, mut shares) = (0, 0.0);
    let mut planted: [usize; 2] = [0, 0];
    for of_shop in found {
        let kept: Vec<&Found> = of_shop[way].iter().filter(|found| found.value <= level).collect();
        let lift = |items: (u32, u32)| PLANTED.iter().find(|p| (p.0, p.1) == items).map(|p| p.2);
        let wrong = kept.iter().filter(|found| lift(found.items).is_none()).count();
        rules += kept.len();
        shares += wrong as f64 / kept.len().max(1) as f64;
        let pairs: BTreeSet<(u32, u32)> = kept.iter().map(|found| found.items).collect();
        for (count, wanted) in planted.iter_mut().zip([3.0, 2.0]) {
            *count += pairs.iter().filter(|&&items| lift(items) == Some(wanted)).count();
        }
    }
    let shops = found.len() as f64;
    let [three, two] = planted.map(|pairs| pairs as f64 / shops);
    format!("{:>7.1}{:>7.3}{three:>7.1}{two:>7.1}   ", rules as f64 / shops, shares / shops)
}

/// The items of each rule at a minimum count of 5 as the pipeline judges them, and how many were tested against all sizes together.
fn judged(baskets: &Baskets) -> (Vec<Vec<u32>>, usize) {
    let support = Support::Count(5);
    let Mined { rules, tests } = mined(baskets, 5, 5);
    let settings = JudgeSettings {
        test: Test::BasketSize,
        correction: Correction::BenjaminiHochberg,
        alpha: 0.05,
        min_lift: 1.0,
        keep_all: false,
        support,
        min_confidence: 0.0,
        top: usize::MAX,
        validate_level: 0.95,
    };
    let on = JudgedOn { mined: baskets, later: None, tests: &tests, margins: &[] };
    let judged = judge_rules(rules, &on, &settings, &|judged| -judged.p_value);
    (judged.rules.iter().map(|judged| judged.rule.items()).collect(), judged.pooled)
}

/// 8,000 orders of one to four of 650 items. Twenty are frequent enough that two of them meet 12 to 28 times by chance, thirty are a
/// quarter as frequent and the others rare, as in a shop with a long tail: a frequent and a rare one meet less than once by chance.
fn shop(seed: u64, planted: bool) -> Baskets {
    let weight = |item: u32| match item {
        // Pairs one after another: 12, 16, 20, 24 and 28 by chance, of those that meet three times as often and two times.
        0..20 => (f64::from(12 + item / 2 % 5 * 4) / 40_000.0).sqrt(),
        20..50 => 0.005,
        _ => 0.000_7,
    };
    let mut rows = drawn(seed, 8_000, &(0..650).map(weight).collect::<Vec<f64>>(), 4);
    if planted {
        let mut rng = stream(seed, "planted pairs");
        for (a, b, lift) in PLANTED {
            let expected = expected(&rows, a, b);
            let wanted = (expected * lift).round() as usize;
            let mut now = rows.iter().filter(|row| row.contains(&a) && row.contains(&b)).count();
            while now < wanted {
                let [x, y] = [0; 2].map(|_| rng.random_range(0..rows.len()));
                let fits = rows[x].len() > 1 && rows[x].contains(&a) && !rows[x].contains(&b);
                if !fits || !rows[y].contains(&b) || rows[y].contains(&a) {
                    continue;
                }
                // The other item leaves for `b`, whose basket takes it: sizes and frequencies stay.
                let out = rows[x].iter().position(|&item| item >= 20);
                if let Some(out) = out.filter(|&out| !rows[y].contains(&rows[x][out])) {
                    let back = rows[y].iter().position(|&item| item == b).expect("it is there");
                    rows[y][back] = std::mem::replace(&mut rows[x][out], b);
                    now += 1;
                }
            }
        }
    }
    Baskets::from_rows(&rows)
}

/// How often two items meet by chance in baskets of these sizes.
fn expected(rows: &[Vec<u32>], a: u32, b: u32) -> f64 {
    (1..=4)
        .map(|size| {
            let of_size: Vec<&Vec<u32>> = rows.iter().filter(|row| row.len() == size).collect();
            let [with_a, with_b] = [a, b].map(|item| of_size.iter().filter(|row| row.contains(&item)).count() as f64);
            with_a * with_b / (of_size.len() as f64).max(1.0) * (size - 1) as f64 / size as f64
        })
        .sum()
}

/// Baskets of few items by chance.
fn dealt(seed: u64, baskets: usize, items: u32, longest: usize) -> Baskets {
    let weights: Vec<f64> = (0..items).map(|item| 1.0 / f64::from(item + 1)).collect();
    Baskets::from_rows(drawn(seed, baskets, &weights, longest))
}

/// Baskets of one to `longest` distinct items, each drawn by its weight.
fn drawn(seed: u64, baskets: usize, weights: &[f64], longest: usize) -> Vec<Vec<u32>> {
    let mut rng = stream(seed, "baskets by chance");
    let mut sums: Vec<f64> = Vec::new();
    for weight in weights {
        sums.push(sums.last().unwrap_or(&0.0) + weight);
    }
    let all = sums[sums.len() - 1];
    (0..baskets)
        .map(|_| {
            let size = rng.random_range(1..=longest);
            let mut row = Vec::new();
            while row.len() < size {
                let at = rng.random_range(0.0..all);
                let item = sums.partition_point(|&sum| sum <= at).min(sums.len() - 1) as u32;
                if !row.contains(&item) {
                    row.push(item);
                }
            }
            row
        })
        .collect()
}

/// Kits of three items bought whole, `others` further orders of three and 1,000 of one item, of 20 other items.
fn kit(kits: u32, others: u32) -> Baskets {
    let kits = (0..kits).map(|_| vec![0, 1, 2]);
    let mut rng = stream(u64::from(others), "beside a kit");
    let others = (0..others).map(|_| {
        let mut items: Vec<u32> = (3..23).collect();
        items.shuffle(&mut rng);
        items.truncate(3);
        items
    });
    let singles = (0..1_000).map(|at| vec![3 + at % 20]);
    Baskets::from_rows(kits.chain(others.collect::<Vec<_>>()).chain(singles))
}
