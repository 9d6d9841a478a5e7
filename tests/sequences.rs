//! Sequences: what was planted in the demo shop is found with its days and nothing else, and the stage keeps its promises
//! on no orders, one order, shuffled rows and any number of threads.

use std::collections::BTreeMap;

use patron::demo::{File, ShopSettings, Truth, generate};
use patron::mining::sequences::{DAY, ElementBy, Event, FollowSettings, Sequences, mine_follow_rules};
use patron::mining::{Run, Support};
use patron::numeric::calendar::day_of_civil;
use patron::numeric::random::stream;
use rand::RngExt;

use crate::program::{Gave, artifacts, ask, demo_run, root, run_into};
use crate::small_shop;

struct Planted {
    bought: Sequences,
    items: Vec<String>,
    truth: Truth,
    end: i64,
}

/// A clean demo shop, as its sales say.
fn planted() -> Planted {
    let settings = ShopSettings { lines: 120_000, dirt: 0.0, seed: 3, ..ShopSettings::default() };
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
        let median = f64::from(rule.evidence.timing.quartiles[1]);
        assert!((median - truth.lag_days).abs() <= 3.0, "{truth:?}: {median}");
        let window = (f64::from(rule.evidence.timing.send_from), f64::from(rule.evidence.timing.send_to));
        assert!(window.0 <= truth.lag_days + 2.0 && window.1 >= truth.lag_days - 2.0, "{truth:?}: {window:?}");
        assert!(rule.evidence.figures.lift_low > 2.0, "{truth:?}: {:?}", rule.evidence.figures);
        let came_back = truth.followed as f64 / truth.begun as f64;
        assert!((rule.evidence.figures.confidence - came_back).abs() < 0.15, "{truth:?}: {:?}", rule.evidence.figures);
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
    let ask = |sql: &str| ask(&root().join("pipelines/demo-shop.toml"), demo_run(), sql);
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

/// A pipeline run in a folder of its own.
struct Made {
    folder: tempfile::TempDir,
    /// The digests of the tables of the stage.
    digests: Vec<(String, String)>,
}

impl Made {
    /// The rows of a query, as CSV.
    fn ask(&self, sql: &str) -> Vec<String> {
        ask(&self.folder.path().join("next.toml"), self.folder.path(), sql)
    }

    fn count(&self, table: &str) -> u64 {
        self.ask(&format!("SELECT count(*) FROM {table}"))[0].parse().expect("a number")
    }

    fn notes(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("out/latest/run.json")).expect("a record")
    }
}

/// The stage's tables.
const TABLES: [&str; 7] =
    ["next", "next_timing", "next_patterns", "next_cycles", "next_due", "next_journeys", "next_predictors"];

fn call_on(lines: &str, threads: &str, pipeline: &str) -> (tempfile::TempDir, Gave) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), lines).expect("written");
    let file = folder.path().join("next.toml");
    std::fs::write(&file, pipeline.replace("FOLDER", &folder.path().display().to_string())).expect("written");
    let gave = run_into(&file, folder.path(), &["--quiet", "--threads", threads]);
    (folder, gave)
}

/// The pipeline with more settings of its last stage, or more stages.
fn made(lines: &str, threads: &str, more: &str) -> Made {
    let (folder, gave) = call_on(lines, threads, &(PIPELINE.to_owned() + more));
    assert_eq!(gave.code, 0, "{}", gave.err);
    let of_stage = |(name, _): &(String, String)| name.starts_with("next/");
    let digests: Vec<_> = artifacts(folder.path()).into_iter().filter(of_stage).collect();
    assert!(digests.len() >= TABLES.len(), "{digests:?}");
    Made { folder, digests }
}

/// The lines without the header in another order.
fn turned_over(lines: &str) -> String {
    let (header, rows) = lines.split_once('\n').expect("a header");
    rows.lines().rev().fold(format!("{header}\n"), |all, row| all + row + "\n")
}

#[test]
fn shuffled_rows_and_more_threads_give_the_same_bytes() {
    let lines = small_shop::lines(20);
    let settings = "partial_items = 2\npartial_support = 3.0\npartial_pairs = true\nrepeats = true\nmerge_days = 2\n";
    let once = made(&lines, "1", settings);
    for table in ["next", "next_timing", "next_patterns", "next_journeys", "next_predictors"] {
        assert!(once.count(table) > 0, "{table} is empty");
    }
    assert_eq!(once.digests, made(&lines, "2", settings).digests);
    assert_eq!(once.digests, made(&turned_over(&lines), "2", settings).digests);
}

