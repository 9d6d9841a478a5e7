//! `mine-baskets` and `patron mine` on the real binary: planted truth, every setting, drift, hostile files.

use std::path::Path;

use crate::program::{ask, call, demo_run, query, root, run_into};
use crate::small_shop;

#[test]
fn the_affinities_planted_in_the_demo_shop_are_found_and_its_noise_is_not() {
    let truth = std::fs::read_to_string(root().join("datasets/demo-shop/truth.json")).expect("the truth");
    let truth: serde_json::Value = serde_json::from_str(&truth).expect("JSON");
    let codes = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().expect("items").iter().map(|v| v.as_str().expect("a code").to_owned()).collect()
    };
    let demo = root().join("pipelines/demo-shop.toml");
    let rules = ask(&demo, demo_run(), "SELECT antecedent, consequent, holds FROM rules");
    let mut planted = Vec::new();
    let mut found = 0;
    for affinity in truth["affinities"].as_array().expect("affinities") {
        let items = codes(&affinity["items"]);
        if affinity["lift"].as_f64().expect("a number") > 1.0 {
            let rule = |from: &str, to: &str| rules.iter().any(|row| row.starts_with(&format!("{from},{to},")));
            found += usize::from(rule(&items[0], &items[1]) || rule(&items[1], &items[0]));
            planted.push(items);
        }
    }
    assert!(planted.len() >= 10 && found == planted.len(), "{found} of {} planted affinities", planted.len());
    // What was planted as noise is independent of everything: at a level of 0.05 one rule in twenty may be false.
    let noise: Vec<String> = truth["noise"].as_array().expect("noise").iter().map(|n| n["item"].to_string()).collect();
    let noise: Vec<&str> = noise.iter().map(|code| code.trim_matches('"')).collect();
    let false_rules = rules.iter().filter(|row| noise.iter().any(|code| row.contains(code))).count();
    assert!(noise.len() >= 10 && false_rules * 20 <= rules.len(), "{false_rules} of {} rules are noise", rules.len());
    // Planted bundles of three are among the bundles.
    let bundles = ask(&demo, demo_run(), "SELECT items FROM rules_bundles WHERE length = 3");
    assert!(bundles.iter().any(|row| row == "KT90017 + KT90018 + GF90019" || row == "GF90019 + KT90017 + KT90018"));
}

#[test]
fn rules_across_levels_name_no_item_with_its_own_category() {
    let demo = root().join("pipelines/demo-shop.toml");
    let rules = ask(&demo, demo_run(), "SELECT antecedent, consequent FROM category_rules");
    assert!(rules.iter().any(|row| row.contains("category:")), "{rules:?}");
    let categories = ask(&demo, demo_run(), "SELECT item, category FROM orders_items");
    for row in categories {
        let (item, category) = row.split_once(',').expect("two columns");
        let own = format!("category:{}", category.trim_matches('"'));
        for rule in &rules {
            let words: Vec<&str> = rule.split([',', '+']).map(str::trim).collect();
            assert!(!(words.contains(&item) && words.contains(&own.as_str())), "{rule}");
        }
    }
}

#[test]
fn money_exports_and_further_tables_are_there() {
    let demo = root().join("pipelines/demo-shop.toml");
    let row = &ask(&demo, demo_run(), "SELECT count(*), count(expected_value), count(later_value) FROM rules")[0];
    let counts: Vec<u64> = row.split(',').map(|v| v.parse().expect("a number")).collect();
    assert!(counts[0] > 20 && counts[1] == counts[0] && counts[2] > 0, "{row}");
    let earned = ask(&demo, demo_run(), "SELECT utility, share FROM rules_utility");
    assert!(!earned.is_empty());
    for (table, least) in [("rules_affinity", 4_000), ("rules_substitutes", 0), ("rules_bundles", 10)] {
        let rows: u64 = ask(&demo, demo_run(), &format!("SELECT count(*) FROM {table}"))[0].parse().expect("a number");
        assert!(rows >= least, "{table} has {rows} rows");
    }
    let store = crate::program::contents(&demo_run().join("out/store"));
    let file = |name: &str| store.iter().find(|(path, _)| path.ends_with(name)).map(|(_, content)| content);
    let csv = String::from_utf8(file("rules.csv").expect("CSV").clone()).expect("UTF-8");
    assert!(csv.starts_with("antecedent,consequent,count,support,confidence,lift,"), "{}", &csv[..80]);
    assert_eq!(csv.lines().count() as u64, counts[0] + 1);
    assert!(file("rules.pmml").expect("PMML").starts_with(b"<?xml"));
}

