//! Events with the real binary: each contact starts once in whatever order nights are run, complaints and caps hold back, the past is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::program::{artifacts, ask, notes, run_into};
use crate::small_shop;

const PIPELINE: &str = r#"
[run]
name = "events"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", description = "description", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.sent]
kind = "ingest"
paths = ["DATA/sent.csv"]

[stage.ledger]
kind = "sql"
inputs = ["sent"]
query = "SELECT contact, customer, event, CAST(date AS DATE) AS date, list, arm, CAST(probability AS DOUBLE) AS probability, channel, cause FROM sent ORDER BY contact, date"
columns = { contact = "text", customer = "text", event = "text", date = "date", list = "text", arm = "text", probability = "number", channel = "text", cause = "text" }

[stage.people]
kind = "ingest"
paths = ["DATA/people.csv"]

[stage.complaints]
kind = "ingest"
paths = ["DATA/complaints.csv"]

[stage.tonight]
kind = "watch-events"
orders = "orders"
contacts = "ledger"
start = "2025-01-01"
replay = "200d"
control = 0.2
triggers = [
  { on = "first_order" },
  { on = "lapse", level = 0.3, purchases = 3, channel = "email" },
  { on = "second_order", level = 0.3 },
  { on = "replenishment", channel = "email" },
  { on = "birthday", from = "people", date = "born", channel = "email" },
  { on = "complaint", from = "complaints", subject = "number" },
]

[stage.list]
kind = "select-targets"
scores = "tonight"
top = 100
may_be_empty = true
max_change = 1000
columns = ["cause", "trigger"]

[stage.report]
kind = "report"
"#;

const LEDGER: &str = "contact,customer,event,date,list,arm,probability,channel,cause\n";

fn write(folder: &Path, ledger: &str) -> PathBuf {
    let save = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    let mut orders = small_shop::lines(14);
    // Somebody new within the time that is watched.
    orders.push_str("9500,c77,2025-01-08 09:00:00,TEA1,Tea,1,3.50\n");
    save("orders.csv", &orders);
    save("sent.csv", &format!("{LEDGER}{ledger}"));
    save("people.csv", "customer,born\nc05,1980-01-19\nc06,2000-02-29\nc99,1990-01-10\n");
    save("complaints.csv", "customer,date,number,resolved\nc04,2025-01-02,7,\nc08,2025-01-03,8,2025-01-04\n");
    let pipeline = folder.join("events.toml");
    std::fs::write(&pipeline, PIPELINE.replace("DATA", &folder.display().to_string())).expect("written");
    pipeline
}

fn ran(pipeline: &Path, folder: &Path, more: &[&str]) {
    let gave = run_into(pipeline, folder, &[&["--quiet"][..], more].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
}

/// Runs a night with this ledger: what it starts, as customer and key.
fn night(folder: &Path, day: u32, ledger: &str) -> Vec<(String, String)> {
    let pipeline = write(folder, ledger);
    ran(&pipeline, folder, &["--as-of", &format!("2025-01-{day:02}")]);
    let rows = ask(&pipeline, folder, "SELECT customer, cause FROM tonight ORDER BY customer");
    let pair = |row: &String| row.split_once(',').map(|(customer, cause)| (customer.to_owned(), cause.to_owned()));
    rows.iter().filter_map(pair).collect()
}

/// Adds what a night started to the ledger, as planned contacts of that day.
fn enter(ledger: &mut String, day: u32, started: &[(String, String)]) {
    for (customer, cause) in started {
        let row =
            format!("{day}-{customer}-{cause},{customer},planned,2025-01-{day:02},night,contacted,0.8,,{cause}\n");
        if !ledger.contains(&row) {
            ledger.push_str(&row);
        }
    }
}

#[test]
fn nights_in_any_order_start_each_contact_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |days: &[u32]| {
        let (mut ledger, mut lists) = (String::new(), BTreeMap::new());
        for &day in days {
            let started = night(folder.path(), day, &ledger);
            let persons: BTreeSet<&String> = started.iter().map(|row| &row.0).collect();
            assert_eq!(persons.len(), started.len(), "one contact for each customer");
            enter(&mut ledger, day, &started);
            lists.insert(day, started);
        }
        (ledger, lists)
    };
    let (ledger, lists) = run(&[7, 8, 9, 10, 11, 12]);
    let all: Vec<&(String, String)> = lists.values().flatten().collect();
    let keys: BTreeSet<&(String, String)> = all.iter().copied().collect();
    assert_eq!(keys.len(), all.len(), "no key twice");
    assert!(keys.contains(&("c77".to_owned(), "first_order".to_owned())), "{keys:?}");
    assert!(keys.iter().any(|row| row.1.starts_with("birthday:2025-01-19")), "{keys:?}");
    assert!(keys.iter().any(|row| row.1.starts_with("replenishment:TEA1:2024-")), "{keys:?}");
    // A night that is run again makes the same list.
    assert_eq!(night(folder.path(), 9, &ledger), lists[&9]);
    let (_, turned) = run(&[12, 9, 7, 10, 8, 11]);
    let others: Vec<&(String, String)> = turned.values().flatten().collect();
    assert_eq!(others.iter().copied().collect::<BTreeSet<_>>(), keys);
    assert_eq!(others.len(), keys.len());
}

