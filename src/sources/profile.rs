//! The first look at a file: what it is, how it is written, and what its values have in common.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::AsArray;
use arrow::datatypes::DataType;
use serde::{Deserialize, Serialize};

use super::column_type::{ColumnType, Stored};
use super::convert::NotUtf8;
use super::delimited::{self, Stretches, TextTable};
use super::dialect::Dialect;
use super::encoding::{self, EncodingEvidence};
use super::error::SourceError;
use super::facts::Facts;
use super::formats::{self, Family, Opened};
use super::header;
use super::ordered::ordered;
use super::records::Records;
use super::settings::{Checked, Header, ReadSettings};
use super::typed::{self, TypedFile};
use super::values::{text_of, trimmed};
use super::workbook::Workbook;

/// What is known of a file before it is converted. It depends on the file's bytes and the settings only, so it can be kept
/// for as long as neither changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileProfile {
    /// The file as the caller names it.
    pub file: String,
    /// Format, one of the names of [`formats::FORMATS`].
    pub format: String,
    /// `none`, `gzip`, `zstd` or `zip`.
    pub compression: String,
    /// Size on disk in bytes.
    pub bytes: u64,
    /// Its table, or one for each chosen sheet.
    pub tables: Vec<TableProfile>,
}

/// What is known of one table of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableProfile {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Encoding of text.
    pub encoding: Option<EncodingEvidence>,
    /// Dialect of text.
    pub dialect: Option<Dialect>,
    /// Header cells as they stand; `column_1` and so on where there is no header.
    pub header: Vec<String>,
    /// The header cleaned: trimmed, empty names filled, repeated names numbered.
    pub names: Vec<String>,
    /// Whether bytes that are not UTF-8 are faults of their records rather than a sign of another encoding.
    pub(crate) sure: bool,
    /// What the values of each column have in common, where that had to be known.
    pub(crate) facts: Vec<Option<Facts>>,
    /// What the columns of a typed file are stored as by themselves.
    pub(crate) kinds: Option<Vec<Option<Stored>>>,
    /// Types of a typed file in words.
    pub(crate) kind_names: Vec<String>,
}

/// A column that the settings ask for, and where it is in a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    pub name: String,
    pub position: Option<usize>,
    pub kind: ColumnType,
}

