//! What is made from the program's tables must not be stale. `UPDATE=1 cargo test --release generated` rewrites it.

use patron::config;
use patron::diagnostics::SourceText;
use patron::plan::compile;
use patron::stages::KINDS;

use crate::program::root;

fn check(path: &str, made: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, made).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "{} is stale: UPDATE=1 cargo test --release generated", path.display());
}

#[test]
fn the_reference_is_not_stale() {
    check("pipelines/REFERENCE.md", &patron::cli::reference());
}

#[test]
fn the_schema_is_not_stale() {
    let schema = serde_json::to_string_pretty(&patron::cli::pipeline_schema()).expect("JSON") + "\n";
    check("pipelines/pipeline.schema.json", &schema);
}

/// The names of all keys that a schema has, however deep.
fn keys(schema: &serde_json::Value, all: &mut std::collections::BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(object) => {
            for (name, inner) in object {
                if name == "properties" {
                    all.extend(inner.as_object().into_iter().flatten().map(|(key, _)| key.clone()));
                }
                keys(inner, all);
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|inner| keys(inner, all)),
        _ => {}
    }
}

#[test]
fn the_reference_has_a_row_for_every_setting_nested_ones_included() {
    let reference = patron::cli::reference();
    let mut missing = Vec::new();
    let mut seen = 0;
    for kind in KINDS {
        let begin = format!("\n### {}\n", kind.name);
        let section = reference.split(&begin).nth(1).unwrap_or_else(|| panic!("no section on {}", kind.name));
        let section = section.split("\n### ").next().expect("a first part");
        let rows: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .map(|path| path.rsplit('.').next().expect("a last part"))
            .collect();
        let mut all = std::collections::BTreeSet::new();
        keys(&(kind.schema)().to_value(), &mut all);
        seen += all.len();
        missing
            .extend(all.iter().filter(|key| !rows.contains(&key.as_str())).map(|key| format!("{}: {key}", kind.name)));
    }
    assert!(missing.is_empty(), "settings without a row in the reference: {}", missing.join(", "));
    assert!(seen > 200, "only {seen} settings found: the schema has another form now");
}

#[test]
fn every_example_of_a_stage_parses_and_checks() {
    for kind in KINDS {
        let source = SourceText { path: format!("{}.toml", kind.name), text: kind.whole_example() };
        let config = config::parse(&source, &Default::default()).unwrap_or_else(|p| panic!("{}: {p:?}", kind.name));
        let plan = compile(&config).unwrap_or_else(|p| panic!("{}: {p:?}", kind.name));
        assert_eq!(plan.steps.last().expect("a step").kind.name, kind.name);
    }
}
