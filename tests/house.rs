//! The house as drawn: who may import whom, and no rooms named for nothing.

use std::path::{Path, PathBuf};

use crate::program::root;

/// What every pure room may import, beside itself; these are pure too.
const SHARED: [&str; 3] = ["keys", "numeric", "orders"];

/// What some pure rooms may import beside that: a room of practice imports the rooms of methods.
const PRACTICE: [(&str, &[&str]); 8] = [
    ("churn", &["learning", "features", "value"]),
    ("kpis", &["features"]),
    ("lifecycle", &["features"]),
    ("worth", &["learning", "features", "series", "value"]),
    ("loyalty", &["learning", "lifecycle", "series"]),
    ("response", &["learning", "churn"]),
    ("triggers", &["demo", "value"]),
    ("uplift", &["learning"]),
];

/// Files with more lines than this are listed: most of them are better as two.
const LONG: usize = 600;

/// Rooms that know no file, clock, table or configuration: the folders of the package `src/pure`, without those that all of them share.
fn pure_rooms() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("src/pure")).expect("a folder");
    let folders = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.join("mod.rs").is_file());
    let names = folders.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !SHARED.contains(&name.as_str())).collect();
    names.sort();
    names
}

/// Who may import whom; a room may always import itself.
fn allowed<'a>(room: &str, pure: &'a [String]) -> Vec<&'a str> {
    let mut may: Vec<&str> = match room {
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
            "orders",
            "diagnostics",
            "disk",
        ],
        "run" => vec!["plan", "config", "stage", "stages", "engine", "outside", "tables", "diagnostics", "disk"],
        "plan" => vec!["config", "stage", "stages", "outside", "tables", "diagnostics"],
        "config" => vec!["tables", "report", "diagnostics"],
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
                "orders",
                "diagnostics",
                "disk",
            ]
        }
        "engine" => vec!["diagnostics", "disk"],
        "tables" => vec!["orders", "diagnostics", "disk"],
        "disk" => vec!["diagnostics"],
        "outside" => vec!["tables", "diagnostics", "disk"],
        "sources" => vec!["outside", "numeric", "disk"],
        "destinations" => vec!["keys", "numeric"],
        "report" => vec!["numeric"],
        "keys" | "numeric" | "diagnostics" | "real_data" => vec![],
        "orders" => vec!["numeric"],
        room if pure.iter().any(|name| name == room) => {
            let methods = PRACTICE.iter().find(|(name, _)| *name == room).map_or(&[][..], |row| row.1);
            // `real_data` is there for tests alone.
            [&SHARED[..], &["real_data"], methods].concat()
        }
        other => panic!("the room `{other}` is not in the table of imports"),
    };
    // The command line shows the tables of what can be named, and runs the miners on plain files.
    if room == "cli" || room == "stages" {
        may.extend(pure.iter().map(String::as_str));
    }
    may
}

/// The Rust sources of a folder and all below it.
pub fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
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
        // Examples and tests beside the rooms use the package from outside, as others do.
        .filter(|(room, _)| !["lib", "examples", "tests"].contains(&room.as_str()))
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
    let pure = pure_rooms();
    for (room, path) in rooms() {
        let text = std::fs::read_to_string(&path).expect("a file");
        let may = allowed(&room, &pure);
        for piece in text.split("crate::").skip(1) {
            let other: String = piece.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if other != room && !other.is_empty() && !may.contains(&other.as_str()) {
                faults.push(format!("{}: {room} uses crate::{other}", path.display()));
            }
        }
        if pure.contains(&room) || SHARED.contains(&room.as_str()) {
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

#[test]
fn pure_rooms_are_those_of_the_package_and_every_row_of_the_table_is_one() {
    let pure = pure_rooms();
    assert!(pure.len() >= 10, "{pure:?}");
    let package = std::fs::read_to_string(root().join("src/pure/lib.rs")).expect("a file");
    for room in pure.iter().map(String::as_str).chain(SHARED) {
        assert!(package.contains(&format!("pub mod {room};")), "src/pure/lib.rs does not have {room}");
    }
    for (room, methods) in PRACTICE {
        for name in [room].iter().chain(methods) {
            assert!(pure.iter().any(|known| known == name), "there is no pure room `{name}`");
        }
    }
}

/// No failure: a long file is a question, which a person answers. `cargo test -- --nocapture` shows the list.
#[test]
fn long_files_are_listed() {
    let lines = |path: &Path| std::fs::read_to_string(path).expect("a file").lines().count();
    let mut sizes: Vec<(usize, PathBuf)> = rooms().into_iter().map(|(_, path)| (lines(&path), path)).collect();
    sizes.sort();
    assert!(sizes.len() > 300, "only {} files were found", sizes.len());
    for (lines, path) in sizes.iter().rev().take_while(|(lines, _)| *lines > LONG) {
        println!("{lines} lines: {}", path.strip_prefix(root()).unwrap_or(path).display());
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
