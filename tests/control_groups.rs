//! Control groups with the real binary: drawn by who is contacted together, a group that no list contacts, groups that change, and what a list can
//! show, said beforehand.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use patron::campaigns::in_control;
use patron::numeric::random::stream;
use rand::RngExt;

use crate::program::{ask, notes, run_into};

const PIPELINE: &str = r#"
[run]
name = "groups"
global_control = 0.2

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.features]
kind = "build-features"
orders = "orders"

[stage.people]
kind = "ingest"
paths = ["DATA/people.csv"]

[stage.contacts]
kind = "keep-contacts"
orders = "orders"

[stage.mail]
kind = "select-targets"
scores = "features"
with = ["people"]
rank_by = "money_365d"
unit = "household"
control = 0.3
measured_on = "orders"
history = "contacts"
contact_limit = 2
contact_window = "60d"
SETTINGS

[stage.mail_list]
kind = "deliver"
targets = "mail"

[stage.worth]
kind = "measure-campaign"
contacts = "contacts"
orders = "orders"
primary = "conversion"
dry_runs = 0
"#;

const PERSONS: usize = 1_600;

fn name(person: usize) -> String {
    format!("C{person:04}")
}

fn is_global(person: usize) -> bool {
    in_control(&name(person), "global", 0.2)
}

/// Everybody bought in January; three in ten buy each month, six in ten from April on where lists may reach them.
fn orders() -> String {
    let mut random = stream(11, "orders");
    let mut csv = String::from("customer,order,time,item,quantity,unit_price\n");
    for person in 0..PERSONS {
        for month in 1..=9 {
            let chance = if month >= 4 && !is_global(person) { 0.6 } else { 0.3 };
            let (drawn, price) = (random.random::<f64>(), 5.0 + 40.0 * random.random::<f64>());
            if month == 1 || drawn < chance {
                let _ = writeln!(csv, "{0},{0}-{month},2025-{month:02}-12 10:00:00,TEA,1,{price:.2}", name(person));
            }
        }
    }
    csv
}

/// Two persons live together; every tenth says nothing about it.
fn people() -> String {
    let mut csv = String::from("customer,household\n");
    for person in 0..PERSONS {
        let home = if person % 20 < 18 { format!("Home {}", person / 2) } else { String::new() };
        let _ = writeln!(csv, "{},{home}", name(person));
    }
    csv
}

fn shop(folder: &Path, settings: &str) -> PathBuf {
    std::fs::write(folder.join("orders.csv"), orders()).expect("written");
    std::fs::write(folder.join("people.csv"), people()).expect("written");
    let pipeline = folder.join("groups.toml");
    let text = PIPELINE.replace("SETTINGS", settings).replace("DATA", &folder.display().to_string());
    std::fs::write(&pipeline, text).expect("written");
    pipeline
}

fn night(pipeline: &Path, folder: &Path, as_of: &str) {
    let gave = run_into(pipeline, folder, &["--quiet", "--as-of", as_of]);
    assert_eq!(gave.code, 0, "{}", gave.err);
}

#[test]
fn who_is_contacted_together_is_drawn_and_capped_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = shop(folder.path(), "top = 400");
    night(&pipeline, folder.path(), "2025-04-01");
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    let torn = "SELECT count(*) FROM (SELECT unit FROM mail GROUP BY unit HAVING count(DISTINCT control) > 1)";
    assert_eq!(asked(torn), ["0"]);
    let pairs = asked("SELECT count(*) > 20 FROM (SELECT unit FROM mail GROUP BY unit HAVING count(*) = 2)");
    assert_eq!(pairs, ["true"]);
    let alone = asked("SELECT count(DISTINCT unit) < count(*) FROM mail");
    assert_eq!(alone, ["true"]);
    // Nobody reads a household in the list or the ledger, and the draw is one that others can make.
    assert_eq!(asked("SELECT count(*) FROM mail WHERE unit LIKE '%ome%'"), ["0"]);
    let held = asked("SELECT customer FROM mail WHERE control ORDER BY customer");
    assert!(held.len() > 60, "{}", held.len());
    for customer in held {
        let person: usize = customer[1..].parse().expect("a number");
        let unit = if person % 20 < 18 { format!("household HOME {}", person / 2) } else { name(person) };
        assert!(in_control(&unit, "control", 0.3), "{customer}");
    }
    // The two of a household have used up its two contacts: on the next night neither gets one.
    let twice: BTreeSet<String> = asked(
        "SELECT m.customer FROM mail m JOIN (SELECT unit FROM mail GROUP BY unit HAVING count(*) = 2) u ON m.unit = u.unit",
    )
    .into_iter()
    .collect();
    night(&pipeline, folder.path(), "2025-04-02");
    let again: BTreeSet<String> = asked("SELECT customer FROM mail").into_iter().collect();
    assert!(twice.is_disjoint(&again) && !again.is_empty());
    let capped: BTreeSet<String> =
        asked("SELECT customer FROM mail_audit WHERE outcome = 'contact-limit'").into_iter().collect();
    assert!(twice.is_subset(&capped));
}

