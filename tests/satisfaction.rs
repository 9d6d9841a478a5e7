//! Satisfaction end to end: mobi's published indices out of the real binary, waves with frozen weights, complaints as features and as a
//! funnel, and the Telco score that is the label.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use patron::numeric::random::stream;
use rand::RngExt;
use rand::seq::SliceRandom;

use crate::program::{artifacts, ask, notes, real_data, run_into, step};
use crate::small_shop;

/// Constructs of the ECSI model over mobi's columns.
const MOBI: &str = r#"
[run]
name = "mobi"

[stage.raw]
kind = "ingest"
paths = ["DATA/mobi.csv"]

[stage.surveys]
kind = "sql"
inputs = ["raw"]
query = '''SELECT concat('p', source_line) AS customer, DATE '2005-01-01' AS date, '2005' AS wave, ITEMS FROM raw ORDER BY source_line'''
columns = { customer = "text", date = "date", wave = "text", TYPES }

[stage.satisfaction]
kind = "index-satisfaction"
answers = "surveys"
wave = "wave"
model = "ecsi"
scheme = "centroid"
draws = 200
constructs = [
  { name = "image", items = ["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5"] },
  { name = "expectation", items = ["CUEX1", "CUEX2", "CUEX3"] },
  { name = "quality", items = ["PERQ1", "PERQ2", "PERQ3", "PERQ4", "PERQ5", "PERQ6", "PERQ7"] },
  { name = "value", items = ["PERV1", "PERV2"] },
  { name = "satisfaction", items = ["CUSA1", "CUSA2", "CUSA3"] },
  { name = "complaints", items = ["CUSCO"] },
  { name = "loyalty", items = ["CUSL1", "CUSL2", "CUSL3"] },
]

[stage.report]
kind = "report"
"#;

fn numbers(rows: &[String]) -> Vec<f64> {
    rows.iter().flat_map(|row| row.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN))).collect()
}

#[test]
fn mobi_gives_smartpls_paths_and_the_reference_indices() {
    let Some(data) = real_data("mobi/mobi.csv") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(data, folder.path().join("mobi.csv")).expect("copied");
    let pipeline = folder.path().join("mobi.toml");
    let header = std::fs::read_to_string(folder.path().join("mobi.csv")).expect("a file");
    let items: Vec<&str> = header.lines().next().expect("a header").split(',').collect();
    let list = |of: &dyn Fn(&&str) -> String| items.iter().map(of).collect::<Vec<_>>().join(", ");
    let text = MOBI
        .replace("DATA", &folder.path().display().to_string())
        .replace("ITEMS", &list(&|item| format!("\"{item}\"")))
        .replace("TYPES", &list(&|item| format!("{item} = \"integer\"")));
    std::fs::write(&pipeline, text).expect("written");
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    let near = |sql: &str, published: &[f64], by: f64| {
        let found = numbers(&ask(sql));
        assert_eq!(found.len(), published.len(), "{sql}");
        found.iter().zip(published).for_each(|(f, p)| assert!((f - p).abs() <= by, "{sql}: {found:?}"));
    };
    // SmartPLS 2.0.M3 (centroid); the indices of shared/reference/satisfaction.md §2.
    let path = "SELECT path FROM satisfaction_paths WHERE \"from\" = 'quality' AND \"to\" = 'satisfaction'";
    near(path, &[0.512_545_24], 1e-8);
    let indices = "SELECT value, equal_items FROM satisfaction_index WHERE construct IN ('loyalty', 'satisfaction') ORDER BY construct";
    near(indices, &[70.6107, 63.3630, 72.5428, 71.9704], 5.1e-5);
    near("SELECT count(*) FROM satisfaction_index WHERE low < value AND value < high AND persons = 250", &[7.0], 0.0);
    // The index is the mean of the customers' scores, and its own weights are the frozen ones.
    near("SELECT avg(satisfaction), count(*) FROM satisfaction", &[72.5428, 250.0], 5.1e-5);
    near("SELECT max(abs(value - own_weights)) FROM satisfaction_index", &[0.0], 1e-9);
    let warned = ask("SELECT warnings FROM satisfaction_reliability WHERE construct = 'loyalty'");
    assert!(warned[0].contains("CUSL2") && warned[0].contains("Cronbach"), "{warned:?}");
    let page = std::fs::read_to_string(folder.path().join("out/latest/report.html")).expect("a report");
    for heading in ["Satisfaction by wave", "Importance and performance", "How well the survey measures"] {
        assert!(page.contains(heading), "{heading}");
    }
}

