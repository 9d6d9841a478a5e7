//! The first look at a file: what it is, how it is written, and what its values have in common.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::AsArray;
use arrow::datatypes::DataType;
use serde::{Deserialize, Serialize};

use super::column_type::{SourceType, Stored};
use super::convert::NotUtf8;
use super::delimited::{self, Stretches, TextTable};
use super::dialect::Dialect;
use super::encoding::{self, EncodingEvidence};
use super::error::SourceError;
use super::facts::Facts;
use super::formats::Family;
use super::header;
use super::opened::{self, Opened};
use super::ordered::ordered;
use super::records::Records;
use super::settings::{Checked, Header, ReadSettings, SourceNames};
use super::typed::{self, TypedTable};
use super::values::{text_of, trimmed};
use super::workbook::Workbook;
use crate::outside::Opening;

/// What is known of a file before it is converted. It depends on the file's bytes and the settings only, so it can be kept
/// for as long as neither changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileProfile {
    /// The file as the caller names it.
    pub file: String,
    /// Format, one of the names of [`FORMATS`](super::formats::FORMATS).
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
    /// Physical lines of text before the header that are passed over, and whether the first of them names the delimiter.
    pub(crate) skip: u32,
    pub(crate) named_delimiter: bool,
    /// What the values of columns have in common, where that had to be known, by the positions of the columns that are joined.
    pub(crate) facts: Vec<(Vec<usize>, Facts)>,
    /// Whether what is known of numbers is known of all of them, and not of the start of the file only.
    pub(crate) whole: bool,
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
    /// Positions of further columns that are joined to it.
    pub joined: Vec<usize>,
    pub kind: SourceType,
}

impl Wanted {
    /// All its positions in order.
    pub(crate) fn positions(&self) -> Vec<usize> {
        self.position.into_iter().chain(self.joined.iter().copied()).collect()
    }
}

/// Looks at a file. `file` is how the caller names it, in messages and in `source_file`; it should not depend on the machine.
///
/// Reads the start of the file; all of it where a type or a date layout has to be told from the values, and where `whole` for the
/// sake of how numbers are written, which the start of a long file tells otherwise. `progress` is called with the share of the
/// file that has been read, 0 to 1.
///
/// # Errors
/// When the settings are not usable, the file cannot be read or is of no known format, a wanted column is absent.
pub fn profile<'a>(
    from: impl Into<Opening<'a>>,
    file: &str,
    settings: &ReadSettings,
    whole: bool,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<FileProfile, SourceError> {
    let settings = settings.checked().map_err(|problems| SourceError::Settings { problems })?;
    let from = from.into();
    let opened = opened::known(from, file, &settings)?;
    let tables = match (opened.format.family, from) {
        (Family::Delimited, Opening::File(path)) => {
            vec![text_profile(path, file, &opened, &settings, whole, progress)?]
        }
        (Family::Workbook, Opening::File(path)) => workbook_profiles(path, file, &settings)?,
        (Family::Typed, _) | (_, Opening::Rows(_)) => vec![typed_profile(from, file, &settings)?],
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
    let kind = |name: &str| written.types.get(name).cloned().unwrap_or(SourceType::Infer);
    if written.columns.is_empty() {
        if let Some(name) = written.types.keys().chain(&written.required).find(|name| !names.contains(name)) {
            return Err(header::missing(file, names, name, std::slice::from_ref(name)));
        }
        return Ok(names
            .iter()
            .enumerate()
            .map(|(at, name)| Wanted { name: name.clone(), position: Some(at), joined: Vec::new(), kind: kind(name) })
            .collect());
    }
    let cleaned = names;
    let mut all = Vec::with_capacity(written.columns.len());
    for (target, sources) in &written.columns {
        let find = |names: &[String]| match header::find(file, header, target, names)? {
            None => header::find(file, cleaned, target, names),
            found => Ok(found),
        };
        let mut positions = Vec::new();
        if let SourceNames::Joined { join } = sources {
            for name in join {
                match find(std::slice::from_ref(name))? {
                    Some(at) => positions.push(at),
                    None if written.optional.contains(target) => {
                        positions.clear();
                        break;
                    }
                    None => return Err(header::missing(file, header, target, std::slice::from_ref(name))),
                }
            }
        } else {
            positions.extend(find(sources.names())?);
        }
        if positions.is_empty() && !written.optional.contains(target) {
            return Err(header::missing(file, header, target, sources.names()));
        }
        let position = (!positions.is_empty()).then(|| positions.remove(0));
        all.push(Wanted { name: target.clone(), position, joined: positions, kind: kind(target) });
    }
    Ok(all)
}

impl TableProfile {
    fn new(sheet: Option<String>, cells: Option<Vec<String>>, width: usize) -> TableProfile {
        let header = cells.unwrap_or_else(|| (1..=width).map(|at| format!("column_{at}")).collect());
        let names = header::cleaned(&header, &[super::SOURCE_FILE, super::SOURCE_LINE]);
        TableProfile {
            sheet,
            encoding: None,
            dialect: None,
            header,
            names,
            sure: true,
            skip: 0,
            named_delimiter: false,
            facts: Vec::new(),
            whole: true,
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
            skip: self.skip,
            named: self.named_delimiter,
            sample: Vec::new(),
            complete: false,
        })
    }

    /// What is known of the values of a wanted column.
    pub(crate) fn facts_of(&self, wanted: &Wanted) -> Option<&Facts> {
        let positions = wanted.positions();
        self.facts.iter().find(|(known, _)| *known == positions).map(|(_, facts)| facts)
    }
}