#[test]
fn lists_of_one_night_share_the_limit_of_contacts() {
    let folder = tempfile::tempdir().expect("a folder");
    let second = "[stage.letters]\nkind = \"select-targets\"\nscores = \"features\"\nrank_by = \"money_365d\"\nafter = [\"mail\"]\ncontact_limit = 1\n";
    let pipeline = shop(folder.path(), &format!("top = 300\n\n{second}"));
    night(&pipeline, folder.path(), "2025-04-01");
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    let both = "SELECT count(*) FROM letters l JOIN mail m ON l.customer = m.customer";
    assert_eq!(asked(both), ["0"], "held back counts as contacted");
    assert_eq!(asked("SELECT count(*) > 500 FROM letters"), ["true"]);
    assert_eq!(asked("SELECT count(*) FROM letters_audit WHERE outcome = 'contact-limit'"), ["300"]);
}

#[test]
fn the_group_that_no_list_contacts_says_what_all_lists_brought() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = shop(folder.path(), "");
    night(&pipeline, folder.path(), "2025-04-01");
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    let listed: Vec<String> = asked("SELECT customer FROM mail");
    let left_out: Vec<String> = asked("SELECT customer FROM mail_audit WHERE outcome = 'global-control'");
    assert_eq!(listed.len() + left_out.len(), PERSONS);
    let number = |customer: &String| customer[1..].parse::<usize>().expect("a number");
    assert!(left_out.iter().all(|customer| is_global(number(customer))));
    assert!(!listed.iter().any(|customer| is_global(number(customer))));
    assert!(notes(folder.path(), "worth").contains("there is no contact yet"));

    night(&pipeline, folder.path(), "2025-07-05");
    let groups = format!("{},{}", listed.len(), left_out.len());
    let quarter = "SELECT persons, control, low < 1 - 0.4 * 0.4 * 0.4 - (1 - 0.7 * 0.7 * 0.7) AND 1 - 0.4 * 0.4 * 0.4 - (1 - 0.7 * 0.7 * 0.7) < high, p < 0.001, contacted_control FROM worth_totals WHERE outcome = 'conversion' AND \"from\" = DATE '2025-04-01' AND \"until\" = DATE '2025-07-01'";
    // Three months at six in ten beside three at three in ten.
    assert_eq!(asked(quarter), [format!("{groups},true,true,0")]);
    let money = asked(
        "SELECT money_low > 0, abs(money - difference * persons) < 0.001 FROM worth_totals WHERE outcome = 'revenue' AND \"until\" = DATE '2025-07-01'",
    );
    assert_eq!(money, ["true,true"]);
    let said = notes(folder.path(), "worth");
    assert!(said.contains(&format!("by comparison with {} persons whom no list contacts", left_out.len())), "{said}");
}

#[test]
fn a_list_says_beforehand_what_it_can_show() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = shop(folder.path(), "hoped_lift = 0.9");
    night(&pipeline, folder.path(), "2025-04-01");
    let said = notes(folder.path(), "mail");
    assert!(said.contains("are held back: if these persons buy as in the year before"), "{said}");
    assert!(said.contains("to show half of the hoped change of 90.0%, hold back"), "{said}");
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = shop(folder.path(), "hoped_lift = 0.01\ntop = 60");
    night(&pipeline, folder.path(), "2025-04-01");
    let said = notes(folder.path(), "mail");
    assert!(said.contains("a list is not measured where an arm has fewer than 30"), "{said}");
    assert!(said.contains("no control group shows half of the hoped change of 1.0% on this list alone"), "{said}");
}

#[test]
fn a_group_that_changes_leaves_no_one_without_offers_for_ever() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = shop(folder.path(), "rotation = { months = 3, wash_out = '10d' }");
    let held = |as_of: &str| -> BTreeSet<String> {
        let fresh = tempfile::tempdir().expect("a folder");
        night(&pipeline, fresh.path(), as_of);
        let washing = ask(&pipeline, fresh.path(), "SELECT count(*) FROM mail_audit WHERE outcome = 'washing-out'");
        assert_eq!(washing[0] == "0", as_of != "2025-07-05", "{washing:?}");
        ask(&pipeline, fresh.path(), "SELECT customer FROM mail WHERE control").into_iter().collect()
    };
    let (spring, early, later) = (held("2025-06-30"), held("2025-07-05"), held("2025-07-20"));
    assert!(spring.len() > 300 && later.len() > 300);
    assert!(early.is_disjoint(&spring) && early.is_subset(&later));
    let both = spring.intersection(&later).count();
    assert!(both > 0 && both < spring.len() / 2, "two draws that do not know of each other: {both}");
}
