//! Sheets of a workbook: cells as text in the one form that the readers of values know.

use std::borrow::Cow;
use std::path::Path;

use calamine::{Data, Range, Reader, Sheets};

use super::error::SourceError;
use super::formats;
use super::records::Records;
use super::settings::{Checked, Header};
use super::values::trimmed;

/// Rows of a sheet that are read at a time.
const STRETCH: usize = 1 << 16;

/// A workbook in memory.
pub(crate) struct Workbook {
    name: String,
    sheets: Sheets<std::io::Cursor<Vec<u8>>>,
}

/// One sheet: where its header is, and its cells.
pub(crate) struct Sheet {
    range: Range<Data>,
    /// Row of the header within the range; none where there is no header.
    header_row: Option<usize>,
    /// First row after the header within the range.
    from: usize,
    /// Header cells as they stand.
    pub header: Option<Vec<String>>,
    /// Columns of the range.
    pub width: usize,
    /// Rows passed over before the header, of which so many are blank.
    pub skipped_rows: u64,
    pub blank_before: u64,
}

impl Workbook {
    /// Opens a workbook. `name` is how messages call it.
    pub(crate) fn open(path: &Path, name: &str) -> Result<Workbook, SourceError> {
        let bytes = formats::whole(path, name)?;
        match calamine::open_workbook_auto_from_rs(bytes) {
            Ok(sheets) => Ok(Workbook { name: name.to_owned(), sheets }),
            Err(error) => Err(SourceError::Format {
                file: name.to_owned(),
                found: format!("cannot be opened as a workbook ({error})"),
                advice: "save it again as XLSX without a password, or as CSV".into(),
            }),
        }
    }

    /// The sheets that the settings ask for, in order; by default the only one with data.
    pub(crate) fn chosen(&mut self, settings: &Checked) -> Result<Vec<String>, SourceError> {
        let all = self.sheets.sheet_names();
        let wanted = &settings.written.sheets;
        if wanted.iter().any(|sheet| sheet == "*") {
            let filled = self.with_data(all)?;
            return if filled.is_empty() { Err(SourceError::Empty { file: self.name.clone() }) } else { Ok(filled) };
        }
        for sheet in wanted {
            if !all.contains(sheet) {
                return Err(SourceError::MissingSheet { file: self.name.clone(), sheet: sheet.clone(), sheets: all });
            }
        }
        if !wanted.is_empty() {
            return Ok(wanted.clone());
        }
        let mut filled = self.with_data(all)?;
        match filled.len() {
            0 => Err(SourceError::Empty { file: self.name.clone() }),
            1 => Ok(vec![filled.remove(0)]),
            _ => Err(SourceError::ManySheets { file: self.name.clone(), sheets: filled }),
        }
    }

    fn with_data(&mut self, names: Vec<String>) -> Result<Vec<String>, SourceError> {
        let mut filled = Vec::new();
        for name in names {
            if self.range(&name)?.is_some_and(|range| range.used_cells().next().is_some()) {
                filled.push(name);
            }
        }
        Ok(filled)
    }

    // A chart sheet has no cells.
    fn range(&mut self, sheet: &str) -> Result<Option<Range<Data>>, SourceError> {
        match self.sheets.worksheet_range(sheet) {
            Ok(range) => Ok(Some(range)),
            Err(error) => match error.to_string() {
                message if message.contains("not found") => Ok(None),
                message => Err(SourceError::read(&self.name, format!("sheet `{sheet}`: {message}"))),
            },
        }
    }

    /// A sheet with its header found.
    pub(crate) fn sheet(&mut self, name: &str, settings: &Checked) -> Result<Sheet, SourceError> {
        let label = format!("{}#{name}", self.name);
        let range = self.range(name)?.unwrap_or_default();
        let offset = range.start().map_or(0, |(row, _)| row as usize);
        let skip = (settings.written.skip_lines as usize).saturating_sub(offset);
        let is_blank = |row: usize| range.rows().nth(row).is_none_or(|cells| cells.iter().all(is_blank_cell));
        let first = (skip..range.height()).find(|&row| !is_blank(row)).ok_or(SourceError::Empty { file: label })?;
        let before = (offset + first) as u64;
        let skipped_rows = before.min(settings.written.skip_lines.into());
        let blank_before = before - skipped_rows;
        let mut sheet = Sheet {
            width: range.width(),
            range,
            header_row: None,
            from: first,
            header: None,
            skipped_rows,
            blank_before,
        };
        if settings.written.header == Header::First {
            let cells = sheet
                .range
                .rows()
                .nth(first)
                .map(|cells| cells.iter().map(|cell| cell_text(cell).into_owned()).collect());
            sheet.header = cells;
            sheet.header_row = Some(first);
            sheet.from = first + 1;
        }
        Ok(sheet)
    }
}

impl Sheet {
    /// Rows of the sheet from its first one to its last one that holds anything.
    pub(crate) fn lines(&self) -> u64 {
        (self.offset() + self.range.height()) as u64
    }

    /// Rows that the header takes.
    pub(crate) fn header_lines(&self) -> u64 {
        u64::from(self.header_row.is_some())
    }

    /// Stretches of its rows in order.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = Records> + '_ {
        (self.from..self.range.height())
            .step_by(STRETCH)
            .map(|from| self.stretch(from, self.range.height().min(from + STRETCH)))
    }

    fn offset(&self) -> usize {
        self.range.start().map_or(0, |(row, _)| row as usize)
    }

    fn stretch(&self, from: usize, to: usize) -> Records {
        let mut records = Records::from_line((self.offset() + from + 1) as u64);
        records.width = self.width;
        for (line, cells) in self.range.rows().skip(from).take(to - from).enumerate() {
            records.line_count += 1;
            if cells.iter().all(is_blank_cell) {
                records.blank_lines += 1;
                continue;
            }
            records.push_cells(line as u32, cells.iter().map(cell_text));
        }
        records
    }
}

fn is_blank_cell(cell: &Data) -> bool {
    match cell {
        Data::Empty => true,
        Data::String(text) => trimmed(text).is_empty(),
        _ => false,
    }
}

/// A cell as text: whole numbers without a fraction, dates as ISO 8601.
fn cell_text(cell: &Data) -> Cow<'_, str> {
    match cell {
        Data::Empty => Cow::Borrowed(""),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cow::Borrowed(text),
        Data::Int(value) => Cow::Owned(value.to_string()),
        // The shortest text that reads back as the same number; never in scientific notation.
        Data::Float(value) => Cow::Owned(value.to_string()),
        Data::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        // A time of day without a day counts from day zero.
        Data::DateTime(value) if value.is_datetime() && (0.0..1.0).contains(&value.as_f64()) => {
            let (_, _, _, hour, minute, second, _) = value.to_ymd_hms_milli();
            Cow::Owned(format!("{hour:02}:{minute:02}:{second:02}"))
        }
        Data::DateTime(value) if value.is_datetime() => {
            let (year, month, day, hour, minute, second, millis) = value.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second, millis) {
                (0, 0, 0, 0) => Cow::Owned(date),
                (_, _, _, 0) => Cow::Owned(format!("{date} {hour:02}:{minute:02}:{second:02}")),
                _ => Cow::Owned(format!("{date} {hour:02}:{minute:02}:{second:02}.{millis:03}")),
            }
        }
        Data::DateTime(value) => Cow::Owned(value.as_f64().to_string()),
        Data::Error(error) => Cow::Owned(error.to_string()),
    }
}