#[test]
fn no_orders_make_empty_tables_and_one_order_makes_whole_ones() {
    let lines = small_shop::lines(3);
    let rows: Vec<&str> = lines.lines().collect();
    let none = made(&format!("{}\n", rows[0]), "2", "");
    for table in TABLES {
        assert_eq!(none.count(table), 0, "{table}");
    }
    let one = made(&format!("{}\n{}\n", rows[0], rows[1]), "2", "element = \"order\"\nmerge_days = 3\n");
    for table in TABLES {
        let rows = u64::from(table == "next_journeys");
        assert!(one.count(table) == rows || table == "next_predictors", "{table}");
    }
}

/// Customers who buy a printer, and two thirds of them a cartridge about a fortnight later; some buy ink with it, on the
/// next day. Codes may be the names of categories.
fn printers(codes: [&str; 3], category: &str) -> String {
    let mut csv = String::from("order,customer,time,item,description,quantity,unit_price,category\n");
    let mut order = 0;
    let mut add = |customer: u32, day: i64, item: &str, category: &str| {
        order += 1;
        let (year, month, of_month) = patron::numeric::calendar::civil_of_day(day_of_civil(2024, 1, 1) + day);
        csv.push_str(&format!(
            "o{order},c{customer:03},{year}-{month:02}-{of_month:02} 10:00:00,{item},{item},1,5.00,{category}\n"
        ));
    };
    for customer in 0..120u32 {
        let start = i64::from(customer * 5 % 330);
        add(customer, start, codes[0], category);
        if customer % 3 > 0 {
            let lag = 12 + i64::from(customer % 5);
            add(customer, start + lag, codes[1], "supplies");
            if customer % 2 == 0 {
                add(customer, start + lag + 1, codes[2], "supplies");
            }
        }
        add(customer, start + 40, "PEN", "writing");
    }
    csv
}

const OFFERS: &str = r#"
[stage.offers]
kind = "recommend"
orders = "orders"
sequences = "next"
"#;

/// The pipeline with categories read and mined beside the items.
fn with_categories() -> String {
    PIPELINE
        .replace("unit_price = \"unit_price\" }", "unit_price = \"unit_price\", category = \"category\" }")
        .replace("level = \"item\"", "level = \"both\"")
}

#[test]
fn orders_after_the_cut_do_not_reach_rules_through_merged_orders() {
    let lines = printers(["PRINTER", "CARTRIDGE", "INK"], "machines");
    let mined = |lines: &str| {
        made(lines, "2", "merge_days = 20\n").ask(
            "SELECT antecedent, consequent, customers, followers, confidence, lift, mined_before FROM next ORDER BY 1, 2",
        )
    };
    let before = mined(&lines);
    assert!(!before.is_empty());
    // Every purchase from the cut on, but for the last day's, becomes one of something else; the 20 days of an order that
    // began before the cut reach over it.
    let cut = before[0].rsplit(',').next().expect("a date")[..10].to_owned();
    let last = lines.lines().skip(1).map(|row| row.split(',').nth(2).expect("a time").to_owned()).max().expect("rows");
    let changed: String = lines
        .lines()
        .map(|row| {
            let time = row.split(',').nth(2).expect("a time");
            let later = time.starts_with("20") && time >= cut.as_str() && time < last.as_str();
            if later { row.replace("CARTRIDGE", "PEN").replace("INK", "PRINTER") + "\n" } else { row.to_owned() + "\n" }
        })
        .collect();
    assert_ne!(changed.lines().collect::<Vec<_>>(), lines.lines().collect::<Vec<_>>());
    assert_eq!(mined(&changed), before);
}

/// The days of the lines before this one.
fn until(lines: &str, day: &str) -> String {
    let early = |row: &&str| row.split(',').nth(2).is_some_and(|time| time == "time" || time < day);
    lines.lines().filter(early).map(|row| format!("{row}\n")).collect()
}

/// The reasons of the offers of what comes next.
fn reasons(made: &Made) -> Vec<String> {
    let rows = made.ask("SELECT DISTINCT item, reason FROM offers WHERE product = 'next-after' ORDER BY 1, 2");
    rows.into_iter().map(|row| row.replace('"', "")).collect()
}