/// A column whose values have to be looked at, and what for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    /// Its position, and those of the columns joined to it.
    positions: Vec<usize>,
    /// Its type, or the layout of its dates, has to be told.
    kind: bool,
    /// How its numbers are written has to be told.
    numbers: bool,
}

fn to_look_at(wanted: &[Wanted], settings: &Checked) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for column in wanted.iter().filter(|column| column.position.is_some()) {
        let (kind, numbers) = (needs_values(&column.kind, settings), needs_style(column, settings));
        let positions = column.positions();
        if !kind && !numbers {
            continue;
        }
        match looks.iter_mut().find(|look| look.positions == positions) {
            Some(look) => {
                look.kind |= kind;
                look.numbers |= numbers;
            }
            None => looks.push(Look { positions, kind, numbers }),
        }
    }
    looks.sort();
    looks
}

fn needs_values(kind: &SourceType, settings: &Checked) -> bool {
    match kind {
        SourceType::Infer => true,
        SourceType::Date(None) | SourceType::Timestamp(None) => settings.date_formats.is_empty(),
        _ => false,
    }
}

/// Whether a column is one of numbers of which it is not declared how they, or their currency, are written.
fn needs_style(column: &Wanted, settings: &Checked) -> bool {
    let numeric = matches!(column.kind.stored(), Some(Stored::Integer | Stored::Number | Stored::Decimal { .. }));
    numeric && (settings.numbers_open || settings.written.one_currency.contains(&column.name))
}

