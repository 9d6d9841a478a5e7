//! A row chosen from a table by its word.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use crate::diagnostics::did_you_mean;

/// A row of a table from which settings choose; the first row is chosen where none is named.
pub trait Choice: 'static {
    /// What is chosen, as in "there is no model `x`".
    const WHAT: &'static str;

    /// All rows, in the order in which they are offered.
    fn rows() -> &'static [Self]
    where
        Self: Sized;

    /// How users write it, and what it is in a few words.
    fn entry(&self) -> (&'static str, &'static str);

    /// How users write it.
    fn word(&self) -> &'static str {
        self.entry().0
    }
}

/// A row chosen by its word.
pub struct Chosen<Row: Choice>(pub &'static Row);

impl<Row: Choice> Chosen<Row> {
    /// The row of a word.
    ///
    /// # Errors
    /// In words, with the nearest of those there are.
    pub fn named(word: &str) -> Result<Chosen<Row>, String> {
        let found = Row::rows().iter().find(|row| row.word() == word);
        found.map(Chosen).ok_or_else(|| {
            let help = meant(word, Row::rows().iter().map(Choice::word));
            format!("there is no {} `{word}`\n{help}", Row::WHAT)
        })
    }

    /// A default, by its word.
    ///
    /// # Panics
    /// When the table has no such row, which every test of the settings finds.
    pub fn usual(word: &str) -> Chosen<Row> {
        Chosen::named(word).expect("a default is a row of its table")
    }
}

/// What may have been meant by a word that is none of these.
fn meant(word: &str, words: impl Iterator<Item = &'static str> + Clone) -> String {
    match did_you_mean(word, words.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", words.collect::<Vec<_>>().join(", ")),
    }
}

impl<Row: Choice> Default for Chosen<Row> {
    fn default() -> Self {
        Chosen(&Row::rows()[0])
    }
}

impl<Row: Choice> Clone for Chosen<Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row: Choice> Copy for Chosen<Row> {}

impl<Row: Choice> fmt::Debug for Chosen<Row> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.word())
    }
}

impl<Row: Choice> Deref for Chosen<Row> {
    type Target = Row;

    fn deref(&self) -> &Row {
        self.0
    }
}

impl<Row: Choice> PartialEq for Chosen<Row> {
    fn eq(&self, other: &Self) -> bool {
        self.0.word() == other.0.word()
    }
}

impl<Row: Choice> Eq for Chosen<Row> {}

impl<Row: Choice> Serialize for Chosen<Row> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de, Row: Choice> Deserialize<'de> for Chosen<Row> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, Row::WHAT, Chosen::named)
    }
}

impl<Row: Choice> JsonSchema for Chosen<Row> {
    fn inline_schema() -> bool {
        // A long table is written once.
        Row::rows().len() <= FEW
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Row::WHAT.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"oneOf": words_of::<Row>()})
    }
}

/// So many words are offered within a setting.
const FEW: usize = 12;

/// The words of a table, for the schema.
pub(super) fn words_of<Row: Choice>() -> Vec<Value> {
    let row = |(word, meaning)| json!({"const": word, "description": meaning});
    Row::rows().iter().map(Choice::entry).map(row).collect()
}

/// Reads a text. What `read` refuses is refused while the text is visited, so that the refusal stands on the text, in a list too.
///
/// # Errors
/// When it is no text, or is refused.
pub fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    what: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    struct Reader<'a, T, F>(&'a str, F, PhantomData<T>);
    impl<T, F: Fn(&str) -> Result<T, String>> Visitor<'_> for Reader<'_, T, F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a {} in quotes", self.0)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.1)(text).map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Reader(what, read, PhantomData))
}
