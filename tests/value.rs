//! `value-customers` by the real binary: parts that add up, a bridge that closes, promises that are scored, tables that a shop may lack.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use patron::numeric::random::{fnv1a, mix};

use crate::program::{ask, notes, run_into, step};

const PIPELINE: &str = r#"
[run]
name = "value"
as_of = "AS_OF"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"
rules = { duplicates = "none" }
"#;

const TABLES: &str = r#"
[stage.costs]
kind = "ingest"
paths = ["DATA/costs.csv"]

[stage.service]
kind = "ingest"
paths = ["DATA/service.csv"]

[stage.friends]
kind = "ingest"
paths = ["DATA/friends.csv"]

[stage.answers]
kind = "ingest"
paths = ["DATA/answers.csv"]
"#;

const WHOLE: &str = r#"
[stage.value]
kind = "value-customers"
orders = "orders"
horizon = "60d"
models = ["bg-nbd", "mbg-nbd", "pareto-nbd"]
costs = "costs"
margin = 0.5
serve = "service"
referrals = "friends"
would_not_have_come = 0.4
answers = "answers"
answer_price = 2.0
"#;

/// From 0 to 1, always the same for the same words.
fn drawn(words: &str) -> f64 {
    (mix(fnv1a(words.as_bytes())) >> 11) as f64 / (1u64 << 53) as f64
}

/// Three hundred customers who come in two years, buy at their own rates and stop at some time.
fn shop(folder: &Path) {
    let mut orders = String::from("customer,order,time,item,quantity,unit_price\n");
    let first = 19_358; // 2023-01-01
    let mut number = 0;
    for customer in 0..300 {
        let draw = |what: &str| drawn(&format!("{what} {customer}"));
        let mut day = draw("came") * 600.0;
        let gap = 10.0 + 80.0 * draw("gap") * draw("gap again");
        let stops = if draw("stops") < 0.5 { day + 300.0 * draw("when") } else { 2000.0 };
        for nth in 0.. {
            if day >= 1000.0 || day > stops {
                break;
            }
            number += 1;
            let date = patron::tables::Date::from_days(first + day as i32);
            let price = 5.0 + 40.0 * draw("spends") + 10.0 * drawn(&format!("price {customer} {nth}"));
            writeln!(orders, "k{customer:03},o{number},{date} 10:00:00,i{},1,{price:.2}", number % 7).expect("memory");
            day += 1.0 - gap * patron::numeric::math::ln(1.0 - drawn(&format!("wait {customer} {nth}")));
        }
    }
    let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    put("orders.csv", &orders);
    put("costs.csv", "item,unit_cost\ni0,4.00\ni1,3.50\ni2,2.00\n");
    put(
        "service.csv",
        "customer,cost,time\nk001,3.5,2024-01-02\nk001,1.5,2024-02-02\nk002,2,2030-01-01\nnobody,9,2024-01-01\n",
    );
    put("friends.csv", "customer,referred,reward\nk001,k010,5\nk010,k011,0\nk003,k011,0\n");
    put("answers.csv", "customer\nk001\nk001\nk004\n");
}

fn pipeline(folder: &Path, as_of: &str, stages: &str) -> PathBuf {
    let data = folder.display().to_string();
    let text = format!("{PIPELINE}{stages}").replace("DATA", &data).replace("AS_OF", as_of);
    let path = folder.join("value.toml");
    std::fs::write(&path, text).expect("written");
    path
}

fn good(pipeline: &Path, folder: &Path, more: &[&str]) {
    let gave = run_into(pipeline, folder, more);
    assert_eq!(gave.code, 0, "{}", gave.err);
}

