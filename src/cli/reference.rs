//! `pipelines/REFERENCE.md`, made from the tables of the program so that it cannot be stale.

use std::fmt::Write;

use serde_json::Value;

use super::exit::EXITS;
use super::list;
use crate::config::RunSettings;
use crate::diagnostics::codes::CODES;
use crate::stages::{KINDS, Kind, Output, Shape};
use crate::tables::Contract;

/// The whole reference as Markdown.
pub fn reference() -> String {
    let mut out = String::from(
        "# Pipeline reference\n\nMade by `patron list reference` from the program's own tables; a test fails when it is stale.\n\n\
         A pipeline file is TOML: `[run]` for the whole, `[vars]` for defaults of `${var:NAME}`, and one `[stage.NAME]` for \
         each step. A stage names the upstream stages it reads; the order comes from these names.\n\n## `[run]`\n\n",
    );
    settings(&mut out, &schemars::schema_for!(RunSettings).to_value());
    out.push_str("\n## Stage kinds\n\n| kind | what it does |\n|---|---|\n");
    for kind in KINDS {
        let _ = writeln!(out, "| [`{0}`](#{0}) | {1} |", kind.name, kind.meaning);
    }
    for kind in KINDS {
        stage(&mut out, kind);
    }
    for (title, headings, rows) in list::tables() {
        let _ = write!(out, "\n## {title}\n\n| {} |\n|{}\n", headings.join(" | "), "---|".repeat(headings.len()));
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
    }
    out.push_str("\n## Problem codes\n\n| code | meaning | what to do |\n|---|---|---|\n");
    for code in CODES {
        let _ = writeln!(out, "| `{}` | {} | {} |", code.word, escape(code.meaning), escape(code.advice));
    }
    out.push_str("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (_, number, meaning) in EXITS {
        let _ = writeln!(out, "| {number} | {meaning} |");
    }
    out
}

fn stage(out: &mut String, kind: &Kind) {
    let _ = write!(out, "\n### {}\n\n{}\n\n```toml\n{}\n```\n\n", kind.name, kind.meaning, kind.whole_example().trim());
    settings(out, &(kind.schema)().to_value());
    if let Some(output) = output_of(kind) {
        tables(out, &output);
    }
}

/// The output of the example's stage of this kind.
fn output_of(kind: &Kind) -> Option<Output> {
    let source = crate::diagnostics::SourceText { path: "example.toml".into(), text: kind.whole_example() };
    let config = crate::config::parse(&source, &std::collections::BTreeMap::new()).ok()?;
    let entry = config.stages.iter().rev().find(|entry| entry.kind == kind.name)?;
    let body = toml::Spanned::new(entry.span.clone(), entry.body.clone());
    (kind.read)(body).ok().map(|read| read.stage.output())
}

fn tables(out: &mut String, output: &Output) {
    let mut all: Vec<(String, &Contract)> = Vec::new();
    if let Shape::Table(contract) | Shape::Extended(contract, _) = &output.main {
        all.push(("NAME".to_owned(), contract));
    }
    all.extend(output.also.iter().map(|(suffix, contract)| (format!("NAME_{suffix}"), *contract)));
    for (name, contract) in all {
        let more = if contract.open { "; further columns may follow" } else { "" };
        let _ = write!(
            out,
            "\nTable `{name}`: one row is {}{more}.\n\n| column | type | meaning |\n|---|---|---|\n",
            contract.row
        );
        for column in contract.columns {
            let empty = if column.nullable { ", may be empty" } else { "" };
            let _ = writeln!(out, "| `{}` | {}{empty} | {} |", column.name, column.kind.word(), escape(column.meaning));
        }
    }
}

fn settings(out: &mut String, schema: &Value) {
    let definitions = schema.get("$defs");
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|keys| keys.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    out.push_str("| setting | type | default | meaning |\n|---|---|---|---|\n");
    for (name, property) in properties {
        let default = match property.get("default") {
            _ if required.contains(&name.as_str()) => "required".to_owned(),
            None | Some(Value::Null) => "none".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let meaning = property.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        let _ = writeln!(
            out,
            "| `{name}` | {} | {} | {} |",
            escape(&type_of(property, definitions)),
            escape(&default),
            escape(&meaning)
        );
    }
}

fn type_of(property: &Value, definitions: Option<&Value>) -> String {
    if let Some(name) = property.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap_or_default();
        // A long table of words has its own list: `patron list`.
        let is_long = |definition: &&Value| definition["oneOf"].as_array().is_some_and(|words| words.len() > 12);
        return definitions
            .and_then(|all| all.get(name))
            .filter(|definition| !is_long(definition))
            .map_or_else(|| name.to_owned(), |definition| type_of(definition, definitions));
    }
    if let Some(words) = property.get("enum").and_then(Value::as_array) {
        return words.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ");
    }
    if let Some(word) = property.get("const") {
        return word.to_string();
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(options) = property.get(key).and_then(Value::as_array) {
            let mut words: Vec<String> = options.iter().map(|option| type_of(option, definitions)).collect();
            words.retain(|word| word != "null");
            words.dedup();
            return words.join(" or ");
        }
    }
    match property.get("type") {
        Some(Value::String(word)) if word == "array" => {
            let item = property.get("items").map_or_else(|| "value".to_owned(), |items| type_of(items, definitions));
            format!("list of {item}")
        }
        Some(Value::String(word)) if word == "object" => match property.get("additionalProperties") {
            Some(Value::Object(_)) => {
                format!("table of {}", type_of(&property["additionalProperties"], definitions))
            }
            _ => "table".to_owned(),
        },
        Some(Value::String(word)) => word.clone(),
        Some(Value::Array(words)) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).filter(|word| *word != "null").collect();
            words.join(" or ")
        }
        _ => "value".to_owned(),
    }
}

fn escape(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}
