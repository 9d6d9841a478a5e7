//! Known advisories against the crates of `Cargo.lock`, and their licences.
//!
//! `advisories.toml` beside this file holds, for every crate of the lock file, the facts of the RustSec advisory database that
//! can say whether a version is affected. With a copy of that database it is written again:
//! `ADVISORY_DB=path/to/advisory-db/.git cargo test --release --test it write_advisories -- --ignored`

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use semver::{Version, VersionReq};
use serde::Deserialize;

use crate::program::root;

#[derive(Deserialize)]
struct Snapshot {
    /// Day and commit of the database.
    snapshot: String,
    /// The crates that were looked up.
    crates: BTreeSet<String>,
    /// Advisories that are known and accepted, with the reason.
    accepted: BTreeMap<String, String>,
    advisory: Vec<Advisory>,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    #[serde(rename = "crate")]
    name: String,
    patched: Vec<String>,
    unaffected: Vec<String>,
}

impl Advisory {
    fn affects(&self, version: &Version) -> bool {
        let safe = self.patched.iter().chain(&self.unaffected);
        !safe.map(|text| VersionReq::parse(text).expect("a requirement")).any(|safe| safe.matches(version))
    }
}

fn snapshot() -> Snapshot {
    let text = std::fs::read_to_string(root().join("tests/advisories.toml")).expect("the advisories are here");
    toml::from_str(&text).expect("TOML")
}

/// Names and versions of the crates that come from a registry.
fn locked() -> Vec<(String, Version)> {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).expect("a lock file");
    let lock: toml::Table = toml::from_str(&text).expect("TOML");
    let packages = lock["package"].as_array().expect("packages");
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let of_registry = packages.iter().filter(|package| package.get("source").is_some());
    of_registry
        .map(|package| {
            let version = text(package, "version").expect("a version");
            (text(package, "name").expect("a name"), Version::parse(&version).expect("a version"))
        })
        .collect()
}

#[test]
fn no_locked_crate_has_a_known_advisory() {
    let known = snapshot();
    let locked = locked();
    assert!(locked.len() > 200, "{}", locked.len());
    let mut faults = Vec::new();
    for advisory in &known.advisory {
        let hit = locked.iter().filter(|(name, version)| *name == advisory.name && advisory.affects(version));
        for (name, version) in hit.filter(|_| !known.accepted.contains_key(&advisory.id)) {
            let fixed =
                if advisory.patched.is_empty() { "no version".to_owned() } else { advisory.patched.join(" or ") };
            faults.push(format!("{name} {version}: {}, fixed in {fixed}", advisory.id));
        }
    }
    assert!(faults.is_empty(), "of {}:\n{}", known.snapshot, faults.join("\n"));
    let new: Vec<&String> = locked.iter().map(|(name, _)| name).filter(|name| !known.crates.contains(*name)).collect();
    assert!(new.is_empty(), "not looked up yet: {new:?}; the head of tests/advisories.rs says how");
    for id in known.accepted.keys() {
        let advisory =
            known.advisory.iter().find(|advisory| advisory.id == *id).expect("accepted advisories are known");
        let needed = locked.iter().any(|(name, version)| *name == advisory.name && advisory.affects(version));
        assert!(needed, "{id} need not be accepted any more");
    }
}

#[test]
fn affected_versions_are_those_that_are_neither_patched_nor_unaffected() {
    let advisory = Advisory {
        id: String::new(),
        name: String::new(),
        patched: vec![">= 0.10.1".to_owned(), "< 0.9.0, >= 0.8.6".to_owned()],
        unaffected: vec!["< 0.7.0".to_owned()],
    };
    let affected = |version: &str| advisory.affects(&Version::parse(version).expect("a version"));
    assert!(affected("0.8.5") && affected("0.9.2") && affected("0.10.0"));
    assert!(!affected("0.6.9") && !affected("0.8.6") && !affected("0.10.1") && !affected("1.0.0"));
}

/// Licences under which a crate may be used in a program that is given to others.
const LICENCES: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn every_crate_has_a_permissive_licence() {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--offline"]).current_dir(root());
    command.args(["--filter-platform", "x86_64-unknown-linux-gnu"]);
    let gave = crate::program::run(&mut command);
    if gave.code != 0 {
        println!("skipped: cargo metadata does not answer: {}", gave.err.lines().last().unwrap_or_default());
        return;
    }
    let metadata: serde_json::Value = serde_json::from_str(&gave.out).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let permissive = |licence: &str| {
        let plain = licence.replace(['(', ')'], "").replace(" WITH LLVM-exception", "").replace('/', " OR ");
        plain.split(" AND ").all(|all| all.split(" OR ").any(|one| LICENCES.contains(&one.trim())))
    };
    let faults: Vec<String> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(permissive))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(packages.len() > 200 && faults.is_empty(), "{}", faults.join("\n"));
    assert!(permissive("MIT OR GPL-3.0") && permissive("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!permissive("GPL-3.0") && !permissive("MIT AND GPL-3.0"));
}

/// Writes `advisories.toml` again; what was accepted stays accepted.
#[test]
#[ignore = "needs a copy of the advisory database, named in ADVISORY_DB"]
fn write_advisories() {
    let database = std::env::var("ADVISORY_DB").expect("ADVISORY_DB names the git directory of the advisory database");
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("--git-dir").arg(&database).args(arguments).output().expect("git");
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let names: BTreeSet<String> = locked().into_iter().map(|(name, _)| name).collect();
    let mut out = String::from(
        "# Facts of the RustSec advisory database about the crates of Cargo.lock. The head of tests/advisories.rs says how this\n\
         # file is written again.\n\n",
    );
    out.push_str(&format!("snapshot = {:?}\n", git(&["log", "-1", "--format=%cs, commit %h"]).trim()));
    let quoted =
        |texts: &mut dyn Iterator<Item = String>| texts.map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ");
    out.push_str("crates = [\n");
    let all: Vec<String> = names.iter().map(|name| format!("{name:?},")).collect();
    all.chunks(6).for_each(|line| out.push_str(&format!("  {}\n", line.join(" "))));
    out.push_str("]\n\n[accepted]\n");
    for (id, why) in &snapshot().accepted {
        out.push_str(&format!("{id} = {why:?}\n"));
    }
    for path in git(&["ls-tree", "-r", "--name-only", "HEAD", "crates"]).lines() {
        let name = path.split('/').nth(1).unwrap_or_default();
        if !names.contains(name) || !path.ends_with(".md") {
            continue;
        }
        let text = git(&["show", &format!("HEAD:{path}")]);
        let facts = text.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("facts in front");
        let facts: toml::Table = toml::from_str(facts).expect("TOML");
        if facts["advisory"].get("withdrawn").is_some() {
            continue;
        }
        let versions = |key: &str| {
            let list = facts.get("versions").and_then(|versions| versions.get(key)).and_then(|list| list.as_array());
            let texts = list.into_iter().flatten().filter_map(|text| text.as_str());
            quoted(&mut texts.map(str::to_owned))
        };
        let id = facts["advisory"]["id"].as_str().expect("an id");
        out.push_str(&format!(
            "\n[[advisory]]\ncrate = {name:?}\nid = {id:?}\npatched = [{}]\nunaffected = [{}]\n",
            versions("patched"),
            versions("unaffected")
        ));
    }
    std::fs::write(root().join("tests/advisories.toml"), out).expect("written");
}