/// The small shop with other settings of its rules.
fn small(folder: &Path, months: u32, settings: &str) -> std::path::PathBuf {
    let pipeline = small_shop::write(folder, months);
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let text = text.replace("min_support = 0.1\nvalidate_days = 60\n", settings);
    std::fs::write(&pipeline, text).expect("written");
    pipeline
}

#[test]
fn every_setting_of_the_miner_works_on_a_small_shop() {
    let base = "min_support = 0.1\nkeep_all = true\n";
    for (settings, rules) in [
        ("base = \"closed\"\nmax_right = 2", 2),
        ("base = \"generators\"\nmax_right = 2", 1),
        ("weight = \"recency\"\nhalf_life = \"90d\"", 2),
        ("weight = \"amount\"\nmargin = 0.5\nrank_by = \"expected_value\"", 2),
        ("margin = 0.5\nmin_utility = 0.01\nexports = [\"csv\", \"json\", \"pmml\"]", 2),
        ("items = { must = [\"Tea\"], only_left = [\"TEA1\"] }", 1),
        ("items = { must_not = [\"CUP2\"] }", 0),
        ("items = { at_least_one_of = [\"nothing\"] }", 0),
        ("items = { right_among = [\"CUP2\"] }", 1),
        ("margin = 0.5\nitems = { margins = [{ at_least = 2.0 }] }", 2),
        ("margin = 0.5\nitems = { margins = [{ side = \"both\", of = \"least\", at_most = 1.0 }] }", 0),
        ("top = 1\nrank_by = \"p_value\"\ncorrection = \"benjamini-yekutieli\"\ntest = \"chi-squared\"", 1),
        ("affinity_items = 0\nbundles = 0\nvalidate_days = 0\nmeasures = [\"conviction\"]", 2),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = small(folder.path(), 20, &format!("{base}min_lift = 0\n{settings}\n"));
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--select", "rules"]);
        assert_eq!(gave.code, 0, "{settings}: {}", gave.err);
        let count = &ask(&pipeline, folder.path(), "SELECT count(*) FROM rules")[0];
        assert_eq!(count, &rules.to_string(), "{settings}");
    }
}

