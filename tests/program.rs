//! The real binary and folders to run it in.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command of the program, called in the repository.
pub fn patron() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patron"));
    command.current_dir(root());
    command
}

/// What a finished command gave.
pub struct Gave {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Gave {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    Gave {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// `patron` with these arguments.
pub fn call(arguments: &[&str]) -> Gave {
    run(patron().args(arguments))
}

/// `patron run` of a pipeline into a folder, on the data in another.
pub fn run_into(pipeline: &Path, out: &Path, more: &[&str]) -> Gave {
    let mut command = patron();
    command.arg("run").arg(pipeline).arg("--out").arg(out.join("out")).arg("--models").arg(out.join("models"));
    run(command.args(more))
}

/// What `patron query` answers over the last good run into a folder, in a form.
pub fn query(pipeline: &Path, folder: &Path, sql: &str, format: &str) -> Vec<u8> {
    let mut command = patron();
    command.arg("query").arg(pipeline).arg(sql).args(["--format", format, "--out"]).arg(folder.join("out"));
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    assert!(status.success(), "{sql}: {}", String::from_utf8_lossy(&stderr));
    stdout
}

/// The rows of its answer as CSV, without the header.
pub fn ask(pipeline: &Path, folder: &Path, sql: &str) -> Vec<String> {
    let answer = String::from_utf8(query(pipeline, folder, sql, "csv")).expect("UTF-8");
    answer.lines().skip(1).map(str::to_owned).collect()
}

/// The stages `lines`, `orders` and `features` of a pipeline over files like the demo shop's orders. `features` has further settings of the
/// last one.
pub fn order_stages(paths: &str, features: &str) -> String {
    format!(
        r#"
[stage.lines]
kind = "ingest"
paths = ["{paths}"]
columns = {{ customer = "customer_id", order = "order_id", time = "order_time", item = "item_id", quantity = "quantity", unit_price = "unit_price" }}
max_reject_share = 0.02

[stage.orders]
kind = "clean-orders"
lines = "lines"

[stage.features]
kind = "build-features"
orders = "orders"
{features}
"#
    )
}

/// Real data for testing, if it is there; a test without it says so and passes.
pub fn real_data(what: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(what);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// One finished run of the demo shop that several tests look at.
pub fn demo_run() -> &'static Path {
    static RUN: OnceLock<TempDir> = OnceLock::new();
    let folder = RUN.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let gave = run_into(&root().join("pipelines/demo-shop.toml"), folder.path(), &["--quiet"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
        folder
    });
    folder.path()
}

/// The record of the last good run into a folder.
pub fn record(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("out/latest/run.json")).expect("a record");
    serde_json::from_str(&text).expect("JSON")
}

/// A step of the last good run into a folder.
pub fn step(folder: &Path, name: &str) -> Value {
    let record = record(folder);
    let steps = record["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}")).clone()
}

/// What a step of the last good run noted, line by line.
pub fn notes(folder: &Path, name: &str) -> String {
    let step = step(folder, name);
    let notes = step["notes"].as_array().expect("notes");
    notes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// Every artifact of the last good run, as step and name, with its digest.
pub fn artifacts(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for step in record(folder)["steps"].as_array().expect("steps") {
        for (name, digest) in step["outputs"].as_object().expect("outputs") {
            let place = format!("{}/{name}", step["name"].as_str().expect("a name"));
            all.push((place, digest.as_str().expect("a digest").to_owned()));
        }
    }
    all
}

/// Every file below a folder with its content, by path.
pub fn contents(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, base: &Path, all: &mut std::collections::BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, base, all);
            } else {
                let name = path.strip_prefix(base).expect("below").display().to_string();
                all.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    let mut all = std::collections::BTreeMap::new();
    walk(folder, folder, &mut all);
    all
}
