//! Sets are sets whatever stands in an item's code, values that are not finite are told apart, numbers that overflow say so, who only
//! tried is no loss, and a processor without fused multiply-add gives the same bytes. Cases of `tests/cases`, on the real binary.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Gave, artifacts, ask, call, contents, notes, patron, query, root, run, run_into};

/// A copy of a case in a folder of its own.
fn case(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(root().join("tests/cases").join(name)).expect("the case is part of the project") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, folder.path().join(path.file_name().expect("a name"))).expect("copied");
    }
    folder
}

/// `patron` in a folder.
fn call_in(folder: &Path, arguments: &[&str]) -> Gave {
    run(patron().current_dir(folder).args(arguments))
}

fn fine(gave: Gave) -> String {
    assert_eq!(gave.code, 0, "{}", gave.err);
    gave.out
}

/// The records of a CSV text, the header left out.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    reader.records().map(|record| record.expect("CSV").iter().map(str::to_owned).collect()).collect()
}

/// The items of one field as the help says they are written: divided by a sign that no blank follows, in quotes where they hold it.
fn items_of(field: &str, sign: char) -> BTreeSet<String> {
    let (mut items, mut rest) = (BTreeSet::new(), field);
    loop {
        let mut item = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            rest = quoted;
            loop {
                let end = rest.find('"').expect("a closing quote");
                item.push_str(&rest[..end]);
                rest = &rest[end + 1..];
                match rest.strip_prefix('"') {
                    Some(more) => {
                        item.push('"');
                        rest = more;
                    }
                    None => break,
                }
            }
        } else {
            let ends = rest.match_indices(sign).map(|(at, _)| at).find(|at| !rest[at + 1..].starts_with(' '));
            let end = ends.unwrap_or(rest.len());
            (item, rest) = (rest[..end].to_owned(), &rest[end..]);
        }
        items.insert(item);
        match rest.strip_prefix(sign) {
            Some(more) => rest = more,
            None => {
                assert_eq!(rest, "", "{field}");
                return items;
            }
        }
    }
}

fn set(items: &[&str]) -> BTreeSet<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn a_rule_over_a_bundle_goes_to_buyers_of_the_bundle() {
    let folder = case("33-pluses-in-item-codes");
    let pipeline = folder.path().join("pipeline.toml");
    fine(run(patron().current_dir(folder.path()).args([
        "run",
        "pipeline.toml",
        "--out",
        "out",
        "--models",
        "models",
        "--quiet",
    ])));
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    assert_eq!(ask("SELECT length FROM rules_itemsets WHERE array_has(items_list, 'CAKE') AND length > 1"), ["2"]);
    // The text for people says which items it means, the list is what stages read.
    let rules = query(
        &pipeline,
        folder.path(),
        "SELECT antecedent, antecedent_list FROM rules WHERE consequent_list = make_array('CAKE')",
        "json",
    );
    let rules: Value = serde_json::from_slice(&rules).expect("JSON");
    assert_eq!(rules, serde_json::json!([{"antecedent": "\"TEA + MUG\"", "antecedent_list": ["TEA + MUG"]}]));
    assert_eq!(
        ask("SELECT antecedent_list FROM rules WHERE consequent_list = make_array('CAKE')"),
        ["\"[\"\"TEA + MUG\"\"]\""],
        "a list in CSV is JSON"
    );
    // Who bought TEA and MUG apart gets no CAKE for it; who bought the bundle without CAKE does.
    let told = ask("SELECT DISTINCT reason FROM offers WHERE item = 'CAKE' AND reason LIKE 'bought%also hold%'");
    assert_eq!(told, ["\"bought \"\"TEA + MUG\"\"; 200 of 300 baskets with it also hold this, 4.0 times the usual\""]);
    let offered = "SELECT DISTINCT customer FROM offers WHERE item = 'CAKE' AND reason LIKE 'bought%also hold%'";
    let buyers = "SELECT DISTINCT customer FROM orders WHERE item = 'TEA + MUG'";
    assert_eq!(ask(&format!("SELECT count(*) FROM ({offered} EXCEPT {buyers})")), ["0"]);
    assert_eq!(ask(&format!("SELECT count(*) FROM ({offered})")), ["100"]);
    let exported: Vec<PathBuf> = contents(&folder.path().join("out/store")).into_keys().map(PathBuf::from).collect();
    let file = |name: &str| {
        let path = exported.iter().find(|path| path.ends_with(name)).expect("an export");
        std::fs::read_to_string(folder.path().join("out/store").join(path)).expect("a file")
    };
    let csv: Vec<(BTreeSet<String>, BTreeSet<String>)> =
        records(&file("rules.csv")).iter().map(|row| (items_of(&row[0], ';'), items_of(&row[1], ';'))).collect();
    assert!(csv.contains(&(set(&["TEA + MUG"]), set(&["CAKE"]))), "{csv:?}");
    let json: Value = serde_json::from_str(&file("rules.json")).expect("JSON");
    let json: Vec<_> =
        json.as_array().expect("rules").iter().map(|r| (texts(&r["antecedent"]), texts(&r["consequent"]))).collect();
    assert_eq!(json, csv);
}