#[test]
fn a_category_with_the_code_of_an_item_is_never_offered() {
    // `supplies` is the code of the cartridge and the category of all that follows a printer. The last months are cut off,
    // so that the as-of date finds printers just bought.
    let lines = until(&printers(["PRINTER", "supplies", "A + B"], "machines"), "2024-10-01");
    let pipeline = with_categories() + "send_share = 0.95\n" + OFFERS;
    let (folder, gave) = call_on(&lines, "2", &pipeline);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let made = Made { folder, digests: Vec::new() };
    let rules = made.ask(
        "SELECT items_only, round(lift, 1) FROM next WHERE antecedent = 'PRINTER' AND consequent = 'supplies' \
         AND kind = 'ordered' ORDER BY 1",
    );
    let lifts: Vec<&str> = rules.iter().map(|row| row.split_once(',').expect("two columns").1).collect();
    assert!(rules[0].starts_with("false,") && rules[1].starts_with("true,") && lifts[0] != lifts[1], "{rules:?}");
    assert_eq!(
        made.ask("SELECT DISTINCT items_only FROM next WHERE antecedent = 'PRINTER' AND consequent = 'A + B'"),
        ["true"]
    );
    // The item is offered by its own rule, nothing by that of the category; a code with a plus sign in it is a code like any other.
    let offered = reasons(&made);
    let by_item = |reason: &String| {
        reason.starts_with("supplies,bought PRINTER ") && reason.contains(&format!(", {} times", lifts[1]))
    };
    assert!(offered.iter().any(by_item), "{offered:?} {lifts:?}");
    assert!(offered.iter().any(|reason| reason.starts_with("A + B,bought PRINTER ")), "{offered:?}");
    let by_other = |reason: &String| {
        reason.contains("machines") || reason.contains(&format!("supplies within 60 days, {} times", lifts[0]))
    };
    assert!(!offered.iter().any(by_other), "{offered:?}");
    let others = made.count("next WHERE kind = 'ordered' AND NOT items_only");
    let note = format!("{others} rules of `next` are over categories and make no offers");
    assert!(others > 0 && made.notes().contains(&note), "{note} {}", made.notes());
}

/// Two customers a day. Every third one orders A and then B, `apart` minutes later, and C some twenty days after; the others
/// order A alone or B alone and no C. Two days before, those with A order X. Everybody orders a pen in the end.
fn errands(apart: i64) -> String {
    let mut csv = String::from("order,customer,time,item,description,quantity,unit_price\n");
    let mut order = 0;
    for customer in 0..660i64 {
        let mut add = |minutes: i64, item: &str| {
            order += 1;
            let (year, month, day) = patron::numeric::calendar::civil_of_day(
                day_of_civil(2024, 1, 10) + customer / 2 + minutes.div_euclid(1440),
            );
            let (hour, minute) = (minutes.rem_euclid(1440) / 60, minutes % 60);
            csv.push_str(&format!(
                "o{order},c{customer:03},{year}-{month:02}-{day:02} {hour:02}:{minute:02}:00,{item},{item},1,5.00\n"
            ));
        };
        let noon = 12 * 60;
        if customer % 3 != 2 {
            add(noon - 2 * 1440, "X");
            add(noon, "A");
        }
        if customer % 3 != 1 {
            add(noon + apart, "B");
        }
        if customer % 3 == 0 {
            add(noon + (20 + customer / 3 % 5) * 1440, "C");
        }
        add(noon + 45 * 1440, "PEN");
    }
    csv
}

