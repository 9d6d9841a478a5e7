//! Loyalty with the real binary: planted customers get the scores that they should, tables agree with each other, each absent table costs its own columns
//! and nothing else, and nothing depends on threads or on the order of rows.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use patron::numeric::random::stream;
use patron::tables::Date;
use rand::RngExt;

use crate::program::{artifacts, ask, notes, run_into};

const PIPELINE: &str = r#"
[run]
name = "loyal"
as_of = "2025-12-01"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", category = "category", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"
"#;

const TABLES: &str = r#"
[stage.surveys]
kind = "ingest"
paths = ["DATA/surveys.csv"]

[stage.brands]
kind = "ingest"
paths = ["DATA/brands.csv"]

[stage.complaints]
kind = "ingest"
paths = ["DATA/complaints.csv"]

[stage.groups]
kind = "sql"
inputs = ["orders"]
query = '''SELECT DISTINCT customer, substr(customer, 1, 1) AS segment FROM orders ORDER BY customer'''
columns = { customer = "text", segment = "text" }
"#;

const PLAIN: &str = r#"
[stage.loyalty]
kind = "measure-loyalty"
orders = "orders"
"#;

const FULL: &str = r#"
[stage.loyalty]
kind = "measure-loyalty"
orders = "orders"
segments = "groups"
answers = { from = "surveys", satisfaction = "satisfied", attitude = "preferred", involvement = "matters" }
brands = { from = "brands", own = "us" }
complaints = "complaints"
reliability = 0.95
"#;

const REPORT: &str = "\n[stage.report]\nkind = \"report\"\n";

/// 330 customers since January 2023: `s…` buy each month, `r…` by chance with a rate of their own that lasts, `g…` buy more and more, `o…` once.
fn orders() -> String {
    let mut draw = stream(17, "loyal shop");
    let mut csv = String::from("order,customer,time,item,category,quantity,unit_price\n");
    let mut order = 0;
    let first = 19_360;
    let mut buy = |customer: &str, day: i32, category: &str, price: f64| {
        order += 1;
        let date = Date::from_days(day).to_string();
        writeln!(csv, "{order},{customer},{date} 10:00:00,{category}1,{category},1,{price:.2}").expect("memory");
    };
    for n in 0..60 {
        for month in 0..36 {
            buy(
                &format!("s{n:03}"),
                first + 30 * month + draw.random_range(0..10_i32),
                "tea",
                draw.random_range(18.0..22.0),
            );
        }
    }
    for n in 0..200 {
        let rate: f64 = draw.random_range(0.05..0.9);
        for month in 0..36 {
            if draw.random_range(0.0..1.0) < rate {
                let category = ["tea", "cups", "cake"][draw.random_range(0..3)];
                let price = draw.random_range(5.0..60.0);
                buy(&format!("r{n:03}"), first + 30 * month + draw.random_range(0..28_i32), category, price);
            }
        }
    }
    for n in 0..40 {
        for month in 0..36 {
            let price = 5.0 * 1.08_f64.powi(month);
            buy(&format!("g{n:03}"), first + 30 * month + draw.random_range(0..10_i32), "cups", price);
        }
    }
    for n in 0..30 {
        buy(&format!("o{n:03}"), first + draw.random_range(0..900_i32), "cake", 9.0);
    }
    csv
}

fn others(folder: &Path) {
    let mut surveys = String::from("customer,date,satisfied,preferred,matters\n");
    let mut brands = String::from("customer,date,brand,rank\n");
    let mut complaints = String::from("customer,date\n");
    for n in 0..40 {
        // Half of those who buy each month are content, half are not; some of the others answer too.
        let content = if n % 2 == 0 { 5 } else { 1 };
        writeln!(surveys, "s{n:03},2025-09-01,{content},{content},{content}").expect("memory");
        writeln!(surveys, "r{n:03},2025-09-02,{content},{content},3").expect("memory");
        writeln!(brands, "s{n:03},2025-09-01,us,1\ns{n:03},2025-09-01,them,2").expect("memory");
        writeln!(complaints, "r{n:03},2025-03-05").expect("memory");
    }
    // Too old, in the future, off the scale, of nobody.
    surveys.push_str("s050,2024-01-01,5,5,5\ns051,2026-01-01,5,5,5\ns052,2025-09-01,9,,\nnobody,2025-09-01,5,5,5\n");
    brands.push_str("s041,2025-09-01,us,1\n");
    for (name, text) in [("surveys", surveys), ("brands", brands), ("complaints", complaints)] {
        std::fs::write(folder.join(format!("{name}.csv")), text).expect("written");
    }
}

