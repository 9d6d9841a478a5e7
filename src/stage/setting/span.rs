//! Spans of days, and words that may be written instead.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::choice::{Choice, Chosen, text, words_of};
use crate::diagnostics::did_you_mean;

/// A span of whole days, from 1 to 36500: `90d`, `12w`, or a number of days in quotes. Kept as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    written: String,
    days: i64,
}

impl Span {
    /// Reads a span.
    ///
    /// # Errors
    /// In words, with what to write.
    pub fn parse(text: &str) -> Result<Span, String> {
        let plain = text.trim();
        let (number, factor) = match plain.char_indices().last() {
            Some((at, 'd')) => (&plain[..at], 1),
            Some((at, 'w')) => (&plain[..at], 7),
            _ => (plain, 1),
        };
        match number.trim().parse::<i64>() {
            Ok(number @ 1..=36_500) => Ok(Span { written: text.to_owned(), days: number * factor }),
            _ => Err(format!("`{text}` is not a span of days\nwrite `90d` or `12w`")),
        }
    }

    /// A default.
    pub fn of_days(days: u16) -> Span {
        Span { written: format!("{days}d"), days: i64::from(days) }
    }

    /// Its length in days.
    pub fn days(&self) -> i64 {
        self.days
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "span", Span::parse)
    }
}

/// What a span looks like.
pub(super) const PATTERN: &str = "^ *[0-9]+ *[dw]? *$";

impl JsonSchema for Span {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": PATTERN})
    }
}

/// A span, or one of some words instead.
pub enum SpanOr<Row: Choice> {
    /// A span.
    Span(Span),
    /// A word.
    Word(Chosen<Row>),
}

impl<Row: Choice> SpanOr<Row> {
    /// The span, where one is given.
    pub fn span(&self) -> Option<&Span> {
        match self {
            SpanOr::Span(span) => Some(span),
            SpanOr::Word(_) => None,
        }
    }
}

impl<Row: Choice> Clone for SpanOr<Row> {
    fn clone(&self) -> Self {
        match self {
            SpanOr::Span(span) => SpanOr::Span(span.clone()),
            SpanOr::Word(word) => SpanOr::Word(*word),
        }
    }
}

impl<Row: Choice> fmt::Debug for SpanOr<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpanOr::Span(span) => span.fmt(f),
            SpanOr::Word(word) => word.fmt(f),
        }
    }
}

impl<Row: Choice> Serialize for SpanOr<Row> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            SpanOr::Span(span) => span.serialize(serializer),
            SpanOr::Word(word) => word.serialize(serializer),
        }
    }
}

impl<'de, Row: Choice> Deserialize<'de> for SpanOr<Row> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "span", |text| {
            if let Ok(word) = Chosen::named(text) {
                return Ok(SpanOr::Word(word));
            }
            Span::parse(text).map(SpanOr::Span).map_err(|_| {
                let words = Row::rows().iter().map(Choice::word);
                let help = match did_you_mean(text, words.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "write `90d` or `12w`{}",
                        words.map(|word| format!(", or `{word}`")).collect::<String>()
                    ),
                };
                format!("`{text}` is not a span of days\n{help}")
            })
        })
    }
}

impl<Row: Choice> JsonSchema for SpanOr<Row> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Row::WHAT.into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut options = words_of::<Row>();
        options.push(Span::json_schema(generator).to_value());
        json_schema!({"oneOf": options})
    }
}
