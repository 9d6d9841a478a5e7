//! Comma-separated baskets (RFC 4180): a basket a line, or an item a line.

use super::super::baskets::Baskets;
use super::{NOT_UTF8, Notes, ReadError, ReadSettings};
use crate::orders::Names;

pub(super) fn read_baskets(bytes: &[u8], settings: &ReadSettings, notes: &mut Notes) -> (Baskets, Names) {
    let mut records = Records::new(bytes, settings.delimiter);
    let (mut baskets, mut names) = (Baskets::new(0), Names::new());
    let mut row = Vec::new();
    while let Some(line) = records.next() {
        row.clear();
        match records.fields() {
            Ok(fields) => row.extend(fields.filter(|field| !field.is_empty()).map(|field| names.intern(field))),
            Err(reason) => {
                notes.set_aside(line, reason);
                continue;
            }
        }
        if row.is_empty() {
            notes.blank += 1;
        } else {
            baskets.push(&row);
        }
    }
    (baskets, names)
}

pub(super) fn read_long(
    bytes: &[u8],
    settings: &ReadSettings,
    notes: &mut Notes,
) -> Result<(Baskets, Names), ReadError> {
    let mut records = Records::new(bytes, settings.delimiter);
    if records.next().is_none() {
        return Ok((Baskets::new(0), Names::new()));
    }
    let header: Vec<String> = match records.fields() {
        Ok(fields) => fields.map(str::to_owned).collect(),
        Err(reason) => return Err(ReadError::NothingUsable { line: 1, reason }),
    };
    if header.len() < 2 {
        return Err(ReadError::OneColumn(header.join(",")));
    }
    let place = |column: &Option<String>, otherwise: usize| match column {
        None => Ok(otherwise),
        Some(name) => header
            .iter()
            .position(|field| field == name)
            .ok_or_else(|| ReadError::NoColumn { column: name.clone(), header: header.join(", ") }),
    };
    let order_at = place(&settings.order_column, 0)?;
    let item_at = place(&settings.item_column, if order_at == 1 { 0 } else { 1 })?;

    let (mut orders, mut names) = (Names::new(), Names::new());
    let mut lines: Vec<(u32, u32)> = Vec::new();
    while let Some(line) = records.next() {
        let (mut order, mut item, mut any) = ("", "", false);
        match records.fields() {
            Ok(fields) => {
                for (at, field) in fields.enumerate() {
                    any |= !field.is_empty();
                    if at == order_at {
                        order = field;
                    }
                    if at == item_at {
                        item = field;
                    }
                }
            }
            Err(reason) => {
                notes.set_aside(line, reason);
                continue;
            }
        }
        if !any {
            notes.blank += 1;
        } else if order.is_empty() {
            notes.set_aside(line, "the order is missing");
        } else if item.is_empty() {
            notes.set_aside(line, "the item is missing");
        } else {
            lines.push((orders.intern(order), names.intern(item)));
        }
    }

    // Lines of one order need not stand together: a counting sort brings them there and keeps the orders' own order.
    let mut ends = vec![0usize; orders.len() + 1];
    lines.iter().for_each(|&(order, _)| ends[order as usize + 1] += 1);
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let mut items = vec![0u32; lines.len()];
    let mut next = ends.clone();
    for (order, item) in lines {
        items[next[order as usize]] = item;
        next[order as usize] += 1;
    }
    let mut baskets = Baskets::new(0);
    ends.windows(2).for_each(|ends| baskets.push(&items[ends[0]..ends[1]]));
    Ok((baskets, names))
}

/// Walks over records; the fields of the present one lie in a buffer without their quotes.
struct Records<'a> {
    rest: &'a [u8],
    delimiter: u8,
    line: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
    unclosed: bool,
}

impl<'a> Records<'a> {
    fn new(bytes: &'a [u8], delimiter: Option<u8>) -> Self {
        let first = &bytes[..memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())];
        // A separator inside quotes does not divide.
        let bare: Vec<u8> = first.split(|&byte| byte == b'"').step_by(2).flatten().copied().collect();
        let many = |sign: u8| memchr::memchr_iter(sign, &bare).count();
        let delimiter = delimiter.unwrap_or_else(|| {
            // Ties go to the comma.
            *b",;\t".iter().rev().max_by_key(|&&sign| many(sign)).expect("three signs")
        });
        Self { rest: bytes, delimiter, line: 1, text: Vec::new(), ends: Vec::new(), unclosed: false }
    }

    /// Reads a record; gives the number of its first line.
    fn next(&mut self) -> Option<u64> {
        if self.rest.is_empty() {
            return None;
        }
        let first_line = self.line;
        self.text.clear();
        self.ends.clear();
        self.unclosed = false;
        let bytes = self.rest;
        let mut at = 0;
        loop {
            while at < bytes.len() && bytes[at] == b' ' && self.delimiter != b' ' {
                at += 1;
            }
            if bytes.get(at) == Some(&b'"') {
                at = self.quoted(bytes, at + 1);
            }
            let start = at;
            while at < bytes.len() && bytes[at] != self.delimiter && bytes[at] != b'\n' {
                at += 1;
            }
            self.text.extend_from_slice(&bytes[start..at]);
            self.ends.push(self.text.len());
            if at == bytes.len() || bytes[at] == b'\n' {
                self.line += 1;
                self.rest = &bytes[(at + 1).min(bytes.len())..];
                return Some(first_line);
            }
            at += 1;
        }
    }

    /// Copies a quoted field that begins at `at`; gives the place after its closing quote.
    fn quoted(&mut self, bytes: &[u8], mut at: usize) -> usize {
        loop {
            let Some(more) = memchr::memchr(b'"', &bytes[at..]) else {
                // An unclosed quote must not swallow the file: it ends with its line.
                let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |more| at + more);
                self.unclosed = true;
                return end;
            };
            let piece = &bytes[at..at + more];
            self.line += memchr::memchr_iter(b'\n', piece).count() as u64;
            self.text.extend_from_slice(piece);
            at += more + 1;
            if bytes.get(at) != Some(&b'"') {
                return at;
            }
            self.text.push(b'"');
            at += 1;
        }
    }

    /// The fields of the record, without blanks around them.
    fn fields(&self) -> Result<impl Iterator<Item = &str>, &'static str> {
        if self.unclosed {
            return Err("a quote is not closed");
        }
        let text = std::str::from_utf8(&self.text).map_err(|_| NOT_UTF8)?;
        let mut bounds = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for &end in &self.ends {
            // A field ends where a delimiter byte stood, which is inside a letter only in a text that is no UTF-8.
            if !text.is_char_boundary(end) {
                return Err(NOT_UTF8);
            }
            bounds.push((start, end));
            start = end;
        }
        Ok(bounds.into_iter().map(move |(start, end)| text[start..end].trim()))
    }
}
