//! The formats that are read.

/// The families of formats, by how they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Records of text with a delimiter.
    Delimited,
    /// Columns with types.
    Typed,
    /// Sheets of cells.
    Workbook,
}

/// One row of the table of formats.
#[derive(Debug, PartialEq, Eq)]
pub struct FormatRow {
    /// What the user writes.
    pub name: &'static str,
    /// How it is read.
    pub family: Family,
    /// Endings of file names, without the dot, lower case.
    pub extensions: &'static [&'static str],
    /// First bytes, where the format has such.
    pub magic: &'static [u8],
    /// What it is.
    pub meaning: &'static str,
}

/// All formats that are read. A name's ending is asked only where the first bytes say nothing.
pub static FORMATS: &[FormatRow] = &[
    FormatRow {
        name: "csv",
        family: Family::Delimited,
        extensions: &["csv", "txt", "dat", "psv", "ssv"],
        magic: b"",
        meaning: "delimited text; plain, gzip, zstd, or the only member of a zip archive",
    },
    FormatRow {
        name: "tsv",
        family: Family::Delimited,
        extensions: &["tsv", "tab"],
        magic: b"",
        meaning: "delimited text with tabs; compressed as csv",
    },
    FormatRow {
        name: "parquet",
        family: Family::Typed,
        extensions: &["parquet", "pq"],
        magic: b"PAR1",
        meaning: "Apache Parquet",
    },
    FormatRow {
        name: "xlsx",
        family: Family::Workbook,
        extensions: &["xlsx", "xlsm", "xlsb"],
        magic: ZIP,
        meaning: "Excel workbook of 2007 and later",
    },
    FormatRow {
        name: "xls",
        family: Family::Workbook,
        extensions: &["xls"],
        magic: b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        meaning: "Excel workbook before 2007",
    },
    FormatRow {
        name: "ods",
        family: Family::Workbook,
        extensions: &["ods"],
        magic: ZIP,
        meaning: "OpenDocument spreadsheet",
    },
];

/// What a source of rows with types is read as; it is no file, so it has no signs of one.
pub(crate) static TABLE: FormatRow =
    FormatRow { name: "table", family: Family::Typed, extensions: &[], magic: b"", meaning: "a table with types" };

/// The first bytes of a zip archive.
pub(crate) const ZIP: &[u8] = b"PK\x03\x04";
