//! The house as drawn: who may import whom, and no rooms named for nothing.

use std::path::{Path, PathBuf};

use crate::program::root;

/// Rooms that know no file, clock, table or configuration; with `keys` and `numeric` they are the package `src/pure`.
const PURE: [&str; 10] = [
    "campaigns",
    "churn",
    "cleaning",
    "clustering",
    "demo",
    "features",
    "learning",
    "mining",
    "recommendation",
    "value",
];

/// What every pure room may import, beside itself.
const SHARED: [&str; 2] = ["keys", "numeric"];

/// Who may import whom; a room may always import itself.
fn allowed(room: &str) -> Vec<&'static str> {
    let mut may: Vec<&'static str> = match room {
        "main" => vec!["cli"],
        "cli" => vec![
            "run",
            "plan",
            "config",
            "stage",
            "stages",
            "engine",
            "outside",
            "sources",
            "destinations",
            "tables",
            "diagnostics",
            "disk",
        ],
        "run" => vec!["plan", "config", "stage", "stages", "engine", "outside", "tables", "diagnostics", "disk"],
        "plan" => vec!["config", "stage", "stages", "outside", "tables", "diagnostics"],
        "config" => vec!["tables", "diagnostics"],
        "stage" => vec!["engine", "outside", "tables", "report", "diagnostics", "disk"],
        "stages" => {
            vec![
                "stage",
                "engine",
                "tables",
                "outside",
                "sources",
                "destinations",
                "report",
                "keys",
                "numeric",
                "diagnostics",
                "disk",
            ]
        }
        "engine" | "tables" => vec!["diagnostics", "disk"],
        "disk" => vec!["diagnostics"],
        "outside" => vec!["diagnostics", "disk"],
        "sources" => vec!["outside", "numeric", "disk"],
        "destinations" => vec!["keys", "numeric"],
        "report" => vec!["numeric"],
        "keys" | "numeric" | "diagnostics" | "real_data" => vec![],
        // A room of practice imports the rooms of methods: learning, and what it learns from.
        "churn" => vec!["learning", "features", "value", "numeric"],
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

/// Files with no customer's data in them: a generated shop, and answers where the user asks for them.
const MAKE_FILES: [&str; 5] = ["cli/generate.rs", "cli/init.rs", "cli/mine/mod.rs", "run/lock.rs", "run/memory.rs"];

#[test]
fn files_and_folders_are_made_in_one_place() {
    for (room, path) in rooms() {
        let text = std::fs::read_to_string(&path).expect("a file");
        let code = text.split("mod tests {").next().unwrap_or(&text);
        let makes = ["File::create", "File::options", "OpenOptions", "fs::write(", "create_dir", "DirBuilder"];
        let made = makes.iter().find(|what| code.contains(**what));
        let may = room == "disk" || MAKE_FILES.iter().any(|name| path.ends_with(name)) || is_test_only(&path);
        assert!(made.is_none() || may, "{} uses {}: see src/disk", path.display(), made.expect("some"));
    }
}

/// A full or closed output must not stop a run, and secrets are hidden on the way out.
#[test]
fn only_one_place_writes_to_the_terminal() {
    let mut faults = Vec::new();
    for (_, path) in rooms()
        .into_iter()
        .filter(|(room, path)| room != "real_data" && !path.ends_with("cli/show.rs") && !is_test_only(path))
    {
        let text = std::fs::read_to_string(&path).expect("a file");
        let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            if ["print!(", "println!(", "eprint!(", "eprintln!(", "dbg!(", "stderr().lock"]
                .iter()
                .any(|word| line.contains(word))
            {
                faults.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
