//! Bytes of delimited text cut into records and fields, in one pass that never looks back.
//!
//! The rules are those of RFC 4180, tolerant where files are: blanks around a quoted field, a quote inside an unquoted
//! field, the last line without an end. A record whose quoting cannot be right (text after a closing quote; a quote that
//! never closes, or only after [`LONGEST_QUOTED`]; a field count that is wrong because a quote ran over line ends) is
//! ended at its first line end, so that a stray quote costs one line at most and not the rest of the file. Where the quote was not
//! declared, such a line is read with its quotes as plain text if that gives it the right number of fields, and so is a record over
//! several lines of which each would be a whole record by itself; both are counted. What remains is set aside.
//!
//! Structural bytes are found 64 at a time by comparison masks, as in G. Langdale and D. Lemire, "Parsing gigabytes of JSON
//! per second" (2019).

use memchr::{memchr, memchr_iter, memchr2};

use super::dialect::{Delimiter, Dialect, LineEnd, Quoting};
use super::rejects::RejectRule;
use super::settings::Ragged;

/// Longest quoted text in bytes; a quote that is open longer was never meant to open.
pub(crate) const LONGEST_QUOTED: usize = 1 << 20;

/// Marks the end of a field that was quoted.
const QUOTED: u32 = 1 << 31;

/// Records of one stretch of a file: bytes, and where fields end in them.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// UTF-8, except where a record holds bytes that are not.
    pub bytes: Vec<u8>,
    /// Fields of each record.
    pub width: usize,
    /// Where each record starts.
    pub starts: Vec<u32>,
    /// Line of each record, counted from the first line of the stretch.
    pub lines: Vec<u32>,
    /// Where each field ends; `width` of them for each record.
    ends: Vec<u32>,
    /// Records that are set aside.
    pub faults: Vec<Fault>,
    /// Line number in the file of the first line of the stretch, from 1.
    pub first_line: u64,
    /// Physical lines of the stretch.
    pub line_count: u64,
    pub blank_lines: u64,
    pub comment_lines: u64,
    /// Lines with quotes that quote nothing, read as they stand, and the first of them as counted in `lines`.
    pub plain_quotes: u64,
    pub first_plain_quote: Option<u32>,
    /// Quote and escape that fields are unwrapped with.
    pub quote: Option<u8>,
    pub escape: Option<u8>,
}

/// A record that is set aside before its values are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub start: u32,
    pub end: u32,
    pub line: u32,
    pub rule: RejectRule,
}

/// A field as it stands in the bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    pub quoted: bool,
}

impl Records {
    /// An empty stretch whose first line has this number.
    pub(crate) fn from_line(first_line: u64) -> Records {
        Records { first_line, ..Records::default() }
    }

    /// Number of records that are not set aside.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// A field by record and column.
    #[inline]
    pub(crate) fn span(&self, record: usize, column: usize) -> Span {
        let at = record * self.width + column;
        let marked = self.ends[at];
        let end = (marked & !QUOTED) as usize;
        let start = match column {
            0 => self.starts[record] as usize,
            _ => (self.ends[at - 1] & !QUOTED) as usize + 1,
        };
        Span { start: start.min(end), end, quoted: marked & QUOTED != 0 }
    }

    /// A field of a record whose first field is the `first` of all, for records of different widths.
    pub(crate) fn loose_span(&self, record: usize, first: usize, field: usize) -> Span {
        let marked = self.ends[first + field];
        let start = match field {
            0 => self.starts[record] as usize,
            field => (self.ends[first + field - 1] & !QUOTED) as usize + 1,
        };
        let end = (marked & !QUOTED) as usize;
        Span { start: start.min(end), end, quoted: marked & QUOTED != 0 }
    }

    /// How many fields of a record, whose first is the `first` of all, are quoted.
    pub(crate) fn quoted(&self, first: usize, fields: usize) -> usize {
        self.ends[first..first + fields].iter().filter(|end| **end & QUOTED != 0).count()
    }

    /// Where a record ends, its line end not included.
    pub(crate) fn end(&self, record: usize) -> usize {
        (self.ends[(record + 1) * self.width - 1] & !QUOTED) as usize
    }

    /// Adds a record of ready-made fields, as cells of a sheet are.
    pub(crate) fn push_cells<'a>(&mut self, line: u32, cells: impl Iterator<Item = std::borrow::Cow<'a, str>>) {
        self.starts.push(self.bytes.len() as u32);
        self.lines.push(line);
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.bytes.push(b'\t');
            }
            self.bytes.extend_from_slice(cell.as_bytes());
            self.ends.push(self.bytes.len() as u32);
        }
        self.bytes.push(b'\n');
    }
}

