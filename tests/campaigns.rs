//! What lists were worth, with the real binary: planted effects found, bad rows set aside with their reason, and the same bytes in any order.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use patron::campaigns::in_control;
use patron::numeric::random::stream;
use rand::RngExt;
use rand::seq::SliceRandom;

use crate::program::{artifacts, ask, notes, run_into};

const PIPELINE: &str = r#"
[run]
name = "campaigns"
as_of = "2025-07-15"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer", order = "order", time = "time", item = "item", quantity = "quantity", unit_price = "unit_price" }

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.sent]
kind = "ingest"
paths = ["DATA/contacts.csv"]

[stage.ledger]
kind = "sql"
inputs = ["sent"]
query = "SELECT contact, customer, event, CAST(date AS DATE) AS date, list, arm, CAST(probability AS DOUBLE) AS probability, CAST(cost AS DOUBLE) AS cost FROM sent"
columns = { contact = "text", customer = "text", event = "text", date = "date", list = "text", arm = "text", probability = "number", cost = "number" }

[stage.worth]
kind = "measure-campaign"
contacts = "ledger"
orders = "orders"
margin = 0.5
types = { spring = "mail", calm = "mail", twin = "mail" }
SETTINGS

[stage.report]
kind = "report"
"#;

const PERSONS: usize = 2_000;

/// A list: its name, day, share of control and persons.
const LISTS: [(&str, &str, f64, usize); 5] = [
    ("calm", "2025-03-01", 0.5, 1_000),
    ("broken", "2025-04-15", 0.2, PERSONS),
    ("spring", "2025-06-01", 0.2, PERSONS),
    ("twin", "2025-06-05", 0.5, 1_000),
    ("late", "2025-07-10", 0.2, PERSONS),
];

fn name(person: usize) -> String {
    format!("c{person:04}")
}

/// Everybody bought in January, three in ten buy each month from March on; `spring` makes half as many again buy in June.
fn orders() -> String {
    let mut random = stream(7, "orders");
    let mut csv = String::from("customer,order,time,item,quantity,unit_price\n");
    for person in 0..PERSONS {
        let mut order = |month: u32, day: u32, random: &mut dyn FnMut() -> f64| {
            // One basket in a hundred is fifty times as large.
            let large = if random() < 0.01 { 50.0 } else { 1.0 };
            let price = large * (5.0 + 40.0 * random());
            let _ = writeln!(csv, "{0},{0}-{month},2025-{month:02}-{day:02} 10:00:00,TEA,1,{price:.2}", name(person));
        };
        let mut draw = || random.random::<f64>();
        order(1, 10, &mut draw);
        for month in 3..=7 {
            let contacted = month == 6 && !in_control(&name(person), "spring", 0.2);
            if draw() < if contacted { 0.45 } else { 0.3 } {
                order(month, 10, &mut draw);
            }
        }
    }
    csv
}

/// The ledger, one text per row: plans of all lists, deliveries of `spring` where asked, and rows that cannot be.
fn contacts(delivered: bool) -> Vec<String> {
    let mut rows = Vec::new();
    for (list, day, share, persons) in LISTS {
        for person in 0..persons {
            let who = name(person);
            let control = in_control(&who, list, share);
            // A third of the control persons of `broken` was lost.
            if list == "broken" && control && person % 3 == 0 {
                continue;
            }
            let (arm, chance) = if control { ("control", share) } else { ("contacted", 1.0 - share) };
            let cost = if control { "" } else { "0.5" };
            rows.push(format!("{list} {who},{who},planned,{day},{list},{arm},{chance},{cost}"));
            if delivered && list == "spring" && !control && person % 10 != 0 {
                rows.push(format!("{list} {who},{who},delivered,2025-06-02,{list},{arm},{chance},"));
            }
        }
    }
    rows
}