#[test]
fn an_element_is_for_offers_what_it_was_for_rules() {
    // What A and B of one customer are to rules decides which rule knows best, and offers must see the same to make any by it.
    let day = 24 * 60;
    for (apart, settings, element, said) in [
        (day, "merge_days = 3\n", "day,3", "C,bought A and B "),
        (day, "", "day,0", "C,bought A, then B "),
        (60, "", "day,0", "C,bought A and B "),
        (60, "element = \"order\"\n", "order,0", "C,bought A, then B "),
        // X, which is not looked at, began an errand that was over when B came; without X, A and B would be one.
        (2 * day, "merge_days = 3\nleave_out = [\"X\"]\n", "day,3", "C,bought A, then B "),
        (day, "merge_days = 3\nleave_out = [\"X\"]\n", "day,3", "C,bought A and B "),
    ] {
        let lines = until(&errands(apart), "2024-10-01");
        let made = made(&lines, "2", &format!("{settings}{OFFERS}"));
        assert_eq!(made.ask("SELECT DISTINCT element, merge_days FROM next"), [element]);
        let offered = reasons(&made);
        let of_pairs = |reason: &&String| reason.starts_with("C,bought A ") || reason.starts_with("C,bought A,");
        let of_pairs: Vec<&String> = offered.iter().filter(of_pairs).filter(|reason| reason.contains('B')).collect();
        assert!(
            !of_pairs.is_empty() && of_pairs.iter().all(|reason| reason.starts_with(said)),
            "{settings}: {offered:?}"
        );
        let judged = made.ask("SELECT offers, share FROM offers_next_after WHERE method = 'next after'");
        let (offers, share) = judged[0].split_once(',').expect("two columns");
        assert!(
            offers.parse::<u64>().expect("a number") > 0 && share.parse::<f64>().expect("a share") > 0.1,
            "{settings}: {judged:?}"
        );
    }
}

#[test]
fn partially_ordered_rules_stand_beside_the_ordered_ones() {
    let lines = printers(["PRINTER", "CARTRIDGE", "INK"], "machines");
    let settings = "partial_items = 2\npartial_support = 5.0\npartial_pairs = true\n";
    let made = made(&lines, "2", settings);
    let pair = made.ask(
        "SELECT customers, followers, confidence, lift, p_value, later_customers, step_days FROM next \
         WHERE kind = 'partial' AND antecedent = 'PRINTER' AND consequent = 'CARTRIDGE & INK'",
    );
    let figures: Vec<f64> = pair[0].split(',').map(|cell| cell.parse().expect("a number")).collect();
    // A third of those with a printer buy both: two of three the one, half of these the other.
    assert!(figures[1] / figures[0] > 0.25 && (0.28..0.4).contains(&figures[2]) && figures[3] > 1.2, "{pair:?}");
    // Nobody orders anything before the printer, so that whatever is ordered at all comes after it, in any order.
    assert!(figures[4] == 1.0 && figures[5] > 0.0 && figures[6] == 90.0, "{pair:?}");
    let small = made.ask("SELECT count(*) FROM next WHERE kind = 'partial' AND antecedent NOT LIKE '% & %' AND consequent NOT LIKE '% & %'");
    assert_eq!(small, ["0"]);
    assert_eq!(made.count("(SELECT DISTINCT kind FROM next)"), 2);
}

#[test]
fn weights_make_supports_sums_of_weights() {
    let lines = printers(["PRINTER", "CARTRIDGE", "INK"], "machines");
    let weights = r#"weights = "weights"

[stage.weights]
kind = "sql"
inputs = ["orders"]
query = "SELECT DISTINCT customer, CASE WHEN customer >= 'c060' THEN 0.0 WHEN customer < 'c005' AND item = 'PEN' THEN 1.0 ELSE 3.0 END AS weight FROM orders UNION ALL SELECT DISTINCT customer, 0.0 FROM orders WHERE customer > 'c100' ORDER BY customer, weight DESC"
columns = { customer = "text", weight = "number" }
"#;
    let counted =
        |made: &Made| made.ask("SELECT pattern, count, round(support, 6) FROM next_patterns ORDER BY pattern");
    let counts = |row: &&str| row.split(',').nth(1).is_some_and(|customer| customer == "customer" || customer < "c060");
    let half: String = lines.lines().filter(counts).map(|row| format!("{row}\n")).collect();
    let (weighted, plain) = (made(&lines, "2", weights), made(&half, "2", ""));
    let tripled: Vec<String> = counted(&plain)
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            format!("{},{},{}", cells[0], 3 * cells[1].parse::<u64>().expect("a count"), cells[2])
        })
        .collect();
    assert!(!tripled.is_empty());
    assert_eq!(counted(&weighted), tripled);
    // Five customers have a smaller weight, too, and nineteen the same one again.
    let notes = weighted.notes();
    assert!(notes.contains("5 customers have more than one weight in `weights`; the largest counts"), "{notes}");
}