/// How many fields a record must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// As many as the first record has.
    AsFirst,
    /// So many.
    Fixed(usize),
    /// Any number; for looking at a sample.
    Any,
}

/// Cuts bytes into records.
#[derive(Debug, Clone)]
pub(crate) struct Scanner {
    pub dialect: Dialect,
    pub width: Width,
    pub ragged: Ragged,
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// Bytes that belong to complete records.
    pub bytes: usize,
    /// Records taken or set aside.
    pub records: usize,
}

/// How one record ended.
enum Ending {
    /// It goes up to `end`; the next one starts at `next`. `inner_lines` line ends lie within its quotes.
    Complete { end: usize, next: usize, inner_lines: u32 },
    /// Its quoting is broken.
    Broken(RejectRule),
    /// Its end is not among the bytes.
    Open,
}

impl Scanner {
    /// Appends the records of `bytes` to `out` and stops after `limit` of them. `last` where no bytes follow. The number of
    /// fields of each record is appended to `counts` where given.
    pub(crate) fn scan(
        &mut self,
        bytes: &[u8],
        last: bool,
        limit: usize,
        out: &mut Records,
        mut counts: Option<&mut Vec<u32>>,
    ) -> Scanned {
        let line_end = self.dialect.line_end.byte();
        let mut marks = Marks::new(bytes, &self.dialect);
        let mut start = 0;
        let mut records = 0;
        out.quote = self.dialect.quote;
        out.escape = self.dialect.escape;
        while start < bytes.len() && records < limit {
            if self.dialect.comment == Some(bytes[start]) {
                let Some(next) = next_line(bytes, start, line_end, last) else { break };
                out.comment_lines += 1;
                out.line_count += 1;
                start = next;
                marks.seek(start);
                continue;
            }
            let before = out.ends.len();
            let ending = self.record(bytes, start, last, &mut marks, &mut out.ends);
            let line = out.line_count as u32;
            let mut set_aside = None;
            match ending {
                Ending::Open => {
                    out.ends.truncate(before);
                    break;
                }
                Ending::Broken(rule) => set_aside = Some(rule),
                Ending::Complete { next, inner_lines, .. }
                    if inner_lines > 0 && self.is_swallowed(bytes, start, next, last) =>
                {
                    set_aside = Some(RejectRule::BadQuote);
                }
                Ending::Complete { end, next, inner_lines } => {
                    let fields = out.ends.len() - before;
                    let blank =
                        fields <= 1 && inner_lines == 0 && bytes[start..end].iter().all(u8::is_ascii_whitespace);
                    if blank {
                        out.ends.truncate(before);
                        out.blank_lines += 1;
                        out.line_count += 1;
                        start = next;
                        continue;
                    }
                    if self.width == Width::AsFirst {
                        self.width = Width::Fixed(fields);
                    }
                    match self.width {
                        Width::Fixed(width) if fields != width => {
                            let rule = if fields < width { RejectRule::RaggedShort } else { RejectRule::RaggedLong };
                            let fits = self.ragged == Ragged::Fill && fill(bytes, &mut out.ends, before, width, end);
                            if !fits {
                                let quoted = out.ends[before..].iter().any(|end| end & QUOTED != 0);
                                if inner_lines == 0 && !(quoted && self.dialect.quoting == Quoting::Absent) {
                                    out.faults.push(Fault { start: start as u32, end: end as u32, line, rule });
                                    out.ends.truncate(before);
                                    out.line_count += 1;
                                    records += 1;
                                    start = next;
                                    continue;
                                }
                                set_aside = Some(rule);
                            }
                        }
                        _ => {}
                    }
                    if set_aside.is_none() {
                        if let Some(counts) = counts.as_deref_mut() {
                            counts.push(fields as u32);
                        }
                        out.starts.push(start as u32);
                        out.lines.push(line);
                        out.line_count += 1 + u64::from(inner_lines);
                        records += 1;
                        start = next;
                        continue;
                    }
                }
            }
            // Broken, or of the wrong width with a quote that ran over line ends: only its first line goes.
            out.ends.truncate(before);
            let Some(next) = next_line(bytes, start, line_end, last) else { break };
            let end = without_line_end(bytes, start, next, self.dialect.line_end);
            if let Width::Fixed(width) = self.width
                && self.plain_line(bytes, start, end, width, &mut out.ends)
            {
                if let Some(counts) = counts.as_deref_mut() {
                    counts.push(width as u32);
                }
                out.starts.push(start as u32);
                out.lines.push(line);
                out.plain_quotes += 1;
                out.first_plain_quote.get_or_insert(line);
                out.line_count += 1;
                records += 1;
                start = next;
                marks.seek(start);
                continue;
            }
            let rule = set_aside.expect("only records that are set aside come here");
            out.faults.push(Fault { start: start as u32, end: end as u32, line, rule });
            out.line_count += 1;
            records += 1;
            start = next;
            marks.seek(start);
        }
        if let Width::Fixed(width) = self.width {
            out.width = width;
        }
        Scanned { bytes: start, records }
    }

