//! Every stage kind over the same inputs: usual orders, none at all, one row, and the rows in another order. Each gives a
//! result or an error that says what to do; none panics, and none depends on the order of its input's rows.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use patron::numeric::random::{fnv1a, stream};
use patron::stages::KINDS;
use rand::RngExt;
use rand::seq::SliceRandom;

use crate::program::{Gave, patron, record, run};
use crate::small_shop;

/// Kinds that keep rows as they came, with their line numbers.
const KEEP_ORDER: [&str; 4] = ["ingest", "clean-orders", "expect", "report"];

/// Kinds that ask for more customers than the small shop has; they have tests of their own.
const MANY_CUSTOMERS: [&str; 1] = ["model-uplift"];

/// Header and rows of the small shop, each row with a country.
fn shop() -> (String, Vec<String>) {
    let text = small_shop::lines(20);
    let mut lines = text.lines().enumerate().map(|(n, line)| {
        let country = if n == 0 { "country" } else { ["France", "Spain"][n % 2] };
        format!("{line},{country}")
    });
    (lines.next().expect("a header"), lines.collect())
}

/// Runs the example of each kind on the rows.
fn run_all(header: &str, rows: &[String]) -> BTreeMap<&'static str, (Gave, BTreeMap<String, String>)> {
    let runs = KINDS.iter().map(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let content = format!("{header}\n{}", rows.iter().map(|row| format!("{row}\n")).collect::<String>());
        std::fs::write(folder.path().join("orders.csv"), &content).expect("written");
        let as_named = content.replacen("order,customer,time,item,description,quantity,unit_price", UCI, 1);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(as_named.as_bytes()).expect("memory takes all");
        std::fs::write(folder.path().join("orders-1.csv.gz"), packed.finish().expect("packed")).expect("written");
        let pipeline = folder.path().join("example.toml");
        std::fs::write(&pipeline, format!("[run]\nname = \"example\"\n{}", kind.whole_example())).expect("written");
        write_surveys(folder.path(), rows);
        // Paths start at the folder in which the program is called.
        let mut command = patron();
        command.current_dir(folder.path()).args(["run", "example.toml", "--out", "out", "--models", "models"]);
        let gave = run(&mut command);
        assert!(!gave.err.contains("no-input-files"), "{}: {}", kind.name, gave.err);
        let digests = digests(folder.path());
        (kind.name, (gave, digests))
    });
    runs.collect()
}

/// Answers and complaints of the customers of the rows, one of each kind per row, in the order of the rows.
fn write_surveys(folder: &Path, rows: &[String]) {
    let mut surveys = String::from("customer,date,wave,q1,q2,s1,s2,s3,recommend\n");
    let mut complaints = String::from("customer,date,resolved\n");
    for row in rows {
        let mut cells = row.split(',').skip(1);
        let (customer, day) = (cells.next().expect("a customer"), &cells.next().expect("a time")[..10]);
        let mut draw = stream(fnv1a(row.as_bytes()), "answers");
        let content = draw.random_range(2..9);
        let answers: Vec<String> = (0..6).map(|_| (content + draw.random_range(-1..=1)).to_string()).collect();
        surveys += &format!("{customer},{day},{},{}\n", &day[..4], answers.join(","));
        complaints += &format!("{customer},{day},{}\n", if content > 5 { day } else { "" });
    }
    std::fs::write(folder.join("surveys.csv"), surveys).expect("written");
    std::fs::write(folder.join("contacts.csv"), contacts(rows)).expect("written");
    std::fs::write(folder.join("complaints.csv"), complaints).expect("written");
    let mut trial = String::from("customer,arm,bought\n");
    for customer in rows.iter().filter_map(|row| row.split(',').nth(1)).collect::<std::collections::BTreeSet<_>>() {
        let arm = if fnv1a(customer.as_bytes()).is_multiple_of(2) { "mail" } else { "control" };
        trial += &format!("{customer},{arm},{}\n", customer.len() % 2);
    }
    std::fs::write(folder.join("trial.csv"), trial).expect("written");
}

/// A contact planned on the day of each order of 2025, always of the same arm for a customer.
fn contacts(rows: &[String]) -> String {
    let mut contacts = String::from("contact,customer,event,date,list,arm,probability,cost\n");
    for row in rows {
        let mut cells = row.split(',').skip(1);
        let (customer, day) = (cells.next().expect("a customer"), &cells.next().expect("a time")[..10]);
        if day.starts_with("2025") {
            let arm = if fnv1a(customer.as_bytes()).is_multiple_of(3) { "control,0.33," } else { "contacted,0.67,0.5" };
            contacts += &format!("spring {customer} {day},{customer},planned,{day},spring,{arm}\n");
        }
    }
    contacts
}

/// The header that the example of `ingest` maps.
const UCI: &str = "Invoice,Customer ID,InvoiceDate,StockCode,Description,Quantity,Price";

/// Digests of the tables that the last step made.
fn digests(folder: &Path) -> BTreeMap<String, String> {
    if !folder.join("out/latest").exists() {
        return BTreeMap::new();
    }
    let record = record(folder);
    let last = record["steps"].as_array().and_then(|steps| steps.last()).expect("a step");
    // A card says what its model was made from, digests of the lines' tables included; the evidence of KPIs says in which lines rows were.
    let of_lines = ["card.json", "evidence"];
    let outputs = last["outputs"].as_object().expect("outputs").iter();
    let outputs = outputs.filter(|(name, _)| !of_lines.contains(&name.as_str()));
    outputs.map(|(name, digest)| (name.clone(), digest.to_string())).collect()
}

#[test]
fn every_kind_runs_on_usual_orders_in_any_order() {
    let (header, mut rows) = shop();
    let usual = run_all(&header, &rows);
    rows.shuffle(&mut stream(4, "conformance"));
    let shuffled = run_all(&header, &rows);
    for (kind, (gave, made)) in &usual {
        if MANY_CUSTOMERS.contains(kind) {
            assert_eq!(gave.code, 1, "{kind}: {}", gave.err);
            assert!(gave.err.contains("too-little-data"), "{kind}: {}", gave.err);
            continue;
        }
        assert_eq!(gave.code, 0, "{kind}: {}", gave.err);
        assert!(!made.is_empty(), "{kind} made nothing");
        let (again, otherwise) = &shuffled[kind];
        assert_eq!(again.code, 0, "{kind}: {}", again.err);
        if !KEEP_ORDER.contains(kind) {
            assert_eq!(made, otherwise, "{kind} depends on the order of the rows");
        }
    }
}

#[test]
fn every_kind_has_a_clear_outcome_on_hardly_any_orders() {
    let (header, rows) = shop();
    for rows in [&[][..], &rows[..1]] {
        for (kind, (gave, made)) in run_all(&header, rows) {
            assert!(!gave.err.contains("panicked"), "{kind} on {} rows: {}", rows.len(), gave.err);
            match gave.code {
                0 => assert!(!made.is_empty(), "{kind} made nothing of {} rows", rows.len()),
                1 | 3 => assert!(gave.err.contains("help:"), "{kind} on {} rows: {}", rows.len(), gave.err),
                code => panic!("{kind} on {} rows ends with {code}: {}", rows.len(), gave.err),
            }
        }
    }
}