#[test]
fn odd_basket_files_are_read_as_they_are() {
    let folder = case("14-basket-file-oddities");
    let counts = |arguments: &[&str]| -> BTreeMap<BTreeSet<String>, u64> {
        let text =
            fine(call_in(folder.path(), &[&["mine", "itemsets"], arguments, &["-s", "1", "--style", "csv"]].concat()));
        records(&text).iter().map(|row| (items_of(&row[0], ','), row[1].parse().expect("a count"))).collect()
    };
    let baskets = counts(&["baskets.csv"]);
    for (item, count) in [("bread", 7), ("butter", 5), ("milk", 2), ("NA", 2), ("ham, sliced", 1)] {
        assert_eq!(baskets.get(&set(&[item])), Some(&count), "{item}");
    }
    let long = counts(&["long.csv", "--format", "long-csv"]);
    assert_eq!((long[&set(&["bread"])], long[&set(&["butter"])]), (3, 3));
    // `a + b` is one item, and a set of `a` and `b` another.
    let plus = counts(&["plus.csv"]);
    assert_eq!((plus[&set(&["a + b", "c"])], plus[&set(&["a", "b"])], plus[&set(&["a", "b", "c"])]), (2, 2, 1));
    assert_eq!(plus[&set(&["x > y", "c"])], 2);
}

#[test]
fn a_perfect_rule_does_not_look_like_one_without_a_value() {
    let folder = case("15-item-in-every-basket");
    let rules = |style: &str| {
        let measures = ["--measures", "confidence,lift,conviction"];
        let call =
            [&["mine", "rules", "baskets.csv", "-s", "10", "-c", "0.5", "--style", style][..], &measures].concat();
        fine(call_in(folder.path(), &call))
    };
    let rows = records(&rules("csv"));
    assert_eq!(rows.len(), 29);
    let row = |left: &str, right: &str| {
        rows.iter().find(|row| row[0] == left && row[1] == right).expect("the rule")[2..].to_vec()
    };
    assert_eq!(row("tea", "bag"), ["1", "1", ""], "conviction is not defined");
    assert_eq!(row("tea", "mug"), ["1", "2", "inf"]);
    let json: Value = serde_json::from_str(&rules("json")).expect("JSON");
    let of = |left: &str, right: &str| {
        let rules = json.as_array().expect("rules").iter();
        let mut found =
            rules.filter(|r| texts(&r["antecedent"]) == set(&[left]) && texts(&r["consequent"]) == set(&[right]));
        found.next().expect("the rule")["conviction"].clone()
    };
    assert_eq!((of("tea", "bag"), of("tea", "mug")), (Value::Null, Value::from("Infinity")));
    fine(call_in(folder.path(), &["run", "pipeline.toml", "--quiet"]));
    let pipeline = folder.path().join("pipeline.toml");
    let asked = call_in(
        folder.path(),
        &[
            "query",
            pipeline.to_str().expect("UTF-8"),
            "SELECT DISTINCT conviction FROM rules WHERE antecedent = 'tea' AND consequent IN ('mug', 'bag') ORDER BY 1",
            "--format",
            "csv",
        ],
    );
    assert_eq!(fine(asked).lines().collect::<Vec<_>>(), ["conviction", "inf", "\"\""]);
}