#[test]
fn a_pattern_may_be_asked_to_hold_each_item_once() {
    let lines = small_shop::lines(12);
    let repeated = |made: &Made| made.count("next_patterns WHERE pattern LIKE '%TEA1%TEA1%'");
    assert!(repeated(&made(&lines, "2", "")) > 0);
    let once = made(&lines, "2", "pattern_repeats = false\n");
    assert!(repeated(&once) == 0 && once.count("next_patterns") > 0);
}

#[test]
fn a_category_that_patterns_must_have_stands_for_its_items() {
    let lines = printers(["PRINTER", "CARTRIDGE", "INK"], "machines");
    let pipeline = with_categories().replace("level = \"both\"", "level = \"item\"");
    for (key, place) in [("begins_with", "machines"), ("ends_with", "writing"), ("contains", "supplies")] {
        let (folder, gave) = call_on(&lines, "2", &format!("{pipeline}{key} = [\"{place}\"]\n"));
        assert_eq!(gave.code, 0, "{}", gave.err);
        let patterns = Made { folder, digests: Vec::new() }.ask("SELECT pattern FROM next_patterns");
        let fits = |pattern: &String| match key {
            "begins_with" => pattern.starts_with("PRINTER > "),
            "ends_with" => pattern.ends_with(" > PEN"),
            _ => pattern.contains("CARTRIDGE") || pattern.contains("INK"),
        };
        assert!(!patterns.is_empty() && patterns.iter().all(fits), "{key}: {patterns:?}");
    }
}

#[test]
fn an_item_that_is_mined_as_its_category_is_told() {
    let lines = printers(["PRINTER", "CARTRIDGE", "INK"], "machines");
    let pipeline = with_categories().replace("level = \"both\"", "level = \"category\"");
    let (folder, gave) = call_on(&lines, "2", &format!("{pipeline}begins_with = [\"PRINTER\"]\n"));
    assert_eq!(gave.code, 0, "{}", gave.err);
    let notes = Made { folder, digests: Vec::new() }.notes();
    assert!(notes.contains("begins_with: PRINTER is mined as its category, machines: name that instead"), "{notes}");
}

#[test]
fn distances_in_orders_count_orders_of_which_nothing_is_read() {
    let lines = printers(["PRINTER", "CARTRIDGE", "INK"], "machines");
    let (printer, ink) = ("only = [\"PRINTER\", \"INK\"]\n", "pattern = 'PRINTER > INK'");
    let pipeline = |gap: &str| PIPELINE.replace("min_gap = \"1o\"", &format!("max_gap = \"{gap}\"")) + printer;
    let found = |gap: &str| {
        let (folder, gave) = call_on(&lines, "2", &pipeline(gap));
        assert_eq!(gave.code, 0, "{}", gave.err);
        Made { folder, digests: Vec::new() }.count(&format!("next_patterns WHERE {ink}"))
    };
    // The cartridge comes between them.
    assert_eq!((found("1o"), found("2o")), (0, 1));
}

#[test]
fn journeys_by_category_need_categories() {
    let lines = small_shop::lines(3);
    let (_folder, gave) = call_on(&lines, "1", &(PIPELINE.to_owned() + "journey_by = \"category\"\n"));
    assert_eq!(gave.code, 1, "{}", gave.err);
    assert!(
        gave.err.contains("no categories to base journeys on") && gave.err.contains("journey_by = \"value\""),
        "{}",
        gave.err
    );
}

#[test]
fn a_list_of_any_offers_keeps_their_windows() {
    // The last months are cut off, so that the as-of date finds printers just bought.
    let lines = until(&printers(["PRINTER", "CARTRIDGE", "INK"], "machines"), "2024-10-01");
    let list = r#"
[stage.everybody]
kind = "sql"
inputs = ["orders"]
query = "SELECT customer, 1.0 AS score FROM orders WHERE customer IS NOT NULL GROUP BY customer ORDER BY customer"
columns = { customer = "text", score = "number" }

[stage.list]
kind = "select-targets"
scores = "everybody"
offers = "offers"
offers_each = 5
top = 500
"#;
    let made = made(&lines, "2", &format!("send_share = 0.95\n{OFFERS}{list}"));
    let dated =
        made.ask("SELECT count(*) FROM list WHERE coalesce(offer_1_from, offer_2_from, offer_3_from) IS NOT NULL");
    let offered = made.ask("SELECT count(*) FROM offers WHERE product = 'next-after' AND rank = 1");
    assert!(offered[0] != "0" && dated[0] != "0", "{offered:?} {dated:?}");
}
