//! `xlsx`: a workbook for people: text stays text, the header stays in sight, columns are as wide as they need.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, Workbook, Worksheet};
use std::io::Write;

use super::delimited::looks_like_formula;
use super::part::{Limits, Measured};
use super::value::{Column, Value, columns};
use super::{Alterations, Destination, DestinationError, Field, Format, List, Options, Part, Parts, Role, Written};

pub(super) const XLSX: Destination = Destination {
    name: "xlsx",
    meaning: "a workbook for people: ids and telephones as text, nothing is ever a formula, header frozen",
    extension: "xlsx",
    for_people: true,
    hashed: false,
    source: "",
    format: Format::Plain(write),
};

/// Rows of a sheet below its header (the format holds 1,048,576 rows).
const SHEET_ROWS: u64 = 1_048_575;

/// Characters, in UTF-16 units, of a cell.
const CELL_UNITS: usize = 32_767;

/// Column widths, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 6..=60;

/// A workbook is built in memory; more columns than this no sheet can hold.
const COLUMNS: usize = 16_384;

struct Formats {
    header: CellFormat,
    money: CellFormat,
    day: CellFormat,
    time: CellFormat,
    text: CellFormat,
    guarded: CellFormat,
}

fn write(list: &List, options: &Options, parts: &mut dyn Parts) -> Result<Written, DestinationError> {
    if list.fields.len() > COLUMNS {
        let columns = list.fields.len();
        return Err(DestinationError::TooManyColumns { destination: XLSX.name, limit: COLUMNS, columns });
    }
    let limits = Limits { destination: XLSX.name, rows: SHEET_ROWS, bytes: Limits::NONE };
    let most = limits.narrowed(options.max_rows, None).rows;
    let headers: Vec<String> = list.fields.iter().map(|field| options.header(field)).collect();
    let mut alterations = Alterations::default();
    let mut book = Book::new(list.fields, &headers)?;
    let mut written: Vec<Part> = Vec::new();
    let mut row = 0;
    for batch in list.batches {
        let columns = columns(batch, list.fields)?;
        for i in 0..batch.num_rows() {
            if u64::from(book.rows) == most {
                let full = std::mem::replace(&mut book, Book::new(list.fields, &headers)?);
                written.push(full.save(parts, written.len() as u32 + 1)?);
            }
            book.row(list.fields, &columns, i, row, &mut alterations)?;
            row += 1;
        }
    }
    if book.rows > 0 || written.is_empty() {
        written.push(book.save(parts, written.len() as u32 + 1)?);
    }
    let names: Vec<String> = list.fields.iter().map(|field| field.name.clone()).collect();
    Ok(Written {
        parts: written,
        altered: alterations.into_altered(&names),
        columns: headers.into_iter().zip(names).collect(),
        ..Written::default()
    })
}

struct Book {
    sheet: Worksheet,
    formats: Formats,
    widths: Vec<usize>,
    rows: u32,
}

impl Book {
    fn new(fields: &[Field], headers: &[String]) -> Result<Self, DestinationError> {
        let formats = Formats {
            header: CellFormat::new().set_bold().set_align(FormatAlign::Top).set_text_wrap(),
            money: CellFormat::new().set_num_format("#,##0.00"),
            day: CellFormat::new().set_num_format("yyyy-mm-dd"),
            time: CellFormat::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            text: CellFormat::new().set_num_format("@"),
            guarded: CellFormat::new().set_num_format("@").set_quote_prefix(),
        };
        let mut sheet = Worksheet::new();
        for (c, header) in headers.iter().enumerate() {
            sheet.write_string_with_format(0, c as u16, clipped(header).0, &formats.header)?;
        }
        if !headers.is_empty() {
            sheet.set_freeze_panes(1, 0)?;
        }
        let widths = fields.iter().zip(headers).map(|(_, header)| header.chars().count() + 2).collect();
        Ok(Book { sheet, formats, widths, rows: 0 })
    }

