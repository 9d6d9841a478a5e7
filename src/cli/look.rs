//! Files as they come, looked at whole: what their columns are called, and what they hold.
//!
//! Each file is read by `sources` as a run would read it, with all of its columns as texts, into a temporary folder of its owner's.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;

use super::Failure;
use crate::diagnostics::{Problem, codes, io_problem};
use crate::profiling::{Column, Dates, Seen, Table, amount};
use crate::sources::column_type::SourceType;
use crate::sources::error::SourceError;
use crate::sources::looks::ColumnLook;
use crate::sources::plan::plan;
use crate::sources::profile::{FileProfile, profile};
use crate::sources::read::convert;
use crate::sources::settings::{Header, ReadSettings};

/// Lines before a header that are tried.
const MOST_SKIPPED: u32 = 8;

/// A table of a file.
pub struct Looked {
    /// What it holds, under the file's name and that of the sheet.
    pub table: Table,
    /// The sheet, where a workbook has several.
    pub sheet: Option<String>,
    /// Format, compression, encoding and dialect, in words.
    pub form: String,
    /// Whether its values have types of their own.
    pub typed: bool,
    /// Lines before the header.
    pub skip: u32,
    /// Whether it has no header.
    pub headerless: bool,
    /// Rows that could not be read.
    pub rejected: u64,
}

