//! Sequences: what was planted in the demo shop is found with its days and nothing else, and the stage keeps its promises
//! on no orders, one order, shuffled rows and any number of threads.

use std::collections::BTreeMap;
use std::path::Path;

use patron::demo::{File, Settings, Truth, generate};
use patron::mining::sequences::{DAY, ElementBy, Event, FollowSettings, Sequences, mine_follow_rules};
use patron::mining::{Run, Support};
use patron::numeric::calendar::day_of_civil;
use patron::numeric::random::stream;
use rand::RngExt;

use crate::determinism::artifacts;
use crate::program::{call, demo_run, run_into};
use crate::small_shop;

struct Planted {
    bought: Sequences,
    items: Vec<String>,
    truth: Truth,
    end: i64,
}

/// A clean demo shop, as its sales say.
fn planted() -> Planted {
    let settings = Settings { lines: 120_000, dirt: 0.0, seed: 3, ..Settings::default() };
    let mut orders = Vec::new();
    let truth = generate(
        &settings,
        &mut |piece| {
            if piece.file == File::Orders {
                orders.extend_from_slice(piece.bytes);
            }
            Ok(())
        },
        &|_| (),
    )
    .expect("the settings are in range");
    // order, customer, time, item, …
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&orders[..]);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("well formed")).collect();
    let sales = || rows.iter().filter(|row| !row[0].starts_with('C') && !row[1].is_empty());
    let numbers = |column: usize| -> BTreeMap<String, u32> {
        let names: std::collections::BTreeSet<&str> = sales().map(|row| &row[column]).collect();
        names.into_iter().map(str::to_owned).zip(0..).collect()
    };
    let (customers, items) = (numbers(1), numbers(3));
    let day = |text: &str| {
        let part = |range: std::ops::Range<usize>| text[range].parse::<u32>().expect("a date");
        day_of_civil(i64::from(part(0..4)), part(5..7), part(8..10))
    };
    let events = sales()
        .map(|row| Event { customer: customers[&row[1]], time: day(&row[2]) * DAY, item: items[&row[3]] })
        .collect();
    let bought = Sequences::from_events(events, customers.len() as u32, items.len() as u32, ElementBy::Day)
        .expect("numbers are in range");
    Planted { bought, items: items.into_keys().collect(), truth, end: settings.end * DAY }
}

fn settings(end: i64) -> FollowSettings {
    FollowSettings {
        as_of: end,
        horizon_days: 60,
        support: Support::Count(20),
        max_prefix_items: 1,
        max_prefix_elements: 1,
        ..FollowSettings::default()
    }
}

/// The same orders of each customer on the same days, dealt out anew.
fn shuffled(sequences: &Sequences, seed: u64) -> Sequences {
    let mut rng = stream(seed, "shuffled demo shop");
    let mut built = Sequences::new(sequences.item_count());
    for customer in 0..sequences.customers() {
        let elements = sequences.elements_of(customer);
        let mut order: Vec<usize> = elements.clone().collect();
        for at in (1..order.len()).rev() {
            order.swap(at, rng.random_range(0..=at));
        }
        for (element, from) in elements.zip(order) {
            built.push_element(sequences.time_of(element), sequences.items_of(from)).expect("in order");
        }
        built.end_customer();
    }
    built
}

#[test]
fn planted_sequences_are_found_with_their_days_and_none_in_shuffled_orders() {
    let shop = planted();
    let found = mine_follow_rules(&shop.bought, &settings(shop.end), &Run::threads(2)).expect("settings are in range");
    for truth in &shop.truth.sequences {
        let rule = found.rules.iter().find(|rule| {
            shop.items[rule.prefix[0][0] as usize] == truth.first && shop.items[rule.next as usize] == truth.then
        });
        let rule = rule.unwrap_or_else(|| panic!("{truth:?} was not found"));
        let median = f64::from(rule.timing.quartiles[1]);
        assert!((median - truth.lag_days).abs() <= 3.0, "{truth:?}: {median}");
        let window = (f64::from(rule.timing.send_from), f64::from(rule.timing.send_to));
        assert!(window.0 <= truth.lag_days + 2.0 && window.1 >= truth.lag_days - 2.0, "{truth:?}: {window:?}");
        assert!(rule.figures.lift_low > 2.0, "{truth:?}: {:?}", rule.figures);
        let came_back = truth.followed as f64 / truth.begun as f64;
        assert!((rule.figures.confidence - came_back).abs() < 0.15, "{truth:?}: {:?}", rule.figures);
    }
    // At a false discovery rate of 0.05 with nothing to discover, one run in twenty may report something.
    let with_rules = (0..6).filter(|&seed| {
        let noise = shuffled(&shop.bought, seed);
        let found = mine_follow_rules(&noise, &settings(shop.end), &Run::threads(2)).expect("settings are in range");
        assert!(found.tested > 1_000);
        !found.rules.is_empty()
    });
    assert!(with_rules.count() <= 1);
}

