//! Sixty nights of a shop as cron would run them: new orders each night, customers who begin to stay away in the middle, a
//! killed night, a full disk, a night without data. Lists stay whole, the change is noticed, a new model takes over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::program::{contents, notes, order_stages, patron, root, run, run_into, step};

/// What follows the stages of orders.
const STAGES: &str = r#"
[stage.churn]
kind = "train-churn"
features = "features"
orders = "orders"
horizon = "21d"
active_days = 180
models = ["logistic"]
tries = 1
tests = 1
retrain = "on-drift"

[stage.at_risk]
kind = "score-churn"
model = "churn"
features = "features"

[stage.best]
kind = "select-targets"
scores = "at_risk"
top = 50

[stage.best_list]
kind = "deliver"
targets = "best"
"#;

const FIRST: &str = "2025-08-16";
/// From this night on, three in five customers order no more.
const CHANGE: usize = 15;
const KILLED: usize = 8;
const FULL: usize = 11;
const EMPTY: usize = 13;
const NIGHTS: usize = 60;

struct Shop {
    folder: tempfile::TempDir,
    pipeline: PathBuf,
    header: String,
    /// Rows by day.
    days: BTreeMap<String, Vec<String>>,
}

impl Shop {
    /// The demo shop's orders, those before the first night delivered already.
    fn new() -> Shop {
        let folder = tempfile::tempdir().expect("a folder");
        let text =
            std::fs::read_to_string(root().join("datasets/demo-shop/orders.csv")).expect("the demo shop is here");
        let mut lines = text.lines();
        let header = lines.next().expect("a header").to_owned();
        let mut days: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in lines {
            let time = line.split(',').nth(2).expect("columns");
            if time.starts_with("20") {
                days.entry(time[..10].to_owned()).or_default().push(line.to_owned());
            }
        }
        let later = days.split_off(FIRST);
        let before: Vec<String> = days.into_values().flatten().collect();
        let pipeline = folder.path().join("nights.toml");
        let place = folder.path().display().to_string();
        let orders = order_stages(&format!("{place}/orders-*.csv"), "snapshots = 20\nevery_days = 7");
        std::fs::write(&pipeline, format!("[run]\nname = \"nights\"\n{orders}{STAGES}")).expect("written");
        let shop = Shop { folder, pipeline, header, days: later };
        shop.deliver("orders-0000.csv", &before);
        shop
    }

    fn deliver(&self, name: &str, rows: &[String]) {
        let text = format!("{}\n{}\n", self.header, rows.join("\n"));
        std::fs::write(self.folder.path().join(name), text).expect("written");
    }

    fn place(&self) -> &Path {
        self.folder.path()
    }

    fn lists(&self) -> BTreeMap<String, Vec<u8>> {
        contents(&self.place().join("out/lists"))
    }

    fn champion(&self) -> String {
        let text = std::fs::read_to_string(self.place().join("models/churn/aliases.json")).expect("a registry");
        let aliases: Value = serde_json::from_str(&text).expect("JSON");
        aliases["champion"].as_str().expect("a champion").to_owned()
    }
}

/// A list is whole: its files are those of the manifest, and the mark that comes last is there.
fn assert_whole(lists: &BTreeMap<String, Vec<u8>>) {
    let names: BTreeSet<&str> = lists.keys().map(String::as_str).collect();
    assert!(names.contains("best/_SUCCESS") && names.contains("best/manifest.json"), "{names:?}");
}