#[test]
fn parts_add_up_the_bridge_closes_and_promises_are_scored() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let whole = format!("{TABLES}{WHOLE}");
    let path = pipeline(folder.path(), "2025-01-01", &whole);
    good(&path, folder.path(), &["--quiet"]);
    let ask = |sql: &str| ask(&path, folder.path(), sql);
    let sums = "SELECT count(*) FROM value WHERE equity <> existing + potential + influence + learning - credited";
    assert_eq!(ask(sums), ["0"]);
    // What is credited is the influence again before the reward of 5; nobody without referrals has any.
    assert_eq!(ask("SELECT sum(influence) + 5 = sum(credited) FROM value"), ["true"]);
    assert_eq!(ask("SELECT count(*) FROM value WHERE influence <> 0"), ["2"]);
    assert_eq!(ask("SELECT count(*) FROM value WHERE learning = 4 OR learning = 2"), ["2"]);
    assert_eq!(ask("SELECT count(*) FROM value_equity"), ["0"]);
    let odd = "SELECT count(*) FROM value WHERE orders_low > expected_orders + 1 OR orders_high < expected_orders - 1 OR margin_low > margin_high \
               OR alive < 0 OR alive > 1 OR no_purchase < 0 OR no_purchase > 1 OR worst_rank < 0 OR worst_rank > 1 OR lowest > highest \
               OR expected_orders_30d > expected_orders_90d OR expected_orders_90d > expected_orders_365d OR next_order_from > next_order_to";
    assert_eq!(ask(odd), ["0"]);
    assert_eq!(ask("SELECT count(*) > 0 FROM value WHERE worst_rank <= 0.1"), ["true"]);
    let totals =
        "SELECT count(*) FROM value_totals WHERE margin_low < expected_margin AND expected_margin < margin_high";
    assert!(ask(totals)[0].parse::<u32>().expect("a count") >= 3);
    let notes_of = notes(folder.path(), "value");
    assert!(notes_of.contains("1 of 4 rows of `service`") && notes_of.contains("1 rows of `service`"), "{notes_of}");
    assert!(notes_of.contains("past dates"), "{notes_of}");

    // Seventy days later the forecasts of 60 days are over.
    let path = pipeline(folder.path(), "2025-03-12", &whole);
    good(&path, folder.path(), &["--quiet"]);
    let ask = |sql: &str| crate::program::ask(&path, folder.path(), sql);
    let bridge = "SELECT (SELECT sum(equity) FROM value_equity WHERE step <> 'now') = (SELECT equity FROM value_equity WHERE step = 'now'), \
                  (SELECT sum(equity) FROM value) = (SELECT equity FROM value_equity WHERE step = 'now')";
    assert_eq!(ask(bridge), ["true,true"]);
    let promise = "SELECT as_of, horizon_days, inside > 0.8, abs(orders_promised / orders_came - 1) < 0.35, gini > 0.3 FROM value_promises";
    assert_eq!(ask(promise), ["2025-01-01,60,true,true,true"]);
    assert_eq!(ask("SELECT DISTINCT as_of FROM value_pending"), ["2025-03-12"]);
}

#[test]
fn an_absent_table_costs_its_columns_and_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let empty = |path: &Path, column: &str| {
        let sql = format!("SELECT count(*) = 0 FROM value WHERE {column} IS NOT NULL");
        ask(path, folder.path(), &sql) == ["true"]
    };
    let plain = "\n[stage.value]\nkind = \"value-customers\"\norders = \"orders\"\nhorizon = \"60d\"\nmodels = [\"mbg-nbd\"]\norigins = 1\n";
    let path = pipeline(folder.path(), "2025-01-01", plain);
    good(&path, folder.path(), &["--quiet"]);
    let money = ["expected_margin", "margin_low", "mean_margin", "residual_margin", "existing", "potential", "equity"];
    for column in money.into_iter().chain(["influence", "credited", "learning"]) {
        assert!(empty(&path, column), "{column}");
    }
    for column in ["expected_orders", "residual_orders", "next_order_to", "segment", "class", "lowest"] {
        assert!(!empty(&path, column), "{column}");
    }
    assert!(notes(folder.path(), "value").contains("what goods cost is not known"));
    let with_margin = format!("{plain}margin = 0.5\n");
    let path = pipeline(folder.path(), "2025-01-01", &with_margin);
    good(&path, folder.path(), &["--quiet"]);
    assert!(money.iter().all(|column| !empty(&path, column)));
    assert!(["influence", "credited", "learning"].iter().all(|column| empty(&path, column)));
}