/// What items cost decides what rules and sets earn, line by line; an item without a cost is told and earns nothing.
#[test]
fn costs_give_rules_and_itemsets_their_value() {
    let costs = |rows: &str| {
        format!(
            "min_support = 0.1\nmin_lift = 0\nkeep_all = true\nvalidate_days = 0\ncosts = \"costs\"\nmin_utility = 0.01\n\n\
             [stage.costs]\nkind = \"sql\"\ninputs = [\"lines\"]\nquery = \"\"\"{rows}\"\"\"\n\
             columns = {{ item = \"text\", unit_cost = \"number\" }}\n"
        )
    };
    let number = |row: &str| row.parse::<f64>().expect("a number");
    let folder = tempfile::tempdir().expect("a folder");
    let both = "SELECT 'TEA1' AS item, 1.5 AS unit_cost UNION ALL SELECT 'CUP2', 5.25";
    let pipeline = small(folder.path(), 20, &costs(both));
    let gave = run_into(&pipeline, folder.path(), &["--quiet", "--select", "rules"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    // A cup earns 7.25 - 5.25 in each basket that has one.
    let gap = "SELECT max(abs(expected_value - 2.0 * (confidence - cast(consequent_count AS DOUBLE) / baskets))) \
               FROM rules WHERE consequent = 'CUP2'";
    assert!(number(&ask(gap)[0]) < 1e-9, "{:?}", ask(gap));
    // A piece of tea earns 2.00, by pieces; both together in the baskets that have both.
    let tea = "SELECT sum(quantity) * 2.0 FROM orders WHERE item = 'TEA1'";
    let anonymous = "SELECT coalesce(sum(quantity), 0) * 2.0 FROM orders_anonymous WHERE item = 'TEA1'";
    let utility = |items: &str| ask(&format!("SELECT utility FROM rules_utility WHERE items = '{items}'"));
    assert!((number(&utility("TEA1")[0]) - number(&ask(tea)[0]) - number(&ask(anonymous)[0])).abs() < 1e-6);
    let pair =
        "SELECT sum(quantity) * 2.0 FROM orders WHERE \"order\" IN (SELECT \"order\" FROM orders WHERE item = 'CUP2')";
    assert!((number(&utility("CUP2 + TEA1")[0]) - number(&ask(pair)[0])).abs() < 1e-6);

    // The same bytes at one and two threads, the search for what earns most included.
    let table = |threads: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = small(folder.path(), 20, &costs("SELECT 'TEA1' AS item, 1.5 AS unit_cost"));
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--select", "rules", "--threads", threads]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let run = std::fs::read_to_string(folder.path().join("out/latest/run.json")).expect("a record");
        assert!(run.contains("order lines are of items without a unit_cost"), "{run}");
        crate::program::contents(&folder.path().join("out/store"))
            .into_iter()
            .filter(|(path, _)| path.ends_with("utility.parquet"))
            .map(|(_, content)| content)
            .collect::<Vec<_>>()
    };
    assert_eq!(table("1"), table("2"));
}

#[test]
fn several_files_of_baskets_are_one_shop_whatever_the_order_of_their_lines() {
    let rules = |files: &[(&str, &str)]| {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        let pipeline = folder.path().join("baskets.toml");
        let text = format!(
            "[run]\nname = \"baskets\"\n[stage.rules]\nkind = \"mine-baskets\"\npaths = [\"{}/*.csv\"]\n\
             min_support = 2\nmin_lift = 0\nkeep_all = true\n",
            folder.path().display()
        );
        std::fs::write(&pipeline, text).expect("written");
        let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let run = std::fs::read_to_string(folder.path().join("out/latest/run.json")).expect("a record");
        assert!(run.contains("files of baskets have no times"), "{run}");
        ask(&pipeline, folder.path(), "SELECT antecedent, consequent, count, baskets FROM rules")
    };
    let one = rules(&[("a.csv", "tea,cup\ncup,milk\nmilk,tea,cup\ntea,cup\n")]);
    let two = rules(&[("a.csv", "milk,tea,cup\ntea,cup\n"), ("b.csv", "cup,milk\ncup,tea\n")]);
    assert!(one.len() >= 3 && one.contains(&"tea,cup,3,4".to_owned()), "{one:?}");
    assert_eq!(one, two);
}

#[test]
fn settings_that_cannot_be_are_told_by_check() {
    for (settings, word) in [
        ("base = \"close\"", "did you mean `closed`?"),
        ("rank_by = \"expected_value\"", "margin = 0.4"),
        ("weight = \"amount\"\nmin_support = 5", "with weights the support is a share"),
        ("levels = \"groups\"", "there is no level `groups`"),
        ("top = 0", "0 is not a whole number of at least 1"),
        ("margin = 2.0", "share of the price"),
        ("half_life = \"soon\"", "span of days"),
        ("exports = [\"xml\"]", "there is no form of rules `xml`"),
        ("exports = [\"csv\", \"json\", \"csv\"]", "`csv` is named twice"),
        ("measures = [\"phi\", \"phi\"]", "`phi` is named twice"),
        ("min_support = 2.5", "2.5 is not a share above 0 and below 1, or a whole count"),
        ("min_lift = nan", "NaN is not a number of at least 0"),
        ("max_right = 0", "0 is not a whole number of at least 1"),
        ("validate_days = 4000000000", "is not a whole number from 0 to 36500"),
        ("affinity_items = 100000", "is not a whole number from 0 to 5000"),
        ("test = \"basket\"", "did you mean `basket-size`?"),
        ("items = { margins = [{ at_least = 1.0 }] }", "margin = 0.4"),
        ("margin = 0.5\nitems = { margins = [{ side = \"rigth\" }] }", "did you mean `right`?"),
        ("margin = 0.5\nitems = { margins = [{ at_least = 2.0, at_most = 1.0 }] }", "an amount of money"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = small(folder.path(), 2, &format!("{settings}\n"));
        let gave = call(&["check", &pipeline.display().to_string()]);
        assert!(gave.code == 2 && gave.err.contains(word), "{settings}: {}{}", gave.out, gave.err);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small(folder.path(), 12, "levels = \"both\"\n");
    let gave = run_into(&pipeline, folder.path(), &["--quiet", "--select", "rules"]);
    assert!(gave.code == 1 && gave.err.contains("needs categories"), "{}", gave.err);
    let pipeline = small(folder.path(), 12, "min_support = 0.1\nmax_itemsets = 1\n");
    let gave = run_into(&pipeline, folder.path(), &["--quiet", "--select", "rules"]);
    assert!(gave.code == 1 && gave.err.contains("raise min_support to about"), "{}", gave.err);
}

#[test]
fn rules_that_appear_vanish_or_change_are_told_on_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "min_support = 0.05\nkeep_all = true\nmin_lift = 0\nvalidate_days = 0\n";
    let pipeline = small(folder.path(), 20, settings);
    assert_eq!(run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    assert!(ask(&pipeline, folder.path(), "SELECT * FROM rules_drift").is_empty());
    // From now on tea comes with biscuits, and cups with nothing.
    let mut night = String::from("order,customer,time,item,description,quantity,unit_price\n");
    for order in 0..600 {
        let day = order % 28 + 1;
        night.push_str(&format!("N{order},c{:02},2025-09-{day:02} 10:00:00,TEA1,Tea,1,3.50\n", order % 30 + 1));
        night.push_str(&format!("N{order},c{:02},2025-09-{day:02} 10:00:00,BIS3,Biscuits,1,2.50\n", order % 30 + 1));
    }
    std::fs::write(folder.path().join("orders-2.csv"), night).expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    // A new churn model may fail to win, which publishes the lists all the same.
    assert!([0, 4].contains(&gave.code), "{}", gave.err);
    let drift = ask(&pipeline, folder.path(), "SELECT change, antecedent, consequent FROM rules_drift");
    for row in ["appeared,BIS3,TEA1", "appeared,TEA1,BIS3", "changed,TEA1,CUP2"] {
        assert!(drift.iter().any(|found| found == row), "{row} in {drift:?}");
    }
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    assert!(report.contains("Rules that changed"));
}

#[test]
fn mining_commands_write_every_form_and_keep_to_constraints() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.dat");
    std::fs::write(&file, "milk bread\nmilk bread beer\nmilk\nbread milk\nbeer\n").expect("written");
    let file = file.display().to_string();
    let rules = |more: &[&str]| {
        let gave = call(&[&["mine", "rules", &file, "-s", "1", "-c", "0.5", "--quiet"], more].concat());
        assert_eq!(gave.code, 0, "{more:?}: {}", gave.err);
        gave.out
    };
    assert!(rules(&["--style", "fimi"]).contains("milk <- bread (3, 100)\n"));
    assert!(rules(&["--style", "spmf"]).contains("bread ==> milk #SUP: 3 #CONF: 1\n"));
    assert!(rules(&["--style", "json"]).starts_with("[\n{\"antecedent\":["));
    assert!(rules(&["--pmml"]).starts_with("<?xml"));
    assert!(rules(&["--must-not", "milk"]).lines().skip(1).all(|row| !row.contains("milk")));
    assert!(rules(&["--only-left", "milk", "--must", "milk"]).lines().skip(1).all(|row| !row.contains(",milk,")));
    assert_eq!(rules(&["--top", "1", "--rank-by", "confidence"]).lines().count(), 2);
    assert!(rules(&["--max-left", "1"]).lines().skip(1).all(|row| !row.split(',').next().unwrap_or("").contains(';')));
    let gave = call(&["mine", "rules", &file, "-s", "1", "-c", "0.5", "--must", "mlik"]);
    assert!(gave.code == 2 && gave.err.contains("did you mean `milk`?"), "{}", gave.err);
    for (flag, value) in [("--alpha", "2"), ("--correction", "some"), ("--test", "t"), ("--rank-by", "worth")] {
        let gave = call(&["mine", "rules", &file, "-s", "1", "-c", "0.5", flag, value]);
        assert_eq!(gave.code, 2, "{flag}: {}", gave.err);
    }
    let gave = call(&["mine", "itemsets", &file, "-s", "1", "--estimate"]);
    assert!(gave.code == 0 && gave.out.starts_with("about "), "{}{}", gave.out, gave.err);
    for (style, start) in [("csv", "items,"), ("json", "[\n{"), ("spmf", ""), ("fimi", "")] {
        let gave = call(&["mine", "itemsets", &file, "-s", "2", "--style", style, "--quiet"]);
        assert!(gave.code == 0 && gave.out.starts_with(start) && gave.out.contains("milk"), "{style}: {}", gave.out);
    }
}

#[test]
fn parquet_is_mined_as_a_long_csv_is() {
    let (demo, folder) = (root().join("pipelines/demo-shop.toml"), tempfile::tempdir().expect("a folder"));
    let file = |name: &str, columns: &str, format: &str| {
        let path = folder.path().join(name);
        let sql = format!("SELECT {columns} FROM orders WHERE time < TIMESTAMP '2025-03-01' ORDER BY \"order\", item");
        std::fs::write(&path, query(&demo, demo_run(), &sql, format)).expect("written");
        path.display().to_string()
    };
    let csv = file("a.csv", "\"order\", item", "csv");
    let parquet = file("a.parquet", "\"order\", item", "parquet");
    let turned = file("b.parquet", "item, quantity, \"order\" AS basket", "parquet");
    for command in [&["itemsets", "-s", "20"][..], &["rules", "-s", "20", "-c", "0.1"]] {
        let mined = |path: &str, more: &[&str]| {
            let gave = call(&[&["mine"], command, &[path, "--quiet"], more].concat());
            assert_eq!(gave.code, 0, "{command:?} {path}: {}", gave.err);
            gave.out
        };
        let expected = mined(&csv, &["--format", "long-csv"]);
        assert!(expected.lines().count() > 20, "{expected}");
        assert_eq!(mined(&parquet, &[]), expected);
        assert_eq!(mined(&turned, &["--order-column", "basket", "--item-column", "item"]), expected);
    }
}

#[test]
fn hostile_basket_files_are_read_or_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let zeroes = vec![0u8; 5_000];
    let long_line = "item ".repeat(200_000);
    let quotes = "\"a,b\n\"c\"\",d\n\"".repeat(500);
    let cases: [(&str, &[u8]); 12] = [
        ("empty.dat", b""),
        ("blank.dat", b"\n\n \t\r\n"),
        ("nul.dat", &zeroes),
        ("long.dat", long_line.as_bytes()),
        ("quotes.csv", quotes.as_bytes()),
        ("latin1.csv", b"caf\xe9,tea\n\xff\xfe\n"),
        ("bom.csv", b"\xef\xbb\xbfa,b\na,b\n"),
        ("cut.dat.gz", b"\x1f\x8b\x08\x00\x00\x00"),
        ("not.parquet", b"PAR1 but no more"),
        ("huge-number.dat", b"99999999999999999999999999 -1 1e9 007\n4294967295 4294967296\n"),
        ("cr.dat", b"a b\ra c\rb c\r"),
        ("utf16.csv", b"\xff\xfea\x00,\x00b\x00\n\x00"),
    ];
    for (name, bytes) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let path = path.display().to_string();
        for command in [&["itemsets"][..], &["rules", "-c", "0.1"]] {
            for format in [None, Some("fimi"), Some("spmf"), Some("baskets-csv"), Some("long-csv"), Some("parquet")] {
                let mut line = vec!["mine", command[0], &path, "-s", "1", "--max-len", "2", "--budget", "100000"];
                line.extend(&command[1..]);
                line.extend(format.iter().flat_map(|format| ["--format", format]));
                let gave = call(&line);
                assert!([0, 1, 2].contains(&gave.code), "{name} {format:?}: {} {}", gave.code, gave.err);
                assert!(!gave.err.contains("panicked"), "{name} {format:?}: {}", gave.err);
                assert!(gave.code == 0 || gave.err.contains("error["), "{name} {format:?}: {}", gave.err);
            }
        }
    }
    for line in [
        &["mine", "itemsets", "no-such-file", "-s", "1"][..],
        &["mine", "itemsets", ".", "-s", "1"],
        &["mine", "itemsets", "Cargo.toml", "-s", "0"],
        &["mine", "itemsets", "Cargo.toml", "-s", "nan"],
        &["mine", "itemsets", "Cargo.toml", "-s", "1", "--min-len", "0"],
        &["mine", "itemsets", "Cargo.toml", "-s", "1", "--min-len", "3", "--max-len", "2"],
        &["mine", "itemsets", "Cargo.toml", "-s", "1", "--kind", "some"],
        &["mine", "itemsets", "Cargo.toml", "-s", "1", "-o", "no-such-folder/out"],
        &["mine", "rules", "Cargo.toml", "-s", "1", "-c", "1.5"],
        &["mine", "rules", "Cargo.toml", "-s", "1", "-c", "0.5", "--max-right", "0"],
    ] {
        let gave = call(line);
        assert!([1, 2].contains(&gave.code) && !gave.err.contains("panicked"), "{line:?}: {} {}", gave.code, gave.err);
    }
}

