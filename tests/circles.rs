//! Files that import each other in a loop: there are none.
//!
//! An arrow runs from a file to each file whose names it uses. A `mod.rs` hands names on, so a name taken from it is
//! followed to the file that it comes from; what a `mod.rs` defines itself belongs to all files of its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::house::sources;
use crate::program::root;

/// The path of a module from the root of its package.
type Module = Vec<String>;

/// The files of one package by their modules.
struct House {
    files: BTreeMap<Module, PathBuf>,
    texts: BTreeMap<Module, String>,
}

impl House {
    fn of(folder: &Path, without: Option<&Path>) -> House {
        let mut found = Vec::new();
        sources(folder, &mut found);
        found.retain(|path| {
            without.is_none_or(|without| !path.starts_with(without))
                && !path.components().any(|c| c.as_os_str() == "examples")
        });
        let mut house = House { files: BTreeMap::new(), texts: BTreeMap::new() };
        for path in found {
            let below = path.strip_prefix(folder).expect("below the folder").with_extension("");
            let mut module: Module = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
                module.pop();
            }
            let text = std::fs::read_to_string(&path).expect("a file");
            house.texts.insert(module.clone(), without_tests_and_comments(&text));
            house.files.insert(module, path);
        }
        house
    }

    fn is_folder(&self, module: &Module) -> bool {
        self.files.get(module).is_some_and(|path| path.ends_with("mod.rs") || path.ends_with("lib.rs"))
    }

    /// The file in which a name that is written as `path` in `module` is defined, if it is one of this package's.
    fn place_of(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut at = match path.first()?.as_str() {
            "crate" => Module::new(),
            "self" => module.clone(),
            "super" => module[..module.len().checked_sub(1)?].to_vec(),
            first => {
                let child = [module.clone(), vec![first.to_owned()]].concat();
                if !self.files.contains_key(&child) {
                    return None;
                }
                child
            }
        };
        for part in &path[1..] {
            if part == "super" {
                at.pop();
                continue;
            }
            let child = [at.clone(), vec![part.clone()]].concat();
            if self.files.contains_key(&child) {
                at = child;
            } else if self.is_folder(&at) {
                return self.handed_on(&at, part);
            } else {
                break;
            }
        }
        (!self.is_folder(&at)).then_some(at)
    }

    /// Where a folder has a name from that its `mod.rs` hands on.
    fn handed_on(&self, folder: &Module, name: &str) -> Option<Module> {
        uses(&self.texts[folder])
            .into_iter()
            .filter(|path| path.last().is_some_and(|last| last == name) && path.len() > 1)
            .find_map(|path| self.place_of(folder, &path))
    }

    fn arrows(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut arrows = BTreeMap::new();
        for (module, text) in self.texts.iter().filter(|(module, _)| !self.is_folder(module)) {
            let places = uses(text).into_iter().filter_map(|path| self.place_of(module, &path));
            arrows.insert(module.clone(), places.filter(|place| place != module).collect());
        }
        arrows
    }
}

/// The code of a file, without its tests at the foot and without comments.
fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    code.lines().map(|line| line.split("//").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// Every path that a file writes: those of `use`, and those that begin with `crate`, `super` or `self`.
fn uses(text: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for (at, _) in text.match_indices("use ") {
        let begins = at == 0 || !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if begins && let Some(end) = text[at..].find(';') {
            tree(&text[at + 4..at + end], &[], &mut all);
        }
    }
    for word in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(word) {
            let path: String =
                text[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
            all.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
        }
    }
    all
}

/// The paths of a `use` tree such as `a::{b, c::d}`.
fn tree(text: &str, before: &[String], all: &mut Vec<Vec<String>>) {
    let text = text.trim();
    if let Some(open) = text.find('{') {
        let head: Vec<String> = before
            .iter()
            .cloned()
            .chain(text[..open].split("::").map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned))
            .collect();
        let inner = text[open + 1..].rsplit_once('}').map_or("", |(inner, _)| inner);
        let (mut depth, mut from) = (0, 0);
        for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    tree(&inner[from..at], &head, all);
                    from = at + 1;
                }
                _ => {}
            }
        }
    } else if !text.is_empty() {
        let text = text.split(" as ").next().unwrap_or(text);
        let path = text.split("::").map(|part| part.trim().to_owned()).filter(|part| part != "self");
        all.push(before.iter().cloned().chain(path).collect());
    }
}

/// Groups of more than one file that reach each other.
fn circles(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<String>> {
    let reach = |from: &Module| {
        let mut seen: BTreeSet<&Module> = BTreeSet::new();
        let mut waiting: Vec<&Module> = arrows[from].iter().collect();
        while let Some(at) = waiting.pop() {
            if seen.insert(at) {
                waiting.extend(arrows.get(at).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = arrows.keys().map(|module| (module, reach(module))).collect();
    let mut told: BTreeSet<&Module> = BTreeSet::new();
    let mut all = Vec::new();
    for (module, from_here) in reached.iter().filter(|(module, from_here)| from_here.contains(*module)) {
        if !told.contains(module) {
            let group: Vec<&Module> =
                from_here.iter().copied().filter(|other| reached[other].contains(module)).collect();
            told.extend(&group);
            all.push(group.iter().map(|module| module.join("::")).collect());
        }
    }
    all
}

#[test]
fn no_files_import_each_other_in_a_loop() {
    let (src, pure) = (root().join("src"), root().join("src/pure"));
    let mut found = Vec::new();
    for (folder, without) in [(&pure, None), (&src, Some(pure.as_path()))] {
        let arrows = House::of(folder, without).arrows();
        let count: usize = arrows.values().map(BTreeSet::len).sum();
        assert!(count > 100, "only {count} imports were found in {}", folder.display());
        found.extend(circles(&arrows).into_iter().map(|files| files.join(", ")));
    }
    assert!(found.is_empty(), "files that import each other in a loop:\n{}", found.join("\n"));
}

#[test]
fn a_loop_is_found_when_there_is_one() {
    let module = |name: &str| vec!["room".to_owned(), name.to_owned()];
    let arrows: BTreeMap<Module, BTreeSet<Module>> =
        [("a", vec!["b"]), ("b", vec!["c"]), ("c", vec!["b"]), ("d", vec!["a"])]
            .into_iter()
            .map(|(from, to)| (module(from), to.into_iter().map(module).collect()))
            .collect();
    assert_eq!(circles(&arrows), [["room::b", "room::c"]]);
    let mut paths = Vec::new();
    tree("super::{a::{b, c as d}, e::self}", &[], &mut paths);
    assert_eq!(
        paths.iter().map(|path| path.join("::")).collect::<Vec<_>>(),
        ["super::a::b", "super::a::c", "super::e"]
    );
}