/// Rows of `spring` that cannot be: an unknown person, a result before its contact, one without a plan, a second arm, a negative cost, and a
/// control person who was reached.
fn bad_rows() -> Vec<String> {
    let control = (0..PERSONS).map(name).find(|who| in_control(who, "spring", 0.2)).expect("somebody");
    let of_arm: Vec<String> = (1..PERSONS).map(name).filter(|who| !in_control(who, "spring", 0.2)).take(3).collect();
    vec![
        "spring zz,zz,planned,2025-06-01,spring,contacted,0.8,0.5".to_owned(),
        format!("spring {0},{0},opened,2025-05-01,spring,contacted,0.8,", of_arm[0]),
        format!("never planned,{},delivered,2025-06-03,spring,contacted,0.8,", of_arm[0]),
        format!("spring again {0},{0},planned,2025-06-08,spring,control,0.2,", of_arm[1]),
        format!("spring {0},{0},sent,2025-06-01,spring,contacted,0.8,-3", of_arm[2]),
        format!("spring {control},{control},delivered,2025-06-02,spring,control,0.2,"),
        ",,planned,2025-06-01,spring,contacted,0.8,".to_owned(),
    ]
}

fn write(folder: &Path, rows: &[String], settings: &str) -> PathBuf {
    std::fs::write(folder.join("orders.csv"), orders()).expect("written");
    let header = "contact,customer,event,date,list,arm,probability,cost";
    std::fs::write(folder.join("contacts.csv"), format!("{header}\n{}\n", rows.join("\n"))).expect("written");
    let pipeline = folder.join("campaigns.toml");
    let text = PIPELINE.replace("SETTINGS", settings).replace("DATA", &folder.display().to_string());
    std::fs::write(&pipeline, text).expect("written");
    pipeline
}

fn ran(pipeline: &Path, folder: &Path, more: &[&str]) {
    let gave = run_into(pipeline, folder, &[&["--quiet"][..], more].concat());
    assert_eq!(gave.code, 0, "{}", gave.err);
}

#[test]
fn a_planted_effect_is_found_and_nothing_where_there_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), &contacts(true), "hoped_lift = 0.3\nprimary = \"conversion\"");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    // 0.15 was planted.
    assert_eq!(
        asked(
            "SELECT role, state, contacted + control, matured, low < 0.15 AND 0.15 < high AND low > 0.04, found, decision FROM worth WHERE list = 'spring' AND outcome = 'conversion'"
        ),
        ["primary,closed,2000,1.0,true,true,repeat"]
    );
    let calm = asked("SELECT found, decision FROM worth WHERE list = 'calm' AND outcome = 'conversion'");
    assert_eq!(calm, ["false,change"]);
    // Nine of ten were reached, so the effect on them is a ninth larger.
    assert_eq!(
        asked(
            "SELECT abs(reached - 0.9) < 0.02, abs(on_reached * reached / difference - 1) < 0.000001 FROM worth WHERE list = 'spring' AND outcome = 'conversion'"
        ),
        ["true,true"]
    );
    // Uncapped revenue stands only beside the capped one, with a chance by shuffling.
    assert_eq!(
        asked("SELECT method, role FROM worth WHERE list = 'spring' AND outcome = 'revenue' ORDER BY role"),
        ["shuffled,beside", "capped_adjusted,secondary"]
    );
    // Money adds up over persons, and a return has its interval.
    assert_eq!(
        asked(
            "SELECT abs(money - difference * contacted) < 0.001, iroas_low < iroas AND iroas < iroas_high FROM worth WHERE list = 'spring' AND outcome = 'margin'"
        ),
        ["true,true"]
    );
    assert_eq!(
        asked("SELECT DISTINCT passed FROM worth_checks WHERE \"check\" = 'sample_ratio' AND list <> 'broken'"),
        ["true"]
    );
    let dry = asked(
        "SELECT value > 0.02 AND value < 0.08 FROM worth_checks WHERE \"check\" = 'dry_runs' AND list = 'spring'",
    );
    assert_eq!(dry, ["true"]);
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    for words in ["What lists earned beside their control groups", "repeat it: it works", "let it run"] {
        assert!(report.contains(words), "{words}");
    }
}

