//! Sheets of a workbook: cells as text in the one form that the readers of values know.
//!
//! Cells are kept as the file has them, one by one, and never as the rectangle around them: a stray cell in the last corner of a
//! sheet would make that 17 thousand million cells.

use std::borrow::Cow;
use std::path::Path;

use calamine::{Data, Reader, Sheets};

use super::error::SourceError;
use super::guarded::guarded;
use super::opened;
use super::records::{Fault, Records};
use super::rejects::RejectRule;
use super::settings::{Checked, Header};
use super::values::trimmed;

/// Rows of a sheet that are read at a time, and cells of them.
const STRETCH: usize = 1 << 16;
const STRETCH_CELLS: usize = 1 << 22;
/// A sheet whose rectangle has more cells than this, and this many times more than hold anything, has stray cells: then it is as wide
/// as its header.
const WIDE: u64 = 1 << 20;
const STRAY: u64 = 64;

/// A workbook in memory.
pub(crate) struct Workbook {
    name: String,
    sheets: Sheets<std::io::Cursor<Vec<u8>>>,
}

/// A cell that holds something: row and column from 0, and what it holds.
type Cell = (u32, u32, Data);

/// One sheet: where its header is, and its cells.
pub(crate) struct Sheet {
    /// In order of rows, then columns.
    cells: Vec<Cell>,
    /// Rows that are not blank, from the header on: where their cells begin and end.
    rows: Vec<std::ops::Range<usize>>,
    /// First column.
    left: u32,
    has_header: bool,
    /// Rows from the first of the sheet to the last that holds anything.
    lines: u64,
    /// Header cells as they stand.
    pub header: Option<Vec<String>>,
    /// Columns that are read.
    pub width: usize,
    /// Rows passed over before the header, of which so many are blank.
    pub skipped_rows: u64,
    pub blank_before: u64,
}

impl Workbook {
    /// Opens a workbook. `name` is how messages call it.
    pub(crate) fn open(path: &Path, name: &str) -> Result<Workbook, SourceError> {
        let bytes = opened::whole(path, name)?;
        let bad = |reason: String| {
            SourceError::Format {
            file: name.to_owned(),
            found: format!("cannot be opened as a workbook ({reason})"),
            advice: "if it was cut off on its way, deliver it again; else save it again as XLSX without a password, or as CSV".into(),
        }
        };
        match guarded(|| calamine::open_workbook_auto_from_rs(bytes)) {
            Some(Ok(sheets)) => Ok(Workbook { name: name.to_owned(), sheets }),
            Some(Err(error)) => Err(bad(error.to_string())),
            None => Err(bad("its content is broken".into())),
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
            if !self.cells(&name)?.is_empty() {
                filled.push(name);
            }
        }
        Ok(filled)
    }

    /// The cells of a sheet that hold anything; a chart sheet has none.
    fn cells(&mut self, sheet: &str) -> Result<Vec<Cell>, SourceError> {
        let file = self.name.clone();
        let bad = |reason: &str| SourceError::read(&file, format!("sheet `{sheet}`: {reason}"));
        let mut cells = match guarded(|| read_cells(&mut self.sheets, sheet)) {
            Some(Ok(cells)) => cells,
            Some(Err(message)) if message.contains("not found") => Vec::new(),
            Some(Err(message)) => return Err(bad(&message)),
            None => return Err(bad("its content is broken; save the workbook again, or as CSV")),
        };
        // As they nearly always come.
        if !cells.is_sorted_by_key(|(row, column, _)| (*row, *column)) {
            cells.sort_by_key(|(row, column, _)| (*row, *column));
        }
        Ok(cells)
    }

    /// A sheet with its header found.
    pub(crate) fn sheet(&mut self, name: &str, settings: &Checked) -> Result<Sheet, SourceError> {
        let cells = self.cells(name)?;
        let skip = settings.written.skip_lines;
        let mut rows: Vec<std::ops::Range<usize>> = Vec::new();
        let mut from = 0;
        for row in cells.chunk_by(|one, other| one.0 == other.0) {
            if row[0].0 >= skip && !row.iter().all(|(_, _, cell)| is_blank_cell(cell)) {
                rows.push(from..from + row.len());
            }
            from += row.len();
        }
        let Some(first) = rows.first().cloned() else {
            return Err(SourceError::Empty { file: format!("{}#{name}", self.name) });
        };
        let left = cells.iter().map(|(_, column, _)| *column).min().unwrap_or_default();
        let right = cells.iter().map(|(_, column, _)| *column).max().unwrap_or_default();
        let last = cells.last().map_or(0, |(row, ..)| *row);
        let before = u64::from(cells[first.start].0);
        let skipped_rows = before.min(skip.into());
        let rectangle = u64::from(last - cells[0].0 + 1) * u64::from(right - left + 1);
        let has_header = settings.written.header == Header::First;
        let right = match rectangle > WIDE && rectangle > STRAY * cells.len() as u64 {
            true => {
                cells[first.clone()].iter().rev().find(|(_, _, cell)| !is_blank_cell(cell)).map_or(right, |cell| cell.1)
            }
            false => right,
        };
        let mut sheet = Sheet {
            cells,
            rows,
            left,
            has_header,
            lines: u64::from(last) + 1,
            header: None,
            width: (right - left + 1) as usize,
            skipped_rows,
            blank_before: before - skipped_rows,
        };
        if has_header {
            sheet.header = Some(sheet.texts(first).into_iter().map(Cow::into_owned).collect());
        }
        Ok(sheet)
    }
}

