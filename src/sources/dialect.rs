//! The dialect of delimited text: how records and fields are written.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// How the quote was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quoting {
    /// It was declared: what breaks its rules is set aside.
    #[default]
    Declared,
    /// Fields at the start of the file are quoted by it.
    Found,
    /// No field at the start of the file is quoted.
    Absent,
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
    /// How the quote was found.
    #[serde(default)]
    pub quoting: Quoting,
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