#[test]
fn a_broken_draw_shared_persons_and_types_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = write(folder.path(), &contacts(false), "dry_runs = 0");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    assert_eq!(
        asked("SELECT passed, p < 0.001 FROM worth_checks WHERE \"check\" = 'sample_ratio' AND list = 'broken'"),
        ["false,true"]
    );
    assert_eq!(asked("SELECT DISTINCT decision FROM worth WHERE list = 'broken'"), ["cannot_be_measured"]);
    assert!(
        notes(folder.path(), "worth").contains("list `broken`, arm `contacted`: the control group has not the size")
    );
    // Everybody of `twin` is on `spring`, too, within four days.
    assert_eq!(
        asked("SELECT list, of, passed, count, value FROM worth_checks WHERE \"check\" = 'overlap'"),
        ["spring,twin,false,1000,1.0"]
    );
    assert_eq!(
        asked("SELECT effect, persons FROM worth_overlaps ORDER BY effect"),
        ["first,1000", "interaction,1000", "second,1000"]
    );
    let pooled = "SELECT type, outcome, campaigns, low < effect AND effect < high, next_low < low FROM worth_pooled";
    assert_eq!(asked(pooled), ["mail,revenue,3,true,true"]);
    assert_eq!(
        asked("SELECT count(shrunk) FROM worth WHERE role = 'primary' AND list IN ('spring', 'calm', 'twin')"),
        ["3"]
    );
    // Lists that are not over teach nothing yet, and one whose draw is broken never does; of others everybody, with the chance as drawn.
    let rows = contacts(false);
    let expected = ["calm", "spring", "twin"].map(|list| {
        let own = format!(",{list},");
        // Both arms of a half have the same chance.
        let chances = if list == "calm" || list == "twin" { 1 } else { 2 };
        format!("{list},{},{chances}", rows.iter().filter(|row| row.contains(&own)).count())
    });
    assert_eq!(
        asked("SELECT list, count(*), count(DISTINCT probability) FROM worth_training GROUP BY list ORDER BY list")[..],
        expected
    );
}

#[test]
fn rows_that_cannot_be_are_set_aside_with_their_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = [contacts(true), bad_rows()].concat();
    let pipeline = write(folder.path(), &rows, "dry_runs = 0");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    let rules = "'incomplete_row', 'unknown_person', 'result_before_contact', 'result_without_plan', 'two_arms', 'negative_cost', 'contamination'";
    let found = asked(&format!(
        "SELECT \"check\", passed, count FROM worth_checks WHERE list = 'spring' AND \"check\" IN ({rules}) ORDER BY \"check\""
    ));
    assert_eq!(
        found,
        [
            "contamination,false,1",
            "incomplete_row,false,1",
            "negative_cost,false,1",
            "result_before_contact,false,1",
            "result_without_plan,false,1",
            "two_arms,false,3",
            "unknown_person,false,1",
        ]
    );
    let persons = asked("SELECT contacted + control FROM worth WHERE list = 'spring' AND outcome = 'conversion'");
    assert_eq!(persons, ["1999"], "all but the person with two arms");
    let said = notes(folder.path(), "worth");
    assert!(said.contains("list `spring`: 1 persons had no order before the list's date"), "{said}");
    assert!(said.contains("list `spring`: 1 of the control group were contacted all the same"), "{said}");
}

#[test]
fn a_late_delivery_file_changes_what_is_delivered_and_not_what_was_drawn() {
    let results = |delivered: bool| {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = write(folder.path(), &contacts(delivered), "dry_runs = 0");
        ran(&pipeline, folder.path(), &[]);
        let drawn = ask(
            &pipeline,
            folder.path(),
            "SELECT list, outcome, role, difference, se, low, high, p, iroas, decision FROM worth ORDER BY list, outcome, role",
        );
        (drawn, ask(&pipeline, folder.path(), "SELECT count(on_reached) FROM worth WHERE list = 'spring'"))
    };
    let (before, after) = (results(false), results(true));
    assert_eq!(before.0, after.0);
    assert_eq!((before.1[0].as_str(), after.1[0].as_str()), ("0", "4"));
}

