//! Files as they are written: counted, digested, and closed where a limit would be passed.

use sha2::{Digest, Sha256};
use std::io::{self, Write};

use super::{DestinationError, Part, Parts};

/// A writer that counts and digests what passes.
pub(super) struct Measured<'a> {
    inner: Box<dyn Write + Send + 'a>,
    digest: Sha256,
    bytes: u64,
}

impl<'a> Measured<'a> {
    pub fn new(inner: Box<dyn Write + Send + 'a>) -> Self {
        Measured { inner, digest: Sha256::new(), bytes: 0 }
    }

    /// Flushes, and tells what the file came to.
    pub fn finish(mut self, rows: u64) -> io::Result<Part> {
        self.inner.flush()?;
        Ok(Part { rows, bytes: self.bytes, sha256: hex(&self.digest.finalize()) })
    }
}

impl Write for Measured<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.digest.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .map(|n| char::from_digit(n.into(), 16).expect("a nibble is below 16"))
        .collect()
}

/// Limits of one file.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub destination: &'static str,
    /// Header lines are not counted.
    pub rows: u64,
    pub bytes: u64,
}

impl Limits {
    pub const NONE: u64 = u64::MAX;

    /// The smaller of the format's and the user's limits; a limit of nought rows would never end and counts as one.
    pub fn narrowed(self, rows: Option<u64>, bytes: Option<u64>) -> Self {
        Limits {
            destination: self.destination,
            rows: self.rows.min(rows.unwrap_or(Limits::NONE)).max(1),
            bytes: self.bytes.min(bytes.unwrap_or(Limits::NONE)),
        }
    }
}

/// Lines over as many files as the limits ask for, each beginning with the same header.
///
/// Files are kept in memory until full or finished: a list is megabytes, and a limit is known only after its last line.
pub(super) struct Lines<'p> {
    parts: &'p mut dyn Parts,
    limits: Limits,
    header: Vec<u8>,
    buffer: Vec<u8>,
    rows: u64,
    done: Vec<Part>,
}

impl<'p> Lines<'p> {
    /// `header` is empty for none.
    pub fn new(parts: &'p mut dyn Parts, limits: Limits, header: Vec<u8>) -> Self {
        Lines { parts, limits, buffer: header.clone(), header, rows: 0, done: Vec::new() }
    }

    /// One record with its line end; `row` is its number in the list.
    pub fn line(&mut self, line: &[u8], row: u64) -> Result<(), DestinationError> {
        let full = self.rows == self.limits.rows || (self.buffer.len() + line.len()) as u64 > self.limits.bytes;
        if full && self.rows > 0 {
            self.close()?;
        }
        if (self.buffer.len() + line.len()) as u64 > self.limits.bytes {
            let Limits { destination, bytes: limit, .. } = self.limits;
            return Err(DestinationError::RowTooLarge { destination, row, limit });
        }
        self.buffer.extend_from_slice(line);
        self.rows += 1;
        Ok(())
    }

    /// Closes the last file; an empty list leaves one file with its header.
    pub fn finish(mut self) -> Result<Vec<Part>, DestinationError> {
        if self.rows > 0 || self.done.is_empty() {
            self.close()?;
        }
        Ok(self.done)
    }

    fn close(&mut self) -> Result<(), DestinationError> {
        let mut file = Measured::new(self.parts.open(self.done.len() as u32 + 1)?);
        file.write_all(&self.buffer)?;
        self.done.push(file.finish(self.rows)?);
        self.buffer.clear();
        self.buffer.extend_from_slice(&self.header);
        self.rows = 0;
        Ok(())
    }
}