fn text_profile(
    path: &Path,
    file: &str,
    opened: &Opened,
    settings: &Checked,
    whole: bool,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<TableProfile, SourceError> {
    let mut table = delimited::look(path, file, opened, settings, None)?;
    loop {
        let mut profile = TableProfile::new(None, table.header.clone(), table.width);
        let wanted = wanted(file, &profile.header, &profile.names, settings)
            .map_err(|error| with_hint(error, settings, &profile.header, || table.first_lines(HINTED)))?;
        profile.encoding = Some(table.evidence.clone());
        profile.dialect = Some(table.dialect);
        profile.sure = table.sure;
        profile.skip = table.skip;
        profile.named_delimiter = table.named;
        let all = to_look_at(&wanted, settings);
        profile.whole = whole || table.complete;
        // The start of a long file tells how numbers are written; values that cannot be read so call for the rest.
        let looks: Vec<Look> = all
            .iter()
            .filter(|look| look.kind || profile.whole)
            .map(|look| Look { numbers: look.numbers && profile.whole, ..look.clone() })
            .collect();
        let begun: Vec<Look> = if profile.whole {
            Vec::new()
        } else {
            all.into_iter().filter(|look| look.numbers).map(|look| Look { kind: false, ..look }).collect()
        };
        if looks.is_empty() && begun.is_empty() {
            return Ok(profile);
        }
        let start = (!begun.is_empty()).then(|| {
            let records = table.first_records(settings);
            facts_of(&records, &masked(&records.bytes), &begun, settings)
        });
        let facts = match looks.is_empty() {
            true => Ok(Vec::new()),
            false => text_facts(path, file, opened, &table, settings, &looks, progress),
        };
        match facts {
            Ok(facts) => {
                profile.facts = looks.into_iter().map(|look| look.positions).zip(facts).collect();
                for (look, facts) in begun.into_iter().zip(start.into_iter().flatten()) {
                    match profile.facts.iter_mut().find(|(positions, _)| *positions == look.positions) {
                        Some((_, known)) => known.numbers_written = facts.numbers_written,
                        None => profile.facts.push((look.positions, facts)),
                    }
                }
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

/// Lines at the start of a file among which a header is looked for that is not the first line.
const HINTED: usize = 40;

/// The error for an absent column with what the first lines say about it.
fn with_hint(
    error: SourceError,
    settings: &Checked,
    header: &[String],
    lines: impl FnOnce() -> Vec<(u64, Vec<String>)>,
) -> SourceError {
    let SourceError::MissingColumn { file, target, wanted, suggestion, found, hint: None } = error else {
        return error;
    };
    let names: Vec<String> = match settings.written.columns.is_empty() {
        true => settings.written.types.keys().chain(&settings.written.required).cloned().collect(),
        false => settings.written.columns.values().flat_map(|names| names.names().iter().cloned()).collect(),
    };
    let hint = match settings.written.header {
        Header::First => header::hint(&lines(), header, &names),
        Header::None => Some("the file is read without a header: name columns by position, such as #1".to_owned()),
    };
    SourceError::MissingColumn { file, target, wanted, suggestion, found, hint }
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
    columns: &[Look],
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

fn facts_of(records: &Records, text: &str, columns: &[Look], settings: &Checked) -> Vec<Facts> {
    let mut all = vec![Facts::default(); columns.len()];
    for (facts, look) in all.iter_mut().zip(columns) {
        let field =
            |record: usize, column: usize| text_of(text, records.span(record, column), records.quote, records.escape);
        for record in 0..records.len() {
            let line = records.first_line + u64::from(records.lines[record]);
            match look.positions.as_slice() {
                [column] => facts.take(trimmed(&field(record, *column)), line, look, settings),
                several => {
                    let parts: Vec<String> = several
                        .iter()
                        .map(|column| trimmed(&field(record, *column)).to_owned())
                        .filter(|part| !part.is_empty())
                        .collect();
                    facts.take(&parts.join(" "), line, look, settings);
                }
            }
        }
    }
    all
}

impl Facts {
    fn take(&mut self, value: &str, line: u64, look: &Look, settings: &Checked) {
        if value.is_empty() {
            self.nulls += 1;
            return;
        }
        if look.kind {
            self.see(value, line, settings.numbers, &settings.typed_nulls);
        }
        if look.numbers {
            self.numbers_written.see(value, line);
        }
    }
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

fn typed_profile(from: Opening, file: &str, settings: &Checked) -> Result<TableProfile, SourceError> {
    let typed = TypedTable::open(from, file)?;
    let mut profile = TableProfile::new(None, Some(typed.header.clone()), typed.header.len());
    profile.kinds = Some(typed.kinds.iter().map(typed::counterpart).collect());
    profile.kind_names = typed.kinds.iter().map(ToString::to_string).collect();
    let wanted = wanted(file, &profile.header, &profile.names, settings)?;
    for column in &wanted {
        let Some(at) = column.position else { continue };
        if !column.joined.is_empty() {
            return Err(SourceError::JoinedTyped { file: file.to_owned(), column: column.name.clone() });
        }
        let own = typed::counterpart(&typed.kinds[at]);
        let target = column.kind.stored().or(own);
        if !target.is_some_and(|target| typed::can_become(&typed.kinds[at], target)) {
            let wanted = if own.is_none() { "any column type".to_owned() } else { column.kind.to_string() };
            return Err(SourceError::SourceType {
                file: file.to_owned(),
                column: typed.header[at].clone(),
                found: profile.kind_names[at].clone(),
                wanted,
            });
        }
    }
    // Dates and numbers that stand as text in a typed file are told as those of a text file are.
    let is_text = |look: &Look| typed::counterpart(&typed.kinds[look.positions[0]]) == Some(Stored::Text);
    let is_typed = |look: &Look| {
        wanted.iter().any(|column| column.positions() == look.positions && column.kind != SourceType::Infer)
    };
    let looks: Vec<Look> =
        to_look_at(&wanted, settings).into_iter().filter(|look| is_text(look) && is_typed(look)).collect();
    if looks.is_empty() {
        return Ok(profile);
    }
    let mut all = vec![Facts::default(); looks.len()];
    let mut first = 1;
    for batch in typed.batches {
        let batch = batch.map_err(|error| SourceError::read(file, error))?;
        for (look, facts) in looks.iter().zip(&mut all) {
            let texts = arrow::compute::cast(batch.column(look.positions[0]), &DataType::Utf8)
                .map_err(|error| SourceError::read(file, error))?;
            for (row, text) in texts.as_string::<i32>().iter().enumerate() {
                facts.take(text.map_or("", trimmed), first + row as u64, look, settings);
            }
        }
        first += batch.num_rows() as u64;
    }
    profile.facts = looks.into_iter().map(|look| look.positions).zip(all).collect();
    Ok(profile)
}

fn workbook_profiles(path: &Path, file: &str, settings: &Checked) -> Result<Vec<TableProfile>, SourceError> {
    let mut workbook = Workbook::open(path, file)?;
    let mut profiles = Vec::new();
    for name in workbook.chosen(settings)? {
        let sheet = workbook.sheet(&name, settings)?;
        let mut profile = TableProfile::new(Some(name.clone()), sheet.header.clone(), sheet.width);
        let wanted = wanted(&format!("{file}#{name}"), &profile.header, &profile.names, settings)
            .map_err(|error| with_hint(error, settings, &profile.header, || sheet.first_rows(HINTED)))?;
        let looks = to_look_at(&wanted, settings);
        if !looks.is_empty() {
            let mut all = vec![Facts::default(); looks.len()];
            for records in sheet.stretches() {
                let text = std::str::from_utf8(&records.bytes).expect("cells are texts");
                let facts = facts_of(&records, text, &looks, settings);
                all.iter_mut().zip(&facts).for_each(|(all, facts)| all.add(facts));
            }
            profile.facts = looks.into_iter().map(|look| look.positions).zip(all).collect();
        }
        profiles.push(profile);
    }
    Ok(profiles)
}