#[test]
fn too_many_itemsets_are_told_in_a_few_lines() {
    let folder = case("29-one-giant-basket");
    let count = |support: &str| call_in(folder.path(), &["mine", "itemsets", "baskets.dat", "-s", support, "--count"]);
    assert_eq!(fine(count("2")), "1: 1000\n2: 1800\n3: 1200\n4: 300\ntotal: 4300\n");
    let gave = count("1");
    assert_eq!((gave.code, gave.out.as_str()), (1, "total: more than 1.8e19\n"));
    assert!(gave.err.contains("stopped after more than 1.8e19 itemsets"), "{}", gave.err);
    assert!(gave.err.contains("a support of about 2 would give fewer than 1000000 itemsets"), "{}", gave.err);
    assert!(gave.err.lines().count() < 8, "{}", gave.err);
    let budget = call_in(folder.path(), &["mine", "itemsets", "baskets.dat", "-s", "1", "--count", "--budget", "5000"]);
    assert!(
        budget.out.lines().count() <= 41 && budget.err.contains("a support of about 2 would fit the budget"),
        "{}",
        budget.err
    );
    let guess = fine(call_in(folder.path(), &["mine", "itemsets", "baskets.dat", "-s", "1", "--estimate"]));
    assert!(guess.len() < 200 && !guess.contains("18446744073"), "{guess}");
    let rules = call_in(
        folder.path(),
        &["mine", "rules", "baskets.dat", "-s", "1", "-c", "0.5", "--count", "--budget", "100000"],
    );
    assert_eq!(rules.code, 1);
    assert!(rules.err.contains("raise the minimum support to about 2 baskets"), "{}", rules.err);
    for gave in [gave, budget, rules] {
        assert!(!gave.err.contains("18446744073709551615") && !gave.out.contains("18446744073709551615"));
    }
}

#[test]
fn who_only_tried_is_no_loss() {
    let folder = case("19-contracts-pauses-and-never-active");
    let given = std::fs::read_to_string(folder.path().join("pipeline.toml")).expect("the pipeline");
    let declared = given.replace(
        r#"staying = ["active", "paused", "trialing"]"#,
        r#"staying = ["active", "paused"], not_yet = ["trialing"]"#,
    );
    assert_ne!(given, declared);
    std::fs::write(folder.path().join("declared.toml"), declared).expect("written");
    let losses = |name: &str| {
        let (pipeline, into) = (folder.path().join(name), folder.path().join(format!("of-{name}")));
        let out = into.join("out").display().to_string();
        let models = into.join("models").display().to_string();
        fine(call_in(folder.path(), &["run", name, "--quiet", "--out", &out, "--models", &models]));
        let labels = ask(
            &pipeline,
            &into,
            "SELECT snapshot, round(customers * \"left\"), customers FROM churn_closed ORDER BY 1",
        );
        assert_eq!(labels, ["2024-08-01,10.0,201", "2024-09-01,9.0,195", "2024-10-01,6.0,192"], "{name}");
        (notes(&into, "lost"), ask(&pipeline, &into, "SELECT sum(lost) - sum(came_back) FROM lost"))
    };
    let (told, net) = losses("declared.toml");
    assert!(told.contains("49 of 237 customers have left"), "{told}");
    assert!(!told.contains("not_yet"), "{told}");
    assert_eq!(net, ["49"]);
    // Where trials stand in another list, it is told how many count as losses for it.
    for name in ["pipeline.toml", "pipeline-trial-left.toml"] {
        let (told, net) = losses(name);
        assert!(
            told.contains(
                "30 customers count as lost whose only status before was `trialing`: if these are not customers yet"
            ),
            "{told}"
        );
        assert!(told.contains(r#"not_yet = ["trialing"]"#), "{told}");
        assert_eq!(net, ["79"]);
    }
    let twice = given.replace(
        r#"left = ["cancelled", "incomplete_expired"]"#,
        r#"left = ["cancelled", "incomplete_expired"], not_yet = ["Paused"]"#,
    );
    std::fs::write(folder.path().join("twice.toml"), twice).expect("written");
    let gave = call_in(folder.path(), &["check", "twice.toml"]);
    assert_eq!(gave.code, 2);
    assert!(gave.err.contains("`paused` is in `staying` and in `not_yet`"), "{}", gave.err);
    let unlisted = given.replace(r#", "trialing"]"#, "]");
    std::fs::write(folder.path().join("unlisted.toml"), unlisted).expect("written");
    let gave = call_in(folder.path(), &["run", "unlisted.toml", "--quiet"]);
    assert!(
        gave.code == 1 && gave.err.contains("`trialing` (30 rows)") && gave.err.contains("`not_yet`"),
        "{}",
        gave.err
    );
}

#[test]
fn lines_that_could_be_read_in_two_ways_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("alike.csv"), "tea mug,cake\ntea_mug,cake\n").expect("written");
    let gave = call_in(folder.path(), &["mine", "itemsets", "alike.csv", "-s", "1"]);
    assert_eq!((gave.code, gave.out.as_str()), (2, ""));
    assert!(gave.err.contains("the items `tea mug` and `tea_mug` would be written alike"), "{}", gave.err);
    assert!(gave.err.contains("--style csv or json"), "{}", gave.err);
    fine(call_in(folder.path(), &["mine", "itemsets", "alike.csv", "-s", "1", "--style", "json"]));
    fine(call_in(folder.path(), &["mine", "itemsets", "alike.csv", "-s", "1", "--count"]));
    std::fs::write(folder.path().join("arrow.csv"), "==>,cake\n==>,cake\n").expect("written");
    let rules =
        |style: &str| call_in(folder.path(), &["mine", "rules", "arrow.csv", "-s", "1", "-c", "0.1", "--style", style]);
    assert!(rules("spmf").err.contains("the item `==>` would be taken for a sign"), "{}", rules("spmf").err);
    fine(rules("fimi"));
}

#[test]
fn a_processor_without_fused_multiply_add_gives_the_same_bytes() {
    let made = |tunables: Option<&str>| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = patron();
        command.arg("run").arg("pipelines/demo-shop.toml").arg("--quiet");
        command.arg("--out").arg(folder.path().join("out")).arg("--models").arg(folder.path().join("models"));
        if let Some(tunables) = tunables {
            command.env("GLIBC_TUNABLES", tunables);
        }
        fine(run(&mut command));
        (artifacts(folder.path()), contents(&folder.path().join("out/lists")))
    };
    let usual = made(None);
    assert!(usual.0.len() > 90);
    assert_eq!(made(Some("glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F")), usual);
}

