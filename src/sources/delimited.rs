//! Delimited text: from a packed file in some encoding to stretches of records.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use encoding_rs::{Encoding, UTF_8};

use super::dialect::{Delimiter, Dialect};
use super::encoding::{self, EncodingEvidence};
use super::error::SourceError;
use super::opened::Opened;
use super::records::{Records, Scanner, Width};
use super::settings::{Checked, Choice, Header, Ragged};
use super::sniff;
use super::values::unwrapped;

/// Bytes of a stretch of text. Stretches, and with them row groups, are the same at any number of threads.
const STRETCH: usize = 1 << 24;
/// Bytes from the start of a file by which encoding and dialect are told.
const SAMPLE: usize = 1 << 20;
/// Records at the start of a long file that tell how its numbers are written.
const BEGUN: usize = 4096;
/// Bytes around unusual characters that are collected from a whole file to tell its encoding.
const COLLECTED: usize = 1 << 22;

/// A delimited file of which is known how it is written.
#[derive(Debug, Clone)]
pub(crate) struct TextTable {
    pub encoding: &'static Encoding,
    pub evidence: EncodingEvidence,
    /// Whether a byte that is not UTF-8 is a fault of its record, and not a sign of another encoding.
    pub sure: bool,
    pub dialect: Dialect,
    /// Header cells as they stand, or nothing where there is no header.
    pub header: Option<Vec<String>>,
    /// Fields of a record.
    pub width: usize,
    /// Physical lines before the header that are passed over.
    pub skip: u32,
    /// Whether the first line names the delimiter (`sep=;`).
    pub named: bool,
    /// The start of the text, and whether it is all of it; empty where the file was looked at before.
    pub sample: Vec<u8>,
    pub complete: bool,
}

