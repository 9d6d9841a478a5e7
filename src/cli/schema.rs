//! `patron schema`

use clap::Args;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{Done, show};
use crate::config::RunSettings;
use crate::stages::KINDS;

/// Write the JSON schema of pipeline files, for editors.
#[derive(Args, Debug)]
pub struct SchemaCommand {}

impl SchemaCommand {
    pub(super) fn run(self) -> Done {
        show::print(&show::json(&pipeline_schema()))
    }
}

/// The JSON schema of pipeline files, made from the tables of the program.
pub fn pipeline_schema() -> Value {
    let mut definitions = Map::new();
    let mut stages = Vec::new();
    for kind in KINDS {
        let mut schema = inline((kind.schema)().to_value(), &mut definitions);
        let object = schema.as_object_mut().expect("settings are an object");
        object.remove("$schema");
        object.remove("title");
        object.insert("description".into(), kind.meaning.into());
        let properties = object.entry("properties").or_insert_with(|| json!({}));
        properties
            .as_object_mut()
            .expect("properties are an object")
            .insert("kind".into(), json!({"const": kind.name, "description": kind.meaning}));
        let required = object.entry("required").or_insert_with(|| json!([]));
        required.as_array_mut().expect("required is a list").insert(0, "kind".into());
        stages.push(schema);
    }
    let run = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<RunSettings>();
    let mut run = inline(run.to_value(), &mut definitions);
    run.as_object_mut().expect("settings are an object").remove("$schema");
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "patron pipeline",
        "type": "object",
        "additionalProperties": false,
        "required": ["stage"],
        "properties": {
            "run": run,
            "vars": {
                "description": "Defaults of ${var:NAME}.",
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean"]},
            },
            "stage": {
                "description": "One table for each step: [stage.NAME].",
                "type": "object",
                "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,59}$"},
                "additionalProperties": {"oneOf": stages},
            },
        },
        "$defs": definitions,
    })
}

/// Moves a schema's own definitions to the common ones.
fn inline(mut schema: Value, definitions: &mut Map<String, Value>) -> Value {
    if let Some(Value::Object(own)) = schema.as_object_mut().and_then(|object| object.remove("$defs")) {
        definitions.extend(own);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_definition_in_all_kinds() {
        let mut all: Map<String, Value> = Map::new();
        for kind in crate::stages::KINDS {
            let schema = (kind.schema)().to_value();
            for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
                let known = all.entry(name.clone()).or_insert_with(|| definition.clone());
                assert_eq!(known, definition, "{}: another kind of stage defines `{name}` otherwise", kind.name);
            }
        }
        assert!(all.len() > 20, "{}", all.len());
    }
}