/// Looks at a file. `file` is how the caller names it, in messages and in `source_file`; it should not depend on the machine.
///
/// Reads the start of the file; all of it where a type or a date layout has to be told from the values. `progress` is called
/// with the share of the file that has been read, 0 to 1.
///
/// # Errors
/// When the settings are not usable, the file cannot be read or is of no known format, a wanted column is absent.
pub fn profile(
    path: &Path,
    file: &str,
    settings: &ReadSettings,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<FileProfile, SourceError> {
    let settings = settings.checked().map_err(|problems| SourceError::Settings { problems })?;
    let opened = formats::detect(path, file, &settings)?;
    let tables = match opened.format.family {
        Family::Delimited => vec![text_profile(path, file, &opened, &settings, progress)?],
        Family::Parquet => vec![typed_profile(path, file, &settings)?],
        Family::Workbook => workbook_profiles(path, file, &settings)?,
    };
    progress(1.0);
    Ok(FileProfile {
        file: file.to_owned(),
        format: opened.format.name.to_owned(),
        compression: opened.packing.name().to_owned(),
        bytes: opened.bytes,
        tables,
    })
}

/// The columns that the settings ask for in a table with this header.
pub(crate) fn wanted(
    file: &str,
    header: &[String],
    names: &[String],
    settings: &Checked,
) -> Result<Vec<Wanted>, SourceError> {
    let written = &settings.written;
    let kind = |name: &str| written.types.get(name).cloned().unwrap_or(ColumnType::Infer);
    if written.columns.is_empty() {
        if let Some(name) = written.types.keys().chain(&written.required).find(|name| !names.contains(name)) {
            return Err(header::missing(file, names, name, std::slice::from_ref(name)));
        }
        return Ok(names
            .iter()
            .enumerate()
            .map(|(at, name)| Wanted { name: name.clone(), position: Some(at), kind: kind(name) })
            .collect());
    }
    let mut all = Vec::with_capacity(written.columns.len());
    for (target, sources) in &written.columns {
        let position = match header::find(file, header, target, sources.names())? {
            None => header::find(file, names, target, sources.names())?,
            found => found,
        };
        if position.is_none() && !written.optional.contains(target) {
            return Err(header::missing(file, header, target, sources.names()));
        }
        all.push(Wanted { name: target.clone(), position, kind: kind(target) });
    }
    Ok(all)
}

impl TableProfile {
    fn new(sheet: Option<String>, cells: Option<Vec<String>>, width: usize) -> TableProfile {
        let header = cells.unwrap_or_else(|| (1..=width).map(|at| format!("column_{at}")).collect());
        let names = header::cleaned(&header, &[super::SOURCE_FILE, super::SOURCE_LINE]);
        let facts = vec![None; header.len()];
        TableProfile {
            sheet,
            encoding: None,
            dialect: None,
            header,
            names,
            sure: true,
            facts,
            kinds: None,
            kind_names: Vec::new(),
        }
    }

    /// The table of a text file in the form that it is read by.
    pub(crate) fn text_table(&self, file: &str, settings: &Checked) -> Result<TextTable, SourceError> {
        let changed = || SourceError::Changed { file: file.to_owned(), what: "it was no text before".into() };
        let evidence = self.encoding.clone().ok_or_else(changed)?;
        Ok(TextTable {
            encoding: encoding::by_name(&evidence.encoding).ok_or_else(changed)?,
            evidence,
            sure: self.sure,
            dialect: self.dialect.ok_or_else(changed)?,
            header: (settings.written.header == Header::First).then(|| self.header.clone()),
            width: self.header.len(),
        })
    }
}

/// The positions of the columns whose values have to be looked at.
fn to_look_at(wanted: &[Wanted], settings: &Checked) -> Vec<usize> {
    let mut positions: Vec<usize> = wanted
        .iter()
        .filter(|column| needs_values(&column.kind, settings))
        .filter_map(|column| column.position)
        .collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

fn needs_values(kind: &ColumnType, settings: &Checked) -> bool {
    match kind {
        ColumnType::Infer => true,
        ColumnType::Date(None) | ColumnType::Timestamp(None) => settings.date_formats.is_empty(),
        _ => false,
    }
}

fn text_profile(
    path: &Path,
    file: &str,
    opened: &Opened,
    settings: &Checked,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<TableProfile, SourceError> {
    let mut table = delimited::look(path, file, opened, settings, None)?;
    loop {
        let mut profile = TableProfile::new(None, table.header.clone(), table.width);
        let wanted = wanted(file, &profile.header, &profile.names, settings)?;
        let columns = to_look_at(&wanted, settings);
        profile.encoding = Some(table.evidence.clone());
        profile.dialect = Some(table.dialect);
        profile.sure = table.sure;
        if columns.is_empty() {
            return Ok(profile);
        }
        match text_facts(path, file, opened, &table, settings, &columns, progress) {
            Ok(facts) => {
                columns.iter().zip(facts).for_each(|(&at, facts)| profile.facts[at] = Some(facts));
                return Ok(profile);
            }
            Err(Halt::Failed(error)) => return Err(error),
            Err(Halt::NotUtf8) => {
                let encoding = delimited::look_whole(path, file, opened)?;
                table = delimited::look(path, file, opened, settings, Some(encoding))?;
            }
        }
    }
}

/// Why a pass over a file ended early.
pub(crate) enum Halt {
    Failed(SourceError),
    /// Bytes that are not UTF-8 in a text that was taken for it by its start.
    NotUtf8,
}

impl From<SourceError> for Halt {
    fn from(error: SourceError) -> Halt {
        Halt::Failed(error)
    }
}

impl From<NotUtf8> for Halt {
    fn from(_: NotUtf8) -> Halt {
        Halt::NotUtf8
    }
}

fn text_facts(
    path: &Path,
    file: &str,
    opened: &Opened,
    table: &TextTable,
    settings: &Checked,
    columns: &[usize],
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Vec<Facts>, Halt> {
    let read = Arc::new(AtomicU64::new(0));
    let mut stretches = Stretches::open(path, file, opened, table, settings, read.clone())?;
    let mut all = vec![Facts::default(); columns.len()];
    let doubtful = delimited::may_be_doubted(table);
    let produce = || stretches.next().map_err(Halt::from);
    let work = |records: Records| match std::str::from_utf8(&records.bytes) {
        Ok(text) => Ok(facts_of(&records, text, columns, settings)),
        Err(_) if doubtful => Err(Halt::NotUtf8),
        // Records with bad bytes will be set aside; what they would say about types is of no account.
        Err(_) => Ok(facts_of(&records, &masked(&records.bytes), columns, settings)),
    };
    ordered(rayon::current_num_threads(), produce, work, |facts| {
        all.iter_mut().zip(&facts).for_each(|(all, facts)| all.add(facts));
        progress(read.load(Ordering::Relaxed) as f64 / opened.bytes.max(1) as f64);
        Ok(())
    })?;
    Ok(all)
}

fn facts_of(records: &Records, text: &str, columns: &[usize], settings: &Checked) -> Vec<Facts> {
    let mut all = vec![Facts::default(); columns.len()];
    for (facts, &column) in all.iter_mut().zip(columns) {
        for record in 0..records.len() {
            let field = text_of(text, records.span(record, column), records.quote, records.escape);
            let value = trimmed(&field);
            if value.is_empty() {
                facts.nulls += 1;
            } else {
                facts.see(
                    value,
                    records.first_line + u64::from(records.lines[record]),
                    settings.numbers,
                    &settings.typed_nulls,
                );
            }
        }
    }
    all
}

/// The text with a question mark for each byte that is not UTF-8.
fn masked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

fn typed_profile(path: &Path, file: &str, settings: &Checked) -> Result<TableProfile, SourceError> {
    let typed = TypedFile::open(path, file)?;
    let mut profile = TableProfile::new(None, Some(typed.header.clone()), typed.header.len());
    profile.kinds = Some(typed.kinds.iter().map(typed::counterpart).collect());
    profile.kind_names = typed.kinds.iter().map(ToString::to_string).collect();
    let wanted = wanted(file, &profile.header, &profile.names, settings)?;
    for column in &wanted {
        let Some(at) = column.position else { continue };
        let own = typed::counterpart(&typed.kinds[at]);
        let target = column.kind.stored().or(own);
        if !target.is_some_and(|target| typed::can_become(&typed.kinds[at], target)) {
            let wanted = if own.is_none() { "any column type".to_owned() } else { column.kind.to_string() };
            return Err(SourceError::ColumnType {
                file: file.to_owned(),
                column: typed.header[at].clone(),
                found: profile.kind_names[at].clone(),
                wanted,
            });
        }
    }
    // Dates that stand as text in a typed file are told as those of a text file are.
    let columns: Vec<usize> = to_look_at(&wanted, settings)
        .into_iter()
        .filter(|&at| typed::counterpart(&typed.kinds[at]) == Some(Stored::Text))
        .filter(|&at| wanted.iter().any(|column| column.position == Some(at) && column.kind != ColumnType::Infer))
        .collect();
    if columns.is_empty() {
        return Ok(profile);
    }
    let mut first = 1;
    for batch in typed.batches(file)? {
        let batch = batch.map_err(|error| SourceError::read(file, error))?;
        for &at in &columns {
            let facts = profile.facts[at].get_or_insert_default();
            let texts = arrow::compute::cast(batch.column(at), &DataType::Utf8)
                .map_err(|error| SourceError::read(file, error))?;
            for (row, text) in texts.as_string::<i32>().iter().enumerate() {
                match text.map(trimmed) {
                    None | Some("") => facts.nulls += 1,
                    Some(text) => facts.see(text, first + row as u64, settings.numbers, &settings.typed_nulls),
                }
            }
        }
        first += batch.num_rows() as u64;
    }
    Ok(profile)
}

fn workbook_profiles(path: &Path, file: &str, settings: &Checked) -> Result<Vec<TableProfile>, SourceError> {
    let mut workbook = Workbook::open(path, file)?;
    let mut profiles = Vec::new();
    for name in workbook.chosen(settings)? {
        let sheet = workbook.sheet(&name, settings)?;
        let mut profile = TableProfile::new(Some(name.clone()), sheet.header.clone(), sheet.width);
        let columns =
            to_look_at(&wanted(&format!("{file}#{name}"), &profile.header, &profile.names, settings)?, settings);
        if !columns.is_empty() {
            let mut all = vec![Facts::default(); columns.len()];
            for records in sheet.stretches() {
                let text = std::str::from_utf8(&records.bytes).expect("cells are texts");
                let facts = facts_of(&records, text, &columns, settings);
                all.iter_mut().zip(&facts).for_each(|(all, facts)| all.add(facts));
            }
            columns.iter().zip(all).for_each(|(&at, facts)| profile.facts[at] = Some(facts));
        }
        profiles.push(profile);
    }
    Ok(profiles)
}
