//! What is made from the program's tables must not be stale. `UPDATE=1 cargo test --release generated` writes it anew.

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

#[test]
fn every_example_of_a_stage_parses_and_checks() {
    for kind in KINDS {
        let source = SourceText { path: format!("{}.toml", kind.name), text: kind.whole_example() };
        let config = config::parse(&source, &Default::default()).unwrap_or_else(|p| panic!("{}: {p:?}", kind.name));
        let plan = compile(&config).unwrap_or_else(|p| panic!("{}: {p:?}", kind.name));
        assert_eq!(plan.steps.last().expect("a step").kind.name, kind.name);
    }
}
