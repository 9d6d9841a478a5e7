//! `patron profile`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::look::{Looked, look};
use super::{Done, show};
use crate::profiling::{Column, Kind, Role, best, holds, masked, sureness};
use crate::sources::personal::is_personal;
use crate::tables::Date;

/// Show what the columns of files hold: types, examples, ranges, keys, and what each column is probably for.
#[derive(Args, Debug)]
pub struct Profile {
    /// Files: CSV, TSV, XLSX, Parquet and what else `ingest` reads. All rows are read.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Format {
    Table,
    Json,
}

/// What is shown of a table.
#[derive(Serialize)]
struct Shown {
    table: String,
    form: String,
    rows: u64,
    unreadable_rows: u64,
    skip_lines: u32,
    header: bool,
    looks_like: String,
    export: Option<&'static str>,
    columns: Vec<ShownColumn>,
}

/// What is shown of a column.
#[derive(Serialize)]
struct ShownColumn {
    column: String,
    #[serde(rename = "type")]
    kind: &'static str,
    format: Option<String>,
    role: Option<&'static str>,
    /// 0 to 1.
    sure: Option<f64>,
    /// 0 to 1.
    missing: f64,
    distinct: u64,
    distinct_is_exact: bool,
    key: bool,
    least: Option<String>,
    greatest: Option<String>,
    examples: Vec<String>,
}

impl Profile {
    pub(super) fn run(self) -> Done {
        let mut all = Vec::new();
        for file in &self.files {
            all.extend(look(file)?.iter().map(shown));
        }
        match self.format {
            Format::Json => show::print(&show::json(&all)),
            Format::Table => show::print(&all.iter().map(in_words).collect::<Vec<_>>().join("\n\n")),
        }
    }
}

fn shown(looked: &Looked) -> Shown {
    let table = &looked.table;
    let columns = table.columns.iter().enumerate().map(|(at, column)| {
        let role = table.roles.role(at).or_else(|| best(column));
        let (least, greatest) = range(column, role.map(|pair| pair.0));
        ShownColumn {
            column: column.name.clone(),
            kind: column.kind().name(),
            format: format_of(column),
            role: role.map(|pair| pair.0.words()),
            sure: role.map(|pair| (pair.1 * 100.0).round() / 100.0),
            missing: column.missing_share(),
            distinct: column.distinct.count(),
            distinct_is_exact: column.distinct.is_exact(),
            key: column.is_key(),
            least,
            greatest,
            examples: examples(column, role.map(|pair| pair.0)),
        }
    });
    Shown {
        table: table.name.clone(),
        form: looked.form.clone(),
        rows: table.rows,
        unreadable_rows: looked.rejected,
        skip_lines: looked.skip,
        header: !looked.headerless,
        looks_like: holds(table).words().to_owned(),
        export: table.export.map(|export| export.title),
        columns: columns.collect(),
    }
}

/// Whether a column's values may not be shown: by its name, by what it holds, or by its role.
fn is_hidden(column: &Column, role: Option<Role>) -> bool {
    let goods = matches!(role, Some(Role::Description | Role::Item | Role::Category | Role::Country));
    let person = matches!(role, Some(Role::Email | Role::Telephone | Role::FirstName | Role::LastName));
    let reachable = matches!(column.kind(), Kind::Email | Kind::Telephone) || column.email_share() > 0.0;
    reachable || person || (is_personal(&column.name) && !goods)
}

fn examples(column: &Column, role: Option<Role>) -> Vec<String> {
    let short = |text: &String| -> String {
        let flat: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        match flat.chars().count() {
            0..=24 => flat,
            _ => flat.chars().take(23).chain(['…']).collect(),
        }
    };
    let hidden = is_hidden(column, role);
    column.examples.iter().map(|text| if hidden { masked(text) } else { short(text) }).collect()
}

/// Smallest and greatest value of numbers and dates.
fn range(column: &Column, role: Option<Role>) -> (Option<String>, Option<String>) {
    if is_hidden(column, role) {
        return (None, None);
    }
    match (&column.dates, column.kind(), column.numbers) {
        (Some(dates), _, _) => {
            let day = |day: i32| Some(Date::from_days(day).to_string());
            (day(dates.days.0), day(dates.days.1))
        }
        (None, Kind::Integer | Kind::Number, Some((least, greatest))) => (Some(number(least)), Some(number(greatest))),
        _ => (None, None),
    }
}

fn number(value: f64) -> String {
    format!("{value}")
}

/// How dates are written; both ways where they do not show whether day or month comes first.
fn format_of(column: &Column) -> Option<String> {
    let dates = column.dates.as_ref()?;
    let written = |layout: &String, format: &Option<String>| format.clone().unwrap_or_else(|| format!("{layout}…"));
    let one = written(&dates.layout, &dates.format);
    Some(match &dates.exchanged {
        Some((layout, format)) => format!("{one} or {}", written(layout, format)),
        None => one,
    })
}

fn in_words(table: &Shown) -> String {
    let mut lines = vec![format!("{}: {} rows, {}", table.table, show::count(table.rows), table.form)];
    match table.export {
        Some(export) => lines.push(format!("looks like {}: {export}", table.looks_like)),
        None => lines.push(format!("looks like {}", table.looks_like)),
    }
    if table.skip_lines > 0 {
        lines.push(format!("the header is behind {} lines: skip_lines = {}", table.skip_lines, table.skip_lines));
    }
    if !table.header {
        lines.push("there is no header: header = \"none\", and columns are #1, #2, …".to_owned());
    }
    if table.unreadable_rows > 0 {
        lines.push(format!("{} rows could not be read", show::count(table.unreadable_rows)));
    }
    let rows: Vec<Vec<String>> = table.columns.iter().map(row).collect();
    lines.push(String::new());
    lines.push(show::columns(&["column", "type", "probably", "missing", "distinct", "range", "examples"], &rows));
    let keys: Vec<&str> =
        table.columns.iter().filter(|column| column.key).map(|column| column.column.as_str()).collect();
    if !keys.is_empty() {
        lines.push(format!("\ncould be the key of a row: {}", keys.join(", ")));
    }
    if table.columns.iter().any(|column| !column.distinct_is_exact) {
        lines.push("\n~ is an estimate, within about 1 %".to_owned());
    }
    lines.join("\n")
}

fn row(column: &ShownColumn) -> Vec<String> {
    let kind = match &column.format {
        Some(format) => format!("{} {format}", column.kind),
        None => column.kind.to_owned(),
    };
    let role = match (column.role, column.sure) {
        (Some(role), Some(sure)) => format!("{role} ({}, {sure:.2})", sureness(sure)),
        _ => String::new(),
    };
    let range = match (&column.least, &column.greatest) {
        (Some(least), Some(greatest)) => format!("{least} to {greatest}"),
        _ => String::new(),
    };
    let name: String = column.column.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let distinct = format!("{}{}", if column.distinct_is_exact { "" } else { "~" }, show::count(column.distinct));
    vec![name, kind, role, format!("{:.1} %", 100.0 * column.missing), distinct, range, column.examples.join(" | ")]
}
