//! `csv`: comma separated text for programs (RFC 4180), all columns, all rows.

use super::delimited::{guard_for_people, record};
use super::part::{Limits, Lines};
use super::value::columns;
use super::{Alterations, Destination, DestinationError, Format, GUARDED, List, Options, Parts, Written};

pub(super) const CSV: Destination = Destination {
    name: "csv",
    meaning: "comma separated text (RFC 4180), UTF-8 without byte order mark, text and ids made safe for spreadsheets",
    extension: "csv",
    for_people: false,
    hashed: false,
    source: "",
    format: Format::Plain(write),
};

fn write(list: &List, options: &Options, parts: &mut dyn Parts) -> Result<Written, DestinationError> {
    let crlf = options.crlf.unwrap_or(true);
    let headers: Vec<String> = list.fields.iter().map(|field| options.header(field)).collect();
    let mut header = Vec::new();
    record(&headers, crlf, &mut header);
    let limits = Limits { destination: CSV.name, rows: Limits::NONE, bytes: Limits::NONE };
    let mut lines = Lines::new(parts, limits.narrowed(options.max_rows, options.max_bytes), header);
    let mut alterations = Alterations::default();
    let mut texts = vec![String::new(); list.fields.len()];
    let mut line = Vec::new();
    let mut row = 0;
    for batch in list.batches {
        let columns = columns(batch, list.fields)?;
        for i in 0..batch.num_rows() {
            for (c, (column, field)) in columns.iter().zip(list.fields).enumerate() {
                let text = &mut texts[c];
                text.clear();
                column.at(i).write_text(text);
                if guard_for_people(text, field.role) {
                    alterations.count(c, GUARDED, row);
                }
            }
            line.clear();
            record(&texts, crlf, &mut line);
            lines.line(&line, row)?;
            row += 1;
        }
    }
    let names: Vec<String> = list.fields.iter().map(|field| field.name.clone()).collect();
    Ok(Written {
        parts: lines.finish()?,
        notes: alterations.note(GUARDED, &names).into_iter().collect(),
        altered: alterations.into_altered(&names),
        columns: headers.into_iter().zip(names).collect(),
        ..Written::default()
    })
}