    fn row(
        &mut self,
        fields: &[Field],
        columns: &[Column],
        i: usize,
        row: u64,
        alterations: &mut Alterations,
    ) -> Result<(), DestinationError> {
        self.rows += 1;
        for (c, (column, field)) in columns.iter().zip(fields).enumerate() {
            let text = column.at(i).to_text();
            self.widths[c] = self.widths[c].max(text.chars().count() + 1);
            let at = (self.rows, c as u16);
            if self.typed(at, column.at(i), field.role)? || text.is_empty() {
                continue;
            }
            let (kept, cut) = clipped(&text);
            if cut {
                alterations.count(c, "clipped", row);
            }
            // A text cell is no formula; the sign that it is text stays with it when the sheet is saved as something else.
            let format = if looks_like_formula(kept) { &self.formats.guarded } else { &self.formats.text };
            self.sheet.write_string_with_format(at.0, at.1, kept, format)?;
        }
        Ok(())
    }

    /// Writes numbers, money and days as such, so that people can sort and sum; anything else is left to be text.
    fn typed(&mut self, (row, column): (u32, u16), value: Value, role: Role) -> Result<bool, DestinationError> {
        let formats = &self.formats;
        match (role, value) {
            (Role::Money, Value::Decimal { units, decimals }) => {
                let number = decimal_as_float(units, decimals);
                self.sheet.write_number_with_format(row, column, number, &formats.money)?;
            }
            (Role::Money, Value::Float(number)) => {
                self.sheet.write_number_with_format(row, column, number, &formats.money)?;
            }
            // A double holds 15 digits: a longer integer stays text rather than becoming another number.
            (Role::Number, Value::Decimal { units, decimals }) if units.unsigned_abs() < 1_000_000_000_000_000 => {
                self.sheet.write_number(row, column, decimal_as_float(units, decimals))?;
            }
            (Role::Number, Value::Float(number)) => {
                self.sheet.write_number(row, column, number)?;
            }
            // Sheets count days from 1900 with a leap day that never was; earlier days stay text.
            (Role::Date, Value::Day(day)) if (FIRST_DAY..=LAST_DAY).contains(&day) => {
                let serial = (day + UNIX_EPOCH_SERIAL) as f64;
                self.sheet.write_number_with_format(row, column, serial, &formats.day)?;
            }
            (Role::Date, Value::Time(micros)) if (FIRST_DAY..=LAST_DAY).contains(&micros.div_euclid(DAY_MICROS)) => {
                let serial = micros as f64 / DAY_MICROS as f64 + UNIX_EPOCH_SERIAL as f64;
                self.sheet.write_number_with_format(row, column, serial, &formats.time)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn save(mut self, parts: &mut dyn Parts, number: u32) -> Result<Part, DestinationError> {
        for (c, width) in self.widths.iter().enumerate() {
            self.sheet.set_column_width(c as u16, (*width).clamp(*WIDTHS.start(), *WIDTHS.end()) as f64)?;
        }
        if let (1.., Some(last)) = (self.rows, self.widths.len().checked_sub(1)) {
            self.sheet.autofilter(0, 0, self.rows, last as u16)?;
        }
        let mut workbook = Workbook::new();
        // A workbook carries its time of creation; a fixed one keeps equal lists equal to the byte.
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        workbook.push_worksheet(self.sheet);
        let bytes = workbook.save_to_buffer()?;
        let mut file = Measured::new(parts.open(number)?);
        file.write_all(&bytes)?;
        Ok(file.finish(self.rows.into())?)
    }
}

const DAY_MICROS: i64 = 86_400_000_000;

/// Serial number of 1970-01-01 in a sheet.
const UNIX_EPOCH_SERIAL: i64 = 25_569;

/// 1900-03-01, the first day after the leap day that never was, and 9999-12-31, in days since 1970-01-01.
const FIRST_DAY: i64 = -25_508;
const LAST_DAY: i64 = 2_932_896;

fn decimal_as_float(units: i128, decimals: u8) -> f64 {
    // Through text: the nearest double, not the rounding of a division.
    Value::Decimal { units, decimals }.to_text().parse().expect("a decimal's text is a number")
}

/// The text as far as a cell can hold it, and whether it was cut.
fn clipped(text: &str) -> (&str, bool) {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > CELL_UNITS {
            return (&text[..at], true);
        }
    }
    (text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_between_characters() {
        let long = "𝒳".repeat(20_000);
        let (kept, cut) = clipped(&long);
        assert!(cut);
        assert_eq!(kept.chars().count(), 16_383);
        assert_eq!(clipped("short"), ("short", false));
    }
}
