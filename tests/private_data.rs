//! Personal data: who may read the files, and in which of them names, addresses and numbers of customers are at all.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow::array::AsArray;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::program::{Gave, root, run};

/// Runs the demo shop with everything open to everybody, as far as the process says.
fn loose_run(folder: &Path, more: &str) -> Gave {
    let call = format!(
        "umask 000; exec '{}' run pipelines/demo-shop.toml --out '{}' --models '{}' {more}",
        env!("CARGO_BIN_EXE_patron"),
        folder.join("out").display(),
        folder.join("models").display(),
    );
    run(Command::new("bash").current_dir(root()).args(["-c", &call]))
}

fn walk(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            walk(&path, all);
        }
        all.push(path);
    }
}

/// First names, addresses and telephone numbers of the demo shop's customers.
struct Customers {
    names: BTreeSet<String>,
    reached: BTreeSet<String>,
}

impl Customers {
    fn read() -> Customers {
        let text = fs::read_to_string(root().join("datasets/demo-shop/customers.csv")).expect("customers");
        let mut all = Customers { names: BTreeSet::new(), reached: BTreeSet::new() };
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            all.names.insert(cells[1].to_owned());
            all.reached.insert(cells[2].to_owned());
            all.reached.insert(cells[3].trim_start_matches('+').to_owned());
        }
        assert!(all.names.len() > 20 && all.reached.len() > 1000);
        all
    }

    /// The first that a text holds, names as whole words.
    fn found(&self, text: &str) -> Option<String> {
        let word = |c: char| !c.is_alphabetic();
        let name = text.split(word).find(|word| self.names.contains(*word));
        let part = |c: char| !(c.is_alphanumeric() || "@._-".contains(c));
        let mut reached = text.split(part).map(|part| part.trim_matches(['.', '-', '_']));
        name.or_else(|| reached.find(|part| self.reached.contains(*part))).map(str::to_owned)
    }

    /// The first that a table holds: names as whole cells, for items have names too.
    fn found_in_table(&self, path: &Path) -> Option<String> {
        let file = fs::File::open(path).expect("a file");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a table").build().expect("a table");
        for batch in reader {
            for column in batch.expect("rows").columns() {
                let Ok(texts) = arrow::compute::cast(column, &DataType::Utf8) else { continue };
                let mut cells = texts.as_string::<i32>().iter().flatten();
                let held =
                    |cell: &&str| self.names.contains(*cell) || self.reached.contains(cell.trim_start_matches('+'));
                if let Some(cell) = cells.find(held) {
                    return Some(cell.to_owned());
                }
            }
        }
        None
    }
}

#[test]
fn names_addresses_and_numbers_are_where_they_must_be_and_their_owner_alone_reads_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let customers = Customers::read();
    for more in ["", "--force --log json"] {
        let gave = loose_run(folder.path(), more);
        assert_eq!(gave.code, 0, "{}", gave.err);
        for said in [&gave.err, &gave.out] {
            assert_eq!(customers.found(said), None, "said by patron run {more}");
        }
    }
    let mut all = Vec::new();
    for part in ["out", "models"] {
        all.push(folder.path().join(part));
        walk(&folder.path().join(part), &mut all);
    }
    let mut searched = 0;
    let mut held = BTreeSet::new();
    for path in &all {
        let data = fs::symlink_metadata(path).expect("there");
        if data.is_symlink() {
            continue;
        }
        let mode = data.permissions().mode() & 0o777;
        assert_eq!(mode, if data.is_dir() { 0o700 } else { 0o600 }, "{}: {mode:o}", path.display());
        if data.is_dir() {
            continue;
        }
        searched += 1;
        let found = if path.extension().is_some_and(|e| e == "parquet") {
            customers.found_in_table(path)
        } else {
            customers.found(&String::from_utf8_lossy(&fs::read(path).expect("a file")))
        };
        if let Some(found) = found {
            let whose = owner(path, folder.path());
            assert!(whose.is_some(), "{found} is in {}", path.display());
            held.extend(whose);
        }
    }
    assert!(searched > 100, "{searched} files");
    let expected: BTreeSet<String> =
        ["customers", "part", "win_back_list", "cross_sell_list", "follow_up_list", "events_list", "published"]
            .map(str::to_owned)
            .into();
    assert_eq!(held, expected, "the test would not notice anything");
}

/// What may hold contacts: lists, the table of contacts, and the parts that it is made of.
fn owner(path: &Path, base: &Path) -> Option<String> {
    let below: Vec<String> =
        path.strip_prefix(base).expect("below").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let file = below.last().expect("a name");
    if ["manifest.json", "artifact.json", "sections.bin", "part.json", "report.html", "run.json"]
        .contains(&file.as_str())
    {
        return None;
    }
    match below.get(1).map(String::as_str) {
        Some("published") => Some("published".to_owned()),
        Some("store") if below[2] == "parts" => below[3].starts_with("rows-").then(|| "part".to_owned()),
        Some("store") => {
            let text = fs::read_to_string(path.with_file_name("artifact.json")).expect("a record");
            let record: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let step = record["step"].as_str().expect("a step").to_owned();
            (step == "customers" || step.ends_with("_list")).then_some(step)
        }
        _ => None,
    }
}

#[test]
fn what_earlier_versions_left_open_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = crate::small_shop::write(folder.path(), 20);
    assert_eq!(crate::program::run_into(&pipeline, folder.path(), &["--quiet"]).code, 0);
    let mut all = Vec::new();
    for part in ["out", "models"] {
        walk(&folder.path().join(part), &mut all);
    }
    all.retain(|path| !path.is_symlink());
    for path in &all {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("opened");
    }
    let gave = crate::program::run_into(&pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    for path in all.iter().filter(|path| path.exists()) {
        let loose = fs::metadata(path).expect("there").permissions().mode() & 0o077;
        assert_eq!(loose, 0, "{}", path.display());
    }
}