#[test]
fn complaints_and_contacts_of_other_lists_hold_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let free = night(folder.path(), 9, "");
    assert!(free.iter().any(|row| row.1.starts_with("replenishment")), "{free:?}");
    assert!(free.contains(&("c04".to_owned(), "complaint:7:2025-01-02".to_owned())), "{free:?}");
    // Everybody has a letter of another list every second day.
    let mut ledger = String::new();
    let days = ["2024-12-29", "2024-12-31", "2025-01-02", "2025-01-04", "2025-01-06", "2025-01-08"];
    for (customer, day) in (1..=30).flat_map(|customer| days.map(|day| (customer, day))) {
        let contact = format!("{day}-c{customer:02},c{customer:02}");
        writeln!(ledger, "{contact},planned,{day},autumn,contacted,0.9,mail,").expect("memory");
        writeln!(ledger, "{contact},delivered,2025-01-08,autumn,contacted,0.9,mail,").expect("memory");
    }
    let held = night(folder.path(), 9, &ledger);
    assert!(held.iter().all(|row| row.1.starts_with("complaint") || row.1.starts_with("first_order")), "{held:?}");
    let pipeline = folder.path().join("events.toml");
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    let capped = asked("SELECT min(next), max(next), count(*) > 3 FROM tonight_waiting WHERE why = 'capped'");
    assert_eq!(capped, ["2025-01-11,2025-01-11,true"], "three days after the last letter");
    // The list takes the contacts, their keys and reasons.
    let listed = asked(
        "SELECT count(*) FROM list l JOIN tonight t ON l.customer = t.customer AND l.cause = t.cause AND l.reason_1 = t.reason_1",
    );
    assert_eq!(listed, asked("SELECT count(*) FROM tonight"));
    assert_ne!(listed, ["0"]);
    // Complaints that name nobody would hold nobody back: that is an error, not a note.
    let complaints = std::fs::read_to_string(folder.path().join("complaints.csv")).expect("read");
    std::fs::write(
        folder.path().join("complaints.csv"),
        complaints.replace(",c", ",other-c").replace("\nc", "\nother-c"),
    )
    .expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-01-09"]);
    assert!(gave.code == 3 && gave.err.contains("keys-unknown"), "{} {}", gave.code, gave.err);
}

#[test]
fn the_past_of_each_trigger_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    night(folder.path(), 9, "");
    let pipeline = folder.path().join("events.toml");
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    let truths = asked("SELECT \"trigger\", truth FROM tonight_replay");
    assert_eq!(
        truths,
        [
            "first_order,fact",
            "lapse,silence",
            "second_order,silence",
            "replenishment,bought_in_time",
            "birthday,fact",
            "complaint,fact"
        ]
    );
    let judged = asked("SELECT count(*) FROM tonight_replay WHERE judged > 0 AND precision BETWEEN low AND high");
    assert_ne!(judged, ["0"]);
    assert_eq!(asked("SELECT count(*), count(DISTINCT rule) FROM tonight_levels"), ["19,5"]);
    let said = notes(folder.path(), "tonight");
    assert!(
        said.contains("contacts start this night") && said.contains("have not ordered") || said.contains("`people`"),
        "{said}"
    );
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    for words in ["Triggers and what they would have found", "Which silence is a lapse", "no order for 90 days more"] {
        assert!(report.contains(words), "{words}");
    }
    // The same bytes at any number of threads.
    let own = || -> Vec<(String, String)> {
        artifacts(folder.path()).into_iter().filter(|row| row.0.starts_with("tonight/")).collect()
    };
    let one = own();
    assert!(one.len() >= 4, "{one:?}");
    ran(&pipeline, folder.path(), &["--as-of", "2025-01-09", "--force", "--threads", "1"]);
    assert_eq!(own(), one);
}

#[test]
fn settings_that_contradict_are_told_before_anything_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), "");
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let of = |from: &str, to: &str| {
        std::fs::write(&pipeline, text.replace(from, to)).expect("written");
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-01-09"]);
        assert_eq!(gave.code, 2, "{}", gave.err);
        gave.err
    };
    assert!(of("start = \"2025-01-01\"", "start = \"soon\"").contains("is not a date"));
    assert!(of("{ on = \"first_order\" }", "{ on = \"first_oder\" }").contains("did you mean `first_order`?"));
    assert!(of("level = 0.3, purchases", "level = 3, purchases").contains("not above 0 and below 1"));
    assert!(of("from = \"people\", ", "").contains("reads a table of dates"));
}
