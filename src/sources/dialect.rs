//! The dialect of delimited text: declared, or told from a sample.
//!
//! Candidates are judged by how regular a table they make of the sample, after G. van den Burg, A. Nazábal and C. Sutton,
//! "Wrangling messy CSV files by detecting row and type patterns" (Data Mining and Knowledge Discovery 33, 2019): a pattern
//! score, high where many records have the same and a large number of fields, times the share of cells that look like
//! values of some kind.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::dates;
use super::numbers::{self, NumberStyle};
use super::records::{Records, Scanner, Width};
use super::settings::{Checked, Choice, Ragged};
use super::values;

/// What stands between fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// One ASCII character.
    Byte(u8),
    /// One or more blanks or tabs; those at the ends of a line part nothing.
    Blanks,
}

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineEnd {
    /// A line feed, with a carriage return before it or not.
    Lf,
    /// A carriage return alone.
    Cr,
}

impl LineEnd {
    pub(crate) fn byte(self) -> u8 {
        match self {
            LineEnd::Lf => b'\n',
            LineEnd::Cr => b'\r',
        }
    }
}

/// How records and fields are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// What stands between fields.
    pub delimiter: Delimiter,
    /// What stands around fields that hold delimiters or line ends.
    pub quote: Option<u8>,
    /// What makes a quote part of a quoted text, besides doubling it.
    pub escape: Option<u8>,
    /// What lines that are no records begin with.
    pub comment: Option<u8>,
    /// What ends a line.
    pub line_end: LineEnd,
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delimiter = match self.delimiter {
            Delimiter::Byte(byte) => named(byte),
            Delimiter::Blanks => "runs of blanks".into(),
        };
        write!(f, "delimiter {delimiter}, ")?;
        match self.quote {
            Some(quote) => write!(f, "quote {}", named(quote))?,
            None => f.write_str("no quote")?,
        }
        if let Some(escape) = self.escape {
            write!(f, ", escape {}", named(escape))?;
        }
        if let Some(comment) = self.comment {
            write!(f, ", comments {}", named(comment))?;
        }
        f.write_str(match self.line_end {
            LineEnd::Lf => ", lines end with LF",
            LineEnd::Cr => ", lines end with CR",
        })
    }
}

fn named(byte: u8) -> String {
    match byte {
        b',' => "comma".into(),
        b';' => "semicolon".into(),
        b'\t' => "tab".into(),
        b'|' => "pipe".into(),
        b':' => "colon".into(),
        b' ' => "space".into(),
        byte => char::from(byte).to_string(),
    }
}

/// Delimiters that are tried, the more usual first: a tie goes to the first.
const DELIMITERS: [Delimiter; 7] = [
    Delimiter::Byte(b','),
    Delimiter::Byte(b';'),
    Delimiter::Byte(b'\t'),
    Delimiter::Byte(b'|'),
    Delimiter::Blanks,
    Delimiter::Byte(b':'),
    Delimiter::Byte(b' '),
];
/// Those that hardly ever stand in texts for other reasons.
const USUAL: [Delimiter; 4] =
    [Delimiter::Byte(b','), Delimiter::Byte(b';'), Delimiter::Byte(b'\t'), Delimiter::Byte(b'|')];
/// Bytes of the sample that candidates are judged by.
const JUDGED: usize = 1 << 16;
/// A candidate must be better by this factor than a more usual one.
const BETTER: f64 = 1.02;

/// The dialect of a sample from the start of a text, as far as the settings leave it open. `complete` where the sample is
/// all of the text; `tabs` where the name of the file speaks for tabs.
pub(crate) fn sniff(sample: &[u8], complete: bool, tabs: bool, settings: &Checked) -> Dialect {
    let complete = complete && sample.len() <= JUDGED;
    let sample = &sample[..sample.len().min(JUDGED)];
    let line_end = match (memchr::memchr(b'\n', sample), memchr::memchr(b'\r', sample)) {
        (None, Some(_)) => LineEnd::Cr,
        _ => LineEnd::Lf,
    };
    let delimiters: Vec<Delimiter> = match settings.delimiter {
        Choice::Given(delimiter) => vec![delimiter],
        Choice::Auto => {
            let mut all = DELIMITERS.to_vec();
            if tabs {
                all.sort_by_key(|delimiter| *delimiter != Delimiter::Byte(b'\t'));
            }
            all
        }
    };
    let quotes: Vec<Option<u8>> = match settings.quote {
        Choice::Given(quote) => vec![quote],
        Choice::Auto => {
            [b'"', b'\''].into_iter().filter(|quote| *quote == b'"' || sample.contains(quote)).map(Some).collect()
        }
    };
    let escapes: Vec<Option<u8>> = match settings.escape {
        Choice::Given(escape) => vec![escape],
        Choice::Auto
            if memchr::memmem::find(sample, b"\\\"").is_some() || memchr::memmem::find(sample, b"\\'").is_some() =>
        {
            vec![None, Some(b'\\')]
        }
        Choice::Auto => vec![None],
    };
    let mut best = None;
    for &delimiter in &delimiters {
        for &quote in &quotes {
            for &escape in &escapes {
                if delimiter == Delimiter::Byte(quote.unwrap_or(0)) || (quote.is_none() && escape.is_some()) {
                    continue;
                }
                let dialect = Dialect { delimiter, quote, escape, comment: settings.comment, line_end };
                let score = consistency(sample, complete, dialect, settings);
                if best.is_none_or(|(least, _)| score > least * BETTER) {
                    best = Some((score, dialect));
                }
            }
        }
    }
    best.map(|(_, dialect)| dialect).expect("there is at least one candidate")
}