/// The cells of a sheet that hold anything.
fn read_cells(sheets: &mut Sheets<std::io::Cursor<Vec<u8>>>, sheet: &str) -> Result<Vec<Cell>, String> {
    let mut cells = Vec::new();
    let mut keep = |row: u32, column: u32, cell: Data| {
        if cell != Data::Empty {
            cells.push((row, column, cell));
        }
    };
    match sheets {
        Sheets::Xlsx(workbook) => {
            let mut reader = match workbook.worksheet_cells_reader(sheet) {
                Ok(reader) => reader,
                Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(Vec::new()),
                Err(error) => return Err(error.to_string()),
            };
            while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
                let (row, column) = cell.get_position();
                keep(row, column, cell.get_value().clone().into());
            }
        }
        Sheets::Xlsb(workbook) => {
            let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
            while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
                let (row, column) = cell.get_position();
                keep(row, column, cell.get_value().clone().into());
            }
        }
        // These have at most 65,536 rows of 256 columns, or a limit of their reader's own.
        other => {
            let range = other.worksheet_range(sheet).map_err(|error| error.to_string())?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, cell) in range.used_cells() {
                keep(top + row as u32, left + column as u32, cell.clone());
            }
        }
    }
    Ok(cells)
}

impl Sheet {
    /// Rows of the sheet from its first one to its last one that holds anything.
    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    /// Rows that the header takes.
    pub(crate) fn header_lines(&self) -> u64 {
        u64::from(self.has_header)
    }

    /// The texts of a row, as many as the sheet is wide.
    fn texts(&self, row: std::ops::Range<usize>) -> Vec<Cow<'_, str>> {
        let mut texts = vec![Cow::Borrowed(""); self.width];
        for (_, column, cell) in &self.cells[row] {
            if let Some(place) = texts.get_mut((column - self.left) as usize) {
                *place = cell_text(cell);
            }
        }
        texts
    }

    /// The first rows that are not blank, with their texts.
    pub(crate) fn first_rows(&self, count: usize) -> Vec<(u64, Vec<String>)> {
        let texts = |row: &std::ops::Range<usize>| self.texts(row.clone()).into_iter().map(Cow::into_owned).collect();
        self.rows.iter().take(count).map(|row| (u64::from(self.cells[row.start].0) + 1, texts(row))).collect()
    }

    /// Stretches of its rows after the header in order.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = Records> + '_ {
        let rows = &self.rows[usize::from(self.has_header)..];
        let many = (STRETCH_CELLS / self.width.max(1)).clamp(1, STRETCH);
        let mut next = match self.has_header {
            true => self.cells[self.rows[0].start].0 + 1,
            false => self.cells[self.rows[0].start].0,
        };
        rows.chunks(many).map(move |rows| {
            let records = self.stretch(rows, next);
            next += records.line_count as u32;
            records
        })
    }

    /// Rows as records; `first` is the row of the sheet, from 0, at which they begin.
    fn stretch(&self, rows: &[std::ops::Range<usize>], first: u32) -> Records {
        let mut records = Records::from_line(u64::from(first) + 1);
        records.width = self.width;
        for row in rows {
            let line = self.cells[row.start].0 - first;
            records.blank_lines += u64::from(line) - records.line_count;
            records.line_count = u64::from(line) + 1;
            let outside =
                |(_, column, cell): &Cell| (column - self.left) as usize >= self.width && !is_blank_cell(cell);
            if self.cells[row.clone()].iter().any(outside) {
                // Stray cells beyond the header: the row is set aside with all that it holds.
                let start = records.bytes.len() as u32;
                let all: Vec<Cow<'_, str>> =
                    self.cells[row.clone()].iter().map(|(_, _, cell)| cell_text(cell)).collect();
                records.bytes.extend_from_slice(all.join("\t").as_bytes());
                let end = records.bytes.len() as u32;
                records.bytes.push(b'\n');
                records.faults.push(Fault { start, end, line, rule: RejectRule::RaggedLong });
                continue;
            }
            records.push_cells(line, self.texts(row.clone()).into_iter());
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
