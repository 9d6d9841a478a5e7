//! Plans of contacts with the real binary: the certificate, minimums that cannot be met, who is left out, and the same bytes in any order.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::program::{artifacts, ask, notes, run_into};

const PIPELINE: &str = r#"
[run]
name = "plan"

[stage.raw]
kind = "ingest"
paths = ["DATA/options.csv"]

[stage.options]
kind = "sql"
inputs = ["raw"]
query = "SELECT customer, offer, segment, CAST(value AS DOUBLE) AS value, CAST(cost AS DOUBLE) AS cost FROM raw ORDER BY customer ORDER_OF_ROWS, offer"
columns = { customer = "text", offer = "text", segment = "text", value = "number", cost = "number" }

[stage.plan]
kind = "plan-contacts"
candidates = "options"
cost = "cost"
segment = "segment"
SETTINGS

[stage.report]
kind = "report"
"#;

/// The table of five customers: offers A (cost 1) and B (cost 3).
fn five() -> String {
    let mut csv = String::from("customer,offer,segment,value,cost\n");
    for (customer, (a, b)) in [("4", "9"), ("3", "7"), ("2", "4"), ("1", "5"), ("0.5", "1")].into_iter().enumerate() {
        writeln!(csv, "k{customer},A,s{0},{a},1\nk{customer},B,s{0},{b},3", customer % 2).expect("memory");
    }
    csv
}

fn write(folder: &Path, options: &str, settings: &str, order: &str) -> PathBuf {
    std::fs::write(folder.join("options.csv"), options).expect("written");
    let pipeline = folder.join("plan.toml");
    let text = PIPELINE.replace("SETTINGS", settings).replace("ORDER_OF_ROWS", order);
    std::fs::write(&pipeline, text.replace("DATA", &folder.display().to_string())).expect("written");
    pipeline
}

fn ran(pipeline: &Path, folder: &Path, more: &[&str]) {
    let gave = run_into(pipeline, folder, &[&["--quiet", "--as-of", "2025-06-01"][..], more].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
}

#[test]
fn five_customers_get_the_best_plan_with_its_proof() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "control = 0\nbudget = 6\nlimits = [{ name = \"few B\", offer = \"B\", at_most = 1 }]";
    let pipeline = write(folder.path(), &five(), settings, "");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    assert_eq!(asked("SELECT customer, offer FROM plan ORDER BY customer"), ["k0,B", "k1,A", "k2,A", "k3,A"]);
    assert_eq!(
        asked("SELECT value, bound, gap, best, standing, contacts, customers, cost FROM plan_certificate"),
        ["15.0,15.0,0.0,true,meets,4,4,6.0"]
    );
    let limits = asked("SELECT \"limit\", counts, sense, bound, used, short FROM plan_limits ORDER BY \"limit\"");
    assert_eq!(limits, ["budget,costs,at_most,6.0,6.0,0.0", "few B,contacts,at_most,1.0,1.0,0.0"]);
    // All costs are whole units, so 6.6 pays for no more than 6; 5.4 loses what the sixth brings.
    let others = asked(
        "SELECT upper_bound, abs(value_at_upper) < 0.001, lower_bound, value_at_lower BETWEEN -1.001 AND -0.499 FROM plan_limits WHERE \"limit\" = 'budget'",
    );
    assert_eq!(others, ["6.6,true,5.4,true"]);
    let nothing = asked("SELECT customer, outcome FROM plan_outcomes WHERE outcome <> 'planned'");
    assert_eq!(nothing.len(), 1);
    assert!(nothing[0] == "k4,limits" || nothing[0] == "k4,last_places", "{nothing:?}");
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    for words in ["What the plan uses and what limits cost", "it is proven that no plan within the limits brings more"]
    {
        assert!(report.contains(words), "{words}");
    }
}