#[test]
fn a_budget_that_is_used_up_stops_cleanly_and_names_a_support() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("dense.dat");
    let row: Vec<String> = (0..60).map(|item| item.to_string()).collect();
    let rows: Vec<String> = (0..40).map(|out| row[..60 - out % 7].join(" ")).collect();
    std::fs::write(&file, rows.join("\n")).expect("written");
    let file = file.display().to_string();
    let gave = call(&["mine", "itemsets", &file, "-s", "2", "--budget", "1000", "-o", "/dev/null"]);
    assert!(gave.code == 1 && gave.err.contains("stopped after 1000 itemsets"), "{}", gave.err);
    let gave = call(&["mine", "rules", &file, "-s", "2", "-c", "0.1", "--budget", "1000"]);
    assert!(gave.code == 1 && gave.err.contains("raise the minimum support"), "{}", gave.err);
    // Of the closed sets there are few, but each can be split in thousands of millions of ways.
    let closed = ["--base", "closed", "--max-right", "60", "--budget", "1000"];
    let gave = call(&[&["mine", "rules", &file, "-s", "2", "-c", "0.1"][..], &closed].concat());
    assert!(
        gave.code == 1 && gave.err.contains("more than 1000 rules") && gave.err.contains("raise --budget"),
        "{}",
        gave.err
    );
    // A hundred million itemsets cannot be written in a moment, and the support that could be is named.
    let mixed = |row: u64, item: u64| (row * 64 + item).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 1;
    let row =
        |row: u64| (0..40).filter(|&item| mixed(row, item)).map(|item| item.to_string()).collect::<Vec<_>>().join(" ");
    let file = folder.path().join("mixed.dat");
    std::fs::write(&file, (0..300).map(row).collect::<Vec<_>>().join("\n")).expect("written");
    let file = file.display().to_string();
    let gave = call(&["mine", "itemsets", &file, "-s", "2", "--seconds", "0.2", "-o", "/dev/null"]);
    assert!(gave.code == 1 && gave.err.contains("would fit the budget"), "{}", gave.err);
    // No time at all is enough for what is done at once; where nothing was found, nothing is advised.
    let few = folder.path().join("few.dat");
    std::fs::write(&few, "1 2 3\n1 2\n2 3\n1\n3\n").expect("written");
    let gave = call(&["mine", "itemsets", &few.display().to_string(), "-s", "2", "--seconds", "0"]);
    assert!(gave.code == 0 && gave.out.lines().count() == 5, "{}{}", gave.out, gave.err);
}