/// Answers of two waves from a planted satisfaction, which is half a step higher in the second; text that nobody is to read. Of the shop's thirty
/// customers ten do not answer.
fn surveys(seed: u64) -> Vec<String> {
    let mut draw = stream(seed, "surveys");
    let mut rows = Vec::new();
    for (wave, day, shift) in [("spring", "2024-04-10", 0.0), ("autumn", "2024-10-10", 0.5)] {
        for customer in (1..=20).chain(31..=130) {
            // The same for a customer in both waves.
            let quality = 2.0 + 6.0 * f64::from(customer * 37 % 131) / 131.0;
            let mut item = |level: f64| {
                let answer: f64 = (level + shift + draw.random_range(-1.5..1.5_f64)).round();
                answer.clamp(1.0, 10.0) as i64
            };
            let answers: Vec<String> =
                [quality, quality, quality + 0.5, quality + 0.5, quality].map(|level| item(level).to_string()).to_vec();
            let nps = (quality + shift).round() as i64;
            rows.push(format!(
                "c{customer:02},{day},{wave},{},{nps},\"my name is Kay <{customer}>\"",
                answers.join(",")
            ));
        }
    }
    // What cannot be used.
    rows.push("c01,2024-10-12,autumn,11,5,5,5,5,5,off".to_owned());
    rows.push("c02,2024-10-12,autumn,,,,,,,empty".to_owned());
    rows.push(",2024-10-12,autumn,5,5,5,5,5,5,nobody".to_owned());
    rows.push("c03,2034-10-12,autumn,5,5,5,5,5,5,later".to_owned());
    rows
}

const SHOP: &str = r#"
[stage.surveys]
kind = "ingest"
paths = ["DATA/surveys.csv"]

[stage.complaints]
kind = "ingest"
paths = ["DATA/complaints.csv"]

[stage.told]
kind = "build-features"
orders = "orders"
snapshots = 13
events = ["complaints"]

[stage.leaving]
kind = "train-churn"
features = "told"
orders = "orders"
horizon = "60d"
models = ["logistic"]

[stage.satisfaction]
kind = "index-satisfaction"
answers = "surveys"
wave = "wave"
draws = 200
constructs = [
  { name = "quality", items = ["q1", "q2"] },
  { name = "satisfaction", items = ["s1", "s2", "s3"], from = ["quality"] },
]
nps = { item = "recommend" }
features = "told"
orders = "orders"
complaints = "complaints"
"#;

fn shop(folder: &Path, surveys: &[String], more: &str) -> PathBuf {
    let pipeline = small_shop::write(folder, 14);
    let header = "customer,date,wave,q1,q2,s1,s2,s3,recommend,comment\n";
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("written");
    write("surveys.csv", header.to_owned() + &surveys.iter().fold(String::new(), |all, row| all + row + "\n"));
    let mut complaints = String::from("customer,date,recorded,resolved\n");
    for customer in (1..=30).step_by(3) {
        let resolved = if customer % 2 == 0 { "2024-03-25" } else { "" };
        let _ = writeln!(complaints, "c{customer:02},2024-03-22,,{resolved}");
    }
    // Who sent something back on 2024-03-20 had complained of it, and did again, which the shop does not know yet.
    complaints += "c02,2024-03-15,2024-03-16,2024-03-18\nc02,2024-03-21,2034-01-01,\n";
    write("complaints.csv", complaints);
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let own = SHOP.replace("DATA", &folder.display().to_string());
    std::fs::write(&pipeline, text + &own + more).expect("written");
    pipeline
}

