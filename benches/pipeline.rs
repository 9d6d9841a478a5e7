//! The whole pipeline on a generated shop: rows per second and memory of each stage, and the ratio of the whole to DuckDB
//! scanning and aggregating the same file.
//!
//! `cargo bench --bench pipeline -- [LINES]` (default 1,000,000). The ratio needs a Python with `duckdb`, named by
//! `PATRON_PYTHON` (default `python3`); without it the line says so.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

const PIPELINE: &str = r#"
[run]
name = "bench"

[stage.lines]
kind = "ingest"
paths = ["DATA/orders.csv"]
columns = { customer = "customer_id", order = "order_id", time = "order_time", item = "item_id", description = "description", category = "category", quantity = "quantity", unit_price = "unit_price", country = "country" }
max_reject_share = 0.02

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.features]
kind = "build-features"
orders = "orders"
snapshots = 6

[stage.segments]
kind = "segment"
features = "features"

[stage.rules]
kind = "mine-baskets"
orders = "orders"

[stage.churn]
kind = "train-churn"
features = "features"
orders = "orders"
models = ["logistic", "gradient-boosting"]
tests = 1

[stage.at_risk]
kind = "score-churn"
model = "churn"
features = "features"

[stage.best]
kind = "select-targets"
scores = "at_risk"
top = 10000

[stage.best_list]
kind = "deliver"
targets = "best"

[stage.report]
kind = "report"
"#;

fn main() {
    let lines: u64 = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let patron = env!("CARGO_BIN_EXE_patron");
    let made = Command::new(patron).args(["generate", "--lines", &lines.to_string()]).arg(&data).status();
    assert!(made.expect("patron starts").success());
    let pipeline = folder.path().join("bench.toml");
    std::fs::write(&pipeline, PIPELINE.replace("DATA", &data.display().to_string())).expect("written");
    let begun = Instant::now();
    let mut run = Command::new(patron);
    run.arg("run").arg(&pipeline).arg("--quiet").arg("--out").arg(folder.path().join("out"));
    assert!(run.arg("--models").arg(folder.path().join("models")).status().expect("patron starts").success());
    let whole = begun.elapsed().as_secs_f64();
    let record = std::fs::read_to_string(folder.path().join("out/latest/run.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    println!("{:<12} {:>9} {:>14} {:>9}", "stage", "seconds", "rows in/s", "peak MB");
    for step in record["steps"].as_array().expect("steps") {
        let (seconds, rows) = (step["seconds"].as_f64().unwrap_or(0.0), step["rows_in"].as_f64().unwrap_or(0.0));
        let memory = step["peak_memory_bytes"].as_f64().unwrap_or(0.0) / 1e6;
        println!(
            "{:<12} {seconds:>9.2} {:>14.0} {memory:>9.0}",
            step["name"].as_str().unwrap_or(""),
            rows / seconds.max(1e-9)
        );
    }
    println!("whole: {whole:.1} s");
    match duckdb(&data.join("orders.csv")) {
        Some(seconds) => {
            println!("ratio to DuckDB's scan and aggregate of the same file ({seconds:.2} s): {:.1}", whole / seconds)
        }
        None => println!("no ratio: no Python with duckdb (set PATRON_PYTHON), or its script failed"),
    }
}

/// Seconds that DuckDB takes to read the file and sum per customer.
fn duckdb(file: &Path) -> Option<f64> {
    let python = std::env::var("PATRON_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/pipeline.py");
    let output = Command::new(python).arg(script).arg(file).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