/// How regular a table a dialect makes of a sample, 0 and up.
fn consistency(sample: &[u8], complete: bool, dialect: Dialect, settings: &Checked) -> f64 {
    let mut records = Records::default();
    let mut counts = Vec::new();
    let mut scanner = Scanner { dialect, width: Width::Any, ragged: Ragged::Reject };
    let skipped = skip_lines(sample, settings.written.skip_lines, dialect.line_end);
    let sample = &sample[skipped..];
    scanner.scan(sample, complete, usize::MAX, &mut records, Some(&mut counts));
    if counts.is_empty() {
        return 0.0;
    }
    records.bytes = sample.to_vec();
    let total = (counts.len() + records.faults.len()) as f64;
    let mut patterns: BTreeMap<u32, usize> = BTreeMap::new();
    for &fields in &counts {
        *patterns.entry(fields).or_default() += 1;
    }
    let kinds = patterns.len() as f64;
    // A table of one column is a poor explanation of any text, so it gets next to nothing for its regularity.
    let pattern: f64 = patterns
        .iter()
        .map(|(&fields, &times)| times as f64 * (f64::from(fields) - 1.0).max(1e-3) / f64::from(fields))
        .sum::<f64>()
        / kinds;
    let (mut cells, mut typed) = (0_usize, 0_usize);
    let mut first = 0;
    for (record, &fields) in counts.iter().enumerate() {
        for field in 0..fields as usize {
            let span = records.loose_span(record, first, field);
            let cell = values::unwrapped(&records.bytes, span, dialect.quote, dialect.escape);
            cells += 1;
            typed += usize::from(is_value(String::from_utf8_lossy(&cell).trim(), settings));
        }
        first += fields as usize;
    }
    // Records of another width than the first one would be set aside, broken ones are; both count against a dialect.
    let as_first = counts.iter().filter(|fields| **fields == counts[0]).count() as f64 / total;
    let usual = USUAL.contains(&dialect.delimiter) || settings.delimiter != Choice::Auto;
    let trust = match (usual, as_first) {
        (true, share) => 0.1 + 0.9 * share,
        // Blanks and colons are part of ordinary texts and times.
        (false, share) if share < 0.9 => 0.0,
        (false, _) => 0.5,
    };
    pattern / total * trust * (typed as f64 / cells.max(1) as f64).max(1e-3)
}

/// Whether a cell looks like a value: empty, a number, an amount, a date, a word or a text that holds no other delimiter.
fn is_value(text: &str, settings: &Checked) -> bool {
    let style = settings.numbers;
    let money = |style: NumberStyle| numbers::decimal(text, 4, true, style).is_ok();
    text.is_empty()
        || money(style)
        || money(NumberStyle { decimal: b',', thousands: Some('.') })
        || money(NumberStyle { decimal: b'.', thousands: Some(',') })
        || dates::candidates(text.as_bytes())
            .iter()
            .any(|&layout| dates::LAYOUTS[layout].parse(text.as_bytes()).is_some())
        || !text.contains([';', '\t', '|', '"', ','])
}

/// Where the text begins after so many physical lines.
pub(crate) fn skip_lines(bytes: &[u8], lines: u32, line_end: LineEnd) -> usize {
    let mut at = 0;
    for _ in 0..lines {
        match memchr::memchr(line_end.byte(), &bytes[at..]) {
            Some(found) => at += found + 1,
            None => return bytes.len(),
        }
    }
    at
}
