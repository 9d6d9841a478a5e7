//! Stages of life with the real binary: the past never changes, tables agree with each other, contracts and contacts decide where they are
//! given.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::program::{artifacts, ask, notes, run_into, step};
use crate::small_shop;

const PIPELINE: &str = r#"
[run]
name = "life"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders*.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", description = "description", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.life]
kind = "track-lifecycle"
orders = "orders"

[stage.report]
kind = "report"
"#;

fn write(folder: &Path, lines: &str) -> PathBuf {
    std::fs::write(folder.join("orders.csv"), lines).expect("written");
    let pipeline = folder.join("life.toml");
    std::fs::write(&pipeline, PIPELINE.replace("DATA", &folder.display().to_string())).expect("written");
    pipeline
}

fn ran(pipeline: &Path, folder: &Path, more: &[&str]) {
    let gave = run_into(pipeline, folder, &[&["--quiet"][..], more].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
}

/// The stages up to a date, all columns, as rows of text.
fn history(pipeline: &Path, folder: &Path, until: &str) -> Vec<String> {
    let sql = format!("SELECT * FROM life_history WHERE date <= DATE '{until}' ORDER BY date, customer");
    ask(pipeline, folder, &sql)
}

#[test]
fn stages_of_the_past_stay_when_orders_are_added() {
    let (old, new) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    // One customer comes after the first as-of date.
    let later = "9100,c99,2025-02-20 09:00:00,TEA1,Tea,1,3.50\n";
    let then = write(old.path(), &(small_shop::lines(14) + later));
    ran(&then, old.path(), &["--as-of", "2025-02-10"]);
    let now = write(new.path(), &small_shop::lines(20));
    ran(&now, new.path(), &["--as-of", "2025-08-20"]);
    let past = history(&then, old.path(), "2025-02-01");
    assert!(past.len() > 250, "{}", past.len());
    assert_eq!(history(&now, new.path(), "2025-02-01"), past);
    assert_eq!(ask(&then, old.path(), "SELECT count(*), count(*) FILTER (WHERE customer = 'c99') FROM life"), ["30,0"]);
    assert!(step(old.path(), "life")["metrics"].get("stage_prospect").is_none());
    // The last row of the first run is of the as-of date, in the middle of a month, and no end of a period.
    let middle = "SELECT count(*) FROM life_history WHERE date = DATE '2025-02-10'";
    assert_ne!(ask(&then, old.path(), middle), ["0"]);
    assert_eq!(ask(&now, new.path(), middle), ["0"]);
    let over = "SELECT count(*) FROM life_history WHERE NOT period_over AND date <> DATE '2025-02-10'";
    assert_eq!(ask(&then, old.path(), over), ["0"]);
}

#[test]
fn tables_agree_and_do_not_depend_on_threads_or_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = small_shop::lines(20);
    let pipeline = write(folder.path(), &lines);
    ran(&pipeline, folder.path(), &["--as-of", "2025-09-01", "--threads", "1"]);
    let one = |sql: &str| ask(&pipeline, folder.path(), sql).join(" ");
    // What history says of the last date is what the main table says.
    let same = "SELECT count(*) FROM life l JOIN life_history h ON l.customer = h.customer AND h.date = DATE '2025-09-01' \
                WHERE l.stage = h.stage AND l.since = h.since AND l.days_in_stage = h.days_in_stage AND l.change = h.change";
    assert_eq!(one(same), one("SELECT count(*) FROM life"));
    assert_eq!(one("SELECT count(*) FROM life"), "30");
    // Moves are those of history; every row of the matrix adds up to one.
    let moves = "WITH moves AS (SELECT a.date AS d, b.date AS e, a.stage AS s, b.stage AS t, count(*) AS n FROM life_history a \
                 JOIN life_history b ON a.customer = b.customer GROUP BY 1, 2, 3, 4) SELECT count(*) FROM life_migrations m \
                 LEFT JOIN moves ON d = from_date AND e = to_date AND s = m.\"from\" AND t = m.\"to\" \
                 WHERE m.\"from\" <> 'prospect' AND m.customers <> coalesce(n, 0)";
    assert_eq!(one(moves), "0");
    let sums = "SELECT count(*) FROM (SELECT sum(share) AS s FROM life_migrations GROUP BY from_date, \"from\") WHERE abs(s - 1) > 1e-9";
    assert_eq!(one(sums), "0");
    let chances = "SELECT count(*) FROM life WHERE abs(p_new + p_known + p_building + p_loyal + p_returned + p_slipping + p_dormant + p_lost - 1) > 1e-9";
    assert_eq!(one(chances), "0");
    assert_ne!(one("SELECT count(*) FROM life WHERE p_loyal IS NOT NULL"), "0");
    // Those who left in the shop's first year are lost, those who buy each month are loyal.
    assert_eq!(one("SELECT DISTINCT stage FROM life WHERE customer IN ('c02', 'c04', 'c08')"), "loyal");
    assert_eq!(one("SELECT DISTINCT stage FROM life WHERE customer IN ('c03', 'c06')"), "lost");
    assert_eq!(one("SELECT count(*) FROM life_history WHERE stage = 'new'"), "0", "the data begin with all of them");
    let worth = one("SELECT value FROM life_matrix_value WHERE stage = 'loyal'");
    let lost = one("SELECT value FROM life_matrix_value WHERE stage = 'lost'");
    assert!(worth.parse::<f64>().expect("money") > 10.0 * lost.parse::<f64>().expect("money"), "{worth} {lost}");
    assert!(notes(folder.path(), "life").contains("too few periods or customers for hidden states"));
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    for heading in ["Stages of life", "From stage to stage", "How customers move"] {
        assert!(report.contains(heading), "{heading}");
    }

    let mut rows: Vec<&str> = lines.lines().collect();
    rows[1..].reverse();
    let backwards = tempfile::tempdir().expect("a folder");
    let other = write(backwards.path(), &(rows.join("\n") + "\n"));
    ran(&other, backwards.path(), &["--as-of", "2025-09-01", "--threads", "2"]);
    let made = |folder: &Path| {
        let all = artifacts(folder).into_iter();
        all.filter(|(name, _)| name.starts_with("life/")).collect::<Vec<_>>()
    };
    assert_eq!(made(folder.path()).len(), 6, "five tables and what the report shows");
    assert_eq!(made(folder.path()), made(backwards.path()));

    // Other rules are said, with how many customers have another stage at the last end of a period.
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    std::fs::write(
        &pipeline,
        text.replace("orders = \"orders\"\n", "orders = \"orders\"\nrules = { loyal_orders = 15 }\n"),
    )
    .expect("written");
    ran(&pipeline, folder.path(), &["--as-of", "2025-09-01"]);
    let said = notes(folder.path(), "life");
    assert!(
        said.contains("at 2025-09-01,") && said.contains("than the last run said: the rules have changed"),
        "{said}"
    );
}

