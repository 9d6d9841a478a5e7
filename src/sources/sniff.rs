//! The dialect of a text, as far as it is not declared: found from a sample.
//!
//! Candidates are judged by how regular a table they make of the sample, after G. van den Burg, A. Nazábal and C. Sutton,
//! "Wrangling messy CSV files by detecting row and type patterns" (Data Mining and Knowledge Discovery 33, 2019): a pattern
//! score, high where many records have the same and a large number of fields, times the share of cells that look like
//! values of some kind.

use std::collections::BTreeMap;

use super::dates;
use super::dialect::{Delimiter, Dialect, LineEnd, Quoting};
use super::numbers::{self, NumberStyle};
use super::records::{Records, Scanner, Width};
use super::rejects::RejectRule;
use super::settings::{Checked, Choice, Ragged};
use super::values;

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
/// all of the text; `tabs` where the name of the file speaks for tabs; `skip` lines at its start are no records.
pub(crate) fn sniff(sample: &[u8], complete: bool, tabs: bool, skip: u32, settings: &Checked) -> Dialect {
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
    let mut best: Option<(Judged, Dialect)> = None;
    for &delimiter in &delimiters {
        for &quote in &quotes {
            for &escape in &escapes {
                if delimiter == Delimiter::Byte(quote.unwrap_or(0)) || (quote.is_none() && escape.is_some()) {
                    continue;
                }
                let quoting = Quoting::Declared;
                let dialect = Dialect { delimiter, quote, escape, comment: settings.comment, line_end, quoting };
                let judged = consistency(sample, complete, dialect, skip, settings);
                // An apostrophe is a quote only where it quotes.
                if settings.quote == Choice::Auto && quote == Some(b'\'') && !judged.quotes() {
                    continue;
                }
                if best.as_ref().is_none_or(|(least, _)| judged.score > least.score * BETTER) {
                    best = Some((judged, dialect));
                }
            }
        }
    }
    let usual = Dialect {
        delimiter: delimiters[0],
        quote: None,
        escape: None,
        comment: settings.comment,
        line_end,
        quoting: Quoting::Declared,
    };
    let (judged, mut dialect) = best.unwrap_or((Judged::default(), usual));
    if settings.quote == Choice::Auto {
        dialect.quoting = if judged.quotes() { Quoting::Found } else { Quoting::Absent };
    }
    dialect
}

/// What a dialect makes of a sample.
#[derive(Debug, Clone, Copy, Default)]
struct Judged {
    /// How regular a table, 0 and up.
    score: f64,
    /// Records with fields that are quoted as they should be, on one line and in a record of the usual width.
    quoted: usize,
    /// Records whose quotes are not in order.
    broken: usize,
}

impl Judged {
    /// Whether the quote quotes: where it does, broken ones are few.
    fn quotes(&self) -> bool {
        self.quoted > self.broken
    }
}

/// How regular a table a dialect makes of a sample.
fn consistency(sample: &[u8], complete: bool, dialect: Dialect, skip: u32, settings: &Checked) -> Judged {
    let mut records = Records::default();
    let mut counts = Vec::new();
    let mut scanner = Scanner { dialect, width: Width::Any, ragged: Ragged::Reject };
    let skipped = skip_lines(sample, skip, dialect.line_end);
    let sample = &sample[skipped..];
    let scanned = scanner.scan(sample, complete, usize::MAX, &mut records, Some(&mut counts));
    let broken = records
        .faults
        .iter()
        .filter(|fault| matches!(fault.rule, RejectRule::BadQuote | RejectRule::UnclosedQuote))
        .count();
    if counts.is_empty() {
        return Judged { score: 0.0, quoted: 0, broken };
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
    let usual_width =
        patterns.iter().max_by_key(|(fields, times)| (**times, **fields)).map_or(0, |(fields, _)| *fields);
    // What a stray quote runs over is no quoted text.
    let strict = Scanner {
        dialect: Dialect { quoting: Quoting::Absent, ..dialect },
        width: Width::Fixed(usual_width as usize),
        ragged: Ragged::Reject,
    };
    let (mut cells, mut typed) = (0_usize, 0_usize);
    let mut first = 0;
    let mut quoted = 0;
    for (record, &fields) in counts.iter().enumerate() {
        let next = records.starts.get(record + 1).map_or(scanned.bytes, |start| *start as usize);
        let in_order =
            fields == usual_width && !strict.is_swallowed(sample, records.starts[record] as usize, next, complete);
        quoted += usize::from(in_order && records.quoted(first, fields as usize) > 0);
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
    let score = pattern / total * trust * (typed as f64 / cells.max(1) as f64).max(1e-3);
    Judged { score, quoted, broken }
}

/// Whether a cell looks like a value: empty, a number, an amount, a date, a word or a text that holds no other delimiter.
fn is_value(text: &str, settings: &Checked) -> bool {
    let style = settings.numbers;
    let money = |style: NumberStyle| numbers::decimal(text, 4, true, style).is_ok();
    // What holds no delimiter is a text at least.
    !text.contains([';', '\t', '|', '"', ','])
        || money(style)
        || money(NumberStyle { decimal: b',', thousands: Some('.'), spaced: true })
        || money(NumberStyle { decimal: b'.', thousands: Some(','), spaced: true })
        || dates::candidates(text.as_bytes())
            .iter()
            .any(|&layout| dates::LAYOUTS[layout].parse(text.as_bytes()).is_some())
}

/// The delimiter that a first line such as `sep=;` names, which spreadsheets write and read; it may be quoted, and delimiters may
/// follow it.
pub(crate) fn named_by_first_line(text: &[u8]) -> Option<u8> {
    let end = text.iter().take(64).position(|byte| matches!(byte, b'\n' | b'\r'))?;
    let line = text[..end].strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text[..end]);
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (word, rest) = line.split_at_checked(4)?;
    // Some programs write a tab as programmers do.
    let rest = if rest == b"\\t" || rest == b"\\t\"" { b"\t" } else { rest };
    let delimiter = *rest.first()?;
    let only_marks = rest.iter().all(|byte| *byte == delimiter || matches!(byte, b'"' | b' '));
    let fits =
        word.eq_ignore_ascii_case(b"sep=") && !delimiter.is_ascii_alphanumeric() && delimiter != b'"' && only_marks;
    (fits && delimiter.is_ascii()).then_some(delimiter)
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