/// Tells encoding, dialect and header from the start of a file; `encoding` where it is known already.
pub(crate) fn look(
    path: &Path,
    name: &str,
    opened: &Opened,
    settings: &Checked,
    encoding: Option<(&'static Encoding, EncodingEvidence)>,
) -> Result<TextTable, SourceError> {
    let failed = |error: std::io::Error| SourceError::read(name, error);
    let mut raw = Vec::new();
    opened.unpack(path, name, None)?.take(SAMPLE as u64 + 1).read_to_end(&mut raw).map_err(failed)?;
    let complete = raw.len() <= SAMPLE;
    raw.truncate(SAMPLE);
    let mut sure = encoding.is_some() || complete;
    let (encoding, evidence) = match (encoding, settings.encoding) {
        (Some(known), _) => known,
        (None, Choice::Given(encoding)) => {
            sure = true;
            (encoding, EncodingEvidence { encoding: encoding.name().to_owned(), sure: 1.0, because: "declared".into() })
        }
        (None, Choice::Auto) => {
            let sniffed = encoding::sniff(&raw, complete);
            sure |= sniffed.evidence.sure == 1.0 && sniffed.evidence.because.starts_with("byte-order");
            accepted(name, sniffed)?
        }
    };
    let mut text = Vec::new();
    encoding::transcoded(Box::new(std::io::Cursor::new(raw)), encoding).read_to_end(&mut text).map_err(failed)?;
    let named = sniff::named_by_first_line(&text);
    let skip = settings.written.skip_lines.max(u32::from(named.is_some()));
    let tabs = opened.format.name == "tsv";
    let dialect = match (named, settings.delimiter) {
        (Some(delimiter), Choice::Auto) => {
            let settings = Checked { delimiter: Choice::Given(Delimiter::Byte(delimiter)), ..settings.clone() };
            sniff::sniff(&text, complete, tabs, skip, &settings)
        }
        _ => sniff::sniff(&text, complete, tabs, skip, settings),
    };
    let from = sniff::skip_lines(&text, skip, dialect.line_end);
    let mut scanner = Scanner { dialect, width: Width::AsFirst, ragged: settings.written.ragged };
    let mut first = Records::default();
    let mut scanned = scanner.scan(&text[from..], complete, 1, &mut first, None);
    if scanned.records == 0 && !complete {
        return Err(SourceError::RecordTooLong { file: name.to_owned(), line: 1, limit: SAMPLE });
    }
    // A first line whose quoting is broken cannot say how many columns there are.
    let mut at = from + scanned.bytes;
    while first.len() == 0 && scanned.records > 0 && settings.written.header == Header::None {
        scanned = scanner.scan(&text[at..], complete, 1, &mut first, None);
        at += scanned.bytes;
    }
    if first.len() == 0 && !first.faults.is_empty() {
        return Err(SourceError::Format {
            file: name.to_owned(),
            found: "has a header whose quotes are not in order".into(),
            advice: "correct the header, or set `quote`, `escape` or `skip_lines`".into(),
        });
    }
    if first.len() == 0 {
        return Err(SourceError::Empty { file: name.to_owned() });
    }
    let start = if settings.written.header == Header::First { from } else { at - scanned.bytes };
    let cell = |column: usize| {
        let span = first.span(0, column);
        String::from_utf8_lossy(&unwrapped(&text[start..], span, dialect.quote, dialect.escape)).into_owned()
    };
    let header = (settings.written.header == Header::First).then(|| (0..first.width).map(cell).collect());
    let width = first.width;
    Ok(TextTable {
        encoding,
        evidence,
        sure,
        dialect,
        header,
        width,
        skip,
        named: named.is_some(),
        sample: text,
        complete,
    })
}

/// Tells the encoding from the whole of a file: from the lines that hold unusual bytes.
pub(crate) fn look_whole(
    path: &Path,
    name: &str,
    opened: &Opened,
) -> Result<(&'static Encoding, EncodingEvidence), SourceError> {
    let mut reader = opened.unpack(path, name, None)?;
    let mut collected = Vec::new();
    let mut buffer = vec![0; 1 << 20];
    let mut held = 0;
    let mut at_end = false;
    while !at_end && collected.len() < COLLECTED {
        let count = reader.read(&mut buffer[held..]).map_err(|error| SourceError::read(name, error))?;
        at_end = count == 0;
        let filled = held + count;
        let cut = match memchr::memrchr(b'\n', &buffer[..filled]) {
            Some(at) if !at_end => at + 1,
            None if filled < buffer.len() && !at_end => 0,
            _ => filled,
        };
        for line in buffer[..cut].split_inclusive(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
            collected.extend_from_slice(line);
        }
        buffer.copy_within(cut..filled, 0);
        held = filled - cut;
    }
    accepted(name, encoding::sniff(&collected, at_end))
}

fn accepted(name: &str, sniffed: encoding::Sniffed) -> Result<(&'static Encoding, EncodingEvidence), SourceError> {
    match sniffed.doubtful {
        true => {
            let likely = sniffed.evidence.encoding.to_lowercase();
            Err(SourceError::Encoding { file: name.to_owned(), evidence: sniffed.evidence.because, likely })
        }
        false => Ok((sniffed.encoding, sniffed.evidence)),
    }
}

/// Gives the stretches of a file one after the other.
pub(crate) struct Stretches {
    reader: Box<dyn Read + Send>,
    name: String,
    scanner: Scanner,
    // Bytes of a record that the last stretch did not hold to its end.
    carried: Vec<u8>,
    next_line: u64,
    at_end: bool,
    /// Lines that the header takes, and lines before it.
    pub header_lines: u64,
    pub skipped_lines: u64,
    /// Blank lines and comments before the header.
    pub blank_before: u64,
    pub comments_before: u64,
}

impl Stretches {
    /// Begins at the first record after the header. `read` counts the bytes taken from the disk.
    pub(crate) fn open(
        path: &Path,
        name: &str,
        opened: &Opened,
        table: &TextTable,
        settings: &Checked,
        read: Arc<AtomicU64>,
    ) -> Result<Stretches, SourceError> {
        let raw = opened.unpack(path, name, Some(read))?;
        let reader = encoding::transcoded(raw, table.encoding);
        let scanner =
            Scanner { dialect: table.dialect, width: Width::Fixed(table.width), ragged: settings.written.ragged };
        let mut stretches = Stretches {
            reader,
            name: name.to_owned(),
            scanner,
            carried: Vec::new(),
            next_line: 1,
            at_end: false,
            header_lines: 0,
            skipped_lines: 0,
            blank_before: 0,
            comments_before: 0,
        };
        let bytes = stretches.fill()?;
        let line_end = table.dialect.line_end;
        let mut from = sniff::skip_lines(&bytes, table.skip, line_end);
        stretches.skipped_lines = memchr::memchr_iter(line_end.byte(), &bytes[..from]).count() as u64;
        if from == bytes.len() && from > 0 && bytes[from - 1] != line_end.byte() {
            stretches.skipped_lines += 1;
        }
        stretches.next_line += stretches.skipped_lines;
        if table.header.is_some() {
            let mut first = Records::default();
            let scanned = stretches.scanner.clone().scan(&bytes[from..], stretches.at_end, 1, &mut first, None);
            if first.len() != 1 {
                return Err(SourceError::Changed { file: name.to_owned(), what: "its header is another".into() });
            }
            from += scanned.bytes;
            stretches.header_lines = first.line_count - first.blank_lines - first.comment_lines;
            stretches.blank_before = first.blank_lines;
            stretches.comments_before = first.comment_lines;
            stretches.next_line += first.line_count;
        }
        stretches.carried = bytes[from..].to_vec();
        Ok(stretches)
    }

    /// The next stretch; none at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Records>, SourceError> {
        let bytes = self.fill()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let mut records = Records::from_line(self.next_line);
        let scanned = self.scanner.scan(&bytes, self.at_end, usize::MAX, &mut records, None);
        if scanned.bytes == 0 {
            return Err(SourceError::RecordTooLong { file: self.name.clone(), line: self.next_line, limit: STRETCH });
        }
        self.carried = bytes[scanned.bytes..].to_vec();
        self.next_line += records.line_count;
        records.bytes = bytes;
        records.bytes.truncate(scanned.bytes);
        Ok(Some(records))
    }

    /// What was carried over and as many bytes as make up a stretch.
    fn fill(&mut self) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::with_capacity(STRETCH + 1);
        bytes.append(&mut self.carried);
        if !self.at_end {
            let missing = STRETCH.saturating_sub(bytes.len()) as u64;
            let read = (&mut self.reader)
                .take(missing)
                .read_to_end(&mut bytes)
                .map_err(|error| SourceError::read(&self.name, error))?;
            self.at_end = (read as u64) < missing;
        }
        Ok(bytes)
    }
}

