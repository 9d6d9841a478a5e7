//! `ingest`: dirty files into one typed table; rows that do not fit are set aside with their reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeTable;

use super::parts::{keep_part, known_part};
use super::words::ingest as say;
use crate::diagnostics::{Problem, Result, codes, is_disk_full};
use crate::disk::write_new;
use crate::outside::{Gives, Outside, Source};
use crate::report::{Body, Reject, Rejects, Section, Text};
use crate::sources::advice::suggestion;
use crate::sources::column_type::{SourceType, Stored};
use crate::sources::error::SourceError;
use crate::sources::personal::is_personal;
use crate::sources::plan::{ReadPlan, plan};
use crate::sources::profile::{FileProfile, profile};
use crate::sources::read::convert;
use crate::sources::rejects::RULES;
use crate::sources::report::FileReport;
use crate::sources::settings::ReadSettings;
use crate::sources::{SOURCE_FILE, SOURCE_LINE};
use crate::stage::setting::{Number, Share};
use crate::stage::{Context, Finding, Input, Kind, MAIN, Output, ReadStage, Shape, Stage, schema_of, table_name};
use crate::tables::layouts::rejects::REJECTS;
use crate::tables::{Batches, ColumnType, TableFile, join_files};

/// The row of the table of kinds.
pub static KIND: Kind = Kind {
    name: "ingest",
    version: 4,
    meaning: "Reads CSV, TSV, Parquet and XLSX files into one typed table; rows that do not fit are set aside with their reason.",
    example: &[r#"
[stage.lines]
kind = "ingest"
paths = ["orders-*.csv.gz"]
columns = { customer = "Customer ID", order = "Invoice", time = "InvoiceDate", item = "StockCode", description = "Description", quantity = "Quantity", unit_price = "Price" }
date_formats = ["%Y-%m-%d %H:%M:%S"]
"#],
    read,
    schema: schema_of::<Ingest>,
};

/// Files into one typed table. Columns named as those of order lines (customer, order, time, item, description, category,
/// country, quantity, unit_price, currency) take the types of order lines unless `types` says otherwise.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Ingest {
    #[serde(flatten)]
    own: Own,
    #[serde(flatten)]
    reading: ReadSettings,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Own {
    /// Files, or patterns such as `orders-*.csv.gz`; read in this order, each pattern's files by name. Also
    /// `run:FOLDER/TABLE`: a table of the last good run in another pipeline's output folder, such as `run:out/shop/orders`.
    paths: Vec<String>,
    /// Share of rows that may be set aside before the stage fails, 0 to 1.
    #[serde(default = "Own::reject_share")]
    max_reject_share: Share,
}

const OWN_KEYS: [&str; 2] = ["paths", "max_reject_share"];

impl Own {
    fn reject_share() -> Share {
        Number::of(0.01)
    }
}

/// Reads the two halves apart, so that a bad value is told at its own place.
fn read(table: Spanned<DeTable<'_>>) -> std::result::Result<ReadStage, toml::de::Error> {
    let span = table.span();
    let (own, rest): (Vec<_>, Vec<_>) =
        table.into_inner().into_iter().partition(|(key, _)| OWN_KEYS.contains(&key.get_ref().as_ref()));
    let half =
        |part: Vec<_>| toml::Deserializer::from(Spanned::new(span.clone(), part.into_iter().collect::<DeTable>()));
    let stage = Ingest { own: Own::deserialize(half(own))?, reading: ReadSettings::deserialize(half(rest))? };
    let settings = serde_json::to_string(&stage).expect("settings are plain data");
    Ok(ReadStage { stage: Box::new(stage), settings })
}

/// Types of the columns of order lines.
const LINE_TYPES: [(&str, SourceType); 10] = [
    ("customer", SourceType::Id),
    ("order", SourceType::Id),
    ("item", SourceType::Id),
    ("description", SourceType::Id),
    ("category", SourceType::Id),
    ("country", SourceType::Id),
    ("time", SourceType::Timestamp(None)),
    ("quantity", SourceType::Quantity),
    ("unit_price", SourceType::Money),
    ("currency", SourceType::Id),
];

/// Columns without which a row is no order line.
const LINE_REQUIRED: [&str; 3] = ["time", "quantity", "unit_price"];

impl Stage for Ingest {
    fn inputs(&self) -> Vec<Input> {
        Vec::new()
    }

    fn output(&self) -> Output {
        let reading = self.reading();
        let kind = |name: &str| reading.types.get(name).and_then(SourceType::stored).map(boundary);
        let mut columns: Vec<(String, Option<ColumnType>)> =
            reading.columns.keys().map(|name| (name.clone(), kind(name))).collect();
        columns.push((SOURCE_FILE.to_owned(), Some(ColumnType::Text)));
        columns.push((SOURCE_LINE.to_owned(), Some(ColumnType::Integer)));
        Output { main: Shape::Declared(columns, reading.columns.is_empty()), also: vec![("rejects", &REJECTS)] }
    }

    fn check(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .reading()
            .check()
            .into_iter()
            .map(|problem| {
                let key = match problem.key.as_str() {
                    "" => problem.setting.to_owned(),
                    key => format!("{}.{key}", problem.setting),
                };
                Finding::at(key, problem.message)
            })
            .collect();
        if self.own.paths.is_empty() {
            findings.push(Finding::at("paths", "names no file"));
        }
        findings.extend(Finding::of_sources("paths", &self.outside(), &[Gives::Bytes, Gives::Rows]));
        findings
    }

    fn outside(&self) -> Vec<Outside> {
        Outside::all(&self.own.paths)
    }

    fn run(&self, cx: &mut Context) -> Result<()> {
        let zone = self.reading.zone.clone().unwrap_or_else(|| cx.zone.name().to_owned());
        let reading = ReadSettings { zone: Some(zone), ..self.reading() };
        let count = cx.sources.len() as f64;
        // How numbers are written is told from the start of a long file. Where a value further down cannot be read so, all of the
        // file is looked at and read again.
        let mut whole = vec![false; cx.sources.len()];
        let (plan, parts) = loop {
            let mut profiles = Vec::with_capacity(cx.sources.len());
            for (n, file) in cx.sources.iter().enumerate() {
                let done = |part: f64| (cx.progress)(0.3 * (n as f64 + part) / count);
                profiles.push(self.profile(cx, file, &reading, whole[n], &done)?);
            }
            let plan = plan(&profiles, &reading).map_err(bad_source)?;
            let mut parts = Vec::with_capacity(cx.sources.len());
            for (n, file) in cx.sources.iter().enumerate() {
                let done = |part: f64| (cx.progress)(0.3 + 0.7 * (n as f64 + part) / count);
                parts.push(part(cx, file, &profiles[n], &plan, n, &reading, &done)?);
            }
            let unclear: Vec<usize> =
                (0..parts.len()).filter(|&n: &usize| !whole[n] && parts[n].1.is_unclear()).collect();
            if unclear.is_empty() {
                break (plan, parts);
            }
            unclear.into_iter().for_each(|n| whole[n] = true);
        };
        let reports: Vec<FileReport> = parts.iter().map(|part| part.1.clone()).collect();
        let folders: Vec<PathBuf> = parts.into_iter().map(|part| part.0).collect();
        cx.made.parts =
            folders.iter().map(|f| f.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
        self.join(cx, &folders, &reports)?;
        tell(cx, &plan, &reports);
        self.hold(cx, &reports)
    }
}

impl Ingest {
    /// The settings with the types of order lines where nothing else is said.
    fn reading(&self) -> ReadSettings {
        let mut reading = self.reading.clone();
        for (name, kind) in LINE_TYPES {
            if reading.columns.contains_key(name) {
                reading.types.entry(name.to_owned()).or_insert(kind);
            }
        }
        let is_lines = ["order", "item"].iter().chain(&LINE_REQUIRED).all(|name| reading.columns.contains_key(*name));
        // Prices are added up further on: they have one currency, or a column that says which.
        if reading.columns.contains_key("unit_price") && !reading.columns.contains_key("currency") {
            reading.one_currency = vec!["unit_price".to_owned()];
        }
        if is_lines && reading.required.is_empty() {
            reading.required = LINE_REQUIRED.map(str::to_owned).to_vec();
        }
        reading
    }

    /// The first look at a file, kept in the parts for as long as neither the file nor the settings change.
    fn profile(
        &self,
        cx: &Context,
        file: &Source,
        reading: &ReadSettings,
        whole: bool,
        progress: &(dyn Fn(f64) + Sync),
    ) -> Result<FileProfile> {
        let name = file.shown();
        let key = key("profile", &[&name, &file.digest, &json(reading), &whole.to_string()]);
        if let Some(place) = known_part(cx.parts, &key)
            && let Ok(text) = fs::read_to_string(place.join(PROFILE))
            && let Ok(known) = serde_json::from_str(&text)
        {
            return Ok(known);
        }
        let found = profile(file.opening(), &name, reading, whole, progress);
        unchanged(file)?;
        let found = found.map_err(bad_source)?;
        keep_part(cx.parts, &key, |aside| write_new(&aside.join(PROFILE), json(&found).as_bytes()))?;
        Ok(found)
    }

    /// One table from the parts of the files.
    fn join(&self, cx: &mut Context, folders: &[PathBuf], reports: &[FileReport]) -> Result<()> {
        let rows: Vec<PathBuf> = folders.iter().map(|folder| folder.join(ROWS)).collect();
        let count = reports.iter().map(|report| report.rows).sum();
        let path = cx.out.join(crate::stage::table_file(MAIN));
        join_files(&rows, &path)?;
        cx.enter(MAIN, TableFile::of(&path, count)?);
        let rejects: Vec<PathBuf> = folders.iter().map(|folder| folder.join(REJECTED)).collect();
        let rejected = reports.iter().map(|report| report.rejected).sum();
        let path = cx.out.join(crate::stage::table_file("rejects"));
        join_files(&rejects, &path)?;
        cx.enter("rejects", TableFile::of(&path, rejected)?);
        cx.made.rejected = rejected;
        cx.made.unread = not_read(cx, rejected);
        cx.made.rows_in = count + cx.made.rejected;
        Ok(())
    }

    fn hold(&self, cx: &Context, reports: &[FileReport]) -> Result<()> {
        let (rejected, all) = (cx.made.rejected, cx.made.rows_in);
        let share = rejected as f64 / all.max(1) as f64;
        if share <= self.own.max_reject_share.get() {
            return Ok(());
        }
        let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
        for (rule, count) in reports.iter().flat_map(|r| &r.tables).flat_map(|t| &t.rejected_by_rule) {
            *rules.entry(rule).or_default() += count;
        }
        let mut rules: Vec<(&str, u64)> = rules.into_iter().collect();
        rules.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
        let rules: Vec<String> = rules.iter().map(|(rule, count)| format!("{count} {rule}")).collect();
        let message = format!(
            "{rejected} of {all} rows do not fit ({:.2} %, at most {:.2} % may): {}",
            100.0 * share,
            100.0 * self.own.max_reject_share.get(),
            rules.join(", ")
        );
        let faults = most_frequent(&cx.out.join(crate::stage::table_file("rejects")), &self.reading())?;
        Problem::new(&codes::TOO_MANY_REJECTS, message)
            .help(format!("{}; or raise max_reject_share", faults.join("; ")))
            .err()
    }
}

/// Rows that were not read, here or by the pipeline whose table this is.
fn not_read(cx: &Context, rejected: u64) -> BTreeMap<String, u64> {
    let mut unread = BTreeMap::new();
    if rejected > 0 {
        unread.insert(table_name(cx.step, "rejects"), rejected);
    }
    for source in cx.sources {
        unread.extend(source.unread.iter().map(|(table, rows)| (format!("{table} behind {}", source.shown()), *rows)));
    }
    unread
}

/// Faults that a message names.
const NAMED_FAULTS: usize = 3;

/// The most frequent faults of a table of rejects: rule, column, the first value with its line, and what to do.
fn most_frequent(rejects: &Path, reading: &ReadSettings) -> Result<Vec<String>> {
    let table = Batches::read(rejects, &["source_file", "source_line", "rule", "column", "value"])?;
    let (files, lines) = (table.texts("source_file")?, table.integers("source_line")?);
    let (rules, columns, values) = (table.texts("rule")?, table.texts("column")?, table.texts("value")?);
    let mut faults: BTreeMap<(&str, &str), (u64, usize)> = BTreeMap::new();
    for row in 0..rules.len() {
        let fault = (rules[row].as_deref().unwrap_or_default(), columns[row].as_deref().unwrap_or_default());
        faults.entry(fault).or_insert((0, row)).0 += 1;
    }
    let mut faults: Vec<_> = faults.into_iter().collect();
    faults.sort_by_key(|(_, (count, row))| (std::cmp::Reverse(*count), *row));
    let named = faults.into_iter().take(NAMED_FAULTS).map(|((rule, column), (count, row))| {
        let place = format!("{}, line {}", files[row].as_deref().unwrap_or_default(), lines[row].unwrap_or_default());
        let column = if column.is_empty() { String::new() } else { format!(" in column `{column}`") };
        let value = values[row].as_deref().unwrap_or_default();
        let shown = match value.is_empty() || is_personal(columns[row].as_deref().unwrap_or_default()) {
            true => String::new(),
            false => format!(", `{}`", value.chars().take(60).collect::<String>()),
        };
        format!("{count} {rule}{column} (first: {place}{shown}): {}", suggestion(rule, value, reading))
    });
    Ok(named.collect())
}

const PROFILE: &str = "profile.json";
const ROWS: &str = "rows.parquet";
const REJECTED: &str = "rejects.parquet";
const REPORT: &str = "report.json";

/// The rows of one file, converted once and kept for as long as nothing they depend on changes.
fn part(
    cx: &Context,
    file: &Source,
    profile: &FileProfile,
    plan: &ReadPlan,
    at: usize,
    reading: &ReadSettings,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<(PathBuf, FileReport)> {
    let name = file.shown();
    let planned = json(&(&plan.columns, &plan.files[at]));
    let key = key("rows", &[&name, &file.digest, &json(reading), &planned]);
    if let Some(place) = known_part(cx.parts, &key)
        && let Ok(text) = fs::read_to_string(place.join(REPORT))
        && let Ok(report) = serde_json::from_str(&text)
    {
        return Ok((place, report));
    }
    let mut report = None;
    let place = keep_part(cx.parts, &key, |aside| {
        let (rows, rejects) = (aside.join(ROWS), aside.join(REJECTED));
        let made = convert(file.opening(), profile, plan, at, reading, &rows, &rejects, progress);
        unchanged(file)?;
        let made = made.map_err(bad_source)?;
        write_new(&aside.join(REPORT), json(&made).as_bytes())?;
        report = Some(made);
        Ok(())
    })?;
    Ok((place, report.expect("the part was just made")))
}

fn key(what: &str, parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    let version = KIND.version.to_string();
    for part in [what, env!("CARGO_PKG_VERSION"), &version].iter().chain(parts) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    format!("{what}-{}", &hasher.finalize().to_hex()[..32])
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data")
}

/// That a file is still the one whose digest was taken: what was read is kept under that digest.
fn unchanged(file: &Source) -> Result<()> {
    match file.change() {
        None => Ok(()),
        Some(what) => Err(bad_source(SourceError::Changed { file: file.shown().into_owned(), what })),
    }
}

/// What was found out about the files, for the record and the report.
fn tell(cx: &mut Context, plan: &ReadPlan, reports: &[FileReport]) {
    for note in &plan.notes {
        cx.note(note.clone());
    }
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for report in reports {
        for table in &report.tables {
            let sheet = table.sheet.as_ref().map(|s| format!(", sheet {s}")).unwrap_or_default();
            let encoding = table.encoding.as_ref().map(|e| format!(", {}", e.encoding)).unwrap_or_default();
            let dialect = table.dialect.as_ref().map(|d| format!(", {d}")).unwrap_or_default();
            let file = format!("{}{sheet}", report.file).into();
            let facts = format!("{encoding}{dialect}").into();
            cx.note(say::FILE.with([("file", file), ("rows", table.rows.into()), ("facts", facts)]));
            for note in &table.notes {
                cx.note(say::ABOUT.with([("file", report.file.as_str().into()), ("note", note.as_str().into())]));
            }
            for (rule, count) in &table.rejected_by_rule {
                *counts.entry(rule.clone()).or_default() += count;
            }
        }
    }
    let mut rules: Vec<Reject> = counts
        .into_iter()
        .map(|(rule, rows)| {
            let known = RULES.iter().find(|row| row.name == rule);
            let meaning = known.map(|row| Text::term("reject-meaning", row.name, row.meaning)).unwrap_or_default();
            Reject { rule, meaning, rows, first: String::new() }
        })
        .collect();
    rules.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.rule.cmp(&b.rule)));
    let rejects = Rejects { read: cx.made.rows_in, rules, whole: format!("{}_rejects", cx.step) };
    cx.section(Section::new(cx.step, Body::Rejects(rejects)));
}

fn boundary(stored: Stored) -> ColumnType {
    ColumnType::of(&stored.data_type()).unwrap_or(ColumnType::Text)
}

fn bad_source(error: SourceError) -> Box<Problem> {
    let code = match error {
        SourceError::Write { kind: Some(kind), .. } if is_disk_full(kind) => &codes::DISK_FULL,
        SourceError::Write { .. } => &codes::FILE_TROUBLE,
        _ => &codes::BAD_SOURCE,
    };
    Problem::new(code, error.to_string()).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_order_lines_have_their_types() {
        let kind = |stored: Stored| boundary(stored);
        assert_eq!(kind(Stored::Timestamp), ColumnType::Time);
        for (name, source) in LINE_TYPES {
            let column = crate::tables::layouts::orders::LINES.columns.iter().find(|c| c.name == name).expect(name);
            assert_eq!(source.stored().map(boundary), Some(column.kind), "{name}");
        }
    }
}