#[test]
fn contracts_decide_by_their_dates() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut csv = String::from("customer,since,until\n");
    for i in 0..60 {
        // Sixty contracts from January 2024 on; a third end after 200 days, of which half come back after 100 more.
        let began = 19_723 + i * 3;
        let date = |day: i32| patron::tables::Date::from_days(day).to_string();
        let end = if i % 3 == 0 { date(began + 200) } else { String::new() };
        writeln!(csv, "k{i:02},{},{end}", date(began)).expect("memory");
        if i % 6 == 0 {
            writeln!(csv, "k{i:02},{},", date(began + 300)).expect("memory");
        }
    }
    std::fs::write(folder.path().join("contracts.csv"), csv).expect("written");
    let text = r#"
[run]
name = "contracts"
as_of = "2025-03-01"

[stage.raw]
kind = "ingest"
paths = ["DATA/contracts.csv"]

[stage.contracts]
kind = "sql"
inputs = ["raw"]
query = "SELECT customer, CAST(since AS DATE) AS since, CAST(until AS DATE) AS until FROM raw ORDER BY customer, since"
columns = { customer = "text", since = "date", until = "date" }

[stage.life]
kind = "track-lifecycle"
contracts = { from = "contracts", until = "until" }
"#;
    let pipeline = folder.path().join("contracts.toml");
    std::fs::write(&pipeline, text.replace("DATA", &folder.path().display().to_string())).expect("written");
    ran(&pipeline, folder.path(), &[]);
    let one = |sql: &str| ask(&pipeline, folder.path(), sql).join(" ");
    // As of 2025-03-01 (day 20,148): under contract from 2024-01-01 + 3 i.
    let stage = |stage: &str| one(&format!("SELECT count(*) FROM life WHERE stage = '{stage}'"));
    let days = |i: i32| 20_148 - (19_723 + i * 3);
    let expect = |keep: &dyn Fn(i32) -> bool| (0..60).filter(|i| keep(*i)).count().to_string();
    assert_eq!(stage("loyal"), expect(&|i| i % 3 != 0 && days(i) >= 365));
    assert_eq!(stage("lost"), expect(&|i| i % 3 == 0 && days(i) > 200 && (i % 6 != 0 || days(i) <= 300)));
    assert_eq!(stage("returned"), expect(&|i| i % 6 == 0 && (301..=360).contains(&days(i))));
    assert_eq!(
        stage("building"),
        expect(&|i| (i % 3 != 0 && days(i) < 365) || (i % 6 == 0 && days(i) > 360) || (i % 3 == 0 && days(i) <= 200))
    );
    assert_eq!(one("SELECT count(*) FROM life_matrix_value"), "0", "without orders nothing is known of money");
    assert_eq!(
        one("SELECT count(DISTINCT change) FROM life_history WHERE change IN ('began', 'left', 'came_back', 'time')"),
        "4"
    );
}