/// Looks at a file: one table, or one for each sheet with data.
///
/// # Errors
/// When it cannot be read.
pub fn look(path: &Path) -> Result<Vec<Looked>, Failure> {
    let data = std::fs::metadata(path).map_err(|error| io_problem("read", path, &error))?;
    if !data.is_file() {
        let message = format!("{} is no file", path.display());
        return Err(Problem::new(&codes::NO_INPUT_FILES, message)
            .help("name the files in it".to_owned())
            .boxed()
            .into());
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let settings = ReadSettings::default();
    match first_look(path, &name, &settings) {
        Ok((settings, found)) => Ok(vec![whole(path, &name, settings, &found, None)?]),
        Err(SourceError::ManySheets { sheets, .. }) => sheets
            .into_iter()
            .map(|sheet| {
                let settings = ReadSettings { sheets: vec![sheet.clone()], ..settings.clone() };
                let (settings, found) = first_look(path, &name, &settings).map_err(bad)?;
                whole(path, &format!("{name}, sheet {sheet}"), settings, &found, Some(sheet))
            })
            .collect(),
        Err(error) => Err(bad(error)),
    }
}

/// The header, with the lines before it that are passed over, and whether there is one at all.
fn first_look(path: &Path, name: &str, settings: &ReadSettings) -> Result<(ReadSettings, FileProfile), SourceError> {
    let of = |settings: &ReadSettings| profile(path, name, settings, false, &|_| ());
    let found = of(settings)?;
    let header = |found: &FileProfile| found.tables.first().map(|table| table.header.clone()).unwrap_or_default();
    let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let cells = header(&found);
    if filled(&cells) * 2 <= cells.len() || cells.len() == 1 {
        for skip in 1..=MOST_SKIPPED {
            let further = ReadSettings { skip_lines: skip, ..settings.clone() };
            let Ok(later) = of(&further) else { continue };
            let below = header(&later);
            let better = below.len() >= 3 && filled(&below) * 3 >= below.len() * 2 && !are_values(&below);
            if better && filled(&below) > filled(&cells) {
                return Ok((further, later));
            }
        }
    }
    if are_values(&cells) {
        let without = ReadSettings { header: Header::None, ..settings.clone() };
        let found = of(&without)?;
        return Ok((without, found));
    }
    Ok((settings.clone(), found))
}

/// Whether cells of a first row are values and no names: at least half of them numbers or dates.
fn are_values(cells: &[String]) -> bool {
    let mut look = ColumnLook::default();
    let filled: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let values = filled.iter().filter(|cell| amount(cell).is_some() || look.see(cell).dated).count();
    !filled.is_empty() && values * 2 >= filled.len()
}

/// Looks at all rows.
fn whole(
    path: &Path,
    label: &str,
    settings: ReadSettings,
    found: &FileProfile,
    sheet: Option<String>,
) -> Result<Looked, Failure> {
    let Some(first) = found.tables.first() else {
        return Err(bad(SourceError::Empty { file: label.to_owned() }));
    };
    let names = first.names.clone();
    let types: BTreeMap<String, SourceType> = names.iter().map(|name| (name.clone(), SourceType::Text)).collect();
    let reading = ReadSettings { types, ..settings };
    let again = profile(path, &found.file, &reading, false, &|_| ()).map_err(bad)?;
    let plan = plan(std::slice::from_ref(&again), &reading).map_err(bad)?;
    let folder = tempfile::Builder::new()
        .prefix("patron-look-")
        .tempdir()
        .map_err(|error| io_problem("create", &std::env::temp_dir(), &error))?;
    let (rows, rejects) = (folder.path().join("rows.parquet"), folder.path().join("rejects.parquet"));
    let report = convert(path, &again, &plan, 0, &reading, &rows, &rejects, &|_| ()).map_err(bad)?;
    let columns = read(&rows, &names)?;
    let form = form_of(found, report.tables.first().and_then(|table| table.dialect.as_deref()));
    Ok(Looked {
        table: Table::of(label, columns, report.rows),
        sheet,
        form,
        typed: !matches!(found.format.as_str(), "csv" | "tsv"),
        skip: reading.skip_lines,
        headerless: reading.header == Header::None,
        rejected: report.rejected,
    })
}

/// The columns of a file of texts.
fn read(path: &Path, names: &[String]) -> Result<Vec<Column>, Failure> {
    let trouble = |error: &dyn std::fmt::Display| {
        Failure::One(Problem::new(&codes::FILE_TROUBLE, format!("{}: {error}", path.display())).boxed())
    };
    let file = File::open(path).map_err(|error| io_problem("read", path, &error))?;
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.with_batch_size(16_384).build());
    let mut columns: Vec<(Column, ColumnLook)> =
        names.iter().map(|name| (Column::new(name), ColumnLook::default())).collect();
    for batch in reader.map_err(|error| trouble(&error))? {
        let batch = batch.map_err(|error| trouble(&error))?;
        columns.par_iter_mut().enumerate().for_each(|(at, (column, look))| {
            let Some(texts) = batch.column(at).as_string_opt::<i32>() else { return };
            for row in 0..texts.len() {
                let text = if texts.is_valid(row) { texts.value(row).trim() } else { "" };
                let seen = look.see(text);
                column.see(text, Seen { dated: seen.dated, timed: seen.timed });
            }
        });
    }
    Ok(columns.into_iter().map(|(column, look)| with_dates(column, &look)).collect())
}

/// The column with what is known of its dates, where it holds some.
fn with_dates(mut column: Column, look: &ColumnLook) -> Column {
    if column.date_share() >= 0.7
        && let Some(found) = look.dates()
    {
        column.dates = Some(Dates {
            layout: found.layout.to_owned(),
            format: found.format,
            exchanged: found.exchanged.map(|(layout, format)| (layout.to_owned(), format)),
            days: found.days,
            offset: found.offset,
        });
    }
    column
}

fn form_of(found: &FileProfile, dialect: Option<&str>) -> String {
    let mut parts = vec![found.format.clone()];
    if found.compression != "none" {
        parts.push(found.compression.clone());
    }
    if let Some(encoding) = found.tables.first().and_then(|table| table.encoding.as_ref()) {
        parts.push(encoding.encoding.clone());
    }
    parts.extend(dialect.map(str::to_owned));
    parts.join(", ")
}

fn bad(error: SourceError) -> Failure {
    Failure::One(Problem::new(&codes::BAD_SOURCE, error.to_string()).boxed())
}