fn write(folder: &Path, lines: &str, stage: &str) -> PathBuf {
    std::fs::write(folder.join("orders.csv"), lines).expect("written");
    others(folder);
    let pipeline = folder.join("loyal.toml");
    let tables = if stage == PLAIN { "" } else { TABLES };
    let text = [PIPELINE, tables, stage, REPORT].concat().replace("DATA", &folder.display().to_string());
    std::fs::write(&pipeline, text).expect("written");
    pipeline
}

fn ran(pipeline: &Path, folder: &Path, more: &[&str]) {
    let gave = run_into(pipeline, folder, &[&["--quiet"][..], more].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
}

#[test]
fn scores_cells_and_judgements_of_a_planted_shop() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = orders();
    let pipeline = write(folder.path(), &lines, FULL);
    ran(&pipeline, folder.path(), &["--threads", "1"]);
    let one = |sql: &str| ask(&pipeline, folder.path(), sql).join(" ");
    let number = |sql: &str| one(sql).parse::<f64>().unwrap_or_else(|_| panic!("{sql}: {}", one(sql)));
    let mean =
        |score: &str, who: &str| number(&format!("SELECT avg({score}) FROM loyalty WHERE customer LIKE '{who}%'"));

    assert!(mean("persistence", "s") > mean("persistence", "r") + 20.0);
    assert!(mean("stability", "s") > mean("stability", "r") + 20.0);
    assert!(
        mean("slope", "g") > 0.03 && mean("slope", "s").abs() < 0.03,
        "{} {}",
        mean("slope", "g"),
        mean("slope", "s")
    );
    assert_eq!(one("SELECT count(*) FROM loyalty WHERE customer LIKE 'o%' AND persistence IS NOT NULL"), "0");
    assert_eq!(
        one("SELECT DISTINCT substr(reason, 1, 18) FROM loyalty WHERE customer LIKE 'o%'"),
        "too little history"
    );
    let reason = one("SELECT reason FROM loyalty WHERE customer = 's000'");
    assert!(reason.contains("bought in 12 of 12 periods"), "{reason}");
    for score in ["persistence", "firmness", "stability", "loyalty_index"] {
        let outside = format!(
            "SELECT count(*) FROM loyalty WHERE NOT ({score}_low <= {score} AND {score} <= {score}_high) OR {score}_low < 0 OR {score}_high > 100"
        );
        assert_eq!(one(&outside), "0", "{score}");
    }
    // Parts sum to the logarithm of spending over the shared index.
    let parts = "SELECT max(abs(trend + season + cycle + irregular - ln(1 + greatest(spent, 0) / shared_index))) FROM loyalty_parts";
    assert!(number(parts) < 1e-9);
    assert_eq!(one("SELECT count(DISTINCT \"group\") FROM loyalty_series"), "5", "the shop and four segments");
    assert!(number("SELECT max(abs(trend + season + irregular - value)) FROM loyalty_series") < 1e-9);

    // Who answered stands where the answer says; who did not is unknown to Jones and Sasser.
    let cell =
        |customer: &str, matrix: &str| one(&format!("SELECT {matrix} FROM loyalty WHERE customer = '{customer}'"));
    assert_eq!((cell("s000", "jones_sasser"), cell("s001", "jones_sasser")), ("apostle".into(), "hostage".into()));
    assert_eq!((cell("s000", "dick_basu"), cell("s001", "dick_basu")), ("loyalty".into(), "spurious".into()));
    assert_eq!((cell("s000", "knox"), cell("s001", "knox")), ("variety_seeker".into(), "switcher".into()));
    for silent in ["s050", "s051", "s052", "g000"] {
        assert_eq!(cell(silent, "jones_sasser"), "unknown", "{silent}");
    }
    assert_eq!(one("SELECT DISTINCT source FROM loyalty_axes WHERE customer = 'g000' AND axis = 'attitude'"), "proxy");
    assert!((number("SELECT wallet_share FROM loyalty WHERE customer = 's000'") - 2.0 / 3.0).abs() < 1e-12);
    let shares = "SELECT count(*) FROM (SELECT sum(share) AS s, sum(weighted_share) AS w FROM loyalty_cells GROUP BY matrix) WHERE abs(s - 1) > 1e-9 OR abs(w - 1) > 1e-9";
    assert_eq!(one(shares), "0");
    let moved = "SELECT count(*) FROM (SELECT matrix, \"from\", sum(customers) AS n FROM loyalty_moves GROUP BY 1, 2) m JOIN loyalty_cells c ON c.matrix = m.matrix AND c.cell = m.\"from\" WHERE n <> before";
    assert_eq!(one(moved), "0");

    // The rate at which customers buy lasts: persistence predicts, and a verdict agrees with its interval.
    assert_eq!(one("SELECT count(*) FROM loyalty_judged"), "11");
    let agree = "SELECT count(*) FROM loyalty_judged WHERE (verdict = 'predictive') <> coalesce(gain_low > 0, false)";
    assert_eq!(one(agree), "0");
    assert!(number("SELECT auc FROM loyalty_judged WHERE score = 'persistence'") > 0.7);
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    for heading in [
        "Loyalty scores",
        "What each score predicted",
        "Satisfaction and loyalty (Jones and Sasser)",
        "Trend and season of sales",
    ] {
        assert!(report.contains(heading), "{heading}");
    }
    let said = notes(folder.path(), "loyalty");
    assert!(said.contains("1 answers of `surveys` are not on their scale"), "{said}");
    assert!(said.contains("2 rows of `surveys` have no known customer or no date before the as-of date"), "{said}");

    let mut rows: Vec<&str> = lines.lines().collect();
    rows[1..].reverse();
    let backwards = tempfile::tempdir().expect("a folder");
    let other = write(backwards.path(), &(rows.join("\n") + "\n"), FULL);
    ran(&other, backwards.path(), &["--threads", "2"]);
    let made = |folder: &Path| {
        let all = artifacts(folder).into_iter();
        all.filter(|(name, _)| name.starts_with("loyalty/")).collect::<Vec<_>>()
    };
    assert_eq!(made(folder.path()).len(), 8, "seven tables and what the report shows");
    assert_eq!(made(folder.path()), made(backwards.path()));
}