    /// The record that starts at `start`; ends of its fields are appended to `ends`.
    #[inline]
    fn record(&self, bytes: &[u8], start: usize, last: bool, marks: &mut Marks, ends: &mut Vec<u32>) -> Ending {
        let line_end = self.dialect.line_end.byte();
        let blanks = self.dialect.delimiter == Delimiter::Blanks;
        let mut field = start;
        // Where the text of a quoted field ended.
        let mut closed: Option<usize> = None;
        let mut inner_lines = 0;
        loop {
            let Some(at) = marks.next(bytes) else {
                if !last {
                    return Ending::Open;
                }
                let end = bytes.len();
                return match finish(bytes, field, end, closed, blanks, start, ends) {
                    true => Ending::Complete { end, next: end, inner_lines },
                    false => Ending::Broken(RejectRule::BadQuote),
                };
            };
            let byte = bytes[at];
            if byte == line_end {
                let end = without_line_end(bytes, field.max(start), at + 1, self.dialect.line_end);
                return match finish(bytes, field, end, closed, blanks, start, ends) {
                    true => Ending::Complete { end, next: at + 1, inner_lines },
                    false => Ending::Broken(RejectRule::BadQuote),
                };
            }
            if Some(byte) != self.dialect.quote {
                if closed.is_none() {
                    if blanks && at == field {
                        field = at + 1;
                        continue;
                    }
                    ends.push(at as u32);
                } else if !push_quoted(bytes, closed, at, ends) {
                    return Ending::Broken(RejectRule::BadQuote);
                }
                closed = None;
                field = at + 1;
                continue;
            }
            if closed.is_some() {
                return Ending::Broken(RejectRule::BadQuote);
            }
            if at == field || bytes[field..at].iter().all(|byte| matches!(byte, b' ' | b'\t')) {
                match self.closing(bytes, at, last) {
                    Closing::At(close) => {
                        inner_lines += memchr_iter(line_end, &bytes[at..close]).count() as u32;
                        closed = Some(close + 1);
                        marks.seek(close + 1);
                    }
                    Closing::Never => return Ending::Broken(RejectRule::UnclosedQuote),
                    Closing::Open => return Ending::Open,
                }
            }
        }
    }

    /// Whether a record over several lines is none: each of its lines has the right number of fields by itself and begins as the
    /// first one does, so that a stray quote must have run from one to the other.
    pub(crate) fn is_swallowed(&self, bytes: &[u8], start: usize, next: usize, last: bool) -> bool {
        let (Width::Fixed(width), Delimiter::Byte(_)) = (self.width, self.dialect.delimiter) else { return false };
        // A quoted text of several lines may have a comma on each line by chance.
        let least = match self.dialect.quoting {
            Quoting::Declared => return false,
            Quoting::Found => 4,
            Quoting::Absent => 2,
        };
        let line_end = self.dialect.line_end;
        let mut at = start;
        let mut lines = 0;
        while at < next {
            lines += 1;
            let Some(following) = next_line(bytes, at, line_end.byte(), last) else { return false };
            let end = without_line_end(bytes, at, following, line_end);
            let mut ends = Vec::new();
            if beginning(&bytes[at..end]) != beginning(&bytes[start..]) {
                return false;
            }
            if width < least || !self.plain_line(bytes, at, end, width, &mut ends) {
                return false;
            }
            at = following;
        }
        lines > 1
    }

