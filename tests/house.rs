//! The house as drawn: who may import whom, and no rooms named for nothing.

use std::path::{Path, PathBuf};

use crate::program::root;

/// Rooms that know no file, clock, table or configuration; with `keys` and `numeric` they are the package `src/pure`.
const PURE: [&str; 9] =
    ["campaigns", "cleaning", "clustering", "demo", "features", "learning", "mining", "recommendation", "value"];

/// What every pure room may import, beside itself.
const SHARED: [&str; 2] = ["keys", "numeric"];

/// Who may import whom; a room may always import itself.
fn allowed(room: &str) -> Vec<&'static str> {
    let mut may: Vec<&'static str> = match room {
        "main" => vec!["cli"],
        "cli" => vec!["run", "plan", "config", "stages", "engine", "sources", "destinations", "tables", "diagnostics"],
        "run" => vec!["plan", "config", "stages", "engine", "tables", "diagnostics"],
        "plan" => vec!["config", "stages", "tables", "diagnostics"],
        "config" => vec!["tables", "diagnostics"],
        "stages" => vec!["engine", "tables", "sources", "destinations", "report", "keys", "numeric", "diagnostics"],
        "engine" | "tables" => vec!["diagnostics"],
        "destinations" => vec!["keys", "numeric"],
        "sources" | "report" => vec!["numeric"],
        "keys" | "numeric" | "diagnostics" | "real_data" => vec![],
        // `real_data` is there for tests alone.
        room if PURE.contains(&room) => [&SHARED[..], &["real_data"]].concat(),
        other => panic!("the room `{other}` is not in the table of imports"),
    };
    // The command line shows the tables of what can be named, and runs the miners on plain files.
    if room == "cli" || room == "stages" {
        may.extend(PURE);
    }
    may
}

fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|e| e == "rs") {
            all.push(path);
        }
    }
}

fn rooms() -> Vec<(String, PathBuf)> {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let below = path.strip_prefix(&src).expect("below src");
            let below = below.strip_prefix("pure").unwrap_or(below);
            let room = below.components().next().expect("a room").as_os_str().to_string_lossy().into_owned();
            (room.trim_end_matches(".rs").to_owned(), path)
        })
        // Examples use the package from outside, as others do.
        .filter(|(room, _)| room != "lib" && room != "examples")
        .collect()
}

/// Whether the folder's `mod.rs` takes the file in for tests alone.
fn is_test_only(path: &Path) -> bool {
    let folder = path.parent().expect("a folder");
    let text = std::fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
    let stem = path.file_stem().expect("a name").to_string_lossy();
    text.contains(&format!("#[cfg(test)]\nmod {stem};"))
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut faults = Vec::new();
    for (room, path) in rooms() {
        let text = std::fs::read_to_string(&path).expect("a file");
        let may = allowed(&room);
        for piece in text.split("crate::").skip(1) {
            let other: String = piece.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if other != room && !other.is_empty() && !may.contains(&other.as_str()) {
                faults.push(format!("{}: {room} uses crate::{other}", path.display()));
            }
        }
        if PURE.contains(&room.as_str()) || SHARED.contains(&room.as_str()) {
            for outside in
                ["arrow::", "datafusion::", "std::fs", "std::net", "SystemTime", "Instant::now", "std::env::var"]
            {
                let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
                if code.contains(outside) && !is_test_only(&path) {
                    faults.push(format!("{}: the pure room {room} uses {outside}", path.display()));
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_room_says_what_it_is_for_and_none_is_named_for_nothing() {
    for (room, path) in rooms() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for nothing in ["util", "utils", "helper", "helpers", "common", "misc", "manager"] {
            assert!(name != nothing && room != nothing, "{}", path.display());
        }
        if path.ends_with(format!("{room}/mod.rs")) {
            let text = std::fs::read_to_string(&path).expect("a file");
            assert!(text.starts_with("//! "), "{} does not say what it is for", path.display());
        }
    }
}
