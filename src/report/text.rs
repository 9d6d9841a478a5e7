//! Texts that stages hand over: phrases by key with their values, so that the page can be in another language than the
//! one that a stage was written in.

use std::borrow::Cow;

use super::page::Context;
use super::page::numbers::Unit;
use super::words::{Language, Phrasebook, fill, looked_up};

/// A row of a table of words, for the stages.
#[derive(Debug, PartialEq, Eq)]
pub struct Phrase {
    /// What other languages know it by: its table and its name, such as `business.revenue`.
    pub key: &'static str,
    /// With places such as `{rows}` for values.
    pub english: &'static str,
}

impl Phrase {
    /// A row; a `const` so that tables are plain statics.
    pub const fn new(key: &'static str, english: &'static str) -> Phrase {
        Phrase { key, english }
    }

    /// The phrase with values for its places.
    pub fn with<const N: usize>(&self, values: [(&str, Value); N]) -> Text {
        Text::Phrase {
            key: self.key.to_owned(),
            english: self.english.to_owned(),
            values: values.into_iter().map(|(place, value)| (place.to_owned(), value)).collect(),
        }
    }
}

/// A text for people.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Text {
    /// The same in every language: a name from the data or from the pipeline file.
    Name(String),
    /// A row of a table of words with values for its places.
    Phrase { key: String, english: String, values: Vec<(String, Value)> },
}

/// How texts are told: in which language, with which phrases for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Speech {
    pub language: Language,
    pub phrasebook: Phrasebook,
}

impl Speech {
    /// A text with plain numbers, for tables and records that people read.
    pub fn in_words(self, text: &Text) -> String {
        let cx = Context::of(self.language, "", 0);
        text.shown(Context { numbers: cx.numbers.ungrouped(), phrasebook: self.phrasebook, ..cx }).into_owned()
    }
}

/// What goes into a place of a phrase.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Value {
    Text(Text),
    /// One after the other, with the language's comma between.
    List(Vec<Text>),
    Count(u64),
    Number(f64, Unit),
}

impl Text {
    /// A name or meaning that a table of the program holds in English, such as a life stage's: `table` and `name` are its
    /// key in other languages.
    pub fn term(table: &str, name: &str, english: impl Into<String>) -> Text {
        Text::Phrase { key: format!("{table}.{name}"), english: english.into(), values: Vec::new() }
    }

    /// In English with plain numbers, for records and tables.
    pub fn english(&self) -> String {
        Speech::default().in_words(self)
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        match self {
            Text::Name(name) => name.is_empty(),
            Text::Phrase { english, .. } => english.is_empty(),
        }
    }

    /// In the language of the page.
    pub(crate) fn shown(&self, cx: Context) -> Cow<'_, str> {
        match self {
            Text::Name(name) => cx.date(name),
            Text::Phrase { key, english, values } => {
                let replaced = looked_up(cx.phrasebook, key);
                let values: Vec<(&str, Cow<str>)> =
                    values.iter().map(|(place, v)| (place.as_str(), v.shown(cx))).collect();
                Cow::Owned(fill(replaced.unwrap_or(english), &values))
            }
        }
    }
}

impl Value {
    fn shown(&self, cx: Context) -> Cow<'_, str> {
        match self {
            Value::Text(text) => text.shown(cx),
            Value::List(texts) => {
                let texts: Vec<Cow<str>> = texts.iter().map(|text| text.shown(cx)).collect();
                texts.join(cx.words.comma).into()
            }
            Value::Count(count) => cx.numbers.count(*count).into(),
            Value::Number(number, unit) => unit.full(cx.numbers, *number).into(),
        }
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::Name(String::new())
    }
}

impl From<&str> for Text {
    fn from(name: &str) -> Text {
        Text::Name(name.to_owned())
    }
}

impl From<String> for Text {
    fn from(name: String) -> Text {
        Text::Name(name)
    }
}

impl From<&String> for Text {
    fn from(name: &String) -> Text {
        Text::Name(name.clone())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(name: Cow<str>) -> Text {
        Text::Name(name.into_owned())
    }
}

impl From<&Phrase> for Text {
    fn from(phrase: &Phrase) -> Text {
        phrase.with([])
    }
}

impl From<&Text> for Text {
    fn from(text: &Text) -> Text {
        text.clone()
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Value {
        Value::Count(count)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Value {
        Value::Count(count as u64)
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Value {
        Value::Text(text)
    }
}

impl From<&Text> for Value {
    fn from(text: &Text) -> Value {
        Value::Text(text.clone())
    }
}

impl From<&Phrase> for Value {
    fn from(phrase: &Phrase) -> Value {
        Value::Text(phrase.into())
    }
}

impl<T: Into<Text> + Clone> From<&[T]> for Value {
    fn from(texts: &[T]) -> Value {
        Value::List(texts.iter().cloned().map(Into::into).collect())
    }
}

impl From<&str> for Value {
    fn from(name: &str) -> Value {
        Value::Text(name.into())
    }
}

impl From<String> for Value {
    fn from(name: String) -> Value {
        Value::Text(name.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static KEPT: Phrase = Phrase::new("test.kept", "{share} of {customers} customers stayed in {segment}");

    #[test]
    fn phrases_take_their_values_in_any_language() {
        let segment = Text::term("segment", "loyal", "loyal");
        let text = KEPT.with([
            ("share", Value::Number(0.874, Unit::Share)),
            ("customers", 12_345u64.into()),
            ("segment", segment.into()),
        ]);
        assert_eq!(text.english(), "87.4% of 12345 customers stayed in loyal");
        let cx = Context::for_test();
        assert_eq!(text.shown(cx), "87.4% of 12,345 customers stayed in loyal");
        let phrasebook = &[("segment.loyal", "忠诚"), ("test.kept", "{customers} 位顾客中有 {share} 留在“{segment}”")];
        assert_eq!(text.shown(Context { phrasebook, ..cx }), "12,345 位顾客中有 87.4% 留在“忠诚”");
    }

    #[test]
    fn names_are_never_filled_or_replaced() {
        let cx = Context { phrasebook: &[("{share}", "other")], ..Context::for_test() };
        assert_eq!(Text::from("{share}").shown(cx), "{share}");
        assert_eq!(
            KEPT.with([("segment", "{share}".into())]).shown(cx),
            "{share} of {customers} customers stayed in {share}"
        );
    }
}