    /// Reads one line as a record whose stray quotes are plain text, if it then has `width` fields: first with quotes only around
    /// whole fields, then, where the file has no quoted fields, with none at all. Ends of its fields are appended to `ends`.
    fn plain_line(&self, bytes: &[u8], start: usize, end: usize, width: usize, ends: &mut Vec<u32>) -> bool {
        let (Delimiter::Byte(delimiter), Some(quote)) = (self.dialect.delimiter, self.dialect.quote) else {
            return false;
        };
        if self.dialect.quoting == Quoting::Declared {
            return false;
        }
        let before = ends.len();
        let mut field = start;
        loop {
            let closed = self.whole_field(bytes, field, end, quote, delimiter);
            let stop = closed.unwrap_or_else(|| memchr(delimiter, &bytes[field..end]).map_or(end, |at| field + at));
            ends.push(stop as u32 | if closed.is_some() { QUOTED } else { 0 });
            if stop == end {
                break;
            }
            field = stop + 1;
        }
        if ends.len() - before == width {
            return true;
        }
        ends.truncate(before);
        if self.dialect.quoting == Quoting::Absent && memchr_iter(delimiter, &bytes[start..end]).count() + 1 == width {
            ends.extend(memchr_iter(delimiter, &bytes[start..end]).map(|at| (start + at) as u32));
            ends.push(end as u32);
            return true;
        }
        false
    }

    /// The end of the field that starts at `field` where it is quoted as a whole within its line.
    fn whole_field(&self, bytes: &[u8], field: usize, end: usize, quote: u8, delimiter: u8) -> Option<usize> {
        let is_blank = |byte: &u8| *byte == b' ' || (*byte == b'\t' && delimiter != b'\t');
        let open = field + bytes[field..end].iter().take_while(|byte| is_blank(byte)).count();
        if open >= end || bytes[open] != quote {
            return None;
        }
        let mut at = open + 1;
        while at < end {
            if Some(bytes[at]) == self.dialect.escape && bytes[at] != quote {
                at += 2;
            } else if bytes[at] != quote {
                at += 1;
            } else if at + 1 < end && bytes[at + 1] == quote {
                at += 2;
            } else {
                let stop = at + 1 + bytes[at + 1..end].iter().take_while(|byte| is_blank(byte)).count();
                return (stop == end || bytes[stop] == delimiter).then_some(stop);
            }
        }
        None
    }

    /// Where the quote that opens at `open` closes.
    #[inline]
    fn closing(&self, bytes: &[u8], open: usize, last: bool) -> Closing {
        let quote = bytes[open];
        let limit = bytes.len().min(open + LONGEST_QUOTED);
        let mut at = open + 1;
        loop {
            let found = match self.dialect.escape {
                Some(escape) if at <= limit => memchr2(quote, escape, &bytes[at..limit]),
                None if at <= limit => memchr(quote, &bytes[at..limit]),
                _ => None,
            };
            let Some(found) = found else {
                // Too long a text, or no more bytes: then, where more may come, this is not known yet.
                let exhausted = limit == open + LONGEST_QUOTED || last;
                return if exhausted { Closing::Never } else { Closing::Open };
            };
            let close = at + found;
            if bytes[close] != quote {
                at = close + 2;
                continue;
            }
            match bytes.get(close + 1) {
                Some(next) if *next == quote => at = close + 2,
                Some(_) => return Closing::At(close),
                None if last => return Closing::At(close),
                None => return Closing::Open,
            }
        }
    }
}

/// What a line begins with: a digit, a letter, or neither.
fn beginning(line: &[u8]) -> u8 {
    match line.iter().find(|byte| !matches!(byte, b' ' | b'"' | b'\'')) {
        Some(b'0'..=b'9' | b'-') => 0,
        Some(b'a'..=b'z' | b'A'..=b'Z' | 0x80..=0xFF) => 1,
        _ => 2,
    }
}

enum Closing {
    At(usize),
    Never,
    Open,
}

/// Ends the last field of a record; false where text follows a closing quote.
#[inline]
fn finish(
    bytes: &[u8],
    field: usize,
    end: usize,
    closed: Option<usize>,
    blanks: bool,
    start: usize,
    ends: &mut Vec<u32>,
) -> bool {
    if closed.is_some() {
        return push_quoted(bytes, closed, end, ends);
    }
    // Blanks at the end of an aligned line part nothing.
    let trailing = blanks && field > start && field >= end;
    if !trailing {
        ends.push(end.max(field.min(bytes.len())) as u32);
    }
    true
}