#[test]
fn contacts_and_controls_give_the_gain_of_a_contact() {
    let folder = tempfile::tempdir().expect("a folder");
    // Four hundred customers who all order on five days in January; each month one half is contacted, and more of them order.
    let mut csv = String::from("order,customer,time,item,description,quantity,unit_price\n");
    let mut contacts = String::from("customer,sent,held\n");
    let mut order = 0;
    for i in 0..400 {
        let mut line = |day: String| {
            order += 1;
            writeln!(csv, "{order},k{i:03},{day} 10:00:00,TEA,Tea,1,20.00").expect("memory");
        };
        (1..=5).for_each(|day| line(format!("2024-01-{day:02}")));
        for month in 2..=9 {
            let held = (i + month) % 2 == 0;
            writeln!(contacts, "k{i:03},2024-{month:02}-03,{held}").expect("memory");
            if (i / 2 + month) % 10 < if held { 3 } else { 6 } {
                line(format!("2024-{month:02}-15"));
            }
        }
    }
    // Of a contact of somebody held back nobody says whether it was made: it is none.
    contacts += "k001,2024-03-04,\n";
    std::fs::write(folder.path().join("contacts.csv"), contacts).expect("written");
    let pipeline = write(folder.path(), &csv);
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let more = r#"
[stage.raw_contacts]
kind = "ingest"
paths = ["DATA/contacts.csv"]

[stage.sent]
kind = "sql"
inputs = ["raw_contacts"]
query = "SELECT customer, CAST(sent AS DATE) AS sent, held FROM raw_contacts ORDER BY customer, sent"
columns = { customer = "text", sent = "date", held = "boolean" }
"#;
    let with = "orders = \"orders\"\ncontacts = { from = \"sent\", at = \"sent\", control = \"held\" }\nmargin = 0.5\ncontact_cost = 0.5\n\
                rules = { usual_gap = \"300d\", prior_gaps = 50.0 }\n";
    let text =
        text.replace("orders = \"orders\"\n", with) + &more.replace("DATA", &folder.path().display().to_string());
    std::fs::write(&pipeline, text).expect("written");
    ran(&pipeline, folder.path(), &["--as-of", "2024-10-01"]);
    // Everybody stays loyal: three in ten more order for 20, of which half is margin, less the cost of a contact.
    let row = ask(
        &pipeline,
        folder.path(),
        "SELECT gain, gain_low, gain_high, advice, contacted, withheld FROM life_matrix_value WHERE stage = 'loyal'",
    );
    let cells: Vec<&str> = row[0].split(',').collect();
    let number = |at: usize| cells[at].parse::<f64>().expect("a number");
    assert!((number(0) - 2.5).abs() < 0.05 && number(1) > 2.0 && number(2) < 3.0, "{row:?}");
    assert_eq!((cells[3], cells[4], cells[5]), ("contact", "1600", "1600"));
    assert!(notes(folder.path(), "life").contains("1 rows of `sent` are not used"));
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    assert!(report.contains("What a contact adds, by stage"));
    assert!(step(folder.path(), "life")["metrics"]["stage_loyal"] == 400.0);
}