#[test]
fn a_minimum_that_cannot_be_met_is_told_and_maximums_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "control = 0\nbudget = 4\nlimits = [{ name = \"everybody\", at_least = 5 }]";
    let pipeline = write(folder.path(), &five(), settings, "");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql).join(" ");
    assert_eq!(asked("SELECT standing, contacts, cost FROM plan_certificate"), "impossible,4,4.0");
    // Penalties are no money.
    assert_eq!(asked("SELECT count(bound) FROM plan_certificate"), "0");
    assert_eq!(asked("SELECT count(price) + count(value_at_lower) + count(value_at_upper) FROM plan_limits"), "0");
    assert_eq!(asked("SELECT used, short FROM plan_limits WHERE \"limit\" = 'everybody'"), "4.0,1.0");
    let said = notes(folder.path(), "plan");
    assert!(
        said.contains("the minimum `everybody` of 5 cannot be met within the other limits: the plan has 4"),
        "{said}"
    );
}

#[test]
fn who_must_not_or_need_not_be_contacted_takes_no_place() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stop.csv"), "customer,reason\nk0,asked us to stop\n").expect("written");
    std::fs::write(
        folder.path().join("sent.csv"),
        "customer,sent\nk1,2025-05-28\nk2,2025-05-10\nk2,2025-05-12\nk3,2025-01-01\n",
    )
    .expect("written");
    let settings = r#"control = 0
budget = 4
suppression = "stop"
history = { from = "sent", at = "sent" }
cool_down = "7d"
window_contacts = 2

[stage.stop]
kind = "ingest"
paths = ["DATA/stop.csv"]

[stage.sent]
kind = "ingest"
paths = ["DATA/sent.csv"]"#;
    let pipeline = write(folder.path(), &five(), settings, "");
    ran(&pipeline, folder.path(), &[]);
    let outcomes = ask(&pipeline, folder.path(), "SELECT customer, outcome FROM plan_outcomes ORDER BY customer");
    assert_eq!(outcomes, ["k0,suppressed", "k1,cool_down", "k2,contact_limit", "k3,planned", "k4,planned"]);
    let plan = ask(&pipeline, folder.path(), "SELECT customer, offer FROM plan ORDER BY customer");
    assert_eq!(plan, ["k3,B", "k4,A"]);
}

#[test]
fn neither_rows_nor_threads_change_the_plan() {
    let mut csv = String::from("customer,offer,segment,value,cost\n");
    for customer in 0..400u32 {
        for (offer, cost) in [("A", 1), ("B", 3), ("C", 2)] {
            // Many equal values, so that keys have to decide.
            let value = (customer * 7 + u32::from(offer.as_bytes()[0]) * 13) % 11;
            writeln!(csv, "c{customer:03},{offer},s{},{value},{cost}", customer % 3).expect("memory");
        }
    }
    let settings = "budget = 300\nlimits = [{ offer = \"B\", at_most = 40 }, { segment = \"s1\", share_at_least = 0.4 }, { segment = \"s2\", at_least = 30 }]";
    let made = |order: &str, threads: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = write(folder.path(), &csv, settings, order);
        ran(&pipeline, folder.path(), &["--threads", threads]);
        let gap = ask(&pipeline, folder.path(), "SELECT gap < 0.01, standing FROM plan_certificate");
        assert_eq!(gap, ["true,meets"]);
        let control = ask(&pipeline, folder.path(), "SELECT count(*) FROM plan_outcomes WHERE outcome = 'control'");
        assert_ne!(control, ["0"]);
        artifacts(folder.path()).into_iter().filter(|(name, _)| name.starts_with("plan/")).collect::<Vec<_>>()
    };
    let first = made("", "1");
    assert!(first.len() >= 4, "{first:?}");
    assert_eq!(made("DESC", "2"), first);
}