#[test]
fn waves_compare_by_frozen_weights_and_bytes_do_not_depend_on_threads_or_rows() {
    let rows = surveys(3);
    let run = |rows: &[String], threads: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = shop(folder.path(), rows, "");
        let gave = run_into(&pipeline, folder.path(), &["--quiet", "--threads", threads]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        let own = artifacts(folder.path()).into_iter().filter(|(name, _)| name.starts_with("satisfaction/"));
        (own.collect::<Vec<_>>(), pipeline, folder)
    };
    let (one, pipeline, folder) = run(&rows, "1");
    let mut shuffled = rows.clone();
    shuffled.shuffle(&mut stream(4, "rows"));
    assert_eq!(one, run(&shuffled, "2").0);
    let ask = |sql: &str| ask(&pipeline, folder.path(), sql);
    // Half a step of the nine from 1 to 10 is 5.6 points of a hundred; the weights of respondents and answers at the end of the scale move it a little.
    let change = numbers(&ask(
        "SELECT change, change_by_weights FROM satisfaction_index WHERE construct = 'satisfaction' AND wave = 'autumn'",
    ));
    assert!((change[0] - 5.6).abs() < 3.0 && change[1].abs() < 1.0, "{change:?}");
    let weights = ask("SELECT count(DISTINCT frozen_weight), count(*) FROM satisfaction_items WHERE item = 's1'");
    assert_eq!(weights, ["1,2"]);
    let aside = ask("SELECT reason, count(*) FROM satisfaction_set_aside GROUP BY reason ORDER BY reason");
    let expected = [
        "an answer is not on its scale,1",
        "no customer,1",
        "no question was answered,1",
        "not before the as-of date,1",
    ];
    assert_eq!(aside, expected);
    // All answered in both waves, so the newest answers are a wave, whose weights have mean 1. Respondents who never ordered weigh as much as
    // the mean; those who did stand for the ten who did not answer, more or less.
    let weight = numbers(&ask("SELECT count(*), avg(weight), min(weight), max(weight) FROM satisfaction"));
    assert!(weight[0] == 120.0 && (weight[1] - 1.0).abs() < 1e-9, "{weight:?}");
    assert!(weight[2] < 0.98 && weight[3] > 1.02 && weight[3] <= 5.0, "{weight:?}");
    let stranger = "CAST(substr(customer, 2) AS BIGINT) > 30";
    let strangers = numbers(&ask(&format!("SELECT min(weight), max(weight) FROM satisfaction WHERE {stranger}")));
    assert!(strangers.iter().all(|weight| (weight - 1.0).abs() < 1e-9), "{strangers:?}");
    // Nothing that customers wrote is anywhere but in the table that was read.
    let left = crate::program::contents(&folder.path().join("out"));
    let reading = left.iter().filter(|(name, _)| name.contains("report") || name.ends_with(".json"));
    assert!(reading.into_iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("my name is")));
    // Complaints are features of the churn model, as known at each date.
    let early = ask("SELECT max(complaints_events_lifetime) FROM told_snapshots WHERE as_of <= '2024-03-15'");
    assert_eq!(early, ["0.0"]);
    assert_eq!(ask("SELECT max(complaints_events_lifetime) FROM told"), ["1.0"]);
    let open =
        ask("SELECT count(*) FROM told WHERE complaints_events_open > 0 AND complaints_event_resolution_days IS NULL");
    assert_ne!(open, ["0"]);
    let mut cards = left.iter().filter(|(name, _)| name.ends_with("card.json"));
    assert!(
        cards.any(|(_, bytes)| String::from_utf8_lossy(bytes).contains("\"complaints_events_lifetime\"")),
        "a model saw complaints"
    );
    // One customer of the shop sent something back, after a complaint that was resolved.
    let funnel = ask("SELECT outcome, customers FROM satisfaction_complaint_funnel WHERE failure = 'all'");
    assert_eq!(funnel, ["resolved,1"]);
}

