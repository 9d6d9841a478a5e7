//! A table read from files: paths, columns, types, formats.

use super::shop::Source;
use super::text::{Page, foreign, list, quoted, table};
use crate::profiling::{Clock, Column, Dates};

/// A column as the pipeline names it, and where it comes from.
#[derive(Debug, Clone)]
pub struct Mapped {
    /// The name it gets.
    pub name: String,
    /// Columns of the file; of two the texts are joined, the day first.
    pub from: Vec<String>,
    /// Its type; empty where the name decides.
    pub kind: String,
    /// Whether files may lack it.
    pub optional: bool,
}

impl Mapped {
    /// A column from one of the file's.
    pub fn of(name: &str, from: &str, kind: &str) -> Mapped {
        Mapped { name: name.to_owned(), from: vec![from.to_owned()], kind: kind.to_owned(), optional: false }
    }
}

/// Writes a stage that reads files of one kind.
pub fn write(
    page: &mut Page,
    stage: &str,
    sources: &[&Source],
    columns: &[Mapped],
    more: &[(&str, &str)],
    needed: &[&str],
) {
    let first = sources[0];
    let place = |column: &str| match first.headerless {
        true => {
            let at = first.table.columns.iter().position(|known| known.name == column).unwrap_or(0);
            format!("#{}", at + 1)
        }
        false => column.to_owned(),
    };
    let from = |mapped: &Mapped| match mapped.from.as_slice() {
        [one] => foreign(&place(one)),
        several => {
            let names: Vec<String> = several.iter().map(|name| foreign(&place(name))).collect();
            format!("{{ join = [{}] }}", names.join(", "))
        }
    };
    let paths: Vec<String> = sources.iter().map(|source| source.path.clone()).collect();
    let entries: Vec<(String, String)> = columns.iter().map(|mapped| (mapped.name.clone(), from(mapped))).collect();
    let mut settings = vec![("kind", quoted("ingest")), ("paths", list(&paths))];
    let share = reject_share(sources, columns, needed);
    let optional: Vec<String> =
        columns.iter().filter(|mapped| mapped.optional).map(|mapped| mapped.name.clone()).collect();
    // The longest name among the settings, after which their values begin.
    let longest = match (&share, first.skip > 0, !optional.is_empty()) {
        (Some(_), _, _) => "max_reject_share",
        (None, true, _) => "skip_lines",
        (None, false, true) => "optional",
        (None, false, false) => "columns",
    };
    let indent = longest.len() + 3;
    settings.push(("columns", table(&entries, indent)));
    let kinds: Vec<(String, String)> = columns
        .iter()
        .filter(|mapped| !mapped.kind.is_empty())
        .map(|mapped| (mapped.name.clone(), quoted(&mapped.kind)))
        .collect();
    if !kinds.is_empty() {
        settings.push(("types", table(&kinds, indent)));
    }
    if !optional.is_empty() {
        settings.push(("optional", list(&optional)));
    }
    if first.skip > 0 {
        settings.push(("skip_lines", first.skip.to_string()));
    }
    if first.headerless {
        settings.push(("header", quoted("none")));
    }
    if let Some(sheet) = &first.sheet {
        settings.push(("sheets", format!("[{}]", foreign(sheet))));
    }
    if let Some(share) = &share {
        settings.push(("max_reject_share", share.clone()));
    }
    settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    page.stage_here(stage, &settings);
}

/// The share of rows that may be set aside, where today's files need more than the default of a hundredth.
fn reject_share(sources: &[&Source], columns: &[Mapped], needed: &[&str]) -> Option<String> {
    let rows: u64 = sources.iter().map(|source| source.table.rows + source.rejected).sum();
    let bad: u64 = sources.iter().map(|source| source.rejected + unreadable(source, columns, needed)).sum();
    let share = bad as f64 / rows.max(1) as f64;
    let allowed = ((share * 1.25 + 0.01) * 100.0).ceil() / 100.0;
    (share > 0.008).then(|| {
        format!(
            "{:.2}   # {bad} of {rows} rows of today's files cannot be used: see the table of rejects",
            allowed.min(1.0)
        )
    })
}

/// Rows with a value that its type does not take, or without one that is needed, as if no row had two such values.
fn unreadable(source: &Source, columns: &[Mapped], needed: &[&str]) -> u64 {
    let of = |mapped: &Mapped| {
        let column =
            mapped.from.first().and_then(|name| source.table.columns.iter().find(|column| column.name == *name));
        let Some(column) = column else { return 0 };
        let good = match (mapped.kind.as_str(), mapped.name.as_str()) {
            ("money" | "quantity", _) | ("", "quantity" | "unit_price") => column.number_share(),
            (kind, _) if kind.starts_with("timestamp") => column.date_share(),
            _ => 1.0,
        };
        let wrong = ((1.0 - good) * column.filled as f64).round() as u64;
        wrong + if needed.contains(&mapped.name.as_str()) { column.missing } else { 0 }
    };
    columns.iter().map(of).sum::<u64>().min(source.table.rows)
}

/// The type of a time that is read from these columns, the day first, and what to say about it.
pub fn time_kind(sources: &[&Source], from: &[String], month_first: bool) -> (String, Option<String>) {
    let plain = "timestamp".to_owned();
    let find = |source: &'_ Source, name: &str| source.table.columns.iter().find(|column| column.name == name).cloned();
    let all: Vec<Column> = sources.iter().filter_map(|source| find(source, from.first()?)).collect();
    let dates: Vec<&Dates> = all.iter().filter_map(|column| column.dates.as_ref()).collect();
    let Some(first) = dates.first() else { return (plain, None) };
    if sources.iter().any(|source| source.typed) {
        return (plain, None);
    }
    let clock = match from.get(1) {
        None => String::new(),
        Some(name) => match find(sources[0], name).and_then(|column| Clock::of(&column.examples)) {
            Some(clock) => format!(" {}", clock.format()),
            None => return (plain, None),
        },
    };
    let declared = |layout: &str, format: &Option<String>| match (format, clock.is_empty()) {
        (Some(format), true) => format!("timestamp({format})"),
        (Some(format), false) if format == layout => format!("timestamp({layout}{clock})"),
        _ => plain.clone(),
    };
    // One file whose days and months cannot be exchanged speaks for the others.
    let open = dates.iter().all(|dates| dates.exchanged.is_some());
    match &first.exchanged {
        Some((layout, format)) if open => {
            let (one, other) = (declared(&first.layout, &first.format), declared(layout, format));
            let (taken, left) = if month_first { (other, one) } else { (one, other) };
            let unsure = format!(
                "the dates in `{}` do not show whether day or month comes first: {} is taken; the other is {}",
                from[0],
                quoted(&taken),
                quoted(&left)
            );
            (taken, Some(unsure))
        }
        Some(_) => (plain, None),
        None if dates.len() == all.len()
            && dates.iter().all(|dates| dates.format == first.format && dates.exchanged.is_none()) =>
        {
            (declared(&first.layout, &first.format), None)
        }
        None => (plain, None),
    }
}