#[test]
fn a_list_whose_persons_are_all_over_at_the_first_look_is_read_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let looks = |looks: u32, ends: &str| {
        let settings = format!(
            "primary = \"conversion\"\nlooks = {looks}\nends = {{ spring = \"{ends}\", sprnig = \"2025-09-01\" }}"
        );
        let pipeline = write(folder.path(), &contacts(true), &settings);
        ran(&pipeline, folder.path(), &[]);
        let sql = "SELECT state, low < 0.15 AND 0.15 < high AND low > 0.04, found, high - low AS width FROM worth WHERE list = 'spring' AND outcome = 'conversion'";
        let row = ask(&pipeline, folder.path(), sql).remove(0);
        let (row, width) = row.rsplit_once(',').expect("a width");
        (row.to_owned(), width.parse::<f64>().expect("a number"))
    };
    let once = looks(1, "2025-07-05");
    let thrice = looks(3, "2025-07-05");
    assert_eq!(once.0, "closed,true,true");
    // Everybody was planned on one day, so the first look sees all, and there is no other.
    assert_eq!(thrice.0, once.0);
    assert!((thrice.1 / once.1 - 1.0).abs() < 0.01, "{once:?} {thrice:?}");
    // Before its end a list is shown with a band that holds at every look, and nothing is found.
    let running = looks(1, "2025-09-30");
    assert!(running.0.starts_with("running,") && running.0.ends_with(",false"), "{running:?}");
    assert!(running.1 > 1.4 * once.1, "{once:?} {running:?}");
    let told = notes(folder.path(), "worth");
    assert!(told.contains("`sprnig`"), "{told}");
}

#[test]
fn neither_rows_nor_threads_change_a_result() {
    let made = |seed: u64, threads: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut rows = [contacts(true), bad_rows()].concat();
        rows.shuffle(&mut stream(seed, "rows"));
        let pipeline =
            write(folder.path(), &rows, "looks = 3\nends = { late = \"2025-09-30\", spring = \"2025-07-05\" }");
        ran(&pipeline, folder.path(), &["--threads", threads]);
        let all = artifacts(folder.path()).into_iter().filter(|(place, _)| place.starts_with("worth/"));
        all.collect::<Vec<_>>()
    };
    let (first, second) = (made(1, "1"), made(2, "2"));
    assert!(first.len() >= 5);
    assert_eq!(first, second);
}

#[test]
fn the_days_of_a_list_add_up_to_its_money_and_are_a_part_of_revenue() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = r#"dry_runs = 0

[stage.kpis]
kind = "measure-kpis"
orders = "orders"
campaigns = "worth""#;
    let pipeline = write(folder.path(), &contacts(false), settings);
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    // Of closed lists whose draw is as it should be; `broken` and `late` have no day.
    let differ = "SELECT w.list, count(*), count(DISTINCT d.day), abs(sum(d.revenue) / max(w.money) - 1) < 1e-9, \
                  abs(sum(d.low) / max(w.money_low) - 1) < 1e-9, abs(sum(d.high) / max(w.money_high) - 1) < 1e-9, min(d.day) \
                  FROM worth w JOIN worth_days d ON w.list = d.list AND w.arm = d.arm \
                  WHERE w.outcome = 'revenue' AND w.role <> 'beside' GROUP BY w.list ORDER BY w.list";
    assert_eq!(
        asked(differ),
        [
            "calm,30,30,true,true,true,2025-03-01",
            "spring,30,30,true,true,true,2025-06-01",
            "twin,30,30,true,true,true,2025-06-05"
        ]
    );
    assert_eq!(asked("SELECT count(DISTINCT list) FROM worth_days"), ["3"]);
    // Whatever divides time, the money is that of the lists.
    let total = "SELECT grain, abs(sum(revenue_lift) / (SELECT sum(revenue) FROM worth_days) - 1) < 1e-9 FROM kpis_measured_lift GROUP BY grain ORDER BY grain";
    assert_eq!(asked(total), ["month,true", "quarter,true"]);
    let months = "SELECT period, lists, revenue_lift IS NULL, low < revenue_lift AND revenue_lift < high FROM kpis_measured_lift WHERE grain = 'month' AND period >= '2025-03' ORDER BY period";
    assert_eq!(
        asked(months),
        ["2025-03,1,false,true", "2025-04,0,true,", "2025-05,0,true,", "2025-06,2,false,true", "2025-07,1,false,true"]
    );
    // June has all days of `spring` and 26 of the 30 of `twin`: half-widths add up in squares.
    let june = "SELECT abs(power(high - revenue_lift, 2) - (SELECT sum(half * half) FROM (SELECT sum(high - revenue) AS half FROM worth_days \
                WHERE day BETWEEN '2025-06-01' AND '2025-06-30' AND list IN ('spring', 'twin') GROUP BY list))) < 0.001 FROM kpis_measured_lift WHERE period = '2025-06'";
    assert_eq!(asked(june), ["true"]);
    let part = "SELECT count(*) FROM kpis_measured_lift l JOIN kpis k ON l.grain = k.grain AND l.period = k.period \
                WHERE k.kpi = 'revenue' AND k.dimension IS NULL AND l.revenue <> k.money";
    assert_eq!(asked(part), ["0"]);
    // The bridge is as it was: its steps add up to the change without it.
    let open = "SELECT count(*) FROM (SELECT sum(CASE WHEN step = 'after' THEN -money ELSE money END) AS gap FROM kpis_revenue_bridge \
                GROUP BY grain, period, against, dimension, segment) WHERE gap <> 0";
    assert_eq!(asked(open), ["0"]);
    let report = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    assert!(report.contains("2025-06: revenue was") && report.contains("by measurement against their control groups"));
}