#[test]
fn each_absent_table_costs_its_own_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), &orders(), PLAIN);
    ran(&pipeline, folder.path(), &[]);
    let one = |sql: &str| ask(&pipeline, folder.path(), sql).join(" ");
    assert_eq!(one("SELECT count(*) FROM loyalty WHERE after_shocks IS NOT NULL OR wallet_share IS NOT NULL"), "0");
    assert_eq!(one("SELECT DISTINCT jones_sasser FROM loyalty"), "unknown");
    assert_eq!(one("SELECT DISTINCT dick_basu FROM loyalty"), "unknown", "no proxy of attitude without complaints");
    assert_eq!(one("SELECT DISTINCT knox FROM loyalty"), "unknown");
    assert_eq!(
        one("SELECT count(*) > 200 FROM loyalty WHERE categories_kept IS NOT NULL AND persistence IS NOT NULL"),
        "true"
    );
    assert_eq!(one("SELECT DISTINCT \"group\" FROM loyalty_series"), "all");
    let said = notes(folder.path(), "loyalty");
    for missing in ["without `answers`", "without `ratings`", "without `brands`", "without `complaints`"] {
        assert!(said.contains(missing), "{missing}: {said}");
    }
    // The future changes nothing: an earlier as-of date gives the same with and without later orders.
    let early = tempfile::tempdir().expect("a folder");
    let cut: String = orders()
        .lines()
        .filter(|line| line.starts_with("order") || line.split(',').nth(2) < Some("2025-06-01"))
        .map(|line| format!("{line}\n"))
        .collect();
    let before = write(early.path(), &cut, PLAIN);
    ran(&before, early.path(), &["--as-of", "2025-06-01"]);
    let again = tempfile::tempdir().expect("a folder");
    let whole = write(again.path(), &orders(), PLAIN);
    ran(&whole, again.path(), &["--as-of", "2025-06-01"]);
    let sql =
        "SELECT customer, persistence, firmness, stability, knox FROM loyalty WHERE periods > 0 ORDER BY customer";
    assert_eq!(ask(&before, early.path(), sql), ask(&whole, again.path(), sql));
}