/// Items that hold what stands between items, and what quotes them.
fn items() -> impl Strategy<Value = Vec<BTreeSet<String>>> {
    let item = "[ab][ab +>&;,|\"]{0,3}[ab+>&;,|\"]";
    prop::collection::vec(prop::collection::btree_set(item, 1..4), 3..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn sets_come_out_of_files_as_they_went_in(baskets in items()) {
        let folder = tempfile::tempdir().expect("a folder");
        let quoted = |item: &String| format!("\"{}\"", item.replace('"', "\"\""));
        let line = |basket: &BTreeSet<String>| basket.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
        let text: String = baskets.iter().map(line).collect();
        let path = folder.path().join("baskets.csv");
        std::fs::write(&path, text).expect("written");
        let mut expected: BTreeMap<BTreeSet<String>, u64> = BTreeMap::new();
        for basket in &baskets {
            let items: Vec<&String> = basket.iter().collect();
            for subset in 1..1u32 << items.len() {
                let chosen = items.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1).map(|(_, item)| (*item).clone());
                *expected.entry(chosen.collect()).or_default() += 1;
            }
        }
        let file = path.to_str().expect("UTF-8");
        let mined = |what: &[&str], style: &str| fine(call(&[&["mine"], what, &[file, "--style", style]].concat()));
        let csv: BTreeMap<_, u64> = records(&mined(&["itemsets", "-s", "1"], "csv"))
            .iter()
            .map(|row| (items_of(&row[0], ','), row[1].parse().expect("a count")))
            .collect();
        prop_assert_eq!(&csv, &expected);
        let json: Value = serde_json::from_str(&mined(&["itemsets", "-s", "1"], "json")).expect("JSON");
        let json: BTreeMap<_, u64> =
            json.as_array().expect("sets").iter().map(|set| (texts(&set["items"]), set["count"].as_u64().expect("a count"))).collect();
        prop_assert_eq!(&json, &expected);
        let rules: Vec<_> = records(&mined(&["rules", "-s", "1", "-c", "0.01"], "csv"))
            .iter()
            .map(|row| (items_of(&row[0], ';'), items_of(&row[1], ';')))
            .collect();
        let told: Value = serde_json::from_str(&mined(&["rules", "-s", "1", "-c", "0.01"], "json")).expect("JSON");
        let told: Vec<_> =
            told.as_array().expect("rules").iter().map(|r| (texts(&r["antecedent"]), texts(&r["consequent"]))).collect();
        prop_assert_eq!(&rules, &told);
        prop_assert!(rules.iter().all(|(left, right)| expected.contains_key(&left.union(right).cloned().collect())));
    }
}