#[test]
fn the_challenger_is_shown_and_leaves_rows_that_agree_with_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let stage = "\n[stage.value]\nkind = \"value-customers\"\norders = \"orders\"\nmargin = 0.5\nmodels = [\"two-part\", \"bg-nbd\"]\nchoose_by = \"gini\"\n";
    let path = pipeline(folder.path(), "2025-01-01", stage);
    good(&path, folder.path(), &["--quiet"]);
    let ask = |sql: &str| crate::program::ask(&path, folder.path(), sql);
    assert_eq!(ask("SELECT DISTINCT model FROM value_models WHERE chosen"), ["bg-nbd"]);
    assert_eq!(ask("SELECT count(*) > 0 FROM value_models WHERE model = 'two-part' AND gini IS NOT NULL"), ["true"]);
    let odd = "SELECT count(*) FROM value WHERE expected_orders <> expected_orders_90d OR abs(expected_margin - expected_margin_90d) > 1e-9 \
               OR expected_orders < orders_low - 1 OR expected_orders > orders_high + 1 OR alive < 1 - no_purchase - 1e-9 \
               OR expected_orders_30d > expected_orders_90d OR expected_orders_90d > expected_orders_365d";
    assert_eq!(ask(odd), ["0"]);
    assert!(notes(folder.path(), "value").contains("`bg-nbd` gives the forecasts: the best by gini"));
    // Without a past date none is the best; the challenger alone gives nothing.
    let path = pipeline(folder.path(), "2025-01-01", &format!("{stage}origins = 0\n"));
    good(&path, folder.path(), &["--quiet"]);
    let notes_of = notes(folder.path(), "value");
    assert!(notes_of.contains("the first that could be fitted") && !notes_of.contains("the best by"), "{notes_of}");
    let alone = stage.replace("\"two-part\", \"bg-nbd\"", "\"two-part\"");
    let gave = run_into(&pipeline(folder.path(), "2025-01-01", &alone), folder.path(), &["--quiet"]);
    assert!(gave.code != 0 && gave.err.contains("only compared"), "{}", gave.err);
}

#[test]
fn items_without_a_cost_and_items_that_cost_more_than_they_bring() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let stage = "\n[stage.costs]\nkind = \"ingest\"\npaths = [\"DATA/costs.csv\"]\n\n[stage.value]\nkind = \"value-customers\"\norders = \"orders\"\ncosts = \"costs\"\nmodels = [\"bg-nbd\"]\norigins = 2\n";
    let costs = |items: std::ops::Range<u32>, cost: u32| {
        let rows: String = items.map(|item| format!("i{item},{cost}\n")).collect();
        std::fs::write(folder.path().join("costs.csv"), format!("item,unit_cost\n{rows}")).expect("written");
        let path = pipeline(folder.path(), "2025-01-01", stage);
        good(&path, folder.path(), &["--quiet"]);
        path
    };
    let part = "customers who bought an item without a cost";
    // i6 has no cost: whoever bought it has no existing value, and within the last year no class.
    let path = costs(0..6, 2);
    let of = |path: &Path, sql: &str| ask(path, folder.path(), sql);
    assert!(notes(folder.path(), "value").contains(part));
    let odd = "SELECT count(*) FROM value WHERE (class IS NULL AND existing IS NOT NULL) OR (class IS NULL) <> (segment IS NULL)";
    assert_eq!(of(&path, odd), ["0"]);
    let some = "SELECT count(class) > 0, count(*) > count(class), count(*) = count(mean_margin) FROM value";
    assert_eq!(of(&path, some), ["true,true,true"]);
    assert_eq!(of(&path, "SELECT count(*) = count(gini) FROM value_models"), ["true"]);
    // All have a cost, above every price.
    let path = costs(0..7, 80);
    assert!(!notes(folder.path(), "value").contains(part));
    let turned = "SELECT (SELECT count(*) FROM value WHERE margin_low > margin_high) AS n1, (SELECT count(*) FROM value_totals WHERE margin_low > margin_high) AS n2, \
                  (SELECT count(*) FROM value WHERE expected_margin > 0) AS n3";
    assert_eq!(of(&path, turned), ["0,0,0"]);
}

#[test]
fn contracts_whose_payment_is_not_known_are_worth_nothing_that_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut terms, mut pays) = ("customer,since,until\n".to_owned(), "customer,fee\n".to_owned());
    for customer in 0..200u32 {
        let began = 19_358 + 30 * (customer % 12) as i32;
        let date = |day: i32| patron::tables::Date::from_days(day).to_string();
        let left = drawn(&format!("left {customer}")) < 0.4;
        let until = began + 30 * (1 + (drawn(&format!("when {customer}")) * 10.0) as i32) - 1;
        let until = if left { date(until) } else { String::new() };
        writeln!(terms, "c{customer:03},{},{until}", date(began)).expect("memory");
        if customer % 2 == 0 {
            writeln!(pays, "c{customer:03},10").expect("memory");
        }
    }
    std::fs::write(folder.path().join("terms.csv"), terms).expect("written");
    std::fs::write(folder.path().join("pays.csv"), pays).expect("written");
    let text = r#"
[run]
name = "value"
as_of = "2025-01-01"

[stage.terms]
kind = "ingest"
paths = ["DATA/terms.csv"]

[stage.pays]
kind = "ingest"
paths = ["DATA/pays.csv"]