#[test]
fn weights_of_the_first_run_stay_when_its_wave_is_no_longer_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = surveys(5);
    let pipeline = shop(folder.path(), &rows, "");
    let run = |more: &[&str]| {
        let gave = run_into(&pipeline, folder.path(), &[&["--quiet", "--select", "satisfaction"], more].concat());
        assert_eq!(gave.code, 0, "{}", gave.err);
        let weights =
            ask(&pipeline, folder.path(), "SELECT DISTINCT item, frozen_weight FROM satisfaction_items ORDER BY item");
        (weights, notes(folder.path(), "satisfaction"))
    };
    let (first, told) = run(&[]);
    assert!(told.contains("were estimated on wave spring"), "{told}");
    let autumn: Vec<String> = rows.iter().filter(|row| row.contains("autumn")).cloned().collect();
    shop(folder.path(), &autumn, "");
    let (second, told) = run(&[]);
    assert!(told.contains("are those of wave spring"), "{told}");
    assert_eq!(first, second);
    // Another question: the series begins again, and says so.
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    std::fs::write(&pipeline, text.replace(r#"items = ["s1", "s2", "s3"]"#, r#"items = ["s1", "s2"]"#))
        .expect("written");
    let (_, told) = run(&[]);
    assert!(told.contains("do not compare") && told.contains("were estimated on wave autumn"), "{told}");
}

#[test]
fn a_wave_that_cannot_be_estimated_takes_the_weights_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rows = surveys(5);
    // In winter all gave the same answer to the first question.
    let again = |row: &String| {
        let cells: Vec<&str> = row.split(',').collect();
        format!("{},2024-12-10,winter,5,{}", cells[0], cells[4..].join(","))
    };
    let winter: Vec<String> = rows.iter().take(120).map(again).collect();
    rows.extend(winter);
    let pipeline = shop(folder.path(), &rows, "");
    let run = || run_into(&pipeline, folder.path(), &["--quiet", "--select", "satisfaction"]);
    let gave = run();
    assert_eq!(gave.code, 0, "{}", gave.err);
    let told = notes(folder.path(), "satisfaction");
    assert!(
        told.contains("winter: the model cannot be estimated") && told.contains("the same answer to `q1`"),
        "{told}"
    );
    let own = "SELECT wave, count(value), count(own_weights) FROM satisfaction_index WHERE measure = 'index' GROUP BY wave ORDER BY wave";
    assert_eq!(ask(&pipeline, folder.path(), own), ["autumn,2,2", "spring,2,2", "winter,2,0"]);
    // Where its weights are wanted, there are none.
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    std::fs::write(&pipeline, text.replace("draws = 200\n", "draws = 200\nbase_wave = \"winter\"\n")).expect("written");
    let base = run();
    assert!(
        base.code == 1 && base.err.contains("winter") && base.err.contains("the same answer to `q1`"),
        "{}",
        base.err
    );
}

