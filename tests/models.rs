//! Models in force from one run to the next: who switches them, what is judged on what, and what a damaged folder does.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::{Gave, contents, notes, patron, record, root, run, run_into, step};
use crate::small_shop;

fn champion(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("models/churn/aliases.json")).expect("a registry");
    let aliases: Value = serde_json::from_str(&text).expect("JSON");
    aliases["champion"].as_str().expect("a champion").to_owned()
}

fn models(action: &str, pipeline: &Path, folder: &Path) -> Gave {
    let mut command = patron();
    command.args(["models", action]).arg(pipeline).arg("churn").arg("--models").arg(folder.join("models"));
    run(&mut command)
}

fn runs(pipeline: &Path, folder: &Path) {
    let gave = run_into(pipeline, folder, &["--quiet", "--select", "at_risk"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
}

#[test]
fn a_rollback_on_the_day_of_a_change_of_settings_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (small_shop::write(folder.path(), 20), folder.path());
    runs(&pipeline, folder);
    let first = champion(folder);
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    std::fs::write(&pipeline, text.replace("horizon = \"60d\"", "horizon = \"60d\"\ncriterion = \"brier\""))
        .expect("written");
    runs(&pipeline, folder);
    let second = champion(folder);
    assert_ne!(first, second, "other settings train at once");
    assert!(notes(folder, "churn").contains("its settings have changed"));

    let gave = models("rollback", &pipeline, folder);
    assert_eq!(gave.code, 0, "{}", gave.err);
    for _ in 0..2 {
        runs(&pipeline, folder);
        assert_eq!(champion(folder), first, "what the run hands on is what the registry says");
        assert!(
            notes(folder, "churn").contains(&format!("version {first} stays active")),
            "{}",
            notes(folder, "churn")
        );
    }
    let model = step(folder, "churn")["outputs"]["model.bin"].as_str().expect("a digest").to_owned();
    let bytes = std::fs::read(folder.join("models/churn").join(&first).join("model.bin")).expect("a model");
    assert_eq!(model, blake3::hash(&bytes).to_hex().to_string());
    // Settings changed after that train anew again.
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    std::fs::write(&pipeline, text.replace("brier", "roc-auc")).expect("written");
    let gave = run(patron()
        .arg("plan")
        .arg(&pipeline)
        .args(["--out", &folder.join("out").display().to_string()])
        .args(["--models", &folder.join("models").display().to_string()]));
    assert!(gave.out.contains("the active model"), "{} {}", gave.out, gave.err);
    runs(&pipeline, folder);
    assert!(![first, second].contains(&champion(folder)));
}

#[test]
fn a_version_in_force_that_is_gone_comes_back_from_the_store_or_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (small_shop::write(folder.path(), 20), folder.path());
    runs(&pipeline, folder);
    let in_force = folder.join("models/churn").join(champion(folder));
    std::fs::remove_dir_all(&in_force).expect("removed");
    let gave = run_into(&pipeline, folder, &["--quiet", "--select", "at_risk"]);
    assert!(gave.code == 0 && gave.err.contains("restored from the store"), "{} {}", gave.code, gave.err);
    assert!(in_force.join("model.bin").exists());
    std::fs::remove_dir_all(&in_force).expect("removed");
    std::fs::remove_dir_all(folder.join("out/store")).expect("removed");
    let gave = run_into(&pipeline, folder, &["--quiet", "--select", "at_risk"]);
    assert!(
        gave.code == 1 && gave.err.contains("bad-model") && gave.err.contains("help:"),
        "{} {}",
        gave.code,
        gave.err
    );
}

#[test]
fn a_damaged_artifact_of_the_last_run_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (pipeline, folder) = (small_shop::write(folder.path(), 20), folder.path());
    runs(&pipeline, folder);
    let made = record(folder)["steps"].as_array().expect("steps").clone();
    let churn = made.iter().find(|step| step["name"] == "churn").expect("the step");
    let place = folder.join("out/store").join(churn["fingerprint"].as_str().expect("a fingerprint"));
    std::fs::write(place.join("model.bin"), "cut short").expect("written");
    let before = champion(folder);
    runs(&pipeline, folder);
    assert_eq!(champion(folder), before);
}

/// Customers with a contract, a label and a tenure that has to do with it.
fn contracts(folder: &Path, customers: u32) {
    let mut text = String::from("id,months,plan,status\n");
    for i in 0..customers {
        let months = 1 + i * 7 % 60;
        let left = (i * 13 % 17) * 4 > months;
        let plan = ["monthly", "yearly"][(i * 5 % 3 % 2) as usize];
        writeln!(text, "k{i:04},{months},{plan},{}", if left { "left" } else { "stays" }).expect("memory");
    }
    std::fs::write(folder.join("contracts.csv"), text).expect("written");
}

#[test]
fn figures_of_rows_that_were_learned_from_say_that_they_flatter() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    contracts(folder, 300);
    let pipeline = folder.join("contracts.toml");
    let text = r#"
[run]
name = "contracts"

[stage.raw]
kind = "ingest"
paths = ["DATA/contracts.csv"]

[stage.customers]
kind = "sql"
inputs = ["raw"]
query = "SELECT id AS customer, CAST(months AS BIGINT) AS months, plan, status FROM raw ORDER BY id"
columns = { customer = "text", months = "integer", plan = "text", status = "text" }