/// A plan whose rows have no value, after lists of the type `mail`.
fn with_plan(settings: &str, measured: &str) -> String {
    format!(
        r#"{settings}

[stage.options]
kind = "sql"
inputs = ["orders"]
query = "SELECT DISTINCT customer, offer, CASE WHEN offer = 'own' THEN 0.05 END AS value, cost FROM orders, (VALUES ('letter', 0.2), ('parcel', 900.0), ('news', 0.0), ('own', 0.0)) AS o(offer, cost) WHERE customer < 'c0010'"
columns = {{ customer = "text", offer = "text", value = "number", cost = "number" }}

[stage.plan]
kind = "plan-contacts"
candidates = "options"
cost = "cost"
control = 0
measured = {{ from = "worth", {measured} }}
"#
    )
}

#[test]
fn the_next_plan_reads_what_lists_of_the_type_brought() {
    let folder = tempfile::tempdir().expect("a folder");
    // Two lists that worked: `again` is the people of `spring` once more, in the same month.
    let again =
        contacts(false).into_iter().filter(|row| row.starts_with("spring ")).map(|row| row.replace("spring", "again"));
    let rows = [contacts(false), again.collect()].concat();
    let types = "dry_runs = 0\n";
    let measured = r#"types = { letter = "post", parcel = "post", news = "flyer" }, margin = 0.4"#;
    let pipeline = write(folder.path(), &rows, &with_plan(types, measured));
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let of_types = r#"types = { spring = "post", again = "post", calm = "flyer" }"#;
    let text = text.replace(r#"types = { spring = "mail", calm = "mail", twin = "mail" }"#, of_types);
    std::fs::write(&pipeline, text).expect("written");
    ran(&pipeline, folder.path(), &[]);
    let asked = |sql: &str| ask(&pipeline, folder.path(), sql);
    // The mean is drawn towards zero by its own error, and one list of a type is none.
    assert_eq!(
        asked(
            "SELECT type, lists, expected BETWEEN 0.5 * effect AND 0.999 * effect, abs(expected - effect * (1 - se * se / (effect * effect))) < 1e-9 FROM worth_pooled"
        ),
        ["post,2,true,true"]
    );
    let planned = asked(
        "SELECT offer, count(*), max(abs(value - (SELECT max(expected) * 0.4 - 0.2 FROM worth_pooled))) < 0.0001 FROM plan GROUP BY offer",
    );
    // A letter is worth more than 0.05, a parcel costs more than it brings, and of `news` nothing is known.
    assert_eq!(planned, ["letter,10,true"]);
    let told = notes(folder.path(), "plan");
    for words in [
        "10 rows with the offer `letter` have no value and get what 2 closed lists of the type `post` lead to expect",
        "10 rows with the offer `news` have no value and get none",
        "10 rows of `options` have no customer, offer or value",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn effects_that_are_no_money_or_have_no_margin_make_no_plan() {
    for (settings, measured, said) in [
        ("primary = \"conversion\"", "types = { letter = \"mail\" }, margin = 0.4", "is conversion, which is no money"),
        ("dry_runs = 0", "types = { letter = \"mail\" }", "is revenue, and what of it is margin is not known"),
        ("dry_runs = 0", "types = { leter = \"mail\" }, margin = 0.4", "did you mean `letter`?"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = write(folder.path(), &contacts(false), &with_plan(settings, measured));
        let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
        assert_ne!(gave.code, 0, "{said}");
        assert!(gave.err.contains(said), "{}", gave.err);
    }
}