/// A shop with odd codes through the whole pipeline: what the tables' lists say is what the baskets hold.
#[test]
fn odd_codes_go_through_all_stages_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let codes = ["A + B", "A", "B", "C > D", "E & F", "G;H", "\"I\"", "J,K", "L|M", "N and O", "+"];
    let mut lines = "customer,order,time,item,quantity,unit_price\n".to_owned();
    let mut order = 0;
    for customer in 0..120 {
        for visit in 0..3 {
            order += 1;
            let pick = |n: usize| codes[(customer / 4 + n) % codes.len()];
            let day = 1 + (visit * 9 + customer % 5) % 27;
            for n in [visit, visit + 1] {
                let item = pick(n).replace('"', "\"\"");
                lines += &format!("K{customer},O{order},2024-0{}-{day:02} 10:00:00,\"{item}\",1,5.00\n", 3 + visit);
            }
        }
    }
    std::fs::write(folder.path().join("orders.csv"), lines).expect("written");
    let pipeline = folder.path().join("odd.toml");
    let text = format!(
        r#"
[run]
as_of = "2024-06-30"
zone = "UTC"

[stage.lines]
kind = "ingest"
paths = ["{}/orders.csv"]
columns = {{ customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }}

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.rules]
kind = "mine-baskets"
orders = "orders"
min_support = 0.02
validate_days = 0
test = "fisher"

[stage.next]
kind = "mine-sequences"
orders = "orders"
days = 60
validate_days = 0
rule_support = 0.02
min_support = 0.02

[stage.some]
kind = "sql"
inputs = ["rules"]
query = "SELECT antecedent, consequent, antecedent_list, consequent_list, antecedent_names, consequent_names, count, support, confidence, lift, p_value, holds FROM rules ORDER BY antecedent, consequent"

[stage.some.columns]
antecedent = "text"
consequent = "text"
antecedent_list = "list of texts"
consequent_list = "list of texts"
antecedent_names = "text"
consequent_names = "text"
count = "integer"
support = "number"
confidence = "number"
lift = "number"
p_value = "number"
holds = "boolean"

[stage.offers]
kind = "recommend"
orders = "orders"
rules = "some"
sequences = "next"
"#,
        folder.path().display()
    );
    std::fs::write(&pipeline, text).expect("written");
    fine(run_into(&pipeline, folder.path(), &["--quiet"]));
    let known: BTreeSet<String> = set(&codes);
    let rows = |sql: &str| -> Vec<Value> {
        let answer: Value = serde_json::from_slice(&query(&pipeline, folder.path(), sql, "json")).expect("JSON");
        answer.as_array().expect("rows").clone()
    };
    let sets = rows("SELECT items, items_list, length FROM rules_itemsets");
    assert!(sets.len() > codes.len());
    let told: BTreeSet<&str> = sets.iter().map(|row| row["items"].as_str().expect("text")).collect();
    assert_eq!(told.len(), sets.len(), "no two sets have the same text");
    for row in &sets {
        let items = texts(&row["items_list"]);
        assert_eq!(items.len() as u64, row["length"].as_u64().expect("a length"));
        assert!(items.is_subset(&known), "{items:?}");
    }
    let patterns = rows("SELECT pattern, pattern_list, items, orders FROM next_patterns");
    let told: BTreeSet<&str> = patterns.iter().map(|row| row["pattern"].as_str().expect("text")).collect();
    assert_eq!(told.len(), patterns.len());
    for row in &patterns {
        let orders = row["pattern_list"].as_array().expect("orders");
        assert_eq!(orders.len() as u64, row["orders"].as_u64().expect("orders"));
        assert_eq!(orders.iter().map(|o| texts(o).len() as u64).sum::<u64>(), row["items"].as_u64().expect("items"));
        assert!(orders.iter().all(|order| texts(order).is_subset(&known)));
    }
    let rules = rows("SELECT antecedent_list, consequent_list, items_only FROM next");
    assert!(rules.iter().any(|row| row.to_string().contains("A + B")), "{rules:?}");
    for row in &rules {
        assert_eq!(row["items_only"], Value::Bool(true));
        assert!(texts(&row["consequent_list"]).is_subset(&known));
        assert!(row["antecedent_list"].as_array().expect("orders").iter().all(|order| texts(order).is_subset(&known)));
    }
    assert!(!notes(folder.path(), "offers").contains("make no offers"), "{}", notes(folder.path(), "offers"));
}