[stage.value]
kind = "value-customers"
contracts = { from = "terms", since = "since", until = "until" }
payments = { from = "pays", amount = "fee" }
period = "30d"
horizon = "90d"
margin = 1
origins = 2
"#;
    let path = folder.path().join("value.toml");
    std::fs::write(&path, text.replace("DATA", &folder.path().display().to_string())).expect("written");
    good(&path, folder.path(), &["--quiet"]);
    let ask = |sql: &str| crate::program::ask(&path, folder.path(), sql);
    assert_eq!(
        ask(
            "SELECT count(*), count(equity), count(mean_margin), count(class), count(segment), count(worst_rank) FROM value"
        ),
        ["200,100,100,100,100,100"]
    );
    assert_eq!(ask("SELECT count(*) FROM value WHERE equity = 0"), ["0"]);
    // Ninety days are three periods: nobody pays four times.
    assert_eq!(ask("SELECT max(orders_high) <= 3, max(expected_orders_30d) <= 1 FROM value"), ["true,true"]);
    assert!(notes(folder.path(), "value").contains("100 of 200 customers have no payment in `pays`"));
    // What only orders have is refused.
    std::fs::write(&path, format!("{}season = false\n", std::fs::read_to_string(&path).expect("a file")))
        .expect("written");
    let gave = run_into(&path, folder.path(), &["--quiet"]);
    assert!(gave.code != 0 && gave.err.contains("`season` is of orders"), "{}", gave.err);
}

#[test]
fn one_and_two_threads_and_any_order_of_rows_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let path = pipeline(folder.path(), "2025-01-01", &format!("{TABLES}{WHOLE}"));
    let made = |name: &str, threads: &str| {
        let out = folder.path().join(name);
        std::fs::create_dir(&out).expect("a folder");
        good(&path, &out, &["--quiet", "--threads", threads]);
        // Digests of the bytes of the stage's tables, by name.
        let tables = step(&out, "value")["outputs"].as_object().expect("outputs").clone();
        assert!(tables.len() >= 8, "only {} tables", tables.len());
        tables
    };
    let one = made("one", "1");
    assert!(one == made("two", "2"), "threads decide about bytes");
    for name in ["orders.csv", "service.csv", "friends.csv", "answers.csv", "costs.csv"] {
        let text = std::fs::read_to_string(folder.path().join(name)).expect("a file");
        let (header, rows) = text.split_once('\n').expect("a header");
        let turned: Vec<&str> = rows.lines().rev().collect();
        std::fs::write(folder.path().join(name), format!("{header}\n{}\n", turned.join("\n"))).expect("written");
    }
    assert!(one == made("turned", "2"), "the order of rows decides about bytes");
}

#[test]
fn hopeless_shops_have_a_clear_outcome() {
    let header = "customer,order,time,item,quantity,unit_price\n";
    let once: String =
        (0..50).map(|at| format!("k{at},o{at},2024-{:02}-03 10:00:00,i1,1,9.50\n", at % 12 + 1)).collect();
    let stage = "\n[stage.value]\nkind = \"value-customers\"\norders = \"orders\"\nmargin = 0.5\n";
    for (rows, words) in [(once, "bought twice"), ("k1,o1,2024-01-03 10:00:00,i1,1,9.50\n".to_owned(), "bought twice")]
    {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("orders.csv"), format!("{header}{rows}")).expect("written");
        let path = pipeline(folder.path(), "2025-01-01", stage);
        let gave = run_into(&path, folder.path(), &["--quiet"]);
        assert_eq!(gave.code, 1, "{}", gave.err);
        assert!(gave.err.contains(words) && gave.err.contains("help:"), "{}", gave.err);
    }
    // Free and refunded orders leave no money, but a forecast of orders.
    let free: String = (0..40)
        .flat_map(|at| {
            (0..1 + at % 4).map(move |nth| {
                format!(
                    "k{at},o{at}-{nth},2024-{:02}-{:02} 10:00:00,i1,1,0\n",
                    nth * (1 + at % 3) + at % 3 + 1,
                    at % 28 + 1
                )
            })
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), format!("{header}{free}")).expect("written");
    let path = pipeline(folder.path(), "2025-01-01", stage);
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, text.replace("duplicates = \"none\"", "duplicates = \"none\", zero_price = \"keep\""))
        .expect("written");
    good(&path, folder.path(), &["--quiet"]);
    assert_eq!(ask(&path, folder.path(), "SELECT sum(existing), count(*) FROM value")[0], "0.0000,40");
}