#[inline]
fn push_quoted(bytes: &[u8], closed: Option<usize>, end: usize, ends: &mut Vec<u32>) -> bool {
    let closed = closed.expect("called after a closing quote");
    ends.push(end as u32 | QUOTED);
    end <= closed || bytes[closed..end].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// Makes a record as wide as it must be where that loses nothing: absent fields become empty, blank surplus ones go.
fn fill(bytes: &[u8], ends: &mut Vec<u32>, before: usize, width: usize, end: usize) -> bool {
    let fields = ends.len() - before;
    if fields < width {
        // A field that would start behind the end of the record is empty.
        ends.resize(before + width, end as u32);
        return true;
    }
    let surplus = (ends[before + width - 1] & !QUOTED) as usize;
    let blank = bytes[surplus + 1..end.max(surplus + 1)]
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || bytes[surplus] == *byte);
    if blank {
        ends.truncate(before + width);
    }
    blank
}

/// Where the line after the one that `start` lies in begins; none where that is not among the bytes.
fn next_line(bytes: &[u8], start: usize, line_end: u8, last: bool) -> Option<usize> {
    match memchr(line_end, &bytes[start..]) {
        Some(at) => Some(start + at + 1),
        None if last => Some(bytes.len()),
        None => None,
    }
}

/// The end of the content of a line whose successor begins at `next`.
#[inline]
fn without_line_end(bytes: &[u8], start: usize, next: usize, line_end: LineEnd) -> usize {
    let mut end = next;
    if end > start && bytes[end - 1] == line_end.byte() {
        end -= 1;
    }
    if line_end == LineEnd::Lf && end > start && bytes[end - 1] == b'\r' {
        end -= 1;
    }
    end
}

/// The structural bytes of a text in order, found 64 at a time.
struct Marks {
    wanted: [u8; 4],
    // Start of the block that `mask` belongs to.
    block: usize,
    mask: u64,
    // The last position given out.
    taken: usize,
}

impl Marks {
    fn new(bytes: &[u8], dialect: &Dialect) -> Marks {
        let line_end = dialect.line_end.byte();
        let (first, second) = match dialect.delimiter {
            Delimiter::Byte(byte) => (byte, byte),
            Delimiter::Blanks => (b' ', b'\t'),
        };
        let mut marks =
            Marks { wanted: [line_end, first, second, dialect.quote.unwrap_or(line_end)], block: 0, mask: 0, taken: 0 };
        marks.mask = marks.mask_at(bytes, 0);
        marks
    }

    #[inline]
    fn next(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.mask == 0 {
            loop {
                self.block = self.block.wrapping_add(64);
                if self.block >= bytes.len() {
                    self.block = bytes.len();
                    return None;
                }
                self.mask = self.mask_at(bytes, self.block);
                if self.mask != 0 {
                    break;
                }
            }
        }
        let at = self.block + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        self.taken = at;
        Some(at)
    }

    /// Goes on at `to`, which may lie before or behind.
    #[inline]
    fn seek(&mut self, to: usize) {
        if to > self.taken && to >= self.block && to - self.block < 64 {
            self.mask &= u64::MAX << (to - self.block);
            return;
        }
        // `next` steps on by one block and takes the mask there.
        self.block = to.wrapping_sub(64);
        self.mask = 0;
    }

    #[inline]
    fn mask_at(&self, bytes: &[u8], block: usize) -> u64 {
        match bytes.get(block..block + 64) {
            Some(full) => equal_mask(full.try_into().expect("64 bytes were asked for"), self.wanted),
            None => bytes
                .get(block..)
                .unwrap_or_default()
                .iter()
                .enumerate()
                .fold(0, |mask, (at, byte)| mask | u64::from(self.wanted.contains(byte)) << at),
        }
    }
}

/// One bit for each byte that equals one of the wanted. The comparisons are written so that the compiler does sixteen or more
/// at once; eight flags are then gathered by one multiplication (no two products meet in a bit).
#[inline]
fn equal_mask(block: &[u8; 64], wanted: [u8; 4]) -> u64 {
    let mut flags = [0_u8; 64];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        *flag = u8::from(byte == wanted[0])
            | u8::from(byte == wanted[1])
            | u8::from(byte == wanted[2])
            | u8::from(byte == wanted[3]);
    }
    let mut mask = 0;
    for (at, eight) in flags.chunks_exact(8).enumerate() {
        let eight = u64::from_le_bytes(eight.try_into().expect("chunks of eight"));
        mask |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * at);
    }
    mask
}