#[test]
fn the_demo_pipeline_offers_what_comes_next() {
    let out = demo_run().join("out").display().to_string();
    let ask = |sql: &str| {
        let gave = call(&["query", "pipelines/demo-shop.toml", sql, "--out", &out, "--format", "csv"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        gave.out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let planted = ask(
        "SELECT count(*) FROM next WHERE (antecedent, consequent) IN (('PR90030', 'PR90031'), ('CF90032', 'CF90033'), \
         ('PT90034', 'PT90035'), ('GD90036', 'GD90037'), ('SP90038', 'SP90039'))",
    );
    assert_eq!(planted, ["5"]);
    let offers = ask(
        "SELECT count(*), count(offer_from), count(offer_until), sum(CASE WHEN offer_from <= DATE '2026-01-01' AND \
         offer_until >= DATE '2026-01-01' THEN 1 ELSE 0 END) FROM offers WHERE product = 'next-after'",
    );
    let counts: Vec<&str> = offers[0].split(',').collect();
    assert!(counts[0] != "0" && counts.iter().all(|count| *count == counts[0]), "{offers:?}");
    let owned = ask(
        "SELECT count(*) FROM offers JOIN orders ON offers.customer = orders.customer AND offers.item = orders.item \
         WHERE product = 'next-after'",
    );
    assert_eq!(owned, ["0"]);
    let judged = ask("SELECT share FROM offers_next_after ORDER BY method");
    let share: Vec<f64> = judged.iter().map(|share| share.parse().expect("a share")).collect();
    assert!(share[0] > 3.0 * share[1] && share[0] > 3.0 * share[2], "{judged:?}");
}

const PIPELINE: &str = r#"
[stage.lines]
kind = "ingest"
paths = ["FOLDER/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", description = "description", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.next]
kind = "mine-sequences"
orders = "orders"
min_support = 0.1
min_followers = 3
validate_days = 60
antecedent_items = 2
antecedent_orders = 2
alpha = 1.0
min_confidence = 0.0
min_lift = 0.0
level = "item"
max_span = "200d"
min_gap = "1o"
"#;

/// The digests of the stage's tables made from these lines.
fn made(lines: &str, threads: &str, settings: &str) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), lines).expect("written");
    let pipeline = folder.path().join("next.toml");
    let text = PIPELINE.replace("FOLDER", &folder.path().display().to_string()) + settings;
    std::fs::write(&pipeline, text).expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet", "--threads", threads]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    assert!(rows_are_whole(folder.path()));
    artifacts(folder.path()).into_iter().filter(|(name, _)| name.starts_with("next/")).collect()
}

/// Whether the stage made all of its tables.
fn rows_are_whole(folder: &Path) -> bool {
    let text = std::fs::read_to_string(folder.join("out/latest/run.json")).expect("a record");
    ["timing", "patterns", "cycles", "due", "journeys", "predictors"].iter().all(|table| text.contains(table))
}

/// The lines without the header in another order.
fn turned_over(lines: &str) -> String {
    let (header, rows) = lines.split_once('\n').expect("a header");
    rows.lines().rev().fold(format!("{header}\n"), |all, row| all + row + "\n")
}

#[test]
fn shuffled_rows_and_more_threads_give_the_same_bytes() {
    let lines = small_shop::lines(20);
    let once = made(&lines, "1", "");
    assert!(once.len() >= 8, "{once:?}");
    assert_eq!(once, made(&lines, "2", ""));
    assert_eq!(once, made(&turned_over(&lines), "2", ""));
}

#[test]
fn no_orders_and_one_order_make_whole_tables() {
    let lines = small_shop::lines(3);
    let rows: Vec<&str> = lines.lines().collect();
    assert!(made(&format!("{}\n", rows[0]), "2", "").len() >= 7);
    assert!(made(&format!("{}\n{}\n", rows[0], rows[1]), "2", "element = \"order\"\nmerge_days = 3\n").len() >= 7);
}
