//! Baskets from text: the formats that other miners read.
//!
//! Bytes go in, baskets and item names come out. Nothing here opens a file. A line that makes no sense is set aside with
//! its number and reason; only a file without a single usable line, or without the columns asked for, is an error.

mod csv;
mod words;

use super::baskets::Baskets;
use crate::orders::Names;
use thiserror::Error;

/// How baskets are written in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One basket a line, items (numbers or words) divided by blanks or tabs.
    #[default]
    Fimi,
    /// As FIMI; lines that begin with `#`, `%` or `@` are comments, and `@ITEM=3=milk` names item 3.
    Spmf,
    /// One basket a line, items divided by commas, quoted where they hold a comma.
    BasketsCsv,
    /// One item a line: an order column and an item column under a header.
    LongCsv,
}

/// One row of the table of input formats.
#[derive(Debug, Clone, Copy)]
pub struct FormatRow {
    /// The name that users write.
    pub name: &'static str,
    /// What it stands for.
    pub format: Format,
    /// One sentence for the reference.
    pub about: &'static str,
}

static FORMATS: [FormatRow; 4] = [
    FormatRow { name: "fimi", format: Format::Fimi, about: "one basket a line, items divided by blanks" },
    FormatRow { name: "spmf", format: Format::Spmf, about: "as fimi, with # % @ comments and @ITEM names" },
    FormatRow { name: "baskets-csv", format: Format::BasketsCsv, about: "one basket a line, items divided by commas" },
    FormatRow {
        name: "long-csv",
        format: Format::LongCsv,
        about: "one item a line: order and item columns under a header",
    },
];

/// The table of input formats.
pub fn formats() -> &'static [FormatRow] {
    &FORMATS
}

/// What the reader has to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadSettings {
    /// How the baskets are written.
    pub format: Format,
    /// What divides fields in the CSV formats; a comma when not given, or the semicolon or tab that the first line holds
    /// more of.
    pub delimiter: Option<u8>,
    /// Name of the order column of a long CSV; the first column when not given.
    pub order_column: Option<String>,
    /// Name of the item column of a long CSV; the second column when not given.
    pub item_column: Option<String>,
}

/// What a text held.
#[derive(Debug, Clone)]
pub struct Read {
    /// The baskets in order of first appearance.
    pub baskets: Baskets,
    /// The name of each item.
    pub names: Names,
    /// The first lines that were set aside.
    pub set_aside: Vec<SetAside>,
    /// How many lines were set aside altogether.
    pub set_aside_lines: u64,
    /// Lines without any item, which are no baskets.
    pub blank_lines: u64,
}

/// A line that is in no basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: &'static str,
}

/// Why a text holds no baskets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// A column is not in the header.
    #[error("line 1: there is no column \"{column}\" among {header}: name one of these")]
    NoColumn {
        /// What was asked for.
        column: String,
        /// What is there.
        header: String,
    },
    /// The header has fewer than two columns.
    #[error("line 1: one order column and one item column are needed, but the header is \"{0}\"")]
    OneColumn(String),
    /// No line could be used.
    #[error("no basket could be read: line {line}: {reason}")]
    NothingUsable {
        /// The first line that was set aside.
        line: u64,
        /// Why.
        reason: &'static str,
    },
}

/// How many lines set aside are listed one by one.
const TOLD: usize = 100;

/// Reads the baskets in `bytes`.
///
/// # Errors
/// When columns asked for are not there, or no line can be used although there are some. An empty text is no error: it
/// holds no baskets.
pub fn read_baskets(bytes: &[u8], settings: &ReadSettings) -> Result<Read, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut notes = Notes::default();
    let (baskets, names) = match settings.format {
        Format::Fimi => words::read(bytes, false, &mut notes),
        Format::Spmf => words::read(bytes, true, &mut notes),
        Format::BasketsCsv => csv::read_baskets(bytes, settings, &mut notes),
        Format::LongCsv => csv::read_long(bytes, settings, &mut notes)?,
    };
    if let (true, Some(first)) = (baskets.is_empty(), notes.told.first()) {
        return Err(ReadError::NothingUsable { line: first.line, reason: first.reason });
    }
    Ok(Read { baskets, names, set_aside: notes.told, set_aside_lines: notes.lines, blank_lines: notes.blank })
}

/// What the readers note while they go.
#[derive(Default)]
struct Notes {
    told: Vec<SetAside>,
    lines: u64,
    blank: u64,
}

impl Notes {
    fn set_aside(&mut self, line: u64, reason: &'static str) {
        self.lines += 1;
        if self.told.len() < TOLD {
            self.told.push(SetAside { line, reason });
        }
    }
}

