//! `jsonl`: one JSON object a line (RFC 8259), for programs.

use super::part::{Limits, Lines};
use super::value::{Value, columns};
use super::{Destination, DestinationError, Format, List, Options, Parts, Role, Written};

pub(super) const JSONL: Destination = Destination {
    name: "jsonl",
    meaning: "JSON Lines: one object a line, keys in the order of the columns, missing values as null, ids as text",
    extension: "jsonl",
    for_people: false,
    hashed: false,
    source: "",
    format: Format::Plain(write),
};

fn write(list: &List, options: &Options, parts: &mut dyn Parts) -> Result<Written, DestinationError> {
    let limits = Limits { destination: JSONL.name, rows: Limits::NONE, bytes: Limits::NONE };
    let mut lines = Lines::new(parts, limits.narrowed(options.max_rows, options.max_bytes), Vec::new());
    let headers: Vec<String> = list.fields.iter().map(|field| options.header(field)).collect();
    let keys: Vec<String> = headers.iter().map(|header| quoted(header)).collect();
    let mut line = String::new();
    let mut row = 0;
    for batch in list.batches {
        let columns = columns(batch, list.fields)?;
        for i in 0..batch.num_rows() {
            line.clear();
            line.push('{');
            for (c, column) in columns.iter().enumerate() {
                if c > 0 {
                    line.push(',');
                }
                line.push_str(&keys[c]);
                line.push(':');
                write_value(column.at(i), list.fields[c].role, &mut line);
            }
            line.push_str(if options.crlf == Some(true) { "}\r\n" } else { "}\n" });
            lines.line(line.as_bytes(), row)?;
            row += 1;
        }
    }
    let names = list.fields.iter().map(|field| field.name.clone());
    Ok(Written { parts: lines.finish()?, columns: headers.into_iter().zip(names).collect(), ..Written::default() })
}

fn write_value(value: Value, role: Role, out: &mut String) {
    // Readers hold JSON numbers as doubles: a long id would come out as another.
    let as_text = matches!(role, Role::Id | Role::Email | Role::Phone | Role::PostalCode | Role::Hash);
    match value {
        Value::Missing => out.push_str("null"),
        Value::Decimal { .. } | Value::Float(_) | Value::Flag(_) if !as_text => value.write_text(out),
        value => out.push_str(&quoted(&value.to_text())),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