/// Corrections allow for the itemsets that rules were made of, which are not searched for again.
#[test]
fn rules_are_tested_among_those_that_could_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("must-not.dat");
    // Forty items that are in every basket and wanted in no rule: with them there would be a million million sets.
    let common: Vec<String> = (100..140).map(|item| item.to_string()).collect();
    let row = |at: usize| format!("{} {}", ["1 2", "3"][at % 2], common.join(" "));
    std::fs::write(&file, (0..400).map(row).collect::<Vec<_>>().join("\n")).expect("written");
    let plain = folder.path().join("plain.dat");
    let row = |at: usize| ["1 2", "3"][at % 2];
    std::fs::write(&plain, (0..400).map(row).collect::<Vec<_>>().join("\n")).expect("written");
    let rules = |file: &Path, more: &[&str]| {
        let file = file.display().to_string();
        let start = ["mine", "rules", &file, "-s", "10", "-c", "0.5", "--alpha", "0.05", "--test", "fisher", "--quiet"];
        let gave = call(&[&start[..], more].concat());
        assert_eq!(gave.code, 0, "{}", gave.err);
        gave.out
    };
    let without: Vec<&str> = common.iter().flat_map(|item| ["--must-not", item.as_str()]).collect();
    let found = rules(&file, &without);
    assert_eq!(found.lines().count(), 3, "{found}");
    assert_eq!(found, rules(&plain, &[]));
}