const NOT_UTF8: &str = "the text is not UTF-8";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8], format: Format) -> Read {
        read_baskets(text, &ReadSettings { format, ..ReadSettings::default() }).unwrap()
    }

    fn rows(read: &Read) -> Vec<Vec<&str>> {
        read.baskets.iter().map(|row| row.iter().map(|&item| read.names.get(item)).collect()).collect()
    }

    #[test]
    fn numbers_and_words_divided_by_blanks() {
        let found = read(b"\xef\xbb\xbf3 1 2\r\n\n milk\t3  milk 007\n1", Format::Fimi);
        assert_eq!(rows(&found), [vec!["3", "1", "2"], vec!["3", "milk", "007"], vec!["1"]]);
        assert_eq!((found.blank_lines, found.set_aside_lines), (1, 0));
        let huge = read(b"4294967295 99999999999999999999 0 00\n4294967295", Format::Fimi);
        assert_eq!(rows(&huge), [vec!["4294967295", "99999999999999999999", "0", "00"], vec!["4294967295"]]);
    }

    #[test]
    fn spmf_comments_and_names() {
        let text = b"@CONVERTED_FROM_TEXT\n@ITEM=1=apple\n@ITEM=2=a pear\n# note\n1 2\n%\n2 3\n";
        assert_eq!(rows(&read(text, Format::Spmf)), [vec!["apple", "a pear"], vec!["a pear", "3"]]);
    }

    #[test]
    fn baskets_of_quoted_and_bare_fields() {
        let text = b"whole milk,\"rolls, buns\",cream cheese \ncream cheese ,\"a \"\"b\"\"\",,\n\n";
        let found = read(text, Format::BasketsCsv);
        assert_eq!(rows(&found), [vec!["whole milk", "rolls, buns", "cream cheese"], vec!["cream cheese", "a \"b\""]]);
    }

    #[test]
    fn signs_within_quotes_divide_nothing() {
        let found = read(b"\"a;b;c\"\nx,\"y;z\"\n", Format::BasketsCsv);
        assert_eq!(rows(&found), [vec!["a;b;c"], vec!["x", "y;z"]]);
        assert_eq!(rows(&read(b"\"a,b\";c\nx;y\n", Format::BasketsCsv)), [vec!["a,b", "c"], vec!["x", "y"]]);
    }

    #[test]
    fn one_item_a_line_in_any_order() {
        let text = b"Day;Order;Item\nmo;1;milk\nmo;2;bread\ntu;1;bread\ntu;;milk\nwe;3\nwe;1;milk\n";
        let settings = ReadSettings {
            format: Format::LongCsv,
            order_column: Some("Order".into()),
            item_column: Some("Item".into()),
            ..ReadSettings::default()
        };
        let found = read_baskets(text, &settings).unwrap();
        assert_eq!(rows(&found), [vec!["milk", "bread"], vec!["bread"]]);
        assert_eq!(found.set_aside.iter().map(|aside| aside.line).collect::<Vec<_>>(), [5, 6]);
        let wrong = ReadSettings { item_column: Some("Product".into()), ..settings };
        let message = read_baskets(text, &wrong).unwrap_err().to_string();
        assert_eq!(message, "line 1: there is no column \"Product\" among Day, Order, Item: name one of these");
    }

    #[test]
    fn lines_that_are_not_utf8_are_set_aside() {
        let found = read(b"a b\n\xff\xfe c\nb\n", Format::Fimi);
        assert_eq!(rows(&found), [vec!["a", "b"], vec!["b"]]);
        assert_eq!(found.set_aside, [SetAside { line: 2, reason: NOT_UTF8 }]);
        let nothing = read_baskets(b"\xff\n", &ReadSettings::default());
        assert_eq!(nothing.unwrap_err(), ReadError::NothingUsable { line: 1, reason: NOT_UTF8 });
        assert!(read(b"", Format::Fimi).baskets.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_give_baskets_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300), which in 0..4usize) {
            let settings = ReadSettings { format: formats()[which].format, ..ReadSettings::default() };
            if let Ok(found) = read_baskets(&bytes, &settings) {
                prop_assert!(found.baskets.item_count() as usize <= found.names.len());
            }
        }

        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::btree_set(0u32..50, 1..8), 0..20)) {
            let line = |row: &std::collections::BTreeSet<u32>| row.iter().map(u32::to_string).collect::<Vec<_>>();
            let text: String = rows.iter().map(|row| line(row).join(" ") + "\n").collect();
            let found = read(text.as_bytes(), Format::Fimi);
            prop_assert_eq!(found.baskets.len(), rows.len());
            for (row, basket) in rows.iter().zip(found.baskets.iter()) {
                let mut names: Vec<u32> = basket.iter().map(|&item| found.names.get(item).parse().unwrap()).collect();
                names.sort_unstable();
                prop_assert_eq!(names, row.iter().copied().collect::<Vec<_>>());
            }
        }
    }
}