/// The pipeline with a table of earlier contacts.
fn with_history(folder: &Path, sent: &str, more: &str) -> PathBuf {
    std::fs::write(folder.join("sent.csv"), sent).expect("written");
    let settings = format!(
        r#"control = 0
history = {{ from = "sent", at = "sent" }}
cool_down = "7d"
{more}

[stage.sent]
kind = "ingest"
paths = ["DATA/sent.csv"]"#
    );
    write(folder, &five(), &settings, "")
}

#[test]
fn a_history_that_cannot_be_known_makes_no_plan() {
    for (sent, said) in [
        ("customer,sent\n", "the history `sent` is empty"),
        ("customer,sent\na@example.com,2025-05-30\n", "the history `sent` names persons by e-mail addresses"),
        ("customer,sent\nx1,2025-05-30\n", "none of the 1 rows of the history `sent`"),
        ("customer,sent\nk1,2025-05-30\n,2025-05-30\n", "row 2 of the history `sent` has no customer"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = with_history(folder.path(), sent, "");
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-06-01"]);
        assert_ne!(gave.code, 0, "{said}");
        assert!(gave.err.contains(said), "{}", gave.err);
    }
    let folder = tempfile::tempdir().expect("a folder");
    ran(&with_history(folder.path(), "customer,sent\n", "history_may_be_empty = true"), folder.path(), &[]);
}

#[test]
fn contacts_without_a_date_and_of_today_and_later_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let sent = "customer,sent\nk0,\nk1,2025-06-01\nK2,2025-06-03\nk3,2025-05-01\n";
    let pipeline = with_history(folder.path(), sent, "");
    ran(&pipeline, folder.path(), &[]);
    let outcomes = ask(&pipeline, folder.path(), "SELECT customer, outcome FROM plan_outcomes ORDER BY customer");
    assert_eq!(outcomes, ["k0,cool_down", "k1,cool_down", "k2,cool_down", "k3,planned", "k4,planned"]);
    assert!(notes(folder.path(), "plan").contains("1 rows of `sent` have no date"));
}

#[test]
fn what_brings_nothing_and_what_has_no_cost_is_not_planned() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = "customer,offer,segment,value,cost\nk0,A,s,0,1\nk1,A,s,0.00001,1\nk2,A,s,5,\nk3,A,s,5,1\n";
    let pipeline = write(folder.path(), csv, "control = 0\nbudget = 9", "");
    ran(&pipeline, folder.path(), &[]);
    assert_eq!(ask(&pipeline, folder.path(), "SELECT customer FROM plan"), ["k3"]);
    let said = notes(folder.path(), "plan");
    assert!(said.contains("1 rows of `options` have no cost") && said.contains("rounds to 0"), "{said}");
}

#[test]
fn a_misspelt_limit_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = five().replace(",A,", ",voucher,");
    let pipeline = write(folder.path(), &csv, "limits = [{ offer = \"vouchr\", at_most = 1 }]", "");
    let gave = run_into(&pipeline, folder.path(), &["--quiet", "--as-of", "2025-06-01"]);
    assert_ne!(gave.code, 0);
    assert!(gave.err.contains("did you mean `voucher`?"), "{}", gave.err);
    let pipeline = write(folder.path(), &csv, "limits = [{ offer = \"leaflet\", at_most = 1 }]", "");
    ran(&pipeline, folder.path(), &[]);
    let said = notes(folder.path(), "plan");
    assert!(said.contains("the offer `leaflet`") && said.contains("no suppression table"), "{said}");
}

#[test]
fn a_household_is_one_however_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = "customer,offer,segment,value,cost\nk1,A,h1,5,1\nk2,A,H1,4,1\nk3,A,h2,3,1\n";
    let settings = "control = 0\nhousehold = \"segment\"\nhousehold_contacts = 1";
    let pipeline = write(folder.path(), options, settings, "");
    ran(&pipeline, folder.path(), &[]);
    assert_eq!(ask(&pipeline, folder.path(), "SELECT customer FROM plan ORDER BY customer"), ["k1", "k3"]);
}