#[test]
fn sixty_nights() {
    let shop = Shop::new();
    let days: Vec<String> = shop.days.keys().take(NIGHTS).cloned().collect();
    let stays_away = |row: &str| {
        let customer: u64 = row.split(',').nth(1).and_then(|id| id.parse().ok()).unwrap_or(0);
        customer % 5 < 3
    };
    let mut told = Vec::new();
    let mut champions: Vec<String> = Vec::new();
    let mut worst: f64 = 0.0;
    for (night, day) in days.iter().enumerate() {
        let rows: Vec<String> =
            shop.days[day].iter().filter(|row| night < CHANGE || !stays_away(row)).cloned().collect();
        if night != EMPTY {
            shop.deliver(&format!("orders-{day}.csv"), &rows);
        }
        let before = if night == 0 { BTreeMap::new() } else { shop.lists() };
        if night == KILLED {
            let mut command = patron();
            command.arg("run").arg(&shop.pipeline).args(["--quiet", "--out"]).arg(shop.place().join("out"));
            command.arg("--models").arg(shop.place().join("models")).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().expect("the program starts");
            std::thread::sleep(Duration::from_millis(150));
            child.kill().expect("killed");
            child.wait().expect("ended");
            assert_whole(&shop.lists());
        }
        if night == FULL && cfg!(target_os = "linux") {
            let call = format!(
                "ulimit -f 8; exec '{}' run '{}' --quiet --out '{}' --models '{}'",
                env!("CARGO_BIN_EXE_patron"),
                shop.pipeline.display(),
                shop.place().join("out").display(),
                shop.place().join("models").display()
            );
            let gave = run(std::process::Command::new("bash").args(["-c", &call]));
            assert!(gave.code == 1 && gave.err.contains("disk-full"), "{} {}", gave.code, gave.err);
            assert_eq!(shop.lists(), before, "a full disk leaves the last lists");
            continue;
        }
        let gave = run_into(&shop.pipeline, shop.place(), &[]);
        assert!([0, 4].contains(&gave.code), "night {night} ({day}): {} {}", gave.code, gave.err);
        assert_eq!(gave.code == 4, gave.err.contains("gate-held"), "night {night}: {}", gave.err);
        assert_whole(&shop.lists());
        if night == EMPTY {
            assert!(gave.err.contains("0 made"), "{}", gave.err);
            assert_eq!(shop.lists(), before);
        }
        let (step, notes) = (step(shop.place(), "churn"), notes(shop.place(), "churn"));
        if notes.contains("a new model was trained") || gave.code == 4 {
            told.push((night, notes));
        }
        let metric = |name: &str| step["metrics"][name].as_f64().expect("a metric");
        worst = worst.max((metric("newest_promised") - metric("newest_left")).abs());
        champions.push(shop.champion());
    }
    // One night in between made nothing.
    assert_eq!(champions[0], champions[CHANGE - 2], "nothing has changed yet: {told:?}");
    assert!(told.iter().any(|(night, _)| *night > CHANGE), "the change is noticed");
    assert_ne!(champions[0], champions[NIGHTS - 2], "a new model takes over: {told:?}");
    let step = step(shop.place(), "churn");
    let off = step["metrics"]["newest_promised"].as_f64().expect("a metric")
        - step["metrics"]["newest_left"].as_f64().expect("a metric");
    assert!(worst > 0.08 && off.abs() < 0.5 * worst, "off by {worst} at worst, {off} in the end");

    // A person can look at both and go back.
    let models = shop.place().join("models").display().to_string();
    let pipeline = shop.pipeline.display().to_string();
    let call = |arguments: &[&str]| {
        let gave = run(patron().arg("models").args(arguments).args([&pipeline, "--models", &models]));
        assert_eq!(gave.code, 0, "{arguments:?}: {}", gave.err);
        gave.out
    };
    assert!(call(&["list"]).contains("champion"));
    let champion = shop.champion();
    let gave =
        run(patron().args(["models", "compare", &pipeline, "churn", "champion", "previous", "--models", &models]));
    assert!(gave.code == 0 && gave.out.contains("ROC AUC"), "{} {}", gave.out, gave.err);
    let gave = run(patron().args(["models", "rollback", &pipeline, "churn", "--models", &models]));
    assert!(gave.code == 0 && shop.champion() != champion, "{} {}", gave.out, gave.err);
    let gave = run_into(&shop.pipeline, shop.place(), &[]);
    assert!([0, 4].contains(&gave.code), "{}", gave.err);
    let (back, notes) = (shop.champion(), notes(shop.place(), "churn"));
    assert_ne!(back, champion, "what a person put in force stays until another snapshot has closed");
    assert!(notes.contains(&format!("version {back} stays active")), "{notes}");
}
