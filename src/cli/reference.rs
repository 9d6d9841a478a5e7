//! `pipelines/REFERENCE.md`, made from the tables of the program so that it cannot be stale.

use std::fmt::Write;

use serde_json::Value;

use super::exit::EXITS;
use super::listing;
use crate::config::RunSettings;
use crate::diagnostics::codes::CODES;
use crate::stage::{Kind, Output, Shape};
use crate::stages::KINDS;
use crate::tables::Layout;

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
    for (title, headings, rows) in listing::tables() {
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
    let mut all: Vec<(String, &Layout)> = Vec::new();
    if let Shape::Table(layout) | Shape::Extended(layout, _) = &output.main {
        all.push(("NAME".to_owned(), layout));
    }
    all.extend(output.also.iter().map(|(suffix, layout)| (format!("NAME_{suffix}"), *layout)));
    for (name, layout) in all {
        let more = if layout.open { "; further columns may follow" } else { "" };
        let _ = write!(
            out,
            "\nTable `{name}`: one row is {}{more}.\n\n| column | type | meaning |\n|---|---|---|\n",
            layout.row
        );
        for column in layout.columns {
            let empty = if column.nullable { ", may be empty" } else { "" };
            let _ = writeln!(out, "| `{}` | {}{empty} | {} |", column.name, column.kind.word(), escape(column.meaning));
        }
    }
}

/// A table of settings, and below it one for each table that a setting holds, however deep.
fn settings(out: &mut String, schema: &Value) {
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let mut waiting: Vec<(String, Value)> = Vec::new();
    rows(out, "", schema, &definitions, &mut waiting);
    let mut next = 0;
    while next < waiting.len() {
        let (path, nested) = waiting[next].clone();
        let about = nested.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        let _ = write!(out, "\nSettings of `{path}`. {}\n\n", escape(&about));
        rows(out, &path, &nested, &definitions, &mut waiting);
        next += 1;
    }
}

/// One row per setting of a table; tables that it holds are put on the list of what follows.
fn rows(out: &mut String, path: &str, schema: &Value, definitions: &Value, waiting: &mut Vec<(String, Value)>) {
    let all = properties(schema, definitions);
    if all.is_empty() {
        return;
    }
    out.push_str("| setting | type | default | meaning |\n|---|---|---|---|\n");
    for Property { name, schema, required } in all {
        let own = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let nested = nested(&schema, definitions);
        let default = match schema.get("default") {
            _ if required => "required".to_owned(),
            None | Some(Value::Null) => "none".to_owned(),
            Some(Value::Object(_)) if nested.is_some() => "see below".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        let mut meaning = schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        if let Some(range) = range(&schema, definitions) {
            let _ = write!(meaning, " Range: {range}.");
        }
        for (word, about) in choices(&schema, definitions) {
            let _ = write!(meaning, " `{word}`: {about}");
        }
        let _ = writeln!(
            out,
            "| `{own}` | {} | {} | {} |",
            escape(&type_of(&schema, definitions)),
            escape(&default),
            escape(meaning.trim())
        );
        if let Some((suffix, table)) = nested {
            let place = format!("{own}{suffix}");
            // The same table is explained once, at its first place.
            if waiting.iter().all(|(_, known)| *known != table) {
                waiting.push((place, table));
            }
        }
    }
}

/// One key of a table of settings.
struct Property {
    name: String,
    schema: Value,
    required: bool,
}

/// The keys of a table, those of each of its forms where it has several.
fn properties(schema: &Value, definitions: &Value) -> Vec<Property> {
    let schema = resolved(schema, definitions);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|keys| keys.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut all: Vec<Property> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, property)| Property {
            name: name.clone(),
            schema: property.clone(),
            required: required.contains(&name.as_str()),
        })
        .collect();
    for key in ["oneOf", "anyOf", "allOf"] {
        for form in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            for property in properties(form, definitions) {
                if all.iter().all(|known| known.name != property.name) {
                    all.push(property);
                }
            }
        }
    }
    all
}

/// What a reference within the schema stands for.
fn resolved<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    let mut schema = schema;
    while let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        match definitions.get(name.rsplit('/').next().unwrap_or_default()) {
            Some(definition) => schema = definition,
            None => break,
        }
    }
    schema
}

/// The table of settings that a setting holds, with `[]` for one in a list and `.NAME` for one under free names.
fn nested(property: &Value, definitions: &Value) -> Option<(String, Value)> {
    let property = resolved(property, definitions);
    if !properties(property, definitions).is_empty() {
        return Some((String::new(), property.clone()));
    }
    for (key, suffix) in [("items", "[]"), ("additionalProperties", ".NAME")] {
        if let Some(inner) = property.get(key).filter(|inner| inner.is_object())
            && let Some((below, table)) = nested(inner, definitions)
        {
            return Some((format!("{suffix}{below}"), table));
        }
    }
    ["anyOf", "oneOf", "allOf"].iter().find_map(|key| {
        property.get(*key).and_then(Value::as_array)?.iter().find_map(|option| nested(option, definitions))
    })
}

/// The words of a choice with their meanings, where the schema has them.
fn choices(property: &Value, definitions: &Value) -> Vec<(String, String)> {
    let property = resolved(property, definitions);
    let mut all = Vec::new();
    for key in ["oneOf", "anyOf"] {
        for option in property.get(key).and_then(Value::as_array).into_iter().flatten() {
            let option = resolved(option, definitions);
            if let (Some(word), Some(about)) =
                (option.get("const").and_then(Value::as_str), option.get("description").and_then(Value::as_str))
            {
                all.push((word.to_owned(), about.replace('\n', " ")));
            } else if option.get("const").is_none() {
                all.extend(choices(option, definitions));
            }
        }
    }
    if all.is_empty()
        && let Some(items) = property.get("items")
    {
        all = choices(items, definitions);
    }
    all
}

/// Least and largest value, where the schema has them.
fn range(property: &Value, definitions: &Value) -> Option<String> {
    let property = resolved(property, definitions);
    let bound = |key: &str| property.get(key).filter(|value| value.is_number()).map(Value::to_string);
    let least = bound("minimum").or_else(|| bound("exclusiveMinimum").map(|value| format!("above {value}")));
    let most = bound("maximum").or_else(|| bound("exclusiveMaximum").map(|value| format!("below {value}")));
    match (least, most) {
        (None, None) => None,
        // An unsigned integer says nothing that its type does not.
        (Some(least), None) if least == "0" => None,
        (Some(least), None) => Some(format!("{least} or more")),
        (None, Some(most)) => Some(format!("at most {most}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
    }
}

fn type_of(property: &Value, definitions: &Value) -> String {
    if let Some(name) = property.get("$ref").and_then(Value::as_str)
        // A long table of words has its own list: `patron list`.
        && resolved(property, definitions)["oneOf"].as_array().is_some_and(|words| words.len() > 12)
    {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let property = resolved(property, definitions);
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
            Some(inner @ Value::Object(_)) => format!("table of {}", type_of(inner, definitions)),
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