[stage.churn]
kind = "train-churn"
features = "customers"
label = "status"
positive = "left"
models = ["logistic"]
"#;
    std::fs::write(&pipeline, text.replace("DATA", &folder.display().to_string())).expect("written");
    let go = || {
        let gave = run_into(&pipeline, folder, &["--quiet"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        (champion(folder), notes(folder, "churn"))
    };
    let (first, told) = go();
    assert!(!told.contains("may be too good"), "{told}");
    // Other data: learned anew, and judged by folds.
    contracts(folder, 330);
    let (second, told) = go();
    assert!(second != first && !told.contains("may be too good"), "{told}");
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    std::fs::write(&pipeline, text + "retrain = \"never\"\n").expect("written");
    contracts(folder, 360);
    let (third, told) = go();
    assert!(third == second && told.contains("may be too good"), "{told}");
}

/// Three hundred customers who order in about six months of ten; where there is a change, three in five order no more from 2025-02-01 on.
fn regulars(folder: &Path, change: bool) {
    let mut csv = String::from("order,customer,time,item,description,quantity,unit_price\n");
    let mut order = 0;
    for month in 0..16u64 {
        for customer in 0..300u64 {
            let draw = patron::numeric::random::mix(month * 1000 + customer);
            if draw % 10 >= 6 || (change && month >= 13 && customer % 5 < 3) {
                continue;
            }
            order += 1;
            let (year, of_year) = (2024 + month / 12, month % 12 + 1);
            writeln!(csv, "{order},c{customer:03},{year}-{of_year:02}-{:02} 10:00:00,TEA1,Tea,1,3.50", 1 + draw % 28)
                .expect("memory");
        }
    }
    std::fs::write(folder.join("orders.csv"), csv).expect("written");
}

#[test]
fn probabilities_that_did_not_come_true_are_told_and_hold_the_list() {
    let told = "probabilities of 2025-02-01 did not come true";
    for change in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let pipeline = small_shop::write(folder.path(), 1);
        let folder = folder.path();
        regulars(folder, change);
        let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
        let text = text.replace("horizon = \"60d\"", "horizon = \"60d\"\nretrain = \"never\"");
        let scores = "kind = \"score-churn\"\n";
        std::fs::write(&pipeline, text.replace(scores, &format!("{scores}hold_ece = 0.2\n"))).expect("written");
        let go = |as_of: &str| run_into(&pipeline, folder, &["--quiet", "--as-of", as_of, "--select", "best_list"]);
        let gave = go("2025-01-01");
        assert_eq!(gave.code, 0, "{}", gave.err);
        let (first, lists) = (champion(folder), contents(&folder.join("out/lists")));
        assert!(lists.contains_key("best/_SUCCESS"), "{:?}", lists.keys());

        // The snapshot of 2025-02-01 has closed: 60 days.
        let gave = go("2025-04-02");
        assert_eq!(champion(folder), first, "nothing is trained");
        if !change {
            assert_eq!(gave.code, 0, "{}", gave.err);
            assert!(!notes(folder, "at_risk").contains("did not come true"), "{}", notes(folder, "at_risk"));
            let error = step(folder, "at_risk")["metrics"]["closed_ece"].as_f64().expect("a figure");
            assert!(error < 0.15, "{error}");
            assert_ne!(contents(&folder.join("out/lists")), lists, "a new list");
            continue;
        }
        assert!(gave.code == 3 && gave.err.contains(told), "{} {}", gave.code, gave.err);
        assert_eq!(contents(&folder.join("out/lists")), lists, "the last good list stays");
        // Without the limit it is told, and the list is published.
        std::fs::write(&pipeline, &text).expect("written");
        let gave = go("2025-04-02");
        assert_eq!(gave.code, 0, "{}", gave.err);
        assert!(notes(folder, "at_risk").contains(told), "{}", notes(folder, "at_risk"));
        let metric = |name: &str| step(folder, "at_risk")["metrics"][name].as_f64().expect("a figure");
        assert!(metric("closed_left") - metric("closed_promised") > 0.3 && metric("closed_ece") > 0.3);
        assert_ne!(contents(&folder.join("out/lists")), lists, "a new list");
    }
}

#[test]
fn the_unit_files_of_the_operations_page_are_sound() {
    let text = std::fs::read_to_string(root().join("pipelines/OPERATIONS.md")).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for part in text.split("`/etc/systemd/system/").skip(1) {
        let (name, rest) = part.split_once('`').expect("a name in backquotes");
        let body =
            rest.split_once("```ini\n").and_then(|(_, rest)| rest.split_once("```")).expect("a file in a fence").0;
        let path = folder.path().join(name);
        // The program stands elsewhere while it is tested.
        std::fs::write(&path, body.replace("/usr/local/bin/patron", env!("CARGO_BIN_EXE_patron"))).expect("written");
        files.push(path);
    }
    assert_eq!(files.len(), 2);
    match Command::new("systemd-analyze").arg("verify").args(&files).output() {
        Ok(gave) => {
            let told = String::from_utf8_lossy(&gave.stderr);
            assert!(gave.status.success() && told.is_empty(), "{} {told}", gave.status);
        }
        Err(error) => println!("skipped: systemd-analyze is not here ({error})"),
    }
}