#[test]
fn what_is_wrong_with_a_survey_is_said_before_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = |from: &str, to: &str| {
        let pipeline = shop(folder.path(), &surveys(3), "");
        let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
        assert!(text.contains(from), "{from}");
        std::fs::write(&pipeline, text.replace(from, to)).expect("written");
        run_into(&pipeline, folder.path(), &["--quiet", "--select", "satisfaction"])
    };
    let nps = said(r#"item = "recommend" }"#, r#"item = "recommend", scale = [1, 10] }"#);
    assert!(nps.code == 2 && nps.err.contains("NPS is defined on a scale from 0 to 10"), "{}", nps.err);
    let circle = said(r#"items = ["q1", "q2"] }"#, r#"items = ["q1", "q2"], from = ["satisfaction"] }"#);
    assert!(circle.code == 2 && circle.err.contains("circle"), "{}", circle.err);
    let preset = said("draws = 200\n", "draws = 200\nmodel = \"acsi\"\n");
    assert!(preset.code == 2 && preset.err.contains("has its arrows already"), "{}", preset.err);
    let column = said(r#""s3"]"#, r#""comment"]"#);
    assert!(column.code == 1 && column.err.contains("`comment` is text, not numbers"), "{}", column.err);
    let cap = said("draws = 200\n", "draws = 200\nmax_weight = 0.5\n");
    assert!(cap.code == 2 && cap.err.contains("max_weight"), "{}", cap.err);
    let base = said("draws = 200\n", "draws = 200\nbase_wave = \"winter\"\n");
    assert!(base.code == 2 && base.err.contains("autumn"), "{}", base.err);
}

/// IBM's extended Telco workbooks, one row per customer.
const TELCO: &str = r#"
[run]
name = "telco"
as_of = "2024-01-01"

[stage.status]
kind = "ingest"
paths = ["DATA/Telco_customer_churn_status.xlsx"]

[stage.services]
kind = "ingest"
paths = ["DATA/Telco_customer_churn_services.xlsx"]

[stage.customers]
kind = "sql"
inputs = ["status", "services"]
query = '''SELECT s."Customer ID" AS customer, CAST(s."Satisfaction Score" AS BIGINT) AS satisfaction_score,
  CASE WHEN s."Churn Label" THEN 'Yes' ELSE 'No' END AS churn_label, DATE '2023-12-15' AS asked_on,
  CAST(v."Tenure in Months" AS BIGINT) AS tenure, CAST(v."Monthly Charge" AS DOUBLE) AS monthly_charge, v."Contract" AS contract
  FROM status s JOIN services v ON s."Customer ID" = v."Customer ID" ORDER BY 1'''
columns = { customer = "text", satisfaction_score = "integer", churn_label = "text", asked_on = "date", tenure = "integer",
            monthly_charge = "number", contract = "text" }

[stage.churn]
kind = "train-churn"
features = "customers"
label = "churn_label"
models = ["logistic"]
"#;

#[test]
fn the_telco_satisfaction_score_is_the_label_and_is_not_learned_from() {
    let Some(status) = real_data("telco_churn_extended/Telco_customer_churn_status.xlsx") else { return };
    let data = status.parent().expect("a folder").display().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = folder.path().join("telco.toml");
    let run = |more: &str| {
        std::fs::write(&pipeline, TELCO.replace("DATA", &data) + more).expect("written");
        run_into(&pipeline, folder.path(), &["--quiet"])
    };
    let gave = run("");
    assert_eq!(gave.code, 0, "{}", gave.err);
    // Of 1 and 2 all left, of 4 and 5 nobody (shared/reference/satisfaction.md §4).
    let sql = "SELECT satisfaction_score, count(*), count(*) FILTER (WHERE churn_label = 'Yes') FROM customers GROUP BY 1 ORDER BY 1";
    let counts = ["1,922,922", "2,518,518", "3,2665,429", "4,1789,0", "5,1149,0"];
    assert_eq!(ask(&pipeline, folder.path(), sql), counts);
    let told = notes(folder.path(), "churn");
    assert!(told.contains("`satisfaction_score` reads like an answer to a survey and is not learned from"), "{told}");
    let auc = step(folder.path(), "churn")["metrics"]["roc_auc"].as_f64().expect("a metric");
    assert!(auc < 0.92, "{auc}: the score alone has 0.95");
    // Dated after customers could leave, it is refused.
    let late = run("answers = { satisfaction_score = \"asked_on\" }\nlabel_since = \"2023-10-01\"\n");
    assert!(late.code == 1 && late.err.contains("7043 of 7043 answers in `satisfaction_score`"), "{}", late.err);
    // Without the day from which they could, the pipeline is not sound.
    let vague = run("answers = { satisfaction_score = \"asked_on\" }\n");
    assert!(vague.code == 2 && vague.err.contains("label_since"), "{}", vague.err);
    // Asked before, it is a feature like any other.
    let early = run("answers = { satisfaction_score = \"asked_on\" }\nlabel_since = \"2023-12-16\"\n");
    assert_eq!(early.code, 0, "{}", early.err);
    assert!(!notes(folder.path(), "churn").contains("reads like an answer"));
}