#[test]
fn what_one_of_a_household_was_sent_counts_for_all_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("sent.csv"), "customer,sent\nk2,2025-05-28\nk4,2025-01-01\n").expect("written");
    let options = "customer,offer,segment,value,cost\nk1,A,h1,5,1\nk2,A,H1,4,1\nk3,A,h2,3,1\nk4,A,h2,2,1\n";
    let settings = r#"control = 0
household = "segment"
household_contacts = 1
history = { from = "sent", at = "sent" }

[stage.sent]
kind = "ingest"
paths = ["DATA/sent.csv"]"#;
    let pipeline = write(folder.path(), options, settings, "");
    ran(&pipeline, folder.path(), &[]);
    let outcomes = ask(&pipeline, folder.path(), "SELECT customer, outcome FROM plan_outcomes ORDER BY customer");
    // k4 was written to before the window: k3 gets the place of their household.
    assert_eq!(outcomes, ["k1,contact_limit", "k2,contact_limit", "k3,planned", "k4,household"]);
}

#[test]
fn a_customer_is_one_however_the_id_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = "customer,offer,segment,value,cost\nk7,A,s,5,1\nK7,B,s,4,1\nk8,A,s,3,1\n";
    let pipeline = write(folder.path(), options, "control = 0", "");
    ran(&pipeline, folder.path(), &[]);
    assert_eq!(ask(&pipeline, folder.path(), "SELECT customer, offer FROM plan ORDER BY 1"), ["K7,A", "k8,A"]);
    assert!(notes(folder.path(), "plan").contains("1 ids of `options` are other spellings"));
}

#[test]
fn a_list_of_a_plan_keeps_its_control_group_and_asks_the_same_suppression() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = String::from("customer,offer,segment,value,cost\n");
    for customer in 0..300 {
        writeln!(options, "k{customer:03},mail,s,{},1", 1 + customer % 7).expect("memory");
    }
    std::fs::write(folder.path().join("no.csv"), "customer\nk003\n").expect("written");
    let settings = r#"control = 0.2
budget = 120
suppression = "no"

[stage.no]
kind = "ingest"
paths = ["DATA/no.csv"]

[stage.mailing]
kind = "select-targets"
scores = "plan"
where = "offer = 'mail'"
rank_by = "value"
columns = ["offer", "cost"]
suppression = "no"

[stage.mailing_list]
kind = "deliver"
targets = "mailing"
"#;
    let pipeline = write(folder.path(), &options, settings, "");
    ran(&pipeline, folder.path(), &[]);
    let query = |sql: &str| ask(&pipeline, folder.path(), sql);
    assert_eq!(query("SELECT count(*) FROM plan WHERE NOT control"), ["120"]);
    let held = query("SELECT count(*) FROM plan WHERE control");
    // Who is held back would have been chosen by the same rule: the share of those with a contact is near that of the others.
    let share = |control: &str| -> f64 {
        let counts = query(&format!(
            "SELECT count(p.customer), count(*) FROM plan_outcomes o LEFT JOIN plan p ON o.customer = p.customer WHERE o.outcome {control} 'control'"
        ));
        let (with, all) = counts[0].split_once(',').expect("two");
        with.parse::<f64>().expect("a number") / all.parse::<f64>().expect("a number")
    };
    assert!((share("=") - share("<>")).abs() < 0.15, "{} {}", share("="), share("<>"));
    assert_eq!(query("SELECT count(*) FROM mailing WHERE NOT control"), ["120"]);
    assert_eq!(query("SELECT count(*) FROM mailing WHERE control"), held);
    assert_eq!(query("SELECT count(*) FROM mailing WHERE customer = 'k003'"), ["0"]);
    let ledger =
        query("SELECT arm, probability, min(offer), sum(cost) FROM mailing_list_ledger GROUP BY 1, 2 ORDER BY 1");
    assert_eq!(ledger, ["contacted,0.8,mail,120.0".to_owned(), format!("control,0.2,mail,{}.0", held[0])]);
}