impl TextTable {
    /// The records at the start of the file, after the header where it has one.
    pub(crate) fn first_records(&self, settings: &Checked) -> Records {
        let from = sniff::skip_lines(&self.sample, self.skip, self.dialect.line_end);
        let line = 1 + memchr::memchr_iter(self.dialect.line_end.byte(), &self.sample[..from]).count() as u64;
        let bytes = &self.sample[from..];
        let mut scanner =
            Scanner { dialect: self.dialect, width: Width::Fixed(self.width), ragged: settings.written.ragged };
        let mut header = Records::default();
        let taken = match self.header.is_some() {
            true => scanner.scan(bytes, self.complete, 1, &mut header, None).bytes,
            false => 0,
        };
        let mut records = Records::from_line(line + header.line_count);
        let scanned = scanner.scan(
            &bytes[taken..],
            self.complete,
            if self.complete { usize::MAX } else { BEGUN },
            &mut records,
            None,
        );
        records.bytes = bytes[taken..taken + scanned.bytes].to_vec();
        records
    }

    /// The lines at the start of the file with their cells, of whatever number.
    pub(crate) fn first_lines(&self, count: usize) -> Vec<(u64, Vec<String>)> {
        let mut scanner = Scanner { dialect: self.dialect, width: Width::Any, ragged: Ragged::Reject };
        let (mut records, mut counts) = (Records::from_line(1), Vec::new());
        scanner.scan(&self.sample, self.complete, count, &mut records, Some(&mut counts));
        let mut first = 0;
        let mut lines = Vec::new();
        for (record, &fields) in counts.iter().enumerate() {
            let cell = |field| {
                let span = records.loose_span(record, first, field);
                let cell = unwrapped(&self.sample, span, self.dialect.quote, self.dialect.escape);
                String::from_utf8_lossy(&cell).into_owned()
            };
            lines.push((1 + u64::from(records.lines[record]), (0..fields as usize).map(cell).collect()));
            first += fields as usize;
        }
        lines
    }
}

/// Whether the encoding of a table may be called into question by what comes later in the file.
pub(crate) fn may_be_doubted(table: &TextTable) -> bool {
    !table.sure && table.encoding == UTF_8
}
